//! What real terminals answer, recorded, and what is made of it.

use crate::interview::Asked;
use ttychat::screen::{
    capability::{DrawnGlyphs, Ground, Multiplexer, Version},
    color::ColorDepth,
};

/// A terminal, and what is known when it has answered.
struct Terminal {
    environment: &'static [(&'static str, &'static str)],
    replies: &'static [u8],
    name: Option<&'static str>,
    depth: ColorDepth,
    synchronized: Option<bool>,
    glyphs: DrawnGlyphs,
    cell: Option<(u16, u16)>,
    ground: Ground,
    multiplexer: Multiplexer,
}

const QUADRANTS: DrawnGlyphs = DrawnGlyphs::HALVES.with(DrawnGlyphs::QUADRANTS);
const SEXTANTS: DrawnGlyphs = QUADRANTS.with(DrawnGlyphs::SEXTANTS);
const OCTANTS: DrawnGlyphs = SEXTANTS.with(DrawnGlyphs::OCTANTS);
const BRAILLE: DrawnGlyphs = DrawnGlyphs::BRAILLE;
/// Nothing that is known of.
const FONT: DrawnGlyphs = DrawnGlyphs::NONE;

/// Of which nothing more is known.
const UNKNOWN: Terminal = Terminal {
    environment: &[("TERM", "xterm-256color")],
    replies: b"",
    name: None,
    depth: ColorDepth::Indexed256,
    synchronized: None,
    glyphs: FONT,
    cell: None,
    ground: Ground::Dark,
    multiplexer: Multiplexer::None,
};

/// What the replies of others, not seen here, are taken from is said beside them.
const TERMINALS: [Terminal; 23] = [
    // XTerm 379, Debian 12.
    Terminal {
        environment: &[("TERM", "xterm")],
        replies: b"\x1bP>|XTerm(379)\x1b\\\x1b[>41;379;0c\x1b[?2026;0$y\
            \x1b]10;rgb:0000/0000/0000\x1b\\\x1b]11;rgb:ffff/ffff/ffff\x1b\\\
            \x1bP1$r0;8;48:2::1:2:3m\x1b\\\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c",
        name: Some("XTerm 379"),
        depth: ColorDepth::Truecolor,
        synchronized: Some(false),
        ground: Ground::Light,
        ..UNKNOWN
    },
    // foot 1.13.1, Debian 12.
    Terminal {
        replies: b"\x1bP>|foot(1.13.1)\x1b\\\x1b[>1;011301;0c\x1b[6;14;7t\x1b[?2026;2$y\
            \x1b]10;rgb:dcdc/dcdc/cccc\x1b\\\x1b]11;rgb:1111/1111/1111\x1b\\\
            \x1bP1+r524742=38\x1b\\\x1bP1$r0;8;48:2::1:2:3m\x1b\\\x1b[?62;4;22c",
        name: Some("foot 1.13.1"),
        depth: ColorDepth::Truecolor,
        synchronized: Some(true),
        glyphs: SEXTANTS.with(BRAILLE),
        cell: Some((7, 14)),
        ..UNKNOWN
    },
    // kitty 0.26.5, Debian 12: no capability RGB, but the pen is kept.
    Terminal {
        replies: b"\x1bP>|kitty(0.26.5)\x1b\\\x1b[>1;4000;26c\x1b[6;18;9t\x1b[?2026;2$y\
            \x1b]10;rgb:dddd/dddd/dddd\x1b\\\x1b]11;rgb:0000/0000/0000\x1b\\\
            \x1bP0+r524742\x1b\\\x1bP1$r48:2:1:2:3m\x1b\\\x1b[?62;c",
        name: Some("kitty 0.26.5"),
        depth: ColorDepth::Truecolor,
        synchronized: Some(true),
        glyphs: SEXTANTS.with(BRAILLE),
        cell: Some((9, 18)),
        ..UNKNOWN
    },
    // The same, newer; only its name has come yet.
    Terminal {
        replies: b"\x1bP>|kitty(0.48.2)\x1b\\",
        name: Some("kitty 0.48.2"),
        depth: ColorDepth::Truecolor,
        glyphs: OCTANTS.with(BRAILLE),
        ..UNKNOWN
    },
    // WezTerm, as others recorded it.
    Terminal {
        replies: b"\x1bP>|WezTerm 20240203-110809-5046fc22\x1b\\\x1b[>1;277;0c\x1b[6;22;11t\
            \x1b[?2026;2$y\x1bP1+r524742=382F382F38\x1b\\\x1b[?65;4;6;18;22;52c",
        name: Some("WezTerm 20240203-110809-5046fc22"),
        depth: ColorDepth::Truecolor,
        synchronized: Some(true),
        glyphs: SEXTANTS.with(BRAILLE),
        cell: Some((11, 22)),
        ..UNKNOWN
    },
    // ghostty, as others recorded it. Its secondary attributes are mosh's.
    Terminal {
        replies: b"\x1bP>|ghostty 1.3.1\x1b\\\x1b[>1;10;0c\x1b[6;34;17t\x1b[?2026;2$y\
            \x1b[?62;22c",
        name: Some("ghostty 1.3.1"),
        depth: ColorDepth::Truecolor,
        synchronized: Some(true),
        glyphs: OCTANTS.with(BRAILLE),
        cell: Some((17, 34)),
        ..UNKNOWN
    },
    // Alacritty 0.11, Debian 12: no name, no version but of its core.
    Terminal {
        replies: b"\x1b[>0;1700;1c\x1b]10;rgb:c5c5/c8c8/c6c6\x1b\\\
            \x1b]11;rgb:1d1d/1f1f/2121\x1b\\\x1b[?6c",
        name: Some("Alacritty 1700"),
        depth: ColorDepth::Truecolor,
        glyphs: QUADRANTS,
        ..UNKNOWN
    },
    // VTE 0.70.6 (GNOME Terminal, Debian 12): no name yet, DECRQSS of other things only.
    Terminal {
        replies: b"\x1b[>65;7006;1c\x1b[?2026;4$y\x1b]10;rgb:c000/c000/c000\x1b\\\
            \x1b]11;rgb:0000/0000/0000\x1b\\\x1bP0$r\x1b\\\x1b[?65;1;9c",
        name: Some("VTE 7006"),
        depth: ColorDepth::Truecolor,
        synchronized: Some(false),
        glyphs: SEXTANTS,
        ..UNKNOWN
    },
    // VTE 0.82, as its source has it.
    Terminal {
        replies: b"\x1bP>|VTE(8203)\x1b\\\x1b[>61;8203;1c\x1b[6;18;9t\x1b[?2026;2$y\
            \x1b[?61;1;21;22;28c",
        name: Some("VTE 8203"),
        depth: ColorDepth::Truecolor,
        synchronized: Some(true),
        glyphs: OCTANTS,
        cell: Some((9, 18)),
        ..UNKNOWN
    },
    // Konsole, as its source has it.
    Terminal {
        replies: b"\x1bP>|Konsole 25.12.3\x1b\\\x1b[>1;115;0c\x1b[6;19;10t\x1b[?62;1;4c",
        name: Some("Konsole 25.12.3"),
        depth: ColorDepth::Truecolor,
        glyphs: QUADRANTS,
        cell: Some((10, 19)),
        ..UNKNOWN
    },
    // iTerm2, as its source has it; a light theme.
    Terminal {
        replies: b"\x1bP>|iTerm2 3.5.14\x1b\\\x1b[>64;2500;0c\x1b[?2026;2$y\
            \x1b]11;rgb:fdfd/f6f6/e3e3\x07\x1bP1$r0;8;48:2:1:2:3m\x1b\\\x1b[?62;4c",
        name: Some("iTerm2 3.5.14"),
        depth: ColorDepth::Truecolor,
        synchronized: Some(true),
        glyphs: QUADRANTS,
        ground: Ground::Light,
        ..UNKNOWN
    },
    // Windows Terminal, as its source has it: no name.
    Terminal {
        replies: b"\x1b[>0;10;1c\x1b[6;20;10t\x1b[?2026;0$y\x1bP1$r0;8;48:2::1:2:3m\x1b\\\
            \x1b[?61;4;6;7;14;21;22;23;24;28;32;42;52c",
        name: Some("WindowsTerminal"),
        depth: ColorDepth::Truecolor,
        synchronized: Some(false),
        cell: Some((10, 20)),
        ..UNKNOWN
    },
    // xterm.js 5.5 (VS Code), as others recorded it.
    Terminal {
        replies: b"\x1b[>0;276;0c\x1b[?2026;0$y\x1b]10;rgb:ffff/ffff/ffff\x1b\\\
            \x1b]11;rgb:0f0f/1111/1515\x1b\\\x1b[?1;2c",
        name: Some("xterm.js"),
        depth: ColorDepth::Truecolor,
        synchronized: Some(false),
        ..UNKNOWN
    },
    // Terminal.app before macOS 26, as others recorded it.
    Terminal {
        replies: b"\x1b[>1;95;0c\x1b]10;rgb:0000/0000/0000\x07\x1b]11;rgb:ffff/ffff/ffff\x07\
            \x1b[?1;2c",
        name: Some("Terminal.app"),
        ground: Ground::Light,
        ..UNKNOWN
    },
    // mlterm 3.9.0, Debian 12: it says itself that it makes 256 of all colours.
    Terminal {
        environment: &[("TERM", "xterm")],
        replies: b"\x1b[>24;279;0c\x1b[6;19;10t\x1b[?2026;0$y\x1b]10;rgb:0000/0000/0000\x1b\\\
            \x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1bP0+r\x1b\\\x1bP1$r0;48;5;16m\x1b\\\
            \x1b[?63;1;2;3;4;6;7;15;18;22;29c",
        depth: ColorDepth::Indexed256,
        synchronized: Some(false),
        cell: Some((10, 19)),
        ground: Ground::Light,
        ..UNKNOWN
    },
    // rxvt-unicode 9.30, Debian 12.
    Terminal {
        environment: &[("TERM", "rxvt-unicode-256color"), ("COLORTERM", "rxvt-xpm")],
        replies: b"\x1b[>85;95;0c\x1b[?2026;0$y\x1b[?1;2c",
        name: Some("rxvt-unicode"),
        synchronized: Some(false),
        ..UNKNOWN
    },
    // tmux 3.3a, Debian 12, behind ssh: nobody says whether it shows 24 bits, so it chooses.
    Terminal {
        environment: &[("TERM", "tmux-256color")],
        replies: b"\x1bP>|tmux 3.3a\x1b\\\x1b[>84;0;0c\x1b[?1;2c",
        name: Some("tmux 3.3a"),
        depth: ColorDepth::Truecolor,
        multiplexer: Multiplexer::Tmux {
            version: Some(Version(3, 3, 0)),
        },
        ..UNKNOWN
    },
    // tmux that names itself screen, as it does by default.
    Terminal {
        environment: &[("TERM", "screen")],
        replies: b"\x1bP>|tmux 3.3a\x1b\\\x1b[>84;0;0c\x1b[?1;2c",
        name: Some("tmux 3.3a"),
        depth: ColorDepth::Truecolor,
        multiplexer: Multiplexer::Tmux {
            version: Some(Version(3, 3, 0)),
        },
        ..UNKNOWN
    },
    // GNU screen 4.9.0, Debian 12, in a terminal that says truecolor: it would blink.
    Terminal {
        environment: &[
            ("TERM", "screen.xterm-256color"),
            ("COLORTERM", "truecolor"),
            ("STY", "31038.pts-2.vm"),
        ],
        replies: b"\x1b[>83;40900;0c\x1b[?1;2c",
        name: Some("screen 4.9"),
        multiplexer: Multiplexer::Screen,
        ..UNKNOWN
    },
    // mosh 1.4.0, Debian 12.
    Terminal {
        replies: b"\x1b[>1;10;0c\x1b[?62c",
        name: Some("mosh"),
        multiplexer: Multiplexer::Mosh,
        ..UNKNOWN
    },
    // Zellij, as others recorded it.
    Terminal {
        replies: b"\x1bP>|Zellij(4501)\x1b\\\x1b[?62;4;52c",
        name: Some("Zellij 4501"),
        multiplexer: Multiplexer::Zellij,
        ..UNKNOWN
    },
    // A foot that was started from within tmux, and has its variables.
    Terminal {
        environment: &[
            ("TERM", "foot"),
            ("TMUX", "/tmp/tmux-0/default,1,0"),
            ("TERM_PROGRAM", "tmux"),
        ],
        replies: b"\x1bP>|foot(1.20.0)\x1b\\\x1b[?62;4;22c",
        name: Some("foot 1.20.0"),
        depth: ColorDepth::Truecolor,
        glyphs: OCTANTS.with(BRAILLE),
        ..UNKNOWN
    },
    // The Linux console, which is not asked.
    Terminal {
        environment: &[("TERM", "linux")],
        depth: ColorDepth::Ansi16,
        ..UNKNOWN
    },
];

#[track_caller]
fn check(terminal: &Terminal, asked: &Asked) {
    let (profile, known) = (asked.interview.profile(), asked.interview.capabilities());
    let told = terminal.replies.escape_ascii();
    assert_eq!(profile.name.as_deref(), terminal.name, "{told}");
    assert_eq!(profile.depth, terminal.depth, "{told}");
    assert_eq!(profile.synchronized, terminal.synchronized, "{told}");
    assert_eq!(profile.ground, terminal.ground, "{told}");
    assert_eq!(known.drawn_glyphs(), terminal.glyphs, "{told}");
    assert_eq!(known.cell_size(), terminal.cell, "{told}");
    assert_eq!(known.multiplexer(), terminal.multiplexer, "{told}");
    assert_eq!(asked.keys, [], "{told}");
}

#[test]
fn what_real_terminals_answer_is_understood() {
    for terminal in &TERMINALS {
        let mut asked = Asked::new(terminal.environment);
        asked.hear(&[terminal.replies]);
        check(terminal, &asked);
    }
}

/// Each cut lasts longer than an Esc key waits, as a lost segment of TCP makes it.
#[test]
fn answers_that_are_torn_are_answers_and_no_keys() {
    for terminal in &TERMINALS {
        for cut in 0..terminal.replies.len() {
            let (head, tail) = terminal.replies.split_at(cut);
            let mut asked = Asked::new(terminal.environment);
            asked.hear(&[head, tail]);
            check(terminal, &asked);
        }
    }
}

#[test]
fn answers_in_another_order_say_the_same() {
    for terminal in &TERMINALS {
        let mut replies: Vec<Vec<u8>> = Vec::new();
        for &byte in terminal.replies {
            // Each begins with the one ESC that does not end a string.
            let is_begin = byte == 0x1b
                && replies.last().is_none_or(|last| {
                    !matches!(last.get(1), Some(b'P' | b']'))
                        || last.ends_with(b"\\")
                        || last.ends_with(b"\x07")
                });
            if is_begin {
                replies.push(Vec::new());
            }
            replies.last_mut().unwrap().push(byte);
        }
        replies.reverse();
        let mut asked = Asked::new(terminal.environment);
        asked.hear(&replies.iter().map(Vec::as_slice).collect::<Vec<_>>());
        check(terminal, &asked);
    }
}

#[test]
fn glyphs_are_drawn_since_a_version() {
    for (text, glyphs) in [
        ("foot(1.8.2)", FONT),
        ("foot(1.9.0)", SEXTANTS),
        ("foot(1.9.1)", SEXTANTS.with(BRAILLE)),
        ("foot(1.19.0)", SEXTANTS.with(BRAILLE)),
        ("foot(1.20.0)", OCTANTS.with(BRAILLE)),
        ("kitty(0.39.1)", SEXTANTS.with(BRAILLE)),
        ("kitty(0.40.0)", OCTANTS.with(BRAILLE)),
        ("ghostty 1.1.3", SEXTANTS.with(BRAILLE)),
        ("ghostty 1.2.0", OCTANTS.with(BRAILLE)),
        ("ghostty", FONT),
        ("WezTerm 20210502-154244-3f7122cb", QUADRANTS),
        ("contour 0.4.3.6442", SEXTANTS),
        ("XTerm(400)", FONT),
        ("tmux 3.6", FONT),
        ("footling 9.9", FONT),
    ] {
        let mut asked = Asked::new(&[("TERM", "xterm-256color")]);
        asked.hear(&[format!("\x1bP>|{text}\x1b\\").as_bytes()]);
        assert_eq!(asked.interview.profile().glyphs, glyphs, "{text}");
    }
    assert!(OCTANTS.contains(SEXTANTS) && !SEXTANTS.contains(OCTANTS));
    assert!(SEXTANTS.contains(FONT) && !FONT.contains(DrawnGlyphs::HALVES));
}
