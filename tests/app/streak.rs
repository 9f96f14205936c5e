//! Calls of strangers that are told together: no flood of them wipes what was said.

use crate::stage::{WALL, World, address_of, connect, options, window};
use std::{net::SocketAddr, time::Duration};
use ttychat::{app::Date, session::StaticKey};

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
    world.assert_screen(0, "called 40 times from 10.0.0.11 (busy)");
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
