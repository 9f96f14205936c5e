//! What a person sees: key table, layout, pictures as cells, chat, status, help, waiting and asking.
//!
//! It does not know sessions, sockets, files or clocks: a [`View`] in, painted cells out.
//!
//! Invariant: no window size, picture or text can make it panic; every text that it paints has
//! passed [`text::printable`].

pub mod chat;
pub mod keys;
pub mod layout;
pub mod text;
pub mod text_line;

use crate::{
    media::{Picture, PixelSize},
    screen::{Window, color::ColorDepth},
};
use std::time::Duration;

/// All that is needed to paint one frame.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The window.
    pub window: Window,
    /// The terminal's colours; [`ColorDepth::Mono`] paints pictures as a ramp of characters.
    pub depth: ColorDepth,
    /// What fills the window.
    pub scene: Scene<'a>,
    /// Our own picture in the corner; `None` when hidden. In [`Scene::Waiting`] it fills the window.
    pub own: Option<Panel<'a>>,
    /// Whether our own picture is shown mirrored.
    pub mirrored: bool,
    /// The conversation.
    pub chat: &'a chat::Chat,
    /// The line being typed, when open.
    pub typing: Option<&'a text_line::TextLine>,
    /// What lies over the picture.
    pub overlay: Overlay,
    /// True figures.
    pub status: Status<'a>,
    /// Something to be told for a while: a lost camera, where a snapshot went.
    pub notice: Option<&'a str>,
}

/// What fills the window.
#[derive(Clone, Copy, Debug)]
pub enum Scene<'a> {
    /// Somebody calls; `y` or `n` is awaited.
    Asked {
        /// The caller's name.
        name: &'a str,
        /// Where the call comes from.
        address: &'a str,
    },
    /// In a call.
    Call(Panel<'a>),
    /// The connection is being made.
    Connecting {
        /// What was dialled.
        target: &'a str,
        /// Since when.
        elapsed: Duration,
    },
    /// The call was lost and will be tried again.
    Redialling {
        /// What was dialled.
        target: &'a str,
        /// Why the last one ended.
        reason: &'a str,
        /// Until the next try.
        remaining: Duration,
    },
    /// The person at the other end is being asked.
    Ringing {
        /// What was dialled.
        target: &'a str,
        /// Since when.
        elapsed: Duration,
    },
    /// Listening; our own picture is large.
    Waiting {
        /// Addresses under which others may call, such as `10.1.2.3:2222`.
        addresses: &'a [String],
    },
}

/// A picture, or a card that says why there is none.
#[derive(Clone, Copy, Debug)]
pub enum Panel<'a> {
    /// A card.
    Card {
        /// Large: `camera off`.
        title: &'a str,
        /// Small: what to do, or what is awaited. May be empty.
        detail: &'a str,
    },
    /// A picture, one pixel a half cell. Painted in the middle of its area; when it is larger or
    /// smaller than [`layout`] asked (just after a resize) it is scaled to the nearest pixel.
    Picture(&'a Picture),
}

/// What lies over the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlay {
    /// All figures, one a line.
    Detail,
    /// The key table.
    Help,
    /// Nothing.
    #[default]
    None,
}

/// The true figures of the status line and of the detail overlay.
#[derive(Clone, Copy, Debug, Default)]
pub struct Status<'a> {
    /// `waiting`, `ringing`, `in call`, …
    pub state: &'a str,
    /// The peer's name.
    pub peer: Option<&'a str>,
    /// Our camera and its mode, such as `UVC Camera 640x480 YUYV at 30`.
    pub camera: Option<&'a str>,
    /// Of the pictures sent.
    pub sent_size: Option<PixelSize>,
    /// Of the pictures received.
    pub received_size: Option<PixelSize>,
    /// Pictures a second.
    pub sent_rate: f64,
    /// Pictures a second.
    pub shown_rate: f64,
    /// Of the link.
    pub round_trip: Option<Duration>,
    /// Of the picture on screen, since its capture.
    pub age: Option<Duration>,
    /// Both ways together, on the wire, in bytes a second.
    pub wire_rate: f64,
    /// To the terminal, in bytes a second.
    pub terminal_rate: f64,
    /// Pictures dropped at either end because a newer one was there.
    pub dropped: u64,
    /// Pictures of the peer that could not be decoded.
    pub broken: u64,
    /// Since when no picture has come, once that is worth saying.
    pub frozen: Option<Duration>,
}

/// Paints one frame.
pub fn draw(_view: &View<'_>, _frame: &mut ratatui::Frame<'_>) {}
