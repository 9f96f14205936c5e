//! Effects that wait to be taken.

use super::Effect;
use std::collections::VecDeque;

/// Most log and statistics lines that wait. The loop takes all of them every turn; a turn that
/// makes more has gone wrong, and the first ones tell best how.
const LINE_COUNT_MAX: usize = 64;

/// Effects that wait to be taken, oldest first; one of each kind of which only the newest matters.
#[derive(Debug, Default)]
pub(super) struct Effects {
    waiting: VecDeque<Effect>,
    line_count: usize,
}

impl Effects {
    pub(super) fn push(&mut self, effect: Effect) {
        if effect.is_line() {
            if self.line_count == LINE_COUNT_MAX {
                return;
            }
            self.line_count += 1;
        } else if !matches!(effect, Effect::Close(_)) {
            // Closing is never left out: it is bounded by the connections that there are.
            let kind = std::mem::discriminant(&effect);
            self.waiting
                .retain(|waiting| std::mem::discriminant(waiting) != kind);
        }
        self.waiting.push_back(effect);
    }

    pub(super) fn pop(&mut self) -> Option<Effect> {
        let effect = self.waiting.pop_front()?;
        if effect.is_line() {
            self.line_count -= 1;
        }
        Some(effect)
    }

    /// The picture that waits to be shown, when one does: it will be overtaken by the next.
    pub(super) fn waiting_picture(&self) -> Option<u32> {
        self.waiting.iter().find_map(|effect| match effect {
            Effect::ShowPicture { sequence, .. } => Some(*sequence),
            _ => None,
        })
    }
}

impl Effect {
    const fn is_line(&self) -> bool {
        matches!(self, Self::Log(_) | Self::Statistics(_))
    }
}
