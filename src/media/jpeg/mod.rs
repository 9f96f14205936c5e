//! JPEG, both ways, with a guard before anything from outside is decoded.
//!
//! The decoder never sees the bytes that came in, only what the guard has read of them: the table
//! segments, the frame header, and one scan with a known end. So what it does with stray markers,
//! metadata and endless scans does not matter.
//!
//! Invariant: `check` allocates nothing, and nothing is decoded that it refuses.

mod guard;
mod tables;

use super::{Picture, PixelSize};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(super) use guard::{Anatomy, walk};

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

/// Compresses pictures. The encoder is used up by each picture, so what is kept from one to the
/// next is the caller's `out`.
#[derive(Debug, Default)]
pub struct Compressor {}

/// Decompresses pictures, keeping its scratch space from one to the next.
///
/// The first use on a thread makes that thread a one-thread pool of the decoder's library for the
/// rest of its life, which keeps a few kilobytes; so decompress on few, long-lived threads.
#[derive(Debug, Default)]
pub struct Decompressor {
    /// What the decoder is given: the segments it needs and the scan.
    plain: Vec<u8>,
}

/// Largest picture, in pixels, whose chroma is not reduced, and the quality from which on.
const FULL_CHROMA_PIXELS_MAX: usize = 320 * 180;
const FULL_CHROMA_QUALITY_MIN: u8 = 70;

impl Compressor {
    /// Appends `picture` as a baseline JPEG to `out`. `quality` is 1–100.
    ///
    /// Chroma is full in pictures that are about as small as a terminal, where each pixel is half a
    /// cell and is seen (1.9 dB more at 160x90 and quality 75 for a fifth more bytes), if the
    /// quality is such that other losses do not hide it, else 4:2:0.
    /// The Huffman tables are the standard ones: the encoder can only fit them to the picture in a
    /// file of three scans, which [`check`] refuses, and takes nearly twice the time.
    /// Chroma is averaged: 0.2 dB more than the default at the same length (160x90 of a talking
    /// head, quality 75) for 0.02 ms.
    ///
    /// # Errors
    /// When the picture is empty or wider or higher than 65,535; `out` is then as it was.
    pub fn compress(
        &mut self,
        picture: &Picture,
        quality: u8,
        out: &mut Vec<u8>,
    ) -> Result<(), JpegError> {
        let PixelSize { width, height } = picture.size();
        let (Ok(width), Ok(height)) = (u16::try_from(width), u16::try_from(height)) else {
            return Err(JpegError::TooLarge);
        };
        let len_before = out.len();
        let mut encoder = Encoder::new(&mut *out, quality.clamp(1, 100));
        let is_small = usize::from(width) * usize::from(height) <= FULL_CHROMA_PIXELS_MAX;
        encoder.set_sampling_factor(if is_small && quality >= FULL_CHROMA_QUALITY_MIN {
            SamplingFactor::F_1_1
        } else {
            SamplingFactor::F_2_2
        });
        encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
        encoder
            .encode(picture.rgb(), width, height, ColorType::Rgb)
            .map_err(|_gave_up| {
                out.truncate(len_before);
                JpegError::Broken
            })
    }
}

impl Decompressor {
    /// Decodes `jpeg` into `out`, whose size it sets. When `at_least` is given, the picture may
    /// come out smaller than it is (1/2, 1/4, 1/8), but in neither direction smaller than that.
    ///
    /// Where there are no Huffman tables at all, the standard ones are meant, as in Motion JPEG.
    /// What is missing at the end of the scan is not made up: such a picture is broken.
    ///
    /// # Errors
    /// [`JpegError`]; `out` is then unspecified.
    pub fn decompress(
        &mut self,
        jpeg: &[u8],
        limits: Limits,
        at_least: Option<PixelSize>,
        out: &mut Picture,
    ) -> Result<(), JpegError> {
        let anatomy = walk(jpeg, limits)?;
        self.plain.clear();
        anatomy
            .write_plain(jpeg, &mut self.plain)
            .ok_or(JpegError::Malformed)?;
        keep_on_this_thread();
        let eighths = eighths(anatomy.size, at_least);
        // The guard leaves the decoder nothing to panic about that is known, but its code is large
        // and the bytes are a stranger's.
        catch_unwind(AssertUnwindSafe(|| {
            decode(&self.plain, &anatomy, eighths, out)
        }))
        .unwrap_or(Err(JpegError::Broken))
    }
}

/// Walks the markers of `jpeg` and says its size, without decoding: the guard.
///
/// # Errors
/// [`JpegError`] when it must not be decoded.
pub fn check(jpeg: &[u8], limits: Limits) -> Result<PixelSize, JpegError> {
    walk(jpeg, limits).map(|anatomy| anatomy.size)
}

/// Appends `jpeg` to `out` without its Huffman tables, 432 bytes, where these are the standard ones
/// as [`Compressor`] writes them; unchanged where they are not. [`Decompressor`] reads either;
/// [`complete`] makes it a file for others again.
///
/// *Source:* the abbreviated format, ITU-T T.81 B.4, as Motion JPEG uses it.
///
/// # Errors
/// When `jpeg` is none.
pub fn abbreviate(jpeg: &[u8], limits: Limits, out: &mut Vec<u8>) -> Result<(), JpegError> {
    walk(jpeg, limits)?
        .write_abbreviated(jpeg, out)
        .ok_or(JpegError::Malformed)
}

/// Appends `jpeg` to `out`, with the standard Huffman tables if it has none.
///
/// # Errors
/// When `jpeg` is none.
pub fn complete(jpeg: &[u8], limits: Limits, out: &mut Vec<u8>) -> Result<(), JpegError> {
    walk(jpeg, limits)?
        .write_complete(jpeg, out)
        .ok_or(JpegError::Malformed)
}

/// Appends `jpeg` to `out` with its tables before what tells its size. So the first bytes of all
/// JPEGs of one quality are the same, whatever their size, and need to cross only once.
///
/// *Source:* ITU-T T.81, B.2.1: the order of tables and frame header is free.
///
/// # Errors
/// When `jpeg` is none.
pub(super) fn put_tables_first(
    jpeg: &[u8],
    limits: Limits,
    out: &mut Vec<u8>,
) -> Result<(), JpegError> {
    walk(jpeg, limits)?
        .write_tables_first(jpeg, out)
        .ok_or(JpegError::Malformed)
}

/// Cuts off what is before the first JPEG in `bytes`; all of it when there is none.
pub(super) fn skip_to_start(bytes: &[u8]) -> &[u8] {
    let start = bytes
        .windows(3)
        .position(|window| window == [0xff, guard::SOI, 0xff]);
    start
        .and_then(|start| bytes.get(start..))
        .unwrap_or_default()
}

/// How many eighths of its size a picture must be decoded at to hold `at_least`: 1, 2, 4 or 8.
fn eighths(size: PixelSize, at_least: Option<PixelSize>) -> u32 {
    /// Below it the decoder's choice of a scale is ambiguous and there is nothing to gain.
    const SCALABLE_MIN: u32 = 64;
    let Some(least) = at_least else { return 8 };
    if size.width.min(size.height) < SCALABLE_MIN {
        return 8;
    }
    let suffices = |eighths: &u32| {
        scaled(size.width, *eighths) >= least.width && scaled(size.height, *eighths) >= least.height
    };
    [1, 2, 4].into_iter().find(suffices).unwrap_or(8)
}

/// The decoder's own rounding.
fn scaled(len: u32, eighths: u32) -> u32 {
    (len * eighths).div_ceil(8)
}

fn decode(
    plain: &[u8],
    anatomy: &Anatomy,
    eighths: u32,
    out: &mut Picture,
) -> Result<(), JpegError> {
    let mut decoder = jpeg_decoder::Decoder::new(plain);
    let PixelSize { width, height } = anatomy.size;
    let size = PixelSize::new(scaled(width, eighths), scaled(height, eighths));
    if eighths < 8 {
        // It takes the smallest scale that suffices in either direction, so exactly this size must
        // be asked for. Both fit: the guard took them from 16 bits.
        let asked = (u16::try_from(size.width), u16::try_from(size.height));
        let (Ok(width), Ok(height)) = asked else {
            return Err(JpegError::TooLarge);
        };
        decoder.scale(width, height).map_err(to_error)?;
    }
    let pixels = decoder.decode().map_err(to_error)?;
    if anatomy.component_count == 3 {
        *out = Picture::from_rgb(size, pixels).ok_or(JpegError::Broken)?;
        return Ok(());
    }
    out.reset(size);
    if pixels.len() * 3 != out.rgb().len() {
        return Err(JpegError::Broken);
    }
    for (pixel, &grey) in out.rgb_mut().chunks_exact_mut(3).zip(&pixels) {
        pixel.fill(grey);
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn to_error(error: jpeg_decoder::Error) -> JpegError {
    match error {
        jpeg_decoder::Error::Unsupported(_) => JpegError::Unsupported,
        _ => JpegError::Broken,
    }
}

/// Keeps the decoder from starting threads. Without its `rayon` feature it starts three for every
/// picture wider than 128 pixels; with it, a global pool of as many as there are cores. A pool
/// that consists of the calling thread alone starts none.
fn keep_on_this_thread() {
    thread_local! {
        // Not made on a thread that is in a pool already, and then not needed.
        static POOL: Option<rayon::ThreadPool> =
            rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().ok();
    }
    POOL.with(|_made| ());
}
