//! Those who are not known: they keep nobody out, and make little noise.

use crate::stage::{World, address_of, connect, listen, options};
use std::{net::SocketAddr, time::Duration};
use ttychat::{
    app::{ConnectionId, Input},
    media::{Picture, PixelSize, jpeg::JpegError},
};

/// How many silent ones may stay, of one host and of all.
const ROOM: u64 = 16;
const ROOM_OF_ALL: u64 = 64;

fn listener() -> World {
    let mut world = World::new();
    world.add(options("alice@laptop", listen()));
    world.listener = Some(0);
    world.stop_filming();
    world
}

fn take(world: &mut World, number: u64, address: SocketAddr) {
    let connection = ConnectionId(number);
    let accepted = Input::Accepted {
        connection,
        address,
    };
    world.input(0, accepted);
}

/// Somebody calls and hangs up, or is told that the line is taken.
pub(crate) fn call_briefly(world: &mut World, name: &str) {
    let caller = world.add(options(name, connect()));
    world.parties[caller].films = false;
    world.settle();
    if world.party(caller).ending.is_none() {
        world.key(caller, "q");
    }
}

pub(crate) fn count(lines: &[String], part: &str) -> usize {
    lines.iter().filter(|line| line.contains(part)).count()
}

#[test]
fn silent_connections_are_few_and_keep_nobody_out() {
    let mut world = listener();
    for number in 100..100 + 2 * ROOM {
        take(&mut world, number, address_of(7));
    }
    let oldest: Vec<_> = (100..100 + ROOM).map(ConnectionId).collect();
    assert_eq!(world.party(0).closed, oldest, "the oldest make room");
    // A person is heard at once.
    let bob = world.add(options("bob@pc", connect()));
    world.assert_screen(0, "bob@pc");
    // More of them do not end that, nor what follows.
    for number in 1000..1000 + 2 * ROOM {
        take(&mut world, number, address_of(7));
    }
    world.key(0, "y");
    world.run(Duration::from_millis(200));
    assert!(world.party(0).title.contains("bob@pc"));
    assert!(world.party(bob).ending.is_none());
}

#[test]
fn the_host_with_the_most_connections_makes_room() {
    let mut world = listener();
    let rare = ConnectionId(50);
    take(&mut world, rare.0, address_of(3));
    // The same host in both its forms.
    let mapped: SocketAddr = "[::ffff:10.0.0.8]:40000".parse().unwrap();
    assert_eq!(mapped.ip().to_canonical(), address_of(7).ip());
    for number in 100..100 + 3 * ROOM {
        let address = if number % 2 == 0 {
            mapped
        } else {
            address_of(7)
        };
        take(&mut world, number, address);
    }
    assert_eq!(world.party(0).closed.len() as u64, 2 * ROOM);
    assert!(!world.party(0).closed.contains(&rare));
}

#[test]
fn among_many_networks_who_waits_longest_makes_room() {
    let mut world = listener();
    for number in 0..ROOM_OF_ALL + 5 {
        let address = SocketAddr::from(([10, 1, u8::try_from(number).unwrap(), 1], 40_000));
        take(&mut world, 100 + number, address);
    }
    let oldest: Vec<_> = (100..105).map(ConnectionId).collect();
    assert_eq!(world.party(0).closed, oldest);
}

/// Before, as many addresses as there were places pushed a person out, and one IPv6 network has
/// more than enough of those.
#[test]
fn one_network_keeps_nobody_out_however_many_addresses_it_has() {
    let mut world = listener();
    let person = ConnectionId(50);
    take(&mut world, person.0, address_of(3));
    for number in 0..500_u16 {
        let v6: SocketAddr = format!("[2001:db8:0:{number:x}::{number:x}]:1")
            .parse()
            .unwrap();
        let v4 = [192, 0, 2, u8::try_from(number % 256).unwrap()];
        let address = if number % 2 == 0 {
            v6
        } else {
            SocketAddr::from((v4, 1))
        };
        take(&mut world, 100 + u64::from(number), address);
    }
    assert!(world.party(0).closed.len() > 400);
    assert!(!world.party(0).closed.contains(&person));
    // Within one network of 64 bits all are one host.
    let mut world = listener();
    for number in 0..40 {
        let address = format!("[2001:db8::{number:x}]:1").parse().unwrap();
        take(&mut world, 100 + number, address);
    }
    assert_eq!(world.party(0).closed.len() as u64, 40 - ROOM);
}

#[test]
fn the_goodbye_of_the_call_is_not_lost_in_a_full_house() {
    let mut world = World::in_call();
    for number in 100..100 + 2 * ROOM {
        take(&mut world, number, address_of(7));
    }
    world.input(0, Input::TerminateRequested);
    let ending = world.party(1).ending.clone().expect("bob calls again");
    assert_eq!(ending.exit_code, 0);
    let message = ending.message.unwrap();
    assert!(message.contains("told to stop"), "{message}");
}

#[test]
fn who_calls_again_and_again_rings_seldom_and_is_told_in_one_line() {
    let mut world = listener();
    world.host = Some(address_of(8));
    for _ in 0..12 {
        call_briefly(&mut world, "eve@pc");
        world.run(Duration::from_millis(250));
    }
    assert_eq!(world.party(0).bell_count, 1, "in three seconds");
    world.assert_screen(0, "missed 12 calls from \"eve@pc\" (10.0.0.9)");
    let logs = world.party(0).logs.clone();
    assert!(count(&logs, "eve@pc\" calls from") <= 8, "{logs:#?}");
    assert!(count(&logs, "left out") > 0, "{logs:#?}");
    // The line of the conversation, the notice over it, and the waiting card.
    let shown = world.screen(0).matches("missed").count();
    assert!(shown <= 3, "{}", world.screen(0));
    // No call passes for another's, where all come from one address.
    call_briefly(&mut world, "zoe@pad");
    world.assert_screen(0, "missed 13 calls from 10.0.0.9, the last: \"zoe@");
    // Another host has a line of its own, and so has the same one a minute later.
    world.host = Some(address_of(9));
    call_briefly(&mut world, "carol@mac");
    world.assert_screen(0, "missed call from \"carol@mac\" (10.0.0.10)");
    world.host = Some(address_of(8));
    world.run(Duration::from_secs(61));
    call_briefly(&mut world, "eve@pc");
    world.assert_screen(0, "missed call from \"eve@pc\" (10.0.0.9)");
}

#[test]
fn a_call_soon_after_another_rings_when_the_bell_is_free() {
    let mut world = listener();
    call_briefly(&mut world, "eve@pc");
    world.run(Duration::from_secs(1));
    world.add(options("bob@pc", connect()));
    assert_eq!(world.party(0).bell_count, 1);
    world.run(Duration::from_millis(2100));
    assert_eq!(world.party(0).bell_count, 2, "it is late, not left out");
    world.run(Duration::from_secs(10));
    assert_eq!(world.party(0).bell_count, 3, "and rings on");
}

#[test]
fn who_calls_a_taken_line_again_and_again_is_told_in_one_line() {
    let mut world = World::in_call();
    world.host = Some(address_of(8));
    for _ in 0..5 {
        call_briefly(&mut world, "eve@pc");
        world.run(Duration::from_millis(100));
    }
    world.assert_screen(0, "\"eve@pc\" called 5 times from 10.0.0.9 (busy)");
    assert_eq!(count(&world.party(0).logs, "was no call"), 0);
    assert!(world.party(0).title.contains("bob@pc"), "the call goes on");
}

#[test]
fn a_flood_of_connections_brings_a_log_line_a_second() {
    let mut world = listener();
    for number in 0..60 {
        take(&mut world, 100 + number, address_of(7));
        let input = Input::Bytes {
            connection: ConnectionId(100 + number),
            bytes: b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        };
        world.input(0, input);
        world.run(Duration::from_millis(50));
    }
    let logs = &world.party(0).logs;
    let about = count(logs, "10.0.0.8");
    assert!((3..=4).contains(&about), "{logs:#?}");
    world
        .party(0)
        .assert_logged("(19 lines like it were left out)");
}

#[test]
fn broken_pictures_are_logged_when_they_begin_and_not_each() {
    let mut world = World::in_call();
    world.parties[1].decodes = false;
    world.run(Duration::from_millis(300));
    let answer = |world: &mut World, good: bool| {
        let (sequence, _) = *world.party(1).shown.back().unwrap();
        let result = if good {
            Ok(Picture::new(PixelSize::new(4, 4)))
        } else {
            Err(JpegError::Broken)
        };
        world.input(
            1,
            Input::PictureReady {
                sequence,
                result,
                composed: None,
            },
        );
        world.run(Duration::from_millis(50));
    };
    for _ in 0..50 {
        answer(&mut world, false);
    }
    assert_eq!(count(&world.party(1).logs, "a picture of"), 1);
    // Good and bad in turn: one a second.
    for number in 0..60 {
        answer(&mut world, number % 2 == 0);
    }
    let logs = &world.party(1).logs;
    let told = count(logs, "a picture of");
    assert!((3..=5).contains(&told), "{logs:#?}");
    world.party(1).assert_logged("left out)");
}

#[test]
fn the_last_words_are_left_to_who_ends_the_program() {
    // A call that cannot be made.
    let mut world = World::new();
    world.add(options("bob@pc", connect()));
    world.settle();
    assert_not_logged(&world, 0);
    // One that was refused.
    let mut world = World::ringing();
    world.key(0, "n");
    world.run(Duration::from_millis(100));
    assert_not_logged(&world, 1);
    // One that the other end ended, and this end.
    for party in [0, 1] {
        let mut world = World::in_call();
        world.key(party, "q");
        world.run(Duration::from_millis(100));
        assert_not_logged(&world, 1);
    }
}

#[track_caller]
fn assert_not_logged(world: &World, party: usize) {
    let party = world.party(party);
    let ending = party.ending.clone().expect("not ended");
    let message = ending.message.expect("no last words");
    assert_eq!(count(&party.logs, &message), 0, "{:#?}", party.logs);
}

#[test]
fn why_a_call_is_tried_again_is_logged_once() {
    let mut world = World::in_call();
    world.listener = None;
    world.cut();
    world.run(Duration::from_millis(1500));
    let logs = &world.party(1).logs;
    assert_eq!(count(logs, "call with alice@laptop ended"), 1, "{logs:#?}");
    assert_eq!(count(logs, "connection refused"), 1, "{logs:#?}");
}
