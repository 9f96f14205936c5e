//! Which mode is chosen, for the lists of real drivers.

#![allow(clippy::unwrap_used, reason = "test code")]

use ttychat_platform::camera::{
    FourCc, Mode, Priority, Wish,
    mode::{READABLE, natural_stride, picture_len, ranked, sizes},
};

fn modes(list: &[(&[u8; 4], u32, u32, f64)]) -> Vec<Mode> {
    let mode = |&(format, width, height, rate_max): &(&[u8; 4], u32, u32, f64)| Mode {
        format: FourCc(*format),
        width,
        height,
        rate_max,
    };
    list.iter().map(mode).collect()
}

/// The webcam input of the kernel's test driver, its first formats.
fn vivid() -> Vec<Mode> {
    let formats = [
        b"GREY", b"Y10 ", b"YUYV", b"UYVY", b"422P", b"NV12", b"RGB3",
    ];
    let sizes = [
        (320, 180, 60.0),
        (640, 360, 40.0),
        (640, 480, 25.0),
        (1280, 720, 12.5),
        (1920, 1080, 5.0),
        (3840, 2160, 2.0),
    ];
    let offers = formats
        .iter()
        .flat_map(|f| sizes.map(|(w, h, rate)| (*f, w, h, rate)));
    modes(&offers.collect::<Vec<_>>())
}

/// The camera rig's USB webcam.
fn rig_webcam() -> Vec<Mode> {
    modes(&[
        (b"MJPG", 640, 480, 30.0),
        (b"MJPG", 320, 240, 30.0),
        (b"YUYV", 640, 480, 30.0),
        (b"YUYV", 320, 240, 30.0),
    ])
}

/// A usual webcam: what does not fit USB 2 comes as MJPEG only at a good rate.
fn webcam() -> Vec<Mode> {
    modes(&[
        (b"YUYV", 640, 480, 30.0),
        (b"YUYV", 320, 240, 30.0),
        (b"YUYV", 1280, 720, 10.0),
        (b"YUYV", 1920, 1080, 5.0),
        (b"MJPG", 640, 480, 30.0),
        (b"MJPG", 1280, 720, 30.0),
        (b"MJPG", 1920, 1080, 30.0),
        (b"H264", 1920, 1080, 30.0),
    ])
}

#[track_caller]
fn check(modes: &[Mode], wish: (u32, u32, f64), priority: Priority, expected: &str) {
    let (width, height, rate) = wish;
    let best = *ranked(
        modes,
        Wish {
            width,
            height,
            rate,
            priority,
        },
    )
    .first()
    .unwrap();
    let Mode {
        format,
        width,
        height,
        rate_max,
    } = best;
    assert_eq!(format!("{format} {width}x{height} {rate_max}"), expected);
}

#[test]
fn vivid_gives_its_best_for_each_wish() {
    check(
        &vivid(),
        (640, 480, 30.0),
        Priority::Rate,
        "YUYV 640x480 25",
    );
    check(
        &vivid(),
        (320, 180, 30.0),
        Priority::Rate,
        "YUYV 320x180 60",
    );
    check(
        &vivid(),
        (320, 240, 30.0),
        Priority::Rate,
        "YUYV 320x180 60",
    );
    check(
        &vivid(),
        (640, 480, 60.0),
        Priority::Rate,
        "YUYV 320x180 60",
    );
    check(
        &vivid(),
        (1280, 720, 30.0),
        Priority::Rate,
        "YUYV 640x480 25",
    );
    check(
        &vivid(),
        (1280, 720, 30.0),
        Priority::Size,
        "YUYV 1280x720 12.5",
    );
    check(
        &vivid(),
        (640, 480, 60.0),
        Priority::Size,
        "YUYV 640x480 25",
    );
}

#[test]
fn yuyv_is_taken_where_it_is_fast_enough_and_mjpeg_otherwise() {
    for priority in [Priority::Rate, Priority::Size] {
        check(&rig_webcam(), (640, 480, 30.0), priority, "YUYV 640x480 30");
        check(&rig_webcam(), (320, 240, 30.0), priority, "YUYV 320x240 30");
        check(&webcam(), (640, 480, 30.0), priority, "YUYV 640x480 30");
        check(&webcam(), (1280, 720, 30.0), priority, "MJPG 1280x720 30");
        check(&webcam(), (1280, 720, 10.0), priority, "YUYV 1280x720 10");
        check(&webcam(), (1920, 1080, 30.0), priority, "MJPG 1920x1080 30");
        check(&webcam(), (160, 120, 30.0), priority, "YUYV 320x240 30");
    }
}

#[test]
fn a_size_above_the_wish_is_better_than_one_far_below() {
    let list = [
        (b"MJPG", 320, 240, 30.0),
        (b"MJPG", 1280, 720, 30.0),
        (b"MJPG", 3840, 2160, 30.0),
    ];
    check(
        &modes(&list),
        (640, 480, 30.0),
        Priority::Rate,
        "MJPG 1280x720 30",
    );
    let list = [(b"MJPG", 320, 240, 30.0), (b"MJPG", 3840, 2160, 30.0)];
    check(
        &modes(&list),
        (640, 480, 30.0),
        Priority::Rate,
        "MJPG 320x240 30",
    );
}

#[test]
fn a_known_rate_is_better_than_an_unknown_one_and_colour_than_grey() {
    let list = [(b"YUYV", 640, 480, 0.0), (b"MJPG", 640, 480, 30.0)];
    check(
        &modes(&list),
        (640, 480, 30.0),
        Priority::Rate,
        "MJPG 640x480 30",
    );
    let list = [(b"YUYV", 640, 480, 0.0), (b"MJPG", 640, 480, 5.0)];
    check(
        &modes(&list),
        (640, 480, 30.0),
        Priority::Rate,
        "YUYV 640x480 0",
    );
    let list = [(b"GREY", 640, 480, 30.0), (b"MJPG", 1280, 720, 10.0)];
    check(
        &modes(&list),
        (640, 480, 30.0),
        Priority::Rate,
        "MJPG 1280x720 10",
    );
    let list = [(b"GREY", 640, 480, 30.0)];
    check(
        &modes(&list),
        (640, 480, 30.0),
        Priority::Rate,
        "GREY 640x480 30",
    );
}

#[test]
fn what_cannot_be_read_is_never_chosen() {
    let list = modes(&[(b"H264", 640, 480, 30.0), (b"YUYV", 0, 480, 30.0)]);
    let wish = Wish {
        width: 640,
        height: 480,
        rate: 30.0,
        priority: Priority::Rate,
    };
    assert_eq!(ranked(&list, wish), []);
    let wish = Wish {
        width: 0,
        height: 0,
        rate: f64::NAN,
        priority: Priority::Rate,
    };
    assert_eq!(
        ranked(&webcam(), wish).len(),
        webcam().len() - 1,
        "a silly wish still orders"
    );
}

#[test]
fn sizes_come_smallest_first_and_once() {
    let expected = [
        (320, 180),
        (640, 360),
        (640, 480),
        (1280, 720),
        (1920, 1080),
        (3840, 2160),
    ];
    assert_eq!(sizes(&vivid()), expected);
    assert_eq!(sizes(&rig_webcam()), [(320, 240), (640, 480)]);
}

#[test]
fn each_readable_format_has_a_length_or_is_compressed() {
    for format in READABLE {
        let stride = natural_stride(format, 640);
        let is_compressed = matches!(&format.0, b"MJPG" | b"JPEG");
        assert_eq!(stride == 0, is_compressed, "{format}");
        assert_eq!(
            picture_len(format, stride, 480).is_none(),
            is_compressed,
            "{format}"
        );
    }
    assert_eq!(picture_len(FourCc(*b"YUYV"), 1280, 480), Some(614_400));
    assert_eq!(picture_len(FourCc(*b"NV12"), 640, 480), Some(460_800));
    assert_eq!(
        picture_len(FourCc(*b"GREY"), u32::MAX, u32::MAX),
        Some(18_446_744_065_119_617_025)
    );
}
