//! How far the peer is behind with reading: what it has not read grows old in its kernel, where
//! nothing of ours can replace it.
//!
//! A plain stream does not say what was shown. But TCP says how much more the peer's kernel would
//! take, and that is less by what waits there.

use super::{MjpegSession, Phase, turns::Manner};
use std::time::{Duration, Instant};

/// Longest time from one picture to the next for a slow reader. Some kernels tell of new room only
/// when something comes, so something must.
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// The first pause, that between two pictures of most cameras.
const PAUSE_MIN: Duration = Duration::from_millis(33);

/// A pause shorter than this is none: no camera is quicker.
const PAUSE_NONE: Duration = Duration::from_millis(16);

/// How often it is seen whether there is room again.
const LOOK_INTERVAL: Duration = Duration::from_millis(30);

/// How long the widest window counts, at least: a kernel may grant less than it did.
const WIDEST_TIME: Duration = Duration::from_secs(5);

/// What is known of a peer's reading.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// What the peer's kernel would take, in bytes; nothing where that is not known.
    window: Option<u32>,
    /// The widest window since then, and of the time before.
    widest: u32,
    widest_since: Option<Instant>,
    widest_before: u32,
    /// From one picture to the next, so that hardly any wait.
    pause: Duration,
}

impl Reader {
    fn handle_window(&mut self, now: Instant, len: u32) {
        let is_over = |since: Instant| now >= since + WIDEST_TIME;
        if self.widest_since.is_none_or(is_over) {
            self.widest_before = self.widest;
            self.widest = 0;
            self.widest_since = Some(now);
        }
        self.widest = self.widest.max(len);
        self.window = Some(len);
    }

    /// One of ours leaves, of so many bytes.
    pub(super) fn handle_ours(&mut self, len: usize) {
        let unread_len = usize::try_from(self.unread_len()).unwrap_or(usize::MAX);
        if unread_len > 2 * len {
            self.pause = (self.pause.max(PAUSE_MIN) * 5 / 4).min(PAUSE_MAX);
        } else if unread_len <= len {
            let shorter = self.pause * 9 / 10;
            self.pause = Some(shorter)
                .filter(|pause| *pause >= PAUSE_NONE)
                .unwrap_or_default();
        }
    }

    /// How long after a picture the next one may leave.
    fn pause(&self) -> Duration {
        // With half of its window free, or more, a kernel does not tell of new room by itself
        // (RFC 9293, 3.8.6.2.2); with less it does as soon as most of it is free.
        let is_filling = self.unread_len() > self.widest_len() / 2;
        if is_filling { PAUSE_MAX } else { self.pause }
    }

    /// About what waits in the peer's kernel, in bytes.
    fn unread_len(&self) -> u32 {
        let window = self.window.unwrap_or(u32::MAX);
        self.widest_len().saturating_sub(window)
    }

    fn widest_len(&self) -> u32 {
        self.widest.max(self.widest_before)
    }
}

impl MjpegSession {
    /// The peer's kernel would take so many bytes more.
    pub fn handle_window(&mut self, now: Instant, len: u32) {
        self.reader.handle_window(now, len);
        self.rest(now);
    }

    /// Lets a slow reader catch up: until then no picture is made for it. Says whether it has to.
    pub(super) fn rest(&mut self, now: Instant) -> bool {
        let is_streamed_to = self.phase == Phase::Up && self.turns.manner() == Manner::Streaming;
        let until = self.turns.sent_at().map(|at| at + self.reader.pause());
        self.resting_until = until
            .filter(|until| is_streamed_to && *until > now)
            .map(|until| until.min(now + LOOK_INTERVAL));
        self.resting_until.is_some()
    }
}
