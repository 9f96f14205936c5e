//! When our records get a new key.

use super::timers::RENEWAL_INTERVAL;
use std::time::Instant;

/// Bytes sent after which a new key is due, whatever the time. A minute of a video that fills a
/// fast line; the cipher itself would bear a thousand times as much.
pub const RENEWAL_LEN_MAX: u64 = 64 << 20;

/// How long and for how much a key has been in use.
#[derive(Debug)]
pub(super) struct Renewal {
    began_at: Instant,
    sent_len: u64,
}

impl Renewal {
    pub(super) const fn new(now: Instant) -> Self {
        Self {
            began_at: now,
            sent_len: 0,
        }
    }

    pub(super) const fn handle_sent(&mut self, len: usize) {
        self.sent_len += len as u64;
    }

    /// Nothing needs to wake for it: a key that is not used is not worn either, and is renewed
    /// before its next use.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        let used = self.sent_len > 0;
        self.sent_len >= RENEWAL_LEN_MAX
            || used && now.saturating_duration_since(self.began_at) >= RENEWAL_INTERVAL
    }
}
