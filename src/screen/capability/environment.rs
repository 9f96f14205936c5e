//! What the environment says of the terminal.
//!
//! It does not read the environment: it is given a way to look a variable up.

use super::{super::color::ColorDepth, Multiplexer, name::Version};

/// What the environment says of the terminal.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "variables that are set or not"
)]
pub struct Environment {
    /// `COLORTERM`.
    colorterm: Option<String>,
    /// `NO_COLOR`.
    no_color: bool,
    /// `TERM`.
    term: Option<String>,
    /// `TERM_PROGRAM` and its version: the terminal that started the shell, if it says so.
    program: Option<String>,
    program_version: Option<String>,
    /// `INSIDE_EMACS`.
    in_emacs: bool,
    /// `STY`.
    in_screen: bool,
    /// `TMUX`.
    in_tmux: bool,
}

/// What may be asked of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Askable {
    /// All, the strings too.
    All,
    /// What has no string and nothing odd in it: Terminal.app prints the rest.
    Plain,
    /// Control sequences: GNU screen hands strings on to the terminal outside, whose answers come
    /// when they want, and keeps `OSC 11` to ask again by itself.
    Controls,
    /// Nothing: it would be printed.
    Nothing,
}

impl Environment {
    /// From what `variable` gives for a name; an empty value is none.
    pub fn new(variable: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        Self {
            colorterm: variable("COLORTERM"),
            no_color: variable("NO_COLOR").is_some(),
            term: variable("TERM"),
            program: variable("TERM_PROGRAM"),
            program_version: variable("TERM_PROGRAM_VERSION"),
            in_emacs: variable("INSIDE_EMACS").is_some(),
            in_screen: variable("STY").is_some(),
            in_tmux: variable("TMUX").is_some(),
        }
    }

    /// What may be asked.
    pub fn askable(&self) -> Askable {
        let term = self.term();
        // A console of Windows decodes its input itself: answers would come as keys.
        if cfg!(windows) || is_plain(term) || self.in_emacs {
            Askable::Nothing
        } else if matches!(family(term), "screen" | "tmux") {
            Askable::Controls
        } else if self.program.as_deref() == Some("Apple_Terminal") {
            Askable::Plain
        } else {
            Askable::All
        }
    }

    /// How many colours there are, where it is said outright: the person's wish (`NO_COLOR`) goes
    /// before what the terminal says of itself (`COLORTERM`).
    pub(super) fn told_depth(&self) -> Option<ColorDepth> {
        let colorterm = self.colorterm.as_deref().unwrap_or_default();
        if self.no_color || self.term() == "dumb" {
            Some(ColorDepth::Mono)
        } else if ["truecolor", "24bit"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(colorterm))
        {
            Some(ColorDepth::Truecolor)
        } else {
            None
        }
    }

    /// The multiplexer, as far as the environment shows it. A terminal that was started from one
    /// has its variables too, but not its `TERM`.
    pub(super) fn multiplexer(&self) -> Multiplexer {
        let tmux = || {
            let version = self.program_version.as_deref();
            let is_own = self.program.as_deref() == Some("tmux");
            let version = version.filter(|_| is_own).map(Version::parse);
            Multiplexer::Tmux { version }
        };
        let term = self.term();
        if term.starts_with("tmux") {
            tmux()
        } else if !term.starts_with("screen") {
            Multiplexer::None
        } else if self.in_tmux && !self.in_screen {
            tmux()
        } else {
            // Or tmux, behind ssh: both are careful with what they are sent, screen the more.
            Multiplexer::Screen
        }
    }

    /// Whether a tmux can be asked what it knows of the terminal outside.
    pub fn reaches_tmux(&self) -> bool {
        self.in_tmux && matches!(self.multiplexer(), Multiplexer::Tmux { .. })
    }

    pub(super) fn term(&self) -> &str {
        self.term.as_deref().unwrap_or_default()
    }
}

/// Whether a terminal of this name prints what it does not know, or the name says nothing.
pub(super) fn is_plain(term: &str) -> bool {
    const PLAIN: [&str; 9] = [
        "", "ansi", "cons25", "dumb", "emacs", "eterm", "linux", "network", "unknown",
    ];
    const OLD_GLASS: [&str; 4] = ["sun", "vt", "wsvt", "wy"];
    let family = family(term);
    PLAIN.contains(&family)
        || OLD_GLASS.iter().any(|maker| {
            family.strip_prefix(maker).is_some_and(|model| {
                model.is_empty() || model.starts_with(|first: char| first.is_ascii_digit())
            })
        })
}

/// `xterm` of `xterm-256color`, `screen` of `screen.xterm`.
fn family(term: &str) -> &str {
    term.split(['-', '.']).next().unwrap_or_default()
}
