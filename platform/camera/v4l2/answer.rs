//! What the kernel answers, in plain numbers.

use super::super::FourCc;
use v4l::v4l_sys as sys;

/// What a driver says of itself.
#[derive(Debug)]
pub(super) struct Capabilities {
    /// The camera's name, up to its NUL; any bytes.
    pub(super) card: Vec<u8>,
    /// Where it is plugged in, up to its NUL; any bytes.
    pub(super) bus: Vec<u8>,
    /// `V4L2_CAP_*` of this node alone.
    pub(super) flags: u32,
}

/// The format that a driver is set to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Granted {
    pub(super) format: FourCc,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Bytes from row to row; 0 when the driver does not say.
    pub(super) stride: u32,
}

/// A size, or a range of sizes, of a format.
#[derive(Clone, Copy, Debug)]
pub(super) enum SizeOffer {
    Discrete { width: u32, height: u32 },
    Stepwise { width: Range, height: Range },
}

/// `min`, `min + step`, … `max`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) min: u32,
    pub(super) max: u32,
    pub(super) step: u32,
}

/// Seconds from picture to picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) numerator: u32,
    pub(super) denominator: u32,
}

/// An interval, or a range of them, of a size.
#[derive(Clone, Copy, Debug)]
pub(super) enum IntervalOffer {
    Discrete(Interval),
    Stepwise { min: Interval, max: Interval },
}

/// Where a buffer of the driver lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct BufferPlace {
    pub(super) len: usize,
    pub(super) offset: u64,
}

/// A buffer that came back from the driver.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filled {
    pub(super) index: u32,
    /// As the driver says; may be longer than the buffer, if the driver is broken.
    pub(super) bytes_used: u32,
    /// Whether the driver marked the picture as damaged.
    pub(super) is_broken: bool,
}

/// What came of waiting for a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    /// A picture is there, or the next ioctl says what is wrong.
    Ready,
    TimedOut,
}

/// What a driver says of a control.
#[derive(Clone, Copy, Debug)]
pub(super) struct ControlOffer {
    /// `V4L2_CTRL_TYPE_*`.
    pub(super) kind: u32,
    pub(super) min: i32,
    pub(super) max: i32,
    pub(super) step: i32,
    pub(super) default: i32,
    /// `V4L2_CTRL_FLAG_*`.
    pub(super) flags: u32,
}

/// An entry of a menu: a name up to its NUL, any bytes, or in menus of numbers an `i64`.
#[derive(Clone, Copy, Debug)]
pub(super) struct MenuEntry(pub(super) [u8; 32]);

impl From<sys::v4l2_fract> for Interval {
    fn from(fraction: sys::v4l2_fract) -> Self {
        Self {
            numerator: fraction.numerator,
            denominator: fraction.denominator,
        }
    }
}
