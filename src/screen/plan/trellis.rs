//! The search for the cheapest drawings of a stretch.
//!
//! Invariant: no two nodes of a place have the same pen.

use super::{
    super::{
        color::ColorMap,
        grid::Ink,
        paint::{Paint, Rgb},
    },
    Draw, GAP_MAX, Lambda, Start, Step,
};

/// Bytes to begin and end a change of colours.
pub(super) const CHANGE_LEN: u32 = 3;
/// Bytes between two colours.
pub(super) const SEPARATOR_LEN: u32 = 1;
/// Bytes of a jump to another row; between 2 and 9.
const JUMP_LEN: u32 = 7;
/// The least that taking up a new colour costs: a space and an index of the 16.
pub(super) const NEW_LEN_MIN: u32 = CHANGE_LEN + 1 + 2;

/// A pen with the least cost found for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// In sixteenths.
    pub(super) cost: u64,
    pub(super) fore: Paint,
    pub(super) back: Paint,
    /// Places since the last one written.
    pub(super) gap: u32,
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
    pub(super) fn search<P: Place>(
        &mut self,
        places: impl Iterator<Item = P>,
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
        for mut place in places {
            let kept_cost = place.kept_cost();
            if let Some(cost) = kept_cost.filter(|cost| place.may_stay(*cost, lambda)) {
                self.steps.push(best.keep(cost));
                continue;
            }
            let mut next = Best::<N>::none();
            for (index, node) in (0_u8..).zip(best.nodes()) {
                if !next.has_room_for(node.cost) {
                    break;
                }
                if let Some(cost) = kept_cost {
                    next.insert(node.kept(node.cost + cost), Step::kept(index));
                }
                place.reuse(&mut Drawing::of(&mut next, index, node, lambda));
            }
            let mut target = None;
            for (index, node) in (0_u8..).zip(best.nodes()) {
                if !next.has_room_for(node.cost + u64::from(lambda.0 * NEW_LEN_MIN)) {
                    break;
                }
                let target = target.get_or_insert_with(|| place.target(colors));
                let mut drawing = Drawing::of(&mut next, index, node, lambda);
                place.take_up(target, &mut drawing, colors);
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

/// What one place shall show, and what can be drawn there.
pub(super) trait Place {
    /// What is drawn with new colours, found once for all pens.
    type Target;

    /// What shall be seen, in the order of the bits of a pattern, where those say which pixels are
    /// in the foreground and which in the background, and nothing is between.
    fn opaque(&self) -> Option<&[Rgb]>;

    /// The cost of writing nothing, in sixteenths; `None` when that cannot be.
    fn kept_cost(&self) -> Option<u64>;

    /// Whether nothing that could be written is worth its bytes.
    fn may_stay(&mut self, kept_cost: u64, lambda: Lambda) -> bool;

    /// Tries all that can be drawn with a pen as it is.
    fn reuse<const N: usize>(&self, drawing: &mut Drawing<'_, N>);

    /// What new colours would be for.
    fn target(&self, colors: &mut ColorMap) -> Self::Target;

    /// Tries all that can be drawn with a pen and a new colour or two.
    fn take_up<const N: usize>(
        &self,
        target: &Self::Target,
        drawing: &mut Drawing<'_, N>,
        colors: &mut ColorMap,
    );
}

/// What can be drawn in a place that follows one node.
#[derive(Debug)]
pub(super) struct Drawing<'a, const N: usize> {
    next: &'a mut Best<N>,
    from: u8,
    pub(super) fore: Paint,
    pub(super) back: Paint,
    /// Of the node and the way to the place.
    moved: u64,
    lambda: Lambda,
}

impl<'a, const N: usize> Drawing<'a, N> {
    #[inline]
    fn of(next: &'a mut Best<N>, from: u8, node: &Node, lambda: Lambda) -> Self {
        Self {
            next,
            from,
            fore: node.fore,
            back: node.back,
            moved: node.cost + u64::from(lambda.0 * move_len(node.gap)),
            lambda,
        }
    }

    /// Whether something of this cost and length would be among the best.
    #[inline]
    pub(super) fn has_room_for(&self, error_cost: u64, len: u32) -> bool {
        let cost = self.moved + error_cost + u64::from(self.lambda.0 * len);
        self.next.has_room_for(cost)
    }

    /// Tries the glyph of a pattern with these new colours, whose error costs `error_cost`
    /// sixteenths, in `len` bytes.
    #[inline]
    pub(super) fn draw(
        &mut self,
        pattern: u8,
        (fore, back): (Option<Paint>, Option<Paint>),
        error_cost: u64,
        len: u32,
    ) {
        let cost = self.moved + error_cost + u64::from(self.lambda.0 * len);
        if self.next.has_room_for(cost) {
            let written = Node {
                cost,
                fore: fore.unwrap_or(self.fore),
                back: back.unwrap_or(self.back),
                gap: 0,
            };
            let step = Step {
                draw: Draw::Glyph(pattern),
                fore,
                back,
                from: self.from,
            };
            self.next.insert(written, step);
        }
    }
}

impl Node {
    /// The same after a place where nothing is written, at this cost in all.
    #[inline]
    pub(super) fn kept(&self, cost: u64) -> Self {
        Self {
            cost,
            gap: (self.gap + 1).min(GAP_MAX),
            ..*self
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
    fn keep(&mut self, cost: u64) -> [Step; N] {
        for node in &mut self.nodes {
            node.cost = node.cost.saturating_add(cost);
            node.gap = node.gap.saturating_add(1).min(GAP_MAX);
        }
        let mut from = 0;
        [(); N].map(|()| {
            let step = Step::kept(from);
            from += 1;
            step
        })
    }

    #[inline]
    fn has_room_for(&self, cost: u64) -> bool {
        self.nodes.last().is_some_and(|last| cost < last.cost)
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

/// Bytes to move over so many places.
#[inline]
pub(super) const fn move_len(gap: u32) -> u32 {
    match gap {
        0 => 0,
        1 => 3,
        2..10 => 4,
        10..100 => 5,
        100..GAP_MAX => 6,
        _ => JUMP_LEN,
    }
}
