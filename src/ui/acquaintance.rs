//! Who calls, or who answers: what is known of them, and the question to the person.

use super::{
    keys::Action,
    sheet::{Piece, Row},
    text,
    theme::Theme,
    words::{answer, wrapped},
};
use ratatui::style::Style;

/// Rooms narrower than this get one answer a row, or shorter ones.
const NARROW: usize = 24;

/// Rooms narrower than this get the keys alone.
const SLIM: usize = 13;

/// Rooms with fewer rows than this may have to do without some.
const SHORT: u16 = 14;

/// What to do, in few words.
const ASK: &str = "Ask them which words they see.";

/// Before a key: the two ends show different ones, each the other's.
const THEIR_KEY: &str = "their key ";

/// What is known of the one at the other end.
#[derive(Clone, Copy, Debug)]
pub enum Acquaintance<'a> {
    /// They have what we gave away for this.
    Invited,
    /// Their key is known.
    Known {
        /// The day of the first call.
        since: &'a str,
    },
    /// There is nothing to know them by: the call is not encrypted.
    Plain,
    /// Their key is not known.
    Stranger(Stranger<'a>),
}

/// What a person can compare.
#[derive(Clone, Copy, Debug)]
pub struct Stranger<'a> {
    /// The same at both ends, unless somebody stands between them.
    pub words: &'a str,
    /// The fingerprint of their key.
    pub key: &'a str,
    /// What is odd about it.
    pub note: Option<&'a str>,
}

/// How much room the question has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// In cells.
    pub(super) width: usize,
    /// Few rows or columns: the answers come before what may be cut.
    is_small: bool,
}

impl Room {
    pub(super) const fn new(width: usize, height: u16) -> Self {
        Self {
            width,
            is_small: width < NARROW || height < SHORT,
        }
    }
}

/// Somebody calls.
pub(super) fn asked(
    name: &str,
    address: &str,
    acquaintance: Acquaintance<'_>,
    room: Room,
    theme: &Theme,
) -> Vec<Row<'static>> {
    let from = format!("calls from {address}");
    // The second row of a name that they give themselves could say what a row of ours says.
    let is_known = matches!(acquaintance, Acquaintance::Known { .. });
    let count_max = if is_known { 2 } else { 1 };
    let known = match acquaintance {
        Acquaintance::Invited => "with your secret".to_owned(),
        Acquaintance::Known { since } => format!("known since {since}"),
        Acquaintance::Plain => "it may be anybody".to_owned(),
        Acquaintance::Stranger(stranger) => {
            let claim = if room.width < NARROW {
                "Not known:"
            } else {
                "Not known; calls itself"
            };
            let mut rows = vec![Row::text(0, claim, theme.warning)];
            rows.extend(wrapped(0, name, room.width, theme.accent, count_max));
            rows.push(Row::text(2, from, theme.muted));
            rows.extend(comparison(
                stranger,
                ["accept", "decline"],
                ASK,
                room,
                theme,
            ));
            return rows;
        }
    };
    let mut rows = wrapped(0, name, room.width, theme.accent, count_max);
    rows.push(Row::text(1, from, theme.muted));
    rows.push(Row::text(1, known, theme.muted));
    rows.push(Row::blank());
    if room.width < NARROW {
        rows.push(Row::new(0, answer(Action::Accept, "accept", theme)));
        rows.push(Row::new(0, answer(Action::Decline, "decline", theme)));
    } else {
        rows.push(answers(["accept", "decline"], room, theme));
    }
    rows.push(Row::blank());
    let foot = "They see nothing before you accept.";
    rows.push(Row::text(2, foot, theme.muted));
    rows
}

/// We call, and do not know who answers.
pub(super) fn checked(
    target: &str,
    is_answered: bool,
    stranger: Stranger<'_>,
    room: Room,
    theme: &Theme,
) -> Vec<Row<'static>> {
    let state = if is_answered {
        "They took the call at"
    } else {
        "Ringing at"
    };
    let target = text::printable(target);
    let mut rows = if text::width(state) + 1 + text::width(&target) <= room.width {
        let pieces = [
            Piece::new(format!("{state} "), theme.muted),
            Piece::new(target, theme.strong),
        ];
        vec![Row::new(0, pieces)]
    } else {
        let mut rows = vec![Row::text(1, state, theme.muted)];
        rows.extend(wrapped(0, &target, room.width, theme.strong, 1));
        rows
    };
    let foot = if room.width < NARROW {
        ASK
    } else {
        "First call there: ask them which words they see. They see no more than your name yet."
    };
    rows.extend(comparison(
        stranger,
        ["it is them", "hang up"],
        foot,
        room,
        theme,
    ));
    rows
}

/// What is odd, the words, the key, the answers.
fn comparison(
    stranger: Stranger<'_>,
    wanted: [&'static str; 2],
    foot: &str,
    room: Room,
    theme: &Theme,
) -> Vec<Row<'static>> {
    let Stranger { words, key, note } = stranger;
    let mut rows = Vec::new();
    if room.is_small {
        rows.push(answers(wanted, room, theme));
    }
    if let Some(note) = note {
        let count_max = if room.is_small { 2 } else { 4 };
        rows.extend(wrapped(0, note, room.width, theme.warning, count_max));
    }
    rows.push(Row::blank());
    rows.extend(wrapped(0, words, room.width, theme.strong, 4));
    let key = if THEIR_KEY.len() + text::width(key) <= room.width {
        [THEIR_KEY, key].concat()
    } else if text::width(key) <= room.width {
        key.to_owned()
    } else {
        // A key that is cut cannot be compared: it goes group for group.
        key.replace('-', " ")
    };
    rows.extend(wrapped(2, &key, room.width, theme.muted, 4));
    rows.push(Row::blank());
    if !room.is_small {
        rows.push(answers(wanted, room, theme));
        rows.push(Row::blank());
    }
    rows.extend(wrapped(1, foot, room.width, theme.muted, 3));
    rows
}

/// Both answers on one row, in fewer words where there is little room.
fn answers(wanted: [&'static str; 2], room: Room, theme: &Theme) -> Row<'static> {
    let ([yes, no], between) = match room.width {
        ..SLIM => (["", ""], 1),
        SLIM..NARROW => (["yes", "no"], 2),
        NARROW..30 => (wanted, 2),
        _ => (wanted, 6),
    };
    let mut pieces = answer(Action::Accept, yes, theme);
    pieces.push(Piece::new(" ".repeat(between), Style::new()));
    pieces.extend(answer(Action::Decline, no, theme));
    Row::new(0, pieces)
}
