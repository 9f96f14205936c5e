//! Colour depths, and how RGB becomes a colour that the terminal has.
//!
//! It does not know the environment.
//!
//! Invariant: a colour that the terminal has is shown as itself.

mod mix;

use super::grid::Ink;
use mix::{Mix, Mixes};
use ratatui::style::Color;
use std::{ops::Range, sync::LazyLock};

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColorDepth {
    /// None: a ramp of characters.
    Mono,
    /// The 16 named ones.
    Ansi16,
    /// The xterm cube and greys.
    Indexed256,
    /// 24 bits.
    #[default]
    Truecolor,
}

/// What the name of the terminal tells. An unknown one gets 16 colours: one without 24 bits reads
/// `38;2;r;g;b` as five attributes, and blinks.
pub(super) fn of_term(term: &str) -> ColorDepth {
    /// Terminals that show 24 bits and whose names do not say so.
    const TRUECOLOR: [&str; 9] = [
        "alacritty",
        "contour",
        "foot",
        "ghostty",
        "rio",
        "wezterm",
        "xterm-ghostty",
        "xterm-kitty",
        "xterm-wezterm",
    ];
    let term = term.to_ascii_lowercase();
    let is_old_glass = term
        .strip_prefix("vt")
        .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    if term.ends_with("-direct")
        || TRUECOLOR.iter().any(|name| {
            term.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest == "-extra")
        })
        // Each console of Windows that obeys escapes shows 24 bits, and has no name; shells that
        // come from Unix give it one of these.
        || (cfg!(windows) && matches!(term.as_str(), "" | "cygwin" | "xterm-256color"))
    {
        ColorDepth::Truecolor
    } else if term.ends_with("-256color") {
        ColorDepth::Indexed256
    } else if is_old_glass || term.ends_with("-mono") || term.ends_with("-m") {
        ColorDepth::Mono
    } else {
        ColorDepth::Ansi16
    }
}

/// The entry of the xterm palette's cube and greys (16–255) that looks nearest to `rgb`.
///
/// The first 16 are left out, because people change them.
pub fn nearest_256(rgb: [u8; 3]) -> u8 {
    TABLES.nearest(rgb, 16..256)
}

/// The one of the 16 named colours that looks nearest to `rgb`, as they are by default in xterm.
pub fn nearest_16(rgb: [u8; 3]) -> u8 {
    TABLES.nearest(rgb, 0..16)
}

/// How a colour looks, unless the person changed the palette; `None` for the terminal's own two.
pub fn rgb_of(color: Color) -> Option<[u8; 3]> {
    match color {
        Color::Reset => None,
        Color::Rgb(red, green, blue) => Some([red, green, blue]),
        Color::Indexed(index) => Some(palette_rgb(index)),
        named => named_index(named).map(palette_rgb),
    }
}

/// Where a colour is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    /// The glyph.
    Fore,
    /// What lies behind it.
    Back,
}

/// Turns ratatui's colours into those of a terminal of one depth, and remembers what it found.
#[derive(Debug)]
pub(super) struct ColorMap {
    depth: ColorDepth,
    /// What the colours became, by the high bits of their three levels: a search takes a hundred
    /// times as long as a look here, and a frame asks tens of thousands of times.
    found: Vec<Option<u8>>,
    /// The same for what is mixed, see [`Self::mixed`].
    mixes: Mixes,
}

impl ColorMap {
    /// Bits of a level that decide. No two entries of the palette have all of them in common.
    const LEVEL_BITS: u32 = 6;

    pub(super) fn new(depth: ColorDepth) -> Self {
        let range = match depth {
            ColorDepth::Ansi16 => 0..16_u16,
            ColorDepth::Indexed256 => 16..256,
            ColorDepth::Mono | ColorDepth::Truecolor => 0..0,
        };
        let len = if range.is_empty() {
            0
        } else {
            1 << (3 * Self::LEVEL_BITS)
        };
        let (mut found, mut mixed) = (vec![None; len], vec![None; len]);
        // What the terminal has is shown as itself, whatever else is near.
        for index in range.filter_map(|index| u8::try_from(index).ok()) {
            let slot = Self::slot(palette_rgb(index));
            if let (Some(place), Some(mix)) = (found.get_mut(slot), mixed.get_mut(slot)) {
                (*place, *mix) = (Some(index), Some(Mix::single(index)));
            }
        }
        Self {
            depth,
            found,
            mixes: Mixes::new(mixed),
        }
    }

    #[inline]
    fn slot(rgb: [u8; 3]) -> usize {
        rgb.into_iter().fold(0, |slot, level| {
            slot << Self::LEVEL_BITS | usize::from(level >> (8 - Self::LEVEL_BITS))
        })
    }

    pub(super) const fn depth(&self) -> ColorDepth {
        self.depth
    }

    /// `color` as this terminal is told it.
    pub(super) fn ink(&mut self, color: Color, layer: Layer) -> Ink {
        let own = match layer {
            Layer::Fore => Ink::FOREGROUND,
            Layer::Back => Ink::BACKGROUND,
        };
        match (self.depth, color) {
            (ColorDepth::Mono, _) | (_, Color::Reset) => own,
            (ColorDepth::Truecolor, Color::Rgb(red, green, blue)) => Ink::rgb([red, green, blue]),
            (_, Color::Rgb(red, green, blue)) => self.nearest([red, green, blue]),
            (ColorDepth::Ansi16, Color::Indexed(index @ 16..)) => {
                self.nearest(palette_entry(usize::from(index)))
            }
            (_, Color::Indexed(index @ 16..)) => Ink::indexed(index),
            (_, named) => named_index(named).map_or(own, Ink::named),
        }
    }

    /// Whether each RGB colour can be told.
    pub(super) fn is_exact(&self) -> bool {
        self.depth == ColorDepth::Truecolor
    }

    /// The colour of a palette that looks nearest to `rgb`, give or take two levels.
    pub(super) fn nearest(&mut self, rgb: [u8; 3]) -> Ink {
        let index = self.nearest_index(rgb);
        if self.depth == ColorDepth::Ansi16 {
            Ink::named(index)
        } else {
            Ink::indexed(index)
        }
    }

    fn nearest_index(&mut self, rgb: [u8; 3]) -> u8 {
        let slot = Self::slot(rgb);
        match self.found.get(slot).copied().flatten() {
            Some(index) => index,
            None => self.find(rgb, slot),
        }
    }

    /// The middle of all colours that share a slot with `rgb`.
    fn middle(rgb: [u8; 3]) -> [u8; 3] {
        let kept = 0xff << (8 - Self::LEVEL_BITS);
        rgb.map(|level| level & kept | ((!kept >> 1) + 1))
    }

    /// The entry for all colours of a slot: the nearest to its middle.
    #[cold]
    fn find(&mut self, rgb: [u8; 3], slot: usize) -> u8 {
        let middle = Self::middle(rgb);
        let index = match self.depth {
            ColorDepth::Ansi16 => nearest_16(middle),
            _ => nearest_256(middle),
        };
        if let Some(place) = self.found.get_mut(slot) {
            *place = Some(index);
        }
        index
    }

    /// A foreground for text that stays legible where `fore` and `back` became the same colour:
    /// black or white, whichever is farther from `back`.
    pub(super) fn legible(&self, color: Color) -> Ink {
        let rgb = match color {
            Color::Rgb(red, green, blue) => [red, green, blue],
            other => palette_entry(usize::from(match other {
                Color::Indexed(index) => index,
                named => named_index(named).unwrap_or(0),
            })),
        };
        let is_light = TABLES.lab(rgb).lightness > 0.6;
        match (self.depth, is_light) {
            (ColorDepth::Ansi16, true) => Ink::named(0),
            (ColorDepth::Ansi16, false) => Ink::named(15),
            (_, true) => Ink::indexed(16),
            (_, false) => Ink::indexed(231),
        }
    }
}

/// The number of one of the 16; `None` for other colours.
const fn named_index(color: Color) -> Option<u8> {
    Some(match color {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        Color::Indexed(index) if index < 16 => index,
        Color::Reset | Color::Rgb(..) | Color::Indexed(_) => return None,
    })
}

/// How much more a difference in hue counts than one in lightness. Palettes have many greys and few
/// dull colours, so that without it most of a face is grey; with twice as much its light is lost.
/// Chosen by eye.
const CHROMA_WEIGHT: f32 = 1.5;

/// A colour in `OKLab`, where distances are nearly those that people see, but for the weight of
/// the hue. Source: B. Ottosson, "A perceptual color space for image processing", 2020.
#[derive(Clone, Copy, Debug)]
struct Lab {
    lightness: f32,
    green_red: f32,
    blue_yellow: f32,
}

struct Tables {
    /// sRGB to linear light, IEC 61966-2-1.
    linear: [f32; 256],
    palette: [[u8; 3]; 256],
    /// By coordinate and not by entry, so that the search takes four entries at a time.
    lightness: [f32; 256],
    green_red: [f32; 256],
    blue_yellow: [f32; 256],
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let linear = std::array::from_fn(|value| {
        let value = u8::try_from(value).map_or(1.0, |value| f32::from(value) / 255.0);
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    let none = [0.0; 256];
    let tables = Tables {
        linear,
        palette: [[0; 3]; 256],
        lightness: none,
        green_red: none,
        blue_yellow: none,
    };
    let entries: [Lab; 256] = std::array::from_fn(|index| tables.lab(palette_entry(index)));
    Tables {
        linear,
        palette: std::array::from_fn(palette_entry),
        lightness: entries.map(|entry| entry.lightness),
        green_red: entries.map(|entry| entry.green_red),
        blue_yellow: entries.map(|entry| entry.blue_yellow),
    }
});

impl Tables {
    fn lab(&self, rgb: [u8; 3]) -> Lab {
        let [red, green, blue] =
            rgb.map(|value| self.linear.get(usize::from(value)).copied().unwrap_or(1.0));
        let long = (0.412_221_46 * red + 0.536_332_55 * green + 0.051_445_995 * blue).cbrt();
        let medium = (0.211_903_5 * red + 0.680_699_5 * green + 0.107_396_96 * blue).cbrt();
        let short = (0.088_302_46 * red + 0.281_718_85 * green + 0.629_978_7 * blue).cbrt();
        let green_red = 1.977_998_5 * long - 2.428_592_2 * medium + 0.450_593_7 * short;
        let blue_yellow = 0.025_904_037 * long + 0.782_771_77 * medium - 0.808_675_77 * short;
        Lab {
            lightness: 0.210_454_26 * long + 0.793_617_8 * medium - 0.004_072_047 * short,
            green_red: green_red * CHROMA_WEIGHT,
            blue_yellow: blue_yellow * CHROMA_WEIGHT,
        }
    }

    /// The palette entry nearest to `rgb` among those of `range`.
    fn nearest(&self, rgb: [u8; 3], range: Range<usize>) -> u8 {
        let wanted = self.lab(rgb);
        let entries = (0_u32..)
            .zip(&self.lightness)
            .zip(&self.green_red)
            .zip(&self.blue_yellow);
        let distances = entries.map(|(((index, lightness), green_red), blue_yellow)| {
            let lightness = lightness - wanted.lightness;
            let green_red = green_red - wanted.green_red;
            let blue_yellow = blue_yellow - wanted.blue_yellow;
            let square = lightness * lightness + green_red * green_red + blue_yellow * blue_yellow;
            // As bits, floats that are not negative sort like numbers. The last eight are below a
            // hundredth of a percent and make room for the entry.
            square.to_bits() & !0xff | index
        });
        let nearest = distances
            .take(range.end)
            .skip(range.start)
            .min()
            .unwrap_or(0);
        let [.., index] = nearest.to_be_bytes();
        index
    }
}

/// How entry `index` of the palette looks, unless the person changed it.
#[inline]
pub(super) fn palette_rgb(index: u8) -> [u8; 3] {
    #[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
    TABLES.palette[usize::from(index)]
}

/// Entry `index` of xterm's default palette. Source: xterm, `XTerm-col.ad` and `256colres.pl`.
fn palette_entry(index: usize) -> [u8; 3] {
    const NAMED: [[u8; 3]; 16] = [
        [0, 0, 0],
        [205, 0, 0],
        [0, 205, 0],
        [205, 205, 0],
        [0, 0, 238],
        [205, 0, 205],
        [0, 205, 205],
        [229, 229, 229],
        [127, 127, 127],
        [255, 0, 0],
        [0, 255, 0],
        [255, 255, 0],
        [92, 92, 255],
        [255, 0, 255],
        [0, 255, 255],
        [255, 255, 255],
    ];
    let index = u8::try_from(index).unwrap_or(u8::MAX);
    match index {
        0..=15 => NAMED.get(usize::from(index)).copied().unwrap_or_default(),
        16..=231 => {
            let cube = index - 16;
            [cube / 36, cube / 6 % 6, cube % 6]
                .map(|level| if level == 0 { 0 } else { 55 + 40 * level })
        }
        232..=255 => [8 + 10 * (index - 232); 3],
    }
}
