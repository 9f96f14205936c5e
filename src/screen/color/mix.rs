//! Colours of a palette that, side by side, look like one that it does not have.
//!
//! The pattern stands still, as one that moved with the picture would flicker. So does the choice:
//! a pixel keeps its mix until another is clearly better, or the noise of a camera would make it
//! jump to and fro between two of them, which are much farther apart than the noise is strong.

use super::{ColorDepth, ColorMap, TABLES, palette_rgb};
use crate::screen::CELLS_MAX;

/// A colour as the palette has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mix {
    /// Of the palette, darkest first.
    picks: [u8; 4],
    /// What they look like together.
    mean: [u8; 3],
}

/// The mixes that were found, and those that the pixels show.
#[derive(Debug)]
pub(super) struct Mixes {
    /// By slot of the wanted colour.
    found: Vec<Option<Mix>>,
    /// Slots of the mixes that were taken last: [`ROW_LEN`] for each row of pixels.
    taken: Vec<u32>,
}

/// Places of a row of pixels in [`Mixes::taken`].
const ROW_LEN: usize = CELLS_MAX.columns as usize;

/// How much nearer to the wanted colour another mix must be, in levels. Enough for noise of a few
/// levels a channel: a resting scene of 160x45 with two takes 0.5 kB a frame instead of 25, and 0.1
/// with one. More saves more, and the shadows of what has moved begin to show.
const MARGIN: f32 = 12.0;

/// How the colours of a mix lie in each square of four pixels, darkest first: a draughtboard where
/// there are two of them, so that a half block paints both and `▀▄▀▄` needs no new pen.
const PATTERN: [[usize; 2]; 2] = [[0, 2], [3, 1]];

/// How much of the error is made up for: all of it would be nearer to the truth from afar, and
/// grainy. Chosen by eye.
const SHARE: f32 = 0.5;

impl Mixes {
    /// `found`: by slot; empty where all colours can be told.
    pub(super) const fn new(found: Vec<Option<Mix>>) -> Self {
        Self {
            found,
            taken: Vec::new(),
        }
    }
}

impl Mix {
    /// A colour that the palette has.
    pub(super) fn single(index: u8) -> Self {
        Self {
            picks: [index; 4],
            mean: palette_rgb(index),
        }
    }

    fn distance(self, rgb: [u8; 3]) -> f32 {
        let pairs = self.mean.iter().zip(rgb);
        let squares = pairs.map(|(mean, level)| f32::from(mean.abs_diff(level)).powi(2));
        squares.sum::<f32>().sqrt()
    }
}

impl ColorMap {
    /// What the pixel in this place shows, so that it and its neighbours look like `rgb` together.
    /// A colour that the terminal has is shown as itself, unless the place shows what is as good.
    #[inline]
    pub(in crate::screen) fn mixed(&mut self, rgb: [u8; 3], column: u16, y: u32) -> [u8; 3] {
        if self.mixes.found.is_empty() {
            return rgb;
        }
        let mix = self.steady_mix(rgb, usize::from(column), y as usize);
        #[expect(
            clippy::indexing_slicing,
            reason = "the low bits of both, and four colours"
        )]
        palette_rgb(mix.picks[PATTERN[(y & 1) as usize][usize::from(column & 1)]])
    }

    /// The mix for `rgb`, or the one that was there before when it is hardly worse.
    fn steady_mix(&mut self, rgb: [u8; 3], column: usize, y: usize) -> Mix {
        let slot = Self::slot(rgb);
        let new = self.mix(rgb, slot);
        let place = y * ROW_LEN + column.min(ROW_LEN - 1);
        if place >= self.mixes.taken.len() {
            self.mixes.taken.resize((y + 1) * ROW_LEN, u32::MAX);
        }
        let Some(taken) = self.mixes.taken.get_mut(place) else {
            return new;
        };
        if *taken as usize != slot
            && let Some(old) = self.mixes.found.get(*taken as usize).copied().flatten()
            && old.distance(rgb) <= new.distance(rgb) + MARGIN
        {
            return old;
        }
        *taken = u32::try_from(slot).unwrap_or(u32::MAX);
        new
    }

    fn mix(&mut self, rgb: [u8; 3], slot: usize) -> Mix {
        match self.mixes.found.get(slot).copied().flatten() {
            Some(mix) => mix,
            None => self.find_mix(rgb, slot),
        }
    }

    /// Each colour makes up for what those before it are wrong.
    /// Source: T. Knoll, US patent 6606166 (expired), "Pattern dithering".
    #[cold]
    fn find_mix(&mut self, rgb: [u8; 3], slot: usize) -> Mix {
        let count = match self.depth {
            ColorDepth::Ansi16 => 4,
            _ => 2_u8,
        };
        let wanted = Self::middle(rgb).map(linear);
        let mut error = [0.0_f32; 3];
        let mut picks = [0_u8; 4];
        for pick in picks.iter_mut().take(usize::from(count)) {
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
        let mut mean = [0; 3];
        for ((mean, wanted), error) in mean.iter_mut().zip(wanted).zip(error) {
            *mean = level(wanted - error / f32::from(count));
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
        let mix = Mix { picks, mean };
        if let Some(place) = self.mixes.found.get_mut(slot) {
            *place = Some(mix);
        }
        mix
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
