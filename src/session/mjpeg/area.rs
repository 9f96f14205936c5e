//! How large our pictures are: a plain stream does not say what its reader can show or take.

use crate::protocol::Size;
use std::time::Duration;

/// Longest picture for a peer that sends in turns, in bytes. Its scripts hope to get a picture with
/// one `recv`, of 65,536 bytes mostly. Ten segments of 1,448 bytes, the usual first window (RFC
/// 6928), leave at once and so arrive together.
const ALTERNATING_LEN_MAX: usize = 14_000;

/// The sizes, smallest first. Pictures keep their shape inside.
const STEPS: [Size; 6] = [
    size(80, 60),
    size(160, 120),
    size(240, 180),
    size(320, 240),
    size(480, 360),
    size(640, 480),
];

/// The step to begin with: at quality 75 most of its pictures have 8 to 14 kB.
const FIRST_STEP: usize = 3;

/// A picture that takes longer to leave is too large for the link. At most so much is added to its
/// age.
const SLOW: Duration = Duration::from_millis(200);

/// A picture that leaves within this time could be larger.
const QUICK: Duration = Duration::from_millis(30);

/// So many pictures in a row must have had room to spare before the next one is larger: a second or
/// two.
const EASY_COUNT: u32 = 45;

const fn size(width: u16, height: u16) -> Size {
    Size { width, height }
}

/// The largest size of our pictures, and what is learnt of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    step: usize,
    easy_count: u32,
}

impl Area {
    /// For a peer that takes pictures of any length.
    pub(super) const LARGEST: Self = Self {
        step: STEPS.len() - 1,
        easy_count: 0,
    };

    pub(super) fn size(self) -> Size {
        STEPS.get(self.step).copied().unwrap_or_default()
    }

    /// A picture of so many bytes is offered. Says whether it fits, and whether the size changes.
    pub(super) fn fit(&mut self, len: usize) -> (bool, bool) {
        // Smaller than the smallest there is none.
        let fits = len <= ALTERNATING_LEN_MAX || self.step == 0;
        // One step up has up to 2.3 times the pixels.
        let changed = self.learn(!fits, len <= ALTERNATING_LEN_MAX / 3);
        (fits, changed)
    }

    /// A picture has left within this time. Says whether the size changes.
    pub(super) fn taken_in(&mut self, time: Duration) -> bool {
        self.learn(time > SLOW, time < QUICK)
    }

    fn learn(&mut self, is_hard: bool, is_easy: bool) -> bool {
        let before = self.step;
        if is_hard {
            self.step = before.saturating_sub(1);
        } else if is_easy {
            self.easy_count += 1;
            if self.easy_count >= EASY_COUNT {
                self.step = (before + 1).min(STEPS.len() - 1);
            }
        }
        if !is_easy || self.step != before {
            self.easy_count = 0;
        }
        self.step != before
    }
}

impl Default for Area {
    fn default() -> Self {
        Self {
            step: FIRST_STEP,
            easy_count: 0,
        }
    }
}
