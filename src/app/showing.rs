//! The peer's pictures between the session, the picture thread and the terminal.

use super::{
    App, CameraState, Effect, Now,
    line::Line,
    pictures::{Answers, Decoded, Pictures, Wanted},
};
use crate::{
    media::{Picture, jpeg::JpegError},
    session::ReceivedPicture,
};
use std::sync::Arc;

impl App {
    pub(super) fn take_picture(&mut self, now: Now, received: ReceivedPicture) {
        let waiting = self.effects.waiting_picture();
        let Line::Call(call) = &mut self.line else {
            return;
        };
        self.show_count = self.show_count.wrapping_add(1);
        let Self {
            meter, show_count, ..
        } = self;
        let mut answers = Answers {
            session: &mut call.session,
            meter,
            now: now.instant,
        };
        let effect = call
            .pictures
            .take(&mut answers, *show_count, waiting, received);
        self.effects.push(effect);
    }

    pub(super) fn picture_ready(
        &mut self,
        now: Now,
        number: u32,
        result: Result<Picture, JpegError>,
        composed: Option<Arc<Picture>>,
    ) {
        let hidden = self.viewing().area.is_empty();
        let Some(call) = self.line.up_mut() else {
            return;
        };
        let wanted = match &self.screen {
            None => Wanted::Check,
            Some(_) if hidden || call.peer_camera != CameraState::On => Wanted::No,
            Some(_) => Wanted::Screen,
        };
        // Who sends one broken picture may send sixty of them a second.
        let broken_before = std::mem::replace(&mut call.picture_broken, result.is_err());
        if let Err(error) = &result
            && !broken_before
            && let Some(line) = self.broken_lines.pass(
                now.instant,
                format!("a picture of {} is {error}", call.peer),
            )
        {
            self.effects.push(Effect::Log(line));
        }
        let mut answers = Answers {
            session: &mut call.session,
            meter: &mut self.meter,
            now: now.instant,
        };
        let decoded = result.map(|picture| Decoded { picture, composed });
        if call.pictures.ready(&mut answers, number, decoded, wanted) {
            if let Some(screen) = &mut self.screen {
                screen.moved_at = Some(now.instant);
            }
            self.redraw();
        }
    }

    pub(super) fn picture_dropped(&mut self, now: Now, number: u32) {
        self.with_pictures(now, |pictures, answers| pictures.dropped(answers, number));
    }

    pub(super) fn drawn(&mut self, now: Now) {
        if let Some(screen) = &mut self.screen {
            screen.drawn(now.instant);
        }
        self.with_pictures(now, Pictures::drawn);
    }

    pub(super) fn frame_written(&mut self, now: Now, len: usize) {
        self.meter.terminal_bytes(len);
        self.with_pictures(now, Pictures::written);
    }

    /// Lets the pictures of a call that is up do something.
    fn with_pictures(&mut self, now: Now, act: impl FnOnce(&mut Pictures, &mut Answers<'_>)) {
        let Some(call) = self.line.up_mut() else {
            return;
        };
        let mut answers = Answers {
            session: &mut call.session,
            meter: &mut self.meter,
            now: now.instant,
        };
        act(&mut call.pictures, &mut answers);
    }
}
