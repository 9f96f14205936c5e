//! YUV pictures to test with.

use ttychat::media::PixelSize;
use ttychat::media::raw::{Coding, ColorMatrix, ColorRange};

/// Bytes that stand where padding is, and must not be seen.
pub(crate) const PADDING: u8 = 0xa5;

/// Lays out a picture whose chroma is sampled at the first pixel of each pair or square.
pub(crate) fn lay_out(
    format: &[u8; 4],
    size: PixelSize,
    stride: u32,
    yuv: impl Fn(u32, u32) -> [u8; 3],
) -> Vec<u8> {
    let PixelSize { width, height } = size;
    let pairs = width.div_ceil(2);
    let clipped = |x: u32, y: u32| yuv(x.min(width - 1), y.min(height - 1));
    let mut rows = Vec::new();
    let mut row = |bytes: Vec<u8>, stride: u32| {
        let mut bytes = bytes;
        bytes.resize(bytes.len().max(stride as usize), PADDING);
        rows.extend(bytes);
    };
    let packed = |order: [usize; 4]| {
        move |x: u32, y: u32| {
            let ([y0, cb, cr], [y1, _, _]) = (clipped(x * 2, y), clipped(x * 2 + 1, y));
            order.map(|index| [y0, y1, cb, cr][index])
        }
    };
    let order = match format {
        b"YUYV" => Some([0, 2, 1, 3]),
        b"UYVY" => Some([2, 0, 3, 1]),
        b"YVYU" => Some([0, 3, 1, 2]),
        _ => None,
    };
    if let Some(order) = order {
        let group = packed(order);
        (0..height).for_each(|y| row((0..pairs).flat_map(|x| group(x, y)).collect(), stride));
        return rows;
    }
    (0..height).for_each(|y| row((0..width).map(|x| yuv(x, y)[0]).collect(), stride));
    let chroma = |x: u32, y: u32| clipped(x * 2, y * 2);
    let planes: &[&[usize]] = match format {
        b"NV12" => &[&[1, 2]],
        b"NV21" => &[&[2, 1]],
        b"YU12" => &[&[1], &[2]],
        _ => &[&[2], &[1]],
    };
    for plane in planes {
        let stride = if plane.len() == 1 {
            stride.div_ceil(2)
        } else {
            stride.next_multiple_of(2)
        };
        for y in 0..height.div_ceil(2) {
            let sample = |x| plane.iter().map(move |&index| chroma(x, y)[index]);
            row((0..pairs).flat_map(sample).collect(), stride);
        }
    }
    rows
}

/// What a standard says that Y is made of: the shares of red and blue, the rest is green.
pub(crate) type Shares = (f64, f64);

/// ITU-R BT.601-7, 2.5.1.
pub(crate) const BT601: Shares = (0.299, 0.114);

/// ITU-R BT.709-6, 3.2.
pub(crate) const BT709: Shares = (0.2126, 0.0722);

/// What a format means when nothing is said.
pub(crate) fn coding_default(format: &[u8; 4]) -> Coding {
    let is_yuv = matches!(
        format,
        b"YUYV" | b"UYVY" | b"YVYU" | b"NV12" | b"NV21" | b"YU12" | b"YV12"
    );
    Coding {
        range: if is_yuv {
            ColorRange::Limited
        } else {
            ColorRange::Full
        },
        matrix: ColorMatrix::Bt601,
    }
}

/// What zero is in 8 bits, and the lengths of a unit of Y, red, green or blue, and of Cb or Cr:
/// BT.601-7, 2.5.3; JFIF 1.02, page 3.
fn quantization(range: ColorRange) -> (f64, f64, f64) {
    match range {
        ColorRange::Full => (0.0, 255.0, 255.0),
        ColorRange::Limited => (16.0, 219.0, 224.0),
    }
}

/// Y, Cb and Cr of a colour, by the standard in real numbers, then rounded to 8 bits.
pub(crate) fn encoded(rgb: [u8; 3], (kr, kb): Shares, range: ColorRange) -> [u8; 3] {
    let [red, green, blue] = rgb.map(|value| f64::from(value) / 255.0);
    let y = kr * red + (1.0 - kr - kb) * green + kb * blue;
    let cb = (blue - y) / (2.0 * (1.0 - kb));
    let cr = (red - y) / (2.0 * (1.0 - kr));
    let (zero, level, chroma) = quantization(range);
    [zero + level * y, 128.0 + chroma * cb, 128.0 + chroma * cr].map(to_byte)
}

/// The colour that Y, Cb and Cr stand for, by the standard in real numbers, then rounded.
pub(crate) fn decoded(yuv: [u8; 3], (kr, kb): Shares, range: ColorRange) -> [u8; 3] {
    let (zero, level, chroma) = quantization(range);
    let [y, cb, cr] = yuv.map(f64::from);
    let (y, cb, cr) = (
        (y - zero) / level,
        (cb - 128.0) / chroma,
        (cr - 128.0) / chroma,
    );
    let red = y + 2.0 * (1.0 - kr) * cr;
    let blue = y + 2.0 * (1.0 - kb) * cb;
    let green = (y - kr * red - kb * blue) / (1.0 - kr - kb);
    [red, green, blue].map(|value| to_byte(value * 255.0))
}

/// A value 0–255 in 8 bits of this range, rounded.
pub(crate) fn level_encoded(value: u8, range: ColorRange) -> u8 {
    let (zero, level, _) = quantization(range);
    to_byte(zero + level * f64::from(value) / 255.0)
}

/// What a value of this range stands for, 0–255.
pub(crate) fn level_decoded(value: u8, range: ColorRange) -> u8 {
    let (zero, level, _) = quantization(range);
    to_byte((f64::from(value) - zero) / level * 255.0)
}

fn to_byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// How much of the last row of the last plane is padding, which some drivers leave out.
pub(crate) fn last_padding(format: &[u8; 4], size: PixelSize, stride: u32) -> usize {
    let width = size.width;
    let (stride, len) = match format {
        b"YUYV" | b"UYVY" | b"YVYU" => (stride, width.div_ceil(2) * 4),
        b"NV12" | b"NV21" => (stride.next_multiple_of(2), width.next_multiple_of(2)),
        b"YU12" | b"YV12" => (stride.div_ceil(2), width.div_ceil(2)),
        b"GREY" => (stride, width),
        b"Y16 " => (stride, width * 2),
        b"RGB3" | b"BGR3" => (stride, width * 3),
        _ => (stride, width * 4),
    };
    stride.saturating_sub(len) as usize
}
