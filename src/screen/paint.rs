//! Colours that can be painted: what the terminal is told, how it looks, what it costs to say.
//!
//! It does not know places.

use super::{
    color::{ColorMap, palette_rgb},
    grid::{Ink, InkKind},
    pen::ink_len,
};

/// Red, green, blue, 0–255 each, sRGB.
pub(super) type Rgb = [u8; 3];

/// The squared distance of a colour that is not known: more than of any two that are.
pub(super) const FAR: u32 = 1 << 20;

/// A colour that the terminal can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Paint {
    pub(super) ink: Ink,
    rgb: Rgb,
    /// Bytes that name it inside an SGR sequence.
    len: u8,
}

impl Paint {
    /// What stands where no colour is used.
    pub(super) const BLACK: Self = Self {
        ink: Ink::rgb([0; 3]),
        rgb: [0; 3],
        len: 10,
    };

    /// What an ink of any kind paints. How the terminal's own two colours look is not known.
    pub(super) fn of(ink: Ink) -> Self {
        Self {
            ink,
            rgb: rgb_of(ink).unwrap_or_default(),
            len: u8::try_from(ink_len(ink)).unwrap_or(u8::MAX),
        }
    }

    /// The paint of this terminal that looks most like `rgb`.
    #[inline]
    pub(super) fn nearest(rgb: Rgb, colors: &mut ColorMap) -> Self {
        if colors.is_exact() {
            return Self {
                ink: Ink::rgb(rgb),
                rgb,
                len: 7 + digits(rgb[0]) + digits(rgb[1]) + digits(rgb[2]),
            };
        }
        Self::of(colors.nearest(rgb))
    }

    /// Bytes that name it inside an SGR sequence.
    #[inline]
    pub(super) fn len(self) -> u32 {
        u32::from(self.len)
    }

    /// How it looks; black for the terminal's own two.
    #[inline]
    pub(super) const fn rgb(self) -> Rgb {
        self.rgb
    }

    /// How it looks; `None` for the terminal's own two.
    pub(super) fn look(self) -> Option<Rgb> {
        (!self.ink.is_own()).then_some(self.rgb)
    }

    /// See [`distance`]; [`FAR`] when it is not known how it looks.
    #[inline]
    pub(super) fn distance(self, to: Rgb) -> u32 {
        if self.ink.is_own() {
            FAR
        } else {
            distance(self.rgb, to)
        }
    }
}

/// The sum of the squared differences of the three channels.
#[inline]
pub(super) fn distance([r, g, b]: Rgb, [red, green, blue]: Rgb) -> u32 {
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    square(r, red) + square(g, green) + square(b, blue)
}

/// Like [`distance`] of what an ink shows; [`FAR`] when that is not known.
#[inline]
pub(super) fn ink_distance(ink: Ink, to: Rgb) -> u32 {
    rgb_of(ink).map_or(FAR, |rgb| distance(rgb, to))
}

/// The colour between two.
#[inline]
pub(super) fn middle([r, g, b]: Rgb, [red, green, blue]: Rgb) -> Rgb {
    [r.midpoint(red), g.midpoint(green), b.midpoint(blue)]
}

#[inline]
fn rgb_of(ink: Ink) -> Option<Rgb> {
    match ink.kind() {
        InkKind::Rgb(rgb) => Some(rgb),
        InkKind::Indexed(index) | InkKind::Named(index) => Some(palette_rgb(index)),
        InkKind::Background | InkKind::Foreground => None,
    }
}

#[inline]
const fn digits(level: u8) -> u8 {
    1 + (level >= 10) as u8 + (level >= 100) as u8
}
