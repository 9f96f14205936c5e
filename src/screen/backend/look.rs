//! ratatui's cells to looks.
//!
//! Invariant: no control character of a cell becomes part of a look.

use super::{
    super::{
        VIDEO,
        color::Layer,
        grid::{Attributes, Glyph, Look},
    },
    ScreenBackend,
};
use ratatui::{
    buffer::{Cell, CellWidth},
    style::{Color, Modifier},
};

impl ScreenBackend {
    /// How `cell` looks on this terminal, in this place.
    pub(super) fn look(&mut self, cell: &Cell, column: u16, row: u16) -> Look {
        let back = self.colors.ink(cell.bg, Layer::Back);
        let symbol = cell.symbol();
        let mut attributes = Attributes::from_modifier(cell.modifier);
        if matches!(symbol, " " | "") {
            attributes.0 &= !Attributes::INVISIBLE_ON_BLANK;
        }
        let is_video = cell.modifier.contains(VIDEO);
        if attributes.0 == 0 {
            let halves = match symbol {
                " " | "" => Some((Layer::Back, Layer::Back)),
                "▀" => Some((Layer::Fore, Layer::Back)),
                "▄" => Some((Layer::Back, Layer::Fore)),
                "█" => Some((Layer::Fore, Layer::Fore)),
                _ => None,
            };
            if let (Some((top, bottom)), Color::Rgb(..), Color::Rgb(..), true) =
                (halves, cell.fg, cell.bg, is_video)
            {
                let mut rgb = |layer, y| {
                    let rgb = match layer {
                        Layer::Back => rgb_of(cell.bg),
                        Layer::Fore => rgb_of(cell.fg),
                    };
                    self.colors.mixed(rgb, column, y)
                };
                let y = u32::from(row) * 2;
                return Look::Video {
                    top: rgb(top, y),
                    bottom: rgb(bottom, y + 1),
                    has_pixels: symbol == "▀",
                };
            }
            if let Some((top, bottom)) = halves {
                let mut ink = |layer| match layer {
                    Layer::Back => back,
                    Layer::Fore => self.colors.ink(cell.fg, Layer::Fore),
                };
                return Look::Halves {
                    top: ink(top),
                    bottom: ink(bottom),
                };
            }
        }
        let mut fore = self.colors.ink(cell.fg, Layer::Fore);
        if fore == back && cell.fg != cell.bg && !cell.modifier.contains(Modifier::HIDDEN) {
            fore = self.colors.legible(cell.bg);
        }
        let (glyph, width) = self.glyph(cell);
        if width == 0 {
            return Look::Halves {
                top: back,
                bottom: back,
            };
        }
        Look::Text {
            glyph,
            fore,
            back,
            attributes,
            width,
            is_over_video: is_video,
        }
    }

    /// What is written for `cell`, and how wide it is. No control character passes.
    fn glyph(&mut self, cell: &Cell) -> (Glyph, u8) {
        let symbol = cell.symbol();
        let mut characters = symbol.chars();
        let (first, second) = (characters.next().unwrap_or(' '), characters.next());
        if symbol.chars().any(char::is_control) {
            return (Glyph::REPLACEMENT, 1);
        }
        if second.is_none() && first.is_ascii() {
            return (Glyph::of(first), 1);
        }
        let width = u8::try_from(cell.cell_width()).unwrap_or(u8::MAX);
        if second.is_none() {
            return (Glyph::of(first), width);
        }
        let glyph = self.clusters.glyph(symbol).or_else(|| {
            self.clusters.compact(&mut self.target, &mut self.shown);
            self.clusters.glyph(symbol)
        });
        (glyph.unwrap_or(Glyph::REPLACEMENT), width)
    }
}

const fn rgb_of(color: Color) -> [u8; 3] {
    match color {
        Color::Rgb(red, green, blue) => [red, green, blue],
        _ => [0; 3],
    }
}
