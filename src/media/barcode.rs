//! The barcode that carries the time of capture inside the picture, so that whoever sees the
//! picture can tell its age (docs/PROTOCOL.md says how it is laid out).

use super::Picture;

/// Draws `unix_ms` (UNIX milliseconds, modulo 2^32) over the top eighth of `picture`.
pub fn draw(_picture: &mut Picture, _unix_ms: u32) {}

/// Reads the barcode; `None` when there is none or its check byte is wrong.
pub fn read(_picture: &Picture) -> Option<u32> {
    None
}
