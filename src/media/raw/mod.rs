//! Raw camera formats to RGB. BT.601 limited range (ITU-R BT.601-7) for the YUV formats.
//!
//! Every uncompressed format is a `Layout`, a few numbers that say where its samples lie; one
//! loop converts them all. Motion JPEG goes to [`super::jpeg`].

mod convert;
mod layout;

use super::{
    Picture, PixelSize,
    jpeg::{self, Decompressor, JpegError},
};

pub(super) use convert::Lines;
pub(super) use layout::{Color, Layout, Planar};

/// What a camera's JPEG may claim. No webcam exceeds it, and it bounds a broken one.
const CAMERA_JPEG: jpeg::Limits = jpeg::Limits {
    len_max: 8 << 20,
    size_max: PixelSize::new(4096, 4096),
};

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
    /// Converts one raw picture into `out`, whose size it sets: `size`, or smaller by a whole
    /// divisor when `at_least` allows it (averaged over areas; in neither direction smaller than
    /// `at_least`).
    ///
    /// `format` is a V4L2 code such as `*b"YUYV"`; `stride` is in bytes, 0 for the natural one.
    /// A JPEG (`MJPG`, `JPEG`) says its own size, which may be another than `size`; it comes out at
    /// 1/1, 1/2, 1/4 or 1/8 of that.
    ///
    /// *Limits:* divisors up to 32; columns and rows at the end that fill no whole area are cut
    /// off.
    ///
    /// # Errors
    /// [`RawError`]; `out` is then unspecified.
    pub fn convert(
        &mut self,
        format: [u8; 4],
        size: PixelSize,
        stride: u32,
        bytes: &[u8],
        at_least: Option<PixelSize>,
        out: &mut Picture,
    ) -> Result<(), RawError> {
        if is_jpeg(format) {
            let jpeg = jpeg::skip_to_start(bytes);
            return Ok(self
                .decompressor
                .decompress(jpeg, CAMERA_JPEG, at_least, out)?);
        }
        let layout = Layout::of_camera(format, size, stride).ok_or(RawError::Unsupported)?;
        self.lines.convert(&layout, size, bytes, at_least, out)
    }
}

/// Whether [`Converter`] reads this format.
pub fn is_supported(format: [u8; 4]) -> bool {
    is_jpeg(format) || Layout::of_camera(format, PixelSize::new(2, 2), 0).is_some()
}

fn is_jpeg(format: [u8; 4]) -> bool {
    matches!(&format, b"MJPG" | b"JPEG")
}
