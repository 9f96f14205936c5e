//! Our clock on the wire, and an estimate of the peer's.

use std::time::{Duration, Instant};

/// What our wire clock shows when the session begins, so that a picture captured shortly before
/// has a time too.
const WIRE_START: Duration = Duration::from_secs(60);

/// Oldest age that a picture is given, whatever its time says.
const AGE_MAX: Duration = Duration::from_secs(3600);

/// How fast an old measurement loses its worth: clocks drift by up to 100 ppm each, and half of a
/// round trip is what a measurement may be wrong by, so that 200 ppm of its age are two times 200
/// ppm of round trip: a 2500th.
const DRIFT_DIVISOR: u32 = 2500;

/// Translates between our clock and the wire's.
#[derive(Debug)]
pub(super) struct WireClock {
    began_at: Instant,
    /// The quickest ping, a little worse with each second of its age.
    quickest: Option<Measurement>,
}

#[derive(Clone, Copy, Debug)]
struct Measurement {
    /// The peer's clock minus ours, in microseconds; true within half of `round_trip`.
    offset: i128,
    round_trip: Duration,
    at: Instant,
}

impl WireClock {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            began_at: now,
            quickest: None,
        }
    }

    /// Our clock at `instant` for the wire, in microseconds.
    pub(super) fn wire_time(&self, instant: Instant) -> u64 {
        let since = match instant.checked_duration_since(self.began_at) {
            Some(after) => WIRE_START.saturating_add(after),
            None => WIRE_START.saturating_sub(self.began_at.duration_since(instant)),
        };
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    }

    /// A ping of ours came back: sent at `sent_at`, answered when the peer's clock was `theirs`.
    ///
    /// Example: sent at 100 ms, back at 140 ms, theirs 5,000 ms: the answer was given at 120 ms of
    /// ours, so the offset is 4,880 ms, true within 20 ms.
    pub(super) fn handle_pong(&mut self, now: Instant, sent_at: Instant, theirs: u64) {
        let round_trip = now.saturating_duration_since(sent_at);
        let ours = self.wire_time(sent_at + round_trip / 2);
        let fresh = Measurement {
            offset: i128::from(theirs) - i128::from(ours),
            round_trip,
            at: now,
        };
        let is_better = self.quickest.is_none_or(|old| {
            let age = now.saturating_duration_since(old.at);
            round_trip <= old.round_trip + age / DRIFT_DIVISOR
        });
        if is_better {
            self.quickest = Some(fresh);
        }
    }

    /// When, by our clock, the peer's clock was `theirs`: never after `now`, and at most
    /// [`AGE_MAX`] before it. Just `now` while no ping has come back; between two ends of ours one
    /// always has before the first picture comes.
    pub(super) fn local_time(&self, now: Instant, theirs: u64) -> Instant {
        let Some(quickest) = self.quickest else {
            return now;
        };
        let age = i128::from(self.wire_time(now)) + quickest.offset - i128::from(theirs);
        let age = Duration::from_micros(u64::try_from(age.max(0)).unwrap_or(u64::MAX));
        now.checked_sub(age.min(AGE_MAX)).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "virtual time begins somewhere")]
    fn the_quickest_ping_counts_until_drift_may_have_made_it_wrong() {
        let began_at = Instant::now();
        let mut clock = WireClock::new(began_at);
        let mut ping = |after_s: u64, round_trip_ms: u64, peer_ahead_ms: u64| {
            let sent_at = began_at + Duration::from_secs(after_s);
            let now = sent_at + Duration::from_millis(round_trip_ms);
            let theirs = clock.wire_time(sent_at) + (round_trip_ms / 2 + peer_ahead_ms) * 1000;
            clock.handle_pong(now, sent_at, theirs);
            // A picture captured just now by a clock that is 5 s ahead.
            let told = clock.local_time(now, clock.wire_time(now) + 5_000_000);
            now.duration_since(told).as_millis()
        };
        assert_eq!(ping(1, 40, 5_000), 0);
        assert_eq!(ping(2, 60, 5_010), 0, "a slower ping tells less");
        assert_eq!(ping(3, 20, 5_020), 20);
        // 300 s cost 120 ms of round trip.
        assert_eq!(ping(303, 200, 5_030), 20);
        assert_eq!(ping(304, 130, 5_040), 40);
    }
}
