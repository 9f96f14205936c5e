//! What the receipts of pictures tell of the link: how long the empty one takes, how many bytes a
//! second it carries, and how long pictures queue in it.
//!
//! A picture that finds the link empty takes the time of the empty link and its own length at the
//! link's rate; one that finds others before it is served when they have left. So every picture
//! measures the rate, whether the link is full or nearly idle, and nothing has to be filled for it.
//! Times of arrival are of the peer's clock, so that what queues on the way back does not count.
//!
//! Invariant: it remembers at most [`FLIGHTS_MAX`] pictures; what a peer claims can make the
//! figures wrong, and nothing else.

use super::base::Base;
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Most pictures that are on their way without a receipt: sixty a second with a second of delay.
/// Older ones are forgotten.
const FLIGHTS_MAX: usize = 64;

/// How many measurements are kept: a third of a second at full rate, a second on a slow link.
const SAMPLE_COUNT: usize = 8;

/// How many pictures in a row make a figure.
const RUN_COUNT: usize = 3;

/// Shortest time a picture is believed to have taken; below it the clocks' and the loops'
/// punctuality is measured.
const SERVICE_MIN: Duration = Duration::from_micros(500);

/// A picture on its way.
#[derive(Clone, Copy, Debug)]
struct Flight {
    sequence: u32,
    /// First byte handed to the connection, by our clock on the wire, in microseconds.
    handed_us: i64,
    handed_at: Instant,
    /// On the wire, in bytes.
    len: usize,
}

/// What one picture told.
#[derive(Clone, Copy, Debug)]
struct Sample {
    len: f64,
    /// For how long it had the link to itself, in seconds.
    service: f64,
    /// For how long it waited for others before it.
    queued: Duration,
    /// Time until we heard of it, but for its own time on the wire and its wait.
    answer: Duration,
}

/// The way to the peer.
#[derive(Debug, Default)]
pub(super) struct Link {
    flights: VecDeque<Flight>,
    in_flight_len: usize,
    /// The peer's clock minus ours and the time of the empty link, in microseconds.
    base: Base,
    /// When the last picture arrived, by the peer's clock, in microseconds.
    arrived_us: Option<i64>,
    samples: VecDeque<Sample>,
}

impl Link {
    /// Part of a picture was handed to the connection: `len` bytes of `sequence`.
    pub(super) fn handle_sent(&mut self, now: Instant, wire_us: u64, sequence: u32, len: usize) {
        self.in_flight_len += len;
        if let Some(flight) = self.flights.back_mut()
            && flight.sequence == sequence
        {
            flight.len += len;
            return;
        }
        if self.flights.len() == FLIGHTS_MAX
            && let Some(oldest) = self.flights.pop_front()
        {
            self.in_flight_len -= oldest.len;
        }
        self.flights.push_back(Flight {
            sequence,
            handed_us: signed(wire_us),
            handed_at: now,
            len,
        });
    }

    /// A message of a few bytes that left at `sent_us` of our clock came at `arrived_us` of theirs.
    pub(super) fn handle_ping(&mut self, now: Instant, sent_us: u64, arrived_us: u64) {
        let offset = signed(arrived_us).saturating_sub(signed(sent_us));
        self.base.add(now, offset);
    }

    /// A picture arrived whole at `arrived_us` of the peer's clock. Those before it that nobody
    /// spoke of did as well.
    pub(super) fn handle_received(&mut self, now: Instant, sequence: u32, arrived_us: u64) {
        let Some(index) = self
            .flights
            .iter()
            .position(|flight| flight.sequence == sequence)
        else {
            return;
        };
        let mut len = 0;
        let mut first = None;
        for flight in self.flights.drain(..=index) {
            len += flight.len;
            first.get_or_insert(flight);
        }
        self.in_flight_len -= len;
        let Some(first) = first else { return };
        let arrived_us = signed(arrived_us);
        let offset = arrived_us.saturating_sub(first.handed_us);
        let base = self.base.value().map_or(offset, |base| base.min(offset));
        self.base.add(now, offset);
        // By the peer's clock: when its first byte would have come on an empty link, and when it
        // did, behind the picture before it.
        let due_us = first.handed_us.saturating_add(base);
        let begun_us = self
            .arrived_us
            .map_or(due_us, |last| last.max(due_us))
            .min(arrived_us);
        self.arrived_us = Some(arrived_us);
        let service = span(begun_us, arrived_us).max(SERVICE_MIN);
        let took = now.saturating_duration_since(first.handed_at);
        if self.samples.len() == SAMPLE_COUNT {
            self.samples.pop_front();
        }
        #[expect(clippy::cast_precision_loss, reason = "a picture's bytes")]
        self.samples.push_back(Sample {
            len: len as f64,
            service: service.as_secs_f64(),
            queued: span(due_us, begun_us),
            answer: took.saturating_sub(span(due_us, arrived_us)),
        });
    }

    /// What was on its way is given up; the link is as it was.
    pub(super) fn forget_flight(&mut self, sequence: u32) {
        let Self {
            flights,
            in_flight_len,
            ..
        } = self;
        flights.retain(|flight| {
            let given_up = flight.sequence == sequence;
            if given_up {
                *in_flight_len -= flight.len;
            }
            !given_up
        });
    }

    /// Bytes of pictures that were handed over and of whose arrival nothing was heard.
    pub(super) const fn in_flight_len(&self) -> usize {
        self.in_flight_len
    }

    pub(super) fn in_flight_count(&self) -> usize {
        self.flights.len()
    }

    /// Bytes a second that the link carries: the second best of what the last pictures showed,
    /// three in a row at a time. What delays pictures besides the link (a lost segment, a busy
    /// machine) can only make it look slower, and must not: shorter pictures would look slower
    /// still. What arrives late together looks fast, but not over three pictures.
    pub(super) fn rate(&self) -> Option<f64> {
        let samples: Vec<Sample> = self.samples.iter().copied().collect();
        let mut rates: Vec<f64> = samples
            .windows(RUN_COUNT.min(samples.len().max(1)))
            .map(|run| {
                let len: f64 = run.iter().map(|sample| sample.len).sum();
                let service: f64 = run.iter().map(|sample| sample.service).sum();
                len / service
            })
            .collect();
        rates.sort_by(f64::total_cmp);
        let best = rates.len().checked_sub(1)?;
        rates.get(best.saturating_sub(1)).copied()
    }

    /// How long the last picture waited for others: its round trip without the shortest round trip
    /// and without its own time on the wire.
    pub(super) fn queued(&self) -> Option<Duration> {
        self.samples.back().map(|sample| sample.queued)
    }

    /// How long it takes to hear of a picture that was short and found the link empty; the longest
    /// of the last ones, for what comes back may queue as well.
    pub(super) fn answer_time(&self) -> Option<Duration> {
        self.samples.iter().map(|sample| sample.answer).max()
    }
}

fn signed(us: u64) -> i64 {
    i64::try_from(us).unwrap_or(i64::MAX)
}

/// From one time in microseconds to another; nothing if it is not later. At most an hour.
fn span(from_us: i64, to_us: i64) -> Duration {
    const HOUR_US: i64 = 3_600_000_000;
    let us = to_us.saturating_sub(from_us).clamp(0, HOUR_US);
    Duration::from_micros(us.unsigned_abs())
}
