//! Cameras that come and go, and which one is meant.

use super::{Check, seconds};
use crate::{
    bars::{Bars, VIVID, VIVID_MIRRORED, WEBCAM, WEBCAM_YUYV},
    call::Call,
    rig::Rig,
};
use std::time::{Duration, Instant};

pub(super) const CHECKS: &[Check] = &[
    ("an unplugged camera comes back by itself", unplug),
    ("it comes back under another number", renumbered),
    ("another camera is taken with c meanwhile", other),
    ("a camera plugged in later is found with c", later),
    ("of two alike the right one comes back", twins),
    ("a webcam without JPEG", uncompressed),
    ("of JPEG and YUYV the cheaper is taken", both),
    ("a webcam without Huffman tables, in bulk", unusual),
    ("a name cut within a letter", name),
    ("what is no camera is not taken", no_camera),
    ("sixteen cameras: c walks through all", sixteen),
];

/// Longest time from unplugging until the other side is told.
const LOSS_TIMEOUT: Duration = Duration::from_secs(1);

/// Unplugs the webcam and waits until both ends show so; says how long that took.
#[track_caller]
pub(super) fn lose(call: &mut Call<'_>) -> Duration {
    let unplugged_at = Instant::now();
    call.rig.run("rig uvc unplug");
    call.host.wait_for_text("camera lost");
    let noticed = unplugged_at.elapsed();
    assert!(noticed <= LOSS_TIMEOUT, "noticed after {noticed:?}");
    call.guest.wait_for_text("camera lost");
    call.wait_for_words("is gone; plug it in again");
    call.rig.wait_until_released();
    noticed
}

fn unplug(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera webcam");
    call.wait_for(&WEBCAM);
    let noticed = lose(&mut call);
    call.assert_alive("unplugged");
    call.assert_idle();
    let plugged_at = Instant::now();
    rig.plug("");
    call.wait_for(&WEBCAM);
    let again = plugged_at.elapsed();
    call.end();
    format!(
        "noticed after {}, back {} after it was plugged in",
        seconds(noticed),
        seconds(again)
    )
}

fn renumbered(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera webcam");
    call.wait_for(&WEBCAM);
    lose(&mut call);
    // Another camera takes its number.
    rig.load_vivid("2");
    let plugged_at = Instant::now();
    rig.plug("");
    assert!(rig.holds("rig list | grep -q '^/dev/video2|RIG Webcam'"));
    call.wait_for(&WEBCAM);
    let again = plugged_at.elapsed();
    assert_eq!(rig.open_devices(), ["2"], "what is open");
    call.end();
    format!("as /dev/video2 {} after it was plugged in", seconds(again))
}

fn other(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera webcam");
    call.wait_for(&WEBCAM);
    lose(&mut call);
    call.guest.type_keys("c");
    let taken = call.wait_for(&VIVID);
    // What was lost is back, but nobody asked for it.
    rig.plug("");
    call.assert_alive("with another");
    call.assert_stays(&VIVID);
    let back = call.switch("c", &WEBCAM);
    call.end();
    format!("{}, back with c {}", seconds(taken), seconds(back))
}

fn later(rig: &Rig) -> String {
    rig.unplug();
    let mut call = Call::start(rig, "");
    call.wait_for(&VIVID);
    call.guest.type_keys("c");
    call.guest.wait_for_text("is the only camera");
    rig.plug("");
    let taken = call.switch("c", &WEBCAM);
    call.end();
    seconds(taken)
}

fn twins(rig: &Rig) -> String {
    rig.run("RIG_UVC_ID=1 rig uvc plug --jpegs none --yuyv 640x480; true");
    assert!(rig.holds("rig list | grep -q '^/dev/video3|RIG Webcam'"));
    let mut call = Call::start(rig, "--camera 3");
    call.wait_for(&WEBCAM_YUYV);
    rig.run("RIG_UVC_ID=1 rig uvc unplug");
    call.host.wait_for_text("camera lost");
    call.assert_alive("one of two");
    assert!(!rig.is_in_use(), "its twin was taken");
    rig.run("RIG_UVC_ID=1 rig uvc plug --jpegs none --yuyv 640x480; true");
    let again = call.wait_for(&WEBCAM_YUYV);
    call.end();
    format!("back after {}", seconds(again))
}

/// Plugs in another webcam and looks at it in a call.
#[track_caller]
fn look(rig: &Rig, options: &str, bars: &Bars, description: &str) -> String {
    rig.unplug();
    rig.plug(options);
    let mut call = Call::start(rig, "--camera 1");
    call.wait_for(bars);
    call.wait_for_words(description);
    let deviation = call.deviation(bars, u8::MAX);
    call.assert_alive("seen");
    call.end();
    format!("{description}: at most {deviation} levels off")
}

fn uncompressed(rig: &Rig) -> String {
    let options = "--jpegs none --yuyv 640x480,320x240";
    look(rig, options, &WEBCAM_YUYV, "RIG Webcam 640x480 YUYV at 30")
}

fn both(rig: &Rig) -> String {
    let options = "--yuyv 640x480,320x240";
    look(rig, options, &WEBCAM_YUYV, "RIG Webcam 640x480 YUYV at 30")
}

fn unusual(rig: &Rig) -> String {
    let options = "--no-dht --bulk";
    look(rig, options, &WEBCAM, "RIG Webcam 640x480 MJPG at 30")
}

fn name(rig: &Rig) -> String {
    // Sixteen of two bytes each, of which the driver keeps 31.
    let options = format!("--name \"$(printf '{}')\"", "\\374".repeat(16));
    let letters = "\u{fc}".repeat(15);
    let shown = format!("{letters}\u{fffd}");
    rig.unplug();
    rig.plug(&options);
    let listed = rig.run("ttychat --cameras");
    let line = format!("1  {shown}  (/dev/video1, usb-vhci_hcd.0-1)");
    assert!(listed.contains(&line), "no {line} in:\n{listed}");
    let mut call = Call::start(rig, "--camera vivid");
    call.wait_for(&VIVID);
    call.switch("c", &WEBCAM);
    call.wait_for_words(&format!("camera: {shown} 640x480"));
    // The emulator leaves out what stands for the half letter.
    call.guest
        .wait_for_text(&format!("camera: {letters} 640x480"));
    call.end();
    shown
}

fn no_camera(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera /dev/video2");
    call.host.wait_for_text("camera lost");
    call.wait_for_words("there is no camera /dev/video2");
    call.assert_alive("none yet");
    assert!(!rig.is_in_use(), "what is no camera is open");
    call.guest.type_keys("c");
    call.wait_for(&VIVID);
    call.end();
    String::new()
}

fn sixteen(rig: &Rig) -> String {
    const COUNT: usize = 16;
    rig.unplug();
    rig.load_vivid(&COUNT.to_string());
    // So that neighbours look different.
    rig.run(&format!(
        "for n in $(seq 1 2 {COUNT}); do \
             [ ! -e /dev/video$n ] || v4l2-ctl -d /dev/video$n -c horizontal_flip=1; \
         done"
    ));
    let listed = rig.run("ttychat --cameras");
    let numbers: Vec<String> = listed
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split("  ").next())
        .map(str::to_owned)
        .collect();
    let all: Vec<String> = (0..COUNT).map(|number| number.to_string()).collect();
    assert_eq!(numbers, all, "in:\n{listed}");
    let mut call = Call::start(rig, "--camera 0");
    call.wait_for(&VIVID);
    let mut slowest = Duration::ZERO;
    for number in (1..COUNT).chain([0]) {
        let bars = [&VIVID, &VIVID_MIRRORED].into_iter().nth(number % 2);
        slowest = slowest.max(call.switch("c", bars.expect("one of two")));
        assert_eq!(rig.open_devices(), [number.to_string()], "what is open");
    }
    call.assert_alive("round");
    call.end();
    format!("{} at most", seconds(slowest))
}
