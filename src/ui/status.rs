//! The status line and the panel of all figures.

use super::{
    Making, Status, figure,
    keys::{Action, BINDINGS},
    sheet::{self, Anchor, Piece, Row, Sheet},
    text,
    theme::Theme,
};
use crate::screen::{
    capability::{Profile, TmuxAdvice},
    color::ColorDepth,
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// A figure of the status line.
struct Segment {
    label: &'static str,
    value: String,
    style: Style,
}

/// The mark of a call that others on the way can see.
const UNENCRYPTED: &str = "UNENCRYPTED";

/// Blank cells between two segments.
const GAP: usize = 3;

/// Widest value in the panel of all figures, in cells: a line for tmux.conf with a long TERM.
const VALUE_WIDTH_MAX: usize = 56;

/// Paints the status line: the state, then as many figures as fit, the most important first, and
/// at the right where the help is.
pub(super) fn paint(buffer: &mut Buffer, area: Rect, status: &Status<'_>, theme: &Theme) {
    sheet::clear(buffer, area, theme.bar);
    let width = usize::from(area.width);
    let hint = hint(Action::ToggleHelp, "keys", theme);
    let hint_width = Row::new(0, hint.clone()).width();
    let mut pieces = head(status, width, theme);
    let mut taken = Row::new(0, pieces.clone()).width();
    // The hint is worth a place as soon as the state has its own.
    let hinted = taken + GAP + hint_width < width;
    let room = if hinted {
        width - hint_width - 1
    } else {
        width
    };
    for segment in segments(status, theme) {
        let segment_width = text::width(segment.label) + 1 + text::width(&segment.value);
        let gap = if segment.label.is_empty() {
            GAP - 1
        } else {
            GAP
        };
        if taken + gap + segment_width + GAP > room {
            break;
        }
        taken += gap + segment_width;
        pieces.push(Piece::new(" ".repeat(gap), theme.muted));
        pieces.push(Piece::new(segment.label, theme.muted));
        pieces.push(Piece::new(" ", theme.muted));
        pieces.push(Piece::new(segment.value, segment.style));
    }
    sheet::put_row(buffer, area, &pieces, theme.bar);
    if hinted {
        let start = sheet::cell_count(width - hint_width - 1);
        sheet::put_row(buffer, sheet::shifted(area, start), &hint, theme.bar);
    }
}

/// A key and what it does, as at the foot of a panel.
pub(super) fn hint(action: Action, what: &'static str, theme: &Theme) -> Vec<Piece<'static>> {
    vec![
        Piece::new(key_of(action), theme.accent),
        Piece::new(format!(" {what}"), theme.muted),
    ]
}

/// The first of the keys that do something.
pub(super) fn key_of(action: Action) -> String {
    let binding = BINDINGS.iter().find(|binding| binding.action == action);
    let key = binding.and_then(|binding| binding.keys.first());
    key.map(ToString::to_string).unwrap_or_default()
}

/// Paints the panel of all figures.
pub(super) fn paint_detail(buffer: &mut Buffer, area: Rect, status: &Status<'_>, theme: &Theme) {
    let figures = all(status);
    let label_width = figures
        .iter()
        .map(|(label, ..)| text::width(label))
        .max()
        .unwrap_or(0)
        // In a very narrow window labels give way too.
        .min(usize::from(area.width) * 2 / 5);
    // With a border and a blank on each side.
    let room = usize::from(area.width)
        .saturating_sub(label_width + 2 + 4)
        .clamp(8, VALUE_WIDTH_MAX);
    let rows = figures.into_iter().map(|(label, value, rank)| {
        let label = text::truncated(label, label_width);
        let pad = " ".repeat(label_width - text::width(&label) + 2);
        let value = text::truncated(&text::printable(&value), room).into_owned();
        let pieces = [
            Piece::new(label, theme.muted),
            Piece::new(pad, theme.muted),
            Piece::new(value, theme.panel),
        ];
        Row::new(rank, pieces)
    });
    let sheet = Sheet::over("Figures", rows.collect(), theme);
    sheet.paint(buffer, area, theme, Anchor::Center);
}

/// Says over the lower left of `area` that a call is not encrypted.
pub(super) fn paint_mark(buffer: &mut Buffer, area: Rect, status: &Status<'_>, theme: &Theme) {
    if !status.is_unencrypted || area.is_empty() {
        return;
    }
    let mark = Rect {
        y: area.bottom() - 1,
        height: 1,
        width: area.width.min(sheet::cell_count(UNENCRYPTED.len())),
        ..area
    };
    sheet::clear(buffer, mark, theme.bar);
    sheet::put_row(
        buffer,
        mark,
        &[Piece::new(UNENCRYPTED, theme.warning)],
        theme.bar,
    );
}

/// Who and in what state; where there is no room, what is wrong goes before what is.
fn head<'a>(status: &Status<'a>, width: usize, theme: &Theme) -> Vec<Piece<'a>> {
    let mark = if status.frozen.is_some() {
        theme.warning
    } else {
        theme.accent
    };
    let mut pieces = vec![Piece::new("▌", mark)];
    if status.is_unencrypted {
        // Before all else, so that no name and no window is long or narrow enough to hide it.
        pieces.push(Piece::new(UNENCRYPTED, theme.warning));
        pieces.push(Piece::new("  ", theme.muted));
    }
    let frozen = status
        .frozen
        .map(|time| Piece::new(format!("  frozen {}", figure::elapsed(time)), theme.warning));
    if let Some(peer) = status.peer {
        // A long name must not push the figures away.
        let peer = text::truncated(&text::printable(peer), (width / 3).max(6)).into_owned();
        pieces.push(Piece::new(peer, theme.strong));
    }
    let state = if status.peer.is_some() {
        [
            Piece::new("  ", theme.muted),
            Piece::new(status.state, theme.muted),
        ]
    } else {
        [
            Piece::new("", theme.muted),
            Piece::new(status.state, theme.strong),
        ]
    };
    let whole = [pieces.as_slice(), &state, frozen.as_slice()].concat();
    if frozen.is_none() || Row::new(0, whole.clone()).width() <= width {
        return whole;
    }
    pieces.extend(frozen);
    pieces
}

/// The figures of the status line, the most important first.
fn segments(status: &Status<'_>, theme: &Theme) -> Vec<Segment> {
    let plain = Style::new();
    let received = status.received_size.is_some();
    let sent = status.sent_size.is_some();
    let on_line = received || sent || status.round_trip.is_some();
    let mut segments = Vec::new();
    let mut add = |wanted: bool, label, value: String, style| {
        if wanted {
            segments.push(Segment {
                label,
                value,
                style,
            });
        }
    };
    let interval = |time: Option<_>| time.map(figure::interval).unwrap_or_default();
    let size = |size: Option<_>| size.map(figure::size).unwrap_or_default();
    add(status.age.is_some(), "age", interval(status.age), plain);
    add(received, "shown", figure::rate(status.shown_rate), plain);
    add(sent, "sent", figure::rate(status.sent_rate), plain);
    add(
        status.round_trip.is_some(),
        "round trip",
        interval(status.round_trip),
        plain,
    );
    let is_held = status
        .making
        .is_some_and(|making| !making.reason.is_empty());
    let link_rate = status.link_rate.filter(|_| is_held);
    add(
        link_rate.is_some(),
        "link",
        link_rate.map(figure::byte_rate).unwrap_or_default(),
        plain,
    );
    add(received, "in", size(status.received_size), plain);
    add(sent, "out", size(status.sent_size), plain);
    add(on_line, "wire", figure::byte_rate(status.wire_rate), plain);
    add(
        on_line,
        "terminal",
        figure::byte_rate(status.terminal_rate),
        plain,
    );
    add(
        status.dropped > 0,
        "dropped",
        status.dropped.to_string(),
        plain,
    );
    add(
        status.broken > 0,
        "broken",
        status.broken.to_string(),
        theme.warning,
    );
    segments
}

/// Label, value and rank of every figure, in the order of the panel.
fn all(status: &Status<'_>) -> Vec<(&'static str, String, u8)> {
    let none = || "none".to_owned();
    let interval = |time: Option<_>| time.map_or_else(none, figure::interval);
    let moving = |size: Option<_>, rate: f64, what| {
        let shown = |size| format!("{}, {what}{}", figure::size(size), figure::rate(rate));
        size.map_or_else(none, shown)
    };
    let mut figures = vec![
        ("state", status.state.to_owned(), 0),
        ("peer", status.peer.map_or_else(none, str::to_owned), 0),
        (
            "encrypted",
            if status.is_unencrypted { "NO" } else { "yes" }.to_owned(),
            if status.is_unencrypted { 0 } else { 2 },
        ),
        (
            "my camera",
            status.camera.map_or_else(none, str::to_owned),
            1,
        ),
        ("picture's age", interval(status.age), 0),
        (
            "frozen",
            status
                .frozen
                .map_or_else(|| "no".to_owned(), figure::elapsed),
            1,
        ),
        ("round trip", interval(status.round_trip), 0),
        (
            "receiving",
            moving(status.received_size, status.shown_rate, "shown "),
            0,
        ),
        ("sending", moving(status.sent_size, status.sent_rate, ""), 1),
        ("wire", figure::byte_rate(status.wire_rate), 1),
        (
            "terminal",
            status.terminal.map_or_else(none, terminal_words),
            1,
        ),
        ("terminal rate", figure::byte_rate(status.terminal_rate), 2),
        ("dropped", status.dropped.to_string(), 2),
        ("broken", status.broken.to_string(), 3),
    ];
    if let Some(advice) = status.terminal.and_then(|profile| profile.advice.as_ref()) {
        figures.push(("for tmux.conf", advice.to_string(), 1));
        figures.push(("and then", TmuxAdvice::THEN.to_owned(), 1));
    }
    if let Some(making) = status.making {
        figures.push(("link", link(status), 1));
        figures.push(("made with", made_with(making), 1));
        if !making.reason.is_empty() {
            figures.push(("because", making.reason.to_owned(), 1));
        }
    }
    figures
}

/// The terminal in a few words: `foot 1.13.1, 24-bit colour, synchronized`.
fn terminal_words(profile: &Profile) -> String {
    let depth = match profile.depth {
        ColorDepth::Mono => "no colours",
        ColorDepth::Ansi16 => "16 colours",
        ColorDepth::Indexed256 => "256 colours",
        ColorDepth::Truecolor => "24-bit colour",
    };
    let synchronized = match profile.synchronized {
        Some(true) => Some("synchronized"),
        Some(false) => Some("not synchronized"),
        None => None,
    };
    let words = [profile.name.as_deref(), Some(depth), synchronized];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `64 kB/s, 12 ms queued`.
fn link(status: &Status<'_>) -> String {
    let rate = status.link_rate.map(figure::byte_rate);
    let queued = status
        .queued
        .map(|time| format!("{} queued", figure::interval(time)));
    let known: Vec<String> = [rate, queued].into_iter().flatten().collect();
    if known.is_empty() {
        "not measured yet".to_owned()
    } else {
        known.join(", ")
    }
}

/// `quality 34, 6/8 of the size, 18/s`.
fn made_with(making: Making) -> String {
    let Making {
        quality,
        eighths,
        rate,
        reason: _,
    } = making;
    let mut parts = vec![format!("quality {quality}")];
    if eighths < 8 {
        parts.push(format!("{eighths}/8 of the size"));
    }
    parts.extend(rate.map(figure::rate));
    parts.join(", ")
}
