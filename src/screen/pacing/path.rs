//! The path to the terminal as a pipe: a delay and a number of bytes a second.
//!
//! Invariant: the rate lies between [`RATE_MIN`] and [`RATE_MAX`].

use std::time::{Duration, Instant};

/// The slowest path that is believed in: a modem of 9,600 bit/s.
const RATE_MIN: f64 = 1_000.0;
/// The fastest: no terminal parses more.
const RATE_MAX: f64 = 200e6;
/// Shortest frame that tells of the rate, in bytes; what is shorter tells of the delay.
const TELLING_LEN_MIN: usize = 1_500;
/// Bytes that a path may hold of which nothing is known.
const FIRST_LEN: usize = 10_000;
/// Bytes a second that it is given beyond them until something is known.
const UNKNOWN_RATE: f64 = 100_000.0;
/// How long a round trip is remembered as the shortest.
const ROUND_TRIP_TIMEOUT: Duration = Duration::from_secs(15);
/// How often the round trip is measured, if nothing short is sent anyway.
const PROBE_INTERVAL: Duration = Duration::from_secs(5);
/// How much of what the rate is taken for comes from one frame.
const RATE_GAIN: f64 = 0.3;
/// How much more may be on its way than the path holds, so that it never runs dry.
const WINDOW_SLACK: f64 = 1.25;
/// Time that may be lost to schedulers on each answer; what comes quicker is as quick as this.
const SERVICE_MIN: Duration = Duration::from_micros(300);
/// A write that takes longer has met a full buffer.
const PRESSURE_TIME: Duration = Duration::from_millis(120);

/// What is known of the path.
#[derive(Debug)]
pub(super) struct Path {
    /// In bytes a second.
    rate: f64,
    is_rate_known: bool,
    /// The shortest of late, and the shortest of the time before, with when each began.
    round_trips: [Option<Duration>; 2],
    round_trips_since: Option<Instant>,
    /// When what was sent will have left, on a path that holds nothing else.
    free_at: Option<Instant>,
    /// When the last answer came.
    answered_at: Option<Instant>,
    /// Of the last frame, in bytes.
    last_len: usize,
    /// When the first frame left.
    begun_at: Option<Instant>,
    /// When something short was sent last, whose answer tells the round trip.
    probed_at: Option<Instant>,
}

impl Path {
    pub(super) const fn new(rate: f64) -> Self {
        Self {
            rate,
            is_rate_known: false,
            round_trips: [None; 2],
            round_trips_since: None,
            free_at: None,
            answered_at: None,
            last_len: 0,
            begun_at: None,
            probed_at: None,
        }
    }

    pub(super) const fn rate(&self) -> f64 {
        self.rate
    }

    /// The shortest of late.
    pub(super) fn round_trip(&self) -> Option<Duration> {
        self.round_trips.iter().flatten().min().copied()
    }

    /// When what was sent will have left.
    pub(super) const fn free_at(&self) -> Option<Instant> {
        self.free_at
    }

    /// Nothing is on its way any more.
    pub(super) const fn forget_waiting(&mut self) {
        (self.free_at, self.answered_at) = (None, None);
    }

    /// A frame leaves; says whether nothing was before it.
    pub(super) fn handle_sent(&mut self, now: Instant, len: usize) -> bool {
        self.begun_at.get_or_insert(now);
        if len < TELLING_LEN_MIN {
            self.probed_at = Some(now);
        }
        let was_empty = self.free_at.is_none_or(|at| at <= now);
        let begin = self.free_at.map_or(now, |at| at.max(now));
        self.free_at = Some(begin + self.service(len));
        self.last_len = len;
        was_empty
    }

    /// The terminal has taken a frame of `len` bytes, begun then, and all before it.
    pub(super) fn handle_answer(
        &mut self,
        now: Instant,
        begun_at: Instant,
        len: usize,
        path_was_empty: bool,
    ) {
        let took = now.saturating_duration_since(begun_at);
        if len < TELLING_LEN_MIN && path_was_empty || self.round_trip().is_some_and(|r| took < r) {
            self.remember_round_trip(now, took);
        }
        // The path served this frame from when it had arrived, or the frame before had left.
        let arrived_at = begun_at + self.round_trip().unwrap_or_default();
        let from = self.answered_at.map_or(arrived_at, |at| at.max(arrived_at));
        self.answered_at = Some(now);
        if len < TELLING_LEN_MIN {
            return;
        }
        let service = now.saturating_duration_since(from).max(SERVICE_MIN);
        #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
        let seen = (len as f64 / service.as_secs_f64()).clamp(RATE_MIN, RATE_MAX);
        // Seconds a byte are what is averaged: a slow frame weighs as much as its time.
        let gain = if self.is_rate_known { RATE_GAIN } else { 1.0 };
        self.rate = 1.0 / (gain / seen + (1.0 - gain) / self.rate);
        self.is_rate_known = true;
    }

    /// Corrects the guess of when the path becomes free: what was answered left it a delay ago,
    /// and so much, the last of it sent then, follows.
    pub(super) fn settle(&mut self, now: Instant, rest: Option<(usize, Instant)>) {
        let delay = self.round_trip().unwrap_or_default();
        let left_at = now.checked_sub(delay).unwrap_or(now);
        self.free_at = Some(match rest {
            None => left_at,
            Some((len, last_at)) => (left_at + self.service(len)).max(last_at),
        });
    }

    /// Whether the round trip should be measured again.
    pub(super) fn wants_probe(&self, now: Instant) -> bool {
        let is_free = self.free_at.is_none_or(|at| at <= now);
        let is_due = self
            .probed_at
            .is_none_or(|at| now.saturating_duration_since(at) > PROBE_INTERVAL);
        is_free && is_due
    }

    /// When so much may be unanswered that another frame has its place on the path.
    pub(super) fn window_opens_at(&self, now: Instant, unanswered_len: usize) -> Instant {
        let Some(delay) = self.round_trip().filter(|_| self.is_rate_known) else {
            return self.unknown_opens_at(now, unanswered_len);
        };
        let delay = delay.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
        let (unanswered, last) = (unanswered_len as f64, self.last_len as f64);
        let window = self.rate * delay * WINDOW_SLACK + last * 0.5;
        if unanswered <= window {
            return now;
        }
        // An answer will open it; without one, when the path must have become free.
        now + Duration::from_secs_f64(((unanswered - window) / self.rate).min(1.0))
    }

    /// The same of a path of which nothing is known yet: as if it were slow.
    fn unknown_opens_at(&self, now: Instant, unanswered_len: usize) -> Instant {
        let Some(over) = unanswered_len.checked_sub(FIRST_LEN) else {
            return now;
        };
        #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
        let wait = Duration::from_secs_f64(over as f64 / UNKNOWN_RATE);
        self.begun_at.map_or(now, |at| at + wait)
    }

    /// Whether the terminal has told how many bytes a second the path carries.
    pub(super) const fn is_rate_known(&self) -> bool {
        self.is_rate_known
    }

    /// For how long the answer to all that is on its way may take.
    pub(super) fn answer_time(&self, unanswered_len: usize) -> Duration {
        self.round_trip().unwrap_or_default() + self.service(unanswered_len)
    }

    /// The terminal says nothing: its own pace is all that is seen.
    pub(super) fn handle_silence(&mut self, rate_max: f64) {
        self.rate = self.rate.min(rate_max);
        self.forget_waiting();
    }

    /// A frame was taken by the system after so long. Where nobody answers, a full buffer is all
    /// that tells of a slow path: then less is sent than it carries until it is empty again.
    pub(super) fn handle_pressure(&mut self, now: Instant, took: Duration, rate_max: f64) {
        if took > PRESSURE_TIME {
            #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
            let taken = self.last_len as f64 / took.as_secs_f64();
            self.rate = (taken * 0.6).clamp(RATE_MIN, rate_max);
            self.free_at = Some(now + took);
        } else {
            // Half as much again in a minute of frames, to find out when the path gets better.
            self.rate = (self.rate * 1.0005).min(rate_max);
        }
    }

    fn service(&self, len: usize) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
        Duration::from_secs_f64((len as f64 / self.rate).min(60.0))
    }

    fn remember_round_trip(&mut self, now: Instant, took: Duration) {
        let is_old = self
            .round_trips_since
            .is_none_or(|since| now.saturating_duration_since(since) > ROUND_TRIP_TIMEOUT);
        if is_old {
            self.round_trips = [None, self.round_trips[0]];
            self.round_trips_since = Some(now);
        }
        let [latest, _] = &mut self.round_trips;
        *latest = Some(latest.map_or(took, |known| known.min(took)));
    }
}
