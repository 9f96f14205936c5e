//! Colours of a palette that, side by side, look like one that it does not have.
//!
//! The pattern stands still: one that moved with the picture would flicker.

use super::{ColorDepth, ColorMap, TABLES, palette_rgb};

/// How the colours of a mix lie in each square of four pixels, darkest first: a draughtboard where
/// there are two of them, so that a half block paints both and `▀▄▀▄` needs no new pen.
const PATTERN: [[usize; 2]; 2] = [[0, 2], [3, 1]];

/// How much of the error is made up for: all of it would be nearer to the truth from afar, and
/// grainy. Chosen by eye.
const SHARE: f32 = 0.5;

impl ColorMap {
    /// What the pixel in this place shows, so that it and its neighbours look like `rgb` together.
    /// A colour that the terminal has is shown as itself.
    #[inline]
    pub(in crate::screen) fn mixed(&mut self, rgb: [u8; 3], column: u16, y: u32) -> [u8; 3] {
        if self.mixes.is_empty() {
            return rgb;
        }
        let slot = Self::slot(rgb);
        let mix = match self.mixes.get(slot).copied().flatten() {
            Some(mix) => mix,
            None => self.find_mix(rgb, slot),
        };
        #[expect(
            clippy::indexing_slicing,
            reason = "the low bits of both, and four colours"
        )]
        palette_rgb(mix[PATTERN[(y & 1) as usize][usize::from(column & 1)]])
    }

    /// Each colour makes up for what those before it are wrong.
    /// Source: T. Knoll, US patent 6606166 (expired), "Pattern dithering".
    #[cold]
    fn find_mix(&mut self, rgb: [u8; 3], slot: usize) -> [u8; 4] {
        let count = match self.depth {
            ColorDepth::Ansi16 => 4,
            _ => 2,
        };
        let wanted = Self::middle(rgb).map(linear);
        let mut error = [0.0_f32; 3];
        let mut picks = [0_u8; 4];
        for pick in picks.iter_mut().take(count) {
            let mut goal = [0; 3];
            for ((goal, wanted), error) in goal.iter_mut().zip(wanted).zip(error) {
                *goal = level(wanted + error * SHARE);
            }
            *pick = self.nearest_index(goal);
            let shown = palette_rgb(*pick).map(linear);
            for ((error, wanted), shown) in error.iter_mut().zip(wanted).zip(shown) {
                *error += wanted - shown;
            }
        }
        if let [first, second, rest @ ..] = &mut picks
            && count == 2
        {
            *rest = [*first, *second];
        }
        picks.sort_by(|a, b| {
            let lightness = |index: u8| TABLES.lab(palette_rgb(index)).lightness;
            lightness(*a).total_cmp(&lightness(*b))
        });
        if let Some(place) = self.mixes.get_mut(slot) {
            *place = Some(picks);
        }
        picks
    }
}

fn linear(level: u8) -> f32 {
    TABLES
        .linear
        .get(usize::from(level))
        .copied()
        .unwrap_or(1.0)
}

/// Linear light to sRGB, IEC 61966-2-1.
fn level(light: f32) -> u8 {
    let level = if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped"
    )]
    ((level * 255.0).round().clamp(0.0, 255.0) as u8)
}
