//! What the person has chosen to see, and when it must be painted.

use super::{App, Now, Role, ScreenOptions, Size, line::Line, pictures::Viewing, words};
use crate::{
    media::{Picture, PixelSize, scale::Fit},
    screen::{
        Window,
        capability::{DrawnGlyphs, Profile, TmuxAdvice},
        glyph::GlyphSet,
        pacing::Occasion,
    },
    ui::{
        Overlay,
        layout::{Layout, pixels},
        text_line::TextLine,
    },
};
use std::time::{Duration, Instant};

/// How long a notice stays.
const NOTICE_TIMEOUT: Duration = Duration::from_secs(6);

/// How long a notice stays that comes when everything else is new on the screen too.
const ADVICE_TIMEOUT: Duration = Duration::from_secs(20);

/// How long our own picture waits at least for one of the peer's to be painted with: more than the
/// interval of 25 pictures a second, so that two cameras do not make twice the frames.
const OWN_PICTURE_TIMEOUT: Duration = Duration::from_millis(50);

/// Time without a picture after which the last one rests, and is drawn finer and finer: longer than
/// the interval of pictures on the slowest link that still shows a movement.
const REST: Duration = Duration::from_millis(400);

/// From one frame that only makes pictures finer to the next: as many a second as pictures.
const REFINEMENT_INTERVAL: Duration = Duration::from_millis(33);

/// What an end without a screen asks for: what fills a window of 160x45 cells.
const HEADLESS_AREA: PixelSize = PixelSize::new(160, 90);

/// The shape that cameras most often have, for as long as no picture has come.
const USUAL_SHAPE: PixelSize = PixelSize::new(16, 9);

/// What the person has chosen to see.
#[derive(Debug)]
pub(super) struct Screen {
    pub(super) window: Window,
    /// What is known of the terminal.
    pub(super) profile: Profile,
    /// What the person has been told to tell tmux.
    advised: Option<TmuxAdvice>,
    /// With which glyphs the person wants pictures drawn; `None`: with the best that the terminal
    /// is known to draw itself.
    glyphs_wanted: Option<GlyphSet>,
    pub(super) fit: Fit,
    pub(super) mirrored: bool,
    pub(super) own_shown: bool,
    pub(super) overlay: Overlay,
    pub(super) typing: Option<TextLine>,
    /// What was being written when the text line was left.
    pub(super) draft: TextLine,
    pub(super) notice: Option<Notice>,
    pub(super) own_view: Option<Picture>,
    /// Since when a picture of ours waits to be painted.
    pub(super) own_waits_since: Option<Instant>,
    /// Whether something changed that the last frame does not show.
    pub(super) dirty: bool,
    /// What the next frame is for.
    pub(super) occasion: Occasion,
    /// Frames a second that the terminal is given; `None` for all that anybody needs.
    pub(super) frame_rate: Option<f64>,
    /// When the last frame was painted.
    pub(super) drawn_at: Option<Instant>,
    pub(super) fineness: Fineness,
    /// When a picture came last, of the peer's or of ours.
    pub(super) moved_at: Option<Instant>,
}

/// How fine the pictures on the screen are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fineness {
    /// More frames would bring them nearer to what they are.
    Coarse,
    /// As fine as can be.
    Finest,
}

/// Something to be told for a while.
#[derive(Debug)]
pub(super) struct Notice {
    pub(super) text: String,
    pub(super) until: Instant,
}

impl Screen {
    pub(super) fn new(options: ScreenOptions) -> Self {
        Self {
            window: believed(options.window),
            profile: Profile {
                depth: options.depth,
                ..Profile::default()
            },
            advised: None,
            glyphs_wanted: options.glyphs,
            fit: Fit::Letterbox,
            mirrored: true,
            own_shown: true,
            overlay: Overlay::None,
            typing: None,
            draft: TextLine::default(),
            notice: None,
            own_view: None,
            own_waits_since: None,
            dirty: true,
            occasion: Occasion::Person,
            frame_rate: None,
            drawn_at: None,
            fineness: Fineness::Finest,
            moved_at: None,
        }
    }

    pub(super) fn resize(&mut self, window: Window) {
        self.window = believed(window);
        self.dirty = true;
    }

    /// With which glyphs pictures are drawn.
    pub(super) fn glyphs(&self) -> GlyphSet {
        self.glyphs_wanted.unwrap_or_else(|| self.glyphs_known())
    }

    /// Of what the terminal is known to draw itself, that which comes nearest to a picture in as
    /// many bytes. Sextants do better than octants, whose eight pixels share two colours as well:
    /// 32.3 dB and 32.0 of carphone at 45 kB a frame, 30.7 and 30.5 at 21 kB; all that draw octants
    /// draw sextants too.
    fn glyphs_known(&self) -> GlyphSet {
        let drawn = self.profile.glyphs;
        let best = [
            (DrawnGlyphs::SEXTANTS, GlyphSet::Sextant),
            (DrawnGlyphs::QUADRANTS, GlyphSet::Quadrant),
        ];
        let known = best.iter().find(|(family, _)| drawn.contains(*family));
        known.map_or(GlyphSet::Half, |(_, glyphs)| *glyphs)
    }

    /// The next set of glyphs, and what to say of it.
    pub(super) fn next_glyphs(&mut self) -> String {
        let glyphs = self.glyphs().next();
        self.glyphs_wanted = Some(glyphs);
        words::glyphs(glyphs, self.profile.depth, self.profile.glyphs)
    }

    /// Shape of the pixels of pictures; see `media::scale::fit`.
    pub(super) fn pixel_aspect(&self) -> f64 {
        self.glyphs().pixel_aspect(self.window.pixel_aspect)
    }

    pub(super) fn notice(&mut self, now: Instant, text: String) {
        self.notice_until(now + NOTICE_TIMEOUT, text);
    }

    fn notice_until(&mut self, until: Instant, text: String) {
        self.notice = Some(Notice { text, until });
        self.dirty = true;
    }

    /// A frame was painted: it shows everything.
    pub(super) const fn drawn(&mut self, now: Instant) {
        self.drawn_at = Some(now);
        self.dirty = false;
        self.occasion = Occasion::Picture;
        self.own_waits_since = None;
    }

    /// A picture of ours for the corner. `alone`: nothing else will bring a frame soon.
    pub(super) fn own_picture(&mut self, now: Instant, view: Picture, alone: bool) {
        if view.size().is_empty() || !self.own_shown {
            return;
        }
        self.own_view = Some(view);
        self.moved_at = Some(now);
        self.dirty |= alone;
        self.own_waits_since.get_or_insert(now);
    }

    /// When the next frame is due that only makes pictures finer: no newer ones come meanwhile, so
    /// nothing else would. Not before they rest, or a newer one would have to wait for it.
    pub(super) fn refinement_deadline(&self) -> Option<Instant> {
        let is_due = self.fineness == Fineness::Coarse && !self.dirty;
        let (drawn_at, moved_at) = (self.drawn_at?, self.moved_at?);
        is_due.then(|| (moved_at + REST).max(drawn_at + REFINEMENT_INTERVAL))
    }

    /// When our own picture is painted even without one of the peer's.
    pub(super) fn own_deadline(&self) -> Option<Instant> {
        self.own_waits_since
            .filter(|_| !self.dirty)
            .map(|since| since + self.own_patience())
    }

    /// How long our own picture waits for one of the peer's. On a slow path those are few, and a
    /// frame without one would make the next one wait for its turn.
    pub(super) fn own_patience(&self) -> Duration {
        let between = self.frame_rate.map(|rate| 1.5 / rate.clamp(0.5, 1e3));
        between.map_or(OWN_PICTURE_TIMEOUT, |seconds| {
            Duration::from_secs_f64(seconds).max(OWN_PICTURE_TIMEOUT)
        })
    }

    pub(super) fn forget_own_picture(&mut self) {
        self.own_view = None;
        self.own_waits_since = None;
        self.dirty = true;
    }
}

impl App {
    /// Draws for a terminal of which more is known now. What to tell tmux is said once.
    pub(super) fn learn_terminal(&mut self, now: Now, profile: Profile) {
        let Some(screen) = &mut self.screen else {
            return;
        };
        let advice = profile.advice.clone();
        screen.profile = profile;
        screen.dirty = true;
        let Some(advice) = advice.filter(|_| screen.advised.is_none()) else {
            return;
        };
        screen.advised = Some(advice.clone());
        if advice.is_certain() {
            // Where it is only possible, a line in the conversation is enough.
            let text = "tmux shows 256 colours; i tells how it shows all".to_owned();
            screen.notice_until(now.instant + ADVICE_TIMEOUT, text);
        }
        self.say(now, &words::tmux(&advice));
    }

    /// For what a frame is wanted; `None` when the last one shows everything.
    pub fn wants_draw(&self) -> Option<Occasion> {
        let is_on = !self.suspended && !self.is_over();
        let screen = self
            .screen
            .as_ref()
            .filter(|screen| is_on && screen.dirty)?;
        Some(screen.occasion)
    }

    /// What was drawn is not as fine as it could be; see [`super::Input::Coarse`].
    pub(super) const fn coarse(&mut self, is_coarse: bool) {
        if let Some(screen) = &mut self.screen {
            screen.fineness = if is_coarse {
                Fineness::Coarse
            } else {
                Fineness::Finest
            };
        }
    }

    /// The terminal takes so many frames a second; see [`super::Input::FrameRate`].
    pub(super) fn frame_rate(&mut self, rate: Option<f64>) {
        if let Some(screen) = &mut self.screen {
            // A little more than can be drawn, so that a frame seldom waits for its picture.
            screen.frame_rate = rate.map(|rate| rate * 1.15);
        }
    }

    fn layout(&self, screen: &Screen) -> Layout {
        // What is asked for here does not depend on the time.
        self.view(self.started_at, screen).layout()
    }

    /// How the peer's pictures are wanted from the picture thread.
    pub(super) fn viewing(&self) -> Viewing {
        let Some(screen) = &self.screen else {
            return Viewing::default();
        };
        Viewing {
            area: pixels(self.layout(screen).picture, screen.glyphs()),
            fit: screen.fit,
            pixel_aspect: screen.pixel_aspect(),
        }
    }

    /// What of our own picture is wanted for the screen, in pixels of its glyphs.
    pub(super) fn own_view_max(&self) -> PixelSize {
        let Some(screen) = self.screen.as_ref().filter(|screen| screen.own_shown) else {
            return PixelSize::default();
        };
        let layout = self.layout(screen);
        let area = match self.line {
            Line::Waiting => layout.picture,
            // Who calls is all that matters then.
            _ if self.line.is_asked() || self.line.is_checked() => return PixelSize::default(),
            _ => layout.own,
        };
        pixels(area, screen.glyphs())
    }

    /// The largest picture that the peer may send.
    pub(super) fn picture_area(&self) -> Size {
        let call = self.line.call();
        if self.options.role == Role::Echo {
            // What comes back is for the window that it came from.
            let area = call
                .map(|call| call.peer_area)
                .filter(|area| !area.is_empty());
            return wire_size(area.unwrap_or(HEADLESS_AREA));
        }
        if self.screen.is_none() {
            return wire_size(HEADLESS_AREA);
        }
        let shape = call
            .and_then(|call| call.pictures.shape())
            .unwrap_or(USUAL_SHAPE);
        wire_size(area_wanted(self.viewing(), shape))
    }
}

/// A window whose shape of pixels can be calculated with and compared: a number that a terminal can
/// have.
fn believed(window: Window) -> Window {
    let aspect = window.pixel_aspect;
    let pixel_aspect = if aspect.is_finite() {
        aspect.clamp(0.25, 4.0)
    } else {
        1.0
    };
    Window {
        pixel_aspect,
        ..window
    }
}

/// How many square pixels a picture must be allowed to have, so that none is made up on the screen
/// and none is sent in vain. The sender keeps the picture's shape.
fn area_wanted(viewing: Viewing, shape: PixelSize) -> PixelSize {
    let Viewing {
        area,
        fit,
        pixel_aspect,
    } = viewing;
    if area.is_empty() {
        return PixelSize::default();
    }
    // Where pixels of the screen are not square, the finer of their sides decides.
    let width = f64::from(area.width) * (1.0 / pixel_aspect).max(1.0);
    let height = f64::from(area.height) * pixel_aspect.max(1.0);
    if fit == Fit::Letterbox || shape.is_empty() {
        return whole(width, height);
    }
    let (shape_width, shape_height) = (f64::from(shape.width), f64::from(shape.height));
    let scale = (width / shape_width).max(height / shape_height);
    whole(shape_width * scale, shape_height * scale)
}

fn whole(width: f64, height: f64) -> PixelSize {
    // A hair less, so that a sum like 160.00000000000003 stays what it is.
    let side = |length: f64| (length - 1e-6).ceil().clamp(1.0, f64::from(u16::MAX));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped"
    )]
    PixelSize::new(side(width) as u32, side(height) as u32)
}

/// A size as the wire has it; the session knows its limits.
pub(super) fn wire_size(size: PixelSize) -> Size {
    let on_wire = |length: u32| u16::try_from(length).unwrap_or(u16::MAX);
    Size {
        width: on_wire(size.width),
        height: on_wire(size.height),
    }
}
