//! The program's state: inputs in, effects and frames out, in virtual time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code"
)]
#![allow(clippy::indexing_slicing, reason = "test code")]

mod calling;
mod cameras;
mod carried;
mod controls;
mod figures;
mod glyphs;
mod keys;
mod listening;
mod naming;
mod party;
mod peers;
mod pictures;
mod plain;
mod random;
mod secret;
mod settings;
mod stage;
mod strangers;
mod streak;
mod terminal;
mod trust;
mod webcam;
