//! The barcode that carries the time of capture inside the picture, so that whoever sees the
//! picture can tell its age.
//!
//! Over the top eighth of the picture lie 40 equal columns, one bit each, white for 1: the UNIX
//! milliseconds modulo 2^32 of the capture, most significant bit first, then the exclusive or of
//! those four bytes. It survives JPEG, and scaling down to 40 columns.

use super::{Picture, PixelSize};
use std::ops::Range;

/// 32 bits of time and 8 to check them.
const COLUMN_COUNT: u32 = 40;

/// Draws `unix_ms` (UNIX milliseconds, modulo 2^32) over the top eighth of `picture`; nothing when
/// it is less than 40 pixels wide.
pub fn draw(picture: &mut Picture, unix_ms: u32) {
    let size = picture.size();
    if size.width < COLUMN_COUNT || size.is_empty() {
        return;
    }
    let bits = u64::from(unix_ms) << 8 | u64::from(check_byte(unix_ms));
    let row_len = size.width as usize * 3;
    let (bar, _) = picture.rgb_mut().split_at_mut(row_len * row_count(size));
    let mut rows = bar.chunks_exact_mut(row_len);
    let Some(first) = rows.next() else { return };
    for column in 0..COLUMN_COUNT {
        let is_white = bits >> (COLUMN_COUNT - 1 - column) & 1 == 1;
        let pixels = column_pixels(size.width, column);
        if let Some(bytes) = first.get_mut(pixels.start * 3..pixels.end * 3) {
            bytes.fill(if is_white { 255 } else { 0 });
        }
    }
    for row in rows {
        row.copy_from_slice(first);
    }
}

/// Reads the barcode; `None` when there is none or its check byte is wrong.
///
/// Black is a time too, with a right check byte, so a picture that is all black up there, or all
/// of one grey, has none.
pub fn read(picture: &Picture) -> Option<u32> {
    let size = picture.size();
    if size.width < COLUMN_COUNT || size.is_empty() {
        return None;
    }
    let mut bits = 0_u64;
    for column in 0..COLUMN_COUNT {
        let luma = column_luma(picture, column_pixels(size.width, column));
        bits = bits << 1 | u64::from(luma > 127);
    }
    let unix_ms = u32::try_from(bits >> 8).ok()?;
    let is_right = u64::from(check_byte(unix_ms)) == bits & 0xff;
    (is_right && bits != 0).then_some(unix_ms)
}

fn check_byte(unix_ms: u32) -> u8 {
    unix_ms
        .to_be_bytes()
        .into_iter()
        .fold(0, |sum, byte| sum ^ byte)
}

fn row_count(size: PixelSize) -> usize {
    (size.height / 8).max(1) as usize
}

fn column_pixels(width: u32, column: u32) -> Range<usize> {
    #[expect(clippy::cast_possible_truncation, reason = "not larger than the width")]
    let edge =
        |column: u32| (u64::from(column) * u64::from(width) / u64::from(COLUMN_COUNT)) as usize;
    edge(column)..edge(column + 1)
}

/// The mean brightness in the middle of a column, 0–255. Its edges are left out, because scaling
/// and compression mix them with their neighbours.
fn column_luma(picture: &Picture, pixels: Range<usize>) -> usize {
    let middle = middle(pixels);
    let rows = middle_rows(row_count(picture.size()));
    let row_len = picture.size().width as usize * 3;
    let (mut sum, mut count) = (0, 0);
    for row in picture
        .rgb()
        .chunks_exact(row_len)
        .skip(rows.start)
        .take(rows.len())
    {
        let bytes = row
            .get(middle.start * 3..middle.end * 3)
            .unwrap_or_default();
        for pixel in bytes.chunks_exact(3) {
            let &[red, green, blue] = pixel else { continue };
            // Weights of BT.601-7, 2.5.1, in 256ths.
            sum += usize::from(red) * 77 + usize::from(green) * 150 + usize::from(blue) * 29;
            count += 256;
        }
    }
    sum / count.max(1)
}

/// The middle half, at least one.
fn middle(range: Range<usize>) -> Range<usize> {
    let margin = range.len() / 4;
    range.start + margin..range.end - margin
}

/// Without the last row where there are more: its neighbours below are picture.
fn middle_rows(count: usize) -> Range<usize> {
    0..if count > 2 { count - 1 } else { count }
}
