//! What can be drawn in a place of two halves, and what it costs.
//!
//! Invariant: each [`Choice`] can be followed, whatever number it is.

use super::{
    super::{
        super::{
            color::ColorMap,
            paint::{Paint, Rgb, middle},
        },
        Draw, Lambda, Step,
        trellis::{CHANGE_LEN, Node, SEPARATOR_LEN},
    },
    CHOICE_BITS, Halves,
};

/// Bytes of a half block.
const BLOCK_LEN: u32 = 3;

/// The patterns.
const BLANK: u8 = 0b00;
const UPPER: u8 = 0b01;
const LOWER: u8 = 0b10;
const FULL: u8 = 0b11;

/// What is done with a place, and after which of the pens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice(u16);

/// What a colour of the pen becomes.
#[derive(Clone, Copy, Debug)]
enum Take {
    Nothing = 0,
    Top,
    Bottom,
    Middle,
}

/// The colours that a place may take up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) top: Paint,
    pub(super) bottom: Paint,
    middle: Paint,
}

/// What new colours cost in a place, without the way there.
#[derive(Clone, Copy, Debug)]
pub(super) struct New {
    top_error: u32,
    bottom_error: u32,
    /// Of the bytes of one half.
    top: u64,
    bottom: u64,
    /// Of all.
    blank: u64,
    full: u64,
    pub(super) both: u64,
}

impl New {
    pub(super) const UPPER_IN_BOTH: Choice = Choice::written(UPPER, Take::Top, Take::Bottom);
    pub(super) const LOWER_IN_BOTH: Choice = Choice::written(LOWER, Take::Bottom, Take::Top);

    #[inline]
    pub(super) fn of(target: &Target, place: &Halves, lambda: Lambda) -> Self {
        let [top, bottom] = place.pixels;
        let Target {
            top: top_paint,
            bottom: bottom_paint,
            middle,
        } = target;
        let (top_error, bottom_error) = (top_paint.distance(top), bottom_paint.distance(bottom));
        let middle_cost = cost(middle.distance(top) + middle.distance(bottom));
        let cost_of = |len: u32| u64::from(lambda.0 * len);
        let block = CHANGE_LEN + BLOCK_LEN;
        let (top_len, bottom_len) = (top_paint.len(), bottom_paint.len());
        Self {
            top_error,
            bottom_error,
            top: cost_of(block + top_len),
            bottom: cost_of(block + bottom_len),
            blank: middle_cost + cost_of(CHANGE_LEN + 1 + middle.len()),
            full: middle_cost + cost_of(block + middle.len()),
            both: cost(top_error + bottom_error)
                + cost_of(block + SEPARATOR_LEN + top_len + bottom_len),
        }
    }

    /// Gives `draw` all drawings with one new colour: cost, choice, and the colours then.
    #[expect(clippy::inline_always, reason = "a third of the time; measured")]
    #[inline(always)]
    pub(super) fn draw(
        &self,
        (node, target): (&Node, &Target),
        place: &Halves,
        mut draw: impl FnMut(u64, Choice, Paint, Paint),
    ) {
        let [top, bottom] = place.pixels;
        let Node { fore, back, .. } = *node;
        let choice = |pattern, back| Choice::written(pattern, Take::Nothing, back);
        let lower = self.top + cost(self.top_error + fore.distance(bottom));
        let upper = self.bottom + cost(fore.distance(top) + self.bottom_error);
        draw(self.blank, choice(BLANK, Take::Middle), fore, target.middle);
        draw(lower, choice(LOWER, Take::Top), fore, target.top);
        draw(upper, choice(UPPER, Take::Bottom), fore, target.bottom);
        let choice = |pattern, fore| Choice::written(pattern, fore, Take::Nothing);
        let upper = self.top + cost(self.top_error + back.distance(bottom));
        let lower = self.bottom + cost(back.distance(top) + self.bottom_error);
        draw(self.full, choice(FULL, Take::Middle), target.middle, back);
        draw(upper, choice(UPPER, Take::Top), target.top, back);
        draw(lower, choice(LOWER, Take::Bottom), target.bottom, back);
    }
}

/// The best that can be drawn with a pen as it is, of all that leave it, and its cost.
#[inline]
pub(super) fn reuse(node: &Node, place: &Halves, lambda: Lambda) -> (u64, Choice) {
    let [top, bottom] = place.pixels;
    let (fore_top, fore_bottom) = (node.fore.distance(top), node.fore.distance(bottom));
    let (back_top, back_bottom) = (node.back.distance(top), node.back.distance(bottom));
    let ranked = [
        (BLANK, back_top + back_bottom, 1),
        (UPPER, fore_top + back_bottom, BLOCK_LEN),
        (LOWER, back_top + fore_bottom, BLOCK_LEN),
        (FULL, fore_top + fore_bottom, BLOCK_LEN),
    ]
    .map(|(pattern, error, len)| {
        let choice = Choice::written(pattern, Take::Nothing, Take::Nothing);
        choice.ranked(cost(error) + u64::from(lambda.0 * len))
    });
    let least = ranked.into_iter().fold(u64::MAX, u64::min);
    (least >> CHOICE_BITS, Choice::of(least))
}

impl Choice {
    /// Where in the number stands what; the pattern is below.
    const FORE: u32 = 2;
    const BACK: u32 = 4;
    const IS_WRITTEN: u16 = 1 << 6;
    const FROM: u32 = 7;

    /// Nothing is written, after that node.
    pub(super) const fn kept(from: u16) -> Self {
        Self(from << Self::FROM)
    }

    const fn written(pattern: u8, fore: Take, back: Take) -> Self {
        let takes = (fore as u16) << Self::FORE | (back as u16) << Self::BACK;
        Self(Self::IS_WRITTEN | pattern as u16 | takes)
    }

    /// The same, after that node.
    pub(super) const fn after(self, from: u16) -> Self {
        Self(self.0 | from << Self::FROM)
    }

    /// A cost with the choice below it.
    #[inline]
    pub(super) fn ranked(self, cost: u64) -> u64 {
        cost << CHOICE_BITS | u64::from(self.0)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the lower bits are it")]
    pub(super) const fn of(ranked: u64) -> Self {
        Self(ranked as u16)
    }

    pub(super) const fn is_written(self) -> bool {
        self.0 & Self::IS_WRITTEN != 0
    }

    const fn pattern(self) -> u8 {
        (self.0 & 0b11) as u8
    }

    pub(super) fn from(self) -> usize {
        usize::from(self.0 >> Self::FROM)
    }

    /// The new foreground and background.
    pub(super) const fn inks(self, target: &Target) -> (Option<Paint>, Option<Paint>) {
        let fore = target.paint(self.0 >> Self::FORE);
        (fore, target.paint(self.0 >> Self::BACK))
    }

    pub(super) fn step(self, target: &Target) -> Step {
        if !self.is_written() {
            return Step::KEEP;
        }
        let (fore, back) = self.inks(target);
        Step {
            draw: Draw::Glyph(self.pattern()),
            fore,
            back,
            from: 0,
        }
    }
}

impl Target {
    pub(super) const NONE: Self = Self {
        top: Paint::BLACK,
        bottom: Paint::BLACK,
        middle: Paint::BLACK,
    };

    #[inline]
    pub(super) fn of([top, bottom]: [Rgb; 2], colors: &mut ColorMap) -> Self {
        Self {
            top: Paint::nearest(top, colors),
            bottom: Paint::nearest(bottom, colors),
            middle: Paint::nearest(middle(top, bottom), colors),
        }
    }

    /// The one that a [`Take`] in the two lowest bits means.
    #[inline]
    const fn paint(&self, take: u16) -> Option<Paint> {
        match take & 0b11 {
            0 => None,
            1 => Some(self.top),
            2 => Some(self.bottom),
            _ => Some(self.middle),
        }
    }
}

/// Of a squared error, in sixteenths.
#[inline]
pub(super) const fn cost(error: u32) -> u64 {
    error as u64 * 16
}
