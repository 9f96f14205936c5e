//! Calls of strangers that are told together: no flood of them wipes what was said.

use crate::{
    stage::{WALL, World, address_of, connect, listen, options, window},
    strangers::{call_briefly, count},
};
use std::{net::SocketAddr, time::Duration};
use ttychat::{
    app::{Accept, Date},
    session::StaticKey,
};

/// A call with a text in it, in a window that shows all of the conversation.
fn call_with_a_text(carol: &StaticKey) -> World {
    let mut world = World::in_call_with(
        |alice| {
            alice.screen.as_mut().unwrap().window = window(100, 80);
            let key = carol.fingerprint().unwrap();
            alice.peers.trust(key, "Carol", None, Date::from(WALL));
        },
        |_| {},
    );
    world.stop_filming();
    world.key(1, "tdo you hear me?\n\x1b");
    world
}

/// Somebody calls while the line is taken.
fn call_in_vain(world: &mut World, address: SocketAddr, key: Option<&StaticKey>) {
    world.host = Some(address);
    let mut caller = options("eve@pc", connect());
    caller.screen = None;
    if let Some(key) = key {
        caller.key = key.clone();
    }
    world.add(caller);
    // Nothing is left of it.
    world.parties.truncate(2);
}

/// Before, each new address was a new line, and 500 of them are all that is kept.
#[test]
fn a_host_with_many_addresses_does_not_wipe_the_conversation() {
    let carol = StaticKey::generate();
    let mut world = call_with_a_text(&carol);
    call_in_vain(&mut world, address_of(3), Some(&carol));
    for number in 0..600 {
        let address = format!("[2001:db8::{number:x}]:1").parse().unwrap();
        call_in_vain(&mut world, address, None);
    }
    world.assert_screen(0, "called 600 times from");
    world.assert_screen(0, "do you hear me?");
    world.assert_screen(0, "Carol called from 10.0.0.4 (busy)");
    // The notice is the third.
    let shown = world.screen(0).matches("(busy)").count();
    assert!(shown <= 3, "{}", world.screen(0));
}

/// Before, one more than could be told together began a line with each call.
#[test]
fn a_few_hosts_in_turn_do_not_wipe_the_conversation() {
    let carol = StaticKey::generate();
    let mut world = call_with_a_text(&carol);
    for _ in 0..40 {
        for host in 10..27 {
            call_in_vain(&mut world, address_of(host), None);
        }
        world.run(Duration::from_millis(20));
    }
    // Whom one knows is told for themselves.
    call_in_vain(&mut world, address_of(26), Some(&carol));
    world.assert_screen(0, "Carol called from 10.0.0.27 (busy)");
    world.assert_screen(0, "do you hear me?");
    world.assert_screen(0, "40 calls from other addresses (busy)");
    world.assert_screen(0, "called 40 times from 10.0.0.11");
    // Also of those who come once a minute.
    world.run(Duration::from_secs(61));
    for host in 10..27 {
        call_in_vain(&mut world, address_of(host), None);
    }
    // What has faded is shown while one types.
    world.key(0, "t");
    world.assert_screen(0, "57 calls from other addresses (busy)");
    let shown = world.screen(0).matches("(busy)").count();
    assert!(shown <= 17 + 2, "{}", world.screen(0));
}

#[test]
fn a_listener_without_a_person_logs_a_line_a_second_of_strangers() {
    for (accept, parts) in [
        (Accept::Known, &["declined"][..]),
        (Accept::All, &["began", "ended"]),
    ] {
        let mut world = World::new();
        let mut alice = options("alice@laptop", listen());
        alice.screen = None;
        alice.accept = accept;
        world.add(alice);
        world.listener = Some(0);
        world.stop_filming();
        for _ in 0..60 {
            call_briefly(&mut world, "eve@pc");
            world.run(Duration::from_millis(50));
        }
        let logs = &world.party(0).logs;
        for part in parts {
            let told = count(logs, part);
            assert!((2..=4).contains(&told), "{told} {part} in {logs:#?}");
        }
    }
}

#[test]
fn strangers_who_are_let_in_unasked_are_told_in_one_line_until_they_stay() {
    let mut world = World::new();
    let mut alice = options("alice@laptop", listen());
    alice.accept = Accept::All;
    alice.screen.as_mut().unwrap().window = window(100, 80);
    world.add(alice);
    world.listener = Some(0);
    world.stop_filming();
    world.host = Some(address_of(8));
    call_briefly(&mut world, "eve@pc");
    world.assert_screen(0, "ended after 0 s: they left");
    for _ in 0..11 {
        call_briefly(&mut world, "eve@pc");
    }
    let shown = world.screen(0).matches("eve@pc").count();
    assert!(shown <= 2, "with the notice: {}", world.screen(0));
    // A call that lasted is told for itself, and so is one in which something was said.
    let stays = world.add(options("eve@pc", connect()));
    world.stop_filming();
    world.key(0, "t");
    world.assert_screen(0, "began (13 calls");
    world.key(0, "\x1b");
    world.run(Duration::from_secs(125));
    world.key(stays, "q");
    world.assert_screen(0, "ended after 2 min: they left");
    let talker = world.add(options("eve@pc", connect()));
    world.stop_filming();
    world.key(talker, "thello\n\x1b");
    world.assert_screen(0, "hello");
    world.key(talker, "q");
    for state in ["ended after 2 min", "began", "ended after 0 s"] {
        world.assert_screen(0, state);
    }
}
