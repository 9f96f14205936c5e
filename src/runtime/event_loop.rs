//! The event loop: one poll, one thread that owns the program's state.
//!
//! A turn: wait until the earliest deadline of the parts; read the clock once; take what is ready, a
//! bounded amount each; time-outs; draw at most once, and only if the last frame has left; write
//! until the sockets take no more. It decides nothing: inputs go to [`App`], its effects are done.

use super::{
    capture::Capture,
    clock,
    connection::{Connection, Progress},
    dial::Dialled,
    effect::Output,
    mailbox::Mailbox,
    network::Listeners,
    picture::PictureThread,
    start::{no_poll, no_thread},
    terminal::TerminalSide,
    worker,
};
use crate::{
    app::{App, ConnectionId, Ending, Input, Now},
    cli::Target,
    error::Error,
};
use mio::{Events, Poll, Token, Waker};
use std::{
    collections::BTreeMap,
    io,
    sync::Arc,
    time::{Duration, Instant},
};
use ttychat_platform::console::{Signal, Signals};

pub(super) const WAKER: Token = Token(0);
pub(super) const CONSOLE: Token = Token(1);
pub(super) const SIGNALS: Token = Token(2);
/// Listeners have the tokens from here to [`CONNECTIONS`].
pub(super) const LISTENERS: Token = Token(3);
/// Connections have this token plus their number.
const CONNECTIONS: Token = Token(16);

/// Most connections at once; more are closed at once. One call, and room to tell others "busy".
const CONNECTION_COUNT_MAX: usize = 64;

/// Scratch for reading from sockets.
const READ_SCRATCH_LEN: usize = 64 << 10;

/// How long the goodbye may take to leave when the program ends or stops for a while.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(500);

/// How long the source may take to let its device go. A hanging driver is left behind.
pub(super) const CAPTURE_CLOSE_TIMEOUT: Duration = Duration::from_millis(900);

/// All that a loop owns.
#[derive(Debug)]
pub(super) struct EventLoop {
    pub(super) poll: Poll,
    pub(super) app: App,
    pub(super) terminal: Option<TerminalSide>,
    pub(super) signals: Option<Signals>,
    pub(super) listeners: Listeners,
    pub(super) target: Option<Target>,
    pub(super) dialled: Mailbox<Dialled>,
    pub(super) connections: BTreeMap<ConnectionId, Connection>,
    pub(super) next_connection: u64,
    pub(super) capture: Option<Capture>,
    pub(super) pictures: PictureThread,
    pub(super) output: Output,
    pub(super) ending: Option<Ending>,
    scratch: Vec<u8>,
}

/// What [`EventLoop::new`] is given.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) poll: Poll,
    pub(super) waker: Arc<Waker>,
    pub(super) app: App,
    pub(super) terminal: Option<TerminalSide>,
    pub(super) signals: Option<Signals>,
    pub(super) listeners: Listeners,
    pub(super) target: Option<Target>,
    pub(super) capture: Option<Capture>,
    pub(super) output: Output,
}

impl EventLoop {
    /// A loop of these parts.
    ///
    /// # Errors
    /// [`Error::Machinery`] when no thread can be started.
    pub(super) fn new(parts: Parts) -> Result<Self, Error> {
        let Parts {
            poll,
            waker,
            app,
            terminal,
            signals,
            listeners,
            target,
            capture,
            output,
        } = parts;
        Ok(Self {
            poll,
            app,
            terminal,
            signals,
            listeners,
            target,
            dialled: Mailbox::new(Some(Arc::clone(&waker))),
            connections: BTreeMap::new(),
            next_connection: 0,
            capture,
            pictures: PictureThread::spawn(waker).map_err(no_thread)?,
            output,
            ending: None,
            scratch: vec![0; READ_SCRATCH_LEN],
        })
    }

    /// Turns until the program ends.
    ///
    /// # Errors
    /// When the poll or the terminal fails.
    pub(super) fn run(&mut self) -> Result<Ending, Error> {
        let mut events = Events::with_capacity(256);
        let mut now = clock::now();
        self.finish_turn(now)?;
        loop {
            if let Some(ending) = self.ending.take() {
                self.hang_up()?;
                self.close();
                return Ok(ending);
            }
            let timeout = self.wait_time(now.instant);
            match self.poll.poll(&mut events, timeout) {
                Err(err) if err.kind() != io::ErrorKind::Interrupted => {
                    return Err(no_poll(err));
                }
                // Every signal interrupts the poll; its own event comes with the next turn.
                Err(_) => events.clear(),
                Ok(()) => {}
            }
            worker::panic_if_tested("loop");
            now = clock::now();
            self.mark_ready(&events);
            self.take_signals(now)?;
            self.take_keys(now)?;
            self.take_network(now);
            self.take_threads(now);
            if self
                .app
                .deadline()
                .is_some_and(|deadline| deadline <= now.instant)
            {
                self.app.handle(now, Input::Timeout);
            }
            self.finish_turn(now)?;
        }
    }

    /// Effects, drawing, and what all that gives the sockets and the source to do.
    fn finish_turn(&mut self, now: Now) -> Result<(), Error> {
        self.do_effects(now)?;
        if let Some(terminal) = &mut self.terminal {
            terminal.turn(now, &mut self.app).map_err(Error::Terminal)?;
        }
        self.do_effects(now)?;
        self.transmit(now);
        if let Some(capture) = &mut self.capture {
            capture.order(&self.app.capture_order());
        }
        Ok(())
    }

    fn wait_time(&self, now: Instant) -> Option<Duration> {
        if self.ending.is_some() || self.connections.values().any(Connection::is_readable) {
            return Some(Duration::ZERO);
        }
        let terminal = self.terminal.as_ref().and_then(TerminalSide::deadline);
        let connections = self.connections.values().filter_map(Connection::deadline);
        let listeners = self.listeners.deadline(now);
        let deadlines = [self.app.deadline(), terminal, listeners];
        let earliest = deadlines.into_iter().flatten().chain(connections).min()?;
        Some(earliest.saturating_duration_since(now))
    }

    fn mark_ready(&mut self, events: &Events) {
        for event in events {
            match event.token() {
                WAKER => {
                    if let Some(terminal) = &mut self.terminal {
                        terminal.handle_wake();
                    }
                }
                CONSOLE => {
                    if let Some(terminal) = &mut self.terminal {
                        terminal.handle_event(event);
                    }
                }
                SIGNALS => {}
                token if token.0 >= CONNECTIONS.0 => {
                    let connection = ConnectionId((token.0 - CONNECTIONS.0) as u64);
                    if let Some(connection) = self.connections.get_mut(&connection) {
                        connection.handle_event(event);
                    }
                }
                token => self.listeners.handle_event(token),
            }
        }
    }

    fn take_signals(&mut self, now: Now) -> Result<(), Error> {
        let Some(signals) = &mut self.signals else {
            return Ok(());
        };
        for signal in signals.pending() {
            match signal {
                Signal::Continue => {
                    // Stopped and continued by somebody else (SIGSTOP): the shell may have changed
                    // the terminal meanwhile.
                    if let Some(terminal) = &mut self.terminal {
                        terminal.take_back().map_err(Error::Terminal)?;
                    }
                    self.measure(now)?;
                }
                Signal::HangUp | Signal::Terminate => {
                    self.app.handle(now, Input::TerminateRequested);
                }
                Signal::Stop => self.app.handle(now, Input::StopRequested),
                Signal::WindowChanged => self.measure(now)?,
            }
        }
        Ok(())
    }

    pub(super) fn measure(&mut self, now: Now) -> Result<(), Error> {
        if let Some(terminal) = &mut self.terminal {
            let window = terminal.measure().map_err(Error::Terminal)?;
            self.app.handle(now, Input::WindowChanged(window));
        }
        Ok(())
    }

    fn take_keys(&mut self, now: Now) -> Result<(), Error> {
        let Some(terminal) = &mut self.terminal else {
            return Ok(());
        };
        let mut inputs = Vec::new();
        terminal.read(now.instant, &mut inputs);
        let resized = terminal.take_resized();
        for input in inputs {
            self.app.handle(now, input);
        }
        if resized { self.measure(now) } else { Ok(()) }
    }

    fn take_threads(&mut self, now: Now) {
        if let Some(capture) = &mut self.capture {
            while let Some(report) = capture.take_report() {
                self.app.handle(now, Input::Capture(report));
            }
            if let Some(cameras) = capture.take_cameras() {
                self.app.handle(now, Input::Cameras(cameras));
            }
            if let Some(picture) = capture.take_picture() {
                self.app.handle(now, Input::OwnPicture(picture));
            }
        }
        for input in self.pictures.take() {
            self.app.handle(now, input);
        }
    }

    fn take_network(&mut self, now: Now) {
        if let Some(dialled) = self.dialled.take() {
            match dialled {
                Ok((stream, address)) => match self.adopt(stream) {
                    Ok(connection) => {
                        self.app.handle(
                            now,
                            Input::Connected {
                                connection,
                                address,
                            },
                        );
                    }
                    Err(err) => {
                        let words = format!("the connection to {address} failed: {err}");
                        self.app.handle(now, Input::ConnectFailed(words));
                    }
                },
                Err(err) => self
                    .app
                    .handle(now, Input::ConnectFailed(err.with_sources())),
            }
        }
        for (stream, address) in self.listeners.accept(now.instant) {
            if self.connections.len() >= CONNECTION_COUNT_MAX {
                continue;
            }
            // A caller that is gone before it was taken in is of no interest.
            if let Ok(connection) = self.adopt_nonblocking(stream) {
                self.app.handle(
                    now,
                    Input::Accepted {
                        connection,
                        address,
                    },
                );
            }
        }
        self.read_connections(now);
    }

    fn read_connections(&mut self, now: Now) {
        let Self {
            connections,
            app,
            scratch,
            ..
        } = self;
        connections.retain(|&connection, io| {
            let progress = io.read(scratch, |bytes| {
                app.handle(now, Input::Bytes { connection, bytes });
            });
            let expired = io
                .deadline()
                .is_some_and(|deadline| deadline <= now.instant);
            keep(progress, expired, || {
                app.handle(now, Input::Disconnected { connection });
            })
        });
    }

    fn transmit(&mut self, now: Now) {
        let Self {
            connections, app, ..
        } = self;
        connections.retain(|&connection, io| {
            let progress = io.write(|out| app.poll_transmit(now, connection, out));
            keep(progress, false, || {
                app.handle(now, Input::Disconnected { connection });
            })
        });
    }

    fn adopt(&mut self, stream: std::net::TcpStream) -> io::Result<ConnectionId> {
        stream.set_nonblocking(true)?;
        self.adopt_nonblocking(mio::net::TcpStream::from_std(stream))
    }

    fn adopt_nonblocking(&mut self, stream: mio::net::TcpStream) -> io::Result<ConnectionId> {
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
    fn hang_up(&mut self) -> Result<(), Error> {
        let deadline = clock::instant() + FLUSH_TIMEOUT;
        loop {
            let now = clock::now();
            for connection in self.connections.values_mut() {
                connection.close(now.instant);
            }
            self.transmit(now);
            self.read_connections(now);
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

    fn close(&mut self) {
        if let Some(capture) = &mut self.capture {
            // A driver that hangs is left behind; the process ends with it.
            drop(capture.close(CAPTURE_CLOSE_TIMEOUT));
        }
        self.pictures.close();
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
