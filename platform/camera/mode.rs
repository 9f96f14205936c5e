//! Which way of delivering pictures is best for a wish. Pure.
//!
//! Invariant: only formats of [`READABLE`] are ever chosen.

use super::{FourCc, Mode, Wish};
use std::cmp::Ordering;

/// The formats that ttychat reads, cheapest first, those without colours last. `media::raw`
/// converts just these; a test compares the two.
pub const READABLE: [FourCc; 23] = [
    FourCc(*b"YUYV"),
    FourCc(*b"UYVY"),
    FourCc(*b"YVYU"),
    FourCc(*b"NV12"),
    FourCc(*b"NV21"),
    FourCc(*b"YU12"),
    FourCc(*b"YV12"),
    FourCc(*b"RGB3"),
    FourCc(*b"BGR3"),
    FourCc(*b"BGR4"),
    FourCc(*b"XR24"),
    FourCc(*b"AR24"),
    FourCc(*b"RGB4"),
    FourCc(*b"BX24"),
    FourCc(*b"BA24"),
    FourCc(*b"RX24"),
    FourCc(*b"RA24"),
    FourCc(*b"XB24"),
    FourCc(*b"AB24"),
    FourCc(*b"MJPG"),
    FourCc(*b"JPEG"),
    FourCc(*b"GREY"),
    FourCc(*b"Y16 "),
];

/// What gives way when a camera cannot have both the size and the rate of a [`Wish`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Priority {
    /// The size: nobody asked for it, and motion matters more.
    #[default]
    Rate,
    /// The rate: somebody asked for this size.
    Size,
}

/// Whether ttychat reads this format.
pub fn is_readable(format: FourCc) -> bool {
    READABLE.contains(&format)
}

/// The readable ones of `modes`, best for `wish` first.
pub fn ranked(modes: &[Mode], wish: Wish) -> Vec<Mode> {
    let mut ranked: Vec<Mode> = modes
        .iter()
        .copied()
        .filter(|mode| is_readable(mode.format) && mode.width > 0 && mode.height > 0)
        .collect();
    ranked.sort_by(|a, b| compare(a, b, wish));
    ranked
}

/// The sizes of the readable ones of `modes`, as width and height, smallest first, none twice.
pub fn sizes(modes: &[Mode]) -> Vec<(u32, u32)> {
    let mut sizes: Vec<(u32, u32)> = modes
        .iter()
        .filter(|mode| is_readable(mode.format) && mode.width > 0 && mode.height > 0)
        .map(|mode| (mode.width, mode.height))
        .collect();
    sizes.sort_unstable_by_key(|&(width, height)| (u64::from(width) * u64::from(height), width));
    sizes.dedup();
    sizes
}

/// The bytes that a whole picture has at least, so without padding behind its last row; `None` for
/// compressed formats. The size is in pixels; `stride` is that of the first plane, in bytes.
///
/// *Source:* "Image Formats" of the V4L2 API. Columns and rows of chroma that serve two of the
/// picture are rounded up: 5x3 in YU12 is 15 of Y and twice 3x2.
pub fn picture_len(format: FourCc, (width, height): (u32, u32), stride: u32) -> Option<usize> {
    let rows_len = |stride: u32, rows: u32, row_len: u32| {
        u64::from(stride) * u64::from(rows.saturating_sub(1)) + u64::from(row_len)
    };
    let luma = u64::from(stride) * u64::from(height);
    let half_height = height.div_ceil(2);
    let len = match &format.0 {
        b"JPEG" | b"MJPG" => return None,
        b"NV12" | b"NV21" => {
            let even = |len: u32| len.div_ceil(2).saturating_mul(2);
            luma.saturating_add(rows_len(even(stride), half_height, even(width)))
        }
        b"YU12" | b"YV12" => {
            let stride = stride.div_ceil(2);
            let first = u64::from(stride) * u64::from(half_height);
            let second = rows_len(stride, half_height, width.div_ceil(2));
            luma.saturating_add(first).saturating_add(second)
        }
        _ => rows_len(stride, height, natural_stride(format, width)),
    };
    usize::try_from(len).ok()
}

/// How many columns a driver's rows have, and how many bytes lie from one row to the next. Some
/// drivers say 0 or a nonsense smaller than a row; and some end an odd row of pairs in the middle
/// of the last one, which is left out, having no colour.
pub fn rows(format: FourCc, width: u32, stride: u32) -> (u32, u32) {
    let natural = natural_stride(format, width);
    let is_cut = matches!(&format.0, b"UYVY" | b"YUYV" | b"YVYU")
        && width > 1
        && width.checked_mul(2) == Some(stride);
    match natural {
        0 => (width, 0),
        _ if is_cut => (width & !1, stride),
        _ => (width, stride.max(natural)),
    }
}

/// Bytes from one row to the next when nothing lies between; 0 for compressed formats.
pub fn natural_stride(format: FourCc, width: u32) -> u32 {
    match &format.0 {
        // Two pixels share their colour, also the last one with none.
        b"UYVY" | b"YUYV" | b"YVYU" => width.div_ceil(2).saturating_mul(4),
        b"Y16 " => width.saturating_mul(2),
        b"RGB3" | b"BGR3" => width.saturating_mul(3),
        b"BGR4" | b"XR24" | b"AR24" | b"RGB4" | b"BX24" | b"BA24" | b"RX24" | b"RA24" | b"XB24"
        | b"AB24" => width.saturating_mul(4),
        b"GREY" | b"NV12" | b"NV21" | b"YU12" | b"YV12" => width,
        _ => 0,
    }
}

/// Whether all pictures of this format are without colours.
pub fn is_grey(format: FourCc) -> bool {
    matches!(&format.0, b"GREY" | b"Y16 ")
}

/// What a picture costs until it is RGB of a terminal's size, in milliseconds of a processor.
///
/// *Source:* `cargo bench --bench media` and Motion JPEG of real scenes, each from 640x480 to
/// 160x120 or more, on one core of a server of 2022. A picture at 640x480 takes:
///
/// | format | measured, ms | counted, ms |
/// | --- | --- | --- |
/// | `GREY` | 0.05 | 0.05 |
/// | `Y16 ` | | 0.10 |
/// | `YU12`, `YV12` | 0.09 | 0.22 |
/// | `NV12`, `NV21` | 0.17 | 0.22 |
/// | `YUYV`, `UYVY`, `YVYU` | 0.21 | 0.21 |
/// | `RGB3`, `BGR3` | 0.23 | 0.23 |
/// | 32 bits | 0.25 | 0.25 |
/// | `MJPG`, `JPEG` | 1.06 | 1.06 |
///
/// All grow with the pixels: of 1280x720, `MJPG` takes 2.7 ms. Those with half the rows of colour
/// are counted above `YUYV`, because what they save, 0.1 ms, is not worth the colours.
pub fn cost(format: FourCc, (width, height): (u32, u32)) -> f64 {
    let at_640x480 = match &format.0 {
        b"GREY" => 0.05,
        b"Y16 " => 0.10,
        b"UYVY" | b"YUYV" | b"YVYU" => 0.21,
        b"NV12" | b"NV21" | b"YU12" | b"YV12" => 0.22,
        b"RGB3" | b"BGR3" => 0.23,
        b"MJPG" | b"JPEG" => 1.06,
        _ => 0.25,
    };
    at_640x480 * f64::from(width) * f64::from(height) / (640.0 * 480.0)
}

fn compare(a: &Mode, b: &Mode, wish: Wish) -> Ordering {
    let by = |key: fn(&Mode, Wish) -> f64| key(a, wish).total_cmp(&key(b, wish));
    let rates = || by(rate_shortfall);
    // Colours before all else: a camera for the dark is no better for having the right size.
    let colours = is_grey(a.format).cmp(&is_grey(b.format));
    colours.then_with(|| match wish.priority {
        Priority::Rate => rates().then_with(|| by(effort)),
        Priority::Size => by(size_distance).then_with(rates).then_with(|| by(effort)),
    })
}

/// How far a mode falls short of the wished rate, in steps that a person notices: 25 pictures a
/// second for 30 are as good, 12 are not. A rate that is not known comes after one that suffices.
fn rate_shortfall(mode: &Mode, wish: Wish) -> f64 {
    if mode.rate_max <= 0.0 {
        1.0
    } else if mode.rate_max >= wish.rate * 0.8 {
        0.0
    } else if mode.rate_max >= wish.rate * 0.4 {
        2.0
    } else if mode.rate_max >= wish.rate * 0.15 {
        3.0
    } else {
        4.0
    }
}

/// What a picture of the wished size takes of the processor, in units of Motion JPEG at that size,
/// and what it lacks: a quarter of the pixels missing is hardly seen, three quarters are as bad as
/// nine times the work.
fn effort(mode: &Mode, wish: Wish) -> f64 {
    let reference = cost(FourCc(*b"MJPG"), (wish.width.max(1), wish.height.max(1)));
    let missing = 1.0 / covered(mode, wish) - 1.0;
    missing * missing + cost(mode.format, (mode.width, mode.height)) / reference
}

/// How far a size is from the wished one: 0 for the same. A larger one costs its pixels, a
/// smaller one loses what it does not cover, three times as dear: half the wish is as bad as
/// four times the wish.
fn size_distance(mode: &Mode, wish: Wish) -> f64 {
    let covered = covered(mode, wish);
    let pixels = |width: u32, height: u32| f64::from(width.max(1)) * f64::from(height.max(1));
    let excess = pixels(mode.width, mode.height) / pixels(wish.width, wish.height) / covered;
    3.0 * (1.0 / covered - 1.0) + (excess - 1.0)
}

/// How much of the wished size a mode has, 0 to 1.
fn covered(mode: &Mode, wish: Wish) -> f64 {
    let part = |has: u32, wished: u32| (f64::from(has) / f64::from(wished.max(1))).min(1.0);
    part(mode.width, wish.width) * part(mode.height, wish.height)
}
