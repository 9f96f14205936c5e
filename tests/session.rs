//! How a call behaves: two sessions in virtual time, one behaviour a test.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::similar_names,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "test code; caller and called are the protocol's words"
)]

mod support;

#[path = "session/asking.rs"]
mod asking;
#[path = "session/ending.rs"]
mod ending;
#[path = "session/misbehaviour.rs"]
mod misbehaviour;
#[path = "session/patches.rs"]
mod patches;
#[path = "session/pictures.rs"]
mod pictures;
#[path = "session/trust.rs"]
mod trust;

use std::time::{Duration, Instant};
use support::{
    pair::{AREA, Pair, an_instant, config, picture},
    peer::HandPeer,
};
use ttychat::{
    protocol::{
        CameraState, Goodbye, Hello, Message, Outcome, Patch, ProtocolError, Refusal, Role, Size,
        Video, capability,
        limits::{
            JPEG_LEN_MAX, NAME_LEN_MAX, PICTURES_IN_FLIGHT_MAX, PICTURES_UNACKNOWLEDGED_MAX,
            TEXT_LEN_MAX, TEXTS_WAITING_MAX,
        },
    },
    session::{CloseReason, Event, OutgoingPatch, OutgoingPicture, Session, StaticKey},
};

const SECOND: Duration = Duration::from_secs(1);

/// A session of `role` and a peer by hand at its other end, the call up, both cameras on.
fn with_hand_peer(role: Role) -> (Session, HandPeer, Instant) {
    with_capable_peer(role, 0)
}

/// The same with a peer that understands more than every end does.
fn with_capable_peer(role: Role, capabilities: u32) -> (Session, HandPeer, Instant) {
    let now = an_instant();
    let mut session = Session::new(config(role, "machine", 1), now);
    let mut peer = HandPeer::new(role.other(), [7; 32]);
    peer.bring_up_with(&mut session, now, capabilities);
    session.set_camera_state(now, CameraState::On);
    peer.send(&Message::CameraState(CameraState::On));
    peer.exchange(&mut session, now);
    assert_eq!(
        session.poll_event(),
        Some(Event::PeerCamera(CameraState::On))
    );
    peer.records.clear();
    (session, peer, now)
}

fn video(sequence: u32, jpeg: &[u8]) -> Message {
    let jpeg = jpeg.to_vec();
    Message::Video(Video {
        sequence,
        captured_at: 0,
        size: AREA,
        shared_len: 0,
        jpeg,
    })
}

/// Sends `message` in a call that is up and expects it to end so.
#[track_caller]
fn check_misbehaviour(message: &Message, error: ProtocolError) {
    let (mut session, mut peer, now) = with_hand_peer(Role::Called);
    peer.send(message);
    peer.exchange(&mut session, now);
    assert_eq!(
        session.poll_event(),
        Some(Event::Closed(CloseReason::PeerMisbehaved(error)))
    );
    assert_eq!(session.poll_event(), None);
    assert_eq!(
        peer.take_messages(),
        [Message::Goodbye(Goodbye::Misbehaved)]
    );
    assert_eq!(session.deadline(), None);
}
