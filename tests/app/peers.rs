//! The file of known people: what is read, what is written, and what survives.

use crate::stage::WALL;
use proptest::prelude::*;
use ttychat::{
    app::{Date, KnownPeers},
    session::Fingerprint,
};

fn key(number: u16) -> Fingerprint {
    let mut bytes = [1; 32];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    Fingerprint::of(&bytes)
}

fn today() -> Date {
    Date::from(WALL)
}

fn read(text: &str) -> KnownPeers {
    let (known, complaints) = KnownPeers::parse(text);
    assert_eq!(complaints, [""; 0]);
    known
}

#[test]
fn what_is_kept_is_read_again() {
    let mut known = KnownPeers::default();
    assert_eq!(
        known.trust(key(1), "alice@laptop", Some("Desk.Example:2222"), today()),
        "alice@laptop"
    );
    assert_eq!(
        known.trust(key(2), "Bob the  Builder", None, today()),
        "Bob the  Builder"
    );
    let text = known.to_string();
    assert!(text.starts_with("# The people that ttychat knows"));
    let again = read(&text);
    assert_eq!(again.to_string(), text);
    let alice = again.find(key(1)).unwrap();
    assert_eq!(
        (alice.name.as_str(), alice.first),
        ("alice@laptop", today())
    );
    assert_eq!(again.at("desk.example:2222").next(), Some(alice));
    assert_eq!(again.find(key(2)).unwrap().name, "Bob the  Builder");
    assert_eq!(again.find(key(3)), None);
}

#[test]
fn what_a_person_wrote_stays() {
    let mine = format!(
        "\u{feff}# my people\n\n{}   2025-01-02 2025-03-04  a:1,b:2  Al\nnot understood\n",
        key(1)
    );
    let (mut known, complaints) = KnownPeers::parse(&mine);
    assert_eq!(complaints.len(), 1);
    assert!(
        complaints[0].starts_with("line 4 is not understood"),
        "{complaints:?}"
    );
    known.see(key(1), Some("c:3"), today());
    let text = known.to_string();
    assert!(text.starts_with("# my people\n\n"), "{text}");
    assert!(text.ends_with("not understood\n"), "{text}");
    assert!(
        text.contains("2025-01-02  2026-11-22  a:1,b:2,c:3  Al\n"),
        "{text}"
    );
}

#[test]
fn lines_that_are_wrong_say_why() {
    let key = key(1);
    for (line, reason) in [
        (
            "abc 2025-01-02 2025-01-02 - x".to_owned(),
            "a fingerprint has",
        ),
        (
            format!("{key} 2025-1-2 2025-01-02 - x"),
            "a date is written",
        ),
        (
            format!("{key} 2025-13-02 2025-01-02 - x"),
            "a date is written",
        ),
        (
            format!("{key} 2025-01-02 2025-01-02 -"),
            "the name must have",
        ),
        (
            format!("{key} 2025-01-02 2025-01-02 - {}", "x".repeat(65)),
            "the name must have",
        ),
        (
            format!("{key} 2025-01-02 2025-01-02 1,2,3,4,5,6,7,8,9 x"),
            "more than 8 places",
        ),
        (
            format!("{key} 2025-01-02 2025-01-02 - x\n{key} 2025-01-02 2025-01-02 - y"),
            "above",
        ),
    ] {
        let (_, complaints) = KnownPeers::parse(&line);
        assert!(
            complaints.concat().contains(reason),
            "{line}: {complaints:?}"
        );
    }
}

#[test]
fn names_are_of_one_alone_and_can_be_told_apart() {
    let mut known = KnownPeers::default();
    known.trust(key(1), "alice", None, today());
    assert_eq!(known.trust(key(2), "Alice", None, today()), "Alice (2)");
    assert_eq!(
        known.trust(key(3), "a-l-i-c-e", None, today()),
        "a-l-i-c-e (3)"
    );
    assert_eq!(known.trust(key(4), " \u{202e} ", None, today()), "‹U+202E›");
    assert_eq!(known.trust(key(5), "", None, today()), "someone");
    assert_eq!(
        known.namesake("ALICE").map(|peer| peer.fingerprint),
        Some(key(1))
    );
    assert_eq!(known.namesake("bob"), None);
}

#[test]
fn somebody_is_forgotten_by_name_or_key() {
    let mut known = KnownPeers::default();
    known.trust(key(1), "alice", Some("a:1"), today());
    known.trust(key(2), "bob", None, today());
    assert!(
        known
            .forget("carol")
            .unwrap_err()
            .contains("nobody is known as `carol`")
    );
    assert_eq!(known.forget("alice").unwrap().fingerprint, key(1));
    assert_eq!(known.forget(&key(2).to_string()).unwrap().name, "bob");
    assert_eq!((known.iter().count(), known.at("a:1").count()), (0, 0));
    let twice = format!(
        "{} 2025-01-02 2025-01-02 - x\n{} 2025-01-02 2025-01-02 - x",
        key(1),
        key(2)
    );
    let mut twice = read(&twice);
    assert!(twice.forget("x").unwrap_err().contains("several"));
}

#[test]
fn what_two_programs_change_is_all_there_and_who_was_forgotten_stays_so() {
    let mut start = KnownPeers::default();
    start.trust(key(1), "alice", None, today());
    start.trust(key(2), "bob", None, today());
    let file = read(&start.to_string());
    let (mut one, mut two) = (file.clone(), file.clone());
    one.trust(key(3), "carol", None, today());
    two.trust(key(4), "carol", None, today());
    two.see(key(1), Some("a:1"), today());
    two.see(key(2), None, today());
    let mut file = file.updated(&one);
    file.forget("bob").unwrap();
    let file = read(&file.to_string()).updated(&two);
    let names: Vec<_> = file.iter().map(|peer| peer.name.as_str()).collect();
    assert_eq!(names, ["alice", "carol", "carol (2)"]);
    assert_eq!(file.at("a:1").count(), 1);
}

#[test]
fn a_bounded_number_is_kept() {
    let mut known = KnownPeers::default();
    for number in 0..1_005 {
        known.trust(key(number), &format!("peer{number}"), None, today());
    }
    assert_eq!(known.iter().count(), 1_000);
    assert!(known.find(key(1_004)).is_some() && known.find(key(0)).is_none());
    for number in 0..20 {
        known.see(key(1_004), Some(&format!("place:{number}")), today());
    }
    assert_eq!(known.find(key(1_004)).unwrap().places.len(), 8);
}

/// What a running program that read `file` would leave there after `change`.
fn rewritten(file: &KnownPeers, change: impl FnOnce(&mut KnownPeers)) -> KnownPeers {
    let mut running = file.clone();
    change(&mut running);
    read(&file.clone().updated(&running).to_string())
}

#[test]
fn the_newest_places_are_written_and_the_oldest_make_room() {
    let mut file = KnownPeers::default();
    file.trust(key(1), "alice", Some("place:0"), today());
    let mut file = read(&file.to_string());
    for number in 1..20 {
        let place = format!("place:{number}");
        file = rewritten(&file, |running| {
            running.see(key(1), Some(&place), today());
        });
        assert_eq!(file.at(&place).count(), 1, "{place}");
    }
    let places = &file.find(key(1)).unwrap().places;
    assert_eq!(
        *places,
        (12..20).map(|n| format!("place:{n}")).collect::<Vec<_>>()
    );
}

#[test]
fn a_program_writes_only_those_places_that_it_has_added() {
    let line = |places: &str| read(&format!("{} 2025-01-02 2025-01-02 {places} al", key(1)));
    let mut running = line("a:1,b:1,c:1");
    running.see(key(1), Some("d:1"), today());
    let file = read(&line("b:1").updated(&running).to_string());
    assert_eq!(file.find(key(1)).unwrap().places, ["b:1", "d:1"]);
}

#[test]
fn whoever_is_trusted_is_written_to_a_full_file() {
    let mut full = KnownPeers::default();
    for number in 0..1_000 {
        full.trust(key(number), &format!("peer{number}"), None, today());
    }
    let full = read(&full.to_string());
    let file = rewritten(&full, |running| {
        running.trust(key(1_000), "alice", None, today());
    });
    assert_eq!(file.iter().count(), 1_000);
    assert!(file.find(key(1_000)).is_some() && file.find(key(0)).is_none());
}

#[test]
fn a_place_is_bound_to_one_key_whoever_writes() {
    let mut start = KnownPeers::default();
    start.trust(key(3), "carol", None, today());
    let start = read(&start.to_string());
    let (mut one, mut two, mut three) = (start.clone(), start.clone(), start.clone());
    one.trust(key(1), "alice", Some("a:1"), today());
    two.trust(key(2), "mallory", Some("A:1"), today());
    three.see(key(3), Some("a:1"), today());
    let file = start.updated(&one).updated(&two).updated(&three);
    let file = read(&file.to_string());
    let there: Vec<_> = file.at("a:1").map(|peer| peer.name.as_str()).collect();
    assert_eq!(there, ["alice"]);
    assert_eq!(
        file.iter().count(),
        3,
        "mallory was taken, but is not there"
    );
    // What a person has written stands.
    let two_keys = format!(
        "{} 2025-01-02 2025-01-02 a:1 x\n{} 2025-01-02 2025-01-02 a:1 y",
        key(1),
        key(2)
    );
    let file = rewritten(&read(&two_keys), |running| {
        running.see(key(2), Some("a:1"), today());
    });
    assert_eq!(file.at("a:1").count(), 2);
}

#[test]
fn names_that_a_person_reads_the_same_are_the_same() {
    for (known, claimed) in [
        ("jos\u{e9}", "jose\u{301}"),
        ("jose\u{301}", "JOS\u{c9}"),
        ("jose", "jos\u{e9}"),
        ("alice", "\u{ff21}\u{ff4c}\u{ff49}\u{ff43}\u{ff45}"),
        ("office", "o\u{fb03}ce"),
        (
            "\u{39d}\u{3af}\u{3ba}\u{3bf}\u{3c2}",
            "\u{39d}\u{399}\u{39a}\u{39f}\u{3a3}",
        ),
        ("alice@laptop", "alice@laptop known since 2024"),
        ("alice@laptop", "a.lice@laptop\u{2d0} known"),
        ("alice@laptop", "this is alice@laptop, known"),
        ("bob", "Bob (known since 2024)"),
        ("\u{7530}\u{4e2d}", "\u{7530}\u{4e2d} (known)"),
    ] {
        let mut people = KnownPeers::default();
        people.trust(key(1), known, None, today());
        assert!(people.namesake(claimed).is_some(), "{claimed} for {known}");
    }
    for (known, claimed) in [
        ("alice@laptop", "alice@desk"),
        ("bob", "bobby"),
        ("anna", "joanna"),
        ("\u{930}\u{93e}\u{92e}\u{93e}", "\u{930}\u{92e}\u{940}"),
    ] {
        let mut people = KnownPeers::default();
        people.trust(key(1), known, None, today());
        assert!(people.namesake(claimed).is_none(), "{claimed} for {known}");
    }
}

#[test]
fn a_long_name_is_found_again_though_it_is_kept_cut() {
    for long in ["x".repeat(60), format!("{}{}", "-".repeat(60), "x")] {
        let mut known = KnownPeers::default();
        known.trust(key(1), &long, None, today());
        assert!(known.namesake(&long).is_some(), "{long}");
        let second = known.trust(key(2), &long, None, today());
        assert!(second.ends_with(" (2)"), "{second}");
    }
}

#[test]
fn nobody_is_forgotten_for_the_name_that_another_has_taken() {
    let mut known = KnownPeers::default();
    let alice = key(1).to_string();
    known.trust(key(1), "alice", Some("a:1"), today());
    known.trust(key(2), &alice, None, today());
    assert_eq!(known.forget(&alice).unwrap().fingerprint, key(1));
    // Now that nobody has the key, it is a name like any other.
    assert_eq!(known.forget(&alice).unwrap().fingerprint, key(2));
}

proptest! {
    #[test]
    fn any_text_can_be_read_and_written(text in "\\PC{0,80}|[ \t\n#,a-z0-9\u{1b}-]{0,200}") {
        let (known, _) = KnownPeers::parse(&text);
        let written = known.to_string();
        let (again, _) = KnownPeers::parse(&written);
        prop_assert_eq!(again.to_string(), written);
        let is_harmless = known.listing().chars().all(|c| c == '\n' || !c.is_control());
        prop_assert!(is_harmless);
    }
}
