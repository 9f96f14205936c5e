//! Calls in plain pictures: what the person is told, and what they cannot do.

use crate::stage::World;
use std::time::Duration;
use ttychat::app::{Input, Options, Wire};

fn plain(options: &mut Options) {
    options.wire = Wire::Mjpeg;
}

fn narrow(options: &mut Options) {
    options.wire = Wire::Mjpeg;
    options.screen.as_mut().unwrap().window = crate::stage::window(20, 10);
}

#[test]
fn the_person_is_asked_about_somebody_unknown_and_sees_the_mark() {
    let mut world = World::new();
    let mut listener = crate::stage::options("alice@laptop", crate::stage::listen());
    plain(&mut listener);
    let mut caller = crate::stage::options("bob@pc", crate::stage::connect());
    plain(&mut caller);
    world.add(listener);
    world.listener = Some(0);
    world.add(caller);
    world.run(Duration::from_millis(200));
    world.assert_screen(0, "unknown, unencrypted");
    world.assert_screen(0, "UNENCRYPTED");
    let now = world.now;
    assert_eq!(world.party(0).sent_count(now), 0, "nothing leaves unasked");
    world.key(0, "y");
    world.run(Duration::from_secs(1));
    for party in [0, 1] {
        world.assert_screen(party, "UNENCRYPTED");
        let now = world.now;
        assert!(world.party(party).sent_count(now) > 10);
        assert!(!world.party(party).shown.is_empty());
    }
}

#[test]
fn such_a_call_carries_no_text() {
    let mut world = World::in_call_with(plain, plain);
    world.key(0, "t");
    world.assert_screen(0, "this call carries no text");
    world.key(0, "x");
    world.input(1, Input::Paste("hello".to_owned()));
    world.assert_screen(1, "this call carries no text");
}

#[test]
fn the_mark_stays_whatever_lies_over_the_picture() {
    let mut world = World::in_call_with(narrow, narrow);
    for keys in ["", "?", "?i", "ib", "bp"] {
        world.key(0, keys);
        world.run(Duration::from_millis(200));
        world.assert_screen(0, "UNENCRYPTED");
    }
}

#[test]
fn the_figures_name_the_wire_and_no_age() {
    let of_figures = |options: &mut Options| {
        plain(options);
        options.statistics = true;
    };
    let mut world = World::in_call_with(of_figures, plain);
    world.run(Duration::from_secs(3));
    let line = world.party(0).lines.last().unwrap();
    assert!(line.contains("\"wire\":\"mjpeg\""), "{line}");
    assert!(line.contains("\"age_ms_p50\":null"), "{line}");
    assert!(!line.contains("\"shown\":0,"), "{line}");
}

#[test]
fn a_lost_call_is_made_again() {
    let mut world = World::in_call_with(plain, plain);
    world.cut();
    world.run(Duration::from_secs(2));
    world.key(0, "y");
    world.run(Duration::from_millis(300));
    world.assert_screen(1, "in call");
}
