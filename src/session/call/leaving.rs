//! What leaves next, chosen as late as can be.

use super::Call;
use crate::{
    protocol::{Hello, Message},
    session::pictures::Left,
};
use std::time::Instant;

impl Call {
    /// Appends the plaintext of the next record to `out`; says whether there is one.
    pub(in crate::session) fn poll_record(&mut self, now: Instant, out: &mut Vec<u8>) -> bool {
        self.pacing.handle_time(now);
        if let Some(message) = self.poll_message(now) {
            message.encode(out);
            return true;
        }
        if !self.sends_pictures() {
            return false;
        }
        let clock = &self.clock;
        let wire_time = |instant| clock.wire_time(instant);
        let wire_now = wire_time(now);
        match self
            .pictures_out
            .poll_record(&mut self.pacing, wire_now, wire_time, out)
        {
            Some(Left::Whole { is_patch }) => {
                self.statistics.pictures_sent += 1;
                self.statistics.patches_sent += u64::from(is_patch);
                true
            }
            Some(Left::Piece) => true,
            None => false,
        }
    }

    /// The next message that is not a picture, the most urgent first.
    fn poll_message(&mut self, now: Instant) -> Option<Message> {
        if let Some(message) = self.outgoing.poll_urgent() {
            return Some(message);
        }
        let wire_time = self.clock.wire_time(now);
        if self.liveness.as_mut()?.poll_ping(now, wire_time) {
            return Some(Message::Ping { sent_at: wire_time });
        }
        if !self.is_up() {
            return None;
        }
        if let Some(receipt) = self.pictures_in.poll_receipt() {
            return Some(receipt);
        }
        if self.camera_told != Some(self.camera) {
            self.camera_told = Some(self.camera);
            return Some(Message::CameraState(self.camera));
        }
        if self.area_told != self.area {
            self.area_told = self.area;
            return Some(Message::PictureArea(self.area));
        }
        if self.picture_rate_told != self.picture_rate {
            self.picture_rate_told = self.picture_rate;
            let hundredths = self.picture_rate;
            return Some(Message::PictureRate { hundredths });
        }
        let acknowledgement = self.pictures_in.poll_acknowledgement();
        if let Some(message) =
            acknowledgement.or_else(|| self.outgoing.poll_text().map(Message::Text))
        {
            return Some(message);
        }
        let seen_at = self.pictures_out.poll_unchanged()?;
        let captured_at = self.clock.wire_time(seen_at);
        Some(Message::Unchanged { captured_at })
    }

    pub(super) fn push_hello(&mut self) {
        self.area_told = self.area;
        self.outgoing.push_step(Message::Hello(Hello {
            name: self.name.clone(),
            capabilities: self.capabilities,
            picture_area: self.area,
        }));
    }
}
