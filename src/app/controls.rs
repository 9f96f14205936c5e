//! The panel of our camera's controls: what it shows, what its keys change, and what of that is
//! kept.
//!
//! Invariant: what is shown is what the person asked for last, or else what the camera said last.

use super::{
    App, CameraId, CameraSettings, Effect, Now, Source, effect::ControlOrder, settings::Setting,
};
use crate::ui::{
    ControlPanel, Overlay,
    control::{Change, Control, ControlState},
    keys::Action,
    text,
};
use std::{sync::Arc, time::Duration, time::Instant};

/// Most controls that are shown. More are not in the list of any system.
const CONTROL_COUNT_MAX: usize = 32;

/// How long a change waits for the next before it is kept: a held key gives many.
const KEEP_DELAY: Duration = Duration::from_secs(1);

/// The controls of our camera, and what is wanted of those of all.
#[derive(Debug)]
pub(super) struct Controls {
    settings: Arc<CameraSettings>,
    /// Numbers the person's changes, so that an answer to an earlier one is known.
    revision: u32,
    /// The newest change of which the camera has said what became of it.
    confirmed: u32,
    /// Whose controls `list` holds; `None` when there are none to be changed.
    camera: Option<CameraId>,
    list: Vec<Control>,
    /// The chosen one's place in the list.
    chosen: usize,
    /// When the settings are to be kept, when they are not.
    keep_at: Option<Instant>,
}

impl Controls {
    pub(super) fn new(settings: CameraSettings) -> Self {
        Self {
            settings: Arc::new(settings),
            revision: 0,
            confirmed: 0,
            camera: None,
            list: Vec::new(),
            chosen: 0,
            keep_at: None,
        }
    }

    /// The camera is closed, or another one is meant.
    pub(super) fn forget_camera(&mut self) {
        self.camera = None;
        self.list.clear();
    }

    pub(super) const fn deadline(&self) -> Option<Instant> {
        self.keep_at
    }

    /// What is wanted from now on of a control of the camera; `None` for its default.
    fn want(&mut self, now: Instant, name: &str, value: Option<i32>) {
        let Some(camera) = &self.camera else { return };
        self.revision = self.revision.wrapping_add(1).max(1);
        let stamp = self.revision;
        let setting = Some(Setting { value, stamp });
        Arc::make_mut(&mut self.settings).set(camera, name, setting);
        self.keep_at.get_or_insert(now + KEEP_DELAY);
    }

    /// Puts a control's default back, and forgets what was wanted. Whether that changes anything.
    fn reset(&mut self, now: Instant, index: usize) -> bool {
        let (Some(camera), Some(control)) = (&self.camera, self.list.get_mut(index)) else {
            return false;
        };
        let name = control.name;
        let wanted = self.settings.get(camera, name);
        let is_wanted = wanted.is_some_and(|setting| setting.value.is_some());
        let is_settable = control.state == ControlState::Settable;
        // What the camera sets by itself has its own idea of the right value.
        let differs = is_settable && control.value != control.default;
        if is_settable {
            control.value = control.default;
        }
        if differs || is_wanted {
            self.want(now, name, None);
        }
        differs || is_wanted
    }

    /// What the camera said. What the person has asked for since is on its way to it.
    fn take(&mut self, camera: CameraId, revision: u32, mut list: Vec<Control>) {
        list.truncate(CONTROL_COUNT_MAX);
        self.confirmed = self.confirmed.max(revision);
        for control in &mut list {
            let newer = self.settings.get(&camera, control.name);
            if let Some(setting) = newer.filter(|setting| setting.stamp > revision) {
                control.value = setting.value.unwrap_or(control.default);
            }
        }
        let name = self.list.get(self.chosen).map(|control| control.name);
        let place = name.and_then(|name| list.iter().position(|control| control.name == name));
        let is_other = self.camera.as_ref().is_some_and(|known| *known != camera);
        let chosen = if is_other { 0 } else { self.chosen };
        self.chosen = place.unwrap_or(chosen).min(list.len().saturating_sub(1));
        self.camera = Some(camera);
        self.list = list;
    }
}

impl App {
    /// What is wanted of the cameras' controls.
    pub(super) fn control_order(&self) -> ControlOrder {
        ControlOrder {
            settings: Arc::clone(&self.controls.settings),
            revision: self.controls.revision,
            is_shown: self.shows_controls(),
        }
    }

    pub(super) fn shows_controls(&self) -> bool {
        let overlay = self.screen.as_ref().map(|screen| screen.overlay);
        overlay == Some(Overlay::Controls)
    }

    pub(super) fn take_controls(&mut self, camera: CameraId, revision: u32, list: Vec<Control>) {
        // What comes from a camera that was turned off meanwhile is out of date.
        if self.camera.is_running() {
            self.controls.take(camera, revision, list);
            self.redraw();
        }
    }

    /// The camera did not take what was wanted. What it took before, in an earlier run or before it
    /// was unplugged, stays wanted.
    pub(super) fn controls_refused(
        &mut self,
        now: Now,
        camera: &CameraId,
        refused: &[(&'static str, u32)],
        message: &str,
    ) {
        let controls = &mut self.controls;
        let confirmed = controls.confirmed;
        let news = refused.iter().filter(|(_, stamp)| *stamp > confirmed);
        for (name, stamp) in news.clone() {
            let wanted = controls.settings.get(camera, name);
            if wanted.is_some_and(|setting| setting.stamp == *stamp) {
                Arc::make_mut(&mut controls.settings).set(camera, name, None);
                controls.revision = controls.revision.wrapping_add(1).max(1);
                controls.keep_at.get_or_insert(now.instant + KEEP_DELAY);
            }
        }
        let message = text::printable(message);
        if news.count() > 0 {
            self.notice(now, message);
        } else {
            // Nobody has asked for it just now.
            self.log(message);
        }
    }

    pub(super) fn act_on_controls(&mut self, now: Now, action: Action) {
        let controls = &mut self.controls;
        let last = controls.list.len().saturating_sub(1);
        match action {
            Action::PreviousControl => controls.chosen = controls.chosen.saturating_sub(1),
            Action::NextControl => controls.chosen = (controls.chosen + 1).min(last),
            Action::LowerControl => self.change_control(now, Change::Lower),
            Action::RaiseControl => self.change_control(now, Change::Raise),
            Action::ResetControl => {
                controls.reset(now.instant, controls.chosen);
            }
            Action::ResetAllControls => self.reset_controls(now),
            _ => {}
        }
        self.redraw();
    }

    fn change_control(&mut self, now: Now, change: Change) {
        let controls = &mut self.controls;
        let Some(control) = controls.list.get_mut(controls.chosen) else {
            return;
        };
        let name = control.name;
        let reason = match control.state {
            ControlState::Settable => {
                let next = control.next(change);
                if next != control.value {
                    control.value = next;
                    controls.want(now.instant, name, Some(next));
                }
                return;
            }
            ControlState::Automatic(other) => {
                format!("{name} is set by {other}; turn that off to set it yourself")
            }
            ControlState::Inactive => format!("{name} has no effect now; the camera sets it"),
            ControlState::ReadOnly => format!("{name} cannot be set now"),
        };
        self.notice(now, reason);
    }

    fn reset_controls(&mut self, now: Now) {
        let controls = &mut self.controls;
        let mut count = 0;
        for index in 0..controls.list.len() {
            count += usize::from(controls.reset(now.instant, index));
        }
        let text = match (controls.list.is_empty(), count) {
            (true, _) => return,
            (false, 0) => "all controls have the camera's defaults already",
            (false, _) => "all controls are back at the camera's defaults",
        };
        self.notice(now, text.to_owned());
    }

    /// Keeps the settings when they have waited long enough.
    pub(super) fn advance_controls(&mut self, now: Instant) {
        if self.controls.keep_at.is_some_and(|at| at <= now) {
            self.keep_settings();
        }
    }

    /// Keeps the settings, if something has changed.
    pub(super) fn keep_settings(&mut self) {
        if self.controls.keep_at.take().is_some() {
            let settings = Arc::clone(&self.controls.settings);
            self.effects.push(Effect::KeepSettings(settings));
        }
    }

    pub(super) fn settings_not_kept(&mut self, now: Now, reason: &str) {
        self.notice(now, text::printable(reason));
    }

    /// The panel, for the view.
    pub(super) fn control_panel(&self) -> ControlPanel<'_> {
        let Controls {
            camera,
            list,
            chosen,
            ..
        } = &self.controls;
        let reason = match &self.options.source {
            Source::Test => "The test picture has nothing to set.",
            Source::Clip(_) => "A clip has nothing to set.",
            Source::Camera(_) | Source::None if self.camera.stands_in() => {
                "The test picture, which stands in for a camera, has nothing to set."
            }
            _ => self.camera.why_no_controls(camera.is_some()),
        };
        ControlPanel {
            camera: camera.as_ref().map_or("", |camera| camera.name.as_str()),
            controls: list,
            chosen: *chosen,
            reason,
        }
    }
}
