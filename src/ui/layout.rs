//! Where everything goes, for any window from 1x1 up.
//!
//! Invariant: no area leaves the window; picture, typing line and status line do not overlap; our
//! own picture with its frame lies in the lower half of the picture's area, and so never over the
//! upper eighth of a picture that is centred in it.

use crate::{
    media::{PixelSize, scale::Fit},
    screen::{Window, glyph::GlyphSet},
};
use ratatui::layout::Rect;

/// Where everything goes. Areas may be empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The large picture: the peer's, or our own while waiting.
    pub picture: Rect,
    /// The most that our own picture in the corner may cover, inside `picture`; its picture is put
    /// into the lower right of it in its own shape. A frame of one cell more is inside `picture`.
    pub own: Rect,
    /// The conversation, beside or over the picture.
    pub chat: Rect,
    /// Whether `chat` is beside the picture and covers nothing of it.
    pub chat_beside: bool,
    /// The line being typed.
    pub typing: Rect,
    /// The status line.
    pub status: Rect,
}

/// What the layout depends on, beside the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayoutWish {
    /// Whether the line to type into is open.
    pub typing: bool,
    /// Whether there are messages to show.
    pub chat: bool,
    /// The peer's pictures as they arrive, for their shape; `None` while there are none.
    pub picture: Option<PixelSize>,
    /// What is done when the shapes differ.
    pub fit: Fit,
}

/// Narrowest conversation beside the picture, in cells: a time and five short words.
const BESIDE_WIDTH_MIN: u16 = 26;

/// Widest conversation, in cells; longer lines are hard to read.
const CHAT_WIDTH_MAX: u16 = 52;

/// Narrowest conversation over the picture, in cells.
const OVER_WIDTH_MIN: u16 = 8;

/// Smallest own picture, in cells; a face in less is not seen.
const OWN_WIDTH_MIN: u16 = 9;

/// See [`OWN_WIDTH_MIN`].
const OWN_HEIGHT_MIN: u16 = 2;

/// Computes the layout.
///
/// In a low window things go in this order: our own picture, the conversation, the status line
/// while a text is typed, the typing line, the status line. The picture keeps a row to the end.
pub fn layout(window: Window, wish: LayoutWish) -> Layout {
    let (columns, rows) = (window.cells.columns, window.cells.rows);
    let typing_rows = u16::from(wish.typing && rows >= 2);
    let status_rows = u16::from(rows >= 2 + typing_rows);
    let picture_rows = rows - typing_rows - status_rows;
    let beside = chat_columns(window, picture_rows, wish);
    let picture = Rect::new(0, 0, columns - beside, picture_rows);
    let own = own_area(picture, columns, aspect(window));
    let chat = match beside {
        0 if wish.chat => chat_over(picture, own),
        _ => Rect::new(picture.width, 0, beside, picture_rows),
    };
    Layout {
        picture,
        own,
        chat,
        chat_beside: beside > 0,
        typing: Rect::new(0, picture_rows, columns, typing_rows),
        status: Rect::new(0, picture_rows + typing_rows, columns, status_rows),
    }
}

/// How many pixels `area` has in a set of glyphs.
pub fn pixels(area: Rect, glyphs: GlyphSet) -> PixelSize {
    PixelSize::new(
        u32::from(area.width) * u32::from(glyphs.columns()),
        u32::from(area.height) * u32::from(glyphs.rows()),
    )
}

/// The pixel aspect as far as a terminal can be believed.
fn aspect(window: Window) -> f64 {
    if window.pixel_aspect.is_finite() {
        window.pixel_aspect.clamp(0.25, 4.0)
    } else {
        1.0
    }
}

/// How many columns the conversation gets beside a picture that fills all `rows`; 0 for none.
fn chat_columns(window: Window, rows: u16, wish: LayoutWish) -> u16 {
    let Some(shape) = wish.picture.filter(|size| !size.is_empty()) else {
        return 0;
    };
    if !wish.chat || wish.fit != Fit::Letterbox {
        return 0;
    }
    let columns =
        f64::from(rows) * 2.0 * aspect(window) * f64::from(shape.width) / f64::from(shape.height);
    // One column more, so that a size that was rounded on its way changes nothing.
    let needed = columns.ceil() + 1.0;
    let room = f64::from(window.cells.columns) - needed;
    if room < f64::from(BESIDE_WIDTH_MIN) {
        return 0;
    }
    round(room.min(f64::from(CHAT_WIDTH_MAX)))
}

/// A fifth of the window's width, high enough for a square, two columns and a row from the corner.
fn own_area(picture: Rect, columns: u16, aspect: f64) -> Rect {
    let width = (columns / 5).min(picture.width.saturating_sub(4));
    let square = round((f64::from(width) / aspect / 2.0).ceil());
    let height = (picture.height / 2).saturating_sub(2).min(square);
    if width < OWN_WIDTH_MIN || height < OWN_HEIGHT_MIN {
        return Rect::default();
    }
    Rect::new(
        picture.right() - 2 - width,
        picture.bottom() - 1 - height,
        width,
        height,
    )
}

/// The lower left of the picture, without its last row, where notices are shown.
fn chat_over(picture: Rect, own: Rect) -> Rect {
    let margin = u16::from(picture.height >= 4);
    let height = (picture.height / 2)
        .saturating_sub(margin)
        .max(picture.height.min(1));
    let right = if own.is_empty() {
        picture.right().saturating_sub(1)
    } else {
        own.x - 3
    };
    let x = picture.x + 1;
    let width = right.saturating_sub(x).min(CHAT_WIDTH_MAX);
    if width < OVER_WIDTH_MIN || picture.height < 3 {
        return Rect::default();
    }
    Rect::new(x, picture.bottom() - margin - height, width, height)
}

/// A number of cells; what is beyond the range of cells is cut to it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped before"
)]
fn round(cells: f64) -> u16 {
    cells.clamp(0.0, f64::from(u16::MAX)) as u16
}
