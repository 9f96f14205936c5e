//! A command of the person's whose standard input and output are a stream of ours, as ssh runs its
//! `ProxyCommand`.
//!
//! On Unix it has a process group of its own, so that all of it can be ended, and only it; it is
//! lent the terminal while it may ask for a password. It does not know what the bytes mean.
//!
//! Invariant: the group is signalled only while its first process is there or not yet reaped, so
//! that no other process can have its number.

#[cfg(unix)]
#[path = "unix.rs"]
mod system;
#[cfg(not(unix))]
#[path = "unsupported.rs"]
mod system;

pub use system::{Process, Stream, spawn, stop_self};

/// Whether a command may ask the person something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// On the terminal, if this process has it: [`Process::lend_terminal`].
    OnTerminal,
    /// It has no terminal: what wants to ask fails at once, and does not wait for ever.
    Nowhere,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It goes on after a stop.
    Continued,
    /// It ended: `ended with exit status 1`, `was ended by signal 9`.
    Ended(String),
    /// It was stopped, as by Ctrl-Z.
    Stopped,
}
