//! Systems whose cameras we do not know.

use super::{CameraError, CameraInfo, Control, ControlError, ControlKind, Mode, RawPicture, Wish};
use std::{convert::Infallible, thread::ThreadId, time::Duration};

/// A camera; there is none.
#[derive(Debug)]
pub struct Camera {
    never: Infallible,
}

/// Lists the cameras that can capture.
///
/// # Errors
/// Always [`CameraError::Unsupported`].
pub fn list() -> Result<Vec<CameraInfo>, CameraError> {
    Err(CameraError::Unsupported)
}

/// The numbers of the devices that may be cameras, where that is cheap to know; here it is never
/// said: there are none.
pub fn nodes() -> Vec<u32> {
    Vec::new()
}

/// The camera that this thread uses; there is none.
pub const fn used_by(_thread: ThreadId) -> Option<CameraInfo> {
    None
}

/// For the reason why [`list`] knows nothing of a camera's modes.
///
/// # Errors
/// Always [`CameraError::Unsupported`].
pub fn probe(_info: &CameraInfo) -> Result<(), CameraError> {
    Err(CameraError::Unsupported)
}

impl Camera {
    /// Opens a camera in the mode that comes nearest to `wish`, and is not like one of `left_out`,
    /// and starts it.
    ///
    /// # Errors
    /// Always [`CameraError::Unsupported`].
    pub fn open(_info: &CameraInfo, _wish: Wish, _left_out: &[Mode]) -> Result<Self, CameraError> {
        Err(CameraError::Unsupported)
    }

    /// Waits for a picture.
    ///
    /// # Errors
    /// Cannot be called: there is no camera.
    pub fn read(&mut self, _timeout: Duration) -> Result<Option<RawPicture<'_>>, CameraError> {
        match self.never {}
    }

    /// How many pictures came damaged since this was asked last.
    pub fn take_broken_count(&mut self) -> u64 {
        match self.never {}
    }

    /// The control of this kind as it is now: there is no camera.
    pub fn control(&self, _kind: ControlKind) -> Option<Control> {
        match self.never {}
    }

    /// Sets a control.
    ///
    /// # Errors
    /// Cannot be called: there is no camera.
    pub fn set_control(&mut self, _kind: ControlKind, _value: i32) -> Result<(), ControlError> {
        match self.never {}
    }

    /// What was granted.
    pub fn mode(&self) -> Mode {
        match self.never {}
    }
}
