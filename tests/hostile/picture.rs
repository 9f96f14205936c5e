//! Pictures that nobody made in good faith.

use super::{
    attacker::{PATIENCE, Peer},
    link::Random,
    outcome::Outcome,
    victim::{Check, Victim},
};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use std::time::{Duration, Instant};
use ttychat::{
    media::{Picture, PixelSize, jpeg::Compressor, test_picture},
    protocol::{Message, Pieces, Record, Size, Video},
};

pub(crate) const CHECKS: &[Check] = &[
    ("a 4 KB JPEG that claims 65,500 x 65,500", || {
        bomb(&claiming(&small(), 65_500, 65_500))
    }),
    ("a 4 KB JPEG that claims 4,096 x 4,096", || {
        bomb(&claiming(&small(), 4_096, 4_096))
    }),
    ("a JPEG of 4,000 scans", || bomb(&many_scans(&small()))),
    ("a JPEG of 5,000 tables", || bomb(&many_tables(&small()))),
    ("a megabyte of fill bytes", || {
        bomb(&[&[0xff, 0xd8], vec![0xff; 1 << 20].as_slice()].concat())
    }),
    ("whole JPEGs of 4,096 x 4,096, as fast as they go", || {
        large_pictures(4096)
    }),
    ("whole JPEGs of 2,048 x 2,048, as fast as they go", || {
        large_pictures(2048)
    }),
    ("bytes of garbage for pictures", garbage),
    ("pictures faster than they are answered", unanswered),
];

pub(crate) fn small() -> Vec<u8> {
    let mut picture = Picture::new(PixelSize::new(160, 90));
    test_picture::paint(&mut picture, Duration::from_secs(1));
    let mut jpeg = Vec::new();
    Compressor::default()
        .compress(&picture, 50, &mut jpeg)
        .unwrap();
    jpeg
}

fn marker(jpeg: &[u8], marker: u8) -> usize {
    let mut pairs = jpeg.windows(2);
    pairs.position(|pair| pair == [0xff, marker]).unwrap()
}

pub(crate) fn claiming(jpeg: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut jpeg = jpeg.to_vec();
    let frame = marker(&jpeg, 0xc0);
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

pub(crate) fn many_scans(jpeg: &[u8]) -> Vec<u8> {
    let scan = marker(jpeg, 0xda);
    let mut scans = jpeg[..jpeg.len() - 2].to_vec();
    for _ in 0..4000 {
        scans.extend(&jpeg[scan..scan + 14]);
    }
    scans
}

fn many_tables(jpeg: &[u8]) -> Vec<u8> {
    let table = marker(jpeg, 0xc4);
    let mut tables = jpeg[..table].to_vec();
    for _ in 0..5000 {
        tables.extend(&jpeg[table..table + 33]);
    }
    tables.extend(&jpeg[table..]);
    tables
}

/// A true JPEG, as high as wide: a strip of it, again and again. Restart markers make that
/// possible, because each interval is coded for itself.
fn large(width: u16) -> Vec<u8> {
    let strip_height = 64;
    let mut random = Random::new(8);
    let mut row = Vec::new();
    for _ in 0..width / 8 {
        let [r, g, b, ..] = random.next().to_le_bytes();
        row.extend([r, g, b].repeat(8));
    }
    let pixels = row.repeat(usize::from(strip_height));
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 30);
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    encoder.set_restart_interval(width / 8);
    encoder
        .encode(&pixels, width, strip_height, ColorType::Rgb)
        .unwrap();
    let scan = marker(&jpeg, 0xda) + 14;
    let strip = jpeg[scan..jpeg.len() - 2].to_vec();
    let mut whole = claiming(&jpeg[..scan], width, width);
    whole.extend(&strip);
    for _ in 1..width / strip_height {
        // The strip ends with its eighth interval, behind which comes the eighth marker.
        whole.extend([0xff, 0xd7]);
        whole.extend(&strip);
    }
    whole.extend([0xff, 0xd9]);
    assert!(whole.len() <= 2 << 20, "{} bytes", whole.len());
    whole
}

pub(crate) fn video(sequence: u32, size: Size, jpeg: &[u8]) -> Message {
    Message::Video(Video {
        sequence,
        captured_at: 0,
        size,
        shared_len: 0,
        jpeg: jpeg.to_vec(),
    })
}

/// Says a picture, in pieces where it is long.
pub(crate) fn show(peer: &mut Peer, message: &Message) {
    let mut encoded = Vec::new();
    message.encode(&mut encoded);
    let mut pieces = Pieces::new(encoded);
    while !pieces.is_done() {
        let mut record = Vec::new();
        pieces.poll_record(usize::MAX, &mut record);
        assert!(Record::parse(&record).is_ok());
        peer.say_plaintext(&record);
    }
}

/// Twenty of them; each is answered as broken, and the call goes on.
fn bomb(jpeg: &[u8]) -> Outcome {
    let mut victim = Victim::open();
    let mut peer = Peer::in_call(victim.port, "mallory");
    victim.begin();
    let size = Size {
        width: 160,
        height: 90,
    };
    for sequence in 0..20 {
        show(&mut peer, &video(sequence, size, jpeg));
        peer.await_answer(sequence, ttychat::protocol::Outcome::Broken);
    }
    victim.press_a_key(Some(&mut peer));
    peer.say(&Message::Text("still here".to_owned()));
    victim.await_with(Some(&mut peer), "a text", |text| {
        text.contains("still here")
    });
    let seen = victim.shown("no picture yet");
    peer.hang_up();
    victim.outcome(seen, "goes on")
}

fn large_pictures(width: u16) -> Outcome {
    let jpeg = large(width);
    let mut victim = Victim::open();
    // Filling the window they are decoded in full, and not at an eighth of their size.
    victim.pty.type_keys("f");
    let mut peer = Peer::in_call(victim.port, "mallory");
    victim.begin();
    let size = Size {
        width,
        height: width,
    };
    let started_at = Instant::now();
    let mut sequence = 0;
    while started_at.elapsed() < Duration::from_secs(4) && !peer.has_ended() {
        if peer.unanswered(sequence) < 4 {
            show(&mut peer, &video(sequence, size, &jpeg));
            sequence += 1;
        } else {
            peer.pump();
        }
    }
    if peer.has_ended() {
        // What is not decoded is answered at once, so that so many may come that it is a flood.
        victim.press_a_key(None);
        let seen = victim.logged("mallory\" ended");
        return victim.outcome(seen, "ended");
    }
    victim.press_a_key(Some(&mut peer));
    let seen = victim.shown("mallory");
    peer.hang_up();
    victim.outcome(seen, "goes on")
}

fn garbage() -> Outcome {
    let mut victim = Victim::open();
    let mut peer = Peer::in_call(victim.port, "mallory");
    let mut random = Random::new(Random::seed(9));
    let size = Size {
        width: 160,
        height: 90,
    };
    victim.begin();
    let whole = small();
    for sequence in 0..300 {
        let mut jpeg = whole.clone();
        for _ in 0..8 {
            let at = random.index(jpeg.len());
            jpeg[at] = random.next().to_le_bytes()[0];
        }
        if sequence % 3 == 0 {
            let len = 1 + random.index(3000);
            jpeg = random.bytes(len);
        }
        show(&mut peer, &video(sequence, size, &jpeg));
        while peer.unanswered(sequence + 1) > 8 {
            peer.pump();
            assert!(!peer.has_ended(), "ended after {sequence} pictures");
        }
    }
    victim.press_a_key(Some(&mut peer));
    let seen = victim.shown("mallory");
    peer.hang_up();
    victim.outcome(seen, "goes on")
}

/// Pictures without a pause; more than are answered are too many.
fn unanswered() -> Outcome {
    let mut victim = Victim::open();
    let mut peer = Peer::in_call(victim.port, "mallory");
    let jpeg = small();
    let size = Size {
        width: 160,
        height: 90,
    };
    victim.begin();
    let started_at = Instant::now();
    let mut sequence = 0;
    while !peer.has_ended() {
        assert!(started_at.elapsed() < 2 * PATIENCE, "it goes on");
        show(&mut peer, &video(sequence, size, &jpeg));
        sequence += 1;
    }
    let seen = victim.logged("mallory\" ended");
    victim.outcome(seen, "ended")
}
