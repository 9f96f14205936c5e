//! The two colours that paint the pixels of a place with the least squared error, and which of
//! them paints which pixel.
//!
//! Of all ways to part the pixels only those are tried that cut across their principal axis: at
//! most one less than there are pixels. The colours of a part are best at its mean.

use super::super::paint::Rgb;

/// How the pixels of a place part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Split {
    /// The pixels of the first part.
    pub(super) pattern: u8,
    /// The mean of the first part, of the second, and of all.
    pub(super) first: Rgb,
    pub(super) second: Rgb,
    pub(super) whole: Rgb,
    /// The squared error that is left.
    pub(super) error: f32,
}

/// The pixels by channels, so that all of a place are reckoned at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planes<const COUNT: usize>(pub(super) [[f32; COUNT]; 3]);

impl<const COUNT: usize> Planes<COUNT> {
    #[inline]
    pub(super) fn new(pixels: &[Rgb; COUNT]) -> Self {
        let mut planes = [[0.0; COUNT]; 3];
        for (index, pixel) in pixels.iter().enumerate() {
            for (plane, level) in planes.iter_mut().zip(pixel) {
                if let Some(place) = plane.get_mut(index) {
                    *place = f32::from(*level);
                }
            }
        }
        Self(planes)
    }

    /// The squared error of each pixel if it is painted in a colour.
    #[inline]
    pub(super) fn errors(&self, color: Rgb) -> [f32; COUNT] {
        let mut errors = [0.0; COUNT];
        for (plane, level) in self.0.iter().zip(color) {
            let level = f32::from(level);
            for (error, value) in errors.iter_mut().zip(plane) {
                let distance = value - level;
                *error += distance * distance;
            }
        }
        errors
    }

    /// The mean of the pixels of a pattern; of none, black.
    #[inline]
    pub(super) fn mean(&self, pattern: u8) -> Rgb {
        let count = pattern.count_ones().max(1);
        #[expect(clippy::cast_precision_loss, reason = "at most eight")]
        let count = count as f32;
        self.0.map(|plane| {
            let mut sum = 0.0;
            for (index, value) in (0_u32..).zip(plane) {
                sum += if pattern >> index & 1 == 1 {
                    value
                } else {
                    0.0
                };
            }
            level(sum / count)
        })
    }

    /// The best way to part them.
    pub(super) fn split(&self) -> Split {
        let full = u8::MAX >> (8 - COUNT.min(8));
        #[expect(clippy::cast_precision_loss, reason = "at most eight")]
        let count = COUNT as f32;
        let means = self.0.map(|plane| plane.iter().sum::<f32>() / count);
        let mut offsets = self.0;
        for (plane, mean) in offsets.iter_mut().zip(means) {
            for value in plane {
                *value -= mean;
            }
        }
        let total: f32 = offsets.iter().flatten().map(|value| value * value).sum();
        let whole = means.map(level);
        let along = along(&offsets, axis(&offsets));
        let order = sorted(&along);
        let (mut sums, mut pattern) = ([0.0; 3], 0_u8);
        let (mut gain, mut best) = (0.0, full);
        for (taken, index) in (1_u8..).zip(order).take(COUNT - 1) {
            pattern |= 1 << index;
            for (sum, plane) in sums.iter_mut().zip(&offsets) {
                *sum += plane.get(usize::from(index)).copied().unwrap_or(0.0);
            }
            // The offsets of both parts cancel each other out.
            let square: f32 = sums.iter().map(|sum| sum * sum).sum();
            let taken = f32::from(taken);
            let this = square / taken + square / (count - taken);
            if this > gain {
                (gain, best) = (this, pattern);
            }
        }
        Split {
            pattern: best,
            first: self.mean(best),
            second: if best == full {
                whole
            } else {
                self.mean(full & !best)
            },
            whole,
            error: (total - gain).max(0.0),
        }
    }
}

/// Along which line the colours lie, roughly: the direction of the one farthest from the middle,
/// turned towards the others twice (power iteration).
#[inline]
fn axis<const COUNT: usize>(offsets: &[[f32; COUNT]; 3]) -> [f32; 3] {
    let mut lengths = [0.0; COUNT];
    for plane in offsets {
        for (length, value) in lengths.iter_mut().zip(plane) {
            *length += value * value;
        }
    }
    let mut farthest = (0, 0.0);
    for (index, length) in lengths.into_iter().enumerate() {
        if length > farthest.1 {
            farthest = (index, length);
        }
    }
    let mut axis = offsets.map(|plane| plane.get(farthest.0).copied().unwrap_or(0.0));
    for _ in 0..2 {
        let along = along(offsets, axis);
        axis = offsets.map(|plane| plane.iter().zip(along).map(|(a, b)| a * b).sum());
        let longest = axis[0].abs().max(axis[1].abs()).max(axis[2].abs());
        axis = axis.map(|value| value / longest.max(1e-3));
    }
    axis
}

#[inline]
fn along<const COUNT: usize>(offsets: &[[f32; COUNT]; 3], axis: [f32; 3]) -> [f32; COUNT] {
    let mut along = [0.0; COUNT];
    for (plane, part) in offsets.iter().zip(axis) {
        for (sum, value) in along.iter_mut().zip(plane) {
            *sum += value * part;
        }
    }
    along
}

/// The places of the values, smallest first, give or take a part of a level.
#[inline]
fn sorted<const COUNT: usize>(values: &[f32; COUNT]) -> [u8; COUNT] {
    let (mut keys, mut index) = ([0_i32; COUNT], 0);
    for (key, value) in keys.iter_mut().zip(values) {
        // The place is in the bits that are left.
        #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
        let whole = (*value * 64.0) as i32;
        *key = whole << 3 | index;
        index += 1;
    }
    keys.sort_unstable();
    keys.map(|key| u8::try_from(key & 7).unwrap_or(0))
}

/// The nearest level of a colour.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped; a float cast saturates"
)]
pub(super) fn level(value: f32) -> u8 {
    (value + 0.5).clamp(0.0, 255.0) as u8
}
