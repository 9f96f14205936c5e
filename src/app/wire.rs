//! What goes over the connections, and what follows from that.

use super::{App, ConnectionId, Now, Wire};
use crate::{
    media::{Picture, PixelSize, jpeg::Compressor},
    session::{AnySession, Config, MjpegConfig, MjpegSession, Role, Session},
};
use std::time::Instant;

/// Of the picture that is sent in plain calls while the camera gives none: grey, in the shape that
/// such scripts expect of a camera.
const STAND_IN_SIZE: PixelSize = PixelSize::new(64, 48);
const STAND_IN_GREY: u8 = 96;
const STAND_IN_QUALITY: u8 = 50;

impl App {
    /// A session on a connection that has just been made.
    pub(super) fn new_session(&self, role: Role, now: Instant) -> AnySession {
        match self.options.wire {
            Wire::Mjpeg => {
                let stand_in = stand_in();
                let session = MjpegSession::new(MjpegConfig { role, stand_in }, now);
                AnySession::Mjpeg(Box::new(session))
            }
            Wire::Ttychat => {
                let config = Config {
                    role,
                    name: self.options.name.clone(),
                    picture_area: self.picture_area(),
                    key: self.options.key.clone(),
                };
                let session = Session::trusting(config, self.trust_in(role), now);
                // What gives pictures back does not look into them.
                let session = if self.options.role == super::Role::Echo {
                    session.without_patches()
                } else {
                    session
                };
                AnySession::Ttychat(Box::new(session))
            }
        }
    }

    /// Of which connection [`super::Input::Window`] is of use.
    pub fn wants_window(&self) -> Option<ConnectionId> {
        let is_plain = self.options.wire == Wire::Mjpeg;
        self.connection_in_call().filter(|_| is_plain)
    }

    /// A word for the statistics.
    pub(super) const fn wire_word(&self) -> &'static str {
        match self.options.wire {
            Wire::Mjpeg => "mjpeg",
            Wire::Ttychat => "ttychat",
        }
    }

    /// Whether texts can be written; says why when not.
    pub(super) fn can_write(&mut self, now: Now) -> bool {
        let is_plain = self.options.wire == Wire::Mjpeg;
        if is_plain {
            let text = "this call carries no text: plain pictures have no place for it";
            self.notice(now, text.to_owned());
        }
        !is_plain
    }
}

/// A small grey JPEG.
fn stand_in() -> Vec<u8> {
    let mut picture = Picture::new(STAND_IN_SIZE);
    picture.rgb_mut().fill(STAND_IN_GREY);
    let mut jpeg = Vec::new();
    let compressed = Compressor::default().compress(&picture, STAND_IN_QUALITY, &mut jpeg);
    // It cannot fail: the picture is not empty.
    compressed.map_or_else(|_| Vec::new(), |()| jpeg)
}
