//! Takes the noise out of moving pictures: each pixel becomes the mean of what it was while it
//! stood still.
//!
//! How noisy the pictures are is measured in them, see [`Noise`], and nothing is done to clean
//! ones. A pixel counts as still when it and its neighbours, all channels together, differ from
//! their means by what noise explains; the more they differ, the more of the new picture is
//! taken, up to all of it, so what moves is neither smeared nor followed by a ghost. A mean that
//! has settled is shown unchanged until it has moved by more than its own error, so that a scene
//! at rest gives the same picture again and again.
//!
//! Invariant: a picture that is huge or of another size, and one that has nothing in common with
//! those before, passes unchanged.

mod meter;
mod rows;

use super::{Picture, PixelSize};
pub use meter::{Noise, NoiseMeter};
use rows::{MARGIN, MEAN_BITS, Rules, after, compare_row, follow_row, sum_columns, sum_row};

/// The least noise worth the work, as a standard deviation in levels: rounding alone makes 0.3.
const SPREAD_MIN: f32 = 0.5;
/// Where the work ends once it has begun, so that it does not come and go.
const SPREAD_LEFT: f32 = 0.4;

/// Most pixels of a picture that is filtered: it takes 5 ms and 6 MB. Terminals show far fewer.
const PIXEL_COUNT_MAX: u32 = 640 * 480;

/// Rows that are brought up to date together where the picture rests. JPEG has blocks of as many,
/// and changes all of a block when a pixel of it changes.
const BAND_HEIGHT: usize = 8;
/// Pictures in which each band has its turn.
const BAND_COUNT: usize = 32;

/// Filters the pictures of one source, in their order.
///
/// It holds seven bytes for each value (three a pixel) of a picture that needs it.
#[derive(Debug, Default)]
pub struct Denoiser {
    meter: NoiseMeter,
    /// Of the means; empty while nothing is filtered.
    size: PixelSize,
    /// Pictures filtered.
    count: usize,
    /// For each value, in fractions of a level.
    means: Vec<i16>,
    /// What part of the next picture is taken at least.
    gains: Vec<u16>,
    /// What was given last.
    shown: Vec<u8>,
    /// How much the picture differs from the means, with margins on all four sides.
    differences: Vec<i16>,
    scratch: Scratch,
}

/// Sums of the differences in three rows, see [`sum_columns`] and [`sum_row`].
#[derive(Debug, Default)]
struct Scratch {
    absolute: Vec<i16>,
    signed: Vec<i16>,
    row: Vec<u16>,
}

impl Denoiser {
    /// Filters `picture`, the next one of the source.
    pub fn denoise(&mut self, picture: &mut Picture) {
        let PixelSize { width, height } = picture.size();
        if width.saturating_mul(height) > PIXEL_COUNT_MAX {
            *self = Self::default();
            return;
        }
        let noise = self.meter.measure(picture);
        let is_on = !self.size.is_empty();
        let least = if is_on { SPREAD_LEFT } else { SPREAD_MIN };
        if noise.spread < least {
            self.size = PixelSize::default();
            return;
        }
        if self.size != picture.size() {
            return self.begin(picture);
        }
        let rules = Rules::of(noise, self.count);
        self.compare(picture, rules);
        self.follow(picture, rules);
        self.count = self.count.wrapping_add(1);
    }

    /// The noise of the pictures so far.
    pub fn noise(&self) -> Noise {
        self.meter.noise()
    }

    /// The first picture is its own mean.
    fn begin(&mut self, picture: &Picture) {
        let rgb = picture.rgb();
        self.size = picture.size();
        self.shown.clear();
        self.shown.extend_from_slice(rgb);
        self.means.clear();
        let means = rgb.iter().map(|&level| i16::from(level) << MEAN_BITS);
        self.means.extend(means);
        self.gains.clear();
        self.gains.resize(rgb.len(), after(u16::MAX));
        let (row_len, stride) = self.row_lens();
        self.scratch.absolute.resize(stride, 0);
        self.scratch.signed.resize(stride, 0);
        self.scratch.row.resize(row_len + 2, 0);
        self.differences
            .resize(stride * (self.size.height as usize + 2), 0);
    }

    /// Values in a row, without and with margins.
    const fn row_lens(&self) -> (usize, usize) {
        let row_len = self.size.width as usize * 3;
        (row_len, row_len + 2 * MARGIN)
    }

    /// Sets `differences`. Beyond its edges the picture goes on as it is there.
    fn compare(&mut self, picture: &Picture, rules: Rules) {
        let (row_len, stride) = self.row_lens();
        let levels = picture.rgb().chunks_exact(row_len);
        let means = self.means.chunks_exact(row_len);
        let rows = self.differences.chunks_exact_mut(stride).skip(1);
        for ((levels, means), row) in levels.zip(means).zip(rows) {
            if let Some(inner) = row.get_mut(MARGIN..MARGIN + row_len) {
                compare_row(levels, means, rules, inner);
            }
            row.copy_within(MARGIN..MARGIN + 3, MARGIN - 3);
            row.copy_within(MARGIN + row_len - 3..MARGIN + row_len, MARGIN + row_len);
        }
        let last = self.differences.len() - 2 * stride;
        self.differences.copy_within(stride..2 * stride, 0);
        self.differences
            .copy_within(last..last + stride, last + stride);
    }

    /// Brings the means nearer to the picture, and makes the picture what is shown of them.
    fn follow(&mut self, picture: &mut Picture, rules: Rules) {
        let (row_len, stride) = self.row_lens();
        let rows = picture
            .rgb_mut()
            .chunks_exact_mut(row_len)
            .zip(self.means.chunks_exact_mut(row_len))
            .zip(self.gains.chunks_exact_mut(row_len))
            .zip(self.shown.chunks_exact_mut(row_len))
            .zip(self.differences.windows(3 * stride).step_by(stride));
        let Scratch {
            absolute,
            signed,
            row: sums,
        } = &mut self.scratch;
        for (y, ((((levels, means), gains), shown), around)) in rows.enumerate() {
            sum_columns(around, absolute, signed);
            sum_row(absolute, signed, rules, sums);
            let is_due = (y / BAND_HEIGHT + self.count).is_multiple_of(BAND_COUNT);
            let rules = if is_due { rules.due() } else { rules };
            follow_row(levels, means, gains, shown, sums, rules);
        }
    }
}
