//! What a picture costs on its way: `cargo bench --bench media`.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark"
)]

use divan::Bencher;
use std::time::Duration;
use ttychat::media::denoise::Denoiser;
use ttychat::media::jpeg::{Compressor, Decompressor, Limits};
use ttychat::media::raw::{Coding, ColorMatrix, ColorRange, Converter, RawPicture};
use ttychat::media::scale::Scaler;
use ttychat::media::sharpen::Sharpener;
use ttychat::media::{Picture, PixelSize, barcode, test_picture};

const CAMERA: PixelSize = PixelSize::new(640, 480);
const SCREEN: PixelSize = PixelSize::new(160, 90);
const LIMITS: Limits = Limits {
    len_max: 8 << 20,
    size_max: PixelSize::new(4096, 4096),
};

fn main() {
    divan::main();
}

fn scene(width: u32, height: u32) -> Picture {
    let mut picture = Picture::new(PixelSize::new(width, height));
    test_picture::paint(&mut picture, Duration::from_millis(700));
    picture
}

fn compressed(width: u32, height: u32) -> Vec<u8> {
    let mut jpeg = Vec::new();
    Compressor::default()
        .compress(&scene(width, height), 75, &mut jpeg)
        .unwrap();
    jpeg
}

/// A picture as a camera in an ordinary room gives it: with noise, three levels of it.
fn noisy(size: PixelSize, seed: u32) -> Picture {
    let mut picture = scene(size.width, size.height);
    let mut state = seed;
    let mut bit = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 31) as i16
    };
    for value in picture.rgb_mut() {
        let noise: i16 = (0..36).map(|_| bit()).sum::<i16>() - 18;
        *value = (i16::from(*value) + noise).clamp(0, 255) as u8;
    }
    picture
}

/// Y, Cb and Cr of a pixel, BT.601 limited.
fn yuv(rgb: &[u8]) -> [u8; 3] {
    let [red, green, blue] = [0, 1, 2].map(|index| f32::from(rgb[index]) / 255.0);
    let y = 0.299 * red + 0.587 * green + 0.114 * blue;
    let chroma = |color: f32, range: f32| (128.0 + 224.0 * (color - y) / range) as u8;
    [
        (16.0 + 219.0 * y) as u8,
        chroma(blue, 1.772),
        chroma(red, 1.402),
    ]
}

/// What a camera of this format delivers of a noisy scene. Its JPEGs are 4:2:2 of quality 85, as
/// those of webcams.
fn delivered(format: &str, seed: u32) -> Vec<u8> {
    let picture = noisy(CAMERA, seed);
    let rgb = picture.rgb().chunks_exact(3);
    let pairs = picture
        .rgb()
        .chunks_exact(6)
        .map(|pair| (yuv(pair), yuv(&pair[3..])));
    let luma = rgb.clone().map(|rgb| yuv(rgb)[0]);
    let rows = picture.rgb().chunks_exact(CAMERA.width as usize * 6);
    let quads = rows.flat_map(|rows| rows[..rows.len() / 2].chunks_exact(6).map(yuv));
    match format {
        "YUYV" => pairs.flat_map(|(a, b)| [a[0], a[1], b[0], a[2]]).collect(),
        "UYVY" => pairs.flat_map(|(a, b)| [a[1], a[0], a[2], b[0]]).collect(),
        "NV12" => luma.chain(quads.flat_map(|[_, cb, cr]| [cb, cr])).collect(),
        "YU12" => {
            let (cb, cr) = (quads.clone().map(|yuv| yuv[1]), quads.map(|yuv| yuv[2]));
            luma.chain(cb).chain(cr).collect()
        }
        "GREY" => luma.collect(),
        "Y16 " => luma.flat_map(|y| [y ^ 0x5a, y]).collect(),
        "RGB3" => picture.rgb().to_vec(),
        "BGR4" => rgb.flat_map(|rgb| [rgb[2], rgb[1], rgb[0], 0]).collect(),
        _ => {
            let mut jpeg = Vec::new();
            let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 85);
            encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_1);
            encoder
                .encode(picture.rgb(), 640, 480, jpeg_encoder::ColorType::Rgb)
                .unwrap();
            jpeg
        }
    }
}

const FORMATS: [&str; 8] = [
    "YUYV", "UYVY", "NV12", "YU12", "GREY", "Y16 ", "RGB3", "BGR4",
];

fn raw<'a>(format: &str, bytes: &'a [u8]) -> RawPicture<'a> {
    RawPicture {
        format: format.as_bytes().try_into().unwrap(),
        size: CAMERA,
        stride: 0,
        coding: Coding {
            range: ColorRange::Limited,
            matrix: ColorMatrix::Bt601,
        },
        bytes,
    }
}

fn convert(bencher: Bencher<'_, '_>, format: &str, at_least: Option<PixelSize>) {
    let bytes = delivered(format, 1);
    let raw = raw(format, &bytes);
    let (mut converter, mut out) = (Converter::default(), Picture::default());
    bencher.bench_local(|| converter.convert(&raw, at_least, &mut out).unwrap());
}

/// All that the capture thread does for the other end: see `runtime::capture::pipeline`.
#[divan::bench(args = FORMATS.into_iter().chain(["MJPG"]))]
fn camera_640x480_to_jpeg_160x90(bencher: Bencher<'_, '_>, format: &str) {
    // In turns, so that the noise is told from the scene.
    let pictures: Vec<Vec<u8>> = (1..5).map(|seed| delivered(format, seed << 16)).collect();
    let mut pictures = pictures.iter().cycle();
    let (mut converter, mut full) = (Converter::default(), Picture::default());
    let (mut scaler, mut sent) = (Scaler::default(), Picture::default());
    let (mut denoiser, mut sharpener) = (Denoiser::default(), Sharpener::default());
    let mut compressor = Compressor::default();
    bencher.bench_local(|| {
        let raw = raw(format, pictures.next().unwrap());
        converter.convert(&raw, Some(SCREEN), &mut full).unwrap();
        scaler.scale(&full, SCREEN, &mut sent);
        denoiser.denoise(&mut sent);
        sharpener.sharpen(&mut sent, denoiser.noise().spread);
        let mut jpeg = Vec::new();
        compressor.compress(&sent, 75, &mut jpeg).unwrap();
        jpeg
    });
}

#[divan::bench(args = FORMATS)]
fn raw_640x480(bencher: Bencher<'_, '_>, format: &str) {
    convert(bencher, format, None);
}

#[divan::bench(args = FORMATS)]
fn raw_640x480_quarter(bencher: Bencher<'_, '_>, format: &str) {
    convert(bencher, format, Some(PixelSize::new(160, 120)));
}

#[divan::bench(args = [(320, 180), (640, 480), (1280, 720)])]
fn scale_to_160x90(bencher: Bencher<'_, '_>, (width, height): (u32, u32)) {
    let picture = scene(width, height);
    let (mut scaler, mut out) = (Scaler::default(), Picture::default());
    bencher.bench_local(|| scaler.scale(&picture, SCREEN, &mut out));
}

/// Of eight pictures in turns, each with other noise; one of them is copied each time.
#[divan::bench(args = [(160, 90), (320, 180), (640, 480)])]
fn denoise(bencher: Bencher<'_, '_>, (width, height): (u32, u32)) {
    let size = PixelSize::new(width, height);
    let pictures: Vec<Picture> = (1..9).map(|seed| noisy(size, seed << 16)).collect();
    let (mut denoiser, mut turn, mut out) = (Denoiser::default(), 0, scene(width, height));
    bencher.bench_local(|| {
        out.rgb_mut().copy_from_slice(pictures[turn % 8].rgb());
        denoiser.denoise(&mut out);
        turn += 1;
    });
}

#[divan::bench(args = [(160, 90), (320, 180)])]
fn sharpen(bencher: Bencher<'_, '_>, (width, height): (u32, u32)) {
    let (picture, mut out) = (scene(width, height), scene(width, height));
    let mut sharpener = Sharpener::default();
    bencher.bench_local(|| {
        out.rgb_mut().copy_from_slice(picture.rgb());
        sharpener.sharpen(&mut out, 2.0);
    });
}

#[divan::bench(args = [(160, 90), (320, 180), (640, 480)])]
fn compress_q75(bencher: Bencher<'_, '_>, (width, height): (u32, u32)) {
    let picture = scene(width, height);
    let (mut compressor, mut out) = (Compressor::default(), Vec::new());
    bencher.bench_local(|| {
        out.clear();
        compressor.compress(&picture, 75, &mut out).unwrap();
    });
}

fn decompress(bencher: Bencher<'_, '_>, (width, height): (u32, u32), divisor: u32) {
    let jpeg = compressed(width, height);
    let at_least = Some(PixelSize::new(width / divisor, height / divisor));
    let (mut decompressor, mut out) = (Decompressor::default(), Picture::default());
    bencher.bench_local(|| {
        decompressor
            .decompress(&jpeg, LIMITS, at_least, &mut out)
            .unwrap();
    });
}

#[divan::bench(args = [(160, 90), (320, 180), (640, 480), (1280, 720)])]
fn decompress_q75(bencher: Bencher<'_, '_>, size: (u32, u32)) {
    decompress(bencher, size, 1);
}

#[divan::bench(args = [(640, 480), (1280, 720)])]
fn decompress_q75_quarter(bencher: Bencher<'_, '_>, size: (u32, u32)) {
    decompress(bencher, size, 4);
}

#[divan::bench(args = [(160, 90), (640, 480), (1280, 720)])]
fn paint_test_picture(bencher: Bencher<'_, '_>, (width, height): (u32, u32)) {
    let mut picture = scene(width, height);
    bencher.bench_local(|| test_picture::paint(&mut picture, Duration::from_millis(700)));
}

#[divan::bench]
fn draw_barcode_1280x720(bencher: Bencher<'_, '_>) {
    let mut picture = scene(1280, 720);
    bencher.bench_local(|| barcode::draw(&mut picture, 0x1234_5678));
}

#[divan::bench]
fn read_barcode_160x90(bencher: Bencher<'_, '_>) {
    let mut picture = scene(160, 90);
    barcode::draw(&mut picture, 0x1234_5678);
    bencher.bench_local(|| barcode::read(&picture));
}
