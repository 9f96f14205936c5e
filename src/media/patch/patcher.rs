//! Compresses pictures for an end that still shows the one before.
//!
//! What is compared is what comes from the camera with what the other end really shows, that is
//! what was compressed, decompressed. A block is sent again when it is wrong by clearly more than
//! compression itself made it wrong when it was sent; so the tolerance follows both the quality and
//! what is in the block, and no slow change can stay below it for long. An edge of strong colours
//! makes that tolerance large, and when it moves on its ghost would stay: so a block comes as well
//! when a part of it is not what it was when it was sent.

use super::{BLOCK_SIDE, BlockSet, PIXEL};
use crate::media::{
    Picture, PixelSize,
    jpeg::{self, Compressor, Decompressor, JpegError, Limits},
};
use std::time::{Duration, Instant};

/// By how many times its own error of compression a block may be wrong, as squares.
const TOLERANCE: f32 = 2.0;
/// The same for one that has not been sent for [`REST`]: nothing moves there any more.
const TOLERANCE_AT_REST: f32 = 1.3;
/// Mean square by which a value may be wrong besides: what is left of noise comes and goes.
const FLOOR: f32 = 4.0;

/// Side of the parts of a block that are looked at by themselves, in pixels.
const PART_SIDE: u32 = 4;
const PART_VALUE_COUNT: f32 = 48.0;
/// Mean square by which a value of a part may have changed since it was sent, for each level of
/// quality below [`QUALITY_OF_NO_CHANGE`]: 16 levels at the finest, 24 at the
/// coarsest.
const CHANGE: f32 = 6.0;
const QUALITY_OF_NO_CHANGE: f32 = 110.0;

/// How long a block rests before it is worth sending it finer; and from one time to the next.
const REST: Duration = Duration::from_millis(400);
/// Part of all blocks, as a divisor, that must wait for that, because a sheet of another quality
/// carries tables of its own; and how long fewer wait.
const SHARPENED_DIVISOR: usize = 20;
const LONG_REST: Duration = Duration::from_millis(1600);
/// Finest quality for that, while other blocks of the same sheet move.
const SHARPENED_QUALITY_LIMIT: u8 = 80;

/// Eighths of all blocks beyond which the whole picture is no longer than a patch.
const SHARE_EIGHTHS: usize = 7;
/// Pictures for which no patch is tried after so many in a row brought nothing, at most.
const UNTRIED_LIMIT: u32 = 16;

/// What our own JPEGs may be.
const LIMITS: Limits = Limits {
    len_max: usize::MAX,
    size_max: PixelSize::new(u16::MAX as u32, u16::MAX as u32),
};

/// How the next picture is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Of the JPEG, 1–100.
    pub quality: u8,
    /// For blocks that rest; no less than `quality` to make sense.
    pub resting_quality: u8,
    /// Whether the other end has, or will have, the picture compressed last.
    pub follows: bool,
    /// Whether nothing moves any more: all that is coarse is sent finer, at `quality`.
    pub settles: bool,
}

/// What was compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// Nothing: the other end shows it already.
    Nothing,
    /// Only these blocks.
    Patch(BlockSet),
    /// All of it.
    Whole,
}

/// What is known of a block at the other end.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// By how much it was wrong when it was sent, as the sum of squares.
    error: f32,
    quality: u8,
    sent_at: Instant,
}

/// Compresses the pictures of one source for one receiver.
///
/// It holds some pictures of their size.
#[derive(Debug, Default)]
pub struct Patcher {
    compressor: Compressor,
    decompressor: Decompressor,
    /// What the other end shows; nothing is known when it is empty.
    shown: Picture,
    /// A whole picture that was sent last and not yet decompressed into `shown`. Empty when it is
    /// done.
    whole: Vec<u8>,
    /// What each block was like when it was sent, before compression.
    source: Picture,
    blocks: Vec<Block>,
    /// Of the JPEG made last.
    quality: u8,
    sharpened_at: Option<Instant>,
    /// How many patches in a row would have been too long, and how many pictures more go untried.
    miss_count: u32,
    untried_count: u32,
    // Scratch.
    errors: Vec<f32>,
    changes: Vec<f32>,
    chosen: BlockSet,
    sheet: Picture,
    decoded: Picture,
    jpeg: Vec<u8>,
}

impl Patcher {
    /// Appends `picture`, or the blocks of it that the other end does not show yet, to `out` as a
    /// JPEG whose tables come first, so that they are the same in all.
    ///
    /// # Errors
    /// When the picture is empty or wider or higher than 65,535; nothing is known then.
    pub fn compress(
        &mut self,
        now: Instant,
        picture: &Picture,
        wish: Wish,
        out: &mut Vec<u8>,
    ) -> Result<Made, JpegError> {
        let made = self.try_compress(now, picture, wish, out);
        if made.is_err() {
            self.forget();
        }
        made
    }

    /// Of the JPEG made last, 1–100: not as wished where blocks were sent finer.
    pub const fn quality(&self) -> u8 {
        self.quality
    }

    /// What was compressed last did not reach the other end, or there is another one.
    pub fn forget(&mut self) {
        self.shown.reset(PixelSize::default());
        self.whole.clear();
        self.source.reset(PixelSize::default());
    }

    fn try_compress(
        &mut self,
        now: Instant,
        picture: &Picture,
        wish: Wish,
        out: &mut Vec<u8>,
    ) -> Result<Made, JpegError> {
        if wish.follows && self.source.size() == picture.size() && !picture.size().is_empty() {
            if self.untried_count == 0 {
                self.decode_whole()?;
                let quality = self.choose(now, picture, wish);
                let count = self.chosen.count() as usize;
                if count == 0 {
                    return Ok(Made::Nothing);
                }
                if count * 8 <= self.blocks.len() * SHARE_EIGHTHS {
                    self.miss_count = 0;
                    self.compress_patch(now, picture, quality, out)?;
                    return Ok(Made::Patch(self.chosen.clone()));
                }
                if !wish.settles {
                    self.untried_count = (1 << self.miss_count.min(8)).min(UNTRIED_LIMIT) - 1;
                    self.miss_count += 1;
                }
            } else {
                self.untried_count -= 1;
            }
        } else {
            (self.miss_count, self.untried_count) = (0, 0);
        }
        self.compress_whole(now, picture, wish.quality, out)?;
        Ok(Made::Whole)
    }

    fn compress_whole(
        &mut self,
        now: Instant,
        picture: &Picture,
        quality: u8,
        out: &mut Vec<u8>,
    ) -> Result<(), JpegError> {
        self.jpeg.clear();
        self.compressor.compress(picture, quality, &mut self.jpeg)?;
        jpeg::put_tables_first(&self.jpeg, LIMITS, out)?;
        self.quality = quality;
        self.whole.clone_from(&self.jpeg);
        self.source.clone_from(picture);
        self.chosen.reset(picture.size());
        let block = Block {
            error: 0.0,
            quality,
            sent_at: now,
        };
        self.blocks.clear();
        self.blocks
            .resize(self.chosen.block_count() as usize, block);
        Ok(())
    }

    /// Brings `shown` up to date after a whole picture: only when it is needed, for where all
    /// moves it never is.
    fn decode_whole(&mut self) -> Result<(), JpegError> {
        if self.whole.is_empty() {
            return Ok(());
        }
        self.decompressor
            .decompress(&self.whole, LIMITS, None, &mut self.shown)?;
        self.whole.clear();
        measure(&self.source, &self.shown, BLOCK_SIDE, &mut self.errors);
        for (block, error) in self.blocks.iter_mut().zip(&self.errors) {
            block.error = *error;
        }
        Ok(())
    }

    /// Chooses the blocks to send; gives the quality for them.
    fn choose(&mut self, now: Instant, picture: &Picture, wish: Wish) -> u8 {
        measure(picture, &self.shown, BLOCK_SIDE, &mut self.errors);
        self.chosen.reset(picture.size());
        self.choose_changed(picture, wish.quality);
        let finest = if wish.settles {
            wish.quality
        } else {
            wish.resting_quality.min(SHARPENED_QUALITY_LIMIT)
        };
        let age = |at: Instant| now.saturating_duration_since(at);
        let rests = |block: &Block| age(block.sent_at) >= REST;
        let is_coarse = |block: &Block| u32::from(finest) * 10 >= u32::from(block.quality) * 12;
        let waiting = self.blocks.iter();
        let waiting = waiting.filter(|block| is_coarse(block) && rests(block));
        let (count, longest) = waiting.fold((0, Duration::ZERO), |(count, longest), block| {
            (count + 1, age(block.sent_at).max(longest))
        });
        let is_worth = count * SHARPENED_DIVISOR >= self.blocks.len() || longest >= LONG_REST;
        let is_due = self.sharpened_at.is_none_or(|at| age(at) >= REST);
        let sharpens = wish.settles || is_worth && is_due;
        let value_counts = value_counts(picture.size());
        let blocks = self.blocks.iter().zip(&self.errors).zip(value_counts);
        for (index, ((block, error), value_count)) in (0..).zip(blocks) {
            let tolerance = if rests(block) {
                TOLERANCE_AT_REST
            } else {
                TOLERANCE
            };
            let is_wrong = *error > tolerance * block.error + FLOOR * value_count;
            let is_sharpened = sharpens && is_coarse(block) && (wish.settles || rests(block));
            if is_wrong || is_sharpened {
                self.chosen.insert(index);
            }
        }
        if !sharpens {
            return wish.quality;
        }
        self.sharpened_at = Some(now);
        finest.max(wish.quality)
    }

    /// Those of which a part is not what it was.
    fn choose_changed(&mut self, picture: &Picture, quality: u8) {
        measure(picture, &self.source, PART_SIDE, &mut self.changes);
        let most = CHANGE * (QUALITY_OF_NO_CHANGE - f32::from(quality)) * PART_VALUE_COUNT;
        let width = picture.size().width;
        let (columns, parts) = (width.div_ceil(BLOCK_SIDE), width.div_ceil(PART_SIDE));
        for (index, change) in (0..).zip(&self.changes) {
            if *change > most {
                let (row, column) = (index / parts, index % parts);
                let per_block = BLOCK_SIDE / PART_SIDE;
                self.chosen
                    .insert(row / per_block * columns + column / per_block);
            }
        }
    }

    fn compress_patch(
        &mut self,
        now: Instant,
        picture: &Picture,
        quality: u8,
        out: &mut Vec<u8>,
    ) -> Result<(), JpegError> {
        self.chosen.pack(picture, &mut self.sheet);
        self.jpeg.clear();
        self.compressor
            .compress(&self.sheet, quality, &mut self.jpeg)?;
        jpeg::put_tables_first(&self.jpeg, LIMITS, out)?;
        self.quality = quality;
        self.decompressor
            .decompress(&self.jpeg, LIMITS, None, &mut self.decoded)?;
        self.chosen.lay(&self.decoded, &mut self.shown);
        self.chosen.lay(&self.sheet, &mut self.source);
        measure(picture, &self.shown, BLOCK_SIDE, &mut self.errors);
        for index in self.chosen.indexes() {
            let index = index as usize;
            if let (Some(block), Some(error)) = (self.blocks.get_mut(index), self.errors.get(index))
            {
                *block = Block {
                    error: *error,
                    quality,
                    sent_at: now,
                };
            }
        }
        Ok(())
    }
}

/// Sums for each square of `side` pixels the squares of the differences of all values of two
/// pictures of one size.
fn measure(a: &Picture, b: &Picture, side: u32, errors: &mut Vec<f32>) {
    let width = a.size().width;
    let row_len = width as usize * PIXEL;
    let columns = width.div_ceil(side) as usize;
    errors.clear();
    if row_len == 0 {
        return;
    }
    let band_len = row_len * side as usize;
    for (band_a, band_b) in a.rgb().chunks(band_len).zip(b.rgb().chunks(band_len)) {
        let first = errors.len();
        errors.resize(first + columns, 0.0);
        for (row_a, row_b) in band_a.chunks(row_len).zip(band_b.chunks(row_len)) {
            let part_len = side as usize * PIXEL;
            let parts = row_a.chunks(part_len).zip(row_b.chunks(part_len));
            let sums = errors.get_mut(first..).unwrap_or_default();
            for (sum, (part_a, part_b)) in sums.iter_mut().zip(parts) {
                *sum += squares(part_a, part_b);
            }
        }
    }
}

/// The sum of the squares of the differences.
fn squares(a: &[u8], b: &[u8]) -> f32 {
    let squares = a.iter().zip(b).map(|(a, b)| {
        let difference = i32::from(*a) - i32::from(*b);
        difference * difference
    });
    #[expect(
        clippy::cast_precision_loss,
        reason = "48 values: it fits into 24 bits"
    )]
    let sum = squares.sum::<i32>() as f32;
    sum
}

/// How many values each block has that is inside a picture of `size`.
fn value_counts(size: PixelSize) -> impl Iterator<Item = f32> {
    let sides = |length: u32| {
        (0..length)
            .step_by(BLOCK_SIDE as usize)
            .map(move |start| BLOCK_SIDE.min(length - start))
    };
    sides(size.height).flat_map(move |height| {
        #[expect(clippy::cast_precision_loss, reason = "768 at most")]
        let counts = sides(size.width).map(move |width| (width * height) as f32 * PIXEL as f32);
        counts
    })
}
