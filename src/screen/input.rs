//! Terminal bytes to keys, pastes and replies, one whole sequence at a time.

use crossterm::event::KeyEvent;
use std::time::Instant;

/// What a terminal sent.
#[derive(Clone, Debug, PartialEq)]
pub enum TerminalInput {
    /// A key was pressed.
    Key(KeyEvent),
    /// A text was pasted (bracketed paste).
    Paste(String),
    /// The terminal answered something; nothing was typed.
    Reply(Reply),
}

/// An answer of the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Whole, undecoded; the next stage of the program reads more of them.
    Other(Vec<u8>),
}

/// Cuts the stream of bytes into whole sequences.
#[derive(Debug, Default)]
pub struct Tokenizer {}

impl Tokenizer {
    /// Takes bytes that came, cut anywhere.
    pub fn handle_bytes(&mut self, _now: Instant, _bytes: &[u8]) {}
    /// The deadline has come: what is incomplete is taken as it is (a lone Esc).
    pub fn handle_timeout(&mut self, _now: Instant) {}
    /// The oldest input not yet taken.
    pub fn poll_input(&mut self) -> Option<TerminalInput> {
        None
    }
    /// When [`Self::handle_timeout`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        None
    }
}
