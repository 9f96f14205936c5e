//! Which way of delivering pictures is best for a wish. Pure.
//!
//! Invariant: only formats of [`READABLE`] are ever chosen.

use super::{FourCc, Mode, Wish};
use std::cmp::Ordering;

/// The formats that ttychat reads, cheapest first: what a picture of each costs until it is RGB.
/// Compressed pictures cost several times more.
pub const READABLE: [FourCc; 14] = [
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
    FourCc(*b"MJPG"),
    FourCc(*b"JPEG"),
    FourCc(*b"GREY"),
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

/// Length in bytes of a whole picture, the least that a driver must deliver; `None` for
/// compressed formats. `stride` is that of the first plane, in bytes.
pub fn picture_len(format: FourCc, stride: u32, height: u32) -> Option<usize> {
    let first_plane = u64::from(stride) * u64::from(height);
    let len = match &format.0 {
        b"JPEG" | b"MJPG" => return None,
        b"NV12" | b"NV21" | b"YU12" | b"YV12" => first_plane.saturating_add(first_plane / 2),
        _ => first_plane,
    };
    usize::try_from(len).ok()
}

/// Bytes from one row to the next when nothing lies between; 0 for compressed formats.
pub fn natural_stride(format: FourCc, width: u32) -> u32 {
    match &format.0 {
        b"UYVY" | b"YUYV" | b"YVYU" => width.saturating_mul(2),
        b"RGB3" | b"BGR3" => width.saturating_mul(3),
        b"BGR4" | b"XR24" => width.saturating_mul(4),
        b"GREY" | b"NV12" | b"NV21" | b"YU12" | b"YV12" => width,
        _ => 0,
    }
}

fn compare(a: &Mode, b: &Mode, wish: Wish) -> Ordering {
    // Colours before all else: a camera for the dark is no better for having the right size.
    let colours = is_grey(a).cmp(&is_grey(b));
    let rates = rate_shortfall(a, wish).cmp(&rate_shortfall(b, wish));
    let sizes = size_distance(a, wish).total_cmp(&size_distance(b, wish));
    let by_wish = match wish.priority {
        Priority::Rate => rates.then(sizes),
        Priority::Size => sizes.then(rates),
    };
    // A mode whose rate is not known comes after one that is known to suffice.
    let is_unknown = |mode: &Mode| mode.rate_max <= 0.0;
    colours
        .then(by_wish)
        .then(is_unknown(a).cmp(&is_unknown(b)))
        .then(cost(a).cmp(&cost(b)))
}

fn is_grey(mode: &Mode) -> bool {
    mode.format == FourCc(*b"GREY")
}

/// How far a mode falls short of the wished rate, in steps that a person notices: 25 pictures a
/// second for 30 are as good, 12 are not.
fn rate_shortfall(mode: &Mode, wish: Wish) -> u8 {
    if mode.rate_max <= 0.0 || mode.rate_max >= wish.rate * 0.8 {
        0
    } else if mode.rate_max >= wish.rate * 0.4 {
        1
    } else if mode.rate_max >= wish.rate * 0.15 {
        2
    } else {
        3
    }
}

/// How far a size is from the wished one: 0 for the same. A larger one costs its pixels, a
/// smaller one loses what it does not cover, three times as dear: half the wish is as bad as
/// four times the wish.
fn size_distance(mode: &Mode, wish: Wish) -> f64 {
    let (width, height) = (f64::from(mode.width), f64::from(mode.height));
    let (wish_width, wish_height) = (f64::from(wish.width.max(1)), f64::from(wish.height.max(1)));
    let covered = (width / wish_width).min(1.0) * (height / wish_height).min(1.0);
    let excess = width * height / (wish_width * wish_height) / covered;
    3.0 * (1.0 / covered - 1.0) + (excess - 1.0)
}

fn cost(mode: &Mode) -> usize {
    READABLE
        .iter()
        .position(|format| *format == mode.format)
        .unwrap_or(READABLE.len())
}
