//! Steady rates: deadlines for sources that have no clock of their own, thinning for those that
//! have one. Time is passed in.

use std::time::{Duration, Instant};

/// Pictures a second when nobody says.
pub(super) const RATE_DEFAULT: f64 = 30.0;
/// Slowest and fastest rate, in pictures a second.
const RATE_MIN: f64 = 0.1;
const RATE_MAX: f64 = 60.0;

/// A wished rate within what is sensible; the default for none and for nonsense.
pub(super) fn sane_rate(rate: Option<f64>) -> f64 {
    let rate = rate
        .filter(|rate| rate.is_finite() && *rate > 0.0)
        .unwrap_or(RATE_DEFAULT);
    rate.clamp(RATE_MIN, RATE_MAX)
}

/// Deadlines at `start + n / rate`: they do not drift, whatever the work in between takes. Those
/// that were missed are left out.
#[derive(Debug)]
pub(super) struct Pacer {
    start_at: Instant,
    rate: f64,
    next: f64,
}

impl Pacer {
    /// The first deadline is `now`.
    pub(super) fn new(now: Instant, rate: f64) -> Self {
        Self {
            start_at: now,
            rate,
            next: 0.0,
        }
    }

    pub(super) fn due_at(&self) -> Instant {
        self.start_at + Duration::from_secs_f64(self.next / self.rate)
    }

    /// Goes on to the first deadline after `now`.
    pub(super) fn advance(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.start_at).as_secs_f64() * self.rate;
        self.next = passed.floor().max(self.next) + 1.0;
    }
}

/// Chooses pictures of a faster camera so that what is left is `rate` a second, evenly spread.
#[derive(Debug)]
pub(super) struct Thinner {
    interval: Duration,
    due_at: Option<Instant>,
}

impl Thinner {
    /// Part of an interval by which a picture may be early: cameras are not punctual, and one at
    /// 30 must not lose pictures at a wish of 30.
    const TOLERANCE: f64 = 0.3;

    pub(super) fn new(rate: f64) -> Self {
        Self {
            interval: Duration::from_secs_f64(1.0 / rate),
            due_at: None,
        }
    }

    /// Whether the picture of this time is wanted.
    pub(super) fn admits(&mut self, at: Instant) -> bool {
        let due_at = self.due_at.unwrap_or(at);
        if at + self.interval.mul_f64(Self::TOLERANCE) < due_at {
            return false;
        }
        // After a gap the schedule begins anew; without one it is kept, so that the rate is met
        // over time and not only from one picture to the next.
        let oldest = at.checked_sub(self.interval).unwrap_or(due_at);
        self.due_at = Some(due_at.max(oldest) + self.interval);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::clock::instant;

    #[test]
    fn deadlines_do_not_drift_and_missed_ones_are_left_out() {
        let start_at = instant();
        let mut pacer = Pacer::new(start_at, 30.0);
        for _ in 0..3000 {
            pacer.advance(pacer.due_at() + Duration::from_millis(20));
        }
        let expected = start_at + Duration::from_secs(100);
        assert!(pacer.due_at().duration_since(expected) < Duration::from_micros(1));
        pacer.advance(expected + Duration::from_millis(110));
        let due_after = pacer.due_at().duration_since(expected);
        assert!(
            (130..=134).contains(&due_after.as_millis()),
            "{due_after:?}"
        );
    }

    #[track_caller]
    fn check_thinning(from: f64, to: f64, expected: f64) {
        let (start_at, mut thinner) = (instant(), Thinner::new(to));
        let jitter = [0, 3, 1, 5, 2]
            .map(Duration::from_millis)
            .into_iter()
            .cycle();
        let times = (0..600).zip(jitter).map(|(index, jitter)| {
            start_at + Duration::from_secs_f64(f64::from(index) / from) + jitter
        });
        let admitted: Vec<Instant> = times.filter(|at| thinner.admits(*at)).collect();
        #[expect(clippy::cast_precision_loss, reason = "at most 600")]
        let rate = admitted.len() as f64 / (600.0 / from);
        assert!((rate - expected).abs() < 0.2, "{from} → {to} gave {rate}");
        let longest = admitted
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .max()
            .unwrap();
        let limit = Duration::from_secs_f64(1.0 / expected + 1.0 / from) + Duration::from_millis(6);
        assert!(longest <= limit, "{from} → {to} left a gap of {longest:?}");
    }

    #[test]
    fn a_fast_camera_is_thinned_evenly_and_a_slow_one_not_at_all() {
        check_thinning(30.0, 30.0, 30.0);
        check_thinning(60.0, 30.0, 30.0);
        check_thinning(30.0, 20.0, 20.0);
        check_thinning(30.0, 12.5, 12.5);
        check_thinning(25.0, 30.0, 25.0);
        check_thinning(15.0, 30.0, 15.0);
    }

    #[test]
    fn rates_are_sane() {
        assert_eq!(sane_rate(None).to_bits(), 30.0_f64.to_bits());
        let wishes = [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e-9, 1e9, 12.5];
        let rates = wishes.map(|rate| sane_rate(Some(rate)));
        assert_eq!(
            format!("{rates:?}"),
            "[30.0, 30.0, 30.0, 30.0, 0.1, 60.0, 12.5]"
        );
    }
}
