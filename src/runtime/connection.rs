//! One connection: bytes in and out without blocking, edges remembered.
//!
//! It does not know what the bytes mean; the session chooses them as late as the socket takes them.

use super::{stream::Stream, via::LAST_WORDS_TIMEOUT};
use mio::{Registry, Token};
use std::{
    io::{self, Read, Write},
    time::{Duration, Instant},
};

/// Most bytes that one turn of the loop reads from one connection, so that keys stay quick.
const READ_LEN_MAX: usize = 256 << 10;

/// How long a closing connection may take to hand over its last bytes and hear the peer's end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    stream: Stream,
    outgoing: Vec<u8>,
    written: usize,
    readable: bool,
    writable: bool,
    closing: Option<Closing>,
    /// It is over, and until then the command that carried it may say why.
    last_words_at: Option<Instant>,
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
    pub(super) fn new(mut stream: Stream, registry: &Registry, token: Token) -> io::Result<Self> {
        stream.register(registry, token)?;
        Ok(Self {
            stream,
            outgoing: Vec::new(),
            written: 0,
            readable: true,
            writable: true,
            closing: None,
            last_words_at: None,
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

    /// Reads what had come when nothing could be written any more: it may say why.
    pub(super) fn read_last(&mut self, scratch: &mut [u8], take: impl FnMut(&[u8])) {
        self.readable = true;
        self.read(scratch, take);
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
        let closing = self.closing.map(|closing| closing.deadline);
        self.last_words_at.or(closing)
    }

    /// What a step came to, seen by who wants to know why a connection ended: one that a command
    /// carried goes on until that has said its last words, for a bounded time.
    pub(super) fn judge(&mut self, now: Instant, progress: Progress) -> Progress {
        let is_over = progress == Progress::Ended || self.last_words_at.is_some();
        let Some(command) = self.stream.command().filter(|_| self.closing.is_none()) else {
            return progress;
        };
        if !is_over {
            return Progress::Open;
        }
        (self.readable, self.writable) = (false, false);
        let until = *self
            .last_words_at
            .get_or_insert_with(|| now + LAST_WORDS_TIMEOUT);
        if command.has_ended() || until <= now {
            Progress::Ended
        } else {
            Progress::Open
        }
    }

    /// How the command ended that carried it, if one did.
    pub(super) fn last_words(&self) -> Option<String> {
        Some(self.stream.command()?.last_words())
    }

    fn shut_down_if_closing(&mut self) -> Progress {
        match &mut self.closing {
            Some(closing) if !closing.shut_down => {
                closing.shut_down = true;
                match self.stream.shut_down_write() {
                    Ok(()) => Progress::Open,
                    Err(_) => Progress::Ended,
                }
            }
            _ => Progress::Open,
        }
    }
}
