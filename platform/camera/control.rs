//! What can be set on a camera beside its mode: brightness, exposure, focus and the like. Pure.
//!
//! The list is closed: those that people use, of which a driver has some.

use std::io;

/// A control, whatever the driver calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ControlKind {
    /// How light the picture is.
    Brightness,
    /// How far light and dark are apart.
    Contrast,
    /// How strong the colours are.
    Saturation,
    /// Which way the colours are turned.
    Hue,
    /// How strong edges are.
    Sharpness,
    /// How light the middle tones are.
    Gamma,
    /// Against a bright window behind the person.
    Backlight,
    /// Whether the camera chooses the exposure time.
    AutoExposure,
    /// How long a picture is exposed.
    ExposureTime,
    /// Whether the camera may give fewer pictures when there is little light.
    SlowInTheDark,
    /// Whether the camera chooses the gain.
    AutoGain,
    /// How much the sensor's signal is raised.
    Gain,
    /// Whether the camera chooses the white balance.
    AutoWhiteBalance,
    /// The colour of the light, as a temperature.
    WhiteBalance,
    /// Whether the camera chooses the focus.
    AutoFocus,
    /// Where the picture is sharp.
    Focus,
    /// The mains' frequency, against lamps that flicker.
    PowerLine,
    /// How near the picture is.
    Zoom,
    /// How far the picture is moved aside.
    Pan,
    /// How far the picture is moved up.
    Tilt,
}

/// In what a control is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ControlUnit {
    /// In the driver's own steps.
    #[default]
    None,
    /// A colour's temperature.
    Kelvin,
    /// Tenths of a millisecond, V4L2's unit for exposure.
    TenthMillisecond,
}

/// A control that a camera has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// Which.
    pub kind: ControlKind,
    /// What it can be set to.
    pub range: ControlRange,
    /// What it is set to: in `range`.
    pub value: i32,
    /// What the driver would set it to: in `range`.
    pub default: i32,
    /// Whether its value is of any effect: the exposure time is not while the camera chooses it.
    pub is_active: bool,
    /// Whether nobody, or nobody now, may set it.
    pub is_read_only: bool,
}

/// What a control can be set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlRange {
    /// One of these: at least two, in the driver's order, none twice.
    Choices(Vec<Choice>),
    /// `min`, `min + step`, … up to `max`: `min < max`, `step >= 1`.
    Number {
        /// Smallest.
        min: i32,
        /// Largest.
        max: i32,
        /// From one to the next.
        step: i32,
    },
}

/// One of the values of a control that has a few.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// For the driver.
    pub value: i32,
    /// For people: printable, and not long.
    pub name: String,
}

/// Why a control was not set. Each says what a person can do.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// Another program has taken it, or it cannot be set while pictures come.
    #[error("it is in use; close the other programs that use the camera")]
    Busy,
    /// It follows another control, or is only to be read.
    #[error("the camera does not let it be set now; turn off what sets it by itself")]
    Denied,
    /// The driver failed.
    #[error("the driver failed; unplug the camera and plug it in again")]
    Io(#[source] io::Error),
    /// The camera has no such control.
    #[error("the camera has no such control")]
    NotFound,
    /// The value is none that the camera takes.
    #[error("the camera does not take this value; try another")]
    OutOfRange,
}

impl ControlKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 20] = [
        Self::Brightness,
        Self::Contrast,
        Self::Saturation,
        Self::Hue,
        Self::Sharpness,
        Self::Gamma,
        Self::Backlight,
        Self::AutoExposure,
        Self::ExposureTime,
        Self::SlowInTheDark,
        Self::AutoGain,
        Self::Gain,
        Self::AutoWhiteBalance,
        Self::WhiteBalance,
        Self::AutoFocus,
        Self::Focus,
        Self::PowerLine,
        Self::Zoom,
        Self::Pan,
        Self::Tilt,
    ];

    /// Its name for people and in files: lower-case letters and blanks, at most 13.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brightness => "brightness",
            Self::Contrast => "contrast",
            Self::Saturation => "saturation",
            Self::Hue => "hue",
            Self::Sharpness => "sharpness",
            Self::Gamma => "gamma",
            Self::Backlight => "backlight",
            Self::AutoExposure => "auto exposure",
            Self::ExposureTime => "exposure time",
            Self::SlowInTheDark => "slow in dark",
            Self::AutoGain => "auto gain",
            Self::Gain => "gain",
            Self::AutoWhiteBalance => "auto white",
            Self::WhiteBalance => "white balance",
            Self::AutoFocus => "auto focus",
            Self::Focus => "focus",
            Self::PowerLine => "power line",
            Self::Zoom => "zoom",
            Self::Pan => "pan",
            Self::Tilt => "tilt",
        }
    }

    /// The one with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The control that may choose the value of this one by itself.
    pub const fn automatic(self) -> Option<Self> {
        match self {
            Self::ExposureTime => Some(Self::AutoExposure),
            Self::Gain => Some(Self::AutoGain),
            Self::WhiteBalance => Some(Self::AutoWhiteBalance),
            Self::Focus => Some(Self::AutoFocus),
            _ => None,
        }
    }

    /// Whether it chooses the value of another, and so is to be set before that.
    pub fn is_automatic(self) -> bool {
        Self::ALL
            .into_iter()
            .any(|kind| kind.automatic() == Some(self))
    }

    /// In what its values are counted.
    pub const fn unit(self) -> ControlUnit {
        match self {
            Self::ExposureTime => ControlUnit::TenthMillisecond,
            Self::WhiteBalance => ControlUnit::Kelvin,
            _ => ControlUnit::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own_that_leads_back_to_it() {
        for kind in ControlKind::ALL {
            let name = kind.name();
            assert_eq!(ControlKind::of_name(name), Some(kind));
            let is_plain = |c: char| c.is_ascii_lowercase() || c == ' ';
            assert!(name.len() <= 13 && name.chars().all(is_plain), "{name}");
        }
        assert_eq!(ControlKind::of_name("Brightness"), None);
    }

    #[test]
    fn what_chooses_for_others_comes_before_them() {
        let place = |kind| ControlKind::ALL.iter().position(|known| *known == kind);
        for kind in ControlKind::ALL {
            if let Some(automatic) = kind.automatic() {
                assert!(place(automatic) < place(kind) && automatic.is_automatic());
            }
        }
        assert!(!ControlKind::ExposureTime.is_automatic());
    }
}
