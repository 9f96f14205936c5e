//! What stops the program, with advice for the person.

use std::io;

/// What stops the program. Shown once, on stderr, after the screen was given back.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Could not listen.
    #[error("cannot listen on {address}; choose another port, or end the program that uses it")]
    Listen {
        /// What was tried.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// There is no terminal.
    #[error(
        "there is no terminal to show the picture on; use `ssh -t` when calling through ssh, \
         or --headless for an end without a screen"
    )]
    NoTerminal(#[source] io::Error),
}
