//! Stretches of picture to bytes, as a [`Planner`](super::plan::Planner) says.

use super::{
    color::ColorMap,
    encoder::{Encoder, Line},
    grid::{Attributes, Look},
    paint::{FAR, Paint, ink_distance},
    pen::Wanted,
    plan::{Draw, Effort, Lambda, Start, Step},
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
        let stretch = (
            line.wanted.get(at..end).unwrap_or_default(),
            line.shown.get(at..end).unwrap_or_default(),
        );
        let start = Start {
            fore: Paint::of(self.pen.fore),
            back: Paint::of(self.pen.back),
            gap: self.gap_before(at, line.row),
        };
        // Taken out, because the plan is followed with the rest of the encoder.
        let mut planner = std::mem::take(&mut self.planner);
        let plan = planner.plan(stretch.0, stretch.1, start, quality, colors);
        for (place, step) in (at..end).zip(plan) {
            if step.draw != Draw::Keep {
                self.move_to(place, line, out);
                self.paint_step(step, out);
                line.show(place, self.shown_after(step.draw));
                self.advance(place + 1, line.wanted.len(), true);
            }
        }
        self.planner = planner;
        end
    }

    /// Places from the cursor to `at` in its row, when it is known to stand before it.
    fn gap_before(&self, at: usize, row: u16) -> Option<u32> {
        let cursor = self.cursor.filter(|cursor| cursor.row == row)?;
        let gap = at.checked_sub(usize::from(cursor.column?))?;
        u32::try_from(gap).ok()
    }

    fn paint_step(&mut self, step: &Step, out: &mut Vec<u8>) {
        let is_blank = step.draw == Draw::Blank;
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
        let glyph: &[u8] = match step.draw {
            Draw::Blank | Draw::Keep => b" ",
            Draw::Upper => "▀".as_bytes(),
            Draw::Lower => "▄".as_bytes(),
            Draw::Full => "█".as_bytes(),
        };
        out.extend_from_slice(glyph);
    }

    fn shown_after(&self, draw: Draw) -> Look {
        let ink = |in_fore| {
            if in_fore {
                self.pen.fore
            } else {
                self.pen.back
            }
        };
        let (top, bottom) = draw.in_fore();
        Look::Halves {
            top: ink(top),
            bottom: ink(bottom),
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
