use super::support::{Random, assert_near, painted, psnr, scene, size};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use std::time::{Duration, Instant};
use ttychat::media::jpeg::{
    Compressor, Decompressor, JpegError, Limits, abbreviate, check, complete,
};
use ttychat::media::{Picture, PixelSize};

const LIMITS: Limits = Limits {
    len_max: 1 << 20,
    size_max: PixelSize::new(1024, 1024),
};

fn compressed(picture: &Picture, quality: u8) -> Vec<u8> {
    let mut jpeg = Vec::new();
    Compressor::default()
        .compress(picture, quality, &mut jpeg)
        .unwrap();
    jpeg
}

fn decompressed(jpeg: &[u8], at_least: Option<PixelSize>) -> Result<Picture, JpegError> {
    let mut out = Picture::default();
    Decompressor::default()
        .decompress(jpeg, LIMITS, at_least, &mut out)
        .map(|()| out)
}

/// A JPEG as another encoder would make it.
fn encoded(picture: &Picture, set: impl Fn(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 90);
    set(&mut encoder);
    let PixelSize { width, height } = picture.size();
    encoder
        .encode(picture.rgb(), width as u16, height as u16, ColorType::Rgb)
        .unwrap();
    jpeg
}

/// Where the first marker of this kind lies.
fn marker(jpeg: &[u8], marker: u8) -> usize {
    jpeg.windows(2)
        .position(|pair| pair == [0xff, marker])
        .unwrap()
}

/// The same with its frame header claiming another size.
fn claiming(jpeg: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut jpeg = jpeg.to_vec();
    let frame = marker(&jpeg, 0xc0);
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

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
fn a_round_trip_stays_within_a_bound() {
    for (width, height) in [(160, 90), (320, 180), (161, 91), (241, 135)] {
        let picture = scene(width, height);
        let mut last = 0.0;
        for (quality, least) in [(50, 24.0), (75, 26.0), (95, 28.0)] {
            let jpeg = compressed(&picture, quality);
            assert_eq!(check(&jpeg, LIMITS), Ok(picture.size()));
            let noise = psnr(&picture, &decompressed(&jpeg, None).unwrap());
            assert!(
                noise > least && noise > last,
                "{width}x{height} q{quality}: {noise:.1} dB"
            );
            last = noise;
        }
    }
}

#[test]
fn flat_colours_survive() {
    for color in [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
        [255, 255, 255],
        [0, 0, 0],
        [12, 200, 99],
    ] {
        for (width, height) in [(1, 1), (2, 3), (8, 8), (9, 7), (150, 20)] {
            let jpeg = compressed(&painted(width, height, |_, _| color), 90);
            let picture = decompressed(&jpeg, None).unwrap();
            assert_eq!(picture.size(), size(width, height));
            for pixel in picture.rgb().chunks_exact(3) {
                assert_near(pixel.try_into().unwrap(), color, 4);
            }
        }
    }
}

#[test]
fn what_cannot_be_compressed_leaves_the_output_alone() {
    let mut out = vec![1, 2, 3];
    let mut compressor = Compressor::default();
    assert_eq!(
        compressor.compress(&Picture::default(), 50, &mut out),
        Err(JpegError::Broken)
    );
    let wide = Picture::new(size(65_536, 1));
    assert_eq!(
        compressor.compress(&wide, 50, &mut out),
        Err(JpegError::TooLarge)
    );
    assert_eq!(out, [1, 2, 3]);
    for quality in [0, 1, 100, 255] {
        compressor
            .compress(&scene(16, 16), quality, &mut out)
            .unwrap();
    }
    assert_eq!(out[..5], [1, 2, 3, 0xff, 0xd8]);
}

#[test]
fn a_smaller_picture_is_never_smaller_than_asked() {
    let jpeg = compressed(&scene(320, 180), 90);
    for (least, want) in [
        (size(40, 23), size(40, 23)),
        (size(41, 23), size(80, 45)),
        (size(40, 24), size(80, 45)),
        (size(160, 1), size(160, 90)),
        (size(161, 1), size(320, 180)),
        (size(9999, 9999), size(320, 180)),
        (size(0, 0), size(40, 23)),
    ] {
        assert_eq!(
            decompressed(&jpeg, Some(least)).unwrap().size(),
            want,
            "at least {least:?}"
        );
    }
    for narrow in [size(640, 4), size(4, 640), size(1, 1)] {
        let jpeg = compressed(&scene(narrow.width, narrow.height), 90);
        assert_eq!(
            decompressed(&jpeg, Some(size(1, 1))).unwrap().size(),
            narrow
        );
    }
}

#[test]
fn what_other_encoders_make_is_read() {
    let picture = scene(200, 120);
    for sampling in [
        SamplingFactor::F_1_1,
        SamplingFactor::F_2_1,
        SamplingFactor::F_1_2,
    ] {
        let jpeg = encoded(&picture, |encoder| encoder.set_sampling_factor(sampling));
        assert!(
            psnr(&picture, &decompressed(&jpeg, None).unwrap()) > 28.0,
            "{sampling:?}"
        );
    }
    for interval in [1, 5, 13, 1000] {
        let jpeg = encoded(&picture, |encoder| encoder.set_restart_interval(interval));
        assert!(
            psnr(&picture, &decompressed(&jpeg, None).unwrap()) > 28.0,
            "every {interval}"
        );
    }
    let mut metadata = vec![0xff, 0xd8, 0xff, 0xff, 0xff, 0xe1, 0, 10];
    metadata.extend([0xff, 0xd8, 0xff, 0xd9, 0xff, 0xda, 0, 0]);
    metadata.extend([0xff, 0xfe, 0, 2]);
    metadata.extend(&compressed(&picture, 90)[2..]);
    assert_eq!(
        decompressed(&metadata, None),
        decompressed(&compressed(&picture, 90), None)
    );
}

#[test]
fn a_grey_jpeg_becomes_rgb() {
    let grey: Vec<u8> = (0..64 * 48).map(|index| (index % 64 * 4) as u8).collect();
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 95)
        .encode(&grey, 64, 48, ColorType::Luma)
        .unwrap();
    let picture = decompressed(&jpeg, None).unwrap();
    assert!(psnr(&picture, &painted(64, 48, |x, _| [(x * 4) as u8; 3])) > 40.0);
    let half = decompressed(&jpeg, Some(size(32, 24)));
    assert_eq!(half.unwrap().size(), size(64, 48), "too small to scale");
    let jpeg = claiming(&jpeg, 40, 48);
    assert_eq!(decompressed(&jpeg, None).unwrap().size(), size(40, 48));
}

#[test]
fn without_huffman_tables_the_standard_ones_are_meant() {
    let jpeg = compressed(&scene(160, 90), 75);
    let (mut short, mut whole) = (Vec::new(), Vec::new());
    abbreviate(&jpeg, LIMITS, &mut short).unwrap();
    assert_eq!(jpeg.len() - short.len(), 432);
    assert!(!short.windows(2).any(|pair| pair == [0xff, 0xc4]));
    assert_eq!(decompressed(&short, None), decompressed(&jpeg, None));
    complete(&short, LIMITS, &mut whole).unwrap();
    assert_eq!(whole.len() - short.len(), 420);
    let mut decoder = jpeg_decoder::Decoder::new(whole.as_slice());
    assert_eq!(
        decoder.decode().unwrap(),
        decompressed(&jpeg, None).unwrap().rgb()
    );
    // What is whole stays as it is.
    let mut again = Vec::new();
    complete(&jpeg, LIMITS, &mut again).unwrap();
    assert_eq!(again, jpeg);
    // Tables of one's own stay in.
    let mut own = jpeg.clone();
    let table = marker(&own, 0xc4);
    own.swap(table + 21, table + 22);
    let mut kept = Vec::new();
    abbreviate(&own, LIMITS, &mut kept).unwrap();
    assert_eq!(kept, own);
}

#[test]
fn a_jpeg_needs_no_end_marker_but_all_of_its_scan() {
    let whole = compressed(&scene(160, 90), 75);
    let picture = decompressed(&whole, None);
    for len in 0..whole.len() {
        let cut = decompressed(&whole[..len], None);
        if len >= whole.len() - 2 {
            assert_eq!(cut, picture, "without its end marker");
        } else if len < whole.len() - 16 {
            // Less is missing than the decoder reads ahead, or it is noticed.
            assert!(cut.is_err(), "cut at {len} of {}", whole.len());
        }
        // With an end marker put behind the cut it is no better.
        let mut ended = whole[..len].to_vec();
        ended.extend([0xff, 0xd9]);
        assert!(
            len >= whole.len() - 16 || decompressed(&ended, None).is_err(),
            "ended at {len}"
        );
    }
}

#[test]
fn any_mutant_is_an_error_or_a_picture() {
    let mut random = Random::new();
    let seeds = [
        compressed(&scene(160, 90), 50),
        compressed(&scene(33, 17), 90),
        encoded(&scene(130, 64), |encoder| encoder.set_restart_interval(3)),
        encoded(&scene(64, 64), |encoder| {
            encoder.set_sampling_factor(SamplingFactor::F_2_1)
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
        encoder.set_optimized_huffman_tables(true)
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

#[cfg(target_os = "linux")]
#[test]
fn no_thread_is_started_for_a_picture() {
    // What this thread starts is its child only in name, so they are counted by name: the decoder
    // and its library call theirs "worker thread for …" or nothing, and the test's own are named
    // after tests.
    let jpeg = compressed(&scene(640, 480), 75);
    let before = unnamed_threads();
    for _ in 0..3 {
        decompressed(&jpeg, None).unwrap();
        assert_eq!(unnamed_threads(), before);
    }
}

#[cfg(target_os = "linux")]
fn unnamed_threads() -> usize {
    let names = std::fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names
        .filter(|name| name.starts_with("worker thread") || name.starts_with("rayon"))
        .count()
}
