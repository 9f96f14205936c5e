//! The words of each scene, as rows of its panel.

use super::{
    Panel, Scene, View, acquaintance,
    chat::Chat,
    figure,
    keys::Action,
    sheet::{self, Piece, Row},
    status::hint,
    text,
    theme::Theme,
};
use ratatui::{layout::Rect, style::Style};
use std::time::Duration;

/// Widest text in a panel, in cells.
const TEXT_WIDTH_MAX: usize = 54;

/// Most addresses that are shown while waiting.
const ADDRESS_COUNT_MAX: usize = 6;

/// Most calls and missed calls shown while waiting.
const EVENT_COUNT_MAX: usize = 3;

/// Length of the line that moves while a call is made, in cells.
const TRACK_LEN: u16 = 25;

/// Time in which a wave passes the track.
const TRACK_TIME: Duration = Duration::from_millis(1_600);

/// The rows of the scene's panel for a picture of `area`; none where the picture says it all.
pub(super) fn rows(view: &View<'_>, area: Rect, theme: &Theme) -> Vec<Row<'static>> {
    let mut rows = rows_of_scene(view, area, theme);
    let has_keys = match view.scene {
        Scene::Call(_) | Scene::Waiting { .. } => false,
        Scene::Asked { .. }
        | Scene::Checked { .. }
        | Scene::Connecting { .. }
        | Scene::Redialling { .. }
        | Scene::Ringing { .. } => true,
    };
    if view.typing.is_some() && has_keys {
        // Letters go into the text meanwhile.
        let all = "Esc first: your text is kept";
        let fits = text::width(all) <= usize::from(area.width);
        let words = if fits { all } else { "Esc first" };
        rows.push(Row::text(0, words, theme.strong));
    }
    rows
}

fn rows_of_scene(view: &View<'_>, area: Rect, theme: &Theme) -> Vec<Row<'static>> {
    // Without the margins that a panel has in a window with room.
    let room = usize::from(area.width).saturating_sub(if area.width >= 40 { 8 } else { 2 });
    let room = room.clamp(1, TEXT_WIDTH_MAX);
    let question = acquaintance::Room::new(room, area.height);
    match view.scene {
        Scene::Asked {
            name,
            address,
            acquaintance,
        } => acquaintance::asked(name, address, acquaintance, question, theme),
        Scene::Call(Panel::Picture(_)) => Vec::new(),
        Scene::Call(Panel::Card { title, detail }) => card(title, detail, room, theme),
        Scene::Checked {
            target,
            is_answered,
            stranger,
        } => acquaintance::checked(target, is_answered, stranger, question, theme),
        Scene::Connecting { target, elapsed } => calling(
            "Calling ",
            target,
            "connecting",
            elapsed,
            Wave::Across,
            room,
            theme,
        ),
        Scene::Redialling {
            target,
            reason,
            remaining,
        } => redialling(target, reason, remaining, (room, area.height), theme),
        Scene::Ringing { target, elapsed } => calling(
            "Ringing at ",
            target,
            "ringing",
            elapsed,
            Wave::Outward,
            room,
            theme,
        ),
        Scene::Waiting { addresses } => {
            let mut rows = waiting(addresses, view.own, room, theme);
            rows.extend(events(view.chat, room, theme));
            rows
        }
    }
}

/// How the line moves while a call is made.
#[derive(Clone, Copy, Debug)]
enum Wave {
    /// From us to them.
    Across,
    /// From the middle, as a bell.
    Outward,
}

fn waiting(
    addresses: &[String],
    own: Option<Panel<'_>>,
    room: usize,
    theme: &Theme,
) -> Vec<Row<'static>> {
    let mut rows = Vec::new();
    if let Some(Panel::Card { title, detail }) = own {
        rows.extend(
            card(title, detail, room, theme)
                .into_iter()
                .map(|row| Row { rank: 2, ..row }),
        );
        rows.push(Row::blank());
    }
    rows.push(Row::text(0, "Waiting for a call", theme.strong));
    rows.push(Row::blank());
    rows.extend(commands(addresses, room, theme));
    if addresses.len() > ADDRESS_COUNT_MAX {
        let more = format!("and {} more", addresses.len() - ADDRESS_COUNT_MAX);
        rows.push(Row::text(2, more, theme.muted));
    }
    rows.push(Row::blank());
    let keys = [
        (Action::ToggleHelp, "keys"),
        (Action::NextCamera, "camera"),
        (Action::Quit, "quit"),
    ];
    rows.push(hints(&keys, room, theme));
    rows
}

/// The newest calls and missed calls: who was away shall see them, however long ago they were.
fn events(chat: &Chat, room: usize, theme: &Theme) -> Vec<Row<'static>> {
    let mut rows: Vec<_> = chat
        .events()
        .take(EVENT_COUNT_MAX)
        .map(|event| {
            let line = format!("{} {}", event.time, event.text);
            Row::text(1, text::truncated(&line, room).into_owned(), theme.muted)
        })
        .collect();
    rows.reverse();
    if !rows.is_empty() {
        rows.insert(0, Row::blank());
    }
    rows
}

/// What others type to call, one row for each address, all as wide as the widest.
fn commands(addresses: &[String], room: usize, theme: &Theme) -> Vec<Row<'static>> {
    let command = "ttychat --connect ";
    let addresses = addresses
        .iter()
        .take(ADDRESS_COUNT_MAX)
        .map(|address| text::printable(address));
    let addresses: Vec<_> = addresses.collect();
    let widest = addresses
        .iter()
        .map(|address| text::width(address))
        .max()
        .unwrap_or(0);
    if widest > room {
        // What is cut cannot be copied. The first goes line for line.
        let first = addresses.first().map_or("", String::as_str);
        let mut rows = wrapped(0, first, room, theme.accent, 4);
        let others = addresses.iter().skip(1);
        rows.extend(others.map(|address| Row::text(2, address.clone(), theme.accent)));
        return rows;
    }
    let rows = addresses.into_iter().enumerate().map(|(index, address)| {
        let pad = " ".repeat(widest - text::width(&address));
        let mut pieces = vec![
            Piece::new(address, theme.accent),
            Piece::new(pad, theme.muted),
        ];
        if text::width(command) + widest <= room {
            pieces.insert(0, Piece::new(command, theme.muted));
        }
        Row::new(if index == 0 { 0 } else { 2 }, pieces)
    });
    rows.collect()
}

/// A key cap and what it does.
pub(super) fn answer(action: Action, what: &'static str, theme: &Theme) -> Vec<Piece<'static>> {
    let [key, what] = <[Piece<'static>; 2]>::try_from(hint(action, what, theme))
        .unwrap_or_else(|_| [Piece::new("", theme.cap), Piece::new(what, Style::new())]);
    let cap = format!(" {} ", key.text);
    vec![
        Piece::new(cap, theme.cap),
        Piece {
            style: theme.strong,
            ..what
        },
    ]
}

fn calling(
    verb: &'static str,
    target: &str,
    state: &'static str,
    elapsed: Duration,
    wave: Wave,
    room: usize,
    theme: &Theme,
) -> Vec<Row<'static>> {
    let whole = text::width(verb) + text::width(&text::printable(target)) <= room;
    let target = Piece::new(target.to_owned(), theme.strong);
    let verb = Piece::new(verb, theme.muted);
    let mut rows = if whole {
        vec![Row::new(0, [verb, target])]
    } else {
        vec![Row::new(1, [verb]), Row::new(0, [target])]
    };
    rows.push(Row::blank());
    rows.push(Row::new(1, track(elapsed, wave, room, theme)));
    rows.push(Row::blank());
    let since = format!("{state}, {}", figure::elapsed(elapsed));
    let mut foot = Row::text(2, since, theme.muted);
    if room >= 30 {
        foot.pieces.push(Piece::new("    ", theme.muted));
        foot.pieces.extend(hint(Action::Quit, "quit", theme));
    }
    rows.push(foot);
    rows
}

fn redialling(
    target: &str,
    reason: &str,
    remaining: Duration,
    (room, height): (usize, u16),
    theme: &Theme,
) -> Vec<Row<'static>> {
    let mut rows = vec![Row::text(0, "The call was lost", theme.warning)];
    // Between what is lost and when it is tried again; all else gives way to it.
    let count_max = usize::from(height.saturating_sub(2).clamp(1, 6));
    rows.extend(wrapped(1, reason, room, theme.muted, count_max));
    rows.push(Row::blank());
    rows.push(Row::new(
        0,
        [
            Piece::new("again in ", theme.muted),
            Piece::new(figure::countdown(remaining), theme.strong),
        ],
    ));
    rows.push(Row::text(2, target.to_owned(), theme.muted));
    rows.push(Row::blank());
    rows.push(hints(&[(Action::Quit, "quit")], room, theme));
    rows
}

fn card(title: &str, detail: &str, room: usize, theme: &Theme) -> Vec<Row<'static>> {
    let mut rows = wrapped(0, title, room, theme.strong, 3);
    if !detail.is_empty() {
        rows.push(Row::blank());
        rows.extend(wrapped(1, detail, room, theme.muted, 6));
    }
    rows
}

/// A text of others on at most `count_max` rows.
pub(super) fn wrapped(
    rank: u8,
    text: &str,
    room: usize,
    style: Style,
    count_max: usize,
) -> Vec<Row<'static>> {
    let shown = text::printable(text);
    let ranges = balanced(&shown, room);
    let cut = ranges.len() > count_max;
    let rows = ranges
        .iter()
        .take(count_max)
        .enumerate()
        .map(|(index, range)| {
            let end = if cut && index + 1 == count_max {
                shown.len()
            } else {
                range.end
            };
            let line = shown.get(range.start..end).unwrap_or_default().trim_end();
            Row::text(rank, text::truncated(line, room).into_owned(), style)
        });
    rows.collect()
}

/// Lines of about the same width: a last line of one word looks lost in the middle.
fn balanced(text: &str, room: usize) -> Vec<std::ops::Range<usize>> {
    let lines = text::wrap(text, room, room);
    // Long texts are cut anyway, and are not worth the search.
    if lines.len() < 2 || lines.len() > 6 {
        return lines;
    }
    let narrower = (room / 2..room).map(|width| text::wrap(text, width, width));
    let mut fitting = narrower.filter(|narrow| narrow.len() == lines.len());
    fitting.next().unwrap_or(lines)
}

fn hints(keys: &[(Action, &'static str)], room: usize, theme: &Theme) -> Row<'static> {
    let mut row = Row::new(2, []);
    for (action, what) in keys {
        let mut hint = hint(*action, what, theme);
        if !row.pieces.is_empty() {
            hint.insert(0, Piece::new("    ", theme.muted));
        }
        let longer = Row::new(2, [row.pieces.clone(), hint].concat());
        if longer.width() <= room {
            row = longer;
        }
    }
    row
}

/// A thin line on which a wave of light moves; where there is no light, of thickness.
fn track(elapsed: Duration, wave: Wave, room: usize, theme: &Theme) -> Vec<Piece<'static>> {
    let len = TRACK_LEN.min(sheet::cell_count(room) | 1);
    let phase = elapsed.as_secs_f32() % TRACK_TIME.as_secs_f32() / TRACK_TIME.as_secs_f32();
    let cells = (0..len).map(|index| {
        let (index, len) = (f32::from(index), f32::from(len - 1).max(1.0));
        let (place, speed) = match wave {
            Wave::Across => (index / len, 1.5),
            Wave::Outward => ((index / len - 0.5).abs() * 2.0, 1.6),
        };
        // The wave starts and ends outside, so that its tail leaves the track before the next.
        let behind = phase * speed - place;
        let light = if behind < 0.0 {
            0.0
        } else {
            (1.0 - behind / 0.45).max(0.0)
        };
        let symbol = if light > 0.5 { "━" } else { "─" };
        Piece::new(symbol, Theme::between(theme.border, theme.accent, light))
    });
    cells.collect()
}
