//! How much of the time others may keep a processor busy: a peer with its bytes and with its
//! pictures, and all those together who are not in the call.

use std::time::{Duration, Instant};

/// One part in so many of the time may go into the work for a peer, for ever. Decoding pictures of
/// the size that was asked for takes a hundredth, and so do the bytes of a call.
const PEER_DIVISOR: u32 = 2;

/// The same for all who are not in the call: to take them in, to hear them, and to turn them away.
/// Hundreds of handshakes a second fit into it.
const STRANGERS_DIVISOR: u32 = 4;

/// Work that may be done at once, over the share: a machine that is busy for a moment shall not
/// cost pictures.
const BURST: Duration = Duration::from_millis(500);

/// A bucket of time: it fills with the share of all time and the work empties it.
#[derive(Debug)]
pub(super) struct Allowance {
    /// `left <= BURST`.
    left: Duration,
    filled_at: Instant,
    divisor: u32,
}

impl Allowance {
    /// For the peer in a call, or one who may become that.
    pub(super) const fn of_peer(now: Instant) -> Self {
        Self::new(now, PEER_DIVISOR)
    }

    /// For all who are not in the call, together.
    pub(super) const fn of_strangers(now: Instant) -> Self {
        Self::new(now, STRANGERS_DIVISOR)
    }

    const fn new(now: Instant, divisor: u32) -> Self {
        Self {
            left: BURST,
            filled_at: now,
            divisor,
        }
    }

    /// Work of `spent` is over at `ended_at`. Gives until when to rest, when that was more than is
    /// left.
    pub(super) fn spend(&mut self, spent: Duration, ended_at: Instant) -> Option<Instant> {
        let passed = ended_at.saturating_duration_since(self.filled_at);
        let filled = (self.left + passed / self.divisor).min(BURST);
        self.left = filled.saturating_sub(spent);
        self.filled_at = ended_at;
        let over = spent.saturating_sub(filled);
        if over.is_zero() {
            return None;
        }
        self.filled_at = ended_at + over * self.divisor;
        Some(self.filled_at)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]

    use super::*;

    /// Works without a pause for a minute, `cost` each time; says how much of it was work.
    fn share(mut allowance: Allowance, cost: Duration) -> f64 {
        let start = allowance.filled_at;
        let (mut now, mut busy) = (start, Duration::ZERO);
        while now < start + Duration::from_secs(60) {
            let rest = allowance.spend(cost, now + cost);
            busy += cost;
            now = rest.unwrap_or(now + cost);
        }
        busy.as_secs_f64() / (now - start).as_secs_f64()
    }

    #[test]
    fn a_peer_takes_half_of_the_time_at_most_and_strangers_a_quarter() {
        // What takes longer than can be saved up is paid for with more of a rest.
        for (milliseconds, least) in [(1, 0.4), (10, 0.4), (90, 0.4), (700, 0.4), (5000, 0.3)] {
            let (now, cost) = (
                super::super::clock::instant(),
                Duration::from_millis(milliseconds),
            );
            let of_peer = share(Allowance::of_peer(now), cost);
            assert!((least..0.55).contains(&of_peer), "{cost:?}: {of_peer}");
            let of_strangers = share(Allowance::of_strangers(now), cost);
            let range = least / 2.0..0.3;
            assert!(range.contains(&of_strangers), "{cost:?}: {of_strangers}");
        }
    }

    #[test]
    fn usual_pictures_are_not_held_up() {
        let start = super::super::clock::instant();
        let mut allowance = Allowance::of_peer(start);
        for index in 0..1000 {
            let now = start + Duration::from_millis(33) * index;
            let cost = Duration::from_millis(16);
            assert_eq!(allowance.spend(cost, now + cost), None, "picture {index}");
        }
    }
}
