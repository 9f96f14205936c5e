//! Pictures in a plain stream, wherever it is cut and whatever else is in it.

use crate::support::link::Random;
use ttychat::{
    media::{Picture, PixelSize, jpeg::Compressor},
    protocol::{Size, Splitter, StreamPicture, limits::JPEG_LEN_MAX},
};

/// A small JPEG; another for each `seed`.
pub(crate) fn jpeg(width: u32, height: u32, seed: u8) -> Vec<u8> {
    let mut picture = Picture::new(PixelSize::new(width, height));
    for (index, byte) in picture.rgb_mut().iter_mut().enumerate() {
        *byte = (index.to_le_bytes()[0] ^ seed).wrapping_mul(seed | 1);
    }
    let mut jpeg = Vec::new();
    Compressor::default()
        .compress(&picture, 60, &mut jpeg)
        .unwrap();
    jpeg
}

/// `jpeg` with a segment after its start marker.
fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(body.len() + 2).unwrap();
    let mut out = jpeg[..2].to_vec();
    out.extend([0xff, marker]);
    out.extend(len.to_be_bytes());
    out.extend(body);
    out.extend(&jpeg[2..]);
    out
}

fn split(stream: &[u8], step: usize) -> Vec<StreamPicture> {
    let mut splitter = Splitter::default();
    let mut pictures = Vec::new();
    for mut piece in stream.chunks(step) {
        while let Some(picture) = splitter.take(&mut piece) {
            pictures.push(picture);
        }
        assert!(piece.is_empty());
    }
    pictures
}

#[track_caller]
fn finds(stream: &[u8], wanted: &[&[u8]]) {
    for step in [1, 2, 3, 7, 64, 1448, stream.len().max(1)] {
        let found = split(stream, step);
        let found: Vec<&[u8]> = found.iter().map(|one| one.jpeg.as_slice()).collect();
        assert_eq!(found.len(), wanted.len(), "in pieces of {step}");
        assert!(found == wanted, "in pieces of {step}");
    }
}

#[test]
fn pictures_are_found_wherever_the_stream_is_cut() {
    let (a, b, c) = (jpeg(40, 30, 1), jpeg(64, 48, 2), jpeg(17, 9, 3));
    finds(&[&a[..], &b, &c].concat(), &[&a, &b, &c]);
    let found = split(&b, 5);
    let size = Size {
        width: 64,
        height: 48,
    };
    assert_eq!(found[0].size, size);
}

#[test]
fn what_lies_between_pictures_is_skipped() {
    let (a, b) = (jpeg(40, 30, 1), jpeg(64, 48, 2));
    let boundary = b"\r\n--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 12\r\n\r\n";
    for junk in [
        &boundary[..],
        &[0xff, 0xff, 0xff],
        &[0xff, 0xd8],
        &[0xff, 0xd9, 0xff, 0xd9],
        &[0; 700],
        b"\xff\xd8\xfe\xff",
    ] {
        finds(&[junk, &a, junk, &b, junk].concat(), &[&a, &b]);
    }
}

#[test]
fn a_thumbnail_is_no_picture() {
    let thumbnail = jpeg(16, 12, 9);
    let exif = with_segment(&jpeg(40, 30, 1), 0xe1, &thumbnail);
    let comment = with_segment(&jpeg(40, 30, 2), 0xfe, b"\xff\xd9\xff\xd8\xff\xd9");
    finds(&[&exif[..], &comment].concat(), &[&exif, &comment]);
    assert_eq!(split(&exif, 1)[0].size.width, 40);
}

#[test]
fn a_picture_that_breaks_off_hides_one_other_at_most() {
    let (a, b) = (jpeg(40, 30, 1), jpeg(64, 48, 2));
    // The rest of a table is taken from the next picture.
    for len in [3, 50, 100, 300, 620] {
        let found = split(&[&a[..len], &b, &b].concat(), 9);
        assert_eq!(found.last().unwrap().jpeg, b, "{len}");
    }
    // In its scan it may be one without an end marker, as those of some cameras.
    finds(&[&a[..a.len() - 2], &b].concat(), &[&a[..a.len() - 2], &b]);
    finds(&[&a[..2], &a].concat(), &[&a]);
    // Fill bytes before a marker belong to it.
    let filled = [&a[..2], &[0xff, 0xff], &a[2..]].concat();
    finds(&filled, &[&filled]);
}

#[test]
fn a_picture_may_be_as_long_as_the_limit() {
    let scan = |len: usize| {
        let mut long = jpeg(40, 30, 1);
        long.truncate(long.len() - 2);
        long.resize(len - 2, 0x55);
        long.extend([0xff, 0xd9]);
        long
    };
    let (longest, too_long) = (scan(JPEG_LEN_MAX), scan(JPEG_LEN_MAX + 1));
    let after = jpeg(20, 10, 4);
    let found = split(&[&longest[..], &too_long, &after].concat(), 65_536);
    let lens: Vec<usize> = found.iter().map(|one| one.jpeg.len()).collect();
    assert_eq!(lens, [JPEG_LEN_MAX, after.len()]);
}

#[test]
fn garbage_gives_the_same_in_any_pieces_and_hides_little() {
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let good = jpeg(24, 16, 5);
        let mut stream = Vec::new();
        for _ in 0..20 {
            match random.below(4) {
                0 => stream.extend(&good),
                1 => {
                    let end = random.below(good.len() as u64);
                    stream.extend(&good[..usize::try_from(end).unwrap()]);
                }
                2 => stream.extend([0xff, random.below(256).to_le_bytes()[0]]),
                _ => {
                    stream
                        .extend((0..random.below(90)).map(|_| random.below(256).to_le_bytes()[0]));
                }
            }
        }
        // The longest segment that a false start may claim, and then a whole picture.
        stream.extend(vec![0; 66_000]);
        stream.extend(&good);
        stream.extend(&good);
        let whole = split(&stream, stream.len());
        assert_eq!(whole, split(&stream, 1), "seed {seed}");
        assert_eq!(whole.last().unwrap().jpeg, good, "seed {seed}");
    }
}

#[test]
fn a_picture_that_is_too_long_for_a_stranger_is_passed_over_and_counts() {
    let (short, long) = (jpeg(16, 12, 1), jpeg(160, 120, 2));
    let mut splitter = Splitter::new(long.len() - 1);
    let take = |splitter: &mut Splitter, mut bytes: &[u8]| splitter.take(&mut bytes);
    assert_eq!(take(&mut splitter, &long[..long.len() - 1]), None);
    assert!(!splitter.has_passed_over(), "it is not whole yet");
    assert_eq!(take(&mut splitter, &long[long.len() - 1..]), None);
    assert!(splitter.has_passed_over());
    assert_eq!(take(&mut splitter, &short).unwrap().jpeg, short);
    splitter.allow_all();
    assert_eq!(take(&mut splitter, &long).unwrap().jpeg, long);
}
