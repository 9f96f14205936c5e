//! The program's state and all its decisions: a closed set of inputs in, effects out.
//!
//! It does not know sockets, threads, files, terminals or clocks.
//!
//! Invariant: whatever the inputs and their order, it does not panic, holds a bounded amount, and
//! gives the camera's pictures to accepted calls only.

use crate::{
    media::{Picture, PixelSize, scale::Fit},
    screen::{Window, color::ColorDepth},
    session::StaticKey,
};
use crossterm::event::KeyEvent;
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

/// The time, read once a turn.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Monotonic.
    pub instant: Instant,
    /// What the person's clock shows.
    pub wall: WallTime,
}

/// What the person's clock shows, in their time zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WallTime {
    /// Such as 2026.
    pub year: i16,
    /// 1–12.
    pub month: u8,
    /// 1–31.
    pub day: u8,
    /// 0–23.
    pub hour: u8,
    /// 0–59.
    pub minute: u8,
    /// 0–59.
    pub second: u8,
    /// 0–999.
    pub millisecond: u16,
}

/// How the program was started.
#[derive(Clone, Debug)]
pub struct Options {
    /// What this end does.
    pub role: Role,
    /// Who is let in.
    pub accept: Accept,
    /// Our name.
    pub name: String,
    /// Our key.
    pub key: StaticKey,
    /// Where pictures come from.
    pub source: Source,
    /// What is wanted of the source, until a key changes it.
    pub resolution: Option<PixelSize>,
    /// Pictures a second wanted; `None`: 30, or the clip's own.
    pub rate: Option<f64>,
    /// Whether the barcode is drawn into what is sent.
    pub barcode: bool,
    /// The terminal; `None` for an end without one.
    pub screen: Option<ScreenOptions>,
    /// End after this long.
    pub duration: Option<Duration>,
    /// Whether a JSON line a second is wanted ([`Effect::Statistics`]).
    pub statistics: bool,
}

/// What is known of the terminal.
#[derive(Clone, Copy, Debug)]
pub struct ScreenOptions {
    /// Its size.
    pub window: Window,
    /// Its colours.
    pub depth: ColorDepth,
}

/// What this end does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Calls; again with back-off once a call has been up.
    Connect {
        /// As the person typed it.
        target: String,
    },
    /// The far end of a call with oneself: gives every picture and text back as it came.
    Echo,
    /// Waits for calls.
    Listen {
        /// Where others may call, for the waiting screen.
        addresses: Vec<String>,
    },
    /// The near end of a call with oneself; ends when the call does.
    Loopback,
}

/// Who is let in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accept {
    /// Everybody, without asking.
    All,
    /// The person is asked.
    #[default]
    Ask,
}

/// Where pictures come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A camera: the number, path or part of a name that was asked for, else the first.
    Camera(Option<String>),
    /// A file that the runtime has opened; its name.
    Clip(String),
    /// Nothing; only the far end of a loopback.
    None,
    /// The test picture.
    Test,
}

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
    /// What cameras there are, after [`Effect::ListCameras`].
    Cameras(Vec<CameraEntry>),
    /// The source has something to say.
    Capture(CaptureReport),
    /// [`Effect::Connect`] succeeded.
    Connected {
        /// The connection.
        connection: ConnectionId,
        /// Where to.
        address: SocketAddr,
    },
    /// [`Effect::Connect`] failed, in words that name what was tried and what the system said.
    ConnectFailed(String),
    /// A connection ended; it is not used again.
    Disconnected {
        /// Which.
        connection: ConnectionId,
    },
    /// A frame was painted with [`App::draw`]; its bytes are on their way.
    Drawn,
    /// The frame's last byte was taken by the terminal.
    FrameWritten {
        /// Its length in bytes.
        len: usize,
    },
    /// A key was pressed.
    Key(KeyEvent),
    /// A picture of ours is ready.
    OwnPicture(OwnPicture),
    /// A text was pasted.
    Paste(String),
    /// [`Effect::ShowPicture`] is done.
    PictureReady {
        /// Of the picture.
        sequence: u32,
        /// At the asked size, or why not.
        result: Result<Picture, crate::media::jpeg::JpegError>,
    },
    /// [`Effect::ShowPicture`] was overtaken by a newer one.
    PictureDropped {
        /// Of the picture.
        sequence: u32,
    },
    /// The program continues after [`Effect::Suspend`].
    Resumed,
    /// The snapshot was kept under this path, or the reason why not.
    SnapshotSaved(Result<String, String>),
    /// Someone outside wants the program stopped for a while (SIGTSTP).
    StopRequested,
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

/// A picture of ours, compressed if [`CaptureOrder::compress`] was set, and small for our own eyes.
#[derive(Clone, Debug)]
pub struct OwnPicture {
    /// When it was captured.
    pub captured_at: Instant,
    /// A JPEG and its size.
    pub jpeg: Option<(PixelSize, Vec<u8>)>,
    /// Scaled for the corner, unmirrored.
    pub view: Option<Picture>,
}

/// What the source shall do from now on; equal orders change nothing.
#[derive(Clone, Debug, PartialEq)]
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
    /// The most that is sent, in pixels; the picture's shape is kept.
    pub size_max: PixelSize,
    /// The most of our own view, in pixels; empty for none.
    pub view_max: PixelSize,
    /// Shape of the pixels of our own view; see `media::scale::fit`.
    pub view_pixel_aspect: f64,
    /// 1–100.
    pub quality: u8,
    /// Whether the test picture stands in (there is no camera).
    pub test_picture: bool,
}

/// All that the program wants of the world; taken with [`App::poll_effect`], oldest first.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ring the terminal's bell.
    Bell,
    /// Write what [`App::poll_transmit`] still gives, then close.
    Close(ConnectionId),
    /// Dial; [`Input::Connected`] or [`Input::ConnectFailed`] follows.
    Connect,
    /// Look for cameras; [`Input::Cameras`] follows.
    ListCameras,
    /// A line for the log file.
    Log(String),
    /// Give the terminal back and end.
    Quit(Ending),
    /// The screen's content is not to be trusted; the next frame paints all.
    Repaint,
    /// Keep a picture; [`Input::SnapshotSaved`] follows.
    SaveSnapshot {
        /// As it arrived.
        jpeg: Arc<Vec<u8>>,
        /// A name without folder and ending; a number is added when it is taken.
        name: String,
    },
    /// Name the window.
    SetTitle(String),
    /// Decode and scale for the screen; [`Input::PictureReady`] or [`Input::PictureDropped`] follows.
    ShowPicture {
        /// Of the picture.
        sequence: u32,
        /// As it arrived.
        jpeg: Arc<Vec<u8>>,
        /// Largest size on the screen, in half-cell pixels. Empty: only check that it decodes.
        area: PixelSize,
        /// What to do when the shapes differ.
        fit: Fit,
        /// See `media::scale::fit`.
        pixel_aspect: f64,
    },
    /// A JSON line.
    Statistics(String),
    /// Give the terminal back and stop until continued; [`Input::Resumed`] follows.
    Suspend,
}

/// How the program ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// 0: ended by either side; 1: the call failed.
    pub exit_code: u8,
    /// The last line on the terminal.
    pub message: Option<String>,
}

/// The program's state.
#[derive(Debug)]
pub struct App {}

impl App {
    /// The state at the start.
    pub fn new(_options: Options, _now: Now) -> Self {
        Self {}
    }

    /// Takes one input.
    pub fn handle(&mut self, _now: Now, _input: Input<'_>) {}

    /// The oldest effect not yet taken.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        None
    }

    /// See [`crate::session::Session::poll_transmit`].
    pub fn poll_transmit(
        &mut self,
        _now: Now,
        _connection: ConnectionId,
        _out: &mut Vec<u8>,
    ) -> bool {
        false
    }

    /// What the source shall do now.
    pub fn capture_order(&self) -> CaptureOrder {
        unimplemented!()
    }

    /// When [`Input::Timeout`] is wanted.
    pub fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Whether something changed that the last frame does not show.
    pub fn wants_draw(&self) -> bool {
        false
    }

    /// Paints the state as it is `now`. [`Input::Drawn`] follows.
    pub fn draw(&self, _now: Now, _frame: &mut ratatui::Frame<'_>) {}
}
