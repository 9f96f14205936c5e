//! A whole call: after an honest handshake the peer says anything in any order, while the person
//! at our end does anything too.

mod doing;
mod hearing;
mod pictures;
mod saying;

use super::{peer::HandPeer, script::Script};
use hearing::Hearing;
use std::time::{Duration, Instant};
use ttychat::{
    protocol::{
        CameraState, Goodbye, Message, Outcome, Record, Refusal, Role, Size,
        limits::{JPEG_LEN_MAX, PICTURES_UNACKNOWLEDGED_MAX, TEXT_LEN_MAX, TEXTS_WAITING_MAX},
    },
    session::{CloseReason, Config, Event, Session, StaticKey},
};

const CAMERA_STATES: [CameraState; 5] = [
    CameraState::Missing,
    CameraState::Off,
    CameraState::On,
    CameraState::Paused,
    CameraState::Lost,
];
const REFUSALS: [Refusal; 3] = [Refusal::Busy, Refusal::Declined, Refusal::Unanswered];
const GOODBYES: [Goodbye; 3] = [Goodbye::Quit, Goodbye::Ended, Goodbye::Misbehaved];
const OUTCOMES: [Outcome; 3] = [Outcome::Broken, Outcome::Dropped, Outcome::Shown];

/// Most records that may leave at once: texts, and pictures in pieces as short as a slow link's.
const RECORDS_AT_ONCE_MAX: usize = 10_000;

pub fn check(data: &[u8]) {
    let mut script = Script::new(data);
    let role = if script.flag() {
        Role::Caller
    } else {
        Role::Called
    };
    let mut call = Call::new(role);
    call.exchange();
    assert!(call.peer.is_ready() && call.session.peer_key().is_some());
    let how = script.u8();
    if how & 1 == 1 {
        call.bring_up(u32::from(how >> 1));
    }
    while !script.is_over() {
        match script.u8() % 40 {
            choice @ (16..32 | 35 | 39) => call.we_do(choice, &mut script),
            choice => call.peer_says(choice, &mut script),
        }
        call.exchange();
    }
    call.assert_ends();
}

struct Call {
    began_at: Instant,
    now: Instant,
    role: Role,
    session: Session,
    peer: HandPeer,
    chunk_len: usize,
    accepted: bool,
    closed: Option<CloseReason>,
    last_sequence: Option<u32>,
    last_size: Option<Size>,
    owed: Vec<u32>,
    next_sequence: u32,
    heard: Hearing,
}

impl Call {
    fn new(role: Role) -> Self {
        let now = Instant::now() + Duration::from_secs(100_000);
        let config = Config {
            role,
            name: "our name is secret".to_owned(),
            picture_area: size(160, 90),
            key: StaticKey::from_bytes([1; 32]),
        };
        Self {
            began_at: now,
            now,
            role,
            session: Session::new(config, now),
            peer: HandPeer::new(role.other(), [7; 32]),
            chunk_len: 1 << 20,
            accepted: false,
            closed: None,
            last_sequence: None,
            last_size: None,
            owed: Vec::new(),
            next_sequence: 0,
            heard: Hearing::default(),
        }
    }

    /// Time goes by, and each deadline is kept.
    fn pass(&mut self, duration: Duration) {
        let end = self.now + duration;
        while let Some(deadline) = self.session.deadline().filter(|deadline| *deadline <= end) {
            self.now = self.now.max(deadline);
            self.session.handle_timeout(self.now);
            assert!(
                self.session.deadline().is_none_or(|next| next > self.now),
                "a deadline that does not go away"
            );
            self.exchange();
        }
        self.now = end;
    }

    /// Carries bytes both ways until there are none, and looks at all that comes out.
    fn exchange(&mut self) {
        for _ in 0..4 {
            let heard = std::mem::take(&mut self.peer.out);
            for chunk in heard.chunks(self.chunk_len) {
                self.session.handle_bytes(self.now, chunk);
                self.take_events();
            }
            self.take_events();
            let mut said = Vec::new();
            let mut record_count = 0;
            while self.session.poll_transmit(self.now, &mut said) {
                record_count += 1;
                assert!(
                    record_count <= RECORDS_AT_ONCE_MAX,
                    "it never comes to rest"
                );
            }
            // It panics at a record that does not decrypt.
            self.peer.handle_bytes(&said);
            self.look_at_records();
            let waiting = self.session.statistics().bytes_waiting;
            assert!(
                waiting <= 3 * JPEG_LEN_MAX + TEXTS_WAITING_MAX * TEXT_LEN_MAX,
                "{waiting} bytes wait"
            );
            if said.is_empty() && self.peer.out.is_empty() {
                return;
            }
        }
    }

    fn take_events(&mut self) {
        while let Some(event) = self.session.poll_event() {
            assert_eq!(self.closed, None, "{event:?} after the end");
            match event {
                Event::Closed(reason) => {
                    assert!(!self.session.is_up());
                    self.closed = Some(reason);
                }
                Event::Text(text) => assert!((1..=TEXT_LEN_MAX).contains(&text.len())),
                Event::Picture(picture) => {
                    assert!((1..=JPEG_LEN_MAX).contains(&picture.jpeg.len()));
                    assert!(
                        self.last_sequence
                            .is_none_or(|last| last < picture.sequence)
                    );
                    assert!(picture.captured_at <= self.now);
                    self.last_sequence = Some(picture.sequence);
                    if let Some(blocks) = &picture.blocks {
                        assert_eq!(self.last_size, Some(picture.size), "over nothing");
                        assert_eq!(blocks.len(), picture.size.block_count().div_ceil(8));
                    }
                    self.last_size = Some(picture.size);
                    self.owed.push(picture.sequence);
                    assert!(self.owed.len() <= PICTURES_UNACKNOWLEDGED_MAX);
                }
                Event::Up { .. } => {
                    assert!(self.role == Role::Caller || self.accepted);
                }
                Event::Asked { .. } => assert_eq!(self.role, Role::Called),
                Event::Ringing => assert_eq!(self.role, Role::Caller),
                Event::Unchanged { captured_at } => assert!(captured_at <= self.now),
                Event::PeerArea(_) | Event::PeerCamera(_) => {}
            }
        }
    }

    /// What we say is always right, and before the call is taken it says nothing of ourselves.
    fn look_at_records(&mut self) {
        let records = std::mem::take(&mut self.peer.records);
        for plaintext in &records {
            let record = Record::parse(plaintext).expect("we keep the protocol");
            self.heard.take(&record);
            if self.role == Role::Called && !self.accepted {
                let Record::Message(message) = record else {
                    panic!("said before the call was taken: {record:?}");
                };
                assert!(
                    matches!(
                        message,
                        Message::Ringing
                            | Message::Ping { .. }
                            | Message::Pong { .. }
                            | Message::Goodbye(_)
                            | Message::Refused(_)
                    ),
                    "said before the call was taken: {message:?}"
                );
            }
        }
    }

    /// With a peer that says nothing more, every call ends by itself.
    fn assert_ends(&mut self) {
        self.pass(Duration::from_secs(700));
        self.exchange();
        assert!(self.closed.is_some(), "a silent peer keeps the call up");
        assert!(!self.session.is_up() && self.session.deadline().is_none());
    }
}

fn size(width: u16, height: u16) -> Size {
    Size { width, height }
}

fn one_of<T: Copy>(all: &[T], script: &mut Script<'_>) -> T {
    all[usize::from(script.u8()) % all.len()]
}
