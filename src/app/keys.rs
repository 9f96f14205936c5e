//! What keys and pastes do.

use super::{App, Effect, Goodbye, Now, Refusal, camera::Wish, choice::Step, words};
use crate::{
    media::scale::Fit,
    ui::{
        Overlay,
        chat::Speaker,
        keys::{self, Action},
        text,
        text_line::TextLine,
    },
};
use crossterm::event::{KeyCode, KeyEvent};

impl App {
    pub(super) fn take_key(&mut self, now: Now, key: &KeyEvent) {
        let Some(screen) = &mut self.screen else {
            return;
        };
        let Some(line) = &mut screen.typing else {
            let of_panel = match screen.overlay {
                Overlay::Controls => keys::action_in_controls(key),
                _ => None,
            };
            if let Some(action) = of_panel {
                self.act_on_controls(now, action);
            } else if let Some(action) =
                keys::action(key, self.line.is_asked() || self.line.is_checked())
            {
                self.act_on(now, key, action);
            }
            return;
        };
        if let Some(action) = keys::action_while_typing(key) {
            if action == Action::Cancel {
                // It goes on with the next message: who leaves may only want to press a key.
                screen.draft = screen.typing.take().unwrap_or_default();
                screen.dirty = true;
            } else {
                self.act_on(now, key, action);
            }
        } else if key.code == KeyCode::Enter {
            let text = line.take();
            screen.typing = None;
            self.send_text(now, text.trim());
        } else if line.handle_key(key) {
            screen.dirty = true;
        }
    }

    pub(super) fn take_paste(&mut self, now: Now, text: &str) {
        let in_call = self.line.up().is_some();
        if in_call && !self.can_write(now) {
            return;
        }
        if let Some(screen) = &mut self.screen
            && (in_call || screen.typing.is_some())
        {
            // A paste into a call is meant for the other, not for the keys.
            let draft = &mut screen.draft;
            let line = screen.typing.get_or_insert_with(|| std::mem::take(draft));
            line.insert(text);
            screen.dirty = true;
        }
    }

    fn send_text(&mut self, now: Now, text: &str) {
        self.redraw();
        if text.is_empty() {
            return;
        }
        let refused = match self.line.up_mut() {
            None => Some("not sent: there is no call"),
            Some(call) => (!call.session.send_text(now.instant, text))
                .then_some("not sent, too much waits already; try again"),
        };
        if let Some(reason) = refused {
            // It is given back, to be sent again.
            if let Some(screen) = &mut self.screen {
                screen.typing.insert(TextLine::default()).insert(text);
            }
            self.notice(now, reason.to_owned());
            return;
        }
        let name = text::printable(&self.options.name);
        self.push_message(now, Speaker::Me, name, text::printable(text));
        self.chat.scroll_to_end();
    }

    /// The arrows scroll by a line, other keys by a page.
    fn act_on(&mut self, now: Now, key: &KeyEvent, action: Action) {
        match (action, key.code) {
            (Action::ScrollBack, KeyCode::Up) => self.scroll(-1),
            (Action::ScrollForward, KeyCode::Down) => self.scroll(1),
            _ => self.act(now, action),
        }
    }

    fn act(&mut self, now: Now, action: Action) {
        match action {
            Action::Accept if self.line.is_checked() => self.confirm(now),
            Action::Accept => self.consent(now),
            Action::Decline if self.line.is_checked() => self.reject(now),
            Action::Decline => self.refuse(now, Refusal::Declined),
            Action::NextCamera => self.wish(now, Wish::Camera(Step::Forward)),
            Action::PreviousCamera => self.wish(now, Wish::Camera(Step::Back)),
            Action::NextResolution => self.wish(now, Wish::Resolution(Step::Forward)),
            Action::PreviousResolution => self.wish(now, Wish::Resolution(Step::Back)),
            Action::ToggleCamera => self.toggle_camera(now),
            Action::Snapshot => self.snapshot(now),
            Action::Type => self.open_text_line(now),
            Action::Suspend => self.suspend(),
            Action::Quit => self.end(now, Goodbye::Quit),
            Action::Redraw => {
                self.effects.push(Effect::Repaint);
                self.redraw();
            }
            Action::ScrollBack => self.scroll(-self.chat.page()),
            Action::ScrollForward => self.scroll(self.chat.page()),
            Action::PreviousControl
            | Action::NextControl
            | Action::LowerControl
            | Action::RaiseControl
            | Action::ResetControl
            | Action::ResetAllControls => self.act_on_controls(now, action),
            Action::Cancel
            | Action::NextGlyphs
            | Action::ToggleControls
            | Action::ToggleDetail
            | Action::ToggleFill
            | Action::ToggleHelp
            | Action::ToggleMirror
            | Action::ToggleOwnPicture => self.look(now, action),
        }
    }

    /// What concerns our own screen alone.
    fn look(&mut self, now: Now, action: Action) {
        let Some(screen) = &mut self.screen else {
            return;
        };
        let toggled = |wanted: Overlay, shown: Overlay| {
            if shown == wanted {
                Overlay::None
            } else {
                wanted
            }
        };
        screen.dirty = true;
        match action {
            Action::Cancel if screen.overlay != Overlay::None => screen.overlay = Overlay::None,
            Action::Cancel if screen.notice.is_some() => screen.notice = None,
            Action::Cancel => self.chat.scroll_to_end(),
            Action::ToggleControls => screen.overlay = toggled(Overlay::Controls, screen.overlay),
            Action::ToggleDetail => screen.overlay = toggled(Overlay::Detail, screen.overlay),
            Action::ToggleFill => {
                let (fit, text) = match screen.fit {
                    Fit::Fill => (Fit::Letterbox, "the whole picture"),
                    Fit::Letterbox => (Fit::Fill, "the picture fills the window"),
                };
                screen.fit = fit;
                screen.notice(now.instant, text.to_owned());
            }
            Action::NextGlyphs => {
                let text = screen.next_glyphs();
                screen.notice(now.instant, text);
            }
            Action::ToggleHelp => screen.overlay = toggled(Overlay::Help, screen.overlay),
            Action::ToggleMirror => screen.mirrored = !screen.mirrored,
            Action::ToggleOwnPicture => {
                screen.own_shown = !screen.own_shown;
                screen.forget_own_picture();
            }
            _ => {}
        }
    }

    fn scroll(&mut self, by: i32) {
        self.chat.scroll(by);
        self.redraw();
    }

    fn open_text_line(&mut self, now: Now) {
        if self.line.up().is_none() {
            self.notice(now, "there is nobody to write to yet".to_owned());
        } else if self.can_write(now)
            && let Some(screen) = &mut self.screen
        {
            screen.typing = Some(std::mem::take(&mut screen.draft));
            screen.dirty = true;
        }
    }

    fn snapshot(&mut self, now: Now) {
        let picture = self
            .line
            .up()
            .and_then(|call| Some((call.pictures.kept()?, &call.peer)));
        let Some((picture, peer)) = picture else {
            self.notice(now, "there is no picture to keep yet".to_owned());
            return;
        };
        let (picture, name) = (picture.clone(), words::snapshot_name(peer, now.wall));
        self.effects.push(Effect::SaveSnapshot { picture, name });
    }

    pub(super) fn snapshot_saved(&mut self, now: Now, result: Result<String, String>) {
        let text = match result {
            Ok(path) => format!("kept {}", text::printable(&path)),
            Err(reason) => format!("the picture was not kept: {}", text::printable(&reason)),
        };
        self.notice(now, text);
    }
}
