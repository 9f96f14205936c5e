//! How long the rest of a sequence is awaited.

use super::{State, Tokenizer};
use std::time::{Duration, Instant};

/// Time after which Esc is the key, and not the begin of a sequence. Terminals send sequences in
/// one piece; ssh and multiplexers tear them by a few milliseconds at most.
const ESCAPE_TIMEOUT: Duration = Duration::from_millis(50);

/// Time without a byte after which the rest of a sequence is not awaited any more. It has begun as
/// no person types, so a slow link is the likelier cause: a lost and repeated TCP segment.
const SEQUENCE_TIMEOUT: Duration = Duration::from_millis(250);

/// Time after which a sequence ends even if bytes keep coming: a stuck key after Alt+].
const SEQUENCE_TIMEOUT_MAX: Duration = Duration::from_secs(1);

/// All of these while answers are awaited: an ESC is the begin of one then, most likely, and what
/// a slow link keeps of it for longer would be read as typed. Twice the second that TCP takes at
/// first to send a lost segment again.
const REPLY_TIMEOUT: Duration = Duration::from_secs(2);

/// Time without a byte after which a paste without an end is taken as it is. Long, because the rest
/// of a paste, taken for keys, could do anything.
const PASTE_TIMEOUT: Duration = Duration::from_secs(1);

impl Tokenizer {
    /// Whether answers are awaited, so that more time is given to what may be torn ones. The Esc
    /// key alone is late for as long.
    pub const fn expect_replies(&mut self, expected: bool) {
        self.expects_replies = expected;
    }

    /// When [`Self::handle_timeout`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        let (first_at, last_at) = self.times?;
        match self.state {
            State::Ground => None,
            State::Paste { .. } => Some(last_at + PASTE_TIMEOUT),
            _ if self.expects_replies => Some(last_at + REPLY_TIMEOUT),
            State::Escape => Some(first_at + ESCAPE_TIMEOUT),
            _ if self.held.len() <= 2 => Some(first_at + ESCAPE_TIMEOUT),
            _ => Some((last_at + SEQUENCE_TIMEOUT).min(first_at + SEQUENCE_TIMEOUT_MAX)),
        }
    }

    /// Whether the ESC that is held was the key, now that `byte` follows it: it has only been kept
    /// because answers are awaited, and none goes on like this.
    pub(super) fn was_key(&self, now: Instant, byte: u8) -> bool {
        let is_late = self
            .times
            .is_some_and(|(first_at, _)| now >= first_at + ESCAPE_TIMEOUT);
        is_late && !matches!(byte, b'[' | b']' | b'P')
    }
}
