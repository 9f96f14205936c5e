//! Large messages in pieces, so that others can go between them (docs/PROTOCOL.md 3.5).

use super::{
    ProtocolError,
    codec::{KIND_FIRST_PIECE, KIND_NEXT_PIECE},
    limits::{PIECE_LEN_MAX, UNCOUNTED_PIECE_LEN_MIN},
};

/// What a first piece carries besides the message's bytes: kind and total length.
const FIRST_HEAD_LEN: usize = 1 + 4;

/// What a next piece carries besides the message's bytes: its kind.
const NEXT_HEAD_LEN: usize = 1;

/// A message that leaves piece by piece.
#[derive(Debug)]
pub struct Pieces {
    message: Vec<u8>,
    /// `0 <= sent <= message.len()`.
    sent: usize,
}

impl Pieces {
    /// Of an encoded message, at most [`super::limits::MESSAGE_LEN_MAX`] bytes long.
    pub fn new(message: Vec<u8>) -> Self {
        Self { message, sent: 0 }
    }

    /// Appends the plaintext of the next record, at most `len_max` bytes, to `out`: the whole
    /// message when it fits into one. Below [`UNCOUNTED_PIECE_LEN_MIN`] it is that many: the peer
    /// would count shorter pieces as messages.
    pub fn poll_record(&mut self, len_max: usize, out: &mut Vec<u8>) {
        let len_max = len_max.clamp(UNCOUNTED_PIECE_LEN_MIN, PIECE_LEN_MAX);
        let rest = self.message.get(self.sent..).unwrap_or_default();
        let head_len = match self.sent {
            0 if rest.len() <= len_max => 0,
            0 => {
                let total_len = u32::try_from(rest.len()).unwrap_or(u32::MAX);
                out.push(KIND_FIRST_PIECE);
                out.extend(total_len.to_be_bytes());
                FIRST_HEAD_LEN
            }
            _ => {
                out.push(KIND_NEXT_PIECE);
                NEXT_HEAD_LEN
            }
        };
        let piece = rest.get(..len_max - head_len).unwrap_or(rest);
        out.extend(piece);
        self.sent += piece.len();
    }

    /// Whether all has left.
    pub fn is_done(&self) -> bool {
        self.sent == self.message.len()
    }

    /// What has not left, in bytes.
    pub fn len_left(&self) -> usize {
        self.message.len() - self.sent
    }
}

/// Puts the pieces of one message together. Holds no more than has come.
#[derive(Debug, Default)]
pub struct Assembler {
    total_len: usize,
    /// Empty between messages; else shorter than `total_len`.
    so_far: Vec<u8>,
}

impl Assembler {
    /// Begins a message, giving up one that is unfinished; gives it if this was all of it.
    pub fn first(&mut self, total_len: usize, bytes: &[u8]) -> Option<Vec<u8>> {
        self.abandon();
        self.total_len = total_len;
        self.so_far.extend(bytes);
        self.take_whole()
    }

    /// Adds a piece; gives the message if this was the last.
    ///
    /// # Errors
    /// When no message is unfinished, or this is more than it said.
    pub fn next(&mut self, bytes: &[u8]) -> Result<Option<Vec<u8>>, ProtocolError> {
        if self.so_far.is_empty() {
            return Err(ProtocolError::OutOfTurn);
        }
        if self.so_far.len() + bytes.len() > self.total_len {
            return Err(ProtocolError::WrongLength);
        }
        self.so_far.extend(bytes);
        Ok(self.take_whole())
    }

    /// Whether a next piece is of a length that costs the receiver more than it brings: it is
    /// shorter than [`UNCOUNTED_PIECE_LEN_MIN`] and does not complete the message.
    pub fn is_short(&self, bytes: &[u8]) -> bool {
        let is_last = self.so_far.len() + bytes.len() == self.total_len;
        NEXT_HEAD_LEN + bytes.len() < UNCOUNTED_PIECE_LEN_MIN && !is_last
    }

    /// Forgets an unfinished message.
    pub fn abandon(&mut self) {
        self.so_far = Vec::new();
    }

    fn take_whole(&mut self) -> Option<Vec<u8>> {
        (self.so_far.len() == self.total_len).then(|| std::mem::take(&mut self.so_far))
    }
}
