//! Our camera: what is wanted of it, how it does, and what the keys change.

use super::{
    App, CameraEntry, CameraState, CaptureOrder, CaptureReport, Effect, Now, Options, Role, Source,
    choice::{Step, next_camera, next_resolution},
    screen::Screen,
    words::Card,
};
use crate::{media::PixelSize, session::PicturePlan, ui::text};
use std::collections::VecDeque;

/// Most keys that wait for the list of cameras.
const WISH_COUNT_MAX: usize = 8;

/// What `r` walks through for the test picture, smallest first.
const TEST_RESOLUTIONS: [PixelSize; 7] = [
    PixelSize::new(320, 180),
    PixelSize::new(320, 240),
    PixelSize::new(640, 360),
    PixelSize::new(640, 480),
    PixelSize::new(960, 540),
    PixelSize::new(1280, 720),
    PixelSize::new(1920, 1080),
];

/// Our camera.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not depend on each other"
)]
pub(super) struct Camera {
    /// Whether the person wants to be seen.
    turned_on: bool,
    /// The one that a key has chosen.
    chosen: Option<u32>,
    /// The one that runs, or ran last.
    number: Option<u32>,
    resolution: Option<PixelSize>,
    granted: Option<PixelSize>,
    description: Option<String>,
    failure: Option<Failure>,
    /// Whether the test picture stands in for a camera that is not there.
    stands_in: bool,
    ever_started: bool,
    /// Whether what the next start brings is to be told: a key has asked for it.
    announces: bool,
    /// See [`CaptureOrder::renewal`].
    renewal: u32,
    /// Keys that wait for the list of cameras.
    wishes: VecDeque<Wish>,
    /// What is shown instead of our picture.
    card: Card,
}

#[derive(Debug, PartialEq, Eq)]
struct Failure {
    missing: bool,
    message: String,
}

/// What a key asks of the list of cameras.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Camera(Step),
    Resolution(Step),
}

impl Camera {
    pub(super) fn new(options: &Options) -> Self {
        let mut camera = Self {
            turned_on: true,
            chosen: None,
            number: None,
            resolution: options.resolution,
            granted: None,
            description: None,
            failure: None,
            stands_in: false,
            ever_started: false,
            announces: false,
            renewal: 0,
            wishes: VecDeque::new(),
            card: Card::default(),
        };
        camera.make_card();
        camera
    }

    pub(super) fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    pub(super) const fn stands_in(&self) -> bool {
        self.stands_in
    }

    /// Whether what a camera says of itself is news.
    pub(super) const fn is_running(&self) -> bool {
        self.turned_on && self.failure.is_none() && !self.stands_in
    }

    /// Why the panel of controls shows none. `is_known`: whether the camera has said so.
    pub(super) const fn why_no_controls(&self, is_known: bool) -> &'static str {
        match &self.failure {
            _ if !self.turned_on => "My camera is off; v turns it on.",
            Some(_) => "There is no camera at the moment.",
            None if is_known => "This camera has nothing that can be set.",
            None => "Asking the camera.",
        }
    }

    fn make_card(&mut self) {
        let (title, detail) = match &self.failure {
            _ if !self.turned_on => ("camera off", "v turns it on".to_owned()),
            Some(failure) if failure.missing => ("no camera", failure.message.clone()),
            Some(failure) => ("camera lost", failure.message.clone()),
            None => ("camera starting", String::new()),
        };
        self.card = Card { title, detail };
    }

    /// The peer does not have what was sent last.
    pub(super) const fn renew(&mut self) {
        self.renewal = self.renewal.wrapping_add(1);
    }

    /// Asks for `resolution`; the next start says what was granted.
    const fn wish_resolution(&mut self, resolution: PixelSize) {
        self.resolution = Some(resolution);
        self.announces = true;
    }
}

impl App {
    /// What the source shall do now.
    pub fn capture_order(&self) -> CaptureOrder {
        let camera = &self.camera;
        let enabled = camera.turned_on
            && !self.suspended
            && !self.is_over()
            && self.options.source != Source::None;
        let up = self.line.up();
        let size_max = up.map_or_else(PixelSize::default, |call| {
            let cap = camera.resolution.unwrap_or(call.peer_area);
            PixelSize::new(
                call.peer_area.width.min(cap.width),
                call.peer_area.height.min(cap.height),
            )
        });
        CaptureOrder {
            enabled,
            camera: camera.chosen,
            resolution: camera.resolution,
            rate: self.options.rate,
            compress: enabled
                && !size_max.is_empty()
                && up.is_some_and(|call| call.session.wants_picture()),
            size_max,
            view_max: self.own_view_max(),
            view_pixel_aspect: self.screen.as_ref().map_or(1.0, Screen::pixel_aspect),
            plan: up.map_or_else(PicturePlan::default, |call| call.session.picture_plan()),
            resting: up.map_or_else(PicturePlan::default, |call| call.session.resting_plan()),
            renewal: camera.renewal,
            patches: up.is_some_and(|call| call.session.takes_patch()),
            test_picture: camera.stands_in,
            controls: self.control_order(),
        }
    }

    /// What the peer is told of our camera.
    pub(super) fn own_camera_state(&self) -> CameraState {
        match &self.camera.failure {
            _ if self.suspended => CameraState::Paused,
            _ if self.options.source == Source::None => CameraState::Missing,
            _ if !self.camera.turned_on => CameraState::Off,
            Some(failure) if failure.missing => CameraState::Missing,
            Some(_) => CameraState::Lost,
            None => CameraState::On,
        }
    }

    pub(super) fn take_capture_report(&mut self, now: Now, report: CaptureReport) {
        match report {
            CaptureReport::Controls {
                camera,
                revision,
                controls,
            } => self.take_controls(camera, revision, controls),
            CaptureReport::ControlsRefused {
                camera,
                refused,
                message,
            } => self.controls_refused(now, &camera, &refused, &message),
            CaptureReport::Failed {
                number,
                missing,
                message,
            } => {
                self.capture_failed(now, number, missing, &message);
            }
            CaptureReport::Started {
                number,
                description,
                size,
            } => {
                let description = text::printable(&description);
                let camera = &mut self.camera;
                camera.number = number.or(camera.number);
                camera.granted = Some(size);
                camera.failure = None;
                let again = camera.ever_started && !camera.announces && camera.turned_on;
                let changed = camera.description.as_deref() != Some(&description);
                camera.ever_started = true;
                camera.description = Some(description.clone());
                camera.make_card();
                if std::mem::take(&mut self.camera.announces) || (again && changed) {
                    self.notice(now, format!("camera: {description}"));
                } else if changed {
                    self.log(format!("camera: {description}"));
                }
            }
            CaptureReport::Stopped => {
                self.camera.granted = None;
                self.camera.description = None;
                self.controls.forget_camera();
            }
        }
        self.redraw();
    }

    fn capture_failed(&mut self, now: Now, number: Option<u32>, missing: bool, message: &str) {
        let camera = &mut self.camera;
        camera.number = number.or(camera.number);
        camera.granted = None;
        camera.description = None;
        self.controls.forget_camera();
        let at_start = !camera.ever_started && camera.chosen.is_none();
        if missing && at_start && self.options.role == Role::Loopback && !camera.stands_in {
            camera.stands_in = true;
            let text = "no camera found: the test picture stands in; plug one in and press c";
            self.announce(now, text);
            return;
        }
        let message = text::printable(message);
        let failure = Some(Failure {
            missing,
            message: message.clone(),
        });
        // Every try of a camera that stays away reports the same.
        if camera.failure != failure {
            camera.failure = failure;
            camera.make_card();
            self.notice(now, message);
        }
        if let Some(screen) = &mut self.screen {
            screen.forget_own_picture();
        }
    }

    /// `v`
    pub(super) fn toggle_camera(&mut self, now: Now) {
        let camera = &mut self.camera;
        camera.turned_on = !camera.turned_on;
        camera.failure = None;
        camera.make_card();
        self.controls.forget_camera();
        let state = if camera.turned_on { "on" } else { "off" };
        self.notice(now, format!("my camera {state}"));
        if let Some(screen) = &mut self.screen {
            screen.forget_own_picture();
        }
    }

    /// `c`, `C`, `r`, `R`
    pub(super) fn wish(&mut self, now: Now, wish: Wish) {
        match (&self.options.source, wish) {
            (Source::Camera(_), Wish::Resolution(step)) if self.camera.stands_in => {
                self.step_test_resolution(now, step);
            }
            (Source::Camera(_), _) => {
                if self.camera.wishes.len() < WISH_COUNT_MAX {
                    self.camera.wishes.push_back(wish);
                }
                self.effects.push(Effect::ListCameras);
            }
            (Source::Test, Wish::Resolution(step)) => self.step_test_resolution(now, step),
            (Source::Clip(name), Wish::Resolution(_)) => {
                let text = format!("{} has one resolution", text::printable(name));
                self.notice(now, text);
            }
            (Source::Clip(_) | Source::Test, Wish::Camera(_)) => {
                let text = "no camera is used; start with --source camera to choose one";
                self.notice(now, text.to_owned());
            }
            (Source::None, _) => {}
        }
    }

    pub(super) fn take_cameras(&mut self, now: Now, cameras: &[CameraEntry]) {
        for wish in std::mem::take(&mut self.camera.wishes) {
            match wish {
                Wish::Camera(step) => self.step_camera(now, step, cameras),
                Wish::Resolution(step) => self.step_resolution(now, step, cameras),
            }
        }
    }

    fn step_camera(&mut self, now: Now, step: Step, cameras: &[CameraEntry]) {
        let camera = &mut self.camera;
        let current = if camera.stands_in {
            None
        } else {
            camera.number
        };
        let Some(next) = next_camera(cameras, current, step) else {
            self.notice(now, "no camera found; plug one in and try again".to_owned());
            return;
        };
        let name = text::printable(&next.name);
        if current == Some(next.number) && camera.failure.is_none() {
            self.notice(now, format!("{name} is the only camera"));
            return;
        }
        camera.chosen = Some(next.number);
        camera.number = Some(next.number);
        camera.stands_in = false;
        camera.failure = None;
        camera.announces = true;
        camera.make_card();
        self.controls.forget_camera();
        self.notice(now, format!("camera: {name}"));
    }

    fn step_resolution(&mut self, now: Now, step: Step, cameras: &[CameraEntry]) {
        let camera = &self.camera;
        let entry = match camera.number {
            Some(number) => cameras.iter().find(|entry| entry.number == number),
            None => cameras.first(),
        };
        let Some(entry) = entry else {
            self.notice(now, "the camera is not there; c chooses another".to_owned());
            return;
        };
        let name = text::printable(&entry.name);
        match entry.resolutions.as_slice() {
            [] => self.notice(now, format!("{name} does not say its resolutions")),
            [only] => {
                let PixelSize { width, height } = only;
                self.notice(now, format!("{name} has one resolution, {width}x{height}"));
            }
            several => {
                let current = camera.granted.or(camera.resolution);
                if let Some(next) = next_resolution(several, current, step) {
                    self.take_resolution(now, next);
                }
            }
        }
    }

    fn step_test_resolution(&mut self, now: Now, step: Step) {
        let current = self.camera.resolution.or(self.camera.granted);
        if let Some(next) = next_resolution(&TEST_RESOLUTIONS, current, step) {
            self.take_resolution(now, next);
        }
    }

    fn take_resolution(&mut self, now: Now, resolution: PixelSize) {
        self.camera.wish_resolution(resolution);
        // Until it is granted, the next key goes on from here.
        self.camera.granted = None;
        self.notice(
            now,
            format!("resolution {}x{}", resolution.width, resolution.height),
        );
    }

    /// What is shown of ourselves where there is no picture.
    pub(super) fn own_card(&self, screen: &Screen) -> Option<&Card> {
        let shown = screen.own_view.is_none() || self.own_camera_state() != CameraState::On;
        (shown && self.options.source != Source::None).then_some(&self.camera.card)
    }
}
