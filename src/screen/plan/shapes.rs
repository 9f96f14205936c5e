//! ASCII: the character and the two colours that look most like the pixels of a place.
//!
//! A character covers a part of each pixel. What is seen of a pixel is the mean of both colours by
//! that part; that they differ inside of it counts too, but less, as from afar they run together.

use super::{
    super::{
        color::ColorMap,
        glyph::GlyphSet,
        grid::{Ink, Look},
        paint::{Paint, Rgb},
        shape::{COUNT, SHAPES},
    },
    Lambda,
    split::{Planes, level},
    trellis::{CHANGE_LEN, Drawing, Place, SEPARATOR_LEN},
};
use std::sync::LazyLock;

/// How much it counts that the colours differ inside a pixel. With 0 the characters are as strong
/// as can be, with 1 they are hardly seen. Chosen by eye.
const GRAIN: f32 = 0.6;

/// Pixels of a place.
const LEN: usize = 8;

/// A shape, prepared for sums.
#[derive(Clone, Copy, Debug)]
struct Shape {
    /// How much of each pixel is foreground, 0–1.
    cover: [f32; LEN],
    mean: f32,
    /// What a difference of 1 between the colours adds to the error, squared: with the background
    /// kept, with the foreground kept, and with both free.
    of_fore: f32,
    of_back: f32,
    of_both: f32,
    grain: f32,
}

/// Something of each pixel of each shape, several shapes at a time, so that they are weighed at
/// once.
type Table = [[[f32; SIDE]; LEN]; COUNT / SIDE];

/// Shapes that are weighed at once.
const SIDE: usize = 8;

/// All shapes.
struct Shapes {
    all: [Shape; COUNT],
    covers: Table,
    /// The same less each shape's mean, so that the best fit is the largest sum.
    offsets: Table,
}

static PREPARED: LazyLock<Shapes> = LazyLock::new(|| {
    let all = SHAPES.map(|(_, cover)| Shape::new(cover));
    let table = |part: &dyn Fn(&Shape, f32) -> f32| {
        std::array::from_fn(|block| {
            std::array::from_fn(|pixel| {
                std::array::from_fn(|side| {
                    let shape = all.get(block * SIDE + side);
                    shape.map_or(0.0, |shape| {
                        let cover = shape.cover.get(pixel).copied().unwrap_or(0.0);
                        part(shape, cover)
                    })
                })
            })
        })
    };
    Shapes {
        all,
        covers: table(&|_, cover| cover),
        offsets: table(&|shape, cover| {
            (cover - shape.mean) * shape.of_both.max(1e-6).sqrt().recip()
        }),
    }
});

impl Shape {
    fn new(cover: [u8; LEN]) -> Self {
        let cover = cover.map(|part| f32::from(part) / 255.0);
        let mean = cover.iter().sum::<f32>() / 8.0;
        let squares: f32 = cover.iter().map(|part| part * part).sum();
        let rests: f32 = cover.iter().map(|part| (1.0 - part) * (1.0 - part)).sum();
        let grain = GRAIN * cover.iter().map(|part| part * (1.0 - part)).sum::<f32>();
        Self {
            cover,
            mean,
            of_fore: squares + grain,
            of_back: rests + grain,
            of_both: squares - mean * mean * 8.0 + grain,
            grain,
        }
    }
}

/// The pixels of one place, and what is shown there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shaped {
    planes: Planes<LEN>,
    shown: Look,
}

/// What a place may take up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    whole_paint: Paint,
    whole_error: f32,
    /// The shape that fits best if both colours are free.
    best: u8,
    means: [f32; 3],
}

impl Shaped {
    #[inline]
    pub(super) fn new(pixels: &[Rgb; LEN], shown: Look) -> Self {
        Self {
            planes: Planes::new(pixels),
            shown,
        }
    }

    /// A squared error in sixteenths, for two pixels, as many as half blocks have.
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a sum of squares"
    )]
    fn cost(error: f32) -> u64 {
        (error.max(0.0) * 4.0) as u64
    }

    /// What a shape in these colours is wrong.
    fn error(&self, shape: &Shape, fore: Rgb, back: Rgb) -> f32 {
        let (mut errors, mut length) = ([0.0; LEN], 0.0);
        for (plane, (fore, back)) in self.planes.0.iter().zip(fore.into_iter().zip(back)) {
            let (back, step) = (f32::from(back), f32::from(fore) - f32::from(back));
            let seen = shape.cover.map(|part| back + step * part);
            for (error, (value, seen)) in errors.iter_mut().zip(plane.iter().zip(seen)) {
                *error += (value - seen) * (value - seen);
            }
            length += step * step;
        }
        errors.iter().sum::<f32>() + length * shape.grain
    }

    /// The shape that fits best in these colours.
    fn best_in(&self, fore: Rgb, back: Rgb) -> u8 {
        let (mut pulls, mut length) = ([0.0; LEN], 0.0);
        for (plane, (fore, back)) in self.planes.0.iter().zip(fore.into_iter().zip(back)) {
            let (back, step) = (f32::from(back), f32::from(fore) - f32::from(back));
            length += step * step;
            for (pull, value) in pulls.iter_mut().zip(plane) {
                *pull += (value - back) * step;
            }
        }
        let pulls = weigh(&PREPARED.covers, &pulls);
        let (mut best, mut gain) = (0, 0.0);
        for (index, (pull, shape)) in (0_u8..).zip(pulls.zip(&PREPARED.all)) {
            let this = 2.0 * pull - length * shape.of_fore;
            if this > gain {
                (best, gain) = (index, this);
            }
        }
        best
    }

    /// The foreground that fits best on a background.
    fn fore_for(&self, shape: &Shape, back: Rgb) -> Rgb {
        let mut fore = back;
        for (plane, fore) in self.planes.0.iter().zip(&mut fore) {
            let back = f32::from(*fore);
            let sum: f32 = plane
                .iter()
                .zip(shape.cover)
                .map(|(value, part)| (value - back) * part)
                .sum();
            *fore = level(back + sum / shape.of_fore.max(1e-6));
        }
        fore
    }

    /// The background that fits best under a foreground.
    fn back_for(&self, shape: &Shape, fore: Rgb) -> Rgb {
        let mut back = fore;
        for (plane, back) in self.planes.0.iter().zip(&mut back) {
            let fore = f32::from(*back);
            let sum: f32 = plane
                .iter()
                .zip(shape.cover)
                .map(|(value, part)| (value - fore) * (1.0 - part))
                .sum();
            *back = level(fore + sum / shape.of_back.max(1e-6));
        }
        back
    }

    /// The background that fits best if the foreground may be any.
    fn back_of(&self, shape: &Shape, means: [f32; 3]) -> Rgb {
        let mut back = [0; 3];
        for ((plane, mean), back) in self.planes.0.iter().zip(means).zip(&mut back) {
            let sum: f32 = plane
                .iter()
                .zip(shape.cover)
                .map(|(value, part)| (value - mean) * (part - shape.mean))
                .sum();
            *back = level(mean - sum / shape.of_both.max(1e-6) * shape.mean);
        }
        back
    }

    fn draw_new<const N: usize>(
        &self,
        (index, shape): (u8, &Shape),
        target: &Target,
        drawing: &mut Drawing<'_, N>,
        colors: &mut ColorMap,
    ) {
        let glyph = CHANGE_LEN + 1;
        if let Some(back) = drawing.back.look() {
            let fore = Paint::nearest(self.fore_for(shape, back), colors);
            let cost = Self::cost(self.error(shape, fore.rgb(), back));
            drawing.draw(index, (Some(fore), None), cost, glyph + fore.len());
        }
        if let Some(fore) = drawing.fore.look() {
            let back = Paint::nearest(self.back_for(shape, fore), colors);
            let cost = Self::cost(self.error(shape, fore, back.rgb()));
            drawing.draw(index, (None, Some(back)), cost, glyph + back.len());
        }
        let back = Paint::nearest(self.back_of(shape, target.means), colors);
        let fore = Paint::nearest(self.fore_for(shape, back.rgb()), colors);
        let cost = Self::cost(self.error(shape, fore.rgb(), back.rgb()));
        let len = glyph + SEPARATOR_LEN + fore.len() + back.len();
        drawing.draw(index, (Some(fore), Some(back)), cost, len);
    }
}

impl Place for Shaped {
    type Target = Target;

    fn opaque(&self) -> Option<&[Rgb]> {
        None
    }

    fn kept_cost(&self) -> Option<u64> {
        let rgb = |ink: Ink| Paint::of(ink).look();
        match self.shown {
            Look::Halves { top, bottom } if top == bottom => {
                let errors = self.planes.errors(rgb(top)?);
                Some(Self::cost(errors.iter().sum()))
            }
            Look::Glyph {
                glyphs: GlyphSet::Ascii,
                pattern,
                fore,
                back,
            } => {
                let shape = PREPARED.all.get(usize::from(pattern))?;
                Some(Self::cost(self.error(shape, rgb(fore)?, rgb(back)?)))
            }
            _ => None,
        }
    }

    fn may_stay(&mut self, kept_cost: u64, lambda: Lambda) -> bool {
        kept_cost <= u64::from(lambda.0)
    }

    fn reuse<const N: usize>(&self, drawing: &mut Drawing<'_, N>) {
        let Some(back) = drawing.back.look() else {
            return;
        };
        if let Some(fore) = drawing.fore.look() {
            let best = self.best_in(fore, back);
            // Reckoned as for what is kept, to the last digit, or a picture never rests.
            if let Some(shape) = PREPARED.all.get(usize::from(best)) {
                let cost = Self::cost(self.error(shape, fore, back));
                drawing.draw(best, (None, None), cost, 1);
            }
        } else {
            let error = self.planes.errors(back).iter().sum();
            drawing.draw(0, (None, None), Self::cost(error), 1);
        }
    }

    fn target(&self, colors: &mut ColorMap) -> Target {
        let split = self.planes.split();
        let whole_paint = Paint::nearest(split.whole, colors);
        let means = self.planes.0.map(|plane| plane.iter().sum::<f32>() / 8.0);
        // Along the line between the two colours that would paint it best.
        let mut along = [0.0; LEN];
        for (plane, (first, second)) in self
            .planes
            .0
            .iter()
            .zip(split.first.into_iter().zip(split.second))
        {
            let step = f32::from(first) - f32::from(second);
            for (sum, value) in along.iter_mut().zip(plane) {
                *sum += value * step;
            }
        }
        let mut best = (0_u8, 0.0);
        for (index, fit) in (0_u8..).zip(weigh(&PREPARED.offsets, &along)).skip(1) {
            if fit.abs() > best.1 {
                best = (index, fit.abs());
            }
        }
        Target {
            whole_paint,
            whole_error: self.planes.errors(whole_paint.rgb()).iter().sum(),
            best: best.0,
            means,
        }
    }

    fn take_up<const N: usize>(
        &self,
        target: &Target,
        drawing: &mut Drawing<'_, N>,
        colors: &mut ColorMap,
    ) {
        let (new, cost) = (Some(target.whole_paint), Self::cost(target.whole_error));
        let len = CHANGE_LEN + 1 + target.whole_paint.len();
        drawing.draw(0, (None, new), cost, len);
        let index = target.best;
        if let Some(shape) = PREPARED.all.get(usize::from(index)).filter(|_| index > 0) {
            self.draw_new((index, shape), target, drawing, colors);
        }
    }
}

/// For each shape the sum of the values, as often as it has of each pixel.
#[inline]
fn weigh<'a>(table: &'a Table, values: &'a [f32; LEN]) -> impl Iterator<Item = f32> + 'a {
    table.iter().flat_map(move |block| {
        let mut sums = [0.0; SIDE];
        for (row, value) in block.iter().zip(values) {
            for (sum, part) in sums.iter_mut().zip(row) {
                *sum += part * value;
            }
        }
        sums
    })
}
