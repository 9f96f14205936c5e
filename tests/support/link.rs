//! One direction of a connection in virtual time: latency, rate, chunking, stalls.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Random numbers that are the same for the same seed (splitmix64).
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed of a random test: `TTYCHAT_SEED`, else the one given. Printed either way.
    pub(crate) fn seed(default: u64) -> u64 {
        let given = std::env::var("TTYCHAT_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or(default);
        println!("TTYCHAT_SEED={seed}");
        seed
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// `0 <= below(limit) < limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// `0 <= index(count) < count`.
    pub(crate) fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.below(count as u64)).unwrap()
    }

    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.index(choices.len())]
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// Bytes on their way, in order, cut anywhere.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) latency: Duration,
    /// Bytes a second; `None` for a link without a limit.
    pub(crate) rate: Option<u32>,
    /// Longest chunk that arrives at once.
    pub(crate) chunk_len_max: usize,
    /// Bytes that the sockets and the path hold before the sender cannot write.
    pub(crate) room: usize,
    /// Whether what is sent arrives at all; a pulled cable does not say so.
    pub(crate) whole: bool,
    /// Whether the receiving program reads.
    pub(crate) reading: bool,
    /// Nothing arrives before.
    pub(crate) stalled_until: Option<Instant>,
    chunks: VecDeque<(Instant, Vec<u8>)>,
    held: usize,
    free_at: Option<Instant>,
    random: Random,
}

impl Link {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            latency: Duration::from_millis(20),
            rate: None,
            chunk_len_max: 1 << 20,
            room: 64 << 10,
            whole: true,
            reading: true,
            stalled_until: None,
            chunks: VecDeque::new(),
            held: 0,
            free_at: None,
            random: Random::new(seed),
        }
    }

    pub(crate) fn has_room(&self) -> bool {
        self.held < self.room
    }

    pub(crate) fn send(&mut self, now: Instant, mut bytes: &[u8]) {
        self.held += bytes.len();
        while !bytes.is_empty() {
            let len = 1 + self.random.index(self.chunk_len_max);
            let (chunk, rest) = bytes.split_at(len.min(bytes.len()));
            let mut free_at = self.free_at.unwrap_or(now).max(now);
            if let Some(rate) = self.rate {
                free_at += Duration::from_secs(chunk.len() as u64) / rate;
            }
            self.free_at = Some(free_at);
            self.chunks
                .push_back((free_at + self.latency, chunk.to_vec()));
            bytes = rest;
        }
    }

    /// The next chunk that has arrived.
    pub(crate) fn receive(&mut self, now: Instant) -> Option<Vec<u8>> {
        if self.deadline()? > now {
            return None;
        }
        let (_, chunk) = self.chunks.pop_front()?;
        self.held -= chunk.len();
        Some(chunk)
    }

    /// When the next chunk arrives.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        if !self.whole || !self.reading {
            return None;
        }
        let at = self.chunks.front()?.0;
        Some(self.stalled_until.map_or(at, |until| until.max(at)))
    }
}
