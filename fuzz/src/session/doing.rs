//! What the person at our end does, and the program for them.

use super::{
    super::script::Script, CAMERA_STATES, Call, GOODBYES, OUTCOMES, REFUSALS, one_of, size,
};
use std::time::Duration;
use ttychat::protocol::{Outcome, limits::TEXT_LEN_MAX};

impl Call {
    pub(super) fn we_do(&mut self, choice: u8, script: &mut Script<'_>) {
        let now = self.now;
        match choice {
            16 => self.pass(Duration::from_millis(script.u16().into())),
            17 => self.pass(Duration::from_secs(script.u8().into())),
            18 => {
                self.accepted = true;
                self.session.accept(now);
            }
            19 => self.session.refuse(now, one_of(&REFUSALS, script)),
            20 => {
                let text = "\u{e9}".repeat(usize::from(script.u16()) % TEXT_LEN_MAX);
                let sent = self.session.send_text(now, &text);
                assert!(!sent || self.session.is_up());
            }
            21 | 22 => self.we_send_a_picture(script),
            23 => {
                let state = one_of(&CAMERA_STATES, script);
                self.session.set_camera_state(now, state);
            }
            24 => {
                let area = size(script.u16(), script.u16());
                self.session.set_picture_area(now, area);
            }
            25 | 26 => {
                let index = usize::from(script.u8());
                if !self.owed.is_empty() {
                    let sequence = self.owed.remove(index % self.owed.len());
                    self.session
                        .acknowledge(now, sequence, one_of(&OUTCOMES, script));
                }
            }
            27 => self.session.acknowledge(now, script.u32(), Outcome::Shown),
            28 => self.session.hang_up(now, one_of(&GOODBYES, script)),
            29 => self.session.handle_resume(now),
            30 => self.chunk_len = 1 + usize::from(script.u8()),
            35 => {
                let rate = script.flag().then(|| script.u8().into());
                self.session.set_picture_rate(now, rate);
                let _will_do = self.session.send_unchanged(now, now);
            }
            39 => self.send_planned(script),
            _ => {
                self.session.handle_disconnect(now);
            }
        }
    }
}
