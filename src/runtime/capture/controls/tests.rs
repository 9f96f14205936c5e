//! What is asked of a camera's controls, in which order and how often.

use super::*;
use std::sync::Arc;

/// A webcam with brightness, automatic exposure and exposure time, and what it was told.
struct Webcam {
    values: Vec<(ControlKind, i32)>,
    told: Vec<(ControlKind, i32)>,
    is_busy: bool,
}

const AUTO: ControlKind = ControlKind::AutoExposure;
const TIME: ControlKind = ControlKind::ExposureTime;
const BRIGHT: ControlKind = ControlKind::Brightness;

impl Webcam {
    fn new() -> Self {
        Self {
            values: vec![(BRIGHT, 50), (AUTO, 3), (TIME, 200)],
            told: Vec::new(),
            is_busy: false,
        }
    }

    fn value(&self, kind: ControlKind) -> Option<i32> {
        self.values
            .iter()
            .find(|known| known.0 == kind)
            .map(|known| known.1)
    }
}

impl Adjustable for Webcam {
    fn control(&self, kind: ControlKind) -> Option<Control> {
        let choice = |value| ttychat_platform::camera::Choice {
            value,
            name: value.to_string(),
        };
        let (min, max, step) = (0, 500, 1);
        Some(Control {
            kind,
            range: match kind {
                AUTO => ControlRange::Choices(vec![choice(1), choice(3)]),
                _ => ControlRange::Number { min, max, step },
            },
            value: self.value(kind)?,
            default: if kind == AUTO { 3 } else { 100 },
            is_active: kind != TIME || self.value(AUTO) == Some(1),
            is_read_only: false,
        })
    }

    fn set_control(&mut self, kind: ControlKind, value: i32) -> Result<(), ControlError> {
        if self.is_busy {
            return Err(ControlError::Busy);
        }
        self.told.push((kind, value));
        let known = self.values.iter_mut().find(|known| known.0 == kind);
        known.unwrap().1 = value;
        Ok(())
    }
}

fn info() -> CameraInfo {
    CameraInfo {
        number: 3,
        path: "/dev/video3".into(),
        name: "HD Webcam".into(),
        bus: "usb-1".into(),
        modes: Vec::new(),
    }
}

/// An order for each of these, one after the other.
fn order(revision: u32, wanted: &[(ControlKind, Option<i32>)]) -> ControlOrder {
    let mut settings = app::CameraSettings::default();
    for (stamp, (kind, value)) in (1..).zip(wanted) {
        let setting = Some(Setting {
            value: *value,
            stamp,
        });
        settings.set(&id_of(&info()), kind.name(), setting);
    }
    ControlOrder {
        settings: Arc::new(settings),
        revision,
        is_shown: false,
    }
}

#[test]
fn what_chooses_by_itself_is_set_before_what_it_chooses() {
    let (mut webcam, mut controls) = (Webcam::new(), Controls::default());
    let wanted = order(1, &[(TIME, Some(900)), (BRIGHT, Some(50)), (AUTO, Some(1))]);
    assert_eq!(controls.settle(&mut webcam, &info(), &wanted, false), []);
    // The time is cut to its range; the brightness was so already.
    assert_eq!(webcam.told, [(AUTO, 1), (TIME, 500)]);
    webcam.told.clear();
    assert_eq!(controls.settle(&mut webcam, &info(), &wanted, true), []);
    let again = order(2, &[(TIME, Some(900)), (BRIGHT, Some(50)), (AUTO, Some(1))]);
    assert_eq!(controls.settle(&mut webcam, &info(), &again, true), []);
    assert_eq!(webcam.told, [], "each is tried once");
}

#[test]
fn a_value_waits_for_the_time_when_it_has_an_effect() {
    let (mut webcam, mut controls) = (Webcam::new(), Controls::default());
    let time = (TIME, Some(30));
    let mut settle =
        |webcam: &mut Webcam, order: ControlOrder| controls.settle(webcam, &info(), &order, true);
    assert_eq!(settle(&mut webcam, order(1, &[time])), []);
    assert_eq!(webcam.told, []);
    settle(&mut webcam, order(2, &[time, (AUTO, Some(1))]));
    assert_eq!(webcam.told, [(AUTO, 1), (TIME, 30)]);
    // Defaults are put back, but not where the camera itself knows better.
    webcam.told.clear();
    settle(
        &mut webcam,
        order(3, &[(TIME, None), (AUTO, None), (BRIGHT, None)]),
    );
    assert_eq!(webcam.told, [(AUTO, 3), (BRIGHT, 100)]);
}

#[test]
fn what_is_refused_is_said_once_with_its_stamp() {
    let (mut webcam, mut controls) = (Webcam::new(), Controls::default());
    webcam.is_busy = true;
    let wanted = [
        (BRIGHT, Some(7)),
        (AUTO, Some(2)),
        (ControlKind::Zoom, Some(1)),
    ];
    let reports = controls.settle(&mut webcam, &info(), &order(1, &wanted), false);
    let [
        CaptureReport::ControlsRefused {
            refused, message, ..
        },
    ] = reports.as_slice()
    else {
        panic!("{reports:?}");
    };
    let stamps = [("auto exposure", 2), ("brightness", 1), ("zoom", 3)];
    assert_eq!(refused, &stamps);
    assert!(
        message.starts_with("cannot set auto exposure, brightness, zoom of HD Webcam: "),
        "{message}"
    );
    assert_eq!(
        controls.settle(&mut webcam, &info(), &order(2, &wanted), false),
        []
    );
    assert_eq!(webcam.told, []);
}

#[test]
fn the_controls_are_told_while_they_are_looked_at_and_pictures_come() {
    let (mut webcam, mut controls) = (Webcam::new(), Controls::default());
    let mut settle = |is_shown, revision, has_started| {
        let order = ControlOrder {
            is_shown,
            ..order(revision, &[])
        };
        let reports = controls.settle(&mut webcam, &info(), &order, has_started);
        reports.into_iter().next().map(|report| match report {
            CaptureReport::Controls {
                camera,
                revision,
                controls,
            } => {
                assert_eq!(
                    (camera.name, camera.plug),
                    ("HD Webcam".into(), "usb-1".into())
                );
                let last = controls.last().unwrap();
                assert_eq!(last.name, "exposure time");
                assert_eq!(last.state, ControlState::Automatic("auto exposure"));
                (revision, controls.len())
            }
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(settle(false, 1, true), None);
    assert_eq!(settle(true, 1, false), None);
    assert_eq!(settle(true, 1, true), Some((1, 3)));
    assert_eq!(settle(true, 1, true), None);
    assert_eq!(settle(true, 2, true), Some((2, 3)));
    assert_eq!(settle(false, 2, true), None);
    assert_eq!(settle(true, 2, true), Some((2, 3)), "read afresh");
}

#[test]
fn a_camera_that_takes_too_long_is_asked_no_more() {
    let (mut webcam, mut controls) = (Webcam::new(), Controls::default());
    let order = ControlOrder {
        is_shown: true,
        ..order(1, &[(BRIGHT, Some(7))])
    };
    let past = clock::instant();
    let reports = controls.settle_until(past, &mut webcam, &info(), &order, true);
    let [
        CaptureReport::ControlsRefused { message, .. },
        CaptureReport::Controls { controls, .. },
    ] = reports.as_slice()
    else {
        panic!("{reports:?}");
    };
    assert!(message.contains("timed out"), "{message}");
    assert!(controls.is_empty() && webcam.told.is_empty());
}
