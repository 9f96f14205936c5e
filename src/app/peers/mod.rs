//! The people that are known, and how that is written in a file.
//!
//! It does not read or write files. Invariant: whatever the text, a bounded number of people is
//! held, each with a key and a printable name; what is not understood stays in the file as it is.

mod merge;
mod name;

use self::name::{Claim, PEER_NAME_COUNT_MAX};
use super::Date;
use crate::{session::Fingerprint, ui::text};
use std::{collections::BTreeSet, fmt, str::FromStr as _};

/// Most people that are kept; then the one that was not heard of for longest is forgotten.
const PEER_COUNT_MAX: usize = 1_000;

/// Most places at which one of them is called.
const PLACE_COUNT_MAX: usize = 8;

/// Longest place, in bytes: a name of the domain name system, brackets, a zone and a port.
const PLACE_LEN_MAX: usize = 300;

/// Most complaints about a file; the rest is only counted.
const COMPLAINT_COUNT_MAX: usize = 5;

/// What a new file begins with.
const HEADER: &str = "\
# The people that ttychat knows, one a line: key, first call, last call, where you call them
# (a comma between several, - for nowhere), and the name that you know them by.
# It may be edited; lines that begin with # are yours.
";

/// Somebody who is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// By which the person knows them; printable.
    pub name: String,
    /// Who they are.
    pub fingerprint: Fingerprint,
    /// Where they are called, such as `desk.example:2222`.
    pub places: Vec<String>,
    /// Of the first call.
    pub first: Date,
    /// Of the last call.
    pub last: Date,
    change: Change,
    /// Those of the places that this run has added.
    added: Vec<String>,
}

/// What this run has to write of somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Change {
    /// Nothing.
    #[default]
    None,
    /// They called or were called again. Who was forgotten meanwhile stays forgotten.
    Seen,
    /// They are new.
    Trusted,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    /// A comment, or what is not understood; as it was.
    Other(String),
    Peer(Peer),
}

/// The people that are known, in the order of their file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownPeers {
    lines: Vec<Line>,
}

impl KnownPeers {
    /// Reads what `Display` gave, or what a person made of it, and says which lines were not
    /// understood and why.
    pub fn parse(text: &str) -> (Self, Vec<String>) {
        let mut known = Self::default();
        let mut complaints = Vec::new();
        // Some editors begin a file with a mark, and end lines with a carriage return: it stays.
        let text = text.trim_start_matches('\u{feff}');
        for (line, number) in text.split_terminator('\n').zip(1..) {
            let trimmed = line.trim();
            let is_comment = trimmed.is_empty() || trimmed.starts_with('#');
            let read = (!is_comment).then(|| known.read(trimmed));
            if let Some(Err(reason)) = &read {
                complaints.push(format!("line {number} is not understood: {reason}"));
            }
            known.lines.push(match read {
                Some(Ok(peer)) => Line::Peer(peer),
                _ => Line::Other(line.to_owned()),
            });
        }
        let more = complaints.len().saturating_sub(COMPLAINT_COUNT_MAX);
        if more > 0 {
            complaints.truncate(COMPLAINT_COUNT_MAX);
            complaints.push(format!("and {more} more"));
        }
        (known, complaints)
    }

    /// Somebody on a line. The name may hold blanks, so it stands last.
    fn read(&self, line: &str) -> Result<Peer, String> {
        let mut rest = line;
        let mut field = || {
            let (field, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            rest = after.trim_start();
            field
        };
        let fingerprint = field().parse::<Fingerprint>();
        let (first, last, places) = (field(), field(), field());
        let fingerprint = fingerprint.map_err(|reason| reason.to_string())?;
        let date = |text: &str| Date::from_str(text).map_err(str::to_owned);
        let (first, last) = (date(first)?, date(last)?);
        let name = text::printable(rest.trim());
        if name.is_empty() || name.chars().count() > PEER_NAME_COUNT_MAX {
            return Err(format!(
                "the name must have 1 to {PEER_NAME_COUNT_MAX} characters"
            ));
        }
        if self.find(fingerprint).is_some() {
            return Err("the key stands above already".to_owned());
        }
        if self.iter().count() == PEER_COUNT_MAX {
            return Err(format!("there are more than {PEER_COUNT_MAX} people"));
        }
        let places: Vec<_> = places
            .split(',')
            .filter(|place| !matches!(*place, "-" | ""))
            .map(normal)
            .collect();
        if places.len() > PLACE_COUNT_MAX || places.iter().any(|one| one.len() > PLACE_LEN_MAX) {
            return Err(format!("there are more than {PLACE_COUNT_MAX} places"));
        }
        Ok(Peer {
            name,
            fingerprint,
            places,
            first,
            last,
            change: Change::None,
            added: Vec::new(),
        })
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Peer> {
        self.lines.iter().filter_map(|line| match line {
            Line::Peer(peer) => Some(peer),
            Line::Other(_) => None,
        })
    }

    /// Whose key this is.
    pub fn find(&self, fingerprint: Fingerprint) -> Option<&Peer> {
        self.iter().find(|peer| peer.fingerprint == fingerprint)
    }

    /// Who answers at a place. Several only when the person has written so.
    pub fn at(&self, place: &str) -> impl Iterator<Item = &Peer> {
        let place = normal(place);
        self.iter().filter(move |peer| peer.places.contains(&place))
    }

    /// Who is known by a name that a person could take `name` for.
    pub fn namesake(&self, name: &str) -> Option<&Peer> {
        let claim = Claim::new(name);
        self.iter().find(|peer| claim.is_like(&peer.name))
    }

    /// Somebody is known from now on, by their name or one like it that is free; gives that one.
    pub fn trust(
        &mut self,
        fingerprint: Fingerprint,
        name: &str,
        place: Option<&str>,
        today: Date,
    ) -> String {
        let name = self.free_name(name);
        let (first, last) = (today, today);
        self.push(Peer {
            name: name.clone(),
            fingerprint,
            places: Vec::new(),
            first,
            last,
            change: Change::Trusted,
            added: Vec::new(),
        });
        if let Some(place) = place {
            self.bind(fingerprint, place);
        }
        name
    }

    /// Somebody who is known called, or was called at `place`. Gives whether that is to be written.
    pub fn see(&mut self, fingerprint: Fingerprint, place: Option<&str>, today: Date) -> bool {
        let is_bound = place.is_some_and(|place| self.bind(fingerprint, place));
        let Some(peer) = self.find_mut(fingerprint) else {
            return false;
        };
        let is_changed = is_bound || today > peer.last;
        peer.last = peer.last.max(today);
        if is_changed && peer.change == Change::None {
            peer.change = Change::Seen;
        }
        is_changed
    }

    /// Somebody answers at a place from now on, if nobody does yet; the oldest of too many goes.
    /// Gives whether that is new. Only a person who edits the file makes several answer at one.
    fn bind(&mut self, fingerprint: Fingerprint, place: &str) -> bool {
        let is_free = self.at(place).next().is_none();
        let Some(peer) = self.find_mut(fingerprint).filter(|_| is_free) else {
            return false;
        };
        peer.places.push(normal(place));
        peer.added.push(normal(place));
        if peer.places.len() > PLACE_COUNT_MAX {
            let oldest = peer.places.remove(0);
            peer.added.retain(|place| *place != oldest);
        }
        true
    }

    /// Takes out whoever has this name or key.
    ///
    /// # Errors
    /// Words that say why nobody was.
    pub fn forget(&mut self, name: &str) -> Result<Peer, String> {
        let name = name.trim();
        let key = name.parse::<Fingerprint>().ok();
        // A key first: anybody may call themselves by somebody else's.
        let by_key = key.and_then(|key| self.find(key)).cloned();
        let by_name = |peer: &&Peer| peer.name == name;
        let meant: Vec<_> = match by_key {
            Some(peer) => vec![peer],
            None => self.iter().filter(by_name).cloned().collect(),
        };
        let Some(peer) = meant.first().cloned() else {
            return Err(format!(
                "nobody is known as `{}`; ttychat --peers lists who is",
                text::printable(name)
            ));
        };
        if meant.len() > 1 {
            return Err(format!(
                "several are known as `{}`; give the key of the one that is meant, from \
                 ttychat --peers",
                peer.name
            ));
        }
        let key = peer.fingerprint;
        self.lines
            .retain(|line| !matches!(line, Line::Peer(one) if one.fingerprint == key));
        Ok(peer)
    }

    /// For a person to read.
    pub fn listing(&self) -> String {
        use fmt::Write as _;
        let mut text = String::new();
        for peer in self.iter() {
            let Peer {
                name,
                fingerprint,
                first,
                last,
                ..
            } = peer;
            let places = match peer.places.as_slice() {
                [] => "never called".to_owned(),
                places => format!("called at {}", places.join(", ")),
            };
            // Writing to a String cannot fail.
            let _written = write!(
                text,
                "{name}\n  key {fingerprint}\n  {}\n  first {first}, last {last}\n",
                text::printable(&places)
            );
        }
        text
    }

    fn find_mut(&mut self, fingerprint: Fingerprint) -> Option<&mut Peer> {
        self.lines.iter_mut().find_map(|line| match line {
            Line::Peer(peer) if peer.fingerprint == fingerprint => Some(peer),
            _ => None,
        })
    }

    fn push(&mut self, peer: Peer) {
        if self.iter().count() >= PEER_COUNT_MAX {
            self.forget_oldest();
        }
        self.lines.push(Line::Peer(peer));
    }

    fn forget_oldest(&mut self) {
        let oldest = self.iter().min_by_key(|peer| peer.last);
        if let Some(oldest) = oldest.map(|peer| peer.fingerprint) {
            self.lines
                .retain(|line| !matches!(line, Line::Peer(peer) if peer.fingerprint == oldest));
        }
    }

    /// A name that nobody else is known by: `alice@laptop`, or `alice@laptop (2)`.
    fn free_name(&self, wanted: &str) -> String {
        let wanted = name::settled(wanted).unwrap_or_else(|| "someone".to_owned());
        let folded = |peer: &Peer| name::folded(&peer.name);
        let taken: BTreeSet<_> = self.iter().map(folded).collect();
        let numbered = (2..).map(|number| format!("{wanted} ({number})"));
        std::iter::once(wanted.clone())
            .chain(numbered)
            .find(|name| !taken.contains(&name::folded(name)))
            .unwrap_or_default()
    }
}

/// A place in the one form in which it is compared: names of computers have no case.
fn normal(place: &str) -> String {
    place.trim().to_lowercase()
}

impl fmt::Display for KnownPeers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_new = |line: &Line| matches!(line, Line::Peer(one) if one.change == Change::Trusted);
        if self.lines.iter().all(is_new) {
            f.write_str(HEADER)?;
        }
        for line in &self.lines {
            match line {
                Line::Other(line) => writeln!(f, "{line}")?,
                Line::Peer(peer) => writeln!(f, "{peer}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            fingerprint,
            first,
            last,
            ..
        } = self;
        let places = match self.places.as_slice() {
            [] => "-".to_owned(),
            places => places.join(","),
        };
        write!(f, "{fingerprint}  {first}  {last}  {places}  {name}")
    }
}
