//! What a person sees: key table, layout, pictures as cells, chat, status, help, waiting and
//! asking.
//!
//! It does not know sessions, sockets, files or clocks: a [`View`] in, painted cells out.
//!
//! Invariant: no window size, picture or text can make it panic; every text that it paints has
//! passed [`text::printable`].

pub mod chat;
pub mod control;
pub mod keys;
pub mod layout;
pub mod text;
pub mod text_line;

mod acquaintance;
mod chat_view;
mod control_panel;
mod figure;
mod figures;
mod help;
mod picture;
mod scene;
mod shape;
mod sheet;
mod status;
mod theme;
mod words;

pub use acquaintance::{Acquaintance, Stranger};
pub use control_panel::ControlPanel;
pub use figures::{Making, Status};
pub use scene::ANIMATION_INTERVAL;

use crate::{
    media::{Picture, scale::Fit},
    screen::{
        CellSize, Window, canvas::Canvas, capability::Ground, color::ColorDepth, glyph::GlyphSet,
    },
};
use layout::{Layout, LayoutWish};
use ratatui::{buffer::Buffer, layout::Rect};
use sheet::Piece;
use std::time::{Duration, Instant};
use theme::Theme;

/// All that is needed to paint one frame.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Monotonic, for what moves and fades.
    pub now: Instant,
    /// The window.
    pub window: Window,
    /// The terminal's colours; [`ColorDepth::Mono`] paints pictures as a ramp of characters.
    pub depth: ColorDepth,
    /// The terminal's own colours, in which [`ColorDepth::Mono`] paints.
    pub ground: Ground,
    /// With which glyphs pictures are painted.
    pub glyphs: GlyphSet,
    /// What fills the window.
    pub scene: Scene<'a>,
    /// Our own picture in the corner, large in [`Scene::Waiting`]; `None` when hidden.
    pub own: Option<Panel<'a>>,
    /// Whether our own picture is shown mirrored.
    pub mirrored: bool,
    /// What is done with the peer's pictures when their shape is not the window's.
    pub fit: Fit,
    /// The conversation.
    pub chat: &'a chat::Chat,
    /// The line being typed, when open.
    pub typing: Option<&'a text_line::TextLine>,
    /// What lies over the picture.
    pub overlay: Overlay,
    /// What [`Overlay::Controls`] shows.
    pub controls: ControlPanel<'a>,
    /// True figures.
    pub status: Status<'a>,
    /// Something to be told for a while: a lost camera, where a snapshot went.
    pub notice: Option<&'a str>,
}

/// What fills the window.
#[derive(Clone, Copy, Debug)]
pub enum Scene<'a> {
    /// Somebody calls; `y` or `n` is awaited.
    Asked {
        /// The caller's name; in quotation marks when it is only their own word.
        name: &'a str,
        /// Where the call comes from.
        address: &'a str,
        /// What is known of them.
        acquaintance: Acquaintance<'a>,
    },
    /// In a call.
    Call(Panel<'a>),
    /// The other end is not known; `y` or `n` is awaited.
    Checked {
        /// What was dialled.
        target: &'a str,
        /// Whether the call was taken there.
        is_answered: bool,
        /// What the person can compare.
        stranger: Stranger<'a>,
    },
    /// The connection is being made.
    Connecting {
        /// What was dialled.
        target: &'a str,
        /// Since when.
        elapsed: Duration,
    },
    /// The call was lost and will be tried again.
    Redialling {
        /// What was dialled.
        target: &'a str,
        /// Why the last one ended.
        reason: &'a str,
        /// Until the next try.
        remaining: Duration,
    },
    /// The person at the other end is being asked.
    Ringing {
        /// What was dialled.
        target: &'a str,
        /// Since when.
        elapsed: Duration,
    },
    /// Listening; our own picture is large.
    Waiting {
        /// Addresses under which others may call, such as `10.1.2.3:2222`.
        addresses: &'a [String],
    },
}

/// A picture, or a card that says why there is none.
#[derive(Clone, Copy, Debug)]
pub enum Panel<'a> {
    /// A card.
    Card {
        /// Large: `camera off`.
        title: &'a str,
        /// Small: what to do, or what is awaited. May be empty.
        detail: &'a str,
    },
    /// A picture, in the pixels of the glyphs. Painted in the middle of its area; when it is larger
    /// or smaller than [`layout`] asked (just after a resize) it is scaled to the nearest pixel.
    Picture(&'a Picture),
}

/// What lies over the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlay {
    /// The camera's controls, at the side.
    Controls,
    /// All figures, one a line.
    Detail,
    /// The key table.
    Help,
    /// Nothing.
    #[default]
    None,
}

/// Longest title of the window, in cells.
const TITLE_WIDTH_MAX: usize = 80;

/// Most rows of a notice.
const NOTICE_ROW_COUNT_MAX: usize = 3;

impl View<'_> {
    /// What its layout depends on.
    pub fn wish(&self) -> LayoutWish {
        let in_call = matches!(self.scene, Scene::Call(_));
        LayoutWish {
            typing: self.typing.is_some(),
            chat: !self.chat.is_empty(),
            picture: self.status.received_size.filter(|_| in_call),
            fit: self.fit,
        }
    }

    /// Where everything goes in its window.
    pub fn layout(&self) -> Layout {
        layout::layout(self.window, self.wish())
    }

    /// Whether it moves by itself, and wants a frame every [`ANIMATION_INTERVAL`].
    pub fn is_animated(&self) -> bool {
        matches!(
            self.scene,
            Scene::Connecting { .. } | Scene::Redialling { .. } | Scene::Ringing { .. }
        )
    }
}

/// Paints one frame, and the pixels of its pictures beside it.
pub fn draw(view: &View<'_>, frame: &mut ratatui::Frame<'_>, canvas: &mut Canvas) {
    let theme = Theme::of(view.depth, view.ground);
    // The window may have changed since the view was made; what is painted must fit the frame.
    let area = frame.area();
    let cells = CellSize {
        columns: view.window.cells.columns.min(area.width),
        rows: view.window.cells.rows.min(area.height),
    };
    let layout = layout::layout(
        Window {
            cells,
            ..view.window
        },
        view.wish(),
    );
    let buffer = frame.buffer_mut();
    canvas.reset(view.glyphs, cells);
    sheet::clear(buffer, area, theme.ground);
    scene::paint_picture((buffer, canvas), layout.picture, view, &theme);
    scene::paint_own((buffer, canvas), &layout, view, &theme);
    paint_words(buffer, &layout, view, &theme);
    paint_overlay((buffer, canvas), &layout, view, &theme);
    status::paint(buffer, layout.status, &view.status, &theme);
    if layout.status.is_empty() {
        // Whatever else there is no room for.
        let above = Rect {
            height: layout.picture.height,
            ..area
        };
        status::paint_mark(buffer, above, &view.status, &theme);
    }
    let cursor = view
        .typing
        .and_then(|line| chat_view::paint_typing(buffer, layout.typing, line, &theme));
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

/// The window's title: who is on.
pub fn title(view: &View<'_>) -> String {
    let who = match view.scene {
        Scene::Asked { name, .. } => format!("{name} calls"),
        Scene::Call(_) => view.status.peer.unwrap_or("in a call").to_owned(),
        Scene::Checked { target, .. } => format!("is it {target}?"),
        Scene::Connecting { target, .. } | Scene::Redialling { target, .. } => {
            format!("calling {target}")
        }
        Scene::Ringing { target, .. } => format!("ringing at {target}"),
        Scene::Waiting { .. } => "waiting for a call".to_owned(),
    };
    let name = " - ttychat";
    let who = text::printable(&who);
    let who = text::truncated(&who, TITLE_WIDTH_MAX - text::width(name));
    [who.as_ref(), name].concat()
}

/// The scene's panel, the conversation, which gives way to it, and the notice.
fn paint_words(buffer: &mut Buffer, layout: &Layout, view: &View<'_>, theme: &Theme) {
    let mut layout = *layout;
    let panel = scene::paint_panel(buffer, &layout, view, theme);
    let controls = match view.overlay {
        Overlay::Controls => control_panel::placed(layout.picture, &view.controls, theme).outer,
        _ => Rect::default(),
    };
    for panel in [panel, controls] {
        if !layout.chat_beside && panel.intersects(layout.chat) {
            layout.chat = give_way(layout.chat, panel);
        }
    }
    // The waiting card itself says what happened last.
    let is_told = matches!(view.scene, Scene::Waiting { .. }) && view.typing.is_none();
    if !is_told || view.chat.is_scrolled() {
        chat_view::paint(buffer, &layout, view, theme);
    }
    if let Some(notice) = view.notice {
        paint_notice(buffer, layout.picture, notice, theme);
    }
}

/// The larger part of `area` above or below `panel`.
fn give_way(area: Rect, panel: Rect) -> Rect {
    let above = Rect {
        height: panel.y.saturating_sub(area.y),
        ..area
    };
    let y = panel.bottom().min(area.bottom());
    let below = Rect {
        y,
        height: area.bottom() - y,
        ..area
    };
    if above.height >= below.height {
        above
    } else {
        below
    }
}

/// A strip in the middle of the last rows of the picture.
fn paint_notice(buffer: &mut Buffer, area: Rect, notice: &str, theme: &Theme) {
    let room = usize::from(area.width).saturating_sub(4);
    if room == 0 || area.height == 0 {
        return;
    }
    let shown = text::printable(notice);
    let lines = text::wrap(&shown, room, room);
    let count = lines
        .len()
        .min(NOTICE_ROW_COUNT_MAX)
        .min(usize::from(area.height).div_ceil(2));
    let widest = lines
        .iter()
        .filter_map(|line| shown.get(line.clone()))
        .map(|line| text::width(line.trim_end()));
    let width = sheet::cell_count(widest.max().unwrap_or(0).min(room) + 3).min(area.width);
    let top = area.bottom() - sheet::cell_count(count);
    let strip = Rect {
        x: area.x + (area.width - width) / 2,
        width,
        ..area
    };
    for ((index, line), y) in lines.iter().take(count).enumerate().zip(top..) {
        let row = Rect {
            y,
            height: 1,
            ..strip
        };
        // The last row that fits tells by an ellipsis that there was more.
        let end = if index + 1 == count {
            shown.len()
        } else {
            line.end
        };
        let line = shown.get(line.start..end).unwrap_or_default().trim_end();
        sheet::clear(buffer, row, theme.bar);
        let pieces = [
            Piece::new("▌ ", theme.warning),
            Piece::new(line, theme.strong),
        ];
        let inner = Rect {
            width: row.width.saturating_sub(1),
            ..row
        };
        sheet::put_row(buffer, inner, &pieces, theme.bar);
    }
}

fn paint_overlay(
    (buffer, canvas): (&mut Buffer, &mut Canvas),
    layout: &Layout,
    view: &View<'_>,
    theme: &Theme,
) {
    let area = layout.picture;
    match view.overlay {
        // The picture is what one looks at while it is changed.
        Overlay::Controls => {
            control_panel::placed(area, &view.controls, theme).paint(buffer, theme);
            // It may say why something cannot be set.
            if let Some(notice) = view.notice {
                paint_notice(buffer, area, notice, theme);
            }
        }
        Overlay::Detail => {
            picture::dim((buffer, canvas), area, theme);
            status::paint_detail(buffer, area, &view.status, theme);
        }
        Overlay::Help => {
            picture::dim((buffer, canvas), area, theme);
            help::paint(buffer, area, theme);
        }
        Overlay::None => {}
    }
}
