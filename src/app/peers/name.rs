//! The names of people: as they are kept, and which a person would take for one another.
//!
//! It does not know who is known. Invariant: a settled name is printable, is read again as it is,
//! and leaves room for a number behind it.

use crate::ui::text;

/// Longest name, in characters.
pub(super) const PEER_NAME_COUNT_MAX: usize = 64;

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
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    if letters.is_empty() {
        name.to_lowercase()
    } else {
        letters.to_lowercase()
    }
}
