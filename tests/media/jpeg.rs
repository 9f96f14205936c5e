use super::encode::{LIMITS, claiming, compressed, decompressed, encoded, marker};
use super::support::{assert_near, painted, psnr, scene, size};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use ttychat::media::Picture;
use ttychat::media::jpeg::{Compressor, JpegError, abbreviate, check, complete};

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
