//! Cameras that are there and give no pictures, or broken ones.

use super::{Check, seconds};
use crate::{
    bars::{VIVID, WEBCAM},
    call::{Call, WINDOW},
    rig::Rig,
};
use std::time::{Duration, Instant};

pub(super) const CHECKS: &[Check] = &[
    ("a busy camera is said to be, and is taken when free", busy),
    ("no permission is said, and how to get it", permission),
    ("a frozen camera is said to be, and comes back", freeze),
    ("broken pictures are skipped and counted", broken),
    ("errors on the cable are lived through", line_errors),
    ("nothing but broken pictures is said", all_broken),
    ("a driver that hangs holds up nothing", hang),
];

/// What is said of a camera that another process uses.
const BUSY: &str =
    "camera /dev/video0 (vivid) is busy; close the program that uses it (v4l2-ctl, PID ";

/// What is said of a camera that we may not open: who owns it, its mode, and what is missing.
const DENIALS: [(&str, &str, &str); 2] = [
    (
        "0:0",
        "600",
        "no group may use it: write SUBSYSTEM==\"video4linux\"",
    ),
    (
        "0:44",
        "660",
        "it belongs to group video: run `sudo usermod -aG video $USER`",
    ),
];

/// What is said of a driver that does not return from a call.
const HANGS: &str = "hangs in the driver of /dev/video1 (RIG Webcam) and is left behind";

/// Longest time until it is seen that a camera gives no pictures: three seconds, and what it takes
/// to look.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(5);

fn busy(rig: &Rig) -> String {
    rig.run("rig busy /dev/video0");
    let mut call = Call::start(rig, "--camera vivid");
    call.wait_for_words(BUSY);
    call.host.wait_for_text("camera lost");
    call.assert_alive("nothing to see");
    call.assert_idle();
    let freed_at = Instant::now();
    rig.run("rig free");
    call.wait_for(&VIVID);
    let taken = freed_at.elapsed();
    call.end();
    format!("taken {} after it was free", seconds(taken))
}

fn permission(rig: &Rig) -> String {
    rig.run("mkdir -p -m 777 /tmp/nobody");
    let mut figures = Vec::new();
    for (owner, mode, missing) in DENIALS {
        rig.run(&format!(
            "chown {owner} /dev/video0; chmod {mode} /dev/video0; : > /tmp/log; chmod 666 /tmp/log"
        ));
        let command = Call::command();
        let command = format!(
            "su nobody -s /bin/sh -c 'HOME=/tmp/nobody exec {command} --camera 0 --name nobody'"
        );
        let mut call = Call::start_with(rig, &command, WINDOW);
        call.wait_for_words("no permission to open camera /dev/video0");
        call.wait_for_words(missing);
        call.host.wait_for_text("camera lost");
        call.assert_alive("not for me");
        let given_at = Instant::now();
        rig.run("chmod 666 /dev/video0");
        call.wait_for(&VIVID);
        figures.push(seconds(given_at.elapsed()));
        call.end();
    }
    format!("taken {} after it was given", figures.join(", "))
}

fn freeze(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera webcam");
    call.wait_for(&WEBCAM);
    let frozen_at = Instant::now();
    rig.run("rig uvc freeze");
    call.host.wait_for_text("camera lost");
    let noticed = frozen_at.elapsed();
    assert!(noticed <= SILENCE_TIMEOUT, "noticed after {noticed:?}");
    call.wait_for_words("gives no pictures");
    call.assert_alive("frozen");
    call.assert_idle();
    let resumed_at = Instant::now();
    rig.run("rig uvc resume");
    call.wait_for(&WEBCAM);
    let again = resumed_at.elapsed();
    call.end();
    format!(
        "noticed after {}, back after {}",
        seconds(noticed),
        seconds(again)
    )
}

/// How many pictures were skipped, as the statistics say.
fn skipped_count(rig: &Rig) -> u64 {
    let last = "tail -n 1 /tmp/stats | sed 's/.*camera_broken.:\\([0-9]*\\).*/\\1/'";
    rig.run(last).trim().parse().expect("a count")
}

/// Waits until the webcam has had its way with that many pictures, by its own count.
#[track_caller]
fn wait_for_pictures(rig: &Rig, count: u64) {
    let sent =
        "rig uvc stats; rig uvc log | sed -n 's/.*stats.* frames=\\([0-9]*\\).*/\\1/p' | tail -n 1";
    let first: u64 = rig.run(sent).trim().parse().expect("a count");
    let target = first + count;
    rig.wait_for("pictures", &format!("[ $({sent}) -ge {target} ]"));
}

fn broken(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera webcam --stats /tmp/stats");
    call.wait_for(&WEBCAM);
    rig.wait_for("statistics", "[ -s /tmp/stats ]");
    assert_eq!(skipped_count(rig), 0, "before there were any");
    call.forget_words();
    let mut figures = Vec::new();
    for fault in ["corrupt", "truncate", "empty", "error"] {
        let before = skipped_count(rig);
        rig.run(&format!("rig uvc {fault} 20"));
        wait_for_pictures(rig, 25);
        // The figures are of the second before.
        std::thread::sleep(Duration::from_secs(1));
        figures.push(format!("{} {fault}", skipped_count(rig) - before));
        call.wait_for(&WEBCAM);
    }
    assert!(skipped_count(rig) > 0, "broken pictures are counted");
    assert_eq!(call.words(), "", "a few broken pictures are no failure");
    // Some faults never get past the driver, and some damage lies outside of what is decoded.
    call.end();
    format!("of 20 each counted: {}", figures.join(", "))
}

fn line_errors(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera webcam");
    call.wait_for(&WEBCAM);
    call.forget_words();
    // The driver uses five at a time and gives each up that fails.
    for fault in ["urberror 2", "drop 10", "nodht 1"] {
        rig.run(&format!("rig uvc {fault}"));
        wait_for_pictures(rig, 15);
        call.assert_stays(&WEBCAM);
    }
    assert_eq!(call.words(), "", "that is no failure");
    let broken_at = Instant::now();
    rig.run("rig uvc urberror 5");
    call.host.wait_for_text("camera lost");
    let noticed = broken_at.elapsed();
    assert!(noticed <= SILENCE_TIMEOUT, "noticed after {noticed:?}");
    let again = call.wait_for(&WEBCAM);
    call.end();
    let (noticed, again) = (seconds(noticed), seconds(again));
    format!("too many noticed after {noticed}, back after {again}")
}

fn all_broken(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera webcam");
    call.wait_for(&WEBCAM);
    let mut figures = Vec::new();
    for fault in ["truncate", "empty", "error"] {
        call.forget_words();
        let broken_at = Instant::now();
        rig.run(&format!("rig uvc {fault} -1"));
        call.host.wait_for_text("camera lost");
        let noticed = broken_at.elapsed();
        assert!(noticed <= SILENCE_TIMEOUT, "noticed after {noticed:?}");
        call.wait_for_words("gives no pictures");
        rig.run(&format!("rig uvc {fault} 0"));
        let again = call.wait_for(&WEBCAM);
        let (noticed, again) = (seconds(noticed), seconds(again));
        figures.push(format!("{fault} {noticed}, back {again}"));
    }
    call.assert_alive("whole again");
    call.end();
    figures.join("; ")
}

fn hang(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera webcam");
    call.wait_for(&WEBCAM);
    // The whole device answers nothing any more: closing it waits for it without end.
    rig.run("killall -STOP uvcd");
    let taken = call.switch("c", &VIVID);
    call.wait_for_words(HANGS);
    call.assert_alive("beside it");
    // It cannot be had, and the other one can.
    call.guest.type_keys("c");
    call.host.wait_for_text("camera lost");
    call.assert_alive("without it");
    call.guest.type_keys("C");
    let back = call.wait_for(&VIVID);
    rig.run("killall -CONT uvcd");
    call.guest.type_keys("c");
    let again = call.wait_for(&WEBCAM);
    call.end();
    format!(
        "another after {}, {}; itself after {}",
        seconds(taken),
        seconds(back),
        seconds(again)
    )
}
