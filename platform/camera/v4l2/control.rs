//! Controls: what drivers answer, made sense of.
//!
//! Drivers lie here more than elsewhere: menus with holes, ranges upside down, no steps, values
//! beyond the range. Invariant: what is given out is a range with something to choose from and a
//! value in it; each control costs a bounded number of ioctls.

use super::{
    super::{
        control::{Choice, Control, ControlError, ControlKind, ControlRange},
        printable,
    },
    answer::{ControlOffer, MenuEntry},
    kernel::Node,
    sys,
};
use rustix::io::Errno;
use std::io;

/// Most entries of a menu that are asked for. The longest of those listed has four.
const MENU_ENTRIES_MAX: u32 = 64;

/// The control, if the driver has it and there is something to choose.
pub(super) fn read(node: &Node, kind: ControlKind) -> Option<Control> {
    let id = id_of(kind);
    let offer = node.control_offer(id).ok()?;
    let entries = match offer.kind {
        MENU | INTEGER_MENU => entries(&offer, |index| node.menu_entry(id, index).ok()),
        _ => Vec::new(),
    };
    let mut control = control_of(kind, &offer, &entries, node.control_value(id).ok()?)?;
    // Drivers before Linux 6 do not say that a control follows another one.
    if let Some(automatic) = kind.automatic()
        && control.is_active
        && let id = id_of(automatic)
        && let (Ok(offer), Ok(value)) = (node.control_offer(id), node.control_value(id))
    {
        control.is_active = is_manual(automatic, &offer, value);
    }
    Some(control)
}

/// Sets a control.
pub(super) fn write(node: &Node, kind: ControlKind, value: i32) -> Result<(), ControlError> {
    let id = id_of(kind);
    // Asked first, because drivers answer EINVAL both for no control and for a wrong value.
    node.control_offer(id).map_err(|err| match error_of(err) {
        ControlError::OutOfRange => ControlError::NotFound,
        other => other,
    })?;
    node.set_control_value(id, value).map_err(error_of)
}

const INTEGER: u32 = sys::v4l2_ctrl_type_V4L2_CTRL_TYPE_INTEGER;
const BOOLEAN: u32 = sys::v4l2_ctrl_type_V4L2_CTRL_TYPE_BOOLEAN;
const MENU: u32 = sys::v4l2_ctrl_type_V4L2_CTRL_TYPE_MENU;
const INTEGER_MENU: u32 = sys::v4l2_ctrl_type_V4L2_CTRL_TYPE_INTEGER_MENU;

const fn id_of(kind: ControlKind) -> u32 {
    match kind {
        ControlKind::Brightness => sys::V4L2_CID_BRIGHTNESS,
        ControlKind::Contrast => sys::V4L2_CID_CONTRAST,
        ControlKind::Saturation => sys::V4L2_CID_SATURATION,
        ControlKind::Hue => sys::V4L2_CID_HUE,
        ControlKind::Sharpness => sys::V4L2_CID_SHARPNESS,
        ControlKind::Gamma => sys::V4L2_CID_GAMMA,
        ControlKind::Backlight => sys::V4L2_CID_BACKLIGHT_COMPENSATION,
        ControlKind::AutoExposure => sys::V4L2_CID_EXPOSURE_AUTO,
        ControlKind::ExposureTime => sys::V4L2_CID_EXPOSURE_ABSOLUTE,
        ControlKind::SlowInTheDark => sys::V4L2_CID_EXPOSURE_AUTO_PRIORITY,
        ControlKind::AutoGain => sys::V4L2_CID_AUTOGAIN,
        ControlKind::Gain => sys::V4L2_CID_GAIN,
        ControlKind::AutoWhiteBalance => sys::V4L2_CID_AUTO_WHITE_BALANCE,
        ControlKind::WhiteBalance => sys::V4L2_CID_WHITE_BALANCE_TEMPERATURE,
        ControlKind::AutoFocus => sys::V4L2_CID_FOCUS_AUTO,
        ControlKind::Focus => sys::V4L2_CID_FOCUS_ABSOLUTE,
        ControlKind::PowerLine => sys::V4L2_CID_POWER_LINE_FREQUENCY,
        ControlKind::Zoom => sys::V4L2_CID_ZOOM_ABSOLUTE,
        ControlKind::Pan => sys::V4L2_CID_PAN_ABSOLUTE,
        ControlKind::Tilt => sys::V4L2_CID_TILT_ABSOLUTE,
    }
}

/// The entries of a menu with their values; where it has holes there is none.
fn entries(
    offer: &ControlOffer,
    entry_at: impl Fn(u32) -> Option<MenuEntry>,
) -> Vec<(i32, MenuEntry)> {
    let first = u32::try_from(offer.min.max(0)).unwrap_or(0);
    let last = u32::try_from(offer.max).unwrap_or(0);
    let last = last.min(first.saturating_add(MENU_ENTRIES_MAX - 1));
    (first..=last)
        .filter_map(|index| Some((i32::try_from(index).ok()?, entry_at(index)?)))
        .collect()
}

/// What an offer comes down to; `None` when nothing can be made of it, or there is no choice.
fn control_of(
    kind: ControlKind,
    offer: &ControlOffer,
    entries: &[(i32, MenuEntry)],
    value: i32,
) -> Option<Control> {
    if offer.flags & (sys::V4L2_CTRL_FLAG_DISABLED | sys::V4L2_CTRL_FLAG_WRITE_ONLY) != 0 {
        return None;
    }
    let choice = |value: i32, name: &str| Choice {
        value,
        name: name.to_owned(),
    };
    let range = match offer.kind {
        INTEGER if offer.min < offer.max => ControlRange::Number {
            min: offer.min,
            max: offer.max,
            step: offer.step.max(1),
        },
        BOOLEAN => ControlRange::Choices(vec![choice(0, "off"), choice(1, "on")]),
        MENU | INTEGER_MENU if entries.len() >= 2 => {
            let name = |entry: &(i32, MenuEntry)| name_of(kind, offer, entries, *entry);
            let choices = entries.iter().map(|entry| choice(entry.0, &name(entry)));
            ControlRange::Choices(choices.collect())
        }
        _ => return None,
    };
    let default = range.nearest(offer.default);
    let flag = |flag: u32| offer.flags & flag != 0;
    Some(Control {
        kind,
        value: range.nearest(value),
        default,
        range,
        is_active: !flag(sys::V4L2_CTRL_FLAG_INACTIVE),
        is_read_only: flag(sys::V4L2_CTRL_FLAG_READ_ONLY | sys::V4L2_CTRL_FLAG_GRABBED),
    })
}

/// What an entry is called: what V4L2 defines in plain words, else the driver's own.
fn name_of(
    kind: ControlKind,
    offer: &ControlOffer,
    entries: &[(i32, MenuEntry)],
    (value, entry): (i32, MenuEntry),
) -> String {
    if offer.kind == INTEGER_MENU {
        return entry.number().to_string();
    }
    let has_auto = || entries.iter().any(|(value, _)| *value == EXPOSURE_AUTO);
    let known = match (kind, value) {
        (ControlKind::AutoExposure, EXPOSURE_MANUAL) | (ControlKind::PowerLine, 0) => "off",
        (ControlKind::AutoExposure, EXPOSURE_SHUTTER) => "shutter priority",
        (ControlKind::AutoExposure, EXPOSURE_APERTURE) if has_auto() => "aperture priority",
        // Webcams have no aperture to keep: to their owners that mode is just automatic.
        (ControlKind::AutoExposure, EXPOSURE_AUTO | EXPOSURE_APERTURE) => "on",
        (ControlKind::PowerLine, 1) => "50 Hz",
        (ControlKind::PowerLine, 2) => "60 Hz",
        (ControlKind::PowerLine, 3) => "auto",
        _ => "",
    };
    let own = printable(&String::from_utf8_lossy(entry.name()));
    match (known, own.as_str()) {
        ("", "") => value.to_string(),
        ("", _) => own,
        (known, _) => known.to_owned(),
    }
}

// `V4L2_EXPOSURE_*`, whose C type is another than that of values.
const EXPOSURE_AUTO: i32 = 0;
const EXPOSURE_MANUAL: i32 = 1;
const EXPOSURE_SHUTTER: i32 = 2;
const EXPOSURE_APERTURE: i32 = 3;

/// Whether an automatic control with this value leaves the other one to the person.
fn is_manual(automatic: ControlKind, offer: &ControlOffer, value: i32) -> bool {
    if automatic == ControlKind::AutoExposure && offer.kind == MENU {
        matches!(value, EXPOSURE_MANUAL | EXPOSURE_SHUTTER)
    } else {
        value == 0
    }
}

fn error_of(err: io::Error) -> ControlError {
    match Errno::from_io_error(&err) {
        Some(Errno::BUSY) => ControlError::Busy,
        Some(Errno::ACCESS | Errno::PERM) => ControlError::Denied,
        Some(Errno::RANGE | Errno::INVAL | Errno::DOM) => ControlError::OutOfRange,
        _ => ControlError::Io(err),
    }
}

impl ControlRange {
    /// The value of the range that is nearest to `value`.
    fn nearest(&self, value: i32) -> i32 {
        match self {
            Self::Choices(choices) => {
                let distance = |choice: &&Choice| choice.value.abs_diff(value);
                let nearest = choices.iter().min_by_key(distance);
                nearest.map_or(value, |choice| choice.value)
            }
            Self::Number { min, max, .. } => value.clamp(*min, *max),
        }
    }
}

impl MenuEntry {
    fn name(&self) -> &[u8] {
        self.0.split(|byte| *byte == 0).next().unwrap_or_default()
    }

    fn number(&self) -> i64 {
        self.0
            .first_chunk()
            .map_or(0, |bytes| i64::from_ne_bytes(*bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(kind: u32, min: i32, max: i32) -> ControlOffer {
        ControlOffer {
            kind,
            min,
            max,
            step: 1,
            default: min,
            flags: 0,
        }
    }

    fn named(name: &[u8]) -> MenuEntry {
        let mut bytes = [0; 32];
        bytes[..name.len()].copy_from_slice(name);
        MenuEntry(bytes)
    }

    fn names(kind: ControlKind, offer: &ControlOffer, menu: &[(i32, MenuEntry)]) -> Vec<String> {
        match control_of(kind, offer, menu, 0).map(|control| control.range) {
            Some(ControlRange::Choices(choices)) => {
                choices.into_iter().map(|choice| choice.name).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_number_is_brought_into_a_range_that_makes_sense() {
        let kind = ControlKind::Brightness;
        let lying = ControlOffer {
            step: -3,
            default: 900,
            ..offer(INTEGER, -64, 64)
        };
        let control = control_of(kind, &lying, &[], -1000).unwrap();
        let (min, max, step) = (-64, 64, 1);
        assert_eq!(control.range, ControlRange::Number { min, max, step });
        assert_eq!((control.value, control.default), (-64, 64));
        assert!(control.is_active && !control.is_read_only);
        for (min, max) in [(5, 5), (6, 5), (i32::MAX, i32::MIN)] {
            let control = control_of(kind, &offer(INTEGER, min, max), &[], 0);
            assert_eq!(control, None, "{min} to {max}");
        }
        let whole = control_of(kind, &offer(INTEGER, i32::MIN, i32::MAX), &[], 0);
        assert_eq!(whole.unwrap().value, 0);
    }

    #[test]
    fn what_cannot_be_chosen_from_is_left_out() {
        let kind = ControlKind::PowerLine;
        let one = [(1, named(b"50 Hz"))];
        assert_eq!(control_of(kind, &offer(MENU, 0, 2), &one, 1), None);
        for unknown in [0, 4, 5, 6, 7, 256, u32::MAX] {
            let offer = offer(unknown, 0, 9);
            assert_eq!(control_of(kind, &offer, &[], 1), None, "{unknown}");
        }
        for flags in [sys::V4L2_CTRL_FLAG_DISABLED, sys::V4L2_CTRL_FLAG_WRITE_ONLY] {
            let offer = ControlOffer {
                flags,
                ..offer(INTEGER, 0, 9)
            };
            assert_eq!(control_of(kind, &offer, &[], 1), None);
        }
    }

    #[test]
    fn menus_have_holes_and_no_menu_is_endless() {
        let webcam = entries(&offer(MENU, 0, 3), |index| {
            (index % 2 == 1).then(|| named(b"Aperture Priority Mode"))
        });
        let kind = ControlKind::AutoExposure;
        assert_eq!(names(kind, &offer(MENU, 0, 3), &webcam), ["off", "on"]);
        let all = entries(&offer(MENU, 0, 3), |_| Some(named(b"")));
        let both = ["on", "off", "shutter priority", "aperture priority"];
        assert_eq!(names(kind, &offer(MENU, 0, 3), &all), both);
        for (min, max) in [(i32::MIN, i32::MAX), (i32::MAX, i32::MAX), (3, 2), (-9, -5)] {
            let asked = std::cell::Cell::new(0);
            entries(&offer(MENU, min, max), |_| {
                asked.set(asked.get() + 1);
                None
            });
            assert!(asked.get() <= MENU_ENTRIES_MAX, "{min} to {max}");
        }
    }

    #[test]
    fn entries_have_plain_or_printable_names() {
        let kind = ControlKind::PowerLine;
        let odd = [
            (2, named(b"sixty")),
            (7, named(b"a\x1b[31m\xffb\0rest")),
            (9, named(b"")),
        ];
        let shown = names(kind, &offer(MENU, 0, 9), &odd);
        assert_eq!(shown, ["60 Hz", "a [31m\u{fffd}b", "9"]);
        let mut number = [0; 32];
        number[..8].copy_from_slice(&(-40_000_000_000_i64).to_ne_bytes());
        let menu = [(0, MenuEntry(number)), (1, named(b""))];
        let shown = names(ControlKind::Zoom, &offer(INTEGER_MENU, 0, 1), &menu);
        assert_eq!(shown, ["-40000000000", "0"]);
        // A value that is in no menu is shown as the nearest that is.
        let control = control_of(kind, &offer(MENU, 0, 9), &odd, 4).unwrap();
        assert_eq!((control.value, control.default), (2, 2));
    }

    #[test]
    fn only_manual_modes_leave_a_value_to_the_person() {
        let exposure = ControlKind::AutoExposure;
        let leaves = |value| is_manual(exposure, &offer(MENU, 0, 3), value);
        assert_eq!(
            [0, 1, 2, 3, 9].map(leaves),
            [false, true, true, false, false]
        );
        assert!(!is_manual(exposure, &offer(BOOLEAN, 0, 1), 1));
        assert!(is_manual(ControlKind::AutoFocus, &offer(BOOLEAN, 0, 1), 0));
    }

    #[test]
    fn errors_say_whose_fault_it_is() {
        let error = |errno: Errno| error_of(errno.into()).to_string();
        assert!(error(Errno::BUSY).contains("other programs"));
        assert!(error(Errno::ACCESS).contains("by itself"));
        assert!(error(Errno::RANGE).contains("another"));
        assert!(error(Errno::IO).contains("driver"));
    }
}
