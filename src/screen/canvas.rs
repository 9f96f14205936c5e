//! The pixels of pictures beside ratatui's cells, which hold two colours and no more.
//!
//! A picture marks its cells ([`VIDEO`]) and leaves its pixels here; a cell that is painted over
//! loses the mark, and with it its pixels. The cell itself holds the colours of its halves, for
//! who wants to know what lies there.
//!
//! It does not know how pixels become glyphs.

use super::{CellSize, VIDEO, color, glyph::GlyphSet};
use ratatui::{buffer::Cell, style::Color};

/// Red, green, blue, 0–255 each, sRGB.
type Rgb = [u8; 3];

/// The upper half of a cell in its foreground, the lower half in its background.
const HALF: &str = "▀";

/// The pixels of all cells of a window.
#[derive(Clone, Debug, Default)]
pub struct Canvas {
    glyphs: GlyphSet,
    cells: CellSize,
    /// Cell by cell; in each, row by row. None in [`GlyphSet::Half`], whose cells hold them.
    pixels: Vec<Rgb>,
}

impl Canvas {
    /// Makes it fit a window of `cells` and the pixels of `glyphs`, keeping its allocation. What
    /// it holds is unspecified then.
    pub fn reset(&mut self, glyphs: GlyphSet, cells: CellSize) {
        let cells = cells.limited();
        let count = match glyphs {
            GlyphSet::Half => 0,
            _ => usize::from(cells.columns) * usize::from(cells.rows) * glyphs.pixel_count(),
        };
        (self.glyphs, self.cells) = (glyphs, cells);
        self.pixels.resize(count, [0; 3]);
    }

    /// The window that it fits.
    pub(super) const fn cells(&self) -> CellSize {
        self.cells
    }

    /// With which glyphs it is drawn.
    pub const fn glyphs(&self) -> GlyphSet {
        self.glyphs
    }

    /// Makes `cell`, which is at `column` of `row`, part of a picture and lets `change` paint its
    /// pixels, row by row. They are what the cell shows: a picture that is there already, or its
    /// background.
    pub fn paint(
        &mut self,
        column: u16,
        row: u16,
        cell: &mut Cell,
        change: impl FnOnce(&mut [Rgb]),
    ) {
        let glyphs = self.glyphs;
        let halves = halves(cell);
        let is_picture = cell.modifier.contains(VIDEO) && cell.symbol() == HALF;
        let mut few = halves;
        let pixels = match glyphs {
            GlyphSet::Half => &mut few[..],
            _ => match self.pixels_mut(column, row) {
                Some(pixels) if is_picture => pixels,
                Some(pixels) => {
                    pixels.fill(halves[1]);
                    pixels
                }
                None => return,
            },
        };
        change(pixels);
        let [upper, lower] = halves_of(glyphs, pixels);
        cell.set_symbol(HALF);
        (cell.fg, cell.bg, cell.modifier) = (color_of(upper), color_of(lower), VIDEO);
    }

    /// The pixels of a cell, row by row; `None` outside, and in [`GlyphSet::Half`].
    pub fn pixels_mut(&mut self, column: u16, row: u16) -> Option<&mut [Rgb]> {
        let start = self.start(column, row)?;
        self.pixels
            .get_mut(start..start + self.glyphs.pixel_count())
    }

    /// See [`Self::pixels_mut`].
    pub fn pixels(&self, column: u16, row: u16) -> Option<&[Rgb]> {
        let start = self.start(column, row)?;
        self.pixels.get(start..start + self.glyphs.pixel_count())
    }

    fn start(&self, column: u16, row: u16) -> Option<usize> {
        let place = usize::from(row) * usize::from(self.cells.columns) + usize::from(column);
        (column < self.cells.columns).then(|| place * self.glyphs.pixel_count())
    }
}

/// The colours of a cell's upper and lower half, as far as they are known.
fn halves(cell: &Cell) -> [Rgb; 2] {
    let back = color::rgb_of(cell.bg).unwrap_or_default();
    match cell.symbol() {
        HALF => [color::rgb_of(cell.fg).unwrap_or(back), back],
        _ => [back, back],
    }
}

/// The means of the pixels of the upper and of the lower half. The middle row of three is in none,
/// which is near enough for who asks.
fn halves_of(glyphs: GlyphSet, pixels: &[Rgb]) -> [Rgb; 2] {
    let len = usize::from(glyphs.rows() / 2) * usize::from(glyphs.columns());
    let mean = |pixels: &[Rgb]| {
        let mut sums = [0_u32; 3];
        for pixel in pixels {
            for (sum, level) in sums.iter_mut().zip(pixel) {
                *sum += u32::from(*level);
            }
        }
        let count = u32::try_from(pixels.len()).unwrap_or(1).max(1);
        sums.map(|sum| u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX))
    };
    let (upper, rest) = pixels.split_at(len.min(pixels.len()));
    let (_, lower) = rest.split_at(rest.len().saturating_sub(len));
    [mean(upper), mean(lower)]
}

const fn color_of([red, green, blue]: Rgb) -> Color {
    Color::Rgb(red, green, blue)
}
