//! The terminal as a video sink: its colours, its bytes in, cells to the fewest bytes out.
//!
//! It does not know sockets, files, clocks or the tty: bytes in, keys out; cells in, bytes out.
//!
//! Invariant: what `ScreenBackend::take_frame` gives is a whole frame; no byte that the peer chose
//! reaches the terminal as control.

use ratatui::style::Modifier;

pub mod backend;
pub mod canvas;
pub mod capability;
pub mod color;
mod cursor;
mod encoder;
pub mod glyph;
mod grid;
pub mod input;
pub mod interview;
mod key;
pub mod pacing;
mod paint;
mod pen;
mod plan;
pub mod quality;
pub mod setup;
pub mod shape;
mod tokenizer;
mod video;

/// The largest window that is drawn, in cells: an 8K display with a small font. What lies beyond it
/// stays empty, so that no window size, true or claimed, asks for memory without a bound.
pub const CELLS_MAX: CellSize = CellSize {
    columns: 1024,
    rows: 512,
};

/// Marks cells whose picture need not be exact: half blocks of a picture, whose pixels may lie in
/// a [`canvas`] beside them, and text with a picture shining through. No terminal has this
/// attribute; whoever paints over such a cell must take the mark away.
pub const VIDEO: Modifier = Modifier::from_bits_retain(1 << 15);

/// A size in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CellSize {
    /// In cells.
    pub columns: u16,
    /// In cells.
    pub rows: u16,
}

impl CellSize {
    /// As much of it as is drawn: at most [`CELLS_MAX`].
    #[must_use]
    pub fn limited(self) -> Self {
        Self {
            columns: self.columns.min(CELLS_MAX.columns),
            rows: self.rows.min(CELLS_MAX.rows),
        }
    }
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
