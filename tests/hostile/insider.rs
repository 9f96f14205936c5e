//! Those who have agreed on keys and are in a call: what they say, how often, and what they do not
//! do.

use super::{
    attacker::{AREA, PATIENCE, Peer},
    link::Random,
    outcome::Outcome,
    victim::{Check, Victim},
};
use std::time::{Duration, Instant};
use ttychat::protocol::{CameraState, Message, Size};

pub(crate) const CHECKS: &[Check] = &[
    ("a peer that never reads", never_reads),
    ("slow: a record a byte a second", slow_record),
    ("a record replayed", replayed),
    ("records with one bit changed", flipped),
    ("a record left out", left_out),
    ("oversize records and messages", oversize),
    ("10,000 texts, as fast as they go", many_texts),
    ("500 long texts a second", long_texts),
    ("pings, camera states, sizes, texts without end", floods),
    ("escape sequences in name and texts", escapes),
    ("a name of the longest kind, to be asked about", long_name),
];

/// What a terminal must never obey, with words to look for.
const ESCAPES: [&str; 12] = [
    "\x1b]0;PWNED\x07",
    "\x1b]52;c;UFdORUQ=\x07",
    "\u{9d}0;PWNED\u{9c}",
    "\x1bP+q544e\x1b\\",
    "\x1b[31;42;7mPWNED\x1b[0m",
    "\u{9b}2J",
    "\x1b[?1049lPWNED",
    "\x1bcPWNED",
    "\r\n\x08\x7f\tPWNED",
    "\u{202e}DENWP\u{202c}",
    "\u{200b}\u{feff}\u{2066}PWNED\u{2069}",
    "Z\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}PWNED",
];

fn text(text: &str) -> Message {
    Message::Text(text.to_owned())
}

/// The victim must end the call and say that the peer broke the protocol.
#[track_caller]
pub(crate) fn is_refused(victim: &mut Victim, peer: &mut Peer) -> String {
    assert!(peer.ends(), "the victim goes on");
    assert!(peer.was_blamed(), "the victim does not say why");
    victim.shown("broke the protocol")
}

fn replayed() -> Outcome {
    let mut victim = Victim::open();
    let mut peer = Peer::in_call(victim.port, "mallory");
    let record = peer.sealed(&text("said once"));
    peer.say_bytes(&record);
    victim.pty.wait_for_text("said once");
    peer.say_bytes(&record);
    let seen = is_refused(&mut victim, &mut peer);
    victim.outcome(seen, "ended")
}

fn left_out() -> Outcome {
    let mut victim = Victim::open();
    let mut peer = Peer::in_call(victim.port, "mallory");
    drop(peer.sealed(&text("nobody hears this")));
    peer.say(&text("nor this"));
    let seen = is_refused(&mut victim, &mut peer);
    victim.outcome(seen, "ended")
}

fn flipped() -> Outcome {
    let mut victim = Victim::open();
    let mut random = Random::new(Random::seed(7));
    let mut seen = String::new();
    for round in 0..12 {
        let mut peer = Peer::in_call(victim.port, "mallory");
        let mut record = peer.sealed(&text("pay 10 to bob"));
        // Any byte of the body: the length is told by another end of the call.
        let at = 2 + random.index(record.len() - 2);
        record[at] ^= 1 << random.below(8);
        peer.say_bytes(&record);
        seen = is_refused(&mut victim, &mut peer);
        assert!(
            !victim.pty.text().contains("pay "),
            "round {round}: it was believed"
        );
    }
    victim.outcome(seen, "ended")
}

fn oversize() -> Outcome {
    let mut victim = Victim::open();
    let huge = u32::MAX.to_be_bytes();
    let over = (2_u32 << 20).saturating_add(20).to_be_bytes();
    let plaintexts: [Vec<u8>; 4] = [
        // A first piece of a message of 4 GiB, and of one just over the limit.
        [&[13], huge.as_slice(), &[11, 0]].concat(),
        [&[13], over.as_slice(), &[11, 0]].concat(),
        // A text and a name that are a byte too long.
        [&[10], vec![b'x'; 4097].as_slice()].concat(),
        // Nothing at all.
        Vec::new(),
    ];
    let mut seen = String::new();
    for plaintext in plaintexts {
        let mut peer = Peer::in_call(victim.port, "mallory");
        peer.say_plaintext(&plaintext);
        seen = is_refused(&mut victim, &mut peer);
    }
    for len in [16_401_u16, u16::MAX] {
        let mut peer = Peer::in_call(victim.port, "mallory");
        // Refused when the length is read: nothing follows it.
        peer.say_bytes(&len.to_be_bytes());
        seen = is_refused(&mut victim, &mut peer);
    }
    victim.outcome(seen, "ended")
}

/// All of them are heard: ten calls with as many as may come at once.
fn many_texts() -> Outcome {
    let mut victim = Victim::open();
    let mut seen = String::new();
    for call in 0..10 {
        let mut peer = Peer::in_call(victim.port, "mallory");
        for count in 1..1000 {
            peer.say(&text(&format!("{count} {}", "spam ".repeat(count % 200))));
        }
        let last = format!("the last of call {call}");
        peer.say(&text(&last));
        victim.await_with(Some(&mut peer), &last, |text| text.contains(&last));
        seen = victim.shown(&last);
        peer.hang_up();
    }
    victim.press_a_key(None);
    victim.outcome(seen, "goes on")
}

/// As many as a peer may say, for some seconds, each as long and as laborious as can be.
fn long_texts() -> Outcome {
    let mut victim = Victim::open();
    let mut peer = Peer::in_call(victim.port, "mallory");
    victim.begin();
    let started_at = Instant::now();
    let mut count = 0;
    let mut pressed = false;
    while started_at.elapsed() < Duration::from_secs(4) {
        let due = started_at.elapsed().as_millis() / 2;
        if count < due {
            let marks = ["\u{202e}", "\u{1f468}\u{200d}", "e\u{301}", "\u{9b}"];
            let mark = marks[usize::try_from(count).unwrap() % marks.len()];
            peer.say(&text(&mark.repeat(4096 / mark.len())));
            count += 1;
        } else {
            peer.pump();
        }
        assert!(!peer.has_ended(), "ended after {count} texts");
        if !pressed && started_at.elapsed() > Duration::from_secs(2) {
            pressed = true;
            victim.press_a_key(Some(&mut peer));
        }
    }
    peer.say(&text("\u{202e}the last of them"));
    victim.await_with(Some(&mut peer), "the texts", |text| {
        text.contains("the last of them")
    });
    let seen = victim.shown("the last of them");
    peer.hang_up();
    victim.outcome(seen, "goes on")
}

fn floods() -> Outcome {
    let mut victim = Victim::open();
    let mut seen = String::new();
    for kind in 0..5 {
        let mut peer = Peer::in_call(victim.port, "mallory");
        let started_at = Instant::now();
        let mut count = 0_u16;
        // Where the attacker itself is too slow for more than may come, the call goes on.
        while !peer.has_ended() && started_at.elapsed() < PATIENCE / 2 {
            count = count.wrapping_add(1);
            peer.say(&match kind {
                0 => Message::Ping {
                    sent_at: count.into(),
                },
                1 if count.is_multiple_of(2) => Message::CameraState(CameraState::Paused),
                1 => Message::CameraState(CameraState::On),
                2 => Message::PictureArea(Size {
                    width: count % 4097,
                    height: 4096 - count % 4097,
                }),
                3 => Message::PictureArea(AREA),
                _ => text("spam"),
            });
        }
        victim.press_a_key(None);
        peer.hang_up();
        seen = victim.logged("mallory\" ended");
    }
    victim.outcome(seen, "ended")
}

/// Asserts that nothing of the attacker's reached the terminal as control.
#[track_caller]
fn is_harmless(victim: &Victim) {
    let written = victim.pty.written();
    for escape in ESCAPES {
        let escape = escape.as_bytes();
        let found = written.windows(escape.len()).any(|window| window == escape);
        assert!(!found, "{} was written", escape.escape_ascii());
    }
    for control in [
        "\x1b]0;PWNED",
        "\x1b]52;",
        "\x1bc",
        "\u{9b}",
        "\u{9d}",
        "\u{202e}",
        "\u{200b}",
    ] {
        let control = control.as_bytes();
        let found = written
            .windows(control.len())
            .any(|window| window == control);
        assert!(!found, "{} was written", control.escape_ascii());
    }
    victim.pty.assert_taken();
}

fn escapes() -> Outcome {
    let mut victim = Victim::asking();
    for escape in ESCAPES {
        let mut peer = Peer::call(victim.port);
        peer.say_hello(escape);
        peer.await_message("ringing", |message| *message == Message::Ringing);
        victim.await_with(Some(&mut peer), "the question", |text| {
            text.contains("decline")
        });
        is_harmless(&victim);
        victim.pty.type_keys("y");
        peer.await_message("the victim's name", |message| {
            matches!(message, Message::Hello(_))
        });
        for escape in ESCAPES {
            peer.say(&text(escape));
        }
        peer.say(&text("the last of them"));
        victim.await_with(Some(&mut peer), "the texts", |text| {
            text.contains("the last of them")
        });
        is_harmless(&victim);
        peer.hang_up();
        victim.await_with(None, "the end", |text| text.contains("connection was lost"));
    }
    let seen = victim.shown("PWNED");
    is_harmless(&victim);
    victim.outcome(seen, "goes on")
}

fn long_name() -> Outcome {
    let mut victim = Victim::asking();
    let mut seen = String::new();
    for name in [
        "W".repeat(128),
        "\u{fdfd}".repeat(42),
        "\u{301}".repeat(64),
        " ".repeat(128),
    ] {
        let mut peer = Peer::call(victim.port);
        peer.say_hello(&name);
        seen = victim.shown("calls");
        victim.pty.wait_for_text("decline");
        victim.pty.wait_for_text("127.0.0.1");
        victim.pty.type_keys("n");
        assert!(peer.ends(), "not declined");
        victim.await_with(None, "no question", |text| !text.contains("decline"));
    }
    victim.outcome(seen, "declined by the person")
}

fn never_reads() -> Outcome {
    let mut victim = Victim::open();
    let mut peer = Peer::in_call(victim.port, "mallory");
    peer.say(&Message::PictureArea(Size {
        width: 4096,
        height: 4096,
    }));
    victim.begin();
    let started_at = Instant::now();
    // It goes on talking, so that it is not silent, and takes nothing.
    while !victim.pty.text().contains("mallory\" ended") {
        assert!(started_at.elapsed() < 2 * PATIENCE, "it goes on");
        peer.say(&text("I do not listen"));
        peer.say(&Message::Ping { sent_at: 1 });
        std::thread::sleep(Duration::from_millis(100));
    }
    let lasted = started_at.elapsed();
    assert!(lasted > Duration::from_secs(5), "ended after {lasted:?}");
    victim.press_a_key(None);
    let seen = victim.logged("mallory\" ended");
    victim.outcome(seen, "ended after 8 s")
}

fn slow_record() -> Outcome {
    let mut victim = Victim::open();
    let mut peer = Peer::in_call(victim.port, "mallory");
    let record = peer.sealed(&text(&"x".repeat(4000)));
    peer.answers = false;
    victim.begin();
    let started_at = Instant::now();
    for byte in record {
        peer.say_bytes(&[byte]);
        peer.carry_on(Duration::from_secs(1));
        if peer.has_ended() {
            break;
        }
        assert!(started_at.elapsed() < 2 * PATIENCE, "it goes on");
    }
    let seen = victim.logged("mallory\" ended");
    victim.outcome(seen, "ended after 8 s")
}
