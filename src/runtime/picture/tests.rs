//! What came of a picture and of those under it, whole or in patches, to what is shown.

#![allow(clippy::unwrap_used, reason = "test code")]

use super::{Decoder, Job, KEPT_LEN_MAX};
use crate::{
    app::{Part, Patch},
    media::{
        Picture, PixelSize,
        jpeg::{Compressor, JpegError},
        patch::BlockSet,
        scale::Fit,
    },
};
use std::sync::Arc;

const SIZE: PixelSize = PixelSize::new(64, 40);

fn grey(size: PixelSize, level: u8) -> Picture {
    let mut picture = Picture::new(size);
    picture.rgb_mut().fill(level);
    picture
}

fn compressed(picture: &Picture) -> Arc<Vec<u8>> {
    let mut jpeg = Vec::new();
    Compressor::default()
        .compress(picture, 90, &mut jpeg)
        .unwrap();
    Arc::new(jpeg)
}

fn whole(number: u32, level: u8) -> Part {
    Part {
        number,
        size: SIZE,
        jpeg: compressed(&grey(SIZE, level)),
        patch: None,
    }
}

/// Block 5, which begins at 16, 16.
fn patch(number: u32, base: u32, level: u8) -> Part {
    let mut blocks = BlockSet::new(SIZE);
    blocks.insert(5);
    let sheet = grey(blocks.sheet_size(), level);
    Part {
        number,
        size: SIZE,
        jpeg: compressed(&sheet),
        patch: Some(Patch {
            base,
            blocks: Arc::new(blocks.bits().to_vec()),
        }),
    }
}

fn job(sequence: u32, parts: &[Part]) -> Job {
    Job {
        sequence,
        parts: parts.to_vec(),
        area: SIZE,
        fit: Fit::Letterbox,
        pixel_aspect: 1.0,
    }
}

/// What is shown outside the block and inside.
#[track_caller]
fn check(shown: Result<Picture, JpegError>, outside: u8, inside: u8) {
    let shown = shown.unwrap();
    for (x, y, level) in [(2, 2, outside), (60, 36, outside), (24, 24, inside)] {
        let [red, ..] = shown.pixel(x, y).unwrap();
        assert!(red.abs_diff(level) < 3, "{red} at {x},{y}, not {level}");
    }
}

#[test]
fn patches_are_laid_over_what_came_before_them() {
    let mut decoder = Decoder::default();
    check(decoder.decode(&job(1, &[whole(1, 50)])), 50, 50);
    assert!(decoder.composed().is_none(), "it is kept as it came");
    // What was decoded already comes again with what is new.
    let parts = [whole(1, 50), patch(2, 1, 90), patch(3, 2, 130)];
    check(decoder.decode(&job(3, &parts)), 50, 130);
    assert!(decoder.composed().is_some());
    check(decoder.decode(&job(4, &[patch(4, 3, 200)])), 50, 200);
    // For another size of the window: nothing is new.
    check(decoder.decode(&job(4, &[])), 50, 200);
    let kept = decoder.composed().unwrap();
    check(decoder.decode(&job(5, &[patch(5, 4, 10)])), 50, 10);
    check(Ok(Picture::clone(&kept)), 50, 200);
    check(decoder.decode(&job(9, &[whole(9, 70)])), 70, 70);
}

#[test]
fn a_picture_that_was_decoded_small_is_decoded_again_for_a_patch() {
    let mut decoder = Decoder::default();
    let size = PixelSize::new(640, 400);
    let large = Part {
        size,
        jpeg: compressed(&grey(size, 50)),
        ..whole(1, 50)
    };
    assert_eq!(decoder.decode(&job(1, &[large])).unwrap().size(), SIZE);
    let mut blocks = BlockSet::new(size);
    blocks.insert(0);
    let patch = Part {
        size,
        jpeg: compressed(&grey(blocks.sheet_size(), 250)),
        patch: Some(Patch {
            base: 1,
            blocks: Arc::new(blocks.bits().to_vec()),
        }),
        number: 2,
    };
    let shown = decoder.decode(&job(2, &[patch])).unwrap();
    assert_eq!(shown.size(), SIZE);
    assert_eq!(decoder.composed().unwrap().size(), size);
}

/// Whatever does not fit is a broken picture, and so are all patches until the next whole one.
#[test]
fn a_patch_that_does_not_fit_is_broken() {
    let (good, other) = (patch(2, 1, 90), PixelSize::new(65, 40));
    let with = |blocks: &[u8], base| {
        Some(Patch {
            base,
            blocks: Arc::new(blocks.to_vec()),
        })
    };
    let wrong = [
        // Over another picture.
        patch(2, 0, 90),
        patch(2, 7, 90),
        // Another size than that of the picture.
        Part {
            size: other,
            ..good.clone()
        },
        // Too many blocks, none, one that there is not, too few bytes.
        Part {
            patch: with(&[0x84, 0], 1),
            ..good.clone()
        },
        Part {
            patch: with(&[0, 0], 1),
            ..good.clone()
        },
        Part {
            patch: with(&[4, 8], 1),
            ..good.clone()
        },
        Part {
            patch: with(&[4], 1),
            ..good.clone()
        },
        Part {
            patch: with(&[], 1),
            ..good.clone()
        },
        // Sheets: smaller, larger, none.
        Part {
            jpeg: compressed(&grey(PixelSize::new(15, 16), 9)),
            ..good.clone()
        },
        Part {
            jpeg: compressed(&grey(PixelSize::new(32, 16), 9)),
            ..good.clone()
        },
        Part {
            jpeg: Arc::new(vec![0xff, 0xd8, 0xff]),
            ..good.clone()
        },
    ];
    for wrong in wrong {
        let mut decoder = Decoder::default();
        check(decoder.decode(&job(1, &[whole(1, 50)])), 50, 50);
        assert!(decoder.decode(&job(2, &[wrong])).is_err());
        assert!(decoder.decode(&job(3, &[patch(3, 2, 9)])).is_err());
        assert!(decoder.decode(&job(3, &[])).is_err());
        check(decoder.decode(&job(4, &[whole(4, 60)])), 60, 60);
        check(decoder.decode(&job(5, &[patch(5, 4, 90)])), 60, 90);
    }
    let mut decoder = Decoder::default();
    assert_eq!(decoder.decode(&job(2, &[good])), Err(JpegError::Broken));
}

#[test]
fn no_patch_is_laid_over_a_picture_that_is_too_large_to_keep() {
    let mut decoder = Decoder::default();
    let size = PixelSize::new(1920, 1096);
    assert!(size.width as usize * size.height as usize * 3 > KEPT_LEN_MAX);
    let large = Part {
        size,
        jpeg: compressed(&grey(size, 50)),
        ..whole(1, 50)
    };
    assert!(decoder.decode(&job(1, &[large])).is_ok());
    let mut blocks = BlockSet::new(size);
    blocks.insert(0);
    let patch = Part {
        size,
        patch: Some(Patch {
            base: 1,
            blocks: Arc::new(blocks.bits().to_vec()),
        }),
        ..patch(2, 1, 90)
    };
    assert_eq!(decoder.decode(&job(2, &[patch])), Err(JpegError::TooLarge));
}
