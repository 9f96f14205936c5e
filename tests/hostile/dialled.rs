//! What answers where the victim dialled: another program, another version, somebody between.

use super::{
    attacker::{Peer, address},
    outcome::Outcome,
    victim::{Check, Victim},
};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    time::Duration,
};
use ttychat::protocol::{CameraState, Hello, Message, Role, Size, greeting};

pub(crate) const CHECKS: &[Check] = &[
    ("dialled: nothing but silence", silence),
    ("dialled: a web server", || {
        answers(b"HTTP/1.1 400 Bad Request\r\n\r\n", "is not ttychat")
    }),
    ("dialled: an SSH server", || {
        answers(b"SSH-2.0-OpenSSH_9.6\r\n", "is not ttychat")
    }),
    ("dialled: version 2", || {
        answers(b"ttychat\x02<", "speaks version 2")
    }),
    ("dialled: our own greeting, echoed", || {
        answers(&greeting(Role::Caller), "is not ttychat")
    }),
    ("dialled: a handshake of garbage", || {
        let garbage = [&greeting(Role::Called), [0_u8, 96].as_slice(), &[7; 96]].concat();
        answers(&garbage, "does not decrypt")
    }),
    ("dialled: hangs up in the handshake", || {
        answers(b"ttychat", "closed the connection")
    }),
    ("between: a bit of the handshake changed", changed_between),
    ("between: a bit of a record changed", record_changed_between),
    ("between: another key in the middle", key_between),
    ("dialled: another key than the last time", key_changed),
    ("dialled: escape sequences for a name", escapes),
];

fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// Says `bytes` to the victim and closes after it.
fn answers(bytes: &[u8], words: &str) -> Outcome {
    let (listener, port) = listener();
    let victim = Victim::dial(port);
    let (mut stream, _) = listener.accept().unwrap();
    drop(stream.write_all(bytes));
    drop(stream.shutdown(std::net::Shutdown::Write));
    let outcome = victim.outcome_of_end(1, words, "fails");
    drop(stream);
    outcome
}

fn silence() -> Outcome {
    let (listener, port) = listener();
    let victim = Victim::dial(port);
    let (stream, _) = listener.accept().unwrap();
    let outcome = victim.outcome_of_end(1, "fell silent", "fails after 10 s");
    drop(stream);
    outcome
}

/// Carries bytes between the victim and an honest listener; `change` sees each byte to the victim.
fn carry(
    victim_side: TcpStream,
    far_port: u16,
    mut change: impl FnMut(usize, &mut u8) + Send + 'static,
) {
    let far = TcpStream::connect(address(far_port)).unwrap();
    let (mut from_victim, mut to_far) =
        (victim_side.try_clone().unwrap(), far.try_clone().unwrap());
    std::thread::Builder::new()
        .spawn(move || drop(std::io::copy(&mut from_victim, &mut to_far)))
        .unwrap();
    let (mut from_far, mut to_victim) = (far, victim_side);
    std::thread::Builder::new()
        .spawn(move || {
            let mut chunk = [0; 4096];
            let mut at = 0;
            while let Ok(len) = from_far.read(&mut chunk)
                && len > 0
            {
                for byte in &mut chunk[..len] {
                    change(at, byte);
                    at += 1;
                }
                if to_victim.write_all(&chunk[..len]).is_err() {
                    break;
                }
            }
            drop(to_victim.shutdown(std::net::Shutdown::Both));
            drop(from_far.shutdown(std::net::Shutdown::Both));
        })
        .unwrap();
}

fn changed_between() -> Outcome {
    let far = Victim::open();
    let (listener, port) = listener();
    let victim = Victim::dial(port);
    let (stream, _) = listener.accept().unwrap();
    // In the called one's static key, behind the greeting and its first key.
    carry(stream, far.port, |at, byte| *byte ^= u8::from(at == 60));
    victim.outcome_of_end(1, "does not decrypt", "fails")
}

fn record_changed_between() -> Outcome {
    let far = Victim::open();
    let (listener, port) = listener();
    let mut victim = Victim::dial(port);
    let (stream, _) = listener.accept().unwrap();
    let flip = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let seen = std::sync::Arc::clone(&flip);
    carry(stream, far.port, move |_, byte| {
        *byte ^= u8::from(seen.swap(false, std::sync::atomic::Ordering::SeqCst));
    });
    victim.confirm(None);
    victim.pty.wait_for_text("in call");
    flip.store(true, std::sync::atomic::Ordering::SeqCst);
    victim.pty.wait_for_text("broke the protocol");
    let mut seen = victim.shown("broke the protocol");
    // It dials again by itself, and the listener takes that call.
    drop(listener);
    victim.pty.type_keys("q");
    let _code = victim.pty.wait_for_exit();
    victim.pty.assert_restored();
    seen.truncate(90);
    victim.outcome_of_quit(seen, "ended, and dialled again")
}

/// Whoever stands between two who do not know each other has a call with each of them.
fn key_between() -> Outcome {
    let (listener, port) = listener();
    let mut victim = Victim::dial(port);
    let mut far = Victim::asking();
    let mut to_victim = Peer::take(&listener);
    let mut to_far = Peer::call(far.port);
    to_far.say_hello("victim@desk");
    to_victim.say(&Message::Ringing);
    let mut pump_both = |what: &str, victim: &mut Victim, words: &str| {
        victim.pty.wait_until(what, |pty| {
            to_victim.pump();
            to_far.pump();
            pty.text().contains(words)
        });
    };
    pump_both("the caller's question", &mut victim, "hang up");
    pump_both("the called one's question", &mut far, "decline");
    victim.shown("their key");
    let (here, there) = (victim.above("their key"), far.above("their key"));
    assert_eq!(here.split(' ').count(), 4, "{here}");
    assert_eq!(here, words_of(&to_victim), "the caller sees other words");
    assert_eq!(there, words_of(&to_far), "the called one sees other words");
    assert_ne!(here, there, "nobody would notice");
    victim.pty.type_keys("n");
    far.pty.type_keys("n");
    assert!(to_far.ends(), "not declined");
    far.pty.type_keys("q");
    assert_eq!(far.pty.wait_for_exit(), 0);
    let mut outcome = victim.outcome_of_end(1, "given up", "given up by the persons");
    outcome.see(format!("\"{here}\" there, \"{there}\" here"));
    outcome
}

/// The words that a person at the other end of an honest call would see.
fn words_of(peer: &Peer) -> String {
    let list = bip39::Language::English.word_list();
    let numbers = peer.hand.word_numbers();
    numbers
        .map(|number| list[usize::try_from(number).unwrap()])
        .join(" ")
}

/// Who answers has another key than the one who answered there before.
fn key_changed() -> Outcome {
    let (listener, port) = listener();
    let mut victim = Victim::dial(port);
    let mut friend = Peer::take(&listener);
    for message in [
        Message::Ringing,
        Message::Accepted,
        Message::Hello(Hello {
            name: "friend@home".to_owned(),
            capabilities: 0,
            picture_area: Size::default(),
        }),
        Message::CameraState(CameraState::Missing),
    ] {
        friend.say(&message);
    }
    victim.confirm(Some(&mut friend));
    victim.await_with(Some(&mut friend), "the call", |text| {
        text.contains("in call")
    });
    let victim = victim.dial_again();
    let (stream, _) = listener.accept().unwrap();
    let mut other = Peer::with(stream, Role::Called);
    assert!(other.ends(), "the victim stays");
    assert!(!other.hand.is_ready(), "the victim has shown its key");
    victim.outcome_of_end(1, "ANOTHER KEY ANSWERED", "refused")
}

fn escapes() -> Outcome {
    let (listener, port) = listener();
    let mut victim = Victim::dial(port);
    let mut peer = Peer::take(&listener);
    let hello = Message::Hello(Hello {
        name: "\x1b]0;PWNED\x07\x1bc\u{202e}\u{9b}2J".to_owned(),
        capabilities: 0,
        picture_area: Size::default(),
    });
    for message in [
        Message::Ringing,
        Message::Accepted,
        hello,
        Message::CameraState(CameraState::Missing),
        Message::Text("\x1b[?1049lPWNED text".to_owned()),
    ] {
        peer.say(&message);
    }
    victim.confirm(Some(&mut peer));
    victim.await_with(Some(&mut peer), "its text", |text| {
        text.contains("PWNED text")
    });
    victim.pty.assert_taken();
    let written = victim.pty.written();
    for control in [
        "\x1b]0;PWNED",
        "\x1bc",
        "\u{202e}",
        "\u{9b}",
        "\x1b[?1049lPWNED",
    ] {
        let control = control.as_bytes();
        let found = written
            .windows(control.len())
            .any(|window| window == control);
        assert!(!found, "{} was written", control.escape_ascii());
    }
    let seen = victim.shown("PWNED text");
    peer.carry_on(Duration::from_millis(100));
    victim.pty.type_keys("q");
    assert_eq!(victim.pty.wait_for_exit(), 0);
    victim.pty.assert_restored();
    victim.outcome_of_quit(seen, "goes on")
}
