//! What several test files share. Names only; each file uses its own part.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::similar_names,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "test code; caller and called are the protocol's words"
)]

pub(crate) mod cells;
pub(crate) mod end;
pub(crate) mod link;
pub(crate) mod pair;
pub(crate) mod peer;
pub(crate) mod relay;
