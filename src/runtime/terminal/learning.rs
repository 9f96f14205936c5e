//! What becomes known of the terminal while the program runs.

use super::{super::clock, ANSWERS_TIMEOUT, TerminalSide};
use crate::{
    app::Input,
    screen::{
        CellSize, Window,
        capability::Multiplexer,
        interview::Interview,
        pacing::{Occasion, Reach},
    },
};
use ratatui::layout::Rect;
use std::time::{Duration, Instant};
use ttychat_platform::console::WindowSize;

/// Height of half a cell divided by the width of a cell, if the system knows it.
pub(super) fn shape(size: WindowSize) -> Option<f64> {
    plausible(
        f64::from(size.width) / f64::from(size.columns.max(1)),
        f64::from(size.height) / f64::from(size.rows.max(1)),
    )
}

/// The window's size as the screen wants it. `cell`: width and height of one, where the terminal
/// has said that, for where the system does not know it.
pub(in crate::runtime) fn window(size: WindowSize, cell: Option<(u16, u16)>) -> Window {
    let answered =
        || cell.and_then(|(width, height)| plausible(f64::from(width), f64::from(height)));
    Window {
        cells: CellSize {
            columns: size.columns.max(1),
            rows: size.rows.max(1),
        }
        .limited(),
        pixel_aspect: shape(size).or_else(answered).unwrap_or(1.0),
    }
}

/// The shape of half a cell of this size. Windows reached through some ssh servers tell nonsense;
/// no font is outside these bounds.
fn plausible(width: f64, height: f64) -> Option<f64> {
    let aspect = height / width / 2.0;
    (aspect.is_finite() && (0.5..=2.0).contains(&aspect)).then_some(aspect)
}

/// What is waited for answers beyond what the path takes.
const ANSWER_SLACK: Duration = Duration::from_millis(250);

/// Whether the terminal answers for what a person sees. A multiplexer answers for itself.
pub(super) fn reach(interview: &Interview) -> Reach {
    if cfg!(windows) {
        Reach::Here
    } else if interview.multiplexer() == Multiplexer::None {
        Reach::Anywhere
    } else {
        Reach::Behind
    }
}

impl TerminalSide {
    /// Goes by what the terminal has answered since the last time, and tells the program's state.
    pub(super) fn learn(&mut self, inputs: &mut Vec<Input<'_>>) {
        if let Some(client) = self.tmux.as_ref().and_then(super::Mailbox::take) {
            self.interview.handle_client(client);
        }
        if !self.interview.take_changed() {
            return;
        }
        if reach(&self.interview) == Reach::Behind {
            self.pacing.set_blind();
        }
        let profile = self.interview.profile();
        let backend = self.terminal.backend_mut();
        if backend.depth() != profile.depth {
            let cells = backend.cells();
            backend.change_depth(profile.depth);
            self.lay_out_again(cells);
        }
        inputs.push(Input::TerminalKnown(profile));
        // A terminal that cannot be measured any more is found out where it is written to.
        if let Ok(size) = self.console.size() {
            let window = window(size, self.interview.cell_size());
            inputs.push(Input::WindowChanged(window));
        }
    }

    /// When a frame may begin: not before the terminal has answered, or had time to.
    pub(super) fn begin_at(&self, now: Instant, occasion: Occasion) -> Instant {
        let begin_at = self.pacing.begin_at(now, occasion);
        let held_until = self.interview.frame_deadline();
        held_until.map_or(begin_at, |at| begin_at.max(at))
    }

    /// Whether an ESC is more likely the begin of an answer than a key. A terminal that has never
    /// acknowledged a frame is asked again and again in vain.
    pub(super) fn expects_replies(&self, now: Instant) -> bool {
        let is_acknowledging = self.pacing.is_acknowledged() && self.pacing.outstanding() > 0;
        is_acknowledging || self.interview.outstanding(now) > 0
    }

    /// How many answers the terminal owes that end something: those before them have come then.
    pub(super) fn outstanding(&self) -> usize {
        self.pacing.outstanding() + self.interview.outstanding(clock::instant())
    }

    /// For how long it makes sense to wait for them.
    pub(super) fn answer_time(&self) -> Duration {
        if self.interview.outstanding(clock::instant()) > 0 {
            // How long the path is has not been seen yet.
            return ANSWERS_TIMEOUT;
        }
        self.pacing.answer_time() * 2 + ANSWER_SLACK
    }

    /// Has ratatui paint all cells with its next frame.
    pub(super) fn lay_out_again(&mut self, cells: CellSize) {
        let area = Rect::new(0, 0, cells.columns, cells.rows);
        let Ok(()) = self.terminal.resize(area);
    }
}
