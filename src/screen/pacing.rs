//! When the next frame may leave and how long it should be, from what the terminal acknowledges.
//!
//! What lies behind a terminal is not seen from here: over ssh megabytes of old frames can wait in
//! buffers. So each frame ends with a request for the cursor's position, and its answer says that
//! the terminal has taken everything before it. From the answers follow how long the empty path
//! takes and how many bytes a second it carries; frames leave as the path becomes free, as long as
//! fits into their turn. On a slow path both suffer, the rate of frames more than their length.
//!
//! It does not know bytes or cells' contents, and reads no clock.
//!
//! Invariant: without an answer at most 64 requests are on their way.

mod path;

use super::{CellSize, quality::Budget};
use path::Path;
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Most requests that wait for their answers: enough for thirty frames a second on a path of two
/// seconds.
const UNANSWERED_COUNT_MAX: usize = 64;

/// Time without any answer after which the terminal is taken for one that gives none.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// How often a terminal that gave no answer is asked again.
const ASK_AGAIN_INTERVAL: Duration = Duration::from_secs(5);

/// Bytes a second that a terminal is given which does not tell how many it takes: a multiplexer
/// answers for itself and not for the terminal that it is shown on.
const BLIND_RATE: f64 = 250_000.0;

/// The same for a terminal that never answers. It may be behind any path, and few pictures are
/// better than old ones: megabytes may wait before anything tells that the path is slow.
const SILENT_RATE: f64 = 115_000.0;

/// As how many times faster the path to such a terminal is taken when frames are made fewer for
/// its sake: what it is given is little, and may be all that it needs, so that movement goes before
/// detail. With 160x45 cells: 27 frames of 4 kB.
const SILENT_HASTE: f64 = 7.0;

/// Bytes a second for the console of this machine.
const LOCAL_RATE: f64 = 20e6;

/// Bytes a second with which a path begins of which nothing is known.
const FIRST_RATE: f64 = 250_000.0;

/// Bytes that a frame should have while nothing is known of the path.
const FIRST_LEN: usize = 8_000;

/// Frames a second that no person needs more of.
const FRAME_RATE_MAX: f64 = 30.0;
/// The fewest, below which a face is not seen to move.
const FRAME_RATE_MIN: f64 = 2.0;
/// Bytes a cell and second from which on all frames can be had at a decent quality.
const FULL_RATE_LEN: f64 = 100.0;
/// How the frame rate falls with the bytes: the length of a frame falls with the rest (1 - 0.68).
/// With 300 kB/s and 160x45 cells: 16 frames of 18 kB; with 40 kB/s: 4 of 10 kB.
const FRAME_RATE_SLOPE: f64 = 0.68;
/// Part of a frame's turn that it may fill, so that the path is empty for the next one.
const FILL: f64 = 0.85;
/// Part of a turn after which the next one may begin. Pictures that come as often as there are
/// turns, each too early, come in time after some of them; else all would wait as the first did.
const EARLY: f64 = 0.92;

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Something a person did: a key, a text, another size of the window.
    Person,
    /// A newer picture, or what else moves by itself.
    Picture,
}

/// What is known of how the terminal answers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Answering {
    /// It answers for itself.
    Acknowledged,
    /// It was never asked, or did not answer; asked again then.
    Silent { ask_at: Instant },
    /// It would answer for itself only.
    Blind,
    /// It cannot be asked, and nothing lies behind it: what it does not take is seen at once.
    Local,
}

/// What is known of the terminal before it is asked anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// It may be anywhere, and can be asked.
    #[default]
    Anywhere,
    /// A multiplexer that shows it elsewhere answers in its place.
    Behind,
    /// The console of this machine, which answers nothing.
    Here,
}

/// A request on its way.
#[derive(Clone, Copy, Debug)]
struct Request {
    /// Where the cursor was parked for it.
    column: u16,
    begun_at: Instant,
    /// Whether its last byte was taken.
    is_written: bool,
    /// Of the frame before it.
    len: usize,
    /// When the answer before had come at the time of the frame.
    path_was_empty: bool,
}

/// Paces frames.
#[derive(Debug)]
pub struct Pacing {
    cells: CellSize,
    answering: Answering,
    /// The person's limit, in bytes a second.
    limit: Option<f64>,
    requests: VecDeque<Request>,
    count: u16,
    path: Path,
    begun_at: Option<Instant>,
    /// Since when a frame is being written.
    writing_since: Option<Instant>,
    /// When the last answer came, or the first request left after a time without any.
    heard_at: Option<Instant>,
}

/// What a frame asks of the terminal at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where the cursor is parked, in cells; tells which frame is answered.
    pub column: u16,
    /// Never the first: `CSI 1 ; 2 R` is also a key.
    pub row: u16,
}

impl Pacing {
    /// For a terminal of so many cells. `limit`: bytes a second that it is never given more of.
    pub fn new(now: Instant, cells: CellSize, limit: Option<u32>, reach: Reach) -> Self {
        let limit = limit.map(f64::from);
        let (answering, rate) = match reach {
            Reach::Anywhere => (Answering::Acknowledged, FIRST_RATE),
            Reach::Behind => (Answering::Blind, BLIND_RATE),
            Reach::Here => (Answering::Local, LOCAL_RATE),
        };
        Self {
            cells,
            answering,
            limit,
            requests: VecDeque::new(),
            count: 0,
            path: Path::new(limit.unwrap_or(rate)),
            begun_at: Some(now),
            writing_since: None,
            heard_at: None,
        }
    }

    /// The terminal turned out to answer for itself and not for the one that it is shown on.
    pub fn set_blind(&mut self) {
        if self.answering != Answering::Blind {
            self.answering = Answering::Blind;
            self.path = Path::new(self.limit.unwrap_or(BLIND_RATE));
        }
    }

    /// The window has another size.
    pub const fn handle_resize(&mut self, cells: CellSize) {
        self.cells = cells;
    }

    /// The terminal was given away and is ours again: answers that were awaited are not any more.
    pub fn handle_restart(&mut self) {
        self.requests.clear();
        self.heard_at = None;
        self.writing_since = None;
        self.path.forget_waiting();
    }

    /// When a frame may begin: at once if that is not after `now`.
    pub fn begin_at(&self, now: Instant, occasion: Occasion) -> Instant {
        if self.requests.len() >= UNANSWERED_COUNT_MAX || self.is_overdue(now) {
            return now + ANSWER_TIMEOUT;
        }
        let mut at = self.path.free_at().unwrap_or(now);
        if let (Occasion::Picture, Some(begun_at)) = (occasion, self.begun_at) {
            at = at.max(begun_at + self.turn().mul_f64(EARLY));
        }
        if self.answering == Answering::Acknowledged {
            at = at.max(self.path.window_opens_at(now, self.unanswered_len()));
        }
        at
    }

    /// How long the next frame should be.
    pub fn budget(&self, occasion: Occasion) -> Budget {
        let count = usize::from(self.cells.columns) * usize::from(self.cells.rows);
        let most = Budget::for_cells(count);
        let turn = self.turn().as_secs_f64().max(1.0 / FRAME_RATE_MAX);
        let len = whole(self.rate() * turn * FILL);
        let is_unknown = self.answering == Answering::Acknowledged && !self.path.is_rate_known();
        let most_wanted = if is_unknown { FIRST_LEN } else { most.wanted };
        let wanted = len.min(most_wanted).min(most.wanted);
        let is_slow = turn > 1.5 / FRAME_RATE_MAX;
        // Where frames are few, a long one makes the next one late.
        let longest = if is_slow { wanted / 2 * 3 } else { wanted * 2 };
        Budget {
            wanted,
            max: most.max.min(longest).max(1),
            is_slow,
            is_hasty: occasion == Occasion::Person,
        }
    }

    /// Whether the next frame asks for an answer, and how.
    pub fn next_mark(&self, now: Instant) -> Option<Mark> {
        let is_asked = match self.answering {
            Answering::Acknowledged => true,
            Answering::Silent { ask_at } => ask_at <= now,
            Answering::Blind | Answering::Local => false,
        };
        let room = self.cells.columns.min(MARK_COLUMN_COUNT);
        let can_ask = self.cells.rows > 1 && self.requests.len() < UNANSWERED_COUNT_MAX;
        (is_asked && can_ask && room > 0).then(|| Mark {
            column: self.count % room,
            row: 1,
        })
    }

    /// Whether the next frame should be preceded by a mark of its own: a few bytes on an empty path
    /// tell how long that is.
    pub fn wants_probe(&self, now: Instant) -> bool {
        self.answering == Answering::Acknowledged && self.path.wants_probe(now)
    }

    /// A frame of `len` bytes is on its way, with this mark at its end.
    pub fn handle_frame(&mut self, now: Instant, len: usize, mark: Option<Mark>) {
        (self.begun_at, self.writing_since) = (Some(now), Some(now));
        let path_was_empty = self.path.handle_sent(now, len);
        let Some(mark) = mark else { return };
        self.count = self.count.wrapping_add(1);
        self.heard_at.get_or_insert(now);
        if let Answering::Silent { ask_at } = &mut self.answering {
            *ask_at = now + ASK_AGAIN_INTERVAL;
        }
        self.requests.push_back(Request {
            column: mark.column,
            begun_at: now,
            is_written: false,
            len,
            path_was_empty,
        });
    }

    /// The last byte of the frame was taken by the system.
    pub fn handle_written(&mut self, now: Instant) {
        for request in &mut self.requests {
            request.is_written = true;
        }
        if let Some(since) = self.writing_since.take()
            && matches!(self.answering, Answering::Blind | Answering::Silent { .. })
        {
            let took = now.saturating_duration_since(since);
            let ceiling = self.limit.unwrap_or(match self.answering {
                Answering::Blind => BLIND_RATE,
                _ => SILENT_RATE,
            });
            self.path.handle_pressure(now, took, ceiling);
        }
    }

    /// The terminal told where its cursor is, counted from 0.
    pub fn handle_reply(&mut self, now: Instant, column: u16) {
        // They come in order. A column that fits a later one says that those before were lost.
        let is_clipped = column + 1 == self.cells.columns;
        let found = self
            .requests
            .iter()
            .position(|request| request.column == column || is_clipped && request.column > column);
        let Some(index) = found else { return };
        let mut len = 0;
        for request in self.requests.drain(..=index) {
            len += request.len;
            if len == request.len || request.column == column {
                self.path
                    .handle_answer(now, request.begun_at, len, request.path_was_empty);
            }
        }
        let last_at = self.requests.back().map(|request| request.begun_at);
        let rest = last_at.map(|at| (self.unanswered_len(), at));
        self.path.settle(now, rest);
        if matches!(self.answering, Answering::Silent { .. }) {
            self.answering = Answering::Acknowledged;
        }
        self.heard_at = (!self.requests.is_empty()).then_some(now);
    }

    /// See [`Self::deadline`].
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.is_overdue(now) {
            self.requests.clear();
            self.heard_at = None;
            self.path.handle_silence(self.limit.unwrap_or(SILENT_RATE));
            self.answering = Answering::Silent {
                ask_at: now + ASK_AGAIN_INTERVAL,
            };
        }
    }

    /// When an answer is overdue.
    pub fn deadline(&self) -> Option<Instant> {
        self.heard_at.map(|at| at + self.patience())
    }

    /// How many answers are awaited that may still come.
    pub fn outstanding(&self) -> usize {
        self.requests
            .iter()
            .filter(|request| request.is_written)
            .count()
    }

    /// For how long it makes sense to wait for the last of them.
    pub fn answer_time(&self) -> Duration {
        self.path.answer_time(self.unanswered_len())
    }

    /// Whether the terminal says itself what it has taken.
    pub fn is_acknowledged(&self) -> bool {
        self.answering == Answering::Acknowledged && self.path.round_trip().is_some()
    }

    /// Bytes a second that the path carries, as far as is known.
    pub fn rate(&self) -> f64 {
        let rate = self.path.rate();
        self.limit.map_or(rate, |limit| rate.min(limit))
    }

    /// Frames a second that there will be at most; `None` when nobody needs more.
    pub fn frame_rate(&self) -> Option<f64> {
        if self.answering == Answering::Acknowledged && !self.path.is_rate_known() {
            return None;
        }
        let turn = self.turn();
        (!turn.is_zero()).then(|| 1.0 / turn.as_secs_f64())
    }

    /// How long the empty path takes, there and back, if the terminal tells.
    pub fn round_trip(&self) -> Option<Duration> {
        self.path.round_trip()
    }

    fn is_overdue(&self, now: Instant) -> bool {
        self.deadline().is_some_and(|deadline| deadline <= now)
    }

    /// An empty path answers in a round trip; a full one after what is on it has left.
    fn patience(&self) -> Duration {
        ANSWER_TIMEOUT + self.path.answer_time(self.unanswered_len())
    }

    fn unanswered_len(&self) -> usize {
        self.requests.iter().map(|request| request.len).sum()
    }

    /// From the begin of a frame to that of the next one; nothing when there is no need to wait.
    fn turn(&self) -> Duration {
        let count = f64::from(self.cells.columns) * f64::from(self.cells.rows);
        let haste = if matches!(self.answering, Answering::Silent { .. }) {
            SILENT_HASTE
        } else {
            1.0
        };
        let per_cell = self.rate() * haste / count.max(1.0);
        let rate = FRAME_RATE_MAX * (per_cell / FULL_RATE_LEN).powf(FRAME_RATE_SLOPE);
        if rate >= FRAME_RATE_MAX {
            return Duration::ZERO;
        }
        Duration::from_secs_f64(1.0 / rate.max(FRAME_RATE_MIN))
    }
}

/// How many columns the cursor is parked in, one after the other.
const MARK_COLUMN_COUNT: u16 = 8;

fn whole(len: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what a frame can have"
    )]
    (len.clamp(1.0, 1e9) as usize)
}
