//! The person's terminal at work: console, tokenizer, ratatui and the frame on its way.
//!
//! Invariant: bytes of a new frame are made only when the last frame has left, and nothing is ever
//! written inside a frame.

mod learning;
mod tmux;

pub(super) use learning::window;

use super::{clock, mailbox::Mailbox};
use crate::{
    app::{App, Input, Now},
    error::Error,
    screen::{
        Window,
        backend::ScreenBackend,
        capability::Client,
        input::{Reply, TerminalInput, Tokenizer},
        interview::Interview,
        pacing::{Occasion, Pacing},
        setup,
    },
};
use mio::{Registry, Token, Waker};
use ratatui::{Frame, Terminal, TerminalOptions, Viewport, layout::Rect};
use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};
use ttychat_platform::console::{self, Console, ConsoleInput};

/// How long giving the terminal back may take; what a dead terminal does not take is given up.
const LEAVE_TIMEOUT: Duration = Duration::from_millis(500);

/// How long the answers may take that the terminal has been asked for.
const ANSWERS_TIMEOUT: Duration = Duration::from_millis(1500);

/// By what part another number of frames is worth telling.
const FRAME_RATE_STEP: f64 = 0.05;

/// Most reads of one turn. A read is at most 4 KiB, so a huge paste leaves room for the network.
const READ_COUNT_MAX: usize = 16;

/// The terminal, taken over.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "edges, and what is still to be done"
)]
pub(super) struct TerminalSide {
    console: Console,
    terminal: Terminal<ScreenBackend>,
    pacing: Pacing,
    /// Frames a second, as told last.
    frame_rate: Option<f64>,
    /// Whether the app was told that what is shown could be finer.
    told_coarse: bool,
    tokenizer: Tokenizer,
    interview: Interview,
    /// Where lies what tmux says, if it was asked.
    tmux: Option<Mailbox<Option<Client>>>,
    outgoing: Vec<u8>,
    written: usize,
    readable: bool,
    writable: bool,
    in_frame: bool,
    taken_over: bool,
    resized: bool,
    needs_setup: bool,
    wipes: bool,
}

impl TerminalSide {
    /// Takes the terminal over. `wipes`: it has only one screen, which must be emptied at the end.
    pub(super) fn open(
        mut console: Console,
        interview: Interview,
        wipes: bool,
        rate: Option<u32>,
        registry: &Registry,
        token: Token,
        waker: &Arc<Waker>,
    ) -> Result<Self, Error> {
        let cells = window(console.size().map_err(Error::NoTerminal)?, None).cells;
        let viewport = Viewport::Fixed(Rect::new(0, 0, cells.columns, cells.rows));
        let backend = ScreenBackend::new(cells, interview.profile().depth);
        let Ok(terminal) = Terminal::with_options(backend, TerminalOptions { viewport });
        console
            .register(registry, token, waker)
            .map_err(Error::Terminal)?;
        let mut opened = Self {
            console,
            terminal,
            pacing: Pacing::new(clock::instant(), cells, rate, learning::reach(&interview)),
            frame_rate: None,
            told_coarse: false,
            tokenizer: Tokenizer::default(),
            tmux: interview.awaits_client().then(|| tmux::ask(waker)),
            interview,
            outgoing: Vec::new(),
            written: 0,
            readable: true,
            writable: true,
            in_frame: false,
            taken_over: false,
            resized: false,
            needs_setup: false,
            wipes,
        };
        opened.enter().map_err(Error::Terminal)?;
        Ok(opened)
    }

    /// Enters raw mode and the alternate screen, at the start and after a stop.
    pub(super) fn enter(&mut self) -> io::Result<()> {
        self.console.enter_raw()?;
        self.taken_over = true;
        self.outgoing.clear();
        self.written = 0;
        self.in_frame = false;
        self.outgoing.extend_from_slice(setup::ENTER);
        (self.readable, self.writable) = (true, true);
        self.pacing.handle_restart();
        self.invalidate();
        Ok(())
    }

    /// Gives the terminal back. A frame that is half written is cut off, not waited for.
    pub(super) fn leave(&mut self) -> io::Result<()> {
        if !std::mem::take(&mut self.taken_over) {
            return Ok(());
        }
        // What the terminal has not taken may be seconds of pictures.
        let discarded = self.console.discard_pending();
        let wipe = if self.wipes { setup::WIPE } else { b"" };
        let bytes = [wipe, setup::LEAVE].concat();
        let written = self.console.write_all_within(&bytes, LEAVE_TIMEOUT);
        // What the terminal still answers would be typed into the shell.
        let awaited = self.outstanding();
        let timeout = self.answer_time().min(ANSWERS_TIMEOUT);
        let heard = self.console.await_reports(awaited, timeout);
        self.console.leave_raw()?;
        discarded.and(written).and(heard)
    }

    /// Writes nothing any more: the terminal is gone.
    pub(super) fn give_up(&mut self) {
        self.outgoing.clear();
        self.written = 0;
        self.in_frame = false;
        (self.readable, self.writable) = (false, false);
    }

    /// Takes the terminal back after somebody else stopped and continued the program: the shell may
    /// have changed everything meanwhile. A frame that is on its way goes first.
    pub(super) fn take_back(&mut self) -> io::Result<()> {
        self.console.enter_raw()?;
        // What was on its way took as long as the stop, and says nothing of the path.
        self.pacing.handle_restart();
        self.needs_setup = true;
        self.invalidate();
        Ok(())
    }

    /// Remembers an edge of the poll.
    pub(super) fn handle_event(&mut self, event: &mio::event::Event) {
        self.readable |= event.is_readable() || event.is_read_closed() || event.is_error();
        self.writable |= event.is_writable() || event.is_error();
    }

    /// Marks both directions as worth a try, where the console wakes the loop without an edge.
    pub(super) fn handle_wake(&mut self) {
        (self.readable, self.writable) = (true, true);
    }

    /// Reads what was typed, a bounded amount.
    pub(super) fn read(&mut self, now: Instant, inputs: &mut Vec<Input<'_>>) {
        self.tokenizer.expect_replies(self.expects_replies(now));
        for _ in 0..READ_COUNT_MAX {
            if !self.readable {
                break;
            }
            match self.console.read() {
                Ok(Some(ConsoleInput::Bytes(bytes))) => {
                    self.tokenizer.handle_bytes(now, &bytes);
                    self.drain_tokens(now, inputs);
                }
                Ok(Some(ConsoleInput::Event(event))) => match TerminalInput::from_event(event) {
                    Some(TerminalInput::Resized) => self.resized = true,
                    input => inputs.extend(input.and_then(into_input)),
                },
                Err(err) if err.kind() == io::ErrorKind::WouldBlock => self.readable = false,
                Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                // The terminal is gone, or as good as gone.
                Ok(None) | Err(_) => {
                    self.readable = false;
                    inputs.push(Input::TerminateRequested);
                }
            }
        }
        if self
            .tokenizer
            .deadline()
            .is_some_and(|deadline| deadline <= now)
        {
            self.tokenizer.handle_timeout(now);
            self.drain_tokens(now, inputs);
        }
        self.pacing.handle_timeout(now);
        self.learn(inputs);
    }

    fn drain_tokens(&mut self, now: Instant, inputs: &mut Vec<Input<'_>>) {
        while let Some(input) = self.tokenizer.poll_input() {
            match input {
                TerminalInput::Reply(Reply::CursorPosition { column, row: _ }) => {
                    self.pacing.handle_reply(now, column);
                }
                TerminalInput::Reply(Reply::Other(reply)) => self.interview.handle_reply(&reply),
                input => inputs.extend(into_input(input)),
            }
        }
        self.tell_rescue();
    }

    /// Tells how many answers are on their way, should the program end by a panic.
    fn tell_rescue(&self) {
        console::expect_reports(self.outstanding());
    }

    /// Writes what is to be written, and paints a frame if one is wanted and the last has left.
    pub(super) fn turn(&mut self, now: Now, app: &mut App) -> io::Result<()> {
        self.write(now, app)?;
        if self.outgoing.is_empty() && std::mem::take(&mut self.needs_setup) {
            self.outgoing.extend_from_slice(setup::ENTER_AGAIN);
            self.write(now, app)?;
        }
        if self.outgoing.is_empty()
            && self
                .interview
                .append_queries(now.instant, &mut self.outgoing)
        {
            self.write(now, app)?;
        }
        let Some(occasion) = app.wants_draw().filter(|_| self.outgoing.is_empty()) else {
            return Ok(());
        };
        if self.begin_at(now.instant, occasion) > now.instant {
            return Ok(());
        }
        self.tell_frame_rate(now, app);
        let mut canvas = self.terminal.backend_mut().take_canvas();
        let paint = |frame: &mut Frame<'_>| app.draw(now, frame, &mut canvas);
        let Ok(_frame) = self.terminal.draw(paint);
        self.terminal.backend_mut().put_canvas(canvas);
        app.handle(now, Input::Drawn);
        self.in_frame = self.append_frame(now.instant, occasion);
        if !self.in_frame {
            app.handle(now, Input::FrameWritten { len: 0 });
        }
        let is_coarse = self.terminal.backend().is_coarse();
        if is_coarse != self.told_coarse {
            self.told_coarse = is_coarse;
            app.handle(now, Input::Coarse(is_coarse));
        }
        self.write(now, app)
    }

    /// Tells how many frames there will be, when that has become another number.
    fn tell_frame_rate(&mut self, now: Now, app: &mut App) {
        let rate = self.pacing.frame_rate();
        let changed = match (rate, self.frame_rate) {
            (Some(rate), Some(told)) => (rate / told - 1.0).abs() > FRAME_RATE_STEP,
            (rate, told) => rate.is_some() != told.is_some(),
        };
        if changed {
            self.frame_rate = rate;
            app.handle(now, Input::FrameRate(rate));
        }
    }

    /// Makes the bytes of what was drawn; says whether there are any.
    fn append_frame(&mut self, now: Instant, occasion: Occasion) -> bool {
        let backend = self.terminal.backend_mut();
        if self.pacing.wants_probe(now)
            && let Some(mark) = self.pacing.next_mark(now)
        {
            backend.append_mark(mark, &mut self.outgoing);
            let len = self.outgoing.len();
            self.pacing.handle_frame(now, len, Some(mark));
        }
        let start = self.outgoing.len();
        let mark = self.pacing.next_mark(now);
        let budget = self.pacing.budget(occasion);
        let is_new = backend.take_frame(budget, mark, &mut self.outgoing);
        if is_new {
            let len = self.outgoing.len() - start;
            self.pacing.handle_frame(now, len, mark);
        }
        is_new
    }

    fn write(&mut self, now: Now, app: &mut App) -> io::Result<()> {
        while self.writable && self.written < self.outgoing.len() {
            let rest = self.outgoing.get(self.written..).unwrap_or_default();
            match self.console.write(rest) {
                Ok(len) => self.written += len,
                Err(err) if err.kind() == io::ErrorKind::WouldBlock => self.writable = false,
                Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                Err(err) => return Err(err),
            }
        }
        // A console's own thread wakes the loop when it has written what it took.
        if self.written == self.outgoing.len()
            && !self.outgoing.is_empty()
            && !self.console.is_writing()
        {
            let len = self.outgoing.len();
            self.outgoing.clear();
            self.written = 0;
            self.pacing.handle_written(now.instant);
            self.tell_rescue();
            if std::mem::take(&mut self.in_frame) {
                app.handle(now, Input::FrameWritten { len });
            }
        }
        Ok(())
    }

    /// Whether the console said, among its keys, that the window changed (Windows).
    pub(super) fn take_resized(&mut self) -> bool {
        std::mem::take(&mut self.resized)
    }

    /// Measures the window again.
    pub(super) fn measure(&mut self) -> io::Result<Window> {
        let size = self.console.size()?;
        let window = window(size, self.interview.cell_size());
        self.terminal.backend_mut().resize(window.cells);
        self.pacing.handle_resize(window.cells);
        self.lay_out_again(window.cells);
        if learning::shape(size).is_none() {
            self.interview.want_cell_size();
        }
        Ok(window)
    }

    /// The screen's content is not to be trusted; the next frame paints all.
    pub(super) fn invalidate(&mut self) {
        self.terminal.backend_mut().invalidate();
    }

    /// Rings the bell with the next frame.
    pub(super) fn bell(&mut self) {
        self.terminal.backend_mut().bell();
    }

    /// Names the window with the next frame.
    pub(super) fn set_title(&mut self, title: &str) {
        self.terminal.backend_mut().set_title(title);
    }

    /// When a turn is wanted though nothing happened. `occasion`: for what a frame is wanted.
    pub(super) fn deadline(&self, now: Instant, occasion: Option<Occasion>) -> Option<Instant> {
        if self.readable {
            return Some(now);
        }
        let begin_at = occasion
            .filter(|_| self.outgoing.is_empty())
            .map(|occasion| self.begin_at(now, occasion));
        let deadlines = [self.tokenizer.deadline(), self.pacing.deadline(), begin_at];
        deadlines.into_iter().flatten().min()
    }
}

impl Drop for TerminalSide {
    fn drop(&mut self) {
        // After a panic the hook has given the terminal back, and the message must stay readable.
        if !std::thread::panicking() {
            // Nothing can be said any more; the console itself restores the line discipline.
            drop(self.leave());
        }
    }
}

fn into_input(input: TerminalInput) -> Option<Input<'static>> {
    match input {
        TerminalInput::Key(key) => Some(Input::Key(key)),
        TerminalInput::Paste(text) => Some(Input::Paste(text)),
        TerminalInput::Reply(_) | TerminalInput::Resized => None,
    }
}
