//! Our encoder, as the program runs it: cells painted by a ratatui widget, bytes from the backend.

use crate::{decode::Decoder, image::Image, scene::Scene};
use ratatui::{Terminal, TerminalOptions, Viewport, layout::Rect};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;
use ttychat::screen::{
    CellSize, backend::ScreenBackend, color::ColorDepth, glyph::GlyphSet, quality::Budget,
};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) depth: ColorDepth,
    pub(crate) glyphs: GlyphSet,
    pub(crate) lambda: u32,
    pub(crate) is_slow: bool,
}

impl Settings {
    pub(crate) const fn of_lambda(lambda: u32) -> Self {
        Self {
            depth: ColorDepth::Truecolor,
            glyphs: GlyphSet::Half,
            lambda,
            is_slow: false,
        }
    }
}

/// The pictures of `--png`, with their names.
pub(crate) fn pictures() -> Vec<(String, Settings)> {
    let mut pictures: Vec<_> = [4, 16, 64]
        .map(|lambda| (format!("lambda-{lambda}"), Settings::of_lambda(lambda)))
        .into();
    for (name, depth) in [("256", ColorDepth::Indexed256), ("16", ColorDepth::Ansi16)] {
        let settings = Settings {
            depth,
            ..Settings::of_lambda(16)
        };
        pictures.push((format!("colors-{name}"), settings));
    }
    for (name, glyphs) in SETS {
        let settings = Settings {
            glyphs,
            ..Settings::of_lambda(4)
        };
        pictures.push((format!("glyphs-{name}"), settings));
    }
    pictures
}

/// The sets of glyphs by the names that they have on the command line.
pub(crate) const SETS: [(&str, GlyphSet); 6] = [
    ("half", GlyphSet::Half),
    ("quadrant", GlyphSet::Quadrant),
    ("sextant", GlyphSet::Sextant),
    ("octant", GlyphSet::Octant),
    ("braille", GlyphSet::Braille),
    ("ascii", GlyphSet::Ascii),
];

pub(crate) struct Encoder {
    terminal: Terminal<ScreenBackend>,
    budget: Budget,
    glyphs: GlyphSet,
    bytes: Vec<u8>,
}

impl Encoder {
    pub(crate) fn new(cells: CellSize, settings: Settings) -> Self {
        let area = Rect::new(0, 0, cells.columns, cells.rows);
        let options = TerminalOptions {
            viewport: Viewport::Fixed(area),
        };
        let mut backend = ScreenBackend::new(cells, settings.depth);
        backend.fix_lambda(settings.lambda);
        let budget = Budget {
            is_slow: settings.is_slow,
            ..Budget::for_cells(usize::from(cells.columns) * usize::from(cells.rows))
        };
        Self {
            terminal: Terminal::with_options(backend, options).expect("our backend cannot fail"),
            budget,
            glyphs: settings.glyphs,
            bytes: Vec::new(),
        }
    }

    /// The bytes of a frame, and the time of this thread to make them from cells.
    pub(crate) fn encode(&mut self, frame: &Image) -> (&[u8], Duration) {
        let (cells, glyphs) = (self.terminal.backend().cells(), self.glyphs);
        let (across, down) = (usize::from(glyphs.columns()), usize::from(glyphs.rows()));
        let (columns, rows) = (usize::from(cells.columns), usize::from(cells.rows));
        let wanted = frame.averaged(columns * across, rows * down);
        let mut canvas = self.terminal.backend_mut().take_canvas();
        canvas.reset(glyphs, cells);
        let paint = |frame: &mut ratatui::Frame<'_>| {
            for (index, cell) in frame.buffer_mut().content.iter_mut().enumerate() {
                let (column, row) = (index % columns, index / columns);
                canvas.paint(column as u16, row as u16, cell, |pixels| {
                    for (index, pixel) in pixels.iter_mut().enumerate() {
                        let (x, y) = (index % across, index / across);
                        *pixel = wanted.pixel(column * across + x, row * down + y);
                    }
                });
            }
        };
        self.terminal.draw(paint).expect("our backend cannot fail");
        self.terminal.backend_mut().put_canvas(canvas);
        self.bytes.clear();
        let start = thread_time();
        let backend = self.terminal.backend_mut();
        backend.take_frame(self.budget, None, &mut self.bytes);
        (&self.bytes, thread_time().saturating_sub(start))
    }
}

pub(crate) fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// What is on the screen after the whole scene.
pub(crate) fn last_shown(scene: &Scene, settings: Settings) -> Image {
    let mut encoder = Encoder::new(scene.cells, settings);
    let mut decoder = Decoder::new(scene.cells);
    for frame in &scene.frames {
        decoder.take(encoder.encode(frame).0);
    }
    decoder.image()
}
