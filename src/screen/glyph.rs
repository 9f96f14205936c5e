//! The sets of glyphs that pictures are drawn with: how many pixels a cell has in each, and which
//! character shows which of them in the foreground.
//!
//! It does not know colours or bytes.

use std::fmt;

/// With which glyphs pictures are drawn.
///
/// A cell has two colours in every set: more pixels give sharper edges, not more colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GlyphSet {
    /// Half blocks, 1x2 pixels a cell, each in its own colour.
    #[default]
    Half,
    /// Quadrants, 2x2.
    Quadrant,
    /// Sextants, 2x3. Unicode 13.
    Sextant,
    /// Octants, 2x4. Unicode 16.
    Octant,
    /// Braille, 2x4 dots.
    Braille,
    /// ASCII, chosen by shape.
    Ascii,
}

impl GlyphSet {
    /// All of them, in the order in which a key goes through them.
    pub const ALL: [Self; 6] = [
        Self::Half,
        Self::Quadrant,
        Self::Sextant,
        Self::Octant,
        Self::Braille,
        Self::Ascii,
    ];

    /// The one after it, round the end.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Half => Self::Quadrant,
            Self::Quadrant => Self::Sextant,
            Self::Sextant => Self::Octant,
            Self::Octant => Self::Braille,
            Self::Braille => Self::Ascii,
            Self::Ascii => Self::Half,
        }
    }

    /// Pixels beside each other in a cell.
    pub const fn columns(self) -> u16 {
        match self {
            Self::Half => 1,
            Self::Quadrant | Self::Sextant | Self::Octant | Self::Braille | Self::Ascii => 2,
        }
    }

    /// Pixels above each other in a cell.
    pub const fn rows(self) -> u16 {
        match self {
            Self::Half | Self::Quadrant => 2,
            Self::Sextant => 3,
            Self::Octant | Self::Braille | Self::Ascii => 4,
        }
    }

    /// Pixels of a cell.
    pub const fn pixel_count(self) -> usize {
        self.columns() as usize * self.rows() as usize
    }

    /// How high a pixel is for its width, where half a cell is `pixel_aspect` times as high as a
    /// cell is wide. Example: a quadrant of a usual cell (1.0) is twice as high as wide.
    pub fn pixel_aspect(self, pixel_aspect: f64) -> f64 {
        pixel_aspect * 2.0 * f64::from(self.columns()) / f64::from(self.rows())
    }

    /// The character that shows the pixels of `pattern` in the foreground and the others in the
    /// background. Pixel `x` of row `y` is bit `y * columns + x`; higher bits are left out.
    /// In [`Self::Ascii`], which has shapes instead of patterns, the shape of that number.
    pub fn character(self, pattern: u8) -> char {
        let index = usize::from(pattern);
        let found = match self {
            Self::Half => HALVES.get(index & 3),
            Self::Quadrant => QUADRANTS.get(index & 15),
            Self::Sextant => SEXTANTS.get(index & 63),
            Self::Octant => OCTANTS.get(index),
            Self::Braille => return braille(pattern),
            Self::Ascii => return super::shape::character(pattern),
        };
        found.copied().unwrap_or(' ')
    }

    /// Bytes of that character.
    #[inline]
    pub(super) fn len(self, pattern: u8) -> u32 {
        match self {
            Self::Ascii => 1,
            _ if pattern == 0 => 1,
            Self::Half | Self::Quadrant | Self::Braille => 3,
            // Those that are quadrants too are of the older block.
            Self::Sextant if matches!(pattern, 21 | 42 | 63) => 3,
            Self::Sextant => 4,
            Self::Octant => OCTANTS
                .get(usize::from(pattern))
                .map_or(4, |octant| if *octant < '\u{10000}' { 3 } else { 4 }),
        }
    }

    /// The pattern nearest to `pattern` of which each terminal that draws the set itself has the
    /// glyph. Six octants are of another block than the others.
    #[inline]
    pub(super) const fn drawable(self, pattern: u8) -> u8 {
        if !matches!(self, Self::Octant) {
            return pattern;
        }
        match pattern {
            0b0000_0001 => 0b0000_0101,
            0b0000_0010 => 0b0000_1010,
            0b0001_0100 => 0b0001_0101,
            0b0010_1000 => 0b0010_1010,
            0b0100_0000 => 0b0101_0000,
            0b1000_0000 => 0b1010_0000,
            other => other,
        }
    }

    /// Whether its glyphs cover whole pixels.
    pub const fn is_solid(self) -> bool {
        !matches!(self, Self::Braille | Self::Ascii)
    }

    /// The pattern of all pixels.
    pub(super) const fn full(self) -> u8 {
        match self {
            Self::Half => 0b11,
            Self::Quadrant => 0b1111,
            Self::Sextant => 0b11_1111,
            Self::Octant | Self::Braille | Self::Ascii => 0b1111_1111,
        }
    }

    /// The pattern of the upper half of the cell, where the set has it.
    pub(super) const fn upper_half(self) -> Option<u8> {
        match self {
            Self::Half => Some(0b01),
            Self::Quadrant => Some(0b0011),
            Self::Octant => Some(0b0000_1111),
            Self::Sextant | Self::Braille | Self::Ascii => None,
        }
    }
}

impl fmt::Display for GlyphSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Half => "half blocks",
            Self::Quadrant => "quadrants",
            Self::Sextant => "sextants",
            Self::Octant => "octants",
            Self::Braille => "braille",
            Self::Ascii => "ASCII",
        })
    }
}

/// By their pattern. Source: Unicode, Block Elements (U+2580).
const HALVES: [char; 4] = [' ', '▀', '▄', '█'];

/// See [`HALVES`].
const QUADRANTS: [char; 16] = [
    ' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█',
];

/// By their pattern. Source: Unicode 13, Symbols for Legacy Computing (U+1FB00), in the order of
/// the patterns without those that quadrants have.
const SEXTANTS: [char; 64] = in_order('\u{1fb00}', &[(0, ' '), (21, '▌'), (42, '▐'), (63, '█')]);

/// By their pattern. Source: Unicode 16, Symbols for Legacy Computing Supplement (U+1CD00), in the
/// order of the patterns without those that older blocks have.
const OCTANTS: [char; 256] = in_order(
    '\u{1cd00}',
    &[
        (0b0000_0000, ' '),
        (0b0000_0001, '\u{1cea8}'),
        (0b0000_0010, '\u{1ceab}'),
        (0b0000_0011, '\u{1fb82}'),
        (0b0000_0101, '▘'),
        (0b0000_1010, '▝'),
        (0b0000_1111, '▀'),
        (0b0001_0100, '\u{1fbe6}'),
        (0b0010_1000, '\u{1fbe7}'),
        (0b0011_1111, '\u{1fb85}'),
        (0b0100_0000, '\u{1cea3}'),
        (0b0101_0000, '▖'),
        (0b0101_0101, '▌'),
        (0b0101_1010, '▞'),
        (0b0101_1111, '▛'),
        (0b1000_0000, '\u{1cea0}'),
        (0b1010_0000, '▗'),
        (0b1010_0101, '▚'),
        (0b1010_1010, '▐'),
        (0b1010_1111, '▜'),
        (0b1100_0000, '▂'),
        (0b1111_0000, '▄'),
        (0b1111_0101, '▙'),
        (0b1111_1010, '▟'),
        (0b1111_1100, '▆'),
        (0b1111_1111, '█'),
    ],
);

/// Characters that follow each other from `first`, but for `others` at their own places, which are
/// in ascending order.
#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "at compile time"
)]
const fn in_order<const COUNT: usize>(first: char, others: &[(u8, char)]) -> [char; COUNT] {
    let mut table = [' '; COUNT];
    let (mut pattern, mut other, mut next) = (0, 0, first as u32);
    while pattern < COUNT {
        if other < others.len() && others[other].0 == pattern as u8 {
            table[pattern] = others[other].1;
            other += 1;
        } else if let Some(character) = char::from_u32(next) {
            table[pattern] = character;
            next += 1;
        }
        pattern += 1;
    }
    table
}

/// Source: Unicode, Braille Patterns (U+2800): the first three dots of the left column, those of
/// the right one, then the lowest of both.
fn braille(pattern: u8) -> char {
    const DOTS: [u8; 8] = [1, 8, 2, 16, 4, 32, 64, 128];
    if pattern == 0 {
        return ' ';
    }
    let dots = (0..8)
        .zip(DOTS)
        .filter(|(bit, _)| pattern >> bit & 1 == 1)
        .fold(0, |all, (_, dot)| all | dot);
    char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' ')
}
