//! Where everything goes, for any window from 1x1 up.

use crate::{media::PixelSize, screen::Window};
use ratatui::layout::Rect;

/// Where everything goes. Areas may be empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The large picture: the peer's, or our own while waiting.
    pub picture: Rect,
    /// The most that our own picture in the corner may cover, inside `picture`; its picture is put
    /// into the lower right of it in its own shape.
    pub own: Rect,
    /// The conversation, beside or over the picture.
    pub chat: Rect,
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
}

/// Computes the layout.
pub fn layout(_window: Window, _wish: LayoutWish) -> Layout {
    Layout::default()
}

/// How many half-cell pixels `area` has.
pub fn pixels(area: Rect) -> PixelSize {
    PixelSize::new(u32::from(area.width), u32::from(area.height) * 2)
}
