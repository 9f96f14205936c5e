//! Cameras on Windows: ESCAPI, which asks Media Foundation.
//!
//! ESCAPI gives every picture as B, G, R, unused at exactly the size that was asked, scaled from
//! the nearest size of the camera; it says neither sizes nor rates. It is not made for threads:
//! the first thread that calls this module is the only one that may, until it ends. Ours is the
//! copy in `vendor/escapi`, whose README says what was mended there.
//!
//! Invariant: no index beyond ESCAPI's arrays, no two cameras on one index, no slice of memory that
//! ESCAPI may write to.

mod native;

use super::{
    CameraError, CameraInfo, ColorCoding, ColorMatrix, ColorRange, Control, ControlError,
    ControlKind, Denial, FourCc, Holders, Mode, RawPicture, Wish,
    mode::{self, natural_stride},
    printable,
};
use std::{
    any::Any,
    cell::RefCell,
    io,
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU16, Ordering},
    },
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

/// B, G, R and a byte without meaning for each pixel.
const FORMAT: FourCc = FourCc(*b"BGR4");
/// ESCAPI makes RGB of whatever the camera gives, by BT.601 limited range.
const CODING: ColorCoding = ColorCoding {
    range: ColorRange::Full,
    matrix: ColorMatrix::Bt601,
};
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
/// Time without a picture after which the camera is lost, if ESCAPI has not said so before.
const SILENCE_MAX: Duration = Duration::from_secs(3);
/// Time in which a camera gives its first picture. Some take seconds to adjust themselves.
const START_TIMEOUT: Duration = Duration::from_secs(6);

/// One bit for each index that is open: opening one twice would free the first under our feet.
static OPEN: AtomicU16 = AtomicU16::new(0);
/// The thread that COM was started on by ESCAPI, if it has not ended.
static OWNER: Mutex<Option<ThreadId>> = Mutex::new(None);

thread_local! {
    #[allow(
        clippy::missing_const_for_thread_local,
        reason = "it is const, which the lint does not see where the system has no native ones"
    )]
    static OWNERSHIP: RefCell<Option<Ownership>> = const { RefCell::new(None) };
}

/// Lives as long as the thread that owns the cameras.
struct Ownership {
    thread: ThreadId,
}

/// An open camera that delivers pictures.
pub struct Camera {
    label: String,
    number: u32,
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
    own()?;
    Ok((0..device_count()).map(describe).collect())
}

/// The numbers of the devices that may be cameras, where that is cheap to know; here it is never
/// said: asking Media Foundation that often would be too dear.
pub fn nodes() -> Vec<u32> {
    Vec::new()
}

/// The camera that this thread uses, where that is known: ESCAPI's calls do not say which one
/// hangs.
pub const fn used_by(_thread: ThreadId) -> Option<CameraInfo> {
    None
}

/// For the reason why [`list`] knows nothing of a camera's modes; ESCAPI's are always known.
///
/// # Errors
/// None.
pub const fn probe(_info: &CameraInfo) -> Result<(), CameraError> {
    Ok(())
}

impl Camera {
    /// Opens a camera in the mode that comes nearest to `wish` and starts it. Modes that are like
    /// one of `left_out` are not used: they were started before and gave nothing.
    ///
    /// # Errors
    /// See [`CameraError`]; nothing stays open after an error.
    pub fn open(info: &CameraInfo, wish: Wish, left_out: &[Mode]) -> Result<Self, CameraError> {
        let label = info.label();
        own()?;
        if info.number >= device_count() {
            return Err(CameraError::NotFound(label));
        }
        // Numbers move up when a camera is unplugged; this one may have become another's.
        let present = describe(info.number);
        if (&present.name, &present.bus) != (&info.name, &info.bus) {
            return Err(CameraError::Gone(label));
        }
        let Some(claim) = Claim::new(info.number) else {
            return Err(CameraError::Busy(label, Holders::default()));
        };
        let modes = mode::ranked(&modes(), wish);
        let is_wanted = |mode: &&Mode| !left_out.iter().any(|left_out| left_out.is_alike(mode));
        let mode = modes.iter().find(is_wanted).copied();
        let mode = mode.ok_or_else(|| CameraError::Silent(label.clone()))?;
        let device = init(info.number, mode).map_err(|err| error_of(&label, info.number, err))?;
        Ok(Self {
            label,
            number: info.number,
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
    /// When ESCAPI says that no picture will come any more, or after some seconds without one:
    /// close the camera (drop it) and open it again.
    pub fn read(&mut self, timeout: Duration) -> Result<Option<RawPicture<'_>>, CameraError> {
        let deadline = now() + timeout;
        while !self.try_read() {
            let is_silent = now().duration_since(self.silent_since) > self.silence_max;
            if is_silent || native::failure(self.number).is_some() {
                let err = io::ErrorKind::TimedOut.into();
                return Err(error_of(&self.label, self.number, err));
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
            coding: CODING,
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

impl Drop for Ownership {
    fn drop(&mut self) {
        let mut owner = lock_owner();
        if *owner == Some(self.thread) {
            *owner = None;
        }
    }
}

/// Makes the calling thread the only one that may use cameras, if there is none. ESCAPI starts COM
/// for a single thread and keeps its state in plain globals. A thread that hangs in it was left
/// behind, and has the cameras until it is back and has closed its own.
fn own() -> Result<(), CameraError> {
    let caller = thread::current().id();
    let owner = *lock_owner().get_or_insert(caller);
    if owner != caller {
        return Err(CameraError::Hanging("that was used last".to_owned()));
    }
    let is_known = OWNERSHIP.with_borrow(Option::is_some);
    if !is_known {
        OWNERSHIP.set(Some(Ownership { thread: caller }));
    }
    Ok(())
}

/// Nothing that panics is done under the lock.
fn lock_owner() -> MutexGuard<'static, Option<ThreadId>> {
    OWNER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// ESCAPI's arrays have [`native::DEVICES_MAX`] places, and it checks for one more.
fn device_count() -> u32 {
    // It returns the C int as it came, so that an error would be a huge count.
    u32::try_from(escapi::num_devices()).map_or(0, |count| count.min(native::DEVICES_MAX))
}

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
        bus: instance(&native::device_link(number)),
        modes: modes(),
    }
}

/// The device's instance, as the device manager shows it, out of a link: for
/// `\\?\usb#vid_046d&pid_0825&mi_00#6&2c5b4a8&0&0000#{e5323777-…}\global` it is
/// `usb\vid_046d&pid_0825&mi_00\6&2c5b4a8&0&0000`.
fn instance(link: &str) -> String {
    let path = link.strip_prefix(r"\\?\").unwrap_or(link);
    let id = path.split_once("#{").map_or(path, |(id, _class)| id);
    printable(&id.replace('#', r"\"))
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

/// Why there is no picture. What Windows told ESCAPI says more than what its binding makes of it,
/// and more than that nothing came.
fn error_of(label: &str, number: u32, err: io::Error) -> CameraError {
    let label = label.to_owned();
    match native::failure(number) {
        Some(native::ACCESS_DENIED) => CameraError::Denied(label, Denial::Privacy),
        Some(native::IN_USE | native::TAKEN_AWAY | native::SHARING_VIOLATION) => {
            CameraError::Busy(label, Holders::default())
        }
        Some(native::UNPLUGGED | native::NOT_CONNECTED | native::NO_SUCH_INDEX) => {
            CameraError::Gone(label)
        }
        Some(native::NO_TYPE) => CameraError::FormatUnsupported(label),
        Some(code) => {
            let message = format!("Windows says error {code:#010x}");
            CameraError::Io(label, io::Error::other(message))
        }
        None if err.kind() == io::ErrorKind::TimedOut => CameraError::Gone(label),
        None => CameraError::Io(label, err),
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
