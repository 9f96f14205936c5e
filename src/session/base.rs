//! The least of what was seen lately, of a figure that is never less than what it should be.

use std::time::{Duration, Instant};

/// For how long something counts as late: at least this, at most twice. Long enough that the link
/// was empty once, short enough that another way through the network is learnt soon.
const WINDOW: Duration = Duration::from_secs(10);

/// A minimum over a sliding window, in two halves.
#[derive(Debug, Default)]
pub(super) struct Base {
    /// Since when the newer half is filled.
    since: Option<Instant>,
    older: Option<i64>,
    newer: Option<i64>,
}

impl Base {
    pub(super) fn add(&mut self, now: Instant, value: i64) {
        let since = *self.since.get_or_insert(now);
        if now.saturating_duration_since(since) >= WINDOW {
            self.since = Some(now);
            self.older = self.newer.take();
        }
        self.newer = Some(self.newer.map_or(value, |newer| newer.min(value)));
    }

    pub(super) fn value(&self) -> Option<i64> {
        self.older.into_iter().chain(self.newer).min()
    }
}
