use super::support::{assert_near, painted, psnr, scene, size};
use png::{BitDepth, ColorType};
use ttychat::media::Picture;
use ttychat::media::clip::{Clip, ClipError};
use ttychat::media::jpeg::Compressor;

fn jpeg(picture: &Picture) -> Vec<u8> {
    let mut jpeg = Vec::new();
    Compressor::default()
        .compress(picture, 90, &mut jpeg)
        .unwrap();
    jpeg
}

fn decoded(clip: &mut Clip, index: usize) -> Picture {
    let mut out = Picture::default();
    clip.decode(index, &mut out).unwrap();
    out
}

fn png(
    (width, height): (u32, u32),
    color: ColorType,
    depth: BitDepth,
    pixels: &[u8],
    palette: Option<(&[u8], &[u8])>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if let Some((palette, transparency)) = palette {
        encoder.set_palette(palette);
        encoder.set_trns(transparency);
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(pixels).unwrap();
    writer.finish().unwrap();
    bytes
}

fn still(bytes: Vec<u8>) -> Picture {
    let mut clip = Clip::parse(bytes).unwrap();
    assert!(clip.is_still() && clip.count() == 1 && clip.rate().is_none());
    decoded(&mut clip, 5)
}

#[track_caller]
fn broken(bytes: &[u8]) {
    let error = Clip::parse(bytes.to_vec())
        .map(|clip| clip.count())
        .unwrap_err();
    assert!(matches!(error, ClipError::Broken(_)), "{error:?}");
}

#[test]
fn an_mjpeg_stream_is_indexed_through_junk() {
    let colors = [[200, 30, 30], [30, 200, 30], [30, 30, 200]];
    let pictures = colors.map(|color| jpeg(&painted(32, 16, |_, _| color)));
    let mut progressive = pictures[0].clone();
    let frame = progressive
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .unwrap();
    progressive[frame + 1] = 0xc2;
    let stream = [
        &pictures[0][..],
        b"--boundary\r\nContent-Type: image/jpeg\r\n\r\n",
        &progressive,
        &pictures[1][..pictures[1].len() - 2],
        &pictures[0][..300],
        &[0xff, 0xd8, 0xff],
        &pictures[2],
        &[0; 50],
        &[0xff, 0xd8],
    ]
    .concat();
    let mut clip = Clip::parse(stream).unwrap();
    assert_eq!(clip.count(), 3);
    assert!(!clip.is_still());
    assert_eq!(clip.rate(), None);
    for index in 0..7 {
        let picture = decoded(&mut clip, index);
        assert_near(picture.pixel(16, 8).unwrap(), colors[index % 3], 4);
    }
}

#[test]
fn a_thumbnail_is_not_taken_for_a_picture() {
    let thumbnail = jpeg(&painted(8, 8, |_, _| [255; 3]));
    let picture = scene(64, 48);
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1];
    bytes.extend((thumbnail.len() as u16 + 2).to_be_bytes());
    bytes.extend(thumbnail);
    bytes.extend(&jpeg(&picture)[2..]);
    assert!(psnr(&still(bytes), &picture) > 26.0);
}

#[test]
fn what_is_no_clip_is_named_as_such() {
    for bytes in [&b""[..], b"hello", b"RIFF....AVI ", &[0xff], &[0; 1000]] {
        let error = Clip::parse(bytes.to_vec())
            .map(|clip| clip.count())
            .unwrap_err();
        assert_eq!(error, ClipError::UnknownKind);
    }
    let whole = jpeg(&scene(64, 48));
    broken(&whole[..400]);
    let mut large = whole;
    let frame = large
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .unwrap();
    large[frame + 5..frame + 7].copy_from_slice(&4097_u16.to_be_bytes());
    broken(&large);
}

#[test]
fn a_broken_picture_does_not_spoil_the_others() {
    let good = jpeg(&scene(64, 48));
    let mut bad = good.clone();
    let scan = bad
        .windows(2)
        .position(|pair| pair == [0xff, 0xda])
        .unwrap();
    // The guard lets it pass; only the decoder can tell.
    bad.drain(scan + 60..good.len() - 60);
    let mut clip = Clip::parse([&good[..], &bad, &good].concat()).unwrap();
    assert_eq!(clip.count(), 3);
    assert!(clip.decode(1, &mut Picture::default()).is_err());
    assert_eq!(decoded(&mut clip, 0), decoded(&mut clip, 2));
}

#[test]
fn png_stills_of_every_kind_are_read() {
    let rgb: Vec<u8> = (0..4 * 2 * 3).map(|index| index * 9).collect();
    let want = Picture::from_rgb(size(4, 2), rgb.clone()).unwrap();
    assert_eq!(
        still(png((4, 2), ColorType::Rgb, BitDepth::Eight, &rgb, None)),
        want
    );
    let wide: Vec<u8> = rgb.iter().flat_map(|&value| [value, 0x77]).collect();
    assert_eq!(
        still(png((4, 2), ColorType::Rgb, BitDepth::Sixteen, &wide, None)),
        want
    );

    let rgba = [200, 100, 50, 255, 200, 100, 50, 128, 200, 100, 50, 0];
    let picture = still(png((3, 1), ColorType::Rgba, BitDepth::Eight, &rgba, None));
    assert_eq!(picture.rgb(), [200, 100, 50, 100, 50, 25, 0, 0, 0]);
    let grey_alpha = [200, 255, 200, 128];
    let picture = still(png(
        (2, 1),
        ColorType::GrayscaleAlpha,
        BitDepth::Eight,
        &grey_alpha,
        None,
    ));
    assert_eq!(picture.rgb(), [200, 200, 200, 100, 100, 100]);
    let picture = still(png(
        (2, 1),
        ColorType::Grayscale,
        BitDepth::Eight,
        &[7, 250],
        None,
    ));
    assert_eq!(picture.rgb(), [7, 7, 7, 250, 250, 250]);
    // Four bits: 0, 15, and a palette of three of which the last is transparent.
    let picture = still(png(
        (2, 1),
        ColorType::Grayscale,
        BitDepth::Four,
        &[0x0f],
        None,
    ));
    assert_eq!(picture.rgb(), [0, 0, 0, 255, 255, 255]);
    let palette = (&[255, 0, 0, 0, 255, 0, 9, 9, 9][..], &[255, 255, 0][..]);
    let indexed = png(
        (3, 1),
        ColorType::Indexed,
        BitDepth::Four,
        &[0x01, 0x20],
        Some(palette),
    );
    assert_eq!(still(indexed).rgb(), [255, 0, 0, 0, 255, 0, 0, 0, 0]);
}

#[test]
fn a_broken_or_large_png_is_refused() {
    let pixels = vec![9; 4097 * 3];
    broken(&png(
        (4097, 1),
        ColorType::Rgb,
        BitDepth::Eight,
        &pixels,
        None,
    ));
    broken(&png(
        (1, 4097),
        ColorType::Rgb,
        BitDepth::Eight,
        &pixels,
        None,
    ));
    let whole = png(
        (64, 64),
        ColorType::Rgb,
        BitDepth::Eight,
        scene(64, 64).rgb(),
        None,
    );
    assert_eq!(still(whole.clone()), scene(64, 64));
    for len in (8..whole.len() - 12).step_by(7) {
        broken(&whole[..len]);
    }
    let mut claims = whole;
    // 4096x4096 by its header, with a checksum that no longer fits.
    claims[16..24].copy_from_slice(&[0, 0, 16, 0, 0, 0, 16, 0]);
    broken(&claims);
}

#[test]
fn y4m_is_read_in_its_usual_kinds() {
    // Pure red is Y 81, Cb 90, Cr 240; 3x3 pixels.
    for (kind, chroma_len, want) in [
        (" C420jpeg", 4, [255, 0, 0]),
        (" C420mpeg2 Ip A1:1", 4, [255, 0, 0]),
        (" C420paldv", 4, [255, 0, 0]),
        (" C420", 4, [255, 0, 0]),
        ("", 4, [255, 0, 0]),
        (" C422", 6, [255, 0, 0]),
        (" C444 It", 9, [255, 0, 0]),
        (" Cmono", 0, [76, 76, 76]),
        (" C444 XCOLORRANGE=FULL", 9, [238, 14, 14]),
    ] {
        let mut bytes = format!("YUV4MPEG2 W3 H3 F30000:1001{kind} XYSCSS=420\n").into_bytes();
        for luma in [81, 16, 81] {
            bytes.extend(b"FRAME Ixyz\n");
            bytes.extend([luma; 9]);
            bytes.extend(vec![90; chroma_len]);
            bytes.extend(vec![240; chroma_len]);
        }
        bytes.extend(b"FRAME\ncut");
        let mut clip = Clip::parse(bytes).unwrap();
        assert_eq!(clip.count(), 3, "{kind}");
        let rate = clip.rate().unwrap();
        assert!((rate - 29.97).abs() < 0.001);
        let picture = decoded(&mut clip, 2);
        let want = if kind.contains("FULL") {
            full_range([81, 90, 240])
        } else {
            want
        };
        for pixel in picture.rgb().chunks_exact(3) {
            assert_near(pixel.try_into().unwrap(), want, 2);
        }
    }
}

/// JFIF 1.02, page 3.
fn full_range([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (f64::from(y), f64::from(cb) - 128.0, f64::from(cr) - 128.0);
    [
        y + 1.402 * cr,
        y - 0.344_136 * cb - 0.714_136 * cr,
        y + 1.772 * cb,
    ]
    .map(|value| value.round().clamp(0.0, 255.0) as u8)
}

#[test]
fn a_y4m_file_says_its_rate_or_not() {
    for (rate, want) in [
        ("F25:1", Some(25.0)),
        ("F0:0", None),
        ("F30", None),
        ("F1:0", None),
        ("F-5:1", None),
        ("A1:1", None),
    ] {
        let mut bytes = format!("YUV4MPEG2 W2 H2 {rate} Cmono\n").into_bytes();
        bytes.extend(b"FRAME\n....FRAME\n....");
        assert_eq!(Clip::parse(bytes).unwrap().rate(), want, "{rate}");
    }
}

#[test]
fn a_broken_y4m_is_refused() {
    for header in [
        "YUV4MPEG2",
        "YUV4MPEG2 W2 H2",
        "YUV4MPEG2 W2\n",
        "YUV4MPEG2 W0 H2\n",
        "YUV4MPEG2 W4097 H2\n",
        "YUV4MPEG2 W2 H99999999999\n",
        "YUV4MPEG2 W-2 H2\n",
        "YUV4MPEG2 W2 H2 C420p10\n",
        "YUV4MPEG2 W2 H2 C411\n",
        "YUV4MPEG2 W2 H2\nNOFRAME\n",
        "YUV4MPEG2 W2 H2\nFRAME\n.....",
        "YUV4MPEG2 W2 H2\n",
    ] {
        broken(header.as_bytes());
    }
    let long = format!("YUV4MPEG2 W2 H2 X{}\nFRAME\n......", "x".repeat(5000));
    broken(long.as_bytes());
}
