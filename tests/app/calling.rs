//! Making calls: how they begin, fail, are lost and tried again.

use crate::stage::{World, connect, listen, options};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::time::Duration;
use ttychat::app::{Accept, Input, Role};

#[test]
fn a_call_rings_is_taken_and_both_see_each_other() {
    let mut world = World::ringing();
    world.assert_screen(0, "bob@pc");
    world.assert_screen(0, "10.0.0.2");
    assert_eq!(world.party(0).bell_count, 1);
    world.assert_screen(1, "alice.example:2222");
    assert!(
        world.party(0).title.contains("bob@pc"),
        "{}",
        world.party(0).title
    );
    world.key(0, "y");
    world.run(Duration::from_millis(200));
    assert!(world.party(0).shown.len() > 2 && world.party(1).shown.len() > 2);
    assert!(
        world.party(1).title.contains("alice@laptop"),
        "{}",
        world.party(1).title
    );
}

#[test]
fn nothing_of_the_camera_is_compressed_before_the_call_is_taken() {
    let mut world = World::ringing();
    for party in 0..2 {
        assert!(!world.party(party).app.capture_order().compress);
        assert!(world.party(party).app.capture_order().enabled);
    }
    world.run(Duration::from_secs(5));
    assert!(world.party(0).shown.is_empty() && world.party(1).shown.is_empty());
    world.key(0, "y");
    assert!(
        world.party(0).app.capture_order().compress,
        "the first one is wanted at once"
    );
    world.run(Duration::from_millis(40));
    assert!(!world.party(0).shown.is_empty());
}

#[test]
fn a_declined_call_says_so_and_fails() {
    let mut world = World::ringing();
    world.key(0, "n");
    let ending = world.party(1).ending.clone().expect("not ended");
    assert_eq!(ending.exit_code, 1);
    assert!(
        ending
            .message
            .unwrap()
            .contains("alice.example:2222 declined the call")
    );
    assert!(world.party(0).ending.is_none());
}

#[test]
fn an_unanswered_call_is_given_up_and_missed() {
    let mut world = World::ringing();
    world.run(Duration::from_secs(61));
    let ending = world.party(1).ending.clone().expect("not ended");
    assert_eq!(ending.exit_code, 1);
    assert!(
        ending
            .message
            .unwrap()
            .contains("nobody answered at alice.example:2222")
    );
    world.assert_screen(0, "missed call from \"bob@pc\" (10.0.0.2)");
    assert!(world.party(0).bell_count > 2, "it rings more than once");
}

#[test]
fn a_caller_who_gives_up_is_missed() {
    let mut world = World::ringing();
    world.key(1, "q");
    assert_eq!(world.party(1).ending.clone().unwrap().exit_code, 0);
    world.assert_screen(0, "missed call from \"bob@pc\" (10.0.0.2)");
}

#[test]
fn a_call_that_cannot_be_made_fails_with_what_the_system_said() {
    let mut world = World::new();
    world.add(options("bob@pc", connect()));
    world.settle();
    let ending = world.party(0).ending.clone().expect("not ended");
    assert_eq!(ending.exit_code, 1);
    assert_eq!(
        ending.message.unwrap(),
        "tried 10.0.0.1:2222 (connection refused)"
    );
}

#[test]
fn what_is_not_ttychat_is_named() {
    let mut world = World::new();
    world.listener = Some(0);
    world.add(options("alice@laptop", listen()));
    let mut of_bob = options("bob@pc", connect());
    of_bob.statistics = true;
    world.plugged = false;
    world.add(of_bob);
    world.settle();
    let connection = ttychat::app::ConnectionId(1);
    world.input(
        1,
        Input::Bytes {
            connection,
            bytes: b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n",
        },
    );
    world.run(Duration::from_millis(50));
    let ending = world.party(1).ending.clone().expect("not ended");
    assert_eq!(ending.exit_code, 1);
    let message = ending.message.unwrap();
    assert!(
        message.contains("alice.example:2222 is not ttychat"),
        "{message}"
    );
}

#[test]
fn a_silent_answer_is_given_up() {
    let mut world = World::new();
    world.listener = Some(0);
    world.add(options("alice@laptop", listen()));
    world.plugged = false;
    world.add(options("bob@pc", connect()));
    world.run(Duration::from_secs(60));
    let ending = world.party(1).ending.clone().expect("waits for ever");
    assert_eq!(ending.exit_code, 1);
    assert!(ending.message.unwrap().contains("fell silent"));
}

#[test]
fn a_goodbye_ends_the_program_with_a_word() {
    let mut world = World::in_call();
    world.stop_filming();
    world.run(Duration::from_secs(12 * 60));
    world.key(0, "q");
    let ending = world.party(1).ending.clone().expect("not ended");
    assert_eq!(ending.exit_code, 0);
    let message = ending.message.unwrap();
    assert_eq!(
        message,
        "call with alice@laptop ended after 12 min: they left"
    );
}

#[test]
fn a_lost_call_is_tried_again_with_a_countdown() {
    let mut world = World::in_call();
    for text in [
        "one", "two", "three", "four", "five", "six", "seven", "eight",
    ] {
        world.key(1, &format!("t{text}\n"));
    }
    world.key(1, "tremember this\ntand\ntthat\ntand more\n");
    world.run(Duration::from_secs(40));
    world.listener = None;
    world.cut();
    world.assert_screen(1, "alice.example:2222");
    world.assert_screen(1, "connection was lost");
    assert_eq!(world.party(1).connect_count, 1);
    // 1, 2, 4, 8, 16, then 30 seconds.
    let waits = [1, 2, 4, 8, 16, 30, 30];
    for (index, wait) in waits.into_iter().enumerate() {
        // Each turn ends a tenth of a second after the try.
        let late = if index == 0 { 0 } else { 100 };
        world.run(Duration::from_millis(wait * 1000 - 100 - late));
        assert_eq!(
            world.party(1).connect_count,
            1 + index,
            "too early, try {index}"
        );
        world.run(Duration::from_millis(200));
        assert_eq!(
            world.party(1).connect_count,
            2 + index,
            "too late, try {index}"
        );
    }
    world.listener = Some(0);
    world.run(Duration::from_secs(31));
    world.key(0, "y");
    world.run(Duration::from_millis(200));
    assert!(world.party(1).ending.is_none());
    let up = KeyEvent::new(KeyCode::Up, KeyModifiers::NONE);
    for _ in 0..4 {
        world.input(1, Input::Key(up));
    }
    world.assert_screen(1, "remember this");
    assert!(world.party(1).title.contains("alice@laptop"));
}

#[test]
fn a_busy_line_does_not_end_the_tries() {
    let mut world = World::in_call();
    let carol = world.add(options("carol@mac", connect()));
    world.run(Duration::from_millis(100));
    assert!(
        world.party(carol).ending.is_some(),
        "carol was never in a call"
    );
    world.run(Duration::from_secs(40));
    // Alice has not noticed, so bob's next call finds her busy.
    world.plugged = false;
    world.input(
        1,
        Input::Disconnected {
            connection: ttychat::app::ConnectionId(1),
        },
    );
    world.run(Duration::from_millis(100));
    world.plugged = true;
    world.run(Duration::from_secs(3));
    assert!(world.party(1).ending.is_none());
    assert!(world.party(1).connect_count >= 2);
}

#[test]
fn a_declined_second_call_ends_the_tries() {
    let mut world = World::in_call();
    world.cut();
    world.run(Duration::from_millis(1200));
    world.key(0, "n");
    let ending = world.party(1).ending.clone().expect("still trying");
    assert_eq!(ending.exit_code, 1);
}

#[test]
fn the_person_can_end_the_tries() {
    let mut world = World::in_call();
    world.listener = None;
    world.cut();
    world.run(Duration::from_secs(20));
    world.key(1, "q");
    let ending = world.party(1).ending.clone().unwrap();
    assert_eq!(ending.exit_code, 1, "the call was lost");
    assert!(ending.message.unwrap().contains("was lost"));
}

#[test]
fn an_unplugged_cable_is_noticed_by_both_within_ten_seconds() {
    let mut world = World::in_call();
    world.plugged = false;
    world.run(Duration::from_secs(10));
    world.party(0).assert_logged("call with bob@pc ended");
    world.party(1).assert_logged("call with alice@laptop ended");
}

#[test]
fn the_time_limit_ends_a_call_and_fails_one_that_was_not_taken() {
    let limited = |options: &mut ttychat::app::Options| {
        options.duration = Some(Duration::from_secs(5));
    };
    let mut world = World::in_call_with(|_| {}, limited);
    world.run(Duration::from_secs(5));
    assert_eq!(world.party(1).ending.clone().unwrap().exit_code, 0);

    let mut world = World::new();
    world.add(options("alice@laptop", listen()));
    world.listener = Some(0);
    let mut of_bob = options("bob@pc", connect());
    limited(&mut of_bob);
    world.add(of_bob);
    world.run(Duration::from_secs(6));
    let ending = world.party(1).ending.clone().unwrap();
    assert_eq!(ending.exit_code, 1);
    assert!(ending.message.unwrap().contains("alice.example:2222"));
    world.assert_screen(0, "missed call");
}

#[test]
fn a_signal_ends_the_call_politely() {
    let mut world = World::in_call();
    world.input(0, Input::TerminateRequested);
    assert_eq!(world.party(0).ending.clone().unwrap().exit_code, 0);
    let ending = world.party(1).ending.clone().expect("not told");
    assert_eq!(ending.exit_code, 0);
}

#[test]
fn a_call_with_oneself_comes_back() {
    let mut world = World::new();
    let mut far = options("bob@pc", Role::Echo);
    far.source = ttychat::app::Source::None;
    far.screen = None;
    world.add(far);
    world.listener = Some(0);
    world.add(options("bob@pc", Role::Loopback));
    world.run(Duration::from_secs(1));
    assert!(
        world.party(1).shown.len() > 20,
        "{} pictures",
        world.party(1).shown.len()
    );
    world.key(1, "techo!\n");
    world.assert_screen(1, "yourself");
    assert_eq!(
        world.screen(1).matches("echo!").count(),
        2,
        "{}",
        world.screen(1)
    );
    world.key(1, "v");
    world.run(Duration::from_millis(100));
    world.assert_screen(1, "camera off");
    world.key(1, "q");
    assert_eq!(world.party(1).ending.clone().unwrap().exit_code, 0);
    assert_eq!(
        world
            .party(0)
            .ending
            .clone()
            .expect("stays alone")
            .exit_code,
        0
    );
}

#[test]
fn an_end_without_a_screen_takes_all_and_serves() {
    let mut world = World::in_call_with(
        |options| {
            options.accept = Accept::All;
            options.screen = None;
        },
        |_| {},
    );
    world.run(Duration::from_secs(1));
    assert!(world.party(1).shown.len() > 20);
    assert!(world.party(0).shown.len() > 20);
    assert!(world.party(0).shown.iter().all(|(_, area)| area.is_empty()));
}

/// A regression: the text line closed with the call, and what was typed on were keys: a `q` quit.
#[test]
fn a_line_being_typed_stays_open_when_the_call_is_lost() {
    let mut world = World::in_call();
    world.key(0, "tI was saying");
    world.key(1, "tand so was");
    world.listener = None;
    world.cut();
    world.run(Duration::from_millis(100));
    world.key(0, " quietly\n");
    world.key(1, " I, quite\n");
    world.run(Duration::from_millis(100));
    for (party, text) in [(0, "I was saying quietly"), (1, "and so was I, quite")] {
        assert!(world.party(party).ending.is_none(), "it quit");
        // There is nobody to send it to, so it is still there.
        world.assert_screen(party, text);
    }
}

/// Else whoever is called again could not take the call without giving up what they had written.
#[test]
fn a_line_that_is_left_for_a_key_goes_on_with_the_next_message() {
    let mut world = World::in_call();
    world.key(0, "tmy long");
    world.cut();
    // The other calls again, and our person is asked.
    world.run(Duration::from_secs(3));
    world.assert_screen(0, "accept");
    world.assert_screen(0, "Esc first: your text is kept");
    world.key(0, "\x1b");
    assert!(!world.screen(0).contains("Esc first"));
    world.key(0, "y");
    world.run(Duration::from_secs(1));
    world.key(0, "t answer\n");
    world.run(Duration::from_millis(100));
    world.assert_screen(1, "my long answer");
    // Only once.
    world.key(0, "tnew\n");
    world.run(Duration::from_millis(100));
    assert_eq!(world.screen(1).matches("my long").count(), 1);
}

#[test]
fn who_quits_while_a_lost_call_is_tried_again_is_told_of_the_loss() {
    // While it waits to call again, and while it rings again.
    for (time, called_again) in [(0.5, false), (3.0, true)] {
        let mut world = World::in_call();
        world.cut();
        world.run(Duration::from_secs_f64(time));
        assert_eq!(world.screen(0).contains("accept"), called_again);
        world.key(1, "q");
        world.run(Duration::from_millis(100));
        let ending = world.party(1).ending.clone().unwrap();
        assert_eq!(ending.exit_code, 1, "{ending:?}");
        let message = ending.message.unwrap();
        assert!(message.contains("was lost: the connection"), "{message}");
    }
}
