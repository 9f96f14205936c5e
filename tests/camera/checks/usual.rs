//! What a person does with cameras that work.

use super::{Check, seconds};
use crate::{
    bars::{Bars, VIVID, WEBCAM},
    call::Call,
    rig::Rig,
};
use std::time::Duration;

pub(super) const CHECKS: &[Check] = &[
    ("--cameras lists what is there", list),
    ("vivid comes in right colours", vivid),
    ("the webcam comes in right colours", webcam),
    ("c and C switch in the call", switch_camera),
    ("r and R switch in the call", switch_resolution),
    ("v releases the camera", turn_off),
    ("Ctrl-Z releases the camera, fg takes it back", suspend),
];

fn list(rig: &Rig) -> String {
    let listed = rig.run("ttychat --cameras");
    let cameras: Vec<_> = listed
        .lines()
        .filter(|line| !line.starts_with(' '))
        .collect();
    // /dev/video2 is there as well: the webcam's, for what is not pictures.
    let expected = [
        "0  vivid  (/dev/video0, platform:vivid-000)",
        "1  RIG Webcam  (/dev/video1, usb-vhci_hcd.0-1)",
    ];
    assert_eq!(cameras, expected, "in:\n{listed}");
    assert!(rig.holds("[ -c /dev/video2 ]"), "a device for metadata");
    let (vivid, webcam) = listed
        .split_once(expected[1])
        .expect("the second was just seen");
    let webcam_modes = "
     MJPG
       640x480     up to 30/s
       320x240     up to 30/s
";
    assert_eq!(webcam, webcam_modes, "in:\n{listed}");
    for mode in [
        "640x480     up to 25/s",
        "1280x720    up to 12.5/s",
        "3840x2160   up to 2/s",
    ] {
        assert!(vivid.contains(mode), "no {mode} in:\n{listed}");
    }
    // All of vivid's formats, by another program's count.
    let count = rig.run("v4l2-ctl -d /dev/video0 --list-formats | grep -c \"\\]: '\"");
    let codes = vivid
        .replace("not read by ttychat:", "")
        .split_whitespace()
        .filter(|word| word.len() == 4 && !word.contains('/'))
        .count();
    assert_eq!(codes.to_string(), count.trim(), "in:\n{listed}");
    format!("{codes} formats of vivid")
}

fn vivid(rig: &Rig) -> String {
    colors(rig, "vivid", "vivid 640x480 YUYV at 25", &VIVID)
}

fn webcam(rig: &Rig) -> String {
    colors(rig, "webcam", "RIG Webcam 640x480 MJPG at 30", &WEBCAM)
}

fn colors(rig: &Rig, camera: &str, description: &str, bars: &Bars) -> String {
    let mut call = Call::start(rig, &format!("--camera {camera}"));
    call.wait_for(bars);
    call.wait_for_words(description);
    let deviation = call.deviation(bars, u8::MAX);
    // The figures are of the second before.
    std::thread::sleep(Duration::from_secs(3));
    let status = call.host.text();
    call.end();
    let rate = status.split("shown ").nth(1).unwrap_or_default();
    let rate = rate.split_whitespace().next().unwrap_or_default();
    format!("{description}: {rate} shown, at most {deviation} levels off")
}

fn switch_camera(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera vivid");
    call.wait_for(&VIVID);
    let forth = call.switch("c", &WEBCAM);
    let back = call.switch("C", &VIVID);
    call.assert_alive("still here");
    call.end();
    format!("{} forth, {} back", seconds(forth), seconds(back))
}

fn switch_resolution(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera vivid");
    call.wait_for(&VIVID);
    let mut figures = Vec::new();
    for (key, granted) in [
        ("r", "camera: vivid 1280x720 YUYV at 12.5"),
        ("R", "camera: vivid 640x480 YUYV at 25"),
        ("R", "camera: vivid 640x360 YUYV at 30"),
        ("r", "camera: vivid 640x480 YUYV at 25"),
    ] {
        figures.push(seconds(call.switch_mode(key, granted)));
        call.wait_for(&VIVID);
    }
    for (key, granted) in [
        ("c", "camera: RIG Webcam 640x480 MJPG at 30"),
        ("R", "camera: RIG Webcam 320x240 MJPG at 30"),
    ] {
        figures.push(seconds(call.switch_mode(key, granted)));
        call.wait_for(&WEBCAM);
    }
    call.assert_alive("still here");
    call.end();
    figures.join(", ")
}

fn turn_off(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera webcam");
    call.wait_for(&WEBCAM);
    assert!(rig.is_in_use(), "what is in use is seen to be");
    call.guest.type_keys("v");
    call.host.wait_for_text("camera off");
    rig.wait_until_released();
    call.assert_alive("unseen");
    call.guest.type_keys("v");
    let again = call.wait_for(&WEBCAM);
    call.end();
    format!("on again after {}", seconds(again))
}

fn suspend(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera webcam");
    call.wait_for(&WEBCAM);
    call.guest.type_keys("\x1a");
    call.guest.wait_for_text("stopped");
    call.host.wait_for_text("paused");
    rig.wait_until_released();
    call.guest.type_keys("\r");
    let again = call.wait_for(&WEBCAM);
    call.end();
    format!("back after {}", seconds(again))
}
