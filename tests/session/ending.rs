//! Silence, pauses, and how calls end.

use super::*;

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
            end.offer(pair.now, 60_000, fill);
        }
        pair.run_for(Duration::from_millis(250));
    }
    assert_eq!((pair.caller.closed(), pair.called.closed()), (None, None));
    assert!(pair.called.pictures().len() > 5);
}

#[test]
fn a_paused_peer_is_kept_for_ten_minutes() {
    let mut pair = Pair::up();
    pair.called.set_camera(pair.now, CameraState::Paused);
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
    pair.called.set_camera(pair.now, CameraState::Paused);
    pair.settle();
    pair.called.stopped = true;
    pair.run_for(SECOND * 300);
    assert!(pair.caller.session.send_text(pair.now, "are you back?"));
    pair.run_for(SECOND * 10);

    pair.called.stopped = false;
    pair.called.session.handle_resume(pair.now);
    pair.called.set_camera(pair.now, CameraState::On);
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
    pair.caller.offer(pair.now, 1_000_000, 1);
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
fn a_peer_that_talks_but_never_answers_is_lost() {
    let (mut session, mut peer, start) = with_hand_peer(Role::Called);
    for tenths in 0..100 {
        let now = start + SECOND / 10 * tenths;
        peer.send(&Message::Ping {
            sent_at: u64::from(tenths),
        });
        session.handle_timeout(now);
        peer.exchange(&mut session, now);
        if let Some(Event::Closed(reason)) = session.poll_event() {
            assert_eq!((reason, tenths), (CloseReason::PeerSilent, 90));
            return;
        }
    }
    panic!("nobody noticed");
}

#[test]
fn a_peer_that_never_answers_again_after_a_while_is_lost() {
    let (mut session, mut peer, start) = with_hand_peer(Role::Called);
    for tenths in 0..200 {
        let now = start + SECOND / 10 * tenths;
        session.handle_timeout(now);
        peer.send(&Message::Ping {
            sent_at: u64::from(tenths),
        });
        peer.exchange(&mut session, now);
        if tenths < 50 {
            peer.answer_pings();
            peer.exchange(&mut session, now);
        }
        if let Some(Event::Closed(reason)) = session.poll_event() {
            assert_eq!(reason, CloseReason::PeerSilent);
            assert!((120..=140).contains(&tenths), "{tenths}");
            return;
        }
    }
    panic!("nobody noticed");
}

#[test]
fn a_peer_that_takes_pictures_is_there_although_its_answer_is_late() {
    let (mut session, mut peer, start) = with_hand_peer(Role::Called);
    for seconds in 0..40 {
        let now = start + SECOND * seconds;
        session.handle_timeout(now);
        session.send_picture(now, picture(now, 100, 1));
        peer.exchange(&mut session, now);
        peer.send(&Message::VideoAcknowledged {
            sequence: seconds,
            outcome: Outcome::Shown,
        });
        peer.exchange(&mut session, now);
        assert_eq!(session.poll_event(), None);
    }
}

#[test]
fn a_pause_is_not_measured_as_a_round_trip() {
    for milliseconds in (0..1200).step_by(30) {
        let mut pair = Pair::up();
        pair.run_for(Duration::from_millis(milliseconds));
        pair.called.set_camera(pair.now, CameraState::Paused);
        pair.settle();
        pair.called.stopped = true;
        pair.run_for(SECOND * 300);
        pair.called.stopped = false;
        pair.called.session.handle_resume(pair.now);
        pair.called.session.handle_timeout(pair.now);
        pair.called.set_camera(pair.now, CameraState::On);
        for _ in 0..100 {
            pair.run_for(Duration::from_millis(20));
            for end in [&pair.caller, &pair.called] {
                assert_eq!(
                    end.session.statistics().round_trip,
                    Some(Duration::from_millis(40))
                );
                assert_eq!(end.closed(), None);
            }
        }
    }
}

#[test]
fn a_paused_peer_that_still_answers_is_pinged_seldom() {
    let mut pair = Pair::up();
    pair.called.set_camera(pair.now, CameraState::Paused);
    pair.run_for(SECOND);
    let before = pair.caller.session.statistics().bytes_received;
    pair.run_for(SECOND * 600);
    // Its own pings, once a second, ten answers at most, and five new keys.
    let pings = 600 * (2 + 9 + 16) + 5 * (2 + 1 + 16);
    let received = pair.caller.session.statistics().bytes_received - before;
    assert!(received <= pings + 10 * (2 + 17 + 16), "{received}");
    assert_eq!((pair.caller.closed(), pair.called.closed()), (None, None));
}
