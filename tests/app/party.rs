//! One program with a made-up camera and terminal.

use ratatui::{Terminal, backend::TestBackend};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};
use ttychat::{
    app::{App, ConnectionId, Effect, Ending, Input, Now, Options, OwnPicture},
    media::{Picture, PixelSize},
    screen::canvas::Canvas,
};

/// One program with its terminal and its effects.
pub(crate) struct Party {
    pub(crate) app: App,
    pub(crate) title: String,
    pub(crate) ending: Option<Ending>,
    pub(crate) bell_count: usize,
    pub(crate) connect_count: usize,
    /// Connections that were to be closed.
    pub(crate) closed: Vec<ConnectionId>,
    pub(crate) shown: VecDeque<(u32, PixelSize)>,
    pub(crate) logs: Vec<String>,
    pub(crate) lines: Vec<String>,
    /// What is not answered here: snapshots, suspensions and the like.
    pub(crate) others: Vec<Effect>,
    /// Whether pictures are decoded as soon as they are asked for.
    pub(crate) decodes: bool,
    /// Whether a camera delivers.
    pub(crate) films: bool,
    pub(crate) frame_count: usize,
    terminal: Option<Terminal<TestBackend>>,
    canvas: Canvas,
    filmed_at: Option<Instant>,
    filmed: u8,
}

impl Party {
    pub(crate) fn new(options: Options, now: Now) -> Self {
        let size = options.screen.map(|screen| screen.window.cells);
        let terminal =
            size.map(|size| Terminal::new(TestBackend::new(size.columns, size.rows)).unwrap());
        Self {
            app: App::new(options, now),
            title: String::new(),
            ending: None,
            bell_count: 0,
            connect_count: 0,
            closed: Vec::new(),
            shown: VecDeque::new(),
            logs: Vec::new(),
            lines: Vec::new(),
            others: Vec::new(),
            decodes: true,
            films: true,
            frame_count: 0,
            terminal,
            canvas: Canvas::default(),
            filmed_at: None,
            filmed: 0,
        }
    }

    pub(crate) fn film(&mut self, now: Now) -> bool {
        let order = self.app.capture_order();
        let interval = Duration::from_millis(33);
        let due = self.filmed_at.is_none_or(|at| now.instant >= at + interval);
        if !order.enabled || !self.films || !due {
            return false;
        }
        self.filmed_at = Some(now.instant);
        self.filmed = self.filmed.wrapping_add(1);
        let size = PixelSize::new(order.size_max.width.max(1), order.size_max.height.max(1));
        let picture = OwnPicture {
            captured_at: now.instant,
            jpeg: order.compress.then(|| (size, jpeg(size, self.filmed))),
            plan: order.plan,
            unchanged: false,
            view: (!order.view_max.is_empty()).then(|| Picture::new(order.view_max)),
            number: 0,
            patch: None,
        };
        self.app.handle(now, Input::OwnPicture(picture));
        true
    }

    pub(crate) fn draw(&mut self, now: Now) -> bool {
        if self.app.wants_draw().is_none() {
            return false;
        }
        let terminal = self.terminal.as_mut().expect("a frame without a terminal");
        terminal
            .draw(|frame| self.app.draw(now, frame, &mut self.canvas))
            .unwrap();
        self.frame_count += 1;
        self.app.handle(now, Input::Drawn);
        self.app.handle(now, Input::FrameWritten { len: 1000 });
        true
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        let terminal = self.terminal.as_mut().unwrap();
        terminal.backend_mut().resize(columns, rows);
    }

    pub(crate) fn text(&self) -> String {
        let Some(terminal) = &self.terminal else {
            return String::new();
        };
        let buffer = terminal.backend().buffer();
        let width = usize::from(buffer.area.width).max(1);
        let cells: Vec<&str> = buffer
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        cells.chunks(width).map(|row| row.concat() + "\n").collect()
    }

    /// How many pictures were handed to connections.
    pub(crate) fn sent_count(&self, now: Now) -> u64 {
        self.app.report(now).pictures_sent
    }

    #[track_caller]
    pub(crate) fn assert_logged(&self, wanted: &str) {
        assert!(
            self.logs.iter().any(|line| line.contains(wanted)),
            "no {wanted:?} in {:#?}",
            self.logs
        );
    }
}

/// What has the parts of a JPEG, of 3,000 bytes; nothing here decodes it.
fn jpeg(size: PixelSize, filling: u8) -> Vec<u8> {
    let [height, width] =
        [size.height, size.width].map(|length| u16::try_from(length).unwrap().to_be_bytes());
    let mut jpeg = vec![0xff, 0xd8, 0xff, 0xc0, 0, 8, 8];
    jpeg.extend([height, width].concat());
    jpeg.extend([1, 0xff, 0xda, 0, 3, 1]);
    jpeg.resize(2998, filling & 0x7f);
    jpeg.extend([0xff, 0xd9]);
    jpeg
}
