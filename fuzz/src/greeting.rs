//! Greeting and handshake: a stranger's bytes, and an honest peer's with some of them changed on
//! the way.

use super::{peer::HandPeer, script::Script};
use std::time::Instant;
use ttychat::session::{CloseReason, Config, Event, Role, Session, Size, StaticKey};

pub fn check(data: &[u8]) {
    let mut script = Script::new(data);
    let head = script.u8();
    let role = if head & 1 == 0 {
        Role::Called
    } else {
        Role::Caller
    };
    let chunk_len = 1 + usize::from(script.u8());
    if head & 2 == 0 {
        stranger(role, chunk_len, script.rest());
    } else {
        changed_on_the_way(role, chunk_len, &mut script);
    }
}

/// Bytes of somebody who has not agreed on keys can do nothing but end the call.
fn stranger(role: Role, chunk_len: usize, bytes: &[u8]) {
    let now = Instant::now();
    let mut session = session(role, now);
    let mut out = Vec::new();
    for chunk in bytes.chunks(chunk_len) {
        session.handle_bytes(now, chunk);
        while session.poll_transmit(now, &mut out) {}
    }
    while let Some(event) = session.poll_event() {
        assert!(matches!(event, Event::Closed(_)), "{event:?}");
    }
    assert!(!session.is_up() && session.peer_key().is_none());
    assert!(
        out.len() <= 9 + 2 + 96,
        "an unknown peer was told {}",
        out.len()
    );
}

/// Whatever is changed between two honest ends, they never take the same call for theirs.
fn changed_on_the_way(role: Role, chunk_len: usize, script: &mut Script<'_>) {
    let now = Instant::now();
    let mut session = session(role, now);
    let mut peer = HandPeer::new(role.other(), [7; 32]);
    // Where the peer's stream is changed, and how; only what the session hears, because the peer
    // here is the test's own and panics at what it does not understand.
    let (at, change) = (usize::from(script.u8()), script.u8());
    let mut heard_len = 0;
    let mut is_changed = false;
    let mut closed = None;
    for _ in 0..6 {
        let mut bytes = Vec::new();
        while session.poll_transmit(now, &mut bytes) {}
        // The caller's third message was made from what it heard: after a change only its length
        // is honest.
        if !is_changed || bytes.is_empty() {
            peer.handle_bytes(&bytes);
        }
        let mut bytes = std::mem::take(&mut peer.out);
        let range = heard_len..heard_len + bytes.len();
        if range.contains(&at) && change != 0 {
            bytes[at - heard_len] ^= change;
            is_changed = true;
        }
        heard_len = range.end;
        for chunk in bytes.chunks(chunk_len) {
            session.handle_bytes(now, chunk);
        }
        while let Some(event) = session.poll_event() {
            if let Event::Closed(reason) = event {
                assert!(closed.is_none(), "closed twice");
                closed = Some(reason);
            }
        }
    }
    if is_changed {
        assert_ne!(closed, Some(CloseReason::HungUp));
        let both_done = session.handshake_hash().is_some() && peer.is_ready();
        assert!(!both_done, "a changed handshake was taken by both");
    } else {
        assert_eq!(closed, None);
        assert!(session.peer_key().is_some() && peer.is_ready());
    }
    assert!(!session.is_up());
}

fn session(role: Role, now: Instant) -> Session {
    let config = Config {
        role,
        name: "bob".to_owned(),
        picture_area: Size::default(),
        key: StaticKey::from_bytes([1; 32]),
    };
    Session::new(config, now)
}
