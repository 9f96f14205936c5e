//! Patches: over which picture one may go, and what becomes of those that may not.

use super::*;

const BLOCKS: [u8; 8] = [0x40, 0, 0, 0, 0, 0, 0, 0x10];

/// A session whose peer lays patches, and the peer.
fn patching() -> (Session, HandPeer, Instant) {
    with_capable_peer(Role::Caller, capability::PATCHES | capability::UNCHANGED)
}

fn whole(number: u64) -> OutgoingPicture {
    OutgoingPicture {
        number,
        ..picture(an_instant(), 100, 1)
    }
}

fn patch(number: u64, base: u64) -> OutgoingPicture {
    let blocks = BLOCKS.to_vec();
    OutgoingPicture {
        patch: Some(OutgoingPatch { base, blocks }),
        ..whole(number)
    }
}

/// Offers a picture and gives what left then, answered as shown.
fn send(
    session: &mut Session,
    peer: &mut HandPeer,
    now: &mut Instant,
    picture: OutgoingPicture,
) -> Vec<Message> {
    *now += Duration::from_millis(200);
    session.handle_timeout(*now);
    session.send_picture(*now, picture);
    peer.exchange(session, *now);
    let messages = peer.answer_pings();
    peer.exchange(session, *now);
    let pictures = messages
        .into_iter()
        .filter(|message| matches!(message, Message::Patch(_) | Message::Video(_)));
    pictures.collect()
}

fn answer(
    session: &mut Session,
    peer: &mut HandPeer,
    now: Instant,
    sequence: u32,
    outcome: Outcome,
) {
    peer.send(&Message::VideoAcknowledged { sequence, outcome });
    peer.exchange(session, now);
    assert_eq!(session.poll_event(), None);
}

#[test]
fn a_patch_follows_the_picture_that_it_is_of() {
    let (mut session, mut peer, mut now) = patching();
    assert!(!session.takes_patch(), "there is no picture yet");
    let sent = send(&mut session, &mut peer, &mut now, whole(7));
    assert!(matches!(&sent[..], [Message::Video(video)] if video.sequence == 0));
    answer(&mut session, &mut peer, now, 0, Outcome::Shown);
    for (number, sequence) in [(8, 1), (9, 2)] {
        assert!(session.takes_patch());
        let sent = send(&mut session, &mut peer, &mut now, patch(number, number - 1));
        let [Message::Patch(Patch { video, blocks })] = &sent[..] else {
            panic!("{sent:?}");
        };
        assert_eq!((video.sequence, video.size), (sequence, AREA));
        assert_eq!(
            video.shared_len, 100,
            "heads are shared as those of whole pictures are"
        );
        assert_eq!(blocks, &BLOCKS);
        answer(&mut session, &mut peer, now, sequence, Outcome::Dropped);
    }
    assert_eq!(session.statistics().patches_sent, 2);
}

#[test]
fn a_picture_that_was_dropped_is_no_base() {
    let (mut session, mut peer, mut now) = patching();
    send(&mut session, &mut peer, &mut now, whole(1));
    // It is not answered, so that the next one waits, and is replaced.
    assert!(send(&mut session, &mut peer, &mut now, whole(2)).is_empty());
    for base in [1, 2] {
        session.send_picture(now, whole(2));
        assert!(session.takes_patch());
        session.send_picture(now, patch(3, base));
        assert!(!session.takes_patch(), "{base}");
        assert!(
            !session.send_unchanged(now, now),
            "its picture was not sent"
        );
    }
    answer(&mut session, &mut peer, now, 0, Outcome::Shown);
    let sent = send(&mut session, &mut peer, &mut now, patch(4, 3));
    assert!(matches!(&sent[..], [] | [Message::Video(_)]), "{sent:?}");
    let sent = send(&mut session, &mut peer, &mut now, whole(5));
    assert!(
        sent.iter()
            .all(|message| matches!(message, Message::Video(_)))
    );
    assert!(session.takes_patch());
}

#[test]
fn a_patch_that_does_not_fit_stays_here() {
    let other_size = OutgoingPicture {
        size: Size {
            width: 80,
            height: 48,
        },
        ..patch(2, 1)
    };
    for wrong in [other_size, patch(2, 9)] {
        let (mut session, mut peer, mut now) = patching();
        send(&mut session, &mut peer, &mut now, whole(1));
        answer(&mut session, &mut peer, now, 0, Outcome::Shown);
        let sent = send(&mut session, &mut peer, &mut now, wrong);
        assert_eq!(sent, []);
        assert!(!session.takes_patch());
        assert_eq!(send(&mut session, &mut peer, &mut now, patch(3, 2)), []);
        let sent = send(&mut session, &mut peer, &mut now, whole(4));
        assert!(matches!(&sent[..], [Message::Video(_)]), "{sent:?}");
        assert!(session.takes_patch());
    }
}

#[test]
fn a_peer_that_knows_no_patches_gets_none() {
    let (mut session, mut peer, mut now) = with_hand_peer(Role::Caller);
    send(&mut session, &mut peer, &mut now, whole(1));
    answer(&mut session, &mut peer, now, 0, Outcome::Shown);
    assert!(!session.takes_patch());
    assert_eq!(send(&mut session, &mut peer, &mut now, patch(2, 1)), []);
}

#[test]
fn after_a_broken_picture_comes_a_whole_one() {
    let (mut session, mut peer, mut now) = patching();
    send(&mut session, &mut peer, &mut now, whole(1));
    answer(&mut session, &mut peer, now, 0, Outcome::Shown);
    send(&mut session, &mut peer, &mut now, patch(2, 1));
    answer(&mut session, &mut peer, now, 1, Outcome::Broken);
    assert!(!session.takes_patch());
    assert!(!session.send_unchanged(now, now));
    send(&mut session, &mut peer, &mut now, whole(3));
    assert!(session.takes_patch());
    answer(&mut session, &mut peer, now, 2, Outcome::Shown);
    assert!(session.takes_patch());
    assert!(session.send_unchanged(now, now));
}

#[test]
fn a_camera_that_was_off_begins_with_a_whole_picture() {
    let (mut session, mut peer, mut now) = patching();
    send(&mut session, &mut peer, &mut now, whole(1));
    answer(&mut session, &mut peer, now, 0, Outcome::Shown);
    session.set_camera_state(now, CameraState::Off);
    session.set_camera_state(now, CameraState::On);
    assert!(!session.takes_patch());
    assert_eq!(send(&mut session, &mut peer, &mut now, patch(2, 1)), []);
}

fn incoming(sequence: u32, size: Size, jpeg: &[u8]) -> Message {
    let blocks = vec![0x80; 1]
        .into_iter()
        .chain(vec![0; size.block_count().div_ceil(8) - 1])
        .collect();
    let jpeg = jpeg.to_vec();
    let video = Video {
        sequence,
        size,
        jpeg,
        ..Video::default()
    };
    Message::Patch(Patch { video, blocks })
}

#[test]
fn a_patch_that_came_is_given_with_its_blocks() {
    let (mut session, mut peer, now) = with_hand_peer(Role::Called);
    peer.send(&video(5, b"a whole picture"));
    let Message::Patch(Patch { video, blocks }) = incoming(6, AREA, b"sheet") else {
        panic!("no patch");
    };
    let shared_len = 8;
    let video = Video {
        shared_len,
        ..video
    };
    peer.send(&Message::Patch(Patch {
        video,
        blocks: blocks.clone(),
    }));
    peer.send(&incoming(9, AREA, b"another"));
    peer.exchange(&mut session, now);
    let pictures: Vec<_> = std::iter::from_fn(|| session.poll_event())
        .filter_map(|event| match event {
            Event::Picture(picture) => Some((picture.sequence, picture.jpeg, picture.blocks)),
            _ => None,
        })
        .collect();
    let expected: [(u32, &[u8], _); 3] = [
        (5, b"a whole picture", None),
        (6, b"a whole sheet", Some(blocks.clone())),
        (9, b"another", Some(blocks)),
    ];
    let expected = expected.map(|(sequence, jpeg, blocks)| (sequence, jpeg.to_vec(), blocks));
    assert_eq!(pictures, expected);
}

#[test]
fn a_patch_over_nothing_ends_the_call() {
    check_misbehaviour(&incoming(0, AREA, b"x"), ProtocolError::OutOfTurn);
    let other = Size {
        width: 90,
        height: 160,
    };
    let on_and_off = [CameraState::Off, CameraState::On].map(Message::CameraState);
    for (before, size, error) in [
        (vec![video(0, b"x")], other, ProtocolError::BadValue),
        (
            [vec![video(0, b"x")], on_and_off.to_vec()].concat(),
            AREA,
            ProtocolError::OutOfTurn,
        ),
        (vec![video(1, b"x")], AREA, ProtocolError::OutOfTurn),
    ] {
        let (mut session, mut peer, now) = with_hand_peer(Role::Called);
        for message in before {
            peer.send(&message);
        }
        peer.send(&incoming(1, size, b"x"));
        peer.exchange(&mut session, now);
        let events: Vec<_> = std::iter::from_fn(|| session.poll_event()).collect();
        let reason = CloseReason::PeerMisbehaved(error);
        assert_eq!(events.last(), Some(&Event::Closed(reason)));
    }
}

#[test]
fn an_end_that_lays_no_patches_says_so_and_is_sent_none() {
    let now = an_instant();
    let mut session = Session::new(config(Role::Caller, "echo", 1), now).without_patches();
    let mut peer = HandPeer::new(Role::Called, [7; 32]);
    for _ in 0..2 {
        peer.exchange(&mut session, now);
    }
    let messages = peer.take_messages();
    let capabilities = messages.iter().find_map(|message| match message {
        Message::Hello(hello) => Some(hello.capabilities),
        _ => None,
    });
    assert_eq!(capabilities, Some(capability::ALL & !capability::PATCHES));
}
