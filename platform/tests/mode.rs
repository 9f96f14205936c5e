//! Which mode is chosen, for the lists of real drivers.

#![allow(clippy::unwrap_used, reason = "test code")]

use ttychat_platform::camera::{
    FourCc, Mode, Priority, Wish,
    mode::{READABLE, cost, is_grey, ranked, sizes},
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

/// The work of a picture decides where nobody asked for a size, and nothing but the size where
/// somebody did.
#[test]
fn the_least_work_wins_where_the_rate_is_enough() {
    let wish = (640, 480, 30.0);
    let list = modes(&[(b"MJPG", 640, 480, 30.0), (b"YUYV", 800, 600, 30.0)]);
    check(&list, wish, Priority::Rate, "YUYV 800x600 30");
    check(&list, wish, Priority::Size, "MJPG 640x480 30");
    let list = modes(&[(b"YUYV", 1920, 1080, 30.0), (b"MJPG", 640, 480, 30.0)]);
    check(&list, wish, Priority::Rate, "MJPG 640x480 30");
    let list = modes(&[(b"MJPG", 640, 480, 30.0), (b"YUYV", 640, 360, 30.0)]);
    check(&list, wish, Priority::Rate, "YUYV 640x360 30");
    let list = modes(&[(b"YUYV", 320, 240, 30.0), (b"MJPG", 640, 480, 30.0)]);
    check(&list, wish, Priority::Rate, "MJPG 640x480 30");
    let list = modes(&[(b"XR24", 640, 480, 30.0), (b"NV12", 640, 480, 30.0)]);
    check(&list, wish, Priority::Rate, "NV12 640x480 30");
}

/// What `v4l2-ctl --list-formats-ext` says of a Logitech C920: uncompressed, everything is there,
/// and slow where it is large.
#[test]
fn a_good_webcam_gives_what_its_bus_carries() {
    let sizes = [
        (160, 90, 30.0),
        (160, 120, 30.0),
        (320, 180, 30.0),
        (320, 240, 30.0),
        (640, 360, 30.0),
        (640, 480, 30.0),
        (800, 448, 30.0),
        (800, 600, 24.0),
        (960, 720, 15.0),
        (1280, 720, 10.0),
        (1920, 1080, 5.0),
    ];
    let mut list: Vec<_> = sizes.map(|(w, h, rate)| (b"YUYV", w, h, rate)).into();
    list.extend(sizes.map(|(w, h, _)| (b"H264", w, h, 30.0)));
    list.extend(sizes.map(|(w, h, _)| (b"MJPG", w, h, 30.0)));
    list.extend([(b"YUYV", 2304, 1536, 2.0)]);
    let c920 = modes(&list);
    check(&c920, (640, 480, 30.0), Priority::Rate, "YUYV 640x480 30");
    for (wish, expected) in [
        ((320, 240, 30.0), "YUYV 320x240 30"),
        ((1280, 720, 30.0), "MJPG 1280x720 30"),
        ((1280, 720, 10.0), "YUYV 1280x720 10"),
        ((1920, 1080, 30.0), "MJPG 1920x1080 30"),
        ((2304, 1536, 30.0), "YUYV 2304x1536 2"),
    ] {
        check(&c920, wish, Priority::Size, expected);
    }
}

#[test]
fn a_cheap_webcam_gives_motion_jpeg() {
    let cheap = modes(&[
        (b"MJPG", 1920, 1080, 30.0),
        (b"MJPG", 1280, 720, 30.0),
        (b"MJPG", 640, 480, 30.0),
        (b"YUYV", 640, 480, 10.0),
    ]);
    for priority in [Priority::Rate, Priority::Size] {
        check(&cheap, (640, 480, 30.0), priority, "MJPG 640x480 30");
        check(&cheap, (1280, 720, 30.0), priority, "MJPG 1280x720 30");
        check(&cheap, (640, 480, 10.0), priority, "YUYV 640x480 10");
    }
    check(&cheap, (320, 240, 30.0), Priority::Size, "MJPG 640x480 30");
}

#[test]
fn an_hdmi_capture_card_gives_the_usual_size_in_the_cheapest_format() {
    // Its range of sizes became the usual ones.
    let sizes = [(320, 240), (640, 480), (1280, 720), (1920, 1080)];
    let formats = [b"BGR3", b"NV12", b"YU12", b"UYVY"];
    let offers = formats.iter();
    let offers = offers.flat_map(|format| sizes.map(|(w, h)| (*format, w, h, 60.0)));
    let card = modes(&offers.collect::<Vec<_>>());
    check(&card, (640, 480, 30.0), Priority::Rate, "UYVY 640x480 60");
    check(
        &card,
        (1920, 1080, 60.0),
        Priority::Size,
        "UYVY 1920x1080 60",
    );
    check(&card, (800, 600, 60.0), Priority::Size, "UYVY 1280x720 60");
}

#[test]
fn a_camera_for_the_dark_is_used_when_there_is_nothing_else() {
    let infrared = modes(&[(b"GREY", 340, 340, 30.0), (b"Y16 ", 640, 480, 9.0)]);
    check(
        &infrared,
        (640, 480, 30.0),
        Priority::Rate,
        "GREY 340x340 30",
    );
    check(
        &infrared,
        (640, 480, 30.0),
        Priority::Size,
        "Y16. 640x480 9",
    );
    let mut both = infrared;
    both.extend(modes(&[(b"YUYV", 320, 240, 5.0)]));
    check(&both, (640, 480, 30.0), Priority::Rate, "YUYV 320x240 5");
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
fn sizes_that_only_other_formats_have_are_not_among_them() {
    let list = modes(&[
        (b"H264", 1920, 1080, 30.0),
        (b"MJPG", 1280, 720, 30.0),
        (b"Y10 ", 640, 360, 30.0),
        (b"YUYV", 176, 144, 15.0),
        (b"YUYV", 0, 480, 15.0),
        (b"GREY", 340, 340, 15.0),
    ]);
    assert_eq!(sizes(&list), [(176, 144), (340, 340), (1280, 720)]);
    assert_eq!(sizes(&list[..1]), []);
}

#[test]
fn formats_stand_by_what_they_cost_and_grey_ones_last() {
    let ranks = READABLE.map(|format| (is_grey(format), cost(format, (640, 480))));
    assert!(ranks.is_sorted());
    let mut formats = READABLE.to_vec();
    formats.sort();
    formats.dedup();
    assert_eq!(formats.len(), READABLE.len(), "none twice");
    let ratio = cost(FourCc(*b"MJPG"), (1280, 720)) / cost(FourCc(*b"MJPG"), (640, 480));
    assert!((ratio - 3.0).abs() < 1e-9, "three times the pixels");
}
