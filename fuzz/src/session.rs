//! A whole call: after an honest handshake the peer says anything in any order, while the person
//! at our end does anything too.

mod pictures;

use super::{peer::HandPeer, script::Script};
use std::time::{Duration, Instant};
use ttychat::{
    protocol::{
        CameraState, Goodbye, Hello, Message, Outcome, Record, Refusal, Role, Size, capability,
        limits::{
            JPEG_LEN_MAX, PICTURES_UNACKNOWLEDGED_MAX, PIECE_LEN_MAX, TEXT_LEN_MAX,
            TEXTS_WAITING_MAX,
        },
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
    if script.flag() {
        call.bring_up();
    }
    while !script.is_over() {
        match script.u8() % 36 {
            choice @ (..16 | 32..) => call.peer_says(choice, &mut script),
            choice => call.we_do(choice, &mut script),
        }
        call.exchange();
    }
    call.assert_ends();
}

struct Call {
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
    pings: Vec<u64>,
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
            pings: Vec::new(),
        }
    }

    /// The usual beginning, so that not every input must find it.
    fn bring_up(&mut self) {
        let hello = Message::Hello(Hello {
            name: "alice".to_owned(),
            capabilities: capability::PATCHES,
            picture_area: size(160, 90),
        });
        match self.role {
            Role::Called => self.say(&hello),
            Role::Caller => {
                for message in [Message::Ringing, Message::Accepted, hello] {
                    self.say(&message);
                }
            }
        }
        self.exchange();
        self.accepted = true;
        self.session.accept(self.now);
        self.session.set_camera_state(self.now, CameraState::On);
        self.say(&Message::CameraState(CameraState::On));
        self.exchange();
        assert!(self.session.is_up());
    }

    fn say(&mut self, message: &Message) {
        self.peer.send(message);
    }

    fn peer_says(&mut self, choice: u8, script: &mut Script<'_>) {
        match choice {
            0 => {
                let len = usize::from(script.u8());
                let plaintext = script.bytes(len).to_vec();
                self.peer.send_plaintext(&plaintext);
            }
            1 => {
                let mut plaintext =
                    vec![script.u8(); 1 + usize::from(script.u16()) % PIECE_LEN_MAX];
                plaintext[0] = script.u8();
                self.peer.send_plaintext(&plaintext);
            }
            2 => self.say(&Message::Hello(Hello {
                capabilities: script.u32(),
                name: "e".repeat(usize::from(script.u8()) % 140),
                picture_area: size(script.u16(), script.u16()),
            })),
            3 => self.say(&Message::Ringing),
            4 => self.say(&Message::Accepted),
            5 => self.say(&Message::Refused(one_of(&REFUSALS, script))),
            6 => self.say(&Message::Goodbye(one_of(&GOODBYES, script))),
            7 => self.say(&Message::Ping {
                sent_at: u64::from(script.u32()) << (script.u8() % 33),
            }),
            8 => {
                if let Some(ping_sent_at) = self.pings.pop() {
                    self.say(&Message::Pong {
                        ping_sent_at,
                        answered_at: u64::from(script.u32()) << (script.u8() % 33),
                    });
                }
            }
            9 => self.say(&Message::CameraState(one_of(&CAMERA_STATES, script))),
            10 => self.say(&Message::PictureArea(size(script.u16(), script.u16()))),
            11 => self.say(&Message::Text(
                "x".repeat(usize::from(script.u16()) % (TEXT_LEN_MAX + 8)),
            )),
            12 => self.say_video(script),
            13 => self.say(&Message::VideoAcknowledged {
                sequence: script.u8().into(),
                outcome: one_of(&OUTCOMES, script),
            }),
            14 => self.say_in_pieces(script),
            32 => self.say(&Message::PictureRate {
                hundredths: script.u16(),
            }),
            33 => self.say(&Message::Received {
                sequence: script.u8().into(),
                arrived_at: u64::from(script.u32()) << (script.u8() % 33),
            }),
            34 => self.say(&Message::Unchanged {
                captured_at: u64::from(script.u32()) << (script.u8() % 33),
            }),
            35 => {
                self.session
                    .set_picture_rate(self.now, script.flag().then(|| script.u8().into()));
                let _will_do = self.session.send_unchanged(self.now, self.now);
            }
            _ => self.spoil(script),
        }
    }

    /// What was said and has not left is changed, repeated or lost on the way.
    fn spoil(&mut self, script: &mut Script<'_>) {
        self.say(&Message::Text("spoilt".to_owned()));
        let at = usize::from(script.u16());
        let out = &mut self.peer.out;
        match script.u8() % 3 {
            0 => {
                let at = at % out.len();
                out[at] ^= 1 << (script.u8() % 8);
            }
            1 => out.extend(out.clone()),
            _ => {
                let len = at % out.len();
                out.truncate(len);
            }
        }
    }

    fn we_do(&mut self, choice: u8, script: &mut Script<'_>) {
        let now = self.now;
        match choice {
            16 => self.pass(Duration::from_millis(script.u16().into())),
            17 => self.pass(Duration::from_secs(script.u8().into())),
            18 => {
                self.accepted = true;
                self.session.accept(now);
            }
            19 => self.session.refuse(now, one_of(&REFUSALS, script)),
            20 => {
                let text = "\u{e9}".repeat(usize::from(script.u16()) % TEXT_LEN_MAX);
                let sent = self.session.send_text(now, &text);
                assert!(!sent || self.session.is_up());
            }
            21 | 22 => self.we_send_a_picture(script),
            23 => {
                let state = one_of(&CAMERA_STATES, script);
                self.session.set_camera_state(now, state);
            }
            24 => {
                let area = size(script.u16(), script.u16());
                self.session.set_picture_area(now, area);
            }
            25 | 26 => {
                let index = usize::from(script.u8());
                if !self.owed.is_empty() {
                    let sequence = self.owed.remove(index % self.owed.len());
                    self.session
                        .acknowledge(now, sequence, one_of(&OUTCOMES, script));
                }
            }
            27 => self.session.acknowledge(now, script.u32(), Outcome::Shown),
            28 => self.session.hang_up(now, one_of(&GOODBYES, script)),
            29 => self.session.handle_resume(now),
            30 => self.chunk_len = 1 + usize::from(script.u8()),
            _ => {
                self.session.handle_disconnect(now);
            }
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
            if let Record::Message(Message::Ping { sent_at }) = record {
                self.pings.push(sent_at);
            }
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
