//! A camera that says what can be set on it.

use ttychat::app::{
    CameraId, CaptureReport, Choice, Control, ControlRange, ControlState, ControlUnit, Input,
};

pub(crate) fn camera(name: &str) -> CameraId {
    CameraId {
        name: name.to_owned(),
        plug: "usb-1".to_owned(),
    }
}

pub(crate) fn number(name: &'static str, value: i32) -> Control {
    let (min, max, step) = (0, 200, 1);
    Control {
        name,
        range: ControlRange::Number { min, max, step },
        unit: ControlUnit::None,
        value,
        default: 100,
        state: ControlState::Settable,
    }
}

pub(crate) fn switch(name: &'static str, value: i32) -> Control {
    let choice = |(value, name): (i32, &str)| Choice {
        value,
        name: name.to_owned(),
    };
    let choices = [(0, "off"), (1, "on")].map(choice);
    Control {
        range: ControlRange::Choices(choices.to_vec()),
        default: 1,
        ..number(name, value)
    }
}

/// Brightness, automatic focus and focus.
pub(crate) fn webcam(brightness: i32, auto_focus: i32) -> Vec<Control> {
    let focus = match auto_focus {
        0 => ControlState::Settable,
        _ => ControlState::Automatic("auto focus"),
    };
    vec![
        number("brightness", brightness),
        switch("auto focus", auto_focus),
        Control {
            state: focus,
            ..number("focus", 20)
        },
    ]
}

pub(crate) fn report(name: &str, revision: u32, controls: Vec<Control>) -> Input<'static> {
    Input::Capture(CaptureReport::Controls {
        camera: camera(name),
        revision,
        controls,
    })
}

/// What no camera says, for the random tests.
pub(crate) fn any_reports(revision: u32, count: u8, value: i32) -> [CaptureReport; 2] {
    let camera = camera(["Desk", "", "\u{1b}[2J"][usize::from(count % 3)]);
    let control = |index: u8| Control {
        range: ControlRange::Number {
            min: value,
            max: i32::from(index),
            step: 0,
        },
        state: [ControlState::Settable, ControlState::Inactive][usize::from(index % 2)],
        ..number("gain", value)
    };
    let refused = vec![("gain", revision), ("zoom", 0)];
    let message = "no\u{7}".to_owned();
    [
        CaptureReport::Controls {
            camera: camera.clone(),
            revision,
            controls: (0..count).map(control).collect(),
        },
        CaptureReport::ControlsRefused {
            camera,
            refused,
            message,
        },
    ]
}
