//! Raw camera formats to RGB. BT.601 limited range (ITU-R BT.601-7) for the YUV formats.

use super::{Picture, PixelSize, jpeg::JpegError};

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
pub struct Converter {}

impl Converter {
    /// Converts one raw picture into `out`, whose size it sets: `size`, or smaller by a whole divisor
    /// when `at_least` allows it (averaged over areas; in neither direction smaller than `at_least`).
    ///
    /// `format` is a V4L2 code such as `*b"YUYV"`; `stride` is in bytes, 0 for the natural one.
    ///
    /// # Errors
    /// [`RawError`]; `out` is then unspecified.
    pub fn convert(
        &mut self,
        _format: [u8; 4],
        _size: PixelSize,
        _stride: u32,
        _bytes: &[u8],
        _at_least: Option<PixelSize>,
        _out: &mut Picture,
    ) -> Result<(), RawError> {
        Err(RawError::Unsupported)
    }
}

/// Whether [`Converter`] reads this format.
pub fn is_supported(_format: [u8; 4]) -> bool {
    false
}
