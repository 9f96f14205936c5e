//! The sums of the filter, row by row.
//!
//! All of it is in whole numbers of 16 bits and without branches, so that the compiler makes
//! vectors of it: 0.2 ms for 320x180.

use super::Noise;

/// Fractional bits of a mean.
pub(super) const MEAN_BITS: u32 = 6;
/// Half a level, in the unit of the means.
const HALF_LEVEL: i16 = 1 << (MEAN_BITS - 1);
/// Values at each end of a row of differences: its outermost pixel once more, and one.
pub(super) const MARGIN: usize = 4;

/// The least gain, of 65536: a mean is that of about so many pictures, the older the less.
const GAIN_MIN: u16 = u16::MAX / 64;
/// Below this gain a mean rests: it has been still for about 32 pictures.
const GAIN_RESTING: u16 = u16::MAX / 32;
/// Below this gain a mean has settled: it has been still for about eight pictures.
const GAIN_SETTLED: u16 = u16::MAX / 8;

/// Units of a difference in one standard deviation of the noise.
const UNITS: f32 = 10.0;
/// Largest difference that counts, in units: sums of 27 with their weights stay in 16 bits.
const DIFFERENCE_CLIP: i16 = 80;
/// Least noise that is reckoned with, so that what is divided by it stays in 16 bits.
const SPREAD_MIN: f32 = 0.35;
/// Weight of the sum of absolute differences: it tells how much there is of anything new.
const ABSOLUTE_WEIGHT: i16 = 8;
/// Weight of the absolute sum of differences where noise is white. Noise cancels in it, so it
/// tells how much has become lighter or darker. With this weight it counts three tenths of the
/// other.
const SIGNED_WEIGHT: f32 = 7.0;

/// How much more than noise makes on average is still noise: it alone exceeds this in one of 200
/// places.
const STILL: f32 = 1.5;
/// How much more where the mean has settled, and what is new needs stronger evidence.
const SETTLED_FACTOR: f32 = 1.4;
/// How much more, as a multiple of [`STILL`], until all of the new picture is taken.
const SPAN: f32 = 2.0;
/// A settled mean is shown anew when it has moved by half a level and this much of the noise.
const HOLD: f32 = 0.8;

/// What follows from the noise.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Units of a difference in a level, 65536ths, at black.
    black_units: u16,
    /// How many more at white.
    units_step: i16,
    /// Half a unit, in the unit of the means.
    half_unit: i16,
    signed_weight: i16,
    /// See [`STILL`], of a sum of differences.
    still_max: u16,
    /// See [`SETTLED_FACTOR`].
    settled_more: u16,
    /// See [`SPAN`].
    span: u16,
    /// Makes all of the span nearly 65536 by a shift and a product.
    span_shift: u32,
    span_factor: u16,
    /// See [`HOLD`], in the unit of the means, at black.
    black_hold: i16,
    /// How much more at white.
    hold_step: i16,
    /// Below this gain it takes twice as much.
    resting: u16,
    /// 0 and 1 in turns: evens out that products are rounded down.
    dither: i16,
}

impl Rules {
    /// `count` tells the pictures apart, see `dither`.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded by the least and the largest noise"
    )]
    pub(super) fn of(noise: Noise, count: usize) -> Self {
        /// Mean absolute value of a normal distribution: the square root of 2/pi.
        const MEAN_ABSOLUTE: f32 = 0.798;
        let (black, white) = (
            noise.black_spread.max(SPREAD_MIN),
            noise.white_spread.max(SPREAD_MIN),
        );
        let whole = f32::from(1_i16 << MEAN_BITS);
        let units = |spread: f32| 65536.0 * UNITS / (whole * spread);
        let hold = |spread: f32| (whole * (0.5 + HOLD * spread)) as i16;
        // The sum of three neighbours that are alike has a larger variance than that of three that
        // are not, along the rows and along the columns.
        let swell = (3.0 + 4.0 * noise.likeness + 2.0 * noise.likeness.powi(2)) / 3.0;
        let signed_weight = (SIGNED_WEIGHT / swell).round();
        // What white noise makes of a sum of 27 values, and of three sums of nine.
        let usual = MEAN_ABSOLUTE
            * UNITS
            * (27.0 * f32::from(ABSOLUTE_WEIGHT) + 9.0 * swell * signed_weight);
        let still_max = usual * STILL;
        let span = still_max * SPAN;
        let span_shift = (65535.0 / span).max(1.0).log2() as u32;
        let shifted = span * f32::from(1_u16 << span_shift);
        Self {
            black_units: units(black) as u16,
            units_step: (units(white) - units(black)) as i16,
            half_unit: (whole * noise.spread / UNITS / 2.0) as i16,
            signed_weight: signed_weight as i16,
            still_max: still_max as u16,
            settled_more: (still_max * (SETTLED_FACTOR - 1.0)) as u16,
            span: span as u16,
            span_shift,
            span_factor: (32767.0 * 65536.0 / shifted).min(65535.0) as u16,
            black_hold: hold(black),
            hold_step: hold(white) - hold(black),
            resting: GAIN_RESTING,
            dither: i16::from(count.is_multiple_of(2)),
        }
    }

    /// The same for a row of which what rests is brought up to date.
    pub(super) const fn due(self) -> Self {
        Self { resting: 0, ..self }
    }

    /// What part of the new picture is taken where the differences sum up to `sum`: nothing up to
    /// the limit, then more, steeply at first (a cubic that lies near to Wiener's gain, which is
    /// the best for the squared error).
    #[inline]
    fn gain(self, sum: u16, before: u16) -> u16 {
        let more = if before < GAIN_SETTLED {
            self.settled_more
        } else {
            0
        };
        let max = self.still_max + more;
        let beyond = sum.saturating_sub(max).min(self.span);
        let half = upper(beyond << self.span_shift, self.span_factor);
        let rest = u16::MAX - half.saturating_add(half);
        u16::MAX - upper(upper(rest, rest), rest)
    }
}

/// How much each value of a row differs from its mean, in units of the noise.
pub(super) fn compare_row(levels: &[u8], means: &[i16], rules: Rules, out: &mut [i16]) {
    for ((out, &level), &mean) in out.iter_mut().zip(levels).zip(means) {
        let exact = (i16::from(level) << MEAN_BITS) - mean;
        let step = part(rules.units_step, tone(mean));
        let units = rules.black_units.wrapping_add_signed(step);
        *out = part(exact + rules.half_unit, units).clamp(-DIFFERENCE_CLIP, DIFFERENCE_CLIP);
    }
}

/// Sums of the three rows of differences in `around`: of the absolute values, and of the values.
pub(super) fn sum_columns(around: &[i16], absolute: &mut [i16], signed: &mut [i16]) {
    let (above, rest) = around.split_at(around.len() / 3);
    let (here, below) = rest.split_at(rest.len() / 2);
    let rows = above.iter().zip(here).zip(below);
    for ((absolute, signed), ((&a, &b), &c)) in absolute.iter_mut().zip(signed).zip(rows) {
        *absolute = a.abs() + b.abs() + c.abs();
        *signed = a + b + c;
    }
}

/// Sums of each value's column and of those of the same channel beside it, both kinds weighed
/// together. `out` has one more value at each end than the row: the sum of three in succession is
/// that of the three channels (the outer two of which have one of the next pixel).
pub(super) fn sum_row(absolute: &[i16], signed: &[i16], rules: Rules, out: &mut [u16]) {
    let weight = rules.signed_weight;
    for ((out, (a, b, c)), (d, e, f)) in out
        .iter_mut()
        .zip(triples(absolute, 3))
        .zip(triples(signed, 3))
    {
        *out = ((a + b + c) * ABSOLUTE_WEIGHT + (d + e + f).abs() * weight).cast_unsigned();
    }
}

/// Values that are `step` apart, by three.
#[inline]
fn triples<T: Copy>(row: &[T], step: usize) -> impl Iterator<Item = (T, T, T)> {
    let from = |start: usize| row.get(start..).unwrap_or_default().iter();
    let all = from(0).zip(from(step)).zip(from(2 * step));
    all.map(|((&a, &b), &c)| (a, b, c))
}

/// Brings the means of a row nearer to its `levels`, which become what is shown.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a mean is from 0 to 255, in its unit"
)]
pub(super) fn follow_row(
    levels: &mut [u8],
    means: &mut [i16],
    gains: &mut [u16],
    shown: &mut [u8],
    sums: &[u16],
    rules: Rules,
) {
    let values = levels.iter_mut().zip(means).zip(gains).zip(shown);
    for ((((level, mean), gain), shown), (a, b, c)) in values.zip(triples(sums, 1)) {
        let taken = rules.gain(a + b + c, *gain).max(*gain);
        *gain = after(taken).max(GAIN_MIN);
        let exact = (i16::from(*level) << MEAN_BITS) - *mean;
        let now = *mean + part(exact, taken) + rules.dither;
        *mean = now;
        let moved = (now - (i16::from(*shown) << MEAN_BITS)).abs();
        let settled = rules.black_hold + part(rules.hold_step, tone(now));
        let hold = if taken < GAIN_SETTLED {
            settled
        } else {
            HALF_LEVEL
        };
        let more = if taken < rules.resting { settled } else { 0 };
        let nearest = ((now + HALF_LEVEL) >> MEAN_BITS) as u8;
        *level = if moved > hold + more { nearest } else { *shown };
        *shown = *level;
    }
}

/// A mean as a fraction of white, 65536ths.
#[inline]
const fn tone(mean: i16) -> u16 {
    mean.cast_unsigned() << (8 - MEAN_BITS)
}

/// The gain for the next picture, with which all since the last 1 weigh the same: near to
/// `gain / (1 + gain)`.
#[inline]
pub(super) fn after(gain: u16) -> u16 {
    let square = upper(gain, gain);
    gain - (square - upper(square, gain) / 2)
}

/// `factor` 65536ths of `value`, rounded down.
#[inline]
fn part(value: i16, factor: u16) -> i16 {
    // A negative value counts 65536 too much without its sign.
    let excess = (value >> 15).cast_unsigned() & factor;
    upper(value.cast_unsigned(), factor)
        .wrapping_sub(excess)
        .cast_signed()
}

/// The upper half of the product, for which processors have an instruction.
#[inline]
fn upper(a: u16, b: u16) -> u16 {
    ((u32::from(a) * u32::from(b)) >> 16) as u16
}
