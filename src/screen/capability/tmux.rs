//! What tmux knows of the terminal outside, and what to tell it.
//!
//! It does not run tmux.

use super::name::{Name, Version};
use std::fmt;

/// The terminal outside, as tmux knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its `TERM`, if that can stand in a line of tmux.conf.
    pub term: Option<String>,
    /// What it calls itself.
    pub name: Option<Name>,
    /// Of tmux itself.
    pub version: Version,
    /// Whether tmux hands it 24 bits.
    pub shows_rgb: bool,
}

/// What makes tmux show 24 bits, when the terminal outside has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TmuxAdvice {
    /// `TERM` of the terminal outside, where it is known that tmux gives it fewer.
    term: Option<String>,
    has_features: bool,
}

/// The first tmux that has `terminal-features`.
const FEATURES_SINCE: Version = Version(3, 2, 0);

/// Longest `TERM` believed, in bytes.
const TERM_LEN_MAX: usize = 64;

impl Client {
    /// What [`Self::parse`] reads, as tmux's `display-message -p` is asked for it.
    pub const FORMAT: &str =
        "#{version}\t#{client_termname}\t#{client_termtype}\t#{client_termfeatures}";

    /// Reads what tmux printed for [`Self::FORMAT`]. `None` when no terminal is attached, or tmux
    /// is too old to say its features.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim_end_matches(['\r', '\n']).split('\t');
        let version = Version::parse(parts.next()?);
        let (term, name, features) = (parts.next()?, parts.next()?, parts.next()?);
        if version < FEATURES_SINCE || term.is_empty() {
            return None;
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte);
        let is_believed = term.len() <= TERM_LEN_MAX && term.bytes().all(is_plain);
        Some(Self {
            term: is_believed.then(|| term.to_owned()),
            name: Name::new(name),
            version,
            shows_rgb: features.split(',').any(|feature| feature == "RGB"),
        })
    }
}

impl TmuxAdvice {
    pub(super) fn new(term: Option<String>, version: Option<Version>) -> Self {
        Self {
            term,
            has_features: version.is_none_or(|version| version >= FEATURES_SINCE),
        }
    }

    /// What has to be done after its line stands in tmux.conf, which is read at the start only.
    pub const THEN: &str = "tmux source ~/.tmux.conf, detach, attach again";

    /// Whether it is known that tmux gives the terminal fewer colours, and not only possible.
    pub const fn is_certain(&self) -> bool {
        self.term.is_some()
    }
}

/// The line for tmux.conf.
impl fmt::Display for TmuxAdvice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let term = self.term.as_deref().unwrap_or("xterm-256color");
        if self.has_features {
            write!(formatter, "set -as terminal-features \",{term}:RGB\"")
        } else {
            write!(formatter, "set -as terminal-overrides \",{term}:Tc\"")
        }
    }
}
