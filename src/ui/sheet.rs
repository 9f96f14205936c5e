//! Panels over the picture: rows of text that give way in an agreed order where there is no room.
//!
//! All text of the user interface reaches the cells through [`put`], which makes it printable.

use super::{picture::cells_of, text, theme::Theme};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use std::borrow::Cow;

/// A piece of a row in one style.
#[derive(Clone, Debug)]
pub(super) struct Piece<'a> {
    pub text: Cow<'a, str>,
    pub style: Style,
}

/// One row of a panel.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub pieces: Vec<Piece<'a>>,
    /// Rows of the highest rank go first when there is no room; rank 0 stays.
    pub rank: u8,
}

/// Where a panel lies in its area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// In the middle at the bottom, two rows above its end.
    Bottom,
    /// In the middle.
    Center,
}

/// How the rows of a panel are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    /// Each in the middle.
    Centered,
    /// All from the left.
    Left,
}

/// A panel.
#[derive(Clone, Debug)]
pub(super) struct Sheet<'a> {
    /// In the upper border, where there is one.
    pub title: &'a str,
    pub rows: Vec<Row<'a>>,
    pub setting: Setting,
    /// Behind its rows.
    pub ground: Style,
    pub border: Style,
}

/// What is round the rows: border or not, then blank columns and rows on each side.
#[derive(Clone, Copy, Debug)]
struct Margin {
    border: u16,
    columns: u16,
    rows: u16,
}

/// The lowest rank that stays to the end.
const RANK_MAX: u8 = 3;

/// From generous to none.
const MARGINS: [Margin; 5] = [
    Margin {
        border: 1,
        columns: 4,
        rows: 1,
    },
    Margin {
        border: 1,
        columns: 3,
        rows: 0,
    },
    Margin {
        border: 1,
        columns: 1,
        rows: 0,
    },
    Margin {
        border: 0,
        columns: 1,
        rows: 0,
    },
    Margin {
        border: 0,
        columns: 0,
        rows: 0,
    },
];

impl<'a> Piece<'a> {
    pub(super) fn new(text: impl Into<Cow<'a, str>>, style: Style) -> Self {
        let text = match text.into() {
            Cow::Borrowed(text) => text::safe(text),
            Cow::Owned(text) => Cow::Owned(text::printable(&text)),
        };
        Self { text, style }
    }
}

impl<'a> Row<'a> {
    pub(super) fn new(rank: u8, pieces: impl Into<Vec<Piece<'a>>>) -> Self {
        Self {
            pieces: pieces.into(),
            rank,
        }
    }

    pub(super) fn text(rank: u8, text: impl Into<Cow<'a, str>>, style: Style) -> Self {
        Self::new(rank, [Piece::new(text, style)])
    }

    /// The first thing to go.
    pub(super) fn blank() -> Self {
        Self::new(RANK_MAX, [])
    }

    pub(super) fn width(&self) -> usize {
        self.pieces
            .iter()
            .map(|piece| text::width(&piece.text))
            .sum()
    }
}

impl<'a> Sheet<'a> {
    /// A panel that lies over a picture.
    pub(super) const fn over(title: &'a str, rows: Vec<Row<'a>>, theme: &Theme) -> Self {
        let (ground, border) = (theme.panel, theme.border);
        Self {
            title,
            rows,
            setting: Setting::Left,
            ground,
            border,
        }
    }

    /// Paints the panel into `area` and says what it covered.
    pub(super) fn paint(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        theme: &Theme,
        anchor: Anchor,
    ) -> Rect {
        let area = area.intersection(buffer.area);
        let (margin, rank) = self.fit(area);
        let outer = self.outer(area, margin, rank, anchor);
        if !outer.is_empty() {
            let rows: Vec<_> = self.rows.iter().filter(|row| row.rank <= rank).collect();
            self.paint_at(buffer, outer, margin, &rows, theme.strong);
        }
        outer
    }

    /// What [`Self::paint`] would cover.
    pub(super) fn place(&self, area: Rect, anchor: Anchor) -> Rect {
        let (margin, rank) = self.fit(area);
        self.outer(area, margin, rank, anchor)
    }

    fn outer(&self, area: Rect, margin: Margin, rank: u8, anchor: Anchor) -> Rect {
        let width = margin.outer_width(self.width(rank)).min(area.width);
        let height = margin.outer_height(self.count(rank)).min(area.height);
        if width == 0 || height == 0 || self.count(rank) == 0 {
            return Rect::default();
        }
        let spare = area.height - height;
        let above = match anchor {
            Anchor::Bottom => spare - 2.min(spare / 2),
            Anchor::Center => spare / 2,
        };
        Rect::new(
            area.x + (area.width - width) / 2,
            area.y + above,
            width,
            height,
        )
    }

    fn paint_at(
        &self,
        buffer: &mut Buffer,
        outer: Rect,
        margin: Margin,
        rows: &[&Row<'_>],
        titled: Style,
    ) {
        clear(buffer, outer, self.ground);
        if margin.border > 0 {
            outline(buffer, outer, self.border);
            let title = text::truncated(self.title, usize::from(outer.width).saturating_sub(6));
            if !title.is_empty() {
                let style = self.ground.patch(titled);
                put(
                    buffer,
                    Rect {
                        x: outer.x + 2,
                        height: 1,
                        ..outer
                    },
                    &format!(" {title} "),
                    style,
                );
            }
        }
        let inner = outer.inner(ratatui::layout::Margin::new(
            margin.border + margin.columns,
            margin.border + margin.rows,
        ));
        for (line, row) in inner.rows().zip(rows) {
            let spare = inner.width.saturating_sub(cell_count(row.width()));
            let indent = if self.setting == Setting::Centered {
                spare / 2
            } else {
                0
            };
            put_row(buffer, shifted(line, indent), &row.pieces, self.ground);
        }
    }

    /// The most generous margin and the highest rank with which everything fits; narrow windows
    /// get the rows that matter, cut.
    fn fit(&self, area: Rect) -> (Margin, u8) {
        let high_enough =
            |margin: &Margin, rank: u8| margin.outer_height(self.count(rank)) <= area.height;
        for rank in (0..=RANK_MAX).rev() {
            // A border is worth more than blank rows, but not more than words.
            let margins = MARGINS
                .iter()
                .take(if rank == RANK_MAX { 3 } else { MARGINS.len() });
            for margin in margins {
                let wide_enough = margin.outer_width(self.width(rank)) <= area.width;
                if wide_enough && high_enough(margin, rank) {
                    return (*margin, rank);
                }
            }
        }
        let bare = MARGINS.iter().skip(if area.width < 24 { 3 } else { 2 });
        for rank in (0..=RANK_MAX).rev() {
            if let Some(margin) = bare.clone().find(|margin| high_enough(margin, rank)) {
                return (*margin, rank);
            }
        }
        (
            Margin {
                border: 0,
                columns: 0,
                rows: 0,
            },
            0,
        )
    }

    fn count(&self, rank: u8) -> usize {
        self.rows.iter().filter(|row| row.rank <= rank).count()
    }

    fn width(&self, rank: u8) -> usize {
        let rows = self.rows.iter().filter(|row| row.rank <= rank);
        rows.map(Row::width)
            .max()
            .unwrap_or(0)
            .max(text::width(self.title) + 4)
    }
}

impl Margin {
    fn outer_width(self, inner: usize) -> u16 {
        cell_count(inner).saturating_add(2 * (self.border + self.columns))
    }

    fn outer_height(self, inner: usize) -> u16 {
        cell_count(inner).saturating_add(2 * (self.border + self.rows))
    }
}

/// Paints `text` from the left of the first row of `area`, at most to its end, and says how many
/// cells it took.
pub(super) fn put(buffer: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return 0;
    }
    part_wide(buffer, area.x, area.y);
    let room = usize::from(area.width);
    let (end, _) = buffer.set_stringn(area.x, area.y, text::safe(text), room, style);
    end - area.x
}

/// Paints the pieces of a row one after the other over `ground`; where they do not fit, the last
/// that is seen ends in an ellipsis.
pub(super) fn put_row(buffer: &mut Buffer, line: Rect, pieces: &[Piece<'_>], ground: Style) {
    let mut rest = line;
    for piece in pieces {
        if rest.is_empty() {
            return;
        }
        let text = text::truncated(&piece.text, usize::from(rest.width));
        let cut = text.len() != piece.text.len();
        let taken = put(buffer, rest, &text, ground.patch(piece.style));
        rest = if cut {
            Rect::default()
        } else {
            shifted(rest, taken)
        };
    }
}

/// Blanks `area` in `style`.
pub(super) fn clear(buffer: &mut Buffer, area: Rect, style: Style) {
    let area = area.intersection(buffer.area);
    for row in area.rows() {
        part_wide(buffer, row.x, row.y);
        for cell in cells_of(buffer, row) {
            cell.reset();
            cell.set_style(style);
        }
    }
}

/// Draws a line with round corners along the edge of `area`, keeping the backgrounds.
pub(super) fn outline(buffer: &mut Buffer, area: Rect, style: Style) {
    if area.width < 2 || area.height < 2 {
        return;
    }
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    for x in area.x..area.right() {
        set(buffer, x, area.y, "─", style);
        set(buffer, x, bottom, "─", style);
    }
    for y in area.y..area.bottom() {
        set(buffer, area.x, y, "│", style);
        set(buffer, right, y, "│", style);
    }
    set(buffer, area.x, area.y, "╭", style);
    set(buffer, right, area.y, "╮", style);
    set(buffer, area.x, bottom, "╰", style);
    set(buffer, right, bottom, "╯", style);
}

/// `area` without its first `columns` columns.
pub(super) fn shifted(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width);
    Rect {
        x: area.x + columns,
        width: area.width - columns,
        ..area
    }
}

/// A number of cells as ratatui counts them.
pub(super) fn cell_count(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

fn set(buffer: &mut Buffer, x: u16, y: u16, symbol: &str, style: Style) {
    if let Some(cell) = buffer.cell_mut((x, y)) {
        cell.set_symbol(symbol).set_style(style);
    }
}

/// Blanks a wide character whose right half is about to be painted over: ratatui would leave out
/// the cell behind it.
fn part_wide(buffer: &mut Buffer, x: u16, y: u16) {
    let reach = 8.min(x);
    for before in 1..=reach {
        if let Some(cell) = buffer.cell_mut((x - before, y))
            && text::width(cell.symbol()) > usize::from(before)
        {
            cell.set_symbol(" ");
        }
    }
}
