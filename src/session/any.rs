//! A session, whatever it speaks.

use super::{
    CameraState, Event, Goodbye, MjpegSession, Outcome, OutgoingPicture, PicturePlan, Refusal,
    Session, Size, Statistics, Words,
};
use std::time::Instant;

/// A session, whatever it speaks; each function is that of [`Session`], and what plain pictures
/// have no words for does nothing.
#[derive(Debug)]
pub enum AnySession {
    /// Plain pictures.
    Mjpeg(Box<MjpegSession>),
    /// Our own protocol.
    Ttychat(Box<Session>),
}

/// Does the same with either.
macro_rules! with {
    ($any:ident, $session:ident => $act:expr) => {
        match $any {
            AnySession::Mjpeg($session) => $act,
            AnySession::Ttychat($session) => $act,
        }
    };
}

impl AnySession {
    /// Whether nobody between the ends can see or change what is sent; texts and the age of
    /// pictures go with it.
    pub const fn is_encrypted(&self) -> bool {
        matches!(self, Self::Ttychat(_))
    }

    /// See [`Session::peer_key`].
    pub fn peer_key(&self) -> Option<[u8; 32]> {
        match self {
            Self::Mjpeg(_) => None,
            Self::Ttychat(session) => session.peer_key(),
        }
    }

    /// See [`Session::words`].
    pub fn words(&self) -> Option<Words> {
        match self {
            Self::Mjpeg(_) => None,
            Self::Ttychat(session) => session.words(),
        }
    }

    /// See [`Session::shares_secret`].
    pub fn shares_secret(&self) -> bool {
        match self {
            Self::Mjpeg(_) => false,
            Self::Ttychat(session) => session.shares_secret(),
        }
    }

    /// See [`Session::handle_bytes`].
    pub fn handle_bytes(&mut self, now: Instant, bytes: &[u8]) {
        with!(self, session => session.handle_bytes(now, bytes));
    }

    /// See [`MjpegSession::handle_window`]; our own protocol has receipts.
    pub fn handle_window(&mut self, now: Instant, len: u32) {
        if let Self::Mjpeg(session) = self {
            session.handle_window(now, len);
        }
    }

    /// See [`Session::handle_disconnect`].
    pub fn handle_disconnect(&mut self, now: Instant) {
        with!(self, session => session.handle_disconnect(now));
    }

    /// See [`Session::handle_timeout`].
    pub fn handle_timeout(&mut self, now: Instant) {
        with!(self, session => session.handle_timeout(now));
    }

    /// See [`Session::accept`].
    pub fn accept(&mut self, now: Instant) {
        with!(self, session => session.accept(now));
    }

    /// See [`Session::refuse`].
    pub fn refuse(&mut self, now: Instant, refusal: Refusal) {
        with!(self, session => session.refuse(now, refusal));
    }

    /// See [`Session::send_text`].
    pub fn send_text(&mut self, now: Instant, text: &str) -> bool {
        match self {
            Self::Mjpeg(_) => false,
            Self::Ttychat(session) => session.send_text(now, text),
        }
    }

    /// See [`Session::send_picture`].
    pub fn send_picture(&mut self, now: Instant, picture: OutgoingPicture) {
        with!(self, session => session.send_picture(now, picture));
    }

    /// See [`Session::send_unchanged`].
    pub fn send_unchanged(&mut self, now: Instant, captured_at: Instant) -> bool {
        match self {
            Self::Mjpeg(_) => false,
            Self::Ttychat(session) => session.send_unchanged(now, captured_at),
        }
    }

    /// See [`Session::set_camera_state`].
    pub fn set_camera_state(&mut self, now: Instant, state: CameraState) {
        with!(self, session => session.set_camera_state(now, state));
    }

    /// See [`Session::handle_resume`].
    pub fn handle_resume(&mut self, now: Instant) {
        with!(self, session => session.handle_resume(now));
    }

    /// See [`Session::set_picture_area`].
    pub fn set_picture_area(&mut self, now: Instant, area: Size) {
        if let Self::Ttychat(session) = self {
            session.set_picture_area(now, area);
        }
    }

    /// See [`Session::set_picture_rate`].
    pub fn set_picture_rate(&mut self, now: Instant, rate: Option<f64>) {
        if let Self::Ttychat(session) = self {
            session.set_picture_rate(now, rate);
        }
    }

    /// See [`Session::acknowledge`].
    pub fn acknowledge(&mut self, now: Instant, sequence: u32, outcome: Outcome) {
        if let Self::Ttychat(session) = self {
            session.acknowledge(now, sequence, outcome);
        }
    }

    /// See [`Session::hang_up`].
    pub fn hang_up(&mut self, now: Instant, goodbye: Goodbye) {
        with!(self, session => session.hang_up(now, goodbye));
    }

    /// See [`Session::poll_event`].
    pub fn poll_event(&mut self) -> Option<Event> {
        with!(self, session => session.poll_event())
    }

    /// See [`Session::poll_transmit`].
    pub fn poll_transmit(&mut self, now: Instant, out: &mut Vec<u8>) -> bool {
        with!(self, session => session.poll_transmit(now, out))
    }

    /// See [`Session::wants_picture`].
    pub fn wants_picture(&self) -> bool {
        with!(self, session => session.wants_picture())
    }

    /// See [`Session::takes_patch`].
    pub fn takes_patch(&self) -> bool {
        match self {
            Self::Mjpeg(_) => false,
            Self::Ttychat(session) => session.takes_patch(),
        }
    }

    /// See [`Session::picture_plan`]. Nothing is known of the link to a peer that says nothing of
    /// what came.
    pub fn picture_plan(&self) -> PicturePlan {
        match self {
            Self::Mjpeg(_) => PicturePlan {
                quality: 75,
                eighths: 8,
            },
            Self::Ttychat(session) => session.picture_plan(),
        }
    }

    /// See [`Session::resting_plan`].
    pub fn resting_plan(&self) -> PicturePlan {
        match self {
            Self::Mjpeg(_) => self.picture_plan(),
            Self::Ttychat(session) => session.resting_plan(),
        }
    }

    /// See [`Session::deadline`].
    pub fn deadline(&self) -> Option<Instant> {
        with!(self, session => session.deadline())
    }

    /// See [`Session::statistics`].
    pub fn statistics(&self) -> Statistics {
        with!(self, session => session.statistics())
    }
}
