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

fn bars_of(format: &str) -> &'static Bars {
    if FORMATS_GREY.contains(&format) {
        &VIVID_GREY
    } else {
        &VIVID
    }
}

/// Waits for the bars in the offered mode, and says how far they are off.
#[track_caller]
fn see(call: &mut Call<'_>, bars: &Bars, description: &str) -> u8 {
    call.reopen();
    call.wait_for_words(&format!("camera: vivid {description}"));
    call.deviation(bars, DEVIATION_MAX)
}

fn formats(rig: &Rig) -> String {
    let mut call = Call::start_limited(rig);
    call.wait_for(&VIVID);
    let mut deviation = 0;
    for format in FORMATS.into_iter().chain(FORMATS_GREY) {
        rig.offer(format, "", "");
        let description = format!("640x480 {}", format.trim_end());
        deviation = deviation.max(see(&mut call, bars_of(format), &description));
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
    // vivid leaves out chroma at an odd edge where it has planes, and cuts pairs of pixels in half.
    let modes = [
        ("644x482", "644x482", ["YUYV", "NV12", "YU12", "RGB3"]),
        ("642x482", "642x482", ["UYVY", "NV21", "NV12", "BGR3"]),
        ("641x481", "641x481", ["GREY", "XR24", "RGB4", "RGB3"]),
        ("641x481", "640x481", ["YUYV", "UYVY", "YVYU", "YUYV"]),
        ("323x241", "323x241", ["Y16 ", "AB24", "RA24", "BGR3"]),
    ];
    let mut deviation = 0;
    for (size, shown, formats) in modes {
        for format in formats {
            rig.offer(format, size, "");
            let bars = bars_of(format);
            let description = format!("{shown} {}", format.trim_end());
            deviation = deviation.max(see(&mut call, bars, &description));
        }
    }
    call.assert_alive("all seen");
    call.end();
    let count = modes.len() * 4;
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
