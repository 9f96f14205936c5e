//! How a call behaves: two sessions in virtual time, one behaviour a test.

#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use std::time::{Duration, Instant};
use support::{
    pair::{AREA, Pair, an_instant, config, picture},
    peer::HandPeer,
};
use ttychat::{
    protocol::{
        CameraState, Goodbye, Hello, Message, Outcome, ProtocolError, Refusal, Role, Size, Video,
        limits::{
            JPEG_LEN_MAX, NAME_LEN_MAX, PICTURES_IN_FLIGHT_MAX, PICTURES_UNACKNOWLEDGED_MAX,
            TEXT_LEN_MAX, TEXTS_WAITING_MAX,
        },
    },
    session::{CloseReason, Event, OutgoingPicture, Session, StaticKey},
};

const SECOND: Duration = Duration::from_secs(1);

/// A session of `role` and a peer by hand at its other end, the call up, both cameras on.
fn with_hand_peer(role: Role) -> (Session, HandPeer, Instant) {
    let now = an_instant();
    let mut session = Session::new(config(role, "machine", 1), now);
    let mut peer = HandPeer::new(role.other(), [7; 32]);
    peer.bring_up(&mut session, now);
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
    pair.called
        .session
        .set_camera_state(pair.now, CameraState::On);
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
        for message in peer.take_messages() {
            match message {
                Message::Ping { sent_at } => {
                    peer.send(&Message::Pong {
                        ping_sent_at: sent_at,
                        answered_at: 0,
                    });
                }
                Message::Pong { .. } | Message::Ringing => {}
                other => panic!("{other:?} left before accept"),
            }
        }
    }
    session.accept(now);
    peer.exchange(&mut session, now);
    let mut said = peer.take_messages();
    said.retain(|message| !matches!(message, Message::Ping { .. } | Message::Pong { .. }));
    let hello = Message::Hello(Hello {
        name: "secret-name".to_owned(),
        capabilities: 0,
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
        for message in peer.take_messages() {
            match message {
                Message::Ping { sent_at } => {
                    peer.send(&Message::Pong {
                        ping_sent_at: sent_at,
                        answered_at: 0,
                    });
                }
                Message::Goodbye(goodbye) => {
                    assert_eq!((goodbye, seconds), (Goodbye::Ended, 70));
                    return;
                }
                _ => {}
            }
        }
        peer.exchange(&mut session, now);
    }
    panic!("the caller still waits");
}

#[test]
fn a_text_waits_behind_one_piece_of_a_large_picture_at_most() {
    let mut pair = Pair::up();
    pair.caller.out.rate = Some(100_000);
    pair.caller.out.room = 1;
    pair.caller
        .session
        .send_picture(pair.now, picture(pair.now, 1_000_000, 1));
    pair.run_for(SECOND);
    assert!(pair.caller.session.send_text(pair.now, "hi"));
    // What the link holds and one piece more, at 100 kB/s.
    pair.run_for(Duration::from_millis(400));
    assert_eq!(pair.called.texts(), ["hi"]);
    assert!(pair.called.pictures().is_empty());
    pair.run_for(SECOND * 20);
    assert_eq!(pair.called.pictures()[0].jpeg.len(), 1_000_000);
}

#[test]
fn the_newest_picture_takes_the_place_of_one_that_waits() {
    let mut pair = Pair::up();
    pair.called.answer = None;
    for fill in 0..10 {
        pair.caller
            .session
            .send_picture(pair.now, picture(pair.now, 500, fill));
        pair.run_for(Duration::from_millis(5));
    }
    pair.run_for(Duration::from_millis(100));
    let seen = |pair: &Pair| -> Vec<u8> {
        pair.called
            .pictures()
            .iter()
            .map(|picture| picture.jpeg[0])
            .collect()
    };
    assert_eq!(seen(&pair), [0, 1]);
    pair.called.session.acknowledge(pair.now, 0, Outcome::Shown);
    pair.run_for(Duration::from_millis(100));
    assert_eq!(seen(&pair), [0, 1, 9]);
    assert_eq!(pair.caller.session.statistics().pictures_replaced, 7);
    assert_eq!(pair.caller.session.statistics().pictures_shown_by_peer, 1);
}

#[test]
fn at_most_two_pictures_are_unacknowledged() {
    let mut pair = Pair::up();
    pair.called.answer = None;
    for sent in 0..PICTURES_IN_FLIGHT_MAX {
        assert!(pair.caller.session.wants_picture(), "after {sent}");
        pair.caller
            .session
            .send_picture(pair.now, picture(pair.now, 100, 1));
        pair.run_for(Duration::from_millis(1));
    }
    assert!(!pair.caller.session.wants_picture());
    pair.caller
        .session
        .send_picture(pair.now, picture(pair.now, 100, 1));
    pair.run_for(SECOND * 30);
    assert_eq!(pair.called.pictures().len(), PICTURES_IN_FLIGHT_MAX);
    assert_eq!((pair.caller.closed(), pair.called.closed()), (None, None));
    pair.called
        .session
        .acknowledge(pair.now, 1, Outcome::Broken);
    pair.called
        .session
        .acknowledge(pair.now, 1, Outcome::Broken);
    pair.run_for(SECOND);
    assert_eq!(pair.called.pictures().len(), PICTURES_IN_FLIGHT_MAX + 1);
    assert_eq!(pair.caller.session.statistics().pictures_broken_by_peer, 1);
}

#[test]
fn a_picture_arrives_byte_for_byte_and_its_head_crosses_once() {
    let mut pair = Pair::up();
    let head: Vec<u8> = (0..620_u32).map(|index| (index * 7 % 251) as u8).collect();
    let mut sizes = Vec::new();
    for fill in 0..4_u8 {
        let jpeg = [head.as_slice(), &[fill ^ 0xff; 3000]].concat();
        let before = pair.caller.session.statistics().bytes_sent;
        let sent = OutgoingPicture {
            captured_at: pair.now,
            size: AREA,
            jpeg: jpeg.clone(),
        };
        pair.caller.session.send_picture(pair.now, sent);
        pair.run_for(Duration::from_millis(1));
        sizes.push(pair.caller.session.statistics().bytes_sent - before);
        pair.run_for(Duration::from_millis(99));
        assert_eq!(pair.called.pictures().last().unwrap().jpeg, jpeg);
    }
    assert!(
        sizes[0] > 3620 && sizes[1] < 3060 && sizes[3] < 3060,
        "{sizes:?}"
    );
}

#[test]
fn a_camera_that_goes_off_stops_the_picture_that_is_leaving() {
    let mut pair = Pair::up();
    pair.caller.out.rate = Some(100_000);
    pair.caller.out.room = 1;
    pair.caller
        .session
        .send_picture(pair.now, picture(pair.now, 500_000, 1));
    pair.run_for(SECOND);
    pair.caller
        .session
        .send_picture(pair.now, picture(pair.now, 400, 2));
    pair.caller
        .session
        .set_camera_state(pair.now, CameraState::Off);
    pair.caller
        .session
        .send_picture(pair.now, picture(pair.now, 400, 3));
    pair.run_for(SECOND * 10);
    assert_eq!(pair.called.events, [Event::PeerCamera(CameraState::Off)]);
    pair.caller
        .session
        .set_camera_state(pair.now, CameraState::On);
    pair.caller
        .session
        .send_picture(pair.now, picture(pair.now, 400, 4));
    pair.run_for(SECOND);
    assert_eq!(pair.called.pictures().last().unwrap().jpeg, [4; 400]);
    assert_eq!((pair.caller.closed(), pair.called.closed()), (None, None));
}

#[test]
fn a_peer_that_can_show_nothing_is_sent_nothing() {
    let mut pair = Pair::up();
    pair.called
        .session
        .set_picture_area(pair.now, Size::default());
    pair.run_for(SECOND);
    assert_eq!(
        pair.caller.take_events(),
        [Event::PeerArea(Size::default())]
    );
    assert!(!pair.caller.session.wants_picture());
    pair.caller
        .session
        .send_picture(pair.now, picture(pair.now, 400, 4));
    let larger = Size {
        width: 9999,
        height: 20,
    };
    pair.called.session.set_picture_area(pair.now, larger);
    pair.run_for(SECOND);
    let cut = Size {
        width: 4096,
        height: 20,
    };
    assert_eq!(pair.caller.take_events(), [Event::PeerArea(cut)]);
    assert!(pair.caller.session.wants_picture());
    assert!(pair.called.pictures().is_empty());
}

#[test]
fn a_picture_over_the_limits_is_not_sent() {
    let mut pair = Pair::up();
    for len in [0, JPEG_LEN_MAX + 1] {
        pair.caller
            .session
            .send_picture(pair.now, picture(pair.now, len, 1));
    }
    for size in [
        Size {
            width: 0,
            height: 9,
        },
        Size {
            width: 4097,
            height: 9,
        },
    ] {
        let wrong = OutgoingPicture {
            size,
            ..picture(pair.now, 10, 1)
        };
        pair.caller.session.send_picture(pair.now, wrong);
    }
    pair.run_for(SECOND);
    assert!(pair.called.events.is_empty() && pair.caller.events.is_empty());
    pair.caller
        .session
        .send_picture(pair.now, picture(pair.now, JPEG_LEN_MAX, 1));
    pair.run_for(SECOND);
    assert_eq!(pair.called.pictures()[0].jpeg.len(), JPEG_LEN_MAX);
}

#[test]
fn a_pulled_cable_is_noticed_at_both_ends_within_ten_seconds() {
    let mut pair = Pair::up();
    pair.caller.out.whole = false;
    pair.called.out.whole = false;
    pair.run_for(SECOND * 7);
    assert_eq!((pair.caller.closed(), pair.called.closed()), (None, None));
    pair.run_for(SECOND * 3);
    assert_eq!(pair.caller.closed(), Some(&CloseReason::PeerSilent));
    assert_eq!(pair.called.closed(), Some(&CloseReason::PeerSilent));
    assert!(!pair.caller.session.poll_transmit(pair.now, &mut Vec::new()));
}

#[test]
fn a_peer_that_stops_reading_is_noticed_although_it_still_talks() {
    let mut pair = Pair::up();
    pair.caller.out.reading = false;
    for _ in 0..200 {
        let (now, session) = (pair.now, &mut pair.called.session);
        session.send_picture(now, picture(now, 5000, 1));
        pair.run_for(Duration::from_millis(50));
    }
    assert_eq!(pair.caller.closed(), Some(&CloseReason::PeerSilent));
}

#[test]
fn a_slow_link_is_not_silence() {
    let mut pair = Pair::up();
    for out in [&mut pair.caller.out, &mut pair.called.out] {
        out.rate = Some(8_000);
        out.room = 16 << 10;
    }
    for fill in 0..=255 {
        for end in [&mut pair.caller, &mut pair.called] {
            end.session
                .send_picture(pair.now, picture(pair.now, 60_000, fill));
        }
        pair.run_for(Duration::from_millis(250));
    }
    assert_eq!((pair.caller.closed(), pair.called.closed()), (None, None));
    assert!(pair.called.pictures().len() > 5);
}

#[test]
fn a_paused_peer_is_kept_for_ten_minutes() {
    let mut pair = Pair::up();
    pair.called
        .session
        .set_camera_state(pair.now, CameraState::Paused);
    pair.settle();
    pair.called.stopped = true;
    pair.run_for(SECOND);
    assert_eq!(
        pair.caller.take_events(),
        [Event::PeerCamera(CameraState::Paused)]
    );
    assert!(!pair.caller.session.wants_picture());
    let before = pair.caller.session.statistics().bytes_sent;
    pair.run_for(SECOND * 590);
    assert_eq!(pair.caller.closed(), None);
    assert!(pair.caller.session.statistics().bytes_sent - before < 1000);
    assert!(pair.caller.session.send_text(pair.now, "are you back?"));
    pair.run_for(SECOND * 12);
    assert_eq!(pair.caller.closed(), Some(&CloseReason::PeerSilent));
}

#[test]
fn a_peer_that_resumes_finds_its_call_as_it_was() {
    let mut pair = Pair::up();
    let round_trip = pair.caller.session.statistics().round_trip;
    pair.called
        .session
        .set_camera_state(pair.now, CameraState::Paused);
    pair.settle();
    pair.called.stopped = true;
    pair.run_for(SECOND * 300);
    assert!(pair.caller.session.send_text(pair.now, "are you back?"));
    pair.run_for(SECOND * 10);

    pair.called.stopped = false;
    pair.called.session.handle_resume(pair.now);
    pair.called
        .session
        .set_camera_state(pair.now, CameraState::On);
    pair.run_for(Duration::from_millis(200));
    assert_eq!(pair.called.texts(), ["are you back?"]);
    assert!(pair.caller.session.wants_picture());
    assert_eq!(pair.caller.session.statistics().round_trip, round_trip);
    pair.run_for(SECOND * 20);
    assert_eq!((pair.caller.closed(), pair.called.closed()), (None, None));
    // Awake again, the short time-outs hold again.
    pair.called.stopped = true;
    pair.run_for(SECOND * 10);
    assert_eq!(pair.caller.closed(), Some(&CloseReason::PeerSilent));
}

#[test]
fn a_goodbye_goes_before_all_that_waits() {
    let mut pair = Pair::up();
    pair.caller.out.rate = Some(100_000);
    pair.caller.out.room = 1;
    pair.caller
        .session
        .send_picture(pair.now, picture(pair.now, 1_000_000, 1));
    pair.run_for(SECOND);
    assert!(pair.caller.session.send_text(pair.now, "never seen"));
    pair.caller.session.hang_up(pair.now, Goodbye::Quit);
    pair.settle();
    assert_eq!(pair.caller.closed(), Some(&CloseReason::HungUp));
    pair.run_for(Duration::from_millis(400));
    let reason = CloseReason::PeerLeft(Goodbye::Quit);
    assert_eq!(pair.called.events, [Event::Closed(reason.clone())]);
    assert_eq!(reason.to_string(), "the other side hung up");
    pair.called.session.handle_disconnect(pair.now);
    pair.caller.session.handle_disconnect(pair.now);
    pair.run_for(SECOND * 20);
    assert_eq!(pair.called.events.len() + pair.caller.events.len(), 2);
}

#[test]
fn a_lost_connection_is_told_once_in_every_phase() {
    for milliseconds in [0, 10, 50, 110, 1000] {
        let mut pair = Pair::new();
        pair.run_for(Duration::from_millis(milliseconds));
        for end in [&mut pair.caller, &mut pair.called] {
            end.session.handle_disconnect(pair.now);
            end.session.handle_disconnect(pair.now);
        }
        pair.run_for(SECOND * 20);
        for end in [&pair.caller, &pair.called] {
            assert_eq!(
                end.events.last(),
                Some(&Event::Closed(CloseReason::ConnectionLost))
            );
            let count = end
                .events
                .iter()
                .filter(|event| matches!(event, Event::Closed(_)))
                .count();
            assert_eq!(count, 1);
        }
    }
}

#[test]
fn another_program_is_recognised_at_its_first_wrong_byte() {
    let programs: [&[u8]; 4] = [b"G", b"SSH-2.0-OpenSSH_9.2\r\n", b"\x16\x03\x01", b"ttyd"];
    for bytes in programs {
        for role in [Role::Caller, Role::Called] {
            let mut session = Session::new(config(role, "a", 1), an_instant());
            session.handle_bytes(an_instant(), bytes);
            assert_eq!(
                session.poll_event(),
                Some(Event::Closed(CloseReason::NotTtychat))
            );
        }
    }
}

#[test]
fn an_echo_of_ourselves_is_not_a_peer() {
    let now = an_instant();
    let mut session = Session::new(config(Role::Caller, "a", 1), now);
    let mut bytes = Vec::new();
    assert!(session.poll_transmit(now, &mut bytes));
    session.handle_bytes(now, &bytes);
    assert_eq!(
        session.poll_event(),
        Some(Event::Closed(CloseReason::NotTtychat))
    );
}

#[test]
fn another_version_is_named_and_hears_our_greeting() {
    let now = an_instant();
    let mut session = Session::new(config(Role::Called, "a", 1), now);
    session.handle_bytes(now, b"ttychat\x02");
    let reason = CloseReason::PeerIncompatible { ours: 1, theirs: 2 };
    assert_eq!(session.poll_event(), Some(Event::Closed(reason.clone())));
    let words = "the other side speaks version 2 of the protocol, this one speaks 1; \
                 update the older one";
    assert_eq!(reason.to_string(), words);
    let mut bytes = Vec::new();
    assert!(session.poll_transmit(now, &mut bytes));
    assert_eq!(bytes, b"ttychat\x01<");
}

#[test]
fn a_peer_that_dribbles_its_handshake_is_given_up_in_time() {
    let start = an_instant();
    let mut session = Session::new(config(Role::Called, "a", 1), start);
    let bytes = [b"ttychat\x01>\x00\x20".as_slice(), &[9; 32]].concat();
    for (seconds, byte) in (0..10).zip(bytes) {
        session.handle_timeout(start + SECOND * seconds);
        session.handle_bytes(start + SECOND * seconds, &[byte]);
        assert_eq!(session.poll_event(), None);
    }
    assert_eq!(session.deadline(), Some(start + SECOND * 10));
    session.handle_timeout(start + SECOND * 10);
    assert_eq!(
        session.poll_event(),
        Some(Event::Closed(CloseReason::PeerSilent))
    );
}

#[test]
fn a_peer_that_never_says_hello_is_given_up_in_time() {
    let start = an_instant();
    let mut session = Session::new(config(Role::Called, "a", 1), start);
    let mut peer = HandPeer::new(Role::Caller, [7; 32]);
    peer.exchange(&mut session, start + SECOND * 9);
    assert!(peer.is_ready());
    session.handle_timeout(start + SECOND * 10);
    assert_eq!(
        session.poll_event(),
        Some(Event::Closed(CloseReason::PeerSilent))
    );
}

#[test]
fn a_long_handshake_frame_is_refused_before_its_bytes_come() {
    let now = an_instant();
    let mut session = Session::new(config(Role::Called, "a", 1), now);
    session.handle_bytes(now, b"ttychat\x01>\x00\x21");
    let reason = CloseReason::PeerMisbehaved(ProtocolError::TooLarge);
    assert_eq!(session.poll_event(), Some(Event::Closed(reason)));
}

#[test]
fn any_flipped_bit_of_a_handshake_ends_the_call_before_anything_is_said() {
    // The caller's whole first flight after the greeting, and its second.
    for flipped in (0..2 + 64).map(|index| index * 8 + index % 8) {
        let now = an_instant();
        let mut session = Session::new(config(Role::Called, "a", 1), now);
        let mut peer = HandPeer::new(Role::Caller, [7; 32]);
        session.handle_bytes(now, &std::mem::take(&mut peer.out));
        let mut bytes = Vec::new();
        while session.poll_transmit(now, &mut bytes) {}
        peer.handle_bytes(&bytes);
        session.handle_bytes(now, &std::mem::take(&mut peer.out));
        bytes.clear();
        while session.poll_transmit(now, &mut bytes) {}
        peer.handle_bytes(&bytes);
        let mut last = std::mem::take(&mut peer.out);
        last[flipped / 8] ^= 1 << (flipped % 8);
        session.handle_bytes(now, &last);
        session.handle_timeout(now + SECOND * 10);
        assert!(matches!(session.poll_event(), Some(Event::Closed(_))));
        assert_eq!(session.peer_key(), None);
    }
}

#[test]
fn any_flipped_bit_of_a_record_ends_the_call() {
    let (mut session, mut peer, now) = with_hand_peer(Role::Called);
    peer.send(&Message::Text("hello".to_owned()));
    let record = std::mem::take(&mut peer.out);
    let mut flipped = record.clone();
    *flipped.last_mut().unwrap() ^= 1;
    session.handle_bytes(now, &flipped);
    let reason = CloseReason::PeerMisbehaved(ProtocolError::Undecryptable);
    assert_eq!(session.poll_event(), Some(Event::Closed(reason)));

    for bit in 16..record.len() * 8 {
        let (mut session, mut peer, now) = with_hand_peer(Role::Called);
        peer.send(&Message::Text("hello".to_owned()));
        let mut record = std::mem::take(&mut peer.out);
        record[bit / 8] ^= 1 << (bit % 8);
        session.handle_bytes(now, &record);
        assert!(matches!(session.poll_event(), Some(Event::Closed(_))));
    }
}

#[test]
fn a_record_replayed_or_left_out_ends_the_call() {
    for replay in [true, false] {
        let (mut session, mut peer, now) = with_hand_peer(Role::Called);
        peer.send(&Message::Text("one".to_owned()));
        let one = std::mem::take(&mut peer.out);
        peer.send(&Message::Text("two".to_owned()));
        if replay {
            session.handle_bytes(now, &one);
            assert_eq!(session.poll_event(), Some(Event::Text("one".to_owned())));
            session.handle_bytes(now, &one);
        } else {
            session.handle_bytes(now, &peer.out);
        }
        let reason = CloseReason::PeerMisbehaved(ProtocolError::Undecryptable);
        assert_eq!(session.poll_event(), Some(Event::Closed(reason)));
    }
}

#[test]
fn a_truncated_record_is_only_waited_for() {
    let (mut session, mut peer, now) = with_hand_peer(Role::Called);
    peer.send(&Message::Text("hello".to_owned()));
    let (most, last) = peer.out.split_at(peer.out.len() - 1);
    session.handle_bytes(now, most);
    assert_eq!(session.poll_event(), None);
    session.handle_bytes(now, last);
    assert_eq!(session.poll_event(), Some(Event::Text("hello".to_owned())));
}

#[test]
fn a_message_out_of_turn_ends_the_call() {
    for message in [
        Message::Hello(Hello::default()),
        Message::Ringing,
        Message::Accepted,
        Message::Refused(Refusal::Busy),
        Message::Pong {
            ping_sent_at: 1,
            answered_at: 1,
        },
        Message::VideoAcknowledged {
            sequence: 0,
            outcome: Outcome::Shown,
        },
    ] {
        check_misbehaviour(&message, ProtocolError::OutOfTurn);
    }
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
fn a_picture_of_a_camera_that_is_off_ends_the_call() {
    let (mut session, mut peer, now) = with_hand_peer(Role::Called);
    peer.send(&Message::CameraState(CameraState::Off));
    peer.send(&video(0, b"x"));
    peer.exchange(&mut session, now);
    session.poll_event();
    let reason = CloseReason::PeerMisbehaved(ProtocolError::OutOfTurn);
    assert_eq!(session.poll_event(), Some(Event::Closed(reason)));
}

#[test]
fn a_picture_must_be_newer_than_the_one_before() {
    let (mut session, mut peer, now) = with_hand_peer(Role::Called);
    peer.send(&video(5, b"x"));
    peer.send(&video(9, b"y"));
    peer.send(&video(9, b"z"));
    peer.exchange(&mut session, now);
    assert!(matches!(session.poll_event(), Some(Event::Picture(one)) if one.sequence == 5));
    assert!(matches!(session.poll_event(), Some(Event::Picture(one)) if one.sequence == 9));
    let reason = CloseReason::PeerMisbehaved(ProtocolError::OutOfTurn);
    assert_eq!(session.poll_event(), Some(Event::Closed(reason)));
}

#[test]
fn a_shared_start_that_nobody_has_ends_the_call() {
    let jpeg = vec![1, 2];
    let wrong = Video {
        sequence: 0,
        captured_at: 0,
        size: AREA,
        shared_len: 1,
        jpeg,
    };
    check_misbehaviour(&Message::Video(wrong), ProtocolError::BadValue);
}

#[test]
fn more_pictures_than_are_answered_end_the_call() {
    let (mut session, mut peer, now) = with_hand_peer(Role::Called);
    let count = u32::try_from(PICTURES_UNACKNOWLEDGED_MAX).unwrap();
    for sequence in 0..count {
        peer.send(&video(sequence, b"x"));
        peer.exchange(&mut session, now);
        assert!(matches!(session.poll_event(), Some(Event::Picture(_))));
    }
    // Answers that cannot leave count too.
    session.acknowledge(now, 0, Outcome::Shown);
    peer.send(&video(count, b"x"));
    session.handle_bytes(now, &std::mem::take(&mut peer.out));
    let reason = CloseReason::PeerMisbehaved(ProtocolError::TooMany);
    assert_eq!(session.poll_event(), Some(Event::Closed(reason)));
}

#[test]
fn a_flood_of_messages_ends_the_call_and_a_busy_person_does_not() {
    let (mut session, mut peer, now) = with_hand_peer(Role::Called);
    let flood = |peer: &mut HandPeer, session: &mut Session, now| {
        for count in 0..2000 {
            peer.send(&Message::CameraState(CameraState::On));
            session.handle_bytes(now, &std::mem::take(&mut peer.out));
            if let Some(Event::Closed(reason)) = session.poll_event() {
                return (count, Some(reason));
            }
        }
        (2000, None)
    };
    let (count, reason) = flood(&mut peer, &mut session, now);
    assert!((1000..1024).contains(&count), "{count}");
    assert_eq!(
        reason,
        Some(CloseReason::PeerMisbehaved(ProtocolError::TooMany))
    );

    let (mut session, mut peer, start) = with_hand_peer(Role::Called);
    for count in 0..5000 {
        peer.send(&Message::Text("x".to_owned()));
        session.handle_bytes(start + Duration::from_millis(2) * count, &peer.out);
        peer.out.clear();
        assert_eq!(session.poll_event(), Some(Event::Text("x".to_owned())));
    }
}

#[test]
fn kinds_of_a_later_version_are_ignored_only_where_they_say_so() {
    let (mut session, mut peer, now) = with_hand_peer(Role::Called);
    peer.send_plaintext(&[128, 1, 2, 3]);
    peer.send_plaintext(&[255]);
    peer.send_plaintext(&[13, 0, 0, 0, 3, 200, 1]);
    peer.send_plaintext(&[14, 2]);
    peer.send(&Message::Text("still here".to_owned()));
    peer.exchange(&mut session, now);
    assert_eq!(
        session.poll_event(),
        Some(Event::Text("still here".to_owned()))
    );
    peer.send_plaintext(&[127]);
    peer.exchange(&mut session, now);
    let reason = CloseReason::PeerMisbehaved(ProtocolError::UnknownKind);
    assert_eq!(session.poll_event(), Some(Event::Closed(reason)));
}

#[test]
fn texts_are_cut_at_a_whole_character_and_bounded_in_number() {
    let mut pair = Pair::up();
    let long = "ä".repeat(TEXT_LEN_MAX);
    assert!(pair.caller.session.send_text(pair.now, &format!("x{long}")));
    assert!(!pair.caller.session.send_text(pair.now, ""));
    pair.run_for(SECOND);
    assert_eq!(
        pair.called.texts(),
        [format!("x{}", "ä".repeat(TEXT_LEN_MAX / 2 - 1))]
    );
    for _ in 0..TEXTS_WAITING_MAX {
        assert!(pair.caller.session.send_text(pair.now, "x"));
    }
    assert!(!pair.caller.session.send_text(pair.now, "one too many"));
    pair.run_for(SECOND);
    assert_eq!(pair.called.texts().len(), 1 + TEXTS_WAITING_MAX);
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
fn the_age_of_a_picture_is_true_within_half_a_round_trip() {
    let mut pair = Pair::new();
    // The whole round trip is on one way: the worst case.
    pair.caller.out.latency = Duration::from_millis(80);
    pair.called.out.latency = Duration::ZERO;
    pair.bring_up();
    for _ in 0..100 {
        let captured_at = pair.now - Duration::from_millis(25);
        for end in [&mut pair.caller, &mut pair.called] {
            end.session
                .send_picture(pair.now, picture(captured_at, 3000, 1));
        }
        pair.run_for(Duration::from_millis(100));
        for end in [&mut pair.caller, &mut pair.called] {
            let told = end.pictures().last().unwrap().captured_at;
            let error = told.max(captured_at) - told.min(captured_at);
            assert!(error <= Duration::from_millis(41), "{error:?}");
        }
    }
}

#[test]
fn the_first_picture_of_a_call_has_an_age_too() {
    let mut pair = Pair::new();
    pair.caller.out.latency = Duration::from_millis(100);
    pair.called.out.latency = Duration::from_millis(100);
    while !pair.called.session.is_up() {
        pair.run_for(Duration::from_millis(1));
        pair.called.session.accept(pair.now);
    }
    let captured_at = pair.now - Duration::from_millis(30);
    pair.called
        .session
        .set_camera_state(pair.now, CameraState::On);
    pair.called
        .session
        .send_picture(pair.now, picture(captured_at, 3000, 1));
    pair.run_for(SECOND);
    let told = pair.caller.pictures()[0].captured_at;
    let error = told.max(captured_at) - told.min(captured_at);
    assert!(error <= Duration::from_millis(101), "{error:?}");
}

#[test]
fn no_time_of_a_peer_is_in_the_future_or_breaks_the_clock() {
    for times in [
        [0, 0, 0],
        [u64::MAX, 0, u64::MAX],
        [0, u64::MAX, 0],
        [1 << 63, 1, 1 << 62],
    ] {
        let (mut session, mut peer, now) = with_hand_peer(Role::Called);
        let later = now + SECOND * 2;
        session.handle_timeout(later);
        peer.send(&Message::Ping { sent_at: times[0] });
        peer.exchange(&mut session, later);
        for message in peer.take_messages() {
            if let Message::Ping { sent_at } = message {
                peer.send(&Message::Pong {
                    ping_sent_at: sent_at,
                    answered_at: times[1],
                });
            }
        }
        let jpeg = vec![1];
        let nonsense = Video {
            sequence: 0,
            captured_at: times[2],
            size: AREA,
            shared_len: 0,
            jpeg,
        };
        peer.send(&Message::Video(nonsense));
        peer.exchange(&mut session, later);
        let Some(Event::Picture(picture)) = session.poll_event() else {
            panic!("no picture")
        };
        assert!(picture.captured_at <= later);
        assert!(later - picture.captured_at <= SECOND * 3600);
    }
}

#[test]
fn the_round_trip_is_measured() {
    let mut pair = Pair::up();
    pair.run_for(SECOND * 3);
    for end in [&pair.caller, &pair.called] {
        assert_eq!(
            end.session.statistics().round_trip,
            Some(Duration::from_millis(40))
        );
    }
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
