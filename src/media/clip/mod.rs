//! Clips: MJPEG streams, Y4M, and JPEG or PNG stills, from bytes that somebody else read.
//!
//! Invariant: no picture is larger than 4096x4096, and a clip has at least one.

mod still;
mod y4m;

use super::jpeg::{self, Decompressor, JpegError};
use super::{Picture, PixelSize};
use std::ops::Range;

/// Most pictures that are tried before a file is refused; each takes milliseconds.
const TRIED_COUNT_MAX: usize = 8;

/// Largest picture of a clip, each way; larger ones are refused.
const SIZE_MAX: PixelSize = PixelSize::new(4096, 4096);

/// What a JPEG in a clip may claim. A still from a photo camera can have 20 MB.
const CLIP_JPEG: jpeg::Limits = jpeg::Limits {
    len_max: 32 << 20,
    size_max: SIZE_MAX,
};

/// A clip, held whole in memory, that can be played from any picture.
#[derive(Debug)]
pub struct Clip {
    kind: Kind,
}

/// Why bytes are no clip.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClipError {
    /// Not one of the kinds that are read.
    #[error("its kind is not known")]
    UnknownKind,
    /// It begins well and then breaks.
    #[error("broken: {0}")]
    Broken(String),
}

#[derive(Debug)]
enum Kind {
    /// JPEGs one after the other, each where `pictures` says.
    Mjpeg {
        bytes: Vec<u8>,
        pictures: Vec<Range<usize>>,
        decompressor: Decompressor,
    },
    Png(Picture),
    Y4m(Box<y4m::Y4m>),
}

impl Clip {
    /// Parses a whole file and indexes its pictures; broken MJPEG pictures are left out.
    ///
    /// # Errors
    /// [`ClipError`], also when no picture is left.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, ClipError> {
        let kind = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Kind::Png(still::decode_png(&bytes)?)
        } else if bytes.starts_with(b"YUV4MPEG2") {
            Kind::Y4m(Box::new(y4m::Y4m::parse(bytes)?))
        } else if bytes.starts_with(&[0xff, 0xd8]) {
            let pictures = index_jpegs(&bytes)?;
            Kind::Mjpeg {
                bytes,
                pictures,
                decompressor: Decompressor::default(),
            }
        } else {
            return Err(ClipError::UnknownKind);
        };
        let mut clip = Self { kind };
        // Found out now, while there is somebody to tell: a picture that has all its parts may
        // still break inside.
        let tried = 0..clip.count().min(TRIED_COUNT_MAX);
        let mut scratch = Picture::default();
        let mut failure = None;
        for index in tried {
            match clip.decode(index, &mut scratch) {
                Ok(()) => return Ok(clip),
                Err(err) => failure = Some(err),
            }
        }
        Err(failure.unwrap_or(ClipError::UnknownKind))
    }

    /// How many pictures it has, at least 1.
    pub fn count(&self) -> usize {
        match &self.kind {
            Kind::Mjpeg { pictures, .. } => pictures.len(),
            Kind::Png(_) => 1,
            Kind::Y4m(y4m) => y4m.count(),
        }
    }

    /// Pictures a second; `None` when the file does not say (then 30 is meant), or for a still.
    pub fn rate(&self) -> Option<f64> {
        match &self.kind {
            Kind::Y4m(y4m) if !self.is_still() => y4m.rate(),
            _ => None,
        }
    }

    /// Whether it is one picture that never changes.
    pub fn is_still(&self) -> bool {
        self.count() == 1
    }

    /// Decodes picture `index % count` into `out`, whose size it sets.
    ///
    /// # Errors
    /// When that picture is broken; another may be fine.
    pub fn decode(&mut self, index: usize, out: &mut Picture) -> Result<(), ClipError> {
        let index = index % self.count().max(1);
        match &mut self.kind {
            Kind::Mjpeg {
                bytes,
                pictures,
                decompressor,
            } => {
                let range = pictures.get(index).cloned().unwrap_or_default();
                let jpeg = bytes.get(range).unwrap_or_default();
                decompressor
                    .decompress(jpeg, CLIP_JPEG, None, out)
                    .map_err(broken)
            }
            Kind::Png(picture) => {
                out.clone_from(picture);
                Ok(())
            }
            Kind::Y4m(y4m) => y4m.decode(index, out),
        }
    }
}

/// Finds the JPEGs in a stream by walking their markers, whatever lies between them. Thumbnails
/// inside their metadata are not taken for pictures.
fn index_jpegs(bytes: &[u8]) -> Result<Vec<Range<usize>>, ClipError> {
    let mut pictures = Vec::new();
    let mut first_error = None;
    let mut at = 0;
    loop {
        let rest = jpeg::skip_to_start(bytes.get(at..).unwrap_or_default());
        if rest.is_empty() {
            break;
        }
        let start = bytes.len() - rest.len();
        let longest = rest.get(..CLIP_JPEG.len_max).unwrap_or(rest);
        match jpeg::walk(longest, CLIP_JPEG) {
            Ok(anatomy) => {
                at = start + anatomy.end;
                pictures.push(start..at);
            }
            Err(error) => {
                first_error.get_or_insert(error);
                at = start + 2;
            }
        }
    }
    if pictures.is_empty() {
        return Err(first_error.map_or(ClipError::UnknownKind, broken));
    }
    Ok(pictures)
}

fn broken(error: JpegError) -> ClipError {
    ClipError::Broken(match error {
        JpegError::TooLarge => "a JPEG larger than 4096x4096 pixels or 32 MB".to_owned(),
        JpegError::Unsupported => {
            "a progressive or otherwise unusual JPEG; save it as a baseline JPEG or as PNG"
                .to_owned()
        }
        JpegError::Broken | JpegError::Malformed => error.to_string(),
    })
}
