//! ttychat: live video chat between two terminals.
//!
//! The layers and what each may know are in docs/ARCHITECTURE.md; `tests/tidy.rs` keeps them.

#![forbid(unsafe_code)]

pub mod app;
pub mod cli;
pub mod error;
pub mod media;
pub mod protocol;
pub mod runtime;
pub mod screen;
pub mod session;
pub mod ui;
