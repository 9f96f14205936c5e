//! The call itself, on messages: whose turn it is, what is sent next, what is owed.
//!
//! It does not know bytes on the connection or encryption.

mod incoming;
mod leaving;

use super::{
    CloseReason, Event, OutgoingPicture, Statistics,
    clock::WireClock,
    ladder::PicturePlan,
    link::Link,
    liveness::Liveness,
    outgoing::{Outgoing, cut},
    pacing::Pacing,
    pictures::{PicturesIn, PicturesOut, can_be_sent, within_limits},
    rate::RateLimit,
    timers::{ASKING_TIMEOUT, HANDSHAKE_TIMEOUT, RINGING_TIMEOUT},
};
use crate::protocol::{
    Assembler, CameraState, Goodbye, Message, Outcome, Refusal, Role, Size, capability,
    limits::NAME_LEN_MAX,
};
use std::{collections::VecDeque, time::Instant};

/// Where a call is (docs/PROTOCOL.md 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Greeting and keys.
    Handshaking,
    /// Called: the caller says who they are.
    AwaitingHello,
    /// Called: a person is asked.
    Asking,
    /// Caller: the other program has not said a word yet.
    AwaitingRinging,
    /// Caller: a person is asked.
    Ringing,
    /// Caller: taken; the called one says who they are.
    AwaitingName,
    Up,
    Closed,
}

/// A call and all that it owes and awaits.
#[derive(Debug)]
pub(super) struct Call {
    role: Role,
    phase: Phase,
    /// When the phase has lasted too long; `None` where it may last.
    phase_deadline: Option<Instant>,
    events: VecDeque<Event>,
    name: String,
    /// Bits of [`capability`] that we own up to.
    capabilities: u32,
    peer_name: String,
    area: Size,
    area_told: Size,
    /// Hundredths of pictures a second that we can show; 0 for any number.
    picture_rate: u16,
    picture_rate_told: u16,
    peer_area: Size,
    camera: CameraState,
    camera_told: Option<CameraState>,
    peer_camera: CameraState,
    outgoing: Outgoing,
    pictures_out: PicturesOut,
    pictures_in: PicturesIn,
    pacing: Pacing,
    assembler: Assembler,
    clock: WireClock,
    /// From the first message inside on.
    liveness: Option<Liveness>,
    rate: RateLimit,
    /// The last record said that the peer's next ones have another key.
    new_key: bool,
    statistics: Statistics,
}

impl Call {
    pub(super) fn new(role: Role, name: &str, area: Size, now: Instant) -> Self {
        Self {
            role,
            phase: Phase::Handshaking,
            phase_deadline: Some(now + HANDSHAKE_TIMEOUT),
            events: VecDeque::new(),
            name: cut(name, NAME_LEN_MAX).to_owned(),
            capabilities: capability::ALL,
            peer_name: String::new(),
            area: within_limits(area),
            area_told: Size::default(),
            picture_rate: 0,
            picture_rate_told: 0,
            peer_area: Size::default(),
            camera: CameraState::default(),
            camera_told: None,
            peer_camera: CameraState::default(),
            outgoing: Outgoing::default(),
            pictures_out: PicturesOut::default(),
            pictures_in: PicturesIn::default(),
            pacing: Pacing::new(now, Link::default()),
            assembler: Assembler::default(),
            clock: WireClock::new(now),
            liveness: None,
            rate: RateLimit::new(now),
            new_key: false,
            statistics: Statistics::default(),
        }
    }

    // From the channel.

    pub(super) fn handle_heard(&mut self, now: Instant, len: usize) {
        self.statistics.bytes_received += len as u64;
        self.pacing.handle_time(now);
        if let Some(liveness) = &mut self.liveness {
            liveness.handle_heard(now);
        }
    }

    pub(super) fn handle_handshake_done(&mut self, now: Instant) {
        self.phase = match self.role {
            Role::Called => Phase::AwaitingHello,
            Role::Caller => {
                self.push_hello();
                self.liveness = Some(Liveness::new(now));
                Phase::AwaitingRinging
            }
        };
    }

    pub(super) fn handle_record(&mut self, now: Instant, plaintext: &[u8]) {
        if let Err(error) = self.take_record(now, plaintext) {
            self.close(
                CloseReason::PeerMisbehaved(error),
                Some(Message::Goodbye(Goodbye::Misbehaved)),
            );
        }
    }

    /// Whether the last record said that the peer's next ones have another key.
    pub(super) const fn take_new_key(&mut self) -> bool {
        std::mem::replace(&mut self.new_key, false)
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        self.pacing.handle_timeout(now);
        if self.phase_deadline.is_some_and(|deadline| deadline <= now) {
            let unanswered = CloseReason::Refused(Refusal::Unanswered);
            match self.phase {
                Phase::Asking => {
                    self.close(unanswered, Some(Message::Refused(Refusal::Unanswered)));
                }
                Phase::Ringing => self.close(unanswered, Some(Message::Goodbye(Goodbye::Ended))),
                _ => self.close(CloseReason::PeerSilent, None),
            }
        }
        if !self.is_closed()
            && let Some(liveness) = &mut self.liveness
            && liveness.handle_timeout(now)
        {
            self.close(CloseReason::PeerSilent, None);
        }
    }

    /// Ends the call for `reason`; `last` is still sent, and nothing else that waits.
    pub(super) fn close(&mut self, reason: CloseReason, last: Option<Message>) {
        if self.is_closed() {
            return;
        }
        self.phase = Phase::Closed;
        self.phase_deadline = None;
        self.liveness = None;
        self.pictures_out.stop(&mut self.pacing);
        self.assembler.abandon();
        self.outgoing.finish(last);
        self.events.push_back(Event::Closed(reason));
    }

    pub(super) fn handle_sent(&mut self, len: usize) {
        self.statistics.bytes_sent += len as u64;
    }

    // From the application.

    pub(super) fn accept(&mut self) {
        if self.phase == Phase::Asking {
            self.outgoing.push_step(Message::Accepted);
            self.push_hello();
            self.go_up();
        }
    }

    pub(super) fn refuse(&mut self, refusal: Refusal) {
        if self.phase == Phase::Asking {
            self.close(
                CloseReason::Refused(refusal),
                Some(Message::Refused(refusal)),
            );
        }
    }

    pub(super) fn send_text(&mut self, text: &str) -> bool {
        let accepted = self.is_up() && self.outgoing.push_text(text);
        self.statistics.texts_sent += u64::from(accepted);
        accepted
    }

    pub(super) fn send_picture(&mut self, picture: OutgoingPicture) {
        if !self.sends_pictures() || !can_be_sent(&picture) {
            self.pictures_out.forget_newest();
        } else if self.pictures_out.offer(picture) {
            self.statistics.pictures_replaced += 1;
        }
    }

    pub(super) fn set_camera_state(&mut self, state: CameraState) {
        self.camera = state;
        if state != CameraState::On {
            self.pictures_out.stop(&mut self.pacing);
        }
    }

    pub(super) fn set_picture_area(&mut self, area: Size) {
        self.area = within_limits(area);
    }

    pub(super) fn send_unchanged(&mut self, captured_at: Instant) -> bool {
        self.sends_pictures() && self.pictures_out.offer_unchanged(captured_at)
    }

    pub(super) const fn forgo_patches(&mut self) {
        self.capabilities &= !capability::PATCHES;
    }

    pub(super) fn set_picture_rate(&mut self, rate: Option<f64>) {
        let hundredths = rate.map_or(0.0, |rate| (rate * 100.0).round().clamp(1.0, 65_535.0));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped"
        )]
        let hundredths = hundredths as u16;
        self.picture_rate = hundredths;
    }

    pub(super) fn acknowledge(&mut self, sequence: u32, outcome: Outcome) {
        self.pictures_in.acknowledge(sequence, outcome);
    }

    pub(super) fn hang_up(&mut self, goodbye: Goodbye) {
        self.close(CloseReason::HungUp, Some(Message::Goodbye(goodbye)));
    }

    pub(super) fn handle_resume(&mut self, now: Instant) {
        if let Some(liveness) = &mut self.liveness {
            liveness.forgive(now);
        }
    }

    pub(super) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    // What is.

    pub(super) fn is_closed(&self) -> bool {
        self.phase == Phase::Closed
    }

    pub(super) fn is_up(&self) -> bool {
        self.phase == Phase::Up
    }

    pub(super) fn wants_picture(&self) -> bool {
        self.sends_pictures() && self.pictures_out.has_room(&self.pacing)
    }

    pub(super) fn takes_patch(&self) -> bool {
        self.sends_pictures() && self.pictures_out.takes_patch()
    }

    pub(super) const fn picture_plan(&self) -> PicturePlan {
        self.pacing.plan()
    }

    pub(super) fn resting_plan(&self) -> PicturePlan {
        self.pacing.resting_plan()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let liveness = self.liveness.as_ref().map(Liveness::deadline);
        let picture = self.pictures_out.deadline(&self.pacing);
        let picture = picture.filter(|_| self.sends_pictures());
        [self.phase_deadline, liveness, picture]
            .into_iter()
            .flatten()
            .min()
    }

    pub(super) fn statistics(&self) -> Statistics {
        Statistics {
            bytes_waiting: self.outgoing.len_waiting() + self.pictures_out.len_waiting(),
            pictures_unacknowledged: self.pictures_out.unacknowledged_count(),
            link: self.pacing.figures(),
            ..self.statistics
        }
    }

    // Steps.

    /// Whether pictures may leave: both sides run, ours is on, theirs can show one.
    fn sends_pictures(&self) -> bool {
        self.is_up()
            && self.camera == CameraState::On
            && self.peer_camera != CameraState::Paused
            && self.peer_area.width > 0
            && self.peer_area.height > 0
    }

    fn go_up(&mut self) {
        self.enter(Phase::Up, None);
        self.events.push_back(Event::Up {
            peer_name: self.peer_name.clone(),
        });
        self.events.push_back(Event::PeerArea(self.peer_area));
    }

    fn enter(&mut self, phase: Phase, deadline: Option<Instant>) {
        self.phase = phase;
        self.phase_deadline = deadline;
    }
}
