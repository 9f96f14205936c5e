//! The controls of a camera, set with keys in a call: the driver has them, the other end sees them,
//! and they are there again when the camera is.

use crate::{bars::VIVID, call::Call, checks::Check, pty::half_block_colors_of_row, rig::Rig};
use vt100::{Color, Screen};

pub(crate) const CHECKS: &[Check] = &[("b sets the controls, and they are kept", controls)];

/// What was set in earlier runs, in the machine.
const KEPT: &str = "$HOME/.config/ttychat/cameras";

/// The least of a channel when brightness is at its end: vivid's bars lack channels no longer then.
const LIGHT_MIN: u8 = 60;

/// Presses of a key that lead from the middle of a range to its end, and one more.
const TO_THE_END: &str = "lllllllllll";

fn controls(rig: &Rig) -> String {
    rig.run(&format!("rm -f {KEPT}"));
    let mut call = Call::start(rig, "--camera vivid");
    call.wait_for(&VIVID);
    call.guest.type_keys("b");
    call.guest.wait_for_text("brightness");
    call.guest.type_keys(TO_THE_END);
    let set = wait_for_value(rig, 0, "brightness", 255);
    call.host.wait_for("a light picture", is_light);
    // Another camera has its own.
    call.guest.type_keys("c");
    call.guest.wait_for_text("power line");
    call.guest.type_keys("l");
    wait_for_value(rig, 1, "brightness", 140);
    call.forget_words();
    rig.run("rig uvc unplug");
    call.wait_for_words("is gone; plug it in again");
    call.guest.wait_for_text("There is no camera");
    rig.run("rig uvc plug; [ -e /dev/video1 ]");
    let again = wait_for_value(rig, 1, "brightness", 140);
    call.assert_alive("still here");
    call.end();

    // Vivid keeps what was set; a camera that lost its power does not.
    rig.run("v4l2-ctl -d /dev/video0 --set-ctrl brightness=128");
    let mut call = Call::start(rig, "--camera vivid");
    call.host.wait_for("a light picture", is_light);
    wait_for_value(rig, 0, "brightness", 255);
    call.guest.type_keys("b");
    call.guest.wait_for_text("brightness");
    call.guest.type_keys("A");
    wait_for_value(rig, 0, "brightness", 128);
    call.wait_for(&VIVID);
    call.end();
    let kept = rig.run(&format!("cat {KEPT}"));
    assert!(!kept.contains("camera = vivid"), "in:\n{kept}");
    assert!(kept.contains("brightness = 140"), "in:\n{kept}");
    rig.run(&format!("rm -f {KEPT}"));
    format!("set after {set:.1} s, set again {again:.1} s after it was plugged in")
}

/// Waits until a control of `/dev/videoN` has a value, and says how many seconds that took.
#[track_caller]
fn wait_for_value(rig: &Rig, number: u32, control: &str, value: i32) -> f64 {
    let commands = format!(
        "v4l2-ctl -d /dev/video{number} --get-ctrl {control} 2>/dev/null | \
         grep -qx '{control}: {value}'"
    );
    rig.wait_for(&format!("{control} {value}"), &commands)
        .as_secs_f64()
}

/// Whether the middle of the screen shows a picture of pale colours alone.
fn is_light(screen: &Screen) -> bool {
    let (rows, columns) = screen.size();
    let row = half_block_colors_of_row(screen, rows.get() / 2);
    let width = usize::from(columns.get());
    let is_pale = |color: Color| match color {
        Color::Rgb(red, green, blue) => red.min(green).min(blue) >= LIGHT_MIN,
        _ => false,
    };
    // Beside the picture it is dark.
    let middle = row.get(width / 4..width * 3 / 4);
    middle.is_some_and(|middle| middle.iter().all(|(upper, _)| is_pale(*upper)))
}
