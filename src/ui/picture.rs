//! Pictures as cells: two pixels a cell in colour, a ramp of characters without.

mod fine;

use super::theme::{Theme, mix};
use crate::{
    media::{Picture, PixelSize},
    screen::{VIDEO, canvas::Canvas, capability::Ground, color::ColorDepth, glyph::GlyphSet},
    ui::layout::pixels,
};
use ratatui::{
    buffer::{Buffer, Cell},
    layout::Rect,
    style::{Color, Modifier},
};

/// The upper half of a cell in its foreground, the lower half in its background.
const HALF: &str = "▀";

/// From dark to light, by how much of a cell's area is ink in common terminal fonts.
const RAMP: [&str; 11] = [" ", ".", ",", ":", ";", "+", "x", "o", "#", "%", "@"];

/// How much of what is dimmed becomes ground.
const DIM: f32 = 0.45;

/// Where a picture goes in an area that is larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Into the middle.
    Center,
    /// Into the lower right corner, on a thin frame.
    Corner,
}

/// Whether a picture is painted as it is or as in a mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Facing {
    AsSeen,
    Mirrored,
}

/// A rectangle of half cells; `y` and `height` count pixels, two a row.
#[derive(Clone, Copy, Debug)]
struct PixelRect {
    x: u16,
    y: u32,
    width: u16,
    height: u32,
}

/// Paints `picture` into `area`, one pixel a pixel of the canvas when it fits as it should, else
/// scaled to the nearest pixel. What it does not cover keeps its colour.
pub(super) fn paint(
    (buffer, canvas): (&mut Buffer, &mut Canvas),
    area: Rect,
    picture: &Picture,
    facing: Facing,
    place: Place,
    theme: &Theme,
) {
    let area = area.intersection(buffer.area);
    let size = shown_size(picture.size(), pixels(area, GlyphSet::Half));
    if size.is_empty() {
        return;
    }
    if canvas.glyphs() != GlyphSet::Half {
        return fine::paint((buffer, canvas), area, picture, facing, place, theme);
    }
    let target = placed(area, size, place);
    if place == Place::Corner {
        frame(buffer, target, theme);
    }
    let columns = source_columns(picture.size(), target.width, facing);
    if theme.depth == ColorDepth::Mono {
        paint_ramp(buffer, target, picture, &columns, theme.own);
        return;
    }
    for row in cell_rows(target) {
        let upper = source_row(picture, target, row * 2);
        let lower = source_row(picture, target, row * 2 + 1);
        for (cell, &column) in cells(buffer, target, row).iter_mut().zip(&columns) {
            match (color_at(upper, column), color_at(lower, column)) {
                (Some(upper), Some(lower)) => set_both(cell, upper, lower),
                (Some(upper), None) => set_upper(cell, upper),
                (None, Some(lower)) => set_lower(cell, lower),
                (None, None) => {}
            }
        }
    }
}

/// Darkens what was painted into `area`, so that what is laid over it stands out.
pub(super) fn dim((buffer, canvas): (&mut Buffer, &mut Canvas), area: Rect, theme: &Theme) {
    let area = area.intersection(buffer.area);
    let ground = theme.ground.bg.unwrap_or_default();
    for row in area.rows() {
        for (cell, column) in cells_of(buffer, row).iter_mut().zip(row.x..) {
            cell.fg = mix(cell.fg, ground, DIM);
            cell.bg = mix(cell.bg, ground, DIM);
            for pixel in canvas.pixels_mut(column, row.y).into_iter().flatten() {
                let [red, green, blue] = *pixel;
                if let Color::Rgb(red, green, blue) = mix(Color::Rgb(red, green, blue), ground, DIM)
                {
                    *pixel = [red, green, blue];
                }
            }
        }
    }
}

/// The one colour that a cell has at a distance; `None` where it is not RGB.
pub(super) fn average(cell: &Cell) -> Option<Color> {
    match (cell.symbol() == HALF, cell.fg, cell.bg) {
        (true, upper @ Color::Rgb(..), lower @ Color::Rgb(..)) => Some(mix(upper, lower, 0.5)),
        (false, _, ground @ Color::Rgb(..)) => Some(ground),
        _ => None,
    }
}

/// The cells of one row of `row`'s area; `row` lies inside the buffer.
pub(super) fn cells_of(buffer: &mut Buffer, row: Rect) -> &mut [Cell] {
    let left = usize::from(row.x.saturating_sub(buffer.area.x));
    let top = usize::from(row.y.saturating_sub(buffer.area.y));
    let start = top * usize::from(buffer.area.width) + left;
    buffer
        .content
        .get_mut(start..start + usize::from(row.width))
        .unwrap_or_default()
}

/// A picture that was made for `area` touches two of its sides; any other is scaled to do so.
fn shown_size(picture: PixelSize, area: PixelSize) -> PixelSize {
    if picture.is_empty() || area.is_empty() {
        return PixelSize::default();
    }
    let fits = picture.width <= area.width && picture.height <= area.height;
    // One pixel of rounding is not worth uneven pixels.
    let touches = picture.width + 1 >= area.width || picture.height + 1 >= area.height;
    if fits && touches {
        return picture;
    }
    let (width, height) = (u64::from(picture.width), u64::from(picture.height));
    let (room_width, room_height) = (u64::from(area.width), u64::from(area.height));
    let scaled = if room_width * height <= room_height * width {
        (room_width, (height * room_width / width).max(1))
    } else {
        ((width * room_height / height).max(1), room_height)
    };
    // Both are at most the area's sides, which are u32.
    PixelSize::new(
        u32::try_from(scaled.0).unwrap_or(area.width),
        u32::try_from(scaled.1).unwrap_or(area.height),
    )
}

fn placed(area: Rect, size: PixelSize, place: Place) -> PixelRect {
    // Not wider than the area, which is u16.
    let width = u16::try_from(size.width)
        .unwrap_or(area.width)
        .min(area.width);
    let (spare_x, spare_y) = (area.width - width, u32::from(area.height) * 2 - size.height);
    let (x, y) = match place {
        Place::Center => (spare_x / 2, spare_y / 2),
        Place::Corner => (spare_x, spare_y),
    };
    PixelRect {
        x: area.x + x,
        y: u32::from(area.y) * 2 + y,
        width,
        height: size.height,
    }
}

/// A line one pixel wide round `target`, drawn by halves of cells, without its corners.
fn frame(buffer: &mut Buffer, target: PixelRect, theme: &Theme) {
    let Some(color) = theme.frame else {
        frame_with_characters(buffer, target);
        return;
    };
    for y in [target.y.checked_sub(1), Some(target.y + target.height)]
        .into_iter()
        .flatten()
    {
        for cell in cells(buffer, target, y / 2) {
            if y % 2 == 0 {
                set_upper(cell, color);
            } else {
                set_lower(cell, color);
            }
        }
    }
    for y in target.y..target.y + target.height {
        let right = target.x.checked_add(target.width);
        for x in [target.x.checked_sub(1), right].into_iter().flatten() {
            let side = PixelRect {
                x,
                width: 1,
                ..target
            };
            for cell in cells(buffer, side, y / 2) {
                if y % 2 == 0 {
                    set_upper(cell, color);
                } else {
                    set_lower(cell, color);
                }
            }
        }
    }
}

fn frame_with_characters(buffer: &mut Buffer, target: PixelRect) {
    let top = u16::try_from(target.y / 2).unwrap_or(u16::MAX);
    let bottom = u16::try_from((target.y + target.height).div_ceil(2)).unwrap_or(u16::MAX);
    let height = bottom.saturating_sub(top);
    outline(buffer, Rect::new(target.x, top, target.width, height));
}

/// A line of characters round some cells.
fn outline(buffer: &mut Buffer, inner: Rect) {
    let outer = Rect::new(
        inner.x.saturating_sub(1),
        inner.y.saturating_sub(1),
        inner.width.saturating_add(2),
        inner.height.saturating_add(2),
    );
    super::sheet::clear(buffer, outer, ratatui::style::Style::new());
    super::sheet::outline(buffer, outer, ratatui::style::Style::new());
}

/// `ground`: whether ink is light or dark.
fn paint_ramp(
    buffer: &mut Buffer,
    target: PixelRect,
    picture: &Picture,
    columns: &[usize],
    ground: Ground,
) {
    let mut lights = Vec::with_capacity(columns.len() * (target.height as usize / 2 + 1));
    for row in cell_rows(target) {
        let upper = source_row(picture, target, row * 2);
        let lower = source_row(picture, target, row * 2 + 1);
        lights.extend(columns.iter().map(|&column| {
            let lights = [light_at(upper, column), light_at(lower, column)];
            let (sum, count) = lights
                .iter()
                .flatten()
                .fold((0, 0), |(sum, count), &light| {
                    (sum + u32::from(light), count + 1)
                });
            u8::try_from(sum / u32::max(count, 1)).unwrap_or(u8::MAX)
        }));
    }
    let (parts, steps) = (contrast(&lights), RAMP.len() - 1);
    let mut rows = lights.chunks(columns.len().max(1));
    for row in cell_rows(target) {
        let lights = rows.next().unwrap_or_default();
        for (cell, &light) in cells(buffer, target, row).iter_mut().zip(lights) {
            let part = parts.get(usize::from(light)).copied().unwrap_or_default();
            let step = (part * steps + 500) / 1_000;
            let step = match ground {
                Ground::Dark => step,
                Ground::Light => steps - step,
            };
            cell.set_symbol(RAMP.get(step).copied().unwrap_or(" "));
            (cell.fg, cell.bg, cell.modifier) = (Color::Reset, Color::Reset, Modifier::empty());
        }
    }
}

/// How light each light (0–255) is shown, in thousandths.
///
/// Half of that is the light itself, spread so that the middle nine tenths of what the picture has
/// take all steps, or a dim room would be blank and a bright one solid. The other half is how many
/// cells are darker (histogram equalisation), which parts a face from a wall of nearly its light.
fn contrast(lights: &[u8]) -> [usize; 256] {
    let mut counts = [0_usize; 256];
    for &light in lights {
        if let Some(count) = counts.get_mut(usize::from(light)) {
            *count += 1;
        }
    }
    let total = lights.len().max(1);
    let mut darker = [0_usize; 256];
    let mut seen = 0;
    for (darker, count) in darker.iter_mut().zip(counts) {
        // Of those with the same light, half count as darker.
        *darker = seen + count / 2;
        seen += count;
    }
    let rank = |wanted: usize| {
        let reached = darker
            .iter()
            .zip(counts)
            .position(|(seen, count)| seen + count > wanted);
        reached.unwrap_or(255)
    };
    let (dark, light) = (rank(total / 20), rank(total - total / 20));
    // A picture of almost one light keeps it, or its noise would fill the screen.
    let flat = light.saturating_sub(dark) < 48;
    let (dark, light) = if flat { (0, 255) } else { (dark, light) };
    let span = light.saturating_sub(dark).max(1);
    std::array::from_fn(|value| {
        let linear = value.saturating_sub(dark).min(span) * 1_000 / span;
        let equal = darker.get(value).map_or(0, |darker| darker * 1_000 / total);
        if flat {
            linear
        } else {
            usize::midpoint(linear, equal)
        }
    })
}

/// For each column of the screen, where its pixel starts in a row of the picture, in bytes.
fn source_columns(picture: PixelSize, width: u16, facing: Facing) -> Vec<usize> {
    let columns = (0..u64::from(width)).map(|x| {
        let x = match facing {
            Facing::AsSeen => x,
            Facing::Mirrored => u64::from(width) - 1 - x,
        };
        let column = (x * 2 + 1) * u64::from(picture.width) / (u64::from(width) * 2);
        usize::try_from(column * 3).unwrap_or(usize::MAX)
    });
    columns.collect()
}

/// The row of the picture that is shown in pixel row `y` of the screen.
fn source_row(picture: &Picture, target: PixelRect, y: u32) -> Option<&[u8]> {
    let y = y.checked_sub(target.y).filter(|y| *y < target.height)?;
    let size = picture.size();
    let row = (u64::from(y) * 2 + 1) * u64::from(size.height) / (u64::from(target.height) * 2);
    let len = size.width as usize * 3;
    let start = usize::try_from(row).ok()? * len;
    picture.rgb().get(start..start + len)
}

fn color_at(row: Option<&[u8]>, start: usize) -> Option<Color> {
    let &[r, g, b] = row?.get(start..)?.first_chunk()?;
    Some(Color::Rgb(r, g, b))
}

/// Luma of a pixel in 0–255. Source: ITU-R BT.601-7, 2.5.1.
fn light_at(row: Option<&[u8]>, start: usize) -> Option<u8> {
    let &[r, g, b] = row?.get(start..)?.first_chunk()?;
    let luma = (299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b) + 500) / 1000;
    u8::try_from(luma).ok()
}

/// The rows of cells that `target` touches.
fn cell_rows(target: PixelRect) -> std::ops::Range<u32> {
    target.y / 2..(target.y + target.height).div_ceil(2)
}

/// The cells of `target`'s columns in a row of the buffer; none outside of it.
fn cells(buffer: &mut Buffer, target: PixelRect, row: u32) -> &mut [Cell] {
    let y = u16::try_from(row).unwrap_or(u16::MAX);
    let row = Rect::new(target.x, y, target.width, 1).intersection(buffer.area);
    if row.is_empty() {
        return &mut [];
    }
    cells_of(buffer, row)
}

fn set_both(cell: &mut Cell, upper: Color, lower: Color) {
    cell.set_symbol(HALF);
    (cell.fg, cell.bg, cell.modifier) = (upper, lower, VIDEO);
}

fn set_upper(cell: &mut Cell, upper: Color) {
    let lower = cell.bg;
    set_both(cell, upper, lower);
}

fn set_lower(cell: &mut Cell, lower: Color) {
    let upper = if cell.symbol() == HALF {
        cell.fg
    } else {
        cell.bg
    };
    set_both(cell, upper, lower);
}
