//! One connection: bytes in and out without blocking, edges remembered.
//!
//! It does not know what the bytes mean; the session chooses them as late as the socket takes them.

use super::{allowance::Allowance, clock, stream::Stream, via::LAST_WORDS_TIMEOUT};
use mio::{Registry, Token};
use std::{
    io::{self, Read, Write},
    time::{Duration, Instant},
};

/// Most bytes that one turn of the loop reads from one connection, so that keys stay quick.
const READ_LEN_MAX: usize = 256 << 10;

/// Longest time that taking in what one turn reads is believed to have cost. What takes longer is
/// no work: the machine slept, or we were stopped.
pub(super) const WORK_TIME_MAX: Duration = Duration::from_secs(1);

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
    /// What reading from it may cost: a peer may say more than we can take in.
    allowance: Allowance,
    resting_until: Option<Instant>,
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
            allowance: Allowance::of_peer(clock::instant()),
            resting_until: None,
            last_words_at: None,
        })
    }

    /// Remembers an edge of the poll.
    pub(super) fn handle_event(&mut self, event: &mio::event::Event) {
        self.readable |= event.is_readable() || event.is_read_closed() || event.is_error();
        self.writable |= event.is_writable() || event.is_write_closed() || event.is_error();
    }

    /// Reads what is there, a bounded amount, into `take`. When taking it has kept the processor
    /// busy for too long, it rests: the kernel holds what comes, and then the peer has to wait.
    pub(super) fn read(
        &mut self,
        now: Instant,
        scratch: &mut [u8],
        take: impl FnMut(&[u8]),
    ) -> Progress {
        if !self.readable || self.rests(now) {
            return Progress::Open;
        }
        let work = clock::Work::begin();
        let progress = self.read_some(scratch, take);
        let cost = work.cost().min(WORK_TIME_MAX);
        self.resting_until = self.allowance.spend(cost, clock::instant());
        progress
    }

    fn read_some(&mut self, scratch: &mut [u8], mut take: impl FnMut(&[u8])) -> Progress {
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
        self.read_some(scratch, take);
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

    /// Reads nothing until then at the earliest: others have cost too much.
    pub(super) fn rest(&mut self, until: Instant) {
        self.resting_until = self.resting_until.max(Some(until));
    }

    /// When bytes that wait unread are to be read though no edge comes.
    pub(super) fn read_at(&self, now: Instant) -> Option<Instant> {
        let resting_until = self.resting_until.filter(|_| self.rests(now));
        self.readable.then(|| resting_until.unwrap_or(now))
    }

    /// What is only thrown away needs no rest.
    fn rests(&self, now: Instant) -> bool {
        self.closing.is_none() && self.resting_until.is_some_and(|until| now < until)
    }

    /// How many more bytes the peer's kernel would take, where that is known.
    pub(super) fn peer_window(&self) -> Option<u32> {
        self.stream.peer_window()
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]

    use super::*;
    use mio::Poll;
    use std::{net::TcpListener, net::TcpStream};

    /// Keeps the processor busy.
    fn work(time: Duration) {
        let work = clock::Work::begin();
        while work.cost() < time {
            std::hint::spin_loop();
        }
    }

    #[test]
    fn a_peer_whose_bytes_cost_too_much_has_to_wait() {
        let poll = Poll::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (stream, _) = listener.accept().unwrap();
        stream.set_nonblocking(true).unwrap();
        let stream = Stream::Tcp(mio::net::TcpStream::from_std(stream));
        let mut connection = Connection::new(stream, poll.registry(), Token(0)).unwrap();
        let mut scratch = [0; 1];
        // What costs nothing is read to its end.
        let mut read_len = 0;
        peer.write_all(&[7; 100]).unwrap();
        while read_len < 100 {
            connection.readable = true;
            connection.read(clock::instant(), &mut scratch, |bytes| {
                read_len += bytes.len();
            });
        }
        let now = clock::instant();
        assert_eq!(connection.read_at(now), None);
        // More at once than may be saved up.
        peer.write_all(&[7]).unwrap();
        let mut taken = false;
        while !taken {
            connection.readable = true;
            connection.read(clock::instant(), &mut scratch, |_| {
                taken = true;
                work(Duration::from_millis(700));
            });
        }
        peer.write_all(&[7]).unwrap();
        connection.readable = true;
        let now = clock::instant();
        let read_at = connection.read_at(now).unwrap();
        assert!(read_at > now + Duration::from_millis(100), "it need not");
        connection.read(now, &mut scratch, |_| taken = false);
        assert!(taken, "it is read all the same");
        // Until the time has come.
        while taken {
            connection.readable = true;
            connection.read(read_at, &mut scratch, |_| taken = false);
        }
        // What is thrown away costs nothing.
        connection.resting_until = Some(now + Duration::from_secs(60));
        connection.readable = true;
        connection.close(now);
        assert_eq!(connection.read_at(now), Some(now));
    }
}
