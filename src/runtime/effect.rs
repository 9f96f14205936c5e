//! What the program's state wants of the world, done.

use super::{
    dial,
    event_loop::{CAPTURE_RELEASE_TIMEOUT, EventLoop},
    files,
    picture::Job,
    start::no_poll,
    terminal::TerminalSide,
    worker,
};
use crate::{
    app::{Effect, Input, Kept, Now},
    error::Error,
};
use ttychat_platform::console::{Signal, Signals};

impl EventLoop {
    /// Does all that is wanted.
    pub(super) fn do_effects(&mut self, now: Now) -> Result<(), Error> {
        while let Some(effect) = self.app.poll_effect() {
            self.do_effect(now, effect)?;
        }
        Ok(())
    }

    fn do_effect(&mut self, now: Now, effect: Effect) -> Result<(), Error> {
        match effect {
            Effect::Bell => {
                if let Some(terminal) = &mut self.terminal {
                    terminal.bell();
                }
            }
            Effect::Close(connection) => {
                if let Some(connection) = self.connections.get_mut(&connection) {
                    connection.close(now.instant);
                }
            }
            Effect::Connect => self.dial(now),
            Effect::KeepPeers(peers) => self.peers.keep(peers),
            Effect::KeepSettings(settings) => self.settings.keep(settings),
            Effect::ListCameras => match &mut self.capture {
                Some(capture) => capture.list_cameras(),
                None => self.app.handle(now, Input::Cameras(Vec::new())),
            },
            Effect::Log(line) => self.output.log(now.wall, line),
            Effect::Quit(ending) => {
                if let Some(message) = &ending.message {
                    self.output.log_only(now.wall, message.clone());
                }
                self.ending = Some(ending);
            }
            Effect::Repaint => {
                if let Some(terminal) = &mut self.terminal {
                    terminal.invalidate();
                }
            }
            Effect::SaveSnapshot { picture, name } => self.save_snapshot(now, picture, name),
            Effect::SetTitle(title) => {
                if let Some(terminal) = &mut self.terminal {
                    terminal.set_title(&title);
                }
            }
            Effect::ShowPicture {
                sequence,
                parts,
                area,
                fit,
                pixel_aspect,
            } => {
                let job = Job {
                    sequence,
                    parts,
                    area,
                    fit,
                    pixel_aspect,
                };
                if let Some(input) = self.pictures.put(job) {
                    self.app.handle(now, input);
                }
            }
            Effect::Statistics(line) => self.output.add_statistics(line),
            Effect::Suspend => self.suspend(now)?,
        }
        Ok(())
    }

    fn dial(&mut self, now: Now) {
        let Some(way) = &self.way else { return };
        if let Some(first) = self.first_dialled.take() {
            self.take_dialled(now, Ok(first));
            return;
        }
        let outcome = self.dialled.clone();
        if let Err(err) = dial::dial(way.clone(), outcome) {
            let words = format!("cannot start a thread: {err}");
            self.app.handle(now, Input::ConnectFailed(words));
        }
    }

    /// Keeps a picture in a thread of its own, one at a time: a disk may hang.
    fn save_snapshot(&mut self, now: Now, picture: Kept, name: String) {
        let refused = if self.is_saving {
            Some("the last snapshot is still being written".to_owned())
        } else {
            let saved = self.snapshots.clone();
            let save = move || {
                let result = worker::contain(|| files::save_snapshot(&picture, &name));
                let result = result.unwrap_or_else(|panicked| Err(panicked.to_string()));
                drop(saved.put(result));
            };
            let spawned = worker::spawn_named("snapshot", save);
            spawned
                .err()
                .map(|err| format!("cannot start a thread: {err}"))
        };
        match refused {
            Some(reason) => self.app.handle(now, Input::SnapshotSaved(Err(reason))),
            None => self.is_saving = true,
        }
    }

    /// Lets the peer know, the camera go and the terminal back, then stops until continued.
    fn suspend(&mut self, now: Now) -> Result<(), Error> {
        if !self.signals.as_ref().is_some_and(Signals::can_stop) {
            self.app.handle(now, Input::Resumed);
            self.app.handle(now, Input::SuspendRefused);
            return Ok(());
        }
        self.flush()?;
        if let Some(capture) = &mut self.capture {
            capture.order(&self.app.capture_order());
        }
        if let Some(terminal) = &mut self.terminal {
            // A terminal that takes no more is found out when it is wanted again.
            drop(terminal.leave());
        }
        if let Some(capture) = &mut self.capture {
            capture.wait_until_released(CAPTURE_RELEASE_TIMEOUT);
        }
        let mut ends = false;
        if let Some(signals) = &mut self.signals {
            signals.stop_process().map_err(no_poll)?;
            // Among them is the one that continued us; the terminal is taken back right here.
            let pending = signals.pending();
            ends = pending.contains(&Signal::HangUp) || pending.contains(&Signal::Terminate);
        }
        let now = super::clock::now();
        let entered = self.terminal.as_mut().map(TerminalSide::enter);
        self.app.handle(now, Input::Resumed);
        if entered.is_some_and(|entered| entered.is_err()) {
            self.lose_terminal(now);
        }
        if ends {
            self.app.handle(now, Input::TerminateRequested);
        }
        self.measure(now);
        Ok(())
    }
}
