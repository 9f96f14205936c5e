//! How the program was started, and the time.

use super::{CameraSettings, KnownPeers};
use crate::{
    media::PixelSize,
    screen::{Window, color::ColorDepth, glyph::GlyphSet},
    session::{Secret, StaticKey},
};
use std::time::{Duration, Instant};

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
    /// What goes over the connections.
    pub wire: Wire,
    /// Whether calls are made through a command, which cannot ask for a password once the screen
    /// is ours.
    pub via: bool,
    /// Who is let in.
    pub accept: Accept,
    /// Our name.
    pub name: String,
    /// Our key.
    pub key: StaticKey,
    /// Who is known already.
    pub peers: KnownPeers,
    /// What the other end must know too.
    pub secret: Option<SharedSecret>,
    /// What the person should be told of their files at the start.
    pub complaints: Vec<String>,
    /// Where pictures come from.
    pub source: Source,
    /// What was kept of the cameras' controls.
    pub settings: CameraSettings,
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
    /// Whether a JSON line a second is wanted ([`super::Effect::Statistics`]).
    pub statistics: bool,
}

/// What is known of the terminal.
#[derive(Clone, Copy, Debug)]
pub struct ScreenOptions {
    /// Its size.
    pub window: Window,
    /// Its colours.
    pub depth: ColorDepth,
    /// With which glyphs pictures are drawn; `None`: with the best that the terminal is known to
    /// draw itself.
    pub glyphs: Option<GlyphSet>,
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
    /// Who is known, without asking. Of others the person is asked, where there is one.
    Known,
}

/// What the other end must know too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedSecret {
    /// The secret.
    pub secret: Secret,
    /// Whether it is good for one call.
    pub is_invitation: bool,
}

/// What goes over the connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wire {
    /// Plain JPEGs, for programs that know nothing of ttychat. Not encrypted.
    Mjpeg,
    /// Our own protocol.
    #[default]
    Ttychat,
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

impl SharedSecret {
    /// What the invited give to `--connect`.
    pub fn invite_to(&self, address: &str) -> String {
        format!("{address}+{}", self.secret.expose())
    }
}
