//! Bytes ⇄ messages, as docs/PROTOCOL.md specifies them.
//!
//! It does not know sockets, time, encryption or pictures; a picture is bytes with a size.
//!
//! Invariant: parsing never panics and allocates no more than the bytes that came and the limits
//! of [`limits`] allow.

mod codec;
mod greeting;
pub mod limits;
mod mjpeg;
mod piece;
mod record;

pub use codec::{NEW_KEY, Record};
pub use greeting::{Admission, GREETING_LEN, Role, WrongGreeting};
pub use greeting::{check_greeting, greeting, greeting_for, is_greeting, prologue};
pub use mjpeg::{Splitter, StreamPicture};
pub use piece::{Assembler, Pieces};
pub use record::{
    Deframer, HANDSHAKE_LENS, NONCE_LEN, SEALED_LEN_MAX, SEALED_LEN_MIN, SECRET_HANDSHAKE_LENS,
    TAG_LEN, frame,
};

/// The protocol's version. Another one is refused by name.
pub const VERSION: u8 = 1;

/// Width and height of a picture on the wire, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// In pixels.
    pub width: u16,
    /// In pixels.
    pub height: u16,
}

/// Bits of [`Hello::capabilities`]: what an end understands beyond what every end does.
pub mod capability {
    /// It tells when pictures arrive, with [`Message::Received`](super::Message::Received).
    pub const RECEIPTS: u32 = 1;
    /// It knows that a picture may stay what it was, by
    /// [`Message::Unchanged`](super::Message::Unchanged).
    pub const UNCHANGED: u32 = 2;
    /// It lays patches over the picture before; see [`Message::Patch`](super::Message::Patch).
    pub const PATCHES: u32 = 4;
    /// All of this version.
    pub const ALL: u32 = RECEIPTS | UNCHANGED | PATCHES;
}

/// What one end tells the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The called person agreed; hello follows.
    Accepted,
    /// Whether and why my camera's pictures come.
    CameraState(CameraState),
    /// I am leaving.
    Goodbye(Goodbye),
    /// Who I am and what I can show. The caller's comes first, the called one's after `Accepted`.
    Hello(Hello),
    /// The largest picture that I can show has changed.
    PictureArea(Size),
    /// One picture, of which only some blocks differ from the one before.
    Patch(Patch),
    /// How many pictures a second I can show has changed.
    PictureRate {
        /// In hundredths; 0 for any number.
        hundredths: u16,
    },
    /// Are you there?
    Ping {
        /// The sender's clock, in microseconds since some instant of its own.
        sent_at: u64,
    },
    /// I am.
    Pong {
        /// From the ping.
        ping_sent_at: u64,
        /// The answerer's clock when the ping came, in microseconds.
        answered_at: u64,
    },
    /// A picture has arrived whole. Not to be mixed up with what became of it.
    Received {
        /// Of the picture.
        sequence: u32,
        /// The receiver's clock when its last byte came, in microseconds.
        arrived_at: u64,
    },
    /// The call is not taken.
    Refused(Refusal),
    /// A person is being asked.
    Ringing,
    /// Something typed.
    Text(String),
    /// My picture is still the one before.
    Unchanged {
        /// The sender's clock when that was seen, in microseconds.
        captured_at: u64,
    },
    /// One picture.
    Video(Video),
    /// What became of a picture.
    VideoAcknowledged {
        /// Of the picture.
        sequence: u32,
        /// What became of it.
        outcome: Outcome,
    },
}

/// Who somebody is and what they can show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hello {
    /// At most [`limits::NAME_LEN_MAX`] bytes of UTF-8, not trusted.
    pub name: String,
    /// Bits of [`capability`]; unknown ones are ignored.
    pub capabilities: u32,
    /// The largest picture that this end can show; 0x0 for none at all.
    pub picture_area: Size,
}

/// One picture on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Video {
    /// Greater than that of the picture before.
    pub sequence: u32,
    /// The sender's clock at capture, in microseconds.
    pub captured_at: u64,
    /// Of the picture.
    pub size: Size,
    /// How many bytes at the start of the JPEG are left out, because the picture before, as this
    /// end sent it, began with the same; at most [`limits::SHARED_LEN_MAX`]. So the tables and
    /// headers of a JPEG cross once and not thirty times a second.
    pub shared_len: u16,
    /// The rest of a baseline JPEG.
    pub jpeg: Vec<u8>,
}

/// The blocks of a picture that differ from the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// The picture, whose JPEG holds only those blocks, side by side in a sheet.
    pub video: Video,
    /// Which they are: a bit for each block of the picture, row by row, the first one the highest
    /// of the first byte. At least one is set, and those without a block are 0.
    pub blocks: Vec<u8>,
}

impl Size {
    /// How many blocks of [`limits::BLOCK_SIDE`] pixels a picture has; those at the right and lower
    /// edge may be cut.
    pub const fn block_count(self) -> usize {
        let columns = self.width.div_ceil(limits::BLOCK_SIDE) as usize;
        columns * self.height.div_ceil(limits::BLOCK_SIDE) as usize
    }
}

/// What became of a picture at its receiver; the numbers are those of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It could not be decoded.
    Broken = 0,
    /// A newer one came before it could be shown.
    Dropped = 1,
    /// It reached the screen.
    Shown = 2,
}

/// Whether and why a camera's pictures come; the numbers are those of the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CameraState {
    /// There is none.
    Missing = 0,
    /// The person turned it off.
    #[default]
    Off = 1,
    /// Pictures come.
    On = 2,
    /// The whole program is stopped (Ctrl-Z); nothing will come and nothing will be answered.
    Paused = 3,
    /// It was lost: unplugged, busy, broken.
    Lost = 4,
}

/// Why a call was not taken; the numbers are those of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// In a call already.
    #[error("busy: in another call already")]
    Busy = 0,
    /// The person said no.
    #[error("the call was declined")]
    Declined = 1,
    /// Nobody answered.
    #[error("nobody answered the call")]
    Unanswered = 2,
}

/// Why somebody leaves; the numbers are those of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Goodbye {
    /// The person quit.
    #[error("the other side hung up")]
    Quit = 0,
    /// The program was told to end (a signal, a time limit).
    #[error("the other side's program was ended")]
    Ended = 1,
    /// You broke the protocol.
    #[error("the other side could not understand this one; use the same version at both ends")]
    Misbehaved = 2,
}

/// What the peer's bytes broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// A record or message over its limit.
    #[error("a message larger than the limit")]
    TooLarge,
    /// A message that ended early or had bytes left over.
    #[error("a message of the wrong length")]
    WrongLength,
    /// A value that has no meaning.
    #[error("a value out of range")]
    BadValue,
    /// A text that is not UTF-8.
    #[error("a text that is not UTF-8")]
    NotUtf8,
    /// A kind of message that this version does not know and must not ignore.
    #[error("a message of an unknown kind")]
    UnknownKind,
    /// A kind of message that must not come now.
    #[error("a message out of turn")]
    OutOfTurn,
    /// A record that was not encrypted with this call's keys.
    #[error("a record that does not decrypt")]
    Undecryptable,
    /// A key that agrees with everybody, or that is not written as its owner would.
    #[error("a key that proves nothing")]
    WeakKey,
    /// More messages than any person or program of ours would send.
    #[error("too many messages")]
    TooMany,
}
