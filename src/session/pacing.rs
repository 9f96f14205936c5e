//! When the next picture may leave, how much of it at once, and how it is to be made.
//!
//! `link` measures, `ladder` chooses; this is what lies between: how much of the link is used, how
//! fast more is believed than before, and how much may be on its way unheard of. A picture begins
//! when its turn has come and those before it have arrived, as far as one can know after the time
//! of the link; so what waits is with the camera, where a newer picture takes its place.
//!
//! It does not know messages or the connection. Invariant: when nothing is heard of what was sent,
//! at most two pictures more are on their way than the link carries in a round trip, or than thrice
//! the pictures as planned need of it.

use super::{
    OutgoingPicture,
    ladder::{Ladder, PicturePlan},
    link::Link,
};
use crate::protocol::limits::{PICTURES_IN_FLIGHT_MAX, PIECE_LEN_MAX};
use std::time::{Duration, Instant};

/// Part of the link's rate that pictures are made for. The rest is for acknowledgements, texts,
/// pictures that come out longer than expected, and for the link to run empty now and then.
const USED: f64 = 0.85;

/// How quickly a higher rate is believed: that part of the difference in a second.
const RISE: f64 = 1.5;
/// A change below this part is none.
const DEAD_ZONE: f64 = 0.06;

/// What is unheard of for longer than the link takes counts as queued, beyond this.
const JITTER: Duration = Duration::from_millis(30);

/// How many times as long as planned pictures may be on a link that carries them, for as long as
/// one is answered.
const UNEVEN: f64 = 3.0;

/// Longest time on the wire of what is handed to the connection at once, so that texts,
/// acknowledgements and pings wait for no more.
const PIECE_TIME: f64 = 0.1;
/// Shortest piece, in bytes: below it heads cost more than they bring.
const PIECE_LEN_MIN: usize = 512;

/// Rate at which a picture leaves before one has arrived, in bytes a second: a megabit. On a slower
/// link the connection takes less by itself.
const RATE_FIRST: f64 = 125_000.0;

/// How long a picture may take that will stay for a while, in seconds: what moves next waits for
/// it.
const RESTING_TIME: f64 = 0.25;

/// Part of an interval by which a picture may be early: cameras are not punctual.
const TOLERANCE: f64 = 0.3;

/// What keeps pictures from being more, finer or larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limit {
    /// Nothing: the camera gives no more, and more would not be seen.
    #[default]
    None,
    /// The link carries no more.
    Link,
    /// Nothing is known of the link yet.
    Start,
    /// The peer shows no more.
    Peer,
}

/// What the control of the link sees and does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LinkFigures {
    /// What the link carries, in bytes a second, as far as it was measured: with little to carry
    /// it is seldom known how much more it would.
    pub rate: Option<f64>,
    /// How long the last picture waited for others on its way.
    pub queued: Option<Duration>,
    /// How pictures are made.
    pub plan: Option<PicturePlan>,
    /// Pictures a second at most; `None` for all that the camera gives.
    pub picture_rate: Option<f64>,
    /// Why it is not more.
    pub limit: Limit,
}

/// Controls what leaves.
#[derive(Debug)]
pub(super) struct Pacing {
    link: Link,
    ladder: Ladder,
    /// The rate that is believed, in bytes a second.
    believed: Option<f64>,
    believed_at: Instant,
    /// Pictures a second that the peer asks for.
    peer_rate: Option<f64>,
    /// When the next picture's turn comes, and when the last one began.
    due_at: Option<Instant>,
    /// When the link will have carried what was handed over, as far as one can tell.
    drained_at: Instant,
    /// The newest time that was told.
    now: Instant,
    /// The newest time at which the caller was awake for a deadline.
    woken_at: Instant,
}

impl Pacing {
    pub(super) const fn new(now: Instant, link: Link) -> Self {
        Self {
            link,
            ladder: Ladder::new(),
            believed: None,
            believed_at: now,
            peer_rate: None,
            due_at: None,
            drained_at: now,
            now,
            woken_at: now,
        }
    }

    /// Time goes on.
    pub(super) fn handle_time(&mut self, now: Instant) {
        self.now = self.now.max(now);
    }

    /// The caller is awake for all deadlines up to `now`.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        self.handle_time(now);
        self.woken_at = self.woken_at.max(now);
    }

    pub(super) fn handle_ping(&mut self, now: Instant, sent_us: u64, arrived_us: u64) {
        self.link.handle_ping(now, sent_us, arrived_us);
    }

    /// A picture begins to leave.
    pub(super) fn handle_begin(&mut self, picture: &OutgoingPicture, len: usize) {
        if let Some(plan) = picture.plan {
            let is_patch = picture.patch.is_some();
            self.ladder.learn(picture.size, plan, len, is_patch);
        }
        self.choose();
        if let Some(rate) = self.ladder.rate() {
            let interval = Duration::from_secs_f64(1.0 / rate);
            let due_at = self.due_at.unwrap_or(self.now);
            // After a gap the turns begin anew; without one they are kept, so that the rate is met
            // over time and not only from one picture to the next.
            let oldest = self.now.checked_sub(interval).unwrap_or(due_at);
            self.due_at = Some(due_at.max(oldest) + interval);
        } else {
            self.due_at = None;
        }
    }

    /// A record of a picture was made.
    pub(super) fn handle_sent(&mut self, wire_us: u64, sequence: u32, len: usize) {
        self.link.handle_sent(self.now, wire_us, sequence, len);
        #[expect(clippy::cast_precision_loss, reason = "a record's bytes")]
        let seconds = len as f64 / self.believed.unwrap_or(RATE_FIRST);
        self.drained_at =
            self.drained_at.max(self.now) + Duration::from_secs_f64(seconds.min(60.0));
    }

    /// A picture arrived at the peer, at `arrived_us` of its clock.
    pub(super) fn handle_received(&mut self, now: Instant, sequence: u32, arrived_us: u64) {
        self.handle_time(now);
        self.link.handle_received(now, sequence, arrived_us);
        if self.link.in_flight_len() == 0 {
            self.drained_at = now;
        }
        self.believe(now);
        self.choose();
    }

    /// The rest of a picture is not sent.
    pub(super) fn forget(&mut self, sequence: u32) {
        self.link.forget_flight(sequence);
    }

    /// The peer lays patches over pictures.
    pub(super) fn set_knows_patches(&mut self) {
        self.ladder.set_knows_patches();
    }

    /// The peer shows so many pictures a second; `None` for any number.
    pub(super) fn set_peer_rate(&mut self, rate: Option<f64>) {
        self.peer_rate = rate;
        self.choose();
    }

    /// Whether a picture may begin now.
    pub(super) fn may_begin(&self) -> bool {
        self.has_room() && self.begin_at().is_none_or(|at| at <= self.now)
    }

    /// Whether a piece of a picture that has begun may be handed over now.
    pub(super) fn may_go_on(&self) -> bool {
        self.piece_at() <= self.now
    }

    /// Largest piece, in bytes.
    pub(super) fn piece_len(&self) -> usize {
        let len = self.believed.unwrap_or(RATE_FIRST) * PIECE_TIME;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped"
        )]
        let len = len.clamp(0.0, 1e9) as usize;
        len.clamp(PIECE_LEN_MIN, PIECE_LEN_MAX)
    }

    /// When [`Self::handle_timeout`] wants to be called. `leaves`: a picture has begun and has not
    /// left.
    pub(super) fn deadline(&self, leaves: bool) -> Option<Instant> {
        let at = if leaves {
            Some(self.piece_at())
        } else {
            self.begin_at().filter(|_| self.has_room())
        };
        at.filter(|at| *at > self.woken_at)
    }

    pub(super) const fn plan(&self) -> PicturePlan {
        self.ladder.plan()
    }

    /// How a picture is to be made that will stay for a while.
    pub(super) fn resting_plan(&self) -> PicturePlan {
        let rate = self.believed.unwrap_or(RATE_FIRST);
        self.ladder.resting(rate * USED * RESTING_TIME)
    }

    pub(super) fn figures(&self) -> LinkFigures {
        let plan = self.ladder.plan();
        let limit = match (self.believed, self.ladder.rate()) {
            (None, _) => Limit::Start,
            (Some(_), None) if plan == self.ladder.best() => Limit::None,
            (Some(_), rate) if plan == self.ladder.best() && rate == self.peer_rate => Limit::Peer,
            _ => Limit::Link,
        };
        LinkFigures {
            rate: self.link.rate(),
            queued: self.link.queued(),
            plan: Some(plan),
            picture_rate: self.ladder.rate(),
            limit,
        }
    }

    /// Takes over what the link measures: less at once, more step by step.
    fn believe(&mut self, now: Instant) {
        let Some(measured) = self.link.rate() else {
            return;
        };
        let seconds = now
            .saturating_duration_since(self.believed_at)
            .as_secs_f64();
        self.believed_at = now;
        let Some(believed) = self.believed else {
            self.believed = Some(measured);
            return;
        };
        self.believed = Some(if measured > believed * (1.0 + DEAD_ZONE) {
            believed + (measured - believed) * (RISE * seconds).min(1.0)
        } else if measured < believed * (1.0 - DEAD_ZONE) {
            measured
        } else {
            believed
        });
    }

    fn choose(&mut self) {
        if let Some(believed) = self.believed {
            self.ladder.choose(believed * USED, self.peer_rate);
        }
    }

    /// Whether what is on its way leaves room for another picture.
    fn has_room(&self) -> bool {
        if self.link.in_flight_count() >= PICTURES_IN_FLIGHT_MAX {
            return false;
        }
        let Some(answer_time) = self.link.answer_time() else {
            return self.link.in_flight_count() == 0;
        };
        let len = self.ladder.len_planned();
        let rate = self.ladder.rate().unwrap_or(30.0);
        let planned = len * rate;
        // Where the link carries more than is planned, pictures that come out longer than others
        // may follow each other: they will not queue.
        let carried = self.believed.map_or(planned, |believed| believed * USED);
        let most = carried.clamp(planned, planned * UNEVEN);
        let needed = most * answer_time.as_secs_f64() + planned * JITTER.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "some pictures' bytes")]
        let in_flight = self.link.in_flight_len() as f64;
        in_flight <= needed + len / 2.0
    }

    /// When the next picture's turn comes; `None` for at once.
    fn begin_at(&self) -> Option<Instant> {
        let interval = Duration::from_secs_f64(TOLERANCE / self.ladder.rate()?);
        let at = self.due_at?;
        Some(at.checked_sub(interval).unwrap_or(at))
    }

    fn piece_at(&self) -> Instant {
        let ahead = Duration::from_secs_f64(PIECE_TIME / 2.0);
        self.drained_at.checked_sub(ahead).unwrap_or(self.now)
    }
}
