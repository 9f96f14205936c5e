//! Pictures to test with, and how much two of them differ.

use std::time::Duration;
use ttychat::media::{Picture, PixelSize, test_picture};

pub(crate) fn size(width: u32, height: u32) -> PixelSize {
    PixelSize::new(width, height)
}

/// The test picture, as something like a scene.
pub(crate) fn scene(width: u32, height: u32) -> Picture {
    let mut picture = Picture::new(size(width, height));
    test_picture::paint(&mut picture, Duration::from_millis(700));
    picture
}

/// A picture of which every pixel is given by its place.
pub(crate) fn painted(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 3]) -> Picture {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let rgb = pixels.flat_map(|(x, y)| color(x, y)).collect();
    Picture::from_rgb(size(width, height), rgb).unwrap()
}

/// Peak signal-to-noise ratio in decibels.
pub(crate) fn psnr(a: &Picture, b: &Picture) -> f64 {
    assert_eq!(a.size(), b.size());
    let squares = a
        .rgb()
        .iter()
        .zip(b.rgb())
        .map(|(&a, &b)| u64::from(a.abs_diff(b)).pow(2));
    let mean = squares.sum::<u64>() as f64 / a.rgb().len() as f64;
    10.0 * (255.0 * 255.0 / mean.max(1e-9)).log10()
}

#[track_caller]
pub(crate) fn assert_near(got: [u8; 3], want: [u8; 3], levels: u8) {
    let near = got
        .iter()
        .zip(want)
        .all(|(got, want)| got.abs_diff(want) <= levels);
    assert!(near, "{got:?} is not within {levels} of {want:?}");
}

/// Numbers that look random and are the same for a seed: Knuth's generator for MMIX.
pub(crate) struct Random(u64);

impl Random {
    /// Takes its seed from `TTYCHAT_SEED` and prints it, so that a failure can be repeated.
    pub(crate) fn new() -> Self {
        let seed = std::env::var("TTYCHAT_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or(1);
        println!("TTYCHAT_SEED={seed}");
        Self(seed)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}
