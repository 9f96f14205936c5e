//! Frames: a big-endian u16 length and that many bytes (docs/PROTOCOL.md 3).

use super::{ProtocolError, limits::PIECE_LEN_MAX};
use std::ops::RangeInclusive;

/// What encryption adds to a record, in bytes (the tag of ChaCha20-Poly1305).
pub const TAG_LEN: usize = 16;

/// Shortest encrypted record: one byte of plaintext.
pub const SEALED_LEN_MIN: usize = 1 + TAG_LEN;

/// Longest encrypted record.
pub const SEALED_LEN_MAX: usize = PIECE_LEN_MAX + TAG_LEN;

/// Length of the caller's nonce, and of the commitment to it, in bytes.
pub const NONCE_LEN: usize = 32;

/// Lengths of the three messages of the handshake: `e` and the commitment; `e, ee, s, es`; `s, se`
/// and the nonce. The Noise Protocol Framework, revision 34, 7.5 (XX).
pub const HANDSHAKE_LENS: [usize; 3] = [32 + NONCE_LEN, 32 + 48 + 16, 48 + NONCE_LEN + 16];

/// The same with a secret, where the first payload is encrypted too (`psk, e`; 9.4, `XXpsk0`).
pub const SECRET_HANDSHAKE_LENS: [usize; 3] = [
    32 + NONCE_LEN + TAG_LEN,
    HANDSHAKE_LENS[1],
    HANDSHAKE_LENS[2],
];

/// Length of the length, in bytes.
const LEN_LEN: usize = 2;

/// Appends `body` as one frame. Longer ones than a u16 can count are cut; none of ours is.
pub fn frame(body: &[u8], out: &mut Vec<u8>) {
    let len = u16::try_from(body.len()).unwrap_or(u16::MAX);
    out.extend(len.to_be_bytes());
    out.extend(body.iter().take(usize::from(len)));
}

/// Finds frames in a stream that is cut anywhere. Holds at most one.
#[derive(Debug, Default)]
pub struct Deframer {
    /// `0 <= held.len() <= LEN_LEN + the frame's length`.
    held: Vec<u8>,
    whole: bool,
}

impl Deframer {
    /// Takes bytes from the front of `input` until a frame is whole; says whether it is. The one
    /// before is forgotten.
    ///
    /// # Errors
    /// When the frame says a length outside `lens`; before its bytes are held.
    pub fn take(
        &mut self,
        input: &mut &[u8],
        lens: &RangeInclusive<usize>,
    ) -> Result<bool, ProtocolError> {
        if self.whole {
            self.held.clear();
            self.whole = false;
        }
        self.fill(input, LEN_LEN);
        let Some((len, _)) = self.held.split_first_chunk::<LEN_LEN>() else {
            return Ok(false);
        };
        let len = usize::from(u16::from_be_bytes(*len));
        if len > *lens.end() {
            return Err(ProtocolError::TooLarge);
        }
        if len < *lens.start() {
            return Err(ProtocolError::WrongLength);
        }
        self.fill(input, LEN_LEN + len);
        self.whole = self.held.len() == LEN_LEN + len;
        Ok(self.whole)
    }

    /// The frame that [`Self::take`] completed, without its length.
    pub fn body(&self) -> &[u8] {
        match self.held.split_first_chunk::<LEN_LEN>() {
            Some((_, body)) if self.whole => body,
            _ => &[],
        }
    }

    fn fill(&mut self, input: &mut &[u8], len: usize) {
        let missing = len.saturating_sub(self.held.len()).min(input.len());
        let (taken, rest) = input.split_at(missing);
        self.held.extend(taken);
        *input = rest;
    }
}
