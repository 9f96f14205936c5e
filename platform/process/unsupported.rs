//! Commands where there are no socket pairs: none.

use super::{Asking, Change};
use mio::{Interest, Registry, Token, event::Source};
use std::{
    convert::Infallible,
    io::{self, Read, Write},
    process::ChildStderr,
    time::Duration,
};

/// There is none.
#[derive(Debug)]
pub struct Process(Infallible);

/// There is none.
#[derive(Debug)]
pub struct Stream(Infallible);

/// Always fails.
///
/// # Errors
/// Always.
pub fn spawn(_command: &str, _asking: Asking) -> io::Result<(Process, Stream, ChildStderr)> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Does nothing.
pub fn stop_self() {}

impl Process {
    /// See the Unix one.
    ///
    /// # Errors
    /// Never: there is none.
    pub fn wait(&self) -> io::Result<Change> {
        match self.0 {}
    }

    /// See the Unix one.
    pub fn terminate(&self) {
        match self.0 {}
    }

    /// See the Unix one.
    pub fn kill(&self) {
        match self.0 {}
    }

    /// See the Unix one.
    pub fn reap(&self) {
        match self.0 {}
    }

    /// See the Unix one.
    pub fn lend_terminal(&self) -> bool {
        match self.0 {}
    }

    /// See the Unix one.
    pub fn take_terminal(&self) {
        match self.0 {}
    }
}

impl Stream {
    /// See the Unix one.
    ///
    /// # Errors
    /// Never: there is none.
    pub fn limit_unsent(&self, _len: usize) -> io::Result<()> {
        match self.0 {}
    }

    /// See the Unix one.
    ///
    /// # Errors
    /// Never: there is none.
    pub fn wait_readable(&self, _timeout: Duration) -> io::Result<bool> {
        match self.0 {}
    }

    /// See the Unix one.
    ///
    /// # Errors
    /// Never: there is none.
    pub fn shut_down_write(&self) -> io::Result<()> {
        match self.0 {}
    }
}

impl Read for Stream {
    fn read(&mut self, _into: &mut [u8]) -> io::Result<usize> {
        match self.0 {}
    }
}

impl Write for Stream {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        match self.0 {}
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0 {}
    }
}

impl Source for Stream {
    fn register(&mut self, _: &Registry, _: Token, _: Interest) -> io::Result<()> {
        match self.0 {}
    }

    fn reregister(&mut self, _: &Registry, _: Token, _: Interest) -> io::Result<()> {
        match self.0 {}
    }

    fn deregister(&mut self, _: &Registry) -> io::Result<()> {
        match self.0 {}
    }
}
