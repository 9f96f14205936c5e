//! The two functions of ESCAPI's C interface that its binding lacks or gets wrong.
//!
//! It does not open anything. All `unsafe` of this backend is here.

use std::ffi::{c_char, c_int, c_uint};

/// Places in ESCAPI's arrays (`MAXDEVICES` in its source); indexes are below this.
pub(super) const DEVICES_MAX: u32 = 16;
/// Longest name asked for, in bytes with its NUL.
const NAME_LEN_MAX: usize = 256;

unsafe extern "C" {
    fn deinitCapture(device: c_uint);
    fn getCaptureDeviceName(device: c_uint, name: *mut c_char, len: c_int);
}

/// The name of a camera, open or not; empty when there is none. ESCAPI cuts each UTF-16 unit to
/// its low byte, so the bytes are read as Latin-1: right for names of Western Europe.
pub(super) fn device_name(index: u32) -> String {
    let mut name = [0_u8; NAME_LEN_MAX];
    let Ok(len) = c_int::try_from(name.len()) else {
        return String::new();
    };
    if index < DEVICES_MAX {
        // SAFETY: getCaptureDeviceName writes at most `len` bytes with a NUL to `name`, which is
        // that long, and wants an index below 16.
        unsafe { getCaptureDeviceName(index, name.as_mut_ptr().cast(), len) };
    }
    name.iter()
        .take_while(|byte| **byte != 0)
        .map(|byte| char::from(*byte))
        .collect()
}

/// Closes a device that was opened and is owned by nobody. Harmless when it is not open.
pub(super) fn close(index: u32) {
    if index < DEVICES_MAX {
        // SAFETY: deinitCapture wants an index below 16 and does nothing to a device that is not
        // open. The caller knows of no owner.
        unsafe { deinitCapture(index) };
    }
}
