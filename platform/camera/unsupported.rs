//! Stub.
use super::{CameraError, CameraInfo, Mode, RawPicture, Wish};
use std::time::Duration;

/// An open camera that delivers pictures.
#[derive(Debug)]
pub struct Camera {
    mode: Mode,
}

/// Lists the cameras that can capture, by number. Opens none of them for streaming.
///
/// # Errors
/// When the system cannot say; an empty list is not an error.
pub fn list() -> Result<Vec<CameraInfo>, CameraError> {
    Ok(Vec::new())
}

impl Camera {
    /// Opens a camera in the mode that comes nearest to `wish` and starts it.
    ///
    /// # Errors
    /// See [`CameraError`]; nothing stays open after an error.
    pub fn open(info: &CameraInfo, _wish: Wish) -> Result<Self, CameraError> {
        Err(CameraError::NotFound(info.name.clone()))
    }

    /// Waits at most `timeout` for a picture and gives the newest one that the driver has; older
    /// ones are dropped. `None` when none came in time, or when it was marked broken.
    ///
    /// # Errors
    /// [`CameraError::Gone`] or [`CameraError::Io`]: close the camera (drop it) and open it again.
    pub fn read(&mut self, _timeout: Duration) -> Result<Option<RawPicture<'_>>, CameraError> {
        Ok(None)
    }

    /// What the driver granted.
    pub fn mode(&self) -> Mode {
        self.mode
    }
}
