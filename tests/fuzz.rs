//! What the fuzz targets once found, and what they begin with, in every test run.
//!
//! `fuzz/seeds/TARGET` holds both. `TTYCHAT_BLESS=1` writes those anew that are made here, from
//! what real calls, encoders and terminals say; a crash that `make fuzz` finds is copied there.

#![allow(clippy::unwrap_used, reason = "test code")]

#[path = "../fuzz/src/lib.rs"]
mod targets;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use ttychat::{
    media::{Picture, PixelSize, jpeg::Compressor, test_picture},
    protocol::{
        CameraState, Goodbye, Hello, Message, Outcome, Patch, Pieces, Refusal, Role, Size, Video,
        frame, greeting, limits::PIECE_LEN_MAX,
    },
};

/// Most bytes of all seeds: they are fetched with the sources by everybody.
const SEEDS_LEN_MAX: u64 = 200 << 10;

fn seeds_of(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(target)
}

#[test]
fn every_kept_input_of_the_fuzz_targets_holds() {
    if std::env::var_os("TTYCHAT_BLESS").is_some() {
        write_seeds();
    }
    let mut len = 0;
    for (name, check) in targets::TARGETS {
        let mut paths: Vec<_> = fs::read_dir(seeds_of(name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        assert!(!paths.is_empty(), "{name} has no seeds");
        for path in paths {
            // Seen only when it fails.
            println!("{}", path.display());
            let bytes = fs::read(&path).unwrap();
            len += bytes.len() as u64;
            check(&bytes);
        }
    }
    assert!(len <= SEEDS_LEN_MAX, "the seeds have {len} bytes");
}

#[test]
fn every_target_is_in_the_fuzzer_s_list() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for (name, _) in targets::TARGETS {
        let path = format!("fuzz_targets/{name}.rs");
        assert!(manifest.contains(&path), "{path} is not in fuzz/Cargo.toml");
        let target = fs::read_to_string(folder.join(path)).unwrap();
        assert!(target.contains(&format!("{name}::check")), "{name}");
    }
    let count = fs::read_dir(folder.join("fuzz_targets")).unwrap().count();
    assert_eq!(count, targets::TARGETS.len());
}

fn write_seeds() {
    for (target, seeds) in [
        ("greeting", greetings()),
        ("jpeg", jpegs()),
        ("mjpeg", streams()),
        ("peers", files_of_peers()),
        ("record", records()),
        ("session", calls()),
        ("terminal_input", terminal_inputs()),
        ("text", texts()),
    ] {
        let folder = seeds_of(target);
        fs::create_dir_all(&folder).unwrap();
        for (index, bytes) in seeds.into_iter().enumerate() {
            fs::write(folder.join(format!("made-{index:02}")), bytes).unwrap();
        }
    }
}

/// Files of known people.
fn files_of_peers() -> Vec<Vec<u8>> {
    let line = "k3m7q-2xw5a-hj4tp-n6zbd-c8rvf  2026-10-01  2026-11-22  desk:2222,a:1  bob@desk";
    let other = "00000-11111-22222-33333-44444  2026-10-01  2026-11-22  -  Al (2)";
    [
        format!("# mine\n\n{line}\n{other}\n"),
        format!("{line}\n{line}\n{other} # not a comment\n"),
        "k3m7q-2xw5a 2026-1-1 x y z\n\u{feff}\t".to_owned(),
    ]
    .map(String::into_bytes)
    .to_vec()
}

/// One message of each kind.
fn messages() -> Vec<Message> {
    let hello = Hello {
        name: "alice@laptop".to_owned(),
        capabilities: 1,
        picture_area: Size {
            width: 160,
            height: 90,
        },
    };
    let video = Video {
        sequence: 1,
        captured_at: 2,
        size: hello.picture_area,
        shared_len: 3,
        jpeg: vec![0xff, 0xd8, 0xff],
    };
    vec![
        Message::Hello(hello),
        Message::Ringing,
        Message::Accepted,
        Message::Refused(Refusal::Declined),
        Message::Goodbye(Goodbye::Ended),
        Message::Ping { sent_at: 5 },
        Message::Pong {
            ping_sent_at: 5,
            answered_at: 6,
        },
        Message::CameraState(CameraState::On),
        Message::PictureArea(Size {
            width: 320,
            height: 180,
        }),
        Message::Text("gr\u{fc}\u{df} dich \u{1f44b}".to_owned()),
        Message::Video(video.clone()),
        Message::VideoAcknowledged {
            sequence: 1,
            outcome: Outcome::Shown,
        },
        Message::Video(Video {
            jpeg: vec![7; 17_000],
            ..video.clone()
        }),
        Message::Patch(Patch {
            video,
            blocks: vec![0x80, 0, 0, 0, 0, 1, 0, 0x10],
        }),
    ]
}

fn records() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let mut all = vec![0];
    for message in messages() {
        let mut encoded = Vec::new();
        message.encode(&mut encoded);
        let mut pieces = Pieces::new(encoded);
        let mut seed = vec![6];
        while !pieces.is_done() {
            let mut record = Vec::new();
            pieces.poll_record(PIECE_LEN_MAX, &mut record);
            frame(&record, &mut seed);
        }
        all.extend(seed.get(1..).unwrap());
        seeds.push(seed);
    }
    seeds.push(all);
    seeds
}

fn greetings() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (head, role) in [(0, Role::Caller), (1, Role::Called)] {
        let mut honest = vec![head, 3];
        honest.extend(greeting(role));
        frame(&[9; 32], &mut honest);
        frame(&[9; 64], &mut honest);
        seeds.push(honest);
        for foreign in ["GET / HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n", "\x16\x03\x01"] {
            seeds.push([&[head, 0], foreign.as_bytes()].concat());
        }
        for at in [0, 8, 9, 10, 12, 43, 45, 60, 110, 180] {
            seeds.push(vec![head | 2, 255, at, 1]);
        }
        seeds.push(vec![head | 2, 0, 0, 0]);
    }
    seeds
}

/// Scripts for `fuzz/src/session.rs`; the first byte is the role, the second brings the call up.
fn calls() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for role in [0, 1] {
        let once: Vec<u8> = (0..32).collect();
        seeds.push([&[role, 0], once.as_slice()].concat());
        for choice in 0..32 {
            // Twice, with time between, then a text and a picture of ours.
            let mut seed = vec![role, 1, choice, 5, 4, 3, 2, 1, 0, 9, 16, 4, 0];
            seed.extend([
                choice, 0, 0, 0, 1, 0, 0, 0, 20, 0, 9, 21, 0, 160, 0, 90, 7, 9, 9,
            ]);
            seeds.push(seed);
        }
        // A picture and two patches, theirs and ours.
        let mut patches = vec![role, 15];
        for (number, is_patch) in [(0, 0), (1, 1), (2, 1)] {
            patches.extend([
                12, 1, 0, 0, 0, 9, 0, 0, 160, 0, 90, 0, 0, 7, 0, 40, is_patch, 0, 0, 0,
            ]);
            patches.extend([
                21,
                0,
                160,
                0,
                90,
                7,
                0,
                9,
                number,
                is_patch,
                number.max(1) - 1,
            ]);
        }
        seeds.push(patches);
        // Rings, is asked, is taken.
        seeds.push(vec![
            role, 0, 2, 0, 0, 0, 0, 3, 0, 160, 0, 90, 3, 18, 4, 8, 23, 2, 9, 2,
        ]);
    }
    // What came later, twice, with time between and pictures of ours; then a talk with pictures as
    // they are wanted, answered sooner and later; at last those who ring for ever.
    for role in [0, 1] {
        for choice in 32..40 {
            let ours = [21, 0, 160, 0, 90, 7, 9, 9];
            let said = [choice, 1, 0, 0, 3, 0, 0];
            seeds.push([&[role, 15], &ours[..], &said, &[16, 1, 0], &ours, &said].concat());
        }
        let mut talk = vec![role, 15, 36];
        for late in [0, 4, 60, 0] {
            talk.extend([39, 0, 7, 9, late, 16, 0, late, 37, 2, late, late, 36]);
        }
        seeds.push(talk);
    }
    seeds.push(vec![0, 0, 2, 0, 0, 0, 0, 3, 0, 160, 0, 90, 38, 90]);
    seeds.push(vec![1, 0, 3, 38, 90]);
    seeds
}

fn jpegs() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (head, width, height, quality) in [
        (0, 16, 16, 50),
        (1, 64, 48, 30),
        (2, 160, 90, 40),
        (3, 330, 190, 10),
    ] {
        let mut picture = Picture::new(PixelSize::new(width, height));
        test_picture::paint(&mut picture, Duration::from_secs(3));
        let mut seed = vec![head];
        Compressor::default()
            .compress(&picture, quality, &mut seed)
            .unwrap();
        seeds.push(seed);
    }
    for kind in 0..4 {
        let mut seed = vec![kind];
        let mut encoder = Encoder::new(&mut seed, 40);
        let pixels: Vec<u8> = (0..=250).cycle().take(24 * 20 * 3).collect();
        let (color, len) = match kind {
            0 => (ColorType::Luma, 24 * 20),
            _ => (ColorType::Rgb, 24 * 20 * 3),
        };
        match kind {
            1 => encoder.set_progressive(true),
            2 => encoder.set_restart_interval(2),
            _ => encoder.set_sampling_factor(SamplingFactor::F_2_1),
        }
        encoder
            .encode(pixels.get(..len).unwrap(), 24, 20, color)
            .unwrap();
        seeds.push(seed);
    }
    seeds
}

/// Plain streams of JPEGs, with what other programs put between them, and scripts for the call.
fn streams() -> Vec<Vec<u8>> {
    let pictures = jpegs();
    let small = pictures.first().unwrap().get(1..).unwrap();
    let junk: [&[u8]; 5] = [
        b"",
        b"\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n",
        b"\xff\xd8",
        b"\xff\xff\xff",
        b"ttychat\x01>",
    ];
    let mut seeds = Vec::new();
    for junk in junk {
        let stream = [junk, small, junk, small, junk].concat();
        seeds.push([&[0, 40], stream.as_slice()].concat());
        let len = u16::try_from(stream.len()).unwrap().to_be_bytes();
        for head in [1, 3] {
            let call = [
                &[head, 200, 0],
                len.as_slice(),
                &stream,
                &[4, 5, 7, 0, 99, 8, 4, 0],
            ];
            seeds.push([call.concat(), [&[0], len.as_slice(), &stream].concat()].concat());
        }
    }
    seeds
}

fn terminal_inputs() -> Vec<Vec<u8>> {
    let streams: [&[u8]; 13] = [
        b"qtHello\r\x7f\x03\x1a",
        b"\x1b[A\x1b[1;5C\x1b[15~\x1bOP\x1b[[A\x1b\x1b[3~",
        "\u{e9}\u{4f60}\u{1f44b}\x1b\u{e9}".as_bytes(),
        b"\x1b[200~paste \x1b[201 of \x1b[201~x",
        b"\x1b[12;34R\x1b[1;2R\x1b[?1;2c\x1b[>0;10;1c",
        b"\x1b]11;rgb:1111/2222/3333\x1b\\\x1b]10;rgb:ffff/ffff/ffff\x07",
        b"\x1bP>|xterm(390)\x1b\\\x1bP1+r5463=32\x1b\\\x1b_Gi=1;OK\x1b\\",
        b"\x1b[?2026;2$y\x1b[4;720;1280t\x1b[I\x1b[O\x1b[M !!\x1b[<0;1;1M",
        b"\x1b[\x1b[\x1b]\x1bP\x1bOx\x1b",
        b"\xc2\xff\xe2\x82\xf0\x9f\x91\x1b[",
        b"\x1b[97;5u\x1b[27;5;97~\x1b[1;1:3A",
        b"\x1b[9999999999999999999999R\x1b[;;;;;;;;m\x1b[!p",
        b"\x1b[57358u\x1b[57359;5u\x1b[57361u\x1b[57363u\x1b[57427u\x1b[57441u\x1b[57430u",
    ];
    let mut seeds = Vec::new();
    for stream in streams {
        seeds.push([&[0, 2], stream].concat());
        seeds.push([&[1, 0], stream].concat());
        let mut paused = vec![2, 0];
        for chunk in stream.chunks(3) {
            paused.push(u8::try_from(chunk.len()).unwrap());
            paused.extend(chunk);
            paused.push(15);
        }
        seeds.push(paused);
    }
    seeds
}

fn texts() -> Vec<Vec<u8>> {
    [
        "plain",
        "gr\u{fc}\u{df}e \u{4f60}\u{597d} \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{fe0f}",
        "\x1b[2J\x1b]0;title\x07\u{9b}31m\r\n\t\x08\x7f",
        "\u{202e}evil\u{202c} \u{2066}x\u{2069} \u{200b}\u{feff}\u{ad}",
        "z\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        "\u{645}\u{200c}\u{647} \u{915}\u{94d}\u{200d}\u{937}",
        "\u{1100}\u{1161}\u{11a8} \u{1160} \u{115f} \u{3164}",
        "\u{e0041}\u{e007f} \u{1f3f4}\u{e0067}\u{e007f} \u{1f44b}\u{1f3fd}",
        "\u{fffe} \u{2028}\u{2029} \u{180e} \u{1d173}",
        "1\u{fe0f}\u{20e3} \u{a9}\u{fe0f} \u{25cc}\u{301}",
        "\u{fdfd} \u{12031} \u{bf5}",
        "\u{e33}\u{e33}\u{e33}\u{e33}\u{e33}\u{e33}\u{e33}\u{e33}",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
