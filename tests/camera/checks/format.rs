//! Every pixel format, from a real driver to the screen. A driver that offers many is made to
//! offer one: see `offer.c`.

use super::Check;
use crate::{
    bars::{Bars, VIVID, VIVID_GREY},
    call::Call,
    rig::Rig,
};

pub(super) const CHECKS: &[Check] = &[
    ("every format comes in right colours", formats),
    ("rows may be longer than they need to be", padding),
    ("odd sizes come in right colours", odd_sizes),
    ("what a driver says of its colours is heeded", coding),
];

/// What ttychat reads, but for JPEG, which vivid has not.
const FORMATS: [&str; 19] = [
    "YUYV", "UYVY", "YVYU", "NV12", "NV21", "YU12", "YV12", "RGB3", "BGR3", "RGB4", "BGR4", "BX24",
    "XR24", "BA24", "AR24", "XB24", "RX24", "AB24", "RA24",
];

/// The same without colour.
const FORMATS_GREY: [&str; 2] = ["GREY", "Y16 "];

/// Levels that a colour may be off when it comes to the screen, after the JPEG of the call.
const DEVIATION_MAX: u8 = 8;

/// Waits for the bars in the offered mode, and says how far they are off.
#[track_caller]
fn see(call: &mut Call<'_>, bars: &Bars, description: &str) -> u8 {
    call.reopen();
    call.wait_for_words(&format!("camera: vivid {description}"));
    call.wait_for(bars);
    let deviation = call.deviation(bars);
    assert!(
        deviation <= DEVIATION_MAX,
        "{description} is {deviation} levels off"
    );
    deviation
}

fn formats(rig: &Rig) -> String {
    let mut call = Call::start_limited(rig);
    call.wait_for(&VIVID);
    let mut deviation = 0;
    let colored = FORMATS.map(|format| (format, &VIVID));
    let grey = FORMATS_GREY.map(|format| (format, &VIVID_GREY));
    for (format, bars) in colored.into_iter().chain(grey) {
        rig.offer(format, "", "");
        let description = format!("640x480 {}", format.trim_end());
        deviation = deviation.max(see(&mut call, bars, &description));
    }
    call.assert_alive("all seen");
    call.end();
    let count = FORMATS.len() + FORMATS_GREY.len();
    format!("{count} formats, at most {deviation} levels off")
}

fn padding(rig: &Rig) -> String {
    let mut call = Call::start_limited(rig);
    call.wait_for(&VIVID);
    let mut deviation = 0;
    for (format, padding, stride) in [
        ("YUYV", "64", 1344),
        ("UYVY", "2", 1282),
        ("NV12", "64", 704),
        ("NV21", "2", 642),
        ("YU12", "64", 704),
        ("RGB3", "33", 1953),
        ("XR24", "4", 2564),
    ] {
        rig.offer(format, "", padding);
        deviation = deviation.max(see(&mut call, &VIVID, &format!("640x480 {format}")));
        let set = format!("v4l2-ctl -d /dev/video0 -V | grep -q 'Bytes per Line.*: {stride}$'");
        assert!(rig.holds(&set), "{format}: the driver took the padding");
    }
    call.assert_alive("all seen");
    call.end();
    format!("at most {deviation} levels off")
}

fn odd_sizes(rig: &Rig) -> String {
    // An input that has any size, with the colours of a webcam.
    rig.load_vivid("1 input_types=0x3");
    rig.run("v4l2-ctl -d /dev/video0 -c y_cbcr_encoding=1");
    let mut call = Call::start_limited(rig);
    call.wait_for(&VIVID);
    let (mut count, mut deviation) = (0, 0);
    // vivid makes the rows of a plane of chroma even, whatever the picture's are.
    for (size, other) in [
        ("644x482", "YU12"),
        ("641x481", "RGB3"),
        ("323x241", "BGR3"),
    ] {
        for format in ["YUYV", "UYVY", "NV12", "NV21", "XR24", other] {
            rig.offer(format, size, "");
            deviation = deviation.max(see(&mut call, &VIVID, &format!("{size} {format}")));
            count += 1;
        }
    }
    call.assert_alive("all seen");
    call.end();
    format!("{count} modes, at most {deviation} levels off")
}

fn coding(rig: &Rig) -> String {
    let mut call = Call::start_limited(rig);
    call.wait_for(&VIVID);
    let mut deviation = 0;
    // 1 and 2 are full and limited range, BT.601 and BT.709; for RGB only the range counts.
    for (format, quantization, encoding) in [
        ("YUYV", 1, 1),
        ("YUYV", 2, 2),
        ("NV12", 1, 2),
        ("YU12", 2, 1),
        ("RGB3", 2, 1),
        ("RGB3", 1, 1),
    ] {
        rig.offer(format, "", "");
        rig.run(&format!(
            "v4l2-ctl -d /dev/video0 -c quantization={quantization},y_cbcr_encoding={encoding}"
        ));
        deviation = deviation.max(see(&mut call, &VIVID, &format!("640x480 {format}")));
    }
    call.assert_alive("all seen");
    call.end();
    format!("at most {deviation} levels off")
}
