//! A terminal that answers what it is asked, one that is late, and one that never does.

use super::{half_block_colors, home, loopback, quit, wait_for_motion};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};
use vt100::{Color, Screen};

/// The end of all that is asked at the start.
const FENCE: &str = "\x1b[m\x1b[c";

/// What kitty answers, with a name full of keys: `q` would end the program.
const ANSWERS: &str = "\x1bP>|kitty(0.26.5q)\x1b\\\x1b[>1;4000;26c\x1b[6;18;9t\x1b[?2026;2$y\
    \x1b]10;rgb:dddd/dddd/dddd\x1b\\\x1b]11;rgb:0000/0000/0000\x1b\\\
    \x1bP0+r524742\x1b\\\x1bP1$r48:2:1:2:3m\x1b\\\x1b[?62;c";

fn has_colors(screen: &Screen, kind: fn(Color) -> bool) -> bool {
    let colors = half_block_colors(screen).into_iter();
    let colors: Vec<_> = colors.flat_map(|(upper, lower)| [upper, lower]).collect();
    colors.len() >= 1000 && colors.iter().filter(|color| kind(**color)).count() > colors.len() / 2
}

fn is_rgb(color: Color) -> bool {
    matches!(color, Color::Rgb(..))
}

fn is_indexed(color: Color) -> bool {
    matches!(color, Color::Idx(_))
}

/// The limit is a tenth of a second; the rest is what a busy machine may add.
#[test]
fn the_first_frame_does_not_wait_for_a_terminal_that_never_answers() {
    let home = home();
    let mut pty = loopback(&home).env("COLORTERM", "").spawn();
    pty.wait_until("it is asked", |pty| pty.has_written(FENCE));
    let asked_at = Instant::now();
    pty.wait_until("a frame", |pty| pty.has_written("\x1b[?2026h"));
    let waited = asked_at.elapsed();
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    pty.wait_for("256 colours, for want of an answer", |screen| {
        has_colors(screen, is_indexed)
    });
    quit(&mut pty);
}

#[test]
fn answers_decide_the_colours_of_the_first_frame_and_are_no_keys() {
    let home = home();
    let mut pty = loopback(&home).env("COLORTERM", "").spawn();
    pty.wait_until("it is asked", |pty| pty.has_written(FENCE));
    pty.type_keys(ANSWERS);
    pty.wait_for("24 bits", |screen| has_colors(screen, is_rgb));
    pty.type_keys("i");
    pty.wait_for_text("kitty 0.26.5q, 24-bit colour, synchronized");
    pty.type_keys("i");
    wait_for_motion(&mut pty);
    quit(&mut pty);
}

#[test]
fn answers_that_come_in_a_call_change_its_colours() {
    let home = home();
    let mut pty = loopback(&home).env("COLORTERM", "").spawn();
    pty.wait_for("256 colours", |screen| has_colors(screen, is_indexed));
    pty.type_keys(ANSWERS);
    pty.wait_for("24 bits", |screen| has_colors(screen, is_rgb));
    wait_for_motion(&mut pty);
    quit(&mut pty);
}

#[test]
fn the_persons_wish_stays_whatever_is_answered() {
    let home = home();
    let arguments = ["--loopback", "--source", "test", "--color", "256"];
    let mut pty = super::start(&home, &arguments).spawn();
    pty.wait_until("it is asked", |pty| pty.has_written(FENCE));
    pty.type_keys(ANSWERS);
    pty.wait_for("256 colours", |screen| has_colors(screen, is_indexed));
    quit(&mut pty);
}

#[test]
fn a_console_that_might_print_it_is_asked_nothing() {
    let home = home();
    let mut pty = loopback(&home)
        .env("TERM", "linux")
        .env("COLORTERM", "")
        .spawn();
    pty.wait_for("16 colours", |screen| has_colors(screen, is_indexed));
    for query in ["\x1b[c", "\x1b[>", "\x1bP", "\x1b]11", "$p"] {
        assert!(!pty.has_written(query), "{query:?}");
    }
    quit(&mut pty);
}

#[test]
fn tmux_is_asked_what_it_shows() {
    let home = home();
    let tmux = home.path().join("tmux");
    fs::write(
        &tmux,
        "#!/bin/sh\nprintf '3.3a\\txterm-256color\\t\\tbpaste,title\\n'\n",
    )
    .unwrap();
    fs::set_permissions(&tmux, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!(
        "{}:{}",
        home.path().display(),
        std::env::var("PATH").unwrap()
    );
    let mut pty = loopback(&home)
        .env("PATH", &path)
        .env("TERM", "tmux-256color")
        .env("TMUX", "/tmp/tmux-0/default,1,0")
        .env("COLORTERM", "")
        .spawn();
    pty.wait_until("it is asked", |pty| pty.has_written(FENCE));
    pty.type_keys("\x1bP>|tmux 3.3a\x1b\\\x1b[>84;0;0c\x1b[?1;2c");
    pty.wait_for("256 colours", |screen| has_colors(screen, is_indexed));
    pty.wait_for_text("tmux shows 256 colours");
    pty.type_keys("\x1b");
    pty.wait_for("the notice is dismissed", |screen| {
        !screen.contents().contains("tmux shows")
    });
    pty.type_keys("i");
    pty.wait_for_text("set -as terminal-features \",xterm-256color:RGB\"");
    quit(&mut pty);
}
