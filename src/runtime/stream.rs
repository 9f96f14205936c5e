//! What a connection's bytes go through: a socket, or a command.

use super::via::Running;
use mio::{Interest, Registry, Token, event::Source, net::TcpStream};
use socket2::SockRef;
use std::{
    io::{self, Read, Write},
    net::Shutdown,
    sync::Arc,
};
use ttychat_platform::{process, socket};

/// Bytes that the kernel may hold unsent. More would be pictures that grow old there: without this
/// limit 2.6 MB pile up on a stalled link, 17 s of video (measured).
#[cfg(target_os = "linux")]
const UNSENT_LEN_MAX: u32 = 16 << 10;

/// Send buffer where the kernel has no limit for unsent bytes. Two large pictures.
#[cfg(not(target_os = "linux"))]
const SEND_BUFFER_LEN: usize = 64 << 10;

/// What a connection's bytes go through.
#[derive(Debug)]
pub(super) enum Stream {
    /// A command's input and output; it ends with the stream.
    Command(Carrier),
    /// A socket.
    Tcp(TcpStream),
}

/// A command that carries a connection.
#[derive(Debug)]
pub(super) struct Carrier {
    pub(super) stream: process::Stream,
    pub(super) running: Arc<Running>,
    /// What was read while the first byte was awaited.
    pub(super) ahead: Vec<u8>,
}

impl Stream {
    /// Registers for reading and writing, with what keeps pictures new.
    pub(super) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        let interest = Interest::READABLE | Interest::WRITABLE;
        match self {
            Self::Command(carrier) => carrier.stream.register(registry, token, interest),
            Self::Tcp(stream) => {
                let socket = SockRef::from(&*stream);
                socket.set_tcp_nodelay(true)?;
                #[cfg(target_os = "linux")]
                socket.set_tcp_notsent_lowat(UNSENT_LEN_MAX)?;
                #[cfg(not(target_os = "linux"))]
                socket.set_send_buffer_size(SEND_BUFFER_LEN)?;
                stream.register(registry, token, interest)
            }
        }
    }

    /// How many more bytes the peer's kernel would take, where that is known.
    pub(super) fn peer_window(&self) -> Option<u32> {
        match self {
            Self::Command(_) => None,
            Self::Tcp(stream) => socket::peer_window(stream),
        }
    }

    /// Nothing more is written.
    pub(super) fn shut_down_write(&self) -> io::Result<()> {
        match self {
            Self::Command(carrier) => carrier.stream.shut_down_write(),
            Self::Tcp(stream) => stream.shutdown(Shutdown::Write),
        }
    }

    /// The command, if it is one.
    pub(super) fn command(&self) -> Option<&Running> {
        match self {
            Self::Command(carrier) => Some(&carrier.running),
            Self::Tcp(_) => None,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Command(carrier) => carrier.read(into),
            Self::Tcp(stream) => stream.read(into),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Command(carrier) => carrier.stream.write(bytes),
            Self::Tcp(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Carrier {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.ahead.is_empty() {
            return self.stream.read(into);
        }
        let len = self.ahead.as_slice().read(into)?;
        self.ahead.drain(..len);
        Ok(len)
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        self.running.end();
    }
}
