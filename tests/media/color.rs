//! Colours of every format within two levels of the standard, which is computed here in real
//! numbers: BT.601 and BT.709, both ranges, odd sizes, long strides, a short last row, divisors.

use super::support::{assert_near, size};
use super::yuv::{
    BT601, BT709, PADDING, Shares, decoded, encoded, last_padding, lay_out, level_decoded,
    level_encoded,
};
use ttychat::media::raw::{Coding, ColorMatrix, ColorRange, Converter, RawPicture};
use ttychat::media::{Picture, PixelSize};

/// The corners of the cube, greys with both ends of the limited range, faces, and what is around
/// them.
const COLORS: [[u8; 3]; 24] = [
    [0, 0, 0],
    [255, 255, 255],
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 0],
    [0, 255, 255],
    [255, 0, 255],
    [16, 16, 16],
    [64, 64, 64],
    [128, 128, 128],
    [200, 200, 200],
    [235, 235, 235],
    [255, 219, 172],
    [241, 194, 125],
    [198, 134, 66],
    [141, 85, 36],
    [75, 46, 30],
    [135, 206, 235],
    [34, 139, 34],
    [139, 0, 0],
    [25, 25, 112],
    [255, 140, 0],
    [90, 60, 120],
];

const YUV_FORMATS: [&[u8; 4]; 7] = [
    b"YUYV", b"UYVY", b"YVYU", b"NV12", b"NV21", b"YU12", b"YV12",
];

/// Where red, green and blue stand, and a byte that means nothing.
const RGB_FORMATS: [(&[u8; 4], &[Option<usize>]); 12] = [
    (b"RGB3", &[Some(0), Some(1), Some(2)]),
    (b"BGR3", &[Some(2), Some(1), Some(0)]),
    (b"BGR4", &[Some(2), Some(1), Some(0), None]),
    (b"XR24", &[Some(2), Some(1), Some(0), None]),
    (b"AR24", &[Some(2), Some(1), Some(0), None]),
    (b"RGB4", &[None, Some(0), Some(1), Some(2)]),
    (b"BX24", &[None, Some(0), Some(1), Some(2)]),
    (b"BA24", &[None, Some(0), Some(1), Some(2)]),
    (b"RX24", &[None, Some(2), Some(1), Some(0)]),
    (b"RA24", &[None, Some(2), Some(1), Some(0)]),
    (b"XB24", &[Some(0), Some(1), Some(2), None]),
    (b"AB24", &[Some(0), Some(1), Some(2), None]),
];

const RANGES: [ColorRange; 2] = [ColorRange::Full, ColorRange::Limited];

const MATRICES: [(ColorMatrix, Shares); 2] =
    [(ColorMatrix::Bt601, BT601), (ColorMatrix::Bt709, BT709)];

/// Small ones of a single colour, and a whole chart; odd ones, and those that are no whole block.
const SIZES: [(u32, u32); 7] = [
    (1, 1),
    (2, 2),
    (3, 3),
    (7, 5),
    (12, 12),
    (35, 13),
    (289, 25),
];

/// Side of a square of one colour. Even, so that no pair of pixels has two colours.
const PATCH: u32 = 12;

/// A chart of all colours that begins with one of them.
#[derive(Clone, Copy)]
struct Chart {
    first: u32,
    size: PixelSize,
}

impl Chart {
    /// Enough of them to see every colour in every size.
    fn all() -> impl Iterator<Item = Self> {
        SIZES.into_iter().flat_map(|(width, height)| {
            let is_single = width <= PATCH && height <= PATCH;
            let count = if is_single { COLORS.len() as u32 } else { 1 };
            let size = size(width, height);
            (0..count).map(move |first| Self { first, size })
        })
    }

    fn color(self, x: u32, y: u32) -> [u8; 3] {
        let index = self.first + x / PATCH + y / PATCH * 5;
        COLORS[index as usize % COLORS.len()]
    }

    /// The colour of an area, if it is one.
    fn area(self, x: u32, y: u32, len: u32) -> Option<[u8; 3]> {
        let is_inside = |start: u32| start / PATCH == (start + len - 1) / PATCH;
        let (left, top) = (x * len, y * len);
        (is_inside(left) && is_inside(top)).then(|| self.color(left, top))
    }

    /// Converts `bytes` as they are and without the padding of the last row, at full size and at
    /// each divisor. Each pixel must be what `want` says of its colour, give or take `levels`.
    fn check(
        self,
        (format, stride, coding): (&[u8; 4], u32, Coding),
        bytes: &[u8],
        levels: u8,
        want: impl Fn([u8; 3]) -> [u8; 3],
    ) {
        let PixelSize { width, height } = self.size;
        let short = &bytes[..bytes.len() - last_padding(format, self.size, stride)];
        for bytes in [bytes, short] {
            for divisor in 1..=9.min(width).min(height) {
                let least = size(width / divisor, height / divisor);
                // The coarsest that leaves as much, which may be more than was thought of.
                let divisor = (width / least.width).min(height / least.height);
                let raw = RawPicture {
                    format: *format,
                    size: self.size,
                    stride,
                    coding,
                    bytes,
                };
                let mut out = Picture::default();
                let result = Converter::default().convert(&raw, Some(least), &mut out);
                assert_eq!(result, Ok(()), "{raw:?}");
                assert_eq!(out.size(), size(width / divisor, height / divisor));
                for (y, row) in (0..).zip(out.rgb().chunks(out.size().width as usize * 3)) {
                    for (x, pixel) in (0..).zip(row.chunks_exact(3)) {
                        if let Some(color) = self.area(x, y, divisor) {
                            assert_near(pixel.try_into().unwrap(), want(color), levels);
                        }
                    }
                }
            }
        }
    }
}

/// The natural one, one that is longer by an odd number, and a round one.
fn strides(width: u32) -> [u32; 3] {
    [0, width * 4 + 3, 2048]
}

/// Lays out rows of whole pixels.
fn rows(chart: Chart, stride: u32, pixel: impl Fn([u8; 3]) -> Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for y in 0..chart.size.height {
        let end = bytes.len() + stride as usize;
        bytes.extend((0..chart.size.width).flat_map(|x| pixel(chart.color(x, y))));
        bytes.resize(bytes.len().max(end), PADDING);
    }
    bytes
}

#[test]
fn every_yuv_format_shows_known_colours() {
    for (range, (matrix, shares)) in RANGES.into_iter().flat_map(|r| MATRICES.map(|m| (r, m))) {
        for chart in Chart::all() {
            let yuv = |x, y| encoded(chart.color(x, y), shares, range);
            let want = |color| decoded(encoded(color, shares, range), shares, range);
            for (format, stride) in formats_and_strides(chart.size) {
                let bytes = lay_out(format, chart.size, stride, yuv);
                let coding = Coding { range, matrix };
                chart.check((format, stride, coding), &bytes, 2, want);
            }
        }
    }
}

fn formats_and_strides(size: PixelSize) -> impl Iterator<Item = (&'static [u8; 4], u32)> {
    let formats = YUV_FORMATS.into_iter();
    formats.flat_map(move |format| strides(size.width).map(|stride| (format, stride)))
}

#[test]
fn every_rgb_format_shows_known_colours() {
    for (format, order) in RGB_FORMATS {
        for range in RANGES {
            for chart in Chart::all() {
                for stride in strides(chart.size.width) {
                    let pixel = |color: [u8; 3]| {
                        let value = |at: &Option<usize>| match at {
                            Some(at) => level_encoded(color[*at], range),
                            None => PADDING,
                        };
                        order.iter().map(value).collect()
                    };
                    let bytes = rows(chart, stride, pixel);
                    let want = |color: [u8; 3]| {
                        color.map(|value| level_decoded(level_encoded(value, range), range))
                    };
                    let levels = if range == ColorRange::Full { 0 } else { 2 };
                    chart.check((format, stride, coding(range)), &bytes, levels, want);
                }
            }
        }
    }
}

#[test]
fn every_grey_format_shows_known_greys() {
    for (format, is_wide) in [(b"GREY", false), (b"Y16 ", true)] {
        for range in RANGES {
            for chart in Chart::all() {
                for stride in strides(chart.size.width) {
                    let luma = |color| encoded(color, BT601, range)[0];
                    // The lower byte of 16 is noise of the sensor.
                    let pixel = |color: [u8; 3]| {
                        let noise = color[0] ^ color[2] ^ 0x5a;
                        let wide = [noise, luma(color)];
                        wide[usize::from(!is_wide)..].to_vec()
                    };
                    let bytes = rows(chart, stride, pixel);
                    let want = |color| [level_decoded(luma(color), range); 3];
                    let levels = if range == ColorRange::Full { 0 } else { 2 };
                    chart.check((format, stride, coding(range)), &bytes, levels, want);
                }
            }
        }
    }
}

#[test]
fn all_samples_of_every_coding_are_within_a_level_of_the_standard() {
    let values: Vec<u8> = (0..=255).step_by(3).collect();
    for (range, (matrix, shares)) in RANGES.into_iter().flat_map(|r| MATRICES.map(|m| (r, m))) {
        for &cb in &values {
            for &cr in &values {
                let bytes: Vec<u8> = values.iter().flat_map(|&y| [y, cb, y, cr]).collect();
                let raw = RawPicture {
                    format: *b"YUYV",
                    size: size(values.len() as u32 * 2, 1),
                    stride: 0,
                    coding: Coding { range, matrix },
                    bytes: &bytes,
                };
                let mut out = Picture::default();
                Converter::default().convert(&raw, None, &mut out).unwrap();
                for (pixel, &y) in out.rgb().chunks_exact(6).zip(&values) {
                    let want = decoded([y, cb, cr], shares, range);
                    assert_near(pixel[..3].try_into().unwrap(), want, 1);
                }
            }
        }
    }
}

#[test]
fn the_range_and_the_matrix_make_a_difference() {
    let pixel = |range, matrix, yuv: [u8; 3]| {
        let [y, cb, cr] = yuv;
        let raw = RawPicture {
            format: *b"YUYV",
            size: size(2, 1),
            stride: 0,
            coding: Coding { range, matrix },
            bytes: &[y, cb, y, cr],
        };
        let mut out = Picture::default();
        Converter::default().convert(&raw, None, &mut out).unwrap();
        out.pixel(0, 0).unwrap()
    };
    let (full, limited) = (ColorRange::Full, ColorRange::Limited);
    let (bt601, bt709) = (ColorMatrix::Bt601, ColorMatrix::Bt709);
    // By hand: white and black of television, and the three that stand for pure red.
    assert_near(pixel(limited, bt601, [235, 128, 128]), [255; 3], 0);
    assert_near(pixel(full, bt601, [235, 128, 128]), [235; 3], 0);
    assert_near(pixel(limited, bt601, [16, 128, 128]), [0; 3], 0);
    assert_near(pixel(full, bt601, [16, 128, 128]), [16; 3], 0);
    assert_near(pixel(limited, bt601, [81, 90, 240]), [255, 0, 0], 2);
    assert_near(pixel(full, bt601, [76, 85, 255]), [255, 0, 0], 2);
    assert_near(pixel(limited, bt709, [63, 102, 240]), [255, 0, 0], 2);
    assert_near(pixel(full, bt709, [54, 99, 255]), [255, 0, 0], 2);
}

/// The matrix has no meaning where there is no chroma.
fn coding(range: ColorRange) -> Coding {
    Coding {
        range,
        matrix: ColorMatrix::Bt709,
    }
}
