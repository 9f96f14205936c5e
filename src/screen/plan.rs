//! How a stretch of picture is drawn: for each place the cheapest drawing that is good enough.
//!
//! What counts is the squared error of both halves plus the bytes, each byte worth `lambda` of
//! error. Drawings reuse the pen's colours where that is good enough, so what is best for a place
//! depends on those before it: the best few pens are carried along the row and the best row is
//! taken in the end (a beam search over a trellis). At last each new colour becomes the mean of
//! all that it paints, which costs nothing and takes half a decibel of error away.
//!
//! It writes nothing. Invariant: a place that is kept shows what it showed before.

mod trellis;

use super::{
    color::ColorMap,
    grid::Look,
    paint::{Paint, Rgb},
};
use trellis::Trellis;

/// Error that a byte is worth, in sixteenths of a squared level (of one channel of one pixel).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lambda(pub(super) u32);

/// How many pens are carried along: more find shorter drawings and take more time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Effort {
    /// For frames that follow each other quickly.
    #[default]
    Quick,
    /// For a slow path: few frames, and each byte counts.
    Thorough,
}

/// What is done with one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Draw {
    /// Nothing is written.
    #[default]
    Keep,
    /// A space: both halves in the background.
    Blank,
    /// `▀`: the upper half in the foreground.
    Upper,
    /// `▄`: the lower half in the foreground.
    Lower,
    /// `█`: both halves in the foreground.
    Full,
}

/// One place of the plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) draw: Draw,
    /// The foreground that is taken up for it.
    pub(super) fore: Option<Paint>,
    /// The background that is taken up for it.
    pub(super) back: Option<Paint>,
    /// Of the nodes before, the one that it follows.
    from: u8,
}

/// A gap that only a jump crosses.
const GAP_MAX: u32 = 1 << 16;

/// Plans stretches, keeping its scratch space.
#[derive(Debug, Default)]
pub(super) struct Planner {
    quick: Trellis<2>,
    thorough: Trellis<4>,
    path: Vec<Step>,
}

/// Where the terminal writes next, and with what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) fore: Paint,
    pub(super) back: Paint,
    /// Places from the cursor to the stretch; `None` when a jump is needed.
    pub(super) gap: Option<u32>,
}

impl Planner {
    /// The plan for a stretch of places whose looks are `wanted` ([`Look::Video`] each), a step
    /// for each of them.
    pub(super) fn plan(
        &mut self,
        wanted: &[Look],
        shown: &[Look],
        start: Start,
        (lambda, effort): (Lambda, Effort),
        colors: &mut ColorMap,
    ) -> &[Step] {
        let path = &mut self.path;
        match effort {
            Effort::Quick => self
                .quick
                .search(wanted, shown, start, lambda, colors, path),
            Effort::Thorough => self
                .thorough
                .search(wanted, shown, start, lambda, colors, path),
        }
        refine(path, wanted, colors);
        path
    }
}

impl Step {
    const KEEP: Self = Self {
        draw: Draw::Keep,
        fore: None,
        back: None,
        from: 0,
    };
}

impl Draw {
    /// Whether the upper half, and the lower one, is in the foreground.
    pub(super) const fn in_fore(self) -> (bool, bool) {
        match self {
            Self::Keep | Self::Blank => (false, false),
            Self::Upper => (true, false),
            Self::Lower => (false, true),
            Self::Full => (true, true),
        }
    }
}

/// What a colour paints, summed up.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    levels: [u32; 3],
    count: u32,
}

impl Sum {
    #[inline]
    fn add(&mut self, rgb: Rgb) {
        for (sum, level) in self.levels.iter_mut().zip(rgb) {
            *sum += u32::from(level);
        }
        self.count += 1;
    }

    fn mean(self) -> Option<Rgb> {
        let count = self.count;
        let mean = |sum: u32| u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX);
        (count > 0).then(|| self.levels.map(mean))
    }
}

/// Makes each colour that is taken up the mean of what it paints until the next one: the least
/// squared error for these drawings (Lloyd's condition).
fn refine(path: &mut [Step], wanted: &[Look], colors: &mut ColorMap) {
    let (mut fore, mut back) = (Sum::default(), Sum::default());
    for (step, wanted) in path.iter_mut().zip(wanted).rev() {
        let Look::Video { top, bottom } = *wanted else {
            continue;
        };
        if step.draw == Draw::Keep {
            continue;
        }
        for (rgb, in_fore) in [
            (top, step.draw.in_fore().0),
            (bottom, step.draw.in_fore().1),
        ] {
            if in_fore {
                fore.add(rgb);
            } else {
                back.add(rgb);
            }
        }
        for (new, sum) in [(&mut step.fore, &mut fore), (&mut step.back, &mut back)] {
            if let Some(paint) = new
                && let Some(mean) = std::mem::take(sum).mean()
            {
                *paint = Paint::nearest(mean, colors);
            }
        }
    }
}
