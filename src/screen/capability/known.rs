//! What is known of terminals by their names.
//!
//! It does not ask. Source of the versions: the terminals' release notes and sources, as far as
//! each line says.

use super::name::{Name, Version};

/// Families of glyphs that a terminal draws itself: without a font, and so without gaps between
/// cells. What it does not draw itself it may show all the same, as its font has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DrawnGlyphs(u8);

impl DrawnGlyphs {
    /// None that is known of.
    pub const NONE: Self = Self(0);
    /// Half blocks, 1x2 pixels a cell.
    pub const HALVES: Self = Self(1);
    /// Quadrants, 2x2.
    pub const QUADRANTS: Self = Self(1 << 1);
    /// Sextants (Unicode 13), 2x3.
    pub const SEXTANTS: Self = Self(1 << 2);
    /// Octants (Unicode 16), 2x4.
    pub const OCTANTS: Self = Self(1 << 3);
    /// Braille, 2x4 dots.
    pub const BRAILLE: Self = Self(1 << 4);

    /// Whether all of `families` are drawn.
    pub const fn contains(self, families: Self) -> bool {
        self.0 & families.0 == families.0
    }

    /// These and those.
    #[must_use]
    pub const fn with(self, families: Self) -> Self {
        Self(self.0 | families.0)
    }
}

/// A terminal that shows 24 bits in each version that names itself, and since when it draws what
/// itself.
struct Known {
    /// The first word of its name.
    word: &'static str,
    drawn: &'static [(Version, DrawnGlyphs)],
}

const BLOCKS: DrawnGlyphs = DrawnGlyphs::HALVES.with(DrawnGlyphs::QUADRANTS);
const SEXTANTS: DrawnGlyphs = DrawnGlyphs::SEXTANTS;
const OCTANTS: DrawnGlyphs = DrawnGlyphs::OCTANTS;
const BRAILLE: DrawnGlyphs = DrawnGlyphs::BRAILLE;

/// `XTerm` is not here: what it shows depends on how it was built, and it answers when it is asked.
/// Where the glyphs come from a font, or nobody knows since when they do not, nothing is drawn.
const KNOWN: [Known; 13] = {
    const fn known(word: &'static str, drawn: &'static [(Version, DrawnGlyphs)]) -> Known {
        Known { word, drawn }
    }
    [
        // The numbers of alacritty_terminal, in its secondary attributes: 0.17.0 came with
        // Alacritty 0.11, 0.24.1 with 0.14 (alacritty#7534).
        known(
            "Alacritty",
            &[
                (Version(1_700, 0, 0), BLOCKS),
                (Version(2_401, 0, 0), SEXTANTS),
            ],
        ),
        known("contour", &[(Version(0, 3, 0), BLOCKS.with(SEXTANTS))]),
        known(
            "foot",
            &[
                (Version(1, 9, 0), BLOCKS.with(SEXTANTS)),
                (Version(1, 9, 1), BRAILLE),
                (Version(1, 20, 0), OCTANTS),
            ],
        ),
        known(
            "ghostty",
            &[
                (Version(1, 0, 0), BLOCKS.with(SEXTANTS).with(BRAILLE)),
                (Version(1, 2, 0), OCTANTS),
            ],
        ),
        known("iTerm2", &[(Version(3, 0, 0), BLOCKS)]),
        // Three sextants were wrong before 0.19.3 (kitty#3106). Braille is in the source of
        // 0.26.5, and may be older.
        known(
            "kitty",
            &[
                (Version(0, 19, 3), BLOCKS.with(SEXTANTS)),
                (Version(0, 26, 5), BRAILLE),
                (Version(0, 40, 0), OCTANTS),
            ],
        ),
        known("Konsole", &[(Version(20, 0, 0), BLOCKS)]),
        known("mintty", &[]),
        known("Rio", &[]),
        known(
            "VTE",
            &[
                (Version(6_600, 0, 0), BLOCKS.with(SEXTANTS)),
                (Version(7_800, 0, 0), OCTANTS),
            ],
        ),
        // Its documentation of custom_block_glyphs.
        known(
            "WezTerm",
            &[
                (Version(20_210_314, 0, 0), BLOCKS),
                (Version(20_210_814, 0, 0), SEXTANTS.with(BRAILLE)),
            ],
        ),
        // Neither tells its version, and older ones use the font.
        known("WindowsTerminal", &[]),
        known("xterm.js", &[]),
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
    let drawn = find(name).map_or(&[][..], |known| known.drawn);
    let is_new_enough = |(since, _): &&(Version, DrawnGlyphs)| *since <= name.version();
    let families = drawn.iter().filter(is_new_enough);
    families.fold(DrawnGlyphs::NONE, |all, (_, families)| all.with(*families))
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
