//! Our encoder, as the program runs it: cells painted by a ratatui widget, bytes from the backend.

use crate::{decode::Decoder, image::Image, scene::Scene};
use ratatui::{Terminal, TerminalOptions, Viewport, layout::Rect, style::Color};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;
use ttychat::screen::{
    CellSize, VIDEO, backend::ScreenBackend, color::ColorDepth, quality::Budget,
};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) depth: ColorDepth,
    pub(crate) lambda: u32,
    pub(crate) is_slow: bool,
}

impl Settings {
    pub(crate) const fn of_lambda(lambda: u32) -> Self {
        Self {
            depth: ColorDepth::Truecolor,
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
    pictures
}

pub(crate) struct Encoder {
    terminal: Terminal<ScreenBackend>,
    budget: Budget,
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
            bytes: Vec::new(),
        }
    }

    /// The bytes of a frame, and the time of this thread to make them from cells.
    pub(crate) fn encode(&mut self, frame: &Image) -> (&[u8], Duration) {
        let columns = usize::from(self.terminal.backend().cells().columns);
        let rows = usize::from(self.terminal.backend().cells().rows);
        let halves = frame.averaged(columns, rows * 2);
        let paint = |frame: &mut ratatui::Frame<'_>| {
            for (index, cell) in frame.buffer_mut().content.iter_mut().enumerate() {
                let (x, y) = (index % columns, index / columns * 2);
                let color = |y| {
                    let [red, green, blue] = halves.pixel(x, y);
                    Color::Rgb(red, green, blue)
                };
                cell.set_symbol("▀").set_fg(color(y)).set_bg(color(y + 1));
                cell.modifier = VIDEO;
            }
        };
        self.terminal.draw(paint).expect("our backend cannot fail");
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
