//! How many messages a peer may send.

use crate::protocol::limits::{MESSAGES_BURST_MAX, MESSAGES_PER_SECOND_MAX};
use std::time::Instant;

/// A token bucket: a message takes one, time gives [`MESSAGES_PER_SECOND_MAX`] a second back.
#[derive(Debug)]
pub(super) struct RateLimit {
    /// `0 <= tokens <= MESSAGES_BURST_MAX`.
    tokens: f64,
    filled_at: Instant,
}

impl RateLimit {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            tokens: f64::from(MESSAGES_BURST_MAX),
            filled_at: now,
        }
    }

    /// Counts a message; says whether it may still come.
    pub(super) fn allow(&mut self, now: Instant) -> bool {
        let seconds = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.filled_at = self.filled_at.max(now);
        let tokens = self.tokens + seconds * f64::from(MESSAGES_PER_SECOND_MAX);
        self.tokens = tokens.min(f64::from(MESSAGES_BURST_MAX)) - 1.0;
        let allowed = self.tokens >= 0.0;
        self.tokens = self.tokens.max(0.0);
        allowed
    }
}
