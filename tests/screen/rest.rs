//! A camera before which nothing moves: its noise must not become bytes.

use crate::terminal::{Terminal, cells};
use ratatui::style::Color;
use ttychat::media::{
    Picture, PixelSize,
    denoise::Denoiser,
    jpeg::{Compressor, Decompressor, Limits},
};
use ttychat::screen::{VIDEO, backend::ScreenBackend, color::ColorDepth, quality::Budget};

const SIZE: PixelSize = PixelSize::new(160, 90);
const LIMITS: Limits = Limits {
    len_max: 1 << 20,
    size_max: SIZE,
};
const BUDGET: Budget = Budget {
    wanted: 50_000,
    max: 57_600,
    is_slow: false,
    is_hasty: false,
};

/// A whole way, from the camera to the terminal.
struct Way {
    /// `None`: pictures are not compressed in between.
    quality: Option<u8>,
    denoisers: [Denoiser; 2],
    ours: ratatui::Terminal<ScreenBackend>,
    terminal: Terminal,
    random: u64,
}

impl Way {
    fn new(quality: Option<u8>) -> Self {
        let size = cells(160, 45);
        let backend = ScreenBackend::new(size, ColorDepth::Truecolor);
        Self {
            quality,
            denoisers: Default::default(),
            ours: ratatui::Terminal::new(backend).unwrap(),
            terminal: Terminal::new(size),
            random: 1,
        }
    }

    /// Normally distributed, of variance 1: twelve uniform numbers have a sum of that variance.
    fn normal(&mut self) -> f64 {
        let mut uniform = || {
            self.random = self.random.wrapping_mul(6_364_136_223_846_793_005);
            self.random = self.random.wrapping_add(1_442_695_040_888_963_407);
            f64::from(u16::try_from(self.random >> 48).unwrap()) / 65536.0
        };
        (0..12).map(|_| uniform()).sum::<f64>() - 6.0
    }

    /// Takes a picture of `scene`, with noise of `spread` levels, to the terminal. Gives the
    /// length of the frame.
    fn show(&mut self, scene: &Picture, spread: f64) -> usize {
        let mut picture = scene.clone();
        for level in picture.rgb_mut() {
            *level = rounded(f64::from(*level) + spread * self.normal());
        }
        self.denoisers[0].denoise(&mut picture);
        if let Some(quality) = self.quality {
            let mut jpeg = Vec::new();
            Compressor::default()
                .compress(&picture, quality, &mut jpeg)
                .unwrap();
            Decompressor::default()
                .decompress(&jpeg, LIMITS, None, &mut picture)
                .unwrap();
        }
        self.denoisers[1].denoise(&mut picture);
        let color = |x: u16, y: u16| {
            let [red, green, blue] = picture.pixel(x.into(), y.into()).unwrap();
            Color::Rgb(red, green, blue)
        };
        let paint = |frame: &mut ratatui::Frame<'_>| {
            for (x, y) in (0..45).flat_map(|y| (0..160).map(move |x| (x, y))) {
                let cell = &mut frame.buffer_mut()[(x, y)];
                cell.set_symbol("▀")
                    .set_fg(color(x, 2 * y))
                    .set_bg(color(x, 2 * y + 1));
                cell.modifier = VIDEO;
            }
        };
        self.ours.draw(paint).unwrap();
        let mut bytes = Vec::new();
        self.ours.backend_mut().take_frame(BUDGET, None, &mut bytes);
        self.terminal.write(&bytes);
        bytes.len()
    }

    /// The mean squared error of what the terminal shows.
    fn error(&self, scene: &Picture) -> f64 {
        let mut sum = 0.0;
        for (x, y) in (0..90).flat_map(|y| (0..160).map(move |x| (x, y))) {
            let (top, bottom) = self.terminal.halves(x, y / 2);
            let vt100::Color::Rgb(red, green, blue) = (if y % 2 == 0 { top } else { bottom })
            else {
                panic!("no colour of a picture");
            };
            let wanted = scene.pixel(x.into(), y.into()).unwrap();
            let pairs = wanted.into_iter().zip([red, green, blue]);
            sum += pairs
                .map(|(a, b)| f64::from(a.abs_diff(b)).powi(2))
                .sum::<f64>();
        }
        sum / (160.0 * 90.0 * 3.0)
    }
}

fn rounded(level: f64) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "such a cast saturates"
    )]
    let level = level.round() as u8;
    level
}

/// Soft shapes with an edge here and there.
fn scene() -> Picture {
    let mut picture = Picture::new(SIZE);
    for (index, pixel) in (0_u32..).zip(picture.rgb_mut().chunks_exact_mut(3)) {
        let (x, y) = (f64::from(index % 160), f64::from(index / 160));
        let edge = if (x - 80.0).hypot(y - 45.0) < 30.0 {
            40.0
        } else {
            0.0
        };
        let wave = |fx: f64, fy: f64| rounded(110.0 + edge + 60.0 * (x * fx + y * fy).sin());
        pixel.copy_from_slice(&[wave(0.10, 0.03), wave(0.04, -0.09), wave(-0.06, 0.07)]);
    }
    picture
}

#[expect(clippy::print_stdout, reason = "figures for docs/PERFORMANCE.md")]
#[track_caller]
fn check(quality: Option<u8>, spread: f64, len_max: usize, error_max: f64) {
    let (mut way, scene) = (Way::new(quality), scene());
    for _ in 0..75 {
        way.show(&scene, spread);
    }
    let len = (0..75).map(|_| way.show(&scene, spread)).sum::<usize>() / 75;
    let error = way.error(&scene);
    println!("{quality:?} {spread}: {len} bytes a frame, error {error:.2}");
    assert!(len <= len_max, "{len} bytes a frame");
    assert!(error <= error_max, "an error of {error:.2}");
}

#[test]
fn a_resting_scene_with_noise_costs_next_to_nothing() {
    // The noise of ffmpeg's `noise=alls=8:allf=t`. It alone is an error of 13.
    check(None, 3.6, 300, 4.0);
}

#[test]
fn nor_does_it_when_it_was_compressed() {
    check(Some(75), 3.6, 300, 10.0);
    check(Some(90), 3.6, 300, 6.0);
}

#[test]
fn a_resting_scene_without_noise_becomes_exact_and_costs_nothing() {
    let (mut way, scene) = (Way::new(None), scene());
    let mut frame_count = 0;
    while frame_count == 0 || way.ours.backend().is_coarse() {
        way.show(&scene, 0.0);
        frame_count += 1;
        assert!(frame_count < 120, "it never becomes as fine as it could");
    }
    let (len, error) = (way.show(&scene, 0.0), way.error(&scene));
    assert!(len == 0 && error == 0.0, "{len} bytes, an error of {error}");
}
