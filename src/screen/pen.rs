//! The pen: the colours and attributes that the terminal writes with, changed in the fewest bytes.
//!
//! It does not know places.
//!
//! Invariant: what [`Pen`] holds is what the terminal was last told.

use super::grid::{Attributes, Ink, InkKind};

/// What the terminal writes with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    pub(super) fore: Ink,
    pub(super) back: Ink,
    pub(super) attributes: Attributes,
    /// Whether a bright foreground stays bright until told otherwise: the Linux console takes
    /// 90–97 as bold and a colour, and a later 30–37 does not end the bold.
    bright_stays: bool,
}

/// What the pen must be for the next glyph; `None` and bits outside the mask may stay as they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) fore: Option<Ink>,
    pub(super) back: Option<Ink>,
    pub(super) attributes: Attributes,
    pub(super) mask: u8,
}

impl Pen {
    pub(super) const fn new(bright_stays: bool) -> Self {
        Self {
            fore: Ink::FOREGROUND,
            back: Ink::BACKGROUND,
            attributes: Attributes(0),
            bright_stays,
        }
    }

    /// Tells the terminal to write with its own colours and no attributes, whatever it did before.
    pub(super) fn reset(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\x1b[m");
        *self = Self::new(self.bright_stays);
    }

    /// How many bytes a change to this foreground needs, without the sequence around it.
    pub(super) fn fore_len(&self, ink: Ink) -> usize {
        if ink == self.fore { 0 } else { ink_len(ink) }
    }

    /// See [`Self::fore_len`].
    pub(super) fn back_len(&self, ink: Ink) -> usize {
        if ink == self.back { 0 } else { ink_len(ink) }
    }

    /// Makes the pen as wanted.
    pub(super) fn change(&mut self, wanted: Wanted, out: &mut Vec<u8>) {
        let attributes =
            Attributes(self.attributes.0 & !wanted.mask | wanted.attributes.0 & wanted.mask);
        let fore = wanted.fore.unwrap_or(self.fore);
        let back = wanted.back.unwrap_or(self.back);
        let stays_bright = self.bright_stays && is_bright(self.fore) && !is_bright(fore);
        if attributes == self.attributes && !stays_bright {
            if fore != self.fore || back != self.back {
                self.change_inks(fore, back, out);
            }
            return;
        }
        let start = out.len();
        self.change_step_by_step(fore, back, attributes, stays_bright, out);
        let step_len = out.len() - start;
        out.truncate(start);
        let fresh = (
            wanted.fore.unwrap_or(Ink::FOREGROUND),
            wanted.back.unwrap_or(Ink::BACKGROUND),
            Attributes(wanted.attributes.0 & wanted.mask),
        );
        write_fresh(fresh, out);
        if out.len() - start <= step_len {
            (self.fore, self.back, self.attributes) = fresh;
        } else {
            out.truncate(start);
            self.change_step_by_step(fore, back, attributes, stays_bright, out);
            (self.fore, self.back, self.attributes) = (fore, back, attributes);
        }
    }

    /// The common case: colours only.
    fn change_inks(&mut self, fore: Ink, back: Ink, out: &mut Vec<u8>) {
        if (fore, back, self.attributes) == (Ink::FOREGROUND, Ink::BACKGROUND, Attributes(0)) {
            return self.reset(out);
        }
        let mut scratch = Scratch::new();
        if fore != self.fore {
            scratch.push_ink(fore, 30);
        }
        if back != self.back {
            scratch.push_ink(back, 40);
        }
        scratch.finish(out);
        self.fore = fore;
        self.back = back;
    }

    fn change_step_by_step(
        &self,
        fore: Ink,
        back: Ink,
        attributes: Attributes,
        stays_bright: bool,
        out: &mut Vec<u8>,
    ) {
        const INTENSITY: u8 = Attributes::BOLD | Attributes::DIM;
        let mut old = self.attributes.0;
        let mut scratch = Scratch::new();
        // One code ends bold and dim together, and on the Linux console brightness too.
        let ends_intensity = old & !attributes.0 & INTENSITY != 0 || stays_bright;
        if ends_intensity {
            scratch.push_code(22);
            old &= !INTENSITY;
        }
        let dims_fore = ends_intensity && self.bright_stays && is_bright(fore);
        for (_, _, off) in CODES
            .iter()
            .filter(|(bit, ..)| old & !attributes.0 & bit != 0)
        {
            scratch.push_code(*off);
        }
        for (bit, on, _) in CODES {
            if attributes.0 & !old & bit != 0 {
                scratch.push_code(on);
            }
        }
        if fore != self.fore || dims_fore {
            scratch.push_ink(fore, 30);
        }
        if back != self.back {
            scratch.push_ink(back, 40);
        }
        scratch.finish(out);
    }
}

/// Bit, the code that begins and the one that ends it. Source: ECMA-48, 8.3.117.
const CODES: [(u8, u8, u8); 8] = [
    (Attributes::BOLD, 1, 22),
    (Attributes::DIM, 2, 22),
    (Attributes::ITALIC, 3, 23),
    (Attributes::UNDERLINED, 4, 24),
    (Attributes::BLINK, 5, 25),
    (Attributes::REVERSED, 7, 27),
    (Attributes::HIDDEN, 8, 28),
    (Attributes::CROSSED_OUT, 9, 29),
];

/// Writes the change from an unknown pen.
fn write_fresh((fore, back, attributes): (Ink, Ink, Attributes), out: &mut Vec<u8>) {
    let mut scratch = Scratch::new();
    for (bit, on, _) in CODES {
        if attributes.0 & bit != 0 {
            scratch.push_code(on);
        }
    }
    if fore != Ink::FOREGROUND {
        scratch.push_ink(fore, 30);
    }
    if back != Ink::BACKGROUND {
        scratch.push_ink(back, 40);
    }
    if scratch.is_empty() {
        out.extend_from_slice(b"\x1b[m");
    } else {
        let start = out.len();
        scratch.finish(out);
        // "0;" goes between the introducer and the first code.
        out.splice(start + 2..start + 2, *b"0;");
    }
}

const fn is_bright(ink: Ink) -> bool {
    matches!(ink.kind(), InkKind::Named(8..))
}

/// Bytes that name `ink` inside a sequence.
pub(super) fn ink_len(ink: Ink) -> usize {
    match ink.kind() {
        InkKind::Background | InkKind::Foreground | InkKind::Named(..8) => 2,
        InkKind::Named(_) => 3,
        InkKind::Indexed(index) => 5 + digits(index),
        InkKind::Rgb([red, green, blue]) => 7 + digits(red) + digits(green) + digits(blue),
    }
}

const fn digits(value: u8) -> usize {
    match value {
        0..=9 => 1,
        10..=99 => 2,
        100..=255 => 3,
    }
}

/// Each byte in decimal with a `;` after it, and the length of that.
const DECIMALS: [([u8; 4], u8); 256] = {
    let mut table = [([0; 4], 0); 256];
    let mut value = 0_u8;
    loop {
        let (hundreds, tens, ones) = (
            b'0' + value / 100,
            b'0' + value / 10 % 10,
            b'0' + value % 10,
        );
        #[expect(
            clippy::indexing_slicing,
            reason = "a byte is below 256; at compile time"
        )]
        {
            table[value as usize] = match value {
                0..=9 => ([ones, b';', 0, 0], 2),
                10..=99 => ([tens, ones, b';', 0], 3),
                100..=255 => ([hundreds, tens, ones, b';'], 4),
            };
        }
        if value == u8::MAX {
            break table;
        }
        value += 1;
    }
};

/// One SGR sequence in the making, on the stack: a whole one goes to the frame at once, which takes
/// a third of the time of many short writes.
struct Scratch {
    bytes: [u8; Self::LEN],
    len: usize,
}

impl Scratch {
    /// The longest: introducer, all attributes off and on, two 24-bit colours, and room for the
    /// last number's unused bytes.
    const LEN: usize = 2 + 16 * 3 + 2 * 17 + 4;

    const fn new() -> Self {
        let mut bytes = [0; Self::LEN];
        bytes[0] = 0x1b;
        bytes[1] = b'[';
        Self { bytes, len: 2 }
    }

    const fn is_empty(&self) -> bool {
        self.len == 2
    }

    fn push<const LEN: usize>(&mut self, piece: [u8; LEN], len: usize) {
        if let Some(room) = self.bytes.get_mut(self.len..self.len + LEN) {
            room.copy_from_slice(&piece);
            self.len += len;
        }
    }

    fn push_code(&mut self, code: u8) {
        #[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
        let (digits, len) = DECIMALS[usize::from(code)];
        self.push(digits, usize::from(len));
    }

    /// `base` is 30 for the foreground, 40 for the background.
    fn push_ink(&mut self, ink: Ink, base: u8) {
        match ink.kind() {
            InkKind::Background | InkKind::Foreground => self.push_code(base + 9),
            InkKind::Named(index @ ..8) => self.push_code(base + index),
            InkKind::Named(index) => self.push_code(base + 60 + (index - 8)),
            InkKind::Indexed(index) => {
                self.push_code(base + 8);
                self.push(*b"5;", 2);
                self.push_code(index);
            }
            InkKind::Rgb([red, green, blue]) => {
                self.push([b'0' + base / 10, b'8', b';', b'2', b';'], 5);
                self.push_code(red);
                self.push_code(green);
                self.push_code(blue);
            }
        }
    }

    /// Ends the sequence in place of the last separator; writes nothing if nothing was pushed.
    fn finish(mut self, out: &mut Vec<u8>) {
        if self.is_empty() {
            return;
        }
        if let Some(last) = self.bytes.get_mut(self.len - 1) {
            *last = b'm';
        }
        out.extend_from_slice(self.bytes.get(..self.len).unwrap_or_default());
    }
}
