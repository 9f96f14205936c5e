//! Raw camera formats to RGB.
//!
//! Every uncompressed format is a `Layout`, a few numbers that say where its samples lie; one
//! loop converts them all, by the standard that the [`Coding`] names. Motion JPEG goes to
//! [`super::jpeg`].

mod coding;
mod convert;
mod layout;

use super::{
    Picture, PixelSize,
    jpeg::{self, Decompressor, JpegError},
};

pub use coding::{Coding, ColorMatrix, ColorRange};
pub(super) use convert::Lines;
pub(super) use layout::{Layout, Planar};

/// What a camera's JPEG may claim. No webcam exceeds it, and it bounds a broken one.
const CAMERA_JPEG: jpeg::Limits = jpeg::Limits {
    len_max: 8 << 20,
    size_max: PixelSize::new(4096, 4096),
};

/// A picture as a camera delivers it.
#[derive(Clone, Copy, Debug)]
pub struct RawPicture<'a> {
    /// A V4L2 code such as `*b"YUYV"`.
    pub format: [u8; 4],
    /// In pixels. A JPEG (`MJPG`, `JPEG`) says its own size, which may be another.
    pub size: PixelSize,
    /// Bytes from one row to the next, 0 for the natural number.
    pub stride: u32,
    /// What the samples mean; a JPEG says that itself.
    pub coding: Coding,
    /// At least as many as the size needs; the last row needs no padding.
    pub bytes: &'a [u8],
}

/// Why a raw picture was not converted; the next one may be fine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RawError {
    /// Not enough bytes for the size that was said.
    #[error("a raw picture cut short")]
    TooShort,
    /// A format that is not read.
    #[error("a raw format that is not read")]
    Unsupported,
    /// An MJPEG picture that cannot be decoded.
    #[error("a broken picture from the camera")]
    Jpeg(#[from] JpegError),
}

/// Converts what a camera delivers, keeping its scratch space from one picture to the next.
#[derive(Debug, Default)]
pub struct Converter {
    lines: Lines,
    decompressor: Decompressor,
}

impl Converter {
    /// Converts one raw picture into `out`, whose size it sets: that of the picture, or smaller by
    /// a whole divisor when `at_least` allows it (averaged over areas; in neither direction smaller
    /// than `at_least`). A JPEG comes out at 1/1, 1/2, 1/4 or 1/8 of its size.
    ///
    /// *Limits:* divisors up to 32; columns and rows at the end that fill no whole area are cut
    /// off.
    ///
    /// # Errors
    /// [`RawError`]; `out` is then unspecified.
    pub fn convert(
        &mut self,
        raw: &RawPicture<'_>,
        at_least: Option<PixelSize>,
        out: &mut Picture,
    ) -> Result<(), RawError> {
        let RawPicture {
            format,
            size,
            stride,
            coding,
            bytes,
        } = *raw;
        if is_jpeg(format) {
            let jpeg = jpeg::skip_to_start(bytes);
            return Ok(self
                .decompressor
                .decompress(jpeg, CAMERA_JPEG, at_least, out)?);
        }
        let layout =
            Layout::of_camera(format, size, stride, coding).ok_or(RawError::Unsupported)?;
        self.lines.convert(&layout, size, bytes, at_least, out)
    }
}

/// What is meant where nothing is said: BT.601, and of all values 16–235 as television has it.
pub(super) const CODING_DEFAULT: Coding = Coding {
    range: ColorRange::Limited,
    matrix: ColorMatrix::Bt601,
};

/// Whether [`Converter`] reads this format.
pub fn is_supported(format: [u8; 4]) -> bool {
    is_jpeg(format) || Layout::of_camera(format, PixelSize::new(2, 2), 0, CODING_DEFAULT).is_some()
}

fn is_jpeg(format: [u8; 4]) -> bool {
    matches!(&format, b"MJPG" | b"JPEG")
}
