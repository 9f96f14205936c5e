//! The wire: docs/PROTOCOL.md's bytes both ways, every cut of the stream, every limit.
//!
//! `TTYCHAT_BLESS=1` writes the example of docs/PROTOCOL.md anew.

#![allow(
    clippy::similar_names,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "test code; caller and called are the protocol's words"
)]

mod support;

#[path = "protocol/cuts.rs"]
mod cuts;
#[path = "protocol/limits.rs"]
mod limits_of_messages;
#[path = "protocol/tables.rs"]
mod tables;

use std::fmt::Write as _;
use support::{
    link::Random,
    pair::{an_instant, config},
    peer::HandPeer,
};
use ttychat::{
    protocol::{
        self, Assembler, CameraState, Deframer, Goodbye, Hello, Message, Outcome, Patch, Pieces,
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
    let mut messages = vec![
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
    ];
    messages.extend(example_of_pictures());
    messages.extend([
        (Role::Called, Message::Text("grüß dich 👋".to_owned())),
        (Role::Caller, Message::CameraState(CameraState::Paused)),
        (Role::Caller, Message::Goodbye(Goodbye::Quit)),
    ]);
    messages
}

/// Two pictures, what becomes of them, and what is said of such.
fn example_of_pictures() -> Vec<(Role, Message)> {
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
        (
            Role::Called,
            Message::Received {
                sequence: 1,
                arrived_at: 63_071_250,
            },
        ),
        (
            Role::Caller,
            Message::Unchanged {
                captured_at: 63_266_667,
            },
        ),
        (Role::Caller, limits_of_messages::example_of_a_patch()),
        (Role::Called, Message::PictureArea(AREA)),
        (Role::Called, Message::PictureRate { hundredths: 920 }),
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
    let sheet = b"\xff\xd8\xff\xdbtables\xff\xdasheet\xff\xd9".as_slice();
    assert_eq!(jpegs, [first, second, sheet]);
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
    assert_eq!(prologue, protocol::prologue(protocol::Admission::Anyone));
}
