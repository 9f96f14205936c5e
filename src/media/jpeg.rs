//! JPEG, both ways, with a guard before anything from outside is decoded.

use super::{Picture, PixelSize};

/// Why a JPEG was not decoded, or a picture not encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JpegError {
    /// Not a baseline JPEG with one scan, or cut short.
    #[error("not a JPEG that can be read")]
    Malformed,
    /// Larger than the limit, in pixels or in bytes.
    #[error("a JPEG larger than the limit")]
    TooLarge,
    /// Progressive, lossless, several scans, four components and the like.
    #[error("a kind of JPEG that is not read")]
    Unsupported,
    /// The decoder or encoder gave up.
    #[error("a broken JPEG")]
    Broken,
}

/// What a JPEG may claim before a pixel is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest file, in bytes.
    pub len_max: usize,
    /// Largest width and height, each.
    pub size_max: PixelSize,
}

/// Compresses pictures, keeping its scratch space from one to the next.
#[derive(Debug, Default)]
pub struct Compressor {}

/// Decompresses pictures, keeping its scratch space from one to the next.
#[derive(Debug, Default)]
pub struct Decompressor {}

impl Compressor {
    /// Appends `picture` as a baseline 4:2:0 JPEG to `out`. `quality` is 1–100.
    ///
    /// # Errors
    /// When the picture is empty or wider or higher than 65,535.
    pub fn compress(
        &mut self,
        _picture: &Picture,
        _quality: u8,
        _out: &mut Vec<u8>,
    ) -> Result<(), JpegError> {
        Ok(())
    }
}

impl Decompressor {
    /// Decodes `jpeg` into `out`, whose size it sets. When `at_least` is given, the picture may come
    /// out smaller than it is (1/2, 1/4, 1/8), but in neither direction smaller than `at_least`.
    ///
    /// # Errors
    /// [`JpegError`]; `out` is then unspecified.
    pub fn decompress(
        &mut self,
        _jpeg: &[u8],
        _limits: Limits,
        _at_least: Option<PixelSize>,
        _out: &mut Picture,
    ) -> Result<(), JpegError> {
        Err(JpegError::Malformed)
    }
}

/// Walks the markers of `jpeg` and says its size, without decoding: the guard.
///
/// # Errors
/// [`JpegError`] when it must not be decoded.
pub fn check(_jpeg: &[u8], _limits: Limits) -> Result<PixelSize, JpegError> {
    Err(JpegError::Malformed)
}
