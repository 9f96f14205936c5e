//! The person's terminal: bytes in, bytes out, its size, and the process's signals.
//!
//! On Unix a [`Console`] is our own open of `/dev/tty`, so that making it non-blocking does not
//! touch the shell's descriptor. It does not know what any byte means, but for the reports that
//! must not be left to be read by the shell.
//!
//! Invariant: dropping a [`Console`] gives the terminal's line discipline back as it was found.

#[cfg(unix)]
mod reports;
#[cfg(unix)]
#[path = "unix.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;

pub use system::{Console, Signals, expect_reports, rescue};

/// A signal that the program acts upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Continue after a stop (SIGCONT).
    Continue,
    /// The terminal went away (SIGHUP, or the console window was closed).
    HangUp,
    /// Please stop for a while (SIGTSTP from outside; Ctrl-Z in raw mode is a key).
    Stop,
    /// Please end (SIGTERM, SIGINT, SIGQUIT).
    Terminate,
    /// The window has another size (SIGWINCH).
    WindowChanged,
}

/// What came from the console.
#[derive(Clone, Debug, PartialEq)]
pub enum ConsoleInput {
    /// Raw bytes, on systems where the terminal speaks bytes (Unix).
    Bytes(Vec<u8>),
    /// Whole events, on systems where the console decodes them itself (Windows): presses and,
    /// as there is no signal for it, `Resize`.
    Event(crossterm::event::Event),
}

/// The window, in cells and, where the system tells, in pixels (0 else).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WindowSize {
    /// In cells.
    pub columns: u16,
    /// In cells.
    pub rows: u16,
    /// Of the whole window, in pixels.
    pub width: u16,
    /// Of the whole window, in pixels.
    pub height: u16,
}
