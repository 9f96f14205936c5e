//! The test picture: moving, colourful, recognisable, with the barcode.

use super::Picture;
use std::time::Duration;

/// Paints the test picture as it looks `elapsed` after its start into `picture`, at its size.
/// The same arguments give the same picture. The barcode is drawn by the caller.
pub fn paint(_picture: &mut Picture, _elapsed: Duration) {}
