//! Cameras on Windows: ESCAPI, which asks Media Foundation.
//!
//! ESCAPI gives every picture as B, G, R, unused at exactly the size that was asked, scaled from
//! the nearest size of the camera; it says neither sizes nor rates. It is not made for threads:
//! the first thread that calls this module is the only one that may.
//!
//! Invariant: no index beyond ESCAPI's arrays, no two cameras on one index, no slice of memory that
//! ESCAPI may write to.

mod native;

use super::{
    CameraError, CameraInfo, Control, ControlError, ControlKind, FourCc, Mode, RawPicture, Wish,
    mode::{self, natural_stride},
    printable,
};
use std::{
    any::Any,
    io,
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicU16, Ordering},
    },
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

/// B, G, R and a byte without meaning for each pixel.
const FORMAT: FourCc = FourCc(*b"BGR4");
/// The sizes offered: ESCAPI scales to any, without smoothing, so few and usual ones are best.
/// It cannot read MJPEG, so that larger sizes come slowly from most cameras.
const SIZES: [(u32, u32); 5] = [
    (320, 240),
    (640, 360),
    (640, 480),
    (1280, 720),
    (1920, 1080),
];
/// ESCAPI asks whether a picture is there this often a second, and gives up after ten times: it
/// is no rate. The most it takes, for the least delay.
const POLLS_PER_SECOND: u64 = 100;
/// Time without a picture after which the camera is lost: ESCAPI never says so itself.
const SILENCE_MAX: Duration = Duration::from_secs(3);
/// Time in which a camera gives its first picture. Some take seconds to adjust themselves.
const START_TIMEOUT: Duration = Duration::from_secs(6);

/// One bit for each index that is open: opening one twice would free the first under our feet.
static OPEN: AtomicU16 = AtomicU16::new(0);
/// The thread that COM was started on by ESCAPI.
static OWNER: OnceLock<ThreadId> = OnceLock::new();

/// An open camera that delivers pictures.
pub struct Camera {
    label: String,
    mode: Mode,
    /// The picture last read, copied out of ESCAPI's memory.
    bytes: Vec<u8>,
    silent_since: Instant,
    silence_max: Duration,
    // Dropped in this order: the device is let go before its index may be opened again.
    device: escapi::Device,
    _claim: Claim,
}

/// An index that nobody else may open.
struct Claim {
    bit: u16,
}

/// Lists the cameras that can capture, by number. Opens none of them.
///
/// # Errors
/// When another thread owns the cameras; an empty list is not an error.
pub fn list() -> Result<Vec<CameraInfo>, CameraError> {
    own("list")?;
    Ok((0..device_count()).map(describe).collect())
}

/// The numbers of the devices that may be cameras, where that is cheap to know; here it is never
/// said: asking Media Foundation that often would be too dear.
pub fn nodes() -> Vec<u32> {
    Vec::new()
}

impl Camera {
    /// Opens a camera in the mode that comes nearest to `wish` and starts it.
    ///
    /// # Errors
    /// See [`CameraError`]; nothing stays open after an error.
    pub fn open(info: &CameraInfo, wish: Wish) -> Result<Self, CameraError> {
        let label = info.label();
        own(&label)?;
        if info.number >= device_count() {
            return Err(CameraError::NotFound(label));
        }
        let Some(claim) = Claim::new(info.number) else {
            return Err(CameraError::Busy(label));
        };
        let modes = mode::ranked(&modes(), wish);
        let mode = *modes
            .first()
            .ok_or_else(|| CameraError::FormatUnsupported(label.clone()))?;
        let device = init(info.number, mode).map_err(|err| CameraError::Io(label.clone(), err))?;
        Ok(Self {
            label,
            mode,
            bytes: Vec::new(),
            silent_since: now(),
            silence_max: START_TIMEOUT,
            device,
            _claim: claim,
        })
    }

    /// Waits about `timeout` (at least the 100 ms of one try) for a picture. `None` when none came
    /// in time.
    ///
    /// # Errors
    /// [`CameraError::Gone`] after some seconds without a picture: close the camera (drop it) and
    /// open it again.
    pub fn read(&mut self, timeout: Duration) -> Result<Option<RawPicture<'_>>, CameraError> {
        let deadline = now() + timeout;
        while !self.try_read() {
            if now().duration_since(self.silent_since) > self.silence_max {
                return Err(CameraError::Gone(self.label.clone()));
            }
            if now() >= deadline {
                return Ok(None);
            }
        }
        let captured_at = now();
        self.silent_since = captured_at;
        self.silence_max = SILENCE_MAX;
        let Mode {
            format,
            width,
            height,
            rate_max: _,
        } = self.mode;
        Ok(Some(RawPicture {
            format,
            width,
            height,
            stride: natural_stride(format, width),
            bytes: &self.bytes,
            captured_at,
        }))
    }

    /// How many pictures came damaged since this was asked last: ESCAPI never says.
    pub const fn take_broken_count(&mut self) -> u64 {
        0
    }

    /// The control of this kind as it is now: none. ESCAPI tells neither the range nor the steps
    /// nor the default of its properties, so that a small range could not be walked through and
    /// nothing be put back.
    pub const fn control(&self, _kind: ControlKind) -> Option<Control> {
        None
    }

    /// Sets a control: there is none.
    ///
    /// # Errors
    /// Always [`ControlError::NotFound`].
    pub const fn set_control(
        &mut self,
        _kind: ControlKind,
        _value: i32,
    ) -> Result<(), ControlError> {
        Err(ControlError::NotFound)
    }

    /// What was granted. ESCAPI does not say the rate.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether a picture came; it is then in `bytes`. After a time-out the request stays armed, so
    /// that the next try gets the picture. ESCAPI writes to its memory only between a request and
    /// its fulfilment, so the copy is made before the next request.
    fn try_read(&mut self) -> bool {
        let Ok(filled) = self.device.capture() else {
            return false;
        };
        self.bytes.clear();
        self.bytes.extend_from_slice(filled);
        true
    }
}

impl std::fmt::Debug for Camera {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Camera")
            .field("label", &self.label)
            .finish_non_exhaustive()
    }
}

impl Drop for Camera {
    /// ESCAPI frees the object that Media Foundation calls back without asking for an end first.
    /// Just after a picture the next call is a whole picture's time away: that is when to do it.
    fn drop(&mut self) {
        drop(self.device.capture());
    }
}

impl Claim {
    fn new(index: u32) -> Option<Self> {
        let bit = 1_u16.checked_shl(index)?;
        let is_free = OPEN.fetch_or(bit, Ordering::AcqRel) & bit == 0;
        is_free.then_some(Self { bit })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        OPEN.fetch_and(!self.bit, Ordering::AcqRel);
    }
}

/// Makes the calling thread the only one that may use cameras, if none is yet. ESCAPI starts COM
/// for a single thread and keeps its state in plain globals.
fn own(what: &str) -> Result<(), CameraError> {
    let caller = thread::current().id();
    if *OWNER.get_or_init(|| caller) == caller {
        Ok(())
    } else {
        let err = io::Error::other("cameras are used by another thread");
        Err(CameraError::Io(what.to_owned(), err))
    }
}

/// ESCAPI's arrays have [`native::DEVICES_MAX`] places, and it checks for one more.
fn device_count() -> u32 {
    // It returns the C int as it came, so that an error would be a huge count.
    u32::try_from(escapi::num_devices()).map_or(0, |count| count.min(native::DEVICES_MAX))
}

/// There is no name of the plug: the same name is taken for the same camera.
fn describe(number: u32) -> CameraInfo {
    let name = printable(&native::device_name(number));
    let name = if name.is_empty() {
        format!("camera {number}")
    } else {
        name
    };
    CameraInfo {
        number,
        path: PathBuf::new(),
        name,
        bus: String::new(),
        modes: modes(),
    }
}

fn modes() -> Vec<Mode> {
    SIZES
        .iter()
        .map(|&(width, height)| Mode {
            format: FORMAT,
            width,
            height,
            rate_max: 0.0,
        })
        .collect()
}

/// Opens a device. ESCAPI's binding asserts what is no bug of ours, so that a panic is an error.
fn init(number: u32, mode: Mode) -> io::Result<escapi::Device> {
    let index = usize::try_from(number).map_err(io::Error::other)?;
    let open = || escapi::init(index, mode.width, mode.height, POLLS_PER_SECOND);
    match panic::catch_unwind(AssertUnwindSafe(open)) {
        Ok(Ok(device)) => Ok(device),
        Ok(Err(err)) => Err(io::Error::other(err.to_string())),
        Err(panicked) => {
            // The device is open and the memory that it was given is freed; nothing was asked of
            // it yet, so that it has not written there.
            native::close(number);
            Err(io::Error::other(message_of(panicked.as_ref())))
        }
    }
}

fn message_of(panicked: &(dyn Any + Send)) -> String {
    let message = panicked.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| panicked.downcast_ref::<&str>().copied());
    message.unwrap_or("the camera library gave up").to_owned()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this module waits for the world and stamps pictures"
)]
fn now() -> Instant {
    Instant::now()
}
