//! How long the peer is waited for: there is no ping in plain pictures.

use super::{MjpegSession, Phase, turns::Manner};
use crate::session::timers::{MJPEG_QUIET_TIMEOUT, MJPEG_SILENCE_TIMEOUT};
use std::time::Instant;

impl MjpegSession {
    /// When a peer that has not said a word is taken for one that only looks on.
    pub(super) fn quiet_at(&self) -> Option<Instant> {
        let may_look_on = self.start.is_empty() && self.turns.manner() == Manner::Unknown;
        let from = match self.phase {
            Phase::Awaiting => Some(self.since),
            _ => self.turns.sent_at(),
        };
        from.filter(|_| may_look_on)
            .map(|at| at + MJPEG_QUIET_TIMEOUT)
    }

    /// When a peer that sends something, but no picture, is taken for something else.
    pub(super) fn nonsense_at(&self) -> Option<Instant> {
        let is_nonsense = !self.start.is_empty() && self.statistics.pictures_received == 0;
        is_nonsense.then(|| self.since + MJPEG_SILENCE_TIMEOUT)
    }

    /// When the peer is lost: it sends no more though it is its turn, or one that only looks on
    /// takes no more.
    pub(super) fn silent_at(&self) -> Option<Instant> {
        let is_ours = self.turns.manner() != Manner::Streaming && self.turns.may_send();
        let since = if self.statistics.pictures_received > 0 {
            let asked_at = self.turns.sent_at().unwrap_or(self.heard_at);
            let awaited = match self.turns.manner() {
                Manner::Streaming => self.heard_at,
                Manner::Alternating | Manner::Unknown => self.heard_at.max(asked_at),
            };
            Some(awaited).filter(|_| !is_ours)
        } else {
            self.leaving_since.filter(|_| self.waiting.is_some())
        };
        since.map(|at| at + MJPEG_SILENCE_TIMEOUT)
    }
}
