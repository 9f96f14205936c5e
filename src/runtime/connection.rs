//! One TCP connection: bytes in and out without blocking, edges remembered.
//!
//! It does not know what the bytes mean; the session chooses them as late as the socket takes them.

use mio::{Interest, Registry, Token, net::TcpStream};
use socket2::SockRef;
use std::{
    io::{self, Read, Write},
    net::Shutdown,
    time::{Duration, Instant},
};

/// Most bytes that one turn of the loop reads from one connection, so that keys stay quick.
const READ_LEN_MAX: usize = 256 << 10;

/// Bytes that the kernel may hold unsent. More would be pictures that grow old there: without this
/// limit 2.6 MB pile up on a stalled link, 17 s of video (measured).
#[cfg(target_os = "linux")]
const UNSENT_LEN_MAX: u32 = 16 << 10;

/// Send buffer where the kernel has no limit for unsent bytes. Two large pictures.
#[cfg(not(target_os = "linux"))]
const SEND_BUFFER_LEN: usize = 64 << 10;

/// How long a closing connection may take to hand over its last bytes and hear the peer's end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// One TCP connection.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    outgoing: Vec<u8>,
    written: usize,
    readable: bool,
    writable: bool,
    closing: Option<Closing>,
}

/// The end of a connection: first our last bytes go, then the peer's end is awaited, because a
/// socket closed with unread bytes answers with a reset that can destroy our goodbye.
#[derive(Clone, Copy, Debug)]
struct Closing {
    deadline: Instant,
    shut_down: bool,
}

/// What a step on a connection came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It goes on.
    Open,
    /// It is over; drop it.
    Ended,
}

impl Connection {
    /// Takes over a connected stream.
    pub(super) fn new(
        mut stream: TcpStream,
        registry: &Registry,
        token: Token,
    ) -> io::Result<Self> {
        let socket = SockRef::from(&stream);
        socket.set_tcp_nodelay(true)?;
        #[cfg(target_os = "linux")]
        socket.set_tcp_notsent_lowat(UNSENT_LEN_MAX)?;
        #[cfg(not(target_os = "linux"))]
        socket.set_send_buffer_size(SEND_BUFFER_LEN)?;
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self {
            stream,
            outgoing: Vec::new(),
            written: 0,
            readable: true,
            writable: true,
            closing: None,
        })
    }

    /// Remembers an edge of the poll.
    pub(super) fn handle_event(&mut self, event: &mio::event::Event) {
        self.readable |= event.is_readable() || event.is_read_closed() || event.is_error();
        self.writable |= event.is_writable() || event.is_write_closed() || event.is_error();
    }

    /// Reads what is there, a bounded amount, into `take`.
    pub(super) fn read(&mut self, scratch: &mut [u8], mut take: impl FnMut(&[u8])) -> Progress {
        let mut read_len = 0;
        while self.readable && read_len < READ_LEN_MAX {
            match self.stream.read(scratch) {
                Ok(0) => return Progress::Ended,
                Ok(len) => {
                    read_len += len;
                    if self.closing.is_none() {
                        take(scratch.get(..len).unwrap_or_default());
                    }
                }
                Err(err) if err.kind() == io::ErrorKind::WouldBlock => self.readable = false,
                Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Progress::Ended,
            }
        }
        Progress::Open
    }

    /// Writes until the socket takes no more; `next` appends the next bytes and says whether it
    /// did.
    pub(super) fn write(&mut self, mut next: impl FnMut(&mut Vec<u8>) -> bool) -> Progress {
        while self.writable {
            if self.written == self.outgoing.len() {
                self.outgoing.clear();
                self.written = 0;
                if !next(&mut self.outgoing) {
                    return self.shut_down_if_closing();
                }
            }
            let rest = self.outgoing.get(self.written..).unwrap_or_default();
            match self.stream.write(rest) {
                Ok(len) => self.written += len,
                Err(err) if err.kind() == io::ErrorKind::WouldBlock => self.writable = false,
                Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Progress::Ended,
            }
        }
        Progress::Open
    }

    /// From now on only what is still to be written matters.
    pub(super) fn close(&mut self, now: Instant) {
        let deadline = now + CLOSE_TIMEOUT;
        self.closing.get_or_insert(Closing {
            deadline,
            shut_down: false,
        });
    }

    /// Whether bytes wait unread, so that the poll must not sleep.
    pub(super) fn is_readable(&self) -> bool {
        self.readable
    }

    /// Whether all that was made has been taken by the socket.
    pub(super) fn is_flushed(&self) -> bool {
        self.written == self.outgoing.len()
    }

    /// When a closing connection is dropped at the latest.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.closing.map(|closing| closing.deadline)
    }

    fn shut_down_if_closing(&mut self) -> Progress {
        match &mut self.closing {
            Some(closing) if !closing.shut_down => {
                closing.shut_down = true;
                match self.stream.shutdown(Shutdown::Write) {
                    Ok(()) => Progress::Open,
                    Err(_) => Progress::Ended,
                }
            }
            _ => Progress::Open,
        }
    }
}
