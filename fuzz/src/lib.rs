//! What the fuzz targets do with their bytes, and what must hold then.
//!
//! `fuzz_targets` gives each to libFuzzer; `tests/fuzz.rs` runs the same code over the kept inputs
//! in `seeds`, so that what was once found is looked for in every test run.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code of a crate of its own"
)]

pub mod greeting;
pub mod jpeg;
pub mod mjpeg;
pub mod peers;
pub mod record;
pub mod session;
pub mod terminal_input;
pub mod text;

#[path = "../../tests/support/peer.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod peer;
mod script;

/// A target: it panics when something does not hold.
pub type Target = fn(&[u8]);

/// All targets by the names of their folders of seeds.
pub const TARGETS: [(&str, Target); 8] = [
    ("greeting", greeting::check),
    ("jpeg", jpeg::check),
    ("mjpeg", mjpeg::check),
    ("peers", peers::check),
    ("record", record::check),
    ("session", session::check),
    ("terminal_input", terminal_input::check),
    ("text", text::check),
];
