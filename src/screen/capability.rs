//! What the terminal can do: what the environment says, and what it answers itself.
//!
//! It does not ask ([`Interview`](super::interview::Interview) does) and writes nothing.
//!
//! Invariant: answers may come in any order, any number of times and never; what is said of the
//! terminal follows from those that came last.

mod answer;
mod environment;
mod known;
mod name;
mod tmux;

pub use answer::{Answer, RgbKept};
pub use environment::{Askable, Environment};
pub use known::DrawnGlyphs;
pub use name::{NAME_COUNT_MAX, Name, Version};
pub use tmux::{Client, TmuxAdvice};

use super::color::{self, ColorDepth};

/// What answers for the terminal, cursor positions too, and so hides how far the terminal itself
/// is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Multiplexer {
    /// Mosh's server.
    Mosh,
    /// Nothing that is known of.
    #[default]
    None,
    /// GNU screen.
    Screen,
    /// tmux.
    Tmux {
        /// Where it said so.
        version: Option<Version>,
    },
    /// Zellij.
    Zellij,
}

/// Whether what is painted in the terminal's own colours stands light on dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// Light on dark, which is assumed where nothing is known.
    #[default]
    Dark,
    /// Dark on light.
    Light,
}

/// What is known of the terminal, as the program goes by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Its colours.
    pub depth: ColorDepth,
    /// Its own colours.
    pub ground: Ground,
    /// Its name and version, printable.
    pub name: Option<String>,
    /// Whether it shows a frame at once (mode 2026); `None` where it does not say.
    pub synchronized: Option<bool>,
    /// The glyphs that it is known to draw itself.
    pub glyphs: DrawnGlyphs,
    /// What would give more colours inside tmux.
    pub advice: Option<TmuxAdvice>,
}

/// What is known of the terminal.
#[derive(Clone, Debug, Default)]
pub struct Capabilities {
    environment: Environment,
    /// What the person wants: `--color`.
    wanted: Option<ColorDepth>,
    /// What each kind of answer said last.
    background: Option<[u8; 3]>,
    foreground: Option<[u8; 3]>,
    cell_size: Option<(u16, u16)>,
    name: Option<Name>,
    primary: Option<(u16, bool)>,
    secondary: Option<[u32; 3]>,
    rgb: Option<RgbKept>,
    synchronized: Option<bool>,
    /// What tmux knows of the terminal outside.
    client: Option<Client>,
}

impl Capabilities {
    /// What the environment says. `wanted` goes before all else.
    pub fn new(environment: Environment, wanted: Option<ColorDepth>) -> Self {
        Self {
            environment,
            wanted,
            ..Self::default()
        }
    }

    /// Takes an answer; says whether it was news.
    pub fn handle(&mut self, answer: Answer) -> bool {
        match answer {
            Answer::Background(color) => is_news(&mut self.background, color),
            Answer::CellSize { width, height } => is_news(&mut self.cell_size, (width, height)),
            // Kitty keeps the pen and knows no capability of that name: yes goes before no.
            Answer::Colors(RgbKept::Indexed) if self.rgb == Some(RgbKept::Rgb) => false,
            Answer::Colors(kept) => is_news(&mut self.rgb, kept),
            Answer::Foreground(color) => is_news(&mut self.foreground, color),
            Answer::Name(name) => is_news(&mut self.name, name),
            Answer::Primary { class, is_bare } => is_news(&mut self.primary, (class, is_bare)),
            Answer::Secondary(attributes) => is_news(&mut self.secondary, attributes),
            Answer::Synchronized(known) => is_news(&mut self.synchronized, known),
        }
    }

    /// Takes what tmux knows of the terminal outside; says whether it was news.
    pub fn handle_client(&mut self, client: Client) -> bool {
        is_news(&mut self.client, client)
    }

    /// How many colours are shown.
    ///
    /// The person's wish goes first, then `NO_COLOR` and `COLORTERM`, then what the terminal
    /// answers, then its `TERM`.
    ///
    /// Two hand on the `COLORTERM` of the terminal that they were started in, and are not believed:
    /// GNU screen, which reads 24 bits as attributes and blinks (4.9, measured; 5.0 has to be told
    /// `truecolor on`, which does not show), and a tmux that says that it shows 256.
    pub fn depth(&self) -> ColorDepth {
        if let Some(depth) = self.wanted {
            return depth;
        }
        let is_screen = self.multiplexer() == Multiplexer::Screen;
        let is_handed_on = is_screen || self.is_reduced_by_tmux();
        match self.environment.told_depth() {
            Some(ColorDepth::Truecolor) if is_handed_on => {}
            Some(depth) => return depth,
            None => {}
        }
        let by_name = color::of_term(self.environment.term());
        match self.rgb() {
            _ if by_name == ColorDepth::Mono => by_name,
            Some(RgbKept::Rgb) => ColorDepth::Truecolor,
            Some(RgbKept::Indexed) => ColorDepth::Indexed256,
            None if is_screen => by_name.min(ColorDepth::Indexed256),
            None => by_name,
        }
    }

    /// What stands between. Answers go before the environment, which a terminal inherits that was
    /// started inside a multiplexer.
    pub fn multiplexer(&self) -> Multiplexer {
        let by_name = |name: &Name| match name.word() {
            "screen" => Multiplexer::Screen,
            "tmux" => Multiplexer::Tmux {
                version: Some(name.version()).filter(|version| *version > Version::default()),
            },
            "Zellij" => Multiplexer::Zellij,
            _ => Multiplexer::None,
        };
        match (&self.name, self.secondary) {
            (Some(name), _) => by_name(name),
            // ghostty says the same here, but has a name.
            (None, Some([1, 10, 0])) if self.primary == Some((62, true)) => Multiplexer::Mosh,
            (None, Some(attributes)) => {
                let name = known::name_by_attributes(attributes);
                match (name.as_ref().map(by_name), self.environment.multiplexer()) {
                    // The environment knows its version.
                    (Some(Multiplexer::Tmux { .. }), tmux @ Multiplexer::Tmux { .. }) => tmux,
                    (Some(answered), _) => answered,
                    (None, _) => Multiplexer::None,
                }
            }
            (None, None) => self.environment.multiplexer(),
        }
    }

    /// The glyphs that the terminal is known to draw itself. Nothing is known of a terminal that is
    /// behind a multiplexer.
    pub fn drawn_glyphs(&self) -> DrawnGlyphs {
        self.name()
            .map_or(DrawnGlyphs::NONE, |name| known::drawn_glyphs(&name))
    }

    /// Width and height of a cell, in pixels; both are at least 1.
    pub const fn cell_size(&self) -> Option<(u16, u16)> {
        self.cell_size
    }

    /// All that the program goes by.
    pub fn profile(&self) -> Profile {
        let depth = self.depth();
        let advice = self.wanted.is_none() && depth != ColorDepth::Mono;
        Profile {
            depth,
            ground: self.ground(),
            name: self.shown_name(),
            synchronized: self.synchronized,
            glyphs: self.drawn_glyphs(),
            advice: self.tmux_advice().filter(|_| advice),
        }
    }

    /// Whether 24 bits are shown, as far as anything but `COLORTERM` and `TERM` tells.
    fn rgb(&self) -> Option<RgbKept> {
        match self.multiplexer() {
            // Versions before 1.4 do not, and none says its version; screen says nothing either.
            Multiplexer::Mosh | Multiplexer::Screen | Multiplexer::Zellij => None,
            // It takes all and gives what it can. Where that is 256, ours are chosen better.
            Multiplexer::Tmux { .. } if self.is_reduced_by_tmux() => Some(RgbKept::Indexed),
            Multiplexer::Tmux { .. } => Some(RgbKept::Rgb),
            Multiplexer::None => {
                let is_known = self.name().is_some_and(|name| known::shows_rgb(&name));
                // Synchronized updates are younger than 24 bits.
                let is_young = self.synchronized == Some(true);
                (self.rgb).or_else(|| (is_known || is_young).then_some(RgbKept::Rgb))
            }
        }
    }

    /// Whether tmux has said that it gives the terminal outside fewer than 24 bits.
    fn is_reduced_by_tmux(&self) -> bool {
        let is_tmux = matches!(self.multiplexer(), Multiplexer::Tmux { .. });
        is_tmux && self.client.as_ref().is_some_and(|client| !client.shows_rgb)
    }

    fn ground(&self) -> Ground {
        let luma = |[red, green, blue]: [u8; 3]| {
            299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue)
        };
        let is_light = match (self.background.map(luma), self.foreground.map(luma)) {
            (Some(back), Some(fore)) => back > fore,
            (Some(back), None) => back > 127_500,
            (None, _) => false,
        };
        if is_light {
            Ground::Light
        } else {
            Ground::Dark
        }
    }

    /// What it calls itself, or what its attributes give away.
    fn name(&self) -> Option<Name> {
        (self.name.clone()).or_else(|| known::name_by_attributes(self.secondary?))
    }

    fn shown_name(&self) -> Option<String> {
        let outer = self.client.as_ref().and_then(|client| client.name.as_ref());
        match (self.multiplexer(), self.name(), outer) {
            (Multiplexer::Mosh, ..) => Some("mosh".to_owned()),
            (Multiplexer::Tmux { .. }, Some(name), Some(outer)) => {
                Some(format!("{name} in {outer}"))
            }
            (_, name, _) => name.map(|name| name.to_string()),
        }
    }

    fn tmux_advice(&self) -> Option<TmuxAdvice> {
        let Multiplexer::Tmux { version } = self.multiplexer() else {
            return None;
        };
        match &self.client {
            Some(client) if client.shows_rgb => None,
            // Of these tmux knows what they have.
            Some(client) if client.term.as_deref().is_some_and(environment::is_plain) => None,
            Some(client) => Some(TmuxAdvice::new(client.term.clone(), Some(client.version))),
            // COLORTERM was carried here by somebody who knows, if tmux cannot be asked.
            None if self.environment.reaches_tmux() || self.environment.told_depth().is_some() => {
                None
            }
            None => Some(TmuxAdvice::new(None, version)),
        }
    }
}

fn is_news<T: PartialEq>(place: &mut Option<T>, value: T) -> bool {
    let is_news = place.as_ref() != Some(&value);
    *place = Some(value);
    is_news
}
