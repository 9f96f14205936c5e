//! How a message of the conversation is cut into lines, in each width.

use super::{chat::ChatMessage, text};
use std::ops::Range;

/// How a message is cut into lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// What the time takes, with the blank behind it; 0 where it is left out.
    pub time: usize,
    /// How far the lines after the first are indented.
    pub indent: usize,
    /// What a line may take at most, with all that.
    pub width: usize,
}

/// Widest name before a message, in cells; `user@host` mostly fits.
pub(super) const NAME_WIDTH_MAX: usize = 18;

impl Shape {
    pub(super) const fn of(width: usize) -> Self {
        match width {
            0..16 => Self {
                time: 0,
                indent: 0,
                width,
            },
            16..26 => Self {
                time: 0,
                indent: 2,
                width,
            },
            _ => Self {
                time: 6,
                indent: 6,
                width,
            },
        }
    }

    /// The lines of a message, as byte ranges of its text; at least one.
    pub(super) fn wrap(self, message: &ChatMessage) -> Vec<Range<usize>> {
        let name = match text::width(&message.name).min(NAME_WIDTH_MAX) {
            0 => 0,
            width => width + 1,
        };
        // At least one cell, or no line would ever hold anything.
        let first = self.width.saturating_sub(self.time + name).max(1);
        text::wrap(
            &message.text,
            first,
            self.width.saturating_sub(self.indent).max(1),
        )
    }
}
