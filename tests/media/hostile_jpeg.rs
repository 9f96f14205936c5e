//! JPEGs that nobody made in good faith.

use super::encode::{LIMITS, claiming, compressed, decompressed, encoded, marker};
use super::support::{Random, painted, scene, size};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use std::time::{Duration, Instant};
use ttychat::media::jpeg::{Decompressor, JpegError, Limits, check};
use ttychat::media::{Picture, PixelSize};

#[track_caller]
fn refused_at_once(jpeg: &[u8], error: JpegError) {
    let started = Instant::now();
    assert_eq!(decompressed(jpeg, None), Err(error));
    assert!(
        started.elapsed() < Duration::from_millis(10),
        "took {:?}",
        started.elapsed()
    );
    assert_eq!(check(jpeg, LIMITS), Err(error));
}

#[test]
fn any_mutant_is_an_error_or_a_picture() {
    let mut random = Random::new();
    let seeds = [
        compressed(&scene(160, 90), 50),
        compressed(&scene(33, 17), 90),
        encoded(&scene(130, 64), |encoder| encoder.set_restart_interval(3)),
        encoded(&scene(64, 64), |encoder| {
            encoder.set_sampling_factor(SamplingFactor::F_2_1);
        }),
    ];
    let mut decompressor = Decompressor::default();
    let mut out = Picture::default();
    let mut picture_count = 0;
    for round in 0..4000 {
        let mut jpeg = seeds[round % seeds.len()].clone();
        for _ in 0..=random.below(4) {
            let header_or_all = if random.below(2) == 0 {
                700.min(jpeg.len())
            } else {
                jpeg.len()
            };
            let at = random.below(header_or_all);
            match random.below(4) {
                0 => jpeg[at] = random.below(256) as u8,
                1 => jpeg[at] ^= 1 << random.below(8),
                2 => drop(jpeg.drain(at..(at + random.below(40)).min(jpeg.len()))),
                _ => jpeg.insert(at, [0xff, 0xd9, 0xda, 0xc4, 0][random.below(5)]),
            }
            if jpeg.is_empty() {
                break;
            }
        }
        let least = (round % 3 == 0).then(|| size(40, 20));
        let started = Instant::now();
        if decompressor
            .decompress(&jpeg, LIMITS, least, &mut out)
            .is_ok()
        {
            let PixelSize { width, height } = out.size();
            assert!(width <= 1024 && height <= 1024);
            assert_eq!(out.rgb().len(), (width * height * 3) as usize);
            picture_count += 1;
        }
        assert!(started.elapsed() < Duration::from_secs(1), "round {round}");
    }
    assert!(
        picture_count > 100,
        "only {picture_count} mutants were still pictures"
    );
}

#[test]
fn bytes_that_are_no_jpeg_are_refused() {
    let mut random = Random::new();
    for len in 0..300 {
        let mut bytes: Vec<u8> = (0..len).map(|_| random.below(256) as u8).collect();
        assert_eq!(check(&bytes, LIMITS), Err(JpegError::Malformed));
        bytes.splice(0..2.min(len), [0xff, 0xd8]);
        assert!(check(&bytes, LIMITS).is_err());
        assert!(check(&vec![0xff; len], LIMITS).is_err());
    }
}

#[test]
fn limits_hold_to_the_pixel_and_the_byte() {
    let jpeg = compressed(&scene(64, 48), 75);
    let check = |len_max, width, height| {
        check(
            &jpeg,
            Limits {
                len_max,
                size_max: size(width, height),
            },
        )
    };
    assert_eq!(check(jpeg.len(), 64, 48), Ok(size(64, 48)));
    assert_eq!(check(jpeg.len() - 1, 64, 48), Err(JpegError::TooLarge));
    assert_eq!(check(jpeg.len(), 63, 48), Err(JpegError::TooLarge));
    assert_eq!(check(jpeg.len(), 64, 47), Err(JpegError::TooLarge));
}

#[test]
fn bombs_are_refused_at_once() {
    let jpeg = compressed(&scene(160, 90), 50);
    refused_at_once(&claiming(&jpeg, 65_500, 65_500), JpegError::TooLarge);
    refused_at_once(&claiming(&jpeg, 1025, 1), JpegError::TooLarge);
    // Within the limit, but not to be had from so few bytes.
    let small = compressed(&painted(16, 16, |_, _| [0; 3]), 50);
    refused_at_once(&claiming(&small, 1024, 1024), JpegError::Malformed);

    // Thousands of scans.
    let scan = marker(&jpeg, 0xda);
    let mut scans = jpeg[..jpeg.len() - 2].to_vec();
    for _ in 0..4000 {
        scans.extend(&jpeg[scan..scan + 14]);
    }
    refused_at_once(&scans, JpegError::Unsupported);

    // Thousands of tables, in segments of their own and in one.
    let table = marker(&jpeg, 0xc4);
    let huffman = &jpeg[table..table + 33];
    let mut tables = jpeg[..table].to_vec();
    (0..5000).for_each(|_| tables.extend(huffman));
    tables.extend(&jpeg[table..]);
    refused_at_once(&tables, JpegError::Unsupported);
    let mut tables = jpeg[..table].to_vec();
    tables.extend([0xff, 0xc4]);
    tables.extend((2 + 29 * 2000_u16).to_be_bytes());
    (0..2000).for_each(|_| tables.extend(&huffman[4..]));
    tables.extend(&jpeg[table..]);
    refused_at_once(&tables, JpegError::Unsupported);

    // A megabyte of fill bytes, of empty comments, of nothing.
    for filler in [&[0xff_u8][..], &[0xff, 0xfe, 0, 2], &[0], &[0xff, 0]] {
        let mut filled = vec![0xff, 0xd8];
        filled.extend(filler.iter().cycle().take((1 << 20) - 4));
        let started = Instant::now();
        assert!(check(&filled, LIMITS).is_err());
        assert!(started.elapsed() < Duration::from_millis(50), "{filler:?}");
    }
}

#[test]
fn other_kinds_of_jpeg_are_named_as_such() {
    let picture = scene(64, 64);
    let progressive = encoded(&picture, |encoder| encoder.set_progressive(true));
    let scans = encoded(&picture, |encoder| {
        encoder.set_optimized_huffman_tables(true);
    });
    let whole = compressed(&picture, 75);
    let frame = marker(&whole, 0xc0);
    let changed = |offset: usize, value: u8| {
        let mut jpeg = whole.clone();
        jpeg[frame + offset] = value;
        jpeg
    };
    let mut four = Vec::new();
    Encoder::new(&mut four, 75)
        .encode(&[0; 64 * 64 * 4], 64, 64, ColorType::Cmyk)
        .unwrap();
    let mut lines_later = claiming(&whole, 64, 64);
    let end = lines_later.len() - 2;
    lines_later.splice(end..end, [0xff, 0xdc, 0, 4, 0, 64]);
    for jpeg in [
        progressive,
        scans,
        four,
        changed(1, 0xc9),
        changed(1, 0xc3),
        changed(1, 0xc5),
        changed(1, 0xcc),
        changed(4, 12),
        claiming(&whole, 64, 0),
        lines_later,
    ] {
        refused_at_once(&jpeg, JpegError::Unsupported);
    }
    refused_at_once(&claiming(&whole, 0, 64), JpegError::Malformed);
    // Sampling factors of 0 and 5, a second frame, a scan before the frame.
    refused_at_once(&changed(11, 0x02), JpegError::Malformed);
    refused_at_once(&changed(11, 0x52), JpegError::Malformed);
    let mut twice = whole[..frame].to_vec();
    twice.extend(&whole[frame..frame + 19]);
    twice.extend(&whole[frame..]);
    refused_at_once(&twice, JpegError::Malformed);
    let mut none = whole[..frame].to_vec();
    none.extend(&whole[frame + 19..]);
    refused_at_once(&none, JpegError::Malformed);
}
