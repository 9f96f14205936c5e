//! One call: greeting, handshake, asking, pictures and texts both ways, the end.
//!
//! It does not know sockets, threads, files, clocks or pixels: it takes bytes and `now`, and gives
//! bytes, events and a deadline.
//!
//! Invariant: nothing of the camera, the called person's name or the room leaves before `accept`;
//! at most one picture waits to be sent, and it is the newest.

use crate::protocol::{CameraState, Goodbye, Outcome, ProtocolError, Refusal, Size};
use std::time::{Duration, Instant};

/// Who begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// We were called.
    Called,
    /// We call.
    Caller,
}

/// What a session is given at its start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who begins.
    pub role: Role,
    /// Our name as the peer shall see it; over-long ones are cut.
    pub name: String,
    /// The largest picture that we can show.
    pub picture_area: Size,
    /// Our static key.
    pub key: StaticKey,
}

/// The private half of a user's key (X25519, 32 bytes).
#[derive(Clone)]
pub struct StaticKey(#[allow(dead_code, reason = "stub")] [u8; 32]);

/// What happened; taken with [`Session::poll_event`], oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Caller: the call was taken, or called: nothing more to do than to go on. The peer's name.
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
    /// A picture came. Answer with [`Session::acknowledge`].
    Picture(ReceivedPicture),
    /// The peer's camera changed its state.
    PeerCamera(CameraState),
    /// The largest picture that the peer can show.
    PeerArea(Size),
    /// Something typed.
    Text(String),
    /// The call is over. Nothing comes after it; write what is left, then close.
    Closed(CloseReason),
}

/// A picture from the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedPicture {
    /// The peer's count.
    pub sequence: u32,
    /// Our clock's estimate of when it was captured, true within half a round trip.
    pub captured_at: Instant,
    /// As the peer says; the JPEG may say otherwise and is then broken.
    pub size: Size,
    /// Not trusted.
    pub jpeg: Vec<u8>,
}

/// A picture to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingPicture {
    /// When it was captured.
    pub captured_at: Instant,
    /// Of the JPEG.
    pub size: Size,
    /// A baseline JPEG.
    pub jpeg: Vec<u8>,
}

/// Why a call ended, by whose doing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloseReason {
    /// We did.
    #[error("you hung up")]
    HungUp,
    /// The peer said goodbye.
    #[error("the other side left")]
    PeerLeft(Goodbye),
    /// The connection ended without a goodbye.
    #[error("the connection was lost")]
    ConnectionLost,
    /// Nothing was heard for too long.
    #[error("the other side fell silent")]
    PeerSilent,
    /// The call was not taken.
    #[error("the call was not taken")]
    Refused(Refusal),
    /// What answers is not ttychat.
    #[error("what answers there is not ttychat")]
    NotTtychat,
    /// It speaks another version.
    #[error("the other side speaks version {theirs} of the protocol, this one speaks {ours}; update the older one")]
    PeerIncompatible {
        /// Our version.
        ours: u8,
        /// Theirs.
        theirs: u8,
    },
    /// It broke the protocol.
    #[error("the other side broke the protocol: {0}")]
    PeerMisbehaved(ProtocolError),
}

/// True figures of a call, for the status line and the statistics.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// The last measured round trip.
    pub round_trip: Option<Duration>,
    /// Pictures handed to the connection.
    pub pictures_sent: u64,
    /// Pictures replaced by newer ones before they were sent.
    pub pictures_replaced: u64,
    /// Pictures that the peer says it showed.
    pub pictures_shown_by_peer: u64,
    /// Pictures that came.
    pub pictures_received: u64,
    /// Bytes handed to the connection.
    pub bytes_sent: u64,
    /// Bytes that came.
    pub bytes_received: u64,
}

/// One call.
#[derive(Debug)]
pub struct Session {}

impl Session {
    /// A session on a connection that has just been made.
    pub fn new(_config: Config, _now: Instant) -> Self {
        Self {}
    }

    // From the network and the clock.

    /// Takes bytes that came, cut anywhere.
    pub fn handle_bytes(&mut self, _now: Instant, _bytes: &[u8]) {}

    /// The connection ended (end of file or error).
    pub fn handle_disconnect(&mut self, _now: Instant) {}

    /// The deadline has come. Harmless when it has not.
    pub fn handle_timeout(&mut self, _now: Instant) {}

    // From the application.

    /// Called: takes the call after [`Event::Asked`].
    pub fn accept(&mut self, _now: Instant) {}

    /// Called: does not take it.
    pub fn refuse(&mut self, _now: Instant, _refusal: Refusal) {}

    /// Sends something typed. Cut at [`crate::protocol::limits::TEXT_LEN_MAX`] at a character's end.
    pub fn send_text(&mut self, _now: Instant, _text: &str) {}

    /// Offers a picture. It replaces one that waits, and is dropped when the call is not up.
    pub fn send_picture(&mut self, _now: Instant, _picture: OutgoingPicture) {}

    /// Says whether pictures come and why not.
    pub fn set_camera_state(&mut self, _now: Instant, _state: CameraState) {}

    /// Says how large a picture we can show.
    pub fn set_picture_area(&mut self, _now: Instant, _area: Size) {}

    /// Says what became of a received picture.
    pub fn acknowledge(&mut self, _now: Instant, _sequence: u32, _outcome: Outcome) {}

    /// Ends the call: goodbye is sent before all that waits.
    pub fn hang_up(&mut self, _now: Instant, _goodbye: Goodbye) {}

    // To the caller of this code.

    /// Whether a picture that is offered now would be sent soon: the call is up, the peer can show
    /// one, is not paused, and fewer than the limit are unacknowledged, none waiting.
    pub fn wants_picture(&self) -> bool {
        false
    }

    /// The oldest event not yet taken.
    pub fn poll_event(&mut self) -> Option<Event> {
        None
    }

    /// Appends the next bytes for the connection to `out` (at most one record) and says whether
    /// there were any. Call it when the connection has taken all before, so that what is newest and
    /// most urgent is chosen as late as can be.
    pub fn poll_transmit(&mut self, _now: Instant, _out: &mut Vec<u8>) -> bool {
        false
    }

    /// When [`Self::handle_timeout`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Figures so far.
    pub fn statistics(&self) -> Statistics {
        Statistics::default()
    }
}

impl StaticKey {
    /// A new key from the system's random numbers.
    pub fn generate() -> Self {
        Self([0; 32])
    }

    /// A stored key.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// To be stored.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0
    }
}

impl std::fmt::Debug for StaticKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StaticKey(…)")
    }
}
