//! Strangers in numbers: each costs little, and they are many or come again at once.

use super::{
    attacker::begin_connecting_from,
    outcome::Outcome,
    peer::HandPeer,
    victim::{Check, Victim},
};
use socket2::SockRef;
use std::{
    io::{Read, Write},
    net::Ipv4Addr,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};
use ttychat::protocol::{Role, greeting, limits::JPEG_LEN_MAX};

pub(crate) const CHECKS: &[Check] = &[
    ("a handshake begun, again and again", begun_handshakes),
    ("plain: half a picture of 64 callers", half_pictures),
];

/// Most time of processors that strangers may take, in cores: a quarter of one, and what the victim
/// does anyway.
const CORES_MAX: f64 = 0.6;

/// How long it goes on.
const TIME: Duration = Duration::from_secs(5);

/// Who begins has nothing to reckon, as one message serves each time; who is called makes keys.
fn begun_handshakes() -> Outcome {
    let mut victim = Victim::asking();
    victim.cores_max = CORES_MAX;
    let mut hand = HandPeer::new(Role::Caller, [7; 32]);
    hand.handle_bytes(&greeting(Role::Called));
    let begun = hand.out;
    let port = victim.port;
    let count = AtomicU32::new(0);
    victim.begin();
    let until = Instant::now() + TIME;
    std::thread::scope(|scope| {
        for index in 0..32 {
            let host = Ipv4Addr::new(127, 0, 4, 1 + index % 8);
            let (begun, count) = (&begun, &count);
            scope.spawn(move || {
                while Instant::now() < until {
                    let mut stream = begin_connecting_from(host, port);
                    let socket = SockRef::from(&stream);
                    socket.set_nonblocking(false).unwrap();
                    // A reset instead of an end leaves no trace that would keep the next one out.
                    socket.set_linger(Some(Duration::ZERO)).unwrap();
                    let timeout = Some(Duration::from_millis(200));
                    socket.set_write_timeout(timeout).unwrap();
                    socket.set_read_timeout(timeout).unwrap();
                    let has_said = stream.write_all(begun).is_ok();
                    // The greeting, then what had to be reckoned.
                    let mut answer = [0; 100];
                    if has_said && stream.read_exact(&mut answer).is_ok() {
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        victim.press_a_key(None);
        victim.serve_honest_call();
    });
    let count = count.into_inner();
    println!("hostile: {count} handshakes were begun in {TIME:?}");
    victim.outcome(format!("{count} begun"), "never begins")
}

/// Pictures are long, and who sends them has not been asked about yet.
fn half_pictures() -> Outcome {
    let mut victim = Victim::plain();
    let host = |index: u8| Ipv4Addr::new(127, 0, 3, 1 + index % 4);
    let streams = (0..64).map(|index| begin_connecting_from(host(index), victim.port));
    let mut streams: Vec<_> = streams.collect();
    // A start, an empty scan's head, and coded data without an end.
    let mut half = vec![0xff, 0xd8, 0xff, 0xda, 0, 2];
    half.resize(JPEG_LEN_MAX - 1, 7);
    for stream in &mut streams {
        stream.set_nonblocking(false).unwrap();
        stream
            .set_write_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(&half).unwrap();
    }
    victim.press_a_key(None);
    victim.outcome("waiting".to_owned(), "never begins")
}
