//! Drivers that are no webcams: HDMI, television and S-Video, which scale to any size.

use super::{Check, seconds};
use crate::{bars::VIVID, call::Call, rig::Rig};
use std::time::Duration;

pub(super) const CHECKS: &[Check] = &[
    ("HDMI: a short list of sizes, each works", hdmi),
    ("television and S-Video work", television),
];

/// What is offered of a range, smallest first from the one taken at the start.
const SIZES: [&str; 9] = [
    "800x600",
    "1024x768",
    "1280x720",
    "1920x1080",
    "160x120",
    "320x180",
    "320x240",
    "640x360",
    "640x480",
];

fn hdmi(rig: &Rig) -> String {
    rig.load_vivid("1 input_types=0x3");
    walk(rig, &SIZES)
}

fn television(rig: &Rig) -> String {
    rig.load_vivid("1 input_types=0x1");
    let television = walk(rig, &SIZES[..2]);
    rig.load_vivid("1 input_types=0x2");
    format!("{television}; {}", walk(rig, &SIZES[..2]))
}

/// Presses `r` until all sizes were seen.
#[track_caller]
fn walk(rig: &Rig, sizes: &[&str]) -> String {
    let listed = rig.run("ttychat --cameras | sed -n '2,/not read/p' | grep -c 'up to'");
    assert_eq!(listed.trim(), "9", "the sizes of a range");
    let mut call = Call::start(rig, "--camera vivid");
    call.wait_for(&VIVID);
    let mut slowest = Duration::ZERO;
    for size in sizes {
        let words = format!("camera: vivid {size}");
        slowest = slowest.max(call.switch_mode("r", &words));
        // The driver shrinks by four at most, and shows a part of what comes in then.
        if *size != "160x120" {
            call.wait_for(&VIVID);
        }
    }
    call.assert_alive("all seen");
    call.end();
    format!("{} sizes, {} at most", sizes.len(), seconds(slowest))
}
