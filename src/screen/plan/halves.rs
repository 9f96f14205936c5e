//! Half blocks: each half of a place in a colour of its own.
//!
//! The same search as that of [`trellis`](super::trellis), written out for what half blocks can do,
//! in half the time: a cost and what it is the cost of are one number, and the pens that would be
//! left are told apart by one more. The new pens are made only of the best of these.
//!
//! Invariant: pens are in the order of their costs, and no two are the same.

mod choice;

use super::{
    super::{
        color::ColorMap,
        grid::Look,
        paint::{FAR, Paint, Rgb, ink_distance},
    },
    GAP_MAX, Lambda, Start, Step,
    trellis::{CHANGE_LEN, NEW_LEN_MIN, Node, move_len},
};
use choice::{Choice, New, Target, cost, reuse};

/// The least that taking up a new colour of 24 bits costs: a space and three digits.
const EXACT_LEN_MIN: u32 = CHANGE_LEN + 1 + 10;

/// Bits of a [`Choice`], below the cost in a ranked cost.
const CHOICE_BITS: u32 = 16;

/// Two halves, and what is shown there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Halves {
    pixels: [Rgb; 2],
    kept_error: u32,
}

/// One place of the search: what was chosen for each of the pens after it.
#[derive(Clone, Copy, Debug)]
struct Turn<const N: usize> {
    target: Target,
    choices: [Choice; N],
}

/// The search, with `N` pens.
#[derive(Debug)]
pub(super) struct Search<const N: usize> {
    turns: Vec<Turn<N>>,
}

/// The least costs with their choices, the least first, no two that leave the same pen.
#[derive(Clone, Copy, Debug)]
struct Least<const N: usize> {
    ranked: [u64; N],
    /// What is left of each, as [`pen_of`] says it.
    pens: [u64; N],
}

impl<const N: usize> Default for Search<N> {
    fn default() -> Self {
        Self { turns: Vec::new() }
    }
}

impl Halves {
    #[inline]
    pub(super) fn new(wanted: Look, shown: Look) -> Self {
        let pixels = pixels_of(wanted);
        let kept_error = match shown {
            Look::Halves { top, bottom } => {
                ink_distance(top, pixels[0]) + ink_distance(bottom, pixels[1])
            }
            _ => FAR,
        };
        Self { pixels, kept_error }
    }

    /// The cost of writing nothing; `None` when that cannot be.
    #[inline]
    fn kept_cost(&self) -> Option<u64> {
        (self.kept_error < FAR).then(|| cost(self.kept_error))
    }
}

/// The colours of both halves. What is not a picture is taken for a black one.
#[inline]
pub(super) const fn pixels_of(wanted: Look) -> [Rgb; 2] {
    match wanted {
        Look::Video { top, bottom, .. } => [top, bottom],
        _ => [[0; 3]; 2],
    }
}

impl<const N: usize> Search<N> {
    /// Puts into `path` what is done with each place.
    pub(super) fn search(
        &mut self,
        places: impl Iterator<Item = Halves>,
        start: Start,
        lambda: Lambda,
        colors: &mut ColorMap,
        path: &mut Vec<Step>,
    ) {
        let mut nodes = [Node {
            cost: 0,
            fore: start.fore,
            back: start.back,
            gap: start.gap.unwrap_or(GAP_MAX),
        }; N];
        let mut count = 1;
        self.turns.clear();
        for place in places {
            // Any drawing has a byte at least.
            let stays = |cost: &u64| *cost <= u64::from(lambda.0);
            if let Some(cost) = place.kept_cost().filter(stays) {
                nodes = nodes.map(|node| node.kept(node.cost + cost));
                self.turns.push(Turn::KEPT);
                continue;
            }
            let before = nodes;
            let pens = before.get(..count).unwrap_or_default();
            let (target, least) = Least::of(pens, &place, lambda, colors);
            count = 0;
            for (node, (cost, choice)) in nodes.iter_mut().zip(least.found()) {
                if let Some(before) = before.get(choice.from()) {
                    *node = after(before, cost, choice, &target);
                }
                count += 1;
            }
            let choices = least.ranked.map(Choice::of);
            self.turns.push(Turn { target, choices });
        }
        self.trace_back(path);
    }

    /// Follows the best of the last nodes back to the first place.
    fn trace_back(&self, path: &mut Vec<Step>) {
        path.clear();
        path.resize(self.turns.len(), Step::KEEP);
        let mut from = 0;
        for (turn, step) in self.turns.iter().zip(path.iter_mut()).rev() {
            if let Some(choice) = turn.choices.get(from) {
                *step = choice.step(&turn.target);
                from = choice.from();
            }
        }
    }
}

impl<const N: usize> Turn<N> {
    /// Nothing is written, after each of the pens.
    const KEPT: Self = {
        let mut choices = [Choice::kept(0); N];
        let mut index = 0;
        while index < N {
            #[expect(
                clippy::indexing_slicing,
                clippy::cast_possible_truncation,
                reason = "below N, which is small; at compile time"
            )]
            {
                choices[index] = Choice::kept(index as u16);
            }
            index += 1;
        }
        Self {
            target: Target::NONE,
            choices,
        }
    };
}

impl<const N: usize> Least<N> {
    /// The best that can be done with a place after these nodes, and with which colours.
    #[inline]
    fn of(nodes: &[Node], place: &Halves, lambda: Lambda, colors: &mut ColorMap) -> (Target, Self) {
        let mut least = Self {
            ranked: [u64::MAX; N],
            pens: [u64::MAX; N],
        };
        let mut moved = [u64::MAX; N];
        let mut moved_min = (u64::MAX, 0);
        for ((node, moved), index) in nodes.iter().zip(&mut moved).zip(0..) {
            *moved = node.cost + u64::from(lambda.0 * move_len(node.gap));
            moved_min = moved_min.min((*moved, index));
            if let Some(cost) = place.kept_cost() {
                let pen = pen_of(node.fore, node.back, false);
                least.insert(node.cost + cost, Choice::kept(index), pen);
            }
            let (cost, choice) = reuse(node, place, lambda);
            let pen = pen_of(node.fore, node.back, true);
            least.insert(*moved + cost, choice.after(index), pen);
        }
        let new_len_min = if colors.is_exact() {
            EXACT_LEN_MIN
        } else {
            NEW_LEN_MIN
        };
        if !least.has_room_for(moved_min.0 + u64::from(lambda.0 * new_len_min)) {
            return (Target::NONE, least);
        }
        let target = Target::of(place.pixels, colors);
        let new = New::of(&target, place, lambda);
        for (index, (node, moved)) in (0..).zip(nodes.iter().zip(moved)) {
            new.draw((node, &target), place, |cost, choice, fore, back| {
                let pen = pen_of(fore, back, true);
                least.insert(moved + cost, choice.after(index), pen);
            });
        }
        let (moved, from) = moved_min;
        let (top, bottom) = (target.top, target.bottom);
        let upper = New::UPPER_IN_BOTH.after(from);
        least.insert(moved + new.both, upper, pen_of(top, bottom, true));
        let lower = New::LOWER_IN_BOTH.after(from);
        least.insert(moved + new.both, lower, pen_of(bottom, top, true));
        (target, least)
    }

    /// The costs and choices that there are.
    fn found(&self) -> impl Iterator<Item = (u64, Choice)> {
        let found = self.ranked.iter().take_while(|ranked| **ranked < u64::MAX);
        found.map(|ranked| (ranked >> CHOICE_BITS, Choice::of(*ranked)))
    }

    /// Keeps it if it is one of the least.
    #[expect(clippy::inline_always, reason = "a third of the time; measured")]
    #[inline(always)]
    fn insert(&mut self, cost: u64, choice: Choice, pen: u64) {
        let ranked = choice.ranked(cost);
        if self.ranked.last().is_none_or(|last| ranked >= *last) {
            return;
        }
        // What is dearer moves down, up to what has the same pen, or to the last.
        let mut moving = (ranked, pen);
        for (ranked, left) in self.ranked.iter_mut().zip(&mut self.pens) {
            let here = (*ranked, *left);
            if moving.0 < here.0 {
                (*ranked, *left) = moving;
                moving = here;
            }
            if here.1 == pen {
                return;
            }
        }
    }

    #[inline]
    fn has_room_for(&self, cost: u64) -> bool {
        let ranked = cost << CHOICE_BITS;
        self.ranked.last().is_some_and(|last| ranked < *last)
    }
}

/// What a pen is, in a number, with whether it stands right here; of two nodes with the same
/// number, one is enough.
#[inline]
fn pen_of(fore: Paint, back: Paint, is_written: bool) -> u64 {
    u64::from(fore.ink.number()) << 32 | u64::from(back.ink.number()) << 1 | u64::from(is_written)
}

/// The pen after a place, with its cost in all.
#[inline]
fn after(node: &Node, cost: u64, choice: Choice, target: &Target) -> Node {
    if !choice.is_written() {
        return node.kept(cost);
    }
    let (fore, back) = choice.inks(target);
    Node {
        cost,
        fore: fore.unwrap_or(node.fore),
        back: back.unwrap_or(node.back),
        gap: 0,
    }
}
