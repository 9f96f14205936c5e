//! The controls of an open camera: what is wanted of them is set, what they are is told.
//!
//! It does not choose values. Invariant: each thing wanted is tried once; the camera is asked only
//! when something new is wanted or looked at, and then a bounded number of things.

#[cfg(test)]
mod tests;

use crate::{
    app::{self, CameraId, CaptureReport, ControlOrder, ControlState, Setting},
    runtime::clock,
};
use std::{io, time::Duration, time::Instant};
use ttychat_platform::camera::{
    Camera, CameraInfo, Control, ControlError, ControlKind, ControlRange, ControlUnit,
};

/// How long a camera may take over its controls before the rest of them is given up for this time.
/// A sound one takes milliseconds; one that does not answer costs seconds for each.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(1);

/// What was done to the controls of a camera since it was opened.
#[derive(Debug, Default)]
pub(super) struct Controls {
    /// What needs no more trying.
    tried: Vec<(ControlKind, Setting)>,
    /// The revision of the order that was carried out.
    settled: Option<u32>,
    /// The revision with which the controls were told.
    told: Option<u32>,
}

/// A camera, or what stands for one in a test.
pub(super) trait Adjustable {
    fn control(&self, kind: ControlKind) -> Option<Control>;
    fn set_control(&mut self, kind: ControlKind, value: i32) -> Result<(), ControlError>;
}

impl Adjustable for Camera {
    fn control(&self, kind: ControlKind) -> Option<Control> {
        self.control(kind)
    }

    fn set_control(&mut self, kind: ControlKind, value: i32) -> Result<(), ControlError> {
        self.set_control(kind, value)
    }
}

impl Controls {
    /// Carries an order out, as far as that was not done yet. `has_started`: whether pictures come;
    /// the first of them is not held up by telling what can be set.
    pub(super) fn settle(
        &mut self,
        camera: &mut impl Adjustable,
        info: &CameraInfo,
        order: &ControlOrder,
        has_started: bool,
    ) -> Vec<CaptureReport> {
        let until = clock::instant() + SETTLE_TIMEOUT;
        self.settle_until(until, camera, info, order, has_started)
    }

    fn settle_until(
        &mut self,
        until: Instant,
        camera: &mut impl Adjustable,
        info: &CameraInfo,
        order: &ControlOrder,
        has_started: bool,
    ) -> Vec<CaptureReport> {
        let mut reports = Vec::new();
        let id = id_of(info);
        if self.settled != Some(order.revision) {
            self.settled = Some(order.revision);
            let refused = self.apply(until, camera, &id, order);
            reports.extend(refusal(&id, &refused));
        }
        if !order.is_shown {
            self.told = None;
        } else if has_started && self.told != Some(order.revision) {
            self.told = Some(order.revision);
            let controls = ControlKind::ALL.into_iter();
            let controls = controls
                .take_while(|_| clock::instant() < until)
                .filter_map(|kind| camera.control(kind));
            reports.push(CaptureReport::Controls {
                camera: id,
                revision: order.revision,
                controls: controls.map(shown).collect(),
            });
        }
        reports
    }

    /// Sets what is wanted and was not tried, what chooses for others first. Gives what the camera
    /// did not take.
    fn apply(
        &mut self,
        until: Instant,
        camera: &mut impl Adjustable,
        id: &CameraId,
        order: &ControlOrder,
    ) -> Vec<Refused> {
        let mut refused = Vec::new();
        let mut wanted: Vec<(ControlKind, Setting)> = order
            .settings
            .of(id)
            .filter_map(|(name, setting)| Some((ControlKind::of_name(name)?, setting)))
            .collect();
        wanted.sort_by_key(|(kind, _)| (!kind.is_automatic(), *kind));
        self.tried.retain(|tried| wanted.contains(tried));
        for (kind, setting) in wanted {
            if self.tried.contains(&(kind, setting)) {
                continue;
            }
            if clock::instant() >= until {
                refused.push((
                    kind,
                    setting,
                    ControlError::Io(io::ErrorKind::TimedOut.into()),
                ));
                continue;
            }
            let outcome = match camera.control(kind) {
                None => Err(ControlError::NotFound),
                Some(control) if control.is_read_only => Err(ControlError::Denied),
                // It is set when it becomes active, unless the camera does that better.
                Some(control) if !control.is_active && setting.value.is_some() => continue,
                Some(control) if !control.is_active => Ok(()),
                Some(control) => set(camera, &control, setting),
            };
            self.tried.push((kind, setting));
            if let Err(err) = outcome {
                refused.push((kind, setting, err));
            }
        }
        refused
    }
}

/// A control that was not set.
type Refused = (ControlKind, Setting, ControlError);

fn set(
    camera: &mut impl Adjustable,
    control: &Control,
    setting: Setting,
) -> Result<(), ControlError> {
    let value = setting.value.unwrap_or(control.default);
    let value = match &control.range {
        // What was kept, or written by hand, may be of another driver.
        ControlRange::Number { min, max, .. } => value.clamp(*min, *max),
        ControlRange::Choices(choices) if choices.iter().any(|choice| choice.value == value) => {
            value
        }
        ControlRange::Choices(_) => return Err(ControlError::OutOfRange),
    };
    if value == control.value {
        return Ok(());
    }
    camera.set_control(control.kind, value)
}

fn refusal(id: &CameraId, refused: &[Refused]) -> Option<CaptureReport> {
    // They fail alike, mostly.
    let err = refused.first().map(|(_, _, err)| match err {
        ControlError::Io(source) => format!("{err}: {source}"),
        err => err.to_string(),
    })?;
    let names: Vec<_> = refused.iter().map(|(kind, ..)| kind.name()).collect();
    let message = format!("cannot set {} of {}: {err}", names.join(", "), id.name);
    let refused = refused.iter();
    let refused = refused.map(|(kind, setting, _)| (kind.name(), setting.stamp));
    Some(CaptureReport::ControlsRefused {
        camera: id.clone(),
        refused: refused.collect(),
        message,
    })
}

fn id_of(info: &CameraInfo) -> CameraId {
    CameraId {
        name: info.name.clone(),
        plug: info.bus.clone(),
    }
}

/// A control as it is shown to a person.
fn shown(control: Control) -> app::Control {
    let Control {
        kind,
        range,
        value,
        default,
        is_active,
        is_read_only,
    } = control;
    let state = match (is_active, kind.automatic()) {
        (false, Some(automatic)) => ControlState::Automatic(automatic.name()),
        (false, None) => ControlState::Inactive,
        (true, _) if is_read_only => ControlState::ReadOnly,
        (true, _) => ControlState::Settable,
    };
    app::Control {
        name: kind.name(),
        range: match range {
            ControlRange::Choices(choices) => {
                let choices = choices.into_iter().map(|choice| app::Choice {
                    value: choice.value,
                    name: choice.name,
                });
                app::ControlRange::Choices(choices.collect())
            }
            ControlRange::Number { min, max, step } => app::ControlRange::Number { min, max, step },
        },
        unit: match kind.unit() {
            ControlUnit::Kelvin => app::ControlUnit::Kelvin,
            ControlUnit::None => app::ControlUnit::None,
            ControlUnit::TenthMillisecond => app::ControlUnit::TenthMillisecond,
        },
        value,
        default,
        state,
    }
}
