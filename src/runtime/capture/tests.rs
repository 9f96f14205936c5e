//! The capture thread as the loop sees it, with sources that need no camera.

mod hang;
mod patches;
mod silence;

use super::*;
use crate::{
    media::{Picture, PixelSize, barcode, jpeg, raw},
    runtime::clock::instant,
    session::PicturePlan,
};
pub(super) use hang::{Hang, HangingDevice};
use std::time::Instant;
use ttychat_platform::camera::mode;

const SOON: Duration = Duration::from_secs(5);

fn order() -> CaptureOrder {
    CaptureOrder {
        enabled: true,
        camera: None,
        resolution: Some(PixelSize::new(640, 480)),
        rate: Some(30.0),
        compress: true,
        size_max: PixelSize::new(160, 90),
        view_max: PixelSize::default(),
        view_pixel_aspect: 1.0,
        plan: PicturePlan::default(),
        resting: PicturePlan::default(),
        renewal: 0,
        patches: false,
        test_picture: false,
        controls: crate::app::ControlOrder::default(),
    }
}

/// A loop that does nothing but capture.
struct Loop {
    capture: Capture,
    poll: mio::Poll,
    /// What the threads' fate gave to log.
    log: Vec<String>,
}

impl Loop {
    fn new(source: CaptureSource) -> Self {
        let poll = mio::Poll::new().unwrap();
        let waker = mio::Waker::new(poll.registry(), mio::Token(0)).unwrap();
        let capture = Capture::spawn(source, false, Some(Arc::new(waker))).unwrap();
        let log = Vec::new();
        Self { capture, poll, log }
    }

    /// Waits, as a loop does, until `take` gives something.
    #[track_caller]
    fn wait<T>(&mut self, mut take: impl FnMut(&mut Capture) -> Option<T>) -> T {
        let deadline = instant() + SOON;
        loop {
            self.check();
            if let Some(item) = take(&mut self.capture) {
                return item;
            }
            assert!(instant() < deadline, "nothing came");
            self.turn(deadline);
        }
    }

    /// Looks after the thread as a turn of the loop does.
    fn check(&mut self) {
        self.log.extend(self.capture.check());
        self.capture.arm();
    }

    fn turn(&mut self, deadline: Instant) {
        let mut events = mio::Events::with_capacity(4);
        let due_at = self.capture.deadline().unwrap_or(deadline);
        let deadline = deadline.min(due_at);
        let left = deadline.saturating_duration_since(instant());
        self.poll.poll(&mut events, Some(left)).unwrap();
    }

    /// Runs for a while and counts the pictures, giving room for each as soon as one was taken.
    fn count(&mut self, order: &CaptureOrder, time: Duration) -> Vec<OwnPicture> {
        let deadline = instant() + time;
        let mut pictures = Vec::new();
        while instant() < deadline {
            self.check();
            pictures.extend(self.capture.take_picture());
            self.capture.order(order);
            self.turn(deadline);
        }
        pictures
    }
}

#[test]
fn the_test_picture_comes_at_its_rate_and_size_with_the_barcode() {
    let mut turns = Loop::new(CaptureSource::Test);
    turns.capture.order(&order());
    let expected = CaptureReport::Started {
        number: None,
        description: "test picture 640x480 at 30".into(),
        size: PixelSize::new(640, 480),
    };
    assert_eq!(turns.wait(Capture::take_report), expected);
    let pictures = turns.count(&order(), Duration::from_secs(2));
    assert!(
        (55..=61).contains(&pictures.len()),
        "{} in 2 s",
        pictures.len()
    );
    let mut decompressor = jpeg::Decompressor::default();
    let size_max = PixelSize::new(160, 90);
    let mut shown = Picture::default();
    for picture in &pictures {
        let (size, jpeg) = picture.jpeg.as_ref().unwrap();
        assert_eq!(*size, PixelSize::new(120, 90));
        assert!(picture.view.is_none());
        let limits = jpeg::Limits {
            len_max: 65_536,
            size_max,
        };
        decompressor
            .decompress(jpeg, limits, None, &mut shown)
            .unwrap();
        assert!(barcode::read(&shown).is_some(), "the barcode can be read");
    }
    assert!(
        pictures
            .windows(2)
            .all(|pair| pair[0].captured_at < pair[1].captured_at)
    );
    turns.capture.close(Duration::from_secs(1)).unwrap();
}

#[test]
fn a_picture_is_compressed_only_for_a_new_permission() {
    let mut turns = Loop::new(CaptureSource::Test);
    let with_view = CaptureOrder {
        view_max: PixelSize::new(40, 40),
        ..order()
    };
    turns.capture.order(&with_view);
    let first = turns.wait(|capture| capture.take_picture());
    assert!(first.jpeg.is_some());
    assert_eq!(first.view.unwrap().size(), PixelSize::new(40, 30));
    // The loop is slow to say that there is no room: nothing more is compressed all the same.
    for _ in 0..5 {
        let next = turns.wait(|capture| capture.take_picture());
        assert!(next.jpeg.is_none() && next.view.is_some());
    }
    turns.capture.order(&CaptureOrder {
        compress: false,
        ..with_view.clone()
    });
    assert!(turns.wait(|capture| capture.take_picture()).jpeg.is_none());
    turns.capture.order(&with_view);
    let deadline = instant() + SOON;
    while turns.wait(|capture| capture.take_picture()).jpeg.is_none() {
        assert!(instant() < deadline, "room is seen");
    }
}

#[test]
fn without_room_or_view_nothing_is_made() {
    let mut turns = Loop::new(CaptureSource::Test);
    let idle = CaptureOrder {
        compress: false,
        ..order()
    };
    turns.capture.order(&idle);
    turns.wait(Capture::take_report);
    assert!(turns.count(&idle, Duration::from_millis(300)).is_empty());
    assert!(!turns.count(&order(), Duration::from_millis(300)).is_empty());
}

#[test]
fn the_source_is_let_go_when_it_is_not_wanted() {
    let mut turns = Loop::new(CaptureSource::Test);
    turns.capture.order(&order());
    turns.wait(Capture::take_report);
    let off = CaptureOrder {
        enabled: false,
        ..order()
    };
    turns.capture.order(&off);
    assert_eq!(turns.wait(Capture::take_report), CaptureReport::Stopped);
    assert!(turns.count(&off, Duration::from_millis(200)).is_empty());
    turns.capture.order(&order());
    assert!(matches!(
        turns.wait(Capture::take_report),
        CaptureReport::Started { .. }
    ));
    assert!(turns.wait(|capture| capture.take_picture()).jpeg.is_some());
}

#[test]
fn resolution_and_rate_change_while_it_runs() {
    let mut turns = Loop::new(CaptureSource::Test);
    turns.capture.order(&order());
    turns.wait(Capture::take_report);
    let slow = CaptureOrder {
        rate: Some(10.0),
        ..order()
    };
    let pictures = turns.count(&slow, Duration::from_secs(1));
    assert!(
        (9..=12).contains(&pictures.len()),
        "{} in 1 s",
        pictures.len()
    );
    let wide = CaptureOrder {
        resolution: Some(PixelSize::new(320, 180)),
        ..order()
    };
    turns.capture.order(&wide);
    let CaptureReport::Started { size, .. } = turns.wait(Capture::take_report) else {
        panic!("no other report was due");
    };
    assert_eq!(size, PixelSize::new(320, 180));
    let (size, _) = turns.wait(|capture| capture.take_picture()).jpeg.unwrap();
    assert_eq!(
        size,
        PixelSize::new(160, 90),
        "nothing of the old size is left"
    );
}

#[test]
fn a_view_alone_is_made_without_compressing() {
    let mut turns = Loop::new(CaptureSource::Test);
    turns.capture.order(&CaptureOrder {
        compress: false,
        view_max: PixelSize::new(300, 100),
        view_pixel_aspect: 2.0,
        ..order()
    });
    let picture = turns.wait(|capture| capture.take_picture());
    assert!(picture.jpeg.is_none());
    assert_eq!(picture.view.unwrap().size(), PixelSize::new(267, 100));
}

#[test]
fn a_camera_that_is_not_there_says_so() {
    let mut turns = Loop::new(CaptureSource::Camera(Some("no such camera, surely".into())));
    turns.capture.order(&order());
    let CaptureReport::Failed { message, .. } = turns.wait(Capture::take_report) else {
        panic!("it cannot have started");
    };
    assert!(message.contains("there is no camera"), "{message}");
    turns.capture.list_cameras();
    turns.wait(Capture::take_cameras);
    // The test picture stands in, and goes when it is told.
    turns.capture.order(&CaptureOrder {
        test_picture: true,
        ..order()
    });
    assert!(matches!(
        turns.wait(Capture::take_report),
        CaptureReport::Started { .. }
    ));
    assert!(turns.wait(|capture| capture.take_picture()).jpeg.is_some());
}

#[test]
fn a_panic_is_reported_and_the_work_begins_anew() {
    let mut turns = Loop::new(CaptureSource::Panic);
    turns.capture.order(&order());
    for _ in 0..2 {
        let CaptureReport::Failed {
            message, missing, ..
        } = turns.wait(Capture::take_report)
        else {
            panic!("it cannot have started");
        };
        assert!(message.contains("as a driver would"), "{message}");
        assert!(!missing);
    }
    turns.capture.list_cameras();
    turns.wait(Capture::take_cameras);
    turns.capture.close(Duration::from_secs(1)).unwrap();
}

/// A stopped process keeps its camera: what is being opened, and has given no picture and no report
/// yet, must be waited for as well.
#[test]
fn a_source_is_known_to_be_let_go_before_it_ever_gave_a_picture() {
    let off = CaptureOrder {
        enabled: false,
        ..order()
    };
    for source in [CaptureSource::Test, CaptureSource::Panic] {
        let mut turns = Loop::new(source);
        assert!(turns.capture.wait_until_released(Duration::ZERO), "unused");
        turns.capture.order(&order());
        let short = Duration::from_millis(20);
        assert!(!turns.capture.wait_until_released(short), "still wanted");
        turns.capture.order(&off);
        assert!(turns.capture.wait_until_released(SOON));
        assert!(
            turns.capture.wait_until_released(Duration::ZERO),
            "once is enough"
        );
        turns.capture.order(&order());
        turns.capture.order(&off);
        assert!(turns.capture.wait_until_released(SOON), "both seen as one");
        turns.capture.close(Duration::from_secs(1)).unwrap();
    }
}

#[test]
fn only_the_newest_reports_are_kept() {
    let outbox = Outbox::new(None);
    for number in 0..40 {
        let (number, message) = (Some(number), String::new());
        outbox.report(CaptureReport::Failed {
            number,
            missing: false,
            message,
        });
    }
    outbox.report(CaptureReport::Stopped);
    let reports = outbox.reports.take().unwrap();
    assert_eq!(reports.len(), REPORTS_MAX);
    assert_eq!(reports.back(), Some(&CaptureReport::Stopped));
}

/// What is chosen and what is converted are two lists, in two crates.
#[test]
fn just_the_formats_that_are_converted_are_chosen() {
    let letters: Vec<u8> = (b'0'..=b'9').chain(b'A'..=b'Z').chain([b' ']).collect();
    let mut converted = Vec::new();
    for &first in &letters {
        for &second in &letters {
            for &third in &letters {
                let codes = letters.iter().map(|&last| [first, second, third, last]);
                converted.extend(codes.filter(|code| raw::is_supported(*code)));
            }
        }
    }
    let mut chosen = mode::READABLE.map(|format| format.0);
    chosen.sort_unstable();
    converted.sort_unstable();
    assert_eq!(converted, chosen);
}

/// A driver may deliver no byte more than the picture has, at any size.
#[test]
fn a_whole_picture_is_enough_to_convert() {
    let mut converter = raw::Converter::default();
    let mut out = Picture::default();
    for format in mode::READABLE {
        for (width, height, padding) in [(1, 1, 0), (5, 3, 0), (5, 3, 7), (6, 4, 2), (33, 17, 31)] {
            let stride = mode::natural_stride(format, width) + padding;
            let Some(len) = mode::picture_len(format, (width, height), stride) else {
                continue;
            };
            let size = PixelSize::new(width, height);
            let mut convert = |bytes: &[u8]| {
                let raw = raw::RawPicture {
                    format: format.0,
                    size,
                    stride,
                    coding: raw::Coding {
                        range: raw::ColorRange::Limited,
                        matrix: raw::ColorMatrix::Bt601,
                    },
                    bytes,
                };
                converter.convert(&raw, None, &mut out)
            };
            let bytes = vec![0; len];
            assert_eq!(convert(&bytes), Ok(()), "{format} {width}x{height}");
            // The padding of the last row may be left out.
            let short = convert(&bytes[1 + padding as usize..]);
            assert_eq!(
                short,
                Err(raw::RawError::TooShort),
                "{format} {width}x{height}"
            );
        }
    }
}
