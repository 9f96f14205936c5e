//! The panel of the camera's controls: at the left, so that the picture that changes is seen.
//!
//! Invariant: the chosen control is in sight in every window that has a row for it.

use super::{
    control::{Control, ControlState},
    keys::Action,
    sheet::{self, Piece, Row, cell_count},
    status::{hint, key_of},
    text,
    theme::Theme,
};
use ratatui::{buffer::Buffer, layout::Rect};

/// What the panel shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct ControlPanel<'a> {
    /// What the camera is called; empty when there is none.
    pub camera: &'a str,
    /// Its controls.
    pub controls: &'a [Control],
    /// The place of the chosen one among them.
    pub chosen: usize,
    /// Why there are none, when there are none.
    pub reason: &'a str,
}

/// Widest value, in cells.
const VALUE_WIDTH_MAX: usize = 10;

/// Longest bar, in cells.
const BAR_WIDTH_MAX: usize = 7;

/// Shortest bar that is worth its place, in cells.
const BAR_WIDTH_MIN: usize = 3;

/// Widest inside of the panel, in cells; what is wider hides the picture.
const WIDTH_MAX: usize = 34;

/// Smallest area with a border, in cells.
const BORDER_WIDTH_MIN: u16 = 28;

/// See [`BORDER_WIDTH_MIN`].
const BORDER_HEIGHT_MIN: u16 = 8;

/// Narrowest inside of the panel where there is room, in cells.
const WIDTH_MIN: usize = 24;

/// The panel in its place.
#[derive(Debug)]
pub(super) struct Placed {
    /// All that it covers.
    pub outer: Rect,
    /// 1 or 0.
    border: u16,
    rows: Vec<Row<'static>>,
    title: String,
    /// Which of how many is chosen, where not all are shown.
    place: Option<String>,
}

/// Lays the panel out.
pub(super) fn placed(area: Rect, panel: &ControlPanel<'_>, theme: &Theme) -> Placed {
    let has_border = area.width >= BORDER_WIDTH_MIN && area.height >= BORDER_HEIGHT_MIN;
    let border = u16::from(has_border);
    let room = usize::from(area.width - 2 * border).min(WIDTH_MAX);
    let height_max = usize::from(area.height - 2 * border);
    let body = if panel.controls.is_empty() {
        reason(panel.reason, room, theme)
    } else {
        Columns::of(panel.controls, room).rows(panel, theme)
    };
    let mut foot = foot(panel, room, height_max, theme);
    let shown = body.len().min(height_max.saturating_sub(foot.len()).max(1));
    let first = first_shown(panel.chosen, shown, body.len());
    let mut place = (shown < body.len() && !panel.controls.is_empty())
        .then(|| format!("{} of {}", panel.chosen + 1, body.len()));
    if !has_border && let (Some(place), Some(row)) = (place.take(), foot.last_mut()) {
        row.pieces
            .insert(0, Piece::new(format!(" {place} "), theme.panel));
    }
    let mut rows: Vec<_> = body.into_iter().skip(first).take(shown).collect();
    rows.append(&mut foot);
    let width = rows.iter().map(Row::width).max().unwrap_or(0);
    // A blank before the right edge.
    let width = cell_count((width + 1).max(WIDTH_MIN).min(room)) + 2 * border;
    let height = (cell_count(rows.len()) + 2 * border).min(area.height);
    // A little off the edge, where there is room.
    let aside = u16::from(area.width > width + 1);
    let down = u16::from(area.height > height + 1);
    Placed {
        outer: Rect::new(area.x + aside, area.y + down, width, height).intersection(area),
        border,
        rows,
        title: text::printable(panel.camera),
        place,
    }
}

impl Placed {
    /// Paints it.
    pub(super) fn paint(&self, buffer: &mut Buffer, theme: &Theme) {
        let outer = self.outer;
        sheet::clear(buffer, outer, theme.panel);
        if self.border > 0 {
            sheet::outline(buffer, outer, theme.border);
            title_in(buffer, outer, outer.y, &self.title, theme);
            let place = self.place.as_deref().unwrap_or_default();
            title_in(
                buffer,
                outer,
                outer.bottom().saturating_sub(1),
                place,
                theme,
            );
        }
        let inner = outer.inner(ratatui::layout::Margin::new(self.border, self.border));
        for (line, row) in inner.rows().zip(&self.rows) {
            sheet::put_row(buffer, line, &row.pieces, theme.panel);
        }
    }
}

/// A few words in a border.
fn title_in(buffer: &mut Buffer, outer: Rect, y: u16, title: &str, theme: &Theme) {
    let title = text::truncated(title, usize::from(outer.width).saturating_sub(6));
    if !title.is_empty() {
        let line = Rect {
            x: outer.x + 2,
            y,
            width: outer.width.saturating_sub(3),
            height: 1,
        };
        let style = theme.panel.patch(theme.strong);
        sheet::put(buffer, line, &format!(" {title} "), style);
    }
}

/// The first of the `shown` rows of `count`, so that the chosen one is among them, in the middle
/// where that can be.
fn first_shown(chosen: usize, shown: usize, count: usize) -> usize {
    let middle = chosen
        .min(count.saturating_sub(1))
        .saturating_sub(shown / 2);
    middle.min(count.saturating_sub(shown))
}

/// How the width is shared out.
#[derive(Clone, Copy, Debug)]
struct Columns {
    label: usize,
    /// 0 where there is no room for bars.
    bar: usize,
    value: usize,
}

impl Columns {
    fn of(controls: &[Control], room: usize) -> Self {
        let widest = |width: &dyn Fn(&Control) -> usize| controls.iter().map(width).max();
        let label = widest(&|control| text::width(control.name)).unwrap_or(0);
        let value = widest(&|control| text::width(&text::printable(&control.value_text())));
        let value = value.unwrap_or(0).min(VALUE_WIDTH_MAX);
        // A mark before and a blank behind, and a blank before the value.
        let rest = room.saturating_sub(3 + value);
        let bar = rest.saturating_sub(label + 1).min(BAR_WIDTH_MAX);
        let bar = if bar < BAR_WIDTH_MIN { 0 } else { bar };
        Self {
            label: label.min(rest),
            bar,
            value,
        }
    }

    fn rows(self, panel: &ControlPanel<'_>, theme: &Theme) -> Vec<Row<'static>> {
        let rows = panel.controls.iter().enumerate().map(|(index, control)| {
            let is_chosen = index == panel.chosen;
            self.row(control, is_chosen, theme)
        });
        rows.collect()
    }

    fn row(self, control: &Control, is_chosen: bool, theme: &Theme) -> Row<'static> {
        let is_settable = control.state == ControlState::Settable;
        let (label_style, value_style) = match (is_chosen, is_settable) {
            (true, _) => (theme.strong, theme.panel),
            (false, true) => (theme.panel, theme.panel),
            (false, false) => (theme.muted, theme.muted),
        };
        // What is not at its default is seen at a glance.
        let value_style = match (is_settable, control.value == control.default) {
            (true, false) => theme.accent,
            (true, true) => value_style,
            (false, _) => theme.muted,
        };
        let label = text::truncated(control.name, self.label).into_owned();
        let pad = " ".repeat(self.label - text::width(&label) + 1);
        let mut pieces = vec![
            Piece::new(if is_chosen { "▌" } else { " " }, theme.accent),
            Piece::new(label, label_style),
            Piece::new(pad, theme.panel),
        ];
        if self.bar > 0 {
            pieces.extend(self.bar(control, is_settable, theme));
        }
        let value = text::printable(&control.value_text());
        let value = text::truncated(&value, self.value).into_owned();
        let pad = " ".repeat(self.value - text::width(&value));
        pieces.push(Piece::new(pad, theme.panel));
        pieces.push(Piece::new(value, value_style));
        Row::new(0, pieces)
    }

    /// How far the value is up its range, and a blank.
    fn bar(self, control: &Control, is_settable: bool, theme: &Theme) -> [Piece<'static>; 3] {
        let share = control.share().filter(|_| is_settable);
        let full = share.map_or(0, |share| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a few cells"
            )]
            let full = (share * self.bar as f64).round() as usize;
            full.min(self.bar)
        });
        let line = if share.is_some() { "─" } else { " " };
        [
            Piece::new("━".repeat(full), theme.accent),
            Piece::new(line.repeat(self.bar - full), theme.border),
            Piece::new(" ", theme.panel),
        ]
    }
}

fn reason(reason: &str, room: usize, theme: &Theme) -> Vec<Row<'static>> {
    let shown = text::printable(reason);
    let room = room.saturating_sub(2).max(1);
    let lines = text::wrap(&shown, room, room);
    let rows = lines.into_iter().map(|line| {
        let line = shown.get(line).unwrap_or_default().trim_end().to_owned();
        Row::new(
            0,
            [Piece::new(" ", theme.panel), Piece::new(line, theme.muted)],
        )
    });
    rows.collect()
}

/// Which keys there are: as much as fits below the rows.
fn foot(panel: &ControlPanel<'_>, room: usize, height: usize, theme: &Theme) -> Vec<Row<'static>> {
    let leave = hint(Action::Cancel, "leave", theme);
    if panel.controls.is_empty() {
        return if height < 3 {
            Vec::new()
        } else {
            vec![hints(&[leave], room, theme)]
        };
    }
    let two = |one: Action, other: Action, what: &'static str| {
        let keys = format!("{} {}", key_of(one), key_of(other));
        vec![
            Piece::new(keys, theme.accent),
            Piece::new(format!(" {what}"), theme.muted),
        ]
    };
    let change = two(Action::LowerControl, Action::RaiseControl, "change");
    let default = hint(Action::ResetControl, "default", theme);
    let all = hint(Action::ResetAllControls, "all", theme);
    match height {
        0..4 => Vec::new(),
        4..11 => vec![hints(&[default, leave, all], room, theme)],
        _ => vec![
            Row::new(0, []),
            hints(&[change, leave], room, theme),
            hints(&[default, all], room, theme),
        ],
    }
}

/// As many of them as fit into a row.
fn hints(hints: &[Vec<Piece<'static>>], room: usize, theme: &Theme) -> Row<'static> {
    let mut row = Row::text(0, " ", theme.panel);
    for hint in hints {
        let gap = if row.pieces.len() > 1 { "  " } else { "" };
        let gap = [Piece::new(gap, theme.panel)];
        let longer = Row::new(0, [&row.pieces, &gap[..], hint].concat());
        if longer.width() <= room {
            row = longer;
        }
    }
    row
}
