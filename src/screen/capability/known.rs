//! What is known of terminals by their names.
//!
//! It does not ask. Source of the versions: the terminals' release notes and sources, as far as
//! each line says.

use super::name::{Name, Version};

/// The finest of the glyphs that a terminal draws itself, without a font and so without gaps; each
/// includes those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum DrawnGlyphs {
    /// Maybe the half blocks, which all fonts have.
    #[default]
    Halves,
    /// Quadrants: 2x2 a cell.
    Quadrants,
    /// Sextants (Unicode 13): 2x3 a cell.
    Sextants,
    /// Octants (Unicode 16): 2x4 a cell.
    Octants,
}

/// A terminal that shows 24 bits in each version that names itself, and since when it draws what
/// itself.
struct Known {
    /// The first word of its name.
    word: &'static str,
    quadrants: Option<Version>,
    sextants: Option<Version>,
    octants: Option<Version>,
}

const NEVER: Option<Version> = None;

/// `XTerm` is not here: what it shows depends on how it was built, and it answers when it is asked.
/// Where the glyphs come from a font, or nobody knows since when they do not, it says never.
const KNOWN: [Known; 13] = {
    const fn known(word: &'static str, drawn: [Option<Version>; 3]) -> Known {
        let [quadrants, sextants, octants] = drawn;
        Known {
            word,
            quadrants,
            sextants,
            octants,
        }
    }
    let font = [NEVER; 3];
    [
        // The numbers of alacritty_terminal, in its secondary attributes: 0.17.0 came with
        // Alacritty 0.11, 0.24.1 with 0.14 (alacritty#7534).
        known(
            "Alacritty",
            [
                Some(Version(1_700, 0, 0)),
                Some(Version(2_401, 0, 0)),
                NEVER,
            ],
        ),
        known(
            "contour",
            [Some(Version(0, 3, 0)), Some(Version(0, 3, 0)), NEVER],
        ),
        known(
            "foot",
            [
                Some(Version(1, 9, 0)),
                Some(Version(1, 9, 0)),
                Some(Version(1, 20, 0)),
            ],
        ),
        known(
            "ghostty",
            [
                Some(Version(1, 0, 0)),
                Some(Version(1, 0, 0)),
                Some(Version(1, 2, 0)),
            ],
        ),
        known("iTerm2", [Some(Version(3, 0, 0)), NEVER, NEVER]),
        // Three sextants were wrong before (kitty#3106).
        known(
            "kitty",
            [
                Some(Version(0, 19, 3)),
                Some(Version(0, 19, 3)),
                Some(Version(0, 40, 0)),
            ],
        ),
        known("Konsole", [Some(Version(20, 0, 0)), NEVER, NEVER]),
        known("mintty", font),
        known("Rio", font),
        known(
            "VTE",
            [
                Some(Version(6_600, 0, 0)),
                Some(Version(6_600, 0, 0)),
                Some(Version(7_800, 0, 0)),
            ],
        ),
        known(
            "WezTerm",
            [
                Some(Version(20_210_814, 0, 0)),
                Some(Version(20_210_814, 0, 0)),
                NEVER,
            ],
        ),
        known("WindowsTerminal", font),
        known("xterm.js", font),
    ]
};

fn find(name: &Name) -> Option<&'static Known> {
    let is_named = |known: &&Known| known.word.eq_ignore_ascii_case(name.word());
    KNOWN.iter().find(is_named)
}

/// Whether a terminal of this name shows 24 bits.
pub(super) fn shows_rgb(name: &Name) -> bool {
    find(name).is_some()
}

/// What a terminal of this name draws itself.
pub(super) fn drawn_glyphs(name: &Name) -> DrawnGlyphs {
    let Some(known) = find(name) else {
        return DrawnGlyphs::Halves;
    };
    let has = |since: Option<Version>| since.is_some_and(|since| since <= name.version());
    let drawn = [
        (known.octants, DrawnGlyphs::Octants),
        (known.sextants, DrawnGlyphs::Sextants),
        (known.quadrants, DrawnGlyphs::Quadrants),
    ];
    let finest = drawn.into_iter().find(|(since, _)| has(*since));
    finest.map_or(DrawnGlyphs::Halves, |(_, glyphs)| glyphs)
}

/// The name of a terminal that gives none, by its secondary device attributes (measured, but for
/// Windows Terminal, Terminal.app and xterm.js).
pub(super) fn name_by_attributes(attributes: [u32; 3]) -> Option<Name> {
    let text = match attributes {
        [0, 10, 1] => "WindowsTerminal".to_owned(),
        [0, 276, 0] => "xterm.js".to_owned(),
        // Before 0.4 it was not the version.
        [0, version @ 400..10_000, 1] => format!("Alacritty {version}"),
        [1, 95, 0] => "Terminal.app".to_owned(),
        // Before 0.36 it had no 24 bits; 61 since 0.76, 65 before.
        [61 | 65, version @ 3_600..10_000, 1] => format!("VTE {version}"),
        [83, version, 0] => format!("screen {}.{}", version / 10_000, version / 100 % 100),
        [84, ..] => "tmux".to_owned(),
        [85, _, 0] => "rxvt-unicode".to_owned(),
        _ => return None,
    };
    Name::new(&text)
}
