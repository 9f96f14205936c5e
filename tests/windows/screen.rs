//! What a person sees and types.

use crate::{
    pty::{Pty, Start, half_block_colors},
    wine::Wine,
};
use std::{collections::HashSet, net::TcpListener};
use vt100::{Color, Screen};

/// A name, and what is checked under it.
pub(crate) type Check = (&'static str, fn(&Wine));

pub(crate) const ALL: &[Check] = &[
    ("each key acts once", each_key_acts_once),
    ("the picture follows the window", the_picture_follows),
    ("a call with Linux, both in a window", a_call_with_linux),
    ("Ctrl-C ends it", ctrl_c_ends_it),
    (
        "a panic gives the terminal back",
        a_panic_gives_the_terminal_back,
    ),
];

/// Fewest half-block cells, of fewest different colours, that make a picture of the test picture.
const CELL_COUNT_MIN: usize = 200;
const COLOR_COUNT_MIN: usize = 16;

pub(crate) fn has_picture(screen: &Screen) -> bool {
    let colors = half_block_colors(screen);
    let different: HashSet<_> = colors.iter().map(|color| format!("{color:?}")).collect();
    colors.len() >= CELL_COUNT_MIN && different.len() >= COLOR_COUNT_MIN
}

/// Ends the program as a person does, and looks at what it leaves.
#[track_caller]
pub(crate) fn quit(pty: &mut Pty) {
    pty.type_keys("q");
    assert_eq!(pty.wait_for_exit(), 0, "the exit code");
    pty.assert_restored();
}

#[track_caller]
fn loopback(wine: &Wine) -> Pty {
    let mut pty = wine.start(&["--loopback", "--source", "test"]);
    pty.wait_for("a picture", has_picture);
    pty.assert_taken();
    pty
}

fn each_key_acts_once(wine: &Wine) {
    let mut pty = loopback(wine);
    // Windows tells of each key twice, when it goes down and when it comes up.
    pty.type_keys("?");
    pty.wait_for_text("snapshot");
    pty.type_keys("?");
    pty.wait_for("no help", |screen| !screen.contents().contains("snapshot"));
    pty.type_keys("t");
    pty.wait_for_text("write a message");
    pty.type_keys("moin, grüße, 日本");
    pty.wait_for_text("moin, grüße, 日本");
    pty.type_keys("\u{8}\u{8}\r");
    pty.wait_for("the text without its end", |screen| {
        let text = screen.contents();
        text.contains("moin, grüße,") && !text.contains("日本")
    });
    quit(&mut pty);
}

fn the_picture_follows(wine: &Wine) {
    let mut pty = loopback(wine);
    for (columns, rows) in [(100, 40), (40, 12), (120, 30)] {
        pty.resize(columns, rows);
        pty.wait_for("a picture that reaches two edges", |screen| {
            has_picture(screen) && fills(screen, columns, rows)
        });
    }
    quit(&mut pty);
}

/// Whether the picture reaches two opposite edges of the window, and the last row is the status.
fn fills(screen: &Screen, columns: u16, rows: u16) -> bool {
    // A cell of one colour is a blank with a background.
    let is_block = |row, column| {
        screen.cell(row, column).is_some_and(|cell| {
            matches!(cell.contents(), "▀" | "▄" | "█") || cell.bgcolor() != Color::Default
        })
    };
    let (middle_row, middle_column) = (rows / 2, columns / 2);
    let across = is_block(middle_row, 0) && is_block(middle_row, columns - 1);
    let down = is_block(0, middle_column) && is_block(rows - 2, middle_column);
    across || down
}

fn a_call_with_linux(wine: &Wine) {
    let home = tempfile::tempdir().expect("a folder");
    let place = home.path().to_str().expect("a plain path");
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let target = free.local_addr().expect("an address").to_string();
    drop(free);
    let arguments = ["--listen", &target, "--accept", "all", "--source", "test"];
    let mut linux = Start::new(env!("CARGO_BIN_EXE_ttychat"), &arguments)
        .env("HOME", place)
        .folder(place)
        .spawn();
    linux.wait_for_text("127.0.0.1");
    let mut windows = wine.start(&["--connect", &target, "--source", "test"]);
    windows.wait_for_text("it is them");
    windows.type_keys("y");
    windows.wait_for("a picture", has_picture);
    linux.wait_for("a picture", has_picture);
    windows.type_keys("tfrom Windows\r");
    linux.wait_for_text("from Windows");
    linux.type_keys("tfrom Linux\r");
    windows.wait_for_text("from Linux");
    windows.resize(120, 40);
    windows.wait_for("a larger picture", |screen| fills(screen, 120, 40));
    quit(&mut windows);
    linux.wait_for("no call", |screen| !screen.contents().contains("in call"));
    quit(&mut linux);
}

fn ctrl_c_ends_it(wine: &Wine) {
    let mut pty = loopback(wine);
    pty.type_keys("\u{3}");
    assert_eq!(pty.wait_for_exit(), 0, "the exit code");
    pty.assert_restored();
}

fn a_panic_gives_the_terminal_back(wine: &Wine) {
    let mut pty = wine.start_with(
        &["--loopback", "--source", "test"],
        &[("TTYCHAT_TEST_PANIC", "loop")],
    );
    assert_eq!(pty.wait_for_exit(), 101, "the exit code");
    pty.assert_restored();
    assert!(pty.text().contains("panicked"), "{}", pty.text());
}
