//! Patches: of a picture only the blocks that changed, side by side in a sheet that is a JPEG.
//!
//! Blocks are the units of 4:2:0, so each is compressed as it would be in the whole picture. A
//! patch does not say how a block differs but what it is, so nothing adds up: an error in one
//! block is over when that block comes again.
//!
//! Invariant: what a peer says of a patch is checked before a pixel is touched, and laying one
//! touches only the blocks that it names.

mod patcher;

use super::{Picture, PixelSize};
pub use patcher::{Made, Patcher, Wish};

/// Side of a block, in pixels.
pub const BLOCK_SIDE: u32 = 16;

/// Most blocks side by side in a sheet: 4096 pixels.
const SHEET_COLUMNS: u32 = 256;

/// Bytes of a pixel.
const PIXEL: usize = 3;

/// Which blocks of a picture are meant.
///
/// Blocks are counted row by row from the top left; those at the right and lower edge may be cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockSet {
    /// Of the picture.
    size: PixelSize,
    /// A bit a block, the first one the highest of the first byte; those without a block are 0.
    bits: Vec<u8>,
}

impl BlockSet {
    /// No block of a picture of `size`.
    pub fn new(size: PixelSize) -> Self {
        let mut set = Self::default();
        set.reset(size);
        set
    }

    /// The set that `bits` stand for; `None` when they are not as many as `size` has blocks, name
    /// one that there is not, or name none.
    pub fn parse(size: PixelSize, bits: &[u8]) -> Option<Self> {
        let set = Self {
            size,
            bits: bits.to_vec(),
        };
        let block_count = set.block_count() as usize;
        let spare_count = bits.len().checked_mul(8)?.checked_sub(block_count)?;
        let spare_bits = bits.last()? & !(0xff_u8 << spare_count.min(7));
        (spare_count < 8 && spare_bits == 0 && set.count() > 0).then_some(set)
    }

    /// Empties it, for a picture of `size`, keeping its allocation.
    pub fn reset(&mut self, size: PixelSize) {
        self.size = size;
        let len = (self.block_count() as usize).div_ceil(8);
        self.bits.clear();
        self.bits.resize(len, 0);
    }

    /// Adds a block, counted from 0. One that there is not is left out.
    pub fn insert(&mut self, index: u32) {
        if index < self.block_count()
            && let Some(byte) = self.bits.get_mut(index as usize / 8)
        {
            *byte |= 0x80 >> (index % 8);
        }
    }

    /// Of the whole picture.
    pub const fn size(&self) -> PixelSize {
        self.size
    }

    /// See [`Self::parse`].
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// How many blocks it holds.
    pub fn count(&self) -> u32 {
        self.bits.iter().map(|byte| byte.count_ones()).sum()
    }

    /// How many blocks the picture has.
    pub const fn block_count(&self) -> u32 {
        self.columns() * self.size.height.div_ceil(BLOCK_SIDE)
    }

    /// The blocks that it holds, in their order.
    pub fn indexes(&self) -> impl Iterator<Item = u32> + '_ {
        let bytes = (0..).step_by(8).zip(&self.bits);
        bytes.flat_map(|(first, byte)| {
            let held = (0..8).filter(move |bit| byte & (0x80 >> bit) != 0);
            held.map(move |bit| first + bit)
        })
    }

    /// How large the sheet is that holds these blocks: in rows of equal length, as few as can be.
    pub fn sheet_size(&self) -> PixelSize {
        let columns = self.sheet_columns();
        let rows = self.count().div_ceil(columns.max(1));
        PixelSize::new(columns * BLOCK_SIDE, rows * BLOCK_SIDE)
    }

    /// Copies the blocks of `picture` into `sheet`, whose size it sets. What lies beyond the edges
    /// repeats them, so that it costs nothing.
    ///
    /// It does nothing if the picture is not of this size.
    pub fn pack(&self, picture: &Picture, sheet: &mut Picture) {
        if picture.size() != self.size {
            return;
        }
        sheet.reset(self.sheet_size());
        if !self.count().is_multiple_of(self.sheet_columns().max(1)) {
            sheet.rgb_mut().fill(128);
        }
        for (slot, index) in (0..).zip(self.indexes()) {
            let (from, to, inside) = self.places(slot, index);
            for row in 0..inside.height {
                copy_row(picture, from.down(row), sheet, to.down(row), inside.width);
            }
            repeat_edges(sheet, to, inside);
        }
    }

    /// Copies the blocks in `sheet` to their places in `picture`. Says whether both had the size
    /// that they must have; if not, nothing is touched.
    pub fn lay(&self, sheet: &Picture, picture: &mut Picture) -> bool {
        if picture.size() != self.size || sheet.size() != self.sheet_size() {
            return false;
        }
        for (slot, index) in (0..).zip(self.indexes()) {
            let (to, from, inside) = self.places(slot, index);
            for row in 0..inside.height {
                copy_row(sheet, from.down(row), picture, to.down(row), inside.width);
            }
        }
        true
    }

    const fn columns(&self) -> u32 {
        self.size.width.div_ceil(BLOCK_SIDE)
    }

    fn sheet_columns(&self) -> u32 {
        let count = self.count();
        count.div_ceil(count.div_ceil(SHEET_COLUMNS).max(1))
    }

    /// Where the block `index` is in the picture and, as the one of this number, in the sheet; and
    /// how much of it is inside the picture.
    fn places(&self, slot: u32, index: u32) -> (Place, Place, PixelSize) {
        let place = |index: u32, columns: u32| Place {
            x: index % columns.max(1) * BLOCK_SIDE,
            y: index / columns.max(1) * BLOCK_SIDE,
        };
        let there = place(index, self.columns());
        let inside = PixelSize::new(
            BLOCK_SIDE.min(self.size.width.saturating_sub(there.x)),
            BLOCK_SIDE.min(self.size.height.saturating_sub(there.y)),
        );
        (there, place(slot, self.sheet_columns()), inside)
    }
}

/// A pixel of a picture.
#[derive(Clone, Copy, Debug)]
struct Place {
    x: u32,
    y: u32,
}

impl Place {
    const fn down(self, rows: u32) -> Self {
        Self {
            x: self.x,
            y: self.y + rows,
        }
    }

    /// Of its first byte.
    const fn offset(self, width: u32) -> usize {
        (self.y as usize * width as usize + self.x as usize) * PIXEL
    }
}

/// Copies `width` pixels; none if there are not so many.
fn copy_row(from: &Picture, from_at: Place, to: &mut Picture, to_at: Place, width: u32) {
    let len = width as usize * PIXEL;
    let (start, end) = (from_at.offset(from.size().width), to.size().width);
    let source = from.rgb().get(start..start + len);
    let start = to_at.offset(end);
    let target = to.rgb_mut().get_mut(start..start + len);
    if let (Some(source), Some(target)) = (source, target) {
        target.copy_from_slice(source);
    }
}

/// Fills the block at `at`, of which `inside` is painted, with the nearest pixels.
fn repeat_edges(sheet: &mut Picture, at: Place, inside: PixelSize) {
    let PixelSize { width, height } = inside;
    let row_len = sheet.size().width;
    for row in 0..height {
        for column in width.max(1)..BLOCK_SIDE {
            let start = at.down(row).offset(row_len) + column as usize * PIXEL;
            sheet.rgb_mut().copy_within(start - PIXEL..start, start);
        }
    }
    for row in height.max(1)..BLOCK_SIDE {
        let start = at.down(row - 1).offset(row_len);
        let end = start + BLOCK_SIDE as usize * PIXEL;
        let below = at.down(row).offset(row_len);
        sheet.rgb_mut().copy_within(start..end, below);
    }
}
