//! Names, messages and reasons of others that try to act on the terminal, through the whole of the
//! drawing to a terminal core that is not ours.

use crate::terminal::{Terminal, cells, draw, screen};
use ratatui::buffer::{Buffer, CellWidth};
use std::time::{Duration, Instant};
use ttychat::{
    media::scale::Fit,
    screen::{Window, canvas::Canvas, capability::Ground, color::ColorDepth, glyph::GlyphSet},
    ui::{
        self, Acquaintance, ControlPanel, Overlay, Panel, Scene, Status, Stranger, View,
        chat::{Chat, ChatMessage, Speaker},
    },
};

/// What each of them would do is said beside it.
const CORPUS: &[&str] = &[
    "\x1b[2J\x1b[H\x1b[31mred",                      // Clears the screen.
    "\x1b]0;owned\x07",                              // Names the window.
    "\x1b]2;owned\x1b\\",                            // The same, ended otherwise.
    "\x1b]52;c;cm0gLXJmIC8K\x07",                    // Writes the clipboard.
    "\x1b]8;;https://evil.example\x1b\\x\x1b]8;;",   // A link.
    "\x1b[6n\x1b[c\x1b[>c\x1bZ\x05",                 // Questions whose answers would be keys.
    "\x1b[?1049l\x1b[?25h\x1b[?2004l",               // Leaves the alternate screen.
    "\x1b[?1003h\x1b[?1006h",                        // Reports the mouse as keys.
    "\x1bP+q544e\x1b\\",                             // Asks for capabilities.
    "\x1b[21t\x1b[20t",                              // Has the title typed.
    "\x1bc\x1b[!p",                                  // Resets the terminal.
    "\x1b(0lqqk\x1b(B\x0e\x0f",                      // Changes the alphabet.
    "\x1b[5i\x1b[4i",                                // Prints.
    "\x1b_Gf=24;AAAA\x1b\\\x1b^x\x1b\\",             // Draws with graphics.
    "\x1b[1;5r\x1b[?6h\x1b[5L\x1b[3S\x1bM\x1bD",     // Scrolls.
    "\u{9b}2J\u{9b}31m",                             // C1: the same in one character.
    "\u{9d}0;owned\u{9c}",                           // C1: a title.
    "\u{90}q\u{9c}\u{85}\u{84}\u{8d}",               // C1: graphics, lines.
    "a\rb\nc\x0bd\x0ce\tf\x08\x08g\x07\x7f\0",       // C0.
    "\u{202e}gpj.exe\u{202c}",                       // Written backwards.
    "\u{2066}\u{2067}\u{2068}abc\u{2069}",           // Isolates that nobody closes.
    "\u{200f}\u{200e}\u{61c}abc",                    // Marks of direction.
    "a\u{200b}l\u{200c}i\u{200d}c\u{2060}e\u{feff}", // Looks like alice.
    "\u{e0001}\u{e0061}\u{e007f}",                   // Tags.
    "\u{3164}\u{115f}\u{1160}\u{ffa0}\u{180e}",      // Fillers: a name of nothing.
    "\u{2028}\u{2029}\u{fff9}\u{fffa}\u{fffb}",      // Line ends and annotations.
    "Z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{30a}\u{30b}", // A tower.
    "\u{301}\u{301}\u{301}",                         // Marks without a letter.
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}", // One sign or four.
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}\u{fe0f}",  // A flag with tags.
    "\u{1f1e9}\u{1f1ea}\u{1f1e9}",                   // Half a flag.
    "\u{915}\u{94d}\u{915}\u{94d}\u{915}\u{94d}\u{915}\u{94d}\u{915}", // A wide conjunct.
    "\u{fdfd}\u{12219}\u{a9c5}",                     // Very wide signs.
    "\u{ffff}\u{fffe}\u{fdd0}\u{10ffff}",            // No characters.
    "日本語日本語日本語日本語日本語日本語日本語",    // Wide, at every edge.
];

fn hostile_view<'a>(chat: &'a Chat, text: &'a str, scene: Scene<'a>, now: Instant) -> View<'a> {
    View {
        now,
        window: Window {
            cells: cells(60, 20),
            pixel_aspect: 1.0,
        },
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
        status: Status {
            state: "in call",
            peer: Some(text),
            ..Status::default()
        },
        notice: Some(text),
    }
}

#[expect(clippy::disallowed_methods, reason = "virtual time begins somewhere")]
#[test]
fn no_text_of_others_acts_on_the_terminal() {
    let now = Instant::now();
    for text in CORPUS {
        let mut chat = Chat::default();
        chat.push(ChatMessage {
            speaker: Speaker::Peer,
            name: (*text).to_owned(),
            time: "14:03".to_owned(),
            text: (*text).to_owned(),
            at: now,
        });
        let stranger = Stranger {
            words: text,
            key: text,
            note: Some(text),
        };
        let card = Panel::Card {
            title: text,
            detail: text,
        };
        let scenes = [
            Scene::Asked {
                name: text,
                address: text,
                acquaintance: Acquaintance::Stranger(stranger),
            },
            Scene::Asked {
                name: text,
                address: text,
                acquaintance: Acquaintance::Known { since: text },
            },
            Scene::Checked {
                target: text,
                is_answered: true,
                stranger,
            },
            Scene::Call(card),
            Scene::Redialling {
                target: text,
                reason: text,
                remaining: Duration::from_secs(1),
            },
        ];
        let mut screen = screen(60, 20);
        let mut terminal = Terminal::new(cells(60, 20));
        for scene in scenes {
            let view = hostile_view(&chat, text, scene, now);
            screen.backend_mut().set_title(&ui::title(&view));
            let (bytes, wanted) = draw(&mut screen, |frame| {
                ui::draw(&view, frame, &mut Canvas::default());
            });
            terminal.write(&bytes);
            assert_reads(&terminal, &wanted);
        }
        let heard = terminal.heard();
        assert_eq!(heard.bells, 0, "{text:?}");
        for title in &heard.titles {
            assert!(
                title.ends_with("ttychat"),
                "{text:?} names the window {title:?}"
            );
            assert!(!title.contains(char::is_control), "{text:?}");
        }
        assert!(!terminal.screen().alternate_screen() && !terminal.screen().bracketed_paste());
        let mouse = terminal.screen().mouse_protocol_mode();
        assert_eq!(mouse, vt100::MouseProtocolMode::None, "{text:?}");
    }
}

/// Every place has the sign that was painted there, so each was as wide as it was taken to be; and
/// the terminal met nothing that it does not know.
#[track_caller]
fn assert_reads(terminal: &Terminal, wanted: &Buffer) {
    for row in 0..wanted.area.height {
        let mut covered = 0;
        for column in 0..wanted.area.width {
            if covered > 0 {
                covered -= 1;
                continue;
            }
            let painted = &wanted[(column, row)];
            covered = painted.cell_width().max(1) - 1;
            let shown = terminal.cell(column, row).contents();
            let shown = if shown.is_empty() { " " } else { shown };
            // Blanks may be drawn as blocks of the same colours.
            // A flag is one sign of two places to some, two signs to others.
            if painted.symbol() != " " {
                let is_shown = painted.symbol().starts_with(shown) && shown != " ";
                assert!(
                    is_shown,
                    "{shown:?} at {column},{row}, not {:?}",
                    painted.symbol()
                );
            }
        }
    }
    assert_eq!(terminal.heard().unknown, Vec::<String>::new());
}
