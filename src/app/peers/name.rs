//! The names of people: as they are kept, and which a person would take for one another.
//!
//! It does not know who is known. Invariant: a settled name is printable, is read again as it is,
//! and leaves room for a number behind it.

use crate::ui::text;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Longest name, in characters.
pub(super) const PEER_NAME_COUNT_MAX: usize = 64;

/// Fewest letters of a known name for which a longer one is taken that only begins with it: half of
/// all names begin with a short one.
const BEGINNING_COUNT_MIN: usize = 4;

/// What somebody calls themselves, to be compared with names that are known.
#[derive(Debug)]
pub(super) struct Claim {
    /// As it is, and as it would be kept: cut.
    wholes: [String; 2],
    words: Vec<String>,
}

impl Claim {
    pub(super) fn new(name: &str) -> Self {
        let kept = settled(name).unwrap_or_default();
        let words = seen(name);
        let words = words.split_whitespace().map(str::to_owned).collect();
        Self {
            wholes: [folded(name), folded(&kept)],
            words,
        }
    }

    /// Whether a person could take it for `known`: it is the same, begins with it, or has it among
    /// its words, as `alice@laptop known since 2024`.
    pub(super) fn is_like(&self, known: &str) -> bool {
        let known = folded(known);
        let is_long = known.chars().nth(BEGINNING_COUNT_MIN - 1).is_some();
        let begins = |whole: &String| is_long && whole.starts_with(&known);
        let is_same = |whole: &String| *whole == known || begins(whole);
        self.wholes.iter().any(is_same) || self.has_words(&known)
    }

    /// Whether some words, one after the other, are `known` together.
    fn has_words(&self, known: &str) -> bool {
        (0..self.words.len()).any(|start| {
            let mut rest = known;
            self.words.iter().skip(start).any(|word| {
                let after = rest.strip_prefix(word.as_str());
                // Nothing goes on with a sign that stands in no word.
                rest = after.unwrap_or("\0");
                rest.is_empty()
            })
        })
    }
}

/// A name as it will be read again, with room for a number behind it; `None` if nothing is left.
pub(super) fn settled(wanted: &str) -> Option<String> {
    let room = PEER_NAME_COUNT_MAX - " (1000)".len();
    let mut name = wanted.to_owned();
    // What is cut off may have made visible what is left.
    for _ in 0..8 {
        let shown = text::printable(name.trim());
        if shown == name && name.chars().count() <= room {
            return Some(name).filter(|name| !name.is_empty());
        }
        name = shown.chars().take(room).collect();
    }
    None
}

/// What a person sees of a name at a glance: its letters and digits.
pub(super) fn folded(name: &str) -> String {
    let letters: String = seen(name).split_whitespace().collect();
    if letters.is_empty() {
        name.to_lowercase()
    } else {
        letters
    }
}

/// The letters and digits of a name without case, accents and the many forms in which Unicode has
/// them; a blank for each other sign.
///
/// *Source:* compatibility decomposition, Unicode Standard Annex 15. In capitals first, for some
/// letters have two small ones (ς and σ).
fn seen(name: &str) -> String {
    let is_seen = |c: &char| c.is_alphanumeric() || !is_combining_mark(*c);
    name.nfkd()
        .filter(is_seen)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect()
}
