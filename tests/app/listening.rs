//! Being called: waiting, busy, missed, the next one.

use crate::stage::{World, address_of, connect, listen, options};
use std::time::Duration;
use ttychat::app::{ConnectionId, Effect, Input};

#[test]
fn who_waits_sees_where_others_may_call() {
    let mut world = World::new();
    world.add(options("alice@laptop", listen()));
    world.assert_screen(0, "10.0.0.1:2222");
    let order = world.party(0).app.capture_order();
    assert!(order.enabled && !order.compress);
    assert!(
        order.view_max.width >= 70,
        "our own picture is large: {:?}",
        order.view_max
    );
}

#[test]
fn the_own_picture_is_small_in_a_call() {
    let world = World::in_call();
    let order = world.party(0).app.capture_order();
    assert!(
        order.view_max.width < 30 && !order.view_max.is_empty(),
        "{:?}",
        order.view_max
    );
}

#[test]
fn a_second_caller_is_told_busy_and_the_person_sees_who_it_was() {
    let mut world = World::in_call();
    let carol = world.add(options("carol@mac", connect()));
    world.run(Duration::from_millis(200));
    let ending = world
        .party(carol)
        .ending
        .clone()
        .expect("carol still waits");
    assert_eq!(ending.exit_code, 1);
    assert!(
        ending
            .message
            .unwrap()
            .contains("alice.example:2222 is busy")
    );
    world.assert_screen(0, "\"carol@mac\" called from 10.0.0.3 (busy)");
    assert!(world.party(0).title.contains("bob@pc"), "the call goes on");
}

#[test]
fn a_second_caller_is_busy_too_while_the_first_is_asked() {
    let mut world = World::ringing();
    let carol = world.add(options("carol@mac", connect()));
    world.run(Duration::from_millis(200));
    assert!(
        world
            .party(carol)
            .ending
            .clone()
            .unwrap()
            .message
            .unwrap()
            .contains("busy")
    );
    world.key(0, "y");
    world.run(Duration::from_millis(200));
    assert!(world.party(0).title.contains("bob@pc"));
}

#[test]
fn after_a_call_the_next_one_is_served() {
    let mut world = World::in_call();
    world.run(Duration::from_secs(1));
    world.key(1, "q");
    world.assert_screen(0, "call with bob@pc ended after");
    assert!(
        world.party(0).title.contains("waiting"),
        "{}",
        world.party(0).title
    );
    let carol = world.add(options("carol@mac", connect()));
    world.run(Duration::from_millis(100));
    world.assert_screen(0, "carol@mac");
    world.key(0, "y");
    world.run(Duration::from_millis(200));
    assert!(world.party(carol).shown.len() > 2);
}

#[test]
fn only_y_takes_a_call() {
    let mut world = World::ringing();
    world.key(0, "\n\x1b tx");
    assert!(world.party(1).ending.is_none() && world.party(1).shown.is_empty());
    world.key(0, "y");
    world.run(Duration::from_millis(100));
    assert!(!world.party(1).shown.is_empty());
}

#[test]
fn the_connection_of_an_ended_call_is_closed() {
    let mut world = World::new();
    world.add(options("alice@laptop", listen()));
    let now = world.now;
    let app = &mut world.parties[0].app;
    let connection = ConnectionId(5);
    app.handle(
        now,
        Input::Accepted {
            connection,
            address: address_of(3),
        },
    );
    app.handle(
        now,
        Input::Bytes {
            connection,
            bytes: b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        },
    );
    let effects: Vec<Effect> = std::iter::from_fn(|| app.poll_effect()).collect();
    assert!(effects.contains(&Effect::Close(connection)), "{effects:?}");
}
