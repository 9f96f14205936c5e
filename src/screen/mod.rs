//! The terminal as a video sink: its colours, its bytes in, cells to the fewest bytes out.
//!
//! It does not know sockets, files, clocks or the tty: bytes in, keys out; cells in, bytes out.
//!
//! Invariant: between two calls of `Screen::take_frame` the bytes make whole frames; no byte that
//! the peer chose reaches the terminal as control.

pub mod backend;
pub mod color;
pub mod input;
pub mod setup;

/// A size in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CellSize {
    /// In cells.
    pub columns: u16,
    /// In cells.
    pub rows: u16,
}

/// The window: cells, and how large one is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// In cells.
    pub cells: CellSize,
    /// Height of half a cell divided by the width of a cell: 1.0 where a cell is twice as high as
    /// wide, which is assumed where the terminal does not say.
    pub pixel_aspect: f64,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            cells: CellSize {
                columns: 80,
                rows: 24,
            },
            pixel_aspect: 1.0,
        }
    }
}
