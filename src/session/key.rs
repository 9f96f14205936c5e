//! A user's static key, and keys that are none.

use super::{Fingerprint, channel::noise_builder};
use snow::{
    params::DHChoice,
    resolvers::{CryptoResolver, DefaultResolver},
};

/// The private half of a user's key (X25519, 32 bytes).
#[derive(Clone)]
pub struct StaticKey([u8; 32]);

/// The points of small order, with which every key agrees on the same: whoever sends one agrees
/// with everybody and proves nothing. All have a twin with the highest bit set.
/// Source: RFC 7748, 6.1; the list is that of <https://cr.yp.to/ecdh.html>, "validate".
const WEAK_KEYS: [[u8; 32]; 7] = [
    with_ends(0, 0, 0),
    with_ends(1, 0, 0),
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4,
        0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49,
        0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef,
        0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f,
        0x11, 0x57,
    ],
    with_ends(0xec, 0xff, 0x7f),
    with_ends(0xed, 0xff, 0x7f),
    with_ends(0xee, 0xff, 0x7f),
];

const fn with_ends(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

/// Whether a public key proves nothing, or is one that another key could be written as.
pub(super) fn is_weak(key: &[u8; 32]) -> bool {
    // The highest bit counts for nothing (RFC 7748, 5), so one key would have two fingerprints.
    key.last().is_some_and(|last| last & 0x80 != 0) || WEAK_KEYS.contains(key)
}

/// Random bytes of the system, as snow draws them for private keys.
pub(super) fn random_bytes() -> Result<[u8; 32], snow::Error> {
    let pair = noise_builder(None).generate_keypair()?;
    pair.private.try_into().map_err(|_other| snow::Error::Input)
}

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
        Self(random_bytes().expect("the system gives random numbers"))
    }

    /// A stored key.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// To be stored.
    pub const fn to_bytes(&self) -> [u8; 32] {
        self.0
    }

    /// What others see of it.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        let mut pair = DefaultResolver.resolve_dh(&DHChoice::Curve25519)?;
        pair.set(&self.0);
        Some(Fingerprint::of(pair.pubkey().try_into().ok()?))
    }
}

impl std::fmt::Debug for StaticKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StaticKey(…)")
    }
}
