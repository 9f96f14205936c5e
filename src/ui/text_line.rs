//! The line that is being typed: editing by graphemes.

use crossterm::event::KeyEvent;

/// The line that is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextLine {}

impl TextLine {
    /// Edits: characters, Backspace, Delete, Left, Right, Home, End, Ctrl-A/E/U/K/W. Says whether
    /// the key meant something here. Enter and Esc are the caller's.
    pub fn handle_key(&mut self, _key: &KeyEvent) -> bool {
        false
    }
    /// Inserts a paste; line ends become spaces. Holds at most `protocol::limits::TEXT_LEN_MAX`
    /// (4,096) bytes.
    pub fn insert(&mut self, _text: &str) {}
    /// Takes what was typed and empties the line.
    pub fn take(&mut self) -> String {
        String::new()
    }
    /// What was typed.
    pub fn text(&self) -> &str {
        ""
    }
}
