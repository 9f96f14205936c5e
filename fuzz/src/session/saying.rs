//! What the peer says: rightly, wrongly, and spoilt on the way.

use super::{
    super::script::Script, CAMERA_STATES, Call, GOODBYES, OUTCOMES, REFUSALS, one_of, size,
};
use std::time::Duration;
use ttychat::protocol::{
    CameraState, Hello, Message, Role,
    limits::{PIECE_LEN_MAX, TEXT_LEN_MAX},
};

impl Call {
    /// The usual beginning, so that not every input must find it.
    pub(super) fn bring_up(&mut self, capabilities: u32) {
        let hello = Message::Hello(Hello {
            name: "alice".to_owned(),
            capabilities,
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

    pub(super) fn say(&mut self, message: &Message) {
        self.peer.send(message);
    }

    pub(super) fn peer_says(&mut self, choice: u8, script: &mut Script<'_>) {
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
                if let Some(ping_sent_at) = self.heard.pings.pop() {
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
            36 => self.answer_pings(),
            37 => self.answer_picture(script),
            38 => self.live(script.u8()),
            _ => self.spoil(script),
        }
    }

    /// The peer's clock, which agrees with itself.
    fn peer_time(&self) -> u64 {
        let since = self.now.duration_since(self.began_at);
        5_000_000 + u64::try_from(since.as_micros()).expect("not that long")
    }

    fn answer_pings(&mut self) {
        for ping_sent_at in std::mem::take(&mut self.heard.pings) {
            let answered_at = self.peer_time();
            self.say(&Message::Pong {
                ping_sent_at,
                answered_at,
            });
        }
    }

    /// Our oldest picture that came is answered as it ought to be, sooner or later.
    fn answer_picture(&mut self, script: &mut Script<'_>) {
        let Some(sequence) = self.heard.pictures.pop_front() else {
            return;
        };
        let arrived_at = self.peer_time() + u64::from(script.u16()) * 64;
        self.say(&Message::Received {
            sequence,
            arrived_at,
        });
        let outcome = one_of(&OUTCOMES, script);
        self.say(&Message::VideoAcknowledged { sequence, outcome });
    }

    /// So many seconds in which the peer is there.
    fn live(&mut self, seconds: u8) {
        for _ in 0..seconds {
            self.pass(Duration::from_secs(1));
            let sent_at = self.peer_time();
            self.say(&Message::Ping { sent_at });
            self.answer_pings();
            self.exchange();
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
}
