//! Cameras that give nothing, freeze, go and come back, in virtual time.

use super::super::{
    device::{Device, Verdict},
    driver::{Driver, Stream},
    finder::Finder,
};
use super::*;
use std::{cell::RefCell, rc::Rc};
use ttychat_platform::camera::{
    CameraError, CameraInfo, ColorCoding, ColorMatrix, ColorRange, FourCc, Mode, RawPicture, Wish,
};

/// One camera, and what happened to it.
#[derive(Clone, Debug)]
struct World(Rc<RefCell<Facts>>);

#[derive(Debug)]
struct Facts {
    now: Instant,
    offers: Vec<Mode>,
    /// Of these formats no picture comes.
    dead: Vec<FourCc>,
    is_frozen: bool,
    is_there: bool,
    /// Until when a thread that was left behind has it.
    hangs_until: Option<Instant>,
    is_open: bool,
    /// When it was opened, and how.
    opened: Vec<(Instant, String)>,
    try_count: usize,
}

#[derive(Debug)]
struct Fake {
    world: World,
    mode: Mode,
}

impl World {
    /// A camera of these formats, all 640x480 at 30.
    fn new(formats: &[&[u8; 4]]) -> Self {
        let mode = |format: &&[u8; 4]| Mode {
            format: FourCc(**format),
            width: 640,
            height: 480,
            rate_max: 30.0,
        };
        Self(Rc::new(RefCell::new(Facts {
            now: instant(),
            offers: formats.iter().map(mode).collect(),
            dead: Vec::new(),
            is_frozen: false,
            is_there: true,
            hangs_until: None,
            is_open: false,
            opened: Vec::new(),
            try_count: 0,
        })))
    }

    fn kill(&self, formats: &[&[u8; 4]]) {
        let dead = formats.iter().map(|format| FourCc(**format));
        self.0.borrow_mut().dead = dead.collect();
    }

    fn device(&self) -> Device<Self> {
        Device::new(self.clone(), None, None, 30.0)
    }

    /// Lets the device work for this long and gives what it had to say.
    fn run(&self, device: &mut Device<Self>, finder: &Finder, seconds: u64) -> Vec<String> {
        let end = self.0.borrow().now + Duration::from_secs(seconds);
        let mut said = Vec::new();
        while self.0.borrow().now < end {
            let now = self.0.borrow().now;
            let due_at = device.due_at(now);
            self.0.borrow_mut().now = now.max(due_at.min(end));
            let report = device.turn(finder, |_| Verdict::Good);
            said.extend(report.map(|report| match report {
                CaptureReport::Failed { message, .. } => message,
                CaptureReport::Started { description, .. } => description,
                report => panic!("a device does not say {report:?} by itself"),
            }));
        }
        said
    }

    /// In which formats it was opened since this was asked last.
    fn take_opened(&self) -> Vec<String> {
        let opened = std::mem::take(&mut self.0.borrow_mut().opened);
        opened.into_iter().map(|(_, format)| format).collect()
    }
}

impl Driver for World {
    type Camera = Fake;

    fn list(&self) -> Result<Vec<CameraInfo>, CameraError> {
        let facts = self.0.borrow();
        let info = CameraInfo {
            number: 3,
            path: "/dev/video3".into(),
            name: "Cam".into(),
            bus: "usb-1".into(),
            modes: facts.offers.clone(),
        };
        Ok(facts.is_there.then_some(info).into_iter().collect())
    }

    fn nodes(&self) -> Vec<u32> {
        if self.0.borrow().is_there {
            vec![3]
        } else {
            Vec::new()
        }
    }

    fn open(&self, info: &CameraInfo, wish: Wish, left_out: &[Mode]) -> Result<Fake, CameraError> {
        let mut facts = self.0.borrow_mut();
        assert!(!facts.is_open, "one at a time");
        facts.try_count += 1;
        if facts.hangs_until.is_some_and(|until| facts.now < until) {
            return Err(CameraError::Hanging(info.label()));
        }
        let ranked = mode::ranked(&facts.offers, wish);
        let is_wanted = |mode: &Mode| left_out.iter().all(|left_out| !left_out.is_alike(mode));
        let mode = ranked.into_iter().find(is_wanted);
        let mode = mode.ok_or_else(|| CameraError::Silent(info.label()))?;
        facts.is_open = true;
        let (now, format) = (facts.now, mode.format.to_string());
        facts.opened.push((now, format));
        drop(facts);
        Ok(Fake {
            world: self.clone(),
            mode,
        })
    }

    fn now(&self) -> Instant {
        self.0.borrow().now
    }
}

impl Stream for Fake {
    fn read(&mut self, timeout: Duration) -> Result<Option<RawPicture<'_>>, CameraError> {
        let mut facts = self.world.0.borrow_mut();
        if !facts.is_there {
            return Err(CameraError::Gone("/dev/video3 (Cam)".into()));
        }
        if facts.is_frozen || facts.dead.contains(&self.mode.format) {
            facts.now += timeout;
            return Ok(None);
        }
        facts.now += Duration::from_millis(33);
        Ok(Some(RawPicture {
            format: self.mode.format,
            width: 640,
            height: 480,
            stride: 0,
            coding: ColorCoding {
                range: ColorRange::Limited,
                matrix: ColorMatrix::Bt601,
            },
            bytes: &[],
            captured_at: facts.now,
        }))
    }

    fn take_broken_count(&mut self) -> u64 {
        0
    }

    fn mode(&self) -> Mode {
        self.mode
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.world.0.borrow_mut().is_open = false;
    }
}

#[test]
fn a_mode_without_pictures_is_left_out_until_the_camera_is_plugged_in_again() {
    let (world, finder) = (World::new(&[b"YUYV", b"MJPG"]), Finder::new(None));
    world.kill(&[b"YUYV"]);
    let mut device = world.device();
    let expected = [
        "camera /dev/video3 (Cam) gives no pictures as YUYV 640x480; trying another way",
        "Cam 640x480 MJPG at 30",
    ];
    assert_eq!(world.run(&mut device, &finder, 5), expected);
    assert_eq!(world.take_opened(), ["YUYV", "MJPG"]);
    // Another camera was used in between.
    drop(device);
    let mut device = world.device();
    assert_eq!(world.run(&mut device, &finder, 5), expected[1..]);
    assert_eq!(world.take_opened(), ["MJPG"]);
    world.0.borrow_mut().is_there = false;
    let gone = world.run(&mut device, &finder, 5);
    assert!(gone[0].contains("is gone"), "{gone:?}");
    assert_eq!(gone.len(), 1);
    world.kill(&[]);
    world.0.borrow_mut().is_there = true;
    assert_eq!(
        world.run(&mut device, &finder, 5),
        ["Cam 640x480 YUYV at 30"]
    );
    assert_eq!(world.take_opened(), ["YUYV"]);
}

#[test]
fn a_camera_that_freezes_is_opened_again_in_its_mode_with_growing_waits() {
    let (world, finder) = (World::new(&[b"YUYV", b"MJPG"]), Finder::new(None));
    let mut device = world.device();
    assert_eq!(
        world.run(&mut device, &finder, 1),
        ["Cam 640x480 YUYV at 30"]
    );
    world.0.borrow_mut().is_frozen = true;
    let frozen_at = world.now();
    let silent = "camera /dev/video3 (Cam) gives no pictures; unplug it and plug it in again, or \
                  choose another with --camera";
    assert_eq!(world.run(&mut device, &finder, 60), [silent]);
    let opened = world.0.borrow().opened[1..].to_vec();
    assert!(
        opened.iter().all(|(_, format)| format == "YUYV"),
        "{opened:?}"
    );
    let seconds = opened
        .iter()
        .map(|(at, _)| at.duration_since(frozen_at).as_secs_f64());
    let seconds: Vec<f64> = seconds.map(|at| (at * 10.0).round() / 10.0).collect();
    // 3 s of silence and a wait of 0.5, 1, 2, 4 and then 5 s.
    assert_eq!(seconds[..4], [3.6, 7.7, 12.8, 19.9], "{seconds:?}");
    assert!(seconds.len() < 10, "{seconds:?}");
    world.0.borrow_mut().is_frozen = false;
    assert_eq!(
        world.run(&mut device, &finder, 9),
        ["Cam 640x480 YUYV at 30"]
    );
}

#[test]
fn a_camera_that_gives_nothing_at_all_is_said_to_and_tried_on() {
    let formats: [&[u8; 4]; 6] = [b"YUYV", b"UYVY", b"NV12", b"RGB3", b"BGR4", b"MJPG"];
    let (world, finder) = (World::new(&formats), Finder::new(None));
    world.kill(&formats);
    let mut device = world.device();
    let said = world.run(&mut device, &finder, 13);
    assert_eq!(said.len(), 4, "{said:?}");
    assert!(
        said[2].ends_with("as NV12 640x480; trying another way"),
        "{said:?}"
    );
    assert!(said[3].contains("gives no pictures; unplug it"), "{said:?}");
    world.run(&mut device, &finder, 60);
    let opened = world.take_opened();
    assert_eq!(opened[..5], ["YUYV", "UYVY", "NV12", "RGB3", "YUYV"]);
    assert!(opened.len() <= 24, "each has its three seconds: {opened:?}");
    // With fewer modes than are tried at most, those are all.
    let (world, finder) = (World::new(&[b"MJPG"]), Finder::new(None));
    world.kill(&[b"MJPG"]);
    let said = world.run(&mut world.device(), &finder, 20);
    assert!(said[1].contains("gives no pictures; unplug it"), "{said:?}");
    let opened = world.take_opened();
    assert!((4..=6).contains(&opened.len()), "{opened:?}");
}

#[test]
fn a_camera_that_is_still_being_closed_is_waited_for_without_a_word() {
    let (world, finder) = (World::new(&[b"YUYV"]), Finder::new(None));
    let now = world.now();
    world.0.borrow_mut().hangs_until = Some(now + Duration::from_millis(1500));
    let mut device = world.device();
    assert_eq!(
        world.run(&mut device, &finder, 3),
        ["Cam 640x480 YUYV at 30"]
    );
    let tries = world.0.borrow().try_count;
    assert!(tries <= 8, "{tries} tries");
    drop(device);
    world.0.borrow_mut().hangs_until = Some(now + Duration::from_secs(60));
    let mut device = world.device();
    let said = world.run(&mut device, &finder, 20);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("hangs in its driver"), "{said:?}");
    let tries = world.0.borrow().try_count - tries;
    assert!(tries <= 16, "{tries} tries");
}
