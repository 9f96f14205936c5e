//! What fills the window: a call, waiting for one, making one, being asked.

use super::{
    Panel, Scene, View,
    layout::Layout,
    picture::{self, Facing, Place},
    sheet::{self, Anchor, Piece, Setting, Sheet},
    text,
    theme::Theme,
    words,
};
use crate::screen::canvas::Canvas;
use ratatui::{buffer::Buffer, layout::Rect};
use std::time::Duration;

/// How often the scenes that move want to be painted.
pub const ANIMATION_INTERVAL: Duration = Duration::from_millis(100);

/// Paints the large picture, if the scene has one. Panels come later, over everything.
pub(super) fn paint_picture(
    (buffer, canvas): (&mut Buffer, &mut Canvas),
    area: Rect,
    view: &View<'_>,
    theme: &Theme,
) {
    sheet::clear(buffer, area, theme.ground);
    let (picture, facing) = match (&view.scene, view.own) {
        (Scene::Call(Panel::Picture(picture)), _) => (*picture, Facing::AsSeen),
        (Scene::Waiting { .. }, Some(Panel::Picture(picture))) => (picture, facing(view)),
        _ => return,
    };
    picture::paint(
        (buffer, canvas),
        area,
        picture,
        facing,
        Place::Center,
        theme,
    );
}

/// Paints our own picture in the corner of the scenes that have it there.
pub(super) fn paint_own(
    (buffer, canvas): (&mut Buffer, &mut Canvas),
    layout: &Layout,
    view: &View<'_>,
    theme: &Theme,
) {
    if !has_own(layout, view) {
        return;
    }
    match view.own {
        None => {}
        Some(Panel::Picture(picture)) => {
            let (area, facing) = (layout.own, facing(view));
            picture::paint(
                (buffer, canvas),
                area,
                picture,
                facing,
                Place::Corner,
                theme,
            );
        }
        Some(Panel::Card { title, .. }) => paint_own_card(buffer, layout.own, title, theme),
    }
}

/// Paints the panel of the scene and says what it covered.
pub(super) fn paint_panel(
    buffer: &mut Buffer,
    layout: &Layout,
    view: &View<'_>,
    theme: &Theme,
) -> Rect {
    let area = layout.picture;
    let anchor = match (&view.scene, view.own) {
        (Scene::Waiting { .. }, Some(Panel::Picture(_))) => Anchor::Bottom,
        _ => Anchor::Center,
    };
    let rows = words::rows(view, area, theme);
    if rows.is_empty() {
        return Rect::default();
    }
    // On the plain ground a line is enough; over a picture the words need a ground of their own.
    let ground = if anchor == Anchor::Bottom {
        theme.panel
    } else {
        theme.ground
    };
    let border = match view.scene {
        Scene::Asked { .. } | Scene::Checked { .. } => theme.accent,
        _ => theme.border,
    };
    let sheet = Sheet {
        title: "",
        rows,
        setting: Setting::Centered,
        ground,
        border,
    };
    let area = match anchor {
        // The face above it is what one looks at.
        Anchor::Bottom => Rect {
            y: area.bottom() - area.height.div_ceil(2),
            height: area.height.div_ceil(2),
            ..area
        },
        Anchor::Center => clear_of_own(&sheet, layout, view),
    };
    sheet.paint(buffer, area, theme, anchor)
}

/// Where a panel in the middle goes: the picture's area, or what is above our own picture when
/// they would overlap and there is room.
fn clear_of_own(sheet: &Sheet<'_>, layout: &Layout, view: &View<'_>) -> Rect {
    let whole = layout.picture;
    let frame = Rect {
        x: layout.own.x.saturating_sub(1),
        y: layout.own.y.saturating_sub(1),
        ..layout.own
    };
    let overlap = has_own(layout, view) && sheet.place(whole, Anchor::Center).intersects(frame);
    let above = Rect {
        height: frame.y.saturating_sub(whole.y),
        ..whole
    };
    if overlap && sheet.place(whole, Anchor::Center).height <= above.height {
        above
    } else {
        whole
    }
}

/// Whether our own picture, or a card in its place, is in the corner.
fn has_own(layout: &Layout, view: &View<'_>) -> bool {
    let in_corner = !matches!(
        view.scene,
        Scene::Waiting { .. } | Scene::Asked { .. } | Scene::Checked { .. }
    );
    in_corner && view.own.is_some() && !layout.own.is_empty()
}

/// How our own picture is turned.
const fn facing(view: &View<'_>) -> Facing {
    if view.mirrored {
        Facing::Mirrored
    } else {
        Facing::AsSeen
    }
}

/// A small panel in the shape of a picture.
fn paint_own_card(buffer: &mut Buffer, own: Rect, title: &str, theme: &Theme) {
    let height = own.height.min((own.width * 9).div_ceil(32)).max(1);
    let card = Rect {
        y: own.bottom() - height,
        height,
        ..own
    };
    let outer = Rect::new(card.x - 1, card.y - 1, card.width + 2, card.height + 2);
    sheet::clear(buffer, outer, theme.panel);
    sheet::outline(buffer, outer, theme.border);
    let shown = text::printable(title);
    let lines = text::wrap(&shown, usize::from(card.width), usize::from(card.width));
    let count = sheet::cell_count(lines.len()).min(card.height);
    let top = card.y + (card.height - count) / 2;
    for (range, y) in lines.into_iter().zip(top..top + count) {
        let line = shown.get(range).unwrap_or_default().trim_end();
        let spare = card
            .width
            .saturating_sub(sheet::cell_count(text::width(line)));
        let row = Rect {
            y,
            height: 1,
            ..card
        };
        let pieces = [Piece::new(line, theme.muted)];
        sheet::put_row(buffer, sheet::shifted(row, spare / 2), &pieces, theme.panel);
    }
}
