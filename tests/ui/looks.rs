//! What a person must be able to see, scene by scene.

use super::*;
use ratatui::{layout::Rect, style::Color};
use ttychat::ui::{
    chat::{FADE_TIME, SHOWN_FOR},
    title,
};

const RED: Color = Color::Rgb(200, 0, 0);
const GREEN: Color = Color::Rgb(0, 200, 0);
const BLUE: Color = Color::Rgb(0, 0, 200);

#[test]
fn a_picture_is_painted_pixel_for_pixel() {
    let chat = Chat::default();
    // Odd rows: the lower half of the last cell stays the ground's.
    let picture = quarters(4, 3);
    let (buffer, _) = painted(&view(
        window(4, 3),
        Scene::Call(Panel::Picture(&picture)),
        &chat,
    ));
    assert_eq!((buffer[(0, 0)].symbol(), buffer[(0, 0)].fg), ("▀", RED));
    assert_eq!(buffer[(0, 0)].bg, BLUE);
    assert_eq!(buffer[(3, 0)].fg, GREEN);
    assert_eq!(buffer[(1, 1)].fg, BLUE);
    assert_ne!(buffer[(1, 1)].bg, BLUE, "there is no fourth row of pixels");
}

#[test]
fn our_own_picture_is_mirrored_and_the_peers_never() {
    let chat = Chat::default();
    let picture = quarters(40, 38);
    let mut waiting = view(window(40, 20), Scene::Waiting { addresses: &[] }, &chat);
    waiting.own = Some(Panel::Picture(&picture));
    assert_eq!(painted(&waiting).0[(0, 0)].fg, RED);
    waiting.mirrored = true;
    assert_eq!(painted(&waiting).0[(0, 0)].fg, GREEN);
    let mut call = waiting;
    call.scene = Scene::Call(Panel::Picture(&picture));
    call.own = None;
    assert_eq!(painted(&call).0[(0, 0)].fg, RED);
}

#[test]
fn a_picture_of_another_size_is_scaled_in_its_shape() {
    let chat = Chat::default();
    // Half and double of what fits into 40x19 cells: both must cover the 38 pixel rows.
    for (width, height) in [(10, 19), (40, 76)] {
        let picture = quarters(width, height);
        let view = view(window(40, 20), Scene::Call(Panel::Picture(&picture)), &chat);
        let (buffer, _) = painted(&view);
        assert_eq!(
            (buffer[(11, 0)].fg, buffer[(28, 18)].symbol()),
            (RED, "▀"),
            "{width}"
        );
        assert_eq!(
            buffer[(9, 0)].symbol(),
            " ",
            "bars on both sides of {width}x{height}"
        );
        assert_eq!(buffer[(30, 18)].symbol(), " ");
    }
}

#[test]
fn mono_pictures_are_a_ramp_of_ascii() {
    let chat = Chat::default();
    let mut picture = Picture::new(PixelSize::new(32, 16));
    for (index, pixel) in picture.rgb_mut().chunks_exact_mut(3).enumerate() {
        // Two lights that differ by little, in a dim room.
        pixel.fill(u8::try_from(20 + index % 32 * 3).unwrap());
    }
    let mut view = view(window(32, 9), Scene::Call(Panel::Picture(&picture)), &chat);
    view.depth = ColorDepth::Mono;
    let (buffer, _) = painted(&view);
    let row: String = (0..32).map(|x| buffer[(x, 3)].symbol()).collect();
    assert!(
        row.is_ascii() && row.starts_with(' ') && row.trim_end().ends_with('@'),
        "{row:?}"
    );
    assert!(
        buffer
            .content
            .iter()
            .all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset)
    );
}

#[test]
fn the_status_line_drops_the_least_important_first() {
    let chat = Chat::default();
    let picture = quarters(40, 20);
    let figures = [
        "alice@",
        "38 ms",
        "30/s",
        "12 ms",
        "640x360",
        "118 kB/s",
        "1.2 MB/s",
        "dropped 3",
    ];
    let mut shown_before = 0;
    for columns in 12..=200 {
        let mut view = view(
            window(columns, 12),
            Scene::Call(Panel::Picture(&picture)),
            &chat,
        );
        view.status = in_call();
        let text = words(&painted(&view).0);
        let line = text.lines().last().unwrap();
        let shown = figures
            .iter()
            .take_while(|figure| line.contains(*figure))
            .count();
        let any = figures
            .iter()
            .filter(|figure| line.contains(*figure))
            .count();
        assert_eq!(shown, any, "{columns}: a gap in {line}");
        assert!(
            shown >= shown_before,
            "{columns}: fewer than in a narrower window: {line}"
        );
        shown_before = shown;
    }
    assert_eq!(shown_before, figures.len());
}

#[test]
fn a_frozen_picture_is_said_even_in_a_narrow_window() {
    let chat = Chat::default();
    for columns in [20, 40, 80] {
        let picture = quarters(20, 16);
        let mut view = view(
            window(columns, 9),
            Scene::Call(Panel::Picture(&picture)),
            &chat,
        );
        view.status = in_call();
        view.status.frozen = Some(Duration::from_millis(3_400));
        assert!(words(&painted(&view).0).contains("frozen 3 s"), "{columns}");
    }
}

#[test]
fn an_answer_is_possible_in_every_window_that_has_room_for_two_words() {
    let chat = Chat::default();
    for columns in 16..=100 {
        for rows in 5..=30 {
            let name = "a very long name of somebody far away, with more and more words";
            let asked = Scene::Asked {
                name,
                address: "2001:db8:1234:5678:9abc:def0:1234:5678",
                acquaintance: Acquaintance::Stranger(Stranger {
                    note: Some("not the somebody that you know: this is another key"),
                    ..UNKNOWN
                }),
            };
            let text = words(&painted(&view(window(columns, rows), asked, &chat)).0);
            let is_asked = text.contains("accept") && text.contains("decline")
                || text.contains("yes") && text.contains("no");
            assert!(is_asked, "{columns}x{rows}\n{text}");
        }
    }
}

#[test]
fn messages_over_the_picture_fade_unless_one_types() {
    let picture = quarters(160, 90);
    let chat = conversation();
    let line = TextLine::default();
    let mut view = view(window(80, 24), Scene::Call(Panel::Picture(&picture)), &chat);
    let said = "can you see me?";
    assert!(words(&painted(&view).0).contains(said));
    assert_eq!(chat.deadline(view.now), Some(*START + SHOWN_FOR));
    view.now = *START + SHOWN_FOR + FADE_TIME / 2;
    assert!(words(&painted(&view).0).contains(said));
    assert!(chat.deadline(view.now).unwrap() < *START + SHOWN_FOR + FADE_TIME);
    view.now = *START + SHOWN_FOR + FADE_TIME;
    assert!(!words(&painted(&view).0).contains(said));
    assert_eq!(chat.deadline(view.now), None);
    view.typing = Some(&line);
    assert!(words(&painted(&view).0).contains(said));
}

#[test]
fn beside_a_narrow_picture_messages_stay() {
    let picture = quarters(30, 46);
    let chat = conversation();
    let mut view = view(
        window(100, 24),
        Scene::Call(Panel::Picture(&picture)),
        &chat,
    );
    view.status.received_size = Some(PixelSize::new(300, 460));
    view.now = *START + SHOWN_FOR + FADE_TIME;
    let layout = view.layout();
    assert!(layout.chat_beside && layout.picture.width >= 30);
    assert!(words(&painted(&view).0).contains("can you see me?"));
    view.fit = Fit::Fill;
    assert!(
        !view.layout().chat_beside,
        "a picture that fills the window leaves no room"
    );
}

/// A terminal of no colours writes in its own: ink is light on a dark one and dark on a light one.
#[test]
fn a_picture_of_characters_is_no_negative_on_a_light_terminal() {
    let chat = Chat::default();
    let mut picture = Picture::new(PixelSize::new(40, 38));
    for (index, pixel) in picture.rgb_mut().chunks_mut(3).enumerate() {
        pixel.fill(if index % 40 < 20 { 20 } else { 240 });
    }
    let mut view = view(window(40, 20), Scene::Call(Panel::Picture(&picture)), &chat);
    view.depth = ColorDepth::Mono;
    for (ground, left, right) in [(Ground::Dark, ".", "%"), (Ground::Light, "%", ".")] {
        view.ground = ground;
        let (buffer, _) = painted(&view);
        let signs = (buffer[(5, 5)].symbol(), buffer[(35, 5)].symbol());
        assert_eq!(signs, (left, right), "{ground:?}");
    }
}

#[test]
fn the_cursor_stands_behind_what_was_typed() {
    let chat = Chat::default();
    let mut line = TextLine::default();
    for (typed, column) in [("", 4), ("ab", 5), ("日本", 9)] {
        line.insert(typed);
        let mut view = view(window(60, 10), Scene::Waiting { addresses: &[] }, &chat);
        view.typing = Some(&line);
        // Two prompts differ: the empty line has a hint behind the cursor.
        let column = if typed.is_empty() { 3 } else { column };
        assert_eq!(
            painted(&view).1,
            Some(Position::new(column, 8)),
            "{typed:?}"
        );
    }
    line.insert(&"long ".repeat(40));
    let mut view = view(window(60, 10), Scene::Waiting { addresses: &[] }, &chat);
    view.typing = Some(&line);
    assert_eq!(painted(&view).1, Some(Position::new(59, 8)));
    view.typing = None;
    assert_eq!(painted(&view).1, None);
}

#[test]
fn the_own_card_keeps_to_its_corner() {
    let chat = Chat::default();
    let picture = quarters(80, 46);
    let mut with = view(window(80, 24), Scene::Call(Panel::Picture(&picture)), &chat);
    let (bare, _) = painted(&with);
    with.own = Some(Panel::Card {
        title: "camera off",
        detail: "",
    });
    let (carded, _) = painted(&with);
    let own = with.layout().own;
    let frame = Rect::new(own.x - 1, own.y - 1, own.width + 2, own.height + 2);
    for (x, y) in bare.area.positions().map(|at| (at.x, at.y)) {
        let inside = frame.contains(Position::new(x, y));
        assert!(
            inside || bare[(x, y)] == carded[(x, y)],
            "{x},{y} is not the corner's"
        );
    }
    assert!(words(&carded).contains("camera off"));
}

#[test]
fn the_title_says_who_is_on() {
    let chat = Chat::default();
    let picture = quarters(2, 2);
    let mut view = view(window(80, 24), Scene::Waiting { addresses: &[] }, &chat);
    assert_eq!(title(&view), "waiting for a call - ttychat");
    view.scene = Scene::Asked {
        name: "eve\x1b]0;\x07",
        address: "::1",
        acquaintance: STRANGER,
    };
    assert_eq!(title(&view), "eve␛]0;␇ calls - ttychat");
    view.scene = Scene::Call(Panel::Picture(&picture));
    view.status.peer = Some("alice@laptop");
    assert_eq!(title(&view), "alice@laptop - ttychat");
}

#[test]
fn the_mark_of_an_unencrypted_call_is_seen_in_every_window() {
    let chat = conversation();
    let line = TextLine::default();
    let overlays = [
        Overlay::None,
        Overlay::Help,
        Overlay::Detail,
        Overlay::Controls,
    ];
    for (columns, rows) in (3..70).flat_map(|columns| (1..14).map(move |rows| (columns, rows))) {
        for (overlay, typing) in overlays
            .into_iter()
            .flat_map(|one| [(one, false), (one, true)])
        {
            let card = Panel::Card {
                title: "camera off",
                detail: "",
            };
            let mut view = view(window(columns, rows), Scene::Call(card), &chat);
            view.overlay = overlay;
            view.typing = typing.then_some(&line);
            view.notice = Some("a notice of some length");
            view.status = Status {
                is_unencrypted: true,
                peer: Some("a very long name of somebody"),
                frozen: Some(Duration::from_secs(9)),
                ..in_call()
            };
            let (buffer, _) = painted(&view);
            let shown = buffer.content.iter().map(ratatui::buffer::Cell::symbol);
            let shown = shown.collect::<String>();
            let len = usize::from(columns - 2).min("UNENCRYPTED".len());
            let mark = "UNENCRYPTED".get(..len).unwrap();
            assert!(
                shown.contains(mark),
                "{columns}x{rows} {overlay:?} {typing}"
            );
        }
    }
}
