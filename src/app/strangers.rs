//! What people who are not known may make of the bell and the log: little, however often they
//! come. What they may make of the conversation is in `streak`.
//!
//! Invariant: a bounded amount is held, and said in any second, whatever they do.

use super::{App, Effect, Now, call::RING_INTERVAL, line::Stage, streak::Streaks};
use std::time::{Duration, Instant};

/// Shortest time between the bells of two calls.
const CALL_BELL_INTERVAL: Duration = Duration::from_secs(3);

/// Shortest time between two lines of the same kind in the log.
const LINE_INTERVAL: Duration = Duration::from_secs(1);

/// What was made of strangers so far.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    /// When the bell last rang for a call.
    bell_at: Option<Instant>,
    lines: Lines,
    pub(super) streaks: Streaks,
}

/// What a line of the log is about that strangers bring about: each kind has its own limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// A call began that nobody here wanted.
    Began,
    /// Somebody calls.
    Call,
    /// A call was declined.
    Declined,
    /// A call ended that nobody here wanted.
    Ended,
    /// Nobody took a call.
    Missed,
    /// Nobody took a call of one who is known.
    MissedKnown,
    /// A connection was no call.
    NoCall,
}

/// The limit of each kind.
#[derive(Debug, Default)]
struct Lines {
    began: LineLimit,
    call: LineLimit,
    declined: LineLimit,
    ended: LineLimit,
    missed: LineLimit,
    missed_known: LineLimit,
    no_call: LineLimit,
}

/// Lets a line a second pass and counts the others.
#[derive(Debug, Default)]
pub(super) struct LineLimit {
    passed_at: Option<Instant>,
    left_out_count: u64,
}

impl Lines {
    const fn of(&mut self, about: About) -> &mut LineLimit {
        match about {
            About::Began => &mut self.began,
            About::Call => &mut self.call,
            About::Declined => &mut self.declined,
            About::Ended => &mut self.ended,
            About::Missed => &mut self.missed,
            About::MissedKnown => &mut self.missed_known,
            About::NoCall => &mut self.no_call,
        }
    }
}

impl LineLimit {
    /// The line when it may be written, with how many may not since the last.
    pub(super) fn pass(&mut self, now: Instant, line: String) -> Option<String> {
        if self.passed_at.is_some_and(|at| now < at + LINE_INTERVAL) {
            self.left_out_count = self.left_out_count.saturating_add(1);
            return None;
        }
        self.passed_at = Some(now);
        match std::mem::take(&mut self.left_out_count) {
            0 => Some(line),
            1 => Some(format!("{line} (1 line like it was left out)")),
            count => Some(format!("{line} ({count} lines like it were left out)")),
        }
    }
}

impl App {
    /// Writes a line into the log, unless one of its kind was written just now.
    pub(super) fn log_seldom(&mut self, now: Now, about: About, line: String) {
        if let Some(line) = self.strangers.lines.of(about).pass(now.instant, line) {
            self.log(line);
        }
    }

    /// Rings for a call that has come, at once or when the last bell is over.
    pub(super) fn ring_first(&mut self, now: Now) {
        let free_at = self
            .strangers
            .bell_at
            .map_or(now.instant, |at| at + CALL_BELL_INTERVAL);
        if free_at <= now.instant {
            self.ring(now);
        } else {
            self.ring_next_at(free_at);
        }
    }

    /// Rings for the call that waits for an answer.
    pub(super) fn ring(&mut self, now: Now) {
        self.strangers.bell_at = Some(now.instant);
        self.effects.push(Effect::Bell);
        self.ring_next_at(now.instant + RING_INTERVAL);
    }

    fn ring_next_at(&mut self, at: Instant) {
        if let Some(Stage::Asked { bell_at, .. }) = self.line.call_mut().map(|call| &mut call.stage)
        {
            *bell_at = at;
        }
    }
}
