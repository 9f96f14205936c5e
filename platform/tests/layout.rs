//! How long the pictures of each format are.

use ttychat_platform::camera::{
    FourCc,
    mode::{READABLE, natural_stride, picture_len, rows},
};

#[test]
fn each_readable_format_has_a_length_or_is_compressed() {
    for format in READABLE {
        let stride = natural_stride(format, 640);
        let is_compressed = matches!(&format.0, b"MJPG" | b"JPEG");
        assert_eq!(stride == 0, is_compressed, "{format}");
        assert_eq!(
            picture_len(format, (640, 480), stride).is_none(),
            is_compressed,
            "{format}"
        );
    }
    let len = |format: &[u8; 4], size, stride| picture_len(FourCc(*format), size, stride);
    assert_eq!(len(b"YUYV", (640, 480), 1280), Some(614_400));
    assert_eq!(len(b"NV12", (640, 480), 640), Some(460_800));
    assert_eq!(len(b"XR24", (640, 480), 2560), Some(1_228_800));
    // Nothing need follow the last row.
    assert_eq!(len(b"YUYV", (640, 480), 2048), Some(479 * 2048 + 1280));
    assert_eq!(
        len(b"GREY", (u32::MAX, u32::MAX), u32::MAX),
        Some(18_446_744_065_119_617_025)
    );
    assert_eq!(len(b"GREY", (0, 0), 0), Some(0));
}

#[test]
fn odd_sizes_have_room_for_the_last_column_and_row_of_colour() {
    assert_eq!(natural_stride(FourCc(*b"YUYV"), 5), 12);
    assert_eq!(natural_stride(FourCc(*b"NV12"), 5), 5);
    assert_eq!(natural_stride(FourCc(*b"Y16 "), 5), 10);
    let len = |format: &[u8; 4], stride| picture_len(FourCc(*format), (5, 3), stride);
    assert_eq!(len(b"YUYV", 12), Some(36));
    assert_eq!(len(b"RGB3", 16), Some(2 * 16 + 15));
    assert_eq!(len(b"NV12", 5), Some(15 + 6 + 6));
    assert_eq!(len(b"NV21", 8), Some(24 + 8 + 6));
    assert_eq!(len(b"YU12", 5), Some(15 + 6 + 6));
    assert_eq!(len(b"YV12", 8), Some(24 + 8 + 4 + 3));
}

#[test]
fn rows_are_as_long_as_a_driver_can_mean() {
    let rows = |format: &[u8; 4], width, stride| rows(FourCc(*format), width, stride);
    assert_eq!(rows(b"YUYV", 640, 1344), (640, 1344));
    for nonsense in [0, 640, 1279] {
        assert_eq!(rows(b"YUYV", 640, nonsense), (640, 1280));
    }
    // vivid's rows of 641 are 1282 long, and the last column has half of a colour only.
    assert_eq!(rows(b"YUYV", 641, 1282), (640, 1282));
    assert_eq!(rows(b"UYVY", 641, 1284), (641, 1284));
    assert_eq!(rows(b"YVYU", 640, 1280), (640, 1280));
    assert_eq!(rows(b"YUYV", 1, 2), (1, 4));
    assert_eq!(rows(b"RGB3", 641, 1282), (641, 1923));
    assert_eq!(rows(b"YUYV", u32::MAX, 0), (u32::MAX, u32::MAX));
    assert_eq!(rows(b"MJPG", 641, 1282), (641, 0));
}
