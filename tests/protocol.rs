//! The wire: docs/PROTOCOL.md's bytes both ways, every cut of the stream, every limit.
//!
//! `TTYCHAT_BLESS=1` writes the example of docs/PROTOCOL.md anew.

#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use std::{fmt::Write as _, time::Duration};
use support::{
    link::Random,
    pair::{an_instant, config},
    peer::HandPeer,
};
use ttychat::{
    protocol::{
        self, Assembler, CameraState, Deframer, Goodbye, Hello, Message, Outcome, Pieces,
        ProtocolError, Record, Refusal, Role, SEALED_LEN_MAX, SEALED_LEN_MIN, Size, Video,
        WrongGreeting, limits,
    },
    session::{Event, Session},
};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/PROTOCOL.md");

const AREA: Size = Size {
    width: 160,
    height: 90,
};

// The page.

/// One message of every kind, in the order of the example, with who sends it.
fn example() -> Vec<(Role, Message)> {
    let hello = |name: &str, width, height| {
        let picture_area = Size { width, height };
        Message::Hello(Hello {
            name: name.to_owned(),
            capabilities: 0,
            picture_area,
        })
    };
    let picture = |sequence, captured_at, shared_len, jpeg: &[u8]| {
        let jpeg = jpeg.to_vec();
        Message::Video(Video {
            sequence,
            captured_at,
            size: AREA,
            shared_len,
            jpeg,
        })
    };
    vec![
        (Role::Caller, hello("alice@laptop", 160, 90)),
        (
            Role::Caller,
            Message::Ping {
                sent_at: 60_021_000,
            },
        ),
        (Role::Called, Message::Ringing),
        (
            Role::Called,
            Message::Pong {
                ping_sent_at: 60_021_000,
                answered_at: 60_034_512,
            },
        ),
        (Role::Called, Message::Accepted),
        (Role::Called, hello("bob@désk", 320, 180)),
        (Role::Called, Message::CameraState(CameraState::On)),
        (Role::Caller, Message::CameraState(CameraState::On)),
        (
            Role::Caller,
            picture(
                0,
                63_000_000,
                0,
                b"\xff\xd8\xff\xdbtables\xff\xdafirst\xff\xd9",
            ),
        ),
        (
            Role::Called,
            Message::VideoAcknowledged {
                sequence: 0,
                outcome: Outcome::Shown,
            },
        ),
        (Role::Caller, picture(1, 63_033_333, 12, b"second\xff\xd9")),
        (
            Role::Called,
            Message::VideoAcknowledged {
                sequence: 1,
                outcome: Outcome::Dropped,
            },
        ),
        (Role::Called, Message::PictureArea(AREA)),
        (Role::Called, Message::Text("grüß dich 👋".to_owned())),
        (Role::Caller, Message::CameraState(CameraState::Paused)),
        (Role::Caller, Message::Goodbye(Goodbye::Quit)),
    ]
}

fn hex(bytes: &[u8]) -> String {
    let lines = bytes.chunks(16).map(|line| {
        line.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<Vec<_>>()
            .join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn unhex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

fn end_name(role: Role) -> &'static str {
    if role == Role::Caller {
        "Caller"
    } else {
        "Called"
    }
}

/// The two ends of the example, their keys no secrets.
fn example_ends() -> (HandPeer, HandPeer) {
    (
        HandPeer::fixed(Role::Caller, [1; 32], [0x11; 32]),
        HandPeer::fixed(Role::Called, [2; 32], [0x12; 32]),
    )
}

/// Lets the handshake of the example go on; gives each flight with who sent it.
fn shake_hands(caller: &mut HandPeer, called: &mut HandPeer) -> Vec<(Role, Vec<u8>)> {
    let (to_called, to_caller) = (
        std::mem::take(&mut caller.out),
        std::mem::take(&mut called.out),
    );
    let mut flights = vec![
        (Role::Caller, to_called.clone()),
        (Role::Called, to_caller.clone()),
    ];
    called.handle_bytes(&to_called);
    caller.handle_bytes(&to_caller);
    for role in [Role::Caller, Role::Called, Role::Caller] {
        let (from, to) = match role {
            Role::Caller => (&mut *caller, &mut *called),
            Role::Called => (&mut *called, &mut *caller),
        };
        let bytes = std::mem::take(&mut from.out);
        to.handle_bytes(&bytes);
        flights.push((role, bytes));
    }
    assert!(caller.is_ready() && called.is_ready());
    flights
}

/// The section's blocks as the code would write them.
fn written_example() -> String {
    let (mut caller, mut called) = example_ends();
    let mut text = String::new();
    let names = [
        "greeting",
        "greeting",
        "handshake 1",
        "handshake 2",
        "handshake 3",
    ];
    for ((role, bytes), name) in shake_hands(&mut caller, &mut called).iter().zip(names) {
        write!(
            text,
            "{}: {name}.\n\n```hex\n{}\n```\n\n",
            end_name(*role),
            hex(bytes)
        )
        .unwrap();
    }
    for (role, message) in example() {
        let end = if role == Role::Caller {
            &mut caller
        } else {
            &mut called
        };
        let mut plaintext = Vec::new();
        message.encode(&mut plaintext);
        end.send_plaintext(&plaintext);
        let wire = hex(&std::mem::take(&mut end.out));
        let name = format!("{message:?}")
            .split(['(', ' '])
            .next()
            .unwrap()
            .to_owned();
        let (plain, end) = (hex(&plaintext), end_name(role));
        write!(
            text,
            "{end}: `{name}`.\n\n```hex\n{wire}\nplain:\n{plain}\n```\n\n"
        )
        .unwrap();
    }
    text
}

fn page() -> String {
    std::fs::read_to_string(PAGE).unwrap()
}

/// Where the page's example stands: between its introduction and what follows.
fn example_range(page: &str) -> std::ops::Range<usize> {
    let introduction = "What the JPEGs hold is made up.\n\n";
    let start = page.find(introduction).unwrap() + introduction.len();
    start..page.find("A refusal, which would have come").unwrap()
}

/// Wire bytes and plaintext of each block of the page's example.
fn page_blocks() -> Vec<(Vec<u8>, Vec<u8>)> {
    let page = page();
    let blocks = page[example_range(&page)]
        .split("```hex\n")
        .skip(1)
        .map(|block| {
            let body = block.split("```").next().unwrap();
            let (wire, plain) = body.split_once("plain:").unwrap_or((body, ""));
            (unhex(wire), unhex(plain))
        });
    blocks.collect()
}

#[test]
fn the_page_shows_what_the_code_writes() {
    let written = written_example();
    let mut page = page();
    let range = example_range(&page);
    if std::env::var_os("TTYCHAT_BLESS").is_some() {
        page.replace_range(range, &written);
        std::fs::write(PAGE, page).unwrap();
        return;
    }
    assert!(
        page[range] == written,
        "docs/PROTOCOL.md 9 differs; see `make bless`"
    );
}

#[test]
fn what_the_page_shows_can_be_read() {
    let blocks = page_blocks();
    let (mut caller, mut called) = example_ends();
    shake_hands(&mut caller, &mut called);
    assert_eq!(blocks.len(), 5 + example().len());
    for ((wire, plaintext), (role, message)) in blocks[5..].iter().zip(example()) {
        let receiver = if role == Role::Caller {
            &mut called
        } else {
            &mut caller
        };
        receiver.handle_bytes(wire);
        assert_eq!(&receiver.records.pop().unwrap(), plaintext);
        assert_eq!(Record::parse(plaintext), Ok(Record::Message(message)));
    }
}

#[test]
fn a_session_understands_the_whole_example_call() {
    let blocks = page_blocks();
    let now = an_instant();
    let mut session = Session::new(config(Role::Called, "bob", 2), now);
    let mut caller = HandPeer::new(Role::Caller, [1; 32]);
    caller.exchange(&mut session, now);
    let said: Vec<_> = blocks[5..].iter().zip(example()).collect();
    for ((_, plaintext), (role, _)) in &said {
        if *role == Role::Caller {
            caller.send_plaintext(plaintext);
            caller.exchange(&mut session, now);
            session.accept(now);
            session.acknowledge(now, 0, Outcome::Shown);
        }
    }
    let events: Vec<_> = std::iter::from_fn(|| session.poll_event()).collect();
    let jpegs: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Picture(picture) => Some(picture.jpeg.as_slice()),
            _ => None,
        })
        .collect();
    let first = b"\xff\xd8\xff\xdbtables\xff\xdafirst\xff\xd9".as_slice();
    let second = b"\xff\xd8\xff\xdbtables\xff\xdasecond\xff\xd9".as_slice();
    assert_eq!(jpegs, [first, second]);
    let end = ttychat::session::CloseReason::PeerLeft(Goodbye::Quit);
    assert_eq!(events.last(), Some(&Event::Closed(end)));
}

#[test]
fn the_greetings_of_the_page_are_the_session_s() {
    let blocks = page_blocks();
    for (block, role) in blocks.iter().zip([Role::Caller, Role::Called]) {
        let mut session = Session::new(config(role, "a", 1), an_instant());
        let mut bytes = Vec::new();
        assert!(session.poll_transmit(an_instant(), &mut bytes));
        assert_eq!(block.0, bytes);
    }
    let prologue = [blocks[0].0.as_slice(), &blocks[1].0].concat();
    assert_eq!(prologue, protocol::prologue());
}

#[test]
fn the_page_s_table_of_limits_is_the_code_s() {
    let page = page();
    for (name, value) in [
        ("NAME_LEN_MAX", limits::NAME_LEN_MAX),
        ("TEXT_LEN_MAX", limits::TEXT_LEN_MAX),
        ("JPEG_LEN_MAX", limits::JPEG_LEN_MAX),
        ("PICTURE_SIDE_MAX", usize::from(limits::PICTURE_SIDE_MAX)),
        ("PIECE_LEN_MAX", limits::PIECE_LEN_MAX),
        ("MESSAGE_LEN_MAX", limits::MESSAGE_LEN_MAX),
        ("SHARED_LEN_MAX", limits::SHARED_LEN_MAX),
        (
            "PICTURES_UNACKNOWLEDGED_MAX",
            limits::PICTURES_UNACKNOWLEDGED_MAX,
        ),
        ("PICTURES_IN_FLIGHT_MAX", limits::PICTURES_IN_FLIGHT_MAX),
        ("TEXTS_WAITING_MAX", limits::TEXTS_WAITING_MAX),
        ("MESSAGES_BURST_MAX", limits::MESSAGES_BURST_MAX as usize),
        (
            "MESSAGES_PER_SECOND_MAX",
            limits::MESSAGES_PER_SECOND_MAX as usize,
        ),
    ] {
        let row = format!("| `{name}` | {value} ");
        assert!(page.contains(&row), "docs/PROTOCOL.md 7 lacks {row:?}");
    }
}

// Cuts.

#[test]
fn every_cut_of_a_call_means_the_same() {
    let now = an_instant();
    // The same bytes cannot be had twice from two random handshakes, so each cut is a call.
    let listen = |cut: &dyn Fn(&mut Session, &[u8])| -> Vec<Event> {
        let mut session = Session::new(config(Role::Called, "bob", 2), now);
        let mut caller = HandPeer::new(Role::Caller, [1; 32]);
        let deliver = |caller: &mut HandPeer, session: &mut Session| {
            cut(session, &std::mem::take(&mut caller.out));
            session.accept(now);
            let mut bytes = Vec::new();
            while session.poll_transmit(now, &mut bytes) {}
            caller.handle_bytes(&bytes);
        };
        for _ in 0..3 {
            deliver(&mut caller, &mut session);
        }
        caller.send(&example().remove(0).1);
        deliver(&mut caller, &mut session);
        for (role, message) in example().into_iter().skip(7) {
            if role == Role::Caller {
                caller.send(&message);
            }
        }
        deliver(&mut caller, &mut session);
        std::iter::from_fn(|| session.poll_event())
            .map(|event| match event {
                Event::Picture(picture) => Event::Picture(ttychat::session::ReceivedPicture {
                    captured_at: now,
                    ..picture
                }),
                other => other,
            })
            .collect()
    };
    let whole = listen(&|session, bytes| session.handle_bytes(now, bytes));
    assert_eq!(whole.len(), 8, "{whole:?}");
    let one_by_one = listen(&|session, bytes| {
        bytes
            .iter()
            .for_each(|byte| session.handle_bytes(now, &[*byte]));
    });
    assert_eq!(one_by_one, whole);
    for at in 0..300 {
        let cut = listen(&|session, bytes| {
            let (head, tail) = bytes.split_at(at.min(bytes.len()));
            session.handle_bytes(now, head);
            session.handle_bytes(now, &[]);
            session.handle_bytes(now, tail);
        });
        assert_eq!(cut, whole, "cut at {at}");
    }
}

#[test]
fn pieces_join_to_the_message_whatever_its_length() {
    let mut random = Random::new(Random::seed(3));
    let piece = limits::PIECE_LEN_MAX;
    for len in [
        1,
        piece - 1,
        piece,
        piece + 1,
        2 * piece - 6,
        2 * piece - 5,
        100_000,
    ] {
        let mut message = random.bytes(len);
        message[0] = 11;
        let mut pieces = Pieces::new(message.clone());
        let mut assembler = Assembler::default();
        let mut whole = None;
        while !pieces.is_done() {
            assert!(whole.is_none());
            let mut plaintext = Vec::new();
            pieces.poll_record(&mut plaintext);
            assert!(plaintext.len() <= piece);
            whole = match plaintext[0] {
                13 | 14 => match Record::parse(&plaintext).unwrap() {
                    Record::FirstPiece { total_len, bytes } => assembler.first(total_len, bytes),
                    Record::NextPiece(bytes) => assembler.next(bytes).unwrap(),
                    other => panic!("{other:?}"),
                },
                _ => Some(plaintext),
            };
        }
        assert_eq!(whole.as_ref(), Some(&message), "{len}");
        assert_eq!(pieces.len_left(), 0);
    }
}

#[test]
fn wrong_pieces_are_refused() {
    let mut assembler = Assembler::default();
    assert_eq!(assembler.next(&[1]), Err(ProtocolError::OutOfTurn));
    assert_eq!(assembler.first(3, &[11, 2]), None);
    assert_eq!(assembler.next(&[3, 4]), Err(ProtocolError::WrongLength));
    assert_eq!(assembler.first(2, &[11]), None);
    assert_eq!(assembler.first(3, &[11, 2]), None);
    assert_eq!(assembler.next(&[3]), Ok(Some(vec![11, 2, 3])));
    assert_eq!(assembler.next(&[3]), Err(ProtocolError::OutOfTurn));
    assert_eq!(assembler.first(2, &[11]), None);
    assembler.abandon();
    assert_eq!(assembler.next(&[3]), Err(ProtocolError::OutOfTurn));

    check_error(&[13, 0, 0, 0, 1], ProtocolError::WrongLength);
    check_error(&[13, 0, 0, 0, 1, 11, 1], ProtocolError::WrongLength);
    check_error(&[13, 0, 0, 0], ProtocolError::WrongLength);
    check_error(&[13, 0, 0, 0, 9, 10], ProtocolError::OutOfTurn);
    check_error(&[13, 0, 0, 0, 9, 13], ProtocolError::OutOfTurn);
    check_error(&[14], ProtocolError::WrongLength);
}

// Limits, each at what is allowed and one beyond.

/// Expects that `plaintext` is refused.
#[track_caller]
fn check_error(plaintext: &[u8], error: ProtocolError) {
    assert_eq!(Record::parse(plaintext), Err(error));
}

/// Expects that `message` is read back as it was written.
#[track_caller]
fn check_whole(message: &Message) {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    assert_eq!(Message::parse(&bytes).as_ref(), Ok(&Some(message.clone())));
}

/// Expects that `message`, which a sender should not have written, is refused.
#[track_caller]
fn check_refused(message: &Message, error: ProtocolError) {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    assert_eq!(Message::parse(&bytes), Err(error));
}

fn video(len: usize, shared_len: u16, size: Size) -> Message {
    Message::Video(Video {
        sequence: 1,
        captured_at: 2,
        size,
        shared_len,
        jpeg: vec![7; len],
    })
}

#[test]
fn names_and_texts_have_their_limits() {
    let hello = |len| {
        Message::Hello(Hello {
            name: "x".repeat(len),
            ..Hello::default()
        })
    };
    check_whole(&hello(0));
    check_whole(&hello(limits::NAME_LEN_MAX));
    check_refused(&hello(limits::NAME_LEN_MAX + 1), ProtocolError::TooLarge);
    let text = |len| Message::Text("x".repeat(len));
    check_refused(&text(0), ProtocolError::WrongLength);
    check_whole(&text(1));
    check_whole(&text(limits::TEXT_LEN_MAX));
    check_refused(&text(limits::TEXT_LEN_MAX + 1), ProtocolError::TooLarge);
    check_error(&[10, 0xff], ProtocolError::NotUtf8);
    check_error(&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0xc3], ProtocolError::NotUtf8);
}

#[test]
fn pictures_have_their_limits() {
    let side = limits::PICTURE_SIDE_MAX;
    for (width, height) in [(1, 1), (side, side)] {
        check_whole(&video(1, 0, Size { width, height }));
    }
    for (width, height) in [(0, 1), (1, 0), (side + 1, 1), (1, side + 1)] {
        check_refused(
            &video(1, 0, Size { width, height }),
            ProtocolError::BadValue,
        );
    }
    check_refused(&video(0, 0, AREA), ProtocolError::WrongLength);
    check_whole(&video(limits::JPEG_LEN_MAX, 0, AREA));
    check_refused(
        &video(limits::JPEG_LEN_MAX + 1, 0, AREA),
        ProtocolError::TooLarge,
    );
    let shared = u16::try_from(limits::SHARED_LEN_MAX).unwrap();
    check_whole(&video(0, 1, AREA));
    check_whole(&video(
        limits::JPEG_LEN_MAX - limits::SHARED_LEN_MAX,
        shared,
        AREA,
    ));
    check_refused(
        &video(
            limits::JPEG_LEN_MAX - limits::SHARED_LEN_MAX + 1,
            shared,
            AREA,
        ),
        ProtocolError::TooLarge,
    );
    check_refused(&video(1, shared + 1, AREA), ProtocolError::BadValue);
}

#[test]
fn picture_areas_have_their_limits() {
    let side = limits::PICTURE_SIDE_MAX;
    for (width, height) in [(0, 0), (0, 5), (side, side)] {
        check_whole(&Message::PictureArea(Size { width, height }));
    }
    for (width, height) in [(side + 1, 1), (1, side + 1)] {
        let area = Size { width, height };
        check_refused(&Message::PictureArea(area), ProtocolError::BadValue);
        let hello = Hello {
            picture_area: area,
            ..Hello::default()
        };
        check_refused(&Message::Hello(hello), ProtocolError::BadValue);
    }
}

#[test]
fn records_have_their_limits() {
    let mut plaintext = vec![200; limits::PIECE_LEN_MAX];
    assert_eq!(Record::parse(&plaintext), Ok(Record::Ignorable));
    plaintext.push(0);
    check_error(&plaintext, ProtocolError::TooLarge);
    check_error(&[], ProtocolError::WrongLength);

    let total = u32::try_from(limits::MESSAGE_LEN_MAX).unwrap();
    let first = |total: u32| [&[13], total.to_be_bytes().as_slice(), &[11]].concat();
    assert!(matches!(
        Record::parse(&first(total)),
        Ok(Record::FirstPiece { .. })
    ));
    check_error(&first(total + 1), ProtocolError::TooLarge);
    check_error(&first(0), ProtocolError::WrongLength);
    check_error(&first(u32::MAX), ProtocolError::TooLarge);
}

#[test]
fn frames_have_their_limits() {
    let lens = SEALED_LEN_MIN..=SEALED_LEN_MAX;
    for len in [SEALED_LEN_MIN, SEALED_LEN_MAX] {
        let body = vec![5; len];
        let mut bytes = Vec::new();
        protocol::frame(&body, &mut bytes);
        let mut deframer = Deframer::default();
        assert_eq!(deframer.take(&mut bytes.as_slice(), &lens), Ok(true));
        assert_eq!(deframer.body(), body);
    }
    for (len, error) in [
        (0, ProtocolError::WrongLength),
        (SEALED_LEN_MIN - 1, ProtocolError::WrongLength),
        (SEALED_LEN_MAX + 1, ProtocolError::TooLarge),
        (usize::from(u16::MAX), ProtocolError::TooLarge),
    ] {
        let bytes = u16::try_from(len).unwrap().to_be_bytes();
        assert_eq!(
            Deframer::default().take(&mut bytes.as_slice(), &lens),
            Err(error)
        );
    }
}

// Every kind.

#[test]
fn every_message_is_read_back_and_no_part_of_it_is_enough() {
    let states = [
        CameraState::Missing,
        CameraState::Off,
        CameraState::On,
        CameraState::Paused,
        CameraState::Lost,
    ];
    let goodbyes = [Goodbye::Quit, Goodbye::Ended, Goodbye::Misbehaved];
    let refusals = [Refusal::Busy, Refusal::Declined, Refusal::Unanswered];
    let outcomes = [Outcome::Broken, Outcome::Dropped, Outcome::Shown];
    let acknowledged = outcomes.map(|outcome| Message::VideoAcknowledged {
        sequence: 0x0102_0304,
        outcome,
    });
    let messages = example()
        .into_iter()
        .map(|(_, message)| message)
        .chain(states.map(Message::CameraState))
        .chain(goodbyes.map(Message::Goodbye))
        .chain(refusals.map(Message::Refused))
        .chain(acknowledged);
    for message in messages {
        check_whole(&message);
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        let open_ended = matches!(
            message,
            Message::Hello(_) | Message::Text(_) | Message::Video(_)
        );
        for len in 0..bytes.len() {
            match Message::parse(&bytes[..len]) {
                Err(ProtocolError::WrongLength) => {}
                Ok(Some(other)) if open_ended => assert_ne!(other, message),
                Err(ProtocolError::NotUtf8) if open_ended => {}
                other => panic!("{len} bytes of {message:?}: {other:?}"),
            }
        }
        if !open_ended {
            bytes.push(0);
            assert_eq!(Message::parse(&bytes), Err(ProtocolError::WrongLength));
        }
    }
}

#[test]
fn values_without_meaning_are_refused() {
    for (kind, values) in [(4, 3), (5, 3), (8, 5)] {
        check_error(&[kind, values], ProtocolError::BadValue);
        check_error(&[kind, 255], ProtocolError::BadValue);
    }
    check_error(&[12, 0, 0, 0, 0, 3], ProtocolError::BadValue);
    for kind in [0, 15, 127] {
        check_error(&[kind], ProtocolError::UnknownKind);
    }
    for kind in [128, 255] {
        assert_eq!(Record::parse(&[kind, 1, 2]), Ok(Record::Ignorable));
    }
}

#[test]
fn greetings_are_judged_at_the_first_wrong_byte() {
    let role = Role::Called;
    let right = protocol::greeting(role);
    for len in 0..=right.len() {
        assert_eq!(protocol::check_greeting(role, &right[..len]), Ok(()));
    }
    for index in 0..right.len() {
        let mut wrong = right;
        wrong[index] ^= 0x20;
        let expected = match index {
            7 => WrongGreeting::Version(0x21),
            _ => WrongGreeting::NotTtychat,
        };
        assert_eq!(
            protocol::check_greeting(role, &wrong[..=index]),
            Err(expected)
        );
        assert_eq!(protocol::check_greeting(role, &wrong[..index]), Ok(()));
    }
    assert_eq!(
        protocol::check_greeting(Role::Caller, &right),
        Err(WrongGreeting::NotTtychat)
    );
}

#[test]
fn the_page_s_timers_are_the_code_s() {
    use ttychat::session::timers;
    let page = page();
    for (name, value) in [
        ("handshake", timers::HANDSHAKE_TIMEOUT),
        ("asking", timers::ASKING_TIMEOUT),
        ("ringing", timers::RINGING_TIMEOUT),
        ("name", timers::HANDSHAKE_TIMEOUT),
        ("ping", timers::PING_INTERVAL),
        ("ping, peer paused", timers::PAUSED_PING_INTERVAL),
        ("silence", timers::SILENCE_TIMEOUT),
        ("silence, peer paused", timers::PAUSE_TIMEOUT),
    ] {
        let row = format!("| {name} | {} s ", value.as_secs());
        assert!(page.contains(&row), "docs/PROTOCOL.md 6 lacks {row:?}");
        assert_eq!(value.subsec_nanos(), 0);
        assert!(value >= Duration::from_secs(1));
    }
}
