//! The event loop: one poll, one thread that owns the program's state.
//!
//! A turn: wait until the earliest deadline of the parts; read the clock once; take what is ready,
//! a bounded amount each; time-outs; draw at most once, and only if the last frame has left; write
//! until the sockets take no more. It decides nothing: inputs go to [`App`], its effects are done.

use super::{
    allowance::Allowance,
    capture::Capture,
    clock,
    connection::Connection,
    dial::{Dialled, Way},
    keeper::Keeper,
    mailbox::Mailbox,
    network::Listeners,
    output::Output,
    peers,
    picture::PictureThread,
    settings,
    start::{no_poll, no_thread},
    stream::Stream,
    terminal::TerminalSide,
    via::Commands,
    worker,
};
use crate::{
    app::{App, CameraSettings, ConnectionId, Ending, Input, KnownPeers, Now},
    error::Error,
};
use mio::{Events, Poll, Token, Waker};
use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
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
pub(super) const CONNECTIONS: Token = Token(16);

/// Scratch for reading from sockets.
const READ_SCRATCH_LEN: usize = 64 << 10;

/// How long the source may take to let its device go. A hanging driver is left behind. With what
/// else is waited for at the end, a person is not kept waiting for a second.
pub(super) const CAPTURE_CLOSE_TIMEOUT: Duration = Duration::from_millis(700);

/// The same before the program stops for a while, with the terminal already given back: a camera
/// that is being opened can take two seconds, and what is not closed then stays open until `fg`.
pub(super) const CAPTURE_RELEASE_TIMEOUT: Duration = Duration::from_secs(3);

/// How long a snapshot may take that is being written at the end.
const SAVE_TIMEOUT: Duration = Duration::from_millis(500);

/// All that a loop owns.
#[derive(Debug)]
pub(super) struct EventLoop {
    pub(super) poll: Poll,
    pub(super) app: App,
    pub(super) terminal: Option<TerminalSide>,
    pub(super) signals: Option<Signals>,
    pub(super) listeners: Listeners,
    pub(super) way: Option<Way>,
    pub(super) dialled: Mailbox<Dialled>,
    /// What was dialled before there was a screen.
    pub(super) first_dialled: Option<(Stream, Option<SocketAddr>)>,
    pub(super) commands: Commands,
    /// What became of a snapshot: its path, or why it was not kept.
    pub(super) snapshots: Mailbox<Result<String, String>>,
    pub(super) is_saving: bool,
    pub(super) settings: Keeper<CameraSettings>,
    pub(super) peers: Keeper<KnownPeers>,
    pub(super) connections: BTreeMap<ConnectionId, Connection>,
    /// What all those may cost who are not in the call.
    pub(super) strangers: Allowance,
    pub(super) next_connection: u64,
    pub(super) capture: Option<Capture>,
    pub(super) pictures: PictureThread,
    pub(super) output: Output,
    pub(super) ending: Option<Ending>,
    pub(super) scratch: Vec<u8>,
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
    pub(super) way: Option<Way>,
    pub(super) first_dialled: Option<(Stream, Option<SocketAddr>)>,
    pub(super) commands: Commands,
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
            way,
            first_dialled,
            commands,
            capture,
            output,
        } = parts;
        Ok(Self {
            poll,
            app,
            terminal,
            signals,
            listeners,
            way,
            first_dialled,
            commands,
            dialled: Mailbox::new(Some(Arc::clone(&waker))),
            snapshots: Mailbox::new(Some(Arc::clone(&waker))),
            is_saving: false,
            settings: Keeper::new("settings", settings::keep, Arc::clone(&waker)),
            peers: Keeper::new("peers", peers::keep, Arc::clone(&waker)),
            connections: BTreeMap::new(),
            strangers: Allowance::of_strangers(clock::instant()),
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
    /// When the poll or the terminal fails; the peer has been told.
    pub(super) fn run(&mut self) -> Result<Ending, Error> {
        let ending = self.turn_until_the_end();
        if ending.is_err() {
            // Without a goodbye the peer would take it for a lost connection and call again.
            self.app.handle(clock::now(), Input::TerminateRequested);
        }
        // What fails now changes nothing any more.
        drop(self.hang_up());
        self.close();
        ending
    }

    fn turn_until_the_end(&mut self) -> Result<Ending, Error> {
        let mut events = Events::with_capacity(256);
        let mut now = clock::now();
        self.finish_turn(now)?;
        loop {
            if let Some(ending) = self.ending.take() {
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
            self.take_signals(now);
            self.take_keys(now);
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
        if let Some(terminal) = &mut self.terminal
            && self.ending.is_none()
            && terminal.turn(now, &mut self.app).is_err()
        {
            self.lose_terminal(now);
        }
        self.do_effects(now)?;
        self.transmit(now);
        if let Some(capture) = &mut self.capture {
            capture.order(&self.app.capture_order());
        }
        Ok(())
    }

    fn wait_time(&self, now: Instant) -> Option<Duration> {
        if self.ending.is_some() {
            return Some(Duration::ZERO);
        }
        let occasion = self.app.wants_draw();
        let terminal = self.terminal.as_ref();
        let terminal = terminal.and_then(|terminal| terminal.deadline(now, occasion));
        let connections = self.connections.values();
        let connections =
            connections.flat_map(|connection| [connection.deadline(), connection.read_at(now)]);
        let listeners = self.listeners.deadline(now);
        let capture = self.capture.as_ref().and_then(Capture::deadline);
        let deadlines = [self.app.deadline(), capture, terminal, listeners];
        let earliest = deadlines.into_iter().chain(connections).flatten().min()?;
        Some(earliest.saturating_duration_since(now))
    }

    /// Remembers the edges, each with its source.
    pub(super) fn mark_ready(&mut self, events: &Events) {
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

    fn take_signals(&mut self, now: Now) {
        let Some(signals) = &mut self.signals else {
            return;
        };
        for signal in signals.pending() {
            match signal {
                Signal::Continue => {
                    // Stopped and continued by somebody else (SIGSTOP): the shell may have changed
                    // the terminal meanwhile.
                    let taken = self.terminal.as_mut().map(TerminalSide::take_back);
                    if taken.is_some_and(|taken| taken.is_err()) {
                        // A closed window comes as SIGHUP and SIGCONT, in any order.
                        self.lose_terminal(now);
                    }
                    self.measure(now);
                }
                Signal::HangUp | Signal::Terminate => {
                    self.app.handle(now, Input::TerminateRequested);
                }
                Signal::Stop => self.app.handle(now, Input::StopRequested),
                Signal::WindowChanged => self.measure(now),
            }
        }
    }

    pub(super) fn measure(&mut self, now: Now) {
        let window = self.terminal.as_mut().map(TerminalSide::measure);
        match window {
            Some(Ok(window)) => self.app.handle(now, Input::WindowChanged(window)),
            Some(Err(_)) => self.lose_terminal(now),
            None => {}
        }
    }

    /// The window was closed. SIGHUP says the same, but may come later or never.
    pub(super) fn lose_terminal(&mut self, now: Now) {
        if let Some(terminal) = &mut self.terminal {
            terminal.give_up();
        }
        self.app.handle(now, Input::TerminateRequested);
    }

    fn take_keys(&mut self, now: Now) {
        let Some(terminal) = &mut self.terminal else {
            return;
        };
        let mut inputs = Vec::new();
        terminal.read(now.instant, &mut inputs);
        let resized = terminal.take_resized();
        for input in inputs {
            self.app.handle(now, input);
        }
        if resized {
            self.measure(now);
        }
    }

    fn take_threads(&mut self, now: Now) {
        if let Some(capture) = &mut self.capture {
            if let Some(line) = capture.check() {
                self.output.log(now.wall, line);
            }
            while let Some(report) = capture.take_report() {
                self.app.handle(now, Input::Capture(report));
            }
            if let Some(cameras) = capture.take_cameras() {
                self.app.handle(now, Input::Cameras(cameras));
            }
            let broken_count = capture.take_broken_count();
            if broken_count > 0 {
                self.app.handle(now, Input::OwnPicturesBroken(broken_count));
            }
            if let Some(picture) = capture.take_picture() {
                self.app.handle(now, Input::OwnPicture(picture));
            }
        }
        for input in self.pictures.take() {
            self.app.handle(now, input);
        }
        if let Some(saved) = self.snapshots.take() {
            self.is_saving = false;
            self.app.handle(now, Input::SnapshotSaved(saved));
        }
        if let Some(reason) = self.peers.take_failure() {
            self.app.handle(now, Input::PeersNotKept(reason));
        }
        if let Some(reason) = self.settings.take_failure() {
            self.app.handle(now, Input::SettingsNotKept(reason));
        }
    }

    fn close(&mut self) {
        self.connections.clear();
        self.commands.close();
        if let Some(capture) = &self.capture {
            // A driver that hangs is left behind; the process ends with it.
            if let Err(line) = capture.close(CAPTURE_CLOSE_TIMEOUT) {
                self.output.log_only(clock::now().wall, line);
            }
        }
        self.pictures.close();
        if self.is_saving {
            drop(self.snapshots.wait(Some(clock::instant() + SAVE_TIMEOUT)));
        }
        self.settings.close();
        self.peers.close();
        self.output.close();
    }
}
