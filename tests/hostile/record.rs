//! Records without number: the kinds that cost much for their length, as often as they may come and
//! more often.

use super::{
    attacker::{AREA, Peer},
    outcome::Outcome,
    victim::{Check, Victim},
};
use std::time::{Duration, Instant};
use ttychat::protocol::{CameraState, Message, Size};

pub(crate) const CHECKS: &[Check] = &[
    ("pieces of one byte, without end", || flood(one_byte_piece)),
    ("pieces of 511 bytes, without end", || flood(short_piece)),
    ("pieces of 512 bytes, as fast as they go", || {
        pieces(1 + SHORTEST_LEN)
    }),
    ("pieces of 16,384 bytes, as fast as they go", || {
        pieces(16 << 10)
    }),
    ("records of unknown kinds, without end", || flood(unknown)),
    ("new keys, without end", || flood(new_key)),
    ("pictures unchanged, without end", || flood(unchanged)),
    ("picture rates, without end", || flood(picture_rate)),
    ("500 records of unknown kinds a second", || storm(unknown)),
    ("500 new keys a second", || storm(new_key)),
    ("500 pings a second", || storm(ping)),
    ("500 unchanged pictures a second", || storm(unchanged)),
    ("500 picture areas a second", || storm(picture_area)),
    ("500 camera states a second", || storm(camera_state)),
    ("500 picture rates a second", || storm(picture_rate)),
];

/// Most payload of a short next piece and one more, in bytes: docs/PROTOCOL.md 3.5.
const SHORTEST_LEN: usize = 511;

/// Most time of processors that records may take, in cores: half of one to take them in, and what
/// the victim does anyway.
const CORES_MAX: f64 = 0.9;

/// How long a storm lasts.
const STORM_TIME: Duration = Duration::from_secs(4);

/// Begins a message of the largest length, of a kind that is not known.
fn begin_message(peer: &mut Peer) {
    let len = (2_u32 << 20).to_be_bytes();
    peer.hand
        .send_plaintext(&[&[13], len.as_slice(), &[200]].concat());
}

fn piece(peer: &mut Peer, count: u32, len: usize) {
    let piece_count = (2_u32 << 20) / u32::try_from(len).unwrap() - 1;
    if count.is_multiple_of(piece_count) {
        begin_message(peer);
    }
    peer.hand.send_plaintext(&[14].repeat(1 + len));
}

fn one_byte_piece(peer: &mut Peer, count: u32) {
    piece(peer, count, 1);
}

fn short_piece(peer: &mut Peer, count: u32) {
    piece(peer, count, SHORTEST_LEN - 1);
}

fn unknown(peer: &mut Peer, _count: u32) {
    peer.hand.send_plaintext(&[255]);
}

fn new_key(peer: &mut Peer, _count: u32) {
    peer.hand.renew_own_key();
}

fn ping(peer: &mut Peer, count: u32) {
    let sent_at = count.into();
    peer.hand.send(&Message::Ping { sent_at });
}

fn unchanged(peer: &mut Peer, _count: u32) {
    peer.hand.send(&Message::Unchanged { captured_at: 0 });
}

/// From one end to the other, so that what is made for it is always of the wrong size.
fn picture_area(peer: &mut Peer, count: u32) {
    let width = if count.is_multiple_of(2) { 4096 } else { 64 };
    let area = Size {
        width,
        height: AREA.height,
    };
    peer.hand.send(&Message::PictureArea(area));
}

fn camera_state(peer: &mut Peer, count: u32) {
    let states = [
        CameraState::Off,
        CameraState::On,
        CameraState::Paused,
        CameraState::Lost,
        CameraState::Missing,
    ];
    let state = states[usize::try_from(count).unwrap() % states.len()];
    peer.hand.send(&Message::CameraState(state));
}

fn picture_rate(peer: &mut Peer, count: u32) {
    let hundredths = if count.is_multiple_of(2) { 0 } else { 6000 };
    peer.hand.send(&Message::PictureRate { hundredths });
}

/// As many as go: that ends the call.
fn flood(say: fn(&mut Peer, u32)) -> Outcome {
    let mut victim = Victim::open();
    victim.cores_max = CORES_MAX;
    let mut peer = Peer::in_call(victim.port, "mallory");
    victim.begin();
    let started_at = Instant::now();
    let mut count = 0;
    while !peer.has_ended() {
        for _ in 0..64 {
            say(&mut peer, count);
            count += 1;
        }
        assert!(count < 1 << 21, "all of them are taken");
        peer.flush();
    }
    println!(
        "hostile: {count} records in {} ms",
        started_at.elapsed().as_millis()
    );
    victim.press_a_key(None);
    let seen = victim.logged("mallory\" ended");
    victim.outcome(seen, "ended")
}

/// Nearly as many a second as may come: the call goes on.
fn storm(say: fn(&mut Peer, u32)) -> Outcome {
    let mut victim = Victim::open();
    victim.cores_max = CORES_MAX;
    let mut peer = Peer::in_call(victim.port, "mallory");
    victim.begin();
    let started_at = Instant::now();
    let mut count = 0;
    while started_at.elapsed() < STORM_TIME {
        if u128::from(count) < started_at.elapsed().as_millis() / 2 {
            say(&mut peer, count);
            peer.flush();
            count += 1;
        } else {
            peer.pump();
        }
        assert!(!peer.has_ended(), "ended after {count}");
    }
    victim.press_a_key(Some(&mut peer));
    let seen = victim.shown("mallory");
    peer.hang_up();
    victim.outcome(seen, "goes on")
}

/// Pieces that are no shorter than they may be: there may be as many as the line carries, and the
/// victim takes in what it has time for.
fn pieces(len: usize) -> Outcome {
    let mut victim = Victim::open();
    victim.cores_max = CORES_MAX;
    let mut peer = Peer::in_call(victim.port, "mallory");
    // It says nothing else.
    peer.answers = false;
    victim.begin();
    let started_at = Instant::now();
    let said_len = peer.said_len;
    let mut count = 0;
    while started_at.elapsed() < STORM_TIME && !peer.has_ended() {
        for _ in 0..16 {
            piece(&mut peer, count, len - 1);
            count += 1;
        }
        peer.flush();
    }
    assert!(!peer.has_ended(), "ended after {count}");
    let kilobytes = (peer.said_len - said_len) / 1000;
    let taken = started_at.elapsed();
    println!("hostile: {count} pieces of {len} bytes, {kilobytes} kB in {taken:.1?}");
    peer.answers = true;
    victim.press_a_key(Some(&mut peer));
    let seen = victim.shown("mallory");
    peer.hang_up();
    victim.outcome(seen, "goes on")
}
