//! Pictures: near enough in few bytes, and exact when they rest.

use crate::terminal::{Terminal, cells};
use ratatui::{buffer::Buffer, style::Color};
use ttychat::screen::{
    CellSize, VIDEO, backend::ScreenBackend, color::ColorDepth, quality::Budget,
};

const WIDE: Budget = Budget {
    wanted: 50_000,
    max: 60_000,
    is_slow: false,
    is_hasty: false,
};

/// A scene of soft colours, moved by `shift` pixels, with some noise of `grain` levels.
fn paint_scene(buffer: &mut Buffer, shift: u32, grain: u32) {
    let mut state = 7 + shift;
    let mut level = |wave: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (state >> 16) % (grain + 1);
        let (phase, top) = (wave % 400, 200);
        let light = if phase < top { phase } else { 400 - phase };
        u8::try_from(light + 10 + noise).unwrap_or(u8::MAX)
    };
    let width = buffer.area.width;
    for (index, cell) in (0_u32..).zip(&mut buffer.content) {
        let (x, y) = (
            index % u32::from(width) + shift,
            index / u32::from(width) * 2,
        );
        let mut color = |y| Color::Rgb(level(x * 5 + y), level(x + y * 3), level(x * 2 + y * 7));
        let (upper, lower) = (color(y), color(y + 1));
        cell.set_symbol("▀").set_fg(upper).set_bg(lower);
        cell.modifier = VIDEO;
    }
}

struct Screen {
    ours: ratatui::Terminal<ScreenBackend>,
    terminal: Terminal,
    size: CellSize,
}

impl Screen {
    fn new(columns: u16, rows: u16, depth: ColorDepth) -> Self {
        let size = cells(columns, rows);
        let backend = ScreenBackend::new(size, depth);
        Self {
            ours: ratatui::Terminal::new(backend).unwrap(),
            terminal: Terminal::new(size),
            size,
        }
    }

    /// Draws a frame; gives its length and the mean squared error of what the terminal shows.
    fn draw(&mut self, budget: Budget, paint: impl FnOnce(&mut Buffer)) -> (usize, f64) {
        let painted = self.ours.draw(|frame| paint(frame.buffer_mut())).unwrap();
        let wanted = painted.buffer.clone();
        let mut bytes = Vec::new();
        self.ours.backend_mut().take_frame(budget, None, &mut bytes);
        self.terminal.write(&bytes);
        assert_eq!(self.terminal.heard().unknown, Vec::<String>::new());
        (bytes.len(), self.error(&wanted))
    }

    fn error(&self, wanted: &Buffer) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for row in 0..self.size.rows {
            for column in 0..self.size.columns {
                let cell = &wanted[(column, row)];
                if cell.symbol() != "▀" {
                    continue;
                }
                let (top, bottom) = self.terminal.halves(column, row);
                sum += square_error(cell.fg, top) + square_error(cell.bg, bottom);
                count += 6.0;
            }
        }
        sum / count
    }
}

fn square_error(wanted: Color, seen: vt100::Color) -> f64 {
    match (wanted, seen) {
        (Color::Rgb(r, g, b), vt100::Color::Rgb(red, green, blue)) => {
            [(r, red), (g, green), (b, blue)]
                .map(|(a, b)| f64::from(a.abs_diff(b)).powi(2))
                .iter()
                .sum()
        }
        (_, other) => panic!("{other:?} is no colour of a picture"),
    }
}

#[test]
fn a_moving_picture_is_near_in_a_fifth_of_the_bytes() {
    let mut screen = Screen::new(120, 34, ColorDepth::Truecolor);
    let budget = Budget {
        wanted: 28_000,
        ..WIDE
    };
    let mut lens = Vec::new();
    for shift in 0..40 {
        let (len, error) = screen.draw(budget, |buffer| paint_scene(buffer, shift, 6));
        if shift >= 20 {
            // 36 dB.
            assert!(error < 16.0, "frame {shift}: {error:.1}");
            lens.push(len);
        }
    }
    let mean = lens.iter().sum::<usize>() / lens.len();
    // Exact, this takes some 36 bytes a cell.
    assert!((24_000..=32_000).contains(&mean), "{mean} bytes a frame");
}

#[test]
fn a_resting_picture_becomes_exact_and_then_costs_nothing() {
    for seed in 0..3 {
        let mut screen = Screen::new(60, 17, ColorDepth::Truecolor);
        let budget = Budget {
            wanted: 900,
            max: 1_500,
            is_slow: seed == 1,
            is_hasty: false,
        };
        for shift in 0..20 {
            screen.draw(budget, |buffer| paint_scene(buffer, seed * 31 + shift, 30));
        }
        let mut errors = Vec::new();
        let mut last = (usize::MAX, f64::MAX);
        for _ in 0..400 {
            last = screen.draw(budget, |buffer| paint_scene(buffer, seed, 30));
            errors.push(last.1);
        }
        assert_eq!(last, (0, 0.0), "after {errors:.0?}");
    }
}

#[test]
fn no_frame_is_much_longer_than_its_budget() {
    let mut screen = Screen::new(160, 45, ColorDepth::Truecolor);
    for (frame, (wanted, max)) in (0..).zip([
        (50_000, 57_600),
        (50_000, 57_600),
        (20_000, 30_000),
        (4_000, 8_000),
        (4_000, 8_000),
        (50_000, 57_600),
    ]) {
        let budget = Budget {
            wanted,
            max,
            is_slow: false,
            is_hasty: false,
        };
        // A cut each time.
        let (len, _) = screen.draw(budget, |buffer| paint_scene(buffer, frame * 997, 60));
        assert!(len <= max + max / 4, "frame {frame}: {len} of {max}");
    }
}

#[test]
fn the_first_frame_is_coarse_and_the_next_ones_refine_it() {
    let mut screen = Screen::new(160, 45, ColorDepth::Truecolor);
    let budget = Budget::for_cells(160 * 45);
    let (first_len, first) = screen.draw(budget, |buffer| paint_scene(buffer, 0, 20));
    assert!(first_len <= 57_600, "{first_len}");
    let mut last = first;
    for _ in 0..12 {
        last = screen.draw(budget, |buffer| paint_scene(buffer, 0, 20)).1;
    }
    // 43 dB; what is left until the picture has rested for a while, nobody sees.
    assert!(first > 10.0 && last < 3.2, "{first} then {last}");
}

#[test]
fn what_is_not_picture_is_exact_at_any_coarseness() {
    let mut screen = Screen::new(40, 10, ColorDepth::Truecolor);
    let budget = Budget {
        wanted: 100,
        max: 200,
        is_slow: false,
        is_hasty: false,
    };
    for shift in 0..30 {
        screen.draw(budget, |buffer| {
            paint_scene(buffer, shift * 50, 40);
            for x in 10..20 {
                let cell = &mut buffer[(x, 4)];
                cell.reset();
                let shade = u8::try_from(u32::from(x) + shift).unwrap();
                cell.set_symbol("x").set_bg(Color::Rgb(shade, shade, 0));
            }
        });
        for x in 10..20 {
            let shade = u8::try_from(u32::from(x) + shift).unwrap();
            let cell = screen.terminal.cell(x, 4);
            assert_eq!(cell.contents(), "x");
            assert_eq!(cell.bgcolor(), vt100::Color::Rgb(shade, shade, 0));
        }
    }
}

#[test]
fn text_over_a_picture_is_there_and_its_ground_follows() {
    let mut screen = Screen::new(40, 10, ColorDepth::Truecolor);
    let paint = |buffer: &mut Buffer, ground: u8, word: &str| {
        paint_scene(buffer, 0, 0);
        for (x, letter) in (3..).zip(word.split_inclusive(|_: char| true)) {
            let cell = &mut buffer[(x, 2)];
            cell.reset();
            cell.set_symbol(letter)
                .set_bg(Color::Rgb(ground, ground, ground));
            cell.modifier = VIDEO;
        }
    };
    let coarse = Budget {
        wanted: 10,
        max: 10_000,
        is_slow: false,
        is_hasty: false,
    };
    let ground = |screen: &Screen| screen.terminal.cell(3, 2).bgcolor();
    for _ in 0..20 {
        screen.draw(coarse, |buffer| paint(buffer, 30, "hello"));
    }
    let before = ground(&screen);
    screen.draw(coarse, |buffer| paint(buffer, 31, "hello"));
    assert_eq!(ground(&screen), before, "a level of difference is let be");
    screen.draw(coarse, |buffer| paint(buffer, 31, "world"));
    assert_eq!(screen.terminal.cell(4, 2).contents(), "o");
    assert_eq!(screen.terminal.cell(3, 2).contents(), "w");
    screen.draw(coarse, |buffer| paint(buffer, 200, "world"));
    assert_eq!(ground(&screen), vt100::Color::Rgb(200, 200, 200));
}

#[test]
fn few_colours_are_approached_too() {
    for depth in [ColorDepth::Ansi16, ColorDepth::Indexed256] {
        let mut ours = ratatui::Terminal::new(ScreenBackend::new(cells(80, 24), depth)).unwrap();
        let mut terminal = Terminal::new(cells(80, 24));
        let mut lens = Vec::new();
        for shift in 0..12 {
            ours.draw(|frame| paint_scene(frame.buffer_mut(), shift, 4))
                .unwrap();
            let mut bytes = Vec::new();
            let budget = Budget::for_cells(80 * 24);
            ours.backend_mut().take_frame(budget, None, &mut bytes);
            assert!(!String::from_utf8(bytes.clone()).unwrap().contains(";2;"));
            terminal.write(&bytes);
            assert_is_painted(&terminal);
            lens.push(bytes.len());
        }
        assert!(lens.iter().all(|len| *len < 80 * 24 * 9), "{lens:?}");
    }
}

/// A regression: the end of a bright foreground, which 16 colours need, took the background with
/// it that the plan went on with, and black places stayed in a white wall.
#[track_caller]
fn assert_is_painted(terminal: &Terminal) {
    for row in 0..24 {
        for column in 0..80 {
            let (top, bottom) = terminal.halves(column, row);
            let own = vt100::Color::Default;
            assert!(top != own && bottom != own, "nothing at {column},{row}");
        }
    }
}
