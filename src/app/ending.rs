//! The end of the program, and its stops.

use super::{App, Effect, Ending, Goodbye, Line, Now, Role};

impl App {
    /// The person, a signal or the time limit ends the program: everybody is told.
    pub(super) fn end(&mut self, now: Now, goodbye: Goodbye) {
        self.meter.tick(now.instant);
        let lost = self.lost.take();
        if let Some(call) = self.line.call_mut() {
            call.session.hang_up(now.instant, goodbye);
        }
        let parted = self.part(now);
        self.send_callers_away(now, goodbye);
        let message = parted.and_then(|parted| parted.summary(now.instant));
        let timed_out = goodbye == Goodbye::Ended && self.duration_is_over(now);
        if timed_out && self.dials() && !self.ever_up {
            let text = format!("the call to {} was not taken in time", self.target());
            self.quit(1, Some(text));
        } else if let Some(reason) = lost {
            let text = format!("the call to {} was lost: {reason}", self.target());
            self.quit(1, Some(text));
        } else {
            let told = !matches!(self.options.role, Role::Loopback | Role::Echo);
            self.quit(0, message.filter(|_| told));
        }
    }

    /// Nothing is done after this but to write what is left. Whoever ends the program tells and
    /// logs the message, so it is not logged here.
    pub(super) fn quit(&mut self, exit_code: u8, message: Option<String>) {
        self.line = Line::Over;
        self.keep_settings();
        self.effects
            .push(Effect::Quit(Ending { exit_code, message }));
    }

    /// Stops until continued. The peer hears `paused` first; see [`App::tell_peer`].
    pub(super) fn suspend(&mut self) {
        self.suspended = true;
        // A stopped program may never be continued.
        self.keep_settings();
        self.effects.push(Effect::Suspend);
    }

    pub(super) fn resumed(&mut self, now: Now) {
        self.suspended = false;
        if let Some(call) = self.line.call_mut() {
            call.session.handle_resume(now.instant);
        }
        self.callers.handle_resume(now.instant);
        if let Some(screen) = &mut self.screen {
            screen.forget_own_picture();
            self.effects.push(Effect::Repaint);
        }
        if let Some(call) = self.line.up_mut() {
            call.pictures.expect_from(now.instant);
        }
    }
}
