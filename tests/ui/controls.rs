//! The panel of the camera's controls, and the arithmetic of its keys.

use super::*;
use proptest::prelude::*;
use ttychat::ui::control::{Change, Choice, Control, ControlRange, ControlState, ControlUnit};

fn number(name: &'static str, min: i32, max: i32, value: i32) -> Control {
    Control {
        name,
        range: ControlRange::Number { min, max, step: 1 },
        unit: ControlUnit::None,
        value,
        default: 128,
        state: ControlState::Settable,
    }
}

fn choices(name: &'static str, names: &[&str], value: i32) -> Control {
    let choice = |(value, name): (i32, &&str)| Choice {
        value,
        name: (*name).to_owned(),
    };
    Control {
        range: ControlRange::Choices((0..).zip(names).map(choice).collect()),
        default: 1,
        ..number(name, 0, 9, value)
    }
}

/// A webcam as most are.
fn webcam() -> Vec<Control> {
    let (kelvin, time) = (ControlUnit::Kelvin, ControlUnit::TenthMillisecond);
    vec![
        number("brightness", 0, 255, 128),
        number("contrast", 0, 255, 200),
        choices("auto exposure", &["off", "on"], 1),
        Control {
            unit: time,
            state: ControlState::Automatic("auto exposure"),
            ..number("exposure time", 3, 2047, 156)
        },
        choices("auto white", &["off", "on"], 0),
        Control {
            unit: kelvin,
            default: 4600,
            ..number("white balance", 2000, 6500, 4600)
        },
        Control {
            unit: time,
            default: 10_000,
            ..number("long time", 1, 10_000, 10_000)
        },
        choices("power line", &["off", "50 Hz", "60 Hz"], 2),
        Control {
            state: ControlState::ReadOnly,
            ..number("focus", 0, 250, 20)
        },
    ]
}

#[test]
fn goldens_of_the_controls() {
    let picture = quarters(78, 44);
    let chat = conversation();
    let controls = webcam();
    let camera = "HD Webcam C270 \u{1b}with a long name";
    for (name, columns, rows, depth) in [
        ("80x24", 80, 24, ColorDepth::Truecolor),
        ("40x12", 40, 12, ColorDepth::Truecolor),
        ("20x10", 20, 10, ColorDepth::Truecolor),
        ("mono", 60, 16, ColorDepth::Mono),
    ] {
        let window = window(columns, rows);
        let mut view = view(window, Scene::Call(Panel::Picture(&picture)), &chat);
        view.depth = depth;
        view.overlay = Overlay::Controls;
        view.status = in_call();
        view.controls = ControlPanel {
            camera,
            controls: &controls,
            chosen: 7,
            reason: "",
        };
        cells::check(&format!("controls-{name}"), &painted(&view).0);
    }
    let mut view = view(window(40, 12), Scene::Waiting { addresses: &[] }, &chat);
    view.overlay = Overlay::Controls;
    view.controls.reason = "My camera is off; v turns it on.";
    cells::check("controls-none", &painted(&view).0);
}

#[test]
fn the_chosen_control_is_in_sight_in_every_window() {
    let chat = Chat::default();
    let controls = webcam();
    for (columns, rows) in [
        (80, 24),
        (40, 12),
        (30, 9),
        (20, 10),
        (20, 5),
        (12, 3),
        (12, 2),
    ] {
        for (chosen, control) in controls.iter().enumerate() {
            let mut view = view(
                window(columns, rows),
                Scene::Waiting { addresses: &[] },
                &chat,
            );
            view.overlay = Overlay::Controls;
            view.controls.controls = &controls;
            view.controls.chosen = chosen;
            let shown = words(&painted(&view).0);
            let line = shown.lines().find(|line| line.contains('▌'));
            let line = line.unwrap_or_else(|| panic!("{columns}x{rows}, {chosen}:\n{shown}"));
            assert!(
                line.contains(control.name.chars().next().unwrap()),
                "{columns}x{rows}:\n{shown}"
            );
        }
    }
}

#[track_caller]
fn check_walk(control: &Control, change: Change, expected: &[i32]) {
    let mut control = control.clone();
    for expected in expected {
        control.value = control.next(change);
        assert_eq!(control.value, *expected, "{control:?}");
    }
}

#[test]
fn twenty_steps_lead_through_a_range_and_stop_at_its_ends() {
    let brightness = number("brightness", 0, 255, 128);
    check_walk(&brightness, Change::Raise, &[140, 152, 164]);
    check_walk(&brightness, Change::Lower, &[116, 104]);
    check_walk(
        &number("brightness", 0, 255, 250),
        Change::Raise,
        &[255, 255],
    );
    check_walk(
        &number("brightness", -64, 64, -60),
        Change::Lower,
        &[-64, -64],
    );
    check_walk(&number("gain", 0, 3, 1), Change::Raise, &[2, 3, 3]);
    let pan = |value| Control {
        range: ControlRange::Number {
            min: -36_000,
            max: 36_000,
            step: 3_600,
        },
        ..number("pan", 0, 0, value)
    };
    check_walk(&pan(0), Change::Raise, &[3_600, 7_200]);
    check_walk(&pan(-1), Change::Raise, &[0]);
    check_walk(&pan(-1), Change::Lower, &[-3_600]);
}

#[test]
fn the_last_step_is_one_that_the_driver_has() {
    let steps = |value| Control {
        range: ControlRange::Number {
            min: 10,
            max: 99,
            step: 20,
        },
        ..number("gain", 0, 0, value)
    };
    check_walk(&steps(70), Change::Raise, &[90, 90]);
    // What a driver has set by itself is no step back.
    check_walk(&steps(99), Change::Raise, &[99]);
    check_walk(&steps(99), Change::Lower, &[90, 70]);
}

#[test]
fn an_exposure_time_goes_by_half_stops() {
    let time = |value| Control {
        unit: ControlUnit::TenthMillisecond,
        ..number("exposure time", 1, 10_000, value)
    };
    check_walk(&time(1), Change::Raise, &[2, 3, 4, 6, 8, 11, 16, 23]);
    check_walk(&time(9_000), Change::Raise, &[10_000, 10_000]);
    check_walk(&time(100), Change::Lower, &[71, 50, 35]);
    check_walk(&time(2), Change::Lower, &[1, 1]);
}

#[test]
fn choices_go_round() {
    let line = choices("power line", &["off", "50 Hz", "60 Hz"], 1);
    check_walk(&line, Change::Raise, &[2, 0, 1]);
    check_walk(&line, Change::Lower, &[0, 2]);
    // A value that the menu does not have.
    check_walk(
        &choices("power line", &["off", "50 Hz"], 7),
        Change::Raise,
        &[0],
    );
    check_walk(&choices("power line", &[], 7), Change::Lower, &[7]);
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn the_next_value_is_in_the_range_whatever_the_numbers(
        (min, max, step, value) in any::<(i32, i32, i32, i32)>(),
        unit in prop_oneof![Just(ControlUnit::None), Just(ControlUnit::TenthMillisecond)],
    ) {
        let range = ControlRange::Number { min, max, step };
        let control = Control { range, unit, ..number("gain", 0, 0, value) };
        let (raised, lowered) = (control.next(Change::Raise), control.next(Change::Lower));
        if min <= max {
            let value = value.clamp(min, max);
            prop_assert!((value..=max).contains(&raised));
            prop_assert!((min..=value).contains(&lowered));
        }
    }
}
