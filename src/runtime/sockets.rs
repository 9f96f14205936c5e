//! The event loop's sockets: who is taken in, bytes in and out, and the last ones at the end.
//!
//! It does not know what the bytes mean.

use super::{
    clock,
    connection::{Connection, Progress, WORK_TIME_MAX},
    dial::Dialled,
    event_loop::{CONNECTIONS, EventLoop},
    start::no_poll,
    stream::Stream,
};
use crate::{
    app::{ConnectionId, Input, Now},
    error::Error,
};
use mio::{Events, Token};
use std::{
    io,
    time::{Duration, Instant},
};

/// Most connections at once: a call, 64 that have not said who they are, 128 that are turned away
/// and have their last words to hear. More are closed at once.
const CONNECTION_COUNT_MAX: usize = 200;

/// How long the goodbye may take to leave when the program ends or stops for a while.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(500);

impl EventLoop {
    /// Takes what dialling gave, callers, and a bounded amount of bytes of each connection.
    pub(super) fn take_network(&mut self, now: Now) {
        if let Some(dialled) = self.dialled.take() {
            self.take_dialled(now, dialled);
        }
        let in_call = self.app.connection_in_call();
        self.read_connections(now, |connection| Some(connection) == in_call);
        let work = clock::Work::begin();
        self.take_callers(now);
        self.read_connections(now, |connection| Some(connection) != in_call);
        let cost = work.cost().min(WORK_TIME_MAX);
        if let Some(until) = self.strangers.spend(cost, clock::instant()) {
            self.listeners.rest(until);
            let in_call = self.app.connection_in_call();
            let others = self.connections.iter_mut();
            for (_, io) in others.filter(|(connection, _)| Some(**connection) != in_call) {
                io.rest(until);
            }
        }
    }

    fn take_callers(&mut self, now: Now) {
        for (stream, address) in self.listeners.accept(now.instant) {
            if self.connections.len() >= CONNECTION_COUNT_MAX && !self.drop_closing(now) {
                continue;
            }
            // A caller that is gone before it was taken in is of no interest.
            if let Ok(connection) = self.adopt(Stream::Tcp(stream)) {
                self.app.handle(
                    now,
                    Input::Accepted {
                        connection,
                        address,
                    },
                );
            }
        }
    }

    pub(super) fn take_dialled(&mut self, now: Now, dialled: Dialled) {
        let input = match dialled {
            Ok((stream, address)) => match (self.adopt(stream), address) {
                (Ok(connection), Some(address)) => Input::Connected {
                    connection,
                    address,
                },
                (Ok(connection), None) => Input::ConnectedThrough { connection },
                (Err(err), _) => Input::ConnectFailed(format!("the connection failed: {err}")),
            },
            Err(err) => Input::ConnectFailed(err.with_sources()),
        };
        self.app.handle(now, input);
    }

    /// Drops the connection that has been closing for longest, so that one that was turned away
    /// does not keep another out; says whether there was one.
    fn drop_closing(&mut self, now: Now) -> bool {
        let closing = self.connections.iter();
        let closing = closing.filter_map(|(&connection, io)| Some((io.deadline()?, connection)));
        let Some((_, connection)) = closing.min() else {
            return false;
        };
        self.connections.remove(&connection);
        self.app.handle(now, Input::Disconnected { connection });
        true
    }

    /// Reads those that are meant.
    fn read_connections(&mut self, now: Now, is_meant: impl Fn(ConnectionId) -> bool) {
        let Self {
            connections,
            app,
            scratch,
            ..
        } = self;
        connections.retain(|&connection, io| {
            if !is_meant(connection) {
                return true;
            }
            let progress = io.read(now.instant, scratch, |bytes| {
                app.handle(now, Input::Bytes { connection, bytes });
            });
            let progress = io.judge(now.instant, progress);
            let expired = io
                .deadline()
                .is_some_and(|deadline| deadline <= now.instant);
            keep(progress, expired, || {
                if let Some(words) = io.last_words() {
                    app.handle(now, Input::CommandEnded { connection, words });
                }
                app.handle(now, Input::Disconnected { connection });
            })
        });
    }

    /// Writes what the sessions have to say until the sockets take no more.
    pub(super) fn transmit(&mut self, now: Now) {
        let Self {
            connections,
            app,
            scratch,
            ..
        } = self;
        connections.retain(|&connection, io| {
            if app.wants_window() == Some(connection)
                && let Some(len) = io.peer_window()
            {
                app.handle(now, Input::Window { connection, len });
            }
            let progress = io.write(|out| app.poll_transmit(now, connection, out));
            let progress = io.judge(now.instant, progress);
            keep(progress, false, || {
                io.read_last(scratch, |bytes| {
                    app.handle(now, Input::Bytes { connection, bytes });
                });
                if let Some(words) = io.last_words() {
                    app.handle(now, Input::CommandEnded { connection, words });
                }
                app.handle(now, Input::Disconnected { connection });
            })
        });
    }

    fn adopt(&mut self, stream: Stream) -> io::Result<ConnectionId> {
        let connection = ConnectionId(self.next_connection);
        let number = usize::try_from(self.next_connection).map_err(io::Error::other)?;
        let token = Token(CONNECTIONS.0 + number);
        let io = Connection::new(stream, self.poll.registry(), token)?;
        self.next_connection += 1;
        self.connections.insert(connection, io);
        Ok(connection)
    }

    /// Gives what the sessions still have to say a bounded time to leave; the connections stay.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        let deadline = clock::instant() + FLUSH_TIMEOUT;
        loop {
            let now = clock::now();
            self.transmit(now);
            let flushed = self.connections.values().all(Connection::is_flushed);
            if flushed || !self.wait_for_sockets(now.instant, deadline)? {
                return Ok(());
            }
        }
    }

    /// Closes all connections: the last bytes leave and the peers' ends are awaited, for a bounded
    /// time.
    pub(super) fn hang_up(&mut self) -> Result<(), Error> {
        let deadline = clock::instant() + FLUSH_TIMEOUT;
        loop {
            let now = clock::now();
            for connection in self.connections.values_mut() {
                connection.close(now.instant);
            }
            self.transmit(now);
            self.read_connections(now, |_all| true);
            if self.connections.is_empty() || !self.wait_for_sockets(now.instant, deadline)? {
                return Ok(());
            }
        }
    }

    /// Waits for an edge of a socket, at most until `deadline`. Says whether there is time left.
    fn wait_for_sockets(&mut self, now: Instant, deadline: Instant) -> Result<bool, Error> {
        let rest = deadline.saturating_duration_since(now);
        if rest.is_zero() {
            return Ok(false);
        }
        let mut events = Events::with_capacity(64);
        match self.poll.poll(&mut events, Some(rest)) {
            Err(err) if err.kind() != io::ErrorKind::Interrupted => Err(no_poll(err)),
            _ => {
                self.mark_ready(&events);
                Ok(true)
            }
        }
    }
}

/// Whether a connection stays, telling the state when it does not.
fn keep(progress: Progress, expired: bool, gone: impl FnOnce()) -> bool {
    let ended = progress == Progress::Ended || expired;
    if ended {
        gone();
    }
    !ended
}
