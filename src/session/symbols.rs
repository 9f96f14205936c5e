//! Bytes as letters and digits that are not mistaken for each other, read aloud or copied by hand.

/// The digits and the letters without i, l, o and u: those look like 1, 1, 0 and v.
/// Source: D. Crockford, "Base 32".
const SYMBOLS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What one symbol holds.
pub(super) const SYMBOL_BITS: usize = 5;

/// The first `count` groups of five bits of `bytes`, the most significant first; no more than there
/// are whole ones.
pub(super) fn encode(bytes: &[u8], count: usize) -> String {
    let mut text = String::with_capacity(count);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= SYMBOL_BITS && text.len() < count {
            bits -= SYMBOL_BITS;
            let index = (held >> bits) as usize % SYMBOLS.len();
            text.push(SYMBOLS.get(index).copied().map_or('0', char::from));
        }
        // No more than 15 bits are ever awaited.
        held &= 0xffff;
    }
    text
}

/// The symbols of a text as they are written, hyphens left out; `None` for anything else.
pub(super) fn read(text: &str) -> Option<String> {
    let symbols = text.bytes().filter(|byte| *byte != b'-');
    symbols
        .map(|byte| {
            let byte = match byte.to_ascii_lowercase() {
                b'o' => b'0',
                b'i' | b'l' => b'1',
                other => other,
            };
            SYMBOLS.contains(&byte).then_some(char::from(byte))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_bits_are_a_symbol() {
        assert_eq!(encode(&[0, 0, 0, 0, 0], 8), "00000000");
        assert_eq!(encode(&[0xff; 5], 8), "zzzzzzzz");
        // 00001 00010 00011 00100 00101 00110 00111 01000
        assert_eq!(encode(&[0x08, 0x86, 0x42, 0x98, 0xe8], 8), "12345678");
        assert_eq!(encode(&[0xff; 2], 8), "zzz", "the last bit is no symbol");
        assert_eq!(encode(&[0xff; 32], 25).len(), 25);
    }

    #[test]
    fn what_is_mistaken_is_read_all_the_same() {
        assert_eq!(read("aB-0oO1lI").as_deref(), Some("ab000111"));
        for wrong in ["u", "a b", "a_b", "\u{e4}", "a\u{200b}b"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
