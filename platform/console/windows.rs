//! Stub.
use super::{ConsoleInput, Signal, WindowSize};
use mio::{Registry, Token};
use std::io;

/// The controlling terminal, opened for us alone.
#[derive(Debug)]
pub struct Console {}

/// The process's signals, readable through the poll.
#[derive(Debug)]
pub struct Signals {}

impl Console {
    /// Opens the terminal and remembers how it was set.
    ///
    /// # Errors
    /// When the process has no terminal (`ssh` without `-t`, cron).
    pub fn open() -> io::Result<Self> {
        Ok(Self {})
    }
    /// Registers for reading and writing under `token`. Events are edges.
    ///
    /// # Errors
    /// From the poll.
    pub fn register(&mut self, _registry: &Registry, _token: Token) -> io::Result<()> {
        Ok(())
    }
    /// Enters raw mode.
    ///
    /// # Errors
    /// From the terminal.
    pub fn enter_raw(&mut self) -> io::Result<()> {
        Ok(())
    }
    /// Puts the line discipline back as [`Console::open`] found it. May be called twice.
    ///
    /// # Errors
    /// From the terminal.
    pub fn leave_raw(&mut self) -> io::Result<()> {
        Ok(())
    }
    /// Reads what is there. `WouldBlock` when nothing is; `Ok(None)` at the end (hang-up).
    ///
    /// # Errors
    /// `WouldBlock`, or what the terminal says.
    pub fn read(&mut self) -> io::Result<Option<ConsoleInput>> {
        Ok(None)
    }
    /// Writes some of `bytes` without blocking and says how many it took.
    ///
    /// # Errors
    /// `WouldBlock`, or what the terminal says.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }
    /// Writes all of `bytes`, waiting at most `timeout` in all; what does not go in time is given up.
    /// Throws away first what the terminal has not taken yet if `discard_pending`.
    ///
    /// # Errors
    /// From the terminal; `TimedOut`.
    pub fn write_all_within(
        &mut self,
        _bytes: &[u8],
        _timeout: std::time::Duration,
    ) -> io::Result<()> {
        Ok(())
    }
    /// The window's size now.
    ///
    /// # Errors
    /// From the terminal.
    pub fn size(&self) -> io::Result<WindowSize> {
        Ok(WindowSize::default())
    }
}

impl Signals {
    /// Takes the signals over and registers for them under `token`.
    ///
    /// # Errors
    /// From the system.
    pub fn open(_registry: &Registry, _token: Token) -> io::Result<Self> {
        Ok(Self {})
    }
    /// The signals that came since the last call, oldest first.
    pub fn pending(&mut self) -> Vec<Signal> {
        Vec::new()
    }
    /// Stops this process as the shell's job control would, and returns when it was continued.
    ///
    /// # Errors
    /// From the system; `Unsupported` where there is no job control.
    pub fn stop_process(&mut self) -> io::Result<()> {
        Ok(())
    }
}
