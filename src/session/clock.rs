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
    /// Until there is one: the best of what the peer's own pings say, in the place of an offset.
    /// Always too small, by what the ping took one way.
    offset_min: Option<i128>,
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
            offset_min: None,
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

    /// A ping of the peer's came, sent when its clock was `theirs`.
    pub(super) fn handle_ping(&mut self, now: Instant, theirs: u64) {
        let offset = i128::from(theirs) - i128::from(self.wire_time(now));
        self.offset_min = Some(self.offset_min.map_or(offset, |best| best.max(offset)));
    }

    /// When, by our clock, the peer's clock was `theirs`: never after `now`, and at most
    /// [`AGE_MAX`] before it.
    pub(super) fn local_time(&self, now: Instant, theirs: u64) -> Instant {
        let Some(offset) = self.quickest.map(|one| one.offset).or(self.offset_min) else {
            return now;
        };
        let age = i128::from(self.wire_time(now)) + offset - i128::from(theirs);
        let age = Duration::from_micros(u64::try_from(age.max(0)).unwrap_or(u64::MAX)).min(AGE_MAX);
        now.checked_sub(age).unwrap_or(now)
    }
}
