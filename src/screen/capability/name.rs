//! Names and versions of terminals.

use std::fmt;

/// Longest name kept, in characters. The longest met, of `WezTerm`, has 33.
pub const NAME_COUNT_MAX: usize = 64;

/// What a terminal calls itself: printable ASCII, never empty, at most [`NAME_COUNT_MAX`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    text: String,
    /// Of `text`: where the first word ends.
    word_len: usize,
}

/// A version, as far as it is numbers: `3.3a` is 3.3.0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl Name {
    /// From what a terminal sent: `foot(1.13.1)` and `tmux 3.3a` are both usual. What cannot be
    /// printed is left out; `None` when nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let printable = |character: &char| matches!(character, ' '..='~');
        let text: String = text
            .chars()
            .filter(printable)
            .map(|character| match character {
                '(' | ')' => ' ',
                other => other,
            })
            .take(NAME_COUNT_MAX)
            .collect();
        let text = text.trim().to_owned();
        let word_len = text.find(' ').unwrap_or(text.len());
        (!text.is_empty()).then_some(Self { text, word_len })
    }

    /// The first word, such as `foot`.
    pub fn word(&self) -> &str {
        self.text.get(..self.word_len).unwrap_or_default()
    }

    /// What follows it; 0.0.0 where that is no number.
    pub fn version(&self) -> Version {
        Version::parse(self.text.get(self.word_len..).unwrap_or_default())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Version {
    /// The first number of `text` and the two that follow it after full stops.
    pub fn parse(text: &str) -> Self {
        let start = text
            .find(|character: char| character.is_ascii_digit())
            .unwrap_or(text.len());
        let mut numbers = text
            .get(start..)
            .unwrap_or_default()
            .split('.')
            .map(|part| {
                let end = part
                    .find(|character: char| !character.is_ascii_digit())
                    .unwrap_or(part.len());
                part.get(..end)
                    .and_then(|digits| digits.parse().ok())
                    .unwrap_or(0)
            });
        let mut next = || numbers.next().unwrap_or(0);
        Self(next(), next(), next())
    }
}
