//! How coarse pictures are drawn, so that frames have the length that there is room for.
//!
//! It does not know the link: it is told a length for each frame, and sees what came of it.

use super::plan::{Effort, Lambda};

/// What a frame may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The length that frames should have on average, in bytes.
    pub wanted: usize,
    /// The length that none should exceed by much, in bytes.
    pub max: usize,
    /// Frames are few and each byte counts: time may be spent to save some.
    pub is_slow: bool,
    /// A person waits for it: pictures are drawn coarser, and what is learned of them not kept.
    pub is_hasty: bool,
}

impl Budget {
    /// Bytes a cell of which a multiplexer holds back no more: tmux throws away all that waits
    /// when it is more than this, and draws anew later (tmux 3.3a, tty.c).
    const CELL_LEN: usize = 8;

    /// All that a terminal of so many cells should ever be sent in a frame.
    pub const fn for_cells(count: usize) -> Self {
        let max = count * Self::CELL_LEN;
        Self {
            // A margin, so that frames stay below the limit without being drawn twice.
            wanted: max / 8 * 7,
            max,
            is_slow: false,
            is_hasty: false,
        }
    }
}

/// The least lambda; below 1 it is as good as 0, and the picture becomes exact.
const FINEST: f64 = 0.5;
/// The greatest, at which a picture is a few patches of colour.
const COARSEST: f64 = 4_194_304.0;
/// How lambda starts: coarse, as the first frame paints everything.
const FIRST: f64 = 1024.0;
/// How much of the way to the wanted length is gone with one frame.
const GAIN: f64 = 0.5;
/// How much longer than wanted a frame is at most taken to be, then.
const RATIO_MAX: f64 = 3.0;
/// The exponent with which a frame's length falls as lambda grows: a little less than measured
/// (0.55), so that the second try is short enough.
const SLOPE: f64 = 0.45;
/// Most times that a frame that is too long is made anew.
const ATTEMPTS_MAX: u32 = 6;
/// How much finer the rows are drawn that are mended.
const MENDING: f64 = 16.0;
/// How much coarser a picture is drawn in a frame that a person waits for.
const HASTE: f64 = 8.0;
/// Frames in which each row is mended once.
const MENDING_TURNS: u32 = 32;
/// The least lambda while the pictures live: what a camera's noise leaves of itself comes and
/// goes, and to draw it exactly would be for nothing. A place whose neighbours stay is left when
/// it is off by less than four levels.
const LIVELY_FINEST: f64 = 48.0;
/// The same of the rows that are mended: two levels.
const LIVELY_MENDED: f64 = 16.0;
/// Frames without any change after which pictures rest, and become exact.
const LIVELY_TURNS: u32 = 2 * MENDING_TURNS;

/// Chooses lambda from frame to frame.
#[derive(Clone, Debug)]
pub(super) struct Quality {
    /// In sixteenths, see [`Lambda`].
    lambda: f64,
    /// It stays as it is, whatever the lengths.
    is_fixed: bool,
    frame: u32,
    /// Frames until the pictures rest.
    lively: u32,
    /// A picture has changed, and no frame since could be drawn exactly.
    is_coarse: bool,
}

impl Quality {
    pub(super) const fn new() -> Self {
        Self {
            lambda: FIRST,
            is_fixed: false,
            frame: 0,
            lively: 0,
            is_coarse: false,
        }
    }

    /// A byte is worth so many squared levels of error from now on, whatever the budget.
    pub(super) fn fix(&mut self, lambda: u32) {
        self.lambda = f64::from(lambda) * 16.0;
        self.is_fixed = true;
        (self.lively, self.is_coarse) = (0, false);
    }

    /// Whether more frames would bring the pictures nearer to what they are.
    pub(super) const fn is_coarse(&self) -> bool {
        self.is_coarse
    }

    /// A picture has changed.
    pub(super) const fn see_change(&mut self) {
        if !self.is_fixed {
            self.lively = LIVELY_TURNS;
            self.is_coarse = true;
        }
    }

    /// The whole screen will be painted: coarse at first.
    pub(super) const fn restart(&mut self) {
        if !self.is_fixed {
            self.lambda = self.lambda.max(FIRST);
        }
    }

    /// How row `row` is drawn in this frame.
    pub(super) fn of_row(&self, row: u16, budget: Budget) -> (Lambda, Effort) {
        let is_mended = u32::from(row) % MENDING_TURNS == self.frame % MENDING_TURNS;
        let (finer, finest) = match (budget.is_hasty, is_mended) {
            (true, _) => (1.0 / HASTE, LIVELY_FINEST),
            (false, true) => (MENDING, LIVELY_MENDED),
            (false, false) => (1.0, LIVELY_FINEST),
        };
        let finest = if self.lively > 0 { finest } else { 0.0 };
        let effort = if budget.is_slow {
            Effort::Thorough
        } else {
            Effort::Quick
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between the finest and the coarsest"
        )]
        let lambda = Lambda((self.lambda / finer).clamp(finest, COARSEST) as u32);
        (lambda, effort)
    }

    /// Whether a frame of `len` bytes, made for the `attempt`th time, shall leave. If not, the next
    /// one is coarser.
    pub(super) fn accepts(&mut self, len: usize, attempt: u32, budget: Budget) -> bool {
        if self.is_fixed {
            self.frame = self.frame.wrapping_add(1);
            return true;
        }
        let ratio = ratio(len, budget.wanted);
        let finest = if self.lively > 0 {
            LIVELY_FINEST
        } else {
            FINEST
        };
        let is_short = len <= budget.max.max(1);
        if is_short && budget.is_hasty {
            return true;
        }
        if is_short || attempt >= ATTEMPTS_MAX || self.lambda >= COARSEST {
            self.is_coarse &= self.lively > 0 || self.lambda > FINEST;
            // In proportion, so that it is the mean of the lengths that becomes the wanted one:
            // long frames are longer by more than short ones are shorter.
            let step = 1.0 + (ratio.min(RATIO_MAX) - 1.0) * GAIN;
            self.lambda = (self.lambda * step).clamp(finest, COARSEST);
            self.frame = self.frame.wrapping_add(1);
            self.lively = self.lively.saturating_sub(1);
            return true;
        }
        self.lambda = (self.lambda * ratio.powf(1.0 / SLOPE)).clamp(finest, COARSEST);
        false
    }
}

/// How much longer a frame is than wanted; bounded, so that one odd frame does not upset all.
fn ratio(len: usize, wanted: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
    let ratio = len.max(1) as f64 / wanted.max(1) as f64;
    ratio.clamp(0.25, 16.0)
}
