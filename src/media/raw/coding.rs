//! From samples to colours: the standards, and their sums in 16-bit numbers.
//!
//! A sample comes with `FRACTION_BITS` of fraction, so that averages keep what they are made of.
//! All sums are 16 bits wide, because that is what makes them fast: a product keeps its upper half.
//!
//! Invariant: no samples can overflow a sum; each result is within one level of the standard's.

/// How the samples of a picture stand for brightness and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coding {
    /// Which of its values a sample uses.
    pub range: ColorRange,
    /// What Y, Cb and Cr are made of; without meaning for others.
    pub matrix: ColorMatrix,
}

/// Which of its values a sample uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorRange {
    /// 0–255, as in JFIF.
    Full,
    /// Y, red, green and blue 16–235, Cb and Cr 16–240.
    Limited,
}

/// How Y, Cb and Cr are made of red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorMatrix {
    /// ITU-R BT.601-7, 2.5: Y is 0.299 red, 0.587 green, 0.114 blue.
    Bt601,
    /// ITU-R BT.709-6, 3.2: Y is 0.2126 red, 0.7152 green, 0.0722 blue.
    Bt709,
}

/// Fraction bits of samples: the most that leave 255 within `i16`.
pub(super) const FRACTION_BITS: u32 = 7;

/// Pixels that are computed together. Wide enough for any vector unit to be kept full.
pub(super) const BLOCK: usize = 16;

/// What stands for a factor of 1, 13 fraction bits: the most that leave 2.2 within `i16`.
const FACTOR_ONE: f64 = 8192.0;

/// What is added before the 4 bits of fraction are dropped that a product has: 7 of a sample and 13
/// of a factor, less the 16 that are not kept.
const ROUND: i16 = 1 << 3;

/// Subtract, then multiply: the factors of a conversion, 13 bits of fraction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Factors {
    /// What stands for black.
    zero: i16,
    /// Of Y, red, green and blue.
    level: i16,
    cr_red: i16,
    cb_green: i16,
    cr_green: i16,
    cb_blue: i16,
}

impl Coding {
    pub(super) const fn factors(self) -> Factors {
        const FULL_601: Factors = Factors::of(0.299, 0.114, ColorRange::Full);
        const FULL_709: Factors = Factors::of(0.2126, 0.0722, ColorRange::Full);
        const LIMITED_601: Factors = Factors::of(0.299, 0.114, ColorRange::Limited);
        const LIMITED_709: Factors = Factors::of(0.2126, 0.0722, ColorRange::Limited);
        match (self.range, self.matrix) {
            (ColorRange::Full, ColorMatrix::Bt601) => FULL_601,
            (ColorRange::Full, ColorMatrix::Bt709) => FULL_709,
            (ColorRange::Limited, ColorMatrix::Bt601) => LIMITED_601,
            (ColorRange::Limited, ColorMatrix::Bt709) => LIMITED_709,
        }
    }
}

impl Factors {
    /// With the shares `red` and `blue` of Y, the rest being green's: Cb is (B − Y) and Cr is
    /// (R − Y), divided by twice what blue and red lack of 1, so that both reach from −½ to ½.
    /// Hence R = Y + 2 (1 − red) Cr, B = Y + 2 (1 − blue) Cb, and G is what is left of Y.
    ///
    /// *Source:* ITU-R BT.601-7, 2.5.1 and 2.5.3; JFIF 1.02, page 3, for the full range.
    /// Example: pure red in BT.601, limited, is Y 81, Cb 90, Cr 240:
    /// R = 75.7 + 178.8, G = 75.7 + 14.9 − 91.1, B = 75.7 − 76.7.
    const fn of(red: f64, blue: f64, range: ColorRange) -> Self {
        let (zero, level, chroma) = match range {
            ColorRange::Full => (0, 1.0, 1.0),
            ColorRange::Limited => (16, 255.0 / 219.0, 255.0 / 224.0),
        };
        let green = 1.0 - red - blue;
        let (cr, cb) = (2.0 * (1.0 - red) * chroma, 2.0 * (1.0 - blue) * chroma);
        Self {
            zero,
            level: fixed(level),
            cr_red: fixed(cr),
            cb_green: -fixed(cb * blue / green),
            cr_green: -fixed(cr * red / green),
            cb_blue: fixed(cb),
        }
    }

    /// Red, green and blue of a block of Y, Cb and Cr.
    #[inline]
    pub(super) fn yuv_block(
        &self,
        y: &[i16; BLOCK],
        cb: &[i16; BLOCK],
        cr: &[i16; BLOCK],
    ) -> [[u8; BLOCK]; 3] {
        let (mut red, mut green, mut blue) = ([0; BLOCK], [0; BLOCK], [0; BLOCK]);
        let samples = y.iter().zip(cb).zip(cr);
        let outputs = red.iter_mut().zip(&mut green).zip(&mut blue);
        for (((y, cb), cr), ((red, green), blue)) in samples.zip(outputs) {
            let grey = upper(y - (self.zero << FRACTION_BITS), self.level) + ROUND;
            let (cb, cr) = (cb - (128 << FRACTION_BITS), cr - (128 << FRACTION_BITS));
            *red = to_byte(grey + upper(cr, self.cr_red));
            *green = to_byte(grey + upper(cb, self.cb_green) + upper(cr, self.cr_green));
            *blue = to_byte(grey + upper(cb, self.cb_blue));
        }
        [red, green, blue]
    }

    /// One of red, green and blue of a block.
    #[inline]
    pub(super) fn level_block(&self, samples: &[i16; BLOCK]) -> [u8; BLOCK] {
        let mut bytes = [0; BLOCK];
        for (byte, sample) in bytes.iter_mut().zip(samples) {
            *byte = to_byte(upper(sample - (self.zero << FRACTION_BITS), self.level) + ROUND);
        }
        bytes
    }
}

/// Rounded; only for what is positive.
#[expect(clippy::cast_possible_truncation, reason = "at most 2.2 of 4")]
const fn fixed(factor: f64) -> i16 {
    (factor * FACTOR_ONE + 0.5) as i16
}

/// The upper half of a product.
fn upper(a: i16, b: i16) -> i16 {
    ((i32::from(a) * i32::from(b)) >> 16) as i16
}

/// Drops four fraction bits.
#[expect(clippy::cast_sign_loss, reason = "clamped")]
fn to_byte(value: i16) -> u8 {
    (value >> 4).clamp(0, 255) as u8
}
