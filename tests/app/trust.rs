//! Who is known, who is asked about, and who is refused.

use crate::stage::{WALL, World, connect, listen, options};
use std::{sync::Arc, time::Duration};
use ttychat::{
    app::{Accept, Date, Effect, Input, KnownPeers, Options},
    session::StaticKey,
};

pub(crate) const SHORT: Duration = Duration::from_millis(200);
const TARGET: &str = "alice.example:2222";

/// Alice listens and bob has called her for the first time.
pub(crate) fn first_call(
    alice: impl FnOnce(&mut Options),
    bob: impl FnOnce(&mut Options),
) -> World {
    let mut world = World::new();
    let mut of_alice = options("alice@laptop", listen());
    alice(&mut of_alice);
    world.add(of_alice);
    world.listener = Some(0);
    let mut of_bob = options("bob@pc", connect());
    bob(&mut of_bob);
    world.add_stranger(of_bob);
    world.run(SHORT);
    world
}

fn first() -> World {
    first_call(|_| {}, |_| {})
}

/// Who is known at the end, as it would be written.
fn kept(world: &World, party: usize) -> Option<Arc<KnownPeers>> {
    let effects = world.party(party).others.iter().rev();
    let mut kept = effects.filter_map(|effect| match effect {
        Effect::KeepPeers(peers) => Some(Arc::clone(peers)),
        _ => None,
    });
    kept.next()
}

pub(crate) fn names(world: &World, party: usize) -> Vec<String> {
    let kept = kept(world, party).unwrap_or_default();
    kept.iter().map(|peer| peer.name.clone()).collect()
}

/// The row of the screen with the four words.
fn words(world: &mut World, party: usize) -> String {
    let screen = world.screen(party);
    let rows = screen.lines().map(|row| row.trim_matches(['│', ' ']));
    let mut rows = rows.filter(|row| {
        let lower = |word: &str| word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase());
        row.split(' ').count() == 4 && row.split(' ').all(lower)
    });
    rows.next()
        .unwrap_or_else(|| panic!("no words in\n{screen}"))
        .to_owned()
}

fn knowing(options: &mut Options, key: &StaticKey, name: &str, place: Option<&str>) {
    let key = key.fingerprint().unwrap();
    options.peers.trust(key, name, place, Date::from(WALL));
}

#[track_caller]
pub(crate) fn last_words(world: &World, party: usize) -> String {
    let ending = world.party(party).ending.clone().expect("not ended");
    assert_eq!(ending.exit_code, 1);
    ending.message.expect("no last words")
}

#[test]
fn both_are_shown_the_same_words_and_answer_before_they_see_each_other() {
    let mut world = first();
    assert_eq!(words(&mut world, 0), words(&mut world, 1));
    world.assert_screen(0, "Not known");
    world.assert_screen(1, "First call there");
    world.key(0, "y");
    world.run(Duration::from_secs(1));
    world.assert_screen(1, "They took the call at alice.example:2222");
    let status = world.screen(1).lines().last().unwrap().to_owned();
    assert!(status.contains("is it them?"), "{status}");
    assert!(world.party(0).shown.is_empty() && world.party(1).shown.is_empty());
    assert!(!world.party(1).app.capture_order().compress);
    assert_eq!(names(&world, 1), [""; 0], "nobody has said that it is her");
    world.key(1, "y");
    world.run(SHORT);
    assert!(world.party(0).shown.len() > 2 && world.party(1).shown.len() > 2);
    assert_eq!(names(&world, 0), ["bob@pc"]);
    assert_eq!(names(&world, 1), ["alice@laptop"]);
    assert_eq!(kept(&world, 1).unwrap().at("Alice.Example:2222").count(), 1);
    assert_eq!(kept(&world, 0).unwrap().at(TARGET).count(), 0);
}

#[test]
fn the_caller_may_answer_first() {
    let mut world = first();
    world.key(1, "y");
    world.assert_screen(1, "ringing");
    world.key(0, "y");
    world.run(SHORT);
    assert!(world.party(0).shown.len() > 2 && world.party(1).shown.len() > 2);
}

#[test]
fn a_caller_who_says_no_has_shown_nothing() {
    let mut world = first();
    world.key(0, "y");
    world.run(SHORT);
    world.key(1, "n");
    world.run(SHORT);
    assert!(last_words(&world, 1).contains("no picture of yours was sent"));
    assert!(world.party(0).shown.is_empty());
    assert_eq!(names(&world, 1), [""; 0]);
}

#[test]
fn a_question_that_nobody_answers_ends_the_call() {
    let mut world = first();
    world.stop_filming();
    world.key(0, "y");
    world.run(Duration::from_secs(61));
    assert!(last_words(&world, 1).contains("nobody here said"));
}

#[test]
fn what_is_written_before_the_answer_is_shown_after_it() {
    let mut world = first();
    world.key(0, "y");
    world.run(SHORT);
    world.key(0, "tthe words are fine\n");
    world.run(SHORT);
    assert!(!world.screen(1).contains("the words are fine"));
    world.key(1, "y");
    world.assert_screen(1, "the words are fine");
}

#[test]
fn who_is_known_rings_under_the_name_that_one_knows() {
    let key = StaticKey::generate();
    let mut world = first_call(
        |alice| {
            let (key, yesterday) = (key.fingerprint().unwrap(), "2026-11-21".parse().unwrap());
            alice.peers.trust(key, "Robert", None, yesterday);
        },
        |bob| bob.key = key.clone(),
    );
    world.assert_screen(0, "Robert");
    world.assert_screen(0, "known since 2026-11-21");
    assert!(!world.screen(0).contains("bob@pc"));
    assert_eq!(world.party(0).bell_count, 1);
    world.key(0, "y");
    world.key(1, "y");
    world.run(SHORT);
    assert_eq!(names(&world, 0), ["Robert"]);
}

#[test]
fn another_key_that_claims_a_known_name_is_shown_as_such() {
    let mut world = first_call(
        |alice| knowing(alice, &StaticKey::generate(), "bob@pc", None),
        |bob| bob.name = "B ob@PC".to_owned(),
    );
    world.assert_screen(0, "\"B ob@PC\" (another key)");
    world.assert_screen(0, "another key than the bob@pc you know");
    world.key(0, "y");
    world.run(SHORT);
    assert_eq!(names(&world, 0), ["bob@pc", "B ob@PC (2)"]);
}

#[test]
fn another_key_where_one_has_called_is_refused_loudly() {
    let old = StaticKey::generate();
    let mut world = first_call(|_| {}, |bob| knowing(bob, &old, "Alice", Some(TARGET)));
    let said = last_words(&world, 1);
    for part in [
        "ANOTHER KEY ANSWERED AT alice.example:2222",
        &old.fingerprint().unwrap().to_string(),
        "Somebody may stand between",
        &format!("--forget {}\n", old.fingerprint().unwrap()),
    ] {
        assert!(said.contains(part), "{said}");
    }
    // Alice has not even heard of a call.
    assert_eq!(world.party(0).bell_count, 0);
    assert!(!world.screen(0).contains("bob"));
    world.key(1, "y");
    assert!(world.party(1).shown.is_empty());
}

/// How often alice had her people written.
fn written_count(world: &World) -> usize {
    let is_write = |effect: &&Effect| matches!(effect, Effect::KeepPeers(_));
    world.party(0).others.iter().filter(is_write).count()
}

#[test]
fn a_second_call_on_the_same_day_changes_nothing_on_the_disk() {
    let mut world = first();
    world.key(0, "y");
    world.key(1, "y");
    world.run(SHORT);
    assert_eq!(written_count(&world), 1);
    for again in 0..2 {
        world.cut();
        world.run(Duration::from_secs(2));
        world.key(0, "y");
        world.run(SHORT);
        assert!(world.party(0).title.contains("bob@pc"), "call {again}");
        assert_eq!(written_count(&world), 1 + again, "after call {again}");
        // What could not be written is tried again.
        world.input(0, Input::PeersNotKept("the disk is full".to_owned()));
    }
}

#[test]
fn a_known_key_at_another_place_is_asked_about() {
    let key = StaticKey::generate();
    let mut world = first_call(
        |alice| alice.key = key.clone(),
        |bob| knowing(bob, &key, "Alice", Some("elsewhere:1")),
    );
    world.assert_screen(1, "you know this key as Alice");
    world.key(0, "y");
    world.key(1, "y");
    world.run(SHORT);
    let kept = kept(&world, 1).unwrap();
    let places: Vec<_> = kept.iter().map(|peer| peer.places.clone()).collect();
    assert_eq!(places, [["elsewhere:1", TARGET]]);
}

#[test]
fn without_a_person_the_first_key_is_taken_and_no_other() {
    let headless = |bob: &mut Options| bob.screen = None;
    let mut world = first_call(|alice| alice.accept = Accept::All, headless);
    world.run(SHORT);
    assert_eq!(names(&world, 1), ["alice@laptop"]);
    assert_eq!(
        names(&world, 0),
        [""; 0],
        "nobody has judged who was let in"
    );
    let old = StaticKey::generate();
    let world = first_call(
        |alice| alice.accept = Accept::All,
        |bob| {
            bob.screen = None;
            knowing(bob, &old, "Alice", Some(TARGET));
        },
    );
    assert!(last_words(&world, 1).contains("ANOTHER KEY"));
}

#[test]
fn those_who_are_known_may_be_let_in_without_asking() {
    let key = StaticKey::generate();
    let known = |alice: &mut Options| {
        alice.accept = Accept::Known;
        knowing(alice, &key, "Robert", None);
    };
    let mut world = first_call(known, |bob| {
        bob.key = key.clone();
        bob.screen = None;
    });
    world.run(SHORT);
    assert!(world.party(0).title.contains("Robert"));
    // Others are asked about, or declined where nobody can be asked.
    let mut world = first_call(known, |_| {});
    world.assert_screen(0, "Not known");
    let world = first_call(
        |alice| {
            alice.accept = Accept::Known;
            alice.screen = None;
        },
        |_| {},
    );
    assert!(last_words(&world, 1).contains("declined"));
}
