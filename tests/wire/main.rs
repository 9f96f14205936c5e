//! The other ways to the peer: plain pictures, with the programs that speak nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

#[path = "../support/mod.rs"]
mod support;

mod other;
mod players;
mod programs;
mod reader;
mod splitter;
mod turns;
#[cfg(unix)]
mod via;
