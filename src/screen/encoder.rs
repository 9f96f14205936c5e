//! Looks to bytes: makes the terminal show what is wanted, in the fewest bytes.
//!
//! Text and frames are exact. Places of pictures ([`Look::Video`]) are drawn as a [`Planner`] says.
//!
//! Invariant: `shown` is what a terminal shows that took all bytes written so far.

use super::{
    canvas::Canvas,
    color::ColorMap,
    cursor::Cursor,
    grid::{Attributes, Clusters, Glyph, Grid, Ink, Look, clear_whole},
    paint::Rgb,
    pen::{Pen, Wanted},
    plan::{Effort, Lambda, Planner},
    video::is_near,
};

/// The fewest blank places at the end of a row for which erasing them is worth its three bytes.
const ERASE_COUNT_MIN: usize = 4;

/// How many unchanged places may be written again, at a byte each, instead of skipped: a skip of
/// one costs three bytes, a longer one four.
const BRIDGE_COUNT_MAX: u16 = 3;

/// Writes frames for one terminal.
#[derive(Debug)]
pub(super) struct Encoder {
    pub(super) pen: Pen,
    pub(super) cursor: Option<Cursor>,
    pub(super) planner: Planner,
    /// The pixels of a stretch of picture.
    pub(super) pixels: Vec<Rgb>,
}

/// What the terminal writes with and where, to come back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checkpoint {
    pen: Pen,
    cursor: Option<Cursor>,
}

impl Encoder {
    /// `bright_stays`: see [`Pen::new`].
    pub(super) fn new(bright_stays: bool) -> Self {
        Self {
            pen: Pen::new(bright_stays),
            cursor: None,
            planner: Planner::default(),
            pixels: Vec::new(),
        }
    }

    /// What was written up to now will stand.
    pub(super) const fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            pen: self.pen,
            cursor: self.cursor,
        }
    }

    /// What was written since then is thrown away.
    pub(super) const fn go_back(&mut self, checkpoint: Checkpoint) {
        (self.pen, self.cursor) = (checkpoint.pen, checkpoint.cursor);
    }

    /// Clears the terminal, of which nothing is known.
    pub(super) fn clear(&mut self, shown: &mut Grid, out: &mut Vec<u8>) {
        self.pen.reset(out);
        out.extend_from_slice(b"\x1b[H\x1b[2J");
        self.cursor = Some(Cursor::at(0, 0));
        shown.fill(Look::BLANK);
    }

    /// Writes what `target` has otherwise than `shown`, and makes `shown` what is seen then. Both
    /// have the same size. The pixels of pictures are in `canvas`. Text becomes exact, pictures as
    /// near as `quality` wants.
    pub(super) fn encode(
        &mut self,
        (target, canvas): (&Grid, &Canvas),
        shown: &mut Grid,
        clusters: &Clusters,
        mut quality: impl FnMut(u16) -> (Lambda, Effort),
        colors: &mut ColorMap,
        out: &mut Vec<u8>,
    ) {
        for row in 0..target.size().rows {
            let line = Line {
                wanted: target.row(row),
                shown: shown.row_mut(row),
                row,
                canvas,
            };
            self.encode_line(line, clusters, quality(row), colors, out);
        }
    }

    /// Puts the cursor there; before anything is known of it too.
    pub(super) fn place_cursor(&mut self, column: u16, row: u16, out: &mut Vec<u8>) {
        let to = Cursor::at(column, row);
        if self.cursor != Some(to) {
            Cursor::jump(self.cursor, column, row, out);
            self.cursor = Some(to);
        }
    }

    fn encode_line(
        &mut self,
        mut line: Line<'_>,
        clusters: &Clusters,
        quality: (Lambda, Effort),
        colors: &mut ColorMap,
        out: &mut Vec<u8>,
    ) {
        let blank_from = line
            .wanted
            .iter()
            .rposition(|look| *look != Look::BLANK)
            .map_or(0, |last| {
                last + line.wanted.get(last).map_or(1, |look| look.width())
            });
        let mut at = 0;
        while let (Some(&wanted), Some(&shown)) = (line.wanted.get(at), line.shown.get(at)) {
            if wanted == shown || wanted == Look::Continuation || is_near(wanted, shown, quality.0)
            {
                at += 1;
                continue;
            }
            if let Look::Video { .. } = wanted {
                at = self.paint_video(at, &mut line, quality, colors, out);
                continue;
            }
            self.move_to(at, &line, out);
            if at >= blank_from && line.wanted.len() - at >= ERASE_COUNT_MIN {
                let blank = Wanted {
                    fore: None,
                    back: Some(Ink::BACKGROUND),
                    attributes: Attributes(0),
                    mask: !Attributes::INVISIBLE_ON_BLANK,
                };
                self.pen.change(blank, out);
                out.extend_from_slice(b"\x1b[K");
                line.shown
                    .iter_mut()
                    .skip(at)
                    .for_each(|look| *look = Look::BLANK);
                return;
            }
            let width = match wanted {
                Look::Halves { top, bottom } => {
                    self.paint_halves(top, bottom, out);
                    line.show(at, wanted);
                    1
                }
                Look::Text {
                    glyph,
                    fore,
                    back,
                    attributes,
                    width,
                    is_over_video: _,
                } => {
                    let pen = Wanted {
                        fore: Some(fore),
                        back: Some(back),
                        attributes,
                        mask: u8::MAX,
                    };
                    self.pen.change(pen, out);
                    self.paint_text(at, glyph, usize::from(width), &mut line, clusters, out)
                }
                Look::Continuation | Look::Glyph { .. } | Look::Unknown | Look::Video { .. } => 1,
            };
            let trusted = !matches!(wanted, Look::Text { glyph, .. } if !has_sure_width(glyph));
            self.advance(at + width, line.wanted.len(), trusted);
            at += width;
        }
    }

    /// The cursor stands before `column` now, if that is sure and in the row.
    pub(super) fn advance(&mut self, column: usize, columns: usize, sure: bool) {
        if let Some(cursor) = &mut self.cursor {
            let known = sure && column < columns;
            cursor.column = if known {
                u16::try_from(column).ok()
            } else {
                None
            };
        }
    }

    /// Paints one place in the fewest bytes.
    fn paint_halves(&mut self, top: Ink, bottom: Ink, out: &mut Vec<u8>) {
        const UPPER: &[u8] = "▀".as_bytes();
        const LOWER: &[u8] = "▄".as_bytes();
        const FULL: &[u8] = "█".as_bytes();
        let pen = &self.pen;
        let (glyph, fore, back) = if top == bottom {
            let by_space = 1 + pen.back_len(top) + usize::from(pen.back != top) * 3;
            let by_block = 3 + pen.fore_len(top) + usize::from(pen.fore != top) * 3;
            // A space has no seam to its neighbours in any font: it is taken unless it costs more.
            if top != Ink::FOREGROUND && (top == Ink::BACKGROUND || by_space <= by_block) {
                (&b" "[..], None, Some(top))
            } else {
                (FULL, Some(top), None)
            }
        } else {
            let upper_len = pen.fore_len(top) + pen.back_len(bottom);
            let lower_len = pen.fore_len(bottom) + pen.back_len(top);
            let can_upper = top != Ink::BACKGROUND && bottom != Ink::FOREGROUND;
            let can_lower = bottom != Ink::BACKGROUND && top != Ink::FOREGROUND;
            if can_upper && (upper_len <= lower_len || !can_lower) {
                (UPPER, Some(top), Some(bottom))
            } else {
                (LOWER, Some(bottom), Some(top))
            }
        };
        let mask = if fore.is_none() {
            !Attributes::INVISIBLE_ON_BLANK
        } else {
            u8::MAX
        };
        self.pen.change(
            Wanted {
                fore,
                back,
                attributes: Attributes(0),
                mask,
            },
            out,
        );
        out.extend_from_slice(glyph);
    }

    /// Writes a text with the pen as it is; gives its width in cells.
    fn paint_text(
        &mut self,
        at: usize,
        glyph: Glyph,
        width: usize,
        line: &mut Line<'_>,
        clusters: &Clusters,
        out: &mut Vec<u8>,
    ) -> usize {
        let look = line.wanted.get(at).copied().unwrap_or(Look::BLANK);
        let sure = has_sure_width(glyph);
        if width > 1 && (!sure || glyph == Glyph::REPLACEMENT) {
            // Where the terminal takes it for narrower, nothing old may show beside it.
            out.extend(std::iter::repeat_n(b' ', width));
            self.advance(at + width, line.wanted.len(), true);
            self.move_to(at, line, out);
        }
        let mut utf8 = [0; 4];
        let text = match glyph.character() {
            Some(character) => &*character.encode_utf8(&mut utf8),
            None => clusters.text(glyph).unwrap_or("\u{fffd}"),
        };
        out.extend_from_slice(text.as_bytes());
        for place in at..at + width {
            line.show(
                place,
                if place == at {
                    look
                } else {
                    Look::Continuation
                },
            );
        }
        if !sure {
            // A terminal that does not know clusters writes their parts side by side. What they
            // may have covered is painted again.
            let reach = text.chars().count() * 2;
            for place in at + width..(at + reach).min(line.shown.len()) {
                clear_whole(line.shown, place, Look::Unknown);
            }
        }
        width
    }

    /// Moves the cursor to place `at` of the line, in the fewest bytes.
    pub(super) fn move_to(&mut self, at: usize, line: &Line<'_>, out: &mut Vec<u8>) {
        let Ok(column) = u16::try_from(at) else {
            return;
        };
        let to = Cursor::at(column, line.row);
        if self.cursor == Some(to) || self.bridge(column, line, out) {
            return;
        }
        Cursor::jump(self.cursor, column, line.row, out);
        self.cursor = Some(to);
    }

    /// Reaches `column` by writing again what is between, if that is shorter than a jump.
    fn bridge(&mut self, column: u16, line: &Line<'_>, out: &mut Vec<u8>) -> bool {
        let from = match self.cursor {
            Some(Cursor {
                row,
                column: Some(from),
            }) if row == line.row && from < column => from,
            _ => return false,
        };
        if column - from > BRIDGE_COUNT_MAX {
            return false;
        }
        let start = out.len();
        for look in line
            .shown
            .iter()
            .take(usize::from(column))
            .skip(usize::from(from))
        {
            let Some(byte) = self.byte_for(*look) else {
                out.truncate(start);
                return false;
            };
            out.push(byte);
        }
        if let Some(cursor) = &mut self.cursor {
            cursor.column = Some(column);
        }
        true
    }

    /// The one byte that paints `look` with the pen as it is.
    fn byte_for(&self, look: Look) -> Option<u8> {
        match look {
            Look::Halves { top, bottom } => (top == bottom
                && top == self.pen.back
                && self.pen.attributes.0 & !Attributes::INVISIBLE_ON_BLANK == 0)
                .then_some(b' '),
            Look::Text {
                glyph,
                fore,
                back,
                attributes,
                width: 1,
                is_over_video: _,
            } => {
                let character = glyph.character().filter(char::is_ascii)?;
                ((fore, back, attributes) == (self.pen.fore, self.pen.back, self.pen.attributes))
                    .then(|| u8::try_from(character).ok())
                    .flatten()
            }
            Look::Text { .. }
            | Look::Continuation
            | Look::Glyph { .. }
            | Look::Unknown
            | Look::Video { .. } => None,
        }
    }
}

/// One row, as it shall be and as it is.
pub(super) struct Line<'a> {
    pub(super) wanted: &'a [Look],
    pub(super) shown: &'a mut [Look],
    pub(super) row: u16,
    /// Where the pixels of its pictures are.
    pub(super) canvas: &'a Canvas,
}

impl Line<'_> {
    /// Place `at` was written. What is left of a wide text that it was part of needs no care: its
    /// other places are wanted otherwise too, as a text is wanted whole or not at all.
    pub(super) fn show(&mut self, at: usize, look: Look) {
        if let Some(place) = self.shown.get_mut(at) {
            *place = look;
        }
    }
}

/// Whether all terminals agree how wide `glyph` is: ASCII to the Greek and Cyrillic letters, lines
/// and blocks, the common wide characters of East Asia. Not emoji, nor clusters.
fn has_sure_width(glyph: Glyph) -> bool {
    matches!(
        glyph.character(),
        Some(
            ' '..='\u{2ff}'
            | '\u{370}'..='\u{482}'
            | '\u{48a}'..='\u{52f}'
            | '\u{2010}'..='\u{2027}'
            | '\u{2500}'..='\u{259f}'
            | '\u{3001}'..='\u{3029}'
            | '\u{3041}'..='\u{3096}'
            | '\u{30a0}'..='\u{30ff}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}'
            | char::REPLACEMENT_CHARACTER,
        )
    )
}
