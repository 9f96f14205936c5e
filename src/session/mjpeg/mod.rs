//! A call in plain pictures: JPEGs one after the other, both ways, and nothing else.
//!
//! It speaks with programs that know nothing of ttychat, and gives the same events as
//! [`super::Session`]. What it sends when is the matter of `turns`, how large of `area`,
//! and how many of `reader`.
//!
//! Invariant: nothing leaves before `accept`; one picture waits to be sent at most, and one to be
//! taken, each the newest; nobody is believed to be anybody.

mod area;
mod patience;
mod reader;
mod stand_in;
mod turns;

use super::{
    CloseReason, Event, OutgoingPicture, ReceivedPicture, Statistics, pictures::can_be_sent,
    timers::ASKING_TIMEOUT,
};
use crate::protocol::{
    CameraState, GREETING_LEN, Goodbye, Refusal, Role, Splitter, StreamPicture, is_greeting,
};
use area::Area;
use reader::Reader;
use std::{collections::VecDeque, time::Instant};
use turns::{Manner, Turns};

/// Longest picture that is held of one who has not sent a whole one yet, in bytes: many may wait.
const FIRST_LEN_MAX: usize = 64 << 10;

/// What a session in plain pictures is given at its start.
#[derive(Clone, Debug)]
pub struct MjpegConfig {
    /// Who begins.
    pub role: Role,
    /// What is sent while our camera gives no pictures, a small JPEG that shows nothing: who sends
    /// in turns would wait for ever else.
    pub stand_in: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Called: it is not known yet whether this is a call.
    Awaiting,
    /// Called: a person is asked.
    Asking,
    Up,
    Closed,
}

/// A call in plain pictures.
#[derive(Debug)]
pub struct MjpegSession {
    phase: Phase,
    /// Since when the phase lasts.
    since: Instant,
    events: VecDeque<Event>,
    splitter: Splitter,
    /// The first bytes that came, as many as a greeting of ours has.
    start: Vec<u8>,
    turns: Turns,
    area: Area,
    reader: Reader,
    /// Until then it is left to read what it has.
    resting_until: Option<Instant>,
    /// `None` before it is known.
    camera: Option<CameraState>,
    waiting: Option<OutgoingPicture>,
    stand_in: Vec<u8>,
    stand_in_at: Option<Instant>,
    is_stand_in_due: bool,
    /// The newest that came before the call was accepted.
    unseen: Option<ReceivedPicture>,
    /// When the last bytes were handed to the connection that it has not taken all, as far as is
    /// known.
    leaving_since: Option<Instant>,
    /// The last picture that came, or the time from which one may be expected.
    heard_at: Instant,
    statistics: Statistics,
}

impl MjpegSession {
    /// A session on a connection that has just been made. A caller's is up at once: there is
    /// nothing that would tell whether a person was asked.
    pub fn new(config: MjpegConfig, now: Instant) -> Self {
        let MjpegConfig { role, stand_in } = config;
        let mut session = Self {
            phase: Phase::Awaiting,
            since: now,
            events: VecDeque::new(),
            splitter: Splitter::new(FIRST_LEN_MAX),
            start: Vec::new(),
            turns: Turns::new(role),
            area: Area::default(),
            reader: Reader::default(),
            resting_until: None,
            camera: None,
            waiting: None,
            stand_in,
            stand_in_at: None,
            is_stand_in_due: false,
            unseen: None,
            leaving_since: None,
            heard_at: now,
            statistics: Statistics::default(),
        };
        if role == Role::Caller {
            session.go_up(now);
        }
        session
    }

    // From the network and the clock.

    /// Takes bytes that came. Of the pictures among them the newest counts.
    pub fn handle_bytes(&mut self, now: Instant, bytes: &[u8]) {
        if self.is_closed() {
            return;
        }
        self.statistics.bytes_received += bytes.len() as u64;
        let room = GREETING_LEN.saturating_sub(self.start.len());
        self.start.extend(bytes.iter().take(room));
        if is_greeting(&self.start) {
            self.close(CloseReason::NotPlain);
            return;
        }
        let mut rest = bytes;
        let mut newest = None;
        while let Some(picture) = self.splitter.take(&mut rest) {
            self.statistics.pictures_received += 1;
            let is_new_manner = self.turns.handle_theirs();
            if is_new_manner {
                self.take_manner();
            }
            newest = Some(picture);
        }
        // A whole picture came, though not one to be held of a stranger.
        if newest.is_none() && self.phase == Phase::Awaiting && self.splitter.has_passed_over() {
            self.statistics.pictures_received += 1;
            self.turns.handle_theirs();
            self.ask(now);
        }
        if let Some(StreamPicture { size, jpeg }) = newest {
            self.heard_at = now;
            let sequence = u32::try_from(self.statistics.pictures_received).unwrap_or(u32::MAX);
            self.take_picture(
                now,
                ReceivedPicture {
                    blocks: None,
                    sequence,
                    captured_at: now,
                    size,
                    jpeg,
                },
            );
        }
        self.plan_stand_in(now);
    }

    /// The connection ended.
    pub fn handle_disconnect(&mut self, _now: Instant) {
        let spoke_nonsense = !self.start.is_empty() && self.statistics.pictures_received == 0;
        self.close(if spoke_nonsense {
            CloseReason::NotMjpeg
        } else {
            CloseReason::ConnectionLost
        });
    }

    /// The deadline has come. Harmless when it has not.
    pub fn handle_timeout(&mut self, now: Instant) {
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        match self.phase {
            Phase::Awaiting | Phase::Up if is_due(self.nonsense_at()) => {
                self.close(CloseReason::NotMjpeg);
            }
            Phase::Awaiting if is_due(self.quiet_at()) => {
                self.turns.handle_quiet();
                self.take_manner();
                self.ask(now);
            }
            Phase::Asking if is_due(Some(self.since + ASKING_TIMEOUT)) => {
                self.close(CloseReason::Refused(Refusal::Unanswered));
            }
            Phase::Up if is_due(self.silent_at()) => self.close(CloseReason::PeerSilent),
            Phase::Up => {
                if is_due(self.quiet_at()) {
                    self.turns.handle_quiet();
                    self.take_manner();
                }
                self.is_stand_in_due |= self.stand_in_at.take_if(|at| *at <= now).is_some();
                self.plan_stand_in(now);
                self.rest(now);
            }
            Phase::Asking | Phase::Awaiting | Phase::Closed => {}
        }
    }

    // From the application.

    /// Called: takes the call after [`Event::Asked`]. Does nothing at any other time.
    pub fn accept(&mut self, now: Instant) {
        if self.phase == Phase::Asking {
            self.go_up(now);
            self.events.extend(self.unseen.take().map(Event::Picture));
        }
    }

    /// Called: does not take it, after [`Event::Asked`]. Does nothing at any other time.
    pub fn refuse(&mut self, _now: Instant, refusal: Refusal) {
        if self.phase == Phase::Asking {
            self.close(CloseReason::Refused(refusal));
        }
    }

    /// Offers a picture. It replaces one that waits, and is dropped when it may not be sent, or is
    /// too long for who sends in turns; a smaller one is then asked for.
    pub fn send_picture(&mut self, _now: Instant, picture: OutgoingPicture) {
        if !self.sends_pictures() || !can_be_sent(&picture) {
            return;
        }
        if self.turns.manner() != Manner::Streaming {
            let (fits, changed) = self.area.fit(picture.jpeg.len());
            self.tell_area(changed);
            if !fits {
                self.statistics.pictures_replaced += 1;
                return;
            }
        }
        if self.waiting.replace(picture).is_some() {
            self.statistics.pictures_replaced += 1;
        }
    }

    /// Says whether pictures come. Any state but [`CameraState::On`] gives up the one that waits.
    pub fn set_camera_state(&mut self, now: Instant, state: CameraState) {
        if state != CameraState::On {
            self.waiting = None;
        }
        self.camera = Some(state);
        self.plan_stand_in(now);
    }

    /// The program goes on after it was stopped: the silence meanwhile was not the peer's.
    pub fn handle_resume(&mut self, now: Instant) {
        self.heard_at = now;
        if let Some(since) = &mut self.leaving_since {
            *since = now;
        }
    }

    /// Ends the call. There is no goodbye in plain pictures.
    pub fn hang_up(&mut self, _now: Instant, _goodbye: Goodbye) {
        self.close(CloseReason::HungUp);
    }

    // To the caller of this code.

    /// The oldest event not yet taken.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Appends the next picture to `out`, whole, if one may leave. Call it when the connection has
    /// taken all before.
    pub fn poll_transmit(&mut self, now: Instant, out: &mut Vec<u8>) -> bool {
        if let Some(since) = self.leaving_since.take()
            && self.turns.manner() == Manner::Streaming
        {
            let changed = self.area.taken_in(now.saturating_duration_since(since));
            self.tell_area(changed);
        }
        if self.rest(now) || self.phase != Phase::Up || !self.turns.may_send() {
            return false;
        }
        let len_before = out.len();
        match self.waiting.take() {
            Some(picture) => out.extend(picture.jpeg),
            None if std::mem::take(&mut self.is_stand_in_due) => out.extend(&self.stand_in),
            None => return false,
        }
        let len = out.len() - len_before;
        self.statistics.pictures_sent += 1;
        self.statistics.bytes_sent += len as u64;
        self.reader.handle_ours(len);
        self.turns.handle_ours(now);
        self.leaving_since = Some(now);
        self.stand_in_at = None;
        self.is_stand_in_due = false;
        self.plan_stand_in(now);
        true
    }

    /// Whether a picture that is offered now would be sent soon.
    pub fn wants_picture(&self) -> bool {
        let may_leave = self.turns.may_send() && self.resting_until.is_none();
        self.sends_pictures() && may_leave && self.waiting.is_none()
    }

    /// When [`Self::handle_timeout`] wants to be called; `None` once the call is over.
    pub fn deadline(&self) -> Option<Instant> {
        let deadlines = match self.phase {
            Phase::Awaiting => [self.quiet_at(), self.nonsense_at(), None, None, None],
            Phase::Asking => [Some(self.since + ASKING_TIMEOUT), None, None, None, None],
            Phase::Up => [
                self.quiet_at(),
                self.nonsense_at(),
                self.silent_at(),
                self.stand_in_at,
                self.resting_until,
            ],
            Phase::Closed => [None; 5],
        };
        deadlines.into_iter().flatten().min()
    }

    /// Figures so far.
    pub fn statistics(&self) -> Statistics {
        let waiting = self.waiting.as_ref();
        Statistics {
            bytes_waiting: waiting.map_or(0, |picture| picture.jpeg.len()),
            ..self.statistics
        }
    }

    // Inside.

    fn take_picture(&mut self, now: Instant, picture: ReceivedPicture) {
        match self.phase {
            Phase::Awaiting => {
                self.unseen = Some(picture);
                self.ask(now);
            }
            Phase::Asking => self.unseen = Some(picture),
            Phase::Up => {
                // One that was not taken yet is overtaken.
                self.events
                    .retain(|event| !matches!(event, Event::Picture(_)));
                self.events.push_back(Event::Picture(picture));
            }
            Phase::Closed => {}
        }
    }

    fn ask(&mut self, now: Instant) {
        self.phase = Phase::Asking;
        self.splitter.allow_all();
        self.since = now;
        let peer_name = String::new();
        self.events.push_back(Event::Asked { peer_name });
    }

    fn go_up(&mut self, now: Instant) {
        self.phase = Phase::Up;
        self.splitter.allow_all();
        self.since = now;
        self.heard_at = now;
        let peer_name = String::new();
        self.events.push_back(Event::Up { peer_name });
        self.tell_area(true);
        self.plan_stand_in(now);
    }

    /// The peer turned out to send in another manner.
    fn take_manner(&mut self) {
        self.area = match self.turns.manner() {
            Manner::Streaming => Area::LARGEST,
            Manner::Alternating | Manner::Unknown => Area::default(),
        };
        self.tell_area(true);
    }

    fn tell_area(&mut self, changed: bool) {
        if changed && self.phase == Phase::Up {
            self.events.push_back(Event::PeerArea(self.area.size()));
        }
    }

    /// Whether pictures of our camera may leave at all.
    fn sends_pictures(&self) -> bool {
        self.phase == Phase::Up && self.camera == Some(CameraState::On)
    }

    fn close(&mut self, reason: CloseReason) {
        if !self.is_closed() {
            self.phase = Phase::Closed;
            self.waiting = None;
            self.unseen = None;
            self.splitter = Splitter::default();
            self.events.push_back(Event::Closed(reason));
        }
    }

    fn is_closed(&self) -> bool {
        self.phase == Phase::Closed
    }
}
