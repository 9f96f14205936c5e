//! How a call begins: keys, asking, answers, names.

use super::*;

#[test]
fn an_accepted_call_is_up_at_both_ends() {
    let mut pair = Pair::new();
    pair.run_for(SECOND);
    assert_eq!(pair.caller.take_events(), [Event::Ringing]);
    let asked = Event::Asked {
        peer_name: "alice@laptop".to_owned(),
    };
    assert_eq!(pair.called.take_events(), [asked]);

    pair.called.session.accept(pair.now);
    pair.called.set_camera(pair.now, CameraState::On);
    pair.run_for(SECOND);
    let up = |name: &str| {
        [
            Event::Up {
                peer_name: name.to_owned(),
            },
            Event::PeerArea(AREA),
        ]
    };
    let with_camera = |name, state| [up(name).as_slice(), &[Event::PeerCamera(state)]].concat();
    assert_eq!(
        pair.caller.take_events(),
        with_camera("bob@desk", CameraState::On)
    );
    assert_eq!(
        pair.called.take_events(),
        with_camera("alice@laptop", CameraState::Off)
    );
}

#[test]
fn both_ends_know_the_keys_and_the_same_handshake() {
    let pair = Pair::up();
    let (caller, called) = (&pair.caller.session, &pair.called.session);
    assert_eq!(caller.handshake_hash(), called.handshake_hash());
    assert!(caller.handshake_hash().is_some());
    assert!(caller.peer_key().is_some() && caller.peer_key() != called.peer_key());
}

#[test]
fn a_called_end_says_nothing_of_itself_before_accept() {
    let now = an_instant();
    let mut session = Session::new(config(Role::Called, "secret-name", 1), now);
    let mut peer = HandPeer::new(Role::Caller, [7; 32]);
    peer.exchange(&mut session, now);
    peer.send(&Message::Hello(Hello::default()));
    session.set_camera_state(now, CameraState::On);
    session.set_picture_area(
        now,
        Size {
            width: 77,
            height: 66,
        },
    );
    session.send_picture(now, picture(now, 100, 1));
    assert!(!session.send_text(now, "too early"));
    assert!(!session.wants_picture());
    for seconds in 0..30 {
        let now = now + SECOND * seconds;
        session.handle_timeout(now);
        peer.send(&Message::Ping {
            sent_at: u64::from(seconds),
        });
        peer.exchange(&mut session, now);
        for message in peer.answer_pings() {
            let is_sign_of_life = matches!(message, Message::Pong { .. } | Message::Ringing);
            assert!(is_sign_of_life, "{message:?} left before accept");
        }
    }
    session.accept(now);
    peer.exchange(&mut session, now);
    let mut said = peer.take_messages();
    said.retain(|message| !matches!(message, Message::Ping { .. } | Message::Pong { .. }));
    let hello = Message::Hello(Hello {
        name: "secret-name".to_owned(),
        capabilities: capability::ALL,
        picture_area: Size {
            width: 77,
            height: 66,
        },
    });
    assert_eq!(
        said,
        [
            Message::Accepted,
            hello,
            Message::CameraState(CameraState::On)
        ]
    );
}

#[test]
fn each_refusal_is_named_at_the_caller() {
    for (refusal, words) in [
        (Refusal::Busy, "busy: in another call already"),
        (Refusal::Declined, "the call was declined"),
    ] {
        let mut pair = Pair::new();
        pair.run_for(SECOND);
        pair.called.session.refuse(pair.now, refusal);
        pair.run_for(SECOND);
        let reason = CloseReason::Refused(refusal);
        assert_eq!(
            pair.caller.take_events(),
            [Event::Ringing, Event::Closed(reason.clone())]
        );
        assert_eq!(pair.called.closed(), Some(&reason));
        assert_eq!(reason.to_string(), words);
    }
}

#[test]
fn a_busy_end_need_not_ring_first() {
    let mut pair = Pair::new();
    while pair.called.events.is_empty() {
        pair.run_for(Duration::from_millis(1));
        if let Some(Event::Asked { .. }) = pair.called.events.first() {
            pair.called.session.refuse(pair.now, Refusal::Busy);
        }
    }
    pair.run_for(SECOND);
    assert_eq!(
        pair.caller.closed(),
        Some(&CloseReason::Refused(Refusal::Busy))
    );
}

#[test]
fn an_unanswered_call_ends_after_a_minute_and_both_know() {
    let mut pair = Pair::new();
    pair.run_for(SECOND * 59);
    assert_eq!((pair.caller.closed(), pair.called.closed()), (None, None));
    pair.run_for(SECOND * 2);
    let reason = CloseReason::Refused(Refusal::Unanswered);
    assert_eq!(pair.caller.closed(), Some(&reason));
    assert_eq!(pair.called.closed(), Some(&reason));
}

#[test]
fn a_caller_gives_up_when_the_called_end_forgets_to() {
    let start = an_instant();
    let mut session = Session::new(config(Role::Caller, "a", 1), start);
    let mut peer = HandPeer::new(Role::Called, [7; 32]);
    peer.exchange(&mut session, start);
    peer.send(&Message::Ringing);
    for seconds in 0..80 {
        let now = start + SECOND * seconds;
        session.handle_timeout(now);
        peer.exchange(&mut session, now);
        if peer
            .answer_pings()
            .contains(&Message::Goodbye(Goodbye::Ended))
        {
            assert_eq!(seconds, 70);
            return;
        }
        peer.exchange(&mut session, now);
    }
    panic!("the caller still waits");
}

#[test]
fn nothing_but_pings_may_come_before_accept() {
    for message in [
        Message::Text("x".to_owned()),
        Message::CameraState(CameraState::On),
        Message::PictureArea(AREA),
        video(0, b"x"),
        Message::Accepted,
        Message::Hello(Hello::default()),
    ] {
        let now = an_instant();
        let mut session = Session::new(config(Role::Called, "a", 1), now);
        let mut peer = HandPeer::new(Role::Caller, [7; 32]);
        peer.exchange(&mut session, now);
        peer.send(&Message::Hello(Hello::default()));
        peer.exchange(&mut session, now);
        assert!(matches!(session.poll_event(), Some(Event::Asked { .. })));
        peer.send(&message);
        peer.exchange(&mut session, now);
        let reason = CloseReason::PeerMisbehaved(ProtocolError::OutOfTurn);
        assert_eq!(session.poll_event(), Some(Event::Closed(reason)));
    }
}

#[test]
fn a_long_name_is_cut_at_a_whole_character() {
    let now = an_instant();
    let mut session = Session::new(config(Role::Caller, &"€".repeat(100), 1), now);
    let mut peer = HandPeer::new(Role::Called, [7; 32]);
    peer.exchange(&mut session, now);
    let hello = peer.take_messages().remove(0);
    let name = "€".repeat(NAME_LEN_MAX / 3);
    assert!(matches!(hello, Message::Hello(hello) if hello.name == name));
}

#[test]
fn a_key_can_be_stored_and_is_not_shown() {
    let key = StaticKey::generate();
    assert_ne!(key.to_bytes(), StaticKey::generate().to_bytes());
    assert_eq!(
        StaticKey::from_bytes(key.to_bytes()).to_bytes(),
        key.to_bytes()
    );
    assert_eq!(format!("{key:?}"), "StaticKey(…)");
    let session = Session::new(config(Role::Caller, "a", 0xab), an_instant());
    assert!(!format!("{session:?}").contains("171, 171"));
}
