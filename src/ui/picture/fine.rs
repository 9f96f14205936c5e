//! Pictures of more than two pixels a cell: in colour onto the canvas, without colours as dots or
//! shapes.

use super::{Facing, Place, contrast, light_at, shown_size, source_columns};
use crate::{
    media::{Picture, PixelSize},
    screen::{canvas::Canvas, capability::Ground, color, glyph::GlyphSet, shape},
    ui::{layout::pixels, theme::Theme},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier},
};

/// Where each pixel of a rectangle of the canvas comes from.
struct Source<'a> {
    /// In pixels of the canvas.
    left: u32,
    top: u32,
    height: u32,
    /// Where the pixel of each column starts in a row of the picture, in bytes.
    columns: Vec<usize>,
    picture: &'a Picture,
}

/// The cells that a rectangle of pixels touches.
fn cells(left: u32, top: u32, size: PixelSize, glyphs: GlyphSet) -> Rect {
    let cell = |from: u32, len: u32, side: u16| {
        let pixels = u32::from(side);
        let (first, end) = (from / pixels, (from + len).div_ceil(pixels));
        let narrow = |place: u32| u16::try_from(place).unwrap_or(u16::MAX);
        (narrow(first), narrow(end - first))
    };
    let (x, width) = cell(left, size.width, glyphs.columns());
    let (y, height) = cell(top, size.height, glyphs.rows());
    Rect::new(x, y, width, height)
}

/// Paints `picture` into `area`, which is not empty and inside the buffer; see
/// [`paint`](super::paint).
pub(super) fn paint(
    (buffer, canvas): (&mut Buffer, &mut Canvas),
    area: Rect,
    picture: &Picture,
    facing: Facing,
    place: Place,
    theme: &Theme,
) {
    let glyphs = canvas.glyphs();
    let (across, down) = (u32::from(glyphs.columns()), u32::from(glyphs.rows()));
    let room = pixels(area, glyphs);
    let shown = shown_size(picture.size(), room);
    // In whole cells where it has a frame, as that, it and what lies behind are more than two
    // colours, and where glyphs cannot show an edge.
    let whole = |len: u32, side: u32| (len / side * side).max(side);
    let size = if place == Place::Corner || !glyphs.is_solid() {
        PixelSize::new(whole(shown.width, across), whole(shown.height, down))
    } else {
        shown
    };
    let (spare_x, spare_y) = (room.width - size.width, room.height - size.height);
    let middle = |spare: u32, side: u32| {
        if glyphs.is_solid() {
            spare / 2
        } else {
            spare / side / 2 * side
        }
    };
    let (x, y) = match place {
        Place::Center => (middle(spare_x, across), middle(spare_y, down)),
        Place::Corner => (spare_x, spare_y),
    };
    let left = u32::from(area.x) * across + x;
    let top = u32::from(area.y) * down + y;
    let width = u16::try_from(size.width).unwrap_or(u16::MAX);
    let source = Source {
        left,
        top,
        height: size.height,
        columns: source_columns(picture.size(), width, facing),
        picture,
    };
    let target = cells(left, top, size, glyphs);
    match (theme.frame, place) {
        (Some(color), Place::Corner) => frame(buffer, canvas, (left, top, size), color),
        (None, Place::Corner) => super::outline(buffer, target),
        (_, Place::Center) => {}
    }
    if theme.frame.is_none() {
        paint_plain(buffer, target, &source, (glyphs, theme.own));
        return;
    }
    for position in target.intersection(buffer.area).positions() {
        let Some(cell) = buffer.cell_mut(position) else {
            continue;
        };
        canvas.paint(position.x, position.y, cell, |pixels| {
            let (x, y) = (u32::from(position.x) * across, u32::from(position.y) * down);
            let rows = pixels.chunks_mut(usize::from(glyphs.columns()));
            for (row, y) in rows.zip(y..) {
                let Some(from) = source.row(y) else { continue };
                for (pixel, x) in row.iter_mut().zip(x..) {
                    *pixel = source.pixel(from, x).unwrap_or(*pixel);
                }
            }
        });
    }
}

impl Source<'_> {
    /// The row of the picture that is shown in row `y` of the canvas.
    fn row(&self, y: u32) -> Option<&[u8]> {
        let y = y.checked_sub(self.top).filter(|y| *y < self.height)?;
        let size = self.picture.size();
        let row = (u64::from(y) * 2 + 1) * u64::from(size.height) / (u64::from(self.height) * 2);
        let len = size.width as usize * 3;
        let start = usize::try_from(row).ok()? * len;
        self.picture.rgb().get(start..start + len)
    }

    /// Where in a row of the picture column `x` of the canvas is.
    fn column(&self, x: u32) -> Option<usize> {
        let x = usize::try_from(x.checked_sub(self.left)?).ok()?;
        self.columns.get(x).copied()
    }

    fn pixel(&self, row: &[u8], x: u32) -> Option<[u8; 3]> {
        row.get(self.column(x)?..)?.first_chunk().copied()
    }

    fn light(&self, x: u32, y: u32) -> Option<u8> {
        light_at(self.row(y), self.column(x)?)
    }
}

/// A line one pixel wide round a rectangle, without its corners.
fn frame(
    buffer: &mut Buffer,
    canvas: &mut Canvas,
    (left, top, size): (u32, u32, PixelSize),
    line: Color,
) {
    let glyphs = canvas.glyphs();
    let (across, down) = (u32::from(glyphs.columns()), u32::from(glyphs.rows()));
    let rgb = color::rgb_of(line).unwrap_or_default();
    let mut put = |x: Option<u32>, y: Option<u32>| {
        let (Some(x), Some(y)) = (x, y) else { return };
        let narrow = |place: u32| u16::try_from(place).unwrap_or(u16::MAX);
        let position = (narrow(x / across), narrow(y / down));
        if let Some(cell) = buffer.cell_mut(position) {
            canvas.paint(position.0, position.1, cell, |pixels| {
                let index = (y % down * across + x % across) as usize;
                pixels
                    .iter_mut()
                    .skip(index)
                    .take(1)
                    .for_each(|pixel| *pixel = rgb);
            });
        }
    };
    for x in left..left + size.width {
        put(Some(x), top.checked_sub(1));
        put(Some(x), top.checked_add(size.height));
    }
    for y in top..top + size.height {
        put(left.checked_sub(1), Some(y));
        put(left.checked_add(size.width), Some(y));
    }
}

/// Paints in the terminal's own two colours: dots where it is light, or shapes.
fn paint_plain(
    buffer: &mut Buffer,
    target: Rect,
    source: &Source<'_>,
    (glyphs, ground): (GlyphSet, Ground),
) {
    let (across, down) = (u32::from(glyphs.columns()), u32::from(glyphs.rows()));
    let all = (source.top..source.top + source.height)
        .filter_map(|y| source.row(y))
        .flat_map(|row| {
            source
                .columns
                .iter()
                .filter_map(|at| light_at(Some(row), *at))
        });
    let parts = contrast(&all.collect::<Vec<_>>());
    for position in target.intersection(buffer.area).positions() {
        let (left, top) = (u32::from(position.x) * across, u32::from(position.y) * down);
        let mut cover = [0_u8; 8];
        let mut pattern = 0;
        let places = (0..down).flat_map(|y| (0..across).map(move |x| (left + x, top + y)));
        for (index, ((x, y), cover)) in places.zip(&mut cover).enumerate() {
            let light = source.light(x, y).unwrap_or(0);
            let part = parts.get(usize::from(light)).copied().unwrap_or(0);
            let part = match ground {
                Ground::Dark => part,
                Ground::Light => 1_000 - part,
            };
            pattern |= u8::from(part > threshold(x, y)) << index;
            *cover = u8::try_from(part * usize::from(shape::COVER_MAX) / 1_000).unwrap_or(u8::MAX);
        }
        let Some(cell) = buffer.cell_mut(position) else {
            continue;
        };
        cell.set_char(match glyphs {
            GlyphSet::Ascii => shape::nearest(cover),
            _ => glyphs.character(pattern),
        });
        (cell.fg, cell.bg, cell.modifier) = (Color::Reset, Color::Reset, Modifier::empty());
    }
}

/// How light a pixel of this place must be to become a dot, in thousandths: a pattern that stands
/// still, as one that follows the picture flickers.
fn threshold(x: u32, y: u32) -> usize {
    /// Bayer's matrix of 4x4.
    const PATTERN: [[usize; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    let row = PATTERN.get((y % 4) as usize);
    let rank = row.and_then(|row| row.get((x % 4) as usize));
    (rank.unwrap_or(&8) * 2 + 1) * 1_000 / 32
}
