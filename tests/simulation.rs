//! Random calls over random links in virtual time, with what must always hold asserted at each
//! step. `TTYCHAT_SEED=n` replays one, `TTYCHAT_CALLS=10000` makes so many.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::similar_names,
    clippy::unwrap_used,
    reason = "test code; caller and called are the protocol's words"
)]

mod support;

#[path = "simulation/adapting.rs"]
mod adapting;

use std::time::{Duration, Instant};
use support::{
    link::{Link, Random},
    pair::{AREA, End, Pair},
    peer::HandPeer,
};
use ttychat::{
    protocol::{
        CameraState, Goodbye, Hello, Message, Outcome, Role, Size,
        limits::{JPEG_LEN_MAX, PICTURES_IN_FLIGHT_MAX, TEXT_LEN_MAX, TEXTS_WAITING_MAX},
    },
    session::{CloseReason, Event, OutgoingPicture, Session, timers::SILENCE_TIMEOUT},
};

/// More than a session may ever hold: its texts, a picture that waits and one that leaves.
const BYTES_WAITING_MAX: usize = TEXTS_WAITING_MAX * TEXT_LEN_MAX + 2 * (JPEG_LEN_MAX + 1024);

/// How many calls a test makes: `TTYCHAT_CALLS`, else so many.
fn calls(default: u64) -> u64 {
    let given = std::env::var("TTYCHAT_CALLS").ok();
    given
        .and_then(|count| count.parse().ok())
        .unwrap_or(default)
}

/// What one direction has sent and seen.
#[derive(Debug, Default)]
struct Watched {
    texts_sent: Vec<String>,
    texts_seen: usize,
    last_sequence: Option<u32>,
    last_number: Option<u64>,
    pictures_sent: u64,
    /// Pictures that the receiver has not answered yet.
    unanswered: Vec<u32>,
    seen_up: bool,
}

/// A picture that names itself: its number, then a head that seldom changes, then noise.
fn numbered(now: Instant, number: u64, random: &mut Random) -> OutgoingPicture {
    let len = match random.below(10) {
        0 => random.index(200_000),
        _ => random.index(12_000),
    };
    let head = if random.below(20) == 0 { 7 } else { 3 };
    let mut jpeg = vec![head; 600];
    jpeg.extend(number.to_be_bytes());
    jpeg.extend(random.bytes(len));
    let age = Duration::from_millis(random.below(50));
    OutgoingPicture {
        captured_at: now.checked_sub(age).unwrap(),
        size: AREA,
        jpeg,
        plan: None,
        number: 0,
        patch: None,
    }
}

fn number_of(jpeg: &[u8]) -> u64 {
    u64::from_be_bytes(jpeg[600..608].try_into().unwrap())
}

fn shape(link: &mut Link, random: &mut Random) {
    link.latency = Duration::from_millis(random.below(300));
    link.rate = random.one_of(&[None, Some(20_000), Some(100_000), Some(400_000)]);
    link.chunk_len_max = random.one_of(&[1_460, 100, 20_000, 1 << 20]);
    link.room = 16 << 10;
}

/// Something that a person, a camera or a path does to `end`.
fn act(end: &mut End, sent: &mut Watched, now: Instant, random: &mut Random) {
    match random.below(40) {
        0..20 => {
            let wanted = end.session.wants_picture();
            if wanted || random.below(4) == 0 {
                sent.pictures_sent += 1;
                end.session
                    .send_picture(now, numbered(now, sent.pictures_sent, random));
            }
        }
        20..30 => {
            let text = format!(
                "{} {}",
                sent.texts_sent.len(),
                "ä".repeat(random.index(500))
            );
            if end.session.send_text(now, &text) {
                sent.texts_sent.push(text);
            }
        }
        30 => end.session.set_picture_area(now, AREA),
        31 => {
            let states = [CameraState::Off, CameraState::Lost, CameraState::Missing];
            end.session.set_camera_state(now, random.one_of(&states));
        }
        32..35 => end.session.set_camera_state(now, CameraState::On),
        35 => {
            // Longer ones add up to silence.
            let pause = Duration::from_millis(random.below(1_500));
            end.out.stalled_until = Some(now + pause);
        }
        36 => end.session.handle_timeout(now),
        _ => {}
    }
}

/// Checks what `end` has seen of what `from` sent, and forgets it.
fn check_seen(end: &mut End, from: &mut Watched, now: Instant) {
    for event in end.take_events() {
        match event {
            Event::Text(text) => {
                assert_eq!(
                    text, from.texts_sent[from.texts_seen],
                    "texts in order, once, whole"
                );
                from.texts_seen += 1;
            }
            Event::Picture(picture) => {
                let number = number_of(&picture.jpeg);
                assert!(
                    from.last_sequence
                        .is_none_or(|last| last < picture.sequence)
                );
                assert!(
                    from.last_number.is_none_or(|last| last < number),
                    "an older picture"
                );
                assert!(picture.captured_at <= now);
                from.last_sequence = Some(picture.sequence);
                from.last_number = Some(number);
                from.unanswered.push(picture.sequence);
            }
            Event::Up { .. } => from.seen_up = true,
            Event::Closed(reason) => panic!("closed: {reason}"),
            _ => {}
        }
    }
    let statistics = end.session.statistics();
    assert!(statistics.pictures_unacknowledged <= PICTURES_IN_FLIGHT_MAX);
    assert!(statistics.bytes_waiting <= BYTES_WAITING_MAX);
    assert!(from.unanswered.len() <= PICTURES_IN_FLIGHT_MAX);
}

fn answer(end: &mut End, from: &mut Watched, now: Instant, random: &mut Random) {
    while !from.unanswered.is_empty() && random.below(3) > 0 {
        let index = random.index(from.unanswered.len());
        let outcomes = [Outcome::Shown, Outcome::Dropped, Outcome::Broken];
        let outcome = random.one_of(&outcomes);
        end.session
            .acknowledge(now, from.unanswered.remove(index), outcome);
    }
}

/// One random call to its end; gives how many pictures arrived one way.
fn simulate(seed: u64) -> u64 {
    let mut random = Random::new(seed);
    let mut pair = Pair::seeded(seed);
    (pair.caller.answer, pair.called.answer) = (None, None);
    shape(&mut pair.caller.out, &mut random);
    shape(&mut pair.called.out, &mut random);
    pair.run_for(Duration::from_secs(3));
    pair.called.session.accept(pair.now);
    let (mut by_caller, mut by_called) = (Watched::default(), Watched::default());
    for end in [&mut pair.caller, &mut pair.called] {
        end.session.set_camera_state(pair.now, CameraState::On);
    }
    for _ in 0..150 {
        let pause = Duration::from_millis(random.below(200));
        pair.run_watched(pause, |pair| {
            check_seen(&mut pair.caller, &mut by_called, pair.now);
            check_seen(&mut pair.called, &mut by_caller, pair.now);
        });
        act(&mut pair.caller, &mut by_caller, pair.now, &mut random);
        act(&mut pair.called, &mut by_called, pair.now, &mut random);
        answer(&mut pair.caller, &mut by_called, pair.now, &mut random);
        answer(&mut pair.called, &mut by_caller, pair.now, &mut random);
    }
    pair.run_for(Duration::from_secs(30));
    check_seen(&mut pair.caller, &mut by_called, pair.now);
    check_seen(&mut pair.called, &mut by_caller, pair.now);
    for watched in [&by_caller, &by_called] {
        assert!(watched.seen_up);
        assert_eq!(
            watched.texts_seen,
            watched.texts_sent.len(),
            "every text arrives"
        );
    }
    let statistics = pair.called.session.statistics();
    finish(&mut pair, &mut random);
    statistics.pictures_received
}

/// Ends a call in one of the ways that calls end; both ends must know.
fn finish(pair: &mut Pair, random: &mut Random) {
    let reason = match random.below(3) {
        0 => {
            pair.caller.session.hang_up(pair.now, Goodbye::Quit);
            pair.run_for(Duration::from_secs(5));
            assert_eq!(pair.caller.closed(), Some(&CloseReason::HungUp));
            CloseReason::PeerLeft(Goodbye::Quit)
        }
        1 => {
            (pair.caller.out.whole, pair.called.out.whole) = (false, false);
            pair.run_for(SILENCE_TIMEOUT + Duration::from_secs(2));
            assert_eq!(pair.caller.closed(), Some(&CloseReason::PeerSilent));
            CloseReason::PeerSilent
        }
        _ => {
            pair.caller.stopped = true;
            pair.run_for(SILENCE_TIMEOUT + Duration::from_secs(2));
            CloseReason::PeerSilent
        }
    };
    assert_eq!(pair.called.closed(), Some(&reason));
}

#[test]
fn random_calls_keep_what_is_promised() {
    let seed = Random::seed(20_261_122);
    let mut pictures = 0;
    let calls = calls(100);
    for count in 0..calls {
        println!("call {count}");
        pictures += simulate(seed.wrapping_add(count));
    }
    assert!(
        pictures > calls * 10,
        "{pictures} pictures in all are too few to tell anything"
    );
}

#[test]
fn random_bytes_end_a_session_in_every_phase_and_do_no_more() {
    let mut random = Random::new(Random::seed(7));
    let start = support::pair::an_instant();
    for phase in 0..400 {
        let role = if phase % 2 == 0 {
            Role::Called
        } else {
            Role::Caller
        };
        let mut session = Session::new(support::pair::config(role, "a", 1), start);
        let mut peer = HandPeer::new(role.other(), [7; 32]);
        match phase % 5 {
            0 => {}
            1 => session.handle_bytes(start, &std::mem::take(&mut peer.out)),
            2 => peer.exchange(&mut session, start),
            _ => peer.bring_up(&mut session, start),
        }
        for step in 0..200_u64 {
            let now = start + Duration::from_millis(step * 40);
            let len = random.index(300);
            let bytes = random.bytes(len);
            session.handle_bytes(now, &bytes);
            session.handle_timeout(now);
            while session.poll_transmit(now, &mut Vec::new()) {}
        }
        let closed = std::iter::from_fn(|| session.poll_event())
            .filter(|event| matches!(event, Event::Closed(_)));
        assert_eq!(closed.count(), 1);
    }
}

/// A message that might come, with values at and over the edges.
fn nonsense(random: &mut Random) -> Vec<u8> {
    let mut plaintext = Vec::new();
    let len = 1 + random.index(200);
    match random.below(8) {
        0 => plaintext = random.bytes(len),
        1 => Message::Ping {
            sent_at: random.next(),
        }
        .encode(&mut plaintext),
        2 => Message::Text("x".repeat(random.index(5000))).encode(&mut plaintext),
        3 => Message::Hello(Hello::default()).encode(&mut plaintext),
        4 => {
            plaintext = vec![13, 0, 0, 0, 0, 11];
            plaintext[2] = random.bytes(1)[0] % 64;
            plaintext.extend(random.bytes(200));
        }
        5 => {
            plaintext = vec![14];
            plaintext.extend(random.bytes(len));
        }
        6 => {
            plaintext = vec![11];
            plaintext.extend(random.bytes(30));
        }
        _ => {
            let state = if random.below(2) == 0 {
                CameraState::On
            } else {
                CameraState::Paused
            };
            Message::CameraState(state).encode(&mut plaintext);
        }
    }
    // Most kinds are real ones, so that the rest of the message is looked at too.
    if random.below(3) == 0 {
        let index = random.index(plaintext.len());
        plaintext[index] = random.bytes(1)[0] % 16;
    }
    plaintext
}

#[test]
fn a_peer_with_a_key_and_nonsense_in_mind_does_no_harm() {
    let mut random = Random::new(Random::seed(11));
    let start = support::pair::an_instant();
    for round in 0..600_u64 {
        let role = if round % 2 == 0 {
            Role::Called
        } else {
            Role::Caller
        };
        let mut session = Session::new(support::pair::config(role, "a", 1), start);
        let mut peer = HandPeer::new(role.other(), [7; 32]);
        if round % 3 == 0 {
            peer.exchange(&mut session, start);
        } else {
            peer.bring_up(&mut session, start);
            session.set_camera_state(start, CameraState::On);
        }
        let mut closed = false;
        for step in 0..60 {
            let now = start + Duration::from_millis(step * 100);
            peer.send_plaintext(&nonsense(&mut random));
            session.handle_bytes(now, &std::mem::take(&mut peer.out));
            while let Some(event) = session.poll_event() {
                assert!(!closed, "{event:?} after the end");
                closed = matches!(event, Event::Closed(_));
            }
            let before = session.deadline();
            session.handle_timeout(now);
            assert!(
                session.deadline().is_none_or(|next| next > now),
                "{before:?}"
            );
            while session.poll_transmit(now, &mut Vec::new()) {}
        }
    }
}
