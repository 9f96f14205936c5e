//! Clips: MJPEG streams, Y4M, and JPEG or PNG stills, from bytes that somebody else read.

use super::Picture;

/// A clip, held whole in memory, that can be played from any picture.
#[derive(Debug)]
pub struct Clip {}

/// Why bytes are no clip.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClipError {
    /// Not one of the kinds that are read.
    #[error("not an MJPEG stream, a Y4M file, or a JPEG or PNG picture")]
    UnknownKind,
    /// It begins well and then breaks.
    #[error("broken: {0}")]
    Broken(String),
}

impl Clip {
    /// Parses a whole file and indexes its pictures; broken MJPEG pictures are left out.
    ///
    /// # Errors
    /// [`ClipError`], also when no picture is left.
    pub fn parse(_bytes: Vec<u8>) -> Result<Self, ClipError> {
        Err(ClipError::UnknownKind)
    }
    /// How many pictures it has, at least 1.
    pub fn count(&self) -> usize {
        1
    }
    /// Pictures a second; `None` when the file does not say (then 30 is meant), or for a still.
    pub fn rate(&self) -> Option<f64> {
        None
    }
    /// Whether it is one picture that never changes.
    pub fn is_still(&self) -> bool {
        true
    }
    /// Decodes picture `index % count` into `out`, whose size it sets.
    ///
    /// # Errors
    /// When that picture is broken; another may be fine.
    pub fn decode(&mut self, _index: usize, _out: &mut Picture) -> Result<(), ClipError> {
        Ok(())
    }
}
