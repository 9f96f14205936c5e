//! One call: greeting, handshake, asking, pictures and texts both ways, the end.
//!
//! It does not know sockets, threads, files, clocks or pixels: it takes bytes and `now`, and gives
//! bytes, events and a deadline.
//!
//! Invariant: nothing of the camera, the called person's name or the room leaves before `accept`;
//! at most one picture waits to be sent, and it is the newest.

mod any;
mod base;
mod call;
mod channel;
mod clock;
mod event;
mod identity;
mod key;
mod ladder;
mod link;
mod liveness;
mod mjpeg;
mod outgoing;
mod pacing;
mod picture;
mod pictures;
mod rate;
mod renewal;
mod secret;
mod symbols;
pub mod timers;

pub use crate::protocol::limits::{JPEG_LEN_MAX, PICTURE_SIDE_MAX};
pub use crate::protocol::{CameraState, Goodbye, Outcome, Refusal, Role, Size};
pub use any::AnySession;
pub use event::{CloseReason, Event, Statistics};
pub use identity::{Fingerprint, NoFingerprint, Trust, Words};
pub use key::StaticKey;
pub use ladder::PicturePlan;
pub use mjpeg::{MjpegConfig, MjpegSession};
pub use pacing::{Limit, LinkFigures};
pub use picture::{OutgoingPatch, OutgoingPicture, ReceivedPicture};
pub use renewal::RENEWAL_LEN_MAX;
pub use secret::{NoSecret, SECRET_BITS, Secret};

use crate::protocol::{Message, NEW_KEY};
use blake2::{Blake2s256, Digest};
use call::Call;
use channel::{Channel, Received};
use renewal::Renewal;
use std::time::Instant;

/// What a session is given at its start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who begins.
    pub role: Role,
    /// Our name as the peer shall see it; over-long ones are cut.
    pub name: String,
    /// The largest picture that we can show.
    pub picture_area: Size,
    /// Our static key.
    pub key: StaticKey,
}

/// One call.
#[derive(Debug)]
pub struct Session {
    channel: Channel,
    call: Call,
    renewal: Renewal,
    /// The plaintext of the record being sent.
    scratch: Vec<u8>,
}

impl Session {
    /// A session on a connection that has just been made.
    pub fn new(config: Config, now: Instant) -> Self {
        Self::trusting(config, Trust::default(), now)
    }

    /// The same, for a certain peer.
    pub fn trusting(config: Config, trust: Trust, now: Instant) -> Self {
        let Config {
            role,
            name,
            picture_area,
            key,
        } = config;
        Self {
            channel: Channel::new(role, key, trust),
            call: Call::new(role, &name, picture_area, now),
            renewal: Renewal::new(now),
            scratch: Vec::new(),
        }
    }

    /// The same, of an end that lays no patches over pictures and hears each one whole. To be said
    /// at once.
    #[must_use]
    pub fn without_patches(mut self) -> Self {
        self.call.forgo_patches();
        self
    }

    // From the network and the clock.

    /// Takes bytes that came, cut anywhere. After [`Event::Closed`] they are thrown away.
    pub fn handle_bytes(&mut self, now: Instant, bytes: &[u8]) {
        self.call.handle_heard(now, bytes.len());
        let mut rest = bytes;
        while !self.call.is_closed() {
            match self.channel.receive(&mut rest) {
                Ok(Received::HandshakeDone) => self.call.handle_handshake_done(now),
                Ok(Received::Nothing) => break,
                Ok(Received::Record) => {
                    self.call.handle_record(now, self.channel.record());
                    if self.call.take_new_key() {
                        self.channel.renew_peer_key();
                    }
                }
                Err(reason) => {
                    let goodbye = matches!(reason, CloseReason::PeerMisbehaved(_))
                        .then_some(Message::Goodbye(Goodbye::Misbehaved));
                    self.call.close(reason, goodbye);
                }
            }
        }
    }

    /// The connection ended (end of file or error).
    pub fn handle_disconnect(&mut self, _now: Instant) {
        self.call.close(CloseReason::ConnectionLost, None);
    }

    /// The deadline has come. Harmless when it has not.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.call.handle_timeout(now);
    }

    // From the application.

    /// Called: takes the call after [`Event::Asked`]. Does nothing at any other time.
    pub fn accept(&mut self, _now: Instant) {
        self.call.accept();
    }

    /// Called: does not take it, after [`Event::Asked`]. Does nothing at any other time.
    pub fn refuse(&mut self, _now: Instant, refusal: Refusal) {
        self.call.refuse(refusal);
    }

    /// Sends something typed, cut at a character's end to
    /// [`TEXT_LEN_MAX`](crate::protocol::limits::TEXT_LEN_MAX). Says whether it will be sent: not
    /// when it is empty, the call is not up, or
    /// [`TEXTS_WAITING_MAX`](crate::protocol::limits::TEXTS_WAITING_MAX) wait already.
    pub fn send_text(&mut self, _now: Instant, text: &str) -> bool {
        self.call.send_text(text)
    }

    /// Offers a picture. It replaces one that waits, and is dropped when the call is not up, our
    /// camera state is not [`CameraState::On`], the peer is paused or can show none, or the picture
    /// is over the wire's limits.
    pub fn send_picture(&mut self, _now: Instant, picture: OutgoingPicture) {
        self.call.send_picture(picture);
    }

    /// Says that our camera still sees what it saw in the picture offered last. Says whether that
    /// will do: if not, the picture is wanted all the same, for the peer does not have it or does
    /// not know of such things.
    pub fn send_unchanged(&mut self, _now: Instant, captured_at: Instant) -> bool {
        self.call.send_unchanged(captured_at)
    }

    /// Says how many pictures a second we can show; `None` for any number. May be said before the
    /// call is up.
    pub fn set_picture_rate(&mut self, _now: Instant, rate: Option<f64>) {
        self.call.set_picture_rate(rate);
    }

    /// Says whether pictures come and why not; [`CameraState::Off`] at first. Any state but
    /// [`CameraState::On`] gives up the picture that waits and the rest of the one that is leaving.
    /// May be said before the call is up. Before the program stops: say [`CameraState::Paused`] and
    /// write what [`Self::poll_transmit`] gives; afterwards [`Self::handle_resume`] and the new
    /// state.
    pub fn set_camera_state(&mut self, _now: Instant, state: CameraState) {
        self.call.set_camera_state(state);
    }

    /// The program goes on after it was stopped: what was not heard meanwhile is not the peer's
    /// silence. Comes before any other call with the new time.
    pub fn handle_resume(&mut self, now: Instant) {
        self.call.handle_resume(now);
    }

    /// Says how large a picture we can show. May be said before the call is up.
    pub fn set_picture_area(&mut self, _now: Instant, area: Size) {
        self.call.set_picture_area(area);
    }

    /// Says what became of a received picture. A sequence that is not owed an answer is ignored.
    pub fn acknowledge(&mut self, _now: Instant, sequence: u32, outcome: Outcome) {
        self.call.acknowledge(sequence, outcome);
    }

    /// Ends the call: goodbye is sent before all that waits, which is thrown away.
    pub fn hang_up(&mut self, _now: Instant, goodbye: Goodbye) {
        self.call.hang_up(goodbye);
    }

    // To the caller of this code.

    /// The oldest event not yet taken.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.call.poll_event()
    }

    /// Appends the next bytes for the connection to `out` (at most one record) and says whether
    /// there were any. Call it when the connection has taken all before, so that what is newest and
    /// most urgent is chosen as late as can be.
    pub fn poll_transmit(&mut self, now: Instant, out: &mut Vec<u8>) -> bool {
        let len_before = out.len();
        let mut any = self.channel.poll_transmit(out);
        if !any && self.channel.is_ready() {
            if self.renewal.is_due(now) && !self.call.is_closed() {
                any = self.channel.seal(&NEW_KEY, out);
                self.channel.renew_own_key();
                self.renewal = Renewal::new(now);
                self.call.handle_sent(out.len() - len_before);
                return any;
            }
            self.scratch.clear();
            any = self.call.poll_record(now, &mut self.scratch)
                && self.channel.seal(&self.scratch, out);
        }
        let len = out.len() - len_before;
        self.renewal.handle_sent(len);
        self.call.handle_sent(len);
        any
    }

    /// Whether a picture that is offered at the time told last would begin to leave at once: the
    /// call is up, our camera state is [`CameraState::On`], the peer can show one and is not
    /// paused, none waits or leaves, its turn has come and the link has room.
    pub fn wants_picture(&self) -> bool {
        self.call.wants_picture()
    }

    /// Whether the next picture may be a patch of the one offered last: the peer lays patches, and
    /// has that one or will. When it does not, a whole picture is wanted.
    pub fn takes_patch(&self) -> bool {
        self.call.takes_patch()
    }

    /// How the next picture is to be made.
    pub fn picture_plan(&self) -> PicturePlan {
        self.call.picture_plan()
    }

    /// How a picture is to be made that will stay for a while.
    pub fn resting_plan(&self) -> PicturePlan {
        self.call.resting_plan()
    }

    /// Whether pictures and texts may go both ways.
    pub fn is_up(&self) -> bool {
        self.call.is_up()
    }

    /// When [`Self::handle_timeout`] wants to be called; `None` once the call is over.
    pub fn deadline(&self) -> Option<Instant> {
        self.call.deadline()
    }

    /// Figures so far.
    pub fn statistics(&self) -> Statistics {
        self.call.statistics()
    }

    /// The peer's static public key (X25519), once the handshake has proved it.
    pub fn peer_key(&self) -> Option<[u8; 32]> {
        self.channel.peer_key()
    }

    /// What the person at the other end sees the same, once the handshake is done, unless
    /// somebody stands between the two.
    pub fn words(&self) -> Option<Words> {
        self.channel.words()
    }

    /// Whether the peer has proved that it has our secret.
    pub fn shares_secret(&self) -> bool {
        self.channel.shares_secret()
    }

    /// What only the two ends of this call know the same, once the handshake is done: Noise's
    /// handshake hash (BLAKE2s), over all that was said in it, greetings included.
    pub fn handshake_hash(&self) -> Option<[u8; 32]> {
        self.channel.handshake_hash()
    }
}

/// BLAKE2s of what is said, kept apart from every other use by `label`. The parts of a label have
/// fixed lengths, so nothing can be moved from one to the next.
fn digest(label: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Blake2s256::new_with_prefix(label);
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
