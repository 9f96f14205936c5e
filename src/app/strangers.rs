//! What people who are not known may make of the bell, the conversation and the log: little,
//! however often they come.
//!
//! Invariant: a bounded amount is held, and said in any second, whatever they do.

use super::{App, Effect, Now, call::Parted, call::RING_INTERVAL, line::Stage};
use crate::ui::chat::Speaker;
use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

/// Shortest time between the bells of two calls.
const CALL_BELL_INTERVAL: Duration = Duration::from_secs(3);

/// Shortest time between two lines of the same kind in the log.
const LINE_INTERVAL: Duration = Duration::from_secs(1);

/// How soon a call must follow another one of the same address to be told with it.
const STREAK_TIMEOUT: Duration = Duration::from_secs(60);

/// Most addresses whose calls are told together.
const STREAK_COUNT_MAX: usize = 16;

/// Shortest time between two notices of calls that are told together.
const STREAK_NOTICE_INTERVAL: Duration = Duration::from_secs(20);

/// What was made of strangers so far.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    /// When the bell last rang for a call.
    bell_at: Option<Instant>,
    /// What is logged of connections that were no calls, of calls, and of those nobody took.
    no_call_lines: LineLimit,
    call_lines: LineLimit,
    missed_lines: LineLimit,
    /// Oldest line first.
    streaks: Vec<Streak>,
}

/// Lets a line a second pass and counts the others.
#[derive(Debug, Default)]
pub(super) struct LineLimit {
    passed_at: Option<Instant>,
    left_out_count: u64,
}

/// Calls of one address that nobody took, told in one line of the conversation.
#[derive(Debug)]
struct Streak {
    address: IpAddr,
    missing: Missing,
    count: u64,
    /// The line, as [`crate::ui::chat::Chat::push`] numbered it.
    message: u64,
    last_at: Instant,
    noticed_at: Instant,
}

/// Why nobody took a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    /// The line was taken.
    Busy,
    /// Nobody answered, or the caller did not wait.
    Unanswered,
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

impl Missing {
    fn tell(self, count: u64, peer: &str, address: IpAddr) -> String {
        match (self, count) {
            (Self::Busy, 1) => format!("{peer} called from {address} (busy)"),
            (Self::Busy, _) => format!("{peer} called {count} times from {address} (busy)"),
            (Self::Unanswered, 1) => format!("missed call from {peer} ({address})"),
            (Self::Unanswered, _) => format!("missed {count} calls from {peer} ({address})"),
        }
    }
}

impl App {
    /// Writes a line about a connection that was no call, unless one was written just now.
    pub(super) fn log_no_call(&mut self, now: Now, line: String) {
        if let Some(line) = self.strangers.no_call_lines.pass(now.instant, line) {
            self.log(line);
        }
    }

    /// The same for a call that has come.
    pub(super) fn log_call(&mut self, now: Now, line: String) {
        if let Some(line) = self.strangers.call_lines.pass(now.instant, line) {
            self.log(line);
        }
    }

    fn log_missed(&mut self, now: Now, line: String) {
        if let Some(line) = self.strangers.missed_lines.pass(now.instant, line) {
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

    /// Somebody called and was told that the line is taken.
    pub(super) fn missed_busy(&mut self, now: Now, peer_name: &str, address: SocketAddr) {
        self.missed_by(now, Missing::Busy, peer_name, address);
    }

    /// Nobody took a call.
    pub(super) fn missed(&mut self, now: Now, parted: &Parted) {
        self.missed_by(now, Missing::Unanswered, &parted.peer, parted.address);
    }

    fn missed_by(&mut self, now: Now, missing: Missing, peer: &str, address: SocketAddr) {
        let address = address.ip().to_canonical();
        let streaks = &mut self.strangers.streaks;
        streaks.retain(|streak| now.instant < streak.last_at + STREAK_TIMEOUT);
        let streak = streaks
            .iter_mut()
            .find(|streak| streak.address == address && streak.missing == missing);
        if let Some(streak) = streak {
            streak.count = streak.count.saturating_add(1);
            streak.last_at = now.instant;
            let text = missing.tell(streak.count, peer, address);
            if self.chat.amend(streak.message, &text) {
                let noticed = now.instant < streak.noticed_at + STREAK_NOTICE_INTERVAL;
                if let Some(screen) = self.screen.as_mut().filter(|_| !noticed) {
                    streak.noticed_at = now.instant;
                    screen.notice(now.instant, text.clone());
                }
                self.redraw();
                self.log_missed(now, text);
                return;
            }
            // The line has left the conversation: another one begins.
            streaks.retain(|streak| streak.address != address || streak.missing != missing);
        }
        self.begin_streak(now, missing, peer, address);
    }

    fn begin_streak(&mut self, now: Now, missing: Missing, peer: &str, address: IpAddr) {
        let text = missing.tell(1, peer, address);
        if let Some(screen) = &mut self.screen {
            screen.notice(now.instant, text.clone());
        }
        let message = self.push_message(now, Speaker::Program, String::new(), text.clone());
        self.log_missed(now, text);
        if self.strangers.streaks.len() == STREAK_COUNT_MAX {
            self.strangers.streaks.remove(0);
        }
        self.strangers.streaks.push(Streak {
            address,
            missing,
            count: 1,
            message,
            last_at: now.instant,
            noticed_at: now.instant,
        });
    }
}
