//! A peer written by hand after docs/PROTOCOL.md, without the session's code: it speaks the
//! protocol rightly, or says anything.

#[path = "peer_weak.rs"]
mod weak;

use blake2::{Blake2s256, Digest};
use snow::{Builder, HandshakeState, TransportState};
use std::time::Instant;
use ttychat::{
    protocol::{Hello, Message, Record, Role},
    session::Session,
};

#[derive(Debug)]
pub(crate) struct HandPeer {
    role: Role,
    handshake: Option<HandshakeState>,
    transport: Option<TransportState>,
    incoming: Vec<u8>,
    greeted: bool,
    secret: bool,
    /// The caller's; the called one's guess of it is what came.
    pub(crate) nonce: [u8; 32],
    /// Noise's hash after the second message.
    pub(crate) words_hash: Vec<u8>,
    /// What the caller says of its nonce; what the called one was told.
    pub(crate) commitment: [u8; 32],
    /// To be given to the other end.
    pub(crate) out: Vec<u8>,
    /// Plaintext of all records that came.
    pub(crate) records: Vec<Vec<u8>>,
}

impl HandPeer {
    /// Of small order, as the curve has them: 0, 1, its twin's, and two of order 8.
    pub(crate) const WEAK_KEYS: [[u8; 32]; 7] = weak::KEYS;

    pub(crate) fn new(role: Role, key: [u8; 32]) -> Self {
        Self::with(role, key, None, None)
    }

    /// With an ephemeral key that is no secret, so that its bytes are always the same.
    pub(crate) fn fixed(role: Role, key: [u8; 32], ephemeral: [u8; 32]) -> Self {
        Self::with(role, key, Some(ephemeral), None)
    }

    /// With a secret, as 26 letters and digits.
    pub(crate) fn with_secret(role: Role, key: [u8; 32], secret: &str) -> Self {
        let secret = hash(&[b"ttychat secret", secret.as_bytes()]);
        Self::with(role, key, None, Some(secret))
    }

    /// Whose static key is of small order: what it agrees on with that is no secret.
    pub(crate) fn weak(role: Role, public: [u8; 32]) -> Self {
        let mut peer = Self::new(role, weak::MARK);
        let builder = Builder::with_resolver(
            "Noise_XX_25519_ChaChaPoly_BLAKE2s".parse().unwrap(),
            weak::resolver(public),
        );
        let builder = builder.prologue(b"ttychat\x01>ttychat\x01<").unwrap();
        let builder = builder.local_private_key(&weak::MARK).unwrap();
        let handshake = match role {
            Role::Called => builder.build_responder(),
            Role::Caller => builder.build_initiator(),
        };
        peer.handshake = Some(handshake.unwrap());
        peer
    }

    fn with(
        role: Role,
        key: [u8; 32],
        ephemeral: Option<[u8; 32]>,
        secret: Option<[u8; 32]>,
    ) -> Self {
        let (pattern, prologue) = match secret {
            None => (
                "Noise_XX_25519_ChaChaPoly_BLAKE2s",
                b"ttychat\x01>ttychat\x01<",
            ),
            Some(_) => (
                "Noise_XXpsk0_25519_ChaChaPoly_BLAKE2s",
                b"ttychat\x01}ttychat\x01{",
            ),
        };
        let mut builder = Builder::new(pattern.parse().unwrap())
            .prologue(prologue)
            .unwrap()
            .local_private_key(&key)
            .unwrap();
        if let Some(secret) = &secret {
            builder = builder.psk(0, secret).unwrap();
        }
        if let Some(ephemeral) = &ephemeral {
            builder = builder.fixed_ephemeral_key_for_testing_only(ephemeral);
        }
        let handshake = match role {
            Role::Called => builder.build_responder(),
            Role::Caller => builder.build_initiator(),
        };
        let (calling, answering) = prologue.split_at(9);
        let nonce = [0x21; 32];
        Self {
            role,
            handshake: Some(handshake.unwrap()),
            transport: None,
            incoming: Vec::new(),
            greeted: false,
            secret: secret.is_some(),
            nonce,
            words_hash: Vec::new(),
            commitment: hash(&[b"ttychat commitment", &nonce]),
            out: if role == Role::Caller {
                calling
            } else {
                answering
            }
            .to_vec(),
            records: Vec::new(),
        }
    }

    /// The four words of docs/PROTOCOL.md 3.3, as numbers.
    pub(crate) fn word_numbers(&self) -> [u64; 4] {
        let digest = hash(&[b"ttychat words", &self.words_hash, &self.nonce]);
        let first = u64::from_be_bytes(digest[..8].try_into().unwrap());
        [53, 42, 31, 20].map(|shift| first >> shift & 0x7ff)
    }

    /// From now on what is sent has a new key.
    pub(crate) fn renew_own_key(&mut self) {
        self.send_plaintext(&[15]);
        self.transport.as_mut().unwrap().rekey_outgoing();
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.transport.is_some()
    }

    pub(crate) fn handle_bytes(&mut self, bytes: &[u8]) {
        self.incoming.extend(bytes);
        if !self.greeted {
            if self.incoming.len() < 9 {
                return;
            }
            let expected = match (self.role, self.secret) {
                (Role::Caller, false) => b'<',
                (Role::Called, false) => b'>',
                (Role::Caller, true) => b'{',
                (Role::Called, true) => b'}',
            };
            let greeting: Vec<u8> = self.incoming.drain(..9).collect();
            assert_eq!(greeting, [b"ttychat\x01".as_slice(), &[expected]].concat());
            self.greeted = true;
            if self.role == Role::Caller {
                self.write_handshake();
            }
        }
        while let Some(frame) = self.take_frame() {
            self.handle_frame(&frame);
        }
    }

    /// Seals any plaintext as a record.
    pub(crate) fn send_plaintext(&mut self, plaintext: &[u8]) {
        let mut sealed = vec![0; plaintext.len() + 16];
        self.transport
            .as_mut()
            .unwrap()
            .write_message(plaintext, &mut sealed)
            .unwrap();
        self.push_frame(&sealed);
    }

    pub(crate) fn send(&mut self, message: &Message) {
        let mut plaintext = Vec::new();
        message.encode(&mut plaintext);
        self.send_plaintext(&plaintext);
    }

    /// All whole messages that came and were not taken.
    pub(crate) fn take_messages(&mut self) -> Vec<Message> {
        let records = std::mem::take(&mut self.records);
        let messages = records
            .iter()
            .filter_map(|plaintext| match Record::parse(plaintext) {
                Ok(Record::Message(message)) => Some(message),
                _ => None,
            });
        messages.collect()
    }

    /// Answers the pings that came with a clock that stands still; gives the other messages.
    pub(crate) fn answer_pings(&mut self) -> Vec<Message> {
        let (pings, others) = self
            .take_messages()
            .into_iter()
            .partition::<Vec<_>, _>(|message| matches!(message, Message::Ping { .. }));
        for ping in pings {
            if let Message::Ping { sent_at } = ping {
                self.send(&Message::Pong {
                    ping_sent_at: sent_at,
                    answered_at: 0,
                });
            }
        }
        others
    }

    /// Carries bytes both ways until there are none.
    pub(crate) fn exchange(&mut self, session: &mut Session, now: Instant) {
        loop {
            let mut bytes = Vec::new();
            while session.poll_transmit(now, &mut bytes) {}
            if bytes.is_empty() && self.out.is_empty() {
                return;
            }
            self.handle_bytes(&bytes);
            session.handle_bytes(now, &std::mem::take(&mut self.out));
        }
    }

    /// Goes through a call's beginning until it is up.
    pub(crate) fn bring_up(&mut self, session: &mut Session, now: Instant) {
        self.bring_up_with(session, now, 0);
    }

    /// The same, of a peer that understands more than every end does.
    pub(crate) fn bring_up_with(&mut self, session: &mut Session, now: Instant, capabilities: u32) {
        let hello = Message::Hello(Hello {
            name: "hand".to_owned(),
            capabilities,
            picture_area: ttychat::protocol::Size {
                width: 160,
                height: 90,
            },
        });
        self.exchange(session, now);
        match self.role {
            Role::Called => [Message::Ringing, Message::Accepted, hello]
                .iter()
                .for_each(|one| self.send(one)),
            Role::Caller => self.send(&hello),
        }
        self.exchange(session, now);
        session.accept(now);
        self.exchange(session, now);
        assert!(session.is_up());
        while session.poll_event().is_some() {}
        self.answer_pings();
        self.exchange(session, now);
    }

    fn handle_frame(&mut self, frame: &[u8]) {
        if let Some(transport) = &mut self.transport {
            let mut plaintext = vec![0; frame.len()];
            let len = transport.read_message(frame, &mut plaintext).unwrap();
            plaintext.truncate(len);
            if plaintext == [15] {
                transport.rekey_incoming();
            }
            self.records.push(plaintext);
            return;
        }
        let handshake = self.handshake.as_mut().unwrap();
        let mut payload = [0; 32];
        let len = handshake.read_message(frame, &mut payload).unwrap();
        let finished = handshake.is_handshake_finished();
        match (self.role, finished) {
            (Role::Called, false) => self.commitment = payload,
            (Role::Called, true) => self.nonce = payload,
            (Role::Caller, _) => {
                assert_eq!(len, 0);
                self.note_hash();
            }
        }
        if finished {
            self.finish();
        } else {
            self.write_handshake();
        }
    }

    fn note_hash(&mut self) {
        let handshake = self.handshake.as_ref().unwrap();
        self.words_hash = handshake.get_handshake_hash().to_vec();
    }

    fn write_handshake(&mut self) {
        let mut message = [0; 200];
        let payload: &[u8] = match (self.role, self.words_hash.is_empty()) {
            (Role::Caller, true) => &self.commitment,
            (Role::Caller, false) => &self.nonce,
            (Role::Called, _) => &[],
        };
        let handshake = self.handshake.as_mut().unwrap();
        let len = handshake.write_message(payload, &mut message).unwrap();
        let finished = handshake.is_handshake_finished();
        self.push_frame(&message[..len]);
        if self.role == Role::Called {
            self.note_hash();
        }
        if finished {
            self.finish();
        }
    }

    fn finish(&mut self) {
        self.transport = Some(
            self.handshake
                .take()
                .unwrap()
                .into_transport_mode()
                .unwrap(),
        );
    }

    fn push_frame(&mut self, body: &[u8]) {
        self.out
            .extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        self.out.extend(body);
    }

    fn take_frame(&mut self) -> Option<Vec<u8>> {
        let len = usize::from(u16::from_be_bytes(
            self.incoming.get(..2)?.try_into().unwrap(),
        ));
        self.incoming.get(2..2 + len)?;
        Some(self.incoming.drain(..2 + len).skip(2).collect())
    }
}

/// BLAKE2s of the parts, one after the other.
fn hash(parts: &[&[u8]]) -> [u8; 32] {
    Blake2s256::digest(parts.concat()).into()
}
