//! A command that carries the call and asks for a password before the screen is taken.

use super::{Pty, free_port, home, quit, start, wait_for_picture};

const COMMAND: &str = "bash -c 'printf \"Password: \" > /dev/tty; read -rs word < /dev/tty; \
                       echo a word to the person >&2; [ \"$word\" = geheim ] || exit 7; \
                       exec 3<>/dev/tcp/%h/%p; cat <&3 & exec cat >&3'";

/// Somebody who listens, and somebody who calls through the command, at its question.
fn at_the_question(act: impl FnOnce(&mut Pty)) {
    let (alices, bobs) = (home(), home());
    let address = format!("127.0.0.1:{}", free_port());
    let listen = ["--listen", &address, "--accept", "all", "--source", "test"];
    let mut alice = start(&alices, &listen).spawn();
    alice.wait_for_text("127.0.0.1");
    let connect = ["--connect", &address, "--source", "test", "--via", COMMAND];
    let mut bob = start(&bobs, &connect).env("SHELL", "/bin/sh").spawn();
    // The command itself is on the screen, with the same word.
    bob.wait_until("the question", |bob| {
        bob.text().lines().any(|line| line.starts_with("Password:"))
    });
    assert!(bob.text().contains("ttychat: calling through: bash -c"));
    assert!(!bob.look(vt100::Screen::alternate_screen));
    act(&mut bob);
    quit(&mut alice);
}

#[test]
fn a_password_is_asked_for_before_the_screen_is_taken() {
    at_the_question(|bob| {
        bob.type_keys("geheim\n");
        bob.wait_for_text("it is them");
        bob.type_keys("y");
        wait_for_picture(bob);
        assert!(bob.has_written("a word to the person"));
        quit(bob);
    });
}

#[test]
fn a_wrong_password_is_told_and_the_terminal_is_as_it_was() {
    at_the_question(|bob| {
        bob.type_keys("falsch\n");
        assert_eq!(bob.wait_for_exit(), 1);
        assert!(bob.text().contains("ended with exit status 7"));
        bob.assert_restored();
    });
}

#[test]
fn ctrl_c_at_the_question_ends_the_program() {
    at_the_question(|bob| {
        bob.type_keys("\x03");
        assert_eq!(bob.wait_for_exit(), 1);
        assert!(bob.text().contains("the command of --via"));
        bob.assert_restored();
    });
}

#[test]
fn ctrl_z_at_the_question_stops_all_and_fg_asks_on() {
    at_the_question(|bob| {
        bob.type_keys("\x1a");
        bob.wait_for_stop();
        bob.continue_in_foreground();
        bob.type_keys("geheim\n");
        bob.wait_for_text("it is them");
        bob.type_keys("y");
        wait_for_picture(bob);
        quit(bob);
    });
}
