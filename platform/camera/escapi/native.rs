//! The functions of ESCAPI's C interface that its binding lacks or gets wrong.
//!
//! It does not open anything. All `unsafe` of this backend is here.

use std::ffi::{c_char, c_int, c_uint};

/// Places in ESCAPI's arrays (`MAXDEVICES` in its source); indexes are below this.
pub(super) const DEVICES_MAX: u32 = 16;
/// Longest name asked for, in bytes with its NUL. Windows has names of up to 100 characters, and
/// links of up to 200.
const NAME_LEN_MAX: usize = 1024;

/// `E_ACCESSDENIED`: the person, or who administers the computer, has forbidden it.
pub(super) const ACCESS_DENIED: u32 = 0x8007_0005;
/// `MF_E_HW_MFT_FAILED_START_STREAMING`: mostly because another program streams from it.
pub(super) const IN_USE: u32 = 0xc00d_3704;
/// `MF_E_INVALIDMEDIATYPE`, which ESCAPI says of a camera that has compressed pictures only.
pub(super) const NO_TYPE: u32 = 0xc00d_36b4;
/// `MF_E_INVALIDINDEX`, which ESCAPI says itself.
pub(super) const NO_SUCH_INDEX: u32 = 0xc00d_36bf;
/// `ERROR_DEVICE_NOT_CONNECTED`.
pub(super) const NOT_CONNECTED: u32 = 0x8007_048f;
/// `ERROR_SHARING_VIOLATION`.
pub(super) const SHARING_VIOLATION: u32 = 0x8007_0020;
/// `MF_E_VIDEO_RECORDING_DEVICE_PREEMPTED`: by a program that comes first.
pub(super) const TAKEN_AWAY: u32 = 0xc00d_3ea3;
/// `MF_E_VIDEO_RECORDING_DEVICE_INVALIDATED`.
pub(super) const UNPLUGGED: u32 = 0xc00d_3ea2;

unsafe extern "C" {
    fn deinitCapture(device: c_uint);
    fn getCaptureDeviceLink(device: c_uint, link: *mut c_char, len: c_int);
    fn getCaptureDeviceName(device: c_uint, name: *mut c_char, len: c_int);
    fn getCaptureStatus(device: c_uint) -> c_int;
}

/// The name of a camera, open or not; empty when there is none.
pub(super) fn device_name(index: u32) -> String {
    text(|name, len| {
        // SAFETY: getCaptureDeviceName writes at most `len` bytes with a NUL to `name`, which is
        // that long, and ignores an index that is too large.
        unsafe { getCaptureDeviceName(index, name, len) }
    })
}

/// What Windows calls a camera, open or not: always the same for the same one at the same plug, and
/// never the same for two. Empty when it does not say.
pub(super) fn device_link(index: u32) -> String {
    text(|link, len| {
        // SAFETY: as in `device_name`.
        unsafe { getCaptureDeviceLink(index, link, len) }
    })
}

/// The code of the error for which a camera will give no picture any more, or could not be opened.
pub(super) fn failure(index: u32) -> Option<u32> {
    // SAFETY: getCaptureStatus reads an integer, and none for an index that is too large.
    let status = unsafe { getCaptureStatus(index) };
    (status < 0).then_some(status.cast_unsigned())
}

/// Closes a device that was opened and is owned by nobody. Harmless when it is not open.
pub(super) fn close(index: u32) {
    // SAFETY: deinitCapture does nothing to a device that is not open or does not exist. The
    // caller knows of no owner.
    unsafe { deinitCapture(index) };
}

/// What `write` writes, up to its NUL.
fn text(write: impl FnOnce(*mut c_char, c_int)) -> String {
    let mut text = [0_u8; NAME_LEN_MAX];
    if let Ok(len) = c_int::try_from(text.len()) {
        write(text.as_mut_ptr().cast(), len);
    }
    let len = text.iter().position(|byte| *byte == 0).unwrap_or(0);
    String::from_utf8_lossy(text.get(..len).unwrap_or_default()).into_owned()
}
