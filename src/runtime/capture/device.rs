//! A camera that is kept: found, opened, watched, and opened again by itself when it fails.
//!
//! A mode that never gave a picture is left out, and the next one is tried. One that did, and then
//! falls silent, is a frozen camera: it is opened again in the same mode, after growing waits.
//!
//! It does not know what becomes of the pictures. Invariant: at most one camera is open, and none
//! while it waits for the next try; between two tries of a camera there is a wait, or the time in
//! which a mode was given its chance.

use super::{
    controls::{Adjustable, Controls},
    driver::{Driver, Failure, FailureKind, Stream, System},
    finder::Finder,
};
use crate::{
    app::{CaptureReport, ControlOrder},
    media::PixelSize,
};
use std::{
    mem,
    time::{Duration, Instant},
};
use ttychat_platform::camera::{CameraError, CameraInfo, Mode, Priority, RawPicture, Wish};

/// Wait before the first try after a failure; doubled each time.
const RETRY_MIN: Duration = Duration::from_millis(500);
/// Longest wait between tries: what a person waits after plugging a camera in.
const RETRY_MAX: Duration = Duration::from_secs(5);
/// How often a camera that is waited for is looked for: without touching devices, it costs nothing.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);
/// Wait between the appearance of a device and the try: the system sets its permissions first.
const SETTLE_TIME: Duration = Duration::from_millis(300);
/// How often a camera is tried that a thread left behind may be about to close.
const HANGING_RETRY_INTERVAL: Duration = Duration::from_millis(250);
/// How long that is not spoken of: a slow camera may only have been interrupted while it opened.
const HANGING_TOLD_AFTER: Duration = Duration::from_secs(2);
/// Time without a good picture after which a camera is taken for frozen, or a mode for one that
/// gives none. Slow cameras take two seconds to give their first.
const SILENCE_MAX: Duration = Duration::from_secs(3);
/// Longest wait for a picture, so that orders are heard.
const READ_TIMEOUT: Duration = Duration::from_millis(100);
/// The size wished for when nobody asks for one: plenty for a terminal, and the one that cameras
/// do uncompressed at 30 a second.
const SIZE_DEFAULT: PixelSize = PixelSize::new(640, 480);

/// A camera that is wanted.
#[derive(Debug)]
pub(super) struct Device<D: Driver = System> {
    driver: D,
    number: Option<u32>,
    resolution: Option<PixelSize>,
    wish: Wish,
    state: State<D::Camera>,
    retry_interval: Duration,
    /// Since when the camera is found to be in the hands of a thread that was left behind.
    hanging_since: Option<Instant>,
    /// The mode that gave pictures last, and of which camera.
    proven: Option<(CameraInfo, Mode)>,
    /// The failure that was reported last, to say each only once.
    failure: Option<CaptureReport>,
    /// Pictures that were skipped since the count was taken.
    broken_count: u64,
}

#[derive(Debug)]
enum State<C> {
    Open(Box<Open<C>>),
    Waiting(Waiting),
}

#[derive(Debug)]
struct Open<C> {
    camera: C,
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

/// What became of a picture that the camera gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Broken,
    Good,
}

impl<D: Driver<Camera: Adjustable>> Device<D> {
    /// Carries out what is wanted of the open camera's controls. What there is to say is given
    /// back.
    pub(super) fn settle_controls(&mut self, order: &ControlOrder) -> Vec<CaptureReport> {
        let State::Open(open) = &mut self.state else {
            return Vec::new();
        };
        let (controls, has_started) = (&mut open.controls, open.has_started);
        controls.settle(&mut open.camera, &open.info, order, has_started)
    }
}

impl<D: Driver> Device<D> {
    /// Not yet open; the first turn opens it.
    pub(super) fn new(
        driver: D,
        number: Option<u32>,
        resolution: Option<PixelSize>,
        rate: f64,
    ) -> Self {
        let now = driver.now();
        let PixelSize { width, height } = resolution.unwrap_or(SIZE_DEFAULT);
        let priority = if resolution.is_some() {
            Priority::Size
        } else {
            Priority::Rate
        };
        Self {
            driver,
            number,
            resolution,
            wish: Wish {
                width,
                height,
                rate,
                priority,
            },
            state: State::Waiting(Waiting::new(now, now, Vec::new())),
            retry_interval: RETRY_MIN,
            hanging_since: None,
            proven: None,
            failure: None,
            broken_count: 0,
        }
    }

    pub(super) const fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
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
        finder: &Finder,
        judge: impl FnOnce(&RawPicture<'_>) -> Verdict,
    ) -> Option<CaptureReport> {
        let open = match &mut self.state {
            State::Open(open) => open,
            State::Waiting(waiting) => {
                let now = self.driver.now();
                if now < waiting.retry_at {
                    if waiting.has_news(now, || self.driver.nodes()) {
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
        let now = self.driver.now();
        if verdict == Verdict::Good {
            open.silent_since = now;
            if !mem::replace(&mut open.has_started, true) {
                let report = open.started();
                self.proven = Some((open.info.clone(), open.camera.mode()));
                self.retry_interval = RETRY_MIN;
                self.hanging_since = None;
                self.failure = None;
                return Some(report);
            }
        } else if now.duration_since(open.silent_since) > SILENCE_MAX {
            return self.fall_silent(finder);
        }
        None
    }

    fn open(&self, finder: &Finder) -> Result<Open<D::Camera>, Failure> {
        let cameras = self.driver.list()?;
        if cameras.is_empty() && finder.known(self.number).is_none() {
            let message = "there is no camera; plug one in, or use --source test or --source FILE";
            return Err(Failure {
                message: message.into(),
                kind: FailureKind::Missing,
            });
        }
        let info = finder.find(self.number, &cameras)?;
        finder.remember(self.number, info.clone(), &cameras);
        let left_out = finder.left_out(&info);
        let camera = self.driver.open(&info, self.wish, &left_out);
        if camera.is_err() && !left_out.is_empty() {
            // Better a mode that gave nothing a while ago than none.
            finder.forget(&info);
        }
        Ok(Open {
            camera: camera?,
            info,
            silent_since: self.driver.now(),
            has_started: false,
            controls: Controls::default(),
        })
    }

    /// What to do about a camera that was started and gives nothing.
    fn fall_silent(&mut self, finder: &Finder) -> Option<CaptureReport> {
        let State::Open(open) = &self.state else {
            return None;
        };
        let (info, mode) = (open.info.clone(), open.camera.mode());
        let is_proven = self.proven.as_ref().is_some_and(|(camera, proven)| {
            (&camera.name, &camera.bus) == (&info.name, &info.bus) && proven.is_alike(&mode)
        });
        if open.has_started || is_proven || !finder.leave_out(&info, mode) {
            return self.fail(finder, CameraError::Silent(info.label()).into());
        }
        let Mode {
            format,
            width,
            height,
            rate_max: _,
        } = mode;
        let message = format!(
            "camera {} gives no pictures as {format} {width}x{height}; trying another way",
            info.label()
        );
        let now = self.driver.now();
        self.state = State::Waiting(Waiting::new(now, now, self.driver.nodes()));
        self.tell(Some(info.number), false, message)
    }

    /// Closes the camera until the next try.
    fn fail(&mut self, finder: &Finder, failure: Failure) -> Option<CaptureReport> {
        let Failure { message, kind } = failure;
        let now = self.driver.now();
        let known = finder.known(self.number);
        if kind == FailureKind::Gone
            && let Some(info) = &known
        {
            finder.forget(info);
            self.proven = None;
        }
        if kind == FailureKind::Hanging {
            let since = *self.hanging_since.get_or_insert(now);
            if now.duration_since(since) < HANGING_TOLD_AFTER {
                let retry_at = now + HANGING_RETRY_INTERVAL;
                self.state = State::Waiting(Waiting::new(now, retry_at, self.driver.nodes()));
                return None;
            }
        } else {
            self.hanging_since = None;
        }
        let retry_at = now + self.retry_interval;
        self.state = State::Waiting(Waiting::new(now, retry_at, self.driver.nodes()));
        self.retry_interval = (self.retry_interval * 2).min(RETRY_MAX);
        let number = known.map(|info| info.number).or(self.number);
        self.tell(number, kind == FailureKind::Missing, message)
    }

    /// The same failure again is not said again.
    fn tell(
        &mut self,
        number: Option<u32>,
        missing: bool,
        message: String,
    ) -> Option<CaptureReport> {
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
    fn new(now: Instant, retry_at: Instant, nodes: Vec<u32>) -> Self {
        Self {
            retry_at,
            look_at: now + LOOK_INTERVAL,
            nodes,
        }
    }

    /// Whether something was plugged in or out; then the next try comes soon.
    fn has_news(&mut self, now: Instant, nodes: impl FnOnce() -> Vec<u32>) -> bool {
        self.look_at = now + LOOK_INTERVAL;
        let nodes = nodes();
        if nodes == self.nodes {
            return false;
        }
        self.nodes = nodes;
        self.retry_at = self.retry_at.min(now + SETTLE_TIME);
        true
    }
}

impl<C: Stream> Open<C> {
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
