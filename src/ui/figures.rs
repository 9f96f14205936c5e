//! What the status line and the detail overlay are told.

use crate::{media::PixelSize, screen::capability::Profile};
use std::time::Duration;

/// The true figures of the status line and of the detail overlay.
#[derive(Clone, Copy, Debug, Default)]
pub struct Status<'a> {
    /// `waiting`, `ringing`, `in call`, …
    pub state: &'a str,
    /// Whether others on the way can see what is sent; it is always said then.
    pub is_unencrypted: bool,
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
    /// What is known of the terminal.
    pub terminal: Option<&'a Profile>,
    /// To the terminal, in bytes a second.
    pub terminal_rate: f64,
    /// Pictures dropped at either end because a newer one was there.
    pub dropped: u64,
    /// Pictures of the peer that could not be decoded.
    pub broken: u64,
    /// Since when no picture has come, once that is worth saying.
    pub frozen: Option<Duration>,
    /// What the link to the peer carries, in bytes a second, as far as that is known.
    pub link_rate: Option<f64>,
    /// How long our last picture waited for others on its way.
    pub queued: Option<Duration>,
    /// How our pictures are made, once there are any.
    pub making: Option<Making>,
}

/// How our pictures are made for the link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Making {
    /// Of the JPEG, 1–100.
    pub quality: u8,
    /// How large, in eighths of what the peer can show.
    pub eighths: u8,
    /// Pictures a second at most; `None` for all that the camera gives.
    pub rate: Option<f64>,
    /// Why they are not more, finer or larger: `the link carries no more`; empty when they are all
    /// that can be wished for.
    pub reason: &'static str,
}
