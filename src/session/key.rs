//! A user's static key.

use super::channel::noise_builder;

/// The private half of a user's key (X25519, 32 bytes).
#[derive(Clone)]
pub struct StaticKey([u8; 32]);

impl StaticKey {
    /// A new key from the system's random numbers.
    ///
    /// # Panics
    /// When the system has no random numbers to give; no key is safe then.
    #[expect(
        clippy::expect_used,
        reason = "no key can be made without random numbers"
    )]
    pub fn generate() -> Self {
        let pair = noise_builder()
            .generate_keypair()
            .expect("the system gives random numbers");
        Self(
            pair.private
                .try_into()
                .expect("an X25519 key is 32 bytes long"),
        )
    }

    /// A stored key.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// To be stored.
    pub const fn to_bytes(&self) -> [u8; 32] {
        self.0
    }
}

impl std::fmt::Debug for StaticKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StaticKey(…)")
    }
}
