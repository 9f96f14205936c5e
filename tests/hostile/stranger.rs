//! Those who have not said who calls: other programs, broken ones, slow ones, many at once.

use super::{
    attacker::{
        PATIENCE, Peer, address, begin_connecting, begin_connecting_from, hear_to_the_end,
        say_and_hear,
    },
    link::Random,
    outcome::Outcome,
    peer::HandPeer,
    victim::{Check, Victim},
};
use std::{
    io::{self, Write},
    net::{Ipv4Addr, Shutdown, TcpStream},
    time::{Duration, Instant},
};
use ttychat::{
    media::{Picture, PixelSize, jpeg::Compressor, test_picture},
    protocol::{
        CameraState, GREETING_LEN, Goodbye, HANDSHAKE_LENS, Message, Role, Size, Video, greeting,
    },
};

pub(crate) const CHECKS: &[Check] = &[
    ("slow: a byte a second before the handshake", slow_greeting),
    ("slow: a handshake, then no word", no_hello),
    ("1,000 connections at once", many_connections),
    ("64 silent ones of 32 addresses, again and again", || {
        crowd(|index| Ipv4Addr::new(127, 0, 1, 1 + index % 32))
    }),
    ("64 silent ones of 32 networks, again and again", || {
        crowd(|index| Ipv4Addr::new(127, 1, index % 32, 1))
    }),
    ("a key of small order", weak_keys),
    ("every truncation of a call", truncations),
    ("garbage, 200 connections of it", garbage),
    ("an HTTP request", || {
        foreign(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    }),
    ("a TLS client's hello", || {
        foreign(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    }),
    ("an SSH client", || foreign(b"SSH-2.0-OpenSSH_9.6\r\n")),
    ("our own greeting, echoed", || {
        foreign(&greeting(Role::Called))
    }),
    ("version 2 of the protocol", wrong_version),
    ("oversize frames before the handshake", oversize_frames),
    ("a handshake with one bit changed", flipped_handshakes),
];

/// What every caller sees of a listener before it has said anything.
fn is_greeting(heard: &[u8]) -> bool {
    heard == greeting(Role::Called)
}

fn foreign(bytes: &[u8]) -> Outcome {
    let mut victim = Victim::asking();
    let heard = say_and_hear(victim.port, bytes);
    assert!(is_greeting(&heard), "{heard:?}");
    let seen = victim.logged("was no call: ");
    assert!(seen.contains("another program"), "{seen}");
    victim.outcome(seen, "never begins")
}

fn wrong_version() -> Outcome {
    let mut victim = Victim::asking();
    let mut theirs = greeting(Role::Caller);
    theirs[7] = 2;
    let heard = say_and_hear(victim.port, &theirs);
    assert!(is_greeting(&heard), "the other cannot tell our version");
    let seen = victim.logged("version 2");
    victim.outcome(seen, "never begins")
}

fn garbage() -> Outcome {
    let mut victim = Victim::asking();
    let mut random = Random::new(Random::seed(6));
    let started_at = Instant::now();
    for round in 0..200 {
        let len = 1 + random.index(20_000);
        let mut bytes = random.bytes(len);
        // Half of it comes behind a greeting that is right.
        if round % 2 == 0 {
            bytes.splice(..0, greeting(Role::Caller));
        }
        // A frame that may be one needs its end to be told wrong.
        let mut stream = TcpStream::connect(address(victim.port)).unwrap();
        drop(stream.write_all(&bytes));
        drop(stream.shutdown(Shutdown::Write));
        let mut heard = Vec::new();
        assert!(hear_to_the_end(&mut stream, &mut heard), "round {round}");
        assert!(heard.len() <= 9 + 98 + 64, "round {round}: {}", heard.len());
    }
    assert!(started_at.elapsed() < 10 * PATIENCE);
    victim.press_a_key(None);
    let seen = victim.logged("was no call: ");
    victim.outcome(seen, "never begins")
}

fn oversize_frames() -> Outcome {
    let mut victim = Victim::asking();
    for len in [0_u16, 1, 31, 33, 96, 0x4010, 0xffff] {
        let mut bytes = greeting(Role::Caller).to_vec();
        bytes.extend(len.to_be_bytes());
        // Refused at its length: nothing of the body is awaited.
        let heard = say_and_hear(victim.port, &bytes);
        assert!(is_greeting(heard.get(..9).unwrap()), "{len}: {heard:?}");
    }
    let seen = victim.logged("was no call: ");
    victim.outcome(seen, "never begins")
}

/// One bit of each message of the handshake, greeting included.
fn flipped_handshakes() -> Outcome {
    let mut victim = Victim::asking();
    // The version in the greeting and all after it that the caller says before its `Hello`.
    let [first, _, third] = HANDSHAKE_LENS;
    let said_max = GREETING_LEN + 2 + first + 2 + third;
    for at in (7..said_max).step_by(if everything() { 1 } else { 6 }) {
        let stream = TcpStream::connect(address(victim.port)).unwrap();
        let mut forger = stream.try_clone().unwrap();
        let mut peer = Peer::with(stream, Role::Caller);
        // What is said is held back, changed, and said by the forger.
        let mut said = std::mem::take(&mut peer.hand.out);
        let mut said_len = 0;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let range = said_len..said_len + said.len();
            let is_changed = range.contains(&at);
            if is_changed {
                said[at - said_len] ^= 0x10;
            }
            said_len = range.end;
            drop(forger.write_all(&said));
            if is_changed {
                break;
            }
            assert!(Instant::now() < deadline && !peer.has_ended(), "byte {at}");
            peer.hear();
            said = std::mem::take(&mut peer.hand.out);
        }
        drop(forger.shutdown(Shutdown::Write));
        assert!(hear_to_the_end(&mut forger, &mut Vec::new()), "byte {at}");
    }
    let seen = victim.logged("was no call: ");
    victim.outcome(seen, "never begins")
}

/// Whether all that takes long is done.
fn everything() -> bool {
    std::env::var("TTYCHAT_HOSTILE").is_ok_and(|how| how == "all")
}

/// A call that says `budget` bytes and no more; gives how many there were to say.
fn call_cut_at(port: u16, budget: Option<usize>) -> usize {
    let stream = TcpStream::connect(address(port)).unwrap();
    let mut peer = Peer::with(stream, Role::Caller);
    peer.budget = budget;
    peer.answers = false;
    peer.shake_hands();
    if peer.has_ended() {
        return peer.said_len;
    }
    peer.say_hello("cut@short");
    peer.say(&Message::CameraState(CameraState::Off));
    peer.say(&Message::Text("half a text".to_owned()));
    peer.say(&Message::CameraState(CameraState::On));
    let mut picture = Picture::new(PixelSize::new(16, 16));
    test_picture::paint(&mut picture, Duration::ZERO);
    let mut jpeg = Vec::new();
    Compressor::default()
        .compress(&picture, 50, &mut jpeg)
        .unwrap();
    peer.say(&Message::Video(Video {
        sequence: 0,
        captured_at: 0,
        size: Size {
            width: 16,
            height: 16,
        },
        shared_len: 0,
        jpeg,
    }));
    peer.say(&Message::Goodbye(Goodbye::Quit));
    peer.said_len
}

fn truncations() -> Outcome {
    let mut victim = Victim::open();
    let len = call_cut_at(victim.port, None);
    let mut count = 0;
    let mut cut = 0;
    while cut < len {
        let said_len = call_cut_at(victim.port, Some(cut));
        assert_eq!(said_len, cut);
        count += 1;
        // The ends of greeting, handshake and first messages, then a picture that is long.
        cut += match cut {
            _ if everything() => 1,
            ..12 => 1,
            12..400 => 7,
            _ => 61,
        };
    }
    victim.press_a_key(None);
    // On the screen it may have faded meanwhile, and not each of them is logged.
    let seen = victim.logged("\"cut@short\" ended");
    println!("hostile: {count} calls of {len} bytes were cut");
    victim.outcome(seen, "lost; the next one is taken")
}

fn slow_greeting() -> Outcome {
    let mut victim = Victim::asking();
    let mut streams: Vec<_> = (0..40)
        .map(|_| TcpStream::connect(address(victim.port)).unwrap())
        .collect();
    let started_at = Instant::now();
    for byte in greeting(Role::Caller).into_iter().chain([0; 30]) {
        streams.retain_mut(|stream| stream.write_all(&[byte]).is_ok() && !is_closed(stream));
        if streams.is_empty() {
            break;
        }
        // It is the pause that is tested.
        std::thread::sleep(Duration::from_secs(1));
        if started_at.elapsed() < Duration::from_secs(3) {
            // Others are served meanwhile.
            victim.serve_honest_call();
        }
    }
    let lasted = started_at.elapsed();
    assert!(streams.is_empty(), "not closed after {lasted:?}");
    victim.press_a_key(None);
    let seen = victim.logged("was no call: ");
    victim.outcome(seen, "given up after 10 s")
}

fn no_hello() -> Outcome {
    let mut victim = Victim::asking();
    let mut peer = Peer::call(victim.port);
    let started_at = Instant::now();
    victim.serve_honest_call();
    assert!(peer.ends(), "not closed");
    let lasted = started_at.elapsed();
    assert!(lasted > Duration::from_secs(5), "closed after {lasted:?}");
    let seen = victim.logged("fell silent");
    victim.outcome(seen, "given up after 10 s")
}

fn many_connections() -> Outcome {
    let mut victim = Victim::asking();
    let mut streams: Vec<_> = (0..1000).map(|_| begin_connecting(victim.port)).collect();
    victim.press_a_key(None);
    // While all of them hold on and some come again.
    for _ in 0..3 {
        victim.serve_honest_call();
        let newer = (0..50).map(|_| begin_connecting(victim.port));
        streams.splice(..50, newer);
    }
    let seen = victim.logged("too many callers");
    let outcome = victim.outcome(seen, "never begins");
    drop(streams);
    outcome
}

/// Whoever calls slowly is not pushed out by those who say nothing, however often they come.
fn crowd(host: fn(u8) -> Ipv4Addr) -> Outcome {
    let mut victim = Victim::asking();
    let port = victim.port;
    let connect = || (0..64).map(|index| begin_connecting_from(host(index), port));
    let mut streams: Vec<_> = connect().collect();
    // It has said that it is ttychat, and takes its time for the rest.
    let stream = TcpStream::connect(address(victim.port)).unwrap();
    let mut slow = Peer::with(stream, Role::Caller);
    slow.flush();
    for _ in 0..4 {
        streams.extend(connect());
        assert!(!slow.has_ended(), "it was pushed out");
        slow.hear();
    }
    slow.shake_hands();
    slow.say_hello("slow@home");
    slow.await_message("ringing", |message| *message == Message::Ringing);
    victim.await_with(Some(&mut slow), "the question", |text| {
        text.contains("decline")
    });
    // Nor does a crowd end the call that rings.
    streams.extend(connect());
    victim.press_a_key(Some(&mut slow));
    let seen = victim.shown("slow@home");
    slow.hang_up();
    victim.await_with(None, "no question", |text| !text.contains("decline"));
    victim.serve_honest_call();
    let outcome = victim.outcome(seen, "never begins; who calls is asked about");
    drop(streams);
    outcome
}

/// Anybody could be the owner of such a key.
fn weak_keys() -> Outcome {
    let mut victim = Victim::asking();
    for public in HandPeer::WEAK_KEYS {
        let stream = TcpStream::connect(address(victim.port)).unwrap();
        let mut peer = Peer::weak(stream, Role::Caller, public);
        assert!(peer.ends(), "{public:?}");
        assert!(!victim.pty.text().contains("decline"), "{public:?} rings");
    }
    let seen = victim.logged("was no call: ");
    assert!(seen.contains("broke the protocol"), "{seen}");
    victim.outcome(seen, "never begins")
}

fn is_closed(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let mut byte = [0; 64];
    let closed = loop {
        match io::Read::read(&mut &*stream, &mut byte) {
            Ok(0) => break true,
            Ok(_) => {}
            Err(err) => break err.kind() != io::ErrorKind::WouldBlock,
        }
    };
    stream.set_nonblocking(false).unwrap();
    closed
}
