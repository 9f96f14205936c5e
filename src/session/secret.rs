//! What two ends can have in common before they call: a secret that no person could guess.
//!
//! Invariant: a secret has [`SECRET_BITS`] bits, whoever made it; a word or a phrase of a person is
//! none.

use super::{
    digest,
    key::random_bytes,
    symbols::{self, SYMBOL_BITS},
};
use std::{fmt, str::FromStr};

/// Bits of a secret: 26 symbols. Nobody guesses it, online or offline.
pub const SECRET_BITS: usize = 130;

const SYMBOL_COUNT: usize = SECRET_BITS / SYMBOL_BITS;

/// A secret that both ends have; written as 26 letters and digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Why a text is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a secret has {SYMBOL_COUNT} letters and digits and is made by ttychat; a word of your own \
     would be guessed"
)]
pub struct NoSecret;

impl Secret {
    /// A new one from the system's random numbers.
    ///
    /// # Panics
    /// When the system has no random numbers to give; no secret is safe then.
    #[expect(
        clippy::expect_used,
        reason = "no secret can be made without random numbers"
    )]
    pub fn generate() -> Self {
        let bytes = random_bytes().expect("the system gives random numbers");
        Self(symbols::encode(
            &digest(b"ttychat new secret", &[&bytes]),
            SYMBOL_COUNT,
        ))
    }

    /// To be given to the other person, or stored.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the handshake mixes in.
    pub(super) fn to_key(&self) -> [u8; 32] {
        digest(b"ttychat secret", &[self.0.as_bytes()])
    }
}

impl FromStr for Secret {
    type Err = NoSecret;

    /// Takes what [`Self::expose`] gave, also in capitals and with hyphens in it.
    fn from_str(text: &str) -> Result<Self, NoSecret> {
        let symbols = symbols::read(text).ok_or(NoSecret)?;
        if symbols.len() != SYMBOL_COUNT {
            return Err(NoSecret);
        }
        Ok(Self(symbols))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
