//! Drivers that hang in a call, and what is done about the threads that make it.

use super::*;
use crate::{
    app::{self, App},
    runtime::{
        event_loop::{EventLoop, Parts, WAKER},
        files::LineFile,
        network::Listeners,
        output::{Output, Sinks},
    },
};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A source that hangs until it is let go, where no camera is chosen.
#[derive(Clone, Debug)]
pub(crate) struct Hang {
    gate: Mailbox<()>,
    place: Place,
    closed_count: Arc<AtomicUsize>,
    hung_count: Arc<AtomicUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Closing,
    Opening,
    Reading,
}

/// What the thread has open.
#[derive(Debug)]
pub(in crate::runtime::capture) struct HangingDevice {
    hang: Hang,
    due_at: Instant,
    turn_count: usize,
}

impl Hang {
    fn new(place: Place) -> Self {
        Self {
            gate: Mailbox::new(None),
            place,
            closed_count: Arc::default(),
            hung_count: Arc::default(),
        }
    }

    /// The call of a driver.
    fn hang(&self) {
        self.hung_count.fetch_add(1, Ordering::SeqCst);
        self.gate.wait(None);
    }

    /// Waits until so many threads have hung.
    #[track_caller]
    fn await_hung(&self, count: usize) {
        let deadline = instant() + SOON;
        while self.hung_count.load(Ordering::SeqCst) < count {
            assert!(instant() < deadline, "it must hang");
            std::thread::yield_now();
        }
    }

    fn closed_count(&self) -> usize {
        self.closed_count.load(Ordering::SeqCst)
    }

    pub(in crate::runtime::capture) fn device(&self) -> HangingDevice {
        HangingDevice {
            hang: self.clone(),
            due_at: instant(),
            turn_count: 0,
        }
    }
}

impl HangingDevice {
    pub(in crate::runtime::capture) const fn due_at(&self) -> Instant {
        self.due_at
    }

    pub(in crate::runtime::capture) fn turn(&mut self, outbox: &Outbox) {
        self.turn_count += 1;
        let hangs_at = if self.hang.place == Place::Opening {
            1
        } else {
            2
        };
        if self.turn_count < hangs_at {
            outbox.report(started("a hanging camera"));
            let wait = if self.hang.place == Place::Closing {
                3600
            } else {
                0
            };
            self.due_at += Duration::from_secs(wait);
            return;
        }
        self.hang.hang();
        // As a driver that gives a picture after all.
        outbox.report(started("too late"));
        outbox.pictures.set_room(true);
        outbox.pictures.put(OwnPicture {
            captured_at: instant(),
            jpeg: Some((PixelSize::new(1, 1), vec![1])),
            plan: PicturePlan::default(),
            unchanged: false,
            view: None,
            number: 0,
            patch: None,
        });
    }
}

impl Drop for HangingDevice {
    fn drop(&mut self) {
        if self.hang.place == Place::Closing {
            self.hang.hang();
        }
        self.hang.closed_count.fetch_add(1, Ordering::SeqCst);
    }
}

fn started(description: &str) -> CaptureReport {
    CaptureReport::Started {
        number: None,
        description: description.to_owned(),
        size: PixelSize::new(1, 1),
    }
}

/// A loop whose thread hangs, or is about to when it is asked for something.
fn hanging(place: Place) -> (Loop, Hang) {
    let hang = Hang::new(place);
    let mut turns = Loop::new(CaptureSource::Hang(hang.clone()));
    turns.capture.order(&order());
    if place != Place::Opening {
        let report = turns.wait(Capture::take_report);
        assert_eq!(report, started("a hanging camera"));
    }
    if place != Place::Closing {
        hang.await_hung(1);
    }
    (turns, hang)
}

/// Another camera.
fn other() -> CaptureOrder {
    CaptureOrder {
        camera: Some(1),
        ..order()
    }
}

/// Waits until what was left behind is back, and has closed its device.
#[track_caller]
fn await_return(turns: &mut Loop, hang: &Hang, count: usize) {
    hang.gate.close();
    let deadline = instant() + SOON;
    while turns.capture.abandoned_count() > 0 || hang.closed_count() < count {
        assert!(
            instant() < deadline,
            "they must end and close what they had"
        );
        turns.check();
    }
    assert_eq!(hang.closed_count(), count, "and nothing more");
}

#[test]
fn another_camera_is_taken_while_one_hangs() {
    for place in [Place::Opening, Place::Reading, Place::Closing] {
        let (mut turns, hang) = hanging(place);
        let asked_at = instant();
        turns.capture.order(&other());
        let CaptureReport::Started { description, .. } = turns.wait(Capture::take_report) else {
            panic!("{place:?}: the other one works");
        };
        assert!(
            description.starts_with("test picture 640x480"),
            "{description}"
        );
        turns.capture.order(&other());
        let picture = turns.wait(|capture| capture.take_picture());
        assert_eq!(picture.jpeg.unwrap().0, PixelSize::new(120, 90));
        let taken = asked_at.elapsed();
        assert!(taken < Duration::from_secs(1), "{place:?}: {taken:?}");
        let said = "the thread capture hangs in a call and is left behind; capture-2 takes over";
        assert_eq!(turns.log, [said]);
        await_return(&mut turns, &hang, 1);
        let pictures = turns.count(&other(), Duration::from_millis(200));
        let is_other = |picture: &OwnPicture| {
            let size = picture.jpeg.as_ref().map(|jpeg| jpeg.0);
            size == Some(PixelSize::new(120, 90))
        };
        assert!(!pictures.is_empty() && pictures.iter().all(is_other));
        assert_eq!(
            turns.capture.take_report(),
            None,
            "what it said went nowhere"
        );
        assert_eq!(turns.log.len(), 1);
        turns.capture.close(Duration::from_secs(1)).unwrap();
    }
}

#[test]
fn the_camera_is_turned_off_and_on_while_it_hangs() {
    let (mut turns, hang) = hanging(Place::Closing);
    let asked_at = instant();
    let off = CaptureOrder {
        enabled: false,
        ..order()
    };
    turns.capture.order(&off);
    assert_eq!(turns.wait(Capture::take_report), CaptureReport::Stopped);
    assert!(asked_at.elapsed() < Duration::from_secs(1));
    turns.capture.order(&other());
    let report = turns.wait(Capture::take_report);
    assert!(
        matches!(report, CaptureReport::Started { .. }),
        "{report:?}"
    );
    await_return(&mut turns, &hang, 1);
}

#[test]
fn the_cameras_are_listed_while_one_hangs() {
    let (mut turns, hang) = hanging(Place::Reading);
    let asked_at = instant();
    turns.capture.list_cameras();
    turns.wait(Capture::take_cameras);
    let taken = asked_at.elapsed();
    assert!(taken < Duration::from_secs(1), "{taken:?}");
    await_return(&mut turns, &hang, 1);
}

#[test]
fn a_camera_that_hangs_unasked_is_said_to() {
    let (mut turns, hang) = hanging(Place::Reading);
    let CaptureReport::Failed { message, .. } = turns.wait(Capture::take_report) else {
        panic!("it hangs");
    };
    assert!(
        message.contains("hangs in its driver; unplug it"),
        "{message}"
    );
    assert_eq!(turns.log.len(), 1);
    await_return(&mut turns, &hang, 1);
}

#[test]
fn only_so_many_threads_are_left_behind() {
    let (mut turns, hang) = hanging(Place::Opening);
    let ask = |turns: &mut Loop, width| {
        turns.capture.order(&CaptureOrder {
            resolution: Some(PixelSize::new(width, 480)),
            ..order()
        });
    };
    for count in 1..=runner::ABANDONED_COUNT_MAX {
        ask(&mut turns, u32::try_from(count).unwrap());
        turns.wait(|capture| (capture.abandoned_count() == count).then_some(()));
        hang.await_hung(count + 1);
    }
    ask(&mut turns, 640);
    let CaptureReport::Failed { message, .. } = turns.wait(Capture::take_report) else {
        panic!("there are too many");
    };
    assert!(
        message.starts_with("5 calls of camera drivers hang"),
        "{message}"
    );
    assert!(turns.log.last().unwrap().ends_with("no other takes over"));
    let line_count = turns.log.len();
    for _ in 0..3 {
        turns.turn(instant() + Duration::from_millis(700));
        turns.check();
    }
    assert_eq!(turns.log.len(), line_count, "once is enough");
    assert_eq!(turns.capture.take_report(), None);
    turns.capture.order(&other());
    await_return(&mut turns, &hang, runner::ABANDONED_COUNT_MAX + 1);
    let words = |report: CaptureReport| match report {
        CaptureReport::Started { description, .. } => description.contains("test picture"),
        _ => false,
    };
    turns.wait(|capture| capture.take_report().filter(|report| words(report.clone())));
}

/// Before the process stops for Ctrl-Z, and at its end.
#[test]
fn waiting_for_a_hanging_thread_has_an_end() {
    let (mut turns, hang) = hanging(Place::Opening);
    let started_at = instant();
    turns.capture.order(&CaptureOrder {
        enabled: false,
        ..order()
    });
    let short = Duration::from_millis(50);
    assert!(!turns.capture.wait_until_released(short));
    let words = turns.capture.close(short).unwrap_err();
    assert_eq!(
        words,
        "the thread capture hangs in a call and is left behind"
    );
    assert!(started_at.elapsed() < Duration::from_secs(1));
    hang.gate.close();
}

/// The whole loop, which ends within a second and says in its log why it left a thread behind.
#[test]
fn the_program_ends_while_a_camera_hangs() {
    let hang = Hang::new(Place::Reading);
    let poll = mio::Poll::new().unwrap();
    let waker = Arc::new(mio::Waker::new(poll.registry(), WAKER).unwrap());
    let source = CaptureSource::Hang(hang.clone());
    let capture = Capture::spawn(source, false, Some(Arc::clone(&waker))).unwrap();
    let file = format!("ttychat-hang-{}.log", std::process::id());
    let path = std::env::temp_dir().join(file);
    let sinks = Sinks {
        log: Some(LineFile::open(&path).unwrap()),
        ..Sinks::default()
    };
    let duration = Duration::from_millis(500);
    let options = app::Options {
        role: app::Role::Listen {
            addresses: Vec::new(),
        },
        wire: app::Wire::Ttychat,
        via: false,
        accept: app::Accept::Ask,
        name: "anna".to_owned(),
        key: crate::session::StaticKey::generate(),
        peers: app::KnownPeers::default(),
        secret: None,
        complaints: Vec::new(),
        source: app::Source::Camera(None),
        resolution: None,
        rate: None,
        barcode: false,
        screen: None,
        duration: Some(duration),
        statistics: false,
        settings: app::CameraSettings::default(),
    };
    let started_at = instant();
    let parts = Parts {
        poll,
        waker,
        app: App::new(options, clock::now()),
        terminal: None,
        signals: None,
        listeners: Listeners::default(),
        way: None,
        first_dialled: None,
        commands: crate::runtime::via::Commands::default(),
        capture: Some(capture),
        output: Output::spawn(sinks).unwrap(),
    };
    EventLoop::new(parts).unwrap().run().unwrap();
    let taken = started_at.elapsed();
    assert!(taken < duration + Duration::from_secs(1), "{taken:?}");
    let log = std::fs::read_to_string(&path).unwrap();
    assert!(
        log.contains("the thread capture hangs in a call and is left behind"),
        "{log}"
    );
    std::fs::remove_file(path).unwrap();
    hang.gate.close();
}
