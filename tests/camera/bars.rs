//! Colour bars: of vivid, the kernel's test driver, and of the webcam's JPEGs, which are made here.

use crate::pty::half_block_colors_of_row;
use std::path::Path;
use ttychat::media::{Picture, PixelSize, jpeg::Compressor};
use vt100::{Color, Screen};

/// How far a channel may be from what was painted: it has been through JPEG once or twice, and
/// through YCbCr.
const TOLERANCE: u8 = 24;

/// Fewest cells of a bar, so that the blur between two bars is not taken for one.
const CELL_COUNT_MIN: usize = 3;

/// The sizes of the webcam's pictures.
pub(crate) const WEBCAM_SIZES: [PixelSize; 2] =
    [PixelSize::new(320, 240), PixelSize::new(640, 480)];

/// Eight bars, from left to right, each with or without red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bars {
    bars: [[bool; 3]; 8],
    /// The value of a channel that is there.
    high: u8,
}

/// White, yellow, cyan, green, magenta, red, blue, black, at 75 %: vivid's first test pattern.
pub(crate) const VIVID: Bars = Bars {
    bars: [
        [true, true, true],
        [true, true, false],
        [false, true, true],
        [false, true, false],
        [true, false, true],
        [true, false, false],
        [false, false, true],
        [false, false, false],
    ],
    high: 191,
};

/// The other way round and in full colours, so that one camera is not taken for the other.
pub(crate) const WEBCAM: Bars = Bars {
    bars: [
        [false, false, false],
        [false, false, true],
        [true, false, false],
        [true, false, true],
        [false, true, false],
        [false, true, true],
        [true, true, false],
        [true, true, true],
    ],
    high: 255,
};

impl Bars {
    /// How many rows of a screen show all bars, in order and in their colours.
    pub(crate) fn row_count(&self, screen: &Screen) -> usize {
        let (rows, _) = screen.size();
        let is_row = |row: &u16| self.are_in(&half_block_colors_of_row(screen, *row));
        (0..rows.get()).filter(is_row).count()
    }

    fn are_in(&self, row: &[(Color, Color)]) -> bool {
        let mut seen: Vec<[bool; 3]> = Vec::new();
        for cells in row.chunk_by(|a, b| self.channels(a.0) == self.channels(b.0)) {
            let channels = cells.first().and_then(|cell| self.channels(cell.0));
            // A short run is a blur, and noise within a bar does not make it two.
            if let Some(channels) = channels
                && cells.len() >= CELL_COUNT_MIN
                && seen.last() != Some(&channels)
            {
                seen.push(channels);
            }
        }
        seen.windows(self.bars.len()).any(|seen| seen == self.bars)
    }

    fn channels(&self, color: Color) -> Option<[bool; 3]> {
        let Color::Rgb(red, green, blue) = color else {
            return None;
        };
        let channel = |value: u8| {
            let is_low = value <= TOLERANCE;
            (is_low || value.abs_diff(self.high) <= TOLERANCE).then_some(!is_low)
        };
        Some([channel(red)?, channel(green)?, channel(blue)?])
    }

    /// Writes them as JPEGs of the webcam's sizes into a folder.
    pub(crate) fn write_jpegs(&self, folder: &Path) {
        for size in WEBCAM_SIZES {
            let width = self.bars.len();
            let pixels = (0..size.width * size.height).flat_map(|index| {
                let bar = index % size.width * u32::try_from(width).expect("8") / size.width;
                let bar = usize::try_from(bar).expect("below 8");
                let bar = self.bars.get(bar).expect("a bar");
                bar.map(|is_there| if is_there { self.high } else { 0 })
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
