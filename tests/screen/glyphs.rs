//! Pictures in finer glyphs: which characters they are, how near they come, and that nothing is
//! left of other sets.

use crate::terminal::{Terminal, cells};
use ratatui::{buffer::Buffer, style::Color};
use std::collections::HashSet;
use ttychat::screen::{
    CellSize,
    backend::ScreenBackend,
    canvas::Canvas,
    color::{ColorDepth, rgb_of},
    glyph::GlyphSet,
    quality::Budget,
};

type Rgb = [u8; 3];

const FINE: [GlyphSet; 5] = [
    GlyphSet::Quadrant,
    GlyphSet::Sextant,
    GlyphSet::Octant,
    GlyphSet::Braille,
    GlyphSet::Ascii,
];

const WIDE: Budget = Budget {
    wanted: 60_000,
    max: 80_000,
    is_slow: false,
    is_hasty: false,
};

/// A screen of ours and a terminal that shows what it writes.
struct Screen {
    ours: ratatui::Terminal<ScreenBackend>,
    terminal: Terminal,
    size: CellSize,
}

impl Screen {
    fn new(columns: u16, rows: u16, depth: ColorDepth) -> Self {
        let size = cells(columns, rows);
        Self {
            ours: ratatui::Terminal::new(ScreenBackend::new(size, depth)).unwrap(),
            terminal: Terminal::new(size),
            size,
        }
    }

    /// Draws a frame of which each pixel is given by its place, in pixels of the set, then `over`
    /// over it; gives its length.
    fn draw(
        &mut self,
        glyphs: GlyphSet,
        budget: Budget,
        pixel: impl Fn(u32, u32) -> Rgb,
        over: impl FnOnce(&mut Buffer),
    ) -> usize {
        let mut canvas = self.ours.backend_mut().take_canvas();
        let paint = |frame: &mut ratatui::Frame<'_>| {
            let buffer = frame.buffer_mut();
            paint(buffer, &mut canvas, glyphs, self.size, pixel);
            over(buffer);
        };
        self.ours.draw(paint).unwrap();
        self.ours.backend_mut().put_canvas(canvas);
        let mut bytes = Vec::new();
        self.ours.backend_mut().take_frame(budget, None, &mut bytes);
        self.terminal.write(&bytes);
        assert_eq!(self.terminal.heard().unknown, Vec::<String>::new());
        bytes.len()
    }

    /// What the terminal shows of each pixel of a set whose glyphs are solid.
    fn seen(&self, glyphs: GlyphSet, x: u32, y: u32) -> Rgb {
        let (across, down) = (u32::from(glyphs.columns()), u32::from(glyphs.rows()));
        let narrow = |place: u32| u16::try_from(place).unwrap();
        let (column, row) = (narrow(x / across), narrow(y / down));
        let cell = self.terminal.cell(column, row);
        let character = cell.contents().chars().next().unwrap_or(' ');
        let pattern = (0..=u8::MAX)
            .find(|pattern| glyphs.character(*pattern) == character)
            .unwrap_or_else(|| panic!("{character:?} is none of the {glyphs}"));
        let is_fore = pattern >> (y % down * across + x % across) & 1 == 1;
        rgb(if is_fore {
            cell.fgcolor()
        } else {
            cell.bgcolor()
        })
    }

    /// The mean squared error of all pixels.
    fn error(&self, glyphs: GlyphSet, pixel: impl Fn(u32, u32) -> Rgb) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for y in 0..u32::from(self.size.rows * glyphs.rows()) {
            for x in 0..u32::from(self.size.columns * glyphs.columns()) {
                let pairs = pixel(x, y).into_iter().zip(self.seen(glyphs, x, y));
                sum += pairs
                    .map(|(a, b)| f64::from(a.abs_diff(b)).powi(2))
                    .sum::<f64>();
                count += 3.0;
            }
        }
        sum / count
    }
}

fn paint(
    buffer: &mut Buffer,
    canvas: &mut Canvas,
    glyphs: GlyphSet,
    size: CellSize,
    pixel: impl Fn(u32, u32) -> Rgb,
) {
    canvas.reset(glyphs, size);
    let (across, down) = (u32::from(glyphs.columns()), u32::from(glyphs.rows()));
    for row in 0..size.rows {
        for column in 0..size.columns {
            canvas.paint(column, row, &mut buffer[(column, row)], |pixels| {
                for (index, place) in (0..).zip(pixels) {
                    let (x, y) = (index % across, index / across);
                    *place = pixel(u32::from(column) * across + x, u32::from(row) * down + y);
                }
            });
        }
    }
}

fn rgb(color: vt100::Color) -> Rgb {
    match color {
        vt100::Color::Rgb(red, green, blue) => [red, green, blue],
        vt100::Color::Idx(index) => rgb_of(Color::Indexed(index)).unwrap(),
        vt100::Color::Default => panic!("a picture in the terminal's own colours"),
    }
}

/// Slanted stripes of soft colours that move.
fn stripes(glyphs: GlyphSet, shift: u32) -> impl Fn(u32, u32) -> Rgb + Copy {
    let (across, down) = (u32::from(glyphs.columns()), u32::from(glyphs.rows()));
    move |x, y| {
        // In a raster of 12 rows and 6 columns a cell, so that all sets show the same.
        let (x, y) = (x * 6 / across + shift, y * 12 / down);
        let band = (x + y / 2) / 17;
        let level = |seed: u32| (band.wrapping_mul(seed) >> 3 & 127) as u8 + (x / 8 % 64) as u8;
        [level(0x9e37), level(0x79b9), level(0x7f4a)]
    }
}

#[test]
fn each_pattern_has_a_character_of_its_own() {
    for glyphs in GlyphSet::ALL {
        if glyphs == GlyphSet::Ascii {
            continue;
        }
        let count = 1_usize << glyphs.pixel_count();
        let patterns = (0..count).map(|pattern| glyphs.character(u8::try_from(pattern).unwrap()));
        assert_eq!(patterns.collect::<HashSet<_>>().len(), count, "{glyphs}");
    }
    assert!(
        (0..=u8::MAX).all(|shape| GlyphSet::Ascii.character(shape).is_ascii_graphic()
            || GlyphSet::Ascii.character(shape) == ' ')
    );
}

/// Source: Unicode 16, names of the characters.
#[test]
fn patterns_have_the_characters_of_their_names() {
    for (glyphs, pattern, character) in [
        (GlyphSet::Half, 0b01, '▀'),
        (GlyphSet::Half, 0b10, '▄'),
        (GlyphSet::Quadrant, 0b0110, '▞'),
        (GlyphSet::Quadrant, 0b1101, '▙'),
        // BLOCK SEXTANT-1, -12, -12345, -23456.
        (GlyphSet::Sextant, 0b00_0001, '\u{1fb00}'),
        (GlyphSet::Sextant, 0b00_0011, '\u{1fb02}'),
        (GlyphSet::Sextant, 0b01_1111, '\u{1fb1d}'),
        (GlyphSet::Sextant, 0b11_1110, '\u{1fb3b}'),
        (GlyphSet::Sextant, 0b01_0101, '▌'),
        // BLOCK OCTANT-3, -25, -2345678.
        (GlyphSet::Octant, 0b0000_0100, '\u{1cd00}'),
        (GlyphSet::Octant, 0b0001_0010, '\u{1cd0b}'),
        (GlyphSet::Octant, 0b1111_1110, '\u{1cde5}'),
        (GlyphSet::Octant, 0b0000_1111, '▀'),
        // BRAILLE PATTERN DOTS-1, -4, -7, -8.
        (GlyphSet::Braille, 0b0000_0001, '⠁'),
        (GlyphSet::Braille, 0b0000_0010, '⠈'),
        (GlyphSet::Braille, 0b0100_0000, '⡀'),
        (GlyphSet::Braille, 0b1000_0000, '⢀'),
    ] {
        assert_eq!(glyphs.character(pattern), character, "{glyphs} {pattern:b}");
    }
}

#[test]
fn two_colours_a_cell_become_exact() {
    for glyphs in [
        GlyphSet::Half,
        GlyphSet::Quadrant,
        GlyphSet::Sextant,
        GlyphSet::Octant,
    ] {
        for is_slow in [false, true] {
            let (across, down) = (u32::from(glyphs.columns()), u32::from(glyphs.rows()));
            let pixel = |x: u32, y: u32| {
                let cell = x / across * 7 + y / down * 131 + 5;
                let bit = y % down * across + x % across;
                // Patterns of which all sets have the glyphs: nothing, left, and a corner missing.
                let pattern = [0xff_u32, 0x55, 0xfe][(cell % 3) as usize];
                let side = pattern >> bit & 1;
                let level = |seed: u32| (cell.wrapping_mul(seed + side * 977) >> 2 & 255) as u8;
                [level(97), level(193), level(389)]
            };
            let mut screen = Screen::new(40, 12, ColorDepth::Truecolor);
            let budget = Budget { is_slow, ..WIDE };
            for _ in 0..200 {
                screen.draw(glyphs, budget, pixel, |_| {});
            }
            assert!(screen.error(glyphs, pixel) < f64::EPSILON, "{glyphs}");
            assert_eq!(screen.draw(glyphs, budget, pixel, |_| {}), 0, "{glyphs}");
        }
    }
}

#[test]
fn finer_glyphs_show_more_of_a_picture() {
    // What is wrong at last, pixel by pixel of octants.
    let error = |glyphs: GlyphSet| {
        let mut screen = Screen::new(60, 20, ColorDepth::Truecolor);
        let (across, down) = (u32::from(glyphs.columns()), u32::from(glyphs.rows()));
        for _ in 0..160 {
            screen.draw(glyphs, WIDE, stripes(glyphs, 4), |_| {});
        }
        let fine = stripes(GlyphSet::Octant, 4);
        let places = (0..80_u32).flat_map(|y| (0..120_u32).map(move |x| (x, y)));
        let errors = places.map(|(x, y)| {
            let seen = screen.seen(glyphs, x * across / 2, y * down / 4);
            let pairs = fine(x, y).into_iter().zip(seen);
            pairs
                .map(|(a, b)| f64::from(a.abs_diff(b)).powi(2))
                .sum::<f64>()
        });
        errors.sum::<f64>()
    };
    let (half, quadrant) = (error(GlyphSet::Half), error(GlyphSet::Quadrant));
    let (sextant, octant) = (error(GlyphSet::Sextant), error(GlyphSet::Octant));
    assert!(quadrant < half * 0.8, "{quadrant} of {half}");
    assert!(sextant < half * 0.8, "{sextant} of {half}");
    assert!(octant < quadrant * 0.6, "{octant} of {quadrant}");
}

#[test]
fn a_resting_picture_costs_nothing_in_the_end() {
    for glyphs in FINE {
        for depth in [ColorDepth::Truecolor, ColorDepth::Indexed256] {
            let mut screen = Screen::new(40, 12, depth);
            let pixel = stripes(glyphs, 3);
            let mut last = usize::MAX;
            for _ in 0..260 {
                last = screen.draw(glyphs, WIDE, pixel, |_| {});
            }
            assert_eq!(last, 0, "{glyphs} {depth:?}");
        }
    }
}

#[test]
fn no_frame_is_much_longer_than_its_budget() {
    for glyphs in FINE {
        let mut screen = Screen::new(80, 24, ColorDepth::Truecolor);
        for (cut, max) in (0..).zip([15_000, 4_000, 1_500, 15_000]) {
            let budget = Budget {
                wanted: max / 8 * 7,
                max,
                ..WIDE
            };
            let pixel = stripes(glyphs, cut * 997);
            let len = screen.draw(glyphs, budget, pixel, |_| {});
            assert!(len <= max + max / 4, "{glyphs}: {len} of {max}");
        }
    }
}

#[test]
fn nothing_is_left_of_other_glyphs() {
    let mut screen = Screen::new(30, 8, ColorDepth::Truecolor);
    let word = |buffer: &mut Buffer| {
        for (x, letter) in (5..).zip(["w", "o", "r", "d"]) {
            let cell = &mut buffer[(x, 3)];
            cell.reset();
            cell.set_symbol(letter).set_bg(Color::Rgb(9, 9, 9));
        }
    };
    for glyphs in GlyphSet::ALL
        .into_iter()
        .chain(GlyphSet::ALL.into_iter().rev())
    {
        // One frame: all places of the old set are drawn anew at once.
        screen.draw(glyphs, WIDE, stripes(glyphs, 5), word);
        let characters: HashSet<char> = (0..=u8::MAX)
            .map(|pattern| glyphs.character(pattern))
            .chain(GlyphSet::Half.character(0b10).to_string().chars())
            .chain("▀█ ".chars())
            .collect();
        for (column, row) in (0..8).flat_map(|row| (0..30).map(move |column| (column, row))) {
            let seen = screen.terminal.cell(column, row).contents().chars().next();
            let seen = seen.unwrap_or(' ');
            if row == 3 && (5..9).contains(&column) {
                assert_eq!(Some(seen), "word".chars().nth(usize::from(column) - 5));
            } else {
                assert!(characters.contains(&seen), "{seen:?} among {glyphs}");
            }
        }
    }
}

#[test]
fn a_text_covers_pixels_and_gives_them_back() {
    for glyphs in FINE {
        let mut screen = Screen::new(30, 8, ColorDepth::Truecolor);
        let pixel = stripes(glyphs, 5);
        let veil = |buffer: &mut Buffer| {
            let cell = &mut buffer[(4, 2)];
            cell.reset();
            cell.set_bg(Color::Rgb(1, 2, 3));
            cell.modifier = ttychat::screen::VIDEO;
        };
        for _ in 0..200 {
            screen.draw(glyphs, WIDE, pixel, veil);
        }
        let cell = screen.terminal.cell(4, 2);
        assert_eq!(
            (cell.contents(), rgb(cell.bgcolor())),
            (" ", [1, 2, 3]),
            "{glyphs}"
        );
        for _ in 0..200 {
            screen.draw(glyphs, WIDE, pixel, |_| {});
        }
        assert_ne!(
            rgb(screen.terminal.cell(4, 2).bgcolor()),
            [1, 2, 3],
            "{glyphs}"
        );
    }
}

#[test]
fn few_colours_are_told_in_each_set() {
    for glyphs in GlyphSet::ALL {
        for depth in [ColorDepth::Ansi16, ColorDepth::Indexed256] {
            let mut screen = Screen::new(40, 12, depth);
            for shift in 0..6 {
                screen.draw(glyphs, WIDE, stripes(glyphs, shift), |_| {});
            }
            for (column, row) in (0..12).flat_map(|row| (0..40).map(move |column| (column, row))) {
                let cell = screen.terminal.cell(column, row);
                for color in [cell.fgcolor(), cell.bgcolor()] {
                    assert!(
                        !matches!(color, vt100::Color::Rgb(..)),
                        "{glyphs} {depth:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_window_that_shrinks_and_grows_is_painted_whole() {
    for glyphs in FINE {
        let mut screen = Screen::new(30, 8, ColorDepth::Truecolor);
        for (columns, rows) in [(30, 8), (1, 1), (7, 2), (30, 8)] {
            let size = cells(columns, rows);
            screen.terminal.resize(size);
            screen.ours.backend_mut().resize(size);
            let area = ratatui::layout::Rect::new(0, 0, columns, rows);
            screen.ours.resize(area).unwrap();
            screen.size = size;
            screen.draw(glyphs, WIDE, stripes(glyphs, 9), |_| {});
            for (column, row) in (0..rows).flat_map(|row| (0..columns).map(move |x| (x, row))) {
                let cell = screen.terminal.cell(column, row);
                let is_painted = match cell.contents() {
                    "█" => cell.fgcolor() != vt100::Color::Default,
                    _ => cell.bgcolor() != vt100::Color::Default,
                };
                assert!(is_painted, "{glyphs} {column} {row}");
            }
        }
    }
}
