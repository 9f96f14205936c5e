//! Bytes of the connection ⇄ plaintext records: greeting, handshake, encryption.
//!
//! It does not know messages or time. The only place that names `snow`.
//!
//! Invariant: before the handshake is done it takes fixed lengths only; afterwards it holds one
//! record at most; what it gives as a record was sealed by the peer of the handshake.

use super::{CloseReason, StaticKey};
use crate::protocol::{
    self, Deframer, GREETING_LEN, HANDSHAKE_LENS, ProtocolError, Role, SEALED_LEN_MAX,
    SEALED_LEN_MIN, VERSION, WrongGreeting,
};
use snow::{Builder, HandshakeState, TransportState};

/// What came out of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// Keys are agreed; records may go both ways.
    HandshakeDone,
    /// All bytes are taken and nothing more is whole.
    Nothing,
    /// [`Channel::record`] holds a plaintext record.
    Record,
}

#[derive(Debug)]
pub(super) struct Channel {
    role: Role,
    key: StaticKey,
    state: State,
    heard_greeting: Vec<u8>,
    deframer: Deframer,
    /// The last record's plaintext.
    plaintext: Vec<u8>,
    /// Greeting and handshake, at most `GREETING_LEN + 2 + 96` bytes.
    outgoing: Vec<u8>,
    handshake_hash: Option<[u8; 32]>,
    peer_key: Option<[u8; 32]>,
}

#[derive(Debug)]
enum State {
    /// Something failed for good.
    Broken,
    Greeting,
    /// And how many of its messages are done, 0 to 2.
    Handshake(Box<HandshakeState>, usize),
    Transport(Box<TransportState>),
}

/// The one pattern that this version speaks.
#[expect(
    clippy::expect_used,
    reason = "a constant that snow knows, seen by every test"
)]
pub(super) fn noise_builder<'a>() -> Builder<'a> {
    Builder::new(
        "Noise_XX_25519_ChaChaPoly_BLAKE2s"
            .parse()
            .expect("a pattern that snow knows"),
    )
}

impl Channel {
    pub(super) fn new(role: Role, key: StaticKey) -> Self {
        Self {
            role,
            key,
            state: State::Greeting,
            heard_greeting: Vec::with_capacity(GREETING_LEN),
            deframer: Deframer::default(),
            plaintext: Vec::new(),
            outgoing: protocol::greeting(role).to_vec(),
            handshake_hash: None,
            peer_key: None,
        }
    }

    /// Takes bytes from the front of `input` until something is whole. Call it until it says
    /// [`Received::Nothing`].
    pub(super) fn receive(&mut self, input: &mut &[u8]) -> Result<Received, CloseReason> {
        if matches!(self.state, State::Greeting) && !self.hear_greeting(input)? {
            return Ok(Received::Nothing);
        }
        match &mut self.state {
            State::Handshake(..) => self.shake_hands(input),
            State::Transport(transport) => {
                if !self
                    .deframer
                    .take(input, &(SEALED_LEN_MIN..=SEALED_LEN_MAX))?
                {
                    return Ok(Received::Nothing);
                }
                self.plaintext.resize(SEALED_LEN_MAX, 0);
                let len = transport
                    .read_message(self.deframer.body(), &mut self.plaintext)
                    .or(Err(ProtocolError::Undecryptable))?;
                self.plaintext.truncate(len);
                Ok(Received::Record)
            }
            State::Broken | State::Greeting => Ok(Received::Nothing),
        }
    }

    /// Encrypts a record, at most [`protocol::limits::PIECE_LEN_MAX`] bytes, and appends it to `out`.
    /// Says whether it could; it cannot before the handshake is done.
    pub(super) fn seal(&mut self, plaintext: &[u8], out: &mut Vec<u8>) -> bool {
        let State::Transport(transport) = &mut self.state else {
            return false;
        };
        let mut sealed = vec![0; plaintext.len() + protocol::TAG_LEN];
        let Ok(len) = transport.write_message(plaintext, &mut sealed) else {
            return false;
        };
        protocol::frame(sealed.get(..len).unwrap_or_default(), out);
        true
    }

    /// Appends what the greeting and the handshake have to send; says whether there was any.
    pub(super) fn poll_transmit(&mut self, out: &mut Vec<u8>) -> bool {
        let any = !self.outgoing.is_empty();
        out.append(&mut self.outgoing);
        any
    }

    /// Whether records can be sealed.
    pub(super) const fn is_ready(&self) -> bool {
        matches!(self.state, State::Transport(_))
    }

    pub(super) fn record(&self) -> &[u8] {
        &self.plaintext
    }

    pub(super) const fn handshake_hash(&self) -> Option<[u8; 32]> {
        self.handshake_hash
    }

    pub(super) const fn peer_key(&self) -> Option<[u8; 32]> {
        self.peer_key
    }

    /// Says whether the peer's greeting is whole; the handshake has begun then.
    fn hear_greeting(&mut self, input: &mut &[u8]) -> Result<bool, CloseReason> {
        let missing = GREETING_LEN
            .saturating_sub(self.heard_greeting.len())
            .min(input.len());
        let (taken, rest) = input.split_at(missing);
        self.heard_greeting.extend(taken);
        *input = rest;
        if let Err(wrong) = protocol::check_greeting(self.role.other(), &self.heard_greeting) {
            self.state = State::Broken;
            return Err(match wrong {
                WrongGreeting::NotTtychat => CloseReason::NotTtychat,
                WrongGreeting::Version(theirs) => CloseReason::PeerIncompatible {
                    ours: VERSION,
                    theirs,
                },
            });
        }
        if self.heard_greeting.len() < GREETING_LEN {
            return Ok(false);
        }
        let key = self.key.to_bytes();
        let prologue = protocol::prologue();
        let handshake = noise_builder()
            .prologue(&prologue)
            .and_then(|builder| builder.local_private_key(&key))
            .and_then(|builder| match self.role {
                Role::Called => builder.build_responder(),
                Role::Caller => builder.build_initiator(),
            })
            .map_err(|error| self.fail_here(&error))?;
        self.state = State::Handshake(Box::new(handshake), 0);
        if self.role == Role::Caller {
            self.write_handshake()?;
        }
        Ok(true)
    }

    fn shake_hands(&mut self, input: &mut &[u8]) -> Result<Received, CloseReason> {
        let State::Handshake(handshake, done) = &mut self.state else {
            return Ok(Received::Nothing);
        };
        let len = HANDSHAKE_LENS.get(*done).copied().unwrap_or(0);
        if !self.deframer.take(input, &(len..=len))? {
            return Ok(Received::Nothing);
        }
        handshake
            .read_message(self.deframer.body(), &mut [])
            .or(Err(ProtocolError::Undecryptable))?;
        *done += 1;
        if !handshake.is_handshake_finished() {
            self.write_handshake()?;
        }
        self.finish_handshake()
    }

    fn write_handshake(&mut self) -> Result<(), CloseReason> {
        let State::Handshake(handshake, done) = &mut self.state else {
            return Ok(());
        };
        let mut message = [0; 96];
        *done += 1;
        match handshake.write_message(&[], &mut message) {
            Ok(len) => {
                protocol::frame(message.get(..len).unwrap_or_default(), &mut self.outgoing);
                Ok(())
            }
            Err(error) => Err(self.fail_here(&error)),
        }
    }

    /// Goes on to records when the last message of the handshake was read or written.
    fn finish_handshake(&mut self) -> Result<Received, CloseReason> {
        match std::mem::replace(&mut self.state, State::Broken) {
            State::Handshake(handshake, _) if handshake.is_handshake_finished() => {
                self.handshake_hash = handshake.get_handshake_hash().try_into().ok();
                self.peer_key = handshake
                    .get_remote_static()
                    .and_then(|key| key.try_into().ok());
                let transport = handshake
                    .into_transport_mode()
                    .map_err(|error| self.fail_here(&error))?;
                self.state = State::Transport(Box::new(transport));
                Ok(Received::HandshakeDone)
            }
            unfinished => {
                self.state = unfinished;
                Ok(Received::Nothing)
            }
        }
    }

    /// Only a system without random numbers comes here: the peer has done nothing wrong and no
    /// call is possible, which for the person is a lost connection.
    fn fail_here(&mut self, _error: &snow::Error) -> CloseReason {
        self.state = State::Broken;
        CloseReason::ConnectionLost
    }
}

impl From<ProtocolError> for CloseReason {
    fn from(error: ProtocolError) -> Self {
        Self::PeerMisbehaved(error)
    }
}
