use super::support::{painted, scene, size};
use ttychat::media::jpeg::{Compressor, Decompressor, Limits};
use ttychat::media::scale::Scaler;
use ttychat::media::{Picture, barcode};

/// Times with few and many changes of colour.
const TIMES: [u32; 6] = [
    1,
    0x5555_5555,
    0xaaaa_aaaa,
    0x1234_5678,
    0xffff_fffe,
    0x8000_0001,
];

fn coded(width: u32, height: u32, unix_ms: u32) -> Picture {
    let mut picture = scene(width, height);
    barcode::draw(&mut picture, unix_ms);
    picture
}

#[test]
fn the_columns_are_the_bits() {
    let picture = coded(80, 16, 0x8000_00ff);
    // 0x80 ^ 0xff = 0x7f checks.
    let bits = 0x0080_0000_ff7f_u64;
    for column in 0..40 {
        let want = if bits >> (39 - column) & 1 == 1 {
            [255; 3]
        } else {
            [0; 3]
        };
        for y in 0..2 {
            assert_eq!(picture.pixel(column * 2, y), Some(want), "column {column}");
            assert_eq!(
                picture.pixel(column * 2 + 1, y),
                Some(want),
                "column {column}"
            );
        }
    }
}

#[test]
fn it_covers_the_top_eighth_and_nothing_else() {
    for (width, height) in [(40, 1), (41, 8), (160, 90), (333, 79)] {
        let plain = scene(width, height);
        let coded = coded(width, height, 0x5a5a_5a5a);
        let bar = (height / 8).max(1) as usize * width as usize * 3;
        assert!(
            coded.rgb()[..bar]
                .iter()
                .all(|&value| value == 0 || value == 255)
        );
        assert_eq!(coded.rgb()[bar..], plain.rgb()[bar..]);
    }
}

#[test]
fn too_narrow_a_picture_has_none() {
    for (width, height) in [(39, 90), (0, 0), (40, 0), (1, 1)] {
        assert_eq!(coded(width, height, 77), scene(width, height));
        assert_eq!(barcode::read(&coded(width, height, 77)), None);
    }
}

#[test]
fn what_was_drawn_is_read_at_any_size() {
    for width in 40..260 {
        for time in TIMES {
            assert_eq!(
                barcode::read(&coded(width, 9, time)),
                Some(time),
                "{width} wide"
            );
        }
    }
}

#[test]
fn a_picture_without_one_has_none() {
    assert_eq!(barcode::read(&scene(160, 90)), None);
    for grey in [0, 100, 128, 255] {
        assert_eq!(barcode::read(&painted(160, 90, |_, _| [grey; 3])), None);
    }
}

#[test]
fn it_survives_jpeg_and_scaling() {
    let limits = Limits {
        len_max: 1 << 20,
        size_max: size(4096, 4096),
    };
    let (mut small, mut after) = (Picture::default(), Picture::default());
    for (width, height) in [(1280, 720), (640, 480), (320, 180)] {
        for target in [
            size(320, 180),
            size(160, 90),
            size(107, 60),
            size(80, 48),
            size(40, 22),
        ] {
            for time in TIMES {
                let picture = coded(width, height, time);
                Scaler::default().scale(&picture, target, &mut small);
                assert_eq!(barcode::read(&small), Some(time), "{width} to {target:?}");
                for quality in [50, 75] {
                    let mut bytes = Vec::new();
                    Compressor::default()
                        .compress(&small, quality, &mut bytes)
                        .unwrap();
                    Decompressor::default()
                        .decompress(&bytes, limits, None, &mut after)
                        .unwrap();
                    assert_eq!(barcode::read(&after), Some(time), "{target:?} q{quality}");
                }
            }
        }
    }
}
