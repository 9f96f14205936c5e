//! Patches: which blocks, there and back, and what the other end sees in the end.

use crate::support::{Random, painted, psnr, scene, size};
use std::time::{Duration, Instant};
use ttychat::media::{
    Picture, PixelSize,
    jpeg::{Compressor, Decompressor, JpegError, Limits},
    patch::{BLOCK_SIDE, BlockSet, Made, Patcher, Wish},
};

const LIMITS: Limits = Limits {
    len_max: 1 << 20,
    size_max: PixelSize::new(4096, 4096),
};

const WISH: Wish = Wish {
    quality: 50,
    resting_quality: 85,
    follows: true,
    settles: false,
};

/// Both ends: what compresses, and what the other one shows.
struct Ends {
    patcher: Patcher,
    shown: Picture,
    now: Instant,
}

impl Ends {
    fn new() -> Self {
        Self {
            patcher: Patcher::default(),
            shown: Picture::default(),
            now: Instant::now(),
        }
    }

    /// Sends a picture a thirtieth of a second later.
    fn send(&mut self, picture: &Picture, wish: Wish) -> Made {
        self.now += Duration::from_secs(1) / 30;
        let mut jpeg = Vec::new();
        let made = self
            .patcher
            .compress(self.now, picture, wish, &mut jpeg)
            .unwrap();
        match &made {
            Made::Nothing => assert!(jpeg.is_empty()),
            Made::Whole => self.shown = decompressed(&jpeg),
            Made::Patch(blocks) => {
                let parsed = BlockSet::parse(picture.size(), blocks.bits()).unwrap();
                assert_eq!(&parsed, blocks);
                assert!(parsed.lay(&decompressed(&jpeg), &mut self.shown));
            }
        }
        made
    }
}

fn decompressed(jpeg: &[u8]) -> Picture {
    let mut out = Picture::default();
    let mut decompressor = Decompressor::default();
    decompressor
        .decompress(jpeg, LIMITS, None, &mut out)
        .unwrap();
    out
}

fn compressed(picture: &Picture, quality: u8) -> Picture {
    let mut jpeg = Vec::new();
    Compressor::default()
        .compress(picture, quality, &mut jpeg)
        .unwrap();
    decompressed(&jpeg)
}

/// A scene with a ball in front of it.
fn ball(x: u32, y: u32) -> Picture {
    let back = scene(160, 90);
    painted(160, 90, |column, row| {
        let (across, down) = (column.abs_diff(x), row.abs_diff(y));
        if across * across + down * down < 150 {
            let shade = (200 - 6 * across - 4 * down) as u8;
            [shade, shade / 2, 40]
        } else {
            back.pixel(column, row).unwrap()
        }
    })
}

/// Mean squares of the differences, block by block.
fn errors(a: &Picture, b: &Picture) -> Vec<f64> {
    let PixelSize { width, height } = a.size();
    let columns = width.div_ceil(BLOCK_SIDE) as usize;
    let mut sums = vec![(0.0, 0.0); columns * height.div_ceil(BLOCK_SIDE) as usize];
    for y in 0..height {
        for x in 0..width {
            let (a, b) = (a.pixel(x, y).unwrap(), b.pixel(x, y).unwrap());
            let sum = &mut sums[(y / BLOCK_SIDE) as usize * columns + (x / BLOCK_SIDE) as usize];
            for (a, b) in a.into_iter().zip(b) {
                sum.0 += f64::from(a.abs_diff(b)).powi(2);
                sum.1 += 1.0;
            }
        }
    }
    sums.into_iter().map(|(sum, count)| sum / count).collect()
}

#[test]
fn a_set_is_what_its_bits_say_and_nothing_else() {
    let size = size(160, 90);
    let mut set = BlockSet::new(size);
    assert_eq!((set.block_count(), set.count()), (60, 0));
    for index in [0, 9, 59, 60, 1 << 30] {
        set.insert(index);
    }
    assert_eq!(set.indexes().collect::<Vec<_>>(), [0, 9, 59]);
    assert_eq!(set.bits(), [0x80, 0x40, 0, 0, 0, 0, 0, 0x10]);
    assert_eq!(BlockSet::parse(size, set.bits()), Some(set));
    let check = |bits: &[u8], good: bool| {
        assert_eq!(BlockSet::parse(size, bits).is_some(), good, "{bits:x?}");
    };
    check(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf0], true);
    check(&[0; 8], false);
    check(&[0xff; 8], false);
    check(&[1, 0, 0, 0, 0, 0, 0, 8], false);
    check(&[1, 0, 0, 0, 0, 0, 0], false);
    check(&[1, 0, 0, 0, 0, 0, 0, 0, 0], false);
    check(&[], false);
    let nothing = PixelSize::default();
    assert_eq!(BlockSet::parse(nothing, &[]), None);
    assert_eq!(BlockSet::parse(PixelSize::new(0, 16), &[0x80]), None);
    let even = PixelSize::new(64, 32);
    assert!(BlockSet::parse(even, &[0xff]).is_some());
    assert_eq!(BlockSet::parse(even, &[0xff, 0]), None);
}

#[test]
fn blocks_come_back_to_their_places_and_touch_no_others() {
    let mut random = Random::new();
    for (width, height) in [(160, 90), (16, 16), (1, 1), (33, 17), (15, 100), (300, 290)] {
        let new = painted(width, height, |x, y| [x as u8, y as u8, (x ^ y) as u8]);
        let old = painted(width, height, |x, y| [!(x as u8), !(y as u8), 7]);
        for share in [1, 2, 5, 100] {
            let mut blocks = BlockSet::new(new.size());
            for index in 0..blocks.block_count() {
                if random.below(share) == 0 {
                    blocks.insert(index);
                }
            }
            let (mut sheet, mut shown) = (Picture::default(), old.clone());
            blocks.pack(&new, &mut sheet);
            assert_eq!(sheet.size(), blocks.sheet_size());
            assert!(blocks.lay(&sheet, &mut shown));
            let columns = width.div_ceil(BLOCK_SIDE);
            let expected = painted(width, height, |x, y| {
                let index = y / BLOCK_SIDE * columns + x / BLOCK_SIDE;
                let of = if blocks.indexes().any(|one| one == index) {
                    &new
                } else {
                    &old
                };
                of.pixel(x, y).unwrap()
            });
            assert!(shown == expected, "{width}x{height}, one in {share}");
        }
    }
}

#[test]
fn what_does_not_fit_touches_nothing() {
    let mut blocks = BlockSet::new(size(64, 64));
    blocks.insert(3);
    let mut sheet = Picture::default();
    blocks.pack(&scene(64, 48), &mut sheet);
    assert!(sheet.size().is_empty());
    let before = scene(64, 64);
    let mut shown = before.clone();
    for wrong in [size(16, 32), size(0, 0), size(32, 16), size(17, 16)] {
        assert!(!blocks.lay(&Picture::new(wrong), &mut shown));
    }
    let mut other = scene(64, 48);
    assert!(!blocks.lay(&Picture::new(size(16, 16)), &mut other));
    assert!(shown == before && other == scene(64, 48));
}

/// What the other end shows is never wrong by much more than compression makes it wrong, however
/// long it goes on, and where a block came it is as in the whole picture.
#[test]
fn patches_are_as_good_as_whole_pictures() {
    let mut ends = Ends::new();
    let (mut patch_count, mut block_count) = (0, 0);
    for step in 0..150 {
        let picture = ball(20 + step % 120, 30 + step * 7 % 30);
        let whole = compressed(&picture, WISH.quality);
        let bound = errors(&picture, &whole);
        let made = ends.send(&picture, WISH);
        let seen = errors(&picture, &ends.shown);
        if let Made::Patch(blocks) = made {
            patch_count += 1;
            block_count += blocks.count();
            for index in blocks.indexes() {
                let index = index as usize;
                // Chroma is smoothed over the edges of blocks, which have other neighbours.
                let (seen, bound) = (seen[index], bound[index]);
                assert!(
                    seen <= bound * 2.0 + 30.0,
                    "{step}: {index}: {seen} {bound}"
                );
            }
        }
        let (mean_seen, mean) = (seen.iter().sum::<f64>(), bound.iter().sum::<f64>());
        assert!(mean_seen <= 2.0 * mean + 60.0 * 4.0, "{step}");
        assert!(psnr(&picture, &ends.shown) > psnr(&picture, &whole) - 2.0);
    }
    assert!(patch_count > 130, "{patch_count}");
    assert!(block_count < 60 * 150 / 3, "{block_count}");
}

#[test]
fn a_ball_leaves_no_trace() {
    let mut ends = Ends::new();
    for step in 0..60 {
        ends.send(&ball(step * 2, 40), WISH);
    }
    let empty = ball(1000, 1000);
    // It has gone, and nothing moves any more for two seconds.
    for _ in 0..66 {
        ends.send(&empty, WISH);
    }
    let fine = compressed(&empty, 75);
    let (seen, bound) = (errors(&empty, &ends.shown), errors(&empty, &fine));
    for (index, (seen, bound)) in seen.into_iter().zip(bound).enumerate() {
        assert!(seen <= 1.4 * bound + 8.0, "{index}: {seen} {bound}");
    }
}

/// Bars of full colours, ten pixels wide, that have moved by so many quarters of a pixel.
fn bars(quarters: usize) -> Picture {
    const COLORS: [[u8; 3]; 4] = [[255, 0, 0], [0; 3], [0, 255, 0], [255, 0, 255]];
    let pixel = |x: usize| {
        let parts = (0..4).map(|part| COLORS[(4 * x + part + quarters) / 40 % 4]);
        let sum = parts.fold([0_u16; 3], |sum, part| {
            [0, 1, 2].map(|channel| sum[channel] + u16::from(part[channel]))
        });
        sum.map(|channel| (channel / 4) as u8)
    };
    let row: Vec<[u8; 3]> = (0..80).map(pixel).collect();
    Picture::from_rgb(size(80, 48), row.concat().repeat(48)).unwrap()
}

#[test]
fn strong_colours_leave_no_ghost_where_they_have_moved_on() {
    let mut ends = Ends::new();
    let mut worst = 0.0_f64;
    let wish = Wish {
        quality: 66,
        ..WISH
    };
    for quarters in (0..400).step_by(3) {
        let picture = bars(quarters);
        ends.send(&picture, wish);
        // Beyond what compression does to it.
        let whole = compressed(&picture, 66);
        let part = |picture: &Picture, x: usize| -> Vec<f64> {
            let bytes = picture.rgb().chunks(3).skip(x).take(4);
            bytes.flatten().copied().map(f64::from).collect()
        };
        for x in (0..80).step_by(4) {
            let (sent, shown) = (part(&picture, x), part(&ends.shown, x));
            let whole = part(&whole, x);
            let of = |seen: &[f64]| -> f64 {
                let squares = sent.iter().zip(seen).map(|(a, b)| (a - b).powi(2));
                (squares.sum::<f64>() / 12.0).sqrt()
            };
            worst = worst.max(of(&shown) - of(&whole));
        }
    }
    assert!(worst <= 24.0, "{worst} levels are left of what was there");
}

#[test]
fn a_picture_that_is_shown_already_is_not_sent() {
    let mut ends = Ends::new();
    let picture = scene(160, 90);
    assert_eq!(ends.send(&picture, WISH), Made::Whole);
    assert_eq!(ends.send(&picture, WISH), Made::Nothing);
    let settles = Wish {
        quality: 85,
        settles: true,
        ..WISH
    };
    assert_eq!(ends.send(&picture, settles), Made::Whole);
    assert_eq!(ends.send(&picture, settles), Made::Nothing);
    assert_eq!(ends.shown, compressed(&picture, 85));
}

#[test]
fn what_the_other_end_does_not_have_is_sent_whole() {
    let mut ends = Ends::new();
    ends.send(&ball(20, 20), WISH);
    assert!(matches!(ends.send(&ball(30, 20), WISH), Made::Patch(_)));
    let lost = Wish {
        follows: false,
        ..WISH
    };
    assert_eq!(ends.send(&ball(40, 20), lost), Made::Whole);
    assert!(matches!(ends.send(&ball(50, 20), WISH), Made::Patch(_)));
    ends.patcher.forget();
    assert_eq!(ends.send(&ball(60, 20), WISH), Made::Whole);
    assert_eq!(ends.send(&scene(80, 45), WISH), Made::Whole);
    assert_eq!(ends.send(&scene(80, 45), WISH), Made::Nothing);
}

#[test]
fn where_all_moves_pictures_are_whole() {
    let mut ends = Ends::new();
    let noise = |seed: u32| {
        painted(160, 90, |x, y| {
            let value = (x * 7919 + y * 104_729 + seed * 1_299_709).wrapping_mul(2_654_435_761);
            [(value >> 24) as u8, (value >> 16) as u8, (value >> 8) as u8]
        })
    };
    for seed in 0..40 {
        assert_eq!(ends.send(&noise(seed), WISH), Made::Whole);
    }
    // It is tried again now and then.
    let found = (0..20).position(|step| ends.send(&ball(step * 5, 20), WISH) != Made::Whole);
    assert!(found.is_some_and(|found| found > 0), "{found:?}");
}

#[test]
fn an_empty_picture_is_an_error_and_no_more() {
    let mut ends = Ends::new();
    ends.send(&ball(20, 20), WISH);
    let mut jpeg = Vec::new();
    let empty = Picture::default();
    let failed = ends.patcher.compress(ends.now, &empty, WISH, &mut jpeg);
    assert_eq!(failed, Err(JpegError::Broken));
    assert_eq!(ends.send(&ball(20, 20), WISH), Made::Whole);
}

/// Heads cross once: see `protocol::Video::shared_len`.
#[test]
fn heads_of_one_quality_begin_with_the_same_tables() {
    let mut patcher = Patcher::default();
    let mut now = Instant::now();
    let mut jpegs = Vec::new();
    for (x, y) in [(20, 20), (40, 30), (90, 60)] {
        let mut jpeg = Vec::new();
        now += Duration::from_millis(33);
        patcher.compress(now, &ball(x, y), WISH, &mut jpeg).unwrap();
        jpegs.push(jpeg);
    }
    for pair in jpegs.windows(2) {
        let shared = pair[0].iter().zip(&pair[1]).take_while(|(a, b)| a == b);
        let (shared, scan) = (shared.count(), 14 + 19);
        let head = pair[1].windows(2).position(|two| two == [0xff, 0xda]);
        assert!(shared + scan >= head.unwrap() + 14, "{shared}");
        assert!(shared > 590, "{shared}");
    }
}
