//! Peers that are not ttychat, or break the protocol.

use super::*;
use ttychat::protocol::{
    Assembler, Pieces, Record,
    limits::{PIECE_LEN_MAX, UNCOUNTED_PIECE_LEN_MIN},
};

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
    session.handle_bytes(now, b"ttychat\x01>\x00\x41");
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
    peer.send_plaintext(&[132, 1, 2, 3]);
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
fn a_caller_says_hello_before_anything_else() {
    let sayings: [fn(&mut HandPeer); 5] = [
        |peer| peer.send(&Message::Ping { sent_at: 1 }),
        |peer| peer.send(&Message::Text("x".to_owned())),
        |peer| peer.send(&Message::Accepted),
        // What is ignored later costs as much to read.
        |peer| peer.send_plaintext(&[255; 9000]),
        HandPeer::renew_own_key,
    ];
    for say in sayings {
        let now = an_instant();
        let mut session = Session::new(config(Role::Called, "a", 1), now);
        let mut peer = HandPeer::new(Role::Caller, [7; 32]);
        peer.exchange(&mut session, now);
        say(&mut peer);
        peer.exchange(&mut session, now);
        let reason = CloseReason::PeerMisbehaved(ProtocolError::OutOfTurn);
        assert_eq!(session.poll_event(), Some(Event::Closed(reason)));
    }
}

#[test]
fn no_piece_is_held_before_the_call_is_up() {
    let now = an_instant();
    let mut session = Session::new(config(Role::Called, "a", 1), now);
    let mut peer = HandPeer::new(Role::Caller, [7; 32]);
    peer.exchange(&mut session, now);
    peer.send(&Message::Hello(Hello::default()));
    peer.send_plaintext(&[13, 0, 0, 99, 99, 11, 0]);
    peer.exchange(&mut session, now);
    session.poll_event();
    let reason = CloseReason::PeerMisbehaved(ProtocolError::OutOfTurn);
    assert_eq!(session.poll_event(), Some(Event::Closed(reason)));
}

#[test]
fn a_camera_that_goes_off_gives_up_the_unfinished_picture() {
    let (mut session, mut peer, now) = with_hand_peer(Role::Called);
    peer.send_plaintext(&[13, 0, 0, 0, 99, 11, 0]);
    peer.send(&Message::CameraState(CameraState::Off));
    peer.send_plaintext(&[14, 0]);
    peer.exchange(&mut session, now);
    assert_eq!(
        session.poll_event(),
        Some(Event::PeerCamera(CameraState::Off))
    );
    let reason = CloseReason::PeerMisbehaved(ProtocolError::OutOfTurn);
    assert_eq!(session.poll_event(), Some(Event::Closed(reason)));
}

/// A picture of 2 MB with a first piece of a byte and next ones of `len`, all at once; says
/// whether it came, and how the call ended if it did.
fn picture_in_pieces(len: usize) -> (bool, Option<CloseReason>) {
    let (mut session, mut peer, now) = with_hand_peer(Role::Called);
    let mut message = Vec::new();
    video(0, &vec![7; 2_000_000]).encode(&mut message);
    let total_len = u32::try_from(message.len()).unwrap().to_be_bytes();
    peer.send_plaintext(&[[13].as_slice(), &total_len, &message[..1]].concat());
    for piece in message[1..].chunks(len) {
        peer.send_plaintext(&[&[14], piece].concat());
    }
    peer.exchange(&mut session, now);
    match session.poll_event() {
        Some(Event::Picture(_)) => (true, None),
        Some(Event::Closed(reason)) => (false, Some(reason)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_pieces_of_a_picture_are_no_flood_unless_they_are_short() {
    // 3,914 pieces of the shortest kind, the last of which is shorter still.
    let least = UNCOUNTED_PIECE_LEN_MIN - 1;
    assert_eq!(picture_in_pieces(least), (true, None));
    // One byte less each, and they count as messages.
    let flood = CloseReason::PeerMisbehaved(ProtocolError::TooMany);
    assert_eq!(picture_in_pieces(least - 1), (false, Some(flood)));
}

/// However slow the link is taken for.
#[test]
fn our_own_pieces_are_never_short() {
    for len_max in [0, 1, UNCOUNTED_PIECE_LEN_MIN, PIECE_LEN_MAX] {
        let mut pieces = Pieces::new(vec![11; 40_000]);
        let mut assembler = Assembler::default();
        while !pieces.is_done() {
            let mut plaintext = Vec::new();
            pieces.poll_record(len_max, &mut plaintext);
            match Record::parse(&plaintext).unwrap() {
                Record::FirstPiece { total_len, bytes } => {
                    assert_eq!(assembler.first(total_len, bytes), None);
                }
                Record::NextPiece(bytes) => {
                    assert!(!assembler.is_short(bytes), "{len_max}");
                    assembler.next(bytes).unwrap();
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
