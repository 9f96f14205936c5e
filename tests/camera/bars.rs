//! Colour bars: of vivid, the kernel's test driver, of the webcam's uncompressed pictures, and of
//! its JPEGs, which are made here.

use crate::pty::half_block_colors_of_row;
use std::path::Path;
use ttychat::media::{Picture, PixelSize, jpeg::Compressor};
use vt100::{Color, Screen};

/// Fewest cells of a bar, so that the blur between two bars is not taken for one.
const CELL_COUNT_MIN: usize = 3;

/// How far a channel may be from what was painted: it has been through JPEG once or twice, and
/// through YCbCr.
const TOLERANCE: u8 = 24;

/// The same of greys, which are 13 levels apart.
const TOLERANCE_GREY: u8 = 6;

/// The sizes of the webcam's pictures.
pub(crate) const WEBCAM_SIZES: [PixelSize; 2] =
    [PixelSize::new(320, 240), PixelSize::new(640, 480)];

/// Eight bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bars {
    pub(crate) name: &'static str,
    /// From left to right, in red, green and blue.
    colors: [[u8; 3]; 8],
    tolerance: u8,
    /// Whether they stand still, or go round.
    motion: Motion,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Motion {
    GoRound,
    StandStill,
}

/// vivid's first test pattern: all at 75 %.
pub(crate) const VIVID: Bars = Bars {
    name: "vivid's bars",
    colors: falling(191),
    tolerance: TOLERANCE,
    motion: Motion::StandStill,
};

/// The same in a mirror.
pub(crate) const VIVID_MIRRORED: Bars = Bars {
    name: "vivid's bars in a mirror",
    colors: reversed(VIVID.colors),
    ..VIVID
};

/// The same without colour: 191 times the shares of BT.709, 0.2126, 0.7152 and 0.0722.
pub(crate) const VIVID_GREY: Bars = Bars {
    name: "vivid's bars in grey",
    colors: [
        [191; 3], [177; 3], [150; 3], [137; 3], [54; 3], [41; 3], [14; 3], [0; 3],
    ],
    tolerance: TOLERANCE_GREY,
    motion: Motion::StandStill,
};

/// The other way round and in full colours, so that one camera is not taken for the other.
pub(crate) const WEBCAM: Bars = Bars {
    name: "the webcam's bars",
    colors: reversed(falling(255)),
    tolerance: TOLERANCE,
    motion: Motion::StandStill,
};

/// The webcam's uncompressed pictures.
pub(crate) const WEBCAM_YUYV: Bars = Bars {
    name: "the webcam's moving bars",
    colors: falling(255),
    tolerance: TOLERANCE,
    motion: Motion::GoRound,
};

/// All of the above; at most one is on a screen.
pub(crate) const ALL: [&Bars; 5] = [&VIVID, &VIVID_GREY, &VIVID_MIRRORED, &WEBCAM, &WEBCAM_YUYV];

/// White, yellow, cyan, green, magenta, red, blue, black, with `high` for what is not 0.
const fn falling(high: u8) -> [[u8; 3]; 8] {
    [
        [high, high, high],
        [high, high, 0],
        [0, high, high],
        [0, high, 0],
        [high, 0, high],
        [high, 0, 0],
        [0, 0, high],
        [0, 0, 0],
    ]
}

const fn reversed(colors: [[u8; 3]; 8]) -> [[u8; 3]; 8] {
    let [white, yellow, cyan, green, magenta, red, blue, black] = colors;
    [black, blue, red, magenta, green, cyan, yellow, white]
}

/// Neighbouring cells that show the same bar.
struct Run {
    bar: usize,
    cells: Vec<[u8; 3]>,
}

impl Bars {
    /// How many rows of a screen show all bars, in order and in their colours.
    pub(crate) fn row_count(&self, screen: &Screen) -> usize {
        let (rows, _) = screen.size();
        (0..rows.get())
            .filter(|row| self.runs_of_row(screen, *row).is_some())
            .count()
    }

    /// The largest difference of a channel from what was painted, each bar taken as a whole.
    pub(crate) fn deviation(&self, screen: &Screen) -> u8 {
        let (rows, _) = screen.size();
        let runs = (0..rows.get()).filter_map(|row| self.runs_of_row(screen, row));
        let runs: Vec<Run> = runs.flatten().collect();
        let of_bar = |(bar, painted): (usize, &[u8; 3])| {
            let cells = runs.iter().filter(|run| run.bar == bar);
            let cells = cells.flat_map(|run| run.cells.iter().copied());
            let cells: Vec<_> = cells.collect();
            // Of those that move one may be cut off.
            (!cells.is_empty()).then(|| difference(*painted, median(&cells)))
        };
        let bars = self.colors.iter().enumerate().filter_map(of_bar);
        bars.max().unwrap_or(u8::MAX)
    }

    /// The bars of a row; `None` when not all are there.
    fn runs_of_row(&self, screen: &Screen, row: u16) -> Option<Vec<Run>> {
        let mut runs: Vec<Run> = Vec::new();
        let colors = half_block_colors_of_row(screen, row);
        let seen = colors.iter().map(|cell| match cell.0 {
            Color::Rgb(red, green, blue) => {
                let color = [red, green, blue];
                self.bar_of(color).map(|bar| (bar, color))
            }
            _ => None,
        });
        let seen: Vec<_> = seen.collect();
        for cells in seen.chunk_by(|a, b| a.map(|a| a.0) == b.map(|b| b.0)) {
            let Some((bar, _)) = cells.first().copied().flatten() else {
                continue;
            };
            // A short run is a blur, and noise within a bar does not make it two.
            let cells = cells.iter().flatten().map(|cell| cell.1);
            match runs.last_mut() {
                _ if cells.clone().count() < CELL_COUNT_MIN => {}
                Some(last) if last.bar == bar => last.cells.extend(cells),
                _ => runs.push(Run {
                    bar,
                    cells: cells.collect(),
                }),
            }
        }
        let cell_count: usize = runs.iter().map(|run| run.cells.len()).sum();
        // The rest is blur between the bars, of colours more where they move and lie across the
        // blocks of the JPEG. Beside the picture it is as good as black.
        let quarters = match self.motion {
            Motion::GoRound => 2,
            Motion::StandStill => 3,
        };
        let is_full = cell_count >= colors.len() / 4 * quarters;
        self.whole(runs).filter(|_| is_full)
    }

    /// Those that are all bars, without what lies beside them.
    fn whole(&self, mut runs: Vec<Run>) -> Option<Vec<Run>> {
        let count = self.colors.len();
        let follows = |pair: &[Run]| match pair {
            [a, b] => (a.bar + 1) % count == b.bar,
            _ => false,
        };
        match self.motion {
            Motion::StandStill => {
                let is_whole = |runs: &[Run]| runs.iter().map(|run| run.bar).eq(0..count);
                let from = runs.windows(count).position(is_whole)?;
                runs.drain(..from);
                runs.truncate(count);
                Some(runs)
            }
            // Where the round is cut there may be too little of a bar to be seen.
            Motion::GoRound => {
                let is_whole = runs.len() + 1 >= count && runs.windows(2).all(follows);
                is_whole.then_some(runs)
            }
        }
    }

    fn bar_of(&self, color: [u8; 3]) -> Option<usize> {
        let is_near = |bar: &[u8; 3]| difference(*bar, color) <= self.tolerance;
        self.colors.iter().position(is_near)
    }

    /// Writes them as JPEGs of the webcam's sizes into a folder.
    pub(crate) fn write_jpegs(&self, folder: &Path) {
        for size in WEBCAM_SIZES {
            let count = u32::try_from(self.colors.len()).expect("8");
            let pixels = (0..size.width * size.height).flat_map(|index| {
                let bar = index % size.width * count / size.width;
                let bar = usize::try_from(bar).expect("below 8");
                *self.colors.get(bar).expect("a bar")
            });
            let picture = Picture::from_rgb(size, pixels.collect()).expect("as many as said");
            let mut jpeg = Vec::new();
            Compressor::default()
                .compress(&picture, 85, &mut jpeg)
                .expect("compressed");
            let name = format!("{}x{}.jpg", size.width, size.height);
            std::fs::write(folder.join(name), jpeg).expect("written");
        }
    }
}

/// The largest of a channel.
fn difference(a: [u8; 3], b: [u8; 3]) -> u8 {
    let channels = a.iter().zip(b).map(|(a, b)| a.abs_diff(b));
    channels.max().unwrap_or_default()
}

/// The median of each channel.
fn median(colors: &[[u8; 3]]) -> [u8; 3] {
    [0, 1, 2].map(|channel| {
        let mut values: Vec<u8> = colors.iter().map(|color| color[channel]).collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or_default()
    })
}
