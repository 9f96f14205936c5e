//! The line: nobody, somebody being called, or a call.

use super::{
    CameraState, ConnectionId, Size,
    identity::Identity,
    pictures::{Answers, Pictures},
    statistics::Meter,
    trust::Check,
    words,
};
use crate::{
    media::PixelSize,
    session::{self, AnySession},
};
use std::{net::SocketAddr, time::Instant};

/// What the line is doing.
#[derive(Debug)]
pub(super) enum Line {
    /// Somebody is connected to us, or we to somebody.
    Call(Box<Call>),
    /// The connection is being made.
    Dialling {
        /// Since when.
        since: Instant,
    },
    /// The program ends.
    Over,
    /// The call was lost and is tried again.
    Redialling {
        /// When.
        at: Instant,
        /// Why it was lost.
        reason: String,
    },
    /// Nobody calls.
    Waiting,
}

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The person is asked whether to take it.
    Asked {
        /// Since when.
        since: Instant,
        /// When it rings again.
        bell_at: Instant,
    },
    /// The two programs get to know each other.
    Greeting,
    /// We called, and the person there is asked.
    Ringing,
    /// The two see each other.
    Up {
        /// Since when.
        since: Instant,
    },
}

/// A call, or one that may become one.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) connection: ConnectionId,
    pub(super) address: SocketAddr,
    /// Without the port, which says nothing to a person.
    pub(super) address_text: String,
    pub(super) session: AnySession,
    pub(super) stage: Stage,
    pub(super) began_at: Instant,
    /// Printable, never empty.
    pub(super) peer: String,
    pub(super) identity: Identity,
    /// Caller: what the person is asked before anything of ours leaves.
    pub(super) check: Check,
    pub(super) peer_area: PixelSize,
    pub(super) peer_camera: CameraState,
    /// Whether its camera was ever on.
    pub(super) peer_showed: bool,
    /// Says why there is no picture; made when it changes, painted many times.
    pub(super) card: words::Card,
    pub(super) pictures: Pictures,
    /// Whether the last picture did not decode.
    pub(super) picture_broken: bool,
    pub(super) sent_size: Option<PixelSize>,
    /// What the peer was last told of our camera and of our window.
    pub(super) told_camera: Option<CameraState>,
    pub(super) told_area: Size,
    /// How the command ended that carried the call.
    pub(super) command_ended: Option<String>,
    /// What the meter has counted of this session.
    pub(super) counted: session::Statistics,
}

/// A call that has ended and whose last bytes are still to be written.
#[derive(Debug)]
pub(super) struct Parting {
    pub(super) connection: ConnectionId,
    pub(super) session: AnySession,
}

impl Line {
    pub(super) fn call(&self) -> Option<&Call> {
        match self {
            Self::Call(call) => Some(call),
            _ => None,
        }
    }

    pub(super) fn call_mut(&mut self) -> Option<&mut Call> {
        match self {
            Self::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The call, when the two see each other.
    pub(super) fn up(&self) -> Option<&Call> {
        self.call().filter(|call| call.is_up())
    }

    pub(super) fn up_mut(&mut self) -> Option<&mut Call> {
        self.call_mut().filter(|call| call.is_up())
    }

    /// Whether somebody calls and the person has not answered.
    pub(super) fn is_asked(&self) -> bool {
        self.call()
            .is_some_and(|call| matches!(call.stage, Stage::Asked { .. }))
    }

    /// Whether the person is asked if it is the right one who was called.
    pub(super) fn is_checked(&self) -> bool {
        self.call()
            .is_some_and(|call| !matches!(call.check, Check::None))
    }
}

impl Call {
    pub(super) fn new(
        connection: ConnectionId,
        address: SocketAddr,
        session: AnySession,
        told_area: Size,
        now: Instant,
    ) -> Self {
        Self {
            connection,
            address,
            address_text: address.ip().to_canonical().to_string(),
            session,
            stage: Stage::Greeting,
            began_at: now,
            peer: words::SOMEONE.to_owned(),
            identity: Identity::default(),
            check: Check::None,
            peer_area: PixelSize::default(),
            peer_camera: CameraState::On,
            peer_showed: false,
            card: words::peer_card(CameraState::On, words::SOMEONE),
            pictures: Pictures::new(now),
            picture_broken: false,
            sent_size: None,
            told_camera: None,
            told_area,
            command_ended: None,
            counted: session::Statistics::default(),
        }
    }

    pub(super) const fn is_up(&self) -> bool {
        matches!(self.stage, Stage::Up { .. })
    }

    /// The peer says whether its pictures come.
    pub(super) fn set_peer_camera(&mut self, meter: &mut Meter, now: Instant, state: CameraState) {
        if state == CameraState::On && self.peer_camera != state {
            self.pictures.expect_from(now);
        }
        self.peer_camera = state;
        self.peer_showed |= state == CameraState::On;
        self.card = words::peer_card(state, &self.peer);
        if state != CameraState::On {
            let mut answers = Answers {
                session: &mut self.session,
                meter,
                now,
            };
            self.pictures.forget(&mut answers);
        }
    }
}
