//! Bytes ⇄ messages, as docs/PROTOCOL.md specifies them.
//!
//! It does not know sockets, time, encryption or pictures; a picture is bytes with a size.
//!
//! Invariant: parsing never panics and allocates no more than the bytes that came and the limits
//! of [`limits`] allow.

pub mod limits;

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
    /// The call is not taken.
    Refused(Refusal),
    /// A person is being asked.
    Ringing,
    /// Something typed.
    Text(String),
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
    /// Bits for later versions of the program; unknown ones are ignored.
    pub capabilities: u32,
    /// The largest picture that this end can show; 0x0 for none at all.
    pub picture_area: Size,
}

/// One picture on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Video {
    /// Counts up by one a picture from 0.
    pub sequence: u32,
    /// The sender's clock at capture, in microseconds.
    pub captured_at: u64,
    /// Of the picture.
    pub size: Size,
    /// A baseline JPEG.
    pub jpeg: Vec<u8>,
}

/// What became of a picture at its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It could not be decoded.
    Broken,
    /// A newer one came before it could be shown.
    Dropped,
    /// It reached the screen.
    Shown,
}

/// Whether and why a camera's pictures come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CameraState {
    /// There is none.
    Missing,
    /// The person turned it off.
    #[default]
    Off,
    /// Pictures come.
    On,
    /// The whole program is stopped (Ctrl-Z); nothing will come and nothing will be answered.
    Paused,
    /// It was lost: unplugged, busy, broken.
    Lost,
}

/// Why a call was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// In a call already.
    Busy,
    /// The person said no.
    Declined,
    /// Nobody answered.
    Unanswered,
}

/// Why somebody leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goodbye {
    /// The person quit.
    Quit,
    /// The program was told to end (a signal, a time limit).
    Ended,
    /// You broke the protocol.
    Misbehaved,
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
    /// A kind of message that must not come now.
    #[error("a message out of turn")]
    OutOfTurn,
    /// A record that was not encrypted with this call's keys.
    #[error("a record that does not decrypt")]
    Undecryptable,
    /// More messages than any person or program of ours would send.
    #[error("too many messages")]
    TooMany,
}
