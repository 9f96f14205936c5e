//! The peer's pictures as they came, as far as the picture thread may still need them.
//!
//! A patch is of use only over the picture before, so that none of them may be left out: whatever
//! is asked of the picture thread, it is given all from the last whole picture on, or from the last
//! that it is known to have.
//!
//! Invariant: at most [`PART_COUNT_MAX`] pictures and [`CHAIN_LEN_MAX`] bytes are held, or one.

use crate::media::PixelSize;
use std::{collections::VecDeque, sync::Arc};

/// Most pictures that wait to be laid one over the other: the picture thread is behind by a second
/// then, or does not answer.
const PART_COUNT_MAX: usize = 32;
/// Most bytes of them. A patch has one or two thousand.
const CHAIN_LEN_MAX: usize = 4 << 20;

/// One picture as it came: whole, or a patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Our own number of the picture, over all calls.
    pub number: u32,
    /// As the peer says.
    pub size: PixelSize,
    /// A JPEG.
    pub jpeg: Arc<Vec<u8>>,
    /// What makes it a patch.
    pub patch: Option<Patch>,
}

/// What makes a [`Part`] a patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Our number of the picture that it is to be laid over.
    pub base: u32,
    /// Which blocks it holds; see `media::patch::BlockSet::parse`.
    pub blocks: Arc<Vec<u8>>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Chain {
    parts: VecDeque<Part>,
}

impl Chain {
    /// Adds the newest picture.
    pub(super) fn push(&mut self, part: Part) {
        let len: usize = self.parts.iter().map(|part| part.jpeg.len()).sum();
        let is_full = self.parts.len() >= PART_COUNT_MAX || len + part.jpeg.len() > CHAIN_LEN_MAX;
        // A patch without what is under it is found broken, and a whole picture comes.
        if part.patch.is_none() || is_full {
            self.parts.clear();
        }
        self.parts.push_back(part);
    }

    /// The picture thread has shown picture `number`: it has all before it.
    pub(super) fn shown(&mut self, number: u32) {
        while let Some(part) = self.parts.front()
            && (part.number < number || part.number == number && part.patch.is_some())
        {
            self.parts.pop_front();
        }
    }

    /// It could make nothing of one.
    pub(super) fn broken(&mut self) {
        self.parts.clear();
    }

    /// What the picture thread may not have, oldest first.
    pub(super) fn parts(&self) -> Vec<Part> {
        self.parts.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: u32, base: Option<u32>, len: usize) -> Part {
        Part {
            number,
            size: PixelSize::new(16, 16),
            jpeg: Arc::new(vec![0; len]),
            patch: base.map(|base| Patch {
                base,
                blocks: Arc::default(),
            }),
        }
    }

    fn numbers(chain: &Chain) -> Vec<u32> {
        chain.parts().iter().map(|part| part.number).collect()
    }

    #[test]
    fn all_that_a_patch_needs_is_given() {
        let mut chain = Chain::default();
        chain.push(part(1, None, 9));
        chain.push(part(2, Some(1), 9));
        chain.push(part(3, Some(2), 9));
        assert_eq!(numbers(&chain), [1, 2, 3]);
        chain.shown(2);
        assert_eq!(numbers(&chain), [3]);
        chain.shown(3);
        assert_eq!(numbers(&chain), [] as [u32; 0]);
        chain.push(part(4, Some(3), 9));
        chain.push(part(5, None, 9));
        assert_eq!(numbers(&chain), [5]);
        // Kept, for another size of the window.
        chain.shown(5);
        assert_eq!(numbers(&chain), [5]);
        chain.broken();
        assert_eq!(numbers(&chain), [] as [u32; 0]);
    }

    #[test]
    fn a_bounded_amount_is_held() {
        let mut chain = Chain::default();
        for number in 0..1000_u32 {
            let base = number.checked_sub(1);
            chain.push(part(number, base, 9));
            assert!(chain.parts.len() <= PART_COUNT_MAX);
        }
        chain.broken();
        for number in 1000..1100 {
            chain.push(part(number, Some(number - 1), CHAIN_LEN_MAX / 3));
            assert!(chain.parts.len() <= 3);
        }
        chain.push(part(1100, Some(1099), CHAIN_LEN_MAX + 1));
        assert_eq!(numbers(&chain), [1100]);
    }
}
