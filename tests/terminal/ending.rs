//! All the ways in which the program can end but by a key: signals, a closed window, panics.

use std::{io::Write, time::Duration};
use vt100::Screen;

use super::{
    TTYCHAT, free_port, has_picture, home, loopback, quit, start, wait_for_motion, wait_for_picture,
};

#[test]
fn a_signal_to_end_gives_the_terminal_back() {
    for (signal, killed_code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let home = home();
        let mut pty = loopback(&home).spawn();
        wait_for_picture(&mut pty);
        pty.signal(signal);
        let code = pty.wait_for_exit();
        assert!(
            code == 0 || code == killed_code,
            "exit code {code} after SIG{signal}"
        );
        pty.assert_restored();
    }
}

/// A regression: the end of the terminal ended the program before its goodbye had left, and a peer
/// that had called would have called again.
#[test]
fn a_window_that_is_closed_says_goodbye() {
    let (alices, bobs) = (home(), home());
    let address = format!("127.0.0.1:{}", free_port());
    let listen = ["--listen", &address, "--accept", "all", "--source", "test"];
    let mut alice = start(&alices, &listen).spawn();
    alice.wait_for_text("127.0.0.1");

    let window = portable_pty::native_pty_system()
        .openpty(portable_pty::PtySize::default())
        .unwrap();
    let mut bob = portable_pty::CommandBuilder::new(TTYCHAT);
    bob.args(["--connect", &address, "--source", "test"]);
    bob.env("HOME", bobs.path());
    let mut bob = window.slave.spawn_command(bob).unwrap();
    drop(window.slave);
    alice.wait_for_text("in call");
    let mut keys = window.master.take_writer().unwrap();
    alice.wait_for(
        "a picture of who has confirmed that it is alice",
        |screen| {
            // It may not have been asked yet.
            keys.write_all(b"y").unwrap();
            has_picture(screen)
        },
    );
    drop(keys);
    drop(window.master);
    alice.wait_for_text("told to stop");
    assert!(bob.wait().unwrap().success(), "the exit code");
    quit(&mut alice);
}

#[test]
fn a_panic_gives_the_terminal_back_before_its_message() {
    let home = home();
    let mut pty = loopback(&home).env("TTYCHAT_TEST_PANIC", "loop").spawn();
    assert_eq!(pty.wait_for_exit(), 101, "the exit code");
    pty.assert_restored();
    assert!(
        pty.text().contains("TTYCHAT_TEST_PANIC"),
        "the message:\n{}",
        pty.text()
    );
}

#[test]
fn a_panic_beside_the_loop_does_not_end_the_call() {
    for thread in ["capture", "picture"] {
        let home = home();
        let mut pty = loopback(&home).env("TTYCHAT_TEST_PANIC", thread).spawn();
        wait_for_picture(&mut pty);
        pty.stays(
            "the screen is the program's",
            Duration::from_secs(2),
            Screen::alternate_screen,
        );
        pty.assert_taken();
        wait_for_motion(&mut pty);
        quit(&mut pty);
    }
}
