//! Stretches of picture to bytes, as a [`Planner`](super::plan::Planner) says.

use super::{
    canvas::Canvas,
    color::ColorMap,
    encoder::{Encoder, Line},
    glyph::GlyphSet,
    grid::{Attributes, Look},
    paint::{FAR, Paint, Rgb, ink_distance},
    pen::Wanted,
    plan::{Draw, Effort, Lambda, Start, Step, Stretch},
};

impl Encoder {
    /// Draws the stretch of picture that begins at place `at`; gives the place after it.
    pub(super) fn paint_video(
        &mut self,
        at: usize,
        line: &mut Line<'_>,
        quality: (Lambda, Effort),
        colors: &mut ColorMap,
        out: &mut Vec<u8>,
    ) -> usize {
        let wanted = line.wanted.get(at..).unwrap_or_default();
        let is_video = |look: &&Look| matches!(look, Look::Video { .. });
        let count = wanted.iter().take_while(is_video).count();
        let end = at + count;
        let start = Start {
            fore: Paint::of(self.pen.fore),
            back: Paint::of(self.pen.back),
            gap: self.gap_before(at, line.row),
        };
        // Taken out, because the plan is followed with the rest of the encoder.
        let mut planner = std::mem::take(&mut self.planner);
        let mut pixels = std::mem::take(&mut self.pixels);
        let glyphs = line.canvas.glyphs();
        let wanted = line.wanted.get(at..end).unwrap_or_default();
        collect(line.canvas, (at, line.row), wanted, colors, &mut pixels);
        let stretch = Stretch {
            glyphs,
            wanted,
            pixels: &pixels,
            shown: line.shown.get(at..end).unwrap_or_default(),
        };
        let plan = planner.plan(stretch, start, quality, colors);
        for (place, step) in (at..end).zip(plan) {
            if let Draw::Glyph(pattern) = step.draw {
                self.move_to(place, line, out);
                self.paint_step(step, glyphs, pattern, out);
                line.show(place, self.shown_after(glyphs, pattern));
                self.advance(place + 1, line.wanted.len(), true);
            }
        }
        (self.planner, self.pixels) = (planner, pixels);
        end
    }

    /// Places from the cursor to `at` in its row, when it is known to stand before it.
    fn gap_before(&self, at: usize, row: u16) -> Option<u32> {
        let cursor = self.cursor.filter(|cursor| cursor.row == row)?;
        let gap = at.checked_sub(usize::from(cursor.column?))?;
        u32::try_from(gap).ok()
    }

    fn paint_step(&mut self, step: &Step, glyphs: GlyphSet, pattern: u8, out: &mut Vec<u8>) {
        let is_blank = pattern == 0;
        // Both, because the plan may use again what this place leaves as it is.
        let wanted = Wanted {
            fore: Some(step.fore.map_or(self.pen.fore, |paint| paint.ink)),
            back: Some(step.back.map_or(self.pen.back, |paint| paint.ink)),
            attributes: Attributes(0),
            mask: if is_blank {
                !Attributes::INVISIBLE_ON_BLANK
            } else {
                u8::MAX
            },
        };
        self.pen.change(wanted, out);
        let mut utf8 = [0; 4];
        let glyph = glyphs.character(pattern).encode_utf8(&mut utf8);
        out.extend_from_slice(glyph.as_bytes());
    }

    fn shown_after(&self, glyphs: GlyphSet, pattern: u8) -> Look {
        let (fore, back) = (self.pen.fore, self.pen.back);
        let halves = |top, bottom| Look::Halves { top, bottom };
        let upper = glyphs.upper_half();
        if pattern == 0 {
            halves(back, back)
        } else if glyphs.is_solid() && pattern == glyphs.full() {
            halves(fore, fore)
        } else if upper == Some(pattern) {
            halves(fore, back)
        } else if upper.is_some_and(|upper| upper ^ glyphs.full() == pattern) {
            halves(back, fore)
        } else {
            Look::Glyph {
                glyphs,
                pattern,
                fore,
                back,
            }
        }
    }
}

/// Puts into `pixels` those of all places of a stretch that begins at a column and row, mixed where
/// the terminal has few colours. What the canvas does not hold are the halves themselves.
fn collect(
    canvas: &Canvas,
    (at, row): (usize, u16),
    wanted: &[Look],
    colors: &mut ColorMap,
    pixels: &mut Vec<Rgb>,
) {
    pixels.clear();
    let glyphs = canvas.glyphs();
    if glyphs == GlyphSet::Half {
        return;
    }
    let half = glyphs.pixel_count() / 2;
    for (column, look) in (at..).zip(wanted) {
        let Look::Video {
            top,
            bottom,
            has_pixels,
        } = *look
        else {
            continue;
        };
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        match canvas.pixels(column, row).filter(|_| has_pixels) {
            Some(found) if colors.is_exact() || !glyphs.is_solid() => {
                pixels.extend_from_slice(found);
            }
            Some(found) => {
                let (across, down) = (glyphs.columns(), u32::from(glyphs.rows()));
                let lines = found.chunks(usize::from(across));
                // Below the halves of all cells, whose mixes are kept by their places too.
                let first = u32::from(canvas.cells().rows) * 2 + u32::from(row) * down;
                for (line, y) in lines.zip(first..) {
                    for (rgb, x) in line.iter().zip(column.wrapping_mul(across)..) {
                        pixels.push(colors.mixed(*rgb, x, y));
                    }
                }
            }
            None => pixels.extend(
                [top, bottom]
                    .into_iter()
                    .flat_map(|rgb| std::iter::repeat_n(rgb, half)),
            ),
        }
    }
}

/// Whether a text over a picture may stay although what lies behind it has changed.
pub(super) fn is_near(wanted: Look, shown: Look, lambda: Lambda) -> bool {
    /// What a new background and a character cost, in bytes.
    const WRITTEN_LEN: u32 = 20;
    let Look::Text {
        back: wanted_back,
        is_over_video: true,
        ..
    } = wanted
    else {
        return false;
    };
    let Look::Text { back, .. } = shown else {
        return false;
    };
    let same_else = {
        let mut other = wanted;
        if let Look::Text { back: place, .. } = &mut other {
            *place = back;
        }
        other == shown
    };
    let error = Paint::of(wanted_back)
        .look()
        .map_or(FAR, |rgb| ink_distance(back, rgb));
    same_else && u64::from(error) * 2 * 16 <= u64::from(lambda.0) * u64::from(WRITTEN_LEN)
}
