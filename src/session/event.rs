//! What a session tells: what happened, why the call is over, its figures.

#[cfg(doc)]
use super::Session;
use super::{CameraState, Goodbye, LinkFigures, ReceivedPicture, Refusal, Size};
use crate::protocol::ProtocolError;
use std::time::{Duration, Instant};

/// What happened; taken with [`Session::poll_event`], oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Pictures and texts may go both ways: the call was taken, by the peer or by us. A
    /// [`Event::PeerArea`] follows at once.
    Up {
        /// As the peer gave it.
        peer_name: String,
    },
    /// Called: somebody calls and waits for [`Session::accept`] or [`Session::refuse`].
    Asked {
        /// As the peer gave it.
        peer_name: String,
    },
    /// Caller: a person is being asked.
    Ringing,
    /// A picture came. Answer with [`Session::acknowledge`], each one once: a peer that sends
    /// [`PICTURES_UNACKNOWLEDGED_MAX`](crate::protocol::limits::PICTURES_UNACKNOWLEDGED_MAX)
    /// without an answer is taken for one that misbehaves.
    Picture(ReceivedPicture),
    /// The peer's camera changed its state.
    PeerCamera(CameraState),
    /// The largest picture that the peer can show.
    PeerArea(Size),
    /// Something typed; not empty, not trusted.
    Text(String),
    /// The peer's camera still sees what the last picture shows.
    Unchanged {
        /// Our clock's estimate of when that was so.
        captured_at: Instant,
    },
    /// The call is over. Nothing comes after it; write what is left, then close.
    Closed(CloseReason),
}

/// Why a call ended, by whose doing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloseReason {
    /// We did.
    #[error("you hung up")]
    HungUp,
    /// The peer said goodbye.
    #[error("{0}")]
    PeerLeft(Goodbye),
    /// The connection ended without a goodbye.
    #[error("the connection was lost")]
    ConnectionLost,
    /// Nothing was heard, or nothing was taken, for too long.
    #[error("the other side fell silent")]
    PeerSilent,
    /// The call was not taken, by the peer or by us.
    #[error("{0}")]
    Refused(Refusal),
    /// What was to send plain pictures sends something else.
    #[error("what answers there sends no JPEG pictures; check the address and the port")]
    NotMjpeg,
    /// What was to send plain pictures is ttychat.
    #[error("the other side speaks ttychat's own, encrypted protocol; leave out --wire mjpeg")]
    NotPlain,
    /// What answers is not ttychat.
    #[error("what answers there is not ttychat; check the address and the port")]
    NotTtychat,
    /// It speaks another version.
    #[error(
        "the other side speaks version {theirs} of the protocol, this one speaks {ours}; \
         update the older one"
    )]
    PeerIncompatible {
        /// Our version.
        ours: u8,
        /// Theirs.
        theirs: u8,
    },
    /// We have a secret and it calls without, or lets in anybody who calls.
    #[error("the other side does not use a secret")]
    SecretUnknown,
    /// It wants a secret, and we have none.
    #[error("the other side wants a secret")]
    SecretWanted,
    /// It has another secret than we.
    #[error("the other side has another secret")]
    SecretWrong,
    /// It has another key than those that may answer. It has heard nothing of ours.
    #[error("the other side has another key")]
    WrongKey,
    /// It broke the protocol.
    #[error("the other side broke the protocol: {0}")]
    PeerMisbehaved(ProtocolError),
}

/// True figures of a call, for the status line and the statistics.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// The last measured round trip.
    pub round_trip: Option<Duration>,
    /// Pictures handed to the connection, to the last byte.
    pub pictures_sent: u64,
    /// Those of them that were patches.
    pub patches_sent: u64,
    /// Pictures replaced by newer ones before they were sent.
    pub pictures_replaced: u64,
    /// Pictures that the peer says it showed.
    pub pictures_shown_by_peer: u64,
    /// Pictures that the peer says were overtaken by newer ones.
    pub pictures_dropped_by_peer: u64,
    /// Pictures that the peer says it could not decode.
    pub pictures_broken_by_peer: u64,
    /// Pictures handed to the connection, wholly or in part, that the peer has not answered;
    /// at most [`PICTURES_IN_FLIGHT_MAX`](crate::protocol::limits::PICTURES_IN_FLIGHT_MAX).
    pub pictures_unacknowledged: usize,
    /// Pictures that came.
    pub pictures_received: u64,
    /// Texts taken for sending.
    pub texts_sent: u64,
    /// Texts that came.
    pub texts_received: u64,
    /// Bytes handed to the connection.
    pub bytes_sent: u64,
    /// Bytes that came.
    pub bytes_received: u64,
    /// Bytes of pictures and texts that wait in the session's hands.
    pub bytes_waiting: usize,
    /// What the control of the link sees and does.
    pub link: LinkFigures,
}
