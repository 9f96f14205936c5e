//! Cameras through ESCAPI: listed, shown in their colours, switched, lost, found again.

use crate::{
    pty::{Pty, half_block_colors_of_row},
    screen::{Check, has_picture, quit},
    wine::{Camera, Wine},
};
use std::time::{Duration, Instant};
use vt100::{Color, Screen};

pub(crate) const ALL: &[Check] = &[
    ("no camera is said to be none", no_camera),
    ("all cameras are listed and none is opened", all_are_listed),
    ("colours of each format", colors_of_each_format),
    ("a lamp is on only while it is wanted", lamps),
    ("c and r change camera and size", switching),
    ("an unplugged camera comes back", unplugged),
    ("another one that moves up is not taken for it", moved_up),
    (
        "busy, forbidden, silent and compressed are told apart",
        told_apart,
    ),
    ("the first type that works is taken", picky),
    ("plugged and switched fifty times", many_times),
];

const DESK: Camera = Camera {
    link: r"\\?\usb#vid_046d&pid_0825&mi_00#6&2c5b4a8&0&0000#{e5323777}\global",
    name: "Schreibtisch-Kamera für 日本 🎥",
    behaviour: "ok",
    types: "MJPG 640 480 YUY2 640 480 YUY2 320 240 YUY2 1280 720",
};

const DOOR: Camera = Camera {
    link: r"\\?\usb#vid_0c45&pid_6366&mi_00#7&11111111&0&0000#{e5323777}\global",
    name: "Door",
    behaviour: "ok",
    types: "NV12 640 480",
};

/// The bars of `cameras.cpp`.
const BARS: [[u8; 3]; 8] = [
    [255, 255, 255],
    [255, 255, 0],
    [0, 255, 255],
    [0, 255, 0],
    [255, 0, 255],
    [255, 0, 0],
    [0, 0, 255],
    [0, 0, 0],
];

/// How far a channel may be from what was painted: it has been through JPEG and YCbCr.
const TOLERANCE: u8 = 24;

/// Fewest rows that show all bars in order.
const ROW_COUNT_MIN: usize = 5;

/// The most that noticing something may take; Wine on a busy machine needs some of it.
const NOTICE_TIME_MAX: Duration = Duration::from_secs(3);

#[track_caller]
fn start(wine: &Wine, arguments: &[&str]) -> Pty {
    let mut all = vec!["--loopback"];
    all.extend(arguments);
    let mut pty = wine.start(&all);
    // Our own picture would lie over the bars.
    pty.type_keys("p");
    pty
}

#[track_caller]
fn wait_for_bars(pty: &mut Pty) {
    pty.wait_for("bars in their colours", has_bars);
}

fn has_bars(screen: &Screen) -> bool {
    let (rows, _) = screen.size();
    let shows_all = |row: &u16| {
        let row = half_block_colors_of_row(screen, *row);
        let mut wanted = BARS.iter().peekable();
        for (color, _) in row {
            if let Color::Rgb(red, green, blue) = color
                && wanted
                    .peek()
                    .is_some_and(|bar| is_near(**bar, [red, green, blue]))
            {
                wanted.next();
            }
        }
        wanted.next().is_none()
    };
    (0..rows.get()).filter(shows_all).count() >= ROW_COUNT_MIN
}

fn is_near(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= TOLERANCE)
}

fn no_camera(wine: &Wine) {
    let output = wine.run(&["--cameras"]);
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && words.contains("no camera"),
        "{words}"
    );
}

fn all_are_listed(wine: &Wine) {
    wine.plug_in(&[DESK, DOOR]);
    let output = wine.run(&["--cameras"]);
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{words}");
    for part in [
        "0  Schreibtisch-Kamera für 日本 🎥  (",
        r"usb\vid_046d&pid_0825&mi_00\6&2c5b4a8&0&0000",
        "1  Door  (",
        "640x480",
        "1920x1080",
    ] {
        assert!(words.contains(part), "{part} is not in\n{words}");
    }
    assert_eq!(wine.lamps(), [] as [&str; 0]);
    // As many as ESCAPI has places for; the last ones are not counted.
    let many: Vec<Camera> = std::iter::repeat_n(DOOR, 20).collect();
    wine.plug_in(&many);
    let output = wine.run(&["--cameras"]);
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(
        words.contains("15  Door") && !words.contains("16  Door"),
        "{words}"
    );
}

fn colors_of_each_format(wine: &Wine) {
    for types in [
        "YUY2 640 480",
        "NV12 640 480",
        "RGB4 640 480",
        "YUY2 320 240",
    ] {
        wine.plug_in(&[Camera { types, ..DESK }]);
        let mut pty = start(wine, &[]);
        wait_for_bars(&mut pty);
        quit(&mut pty);
    }
}

fn lamps(wine: &Wine) {
    wine.plug_in(&[DESK, DOOR]);
    let mut pty = start(wine, &["--camera", "door"]);
    wait_for_bars(&mut pty);
    assert_eq!(wine.lamps(), [format!("on {}", DOOR.link)]);
    pty.type_keys("v");
    pty.wait_for_text("camera off");
    let mut lamps = Vec::new();
    pty.wait_until("the lamp is off", |_| {
        lamps.extend(wine.lamps());
        lamps == [format!("off {}", DOOR.link)]
    });
    pty.type_keys("v");
    wait_for_bars(&mut pty);
    quit(&mut pty);
    assert_eq!(
        wine.lamps().first(),
        Some(&format!("on {}", DOOR.link)),
        "on again"
    );
}

fn switching(wine: &Wine) {
    wine.plug_in(&[DESK, DOOR]);
    let mut pty = start(wine, &[]);
    wait_for_bars(&mut pty);
    for name in ["Door", "Schreibtisch-Kamera", "Door"] {
        pty.type_keys("c");
        wine.wait_for_words(&mut pty, name);
        wait_for_bars(&mut pty);
    }
    for _ in 0..5 {
        pty.type_keys("r");
        wine.wait_for_words(&mut pty, "BGR4");
        wait_for_bars(&mut pty);
    }
    quit(&mut pty);
}

fn unplugged(wine: &Wine) {
    wine.plug_in(&[DESK]);
    let mut pty = start(wine, &[]);
    wait_for_bars(&mut pty);
    let unplugged_at = Instant::now();
    wine.plug_in(&[]);
    wine.wait_for_words(&mut pty, "is gone");
    let noticed = unplugged_at.elapsed();
    assert!(noticed < NOTICE_TIME_MAX, "{noticed:?}");
    // Another number by now.
    wine.plug_in(&[DOOR, DESK]);
    wait_for_bars(&mut pty);
    let lamps = wine.lamps();
    let last = lamps.iter().rfind(|line| line.starts_with("on "));
    assert_eq!(last, Some(&format!("on {}", DESK.link)), "{lamps:?}");
    quit(&mut pty);
}

fn moved_up(wine: &Wine) {
    wine.plug_in(&[DESK, DOOR]);
    let mut pty = start(wine, &[]);
    wait_for_bars(&mut pty);
    wine.plug_in(&[DOOR]);
    wine.wait_for_words(&mut pty, "is gone");
    pty.wait_for("a card", |screen| !has_bars(screen));
    pty.stays("no bars", Duration::from_secs(8), |screen| {
        !has_bars(screen)
    });
    let lamps = wine.lamps();
    let door = format!("on {}", DOOR.link);
    assert!(!lamps.contains(&door), "{lamps:?}");
    pty.type_keys("c");
    wait_for_bars(&mut pty);
    assert!(wine.lamps().contains(&door), "the key takes it");
    quit(&mut pty);
}

fn told_apart(wine: &Wine) {
    for (behaviour, types, words) in [
        ("busy", DESK.types, "is busy"),
        ("denied", DESK.types, "no permission to open camera"),
        ("silent", DESK.types, "gives no pictures"),
        ("ok", "MJPG 640 480", "offers no picture format"),
    ] {
        wine.plug_in(&[Camera {
            behaviour,
            types,
            ..DESK
        }]);
        let mut pty = start(wine, &[]);
        wine.wait_for_words(&mut pty, words);
        wine.plug_in(&[DESK]);
        wait_for_bars(&mut pty);
        quit(&mut pty);
    }
}

fn picky(wine: &Wine) {
    wine.plug_in(&[Camera {
        behaviour: "picky",
        types: "YUY2 640 480 NV12 640 480",
        ..DESK
    }]);
    let mut pty = start(wine, &[]);
    wait_for_bars(&mut pty);
    quit(&mut pty);
}

/// Each time with a picture that is asked for and not there yet; all that is opened is closed.
fn many_times(wine: &Wine) {
    wine.plug_in(&[DESK, DOOR]);
    let mut pty = start(wine, &[]);
    pty.wait_for("a picture", has_picture);
    for turn in 0..50 {
        match turn % 5 {
            0 => pty.type_keys("c"),
            1 => wine.plug_in(&[DOOR]),
            2 => wine.plug_in(&[DOOR, DESK]),
            3 => pty.type_keys("vv"),
            _ => pty.type_keys("r"),
        }
        let turned_at = Instant::now();
        pty.wait_until("a moment later", |_| {
            turned_at.elapsed() > Duration::from_millis(150)
        });
    }
    wait_for_bars(&mut pty);
    pty.type_keys("v");
    let mut lamps = Vec::new();
    pty.wait_until("all lamps are off", |_| {
        lamps.extend(wine.lamps());
        let count = |word| lamps.iter().filter(|line| line.starts_with(word)).count();
        count("on ") == count("off ") && count("on ") > 10
    });
    quit(&mut pty);
}
