//! The one loop from samples to RGB.
//!
//! A row of the result is made from `divisor` rows of the picture: they are added up byte by byte
//! (whatever the bytes mean), then each channel is gathered and added up along the row, then the
//! averages become colours. Averaging Y, Cb and Cr before they become RGB is the same as after,
//! because the step between is linear, and costs a fraction.
//!
//! Invariant: nothing is read or allocated before the bytes are known to suffice.

use super::super::{Picture, PixelSize};
use super::RawError;
use super::coding::{BLOCK, FRACTION_BITS};
use super::layout::{Channel, Layout, Model, Plane};

/// Coarsest averaging. Sums of a column then fit into 16 bits with room to spare.
const DIVISOR_MAX: u32 = 32;

/// Samples of one row at a time; the scratch space of a conversion.
#[derive(Debug, Default)]
pub(in crate::media) struct Lines {
    /// Of each plane, the sums of a few rows.
    sums: [Vec<u16>; 3],
    /// One channel with as many samples as the picture has columns.
    spread: Vec<u16>,
    /// The averaged samples of a row, `FRACTION_BITS` fixed-point.
    averages: [Vec<u16>; 3],
}

impl Lines {
    /// Converts one picture; see [`super::Converter::convert`].
    pub(in crate::media) fn convert(
        &mut self,
        layout: &Layout,
        size: PixelSize,
        bytes: &[u8],
        at_least: Option<PixelSize>,
        out: &mut Picture,
    ) -> Result<(), RawError> {
        let rows_overlap = layout
            .planes
            .iter()
            .flatten()
            .any(|plane| plane.stride < plane.len);
        if rows_overlap || bytes.len() < layout.byte_len(size.height) {
            return Err(RawError::TooShort);
        }
        let divisor = divisor(size, at_least);
        let out_size = PixelSize::new(size.width / divisor, size.height / divisor);
        out.reset(out_size);
        if out_size.is_empty() {
            return Ok(());
        }
        let factors = layout.coding.factors();
        let width = out_size.width as usize;
        for line in &mut self.averages {
            line.clear();
            line.resize(width, 128 << FRACTION_BITS);
        }
        for (row, rgb) in out.rgb_mut().chunks_exact_mut(width * 3).enumerate() {
            self.average_row(layout, bytes, row, divisor as usize)
                .ok_or(RawError::TooShort)?;
            let samples = self.averages.each_ref().map(Vec::as_slice);
            match layout.model {
                Model::Rgb => {
                    // Not a `map`, which costs a third more.
                    let level = |samples: &_| factors.level_block(samples);
                    each_block(samples, rgb, |[red, green, blue]| {
                        [level(red), level(green), level(blue)]
                    });
                }
                Model::Yuv => {
                    each_block(samples, rgb, |[y, cb, cr]| factors.yuv_block(y, cb, cr));
                }
            }
        }
        Ok(())
    }

    /// Averages what becomes row `row`. `None` cannot happen once the length was checked.
    fn average_row(
        &mut self,
        layout: &Layout,
        bytes: &[u8],
        row: usize,
        divisor: usize,
    ) -> Option<()> {
        if divisor > 1 {
            for (plane, sums) in layout.planes.iter().zip(&mut self.sums) {
                if let Some(plane) = plane {
                    sum_rows(plane, bytes, row * divisor, divisor, sums)?;
                }
            }
        }
        for (channel, averages) in layout.channels.iter().zip(&mut self.averages) {
            let Some(channel) = channel else { continue };
            if divisor > 1 {
                let samples = self.sums.get(channel.plane)?.get(channel.first..)?;
                average(samples, channel, divisor, &mut self.spread, averages);
            } else {
                let plane = layout.planes.get(channel.plane)?.as_ref()?;
                let samples = plane_row(plane, bytes, row)?.get(channel.first..)?;
                gather(samples, channel, averages);
            }
        }
        Some(())
    }
}

/// The largest whole divisor that leaves at least `at_least` in both directions.
fn divisor(size: PixelSize, at_least: Option<PixelSize>) -> u32 {
    let Some(least) = at_least else { return 1 };
    let across = size.width / least.width.max(1);
    let down = size.height / least.height.max(1);
    // Never so coarse that a picture vanishes.
    across
        .min(down)
        .min(size.width)
        .min(size.height)
        .clamp(1, DIVISOR_MAX)
}

fn plane_row<'a>(plane: &Plane, bytes: &'a [u8], row: usize) -> Option<&'a [u8]> {
    let row = if plane.half_height { row / 2 } else { row };
    bytes
        .get(plane.offset + row * plane.stride..)?
        .get(..plane.len)
}

/// Adds up `count` rows of the picture from `first` on. A chroma row counts once for each row of
/// the picture that it serves.
fn sum_rows(
    plane: &Plane,
    bytes: &[u8],
    first: usize,
    count: usize,
    sums: &mut Vec<u16>,
) -> Option<()> {
    sums.clear();
    sums.extend(
        plane_row(plane, bytes, first)?
            .iter()
            .map(|&byte| u16::from(byte)),
    );
    for row in first + 1..first + count {
        for (sum, &byte) in sums.iter_mut().zip(plane_row(plane, bytes, row)?) {
            *sum += u16::from(byte);
        }
    }
    Some(())
}

/// Takes one channel out of a row as it is.
fn gather(samples: &[u8], channel: &Channel, averages: &mut [u16]) {
    match (channel.step, channel.half_width) {
        (1, false) => gather_each::<1>(samples, averages),
        (2, false) => gather_each::<2>(samples, averages),
        (3, false) => gather_each::<3>(samples, averages),
        (_, false) => gather_each::<4>(samples, averages),
        (1, true) => gather_twice::<1>(samples, averages),
        (2, true) => gather_twice::<2>(samples, averages),
        (_, true) => gather_twice::<4>(samples, averages),
    }
}

fn gather_each<const STEP: usize>(samples: &[u8], averages: &mut [u16]) {
    let (groups, rest) = samples.as_chunks::<STEP>();
    for (average, group) in averages.iter_mut().zip(groups) {
        *average = u16::from(*group.first().unwrap_or(&0)) << FRACTION_BITS;
    }
    // The last group is cut off after its sample when the channel is not the first of its plane.
    if let (Some(average), Some(&last)) = (averages.get_mut(groups.len()), rest.first()) {
        *average = u16::from(last) << FRACTION_BITS;
    }
}

fn gather_twice<const STEP: usize>(samples: &[u8], averages: &mut [u16]) {
    let (groups, rest) = samples.as_chunks::<STEP>();
    let (pairs, _) = averages.as_chunks_mut::<2>();
    for (pair, group) in pairs.iter_mut().zip(groups) {
        *pair = [u16::from(*group.first().unwrap_or(&0)) << FRACTION_BITS; 2];
    }
    // The last pair, where the group or the pair is cut off.
    let last_index = groups.len().min(pairs.len());
    let last = groups
        .get(last_index)
        .map_or(rest, |group| group.as_slice())
        .first();
    if let (Some(averages), Some(&last)) = (averages.get_mut(last_index * 2..), last) {
        averages.fill(u16::from(last) << FRACTION_BITS);
    }
}

/// Takes one channel out of the sums of `divisor` rows and averages it along the row.
fn average(
    sums: &[u16],
    channel: &Channel,
    divisor: usize,
    spread: &mut Vec<u16>,
    averages: &mut [u16],
) {
    if channel.half_width && divisor % 2 == 1 {
        // An area then ends in the middle of a pair.
        spread.clear();
        spread.extend(
            sums.iter()
                .step_by(channel.step)
                .flat_map(|&sum| [sum, sum]),
        );
        return average_each::<1, 2, 3, 4>(spread, divisor, divisor, averages);
    }
    let across = if channel.half_width {
        divisor / 2
    } else {
        divisor
    };
    match channel.step {
        1 => average_each::<1, 2, 3, 4>(sums, across, divisor, averages),
        2 => average_each::<2, 4, 6, 8>(sums, across, divisor, averages),
        3 => average_each::<3, 6, 9, 12>(sums, across, divisor, averages),
        _ => average_each::<4, 8, 12, 16>(sums, across, divisor, averages),
    }
}

/// Dispatches the usual divisors to loops of fixed length, which are several times as fast. The
/// numbers are what areas of one to four samples take of a row.
fn average_each<const STEP: usize, const TWO: usize, const THREE: usize, const FOUR: usize>(
    sums: &[u16],
    across: usize,
    down: usize,
    averages: &mut [u16],
) {
    match across {
        1 => average_fixed::<STEP, STEP>(sums, down, averages),
        2 => average_fixed::<STEP, TWO>(sums, down, averages),
        3 => average_fixed::<STEP, THREE>(sums, down, averages),
        4 => average_fixed::<STEP, FOUR>(sums, down, averages),
        _ => {
            let reciprocal = reciprocal(across * down);
            for (average, area) in averages.iter_mut().zip(sums.chunks(STEP * across)) {
                *average = scale_sum(sum_of::<STEP>(area), reciprocal);
            }
        }
    }
}

/// `LEN` is what an area takes of a row, a multiple of `STEP`.
fn average_fixed<const STEP: usize, const LEN: usize>(
    sums: &[u16],
    down: usize,
    averages: &mut [u16],
) {
    let reciprocal = reciprocal(LEN / STEP * down);
    let (areas, rest) = sums.as_chunks::<LEN>();
    for (average, area) in averages.iter_mut().zip(areas) {
        *average = scale_sum(sum_of::<STEP>(area), reciprocal);
    }
    // The last area is cut off behind its last sample when the channel is not the first.
    if let (Some(average), false) = (averages.get_mut(areas.len()), rest.is_empty()) {
        *average = scale_sum(sum_of::<STEP>(rest), reciprocal);
    }
}

/// The sum of every `STEP`th. No `step_by`: that is not inlined, and takes half of all the time.
#[inline]
fn sum_of<const STEP: usize>(area: &[u16]) -> u32 {
    let (groups, rest) = area.as_chunks::<STEP>();
    let firsts = groups.iter().filter_map(|group| group.first());
    firsts.chain(rest.first()).map(|&sum| u32::from(sum)).sum()
}

/// `2^16 * 2^FRACTION_BITS / count`, rounded.
#[expect(
    clippy::cast_possible_truncation,
    reason = "count is 1 to DIVISOR_MAX squared"
)]
fn reciprocal(count: usize) -> u32 {
    let count = count as u32;
    ((1 << (16 + FRACTION_BITS)) + count / 2) / count
}

/// `sum <= 255 * count`, so the product stays below `2^31 + 2^24` and the result below `2^15`.
fn scale_sum(sum: u32, reciprocal: u32) -> u16 {
    ((sum * reciprocal + (1 << 15)) >> 16) as u16
}

/// Calls `convert` for `BLOCK` pixels after the other and stores what it gives. A last block that
/// is not full is filled up with what is then not stored.
#[inline]
fn each_block(
    samples: [&[u16]; 3],
    rgb: &mut [u8],
    convert: impl Fn([&[i16; BLOCK]; 3]) -> [[u8; BLOCK]; 3],
) {
    let [first, second, third] = samples.map(<[u16]>::as_chunks::<BLOCK>);
    let (pixels, pixels_rest) = rgb.as_chunks_mut::<{ BLOCK * 3 }>();
    let blocks = first.0.iter().zip(second.0).zip(third.0);
    for (pixels, ((first, second), third)) in pixels.iter_mut().zip(blocks) {
        let [first, second, third] = [first, second, third].map(|block| block.map(to_signed));
        interleave(&convert([&first, &second, &third]), pixels);
    }
    let [first, second, third] = [first.1, second.1, third.1].map(|rest| {
        let mut block = [0; BLOCK];
        for (sample, &value) in block.iter_mut().zip(rest) {
            *sample = to_signed(value);
        }
        block
    });
    interleave(&convert([&first, &second, &third]), pixels_rest);
}

/// A sample is at most 255 with its fraction, so it fits.
#[expect(clippy::cast_possible_wrap, reason = "a sample is less than 2^15")]
fn to_signed(sample: u16) -> i16 {
    sample as i16
}

#[inline]
fn interleave(planes: &[[u8; BLOCK]; 3], pixels: &mut [u8]) {
    let [red, green, blue] = planes;
    let (pixels, _) = pixels.as_chunks_mut::<3>();
    for (pixel, ((&red, &green), &blue)) in pixels.iter_mut().zip(red.iter().zip(green).zip(blue)) {
        *pixel = [red, green, blue];
    }
}
