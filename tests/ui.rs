//! What a person sees: goldens of every scene, and what must hold in every window.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

#[path = "ui/chat.rs"]
mod chat;
#[path = "ui/controls.rs"]
mod controls;
#[path = "ui/glyphs.rs"]
mod glyphs;
#[path = "ui/keys.rs"]
mod keys;
#[path = "ui/looks.rs"]
mod looks;
mod support;
#[path = "ui/text.rs"]
mod text;
#[path = "ui/windows.rs"]
mod windows;

use proptest::test_runner::Config as ProptestConfig;
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, layout::Position};
use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};
use support::cells;
use ttychat::{
    media::{Picture, PixelSize, scale::Fit},
    screen::{
        CellSize, Window,
        canvas::Canvas,
        capability::{Ground, Profile},
        color::ColorDepth,
        glyph::GlyphSet,
    },
    ui::{
        Acquaintance, ControlPanel, Overlay, Panel, Scene, Status, Stranger, View,
        chat::{Chat, ChatMessage, Speaker},
        draw,
        text_line::TextLine,
    },
};

/// Somebody whose key is not known.
const STRANGER: Acquaintance<'_> = Acquaintance::Stranger(UNKNOWN);

const UNKNOWN: Stranger<'_> = Stranger {
    words: "crystal umbrella october scorpion",
    key: "k3m7q-2xw5a-hj4tp-n6zbd-c8rvf",
    note: None,
};

#[expect(
    clippy::disallowed_methods,
    reason = "one start for all the virtual times"
)]
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// So many random cases; what fails is turned into a test of its own, not kept in a file.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Four plain colours, so that goldens stay readable: red, green above blue, white.
fn quarters(width: u32, height: u32) -> Picture {
    let mut picture = Picture::new(PixelSize::new(width, height));
    for (index, pixel) in picture.rgb_mut().chunks_exact_mut(3).enumerate() {
        let index = u32::try_from(index).unwrap();
        let right = index % width >= width / 2;
        let below = index / width >= height / 2;
        pixel.copy_from_slice(match (right, below) {
            (false, false) => &[200, 0, 0],
            (true, false) => &[0, 200, 0],
            (false, true) => &[0, 0, 200],
            (true, true) => &[250, 250, 250],
        });
    }
    picture
}

fn say(chat: &mut Chat, speaker: Speaker, name: &str, text: &str) {
    chat.push(ChatMessage {
        speaker,
        name: name.to_owned(),
        time: "14:03".to_owned(),
        text: text.to_owned(),
        at: *START,
    });
}

fn conversation() -> Chat {
    let mut chat = Chat::default();
    say(&mut chat, Speaker::Program, "", "call began");
    say(
        &mut chat,
        Speaker::Peer,
        "alice@laptop",
        "hello! can you see me?",
    );
    say(
        &mut chat,
        Speaker::Me,
        "bob@studio",
        "yes, crisp. 日本語 👍 too, and in long lines",
    );
    chat
}

static TERMINAL: LazyLock<Profile> = LazyLock::new(|| Profile {
    depth: ColorDepth::Truecolor,
    ground: Ground::Dark,
    name: Some("foot 1.13.1".to_owned()),
    synchronized: Some(true),
    ..Profile::default()
});

fn in_call() -> Status<'static> {
    Status {
        state: "in call",
        is_unencrypted: false,
        peer: Some("alice@laptop"),
        camera: Some("UVC Camera 640x480 YUYV at 30"),
        sent_size: Some(PixelSize::new(320, 240)),
        received_size: Some(PixelSize::new(640, 360)),
        sent_rate: 30.04,
        shown_rate: 29.96,
        round_trip: Some(Duration::from_millis(12)),
        age: Some(Duration::from_millis(38)),
        wire_rate: 118_000.0,
        terminal: Some(&TERMINAL),
        terminal_rate: 1_240_000.0,
        dropped: 3,
        broken: 0,
        frozen: None,
        link_rate: None,
        queued: None,
        making: None,
    }
}

fn window(columns: u16, rows: u16) -> Window {
    Window {
        cells: CellSize { columns, rows },
        pixel_aspect: 1.0,
    }
}

/// A view with nothing to see in it.
fn view<'a>(window: Window, scene: Scene<'a>, chat: &'a Chat) -> View<'a> {
    View {
        now: *START,
        window,
        depth: ColorDepth::Truecolor,
        ground: Ground::Dark,
        glyphs: GlyphSet::Half,
        scene,
        own: None,
        mirrored: false,
        fit: Fit::Letterbox,
        chat,
        typing: None,
        overlay: Overlay::None,
        controls: ControlPanel::default(),
        status: Status::default(),
        notice: None,
    }
}

/// The cells, and where the cursor stands if it is shown.
fn painted(view: &View<'_>) -> (Buffer, Option<Position>) {
    let CellSize { columns, rows } = view.window.cells;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let mut canvas = Canvas::default();
    terminal
        .draw(|frame| draw(view, frame, &mut canvas))
        .unwrap();
    let backend = terminal.backend();
    let cursor = backend.cursor_visible().then(|| backend.cursor_position());
    (backend.buffer().clone(), cursor)
}

/// What is written, without colours.
fn words(buffer: &Buffer) -> String {
    let text = cells::to_text(buffer);
    text.lines()
        .filter(|line| line.starts_with('|'))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The same scene in a common window and in a tiny one.
fn check_scene(name: &str, change: impl Fn(&mut View<'_>)) {
    let no_chat = Chat::default();
    for (columns, rows) in [(80, 24), (20, 8)] {
        let own = quarters(u32::from(columns) / 5, u32::from(columns) / 8);
        let waiting = Scene::Waiting { addresses: &[] };
        let mut view = view(window(columns, rows), waiting, &no_chat);
        view.own = Some(Panel::Picture(&own));
        change(&mut view);
        cells::check(&format!("{name}-{columns}x{rows}"), &painted(&view).0);
    }
}

#[test]
fn goldens_of_scenes_without_a_call() {
    let addresses = ["10.1.2.3:2222".to_owned(), "[2001:db8::42]:2222".to_owned()];
    let elapsed = Duration::from_millis(2_500);
    let target = "host:2222";
    check_scene("waiting", |view| {
        view.scene = Scene::Waiting { addresses: &[] };
        view.status.state = "waiting";
    });
    check_scene("asked", |view| {
        view.scene = Scene::Asked {
            name: "\"alice@laptop\"",
            address: "10.1.2.3",
            acquaintance: STRANGER,
        };
    });
    check_scene("asked-known", |view| {
        view.scene = Scene::Asked {
            name: "alice@laptop",
            address: "10.1.2.3",
            acquaintance: Acquaintance::Known {
                since: "2026-10-01",
            },
        };
    });
    check_scene("asked-namesake", |view| {
        let note = Some("another key than the alice@laptop you know");
        view.scene = Scene::Asked {
            name: "\"alice@laptop\" (another key)",
            address: "10.1.2.3",
            acquaintance: Acquaintance::Stranger(Stranger { note, ..UNKNOWN }),
        };
    });
    check_scene("checked", |view| {
        view.scene = Scene::Checked {
            target,
            is_answered: true,
            stranger: UNKNOWN,
        };
    });
    check_scene("connecting", |view| {
        view.scene = Scene::Connecting { target, elapsed }
    });
    check_scene("ringing", |view| {
        view.scene = Scene::Ringing { target, elapsed }
    });
    check_scene("redialling", |view| {
        let reason = "the other end was silent for ten seconds";
        view.scene = Scene::Redialling {
            target,
            reason,
            remaining: elapsed,
        };
    });
    let chat = Chat::default();
    let mut alone = view(
        window(60, 16),
        Scene::Waiting {
            addresses: &addresses,
        },
        &chat,
    );
    alone.own = Some(Panel::Card {
        title: "no camera",
        detail: "plug one in",
    });
    cells::check("alone-60x16", &painted(&alone).0);
}

#[test]
fn goldens_of_a_call() {
    let picture = quarters(78, 44);
    let small = quarters(20, 11);
    let chat = conversation();
    let mut line = TextLine::default();
    line.insert("see you at 八 👋");
    for (name, picture, window) in [
        ("80x24", &picture, window(80, 24)),
        ("20x8", &small, window(20, 8)),
    ] {
        let own = quarters(16, 9);
        let mut view = view(window, Scene::Call(Panel::Picture(picture)), &chat);
        view.own = Some(Panel::Picture(&own));
        view.status = in_call();
        cells::check(&format!("chat-{name}"), &painted(&view).0);
        view.typing = Some(&line);
        view.notice = Some("snapshot kept as ttychat.jpg");
        cells::check(&format!("typing-{name}"), &painted(&view).0);
        view.typing = None;
        view.overlay = Overlay::Help;
        cells::check(&format!("help-{name}"), &painted(&view).0);
        view.overlay = Overlay::Detail;
        cells::check(&format!("detail-{name}"), &painted(&view).0);
        view.overlay = Overlay::None;
        view.status.frozen = Some(Duration::from_secs(3));
        view.scene = Scene::Call(Panel::Card {
            title: "camera off",
            detail: "by alice@laptop",
        });
        view.own = Some(Panel::Card {
            title: "camera off",
            detail: "",
        });
        cells::check(&format!("card-{name}"), &painted(&view).0);
    }
}

#[test]
fn goldens_of_lesser_depths() {
    let picture = quarters(38, 21);
    let chat = conversation();
    for (name, depth) in [
        ("256", ColorDepth::Indexed256),
        ("16", ColorDepth::Ansi16),
        ("mono", ColorDepth::Mono),
    ] {
        let mut view = view(window(50, 12), Scene::Call(Panel::Picture(&picture)), &chat);
        let own = quarters(10, 6);
        view.depth = depth;
        view.own = Some(Panel::Picture(&own));
        view.status = in_call();
        cells::check(&format!("call-{name}"), &painted(&view).0);
        view.scene = Scene::Asked {
            name: "\"alice\"",
            address: "::1",
            acquaintance: STRANGER,
        };
        cells::check(&format!("asked-{name}"), &painted(&view).0);
    }
}

#[test]
fn a_golden_gives_back_its_cells() {
    let chat = conversation();
    let picture = quarters(40, 20);
    let mut view = view(window(40, 12), Scene::Call(Panel::Picture(&picture)), &chat);
    view.status = in_call();
    let (buffer, _) = painted(&view);
    assert_eq!(cells::from_text(&cells::to_text(&buffer)), buffer);
}
