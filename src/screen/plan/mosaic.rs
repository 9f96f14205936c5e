//! Glyphs whose pixels are in the foreground or in the background each: quadrants, sextants,
//! octants, and braille, whose dots cover a part of their pixels only.

use super::{
    super::{
        color::ColorMap,
        glyph::GlyphSet,
        grid::{Ink, Look},
        paint::{Paint, Rgb},
    },
    Lambda,
    split::{Planes, Split, level},
    trellis::{CHANGE_LEN, Drawing, Place, SEPARATOR_LEN},
};

/// How much of its pixel a dot of braille covers, in terminals that draw them and in most fonts.
const DOT: f32 = 0.25;

/// How much it counts that a dot and what is round it differ, where from afar they look like one.
/// With 0 the dots are as bright as can be; with 1 they are hardly seen. Chosen by eye.
const GRAIN: f32 = 1.0 / 3.0;

/// The pixels of one place, and what is shown there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mosaic<'a, const COUNT: usize> {
    glyphs: GlyphSet,
    pixels: &'a [Rgb; COUNT],
    planes: Planes<COUNT>,
    shown: Look,
    split: Option<Split>,
}

/// The colours that a place may take up, with what each pixel is wrong in them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target<const COUNT: usize> {
    split: Split,
    first: [f32; COUNT],
    second: [f32; COUNT],
    whole_paint: Paint,
    whole_error: f32,
}

impl<'a, const COUNT: usize> Mosaic<'a, COUNT> {
    #[inline]
    pub(super) fn new(glyphs: GlyphSet, pixels: &'a [Rgb; COUNT], shown: Look) -> Self {
        Self {
            glyphs,
            pixels,
            planes: Planes::new(pixels),
            shown,
            split: None,
        }
    }

    /// A squared error in sixteenths, for two pixels, as many as half blocks have.
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a sum of squares; at most eight"
    )]
    fn cost(error: f32) -> u64 {
        (error * (32.0 / COUNT as f32)) as u64
    }

    const fn full() -> u8 {
        u8::MAX >> (8 - COUNT)
    }

    /// What the pixels are wrong that are in the foreground.
    #[inline]
    fn fore(&self, fore: Rgb, back: Rgb) -> [f32; COUNT] {
        if self.glyphs.is_solid() {
            return self.back(fore);
        }
        let mut seen = fore;
        let mut grain = 0.0;
        for (seen, back) in seen.iter_mut().zip(back) {
            let (fore, back) = (f32::from(*seen), f32::from(back));
            *seen = level(back + (fore - back) * DOT);
            grain += (fore - back) * (fore - back);
        }
        let mut errors = self.back(seen);
        for error in &mut errors {
            *error += grain * (GRAIN * DOT * (1.0 - DOT));
        }
        errors
    }

    /// What the pixels are wrong that are in the background.
    #[inline]
    fn back(&self, back: Rgb) -> [f32; COUNT] {
        self.planes.errors(back)
    }

    /// The foreground for pixels that shall look like `seen`.
    #[inline]
    fn fore_for(&self, seen: Rgb, back: Rgb) -> Rgb {
        /// Of the difference, so that the sum of error and grain is the least.
        const GAIN: f32 = DOT / (DOT * DOT + GRAIN * DOT * (1.0 - DOT));
        if self.glyphs.is_solid() {
            return seen;
        }
        let mut fore = seen;
        for (fore, back) in fore.iter_mut().zip(back) {
            let back = f32::from(back);
            *fore = level(back + (f32::from(*fore) - back) * GAIN);
        }
        fore
    }

    /// The pattern in which each pixel has the colour that it is less wrong in, as far as there is
    /// a glyph for it.
    #[inline]
    fn nearest(&self, fore: &[f32; COUNT], back: &[f32; COUNT]) -> u8 {
        let mut pattern = 0;
        for (index, (fore, back)) in fore.iter().zip(back).enumerate() {
            pattern |= u8::from(fore < back) << index;
        }
        self.glyphs.drawable(pattern)
    }

    /// Tries both colours new, the pixels of `pattern` in the foreground.
    #[inline]
    fn draw_both<const N: usize>(
        &self,
        (pattern, seen, back): (u8, Rgb, Rgb),
        drawing: &mut Drawing<'_, N>,
        colors: &mut ColorMap,
    ) {
        let pattern = self.glyphs.drawable(pattern);
        let back = Paint::nearest(back, colors);
        let fore = Paint::nearest(self.fore_for(seen, back.rgb()), colors);
        let len = CHANGE_LEN + SEPARATOR_LEN + fore.len() + back.len() + self.glyphs.len(pattern);
        let layers = (self.fore(fore.rgb(), back.rgb()), self.back(back.rgb()));
        let error = sum(pattern, &layers.0, &layers.1);
        drawing.draw(pattern, (Some(fore), Some(back)), Self::cost(error), len);
    }

    /// Tries the background as it is and a new foreground for the pixels that `seed` is nearer to.
    #[inline]
    fn draw_fore<const N: usize>(
        &self,
        seed: &[f32; COUNT],
        (back, backs): (Rgb, &[f32; COUNT]),
        drawing: &mut Drawing<'_, N>,
        colors: &mut ColorMap,
    ) {
        let pattern = self.nearest(seed, backs);
        if pattern == 0 {
            return;
        }
        let fore = self.fore_for(self.planes.mean(pattern), back);
        let fore = Paint::nearest(fore, colors);
        let fores = self.fore(fore.rgb(), back);
        let error = sum(pattern, &fores, backs);
        let len = CHANGE_LEN + fore.len() + self.glyphs.len(pattern);
        drawing.draw(pattern, (Some(fore), None), Self::cost(error), len);
    }

    /// Tries the foreground as it is and a new background for the pixels that `seed` is nearer to.
    #[inline]
    fn draw_back<const N: usize>(
        &self,
        seed: &[f32; COUNT],
        (fore, fores): (Rgb, &[f32; COUNT]),
        drawing: &mut Drawing<'_, N>,
        colors: &mut ColorMap,
    ) {
        let pattern = self.nearest(fores, seed);
        let rest = Self::full() & !pattern;
        if rest == 0 || pattern == 0 {
            return;
        }
        let back = Paint::nearest(self.planes.mean(rest), colors);
        let layers = (self.fore(fore, back.rgb()), self.back(back.rgb()));
        let error = sum(pattern, &layers.0, &layers.1);
        let len = CHANGE_LEN + back.len() + self.glyphs.len(pattern);
        drawing.draw(pattern, (None, Some(back)), Self::cost(error), len);
    }
}

impl<const COUNT: usize> Place for Mosaic<'_, COUNT> {
    type Target = Target<COUNT>;

    #[inline]
    fn opaque(&self) -> Option<&[Rgb]> {
        (self.glyphs.is_solid()).then_some(self.pixels)
    }

    fn kept_cost(&self) -> Option<u64> {
        let rgb = |ink: Ink| Paint::of(ink).look();
        let (pattern, fore, back) = match self.shown {
            Look::Halves { top, bottom } if top == bottom => (0, rgb(top)?, rgb(bottom)?),
            Look::Halves { top, bottom } => (self.glyphs.upper_half()?, rgb(top)?, rgb(bottom)?),
            Look::Glyph {
                glyphs,
                pattern,
                fore,
                back,
            } if glyphs == self.glyphs => (pattern, rgb(fore)?, rgb(back)?),
            _ => return None,
        };
        let layers = (self.fore(fore, back), self.back(back));
        let error = sum(pattern, &layers.0, &layers.1);
        Some(Self::cost(error))
    }

    /// What is written has a byte at least, and two colours at most.
    fn may_stay(&mut self, kept_cost: u64, lambda: Lambda) -> bool {
        let lambda = u64::from(lambda.0);
        if kept_cost <= lambda {
            return true;
        }
        let split = self.split.get_or_insert_with(|| self.planes.split());
        kept_cost <= Self::cost(split.error) + lambda
    }

    #[inline]
    fn reuse<const N: usize>(&self, drawing: &mut Drawing<'_, N>) {
        let Some(back) = drawing.back.look() else {
            return;
        };
        let backs = self.back(back);
        drawing.draw(0, (None, None), Self::cost(backs.iter().sum()), 1);
        let Some(fore) = drawing.fore.look() else {
            return;
        };
        let fores = self.fore(fore, back);
        let pattern = self.nearest(&fores, &backs);
        if pattern != 0 {
            let error = sum(pattern, &fores, &backs);
            let len = self.glyphs.len(pattern);
            drawing.draw(pattern, (None, None), Self::cost(error), len);
        }
    }

    fn target(&self, colors: &mut ColorMap) -> Target<COUNT> {
        let split = self.split.unwrap_or_else(|| self.planes.split());
        let whole_paint = Paint::nearest(split.whole, colors);
        Target {
            split,
            first: self.back(split.first),
            second: self.back(split.second),
            whole_paint,
            whole_error: self.back(whole_paint.rgb()).iter().sum(),
        }
    }

    fn take_up<const N: usize>(
        &self,
        target: &Target<COUNT>,
        drawing: &mut Drawing<'_, N>,
        colors: &mut ColorMap,
    ) {
        let (new, cost) = (Some(target.whole_paint), Self::cost(target.whole_error));
        let len = CHANGE_LEN + target.whole_paint.len();
        drawing.draw(0, (None, new), cost, len + 1);
        if self.glyphs.is_solid() {
            let full = Self::full();
            drawing.draw(full, (new, None), cost, len + self.glyphs.len(full));
        }
        let floor = Self::cost(target.split.error);
        if target.split.pattern == Self::full() || !drawing.has_room_for(floor, len) {
            return;
        }
        let (fore, back) = (drawing.fore.look(), drawing.back.look());
        if let Some(back) = back {
            let backs = self.back(back);
            self.draw_fore(&target.first, (back, &backs), drawing, colors);
            self.draw_fore(&target.second, (back, &backs), drawing, colors);
        }
        if let Some(fore) = fore {
            // Where dots are of two colours, those of the old background are near enough.
            let fores = self.fore(fore, back.unwrap_or(fore));
            self.draw_back(&target.first, (fore, &fores), drawing, colors);
            self.draw_back(&target.second, (fore, &fores), drawing, colors);
        }
        if drawing.has_room_for(floor, len * 2) {
            let Split {
                pattern,
                first,
                second,
                ..
            } = target.split;
            self.draw_both((pattern, first, second), drawing, colors);
            let rest = Self::full() & !pattern;
            self.draw_both((rest, second, first), drawing, colors);
        }
    }
}

/// What all pixels are wrong, those of the pattern in the foreground.
#[inline]
fn sum<const COUNT: usize>(pattern: u8, fore: &[f32; COUNT], back: &[f32; COUNT]) -> f32 {
    let mut sum = 0.0;
    for (index, (fore, back)) in fore.iter().zip(back).enumerate() {
        sum += if pattern >> index & 1 == 1 {
            *fore
        } else {
            *back
        };
    }
    sum
}
