//! Who is at the other end, as people can compare it: the fingerprint of a key, the words of a
//! call.

use super::{
    digest,
    symbols::{self, SYMBOL_BITS},
};
use bip39::Language;
use std::{fmt, str::FromStr};

/// Symbols of a fingerprint: 125 bits. Nobody makes a second key with the same.
const SYMBOL_COUNT: usize = 25;

/// Symbols that are written together.
const GROUP_LEN: usize = 5;

/// Words of a call, of 11 bits each: whoever stands between two ends has one guess in 2⁴⁴.
const WORD_COUNT: usize = 4;
const WORD_BITS: usize = 11;

/// Names a public key, for people and files; written as five groups of five letters and digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; SYMBOL_COUNT]);

/// What the two persons of a call see the same, unless somebody stands between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words([&'static str; WORD_COUNT]);

/// What a call trusts beside what it proves.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Caller: the keys that may answer; nothing of ours leaves for another. Empty: any.
    pub keys: Vec<Fingerprint>,
    /// What the other end must know as well.
    pub secret: Option<super::Secret>,
}

/// A text that is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has {SYMBOL_COUNT} letters and digits in groups of {GROUP_LEN}")]
pub struct NoFingerprint;

impl Fingerprint {
    /// Of a public key (X25519).
    pub fn of(key: &[u8; 32]) -> Self {
        let text = symbols::encode(&digest(b"ttychat key", &[key]), SYMBOL_COUNT);
        Self(text.as_bytes().try_into().unwrap_or([b'0'; SYMBOL_COUNT]))
    }
}

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        let symbols = symbols::read(text).ok_or(NoFingerprint)?;
        let symbols = symbols.as_bytes().try_into();
        symbols.map(Self).map_err(|_other_length| NoFingerprint)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, group) in self.0.chunks(GROUP_LEN).enumerate() {
            let hyphen = if index == 0 { "" } else { "-" };
            let group = std::str::from_utf8(group).unwrap_or_default();
            write!(f, "{hyphen}{group}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl Words {
    /// Of a handshake: its hash after the second message, and the caller's nonce, which the
    /// caller had settled in the first and shown to nobody (docs/PROTOCOL.md 3.3).
    pub(super) fn of(hash: &[u8], nonce: &[u8]) -> Self {
        let digest = digest(b"ttychat words", &[hash, nonce]);
        let list = Language::English.word_list();
        let bit = |index: usize| {
            let byte = digest.get(index / 8).copied().unwrap_or(0);
            usize::from(byte >> (7 - index % 8) & 1)
        };
        Self(std::array::from_fn(|word| {
            let bits = word * WORD_BITS..(word + 1) * WORD_BITS;
            let index = bits.fold(0, |index, at| index << 1 | bit(at));
            list.get(index).copied().unwrap_or_default()
        }))
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

const _: () = assert!(SYMBOL_COUNT * SYMBOL_BITS >= 120 && WORD_COUNT * WORD_BITS >= 44);
