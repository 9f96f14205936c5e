//! When a small grey picture is sent in place of ours.

use super::{MjpegSession, Phase};
use crate::{protocol::CameraState, session::timers::STAND_IN_INTERVAL};
use std::time::Instant;

impl MjpegSession {
    /// Sees to it that the stand-in leaves in time when it is wanted.
    pub(super) fn plan_stand_in(&mut self, now: Instant) {
        let is_absent = matches!(
            self.camera,
            Some(CameraState::Lost | CameraState::Missing | CameraState::Off)
        );
        let is_wanted = self.phase == Phase::Up && is_absent && self.turns.may_send();
        if !is_wanted {
            self.stand_in_at = None;
            self.is_stand_in_due = false;
        } else if self.stand_in_at.is_none() && !self.is_stand_in_due {
            let last = self.turns.sent_at();
            self.stand_in_at = Some(last.map_or(now, |at| (at + STAND_IN_INTERVAL).max(now)));
        }
    }
}
