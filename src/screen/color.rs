//! Colour depths and how RGB becomes a colour that the terminal has.

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColorDepth {
    /// None: a ramp of characters.
    Mono,
    /// The 16 named ones.
    Ansi16,
    /// The xterm cube and greys.
    Indexed256,
    /// 24 bits.
    #[default]
    Truecolor,
}

/// The environment variables that tell of colours, read by somebody else.
#[derive(Clone, Debug, Default)]
pub struct ColorEnvironment {
    /// `COLORTERM`.
    pub colorterm: Option<String>,
    /// Whether `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `TERM`.
    pub term: Option<String>,
}

/// What the environment says the terminal can show.
pub fn detect(_environment: &ColorEnvironment) -> ColorDepth {
    ColorDepth::Truecolor
}
