//! All that can happen to the program.

use super::{CameraId, Control};
use crate::{
    media::{Picture, PixelSize, jpeg::JpegError},
    screen::{Window, capability::Profile},
    session::{OutgoingPatch, PicturePlan},
};
use crossterm::event::KeyEvent;
use std::{net::SocketAddr, sync::Arc, time::Instant};

/// Names a TCP connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// All that can happen.
#[derive(Debug)]
pub enum Input<'a> {
    /// Somebody connected to us.
    Accepted {
        /// The connection.
        connection: ConnectionId,
        /// From where.
        address: SocketAddr,
    },
    /// Bytes came.
    Bytes {
        /// On which connection.
        connection: ConnectionId,
        /// Cut anywhere.
        bytes: &'a [u8],
    },
    /// The peer's kernel would take so many bytes more; see [`super::App::wants_window`].
    Window {
        /// On which connection.
        connection: ConnectionId,
        /// In bytes.
        len: u32,
    },
    /// What cameras there are, after [`super::Effect::ListCameras`].
    Cameras(Vec<CameraEntry>),
    /// The source has something to say.
    Capture(CaptureReport),
    /// The command that carried a connection ended; that the connection did follows.
    CommandEnded {
        /// Which.
        connection: ConnectionId,
        /// How it ended, and what it said last: `ended with exit status 255: …`.
        words: String,
    },
    /// [`super::Effect::Connect`] succeeded.
    Connected {
        /// The connection.
        connection: ConnectionId,
        /// Where to.
        address: SocketAddr,
    },
    /// [`super::Effect::Connect`] succeeded, through a command.
    ConnectedThrough {
        /// The connection.
        connection: ConnectionId,
    },
    /// [`super::Effect::Connect`] failed, in words that name what was tried and what the system
    /// said.
    ConnectFailed(String),
    /// A connection ended; it is not used again.
    Disconnected {
        /// Which.
        connection: ConnectionId,
    },
    /// A frame was painted with [`super::App::draw`]; its bytes are on their way.
    Drawn,
    /// Whether the pictures on the screen are coarser than they could be, so that more frames would
    /// bring them nearer to what they are.
    Coarse(bool),
    /// So many frames a second can be drawn; `None` when there is no need to ask for less.
    FrameRate(Option<f64>),
    /// The frame's last byte was taken by the terminal.
    FrameWritten {
        /// Its length in bytes.
        len: usize,
    },
    /// A key was pressed.
    Key(KeyEvent),
    /// A picture of ours is ready.
    OwnPicture(OwnPicture),
    /// So many more pictures of our camera came broken and were skipped.
    OwnPicturesBroken(u64),
    /// A text was pasted.
    Paste(String),
    /// Who is known could not be kept, in words that say why.
    PeersNotKept(String),
    /// [`super::Effect::ShowPicture`] is done.
    PictureReady {
        /// Of the picture.
        sequence: u32,
        /// At the asked size, or why not.
        result: Result<Picture, JpegError>,
        /// In its own size, if it was put together from patches.
        composed: Option<Arc<Picture>>,
    },
    /// [`super::Effect::ShowPicture`] was overtaken by a newer one.
    PictureDropped {
        /// Of the picture.
        sequence: u32,
    },
    /// [`super::Effect::Suspend`] was not done, because no shell could continue the program.
    SuspendRefused,
    /// The program continues after [`super::Effect::Suspend`].
    Resumed,
    /// What was set on the cameras could not be kept, in words that say why.
    SettingsNotKept(String),
    /// The snapshot was kept under this path, or the reason why not.
    SnapshotSaved(Result<String, String>),
    /// Someone outside wants the program stopped for a while (SIGTSTP).
    StopRequested,
    /// More is known of the terminal, which is drawn for from now on.
    TerminalKnown(Profile),
    /// Someone outside wants the program ended (SIGTERM, SIGHUP, SIGINT).
    TerminateRequested,
    /// The deadline has come. Harmless when it has not.
    Timeout,
    /// The window has another size.
    WindowChanged(Window),
}

/// A camera, for `c` and `r`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraEntry {
    /// Of the device.
    pub number: u32,
    /// Printable.
    pub name: String,
    /// What `r` walks through, smallest first, no size twice.
    pub resolutions: Vec<PixelSize>,
}

/// What the source has to say.
#[derive(Clone, Debug, PartialEq)]
pub enum CaptureReport {
    /// What can be set on the camera that runs.
    Controls {
        /// Which camera.
        camera: CameraId,
        /// Of the order that was carried out; see [`super::ControlOrder::revision`].
        revision: u32,
        /// Maybe none.
        controls: Vec<Control>,
    },
    /// The camera did not take some of what was wanted of it.
    ControlsRefused {
        /// Which camera.
        camera: CameraId,
        /// The controls, each with the stamp of what was wanted.
        refused: Vec<(&'static str, u32)>,
        /// What is wrong and what to do.
        message: String,
    },
    /// No picture for now; another try follows by itself.
    Failed {
        /// Which camera, when one was found.
        number: Option<u32>,
        /// Whether there is none at all, so that the test picture may stand in.
        missing: bool,
        /// What is wrong and what to do.
        message: String,
    },
    /// Pictures come (again).
    Started {
        /// Which camera; `None` for other sources.
        number: Option<u32>,
        /// Name and mode in words, such as `UVC Camera 640x480 YUYV at 30`.
        description: String,
        /// What was granted.
        size: PixelSize,
    },
    /// The device was let go.
    Stopped,
}

/// A picture of ours, compressed if [`super::CaptureOrder::compress`] was set, and small for our
/// own eyes.
#[derive(Clone, Debug)]
pub struct OwnPicture {
    /// When it was captured.
    pub captured_at: Instant,
    /// A JPEG and the picture's size.
    pub jpeg: Option<(PixelSize, Vec<u8>)>,
    /// Numbers the JPEGs of a source.
    pub number: u64,
    /// When the JPEG holds only what differs from another picture.
    pub patch: Option<OutgoingPatch>,
    /// The plan that it was made by.
    pub plan: PicturePlan,
    /// Whether there is no JPEG because the one before still shows what is seen.
    pub unchanged: bool,
    /// Scaled for the corner, unmirrored.
    pub view: Option<Picture>,
}
