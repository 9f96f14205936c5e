//! What people read: cards, reasons, lengths of time, names of files.

use super::{CameraState, Goodbye, Refusal, WallTime};
use crate::{
    screen::{
        capability::{DrawnGlyphs, TmuxAdvice},
        color::ColorDepth,
        glyph::GlyphSet,
    },
    session::{CloseReason, Limit, LinkFigures},
    ui::{Making, text},
};
use std::time::Duration;

/// The peer of whom no name is known.
pub(super) const SOMEONE: &str = "someone";

/// A peer that cannot say who it is, while it calls and in a call.
pub(super) const UNKNOWN_CALLER: &str = "unknown, unencrypted";
pub(super) const UNKNOWN: &str = "unknown";

/// What is said of a call in plain pictures when it begins.
pub(super) const PLAIN_CALL: &str = "; it is UNENCRYPTED and carries no text";

/// Longest part of a name in a file's name, in characters.
const FILE_NAME_COUNT_MAX: usize = 32;

/// What stands in the place of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) title: &'static str,
    pub(super) detail: String,
}

/// Why there is no picture of the peer.
pub(super) fn peer_card(state: CameraState, peer: &str) -> Card {
    let (title, detail) = match state {
        CameraState::Lost => (
            "camera lost",
            format!("the camera of {peer} is gone; typing works"),
        ),
        CameraState::Missing => ("no camera", format!("{peer} has none; typing works")),
        CameraState::Off => (
            "camera off",
            format!("{peer} has turned it off; typing works"),
        ),
        CameraState::On => (
            "no picture yet",
            format!("waiting for the camera of {peer}"),
        ),
        CameraState::Paused => ("paused", format!("{peer} is away for a while")),
    };
    Card { title, detail }
}

/// The same of one who calls and has shown nothing yet: at a first call they compare the words.
pub(super) fn hidden_card(peer: &str) -> Card {
    Card {
        title: "no picture yet",
        detail: format!("{peer} may be comparing the words, or has the camera off; typing works"),
    }
}

/// How to have tmux show all colours.
pub(super) fn tmux(advice: &TmuxAdvice) -> String {
    let shows = if advice.is_certain() {
        "shows 256 colours"
    } else {
        "may show only 256 colours"
    };
    format!(
        "tmux {shows}; if your terminal has more, put this into ~/.tmux.conf: {advice} then: {}",
        TmuxAdvice::THEN
    )
}

/// A word for the statistics.
pub(super) const fn camera_word(state: CameraState) -> &'static str {
    match state {
        CameraState::Lost => "lost",
        CameraState::Missing => "missing",
        CameraState::Off => "off",
        CameraState::On => "on",
        CameraState::Paused => "paused",
    }
}

/// A word for the statistics.
pub(super) const fn limit_word(limit: Limit) -> &'static str {
    match limit {
        Limit::Link => "link",
        Limit::None => "none",
        Limit::Peer => "peer",
        Limit::Start => "start",
    }
}

/// How our pictures are made, for the figures on the screen.
pub(super) fn making(link: LinkFigures) -> Option<Making> {
    let plan = link.plan?;
    Some(Making {
        quality: plan.quality,
        eighths: plan.eighths,
        rate: link.picture_rate,
        reason: match link.limit {
            Limit::Link => "the link carries no more",
            Limit::None => "",
            Limit::Peer => "their screen shows no more",
            Limit::Start => "the link is being measured",
        },
    })
}

/// What is told of a wrong answer when a command carries the call: it is the command that answers.
pub(super) fn why_via_failed(target: &str, reason: &CloseReason) -> Option<String> {
    let wrong = match reason {
        CloseReason::NotTtychat => "is not ttychat",
        CloseReason::NotMjpeg => "holds no JPEG pictures",
        _ => return None,
    };
    Some(format!(
        "what the command of --via brings from {target} {wrong}; try it by itself, and see that \
         it prints nothing of its own"
    ))
}

/// A name of somebody else, safe to be shown, never empty.
pub(super) fn name(name: &str) -> String {
    let name = text::printable(name.trim());
    if name.is_empty() {
        SOMEONE.to_owned()
    } else {
        name
    }
}

/// A name that somebody gives themselves, in quotation marks that it cannot end: what stands
/// outside of them is ours.
pub(super) fn claimed(name: &str) -> String {
    let mut quoted = String::from("\"");
    for c in self::name(name).chars() {
        let c = if is_quotation_mark(c) { '\'' } else { c };
        // Two of them look like the one that ends it.
        if c != '\'' || !quoted.ends_with('\'') {
            quoted.push(c);
        }
    }
    quoted.push('"');
    quoted
}

/// Also what only looks like one, double or single.
const fn is_quotation_mark(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '`'
            | '«'
            | '»'
            | '\u{b4}'
            | '\u{2b9}'..='\u{2bf}'
            | '\u{2c8}'
            | '\u{2ca}'..='\u{2cb}'
            | '\u{2dd}'
            | '\u{2ee}'
            | '\u{2f6}'
            | '\u{5f3}'..='\u{5f4}'
            | '\u{2018}'..='\u{201f}'
            | '\u{2032}'..='\u{2037}'
            | '\u{275b}'..='\u{275e}'
            | '\u{3003}'
            | '\u{301d}'..='\u{301f}'
            | '\u{ff02}'
            | '\u{ff07}'
            | '\u{ff40}'
    )
}

/// Why a call that was up has ended, after `call with alice ended after 12 min: `.
pub(super) fn why_ended(reason: &CloseReason) -> String {
    match reason {
        CloseReason::PeerLeft(Goodbye::Quit) => "they left".to_owned(),
        CloseReason::PeerLeft(Goodbye::Ended) => "their end was told to stop".to_owned(),
        CloseReason::PeerLeft(Goodbye::Misbehaved) => {
            "their end did not understand this one; update the older of the two".to_owned()
        }
        reason => reason.to_string(),
    }
}

/// Why a call to `target` was never up, with what to do.
/// `with_secret`: whether we have one.
pub(super) fn why_failed(target: &str, reason: &CloseReason, with_secret: bool) -> String {
    match reason {
        CloseReason::SecretUnknown => format!(
            "{target} does not ask for a secret, so nothing of yours was sent; an invitation is \
             good for one call: ask for another, or call without it"
        ),
        CloseReason::SecretWanted => format!(
            "{target} takes only calls with its secret; ask for an invitation, or for the file to \
             give with --secret"
        ),
        CloseReason::SecretWrong => wrong_secret(target),
        CloseReason::ConnectionLost if with_secret => wrong_secret(target),
        CloseReason::WrongKey => format!("{target} answered with another key; nothing was sent"),
        CloseReason::Refused(Refusal::Busy) => {
            format!("{target} is busy with another call; try again later")
        }
        CloseReason::Refused(Refusal::Declined) => {
            format!("{target} declined the call; ask them when it suits")
        }
        CloseReason::Refused(Refusal::Unanswered) => {
            format!("nobody answered at {target}; try again later")
        }
        CloseReason::NotTtychat => {
            format!("what answers at {target} is not ttychat; check the host and the port")
        }
        CloseReason::NotMjpeg => {
            format!("what answers at {target} sends no JPEG pictures; check the host and the port")
        }
        CloseReason::PeerIncompatible { .. } | CloseReason::NotPlain => {
            format!("cannot call {target}: {reason}")
        }
        CloseReason::ConnectionLost => format!(
            "{target} closed the connection before the call was taken; check that it is ttychat \
             that listens there, and try again"
        ),
        CloseReason::PeerSilent => format!(
            "{target} took the connection and then fell silent; check that it is ttychat that \
             listens there, and the network between"
        ),
        CloseReason::PeerLeft(_) => {
            format!("{target} left before the call was taken; try again later")
        }
        CloseReason::PeerMisbehaved(_) => format!(
            "cannot call {target}: {reason}; check the host and the port, and that both sides \
             run the same version"
        ),
        CloseReason::HungUp => format!("the call to {target} was given up"),
    }
}

/// Why a connection to us was no call, for the log.
pub(super) fn why_no_call(reason: &CloseReason) -> String {
    match reason {
        CloseReason::NotTtychat => "it is another program than ttychat".to_owned(),
        reason => reason.to_string(),
    }
}

/// A listener says nothing to one that does not know its secret.
fn wrong_secret(target: &str) -> String {
    format!(
        "{target} did not take the secret; check that it was copied whole, or ask for a new \
         invitation"
    )
}

/// `45 s`, `12 min`, `1 h 05 min`.
pub(super) fn length(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes:02} min"),
    }
}

/// The name of a snapshot's file, without folder and ending: `ttychat-alice-2026-11-22-14-03-05`.
pub(super) fn snapshot_name(peer: &str, at: WallTime) -> String {
    let mut name = String::from("ttychat-");
    for c in peer.chars() {
        if c.is_alphanumeric() || c == '_' {
            name.push(c);
        } else if !name.ends_with('-') {
            name.push('-');
        }
        if name.chars().count() == "ttychat-".len() + FILE_NAME_COUNT_MAX {
            break;
        }
    }
    if !name.ends_with('-') {
        name.push('-');
    }
    let WallTime {
        year,
        month,
        day,
        hour,
        minute,
        second,
        millisecond: _,
    } = at;
    name + &format!("{year:04}-{month:02}-{day:02}-{hour:02}-{minute:02}-{second:02}")
}

impl WallTime {
    /// As a person reads it beside a message: `14:03`.
    pub(super) fn clock(self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }
}

/// What is said when pictures are drawn with other glyphs. Fonts often lack the newest two.
pub(super) fn glyphs(glyphs: GlyphSet, depth: ColorDepth, drawn: DrawnGlyphs) -> String {
    let pixels = format!("{}x{} pixels a cell", glyphs.columns(), glyphs.rows());
    let is_new = match glyphs {
        GlyphSet::Sextant => !drawn.contains(DrawnGlyphs::SEXTANTS),
        GlyphSet::Octant => !drawn.contains(DrawnGlyphs::OCTANTS),
        _ => false,
    };
    match (glyphs, depth) {
        (GlyphSet::Half, ColorDepth::Mono) => "a ramp of characters".to_owned(),
        (GlyphSet::Ascii, _) => "ASCII, each character by its shape".to_owned(),
        _ if is_new => format!("{glyphs}, {pixels}; g again if you see boxes"),
        _ => format!("{glyphs}, {pixels}"),
    }
}
