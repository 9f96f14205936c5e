//! All that the program wants of the world.

use super::{CameraSettings, ConnectionId, KnownPeers, Part};
use crate::{
    media::{Picture, PixelSize, scale::Fit},
    session::PicturePlan,
};
use std::sync::Arc;

/// What the source shall do from now on; equal orders change nothing.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is something else that is wanted or not"
)]
pub struct CaptureOrder {
    /// Whether the device is held at all.
    pub enabled: bool,
    /// Which camera; `None` for the one of the command line.
    pub camera: Option<u32>,
    /// What is wanted of the device.
    pub resolution: Option<PixelSize>,
    /// Pictures a second.
    pub rate: Option<f64>,
    /// Whether to compress the next picture: the session has room.
    pub compress: bool,
    /// The most that is ever sent, in pixels; the picture's shape is kept.
    pub size_max: PixelSize,
    /// The most of our own view, in pixels; empty for none.
    pub view_max: PixelSize,
    /// Shape of the pixels of our own view; see `media::scale::fit`.
    pub view_pixel_aspect: f64,
    /// How what is sent is made.
    pub plan: PicturePlan,
    /// The same for a scene that rests.
    pub resting: PicturePlan,
    /// Another number than before says that the peer does not have what was sent last.
    pub renewal: u32,
    /// Whether only what differs from what was sent last may be sent.
    pub patches: bool,
    /// Whether the test picture stands in (there is no camera).
    pub test_picture: bool,
    /// What is wanted of the controls of whatever camera is open.
    pub controls: ControlOrder,
}

/// What is wanted of the cameras' controls from now on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ControlOrder {
    /// Of all cameras, to be applied whenever one is opened and whenever they change: what
    /// chooses by itself first, each once; see [`super::Setting::stamp`].
    pub settings: Arc<CameraSettings>,
    /// Numbers the changes; goes back with [`super::CaptureReport::Controls`].
    pub revision: u32,
    /// Whether they are looked at: [`super::CaptureReport::Controls`] is wanted once a camera runs,
    /// and again after each change.
    pub is_shown: bool,
}

/// All that the program wants of the world; taken with [`super::App::poll_effect`], oldest first.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ring the terminal's bell.
    Bell,
    /// Write what [`super::App::poll_transmit`] still gives, then close.
    Close(ConnectionId),
    /// Dial; [`super::Input::Connected`] or [`super::Input::ConnectFailed`] follows.
    Connect,
    /// Keep who is known; [`super::Input::PeersNotKept`] follows when that fails.
    KeepPeers(Arc<KnownPeers>),
    /// Keep what is wanted of the cameras' controls; [`super::Input::SettingsNotKept`] follows when
    /// that fails.
    KeepSettings(Arc<CameraSettings>),
    /// Look for cameras; [`super::Input::Cameras`] follows.
    ListCameras,
    /// A line for the log file.
    Log(String),
    /// Give the terminal back and end.
    Quit(Ending),
    /// The screen's content is not to be trusted; the next frame paints all.
    Repaint,
    /// Keep a picture; [`super::Input::SnapshotSaved`] follows.
    SaveSnapshot {
        /// What is kept.
        picture: Kept,
        /// A name without folder and ending; a number is added when it is taken.
        name: String,
    },
    /// Name the window.
    SetTitle(String),
    /// Decode and scale for the screen; [`super::Input::PictureReady`] or
    /// [`super::Input::PictureDropped`] follows.
    ShowPicture {
        /// Our own number of the picture, over all calls; the same again after a resize.
        sequence: u32,
        /// What came of it and of those under it, oldest first, unless it was decoded before; none
        /// if all was.
        parts: Vec<Part>,
        /// Largest size on the screen, in pixels of its glyphs. Empty: only check that it decodes.
        area: PixelSize,
        /// What to do when the shapes differ.
        fit: Fit,
        /// See `media::scale::fit`.
        pixel_aspect: f64,
    },
    /// A JSON line.
    Statistics(String),
    /// Give the terminal back and stop until continued; [`super::Input::Resumed`] follows.
    Suspend,
}

/// A picture of the peer's, in its own size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// As it arrived.
    Jpeg(Arc<Vec<u8>>),
    /// Put together from patches.
    Pixels(Arc<Picture>),
}

/// How the program ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// 0: ended by either side; 1: the call failed.
    pub exit_code: u8,
    /// The last line on the terminal.
    pub message: Option<String>,
}
