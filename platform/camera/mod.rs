//! Cameras, as the operating system has them.
//!
//! A [`Camera`] is owned by one thread, which makes all calls of this module; several of them can
//! block (opening and closing a USB camera for hundreds of milliseconds), and a bad driver for
//! ever. Another thread may then make them; what the first one uses is left alone until it is back.
//! A camera hands out pictures as the driver gives them and does not know what a pixel means: see
//! the `FourCc` of each.
//!
//! Invariant: no driver, no name and no picture of a camera can cause a panic here.

use std::{fmt, io, path::PathBuf, time::Duration, time::Instant};

pub mod control;
pub mod mode;
mod reason;

#[cfg(windows)]
mod escapi;
#[cfg(not(any(target_os = "linux", windows)))]
mod unsupported;
#[cfg(target_os = "linux")]
mod v4l2;

#[cfg(windows)]
use escapi as system;
#[cfg(not(any(target_os = "linux", windows)))]
use unsupported as system;
#[cfg(target_os = "linux")]
use v4l2 as system;

pub use control::{Choice, Control, ControlError, ControlKind, ControlRange, ControlUnit};
pub use mode::Priority;
pub use reason::{Denial, Holder, Holders};
pub use system::{Camera, list, nodes, probe, used_by};

/// The code of a pixel format, as V4L2 writes it: `YUYV`, `MJPG`, `NV12`, `BGR4` (B, G, R, unused).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FourCc(pub [u8; 4]);

/// One way in which a camera can deliver pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mode {
    /// How the pixels are laid out.
    pub format: FourCc,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The highest number of pictures a second that the driver offers in this mode; 0 if it does
    /// not say.
    pub rate_max: f64,
}

/// A camera that is there, open or not.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraInfo {
    /// The number that `--camera N` takes: that of `/dev/videoN` on Linux, ESCAPI's on Windows.
    pub number: u32,
    /// The device, where the system names it by a path.
    pub path: PathBuf,
    /// What the camera calls itself, made printable.
    pub name: String,
    /// Where it is plugged in, to know it again when it returns under another number.
    pub bus: String,
    /// What it offers; empty when the system does not say, in `Mode` order of the driver.
    pub modes: Vec<Mode>,
}

/// How the samples of a picture stand for brightness and colour. A compressed picture says it
/// itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColorCoding {
    /// Which of its values a sample uses.
    pub range: ColorRange,
    /// What Y, Cb and Cr are made of; without meaning for others.
    pub matrix: ColorMatrix,
}

/// Which of its values a sample uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorRange {
    /// 0–255.
    Full,
    /// Y, red, green and blue 16–235, Cb and Cr 16–240.
    Limited,
}

/// How Y, Cb and Cr are made of red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorMatrix {
    /// ITU-R BT.601: cameras, as a rule.
    Bt601,
    /// ITU-R BT.709: high-definition television, so capture cards.
    Bt709,
}

/// One picture as the driver gave it, valid until the next call on its camera.
#[derive(Clone, Copy)]
pub struct RawPicture<'a> {
    /// How the pixels are laid out.
    pub format: FourCc,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Bytes from one row to the next; 0 for compressed pictures.
    pub stride: u32,
    /// What the driver says, or what is meant when it says nothing.
    pub coding: ColorCoding,
    /// Just the bytes that the driver filled, never more.
    pub bytes: &'a [u8],
    /// When the picture left the driver's queue.
    pub captured_at: Instant,
}

/// What a person wants of a camera. [`Camera::open`] takes the mode that comes nearest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wish {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Pictures a second.
    pub rate: f64,
    /// What gives way when there is no mode with both.
    pub priority: Priority,
}

/// Why there is no picture from a camera. Each says what a person can do.
#[derive(Debug, thiserror::Error)]
pub enum CameraError {
    /// Another program streams from it.
    #[error("camera {0} is busy; close {1}, or choose another with --camera")]
    Busy(String, Holders),
    /// The system does not let us open it.
    #[error("no permission to open camera {0}; {1}")]
    Denied(String, Denial),
    /// None of its formats is one that we can read.
    #[error(
        "camera {0} offers no picture format that ttychat reads; `ttychat --cameras` lists them"
    )]
    FormatUnsupported(String),
    /// It was unplugged or its driver gave up.
    #[error("camera {0} is gone; plug it in again, or choose another with --camera")]
    Gone(String),
    /// A thread of ours, left behind, is in a call of its driver, or in the middle of closing it.
    #[error(
        "camera {0} hangs in its driver; unplug it and plug it in again, or choose another with \
         --camera"
    )]
    Hanging(String),
    /// The driver answered with some other error.
    #[error("camera {0} failed; unplug it and plug it in again, or choose another with --camera")]
    Io(String, #[source] io::Error),
    /// No such camera.
    #[error("there is no camera {0}; `ttychat --cameras` lists those that are there")]
    NotFound(String),
    /// It was started, in this mode or another, and gives nothing.
    #[error(
        "camera {0} gives no pictures; unplug it and plug it in again, or choose another with \
         --camera"
    )]
    Silent(String),
    /// This system has no camera support.
    #[error("cameras are not supported on this system; use --source test or --source FILE")]
    Unsupported,
}

/// Makes a name that a device gives printable: bytes that are no UTF-8 (a driver may cut a name in
/// the middle of a character), control characters and marks of writing direction are replaced or
/// left out, and a name said twice (`HD Webcam: HD Webcam`, often cut short) is said once.
#[cfg_attr(
    not(any(target_os = "linux", windows)),
    expect(dead_code, reason = "no cameras here")
)]
fn printable(name: &str) -> String {
    let hidden = |c: char| {
        matches!(
            c,
            '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{feff}'
        )
    };
    let name: String = name
        .chars()
        .filter(|c| !hidden(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(NAME_CHARS_MAX)
        .collect();
    let name = name.trim();
    match name.split_once(": ") {
        Some((first, second)) if !second.is_empty() && first.starts_with(second) => first.into(),
        _ => name.into(),
    }
}

/// Longest name kept, in characters. V4L2 gives at most 31 bytes, Windows 99.
#[cfg_attr(
    not(any(target_os = "linux", windows)),
    expect(dead_code, reason = "no cameras here")
)]
const NAME_CHARS_MAX: usize = 100;

impl Mode {
    /// Whether the pictures come in the same format and size, at whatever rate.
    pub fn is_alike(&self, other: &Self) -> bool {
        (self.format, self.width, self.height) == (other.format, other.width, other.height)
    }
}

impl CameraInfo {
    /// How a person is told of it: `/dev/video0 (HD Webcam)`, or `0 (HD Webcam)` without a path.
    pub fn label(&self) -> String {
        if self.path.as_os_str().is_empty() {
            format!("{} ({})", self.number, self.name)
        } else {
            format!("{} ({})", self.path.display(), self.name)
        }
    }
}

impl fmt::Display for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            let printable = byte.is_ascii_graphic();
            write!(f, "{}", if printable { char::from(byte) } else { '.' })?;
        }
        Ok(())
    }
}

impl fmt::Debug for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FourCc({self})")
    }
}

impl fmt::Debug for RawPicture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawPicture")
            .field("format", &self.format)
            .field("width", &self.width)
            .field("height", &self.height)
            .field("stride", &self.stride)
            .field("coding", &self.coding)
            .field("len", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// Longest wait of one [`Camera::read`], so that the camera's thread hears of orders in time.
pub const READ_TIMEOUT_MAX: Duration = Duration::from_millis(200);

#[cfg(all(test, any(target_os = "linux", windows)))]
mod tests {
    use super::printable;

    #[test]
    fn names_become_printable() {
        assert_eq!(
            printable("Integrated Camera: Integrated C"),
            "Integrated Camera"
        );
        assert_eq!(
            printable("USB 2.0 Camera: HD Camera"),
            "USB 2.0 Camera: HD Camera"
        );
        assert_eq!(printable(" a\u{1b}[31mb\u{7}\n"), "a [31mb");
        assert_eq!(printable("left\u{202e}right\u{2066}"), "leftright");
        assert_eq!(printable("Kam\u{fffd}ra: "), "Kam\u{fffd}ra:");
        assert_eq!(printable(&"x".repeat(500)).len(), 100);
        assert_eq!(printable("\0"), "");
    }
}
