//! Bytes of the connection ⇄ plaintext records: greeting, handshake, encryption.
//!
//! It does not know messages or time. The only place that names `snow`.
//!
//! Invariant: before the handshake is done it takes fixed lengths only; afterwards it holds one
//! record at most; what it gives as a record was sealed by the peer of the handshake.

use super::{CloseReason, Fingerprint, Secret, StaticKey, Trust, Words, digest, key};
use crate::protocol::{
    self, Admission, Deframer, GREETING_LEN, HANDSHAKE_LENS, NONCE_LEN, ProtocolError, Role,
    SEALED_LEN_MAX, SEALED_LEN_MIN, SECRET_HANDSHAKE_LENS, VERSION, WrongGreeting,
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
    admission: Admission,
    key: StaticKey,
    trust: Trust,
    state: State,
    heard_greeting: Vec<u8>,
    deframer: Deframer,
    /// The last record's plaintext.
    plaintext: Vec<u8>,
    /// Greeting and handshake, some hundred bytes.
    outgoing: Vec<u8>,
    handshake_hash: Option<[u8; 32]>,
    peer_key: Option<[u8; 32]>,
    words: Option<Words>,
}

#[derive(Debug)]
enum State {
    /// Something failed for good.
    Broken,
    Greeting,
    Handshake(Box<Handshake>),
    Transport(Box<TransportState>),
}

/// A handshake that has begun.
#[derive(Debug)]
struct Handshake {
    noise: HandshakeState,
    /// How many of its messages are done, 0 to 2.
    done: usize,
    /// Caller: made for this call. Called: zeros until it comes.
    nonce: [u8; NONCE_LEN],
    /// To the nonce, from the first message.
    commitment: [u8; NONCE_LEN],
    /// Noise's hash after the second message.
    hash: [u8; 32],
}

/// The two patterns that this version speaks.
#[expect(
    clippy::expect_used,
    reason = "constants that snow knows, seen by every test"
)]
pub(super) fn noise_builder(secret: Option<&[u8; 32]>) -> Builder<'_> {
    let pattern = match secret {
        None => "Noise_XX_25519_ChaChaPoly_BLAKE2s",
        Some(_) => "Noise_XXpsk0_25519_ChaChaPoly_BLAKE2s",
    };
    let builder = Builder::new(pattern.parse().expect("a pattern that snow knows"));
    match secret {
        None => builder,
        Some(secret) => builder.psk(0, secret).expect("the first and only secret"),
    }
}

/// What the caller says of its nonce before it shows it.
fn commitment_to(nonce: &[u8; NONCE_LEN]) -> [u8; NONCE_LEN] {
    digest(b"ttychat commitment", &[nonce])
}

impl Channel {
    pub(super) fn new(role: Role, key: StaticKey, trust: Trust) -> Self {
        let admission = match trust.secret {
            None => Admission::Anyone,
            Some(_) => Admission::Secret,
        };
        Self {
            role,
            admission,
            key,
            trust,
            state: State::Greeting,
            heard_greeting: Vec::with_capacity(GREETING_LEN),
            deframer: Deframer::default(),
            plaintext: Vec::new(),
            outgoing: protocol::greeting_for(role, admission).to_vec(),
            handshake_hash: None,
            peer_key: None,
            words: None,
        }
    }

    /// Takes bytes from the front of `input` until something is whole. Call it until it says
    /// [`Received::Nothing`].
    pub(super) fn receive(&mut self, input: &mut &[u8]) -> Result<Received, CloseReason> {
        if matches!(self.state, State::Greeting) && !self.hear_greeting(input)? {
            return Ok(Received::Nothing);
        }
        match &mut self.state {
            State::Handshake(_) => self.shake_hands(input),
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

    /// Encrypts a record, at most [`protocol::limits::PIECE_LEN_MAX`] bytes, and appends it to
    /// `out`. Says whether it could; it cannot before the handshake is done.
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

    /// What is sealed from now on is sealed with a new key, from which the old one cannot be told.
    pub(super) fn renew_own_key(&mut self) {
        if let State::Transport(transport) = &mut self.state {
            transport.rekey_outgoing();
        }
    }

    /// The peer has done the same.
    pub(super) fn renew_peer_key(&mut self) {
        if let State::Transport(transport) = &mut self.state {
            transport.rekey_incoming();
        }
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

    pub(super) const fn words(&self) -> Option<Words> {
        self.words
    }

    /// Whether the peer has proved that it knows our secret.
    pub(super) fn shares_secret(&self) -> bool {
        self.admission == Admission::Secret && self.peer_key.is_some()
    }

    /// Says whether the peer's greeting is whole; the handshake has begun then.
    fn hear_greeting(&mut self, input: &mut &[u8]) -> Result<bool, CloseReason> {
        let missing = GREETING_LEN
            .saturating_sub(self.heard_greeting.len())
            .min(input.len());
        let (taken, rest) = input.split_at(missing);
        self.heard_greeting.extend(taken);
        *input = rest;
        let whole = self.heard_greeting.len() == GREETING_LEN;
        if let Err(wrong) =
            protocol::check_greeting(self.role.other(), self.admission, &self.heard_greeting)
        {
            self.state = State::Broken;
            return Err(match wrong {
                WrongGreeting::Admission(Admission::Anyone) => CloseReason::SecretUnknown,
                WrongGreeting::Admission(Admission::Secret) => CloseReason::SecretWanted,
                WrongGreeting::NotTtychat => CloseReason::NotTtychat,
                WrongGreeting::Version(theirs) => CloseReason::PeerIncompatible {
                    ours: VERSION,
                    theirs,
                },
            });
        }
        if whole {
            self.begin_handshake()?;
        }
        Ok(whole)
    }

    fn begin_handshake(&mut self) -> Result<(), CloseReason> {
        let key = self.key.to_bytes();
        let secret = self.trust.secret.as_ref().map(Secret::to_key);
        let prologue = protocol::prologue(self.admission);
        let noise = noise_builder(secret.as_ref())
            .prologue(&prologue)
            .and_then(|builder| builder.local_private_key(&key))
            .and_then(|builder| match self.role {
                Role::Called => builder.build_responder(),
                Role::Caller => builder.build_initiator(),
            })
            .map_err(|error| self.fail_here(&error))?;
        let mut handshake = Handshake {
            noise,
            done: 0,
            nonce: [0; NONCE_LEN],
            commitment: [0; NONCE_LEN],
            hash: [0; 32],
        };
        if self.role == Role::Called {
            self.state = State::Handshake(Box::new(handshake));
            return Ok(());
        }
        handshake.nonce = key::random_bytes().map_err(|error| self.fail_here(&error))?;
        let commitment = commitment_to(&handshake.nonce);
        self.write_handshake(&mut handshake, &commitment)?;
        self.state = State::Handshake(Box::new(handshake));
        Ok(())
    }

    fn shake_hands(&mut self, input: &mut &[u8]) -> Result<Received, CloseReason> {
        let State::Handshake(handshake) = &mut self.state else {
            return Ok(Received::Nothing);
        };
        let lens = match self.admission {
            Admission::Anyone => HANDSHAKE_LENS,
            Admission::Secret => SECRET_HANDSHAKE_LENS,
        };
        let len = lens.get(handshake.done).copied().unwrap_or(0);
        if !self.deframer.take(input, &(len..=len))? {
            return Ok(Received::Nothing);
        }
        let State::Handshake(mut handshake) = std::mem::replace(&mut self.state, State::Broken)
        else {
            return Ok(Received::Nothing);
        };
        self.read_handshake(&mut handshake)?;
        match handshake.done {
            1 => self.write_handshake(&mut handshake, &[])?,
            2 => {
                let nonce = handshake.nonce;
                self.write_handshake(&mut handshake, &nonce)?;
            }
            _ => {}
        }
        if handshake.noise.is_handshake_finished() {
            return self.finish_handshake(*handshake);
        }
        self.state = State::Handshake(handshake);
        Ok(Received::Nothing)
    }

    /// Reads the message that has come, and judges what it holds before anything is answered.
    fn read_handshake(&mut self, handshake: &mut Handshake) -> Result<(), CloseReason> {
        let body = self.deframer.body();
        if handshake.done < 2 && body.first_chunk().is_none_or(key::is_weak) {
            return Err(ProtocolError::WeakKey.into());
        }
        let mut payload = [0; NONCE_LEN];
        if handshake.noise.read_message(body, &mut payload).is_err() {
            return Err(match self.admission {
                Admission::Anyone => ProtocolError::Undecryptable.into(),
                Admission::Secret => CloseReason::SecretWrong,
            });
        }
        handshake.done += 1;
        match handshake.done {
            1 => handshake.commitment = payload,
            2 => handshake.note_hash(),
            _ if commitment_to(&payload) != handshake.commitment => {
                return Err(ProtocolError::BadValue.into());
            }
            _ => handshake.nonce = payload,
        }
        let Some(peer_key) = handshake.noise.get_remote_static() else {
            return Ok(());
        };
        let peer_key = peer_key.try_into().unwrap_or_default();
        if key::is_weak(&peer_key) {
            return Err(ProtocolError::WeakKey.into());
        }
        self.peer_key = Some(peer_key);
        let keys = &self.trust.keys;
        if keys.is_empty() || keys.contains(&Fingerprint::of(&peer_key)) {
            Ok(())
        } else {
            Err(CloseReason::WrongKey)
        }
    }

    fn write_handshake(
        &mut self,
        handshake: &mut Handshake,
        payload: &[u8],
    ) -> Result<(), CloseReason> {
        let mut message = [0; HANDSHAKE_LENS[1]];
        let len = handshake.noise.write_message(payload, &mut message);
        let len = len.map_err(|error| self.fail_here(&error))?;
        handshake.done += 1;
        if handshake.done == 2 {
            handshake.note_hash();
        }
        protocol::frame(message.get(..len).unwrap_or_default(), &mut self.outgoing);
        Ok(())
    }

    /// Goes on to records.
    fn finish_handshake(&mut self, handshake: Handshake) -> Result<Received, CloseReason> {
        let Handshake {
            noise, nonce, hash, ..
        } = handshake;
        self.handshake_hash = noise.get_handshake_hash().try_into().ok();
        self.words = Some(Words::of(&hash, &nonce));
        let transport = noise
            .into_transport_mode()
            .map_err(|error| self.fail_here(&error))?;
        self.state = State::Transport(Box::new(transport));
        Ok(Received::HandshakeDone)
    }

    /// Only a system without random numbers comes here: the peer has done nothing wrong and no
    /// call is possible, which for the person is a lost connection.
    fn fail_here(&mut self, _error: &snow::Error) -> CloseReason {
        self.state = State::Broken;
        CloseReason::ConnectionLost
    }
}

impl Handshake {
    /// What is said after the second message does not change the words: the caller's key comes in
    /// the third, and could be chosen to make them come out.
    fn note_hash(&mut self) {
        let hash = self.noise.get_handshake_hash().try_into();
        self.hash = hash.unwrap_or_default();
    }
}

impl From<ProtocolError> for CloseReason {
    fn from(error: ProtocolError) -> Self {
        Self::PeerMisbehaved(error)
    }
}
