//! The program's state and all its decisions: a closed set of inputs in, effects out.
//!
//! It does not know sockets, threads, files, terminals or clocks.
//!
//! Invariant: whatever the inputs and their order, it does not panic, holds a bounded amount, and
//! gives the camera's pictures to accepted calls only.

mod call;
mod camera;
mod chain;
mod choice;
mod clock;
mod controls;
mod date;
mod effect;
mod effects;
mod ending;
mod identity;
mod input;
mod keys;
mod line;
mod listening;
mod options;
mod peers;
mod pictures;
mod redial;
mod report;
mod screen;
mod settings;
mod showing;
mod statistics;
mod strangers;
mod streak;
mod trust;
mod view;
mod wire;
mod words;

pub use chain::{Part, Patch};
pub use date::Date;
pub use effect::{CaptureOrder, ControlOrder, Effect, Ending, Kept};
pub use input::{CameraEntry, CaptureReport, ConnectionId, Input, OwnPicture};
pub use options::{
    Accept, Now, Options, Role, ScreenOptions, SharedSecret, Source, WallTime, Wire,
};
pub use peers::{KnownPeers, Peer};
pub use report::Report;
pub use settings::{CameraId, CameraSettings, Setting};

// The session's own vocabulary; nothing of the wire's form is used here.
use crate::session::{CameraState, Goodbye, Outcome, Refusal, Size};

// Runtime makes them and `ui` paints them.
pub use crate::ui::control::{Choice, Control, ControlRange, ControlState, ControlUnit};

use crate::{
    screen::pacing::Occasion,
    ui::chat::{Chat, ChatMessage, Speaker},
};
use camera::Camera;
use controls::Controls;
use effects::Effects;
use line::{Call, Line, Parting};
use listening::Callers;
use redial::Backoff;
use screen::Screen;
use statistics::Meter;
use std::time::Instant;
use strangers::{LineLimit, Strangers};

/// The program's state.
#[derive(Debug)]
pub struct App {
    options: Options,
    started_at: Instant,
    effects: Effects,
    line: Line,
    callers: Callers,
    strangers: Strangers,
    partings: Vec<Parting>,
    camera: Camera,
    controls: Controls,
    /// `None` for an end without a terminal.
    screen: Option<Screen>,
    chat: Chat,
    meter: Meter,
    backoff: Backoff,
    /// Whether a call has been up since the start.
    ever_up: bool,
    /// Why the call was lost that is tried again; until it is up again.
    lost: Option<String>,
    /// The connection that has ended just now: there is nothing to be closed.
    gone: Option<ConnectionId>,
    /// Between [`Effect::Suspend`] and [`Input::Resumed`].
    suspended: bool,
    /// When the bell last rang for a text.
    text_bell_at: Option<Instant>,
    title: String,
    /// What is logged of pictures that do not decode.
    broken_lines: LineLimit,
    /// Numbers the pictures that are to be shown, over all calls.
    show_count: u32,
    peers: KnownPeers,
    /// They could not be written; the next call tries again.
    are_peers_unkept: bool,
    /// What the other end must know too, until it is used up.
    secret: Option<SharedSecret>,
    /// Where others may call, with the invitation while it is good.
    addresses: Vec<String>,
}

impl App {
    /// The state at the start.
    pub fn new(options: Options, now: Now) -> Self {
        let mut app = Self {
            started_at: now.instant,
            effects: Effects::default(),
            line: Line::Waiting,
            callers: Callers::default(),
            strangers: Strangers::default(),
            partings: Vec::new(),
            camera: Camera::new(&options),
            controls: Controls::new(options.settings.clone()),
            screen: options.screen.map(Screen::new),
            chat: Chat::default(),
            meter: Meter::new(now.instant),
            backoff: Backoff::default(),
            ever_up: false,
            lost: None,
            gone: None,
            suspended: false,
            text_bell_at: None,
            title: String::new(),
            broken_lines: LineLimit::default(),
            show_count: 0,
            peers: options.peers.clone(),
            are_peers_unkept: false,
            secret: options.secret.clone(),
            addresses: Vec::new(),
            options,
        };
        app.name_addresses();
        for complaint in std::mem::take(&mut app.options.complaints) {
            app.announce(now, &complaint);
        }
        if app.dials() {
            app.dial(now);
        }
        app.settle(now);
        app
    }

    /// Takes one input.
    pub fn handle(&mut self, now: Now, input: Input<'_>) {
        if self.is_over() {
            // What still comes while the runtime writes the goodbye.
            if let Input::Disconnected { connection } = input {
                self.partings
                    .retain(|parting| parting.connection != connection);
            }
            return;
        }
        let is_awaited = matches!(
            input,
            Input::Key(_) | Input::Paste(_) | Input::Resumed | Input::WindowChanged(_)
        );
        if let Some(screen) = self.screen.as_mut().filter(|_| is_awaited) {
            screen.occasion = Occasion::Person;
        }
        self.take(now, input);
        self.settle(now);
    }

    /// The oldest effect not yet taken.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop()
    }

    /// See [`crate::session::Session::poll_transmit`].
    pub fn poll_transmit(&mut self, now: Now, connection: ConnectionId, out: &mut Vec<u8>) -> bool {
        if let Some(call) = self
            .line
            .call_mut()
            .filter(|call| call.connection == connection)
        {
            return call.session.poll_transmit(now.instant, out);
        }
        if let Some(caller) = self.callers.find_mut(connection) {
            return caller.session.poll_transmit(now.instant, out);
        }
        let parting = self
            .partings
            .iter_mut()
            .position(|parting| parting.connection == connection);
        let Some(index) = parting else { return false };
        let wrote = self
            .partings
            .get_mut(index)
            .is_some_and(|parting| parting.session.poll_transmit(now.instant, out));
        if !wrote {
            // The goodbye is out; nothing is ever added after it.
            self.partings.remove(index);
        }
        wrote
    }

    /// Whose connection is that of the call: of one who was called, or whose call was taken. All
    /// others are strangers.
    pub fn connection_in_call(&self) -> Option<ConnectionId> {
        let call = self.line.call().filter(|_| !self.line.is_asked());
        call.map(|call| call.connection)
    }

    /// Figures of the whole run, for the person at its end.
    pub fn report(&self, now: Now) -> Report {
        let mut meter = self.meter.clone();
        if let Some(call) = self.line.call() {
            meter.add_session(call.counted, call.session.statistics());
        }
        meter.report(now.instant)
    }

    fn take(&mut self, now: Now, input: Input<'_>) {
        match input {
            Input::Accepted {
                connection,
                address,
            } => self.take_caller(now, connection, address),
            Input::Bytes { connection, bytes } => {
                self.with_session(connection, |session| {
                    session.handle_bytes(now.instant, bytes);
                });
            }
            Input::Window { connection, len } => {
                self.with_session(connection, |session| {
                    session.handle_window(now.instant, len);
                });
            }
            Input::Cameras(cameras) => self.take_cameras(now, &cameras),
            Input::Capture(report) => self.take_capture_report(now, report),
            Input::Coarse(is_coarse) => self.coarse(is_coarse),
            Input::Connected {
                connection,
                address,
            } => self.connected(now, connection, Some(address)),
            Input::ConnectedThrough { connection } => self.connected(now, connection, None),
            Input::CommandEnded { connection, words } => self.command_ended(connection, &words),
            Input::ConnectFailed(reason) => self.connect_failed(now, &reason),
            Input::Disconnected { connection } => self.disconnected(now, connection),
            Input::Drawn => self.drawn(now),
            Input::FrameRate(rate) => self.frame_rate(rate),
            Input::FrameWritten { len } => self.frame_written(now, len),
            Input::Key(key) => self.take_key(now, &key),
            Input::OwnPicture(picture) => self.take_own_picture(now, picture),
            Input::OwnPicturesBroken(count) => self.meter.own_broken(count),
            Input::Paste(text) => self.take_paste(now, &text),
            Input::PeersNotKept(reason) => self.peers_not_kept(now, &reason),
            Input::PictureReady {
                sequence,
                result,
                composed,
            } => self.picture_ready(now, sequence, result, composed),
            Input::PictureDropped { sequence } => self.picture_dropped(now, sequence),
            Input::Resumed => self.resumed(now),
            Input::SettingsNotKept(reason) => self.settings_not_kept(now, &reason),
            Input::SnapshotSaved(result) => self.snapshot_saved(now, result),
            Input::StopRequested => self.suspend(),
            Input::SuspendRefused => {
                self.notice(
                    now,
                    "no shell waits to continue this program; nothing was stopped".into(),
                );
            }
            Input::TerminateRequested => self.end(now, Goodbye::Ended),
            Input::TerminalKnown(profile) => self.learn_terminal(now, profile),
            Input::Timeout => {}
            Input::WindowChanged(window) => {
                if let Some(screen) = &mut self.screen {
                    screen.resize(window);
                }
            }
        }
    }

    /// Brings everything that follows from the state up to date: what the sessions have to say,
    /// what time has brought, and what the peer, the terminal and the picture thread are told.
    fn settle(&mut self, now: Now) {
        self.advance(now);
        self.take_events(now);
        self.gone = None;
        if self.is_over() {
            return;
        }
        self.tell_peer(now);
        self.tell_title(now);
    }

    /// Whether the last effect was given: nothing matters any more.
    const fn is_over(&self) -> bool {
        matches!(self.line, Line::Over)
    }

    /// Whether this end calls (and does not wait for calls).
    const fn dials(&self) -> bool {
        matches!(self.options.role, Role::Connect { .. } | Role::Loopback)
    }

    /// Puts a line of the program's own into the conversation.
    fn say(&mut self, now: Now, text: &str) {
        self.push_message(now, Speaker::Program, String::new(), text.to_owned());
        self.log(text.to_owned());
    }

    /// The same, and shows it for a while, because the conversation may be out of sight.
    fn announce(&mut self, now: Now, text: &str) {
        self.say(now, text);
        if let Some(screen) = &mut self.screen {
            screen.notice(now.instant, text.to_owned());
        }
    }

    /// Gives the number of the message in the conversation.
    fn push_message(&mut self, now: Now, speaker: Speaker, name: String, text: String) -> u64 {
        let time = now.wall.clock();
        self.redraw();
        self.chat.push(ChatMessage {
            speaker,
            name,
            time,
            text,
            at: now.instant,
        })
    }

    /// Shows something for a while, and keeps it in the log.
    fn notice(&mut self, now: Now, text: String) {
        if let Some(screen) = &mut self.screen {
            screen.notice(now.instant, text.clone());
        }
        self.log(text);
    }

    fn log(&mut self, line: String) {
        self.effects.push(Effect::Log(line));
    }

    const fn redraw(&mut self) {
        if let Some(screen) = &mut self.screen {
            screen.dirty = true;
        }
    }
}
