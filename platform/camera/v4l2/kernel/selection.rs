//! The ioctls for which part of what comes in is taken, and which part of the picture it fills.
//!
//! Invariant: as that of the module above.

use super::{super::answer::Area, CAPTURE, Node, Plain, sys, vidioc};
use std::io;

/// Which of the two: the part of what comes in.
pub(in super::super) const CROP: u32 = sys::V4L2_SEL_TGT_CROP;
/// The part that a driver takes unless it is told otherwise; it can only be asked for.
pub(in super::super) const CROP_DEFAULT: u32 = sys::V4L2_SEL_TGT_CROP_DEFAULT;
/// The part of the picture that it fills.
pub(in super::super) const COMPOSE: u32 = sys::V4L2_SEL_TGT_COMPOSE;

// The crate `v4l` has these not. `_IOWR('V', 94 and 95, struct v4l2_selection)` of
// linux/videodev2.h: 3 for both ways, then the length, the letter and the number.
const GET: vidioc::_IOC_TYPE = 0xc040_565e_u32 as vidioc::_IOC_TYPE;
const SET: vidioc::_IOC_TYPE = 0xc040_565f_u32 as vidioc::_IOC_TYPE;
const _: () = assert!(
    size_of::<sys::v4l2_selection>() == 0x40,
    "as the numbers say"
);

impl Node {
    /// An error where the driver knows nothing of it.
    pub(in super::super) fn selection(&self, target: u32) -> io::Result<Area> {
        let mut selection = sys::v4l2_selection {
            type_: CAPTURE,
            target,
            ..Plain::zeroed()
        };
        // SAFETY: VIDIOC_G_SELECTION reads and writes one v4l2_selection.
        unsafe { self.ioctl(GET, &mut selection) }?;
        let area = selection.r;
        Ok(Area {
            left: area.left,
            top: area.top,
            width: area.width,
            height: area.height,
        })
    }

    /// Asks for an area; the driver may take another that is near, and may change the format.
    pub(in super::super) fn set_selection(&self, target: u32, area: Area) -> io::Result<()> {
        let mut selection = sys::v4l2_selection {
            type_: CAPTURE,
            target,
            r: sys::v4l2_rect {
                left: area.left,
                top: area.top,
                width: area.width,
                height: area.height,
            },
            ..Plain::zeroed()
        };
        // SAFETY: VIDIOC_S_SELECTION reads and writes one v4l2_selection.
        unsafe { self.ioctl(SET, &mut selection) }
    }
}
