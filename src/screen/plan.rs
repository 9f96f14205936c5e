//! How a stretch of picture is drawn: for each place the cheapest drawing that is good enough.
//!
//! What counts is the squared error of both halves plus the bytes, each byte worth `lambda` of
//! error. Drawings reuse the pen's colours where that is good enough, so what is best for a place
//! depends on those before it: the best few pens are carried along the row and the best row is
//! taken in the end (a beam search over a trellis). At last each new colour becomes the mean of
//! all that it paints, which costs nothing and takes half a decibel of error away.
//!
//! What can be drawn in a place, and how near it is, says the set of glyphs: [`halves`], [`mosaic`]
//! for those that are pixels of two colours, [`shapes`] for ASCII.
//!
//! It writes nothing. Invariant: a place that is kept shows what it showed before.

mod halves;
mod mosaic;
mod shapes;
mod split;
mod trellis;

use super::{
    color::ColorMap,
    glyph::GlyphSet,
    grid::Look,
    paint::{Paint, Rgb},
};
use halves::Halves;
use mosaic::Mosaic;
use shapes::Shaped;
use trellis::{Place, Trellis};

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
    /// The glyph of this pattern: [`GlyphSet::character`].
    Glyph(u8),
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
    quick_halves: halves::Search<2>,
    thorough_halves: halves::Search<8>,
    path: Vec<Step>,
}

/// A stretch of picture, as it shall be and as it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch<'a> {
    pub(super) glyphs: GlyphSet,
    /// [`Look::Video`] each.
    pub(super) wanted: &'a [Look],
    /// The pixels of each place. None in [`GlyphSet::Half`].
    pub(super) pixels: &'a [Rgb],
    pub(super) shown: &'a [Look],
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
    /// The plan for a stretch, a step for each of its places.
    pub(super) fn plan(
        &mut self,
        stretch: Stretch<'_>,
        start: Start,
        quality: (Lambda, Effort),
        colors: &mut ColorMap,
    ) -> &[Step] {
        match stretch.glyphs {
            GlyphSet::Half => self.plan_halves(stretch, start, quality, colors),
            GlyphSet::Quadrant => self.plan_mosaic::<4>(stretch, start, quality, colors),
            GlyphSet::Sextant => self.plan_mosaic::<6>(stretch, start, quality, colors),
            GlyphSet::Octant | GlyphSet::Braille => {
                self.plan_mosaic::<8>(stretch, start, quality, colors);
            }
            GlyphSet::Ascii => {
                let places = stretch.pixels.as_chunks().0.iter().zip(stretch.shown);
                let places = places.map(|(pixels, shown)| Shaped::new(pixels, *shown));
                self.follow(places, start, quality, colors);
            }
        }
        &self.path
    }

    fn plan_halves(
        &mut self,
        Stretch { wanted, shown, .. }: Stretch<'_>,
        start: Start,
        (lambda, effort): (Lambda, Effort),
        colors: &mut ColorMap,
    ) {
        let places = wanted
            .iter()
            .zip(shown)
            .map(|(wanted, shown)| Halves::new(*wanted, *shown));
        let path = &mut self.path;
        match effort {
            Effort::Quick => self
                .quick_halves
                .search(places, start, lambda, colors, path),
            Effort::Thorough => self
                .thorough_halves
                .search(places, start, lambda, colors, path),
        }
        let pixels = wanted.iter().map(|wanted| halves::pixels_of(*wanted));
        refine(path, pixels, |pixels| Some(&pixels[..]), colors);
    }

    fn plan_mosaic<const COUNT: usize>(
        &mut self,
        stretch: Stretch<'_>,
        start: Start,
        quality: (Lambda, Effort),
        colors: &mut ColorMap,
    ) {
        let places = stretch.pixels.as_chunks::<COUNT>().0.iter();
        let places = places.zip(stretch.shown);
        let places = places.map(|(pixels, shown)| Mosaic::new(stretch.glyphs, pixels, *shown));
        self.follow(places, start, quality, colors);
    }

    fn follow<P: Place>(
        &mut self,
        places: impl DoubleEndedIterator<Item = P> + ExactSizeIterator + Clone,
        start: Start,
        (lambda, effort): (Lambda, Effort),
        colors: &mut ColorMap,
    ) {
        let path = &mut self.path;
        let again = places.clone();
        match effort {
            Effort::Quick => self.quick.search(places, start, lambda, colors, path),
            Effort::Thorough => self.thorough.search(places, start, lambda, colors, path),
        }
        refine(path, again, Place::opaque, colors);
    }
}

impl Step {
    const KEEP: Self = Self {
        draw: Draw::Keep,
        fore: None,
        back: None,
        from: 0,
    };

    /// Nothing is written, after that node.
    const fn kept(from: u8) -> Self {
        Self { from, ..Self::KEEP }
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
fn refine<P>(
    path: &mut [Step],
    places: impl DoubleEndedIterator<Item = P> + ExactSizeIterator,
    opaque: impl Fn(&P) -> Option<&[Rgb]>,
    colors: &mut ColorMap,
) {
    let (mut fore, mut back) = (Sum::default(), Sum::default());
    for (step, place) in path.iter_mut().zip(places).rev() {
        let (Draw::Glyph(pattern), Some(pixels)) = (step.draw, opaque(&place)) else {
            continue;
        };
        for (rgb, index) in pixels.iter().zip(0_u32..) {
            if pattern >> index & 1 == 1 {
                fore.add(*rgb);
            } else {
                back.add(*rgb);
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
