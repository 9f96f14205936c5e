//! The search for the cheapest drawings of a stretch.
//!
//! Invariant: no two nodes of a place have the same pen.

use super::{
    super::{
        color::ColorMap,
        grid::{Ink, Look},
        paint::{FAR, Paint, Rgb, ink_distance, middle},
    },
    Draw, GAP_MAX, Lambda, Start, Step,
};

/// Bytes to begin and end a change of colours.
const CHANGE_LEN: u32 = 3;
/// Bytes between two colours.
const SEPARATOR_LEN: u32 = 1;
/// Bytes of a half block.
const BLOCK_LEN: u32 = 3;
/// Bytes of a jump to another row; between 2 and 9.
const JUMP_LEN: u32 = 7;
/// The least that taking up a new colour costs: a space and an index of the 16.
const NEW_LEN_MIN: u32 = CHANGE_LEN + 1 + 2;

/// A pen with the least cost found for it.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// In sixteenths.
    cost: u64,
    fore: Paint,
    back: Paint,
    /// Places since the last one written.
    gap: u32,
}

/// What a place shall show.
#[derive(Clone, Copy, Debug)]
struct Target {
    top: Rgb,
    bottom: Rgb,
    top_paint: Paint,
    bottom_paint: Paint,
    middle_paint: Paint,
    top_error: u32,
    bottom_error: u32,
    middle_error: u32,
}

/// The search, with `N` pens.
#[derive(Debug)]
pub(super) struct Trellis<const N: usize> {
    steps: Vec<[Step; N]>,
}

impl<const N: usize> Default for Trellis<N> {
    fn default() -> Self {
        Self { steps: Vec::new() }
    }
}

impl<const N: usize> Trellis<N> {
    /// Puts into `path` what is done with each place.
    pub(super) fn search(
        &mut self,
        wanted: &[Look],
        shown: &[Look],
        start: Start,
        lambda: Lambda,
        colors: &mut ColorMap,
        path: &mut Vec<Step>,
    ) {
        self.steps.clear();
        let mut best = Best::<N>::of(Node {
            cost: 0,
            fore: start.fore,
            back: start.back,
            gap: start.gap.unwrap_or(GAP_MAX),
        });
        for (wanted, shown) in wanted.iter().zip(shown) {
            let Look::Video { top, bottom } = *wanted else {
                continue;
            };
            let kept_error = error_of(*shown, top, bottom);
            // Any drawing has a byte at least.
            if kept_error * 16 <= lambda.0 {
                self.steps.push(best.keep(kept_error));
                continue;
            }
            let mut next = Best::<N>::none();
            for (index, node) in (0_u8..).zip(best.nodes()) {
                if !next.has_room_for(node.cost) {
                    break;
                }
                next.reuse(index, node, (top, bottom), kept_error, lambda);
            }
            let mut target = None;
            for (index, node) in (0_u8..).zip(best.nodes()) {
                if !next.has_room_for(node.cost + u64::from(lambda.0 * NEW_LEN_MIN)) {
                    break;
                }
                let target = target.get_or_insert_with(|| Target::new(top, bottom, colors));
                next.take_up(index, node, target, lambda);
            }
            self.steps.push(next.steps);
            best = next;
        }
        path.clear();
        path.resize(self.steps.len(), Step::KEEP);
        let mut from = 0;
        for (steps, place) in self.steps.iter().zip(path.iter_mut()).rev() {
            if let Some(step) = steps.get(usize::from(from)) {
                *place = *step;
                from = step.from;
            }
        }
    }
}

/// The best nodes of a place, cheapest first, no two with the same pen.
#[derive(Clone, Copy, Debug)]
struct Best<const N: usize> {
    nodes: [Node; N],
    steps: [Step; N],
    count: usize,
}

impl<const N: usize> Best<N> {
    fn of(node: Node) -> Self {
        Self {
            nodes: [node; N],
            steps: [Step::KEEP; N],
            count: 1,
        }
    }

    fn none() -> Self {
        let own = Paint::of(Ink::BACKGROUND);
        let node = Node {
            cost: u64::MAX,
            fore: own,
            back: own,
            gap: 0,
        };
        Self {
            nodes: [node; N],
            steps: [Step::KEEP; N],
            count: 0,
        }
    }

    fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().take(self.count)
    }

    /// Keeps what is shown, with each of the pens.
    fn keep(&mut self, error: u32) -> [Step; N] {
        for node in &mut self.nodes {
            node.cost = node.cost.saturating_add(u64::from(error) * 16);
            node.gap = node.gap.saturating_add(1).min(GAP_MAX);
        }
        let mut from = 0;
        [(); N].map(|()| {
            let step = Step { from, ..Step::KEEP };
            from += 1;
            step
        })
    }

    #[inline]
    fn has_room_for(&self, cost: u64) -> bool {
        self.nodes.last().is_some_and(|last| cost < last.cost)
    }

    /// All that can be done with the pen of `node` as it is.
    #[inline]
    fn reuse(
        &mut self,
        from: u8,
        node: &Node,
        (top, bottom): (Rgb, Rgb),
        kept_error: u32,
        lambda: Lambda,
    ) {
        let Node {
            cost,
            fore,
            back,
            gap,
        } = *node;
        if kept_error < FAR {
            let kept = Node {
                cost: cost + u64::from(kept_error) * 16,
                gap: (gap + 1).min(GAP_MAX),
                ..*node
            };
            self.insert(kept, Step { from, ..Step::KEEP });
        }
        let moved = cost + u64::from(lambda.0 * move_len(gap));
        let (by_space, by_block) = (u64::from(lambda.0), u64::from(lambda.0 * BLOCK_LEN));
        let (fore_top, fore_bottom) = (fore.distance(top), fore.distance(bottom));
        let (back_top, back_bottom) = (back.distance(top), back.distance(bottom));
        for (draw, error, writing) in [
            (Draw::Blank, back_top + back_bottom, by_space),
            (Draw::Upper, fore_top + back_bottom, by_block),
            (Draw::Lower, back_top + fore_bottom, by_block),
            (Draw::Full, fore_top + fore_bottom, by_block),
        ] {
            let cost = moved + u64::from(error) * 16 + writing;
            if self.has_room_for(cost) {
                let written = Node {
                    cost,
                    gap: 0,
                    ..*node
                };
                let step = Step {
                    draw,
                    from,
                    ..Step::KEEP
                };
                self.insert(written, step);
            }
        }
    }

    /// All that can be done with `node` and a new colour or two.
    #[inline]
    fn take_up(&mut self, from: u8, node: &Node, target: &Target, lambda: Lambda) {
        let Node {
            cost,
            fore,
            back,
            gap,
        } = *node;
        let moved = cost + u64::from(lambda.0 * move_len(gap));
        let mut draw = |draw, new_fore: Option<Paint>, new_back: Option<Paint>, error, len| {
            let cost = moved + u64::from(error) * 16 + u64::from(lambda.0 * len);
            if self.has_room_for(cost) {
                let written = Node {
                    cost,
                    fore: new_fore.unwrap_or(fore),
                    back: new_back.unwrap_or(back),
                    gap: 0,
                };
                let step = Step {
                    draw,
                    fore: new_fore,
                    back: new_back,
                    from,
                };
                self.insert(written, step);
            }
        };
        let Target {
            top,
            bottom,
            top_paint,
            bottom_paint,
            middle_paint,
            top_error,
            bottom_error,
            middle_error,
        } = *target;
        let (fore_top, fore_bottom) = (fore.distance(top), fore.distance(bottom));
        let (back_top, back_bottom) = (back.distance(top), back.distance(bottom));
        let block = CHANGE_LEN + BLOCK_LEN;
        let (top_len, bottom_len) = (top_paint.len(), bottom_paint.len());
        let (new, len) = (Some(middle_paint), middle_paint.len());
        draw(Draw::Blank, None, new, middle_error, CHANGE_LEN + 1 + len);
        draw(Draw::Full, new, None, middle_error, block + len);
        let (new, len) = (Some(top_paint), block + top_len);
        draw(Draw::Upper, new, None, top_error + back_bottom, len);
        draw(Draw::Lower, None, new, top_error + fore_bottom, len);
        let (new, len) = (Some(bottom_paint), block + bottom_len);
        draw(Draw::Lower, new, None, back_top + bottom_error, len);
        draw(Draw::Upper, None, new, fore_top + bottom_error, len);
        let (upper, lower) = (Some(top_paint), Some(bottom_paint));
        let error = top_error + bottom_error;
        let len = block + SEPARATOR_LEN + top_len + bottom_len;
        draw(Draw::Upper, upper, lower, error, len);
        draw(Draw::Lower, lower, upper, error, len);
    }

    /// Puts a node at its place, unless there are enough better ones.
    #[inline]
    fn insert(&mut self, node: Node, step: Step) {
        if !self.has_room_for(node.cost) {
            return;
        }
        let is_same = |old: &Node| {
            old.fore.ink == node.fore.ink
                && old.back.ink == node.back.ink
                && (old.gap == 0) == (node.gap == 0)
        };
        let mut last = self.count.min(N - 1);
        if let Some(index) = self.nodes().position(is_same) {
            if self
                .nodes
                .get(index)
                .is_some_and(|old| old.cost <= node.cost)
            {
                return;
            }
            last = index;
        } else {
            self.count = (self.count + 1).min(N);
        }
        // From the place that becomes free upwards, what is dearer moves down.
        let mut at = last;
        while let Some(above) = at.checked_sub(1)
            && let Some(&better) = self.nodes.get(above)
            && better.cost > node.cost
        {
            self.put(at, better, self.steps.get(above).copied().unwrap_or(step));
            at = above;
        }
        self.put(at, node, step);
    }

    #[inline]
    fn put(&mut self, at: usize, node: Node, step: Step) {
        if let (Some(place), Some(step_place)) = (self.nodes.get_mut(at), self.steps.get_mut(at)) {
            *place = node;
            *step_place = step;
        }
    }
}

impl Target {
    #[inline]
    fn new(top: Rgb, bottom: Rgb, colors: &mut ColorMap) -> Self {
        let top_paint = Paint::nearest(top, colors);
        let bottom_paint = Paint::nearest(bottom, colors);
        let middle_paint = Paint::nearest(middle(top, bottom), colors);
        Self {
            top,
            bottom,
            top_paint,
            bottom_paint,
            middle_paint,
            top_error: top_paint.distance(top),
            bottom_error: bottom_paint.distance(bottom),
            middle_error: middle_paint.distance(top) + middle_paint.distance(bottom),
        }
    }
}

/// The squared error of both halves when nothing is written.
#[inline]
fn error_of(shown: Look, top: Rgb, bottom: Rgb) -> u32 {
    match shown {
        Look::Halves {
            top: upper,
            bottom: lower,
        } => ink_distance(upper, top) + ink_distance(lower, bottom),
        _ => FAR,
    }
}

/// Bytes to move over so many places.
#[inline]
const fn move_len(gap: u32) -> u32 {
    match gap {
        0 => 0,
        1 => 3,
        2..10 => 4,
        10..100 => 5,
        100..GAP_MAX => 6,
        _ => JUMP_LEN,
    }
}
