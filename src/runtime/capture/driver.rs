//! The cameras of the system and the time, as a device that is kept meets them.
//!
//! It adds nothing to `ttychat_platform::camera`. Invariant: a device touches the world through
//! this alone, so that tests can put a world of their own there.

use crate::runtime::clock;
use std::{
    error::Error,
    fmt::Debug,
    time::{Duration, Instant},
};
use ttychat_platform::camera::{self, Camera, CameraError, CameraInfo, Mode, RawPicture, Wish};

/// The cameras that there are.
pub(super) trait Driver: Debug {
    /// One of them, open until it is dropped.
    type Camera: Stream;

    fn list(&self) -> Result<Vec<CameraInfo>, CameraError>;
    fn nodes(&self) -> Vec<u32>;
    fn open(
        &self,
        info: &CameraInfo,
        wish: Wish,
        left_out: &[Mode],
    ) -> Result<Self::Camera, CameraError>;
    fn now(&self) -> Instant;
}

/// An open camera.
pub(super) trait Stream: Debug {
    fn read(&mut self, timeout: Duration) -> Result<Option<RawPicture<'_>>, CameraError>;
    fn take_broken_count(&mut self) -> u64;
    fn mode(&self) -> Mode;
}

/// Those of the system.
#[derive(Clone, Copy, Debug)]
pub(super) struct System;

/// Why there is no picture.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) kind: FailureKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailureKind {
    /// It is not there any more.
    Gone,
    /// A thread that was left behind has it.
    Hanging,
    /// There is no camera at all.
    Missing,
    Other,
}

impl Driver for System {
    type Camera = Camera;

    fn list(&self) -> Result<Vec<CameraInfo>, CameraError> {
        camera::list()
    }

    fn nodes(&self) -> Vec<u32> {
        camera::nodes()
    }

    fn open(
        &self,
        info: &CameraInfo,
        wish: Wish,
        left_out: &[Mode],
    ) -> Result<Camera, CameraError> {
        Camera::open(info, wish, left_out)
    }

    fn now(&self) -> Instant {
        clock::instant()
    }
}

impl Stream for Camera {
    fn read(&mut self, timeout: Duration) -> Result<Option<RawPicture<'_>>, CameraError> {
        Self::read(self, timeout)
    }

    fn take_broken_count(&mut self) -> u64 {
        Self::take_broken_count(self)
    }

    fn mode(&self) -> Mode {
        Self::mode(self)
    }
}

impl From<CameraError> for Failure {
    /// The error and what the system said, as one sentence.
    fn from(err: CameraError) -> Self {
        let kind = match err {
            CameraError::Gone(_) | CameraError::NotFound(_) => FailureKind::Gone,
            CameraError::Hanging(_) => FailureKind::Hanging,
            CameraError::Unsupported => FailureKind::Missing,
            _ => FailureKind::Other,
        };
        let message = match err.source() {
            Some(source) => format!("{err}: {source}"),
            None => err.to_string(),
        };
        Self { message, kind }
    }
}
