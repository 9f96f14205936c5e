//! What a terminal sends: keys, pastes and replies.
//!
//! It does not know bytes; [`Tokenizer`] makes inputs of them.

pub use super::tokenizer::{HELD_LEN_MAX, INPUT_COUNT_MAX, Tokenizer};

use crossterm::event::{Event, KeyEvent, KeyEventKind};

/// What a terminal sent.
#[derive(Clone, Debug, PartialEq)]
pub enum TerminalInput {
    /// A key was pressed.
    Key(KeyEvent),
    /// A text was pasted (bracketed paste); at most [`HELD_LEN_MAX`] bytes of it, control
    /// characters included.
    Paste(String),
    /// The terminal answered something; nothing was typed.
    Reply(Reply),
    /// The window changed, as a console that decodes its input itself says among the keys.
    Resized,
}

/// An answer of the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Where the cursor is (`CSI row ; column R`), counted from 0.
    CursorPosition {
        /// In cells.
        column: u16,
        /// In cells.
        row: u16,
    },
    /// Whole, undecoded; the next stage of the program reads more of them.
    Other(Vec<u8>),
}

impl TerminalInput {
    /// What a console that decodes its input itself (Windows) sent; `None` for releases, the mouse
    /// and the focus.
    pub fn from_event(event: Event) -> Option<Self> {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                Some(Self::Key(KeyEvent::new(key.code, key.modifiers)))
            }
            Event::Paste(text) => Some(Self::Paste(text)),
            Event::Resize(..) => Some(Self::Resized),
            _ => None,
        }
    }
}
