//! How noisy the pictures of a source are, measured in the pictures.
//!
//! What changes from one picture to the next is noise and movement. Noise is everywhere, so where
//! least changes there is noise alone. And noise goes up and down, so that of two changes in a row
//! each undoes half of the other, while what moves goes on.
//!
//! A sensor's noise depends on the brightness, mostly through the gamma curve, which stretches
//! the dark: twice as much as in the light is usual. So both are measured apart.

use super::super::{Picture, PixelSize};

/// Pixels of a block, each way.
const BLOCK_SIDE: usize = 8;
/// Values in a row of a block.
const ROW_LEN: usize = BLOCK_SIDE * 3;
/// Values in a block.
const BLOCK_LEN: usize = ROW_LEN * BLOCK_SIDE;
/// Pixels of a block: the square of its side.
const PIXEL_COUNT: i32 = 64;
/// About how many blocks are looked at, spread over the picture.
const BLOCK_COUNT: usize = 128;
/// One in so many blocks counts: those that change least.
const QUIET_SHARE: usize = 7;
/// What the choice of the quietest blocks leaves out of the variance (measured).
const CHOICE_BIAS: f32 = 1.2;
/// Levels nearer to black or white than this may be cut off there, and the noise with them.
const CLIPPED: u8 = 5;

/// Most noise that is believed, as a variance: more is a picture in which everything moves.
const VARIANCE_MAX: f32 = 72.0;
/// How many times more variance is believed of the dark than of the light, and the reverse.
const CONTRAST: f32 = 9.0;
/// Levels between the dark and the light below which they are not told apart.
const DISTANCE_MIN: f32 = 32.0;

/// What part of the way to more noise is gone with one picture: movement seems noise for moments.
const RISE: f32 = 1.0 / 16.0;
/// The same to less noise.
const FALL: f32 = 1.0 / 4.0;
/// Pictures like the one before are left out: a slow source repeats them. After so many in a row
/// it is a still, which has no noise.
const REPEAT_COUNT_MIN: u32 = 30;

/// What is known of the noise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Noise {
    /// Standard deviation of a value from what it would be without noise, in levels.
    pub spread: f32,
    /// The same where it is black.
    pub black_spread: f32,
    /// The same where it is white.
    pub white_spread: f32,
    /// How alike the noise of neighbouring pixels is: 0.0 not at all, 1.0 the same.
    pub likeness: f32,
}

/// Follows the noise of one source.
#[derive(Debug, Default)]
pub struct NoiseMeter {
    size: PixelSize,
    blocks: Vec<Block>,
    changes: Vec<Change>,
    /// Pictures since the size is this.
    count: u16,
    repeat_count: u32,
    /// Of the darker half and of the lighter.
    halves: [Half; 2],
    likeness: f32,
}

/// A piece of the picture as it was.
#[derive(Clone, Copy, Debug)]
struct Block {
    levels: [u8; BLOCK_LEN],
    /// From the picture before.
    changes: [i16; BLOCK_LEN],
}

/// What changed in a block, apart from its mean; sums over all its values.
#[derive(Clone, Copy, Debug)]
struct Change {
    /// Of the squares.
    power: i32,
    /// Of the products with the change before.
    echo: i32,
    /// Of the products with the neighbour's change.
    likeness: i32,
    /// Of the levels.
    brightness: u16,
}

/// The noise of the blocks of about the same brightness.
#[derive(Clone, Copy, Debug, Default)]
struct Half {
    variance: f32,
    brightness: f32,
    likeness: f32,
}

impl NoiseMeter {
    /// Looks at the next picture and says how noisy they are.
    pub fn measure(&mut self, picture: &Picture) -> Noise {
        if self.size != picture.size() {
            let (blocks, changes) = (
                std::mem::take(&mut self.blocks),
                std::mem::take(&mut self.changes),
            );
            *self = Self {
                size: picture.size(),
                blocks,
                changes,
                ..Self::default()
            };
            self.blocks.clear();
        }
        self.compare(picture);
        self.count = self.count.saturating_add(1);
        let is_repeated = self.changes.iter().all(|change| change.power == 0);
        self.repeat_count = if is_repeated {
            self.repeat_count.saturating_add(1)
        } else {
            0
        };
        // Two changes need three pictures.
        if self.count > 2 && (!is_repeated || self.repeat_count >= REPEAT_COUNT_MIN) {
            self.follow();
        }
        self.noise()
    }

    /// The noise of the pictures so far.
    pub fn noise(&self) -> Noise {
        let [dark, light] = self.halves;
        let spread = (f32::midpoint(dark.variance, light.variance) * CHOICE_BIAS).sqrt();
        let distance = light.brightness - dark.brightness;
        let (mut black_spread, mut white_spread) = (spread, spread);
        if spread > 0.0 && distance >= DISTANCE_MIN {
            // The reciprocals lie on a line, more or less.
            let fineness = |half: Half| (half.variance * CHOICE_BIAS).sqrt().recip();
            let (low, high) = (fineness(dark), fineness(light));
            let at = |level: f32| {
                let on_line = low + (high - low) * (level - dark.brightness) / distance;
                let (least, most) = (low.min(high), low.max(high));
                on_line.clamp(least / 1.5, most * 1.5).recip()
            };
            (black_spread, white_spread) = (at(0.0), at(255.0));
        }
        Noise {
            spread,
            black_spread,
            white_spread,
            likeness: self.likeness,
        }
    }

    /// Sets `changes` to those of all blocks in which noise can be seen.
    fn compare(&mut self, picture: &Picture) {
        let side = |len: u32| len as usize / BLOCK_SIDE;
        let (columns, rows) = (side(self.size.width), side(self.size.height));
        let step = (columns * rows / BLOCK_COUNT).max(1);
        let row_len = self.size.width as usize * 3;
        let count = (columns * rows).div_ceil(step);
        self.blocks.resize(count, Block::NEW);
        self.changes.clear();
        for (block, place) in self.blocks.iter_mut().zip((0..).step_by(step)) {
            let (row, column) = (place / columns, place % columns);
            let start = row * BLOCK_SIDE * row_len + column * ROW_LEN;
            let from = picture.rgb().get(start..).unwrap_or_default();
            let rows = from.chunks(row_len).filter_map(|row| row.first_chunk());
            self.changes.extend(block.compare(rows.take(BLOCK_SIDE)));
        }
    }

    /// Goes part of the way to what the quietest blocks say.
    fn follow(&mut self) {
        let middle = self.changes.len() / 2;
        if middle > 0 {
            let brightness = |change: &Change| change.brightness;
            self.changes.select_nth_unstable_by_key(middle, brightness);
        }
        let (dark, light) = self.changes.split_at_mut(middle);
        let (mut dark, mut light) = (Half::of(dark), Half::of(light));
        dark.variance = dark.variance.min(light.variance * CONTRAST);
        light.variance = light.variance.min(dark.variance * CONTRAST);
        let at_first = f32::from(self.count - 2).recip();
        for (known, seen) in self.halves.iter_mut().zip([dark, light]) {
            let usual = if seen.variance < known.variance {
                FALL
            } else {
                RISE
            };
            let part = usual.max(at_first);
            known.variance += (seen.variance - known.variance) * part;
            known.brightness += (seen.brightness - known.brightness) * part;
        }
        let likeness = f32::midpoint(dark.likeness, light.likeness);
        self.likeness += (likeness - self.likeness) * RISE.max(at_first);
    }
}

impl Half {
    /// What the quietest of these blocks say.
    #[expect(clippy::cast_precision_loss, reason = "sums are far above the error")]
    fn of(changes: &mut [Change]) -> Self {
        let count = (changes.len() / QUIET_SHARE).max(1).min(changes.len());
        if count == 0 {
            return Self::default();
        }
        let power = |change: &Change| change.power;
        let (quiet, last, _) = changes.select_nth_unstable_by_key(count - 1, power);
        let (mut power, mut echo, mut likeness, mut brightness) = (0.0, 0.0, 0.0, 0.0);
        for change in quiet.iter().chain([&*last]) {
            power += change.power as f32;
            echo += change.echo as f32;
            likeness += change.likeness as f32;
            brightness += f32::from(change.brightness);
        }
        // A change is the difference of two noises, with twice the variance of one. The means of
        // the channels that were taken away count as values.
        let values = count as f32 * (BLOCK_LEN - 3) as f32;
        // Of eight pixels in a column, seven have a neighbour below.
        let alike = likeness / power.max(1.0) * 8.0 / 7.0;
        Self {
            variance: ((power / 2.0).min(-echo) / values).clamp(0.0, VARIANCE_MAX),
            brightness: brightness / (count * BLOCK_LEN) as f32,
            likeness: alike.clamp(0.0, 1.0),
        }
    }
}

impl Block {
    const NEW: Self = Self {
        levels: [0; BLOCK_LEN],
        changes: [0; BLOCK_LEN],
    };

    /// Takes up how the block looks now, row by row. `None` where half of it may be cut off.
    fn compare<'a>(&mut self, rows: impl Iterator<Item = &'a [u8; ROW_LEN]>) -> Option<Change> {
        let mut levels = [0; BLOCK_LEN];
        for (levels, row) in levels.as_chunks_mut().0.iter_mut().zip(rows) {
            *levels = *row;
        }
        let mut changes = [0; BLOCK_LEN];
        for ((change, &now), &before) in changes.iter_mut().zip(&levels).zip(&self.levels) {
            *change = i16::from(now) - i16::from(before);
        }
        let is_clipped = |level: u8| level.wrapping_sub(CLIPPED) > u8::MAX - 2 * CLIPPED;
        let clipped = levels.iter().map(|&level| u8::from(is_clipped(level)));
        let clipped_count = clipped.fold(0_u8, u8::wrapping_add);
        let brightness = levels.iter().map(|&level| u16::from(level)).sum();
        // Less what is due to the means: the light changes, and that is no noise.
        let (now, before) = (by_channel(&changes), by_channel(&self.changes));
        let of_means = |a: [i32; 3], b: [i32; 3]| {
            a.iter().zip(b).map(|(a, b)| a * b).sum::<i32>() / PIXEL_COUNT
        };
        let below = changes.get(ROW_LEN..).unwrap_or_default();
        let change = Change {
            power: product(&changes, &changes) - of_means(now, now),
            echo: product(&changes, &self.changes) - of_means(now, before),
            likeness: product(&changes, below) - of_means(now, now) / 8 * 7,
            brightness,
        };
        // A repeated picture tells nothing: the change before the next one stays the last real one.
        if changes != [0; BLOCK_LEN] {
            (self.levels, self.changes) = (levels, changes);
        }
        (usize::from(clipped_count) < BLOCK_LEN / 2).then_some(change)
    }
}

/// The sum of products, as far as both go.
fn product(a: &[i16], b: &[i16]) -> i32 {
    let products = a.iter().zip(b).map(|(&a, &b)| i32::from(a) * i32::from(b));
    products.sum()
}

/// The sums of the three channels.
fn by_channel(changes: &[i16; BLOCK_LEN]) -> [i32; 3] {
    let (rows, _) = changes.as_chunks::<ROW_LEN>();
    let mut sums = [0; ROW_LEN];
    for row in rows {
        for (sum, change) in sums.iter_mut().zip(row) {
            *sum += change;
        }
    }
    let (pixels, _) = sums.as_chunks::<3>();
    pixels
        .iter()
        .fold([0; 3], |[r, g, b], &[red, green, blue]| {
            [
                r + i32::from(red),
                g + i32::from(green),
                b + i32::from(blue),
            ]
        })
}
