//! The help: the key table, in two columns where there is room.

use super::{
    keys::{Action, BINDINGS, Binding, Group},
    sheet::{Anchor, Piece, Row, Sheet},
    text,
    theme::Theme,
};
use ratatui::{buffer::Buffer, layout::Rect};

/// Blank cells between two columns.
const GAP: usize = 5;

/// Paints the key table.
pub(super) fn paint(buffer: &mut Buffer, area: Rect, theme: &Theme) {
    let left = column(&[Group::Picture, Group::Call], theme);
    let right = column(&[Group::Chat, Group::Program, Group::Controls], theme);
    let width = left.iter().map(Row::width).max().unwrap_or(0);
    let right_width = right.iter().map(Row::width).max().unwrap_or(0);
    // Two columns with at least a border and a blank round them.
    let rows = if width + GAP + right_width + 4 <= usize::from(area.width) {
        side_by_side(left, right, width, theme)
    } else if left.len() + right.len() + 2 <= usize::from(area.height) {
        [left, vec![Row::blank()], right].concat()
    } else {
        brief(area, theme)
    };
    let sheet = Sheet::over("Keys", rows, theme);
    sheet.paint(buffer, area, theme, Anchor::Center);
}

/// Some groups one under the other, each with its heading.
fn column(groups: &[Group], theme: &Theme) -> Vec<Row<'static>> {
    let in_column = BINDINGS
        .iter()
        .filter(|binding| groups.contains(&binding.group));
    let label_width = in_column
        .map(|binding| text::width(&binding.label()))
        .max()
        .unwrap_or(0);
    let mut rows = Vec::new();
    for group in groups {
        if !rows.is_empty() {
            rows.push(Row::new(2, []));
        }
        rows.push(Row::text(1, group.title(), theme.strong));
        let bindings = BINDINGS.iter().filter(|binding| binding.group == *group);
        rows.extend(bindings.map(|binding| row(binding, label_width, theme)));
    }
    rows
}

fn row(binding: &Binding, label_width: usize, theme: &Theme) -> Row<'static> {
    let label = binding.label();
    let pad = " ".repeat(label_width.saturating_sub(text::width(&label)) + 2);
    let pieces = [
        Piece::new(label, theme.accent),
        Piece::new(pad, theme.panel),
        Piece::new(binding.help, theme.panel),
    ];
    Row::new(0, pieces)
}

fn side_by_side(
    left: Vec<Row<'static>>,
    right: Vec<Row<'static>>,
    width: usize,
    theme: &Theme,
) -> Vec<Row<'static>> {
    let count = left.len().max(right.len());
    let mut right = right.into_iter();
    let mut left = left.into_iter();
    let rows = (0..count).map(|_| {
        let mut row = left.next().unwrap_or_else(|| Row::new(0, []));
        if let Some(other) = right.next() {
            let pad = " ".repeat(width - row.width() + GAP);
            row.pieces.push(Piece::new(pad, theme.panel));
            row.pieces.extend(other.pieces);
        }
        row.rank = 0;
        row
    });
    rows.collect()
}

/// In a small window: one key each, what is needed most first, in as many columns as fit.
fn brief(area: Rect, theme: &Theme) -> Vec<Row<'static>> {
    const FIRST: [Action; 4] = [
        Action::Quit,
        Action::Type,
        Action::ToggleHelp,
        Action::ToggleCamera,
    ];
    let first = FIRST
        .iter()
        .filter_map(|action| BINDINGS.iter().find(|binding| binding.action == *action));
    let others = BINDINGS
        .iter()
        .filter(|binding| !FIRST.contains(&binding.action));
    let entries: Vec<_> = first
        .chain(others)
        .filter_map(|binding| {
            let key = binding.keys.first()?.to_string();
            let pad = " ".repeat(6_usize.saturating_sub(text::width(&key)) + 1);
            Some([
                Piece::new(key, theme.accent),
                Piece::new(pad + binding.help, theme.panel),
            ])
        })
        .collect();
    let rows = usize::from(area.height.saturating_sub(2).max(1));
    let wide = usize::from(area.width) >= 66;
    let columns = if wide { 2 } else { 1 };
    let shown = entries.len().min(rows * columns);
    let height = shown.div_ceil(columns);
    let lines = (0..height).map(|line| {
        let mut pieces = Vec::new();
        for entry in entries.iter().take(shown).skip(line).step_by(height.max(1)) {
            if !pieces.is_empty() {
                let taken = Row::new(0, pieces.clone()).width();
                pieces.push(Piece::new(
                    " ".repeat(34_usize.saturating_sub(taken)),
                    theme.panel,
                ));
            }
            pieces.extend(entry.iter().cloned());
        }
        Row::new(0, pieces)
    });
    let cut = shown < entries.len();
    let mut lines: Vec<_> = lines.collect();
    if cut && lines.len() > 3 {
        lines.pop();
        lines.push(Row::text(0, "more in a larger window", theme.muted));
    }
    lines
}
