//! Keys, texts, snapshots, stops.

use crate::stage::{World, window};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::time::Duration;
use ttychat::app::{Effect, Input, Kept};

pub(crate) fn key(c: char) -> KeyEvent {
    match c {
        '\n' => KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE),
        '\x1b' => KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE),
        c if c.is_ascii_control() => {
            let letter = char::from(u8::try_from(c).unwrap() + b'a' - 1);
            KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL)
        }
        c => KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE),
    }
}

const CTRL_C: &str = "\x03";
const CTRL_Z: &str = "\x1a";

#[test]
fn texts_are_seen_on_both_sides_with_their_names() {
    let mut world = World::in_call();
    world.key(0, "tgood evening\n");
    world.key(1, "\nand to you\n");
    world.assert_screen(0, "good evening");
    world.assert_screen(0, "and to you");
    world.assert_screen(0, "bob@pc");
    world.assert_screen(1, "good evening");
    world.assert_screen(1, "alice@laptop");
}

#[test]
fn an_empty_text_is_not_sent_and_esc_gives_one_up() {
    let mut world = World::in_call();
    let silent = world.party(1).bell_count;
    world.key(0, "t   \n");
    world.key(0, "tnever mind\x1b");
    world.run(Duration::from_secs(1));
    assert_eq!(world.party(1).bell_count, silent);
    assert!(!world.screen(1).contains("never mind"));
    assert!(!world.screen(0).contains("never mind"));
}

#[test]
fn letters_are_letters_while_a_text_is_typed() {
    let mut world = World::in_call();
    world.key(0, "tquit, v, s?\n");
    assert!(world.party(0).ending.is_none());
    world.assert_screen(1, "quit, v, s?");
}

#[test]
fn what_has_faded_is_seen_again_by_scrolling_back_until_esc() {
    let mut world = World::in_call();
    world.key(0, "tgood evening\n");
    world.stop_filming();
    world.run(Duration::from_secs(15));
    assert!(!world.screen(1).contains("good evening"));
    let page_up = KeyEvent::new(KeyCode::PageUp, KeyModifiers::NONE);
    world.input(1, Input::Key(page_up));
    world.assert_screen(1, "good evening");
    // An overlay is left first, then the scroll-back.
    world.key(1, "?\x1b");
    world.assert_screen(1, "good evening");
    world.key(1, "\x1b");
    assert!(!world.screen(1).contains("good evening"));
}

#[test]
fn a_paste_opens_the_text_line_in_a_call_only() {
    let mut world = World::ringing();
    world.input(1, Input::Paste("into nowhere".to_owned()));
    assert!(!world.screen(1).contains("nowhere"));

    let mut world = World::in_call();
    world.input(0, Input::Paste("two\nlines".to_owned()));
    world.input(0, Input::Paste(", and\r\nmore".to_owned()));
    assert!(!world.screen(1).contains("two"), "nobody pressed Enter");
    world.key(0, "\n");
    world.assert_screen(1, "two lines, and more");
}

#[test]
fn a_full_text_line_does_not_turn_letters_into_commands() {
    let mut world = World::in_call();
    world.key(0, "t");
    world.input(0, Input::Paste("x".repeat(10_000)));
    world.key(0, "qqv");
    assert!(world.party(0).ending.is_none());
}

#[test]
fn controls_in_a_text_are_shown_and_not_obeyed() {
    let mut world = World::in_call();
    world.key(1, "t");
    world.input(1, Input::Paste("a\u{1b}[2Jb\u{202e}c".to_owned()));
    world.key(1, "\n");
    let screen = world.screen(0);
    assert!(
        !screen.contains('\u{1b}') && !screen.contains('\u{202e}'),
        "{screen}"
    );
}

#[test]
fn the_bell_rings_for_texts_but_not_all_the_time() {
    let mut world = World::in_call();
    let before = world.party(0).bell_count;
    for _ in 0..5 {
        world.key(1, "thello\n");
    }
    assert_eq!(world.party(0).bell_count, before + 1);
    world.run(Duration::from_secs(6));
    world.key(1, "tare you there?\n");
    assert_eq!(world.party(0).bell_count, before + 2);
}

#[test]
fn nobody_can_be_written_to_before_the_call() {
    let mut world = World::ringing();
    world.key(1, "t");
    world.assert_screen(1, "nobody to write to");
}

#[test]
fn a_snapshot_keeps_the_picture_as_it_came() {
    let mut world = World::in_call();
    world.run(Duration::from_millis(200));
    world.key(1, "s");
    let saved = world
        .party(1)
        .others
        .iter()
        .find_map(|effect| match effect {
            Effect::SaveSnapshot {
                picture: Kept::Jpeg(jpeg),
                name,
            } => Some((jpeg.len(), name.clone())),
            _ => None,
        });
    assert_eq!(
        saved,
        Some((3000, "ttychat-alice-laptop-2026-11-22-14-03-05".to_owned()))
    );
    world.input(
        1,
        Input::SnapshotSaved(Ok("/home/bob/ttychat-alice.jpg".to_owned())),
    );
    world.assert_screen(1, "/home/bob/ttychat-alice.jpg");
    world.input(1, Input::SnapshotSaved(Err("the disk is full".to_owned())));
    world.assert_screen(1, "the disk is full");
}

#[test]
fn a_snapshot_of_nothing_says_so() {
    let mut world = World::in_call_with(|_| {}, |_| {});
    world.key(0, "v");
    world.run(Duration::from_millis(100));
    world.key(1, "s");
    world.assert_screen(1, "no picture to keep");
}

#[test]
fn a_name_from_outside_cannot_leave_the_folder() {
    let mut world =
        World::in_call_with(|options| options.name = "../../etc/x y".to_owned(), |_| {});
    world.run(Duration::from_millis(200));
    world.key(1, "s");
    let name = world
        .party(1)
        .others
        .iter()
        .find_map(|effect| match effect {
            Effect::SaveSnapshot { name, .. } => Some(name.clone()),
            _ => None,
        });
    assert_eq!(name.as_deref(), Some("ttychat-etc-x-y-2026-11-22-14-03-05"));
}

#[test]
fn a_suspended_end_is_shown_as_paused_and_comes_back() {
    let mut world = World::in_call();
    world.key(0, CTRL_Z);
    assert!(world.party(0).others.contains(&Effect::Suspend));
    assert!(!world.party(0).app.capture_order().enabled);
    assert!(world.party(0).app.wants_draw().is_none());
    world.assert_screen(1, "paused");
    world.input(0, Input::Resumed);
    assert!(world.party(0).others.contains(&Effect::Repaint));
    world.run(Duration::from_millis(200));
    assert!(!world.screen(1).contains("paused"));
    assert!(world.party(0).app.capture_order().enabled);
}

#[test]
fn a_call_is_kept_for_an_end_that_is_away_for_minutes() {
    let mut world = World::in_call();
    world.key(0, CTRL_Z);
    world.stop_filming();
    world.run(Duration::from_secs(9 * 60));
    assert_eq!(
        world.party(0).app.deadline(),
        None,
        "no time passes for a stopped program"
    );
    world.input(0, Input::Resumed);
    world.run(Duration::from_secs(5));
    assert!(
        world.party(1).title.contains("alice@laptop"),
        "{}",
        world.party(1).title
    );
    assert_eq!(world.party(1).connect_count, 1);
}

#[test]
fn a_stop_from_outside_is_the_same_as_the_key() {
    let mut world = World::in_call();
    world.input(0, Input::StopRequested);
    assert!(world.party(0).others.contains(&Effect::Suspend));
    world.assert_screen(1, "paused");
}

#[test]
fn the_help_and_the_figures_open_and_close() {
    let mut world = World::in_call();
    let plain = world.screen(0);
    world.key(0, "?");
    world.assert_screen(0, "next camera");
    world.key(0, "\x1b");
    assert!(!world.screen(0).contains("next camera"));
    world.key(0, "i");
    let detail = world.screen(0);
    world.key(0, "i");
    assert_ne!(detail, plain);
}

#[test]
fn ctrl_c_quits_even_while_typing_and_the_other_side_is_told() {
    let mut world = World::in_call();
    world.stop_filming();
    world.run(Duration::from_secs(65));
    world.key(1, "tunfinished");
    world.key(1, CTRL_C);
    let ending = world.party(1).ending.clone().expect("still there");
    assert_eq!(ending.exit_code, 0);
    assert_eq!(
        ending.message.as_deref(),
        Some("call with alice@laptop ended after 1 min")
    );
    world.assert_screen(0, "call with bob@pc ended after 1 min: they left");
    assert!(
        world.party(0).ending.is_none(),
        "the listener waits for the next call"
    );
}

#[test]
fn nothing_is_done_after_the_end() {
    let mut world = World::in_call();
    world.key(1, "q");
    assert!(world.party(1).ending.is_some());
    world.key(1, "qtx\n");
    world.input(1, Input::WindowChanged(window(10, 10)));
    assert!(world.party(1).app.wants_draw().is_none());
    assert_eq!(world.party(1).app.deadline(), None);
    assert!(!world.party(1).app.capture_order().enabled);
}
