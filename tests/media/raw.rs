use super::support::{assert_near, painted, psnr, scene, size};
use super::yuv::{BT601, PADDING, coding_default, decoded, lay_out};
use ttychat::media::jpeg::{Compressor, JpegError};
use ttychat::media::raw::{ColorRange, Converter, RawError, RawPicture, is_supported};
use ttychat::media::{Picture, PixelSize};

/// The eight corners of the colour cube as Y, Cb, Cr of BT.601, rounded by hand from
/// Y = 16 + 219 (0.299 R + 0.587 G + 0.114 B), Cb = 128 + 112 (B − Y')/0.886, Cr alike.
const CORNERS: [([u8; 3], [u8; 3]); 8] = [
    ([0, 0, 0], [16, 128, 128]),
    ([255, 255, 255], [235, 128, 128]),
    ([255, 0, 0], [81, 90, 240]),
    ([0, 255, 0], [145, 54, 34]),
    ([0, 0, 255], [41, 240, 110]),
    ([255, 255, 0], [210, 16, 146]),
    ([0, 255, 255], [170, 166, 16]),
    ([255, 0, 255], [106, 202, 222]),
];

const YUV_FORMATS: [&[u8; 4]; 7] = [
    b"YUYV", b"UYVY", b"YVYU", b"NV12", b"NV21", b"YU12", b"YV12",
];

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

fn convert(
    format: &[u8; 4],
    size: PixelSize,
    stride: u32,
    bytes: &[u8],
    at_least: Option<PixelSize>,
) -> Result<Picture, RawError> {
    let mut out = Picture::default();
    Converter::default()
        .convert(&raw(format, size, stride, bytes), at_least, &mut out)
        .map(|()| out)
}

fn raw<'a>(format: &[u8; 4], size: PixelSize, stride: u32, bytes: &'a [u8]) -> RawPicture<'a> {
    RawPicture {
        format: *format,
        size,
        stride,
        coding: coding_default(format),
        bytes,
    }
}

#[test]
fn the_corner_colours_come_out_of_every_yuv_format() {
    for format in YUV_FORMATS {
        for (rgb, yuv) in CORNERS {
            for (width, height) in [(1, 1), (2, 2), (3, 3), (7, 5), (16, 2), (33, 9), (50, 3)] {
                for stride in [0, 160] {
                    let size = size(width, height);
                    let natural = stride == 0;
                    let bytes = lay_out(format, size, stride, |_, _| yuv);
                    let picture = convert(format, size, stride, &bytes, None).unwrap();
                    assert_eq!(picture.size(), size, "{format:?} natural: {natural}");
                    for pixel in picture.rgb().chunks_exact(3) {
                        assert_near(pixel.try_into().unwrap(), rgb, 2);
                    }
                }
            }
        }
    }
}

#[test]
fn each_pixel_has_its_own_luma_and_its_neighbourhoods_chroma() {
    let yuv = |x: u32, y: u32| {
        let (column, row) = (x / 2, y / 2);
        [
            (40 + 13 * x + 29 * y) as u8,
            (60 + 40 * column + 9 * row) as u8,
            (190 - 30 * column) as u8,
        ]
    };
    for format in YUV_FORMATS {
        for (width, height) in [(6, 4), (5, 3)] {
            let bytes = lay_out(format, size(width, height), 0, yuv);
            let picture = convert(format, size(width, height), 0, &bytes, None).unwrap();
            for (x, y) in [(0, 0), (1, 0), (4, 2), (4, 1), (2, 2)] {
                let packed = format.contains(&b'Y') && format[1] != b'U' && format[1] != b'V';
                let row = if packed { y } else { y / 2 * 2 };
                let [_, cb, cr] = yuv(x / 2 * 2, row);
                let want = exact([yuv(x, y)[0], cb, cr]);
                assert_near(picture.pixel(x, y).unwrap(), want, 2);
            }
        }
    }
}

#[test]
fn rgb_formats_put_each_channel_in_its_place() {
    for (format, order) in RGB_FORMATS {
        for (width, height, stride) in [(1, 1, 0), (3, 2, 0), (17, 3, 0), (5, 2, 64)] {
            let color = |x: u32, y: u32| [(x * 9 + 1) as u8, (y * 50 + 2) as u8, 255 - x as u8];
            let mut bytes = Vec::new();
            for y in 0..height {
                let start = bytes.len();
                for x in 0..width {
                    bytes.extend(
                        order
                            .iter()
                            .map(|at| at.map_or(PADDING, |at| color(x, y)[at])),
                    );
                }
                bytes.resize(bytes.len().max(start + stride as usize), PADDING);
            }
            let picture = convert(format, size(width, height), stride, &bytes, None).unwrap();
            assert_eq!(picture, painted(width, height, color), "{format:?}");
        }
    }
}

#[test]
fn grey_formats_become_grey() {
    let bytes: Vec<u8> = (0..=255).collect();
    let grey = convert(b"GREY", size(16, 16), 0, &bytes, None).unwrap();
    assert_eq!(grey, painted(16, 16, |x, y| [(y * 16 + x) as u8; 3]));
    let wide: Vec<u8> = bytes.iter().flat_map(|&byte| [PADDING, byte]).collect();
    assert_eq!(
        convert(b"Y16 ", size(16, 16), 0, &wide, None).unwrap(),
        grey
    );
}

#[test]
fn a_smaller_picture_is_the_average_of_areas() {
    // 12x8 in areas of 4x4: grey values 0..=15 in each, and a constant more to the right and down.
    let grey = |x: u32, y: u32| (x % 4 + y % 4 * 4 + x / 4 * 40 + y / 4 * 100) as u8;
    let bytes: Vec<u8> = (0..8)
        .flat_map(|y| (0..12).map(move |x| grey(x, y)))
        .collect();
    let picture = convert(b"GREY", size(12, 8), 0, &bytes, Some(size(3, 2))).unwrap();
    // The average of 0..=15 is 7.5.
    let want = painted(3, 2, |x, y| [(8 + x * 40 + y * 100) as u8; 3]);
    assert_eq!(picture, want);
}

#[test]
fn averages_are_those_of_the_full_conversion() {
    let mild = |x: u32, y: u32| {
        let wave = (x * 7 + y * 11) % 64;
        [
            (90 + wave) as u8,
            (110 + wave / 4 + x / 2 % 8) as u8,
            (140 - wave / 4) as u8,
        ]
    };
    for format in YUV_FORMATS {
        for divisor in 2..=9 {
            for (width, height) in [(72, 72), (61, 37), (40, 19)] {
                let from = size(width, height);
                let least = size(width / divisor, height / divisor);
                // The coarsest that leaves as much, which may be more than was thought of.
                let divisor = (width / least.width).min(height / least.height);
                let bytes = lay_out(format, from, 0, mild);
                let full = convert(format, from, 0, &bytes, None).unwrap();
                let small = convert(format, from, 0, &bytes, Some(least)).unwrap();
                assert_eq!(small.size(), least);
                for y in 0..least.height {
                    for x in 0..least.width {
                        let mean = area_mean(&full, x * divisor, y * divisor, divisor);
                        assert_near(small.pixel(x, y).unwrap(), mean, 2);
                    }
                }
            }
        }
    }
}

/// As the standard says, BT.601 limited.
fn exact(yuv: [u8; 3]) -> [u8; 3] {
    decoded(yuv, BT601, ColorRange::Limited)
}

fn area_mean(picture: &Picture, left: u32, top: u32, len: u32) -> [u8; 3] {
    let mut sums = [0; 3];
    for y in top..top + len {
        for x in left..left + len {
            let pixel = picture.pixel(x, y).unwrap();
            sums.iter_mut()
                .zip(pixel)
                .for_each(|(sum, value)| *sum += u32::from(value));
        }
    }
    sums.map(|sum| ((sum + len * len / 2) / (len * len)) as u8)
}

#[test]
fn a_smaller_picture_is_never_smaller_than_asked() {
    for (least, want) in [
        (size(160, 120), size(160, 120)),
        (size(161, 120), size(213, 160)),
        (size(160, 121), size(213, 160)),
        (size(640, 480), size(640, 480)),
        (size(641, 1), size(640, 480)),
        (size(1000, 1000), size(640, 480)),
        (size(320, 1), size(320, 240)),
        (size(1, 1), size(20, 15)),
        (size(0, 0), size(20, 15)),
    ] {
        let picture =
            convert(b"GREY", size(640, 480), 0, &vec![9; 640 * 480], Some(least)).unwrap();
        assert_eq!(picture.size(), want, "at least {least:?}");
    }
}

#[test]
fn a_picture_one_byte_short_is_refused() {
    let formats = YUV_FORMATS
        .into_iter()
        .chain([b"GREY", b"RGB3", b"BGR4", b"Y16 "]);
    for format in formats {
        let len = match format {
            b"YUYV" | b"UYVY" | b"YVYU" | b"Y16 " => 8 * 6 * 2,
            b"GREY" => 8 * 6,
            b"RGB3" => 8 * 6 * 3,
            b"BGR4" => 8 * 6 * 4,
            _ => 8 * 6 * 3 / 2,
        };
        assert!(
            convert(format, size(8, 6), 0, &vec![0; len], None).is_ok(),
            "{format:?}"
        );
        for least in [None, Some(size(2, 2))] {
            let short = convert(format, size(8, 6), 0, &vec![0; len - 1], least);
            assert_eq!(short, Err(RawError::TooShort), "{format:?}");
        }
    }
    // The last row needs no padding.
    assert!(convert(b"YUYV", size(2, 2), 64, &[128; 64 + 4], None).is_ok());
    assert_eq!(
        convert(b"YUYV", size(2, 2), 64, &[0; 64 + 3], None),
        Err(RawError::TooShort)
    );
    // A stride that is shorter than a row is no stride.
    assert_eq!(
        convert(b"YUYV", size(8, 2), 8, &[0; 999], None),
        Err(RawError::TooShort)
    );
}

#[test]
fn impossible_sizes_are_refused_and_empty_ones_are_empty() {
    let huge = size(u32::MAX, u32::MAX);
    for format in YUV_FORMATS.into_iter().chain([b"GREY", b"RGB3", b"BGR4"]) {
        for stride in [0, 1, u32::MAX] {
            assert_eq!(
                convert(format, huge, stride, &[0; 64], None),
                Err(RawError::TooShort)
            );
        }
        assert!(
            convert(format, size(0, 0), 0, &[], Some(size(1, 1)))
                .unwrap()
                .rgb()
                .is_empty()
        );
        assert!(
            convert(format, size(4, 0), 0, &[0; 64], None)
                .unwrap()
                .rgb()
                .is_empty()
        );
    }
}

#[test]
fn formats_are_known_or_refused() {
    let formats = RGB_FORMATS.into_iter().map(|(format, _)| format);
    for format in formats
        .chain(YUV_FORMATS)
        .chain([b"MJPG", b"JPEG", b"GREY", b"Y16 "])
    {
        assert!(is_supported(*format), "{format:?}");
    }
    for format in [b"H264", b"HEVC", b"BA81", b"\0\0\0\0", b"yuyv"] {
        assert!(!is_supported(*format));
        assert_eq!(
            convert(format, size(2, 2), 0, &[0; 64], None),
            Err(RawError::Unsupported)
        );
    }
}

#[test]
fn a_cameras_jpeg_may_have_junk_around_it_and_another_size() {
    let picture = scene(320, 180);
    let mut bytes = b"\0\xff\xd8junk".to_vec();
    Compressor::default()
        .compress(&picture, 90, &mut bytes)
        .unwrap();
    bytes.extend([0; 99]);
    let full = convert(b"MJPG", size(8, 8), 0, &bytes, None).unwrap();
    assert!(psnr(&picture, &full) > 30.0);
    let small = convert(b"MJPG", size(8, 8), 0, &bytes, Some(size(80, 45))).unwrap();
    assert_eq!(small.size(), size(80, 45));
    let nothing = convert(b"MJPG", size(8, 8), 0, b"no JPEG at all", None);
    assert_eq!(nothing, Err(RawError::Jpeg(JpegError::Malformed)));
}

#[test]
fn a_converter_forgets_the_picture_before() {
    let mut converter = Converter::default();
    let mut out = Picture::default();
    let large = vec![200; 64 * 64 * 2];
    converter
        .convert(
            &raw(b"YUYV", size(64, 64), 0, &large),
            Some(size(21, 21)),
            &mut out,
        )
        .unwrap();
    converter
        .convert(&raw(b"GREY", size(3, 1), 0, &[1, 2, 3]), None, &mut out)
        .unwrap();
    assert_eq!(out.rgb(), [1, 1, 1, 2, 2, 2, 3, 3, 3]);
}
