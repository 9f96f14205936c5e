//! Which camera is meant, among those that are there.
//!
//! It opens none for streaming, and remembers what was learned of them: which one was used, and
//! which modes gave no pictures.
//!
//! Invariant: a camera that returned under another number is known again, and another one does not
//! take its place.

use crate::{app::CameraEntry, media::PixelSize};
use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use ttychat_platform::camera::{self, CameraError, CameraInfo, Mode, mode};

/// Most modes of a camera that are left out for giving no pictures before all are tried again.
const LEFT_OUT_COUNT_MAX: usize = 4;
/// Most cameras of which that is remembered.
const REMEMBERED_COUNT_MAX: usize = 16;

/// Knows which camera is meant, also after it returned under another number. Clones share what is
/// remembered.
#[derive(Clone, Debug)]
pub(super) struct Finder {
    /// Of the command line: a number, a path, or a part of a name.
    selector: Option<String>,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Clone, Debug, Default)]
struct Memory {
    used: Option<Used>,
    /// The modes of a camera that gave no pictures, until it is plugged in again.
    left_out: Vec<(CameraInfo, Vec<Mode>)>,
}

/// What was opened last.
#[derive(Clone, Debug)]
struct Used {
    /// The number of the order that it was opened for.
    number: Option<u32>,
    info: CameraInfo,
    /// Where others were plugged in that call themselves the same: each of them is one that the
    /// person has beside it.
    others: Vec<String>,
}

/// Which cameras there are, for a person to choose from.
pub(super) fn entries() -> Vec<CameraEntry> {
    let cameras = camera::list().unwrap_or_default();
    let entry = |info: CameraInfo| {
        let sizes = mode::sizes(&info.modes).into_iter();
        let resolutions = sizes
            .map(|(width, height)| PixelSize::new(width, height))
            .collect();
        CameraEntry {
            number: info.number,
            name: info.name,
            resolutions,
        }
    };
    cameras.into_iter().filter(may_work).map(entry).collect()
}

/// One whose formats are not known (no permission, busy) may work, and says why not when opened.
fn may_work(info: &CameraInfo) -> bool {
    info.modes.is_empty() || info.modes.iter().any(|mode| mode::is_readable(mode.format))
}

fn has_colours(mode: &Mode) -> bool {
    mode::is_readable(mode.format) && !mode::is_grey(mode.format)
}

impl Finder {
    pub(super) fn new(selector: Option<String>) -> Self {
        let memory = Arc::default();
        Self { selector, memory }
    }

    /// One that remembers the same from here on its own: what the first learns later, it does not
    /// hear.
    pub(super) fn fork(&self) -> Self {
        Self {
            selector: self.selector.clone(),
            memory: Arc::new(Mutex::new(self.memory().clone())),
        }
    }

    /// The camera that an order with this number means; `None` for the one of the command line.
    pub(super) fn find(
        &self,
        number: Option<u32>,
        cameras: &[CameraInfo],
    ) -> Result<CameraInfo, CameraError> {
        let found = if let Some(used) = self.used(number).filter(Used::was_seen) {
            let gone = || CameraError::Gone(used.info.label());
            return used.again(cameras).cloned().ok_or_else(gone);
        } else if let Some(number) = number {
            cameras.iter().find(|info| info.number == number)
        } else if let Some(selector) = &self.selector {
            select(selector, cameras)
        } else {
            // A laptop's camera for logging in sees infrared only, and may come first.
            let has_colours = |info: &&CameraInfo| info.modes.iter().any(has_colours);
            let is_usable = |info: &&CameraInfo| !info.modes.is_empty() && may_work(info);
            let usable = || cameras.iter().find(is_usable);
            let found = cameras.iter().find(has_colours).or_else(usable);
            found.or_else(|| cameras.first())
        };
        found.cloned().ok_or_else(|| {
            let number = number.map(|number| number.to_string());
            CameraError::NotFound(number.or_else(|| self.selector.clone()).unwrap_or_default())
        })
    }

    /// From now on this number of an order means this one of `cameras`.
    pub(super) fn remember(&self, number: Option<u32>, info: CameraInfo, cameras: &[CameraInfo]) {
        if info.modes.is_empty() && self.used(number).is_some_and(|used| used.was_seen()) {
            // What is known of it is more.
            return;
        }
        let is_other = |other: &&CameraInfo| other.name == info.name && other.bus != info.bus;
        let others = cameras.iter().filter(is_other);
        let others = others.map(|other| other.bus.clone()).collect();
        self.memory().used = Some(Used {
            number,
            info,
            others,
        });
    }

    /// What was found for this number of an order before.
    pub(super) fn known(&self, number: Option<u32>) -> Option<CameraInfo> {
        self.used(number).map(|used| used.info)
    }

    fn used(&self, number: Option<u32>) -> Option<Used> {
        let memory = self.memory();
        let used = memory.used.as_ref();
        used.filter(|used| used.number == number).cloned()
    }

    /// The modes of this camera that gave no pictures since it was plugged in.
    pub(super) fn left_out(&self, info: &CameraInfo) -> Vec<Mode> {
        let memory = self.memory();
        let entry = memory.left_out.iter().find(|entry| is_same(&entry.0, info));
        entry.map(|entry| entry.1.clone()).unwrap_or_default()
    }

    /// Leaves a mode out that gave no pictures. Whether there are others to be tried; if not, all
    /// of them count again.
    pub(super) fn leave_out(&self, info: &CameraInfo, mode: Mode) -> bool {
        let mut modes = self.left_out(info);
        modes.push(mode);
        self.forget(info);
        let has_others = modes.len() < LEFT_OUT_COUNT_MAX;
        if has_others {
            let mut memory = self.memory();
            memory.left_out.push((info.clone(), modes));
            if memory.left_out.len() > REMEMBERED_COUNT_MAX {
                memory.left_out.remove(0);
            }
        }
        has_others
    }

    /// All modes of this camera count again: it was unplugged, or none of them is left.
    pub(super) fn forget(&self, info: &CameraInfo) {
        let mut memory = self.memory();
        memory.left_out.retain(|entry| !is_same(&entry.0, info));
    }

    /// A panic under the lock cannot leave anything half done.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether these are the same camera in the same plug.
fn is_same(a: &CameraInfo, b: &CameraInfo) -> bool {
    (&a.name, &a.bus) == (&b.name, &b.bus)
}

impl Used {
    /// Of one that could not be looked at only the system's own name is known, which is another.
    fn was_seen(&self) -> bool {
        !self.info.modes.is_empty()
    }

    /// The same camera, as sure as can be: by all that is known of it, then by its name and plug,
    /// then in another plug, but not one that was beside it; then what has its number and cannot
    /// be looked at.
    fn again<'a>(&self, cameras: &'a [CameraInfo]) -> Option<&'a CameraInfo> {
        let known = &self.info;
        let mut alike = cameras.iter().filter(|info| is_same(info, known));
        let same = alike
            .clone()
            .find(|info| info.number == known.number)
            .or_else(|| alike.next());
        let is_moved =
            |info: &&CameraInfo| info.name == known.name && !self.others.contains(&info.bus);
        let is_hidden = |info: &&CameraInfo| info.number == known.number && info.modes.is_empty();
        same.or_else(|| cameras.iter().find(is_moved))
            .or_else(|| cameras.iter().find(is_hidden))
    }
}

fn select<'a>(selector: &str, cameras: &'a [CameraInfo]) -> Option<&'a CameraInfo> {
    if let Ok(number) = selector.parse::<u32>() {
        return cameras.iter().find(|info| info.number == number);
    }
    // Links such as /dev/v4l/by-id/… lead to the node.
    let path = fs::canonicalize(selector).ok();
    let path = path.as_deref().unwrap_or_else(|| Path::new(selector));
    let wanted = selector.to_lowercase();
    let is_named = |info: &&CameraInfo| info.name.to_lowercase().contains(&wanted);
    let by_path = cameras.iter().find(|info| info.path == path);
    by_path.or_else(|| cameras.iter().find(is_named))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ttychat_platform::camera::FourCc;

    fn info(number: u32, name: &str, bus: &str) -> CameraInfo {
        let path = format!("/dev/video{number}").into();
        let modes = vec![mode(*b"YUYV", 640)];
        CameraInfo {
            number,
            path,
            name: name.into(),
            bus: bus.into(),
            modes,
        }
    }

    fn mode(format: [u8; 4], width: u32) -> Mode {
        Mode {
            format: FourCc(format),
            width,
            height: 480,
            rate_max: 30.0,
        }
    }

    fn cameras() -> Vec<CameraInfo> {
        vec![
            info(0, "Integrated", "usb-1"),
            info(2, "HD Webcam", "usb-2"),
            info(4, "HD Webcam", "usb-3"),
        ]
    }

    #[track_caller]
    fn check(selector: Option<&str>, number: Option<u32>, expected: Option<u32>) {
        let finder = Finder::new(selector.map(str::to_owned));
        let found = finder.find(number, &cameras());
        assert_eq!(found.ok().map(|info| info.number), expected);
    }

    #[test]
    fn a_camera_is_meant_by_number_path_or_part_of_its_name() {
        check(None, None, Some(0));
        check(Some("2"), None, Some(2));
        check(Some("/dev/video4"), None, Some(4));
        check(Some("webcam"), None, Some(2));
        check(Some("webcam"), Some(0), Some(0));
        check(Some("3"), None, None);
        check(Some("/dev/video3"), None, None);
        check(None, Some(1), None);
    }

    #[test]
    fn the_first_camera_with_colours_is_meant_when_nobody_says() {
        let camera = |number, formats: &[[u8; 4]]| {
            let modes = formats.iter().map(|format| mode(*format, 640)).collect();
            CameraInfo {
                modes,
                ..info(number, "Camera", "usb")
            }
        };
        let mut cameras = vec![
            camera(0, &[]),
            camera(1, &[*b"H264"]),
            camera(2, &[*b"GREY"]),
            camera(3, &[*b"GREY", *b"MJPG"]),
        ];
        for expected in [3, 2, 0] {
            let found = Finder::new(None).find(None, &cameras);
            assert_eq!(found.unwrap().number, expected);
            cameras.truncate(expected as usize);
        }
    }

    /// Looks for `known` again; it was opened when `before` were there.
    #[track_caller]
    fn check_again(known: CameraInfo, before: &[CameraInfo], expected: Option<u32>) {
        let finder = Finder::new(None);
        finder.remember(None, known, before);
        match finder.find(None, &cameras()) {
            Ok(info) => assert_eq!(Some(info.number), expected),
            Err(CameraError::Gone(_)) => assert_eq!(None, expected),
            Err(err) => panic!("{err}"),
        }
        assert_eq!(finder.find(Some(2), &cameras()).unwrap().number, 2);
    }

    #[test]
    fn a_camera_is_known_again_under_another_number() {
        check_again(info(1, "HD Webcam", "usb-3"), &[], Some(4));
        check_again(info(1, "Integrated", "usb-9"), &[], Some(0));
    }

    #[test]
    fn a_camera_that_cannot_be_looked_at_for_a_while_is_known_again() {
        let finder = Finder::new(Some("2".into()));
        let hidden = CameraInfo {
            modes: Vec::new(),
            ..info(2, "uvcvideo 2", "1-1:1.0")
        };
        let all_hidden = [hidden.clone()];
        finder.remember(None, hidden, &all_hidden);
        assert_eq!(finder.known(None).map(|info| info.number), Some(2));
        let seen = finder.find(None, &cameras()).unwrap();
        assert_eq!(seen.bus, "usb-2");
        finder.remember(None, seen, &cameras());
        let hidden = finder.find(None, &all_hidden).unwrap();
        assert_eq!(hidden.name, "uvcvideo 2");
        finder.remember(None, hidden, &all_hidden);
        assert_eq!(finder.known(None).unwrap().bus, "usb-2");
    }

    #[test]
    fn another_camera_does_not_take_its_place() {
        check_again(info(0, "Other", "usb-1"), &[], None);
        // Two more that call themselves the same were there all the time, or one of them.
        let known = info(6, "HD Webcam", "usb-4");
        check_again(known.clone(), &cameras(), None);
        check_again(known, &cameras()[..2], Some(4));
    }

    #[test]
    fn modes_are_left_out_until_none_is_left_or_the_camera_is_unplugged() {
        let mode = |width| mode(*b"YUYV", width);
        let (camera, other) = (info(2, "HD Webcam", "usb-2"), info(4, "HD Webcam", "usb-3"));
        let finder = Finder::new(None);
        assert!(finder.leave_out(&camera, mode(640)));
        assert!(finder.leave_out(&camera, mode(320)));
        let again = info(7, "HD Webcam", "usb-2");
        assert_eq!(finder.left_out(&again), [mode(640), mode(320)]);
        assert_eq!(finder.left_out(&other), []);
        let later = finder.fork();
        finder.forget(&camera);
        assert_eq!(finder.left_out(&camera), []);
        assert_eq!(
            later.left_out(&camera).len(),
            2,
            "a fork remembers on its own"
        );
        assert!(later.leave_out(&camera, mode(800)));
        assert!(!later.leave_out(&camera, mode(1280)), "enough was tried");
        assert_eq!(later.left_out(&camera), []);
        for number in 0..40 {
            later.leave_out(&info(number, "Camera", &number.to_string()), mode(640));
        }
        assert_eq!(later.memory().left_out.len(), REMEMBERED_COUNT_MAX);
    }
}
