//! What happens in a call, and what the peer is told.

use super::{
    App, Call, CameraState, ConnectionId, Effect, Line, Now, Parting, Role,
    identity::Identity,
    line::Stage,
    listening::CALLER_COUNT_MAX,
    screen::wire_size,
    streak::{Kind, Told},
    words,
};
use crate::{
    media::PixelSize,
    session::{AnySession, CloseReason, Event, OutgoingPicture},
    ui::{chat::Speaker, text},
};
use std::{net::SocketAddr, time::Duration, time::Instant};

/// Most ended calls whose goodbye is still to be written. Those of a full house, twice.
const PARTING_COUNT_MAX: usize = 2 * CALLER_COUNT_MAX;

/// Shortest time between two bells for texts.
const TEXT_BELL_INTERVAL: Duration = Duration::from_secs(5);

/// Part of the terminal's frames for which pictures are asked: were there more of them, each would
/// wait for its turn.
const PICTURE_SHARE: f64 = 0.97;

/// How often it rings while a call waits for an answer.
pub(super) const RING_INTERVAL: Duration = Duration::from_secs(10);

impl App {
    pub(super) fn new_call(
        &self,
        connection: ConnectionId,
        address: SocketAddr,
        session: AnySession,
        now: Instant,
    ) -> Call {
        Call::new(connection, address, session, self.picture_area(), now)
    }

    /// Lets the session of a connection do something, wherever it is kept.
    pub(super) fn with_session(
        &mut self,
        connection: ConnectionId,
        act: impl FnOnce(&mut AnySession),
    ) {
        if let Some(call) = self
            .line
            .call_mut()
            .filter(|call| call.connection == connection)
        {
            act(&mut call.session);
        } else if let Some(caller) = self.callers.find_mut(connection) {
            act(&mut caller.session);
        }
    }

    fn with_call(&mut self, act: impl FnOnce(&mut AnySession)) {
        if let Some(call) = self.line.call_mut() {
            act(&mut call.session);
        }
    }

    pub(super) fn disconnected(&mut self, now: Now, connection: ConnectionId) {
        self.partings
            .retain(|parting| parting.connection != connection);
        self.gone = Some(connection);
        self.with_session(connection, |session| session.handle_disconnect(now.instant));
    }

    /// Takes all that the sessions have to say. It ends, because a session says a bounded amount of
    /// things for the bytes that it was given.
    pub(super) fn take_events(&mut self, now: Now) {
        self.take_caller_events(now);
        while let Some(event) = self
            .line
            .call_mut()
            .and_then(|call| call.session.poll_event())
        {
            self.take_event(now, event);
        }
    }

    fn take_event(&mut self, now: Now, event: Event) {
        match event {
            Event::Asked { peer_name } => self.asked(now, &peer_name),
            Event::Closed(reason) => self.closed(now, &reason),
            Event::Picture(picture) => {
                if self.line.is_checked() {
                    // Nothing is shown before the person has said who it is.
                    let (sequence, dropped) = (picture.sequence, super::Outcome::Dropped);
                    self.with_call(|session| {
                        session.acknowledge(now.instant, sequence, dropped);
                    });
                } else if self.options.role == Role::Echo {
                    self.echo_picture(now, picture);
                } else {
                    self.take_picture(now, picture);
                }
            }
            Event::PeerArea(size) => {
                if let Some(call) = self.line.call_mut() {
                    call.peer_area = PixelSize::new(size.width.into(), size.height.into());
                }
            }
            Event::PeerCamera(state) => self.peer_camera(now, state),
            Event::Ringing => self.ringing(),
            Event::Text(text) => {
                if let Some(text) = self.hold_text(text) {
                    self.take_text(now, &text);
                }
            }
            Event::Unchanged { captured_at } => self.peer_unchanged(now, captured_at),
            Event::Up { peer_name } => self.taken(now, peer_name),
        }
    }

    /// Takes the call that somebody makes.
    pub(super) fn accept(&mut self, now: Now) {
        if let Some(call) = self.line.call_mut()
            && matches!(call.stage, Stage::Asked { .. })
        {
            // `Event::Up` follows.
            call.stage = Stage::Greeting;
            call.session.accept(now.instant);
        }
    }

    pub(super) fn up(&mut self, now: Now, peer_name: &str) {
        let name = self.introduce(now, peer_name);
        let Some(call) = self.line.call_mut() else {
            return;
        };
        call.peer = name;
        call.stage = Stage::Up { since: now.instant };
        call.card = words::peer_card(call.peer_camera, &call.peer);
        call.pictures.expect_from(now.instant);
        let is_encrypted = call.session.is_encrypted();
        let manner = if is_encrypted { "" } else { words::PLAIN_CALL };
        let line = format!("call with {} began{manner}", call.peer);
        let is_listening = matches!(self.options.role, Role::Listen { .. });
        let is_wanted = !is_listening || call.identity.is_wanted();
        self.ever_up = true;
        self.lost = None;
        self.meter.call_began(now.instant);
        if is_wanted {
            self.say(now, &line);
        } else {
            self.tell_let_in(now, manner);
        }
        if let Some(screen) = &mut self.screen {
            // The large view of ourselves does not fit into the corner.
            screen.forget_own_picture();
        }
    }

    fn peer_camera(&mut self, now: Now, state: CameraState) {
        let is_listening = matches!(self.options.role, Role::Listen { .. });
        if let Some(call) = self.line.call_mut() {
            call.set_peer_camera(&mut self.meter, now.instant, state);
            let is_hidden = state == CameraState::Off && !call.peer_showed;
            if is_hidden && is_listening && call.session.is_encrypted() {
                call.card = words::hidden_card(&call.peer);
            }
        }
        self.redraw();
    }

    /// The peer's picture still shows what is there.
    fn peer_unchanged(&mut self, now: Now, captured_at: Instant) {
        let echo = self.options.role == Role::Echo;
        let Some(call) = self.line.up_mut() else {
            return;
        };
        if echo {
            // If that will not do, the next picture that comes is given back all the same.
            call.session.send_unchanged(now.instant, captured_at);
        } else if call.pictures.confirm(now.instant) {
            let age = now.instant.saturating_duration_since(captured_at);
            self.meter.confirmed(age);
        }
    }

    pub(super) fn take_text(&mut self, now: Now, text: &str) {
        if self.options.role == Role::Echo {
            if let Some(call) = self.line.up_mut() {
                call.session.send_text(now.instant, text);
            }
            return;
        }
        let Some(call) = self.line.call() else { return };
        let name = call.peer.clone();
        self.push_message(now, Speaker::Peer, name, text::printable(text));
        let quiet = self
            .text_bell_at
            .is_none_or(|at| now.instant >= at + TEXT_BELL_INTERVAL);
        if quiet && self.screen.is_some() {
            self.text_bell_at = Some(now.instant);
            self.effects.push(Effect::Bell);
        }
    }

    fn echo_picture(&mut self, now: Now, picture: crate::session::ReceivedPicture) {
        let Some(call) = self.line.up_mut() else {
            return;
        };
        let crate::session::ReceivedPicture {
            sequence,
            captured_at,
            size,
            jpeg,
            // None comes: see `new_session`.
            blocks: _,
        } = picture;
        call.session
            .acknowledge(now.instant, sequence, super::Outcome::Shown);
        call.sent_size = Some(PixelSize::new(size.width.into(), size.height.into()));
        call.session.send_picture(
            now.instant,
            OutgoingPicture {
                captured_at,
                size,
                jpeg,
                plan: None,
                number: 0,
                patch: None,
            },
        );
    }

    pub(super) fn take_own_picture(&mut self, now: Now, picture: super::OwnPicture) {
        // One that was on its way when the person turned the camera off stays here.
        if self.own_camera_state() != CameraState::On {
            return;
        }
        if let (Some(call), Some((size, jpeg))) = (self.line.up_mut(), picture.jpeg) {
            call.sent_size = Some(size);
            let captured_at = picture.captured_at;
            let outgoing = OutgoingPicture {
                captured_at,
                size: wire_size(size),
                jpeg,
                plan: Some(picture.plan),
                number: picture.number,
                patch: picture.patch,
            };
            call.session.send_picture(now.instant, outgoing);
        }
        if picture.unchanged
            && let Some(call) = self.line.up_mut()
            && !call
                .session
                .send_unchanged(now.instant, picture.captured_at)
        {
            self.camera.renew();
        }
        if let (Some(screen), Some(view)) = (&mut self.screen, picture.view) {
            let between = screen.own_patience();
            let frozen = self.line.up().is_none_or(|call| {
                let is_on = call.peer_camera == CameraState::On;
                !is_on || call.pictures.stands(now.instant, between)
            });
            screen.own_picture(now.instant, view, frozen);
        }
    }

    /// Tells the peer of our camera and our window when they have changed, and asks for the picture
    /// on screen again when it is wanted in another size.
    pub(super) fn tell_peer(&mut self, now: Now) {
        let viewing = self.viewing();
        let area = self.picture_area();
        let own = self.own_camera_state();
        let echo = self.options.role == Role::Echo;
        let frame_rate = self.screen.as_ref().and_then(|screen| screen.frame_rate);
        let rate = frame_rate.map(|rate| rate * PICTURE_SHARE);
        let waiting = self.effects.waiting_picture();
        let Some(call) = self.line.up_mut() else {
            return;
        };
        let camera = if echo { call.peer_camera } else { own };
        if call.told_camera != Some(camera) {
            call.told_camera = Some(camera);
            call.session.set_camera_state(now.instant, camera);
        }
        call.session.set_picture_rate(now.instant, rate);
        if call.told_area != area {
            call.told_area = area;
            call.session.set_picture_area(now.instant, area);
        }
        if let Some(effect) = call.pictures.look(viewing, waiting) {
            self.effects.push(effect);
        }
    }

    /// Takes the call off the line. Its last bytes are written, then the connection is closed.
    pub(super) fn part(&mut self, now: Now) -> Option<Parted> {
        let line = std::mem::replace(&mut self.line, Line::Waiting);
        let Line::Call(call) = line else {
            self.line = line;
            return None;
        };
        let Call {
            connection,
            address,
            session,
            stage,
            peer,
            identity,
            command_ended,
            counted,
            ..
        } = *call;
        self.meter.add_session(counted, session.statistics());
        self.meter.call_ended(now.instant);
        self.close(connection, session);
        if let Some(screen) = &mut self.screen {
            // The line stays open: letters typed on would be taken for keys.
            screen.forget_own_picture();
        }
        Some(Parted {
            peer,
            identity,
            address,
            stage,
            command_ended,
        })
    }

    /// Writes what a session has left, then closes its connection, unless that is gone already.
    pub(super) fn close(&mut self, connection: ConnectionId, session: AnySession) {
        if self.gone == Some(connection) {
            return;
        }
        if self.partings.len() == PARTING_COUNT_MAX {
            self.partings.remove(0);
        }
        self.partings.push(Parting {
            connection,
            session,
        });
        self.effects.push(Effect::Close(connection));
    }
}

/// What is known of a call that has ended.
pub(super) struct Parted {
    pub(super) peer: String,
    pub(super) identity: Identity,
    address: SocketAddr,
    pub(super) stage: Stage,
    pub(super) command_ended: Option<String>,
}

impl Parted {
    /// What tells more than `reason` does: the command's own words.
    pub(super) fn why(&self, reason: &CloseReason) -> Option<String> {
        let is_lost = *reason == CloseReason::ConnectionLost;
        self.command_ended.clone().filter(|_| is_lost)
    }

    /// As a call of a listener.
    pub(super) fn told(&self, kind: Kind) -> Told<'_> {
        Told::new(kind, &self.identity, &self.peer, self.address)
    }

    /// For how long the two saw each other.
    pub(super) fn lasted(&self, now: Instant) -> Duration {
        match self.stage {
            Stage::Up { since } => now.saturating_duration_since(since),
            _ => Duration::ZERO,
        }
    }

    /// `call with alice@laptop ended after 12 min`.
    pub(super) fn summary(&self, now: Instant) -> Option<String> {
        let Stage::Up { .. } = self.stage else {
            return None;
        };
        let length = words::length(self.lasted(now));
        Some(format!("call with {} ended after {length}", self.peer))
    }
}
