//! Shows every scene of the user interface with made-up pictures and figures, for looking at it
//! while it is worked on, and for pictures in documents.
//!
//!     cargo run --example screens -- [--scene NAME] [--depth truecolor|256|16|mono]
//!                                    [--seconds N] [--size WxH] [--picture FILE.ppm]
//!
//! Without `--scene` it shows one after the other, each for N seconds (2). With `--size` it writes
//! the screens to standard output one below the other, and does not touch the terminal. Colours are
//! written in 24 bits even at a lesser depth: bringing pictures down is not the user interface's
//! part. `--picture` takes a binary PPM instead of the painted face.

#![allow(
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "an example, not the program"
)]

#[path = "screens/sample.rs"]
mod sample;

use anyhow::{Context, Result, bail};
use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use std::{
    io::Write as _,
    time::{Duration, Instant},
};
use ttychat::{
    media::{Picture, PixelSize, scale::Fit},
    screen::{
        CellSize, Window, canvas::Canvas, capability::Ground, color::ColorDepth, glyph::GlyphSet,
    },
    ui::{
        Acquaintance, Overlay, Panel, Scene, Status, Stranger, View,
        chat::{Chat, ChatMessage, Speaker},
        draw,
        layout::{layout, pixels},
        text_line::TextLine,
    },
};

const SCENES: [&str; 20] = [
    "waiting",
    "alone",
    "asked",
    "checked",
    "connecting",
    "ringing",
    "redialling",
    "call",
    "chat",
    "typing",
    "scrolled",
    "beside",
    "frozen",
    "card",
    "ownoff",
    "notice",
    "controls",
    "help",
    "detail",
    "hostile",
];

/// What was asked for.
struct Options {
    scenes: Vec<&'static str>,
    depth: ColorDepth,
    seconds: f64,
    size: Option<CellSize>,
    picture: Option<Picture>,
}

fn main() -> Result<()> {
    let options = options()?;
    let (columns, rows) = match options.size {
        Some(size) => (size.columns, size.rows),
        None => crossterm::terminal::size().context("no terminal; use --size")?,
    };
    let cells = CellSize { columns, rows };
    if options.size.is_none() {
        print!("\x1b[?1049h\x1b[?25l");
    }
    for scene in &options.scenes {
        let screen = ansi(&paint(scene, cells, &options)?, options.size.is_none());
        print!("{screen}");
        std::io::stdout().flush()?;
        if options.size.is_none() {
            rest(Duration::from_secs_f64(options.seconds));
        }
    }
    if options.size.is_none() {
        print!("\x1b[?25h\x1b[?1049l");
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "an example waits for its viewer")]
fn rest(time: Duration) {
    std::thread::sleep(time);
}

fn options() -> Result<Options> {
    let mut options = Options {
        scenes: SCENES.to_vec(),
        depth: ColorDepth::Truecolor,
        seconds: 2.0,
        size: None,
        picture: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .with_context(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--scene" => {
                let scene = SCENES.iter().find(|scene| **scene == value);
                options.scenes = vec![*scene.with_context(|| format!("scenes: {SCENES:?}"))?];
            }
            "--seconds" => options.seconds = value.parse()?,
            "--picture" => options.picture = Some(sample::read_ppm(&value)?),
            "--size" => {
                let (columns, rows) = value.split_once('x').context("--size is WxH")?;
                options.size = Some(CellSize {
                    columns: columns.parse()?,
                    rows: rows.parse()?,
                });
            }
            "--depth" => {
                options.depth = match value.as_str() {
                    "truecolor" => ColorDepth::Truecolor,
                    "256" => ColorDepth::Indexed256,
                    "16" => ColorDepth::Ansi16,
                    "mono" => ColorDepth::Mono,
                    other => bail!("no depth {other}"),
                }
            }
            other => bail!("no option {other}"),
        }
    }
    Ok(options)
}

/// Paints one scene into a grid of cells.
fn paint(scene: &'static str, cells: CellSize, options: &Options) -> Result<Buffer> {
    let window = Window {
        cells,
        pixel_aspect: 1.0,
    };
    let chat = conversation(scene);
    let mut line = TextLine::default();
    line.insert("see you at eight then 👋 I'll bring the 漢字 book");
    let typing = matches!(scene, "typing" | "scrolled").then_some(&line);
    let shape = if scene == "beside" { (4, 3) } else { (16, 9) };
    let received = PixelSize::new(40 * shape.0, 40 * shape.1);
    let status = figures(scene, received);
    let addresses = [
        "10.1.2.3:2222",
        "192.168.178.21:2222",
        "[2001:db8::42:1]:2222",
    ];
    let addresses = addresses.map(str::to_owned);
    let controls = sample::controls();
    let mut view = View {
        now: chat.1 + Duration::from_secs(2),
        window,
        depth: options.depth,
        ground: Ground::Dark,
        glyphs: GlyphSet::Half,
        scene: Scene::Waiting {
            addresses: &addresses,
        },
        own: None,
        mirrored: true,
        fit: Fit::Letterbox,
        chat: &chat.0,
        typing,
        overlay: overlay(scene),
        controls: sample::panel(&controls),
        status,
        notice: (scene == "notice")
            .then_some("snapshot kept as /home/alice/Pictures/ttychat-2026-11-22-14-03-07.jpg"),
    };
    // The pictures as the program would have them made: as large as their areas allow.
    let areas = layout(window, view.wish());
    let fitted = |area, shape: (u32, u32)| {
        let area = pixels(area, GlyphSet::Half);
        let width = area.width.min(area.height * shape.0 / shape.1).max(1);
        PixelSize::new(
            width,
            (width * shape.1 / shape.0).max(1).min(area.height.max(1)),
        )
    };
    let photo = options.picture.as_ref();
    let large = sample::paint(fitted(areas.picture, shape), 0, photo);
    let small = sample::paint(fitted(areas.own, (4, 3)), 1, photo);
    let own_large = sample::paint(fitted(areas.picture, (16, 9)), 1, photo);
    let off = Panel::Card {
        title: "camera off",
        detail: "press v to turn it on",
    };
    view.own = match scene {
        "waiting" => Some(Panel::Picture(&own_large)),
        "alone" => Some(Panel::Card {
            title: "no camera",
            detail: "no /dev/video* device; plug one in, or start with --source test",
        }),
        "ownoff" => Some(off),
        _ => Some(Panel::Picture(&small)),
    };
    if !matches!(scene, "waiting" | "alone") {
        view.scene = away(scene).unwrap_or(Scene::Call(Panel::Picture(&large)));
    }
    let mut terminal = Terminal::new(TestBackend::new(cells.columns, cells.rows))?;
    terminal.draw(|frame| draw(&view, frame, &mut Canvas::default()))?;
    Ok(terminal.backend().buffer().clone())
}

fn overlay(scene: &str) -> Overlay {
    match scene {
        "controls" => Overlay::Controls,
        "detail" => Overlay::Detail,
        "help" => Overlay::Help,
        _ => Overlay::None,
    }
}

/// The scenes without a picture of the peer.
fn away(scene: &str) -> Option<Scene<'static>> {
    let target = "studio.example.org:2222";
    let elapsed = Duration::from_millis(2_900);
    let stranger = Stranger {
        words: "crystal umbrella october scorpion",
        key: "k3m7q-2xw5a-hj4tp-n6zbd-c8rvf",
        note: None,
    };
    Some(match scene {
        "asked" => Scene::Asked {
            name: "alice@laptop",
            address: "10.1.2.3",
            acquaintance: Acquaintance::Stranger(stranger),
        },
        "checked" => Scene::Checked {
            target,
            is_answered: true,
            stranger,
        },
        "connecting" => Scene::Connecting { target, elapsed },
        "ringing" => Scene::Ringing { target, elapsed },
        "redialling" => Scene::Redialling {
            target,
            reason: "nothing was heard from the other end for ten seconds",
            remaining: Duration::from_millis(3_200),
        },
        "card" => Scene::Call(Panel::Card {
            title: "camera off",
            detail: "alice@laptop has turned the camera off; you can still write",
        }),
        "hostile" => Scene::Call(Panel::Card {
            title: "\x1b[31mred\x07 \u{202e}evil\u{200b}",
            detail: "Z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}algo 👩\u{200d}👩\u{200d}👧 ok",
        }),
        _ => return None,
    })
}

/// A conversation, and when its last message came.
fn conversation(scene: &str) -> (Chat, Instant) {
    #[expect(
        clippy::disallowed_methods,
        reason = "an example has no loop to read the clock"
    )]
    let start = Instant::now();
    let mut chat = Chat::default();
    let texts: &[(Speaker, &str)] = match scene {
        "chat" | "typing" | "beside" | "scrolled" => &[
            (Speaker::Program, "call began"),
            (Speaker::Peer, "hello! can you see me?"),
            (Speaker::Me, "yes, crisp. Is that the new lamp?"),
            (
                Speaker::Peer,
                "it is, and the picture is much better now than with the old one, which made \
                 everything yellow and half of me dark",
            ),
            (Speaker::Me, "日本語も大丈夫 👍🏽"),
            (Speaker::Peer, "great ❤️ shall we meet at eight?"),
        ],
        _ => &[],
    };
    let count = if scene == "scrolled" { 5 } else { 1 };
    for (speaker, text) in texts.iter().cycle().take(texts.len() * count) {
        let name = match speaker {
            Speaker::Me => "bob@studio",
            Speaker::Peer => "alice@laptop",
            Speaker::Program => "",
        };
        chat.push(ChatMessage {
            speaker: *speaker,
            name: name.to_owned(),
            time: "14:03".to_owned(),
            text: (*text).to_owned(),
            at: start,
        });
    }
    if scene == "scrolled" {
        chat.scroll(-9);
    }
    (chat, start)
}

fn figures(scene: &'static str, received: PixelSize) -> Status<'static> {
    let away = match scene {
        "alone" | "waiting" => Some("waiting"),
        "asked" => Some("incoming call"),
        "connecting" => Some("connecting"),
        "redialling" => Some("call lost"),
        "checked" | "ringing" => Some("ringing"),
        _ => None,
    };
    if let Some(state) = away {
        let rest = Status::default();
        return Status { state, ..rest };
    }
    Status {
        state: "in call",
        peer: Some("alice@laptop"),
        camera: Some("UVC Camera 640x480 YUYV at 30"),
        sent_size: Some(PixelSize::new(320, 240)),
        received_size: Some(received),
        sent_rate: 29.97,
        shown_rate: 29.6,
        round_trip: Some(Duration::from_millis(12)),
        age: Some(Duration::from_millis(38)),
        wire_rate: 118_300.0,
        terminal_rate: 1_240_000.0,
        dropped: 3,
        broken: 0,
        frozen: (scene == "frozen").then_some(Duration::from_secs(3)),
        ..Status::default()
    }
}

/// The cells as escapes; `home` for a screen of its own, else rows that end in a line end.
fn ansi(buffer: &Buffer, home: bool) -> String {
    let mut out = String::new();
    for (index, row) in buffer
        .content
        .chunks(usize::from(buffer.area.width))
        .enumerate()
    {
        if home {
            out += &format!("\x1b[{};1H", index + 1);
        }
        let mut covered = 0;
        for cell in row {
            if covered > 0 {
                covered -= 1;
                continue;
            }
            covered = ttychat::ui::text::width(cell.symbol()).saturating_sub(1);
            style(&mut out, cell);
            out.push_str(cell.symbol());
        }
        out.push_str(if home { "\x1b[0m" } else { "\x1b[0m\n" });
    }
    out
}

fn style(out: &mut String, cell: &Cell) {
    out.push_str("\x1b[0");
    for (modifier, code) in [
        (Modifier::BOLD, "1"),
        (Modifier::DIM, "2"),
        (Modifier::REVERSED, "7"),
    ] {
        if cell.modifier.contains(modifier) {
            out.push_str(&[";", code].concat());
        }
    }
    for (color, base) in [(cell.fg, 30), (cell.bg, 40)] {
        let code = match color {
            Color::Rgb(r, g, b) => format!(";{};2;{r};{g};{b}", base + 8),
            Color::Indexed(index) => format!(";{};5;{index}", base + 8),
            Color::Black => format!(";{base}"),
            Color::Cyan => format!(";{}", base + 6),
            Color::Yellow => format!(";{}", base + 3),
            Color::Gray => format!(";{}", base + 7),
            Color::White => format!(";{}", base + 67),
            _ => continue,
        };
        out.push_str(&code);
    }
    out.push('m');
}
