//! What a terminal shows: a core that is not ours reads the bytes, its cells become pixels.

use crate::image::{CELL_HEIGHT, CELL_WIDTH, Image};
use ttychat::screen::{CellSize, glyph::GlyphSet, shape};
use vt100::{Color, Parser};

/// How much of each of a cell's 4x8 pixels is in the foreground, from 0 to 1.
type Coverage = [[f32; CELL_WIDTH]; CELL_HEIGHT];

pub(crate) struct Decoder {
    parser: Parser,
    cells: CellSize,
    /// How many rows too high the picture was written.
    raised: u16,
}

impl Decoder {
    pub(crate) fn new(cells: CellSize) -> Self {
        Self::with_margin(cells, 0, 0)
    }

    /// For players that write `spare` rows more than the picture has, or begin above the screen.
    pub(crate) fn with_margin(cells: CellSize, spare: u16, raised: u16) -> Self {
        let parser = Parser::new(
            std::num::NonZero::new(cells.rows + spare).expect("a window has rows"),
            std::num::NonZero::new(cells.columns).expect("a window has columns"),
            0,
        );
        Self {
            parser,
            cells,
            raised,
        }
    }

    pub(crate) fn take(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
    }

    /// What is shown, 4x8 pixels a cell.
    ///
    /// # Panics
    ///
    /// On a character whose shape is not known here.
    pub(crate) fn image(&self) -> Image {
        let (columns, rows) = (
            usize::from(self.cells.columns),
            usize::from(self.cells.rows),
        );
        let mut image = Image::new(columns * CELL_WIDTH, rows * CELL_HEIGHT);
        for row in 0..self.cells.rows {
            for column in 0..self.cells.columns {
                let cell = self
                    .parser
                    .screen()
                    .cell(row.saturating_sub(self.raised), column);
                let Some(cell) = cell else { continue };
                let (mut fore, mut back) = (rgb(cell.fgcolor(), 255), rgb(cell.bgcolor(), 0));
                if cell.inverse() {
                    (fore, back) = (back, fore);
                }
                let symbol = cell.contents().chars().next().unwrap_or(' ');
                let Some(coverage) = coverage(symbol) else {
                    panic!("what shape has {symbol:?}?");
                };
                let left = usize::from(column) * CELL_WIDTH;
                let top = usize::from(row) * CELL_HEIGHT;
                for (y, line) in coverage.iter().enumerate() {
                    for (x, share) in line.iter().enumerate() {
                        let mix = |part: usize| {
                            let (fore, back) = (f32::from(fore[part]), f32::from(back[part]));
                            (back + (fore - back) * share).round() as u8
                        };
                        image.set(left + x, top + y, [mix(0), mix(1), mix(2)]);
                    }
                }
            }
        }
        image
    }
}

/// xterm's palette.
fn rgb(color: Color, default: u8) -> [u8; 3] {
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
    match color {
        Color::Default => [default; 3],
        Color::Rgb(red, green, blue) => [red, green, blue],
        Color::Idx(index @ 0..=15) => NAMED[usize::from(index)],
        Color::Idx(index @ 16..=231) => {
            let level = |part: u8| if part == 0 { 0 } else { 55 + 40 * part };
            let index = index - 16;
            [level(index / 36), level(index / 6 % 6), level(index % 6)]
        }
        Color::Idx(index) => [8 + 10 * (index - 232); 3],
    }
}

/// The shapes that players draw pictures with.
fn coverage(symbol: char) -> Option<Coverage> {
    let code = u32::from(symbol);
    Some(match symbol {
        ' ' => grid(1, 1, 0),
        '\u{2588}' => grid(1, 1, 1),
        '\u{2580}' => grid(1, 2, 0b01),
        '\u{2584}' => grid(1, 2, 0b10),
        '\u{258c}' => grid(2, 1, 0b01),
        '\u{2590}' => grid(2, 1, 0b10),
        '\u{2581}'..='\u{2587}' => grid(1, 8, 0xff << (8 - (code - 0x2580)) & 0xff),
        '\u{2589}'..='\u{258f}' => grid(8, 1, 0xff >> (code - 0x2588)),
        '\u{2596}'..='\u{259f}' => {
            // Bits: upper left, upper right, lower left, lower right.
            const SHAPES: [u32; 10] = [
                0b0100, 0b1000, 0b0001, 0b1101, 0b1001, 0b0111, 0b1011, 0b0010, 0b0110, 0b1110,
            ];
            grid(2, 2, SHAPES[(code - 0x2596) as usize])
        }
        '\u{1fb00}'..='\u{1fb3b}' => {
            // In order, without those that other characters have.
            let index = code - 0x1fb00 + 1;
            let shape = index + u32::from(index >= 0b010_101) + u32::from(index >= 0b101_001);
            grid(2, 3, shape)
        }
        '\u{2800}'..='\u{28ff}' => braille(code - 0x2800),
        '\u{1cd00}'..='\u{1cde5}' | '\u{1fb82}' | '\u{1fb85}' => {
            let mut patterns = 0..=u8::MAX;
            let found = patterns.find(|bits| GlyphSet::Octant.character(*bits) == symbol)?;
            grid(2, 4, found.into())
        }
        _ => shape::cover(symbol).map(letter)?,
    })
}

/// The cell in parts, `across` x `down`, of which the bits say whether they are foreground; the
/// lowest is the upper left, then to the right. Parts that do not fit the pixels cover shares.
fn grid(across: usize, down: usize, bits: u32) -> Coverage {
    let mut coverage = Coverage::default();
    let share = |pixel: usize, pixels: usize, part: usize, parts: usize| {
        let start = (pixel * parts).max(part * pixels);
        let end = ((pixel + 1) * parts).min((part + 1) * pixels);
        end.saturating_sub(start) as f32 / parts as f32
    };
    for (y, line) in coverage.iter_mut().enumerate() {
        for (x, sum) in line.iter_mut().enumerate() {
            for part in 0..across * down {
                if bits >> part & 1 == 1 {
                    *sum += share(x, CELL_WIDTH, part % across, across)
                        * share(y, CELL_HEIGHT, part / across, down);
                }
            }
        }
    }
    coverage
}

/// What a letter covers, an eighth of the cell each.
fn letter(cover: [u8; 8]) -> Coverage {
    let mut coverage = Coverage::default();
    for (y, line) in coverage.iter_mut().enumerate() {
        for (x, share) in line.iter_mut().enumerate() {
            let part = cover[y * 4 / CELL_HEIGHT * 2 + x * 2 / CELL_WIDTH];
            *share = f32::from(part) / 255.0;
        }
    }
    coverage
}

/// Dots, which fill about a quarter of their eighth of the cell.
fn braille(bits: u32) -> Coverage {
    const PLACES: [usize; 8] = [0, 2, 4, 1, 3, 5, 6, 7];
    let parts = (0..8).fold(0, |parts, bit| parts | (bits >> bit & 1) << PLACES[bit]);
    grid(2, 4, parts).map(|line| line.map(|share| share * 0.25))
}
