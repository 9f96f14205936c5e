//! The conversation: what was said, and which part of it is in view.

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// We did.
    Me,
    /// The peer did.
    Peer,
    /// The program: calls that began, ended, were missed.
    Program,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMessage {
    /// Who said it.
    pub speaker: Speaker,
    /// The speaker's name, printable; empty for the program.
    pub name: String,
    /// When, as `14:03`.
    pub time: String,
    /// What, printable.
    pub text: String,
    /// When it came, to fade messages that lie over the picture.
    pub at: std::time::Instant,
}

/// The conversation, bounded to the last [`MESSAGE_COUNT_MAX`] messages.
#[derive(Debug, Default)]
pub struct Chat {}

/// How many messages are kept. Hours of talk; about a megabyte at the longest texts.
pub const MESSAGE_COUNT_MAX: usize = 500;

impl Chat {
    /// Adds a message at the end and scrolls to it, unless the person has scrolled back.
    pub fn push(&mut self, _message: ChatMessage) {}
    /// Scrolls by so many messages or lines, negative towards the past; stops at both ends.
    pub fn scroll(&mut self, _by: i32) {}
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        true
    }
}
