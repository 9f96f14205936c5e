//! Keys that agree with everybody, for [`super::HandPeer`]: with such a static key Noise's
//! arithmetic comes out right for whoever knows that all its results are zero.

use snow::{
    Error,
    params::{CipherChoice, DHChoice, HashChoice},
    resolvers::{BoxedCryptoResolver, CryptoResolver, DefaultResolver, FallbackResolver},
    types::{Cipher, Dh, Hash, Random},
};

/// Set as a private key, it stands for the weak one. Ephemeral ones are as usual.
pub(super) const MARK: [u8; 32] = *b"instead of the weak static key, ";

/// p, the prime of the field, in little endian, with another first byte.
const fn near_p(first: u8) -> [u8; 32] {
    let mut key = [0xff; 32];
    key[0] = first;
    key[31] = 0x7f;
    key
}

const fn small(first: u8) -> [u8; 32] {
    let mut key = [0; 32];
    key[0] = first;
    key
}

/// RFC 7748, 6.1, and <https://cr.yp.to/ecdh.html>: 0, 1, p - 1, p, p + 1 and the two of order 8.
pub(super) const KEYS: [[u8; 32]; 7] = [
    small(0),
    small(1),
    near_p(0xec),
    near_p(0xed),
    near_p(0xee),
    [
        224, 235, 122, 124, 59, 65, 184, 174, 22, 86, 227, 250, 241, 159, 196, 106, 218, 9, 141,
        235, 156, 50, 177, 253, 134, 98, 5, 22, 95, 73, 184, 0,
    ],
    [
        95, 156, 149, 188, 163, 80, 140, 36, 177, 208, 177, 85, 156, 131, 239, 91, 4, 68, 92, 196,
        88, 28, 142, 134, 216, 34, 78, 221, 208, 159, 17, 87,
    ],
];

pub(super) fn resolver(public: [u8; 32]) -> BoxedCryptoResolver {
    Box::new(FallbackResolver::new(
        Box::new(Resolver(public)),
        Box::new(DefaultResolver),
    ))
}

struct Resolver([u8; 32]);

impl CryptoResolver for Resolver {
    fn resolve_rng(&self) -> Option<Box<dyn Random>> {
        None
    }

    fn resolve_dh(&self, choice: &DHChoice) -> Option<Box<dyn Dh>> {
        Some(Box::new(Key {
            public: self.0,
            is_weak: false,
            usual: DefaultResolver.resolve_dh(choice)?,
        }))
    }

    fn resolve_hash(&self, _choice: &HashChoice) -> Option<Box<dyn Hash>> {
        None
    }

    fn resolve_cipher(&self, _choice: &CipherChoice) -> Option<Box<dyn Cipher>> {
        None
    }
}

struct Key {
    public: [u8; 32],
    is_weak: bool,
    usual: Box<dyn Dh>,
}

impl Dh for Key {
    fn name(&self) -> &'static str {
        self.usual.name()
    }

    fn pub_len(&self) -> usize {
        self.usual.pub_len()
    }

    fn priv_len(&self) -> usize {
        self.usual.priv_len()
    }

    fn set(&mut self, private: &[u8]) {
        self.is_weak = private == MARK;
        self.usual.set(private);
    }

    fn generate(&mut self, random: &mut dyn Random) -> Result<(), Error> {
        self.usual.generate(random)
    }

    fn pubkey(&self) -> &[u8] {
        if self.is_weak {
            &self.public
        } else {
            self.usual.pubkey()
        }
    }

    fn privkey(&self) -> &[u8] {
        self.usual.privkey()
    }

    fn dh(&self, public: &[u8], out: &mut [u8]) -> Result<(), Error> {
        if self.is_weak {
            out[..32].fill(0);
            return Ok(());
        }
        self.usual.dh(public, out)
    }
}
