//! How much of the time a peer may keep a processor busy: with its bytes, and with its pictures.

use std::time::{Duration, Instant};

/// One part in so many of the time may go into the work, for ever. Decoding pictures of the size
/// that was asked for takes a hundredth, and so do the bytes of a call.
const SHARE_DIVISOR: u32 = 2;

/// Work that may be done at once, over the share: a machine that is busy for a moment shall not
/// cost pictures.
const BURST: Duration = Duration::from_millis(500);

/// A bucket of time: it fills with the share of all time and the work empties it.
#[derive(Debug)]
pub(super) struct Allowance {
    /// `left <= BURST`.
    left: Duration,
    filled_at: Instant,
}

impl Allowance {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            left: BURST,
            filled_at: now,
        }
    }

    /// Work of `spent` is over at `ended_at`. Gives until when to rest, when that was more than is
    /// left.
    pub(super) fn spend(&mut self, spent: Duration, ended_at: Instant) -> Option<Instant> {
        let passed = ended_at.saturating_duration_since(self.filled_at);
        let filled = (self.left + passed / SHARE_DIVISOR).min(BURST);
        self.left = filled.saturating_sub(spent);
        self.filled_at = ended_at;
        let over = spent.saturating_sub(filled);
        if over.is_zero() {
            return None;
        }
        self.filled_at = ended_at + over * SHARE_DIVISOR;
        Some(self.filled_at)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]

    use super::*;

    /// Decodes without a pause for a minute, `cost` each; says how much of it was decoding.
    fn share(cost: Duration) -> f64 {
        let start = super::super::clock::instant();
        let (mut now, mut busy) = (start, Duration::ZERO);
        let mut allowance = Allowance::new(now);
        while now < start + Duration::from_secs(60) {
            let rest = allowance.spend(cost, now + cost);
            busy += cost;
            now = rest.unwrap_or(now + cost);
        }
        busy.as_secs_f64() / (now - start).as_secs_f64()
    }

    #[test]
    fn decoding_takes_half_of_the_time_at_most() {
        // What takes longer than can be saved up is paid for with more of a rest.
        for (milliseconds, least) in [(1, 0.4), (10, 0.4), (90, 0.4), (700, 0.4), (5000, 0.3)] {
            let share = share(Duration::from_millis(milliseconds));
            assert!((least..0.55).contains(&share), "{milliseconds}: {share}");
        }
    }

    #[test]
    fn usual_pictures_are_not_held_up() {
        let start = super::super::clock::instant();
        let mut allowance = Allowance::new(start);
        for index in 0..1000 {
            let now = start + Duration::from_millis(33) * index;
            let cost = Duration::from_millis(16);
            assert_eq!(allowance.spend(cost, now + cost), None, "picture {index}");
        }
    }
}
