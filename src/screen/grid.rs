//! What the places of the screen look like: a grid of [`Look`]s, one for what is wanted and one for
//! what is really shown.
//!
//! It does not know bytes or escapes.
//!
//! Invariant: a wide text is followed by its [`Look::Continuation`]s in the same row, and there are
//! no others.

use super::{CellSize, glyph::GlyphSet, paint::Rgb};
use ratatui::style::Modifier;

/// Longest grapheme cluster kept, in bytes; the longest emoji sequences have 35. A longer one is a
/// pile of combining marks and is replaced.
const CLUSTER_LEN_MAX: usize = 64;

/// How many different clusters of several characters may be on the screen at once.
const CLUSTER_COUNT_MAX: usize = 512;

/// The first glyph number that is not a character.
const CLUSTER_BASE: u32 = 0x11_0000;

/// A colour as the terminal is told it. As a number, so that a [`Look`] has 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ink(u32);

/// What an [`Ink`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InkKind {
    /// The terminal's own background.
    Background,
    /// The terminal's own foreground.
    Foreground,
    /// Of the 256; not the first 16.
    Indexed(u8),
    /// One of the 16.
    Named(u8),
    /// 24 bits.
    Rgb([u8; 3]),
}

impl Ink {
    /// The terminal's own background; can only be painted as background.
    pub(super) const BACKGROUND: Self = Self(0x0300_0000);
    /// The terminal's own foreground; can only be painted as foreground.
    pub(super) const FOREGROUND: Self = Self(0x0400_0000);

    pub(super) const fn rgb([red, green, blue]: [u8; 3]) -> Self {
        Self(u32::from_be_bytes([0, red, green, blue]))
    }

    pub(super) const fn indexed(index: u8) -> Self {
        Self(u32::from_be_bytes([1, 0, 0, index]))
    }

    /// `index < 16`.
    pub(super) const fn named(index: u8) -> Self {
        Self(u32::from_be_bytes([2, 0, 0, index & 15]))
    }

    /// Equal for equal inks only; below 2^27.
    #[inline]
    pub(super) const fn number(self) -> u32 {
        self.0
    }

    /// Whether it is one of the terminal's own two, of which is not known how they look.
    #[inline]
    pub(super) const fn is_own(self) -> bool {
        self.0 >= Self::BACKGROUND.0
    }

    pub(super) const fn kind(self) -> InkKind {
        let [tag, red, green, blue] = self.0.to_be_bytes();
        match tag {
            0 => InkKind::Rgb([red, green, blue]),
            1 => InkKind::Indexed(blue),
            2 => InkKind::Named(blue),
            3 => InkKind::Background,
            _ => InkKind::Foreground,
        }
    }
}

/// How text is set off, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes(pub(super) u8);

impl Attributes {
    pub(super) const BOLD: u8 = 1;
    pub(super) const DIM: u8 = 2;
    pub(super) const ITALIC: u8 = 4;
    pub(super) const UNDERLINED: u8 = 8;
    pub(super) const BLINK: u8 = 16;
    pub(super) const REVERSED: u8 = 32;
    pub(super) const HIDDEN: u8 = 64;
    pub(super) const CROSSED_OUT: u8 = 128;
    /// Those that do not show on a space.
    pub(super) const INVISIBLE_ON_BLANK: u8 =
        Self::BOLD | Self::DIM | Self::ITALIC | Self::BLINK | Self::HIDDEN;

    pub(super) fn from_modifier(modifier: Modifier) -> Self {
        const BITS: [(Modifier, u8); 8] = [
            (Modifier::BOLD, Attributes::BOLD),
            (Modifier::DIM, Attributes::DIM),
            (Modifier::ITALIC, Attributes::ITALIC),
            (Modifier::UNDERLINED, Attributes::UNDERLINED),
            (
                Modifier::SLOW_BLINK.union(Modifier::RAPID_BLINK),
                Attributes::BLINK,
            ),
            (Modifier::REVERSED, Attributes::REVERSED),
            (Modifier::HIDDEN, Attributes::HIDDEN),
            (Modifier::CROSSED_OUT, Attributes::CROSSED_OUT),
        ];
        if modifier.is_empty() {
            return Self(0);
        }
        Self(
            BITS.iter()
                .filter(|(of, _)| modifier.intersects(*of))
                .fold(0, |all, (_, bit)| all | bit),
        )
    }
}

/// A character, or a cluster of several by its number in [`Clusters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glyph(u32);

impl Glyph {
    /// What stands for a text that cannot be shown.
    pub(super) const REPLACEMENT: Self = Self(char::REPLACEMENT_CHARACTER as u32);

    pub(super) const fn of(character: char) -> Self {
        Self(character as u32)
    }

    /// The character, unless it is a cluster.
    pub(super) const fn character(self) -> Option<char> {
        char::from_u32(self.0)
    }
}

/// How one place looks. Equal looks need no byte, whatever glyph shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Two halves of one colour each: what `▀`, `▄`, `█` and a space can show.
    Halves {
        /// Colour of the upper half.
        top: Ink,
        /// Colour of the lower half.
        bottom: Ink,
    },
    /// Anything else.
    Text {
        /// What is written.
        glyph: Glyph,
        /// Its colour.
        fore: Ink,
        /// What lies behind it.
        back: Ink,
        /// How it is set off.
        attributes: Attributes,
        /// In cells, at least 1.
        width: u8,
        /// Whether what lies behind it is a picture, which need not be exact.
        is_over_video: bool,
    },
    /// Wanted of two halves of a picture: an approximation will do. Never shown.
    Video {
        /// Colour of the upper half.
        top: Rgb,
        /// Colour of the lower half.
        bottom: Rgb,
        /// Whether a canvas may hold the pixels of the place, of which these are the means.
        has_pixels: bool,
    },
    /// Shown of a picture: a glyph that is more than two halves. Never wanted.
    Glyph {
        /// Of which set.
        glyphs: GlyphSet,
        /// See [`GlyphSet::character`].
        pattern: u8,
        /// Its colour.
        fore: Ink,
        /// What lies behind it.
        back: Ink,
    },
    /// Covered by the wide text before it.
    Continuation,
    /// Not known; equal to no look that is wanted.
    Unknown,
}

impl Look {
    /// What a cleared screen shows.
    pub(super) const BLANK: Self = Self::Halves {
        top: Ink::BACKGROUND,
        bottom: Ink::BACKGROUND,
    };

    /// In cells.
    pub(super) fn width(self) -> usize {
        match self {
            Self::Text { width, .. } => usize::from(width.max(1)),
            Self::Halves { .. }
            | Self::Continuation
            | Self::Glyph { .. }
            | Self::Unknown
            | Self::Video { .. } => 1,
        }
    }
}

/// A screenful of looks, row by row.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    looks: Vec<Look>,
    size: CellSize,
}

impl Grid {
    pub(super) fn new(size: CellSize, look: Look) -> Self {
        let mut grid = Self {
            looks: Vec::new(),
            size,
        };
        grid.reset(size, look);
        grid
    }

    /// Makes it `size` large and `look` everywhere, keeping its allocation.
    pub(super) fn reset(&mut self, size: CellSize, look: Look) {
        self.size = size;
        self.looks.clear();
        self.looks
            .resize(usize::from(size.columns) * usize::from(size.rows), look);
    }

    pub(super) fn fill(&mut self, look: Look) {
        self.looks.fill(look);
    }

    pub(super) const fn size(&self) -> CellSize {
        self.size
    }

    /// The looks of row `row`; empty outside.
    pub(super) fn row(&self, row: u16) -> &[Look] {
        let columns = usize::from(self.size.columns);
        self.looks
            .get(usize::from(row) * columns..)
            .and_then(|rest| rest.get(..columns))
            .unwrap_or(&[])
    }

    /// Makes it equal to `other`, keeping its allocation.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.looks.clone_from(&other.looks);
        self.size = other.size;
    }

    /// See [`Self::row`].
    pub(super) fn row_mut(&mut self, row: u16) -> &mut [Look] {
        let columns = usize::from(self.size.columns);
        self.looks
            .get_mut(usize::from(row) * columns..)
            .and_then(|rest| rest.get_mut(..columns))
            .unwrap_or(&mut [])
    }

    /// Puts `look` at `column` of `row`, with its continuations. A place that a wide text covers
    /// stays covered, as in ratatui's buffer; what was half overwritten becomes blank, as on a
    /// terminal. A text that does not fit into the row becomes blank.
    pub(super) fn put(&mut self, column: u16, row: u16, look: Look) {
        let line = self.row_mut(row);
        let at = usize::from(column);
        let width = look.width();
        let Some(&old) = line.get(at) else { return };
        if old == Look::Continuation {
            return;
        }
        if width == 1 && old.width() == 1 {
            line.iter_mut()
                .skip(at)
                .take(1)
                .for_each(|place| *place = look);
            return;
        }
        if line.len() - at < width {
            let blank = match look {
                Look::Text { back, .. } => Look::Halves {
                    top: back,
                    bottom: back,
                },
                _ => Look::BLANK,
            };
            return self.put(column, row, blank);
        }
        for place in at..at + width {
            clear_whole(line, place, Look::BLANK);
        }
        for (place, index) in line.iter_mut().skip(at).zip(0..width) {
            *place = if index == 0 { look } else { Look::Continuation };
        }
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Look> {
        self.looks.iter_mut()
    }
}

/// Makes the place and, if it is part of a wide text, all places of that text `look`.
pub(super) fn clear_whole(line: &mut [Look], at: usize, look: Look) {
    let mut head = at;
    while head > 0 && line.get(head) == Some(&Look::Continuation) {
        head -= 1;
    }
    let width = line.get(head).map_or(1, |first| first.width());
    let end = (head + width).max(at + 1);
    line.iter_mut()
        .take(end)
        .skip(head)
        .for_each(|place| *place = look);
}

/// The texts of several characters that are on the screen.
#[derive(Debug, Default)]
pub(super) struct Clusters {
    known: Vec<Box<str>>,
}

impl Clusters {
    /// The glyph for `symbol`; `None` when the table is full.
    pub(super) fn glyph(&mut self, symbol: &str) -> Option<Glyph> {
        if symbol.len() > CLUSTER_LEN_MAX {
            return Some(Glyph::REPLACEMENT);
        }
        let index = match self.known.iter().position(|known| **known == *symbol) {
            Some(index) => index,
            None if self.known.len() < CLUSTER_COUNT_MAX => {
                self.known.push(symbol.into());
                self.known.len() - 1
            }
            None => return None,
        };
        u32::try_from(index)
            .ok()
            .map(|index| Glyph(CLUSTER_BASE + index))
    }

    /// The text of a glyph that is not a character.
    pub(super) fn text(&self, glyph: Glyph) -> Option<&str> {
        let index = glyph.0.checked_sub(CLUSTER_BASE)?;
        self.known
            .get(usize::try_from(index).ok()?)
            .map(AsRef::as_ref)
    }

    /// Forgets what `target` does not need any more. What `shown` has of clusters becomes unknown.
    pub(super) fn compact(&mut self, target: &mut Grid, shown: &mut Grid) {
        let old = std::mem::take(self);
        for look in target.iter_mut() {
            if let Look::Text { glyph, .. } = look
                && let Some(text) = old.text(*glyph)
            {
                *glyph = self.glyph(text).unwrap_or(Glyph::REPLACEMENT);
            }
        }
        for row in 0..shown.size().rows {
            let line = shown.row_mut(row);
            for at in 0..line.len() {
                if let Some(Look::Text { glyph, .. }) = line.get(at)
                    && glyph.character().is_none()
                {
                    clear_whole(line, at, Look::Unknown);
                }
            }
        }
    }
}
