//! What the peer's messages do to the call: each in its turn, or an error.

use super::{ASKING_TIMEOUT, Call, HANDSHAKE_TIMEOUT, Phase, RINGING_TIMEOUT};
use crate::{
    protocol::{
        CameraState, Hello, Message, Outcome, Patch, ProtocolError, Record, Video, capability,
    },
    session::{CloseReason, Event, ReceivedPicture, liveness::Liveness},
};
use std::time::Instant;

impl Call {
    pub(super) fn take_record(
        &mut self,
        now: Instant,
        plaintext: &[u8],
    ) -> Result<(), ProtocolError> {
        let record = Record::parse(plaintext)?;
        let is_counted = match record {
            Record::NextPiece(bytes) => self.assembler.is_short(bytes),
            _ => true,
        };
        if is_counted && !self.rate.allow(now) {
            return Err(ProtocolError::TooMany);
        }
        // A stranger has nothing to say before it says who it is.
        let is_first = self.phase == Phase::AwaitingHello;
        if is_first && !matches!(record, Record::Message(_)) {
            return Err(ProtocolError::OutOfTurn);
        }
        let whole = match record {
            Record::Message(message) => return self.handle_message(now, message),
            Record::Ignorable => return Ok(()),
            Record::NewKey => {
                self.new_key = true;
                return Ok(());
            }
            Record::FirstPiece { .. } | Record::NextPiece(_) if !self.is_up() => {
                return Err(ProtocolError::OutOfTurn);
            }
            Record::FirstPiece { total_len, bytes } => self.assembler.first(total_len, bytes),
            Record::NextPiece(bytes) => self.assembler.next(bytes)?,
        };
        match whole
            .map(|bytes| Message::parse(&bytes))
            .transpose()?
            .flatten()
        {
            Some(message) => self.handle_message(now, message),
            None => Ok(()),
        }
    }

    fn handle_message(&mut self, now: Instant, message: Message) -> Result<(), ProtocolError> {
        match (self.phase, message) {
            (_, Message::Goodbye(goodbye)) => self.close(CloseReason::PeerLeft(goodbye), None),
            (Phase::AwaitingHello, Message::Hello(hello)) => self.handle_call(now, hello),
            (Phase::AwaitingRinging, Message::Ringing) => {
                self.enter(Phase::Ringing, Some(now + RINGING_TIMEOUT));
                self.events.push_back(Event::Ringing);
            }
            (Phase::AwaitingRinging | Phase::Ringing, Message::Refused(refusal)) => {
                self.close(CloseReason::Refused(refusal), None);
            }
            (Phase::Ringing, Message::Accepted) => {
                self.enter(Phase::AwaitingName, Some(now + HANDSHAKE_TIMEOUT));
            }
            (Phase::AwaitingName, Message::Hello(hello)) => {
                self.take_capabilities(hello.capabilities);
                self.peer_name = hello.name;
                self.peer_area = hello.picture_area;
                self.go_up();
            }
            (Phase::AwaitingHello, _) => return Err(ProtocolError::OutOfTurn),
            (_, Message::Ping { sent_at }) => self.handle_ping(now, sent_at),
            (
                _,
                Message::Pong {
                    ping_sent_at,
                    answered_at,
                },
            ) => {
                self.handle_pong(now, ping_sent_at, answered_at)?;
            }
            (Phase::Up, message) => self.handle_up(now, message)?,
            _ => return Err(ProtocolError::OutOfTurn),
        }
        Ok(())
    }

    /// What may come in a call that is up.
    fn handle_up(&mut self, now: Instant, message: Message) -> Result<(), ProtocolError> {
        match message {
            Message::CameraState(state) => self.handle_peer_camera(now, state),
            Message::PictureArea(area) => {
                self.peer_area = area;
                self.events.push_back(Event::PeerArea(area));
            }
            Message::Text(text) => {
                self.statistics.texts_received += 1;
                self.events.push_back(Event::Text(text));
            }
            Message::PictureRate { hundredths } => {
                let rate = (hundredths > 0).then(|| f64::from(hundredths) / 100.0);
                self.pacing.set_peer_rate(rate);
            }
            Message::Unchanged { captured_at } => {
                if self.peer_camera != CameraState::On {
                    return Err(ProtocolError::OutOfTurn);
                }
                let captured_at = self.clock.local_time(now, captured_at);
                self.events.push_back(Event::Unchanged { captured_at });
            }
            Message::Patch(Patch { video, blocks }) => {
                self.handle_video(now, video, Some(blocks))?;
            }
            Message::Video(video) => self.handle_video(now, video, None)?,
            Message::Received {
                sequence,
                arrived_at,
            } => {
                if self.pictures_out.is_told() {
                    self.pacing.handle_received(now, sequence, arrived_at);
                }
                self.handle_progress(now);
            }
            Message::VideoAcknowledged { sequence, outcome } => {
                self.pictures_out.acknowledge(sequence)?;
                if !self.pictures_out.is_told() {
                    // All times are ours then, and the way back counts.
                    let arrived_at = self.clock.wire_time(now);
                    self.pacing.handle_received(now, sequence, arrived_at);
                }
                if outcome == Outcome::Broken {
                    self.pictures_out.handle_broken(sequence);
                }
                self.count_outcome(outcome);
                self.handle_progress(now);
            }
            _ => return Err(ProtocolError::OutOfTurn),
        }
        Ok(())
    }

    /// The peer takes what we send.
    fn handle_progress(&mut self, now: Instant) {
        if let Some(liveness) = &mut self.liveness {
            liveness.handle_progress(now);
        }
    }

    /// Called: somebody calls.
    fn handle_call(&mut self, now: Instant, hello: Hello) {
        self.take_capabilities(hello.capabilities);
        self.peer_name.clone_from(&hello.name);
        self.peer_area = hello.picture_area;
        self.outgoing.push_step(Message::Ringing);
        self.liveness = Some(Liveness::new(now));
        self.enter(Phase::Asking, Some(now + ASKING_TIMEOUT));
        self.events.push_back(Event::Asked {
            peer_name: hello.name,
        });
    }

    fn take_capabilities(&mut self, capabilities: u32) {
        if capabilities & capability::RECEIPTS != 0 {
            self.pictures_out.set_told();
        }
        if capabilities & capability::UNCHANGED != 0 {
            self.pictures_out.set_knows_unchanged();
        }
        if capabilities & capability::PATCHES != 0 {
            self.pictures_out.set_knows_patches();
            self.pacing.set_knows_patches();
        }
    }

    fn handle_ping(&mut self, now: Instant, sent_at: u64) {
        let answered_at = self.clock.wire_time(now);
        self.outgoing.set_pong(Message::Pong {
            ping_sent_at: sent_at,
            answered_at,
        });
    }

    fn handle_pong(
        &mut self,
        now: Instant,
        ping_sent_at: u64,
        answered_at: u64,
    ) -> Result<(), ProtocolError> {
        let liveness = self.liveness.as_mut().ok_or(ProtocolError::OutOfTurn)?;
        let answered = liveness
            .handle_pong(now, ping_sent_at)
            .ok_or(ProtocolError::OutOfTurn)?;
        if answered.measures {
            self.clock.handle_pong(now, answered.sent_at, answered_at);
            let arrived_at = if self.pictures_out.is_told() {
                answered_at
            } else {
                self.clock.wire_time(now)
            };
            self.pacing.handle_ping(now, ping_sent_at, arrived_at);
            self.statistics.round_trip = Some(now.saturating_duration_since(answered.sent_at));
        }
        Ok(())
    }

    fn handle_peer_camera(&mut self, now: Instant, state: CameraState) {
        self.peer_camera = state;
        if state != CameraState::On {
            self.assembler.abandon();
            self.pictures_in.forget_base();
        }
        let paused = state == CameraState::Paused;
        if let Some(liveness) = &mut self.liveness {
            liveness.set_peer_paused(now, paused);
        }
        if paused {
            self.pictures_out.stop(&mut self.pacing);
        }
        self.events.push_back(Event::PeerCamera(state));
    }

    /// Takes a picture, or only those `blocks` of it.
    fn handle_video(
        &mut self,
        now: Instant,
        video: Video,
        blocks: Option<Vec<u8>>,
    ) -> Result<(), ProtocolError> {
        if self.peer_camera != CameraState::On {
            return Err(ProtocolError::OutOfTurn);
        }
        let (sequence, size) = (video.sequence, video.size);
        let captured_at = self.clock.local_time(now, video.captured_at);
        let arrived_at = self.clock.wire_time(now);
        if blocks.is_some() && self.capabilities & capability::PATCHES == 0 {
            return Err(ProtocolError::OutOfTurn);
        }
        let jpeg = if blocks.is_some() {
            self.pictures_in.receive_patch(video, arrived_at)?
        } else {
            self.pictures_in.receive(video, arrived_at)?
        };
        self.statistics.pictures_received += 1;
        let picture = ReceivedPicture {
            sequence,
            captured_at,
            size,
            jpeg,
            blocks,
        };
        self.events.push_back(Event::Picture(picture));
        Ok(())
    }

    fn count_outcome(&mut self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::Broken => &mut self.statistics.pictures_broken_by_peer,
            Outcome::Dropped => &mut self.statistics.pictures_dropped_by_peer,
            Outcome::Shown => &mut self.statistics.pictures_shown_by_peer,
        };
        *counter += 1;
    }
}
