//! The conversation and the typing line as cells.

use super::{
    View,
    chat::{Line, Speaker, opacity},
    layout::Layout,
    picture,
    shape::{NAME_WIDTH_MAX, Shape},
    sheet::{self, Piece},
    text,
    text_line::TextLine,
    theme::{Theme, mix},
};
use crate::screen::VIDEO;
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Color, Style},
};

/// How much of the panel's colour is laid over the picture under a message.
const VEIL: f32 = 0.78;

/// Paints the conversation beside or over the picture.
pub(super) fn paint(buffer: &mut Buffer, layout: &Layout, view: &View<'_>, theme: &Theme) {
    if layout.chat_beside {
        paint_beside(buffer, layout.chat, view, theme);
    } else {
        paint_over(buffer, layout.chat, view, theme);
    }
}

/// Paints the typing line and says where the cursor stands in it.
pub(super) fn paint_typing(
    buffer: &mut Buffer,
    area: Rect,
    line: &TextLine,
    theme: &Theme,
) -> Option<Position> {
    sheet::clear(buffer, area, theme.panel);
    if area.is_empty() {
        return None;
    }
    let prompt = if area.width >= 12 {
        sheet::put(buffer, area, " > ", theme.panel.patch(theme.accent))
    } else {
        0
    };
    let rest = sheet::shifted(area, prompt);
    let (before, after) = line.split();
    if before.is_empty() && after.is_empty() && rest.width >= 24 {
        let pieces = [Piece::new(" write a message, Esc leaves", theme.muted)];
        sheet::put_row(buffer, rest, &pieces, theme.panel);
        return Some(rest.as_position());
    }
    // The cursor needs a cell behind the text; what is in front of it gives way to the left.
    let room = usize::from(rest.width).saturating_sub(1);
    let shown = suffix(before, room);
    let taken = sheet::put(buffer, rest, shown, theme.panel);
    let cursor = sheet::shifted(rest, taken);
    sheet::put(buffer, cursor, after, theme.panel);
    if shown.len() < before.len() && !rest.is_empty() {
        // In place of the first cells, so that nothing moves.
        let first = text::graphemes(shown)
            .next()
            .map_or(1, |(_, width)| width.max(1));
        let mark = format!("…{}", " ".repeat(first - 1));
        sheet::put(buffer, rest, &mark, theme.panel.patch(theme.muted));
    }
    Some(cursor.as_position())
}

fn paint_beside(buffer: &mut Buffer, area: Rect, view: &View<'_>, theme: &Theme) {
    sheet::clear(buffer, area, theme.panel);
    // Two blank columns on the left, one on the right, one row above and below.
    let inner = Rect {
        x: area.x + 2.min(area.width),
        y: area.y + u16::from(area.height > 4),
        width: area.width.saturating_sub(3),
        height: area.height.saturating_sub(2 * u16::from(area.height > 4)),
    };
    let lines = view
        .chat
        .lines(inner.width.into(), inner.height.into(), None);
    let mut bottom = paint_indicator(buffer, inner, view, theme, theme.panel);
    for line in &lines {
        let Some(row) = row_above(&mut bottom) else {
            return;
        };
        paint_line(buffer, row, line, 1.0, theme, theme.panel);
    }
}

fn paint_over(buffer: &mut Buffer, area: Rect, view: &View<'_>, theme: &Theme) {
    if area.width < 4 || area.height == 0 {
        return;
    }
    let kept = view.typing.is_some() || view.chat.is_scrolled();
    let text_width = area.width - 2;
    let lines = view.chat.lines(
        text_width.into(),
        area.height.into(),
        (!kept).then_some(view.now),
    );
    let widest = lines
        .iter()
        .map(|line| line_width(line, text_width))
        .max()
        .unwrap_or(0);
    let widest = if view.chat.is_scrolled() {
        usize::from(text_width)
    } else {
        widest
    };
    let strip = Rect {
        width: sheet::cell_count(widest + 2).min(area.width),
        ..area
    };
    let mut bottom = strip;
    if view.chat.has_indicator(area.height.into()) {
        veil(
            buffer,
            Rect {
                y: strip.bottom() - 1,
                height: 1,
                ..strip
            },
            1.0,
            theme,
        );
        let inner = Rect {
            x: strip.x + 1,
            width: strip.width - 2,
            ..strip
        };
        bottom.height = paint_indicator(buffer, inner, view, theme, Style::new()).height;
    }
    for line in &lines {
        let Some(row) = row_above(&mut bottom) else {
            return;
        };
        let opacity = if kept {
            1.0
        } else {
            opacity(line.message, view.now)
        };
        veil(buffer, row, opacity, theme);
        let inner = Rect {
            x: row.x + 1,
            width: row.width.saturating_sub(2),
            ..row
        };
        paint_line(buffer, inner, line, opacity, theme, Style::new());
    }
}

/// One line of a message: time and name before the first, an indent before the others.
fn paint_line(
    buffer: &mut Buffer,
    row: Rect,
    line: &Line<'_>,
    opacity: f32,
    theme: &Theme,
    ground: Style,
) {
    let shape = Shape::of(usize::from(row.width));
    let message = line.message;
    let said = match message.speaker {
        // Over a picture, what is muted is hard to read.
        Speaker::Program if ground.bg.is_some() => theme.muted,
        Speaker::Me | Speaker::Peer | Speaker::Program => {
            Style::new().fg(theme.panel.fg.unwrap_or_default())
        }
    };
    let named = if message.speaker == Speaker::Peer {
        theme.accent
    } else {
        theme.strong
    };
    let mut pieces = Vec::new();
    if line.first {
        if shape.time > 0 {
            let time = text::prefix(&message.time, shape.time - 1);
            let pad = " ".repeat(shape.time - text::width(time));
            pieces.push(Piece::new([time, &pad].concat(), theme.muted));
        }
        if !message.name.is_empty() {
            pieces.push(Piece::new(
                text::truncated(&message.name, NAME_WIDTH_MAX),
                named,
            ));
            pieces.push(Piece::new(" ", said));
        }
    } else {
        pieces.push(Piece::new(" ".repeat(shape.indent), said));
    }
    pieces.push(Piece::new(line.text, said));
    let behind = faded_ground(buffer, row).unwrap_or_default();
    for piece in &mut pieces {
        if let Some(color) = piece.style.fg
            && opacity < 1.0
        {
            piece.style.fg = Some(mix(behind, color, opacity));
        }
    }
    sheet::put_row(buffer, row, &pieces, ground);
}

/// Says in the last row of `area` that there is more below, and gives the rest of the area.
fn paint_indicator(
    buffer: &mut Buffer,
    area: Rect,
    view: &View<'_>,
    theme: &Theme,
    ground: Style,
) -> Rect {
    if !view.chat.has_indicator(area.height.into()) {
        return area;
    }
    let newer = match view.chat.newer_count() {
        0 => "more below".to_owned(),
        1 => "1 newer message".to_owned(),
        count => format!("{count} newer messages"),
    };
    let pieces = [
        Piece::new(newer, theme.accent),
        Piece::new("  PgDn", theme.muted),
    ];
    let row = Rect {
        y: area.bottom() - 1,
        height: 1,
        ..area
    };
    sheet::put_row(buffer, row, &pieces, ground);
    Rect {
        height: area.height - 1,
        ..area
    }
}

/// Dims what is under a message and blanks it for the text.
fn veil(buffer: &mut Buffer, row: Rect, opacity: f32, theme: &Theme) {
    let ground = theme.panel.bg.unwrap_or_default();
    let row = row.intersection(buffer.area);
    if row.is_empty() {
        return;
    }
    for cell in picture::cells_of(buffer, row) {
        // Only pictures in full colour shine through: few colours make specks of it.
        let under = picture::average(cell).filter(|_| theme.veils());
        let dimmed = under.map_or(ground, |under| mix(under, ground, VEIL * opacity));
        cell.reset();
        cell.set_style(theme.panel).set_bg(dimmed);
        if under.is_some() {
            cell.modifier = VIDEO;
        }
    }
}

/// The background in the middle of a row, towards which its text fades.
fn faded_ground(buffer: &Buffer, row: Rect) -> Option<Color> {
    buffer
        .cell((row.x + row.width / 2, row.y))
        .map(|cell| cell.bg)
}

fn line_width(line: &Line<'_>, room: u16) -> usize {
    let shape = Shape::of(usize::from(room));
    let name = text::width(&line.message.name).min(NAME_WIDTH_MAX);
    let lead = match (line.first, name) {
        (true, 0) => shape.time,
        (true, name) => shape.time + name + 1,
        (false, _) => shape.indent,
    };
    (lead + text::width(line.text)).min(usize::from(room))
}

/// Takes the lowest row off `area`.
fn row_above(area: &mut Rect) -> Option<Rect> {
    area.height = area.height.checked_sub(1)?;
    Some(Rect {
        y: area.bottom(),
        height: 1,
        ..*area
    })
}

/// As much of the end of `text` as fits into `width_max` cells.
fn suffix(text: &str, width_max: usize) -> &str {
    let mut taken = 0;
    let mut len = 0;
    for (grapheme, width) in text::graphemes(text).rev() {
        taken += width;
        if taken > width_max {
            break;
        }
        len += grapheme.len();
    }
    text.get(text.len() - len..).unwrap_or_default()
}
