//! What is kept of the cameras' controls, as text.

use proptest::prelude::*;
use ttychat::app::{CameraId, CameraSettings, Setting};

fn camera(name: &str, plug: &str) -> CameraId {
    CameraId {
        name: name.to_owned(),
        plug: plug.to_owned(),
    }
}

const fn setting(value: i32) -> Setting {
    let (value, stamp) = (Some(value), 1);
    Setting { value, stamp }
}

fn is_known(name: &str) -> bool {
    ["brightness", "auto focus", "focus"].contains(&name)
}

/// What is read must be without complaints.
#[track_caller]
fn read(text: &str) -> CameraSettings {
    let (settings, complaints) = CameraSettings::parse(text, is_known);
    assert_eq!(complaints, [""; 0], "in:\n{text}");
    settings
}

fn value(settings: &CameraSettings, id: &CameraId, name: &str) -> Option<i32> {
    settings.get(id, name)?.value
}

#[test]
fn what_is_written_is_read_again() {
    let desk = camera("HD Webcam = \u{e4}\u{65e5} #1", "usb-0000:00:14.0-6");
    let plain = camera("Integrated", "");
    let mut settings = CameraSettings::default();
    settings.set(&desk, "brightness", Some(setting(-128)));
    settings.set(&desk, "auto focus", Some(setting(0)));
    settings.set(&plain, "focus", Some(setting(i32::MAX)));
    settings.set(&plain, "focus", Some(setting(i32::MIN)));
    let text = settings.to_string();
    let expected = "
camera = HD Webcam = \u{e4}\u{65e5} #1
plug = usb-0000:00:14.0-6
brightness = -128
auto focus = 0

camera = Integrated
focus = -2147483648
";
    assert!(text.starts_with("# ") && text.ends_with(expected), "{text}");
    let again = read(&text);
    assert_eq!(again.to_string(), text);
    assert_eq!(value(&again, &desk, "auto focus"), Some(0));
    assert_eq!(again.get(&desk, "brightness").unwrap().stamp, 0);
    // As some editors leave it.
    let edited = format!(
        "\u{feff}{}",
        text.replace('\n', "\r\n").replace(" = ", "=   ")
    );
    assert_eq!(value(&read(&edited), &plain, "focus"), Some(i32::MIN));
}

#[test]
fn defaults_and_what_is_forgotten_are_not_written() {
    let desk = camera("Desk", "1");
    let mut settings = read("camera = Desk\nplug = 1\nbrightness = 1\nfocus = 2\n");
    let (value, stamp) = (None, 1);
    settings.set(&desk, "brightness", Some(Setting { value, stamp }));
    assert!(settings.to_string().ends_with("\nplug = 1\nfocus = 2\n"));
    settings.set(&desk, "focus", None);
    assert!(!settings.to_string().contains("camera ="));
}

#[test]
fn a_camera_is_known_by_its_plug_or_else_by_its_name() {
    let text = "camera = A\nplug = 1\nfocus = 1\ncamera = A\nplug = 2\nfocus = 2\n";
    let settings = read(text);
    let focus = |name, plug| value(&settings, &camera(name, plug), "focus");
    assert_eq!(focus("A", "1"), Some(1));
    assert_eq!(focus("A", "2"), Some(2));
    assert_eq!(focus("A", "3"), Some(2), "the newest");
    assert_eq!(focus("B", "1"), None);
}

#[test]
fn broken_lines_are_left_out_and_said_and_the_rest_is_read() {
    let text = "\
focus = 1
camera = Desk
plug = \u{7}
brightness = 12
brightness = 1e3
brightness = 99999999999
focus
shutter = 5
camera =
focus = 3
camera = Window
focus = 4
";
    let (settings, complaints) = CameraSettings::parse(text, is_known);
    let expected = [
        "line 1 is left out: it belongs to no camera",
        "line 3 is left out: its name holds a control character",
        "line 5 is left out: its value is no whole number",
        "line 6 is left out: its value is no whole number",
        "line 7 is left out: it is not `name = value`",
        "and 3 more",
    ];
    assert_eq!(complaints, expected);
    let of = |name, control| value(&settings, &camera(name, ""), control);
    assert_eq!(of("Desk", "brightness"), Some(12));
    assert_eq!(
        of("Desk", "focus"),
        None,
        "it was below a camera without a name"
    );
    assert_eq!(of("Window", "focus"), Some(4));
}

#[test]
fn a_camera_that_is_there_twice_is_one() {
    let settings = read("camera=A\nfocus=1\nbrightness=1\n\ncamera=A\nfocus=2\n");
    assert_eq!(value(&settings, &camera("A", ""), "focus"), Some(2));
    assert_eq!(settings.to_string().matches("camera =").count(), 1);
    assert_eq!(settings.of(&camera("A", "")).count(), 2);
}

#[test]
fn only_so_many_cameras_are_remembered() {
    let text = |count: u32| {
        let section = |number| format!("camera = {number}\nfocus = 1\n");
        (0..count).map(section).collect::<String>()
    };
    let mut settings = read(&text(32));
    let (_, complaints) = CameraSettings::parse(&text(33), is_known);
    assert_eq!(complaints.len(), 2, "{complaints:?}");
    assert!(
        complaints[0].contains("more than 32 cameras"),
        "{complaints:?}"
    );
    // A new one takes the place of the one that was changed longest ago.
    settings.set(&camera("0", ""), "focus", Some(setting(5)));
    settings.set(&camera("new", ""), "focus", Some(setting(6)));
    let is_there = |name| value(&settings, &camera(name, ""), "focus").is_some();
    assert!(is_there("0") && is_there("new") && !is_there("1") && is_there("2"));
    assert_eq!(settings.to_string().matches("camera =").count(), 32);
}

#[test]
fn only_so_many_controls_and_so_long_names_are_read() {
    let names = (0..33).map(|number| format!("c{number} = 1\n"));
    let text = format!("camera = A\n{}", names.collect::<String>());
    let (settings, complaints) = CameraSettings::parse(&text, |_| true);
    assert_eq!(settings.of(&camera("A", "")).count(), 32);
    assert!(complaints[0].contains("line 34") && complaints[0].contains("32"));
    for (len, is_read) in [(100, true), (101, false)] {
        let text = format!("camera = {}\nfocus = 1\n", "\u{e4}".repeat(len));
        let (_, complaints) = CameraSettings::parse(&text, is_known);
        assert_eq!(complaints.is_empty(), is_read, "{len}");
    }
}

#[test]
fn what_this_run_changed_goes_over_what_another_wrote() {
    let mut ours = read("camera = A\nfocus = 1\ncamera = B\nfocus = 1\n");
    ours.set(&camera("A", ""), "focus", Some(setting(7)));
    let theirs = read("camera = B\nfocus = 2\ncamera = C\nfocus = 3\n");
    let both = theirs.updated(&ours);
    let focus = |name| value(&both, &camera(name, ""), "focus");
    assert_eq!(
        [focus("A"), focus("B"), focus("C")],
        [Some(7), Some(2), Some(3)]
    );
    // Forgotten here is forgotten there.
    ours.set(&camera("A", ""), "focus", None);
    assert!(!both.updated(&ours).to_string().contains("camera = A"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_read_is_bounded_and_stays_the_same_when_written(
        lines in prop::collection::vec(
            prop_oneof![
                any::<String>(),
                "(camera|plug|focus|brightness) ?= ?[a-z0-9]{0,3}",
                "[a-z#= -]{0,20}",
            ],
            0..200,
        ),
    ) {
        let (settings, complaints) = CameraSettings::parse(&lines.join("\n"), is_known);
        prop_assert!(complaints.len() <= 6);
        let text = settings.to_string();
        prop_assert!(text.len() < 32 * 1024);
        let (again, complaints) = CameraSettings::parse(&text, is_known);
        prop_assert_eq!(complaints.len(), 0, "{}", text);
        prop_assert_eq!(again.to_string(), text);
    }
}
