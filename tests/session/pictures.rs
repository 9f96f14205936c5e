//! Pictures, texts and their times in a call that is up.

use super::*;

#[test]
fn a_text_waits_behind_one_piece_of_a_large_picture_at_most() {
    let mut pair = Pair::up();
    pair.caller.out.rate = Some(100_000);
    pair.caller.out.room = 1;
    pair.caller.offer(pair.now, 1_000_000, 1);
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
    pair.caller.out.stalled_until = Some(pair.now + SECOND);
    for fill in 0..10 {
        pair.caller.offer(pair.now, 500, fill);
        pair.run_for(Duration::from_millis(5));
    }
    pair.run_for(SECOND * 2);
    let seen = |pair: &Pair| -> Vec<u8> {
        pair.called
            .pictures()
            .iter()
            .map(|picture| picture.jpeg[0])
            .collect()
    };
    // One is on its way, of the others the newest is left.
    assert_eq!(seen(&pair), [0, 9]);
    assert_eq!(pair.caller.session.statistics().pictures_replaced, 8);
    pair.called.session.acknowledge(pair.now, 0, Outcome::Shown);
    pair.run_for(Duration::from_millis(100));
    assert_eq!(pair.caller.session.statistics().pictures_shown_by_peer, 1);
}

#[test]
fn pictures_that_nobody_answers_are_bounded() {
    let mut pair = Pair::up();
    pair.called.answer = None;
    for sent in 0..PICTURES_IN_FLIGHT_MAX {
        let turn = pair.now + SECOND;
        while !pair.caller.session.wants_picture() {
            assert!(pair.now < turn, "no turn after {sent}");
            pair.run_for(Duration::from_millis(5));
        }
        pair.caller.offer(pair.now, 100, 1);
        pair.run_for(Duration::from_millis(1));
    }
    pair.run_for(SECOND);
    assert!(!pair.caller.session.wants_picture());
    pair.caller.offer(pair.now, 100, 1);
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
        pair.run_for(SECOND);
        let jpeg = [head.as_slice(), &[fill ^ 0xff; 3000]].concat();
        let before = pair.caller.session.statistics().bytes_sent;
        let sent = OutgoingPicture {
            captured_at: pair.now,
            size: AREA,
            jpeg: jpeg.clone(),
            plan: None,
            number: 0,
            patch: None,
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
    pair.caller.offer(pair.now, 400, 9);
    pair.run_for(SECOND);
    pair.caller.out.rate = Some(100_000);
    pair.caller.out.room = 1;
    pair.caller.offer(pair.now, 500_000, 1);
    pair.run_for(SECOND);
    pair.called.take_events();
    pair.caller.offer(pair.now, 400, 2);
    pair.caller.set_camera(pair.now, CameraState::Off);
    pair.caller.offer(pair.now, 400, 3);
    pair.run_for(SECOND * 10);
    assert_eq!(pair.called.events, [Event::PeerCamera(CameraState::Off)]);
    pair.caller.set_camera(pair.now, CameraState::On);
    // Begins like the one that never arrived, of which the peer remembers nothing.
    pair.caller.offer(pair.now, 400, 1);
    pair.run_for(SECOND);
    assert_eq!(pair.called.pictures().last().unwrap().jpeg, [1; 400]);
    assert_eq!(pair.caller.session.statistics().pictures_unacknowledged, 0);
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
    pair.caller.offer(pair.now, 400, 4);
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
        pair.caller.offer(pair.now, len, 1);
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
    pair.caller.offer(pair.now, JPEG_LEN_MAX, 1);
    // As fast as a link of which nothing is known.
    pair.run_for(SECOND * 20);
    assert_eq!(pair.called.pictures()[0].jpeg.len(), JPEG_LEN_MAX);
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
fn the_age_of_a_picture_is_true_within_half_a_round_trip() {
    let mut pair = Pair::new();
    // The whole round trip is on one way: the worst case.
    pair.caller.out.latency = Duration::from_millis(80);
    pair.called.out.latency = Duration::ZERO;
    pair.bring_up();
    for _ in 0..100 {
        let captured_at = pair.now.checked_sub(Duration::from_millis(25)).unwrap();
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
    let captured_at = pair.now.checked_sub(Duration::from_millis(30)).unwrap();
    pair.called.set_camera(pair.now, CameraState::On);
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
        if times[2] > times[1] {
            assert_eq!(
                picture.captured_at, later,
                "a picture from the future came now"
            );
        }
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
fn a_picture_that_stays_is_not_sent_again() {
    let mut pair = Pair::up();
    assert!(
        !pair.caller.session.send_unchanged(pair.now, pair.now),
        "the peer has no picture yet"
    );
    pair.caller.offer(pair.now, 3000, 1);
    pair.run_for(SECOND);
    pair.called.take_events();
    let before = pair.caller.session.statistics().bytes_sent;
    let seen_at = pair.now;
    assert!(pair.caller.session.send_unchanged(pair.now, seen_at));
    pair.run_for(Duration::from_millis(100));
    assert!(pair.caller.session.statistics().bytes_sent - before < 100);
    let Some(&Event::Unchanged { captured_at }) = pair.called.events.first() else {
        panic!("{:?}", pair.called.events)
    };
    let error = captured_at.max(seen_at) - captured_at.min(seen_at);
    assert!(error < Duration::from_millis(2), "{error:?}");
    // What the peer was sent before the camera was off is not on its screen any more.
    pair.caller.set_camera(pair.now, CameraState::Off);
    pair.run_for(SECOND);
    pair.caller.set_camera(pair.now, CameraState::On);
    assert!(!pair.caller.session.send_unchanged(pair.now, pair.now));
}

#[test]
fn a_peer_that_knows_nothing_of_unchanged_pictures_or_receipts_is_told_none() {
    let (mut session, mut peer, now) = with_hand_peer(Role::Caller);
    for fill in 0..3 {
        session.send_picture(now, picture(now, 100, fill));
    }
    peer.exchange(&mut session, now);
    assert!(!session.send_unchanged(now, now));
    peer.exchange(&mut session, now);
    assert!(
        !peer
            .take_messages()
            .iter()
            .any(|message| matches!(message, Message::Unchanged { .. }))
    );
}
