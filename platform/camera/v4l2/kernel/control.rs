//! The ioctls for controls: what there is, its value, another value.
//!
//! Invariant: as that of the module above.

use super::{
    super::answer::{ControlOffer, MenuEntry},
    Node, Plain, sys, vidioc,
};
use std::io;

impl Node {
    /// What the driver says of the control with this id; an error when it has none.
    pub(in super::super) fn control_offer(&self, id: u32) -> io::Result<ControlOffer> {
        let mut query = sys::v4l2_queryctrl {
            id,
            ..Plain::zeroed()
        };
        // SAFETY: VIDIOC_QUERYCTRL reads and writes one v4l2_queryctrl.
        unsafe { self.ioctl(vidioc::VIDIOC_QUERYCTRL, &mut query) }?;
        Ok(ControlOffer {
            kind: query.type_,
            min: query.minimum,
            max: query.maximum,
            step: query.step,
            default: query.default_value,
            flags: query.flags,
        })
    }

    /// An entry of a control's menu; an error where the menu has none.
    pub(in super::super) fn menu_entry(&self, id: u32, index: u32) -> io::Result<MenuEntry> {
        let mut query = sys::v4l2_querymenu {
            id,
            index,
            ..Plain::zeroed()
        };
        // SAFETY: VIDIOC_QUERYMENU reads and writes one v4l2_querymenu.
        unsafe { self.ioctl(vidioc::VIDIOC_QUERYMENU, &mut query) }?;
        // SAFETY: the member is bytes, of memory that was zeroed, and as long as the union.
        Ok(MenuEntry(unsafe { query.__bindgen_anon_1.name }))
    }

    pub(in super::super) fn control_value(&self, id: u32) -> io::Result<i32> {
        let mut control = sys::v4l2_control { id, value: 0 };
        // SAFETY: VIDIOC_G_CTRL reads and writes one v4l2_control.
        unsafe { self.ioctl(vidioc::VIDIOC_G_CTRL, &mut control) }?;
        Ok(control.value)
    }

    /// Asks for a value; the driver may take another.
    pub(in super::super) fn set_control_value(&self, id: u32, value: i32) -> io::Result<()> {
        let mut control = sys::v4l2_control { id, value };
        // SAFETY: VIDIOC_S_CTRL reads and writes one v4l2_control.
        unsafe { self.ioctl(vidioc::VIDIOC_S_CTRL, &mut control) }
    }
}
