//! What a picture costs on its way: `cargo bench --bench media`.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use divan::Bencher;
use std::time::Duration;
use ttychat::media::jpeg::{Compressor, Decompressor, Limits};
use ttychat::media::raw::Converter;
use ttychat::media::scale::Scaler;
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

const FORMATS: [&str; 6] = ["YUYV", "NV12", "YU12", "GREY", "RGB3", "BGR4"];

fn convert(bencher: Bencher<'_, '_>, format: &str, at_least: Option<PixelSize>) {
    let bytes: Vec<u8> = (0..=250).cycle().take(640 * 480 * 4).collect();
    let format = format.as_bytes().try_into().unwrap();
    let (mut converter, mut out) = (Converter::default(), Picture::default());
    bencher.bench_local(|| {
        converter
            .convert(format, CAMERA, 0, &bytes, at_least, &mut out)
            .unwrap();
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
