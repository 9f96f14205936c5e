//! The program in a terminal, as a person has it: it starts, shows pictures, takes keys and texts,
//! follows the window's size, stops and ends; and the terminal is given back each time.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "test code")]
#![allow(
    clippy::disallowed_methods,
    reason = "what a person waits for is real time"
)]

#[path = "terminal/answers.rs"]
mod answers;
#[path = "terminal/ending.rs"]
mod ending;
#[path = "support/pty.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod pty;
#[path = "terminal/via.rs"]
mod via;

use pty::{Pty, Start, half_block_colors, half_block_colors_of_row};
use std::{
    collections::HashSet,
    net::TcpListener,
    time::{Duration, Instant},
};
use vt100::{Color, Screen};

const TTYCHAT: &str = env!("CARGO_BIN_EXE_ttychat");

/// Fewest half-block cells that make a picture, in a window of 80x24.
const PICTURE_CELL_COUNT_MIN: usize = 200;

/// Fewest different colours in the test picture.
const PICTURE_COLOR_COUNT_MIN: usize = 16;

/// Whether a colour is of a kind.
type Kind = fn(&Color) -> bool;

/// A folder for the program's key and snapshots, and the arguments that all ends share.
fn start(home: &tempfile::TempDir, arguments: &[&str]) -> Start<'static> {
    let home = home.path().to_str().expect("a plain path");
    Start::new(TTYCHAT, arguments)
        .env("HOME", home)
        .folder(home)
}

fn loopback(home: &tempfile::TempDir) -> Start<'static> {
    start(home, &["--loopback", "--source", "test"])
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn has_picture(screen: &Screen) -> bool {
    let colors = half_block_colors(screen);
    let different: HashSet<_> = colors.iter().map(|color| format!("{color:?}")).collect();
    colors.len() >= PICTURE_CELL_COUNT_MIN && different.len() >= PICTURE_COLOR_COUNT_MIN
}

#[track_caller]
fn wait_for_picture(pty: &mut Pty) {
    pty.wait_for("a picture", has_picture);
}

/// Waits until the picture has changed; the test picture always moves.
#[track_caller]
fn wait_for_motion(pty: &mut Pty) {
    let mut first = None;
    pty.wait_for("a picture that moves", |screen| {
        let now = half_block_colors(screen);
        has_picture(screen) && *first.get_or_insert_with(|| now.clone()) != now
    });
}

#[track_caller]
fn quit(pty: &mut Pty) {
    pty.type_keys("q");
    assert_eq!(pty.wait_for_exit(), 0, "the exit code");
    pty.assert_restored();
}

#[test]
fn a_call_with_oneself_shows_a_moving_picture_and_ends_with_q() {
    let home = home();
    let mut pty = loopback(&home).spawn();
    wait_for_motion(&mut pty);
    pty.assert_taken();
    quit(&mut pty);
}

#[test]
fn ctrl_c_ends_it_too() {
    let home = home();
    let mut pty = loopback(&home).spawn();
    wait_for_picture(&mut pty);
    pty.type_keys("\x03");
    assert_eq!(pty.wait_for_exit(), 0, "the exit code");
    pty.assert_restored();
}

#[test]
fn help_and_figures_lie_over_the_picture_until_their_key_comes_again() {
    let home = home();
    let mut pty = loopback(&home).spawn();
    wait_for_picture(&mut pty);
    for (key, words) in [("?", "next camera"), ("i", "round trip")] {
        let figures = |screen: &Screen| screen.contents().matches(words).count();
        let before = pty.look(figures);
        pty.type_keys(key);
        pty.wait_for(words, |screen| figures(screen) > before);
        pty.type_keys(key);
        pty.wait_for("the picture alone", |screen| figures(screen) <= before);
    }
    quit(&mut pty);
}

#[test]
fn filling_the_window_makes_the_picture_larger() {
    let home = home();
    // Higher than a picture, so that there are bars above and below.
    let mut pty = loopback(&home).size(60, 50).spawn();
    pty.wait_for_text("age");
    let top_row = |screen: &Screen| {
        let colors = half_block_colors_of_row(screen, 0).into_iter();
        let colors: HashSet<_> = colors.map(|halves| format!("{halves:?}")).collect();
        colors.len()
    };
    assert_eq!(pty.look(top_row), 1, "a bar");
    pty.type_keys("f");
    pty.wait_for("a picture up to the top", |screen| top_row(screen) > 1);
    pty.type_keys("f");
    pty.wait_for("the picture as before", |screen| top_row(screen) == 1);
    quit(&mut pty);
}

#[test]
fn other_keys_leave_the_call_alone() {
    let home = home();
    let mut pty = loopback(&home).spawn();
    wait_for_picture(&mut pty);
    for key in [
        "p", "p", "m", "m", "vv", "c", "C", "r", "R", "\x0c", "\x1b", "x", "\x1b[15~",
    ] {
        pty.type_keys(key);
        wait_for_motion(&mut pty);
    }
    quit(&mut pty);
}

#[test]
fn a_snapshot_is_a_jpeg_and_is_never_overwritten() {
    let home = home();
    let mut pty = loopback(&home).spawn();
    pty.wait_for_text("age");
    let snapshots = || -> Vec<_> {
        let entries = std::fs::read_dir(home.path()).expect("a folder");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        paths
            .filter(|path| path.extension().is_some_and(|ending| ending == "jpg"))
            .collect()
    };
    for count in 1..=2 {
        pty.type_keys("s");
        pty.wait_until("a snapshot more", |_| snapshots().len() == count);
    }
    for path in snapshots() {
        pty.wait_until("a whole JPEG", |_| {
            let bytes = std::fs::read(&path).expect("a file");
            bytes.starts_with(&[0xff, 0xd8]) && bytes.ends_with(&[0xff, 0xd9])
        });
    }
    quit(&mut pty);
}

#[test]
fn two_people_call_type_and_hang_up() {
    let (alices, bobs) = (home(), home());
    let port = free_port();
    let address = format!("127.0.0.1:{port}");
    let source = ["--source", "test", "--name"];
    let listen = [
        &["--listen", &address, "--accept", "ask"],
        &source[..],
        &["alice@desk"],
    ]
    .concat();
    let connect = [&["--connect", &address], &source[..], &["bob@sofa"]].concat();

    let mut alice = start(&alices, &listen).spawn();
    alice.wait_for_text(&port.to_string());
    let mut bob = start(&bobs, &connect).spawn();
    alice.wait_for_text("bob@sofa");
    alice.wait_for_text("127.0.0.1");
    assert!(
        !bob.text().contains("alice@desk"),
        "the listener's name is told before the call is"
    );
    // Both see the same words, and nobody is seen before both have answered.
    bob.wait_for_text("it is them");
    assert_eq!(words_of(&alice), words_of(&bob));
    alice.type_keys("y");
    bob.wait_for_text("They took the call");
    alice.wait_for_text("comparing the words");
    bob.type_keys("y");
    wait_for_motion(&mut alice);
    wait_for_motion(&mut bob);

    alice.type_keys("thello from the desk\r");
    bob.wait_for_text("hello from the desk");
    bob.type_keys("\r");
    bob.type_keys("gr\u{fc}\u{df}e, \u{4f60}\u{597d}\r");
    alice.wait_for_text("gr\u{fc}\u{df}e, \u{4f60}\u{597d}");

    quit(&mut bob);
    // The listener is there for the next call, and both know each other.
    let mut carol = start(&bobs, &connect).spawn();
    alice.wait_for_text("known since");
    assert!(!carol.text().contains("it is them"), "{}", carol.text());
    alice.type_keys("y");
    carol.wait_for_text("in call");
    quit(&mut alice);
    assert_eq!(carol.wait_for_exit(), 0, "the exit code after a goodbye");
    carol.assert_restored();
}

/// The row that has four words of letters and nothing else.
fn words_of(pty: &Pty) -> String {
    let text = pty.text();
    let mut rows = text.lines().map(|row| row.trim_matches(['│', ' ']));
    let is_words = |row: &&str| {
        let lower = |word: &str| word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase());
        row.split(' ').count() == 4 && row.split(' ').all(lower)
    };
    rows.find(is_words).expect("four words").to_owned()
}

#[test]
fn a_declined_call_says_so_and_fails() {
    let (alices, bobs) = (home(), home());
    let address = format!("127.0.0.1:{}", free_port());
    let mut alice = start(&alices, &["--listen", &address, "--source", "test"]).spawn();
    wait_for_picture(&mut alice);
    let call = [
        "--connect",
        &address,
        "--source",
        "test",
        "--name",
        "bob@sofa",
    ];
    let mut bob = start(&bobs, &call).spawn();
    alice.wait_for_text("bob@sofa");
    alice.type_keys("n");
    assert_eq!(bob.wait_for_exit(), 1, "the exit code");
    bob.assert_restored();
    assert!(bob.text().contains("declined"), "{}", bob.text());
    quit(&mut alice);
}

#[test]
fn any_size_of_window_is_followed() {
    let home = home();
    let mut pty = loopback(&home).spawn();
    wait_for_picture(&mut pty);
    for (columns, rows) in [
        (40, 12),
        (9, 3),
        (2, 1),
        (1, 1),
        (1, 30),
        (200, 1),
        (500, 200),
    ] {
        let len_before = pty.written_len();
        pty.resize(columns, rows);
        // Even a single cell is painted anew.
        pty.wait_until("something is drawn", |pty| pty.written_len() > len_before);
    }
    pty.wait_for("a picture in most of the large window", |screen| {
        half_block_colors(screen).len() > 500 * 200 / 2
    });
    pty.resize(80, 24);
    wait_for_motion(&mut pty);
    quit(&mut pty);
}

#[test]
fn the_terminal_says_how_many_colors_it_has() {
    let of_kind = |screen: &Screen, kind: Kind| {
        let colors = half_block_colors(screen)
            .into_iter()
            .flat_map(|(upper, lower)| [upper, lower]);
        let colors: Vec<_> = colors.filter(|color| *color != Color::Default).collect();
        colors.len() >= PICTURE_CELL_COUNT_MIN && colors.iter().all(kind)
    };
    let cases: [(&str, &str, Kind); 3] = [
        ("xterm-256color", "truecolor", |color| {
            matches!(color, Color::Rgb(..) | Color::Idx(_))
        }),
        ("xterm-256color", "", |color| matches!(color, Color::Idx(_))),
        ("linux", "", |color| matches!(color, Color::Idx(0..16))),
    ];
    for (term, colorterm, kind) in cases {
        let home = home();
        let mut pty = loopback(&home)
            .env("TERM", term)
            .env("COLORTERM", colorterm)
            .spawn();
        pty.wait_for("a picture of the right colours", |screen| {
            of_kind(screen, kind)
        });
        quit(&mut pty);
    }
}

#[test]
fn without_colors_the_picture_is_a_ramp_of_characters() {
    let home = home();
    let mut pty = loopback(&home).env("NO_COLOR", "1").spawn();
    pty.wait_for("characters of several weights", |screen| {
        let text = screen.contents();
        let signs: HashSet<_> = text.chars().filter(char::is_ascii_punctuation).collect();
        text.chars().filter(|sign| !sign.is_whitespace()).count() >= PICTURE_CELL_COUNT_MIN
            && signs.len() >= 4
    });
    let colored = pty.look(|screen| {
        let colors = half_block_colors(screen).into_iter();
        colors
            .filter(|colors| *colors != (Color::Default, Color::Default))
            .count()
    });
    assert_eq!(colored, 0, "cells have colours in spite of NO_COLOR");
    quit(&mut pty);
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_fg_takes_it_again() {
    let home = home();
    let mut pty = loopback(&home).spawn();
    wait_for_picture(&mut pty);
    for _ in 0..2 {
        pty.type_keys("\x1a");
        pty.wait_for_stop();
        // The first round's word is still on the screen in the second.
        #[cfg(target_os = "linux")]
        pty.wait_until("the process is stopped", |pty| pty.process_state() == 'T');
        pty.assert_restored();
        pty.continue_in_foreground();
        pty.wait_for("the alternate screen", Screen::alternate_screen);
        wait_for_motion(&mut pty);
        pty.assert_taken();
    }
    quit(&mut pty);
}

/// A regression: the stop was taken for a slow terminal, and nothing was drawn for as long again.
#[test]
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "a real program needs real time")]
fn a_stop_by_somebody_else_leaves_the_screen_quick() {
    const STOP: Duration = Duration::from_secs(6);
    let home = home();
    let mut pty = loopback(&home).spawn();
    wait_for_picture(&mut pty);
    pty.signal("STOP");
    pty.wait_for_stop();
    let until = Instant::now() + STOP;
    pty.wait_until("some time", |_| until <= Instant::now());
    // The terminal is as the program had it, so no return becomes a new line.
    pty.type_keys("\n");
    let began_at = Instant::now();
    wait_for_motion(&mut pty);
    let took = began_at.elapsed();
    assert!(took < STOP / 2, "{took:?}");
    quit(&mut pty);
}

#[test]
fn a_terminal_that_is_not_given_back_is_noticed() {
    // The test of the tests: this program leaves the terminal raw.
    let mut pty = Start::new("sh", &["-c", "stty raw; exit 3"]).spawn();
    assert_eq!(pty.wait_for_exit(), 3);
    let check = std::panic::AssertUnwindSafe(|| pty.assert_restored());
    assert!(std::panic::catch_unwind(check).is_err());
}
