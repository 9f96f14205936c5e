//! What is checked.

use crate::{
    bars::{VIVID, WEBCAM},
    call::Call,
    rig::Rig,
};
use std::time::{Duration, Instant};

/// A check; it gives figures to be printed behind its name.
type Check = fn(&Rig) -> String;

/// All checks, in the order in which they are done.
pub(crate) const ALL: [(&str, Check); 13] = [
    ("--cameras lists what is there", list),
    ("YUYV comes in right colours", yuyv),
    ("MJPEG comes in right colours", mjpeg),
    ("c and C switch in the call", switch_camera),
    ("r and R switch in the call", switch_resolution),
    ("v releases the camera", turn_off),
    ("an unplugged camera comes back by itself", unplug),
    ("a busy camera is said to be, and is taken when free", busy),
    ("no permission is said", permission),
    ("a frozen camera is said to be, and comes back", freeze),
    ("broken pictures are skipped and counted", corrupt),
    (
        "b sets the controls, and they are kept",
        crate::controls::controls,
    ),
    ("Ctrl-Z releases the camera, fg takes it back", suspend),
];

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn list(rig: &Rig) -> String {
    let listed = rig.run("ttychat --cameras");
    let cameras: Vec<_> = listed
        .lines()
        .filter(|line| !line.starts_with(' '))
        .collect();
    let expected = [
        "0  vivid  (/dev/video0, platform:vivid-000)",
        "1  RIG Webcam  (/dev/video1, usb-vhci_hcd.0-1)",
    ];
    assert_eq!(cameras, expected, "in:\n{listed}");
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
    format!(": {codes} formats of vivid")
}

fn yuyv(rig: &Rig) -> String {
    colors(rig, "vivid", "vivid 640x480 YUYV at 25")
}

fn mjpeg(rig: &Rig) -> String {
    colors(rig, "webcam", "RIG Webcam 640x480 MJPG at 30")
}

fn colors(rig: &Rig, camera: &str, description: &str) -> String {
    let mut call = Call::start(rig, &format!("--camera {camera}"));
    call.wait_for(if camera == "vivid" { &VIVID } else { &WEBCAM });
    call.wait_for_words(description);
    // The figures are of the second before.
    std::thread::sleep(Duration::from_secs(3));
    let status = call.host.text();
    call.end();
    let rate = status.split("shown ").nth(1).unwrap_or_default();
    let rate = rate.split_whitespace().next().unwrap_or_default();
    format!(": {description}, {rate} shown")
}

fn switch_camera(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera vivid");
    call.wait_for(&VIVID);
    call.guest.type_keys("c");
    let forth = call.wait_for(&WEBCAM);
    call.guest.type_keys("C");
    let back = call.wait_for(&VIVID);
    call.assert_alive("still here");
    call.end();
    format!(": {} forth, {} back", seconds(forth), seconds(back))
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
        call.forget_words();
        call.guest.type_keys(key);
        figures.push(seconds(call.wait_for_words(granted)));
        call.wait_for(&VIVID);
    }
    call.assert_alive("still here");
    call.end();
    format!(": {}", figures.join(", "))
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
    format!(": on again after {}", seconds(again))
}

fn unplug(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera webcam");
    call.wait_for(&WEBCAM);
    let unplugged_at = Instant::now();
    rig.run("rig uvc unplug");
    call.host.wait_for_text("camera lost");
    let noticed = unplugged_at.elapsed();
    call.wait_for_words("is gone; plug it in again");
    call.guest.wait_for_text("camera lost");
    rig.wait_until_released();
    call.assert_alive("unplugged");
    let plugged_at = Instant::now();
    rig.run("rig uvc plug; [ -e /dev/video1 ]");
    call.wait_for(&WEBCAM);
    let again = plugged_at.elapsed();
    call.end();
    format!(
        ": noticed after {}, back {} after it was plugged in",
        seconds(noticed),
        seconds(again)
    )
}

fn busy(rig: &Rig) -> String {
    rig.run("rig busy /dev/video0");
    let mut call = Call::start(rig, "--camera vivid");
    call.wait_for_words("camera /dev/video0 (vivid) is busy; close the program that uses it");
    call.host.wait_for_text("camera lost");
    call.assert_alive("nothing to see");
    let freed_at = Instant::now();
    rig.run("rig free");
    call.wait_for(&VIVID);
    let taken = freed_at.elapsed();
    call.end();
    format!(": taken {} after it was free", seconds(taken))
}

fn permission(rig: &Rig) -> String {
    rig.run("mkdir -p -m 777 /tmp/nobody");
    let commands = "HOME=/tmp/nobody ttychat --listen 2223 --headless --accept all --camera 0 \
                    --duration 3 --log /tmp/nobody/log";
    rig.run(&format!("su nobody -s /bin/sh -c '{commands}'"));
    let words = rig.run("cat /tmp/nobody/log");
    assert!(
        words.contains("no permission to open camera /dev/video0"),
        "{words}"
    );
    String::new()
}

fn freeze(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera webcam");
    call.wait_for(&WEBCAM);
    let frozen_at = Instant::now();
    rig.run("rig uvc freeze");
    call.host.wait_for_text("camera lost");
    let noticed = frozen_at.elapsed();
    call.wait_for_words("gives no pictures");
    call.assert_alive("frozen");
    let resumed_at = Instant::now();
    rig.run("rig uvc resume");
    call.wait_for(&WEBCAM);
    let again = resumed_at.elapsed();
    call.end();
    format!(
        ": noticed after {}, back after {}",
        seconds(noticed),
        seconds(again)
    )
}

fn corrupt(rig: &Rig) -> String {
    let mut call = Call::start(rig, "--camera webcam --stats /tmp/stats");
    call.wait_for(&WEBCAM);
    call.forget_words();
    let has_broken = "grep -q '\"camera_broken\":[1-9]' /tmp/stats";
    assert!(
        !rig.holds(has_broken),
        "broken pictures before there were any"
    );
    // Some faults never get past the driver, and some damage lies outside of what is decoded.
    for fault in ["corrupt", "empty", "error", "truncate"] {
        rig.run(&format!("rig uvc {fault} 20"));
        std::thread::sleep(Duration::from_secs(1));
    }
    rig.wait_for("broken pictures to be counted", has_broken);
    call.wait_for(&WEBCAM);
    assert_eq!(call.words(), "", "a few broken pictures are no failure");
    call.end();
    let last = "tail -n 1 /tmp/stats | sed 's/.*camera_broken.:\\([0-9]*\\).*/\\1/'";
    format!(": {} of 80 counted", rig.run(last).trim())
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
    format!(": back after {}", seconds(again))
}
