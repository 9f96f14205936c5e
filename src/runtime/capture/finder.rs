//! Which camera is meant, among those that are there.
//!
//! It opens none for streaming. Invariant: a camera that returned under another number is known
//! again, and another one does not take its place.

use crate::{app::CameraEntry, media::PixelSize};
use std::{fs, path::Path};
use ttychat_platform::camera::{self, CameraError, CameraInfo, Mode, mode};

/// Knows which camera is meant, also after it returned under another number.
#[derive(Debug)]
pub(super) struct Finder {
    /// Of the command line: a number, a path, or a part of a name.
    selector: Option<String>,
    /// What was opened last, and for which number of an order.
    remembered: Option<(Option<u32>, CameraInfo)>,
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
    pub(super) const fn new(selector: Option<String>) -> Self {
        Self {
            selector,
            remembered: None,
        }
    }

    /// The camera that an order with this number means; `None` for the one of the command line.
    pub(super) fn find(
        &self,
        number: Option<u32>,
        cameras: &[CameraInfo],
    ) -> Result<CameraInfo, CameraError> {
        let found = if let Some(known) = self.known(number) {
            let gone = || CameraError::Gone(known.label());
            return again(known, cameras).cloned().ok_or_else(gone);
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

    /// From now on this number of an order means this camera.
    pub(super) fn remember(&mut self, number: Option<u32>, info: CameraInfo) {
        self.remembered = Some((number, info));
    }

    /// What was found for this number of an order before.
    pub(super) fn known(&self, number: Option<u32>) -> Option<&CameraInfo> {
        self.remembered
            .as_ref()
            .filter(|known| known.0 == number)
            .map(|known| &known.1)
    }
}

/// The same camera, as sure as can be: by all that is known of it, then by its name and plug, then
/// in another plug.
fn again<'a>(known: &CameraInfo, cameras: &'a [CameraInfo]) -> Option<&'a CameraInfo> {
    let is_alike = |info: &&CameraInfo| info.name == known.name && info.bus == known.bus;
    let mut alike = cameras.iter().filter(is_alike);
    let same = alike
        .clone()
        .find(|info| info.number == known.number)
        .or_else(|| alike.next());
    same.or_else(|| cameras.iter().find(|info| info.name == known.name))
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
        let (path, modes) = (format!("/dev/video{number}").into(), Vec::new());
        CameraInfo {
            number,
            path,
            name: name.into(),
            bus: bus.into(),
            modes,
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
            let mode = |format: &[u8; 4]| Mode {
                format: FourCc(*format),
                width: 640,
                height: 480,
                rate_max: 30.0,
            };
            let modes = formats.iter().map(mode).collect();
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

    #[test]
    fn a_camera_is_known_again_under_another_number() {
        let known = info(1, "HD Webcam", "usb-3");
        assert_eq!(again(&known, &cameras()).map(|info| info.number), Some(4));
        let replugged = info(1, "Integrated", "usb-9");
        assert_eq!(
            again(&replugged, &cameras()).map(|info| info.number),
            Some(0)
        );
        let finder = Finder {
            selector: None,
            remembered: Some((None, info(0, "Other", "usb-1"))),
        };
        let error = finder.find(None, &cameras()).unwrap_err();
        assert!(
            matches!(error, CameraError::Gone(_)),
            "another camera does not take its place"
        );
        assert_eq!(finder.find(Some(2), &cameras()).unwrap().number, 2);
    }
}
