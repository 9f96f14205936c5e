//! Calls of those who share a secret or have an invitation.

use crate::{
    stage::{World, address_of, connect, listen, options},
    trust::{SHORT, first_call, last_words, names},
};
use std::time::Duration;
use ttychat::{
    app::{Accept, App, ConnectionId, Input, Options, SharedSecret},
    protocol::{GREETING_LEN, SECRET_HANDSHAKE_LENS},
    session::Secret,
};

fn shared(secret: &Secret, is_invitation: bool) -> SharedSecret {
    SharedSecret {
        secret: secret.clone(),
        is_invitation,
    }
}

#[test]
fn an_invitation_is_good_for_one_call_and_makes_the_two_known() {
    let secret = Secret::generate();
    let mut world = first_call(
        |alice| alice.secret = Some(shared(&secret, true)),
        |bob| bob.secret = Some(shared(&secret, true)),
    );
    world.assert_screen(0, "with your secret");
    assert!(
        !world.screen(1).contains("First call"),
        "{}",
        world.screen(1)
    );
    world.key(0, "y");
    world.run(SHORT);
    assert!(world.party(0).shown.len() > 2 && world.party(1).shown.len() > 2);
    assert_eq!(names(&world, 0), ["bob@pc"]);
    assert_eq!(names(&world, 1), ["alice@laptop"]);
    // A lost call is made again without it.
    world.cut();
    world.run(Duration::from_secs(2));
    world.assert_screen(0, "known since");
    world.key(0, "y");
    world.run(SHORT);
    world.assert_screen(1, "alice@laptop");
    world.key(1, "q");
    world.run(SHORT);
    // Whoever comes later with the same is told.
    let mut late = options("eve@pc", connect());
    late.secret = Some(shared(&secret, true));
    let eve = world.add_stranger(late);
    world.run(SHORT);
    assert!(last_words(&world, eve).contains("good for one call"));
}

/// A caller with the secret says all but who calls; gives what it would say then.
fn hold_hello(world: &mut World, caller: Options, connection: ConnectionId) -> Vec<u8> {
    let now = world.now;
    let mut caller = App::new(caller, now);
    let address = address_of(5);
    #[rustfmt::skip]
    caller.handle(now, Input::Connected { connection, address });
    #[rustfmt::skip]
    world.input(0, Input::Accepted { connection, address });
    let [first, _, third] = SECRET_HANDSHAKE_LENS;
    let mut left = GREETING_LEN + 2 + first + 2 + third;
    for _ in 0..10 {
        let (mut said, mut heard) = (Vec::new(), Vec::new());
        while caller.poll_transmit(now, connection, &mut said) {}
        let held = said.split_off(left.min(said.len()));
        left -= said.len();
        let bytes = said.as_slice();
        world.input(0, Input::Bytes { connection, bytes });
        if left == 0 {
            assert!(!held.is_empty());
            return held;
        }
        let alice = &mut world.parties[0].app;
        while alice.poll_transmit(now, connection, &mut heard) {}
        let bytes = heard.as_slice();
        caller.handle(now, Input::Bytes { connection, bytes });
    }
    panic!("no handshake: {left} bytes are left");
}

/// Before, each connection that waited with the secret could still use it.
#[test]
fn whoever_waits_with_an_invitation_is_sent_away_when_it_is_used() {
    let secret = Secret::generate();
    let invited = |name, role| {
        let mut options = options(name, role);
        options.secret = Some(shared(&secret, true));
        options.accept = Accept::Known;
        options
    };
    let mut world = World::new();
    world.add(invited("alice@laptop", listen()));
    world.listener = Some(0);
    let second = ConnectionId(900);
    let held = hold_hello(&mut world, invited("eve@pc", connect()), second);
    let first = world.add_stranger(invited("bob@pc", connect()));
    world.run(SHORT);
    assert_eq!(names(&world, 0), ["bob@pc"]);
    assert_eq!(world.party(0).closed, [second]);
    world.key(first, "q");
    world.run(SHORT);
    let (connection, bytes) = (second, held.as_slice());
    world.input(0, Input::Bytes { connection, bytes });
    world.run(SHORT);
    assert_eq!(names(&world, 0), ["bob@pc"]);
    assert_eq!(world.party(0).bell_count, 0);
}

#[test]
fn the_waiting_screen_shows_the_invitation_until_it_is_used() {
    let secret = Secret::generate();
    let mut world = World::new();
    let mut alice = options("alice@laptop", listen());
    alice.secret = Some(shared(&secret, true));
    world.add(alice);
    world.assert_screen(0, &format!("10.0.0.1:2222+{}", secret.expose()));
}

#[test]
fn who_has_no_secret_or_another_does_not_ring() {
    let secret = Secret::generate();
    let ours = |alice: &mut Options| alice.secret = Some(shared(&secret, false));
    let world = first_call(ours, |_| {});
    assert!(last_words(&world, 1).contains("only calls with its secret"));
    assert_eq!(world.party(0).bell_count, 0);
    let other = Secret::generate();
    let world = first_call(ours, |bob| bob.secret = Some(shared(&other, false)));
    assert!(last_words(&world, 1).contains("did not take the secret"));
    assert_eq!(world.party(0).bell_count, 0);
    world.party(0).assert_logged("has another secret");
}
