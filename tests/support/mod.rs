//! What several test files share. Names only; each file uses its own part.

#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod link;
pub(crate) mod pair;
pub(crate) mod peer;
