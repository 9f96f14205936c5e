//! Cameras on Linux: V4L2, single-planar capture with mapped buffers.
//!
//! It does not know pixels or people's settings. Of the crate `v4l` only the raw layer is used
//! (structures and ioctl numbers); its device and stream types panic on what real devices say.
//!
//! Invariant: every wait is bounded, and dropping a [`Camera`] gives the device back.

mod answer;
mod claim;
mod control;
mod denial;
mod holder;
mod kernel;
mod offer;
mod queue;
#[cfg(test)]
mod tests;

use super::{
    CameraError, CameraInfo, ColorCoding, Control, ControlError, ControlKind, Mode, RawPicture,
    Wish, mode, mode::is_readable, printable,
};
use answer::Granted;
use claim::Claim;
use kernel::Node;
use queue::Queue;
use rustix::io::Errno;
use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    thread::ThreadId,
    time::Duration,
};
use v4l::v4l_sys as sys;

/// Where the kernel names its video devices.
const CLASS: &str = "/sys/class/video4linux";
/// Most nodes looked at; V4L2 itself allows 256.
const NODES_MAX: usize = 256;
/// Most modes that are tried before a camera is given up.
const ATTEMPTS_MAX: usize = 6;
/// Largest picture that is taken from a driver, in either direction.
const SIDE_MAX: u32 = 8192;

/// An open camera that delivers pictures.
#[derive(Debug)]
pub struct Camera {
    label: String,
    path: PathBuf,
    mode: Mode,
    /// In bytes; 0 for compressed pictures.
    stride: u32,
    coding: ColorCoding,
    queue: Queue,
    /// Dropped after the device was given back.
    _claim: Claim,
}

/// What [`Camera`] has of a device that was started.
struct Started {
    mode: Mode,
    stride: u32,
    coding: ColorCoding,
    queue: Queue,
}

/// Lists the cameras that can capture, by number. Opens none of them for streaming. One that
/// cannot be looked at (permission, another program, a call of another thread that hangs in its
/// driver) is listed all the same, so that opening it can say why.
///
/// # Errors
/// When the system cannot say; an empty list is not an error.
pub fn list() -> Result<Vec<CameraInfo>, CameraError> {
    let numbers = all_numbers().map_err(|err| CameraError::Io("list".into(), err))?;
    Ok(numbers
        .into_iter()
        .take(NODES_MAX)
        .filter_map(describe)
        .collect())
}

/// The numbers of the devices that may be cameras, in order, without touching them: cheap enough
/// to see every half second whether one was plugged in.
pub fn nodes() -> Vec<u32> {
    all_numbers().unwrap_or_default()
}

/// The camera that this thread uses, or makes a call to, of all cameras the last: where it hangs,
/// if it does.
pub fn used_by(thread: ThreadId) -> Option<CameraInfo> {
    claim::used_by(thread)
}

/// Opens a camera's device and closes it again, without using it, for the reason why
/// [`list`] knows nothing of its modes.
///
/// # Errors
/// See [`CameraError`].
pub fn probe(info: &CameraInfo) -> Result<(), CameraError> {
    let opened = Node::open(&info.path);
    opened
        .map(drop)
        .map_err(|err| error_of(&info.label(), &info.path, err))
}

impl Camera {
    /// Opens a camera in the mode that comes nearest to `wish` and starts it. Modes that are like
    /// one of `left_out` are not used: they were started before and gave nothing.
    ///
    /// # Errors
    /// See [`CameraError`]; nothing stays open after an error.
    pub fn open(info: &CameraInfo, wish: Wish, left_out: &[Mode]) -> Result<Self, CameraError> {
        let label = info.label();
        let fail = |err| error_of(&label, &info.path, err);
        let Some(claim) = Claim::new(info) else {
            return Err(CameraError::Hanging(label));
        };
        let node = Node::open(&info.path).map_err(fail)?;
        // Asked again: with another program or another input the offers change.
        let mut modes = mode::ranked(&offer::modes(&node), wish);
        drop(node);
        if modes.is_empty() {
            return Err(CameraError::FormatUnsupported(label));
        }
        let is_wanted = |mode: &Mode| !left_out.iter().any(|left_out| left_out.is_alike(mode));
        modes.retain(is_wanted);
        let mut last_error = None;
        // First only what comes out as it was asked for, then whatever can be read.
        for is_exact in [true, false] {
            for mode in modes.iter().take(ATTEMPTS_MAX) {
                let is_wanted =
                    |granted: &Mode| is_wanted(granted) && (!is_exact || granted.is_alike(mode));
                match start(&info.path, *mode, wish.rate, is_wanted) {
                    Ok(Some(started)) => {
                        return Ok(Self {
                            label,
                            path: info.path.clone(),
                            mode: started.mode,
                            stride: started.stride,
                            coding: started.coding,
                            queue: started.queue,
                            _claim: claim,
                        });
                    }
                    Ok(None) => {}
                    Err(err) if is_final(&err) => return Err(fail(err)),
                    // Such as ENOSPC (no room on the USB bus) or EINVAL: another mode may do.
                    Err(err) => last_error = Some(err),
                }
            }
        }
        Err(match last_error {
            Some(err) => fail(err),
            None if left_out.is_empty() => CameraError::FormatUnsupported(label),
            None => CameraError::Silent(label),
        })
    }

    /// Waits at most `timeout` for a picture and gives the newest one that the driver has; older
    /// ones are dropped. `None` when none came in time, or when it was marked broken.
    ///
    /// # Errors
    /// [`CameraError::Gone`] or [`CameraError::Io`]: close the camera (drop it) and open it again.
    pub fn read(&mut self, timeout: Duration) -> Result<Option<RawPicture<'_>>, CameraError> {
        let Mode {
            format,
            width,
            height,
            rate_max: _,
        } = self.mode;
        let (stride, coding) = (self.stride, self.coding);
        let len = mode::picture_len(format, (width, height), stride);
        let is_whole = |bytes: &[u8]| match len {
            Some(len) => bytes.len() >= len,
            None => bytes.starts_with(&[0xff, 0xd8]),
        };
        let picture = self.queue.newest(kernel::now() + timeout, is_whole);
        let picture = picture.map_err(|err| error_of(&self.label, &self.path, err))?;
        Ok(picture.map(|(bytes, captured_at)| RawPicture {
            format,
            width,
            height,
            stride,
            coding,
            bytes,
            captured_at,
        }))
    }

    /// How many pictures the driver gave since this was asked last that were marked broken, empty
    /// or cut short; [`Self::read`] skipped them.
    pub fn take_broken_count(&mut self) -> u64 {
        self.queue.take_broken_count()
    }

    /// The control of this kind as it is now, if the camera has it.
    pub fn control(&self, kind: ControlKind) -> Option<Control> {
        control::read(self.queue.node(), kind)
    }

    /// Sets a control; the driver may take another value that is near. What others are then, and
    /// which are active, is to be read again.
    ///
    /// # Errors
    /// [`ControlError`]; the camera goes on.
    pub fn set_control(&mut self, kind: ControlKind, value: i32) -> Result<(), ControlError> {
        control::write(self.queue.node(), kind, value)
    }

    /// What the driver granted; `rate_max` is the rate that it was set to.
    pub fn mode(&self) -> Mode {
        self.mode
    }
}

/// Sets a device to `mode` and starts it; `None` when the driver makes something else of it that
/// is not wanted.
fn start(
    path: &Path,
    mode: Mode,
    rate: f64,
    is_wanted: impl Fn(&Mode) -> bool,
) -> io::Result<Option<Started>> {
    let node = Node::open(path)?;
    offer::uncrop(&node);
    let granted = node.set_format(mode.format, (mode.width, mode.height))?;
    let Granted {
        format,
        width,
        height,
        stride,
        coding,
    } = offer::fill(&node, granted)?;
    let mut granted = Mode {
        format,
        width,
        height,
        rate_max: mode.rate_max,
    };
    let is_sane = (1..=SIDE_MAX).contains(&width) && (1..=SIDE_MAX).contains(&height);
    if !is_sane || !is_readable(format) || !is_wanted(&granted) {
        return Ok(None);
    }
    // Only before the stream starts: later it is refused. Drivers without rates refuse it always.
    match node.set_interval(offer::interval_for(&node, granted, rate)) {
        Ok(interval) => granted.rate_max = interval.rate().unwrap_or(mode.rate_max),
        Err(err) if is_final(&err) => return Err(err),
        Err(_) => {}
    }
    let (columns, stride) = mode::rows(format, width, stride);
    granted.width = columns;
    let queue = Queue::start(node)?;
    Ok(Some(Started {
        mode: granted,
        stride,
        coding,
        queue,
    }))
}

fn all_numbers() -> io::Result<Vec<u32>> {
    match node_numbers(Path::new(CLASS)) {
        // A container may have the devices and not the list of them.
        Err(err) if err.kind() == io::ErrorKind::NotFound => node_numbers(Path::new("/dev")),
        result => result,
    }
}

/// The numbers N of the entries `videoN` of a folder, in order.
fn node_numbers(folder: &Path) -> io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)?.take(4096) {
        let name = entry?.file_name();
        numbers.extend(name.to_str().and_then(number_of));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// `video12` → 12. Written back it must be the same, so that no two entries share a number.
fn number_of(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("video")?;
    let number: u32 = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}

/// What is known of `/dev/videoN`; `None` when it is no camera.
fn describe(number: u32) -> Option<CameraInfo> {
    let path = PathBuf::from(format!("/dev/video{number}"));
    match claim::held_elsewhere(&path) {
        Some(known) if known.modes.is_empty() => return describe_hidden(number, path),
        Some(known) => return Some(known),
        None => {}
    }
    let known = CameraInfo {
        number,
        path: path.clone(),
        name: format!("camera {number}"),
        bus: String::new(),
        modes: Vec::new(),
    };
    let Some(_claim) = Claim::new(&known) else {
        return describe_hidden(number, path);
    };
    let node = match Node::open(&path) {
        Ok(node) => node,
        Err(err) if is_hidden(&err) => return describe_hidden(number, path),
        Err(_) => return None,
    };
    let capabilities = node.capabilities().ok()?;
    if !is_camera(capabilities.flags) {
        return None;
    }
    let (name, bus) = (text(&capabilities.card), text(&capabilities.bus));
    Some(CameraInfo {
        number,
        path,
        name,
        bus,
        modes: offer::modes(&node),
    })
}

/// A node that cannot be opened, from what sysfs says. The first node of a device is the one for
/// pictures; a USB camera's second is for metadata.
fn describe_hidden(number: u32, path: PathBuf) -> Option<CameraInfo> {
    let folder = Path::new(CLASS).join(format!("video{number}"));
    let attribute = |name| read_attribute(&folder.join(name));
    if attribute("index").is_some_and(|index| index != "0") {
        return None;
    }
    let device = fs::canonicalize(folder.join("device")).ok();
    let bus = device
        .as_deref()
        .and_then(Path::file_name)
        .map(OsStr::to_string_lossy);
    let bus = bus.as_deref().map(printable).unwrap_or_default();
    let name = attribute("name").unwrap_or_else(|| format!("camera {number}"));
    Some(CameraInfo {
        number,
        path,
        name,
        bus,
        modes: Vec::new(),
    })
}

fn read_attribute(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(256)
        .read_to_end(&mut bytes)
        .ok()?;
    Some(text(&bytes))
}

/// What a driver says in bytes, which may be cut in the middle of a character.
fn text(bytes: &[u8]) -> String {
    printable(&String::from_utf8_lossy(bytes))
}

/// Single-planar capture with buffers, and not a converter from memory to memory. The metadata
/// node of a USB camera says neither of its own, whatever its device says as a whole.
fn is_camera(flags: u32) -> bool {
    let needed = sys::V4L2_CAP_VIDEO_CAPTURE | sys::V4L2_CAP_STREAMING;
    let refused = sys::V4L2_CAP_VIDEO_OUTPUT | sys::V4L2_CAP_VIDEO_M2M;
    flags & needed == needed && flags & refused == 0
}

/// The device is there, but not for us, or not now.
fn is_hidden(err: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(err),
        Some(Errno::ACCESS | Errno::PERM | Errno::BUSY)
    )
}

/// Another mode would fail in the same way.
fn is_final(err: &io::Error) -> bool {
    let is_gone = matches!(
        Errno::from_io_error(err),
        Some(Errno::NODEV | Errno::NXIO | Errno::NOENT | Errno::MFILE | Errno::NFILE)
    );
    is_gone || is_hidden(err)
}

fn error_of(label: &str, path: &Path, err: io::Error) -> CameraError {
    let label = label.to_owned();
    match Errno::from_io_error(&err) {
        Some(Errno::BUSY) => CameraError::Busy(label, holder::holders(path)),
        Some(Errno::ACCESS | Errno::PERM) => CameraError::Denied(label, denial::denial(path, &err)),
        Some(Errno::NODEV | Errno::NXIO) => CameraError::Gone(label),
        Some(Errno::NOENT) => CameraError::NotFound(label),
        _ => CameraError::Io(label, err),
    }
}
