//! Half blocks: each half of a place in a colour of its own.

use super::{
    super::{
        color::ColorMap,
        grid::Look,
        paint::{FAR, Paint, Rgb, ink_distance, middle},
    },
    Lambda,
    trellis::{CHANGE_LEN, Drawing, Place, SEPARATOR_LEN},
};

/// Bytes of a half block.
const BLOCK_LEN: u32 = 3;

/// The patterns.
const BLANK: u8 = 0b00;
const UPPER: u8 = 0b01;
const LOWER: u8 = 0b10;
const FULL: u8 = 0b11;

/// Two halves, and what is shown there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Halves {
    pixels: [Rgb; 2],
    kept_error: u32,
}

/// The colours that a place may take up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    top_paint: Paint,
    bottom_paint: Paint,
    middle_paint: Paint,
    top_error: u32,
    bottom_error: u32,
    middle_error: u32,
}

impl Halves {
    /// What is not a picture is taken for a black one.
    #[inline]
    pub(super) fn new(wanted: Look, shown: Look) -> Self {
        let pixels = match wanted {
            Look::Video { top, bottom, .. } => [top, bottom],
            _ => [[0; 3]; 2],
        };
        let kept_error = match shown {
            Look::Halves { top, bottom } => {
                ink_distance(top, pixels[0]) + ink_distance(bottom, pixels[1])
            }
            _ => FAR,
        };
        Self { pixels, kept_error }
    }
}

impl Place for Halves {
    type Target = Target;

    #[inline]
    fn opaque(&self) -> Option<&[Rgb]> {
        Some(&self.pixels)
    }

    #[inline]
    fn kept_cost(&self) -> Option<u64> {
        (self.kept_error < FAR).then(|| cost(self.kept_error))
    }

    /// Any drawing has a byte at least.
    #[inline]
    fn may_stay(&mut self, kept_cost: u64, lambda: Lambda) -> bool {
        kept_cost <= u64::from(lambda.0)
    }

    #[inline]
    fn reuse<const N: usize>(&self, drawing: &mut Drawing<'_, N>) {
        let [top, bottom] = self.pixels;
        let (fore, back) = (drawing.fore, drawing.back);
        let (fore_top, fore_bottom) = (fore.distance(top), fore.distance(bottom));
        let (back_top, back_bottom) = (back.distance(top), back.distance(bottom));
        for (pattern, error, len) in [
            (BLANK, back_top + back_bottom, 1),
            (UPPER, fore_top + back_bottom, BLOCK_LEN),
            (LOWER, back_top + fore_bottom, BLOCK_LEN),
            (FULL, fore_top + fore_bottom, BLOCK_LEN),
        ] {
            drawing.draw(pattern, (None, None), cost(error), len);
        }
    }

    #[inline]
    fn target(&self, colors: &mut ColorMap) -> Target {
        let [top, bottom] = self.pixels;
        let top_paint = Paint::nearest(top, colors);
        let bottom_paint = Paint::nearest(bottom, colors);
        let middle_paint = Paint::nearest(middle(top, bottom), colors);
        Target {
            top_paint,
            bottom_paint,
            middle_paint,
            top_error: top_paint.distance(top),
            bottom_error: bottom_paint.distance(bottom),
            middle_error: middle_paint.distance(top) + middle_paint.distance(bottom),
        }
    }

    #[inline]
    fn take_up<const N: usize>(
        &self,
        target: &Target,
        drawing: &mut Drawing<'_, N>,
        _colors: &mut ColorMap,
    ) {
        let [top, bottom] = self.pixels;
        let Target {
            top_paint,
            bottom_paint,
            middle_paint,
            top_error,
            bottom_error,
            middle_error,
        } = *target;
        let (fore, back) = (drawing.fore, drawing.back);
        let (fore_top, fore_bottom) = (fore.distance(top), fore.distance(bottom));
        let (back_top, back_bottom) = (back.distance(top), back.distance(bottom));
        let block = CHANGE_LEN + BLOCK_LEN;
        let (top_len, bottom_len) = (top_paint.len(), bottom_paint.len());
        let mut draw = |pattern, inks, error, len| drawing.draw(pattern, inks, cost(error), len);
        let (new, len) = (Some(middle_paint), middle_paint.len());
        draw(BLANK, (None, new), middle_error, CHANGE_LEN + 1 + len);
        draw(FULL, (new, None), middle_error, block + len);
        let (new, len) = (Some(top_paint), block + top_len);
        draw(UPPER, (new, None), top_error + back_bottom, len);
        draw(LOWER, (None, new), top_error + fore_bottom, len);
        let (new, len) = (Some(bottom_paint), block + bottom_len);
        draw(LOWER, (new, None), back_top + bottom_error, len);
        draw(UPPER, (None, new), fore_top + bottom_error, len);
        let (upper, lower) = (Some(top_paint), Some(bottom_paint));
        let error = top_error + bottom_error;
        let len = block + SEPARATOR_LEN + top_len + bottom_len;
        draw(UPPER, (upper, lower), error, len);
        draw(LOWER, (lower, upper), error, len);
    }
}

/// Of a squared error, in sixteenths.
#[inline]
const fn cost(error: u32) -> u64 {
    error as u64 * 16
}
