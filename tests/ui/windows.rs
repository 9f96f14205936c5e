//! What must hold in every window, from 1x1 to 500x200.

use super::*;
use proptest::{prelude::*, strategy::ValueTree};
use ratatui::layout::Rect;
use ttychat::ui::{
    control::{self, Control, ControlRange, ControlState, ControlUnit},
    layout::{Layout, LayoutWish, layout},
    text::width,
};

const HOSTILE: [&str; 8] = [
    "",
    "alice@laptop",
    "\x1b]0;title\x07\x1b[2J\r\n\t\0",
    "\u{9b}31m\u{85}\u{202e}txt.exe\u{200b}\u{feff}",
    "日本語の長い名前がここにありますよ日本語",
    "👩\u{200d}👩\u{200d}👧\u{200d}👦🏳\u{fe0f}\u{200d}🌈👍🏽",
    "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}",
    "a long text of many words that cannot stand on one line of a narrow window at all",
];

/// All that can differ between two views, as plain numbers.
#[derive(Clone, Debug)]
struct Choice {
    scene: u8,
    own: u8,
    overlay: u8,
    depth: u8,
    typing: bool,
    chat_count: usize,
    scroll: i32,
    notice: bool,
    picture: (u32, u32),
    aspect: f64,
    word: usize,
    fit: Fit,
    glyphs: usize,
}

fn choice() -> impl Strategy<Value = Choice> {
    let looks = (0..8_u8, 0..3_u8, 0..5_u8, 0..4_u8, any::<bool>());
    let words = (0..20_usize, -60..20_i32, any::<bool>(), 0..HOSTILE.len());
    let aspect = prop_oneof![
        Just(1.0),
        Just(0.0),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(-3.0),
        0.3..3.0
    ];
    let fit = prop_oneof![Just(Fit::Letterbox), Just(Fit::Fill)];
    let fit = (fit, 0..GlyphSet::ALL.len());
    (looks, words, (0..90_u32, 0..90_u32), aspect, fit).prop_map(
        |(looks, words, picture, aspect, fit)| Choice {
            scene: looks.0,
            own: looks.1,
            overlay: looks.2,
            depth: looks.3,
            typing: looks.4,
            chat_count: words.0,
            scroll: words.1,
            notice: words.2,
            picture,
            aspect,
            word: words.3,
            fit: fit.0,
            glyphs: fit.1,
        },
    )
}

const DEPTHS: [ColorDepth; 4] = [
    ColorDepth::Mono,
    ColorDepth::Ansi16,
    ColorDepth::Indexed256,
    ColorDepth::Truecolor,
];

impl Choice {
    fn word(&self, offset: usize) -> &'static str {
        HOSTILE[(self.word + offset) % HOSTILE.len()]
    }

    fn overlay<'a>(&self, controls: &'a [Control]) -> (Overlay, ControlPanel<'a>) {
        let overlays = [
            Overlay::None,
            Overlay::Help,
            Overlay::Detail,
            Overlay::Controls,
            Overlay::Controls,
        ];
        let panel = ControlPanel {
            camera: self.word(7),
            controls: if self.overlay == 3 { controls } else { &[] },
            chosen: self.chat_count,
            reason: self.word(3),
        };
        (overlays[usize::from(self.overlay)], panel)
    }

    /// Of a driver that lies.
    fn controls(&self) -> Vec<Control> {
        let control = |index: usize| Control {
            name: ["gain", "auto exposure", "a name that no driver of ours has"][index % 3],
            range: if index.is_multiple_of(2) {
                ControlRange::Number {
                    min: i32::MIN,
                    max: [i32::MAX, i32::MIN][index / 2 % 2],
                    step: self.scroll,
                }
            } else {
                ControlRange::Choices(vec![control::Choice {
                    value: self.scroll,
                    name: self.word(index).to_owned(),
                }])
            },
            unit: ControlUnit::default(),
            value: self.scroll * 30_000_000,
            default: 0,
            state: [ControlState::Settable, ControlState::Automatic("gain")][index % 2],
        };
        (0..self.chat_count).map(control).collect()
    }

    fn chat(&self) -> Chat {
        let mut chat = Chat::default();
        for index in 0..self.chat_count {
            let speaker = [Speaker::Me, Speaker::Peer, Speaker::Program][index % 3];
            say(&mut chat, speaker, self.word(index), self.word(index * 3));
        }
        chat.scroll(self.scroll);
        chat
    }

    fn scene<'a>(
        &self,
        picture: &'a Picture,
        card: Panel<'a>,
        addresses: &'a [String],
    ) -> Scene<'a> {
        let word = |offset| self.word(offset);
        let elapsed = Duration::from_millis(u64::from(self.picture.0) * 97);
        let stranger = Stranger {
            words: word(1),
            key: word(0),
            note: Some(word(1)),
        };
        match self.scene {
            0 => Scene::Asked {
                name: word(0),
                address: word(1),
                acquaintance: Acquaintance::Stranger(stranger),
            },
            1 => Scene::Call(Panel::Picture(picture)),
            2 => Scene::Call(card),
            3 => Scene::Connecting {
                target: word(0),
                elapsed,
            },
            4 => Scene::Redialling {
                target: word(0),
                reason: word(1),
                remaining: elapsed,
            },
            5 => Scene::Checked {
                target: word(0),
                is_answered: self.typing,
                stranger,
            },
            6 => Scene::Ringing {
                target: word(0),
                elapsed,
            },
            _ => Scene::Waiting { addresses },
        }
    }
}

/// Paints what was chosen into a window and checks what must hold.
fn check(choice: &Choice, columns: u16, rows: u16) {
    let word = |offset| choice.word(offset);
    let picture = Picture::new(PixelSize::new(choice.picture.0, choice.picture.1));
    let mut chat = choice.chat();
    let mut line = TextLine::default();
    line.insert(word(1));
    let addresses = [word(2).to_owned(), word(3).to_owned()];
    let card = Panel::Card {
        title: word(4),
        detail: word(5),
    };
    let panel = if choice.own == 1 {
        card
    } else {
        Panel::Picture(&picture)
    };
    let scene = choice.scene(&picture, card, &addresses);
    let mut view = view(window(columns, rows), scene, &chat);
    view.window.pixel_aspect = choice.aspect;
    view.depth = DEPTHS[usize::from(choice.depth)];
    view.glyphs = GlyphSet::ALL[choice.glyphs];
    view.own = (choice.own > 0).then_some(panel);
    view.mirrored = choice.typing;
    view.fit = choice.fit;
    view.typing = choice.typing.then_some(&line);
    let controls = choice.controls();
    (view.overlay, view.controls) = choice.overlay(&controls);
    view.notice = choice.notice.then_some(word(6));
    view.status = in_call();
    view.status.peer = Some(word(0));
    view.status.state = word(2);
    view.status.received_size = Some(picture.size());
    view.status.wire_rate = choice.aspect;
    let (buffer, cursor) = painted(&view);
    chat.scroll(choice.scroll);
    check_cells(&buffer);
    if let Some(cursor) = cursor {
        assert!(
            buffer.area.contains(cursor),
            "the cursor is outside: {cursor:?}"
        );
    }
}

/// No control characters, nothing without a width, and no wide character that is half covered.
fn check_cells(buffer: &Buffer) {
    for row in buffer.content.chunks(usize::from(buffer.area.width)) {
        let mut covered = 0;
        for cell in row {
            let symbol = cell.symbol();
            assert!(
                !symbol.chars().any(char::is_control),
                "{symbol:?} is painted"
            );
            if covered == 0 {
                covered = width(symbol);
                assert!(covered > 0, "{symbol:?} takes no cell");
            } else {
                assert_eq!(symbol, " ", "something is painted behind a wide character");
            }
            covered -= 1;
        }
        assert_eq!(covered, 0, "a wide character sticks out of its row");
    }
}

fn check_layout(window: Window, wish: LayoutWish) {
    let Layout {
        picture,
        own,
        chat,
        chat_beside,
        typing,
        status,
    } = layout(window, wish);
    let whole = Rect::new(0, 0, window.cells.columns, window.cells.rows);
    for area in [picture, own, chat, typing, status] {
        assert!(
            area.is_empty() || whole.intersection(area) == area,
            "{area:?} of {whole:?}"
        );
    }
    for (one, other) in [
        (picture, typing),
        (picture, status),
        (typing, status),
        (own, chat),
    ] {
        assert!(
            !one.intersects(other),
            "{one:?} over {other:?} in {whole:?}"
        );
    }
    if !whole.is_empty() {
        assert!(!picture.is_empty(), "no picture in {whole:?}");
    }
    assert_eq!(
        typing.is_empty(),
        !wish.typing || whole.height < 2 || whole.width == 0
    );
    assert!(!chat_beside || !chat.intersects(picture));
    if !own.is_empty() {
        let frame = Rect::new(own.x - 1, own.y - 1, own.width + 2, own.height + 2);
        assert_eq!(
            picture.intersection(frame),
            frame,
            "the frame leaves the picture"
        );
        // Of any picture that is centred in the area: (H - h) / 2 + h / 8 is at most H / 2.
        assert!(
            u32::from(frame.y) * 2 >= u32::from(picture.height),
            "over the upper eighth in {whole:?}"
        );
    }
    // Beside means that the picture loses nothing.
    if let Some(shape) = wish.picture.filter(|_| chat_beside) {
        let aspect = window.pixel_aspect.clamp(0.25, 4.0);
        let needed = f64::from(picture.height) * 2.0 * aspect * f64::from(shape.width)
            / f64::from(shape.height);
        assert!(
            f64::from(picture.width) >= needed,
            "{shape:?} is cut in {whole:?}"
        );
    }
}

#[test]
fn nothing_overlaps_in_any_window() {
    let shapes = [
        None,
        Some(PixelSize::new(4, 3)),
        Some(PixelSize::new(9, 16)),
    ];
    for columns in 0..=250 {
        for rows in 0..=80 {
            for (bits, picture) in (0..4).zip(shapes.into_iter().cycle()) {
                let (typing, chat) = (bits & 1 > 0, bits & 2 > 0);
                let fit = Fit::Letterbox;
                check_layout(
                    window(columns, rows),
                    LayoutWish {
                        typing,
                        chat,
                        picture,
                        fit,
                    },
                );
            }
        }
    }
    check_layout(window(u16::MAX, u16::MAX), LayoutWish::default());
}

#[test]
fn every_small_window_can_be_painted() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for columns in 1..=60 {
        for rows in 1..=30 {
            let choice = choice().new_tree(&mut runner).unwrap().current();
            check(&choice, columns, rows);
        }
    }
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn any_view_can_be_painted_into_any_window(
        choice in choice(),
        (columns, rows) in prop_oneof![(1..=60_u16, 1..=30_u16), (1..=500_u16, 1..=200_u16)],
    ) {
        check(&choice, columns, rows);
    }
}

#[test]
fn a_frame_that_is_smaller_than_the_window_said_is_painted() {
    let chat = conversation();
    let picture = quarters(80, 46);
    let view = view(window(80, 24), Scene::Call(Panel::Picture(&picture)), &chat);
    for (columns, rows) in [(1, 1), (40, 30), (100, 5)] {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal
            .draw(|frame| draw(&view, frame, &mut Canvas::default()))
            .unwrap();
        check_cells(terminal.backend().buffer());
    }
}

/// It was cut in the middle of a word.
#[test]
fn why_a_call_was_lost_is_read_to_its_end_in_a_small_window() {
    let chat = Chat::default();
    let reason = "the connection to 192.168.100.20:2222 failed: connection refused (os error 111)";
    let scene = Scene::Redialling {
        target: "192.168.100.20:2222",
        reason,
        remaining: Duration::from_secs(3),
    };
    let text = words(&painted(&view(window(20, 10), scene, &chat)).0);
    let said: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '|')
        .collect();
    let wanted: String = reason.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(said.contains(&wanted), "{text}");
    assert!(said.contains("againin3s"), "{text}");
}
