//! The state as the person sees it.

use super::{
    App, CameraState, Effect, Line, Now, Wire,
    line::{Call, Stage},
    screen::Screen,
    words,
};
use crate::{
    screen::canvas::Canvas,
    ui::{self, Panel, Scene, Status, View},
};
use std::time::{Duration, Instant};

impl App {
    /// Paints the state as it is `now`, the pixels of pictures onto the canvas.
    /// [`super::Input::Drawn`] follows.
    pub fn draw(&self, now: Now, frame: &mut ratatui::Frame<'_>, canvas: &mut Canvas) {
        let Some(screen) = &self.screen else { return };
        ui::draw(&self.view(now.instant, screen), frame, canvas);
    }

    /// What is painted. Layouts are asked of it too, so that they are those of the next frame.
    pub(super) fn view<'a>(&'a self, now: Instant, screen: &'a Screen) -> View<'a> {
        View {
            now,
            window: screen.window,
            depth: screen.profile.depth,
            ground: screen.profile.ground,
            glyphs: screen.glyphs(),
            scene: self.scene(now),
            own: self.own_panel(screen),
            mirrored: screen.mirrored,
            fit: screen.fit,
            chat: &self.chat,
            typing: screen.typing.as_ref(),
            overlay: screen.overlay,
            controls: self.control_panel(),
            status: Status {
                terminal: Some(&screen.profile),
                ..self.status(now)
            },
            notice: screen.notice.as_ref().map(|notice| notice.text.as_str()),
        }
    }

    /// For how long the peer's picture stands, when it should move.
    pub(super) fn frozen(&self, now: Instant) -> Option<Duration> {
        let call = self.line.up()?;
        let awaited = call.peer_camera == CameraState::On && call.told_area.width > 0;
        awaited.then(|| call.pictures.frozen(now)).flatten()
    }

    /// Says in the window's title who is on, when that has changed.
    pub(super) fn tell_title(&mut self, now: Now) {
        let Some(screen) = &self.screen else { return };
        let title = ui::title(&self.view(now.instant, screen));
        if self.title != title {
            self.title.clone_from(&title);
            self.effects.push(Effect::SetTitle(title));
        }
    }

    fn scene(&self, now: Instant) -> Scene<'_> {
        let since = |at: Instant| now.saturating_duration_since(at);
        match &self.line {
            Line::Call(call) => match call.stage {
                Stage::Asked { .. } => Scene::Asked {
                    name: &call.peer,
                    address: &call.address_text,
                    acquaintance: call.identity.acquaintance(),
                },
                Stage::Greeting => {
                    let target = if self.dials() {
                        self.target()
                    } else {
                        &call.peer
                    };
                    Scene::Connecting {
                        target,
                        elapsed: since(call.began_at),
                    }
                }
                Stage::Ringing if self.line.is_checked() => Scene::Checked {
                    target: self.target(),
                    is_answered: call.check.is_held(),
                    stranger: call.identity.stranger(),
                },
                Stage::Ringing => Scene::Ringing {
                    target: self.target(),
                    elapsed: since(call.began_at),
                },
                Stage::Up { .. } => Scene::Call(peer_panel(call)),
            },
            Line::Dialling { since: at } => Scene::Connecting {
                target: self.target(),
                elapsed: since(*at),
            },
            Line::Redialling { at, reason } => Scene::Redialling {
                target: self.target(),
                reason,
                remaining: at.saturating_duration_since(now),
            },
            Line::Over | Line::Waiting => Scene::Waiting {
                addresses: &self.addresses,
            },
        }
    }

    fn own_panel<'a>(&'a self, screen: &'a Screen) -> Option<Panel<'a>> {
        if !screen.own_shown {
            return None;
        }
        match self.own_card(screen) {
            Some(card) => Some(Panel::Card {
                title: card.title,
                detail: &card.detail,
            }),
            None => screen.own_view.as_ref().map(Panel::Picture),
        }
    }

    /// The same as in the figures, but for what a person has to do.
    fn state_shown(&self) -> &'static str {
        match self.line.call() {
            Some(call) if call.check.is_held() => "is it them?",
            _ => self.state_word(),
        }
    }

    fn status(&self, now: Instant) -> Status<'_> {
        let (figures, total) = (self.meter.last(), self.meter.total());
        let up = self.line.up();
        let frozen = self.frozen(now);
        let link = up.map(|call| call.session.statistics().link);
        Status {
            state: self.state_shown(),
            is_unencrypted: self.options.wire == Wire::Mjpeg,
            peer: up.map(|call| call.peer.as_str()),
            camera: self.camera.description(),
            sent_size: up.and_then(|call| call.sent_size),
            received_size: up.and_then(|call| call.pictures.received_size()),
            sent_rate: up.map_or(0.0, |_| figures.sent_per_s),
            shown_rate: up.map_or(0.0, |_| figures.shown_per_s),
            round_trip: up.and_then(|call| call.session.statistics().round_trip),
            age: up.and(figures.age_p50).filter(|_| frozen.is_none()),
            wire_rate: up.map_or(0.0, |_| {
                figures.bytes_sent_per_s + figures.bytes_received_per_s
            }),
            terminal: None,
            terminal_rate: figures.terminal_bytes_per_s,
            dropped: total.dropped,
            broken: total.broken,
            frozen,
            link_rate: link.and_then(|link| link.rate),
            queued: link.and_then(|link| link.queued),
            making: link.and_then(words::making),
        }
    }
}

fn peer_panel(call: &Call) -> Panel<'_> {
    match call.pictures.picture() {
        Some(picture) if call.peer_camera == CameraState::On => Panel::Picture(picture),
        _ => Panel::Card {
            title: call.card.title,
            detail: &call.card.detail,
        },
    }
}
