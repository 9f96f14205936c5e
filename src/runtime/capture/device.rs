//! A camera that is kept: found, opened, watched, and opened again by itself when it fails.
//!
//! It does not know what becomes of the pictures. Invariant: at most one camera is open, and none
//! while it waits for the next try.

use super::{controls::Controls, finder::Finder};
use crate::{
    app::{CaptureReport, ControlOrder},
    media::PixelSize,
    runtime::clock,
};
use std::{
    error::Error,
    mem,
    time::{Duration, Instant},
};
use ttychat_platform::camera::{
    self, Camera, CameraError, CameraInfo, Mode, Priority, RawPicture, Wish,
};

/// Wait before the first try after a failure; doubled each time.
const RETRY_MIN: Duration = Duration::from_millis(500);
/// Longest wait between tries: what a person waits after plugging a camera in.
const RETRY_MAX: Duration = Duration::from_secs(5);
/// How often a camera that is waited for is looked for: without touching devices, it costs nothing.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);
/// Wait between the appearance of a device and the try: the system sets its permissions first.
const SETTLE_TIME: Duration = Duration::from_millis(300);
/// Time without a good picture after which a camera is taken for frozen. Slow ones take two
/// seconds to give their first.
const SILENCE_MAX: Duration = Duration::from_secs(3);
/// Longest wait for a picture, so that orders are heard.
const READ_TIMEOUT: Duration = Duration::from_millis(100);
/// The size wished for when nobody asks for one: plenty for a terminal, and the one that cameras
/// do uncompressed at 30 a second.
const SIZE_DEFAULT: PixelSize = PixelSize::new(640, 480);

/// A camera that is wanted.
#[derive(Debug)]
pub(super) struct Device {
    number: Option<u32>,
    resolution: Option<PixelSize>,
    wish: Wish,
    state: State,
    retry_interval: Duration,
    /// The failure that was reported last, to say each only once.
    failure: Option<CaptureReport>,
    /// Pictures that were skipped since the count was taken.
    broken_count: u64,
}

#[derive(Debug)]
enum State {
    Open(Box<Open>),
    Waiting(Waiting),
}

#[derive(Debug)]
struct Open {
    camera: Camera,
    info: CameraInfo,
    silent_since: Instant,
    has_started: bool,
    controls: Controls,
}

/// A camera that is not there, or not for us, until the next try.
#[derive(Debug)]
struct Waiting {
    retry_at: Instant,
    /// When to look whether something was plugged in or out meanwhile.
    look_at: Instant,
    /// The devices that were there.
    nodes: Vec<u32>,
}

/// Why there is no picture.
#[derive(Debug)]
struct Failure {
    message: String,
    is_missing: bool,
}

/// What became of a picture that the camera gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Broken,
    Good,
}

impl Device {
    /// Not yet open; the first turn opens it.
    pub(super) fn new(
        number: Option<u32>,
        resolution: Option<PixelSize>,
        rate: f64,
        now: Instant,
    ) -> Self {
        let PixelSize { width, height } = resolution.unwrap_or(SIZE_DEFAULT);
        let priority = if resolution.is_some() {
            Priority::Size
        } else {
            Priority::Rate
        };
        Self {
            number,
            resolution,
            wish: Wish {
                width,
                height,
                rate,
                priority,
            },
            state: State::Waiting(Waiting {
                retry_at: now,
                look_at: now,
                nodes: Vec::new(),
            }),
            retry_interval: RETRY_MIN,
            failure: None,
            broken_count: 0,
        }
    }

    /// How many pictures the camera gave since this was asked last that could not be used.
    pub(super) const fn take_broken_count(&mut self) -> u64 {
        mem::replace(&mut self.broken_count, 0)
    }

    /// Whether it gives what this order wants as it is, or would when it is found.
    pub(super) fn serves(
        &self,
        number: Option<u32>,
        resolution: Option<PixelSize>,
        rate: f64,
    ) -> bool {
        (number, resolution) == (self.number, self.resolution) && rate <= self.wish.rate
    }

    /// When the next turn is due: in the past while the camera is open, since its pictures are
    /// waited for in the turn.
    pub(super) fn due_at(&self, now: Instant) -> Instant {
        match &self.state {
            State::Open(_) => now,
            State::Waiting(waiting) => waiting.retry_at.min(waiting.look_at),
        }
    }

    /// Opens the camera, or waits a little for a picture, which goes to `judge`. What there is to
    /// say is given back.
    pub(super) fn turn(
        &mut self,
        finder: &mut Finder,
        judge: impl FnOnce(&RawPicture<'_>) -> Verdict,
    ) -> Option<CaptureReport> {
        let open = match &mut self.state {
            State::Open(open) => open,
            State::Waiting(waiting) => {
                let now = clock::instant();
                if now < waiting.retry_at {
                    if waiting.has_news(now) {
                        self.retry_interval = RETRY_MIN;
                    }
                    return None;
                }
                return match self.open(finder) {
                    Ok(open) => {
                        self.state = State::Open(Box::new(open));
                        None
                    }
                    Err(failure) => self.fail(finder, failure),
                };
            }
        };
        let verdict = match open.camera.read(READ_TIMEOUT) {
            Ok(Some(picture)) => {
                let verdict = judge(&picture);
                self.broken_count += u64::from(verdict == Verdict::Broken);
                verdict
            }
            Ok(None) => Verdict::Broken,
            Err(err) => return self.fail(finder, err.into()),
        };
        self.broken_count += open.camera.take_broken_count();
        let now = clock::instant();
        if verdict == Verdict::Good {
            open.silent_since = now;
            if !mem::replace(&mut open.has_started, true) {
                let report = open.started();
                self.retry_interval = RETRY_MIN;
                self.failure = None;
                return Some(report);
            }
        } else if now.duration_since(open.silent_since) > SILENCE_MAX {
            let message = format!(
                "camera {} gives no pictures; unplug it and plug it in again, or choose another \
                 with --camera",
                open.info.label()
            );
            return self.fail(
                finder,
                Failure {
                    message,
                    is_missing: false,
                },
            );
        }
        None
    }

    /// Carries out what is wanted of the open camera's controls. What there is to say is given
    /// back.
    pub(super) fn settle_controls(&mut self, order: &ControlOrder) -> Vec<CaptureReport> {
        let State::Open(open) = &mut self.state else {
            return Vec::new();
        };
        let (controls, has_started) = (&mut open.controls, open.has_started);
        controls.settle(&mut open.camera, &open.info, order, has_started)
    }

    fn open(&self, finder: &mut Finder) -> Result<Open, Failure> {
        let cameras = camera::list()?;
        if cameras.is_empty() && finder.known(self.number).is_none() {
            let message = "there is no camera; plug one in, or use --source test or --source FILE";
            return Err(Failure {
                message: message.into(),
                is_missing: true,
            });
        }
        let info = finder.find(self.number, &cameras)?;
        finder.remember(self.number, info.clone());
        let camera = Camera::open(&info, self.wish)?;
        Ok(Open {
            camera,
            info,
            silent_since: clock::instant(),
            has_started: false,
            controls: Controls::default(),
        })
    }

    /// Closes the camera until the next try. The same failure again is not said again.
    fn fail(&mut self, finder: &Finder, failure: Failure) -> Option<CaptureReport> {
        let now = clock::instant();
        self.state = State::Waiting(Waiting {
            retry_at: now + self.retry_interval,
            look_at: now + LOOK_INTERVAL,
            nodes: camera::nodes(),
        });
        self.retry_interval = (self.retry_interval * 2).min(RETRY_MAX);
        let number = finder
            .known(self.number)
            .map(|info| info.number)
            .or(self.number);
        let Failure {
            message,
            is_missing: missing,
        } = failure;
        let report = CaptureReport::Failed {
            number,
            missing,
            message,
        };
        let is_new = self.failure.as_ref() != Some(&report);
        is_new.then(|| self.failure.insert(report).clone())
    }
}

impl Waiting {
    /// Whether something was plugged in or out; then the next try comes soon.
    fn has_news(&mut self, now: Instant) -> bool {
        self.look_at = now + LOOK_INTERVAL;
        let nodes = camera::nodes();
        if nodes == self.nodes {
            return false;
        }
        self.nodes = nodes;
        self.retry_at = self.retry_at.min(now + SETTLE_TIME);
        true
    }
}

impl Open {
    fn started(&self) -> CaptureReport {
        let Mode {
            format,
            width,
            height,
            rate_max,
        } = self.camera.mode();
        let name = &self.info.name;
        let digits = usize::from((0.05..0.95).contains(&rate_max.fract()));
        let rate = if rate_max > 0.0 {
            format!(" at {rate_max:.digits$}")
        } else {
            String::new()
        };
        let description = format!("{name} {width}x{height} {format}{rate}");
        let (number, size) = (Some(self.info.number), PixelSize::new(width, height));
        CaptureReport::Started {
            number,
            description,
            size,
        }
    }
}

impl From<CameraError> for Failure {
    /// The error and what the system said, as one sentence.
    fn from(err: CameraError) -> Self {
        let is_missing = matches!(err, CameraError::Unsupported);
        let message = match err.source() {
            Some(source) => format!("{err}: {source}"),
            None => err.to_string(),
        };
        Self {
            message,
            is_missing,
        }
    }
}
