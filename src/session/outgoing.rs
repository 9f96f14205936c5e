//! What waits to be sent besides pictures, all of it bounded.

use crate::protocol::{
    Message,
    limits::{TEXT_LEN_MAX, TEXTS_WAITING_MAX},
};
use std::collections::VecDeque;

/// Messages that wait, the most urgent kind first.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    /// Ends the call; nothing goes after it.
    last: Option<Message>,
    /// Steps of the call in their order; three at most (`Accepted`, `Hello` after `Ringing`).
    steps: VecDeque<Message>,
    /// For the newest ping.
    pong: Option<Message>,
    /// At most [`TEXTS_WAITING_MAX`].
    texts: VecDeque<String>,
}

impl Outgoing {
    /// Forgets all that waits for `last`, if there is one to send.
    pub(super) fn finish(&mut self, last: Option<Message>) {
        *self = Self {
            last,
            ..Self::default()
        };
    }

    pub(super) fn push_step(&mut self, message: Message) {
        self.steps.push_back(message);
    }

    pub(super) fn set_pong(&mut self, pong: Message) {
        self.pong = Some(pong);
    }

    /// Cuts `text` to the limit, at a character's end; says whether it found room.
    pub(super) fn push_text(&mut self, text: &str) -> bool {
        let text = cut(text, TEXT_LEN_MAX);
        let fits = !text.is_empty() && self.texts.len() < TEXTS_WAITING_MAX;
        if fits {
            self.texts.push_back(text.to_owned());
        }
        fits
    }

    /// What goes before a ping.
    pub(super) fn poll_urgent(&mut self) -> Option<Message> {
        self.last
            .take()
            .or_else(|| self.steps.pop_front())
            .or_else(|| self.pong.take())
    }

    pub(super) fn poll_text(&mut self) -> Option<String> {
        self.texts.pop_front()
    }

    /// Bytes of text in our hands.
    pub(super) fn len_waiting(&self) -> usize {
        self.texts.iter().map(String::len).sum()
    }
}

/// The longest start of `text` that is at most `len_max` bytes and ends with a whole character.
pub(super) fn cut(text: &str, len_max: usize) -> &str {
    let len = (0..=len_max.min(text.len()))
        .rev()
        .find(|len| text.is_char_boundary(*len));
    text.get(..len.unwrap_or(0)).unwrap_or_default()
}
