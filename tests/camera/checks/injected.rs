//! Errors of a driver's calls: vivid has buttons for them.

use super::{Check, seconds};
use crate::{bars::VIVID, call::Call, rig::Rig};
use std::time::{Duration, Instant};

pub(super) const CHECKS: &[Check] = &[
    ("a mode that cannot be started is left out", start_error),
    (
        "an error in the stream is said, and it goes on",
        stream_error,
    ),
    ("a device that goes away is said to be gone", disconnect),
    ("a picture that the driver marks is dropped", marked),
    ("a driver that loses pictures", dropped),
];

/// Presses one of vivid's buttons.
fn press(rig: &Rig, button: &str) {
    set(rig, button, 1);
}

fn set(rig: &Rig, control: &str, value: u32) {
    rig.run(&format!("v4l2-ctl -d /dev/video0 -c {control}={value}"));
}

fn start_error(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera vivid");
    call.wait_for(&VIVID);
    let mut figures = Vec::new();
    for (button, next) in [
        ("inject_vidioc_streamon_error", "vivid 640x480 UYVY at 25"),
        ("inject_vidioc_reqbufs_error", "vivid 640x480 UYVY at 25"),
        ("inject_vidioc_qbuf_error", "vivid 640x480 UYVY at 25"),
    ] {
        // It lasts for one call of the driver's, so that the second best mode is taken.
        call.guest.type_keys("v");
        call.host.wait_for_text("camera off");
        rig.wait_until_released();
        call.forget_words();
        press(rig, button);
        call.guest.type_keys("v");
        figures.push(seconds(call.wait_for(&VIVID)));
        call.wait_for_words(next);
        let words = call.words();
        assert!(!words.contains("failed"), "{button}: {words}");
    }
    call.assert_alive("started");
    call.end();
    figures.join(", ")
}

fn stream_error(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera vivid");
    call.wait_for(&VIVID);
    let mut figures = Vec::new();
    for (button, words) in [
        (
            "inject_fatal_streaming_error",
            "camera /dev/video0 (vivid) failed",
        ),
        (
            "inject_vidioc_qbuf_error",
            "camera /dev/video0 (vivid) failed",
        ),
    ] {
        call.forget_words();
        let pressed_at = Instant::now();
        press(rig, button);
        call.wait_for_words(words);
        call.wait_for_words("camera: vivid 640x480");
        call.wait_for(&VIVID);
        figures.push(seconds(pressed_at.elapsed()));
    }
    call.assert_alive("again");
    call.end();
    format!("back after {}", figures.join(", "))
}

fn disconnect(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera vivid");
    call.wait_for(&VIVID);
    call.forget_words();
    // The device stays and answers ENODEV until all have closed it.
    press(rig, "disconnect");
    call.wait_for_words("is gone; plug it in again");
    call.wait_for_words("camera: vivid 640x480");
    call.wait_for(&VIVID);
    // The driver is taken from it while it streams.
    let unbound_at = Instant::now();
    rig.run("rig vivid unbind");
    call.host.wait_for_text("camera lost");
    let noticed = unbound_at.elapsed();
    call.assert_alive("unbound");
    rig.wait_until_released();
    let bound_at = Instant::now();
    rig.run("rig vivid bind");
    call.wait_for(&VIVID);
    let again = bound_at.elapsed();
    call.end();
    format!(
        "noticed after {}, back after {}",
        seconds(noticed),
        seconds(again)
    )
}

fn marked(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera vivid --stats /tmp/stats");
    call.wait_for(&VIVID);
    call.forget_words();
    for _ in 0..5 {
        press(rig, "inject_v4l2_buf_flag_error");
        // One button may count for one picture.
        std::thread::sleep(Duration::from_millis(300));
    }
    rig.wait_for(
        "all five to be counted",
        "grep -q 'camera_broken.:5' /tmp/stats",
    );
    assert_eq!(call.words(), "", "that is no failure");
    call.assert_stays(&VIVID);
    call.end();
    String::new()
}

fn dropped(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera vivid");
    call.wait_for(&VIVID);
    call.forget_words();
    set(rig, "percentage_of_dropped_buffers", 70);
    call.assert_stays(&VIVID);
    assert_eq!(call.words(), "", "fewer pictures are no failure");
    set(rig, "percentage_of_dropped_buffers", 100);
    call.host.wait_for_text("camera lost");
    call.wait_for_words("gives no pictures");
    set(rig, "percentage_of_dropped_buffers", 0);
    let again = call.wait_for(&VIVID);
    call.end();
    format!("back after {}", seconds(again))
}
