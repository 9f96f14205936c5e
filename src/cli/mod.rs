//! The command line. Knows words and numbers, not what they lead to.
//!
//! It does not open, resolve or print anything: words in, [`Arguments`] or a [`Stop`] out.
//!
//! Invariant: whatever the words, the answer is well-formed arguments or one clear line with the
//! way out.

mod address;
mod flags;
mod usage;
mod value;
mod via;

pub use address::{ListenAddress, Target};

use clap::Parser;
use std::{ffi::OsString, path::PathBuf, time::Duration};

/// What the person wants.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments {
    /// What to do.
    pub mode: Mode,
    /// Where pictures come from.
    pub source: Source,
    /// Which camera: a number, a path or a part of its name; `None` for the first.
    pub camera: Option<String>,
    /// Width and height in pixels, each 16–4096.
    pub resolution: Option<(u32, u32)>,
    /// Pictures a second, 1–60.
    pub rate: Option<f64>,
    /// Whether the barcode is drawn into the pictures.
    pub barcode: bool,
    /// The name that others see; `None` for user@host. Not empty, without controls.
    pub name: Option<String>,
    /// How many colours the terminal has.
    pub color: Color,
    /// What pictures are drawn with.
    pub glyphs: Glyphs,
    /// Most bytes a second that the terminal is given.
    pub terminal_rate: Option<u32>,
    /// Who is let in.
    pub accept: Accept,
    /// What goes over the connection.
    pub wire: Wire,
    /// The command that carries the call, with host and port put in; `None` for a socket.
    pub via: Option<String>,
    /// What is good for one call.
    pub invitation: Option<Invitation>,
    /// Where the secret is that both ends have.
    pub secret: Option<PathBuf>,
    /// Whether to do without a terminal.
    pub headless: bool,
    /// Where the JSON lines go.
    pub stats: Option<PathBuf>,
    /// End after this long; more than zero.
    pub duration: Option<Duration>,
    /// Where the log goes.
    pub log: Option<PathBuf>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// List the cameras.
    Cameras,
    /// Make a call.
    Connect(Target),
    /// Forget whoever is known by this name, or has this key.
    Forget(String),
    /// Wait for calls.
    Listen(ListenAddress),
    /// Make a call with oneself.
    Loopback,
    /// List who is known.
    Peers,
}

/// Where pictures come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// A camera.
    #[default]
    Camera,
    /// A file.
    File(PathBuf),
    /// The test picture.
    Test,
}

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// What the environment says.
    #[default]
    Auto,
    /// 24 bits.
    Truecolor,
    /// The xterm cube and greys.
    #[value(name = "256")]
    Indexed256,
    /// The named ones.
    #[value(name = "16")]
    Ansi16,
    /// None: a ramp of characters.
    Mono,
}

/// What pictures are drawn with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Glyphs {
    /// The best glyphs that the terminal is known to draw itself.
    Auto,
    /// Half blocks.
    #[default]
    Half,
    /// Quarters of a cell.
    Quadrant,
    /// Sixths.
    Sextant,
    /// Eighths.
    Octant,
    /// Dots.
    Braille,
    /// Letters and signs.
    Ascii,
}

/// Who is let in. The fewest first, as a person is told of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Accept {
    /// Ask me.
    #[default]
    Ask,
    /// Those who are known, without asking.
    Known,
    /// Everybody, without asking.
    All,
}

/// What is good for one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invitation {
    /// To be made and given away.
    New,
    /// It was given to us; as the person typed it.
    Of(String),
}

/// What goes over the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Wire {
    /// Plain JPEGs, unencrypted.
    Mjpeg,
    /// Our own protocol.
    #[default]
    Ttychat,
}

/// Why there are no arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The help or the version was asked for: to be printed on stdout; exit code 0.
    Shown(String),
    /// Wrong usage: one line without `ttychat: ` and line end, for stderr; exit code 2.
    Usage(String),
}

/// Parses the words of the command line, the first being the program's name.
///
/// # Errors
/// [`Stop`], to be shown to the person.
pub fn parse<I>(words: I) -> Result<Arguments, Stop>
where
    I: IntoIterator,
    I::Item: Into<OsString> + Clone,
{
    let flags = flags::Flags::try_parse_from(words).map_err(|error| usage::stop(&error))?;
    flags.into_arguments().map_err(Stop::Usage)
}

/// The command's description, for manual pages and completions.
pub fn command() -> clap::Command {
    <flags::Flags as clap::CommandFactory>::command()
}
