//! What time brings: time-outs, tries, ticks.

use super::{
    App, Effect, Goodbye, Now, Refusal, line::Stage, listening::ASK_TIMEOUT, screen::Screen,
};
use crate::ui;
use std::time::Instant;

impl App {
    /// When [`super::Input::Timeout`] is wanted.
    pub fn deadline(&self) -> Option<Instant> {
        if self.is_over() || self.suspended {
            return None;
        }
        let call = self.line.call();
        let screen = self.screen.as_ref();
        [
            call.and_then(|call| call.session.deadline()),
            self.callers.deadline(),
            self.duration_ends_at(),
            call.and_then(|call| match call.stage {
                Stage::Asked { since, bell_at } => Some(bell_at.min(since + ASK_TIMEOUT)),
                Stage::Greeting | Stage::Ringing | Stage::Up { .. } => None,
            }),
            self.check_deadline(),
            self.redial_at(),
            self.is_metered().then(|| self.meter.deadline()),
            screen.and_then(|screen| screen.notice.as_ref().map(|notice| notice.until)),
            screen.and_then(Screen::own_deadline),
            screen.and_then(Screen::refinement_deadline),
            self.scene_deadline(),
            self.controls.deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    pub(super) fn duration_is_over(&self, now: Now) -> bool {
        self.duration_ends_at().is_some_and(|at| at <= now.instant)
    }

    /// Does everything whose time has come.
    pub(super) fn advance(&mut self, now: Now) {
        // While the program is stopped no time passes: see `App::resumed`.
        if self.is_over() || self.suspended {
            return;
        }
        if self.duration_is_over(now) {
            self.end(now, Goodbye::Ended);
            return;
        }
        let due = |deadline: Option<Instant>| deadline.is_some_and(|at| at <= now.instant);
        if let Some(call) = self.line.call_mut()
            && due(call.session.deadline())
        {
            call.session.handle_timeout(now.instant);
        }
        self.callers.handle_timeout(now.instant);
        self.advance_controls(now.instant);
        self.advance_asking(now);
        self.advance_check(now);
        if self.is_over() {
            return;
        }
        if due(self.redial_at()) {
            self.dial(now);
        }
        if self.is_metered() && due(Some(self.meter.deadline())) {
            self.measure(now);
        }
        let scene_is_due = due(self.scene_deadline());
        if let Some(screen) = &mut self.screen {
            let notice_is_over = due(screen.notice.as_ref().map(|notice| notice.until));
            if notice_is_over {
                screen.notice = None;
            }
            screen.dirty |= notice_is_over || scene_is_due;
            screen.dirty |= due(screen.own_deadline()) || due(screen.refinement_deadline());
        }
    }

    fn advance_asking(&mut self, now: Now) {
        let Some(call) = self.line.call() else { return };
        let Stage::Asked { since, bell_at } = call.stage else {
            return;
        };
        if now.instant >= since + ASK_TIMEOUT {
            self.refuse(now, Refusal::Unanswered);
        } else if now.instant >= bell_at {
            self.ring(now);
        }
    }

    /// Counts the last second, and says so to whoever wants to know.
    fn measure(&mut self, now: Now) {
        self.count_session();
        self.meter.tick(now.instant);
        if self.options.statistics {
            let line = self.statistics_line(now.instant);
            self.effects.push(Effect::Statistics(line));
        }
        if self.line.up().is_some() {
            self.redraw();
        }
    }

    /// Adds to the meter what the session has counted since the last time.
    pub(super) fn count_session(&mut self) {
        if let Some(call) = self.line.call_mut() {
            let counts = call.session.statistics();
            self.meter.add_session(call.counted, counts);
            call.counted = counts;
        }
    }

    fn duration_ends_at(&self) -> Option<Instant> {
        self.options
            .duration
            .and_then(|duration| self.started_at.checked_add(duration))
    }

    /// Whether somebody sees the figures.
    fn is_metered(&self) -> bool {
        self.options.statistics || self.line.up().is_some()
    }

    /// When the next frame is due although nothing happens.
    fn scene_deadline(&self) -> Option<Instant> {
        let screen = self.screen.as_ref().filter(|screen| !screen.dirty)?;
        let drawn_at = screen.drawn_at?;
        let scene = self.view(drawn_at, screen).is_animated();
        let scene = scene.then(|| drawn_at + ui::ANIMATION_INTERVAL);
        [scene, self.chat.deadline(drawn_at)]
            .into_iter()
            .flatten()
            .min()
    }
}
