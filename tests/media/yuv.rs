//! YUV pictures to test with.

use ttychat::media::PixelSize;

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

/// BT.601-7, 2.5, in real numbers.
pub(crate) fn exact(yuv: [u8; 3]) -> [u8; 3] {
    let [y, cb, cr] = yuv.map(f64::from);
    let (y, cb, cr) = (
        255.0 / 219.0 * (y - 16.0),
        (cb - 128.0) / 112.0,
        (cr - 128.0) / 112.0,
    );
    let red = y + 255.0 * 0.701 * cr;
    let blue = y + 255.0 * 0.886 * cb;
    let green = y - 255.0 * (0.886 * 0.114 * cb + 0.701 * 0.299 * cr) / 0.587;
    [red, green, blue].map(|value| value.round().clamp(0.0, 255.0) as u8)
}
