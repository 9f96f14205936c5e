//! The test picture: moving, colourful, recognisable, with room for the barcode.
//!
//! From top to bottom: a dark band for the barcode (an eighth); a sky of drifting light with the
//! name, a ball that bounces (motion both ways) and a hand that sweeps (a turn in four seconds);
//! colour bars and a grey ramp, to judge colours by.
//!
//! Invariant: nothing is allocated; every size is painted, down to 1x1.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "places and colours are computed in floats, clamped, and cast with saturation"
)]

mod clock;
mod title;

use super::{Picture, PixelSize};
use std::f64::consts::TAU;
use std::time::Duration;

/// Behind the barcode.
const BAND: [u8; 3] = [10, 12, 20];

/// White, yellow, cyan, green, magenta, red, blue, black at 75 %, as in SMPTE EG 1.
const BARS: [[u8; 3]; 8] = [
    [191, 191, 191],
    [191, 191, 0],
    [0, 191, 191],
    [0, 191, 0],
    [191, 0, 191],
    [191, 0, 0],
    [0, 0, 191],
    [12, 12, 12],
];

/// The part between the band and the bars, as bytes to paint on.
struct Scene<'a> {
    /// In pixels, neither 0.
    size: PixelSize,
    rgb: &'a mut [u8],
}

/// Paints the test picture as it looks `elapsed` after its start into `picture`, at its size.
/// The same arguments give the same picture. The barcode is drawn by the caller.
pub fn paint(picture: &mut Picture, elapsed: Duration) {
    let size = picture.size();
    if size.is_empty() {
        return;
    }
    let row_len = size.width as usize * 3;
    let band_height = (size.height / 8).max(1);
    let foot_height = (size.height * 2 / 15).min(size.height - band_height);
    let scene_height = size.height - band_height - foot_height;
    let (band, rest) = picture
        .rgb_mut()
        .split_at_mut(band_height as usize * row_len);
    let (scene, foot) = rest.split_at_mut(scene_height as usize * row_len);
    let seconds = elapsed.as_secs_f64();
    if scene_height > 0 {
        // The band's first row holds the colours of the sky until the sky is painted.
        let profile = band.get_mut(..row_len).unwrap_or_default();
        let mut scene = Scene {
            size: PixelSize::new(size.width, scene_height),
            rgb: scene,
        };
        paint_profile(profile, seconds);
        scene.paint_sky(profile, seconds);
        clock::paint(&mut scene, seconds);
        scene.paint_ball(seconds);
        title::paint(&mut scene, seconds);
    }
    fill(band, BAND);
    paint_foot(foot, row_len);
}

/// Three waves, one for each colour, that drift at different speeds. One period fills the width,
/// so that a row may begin anywhere.
fn paint_profile(profile: &mut [u8], seconds: f64) {
    let width = (profile.len() / 3).max(1) as f64;
    for (x, pixel) in profile.chunks_exact_mut(3).enumerate() {
        let angle = x as f64 / width * TAU;
        let wave = |height: f64, turn: f64, speed: f64| {
            to_byte(height * (0.5 + 0.5 * (angle + turn + seconds * speed).sin()))
        };
        let second = to_byte(26.0 * (0.5 + 0.5 * (angle * 3.0 - seconds * 0.7).sin()));
        pixel.copy_from_slice(&[
            wave(118.0, 0.0, 0.31) + second / 2,
            wave(104.0, 2.4, -0.23) + second,
            wave(112.0, 4.1, 0.17) + second / 2,
        ]);
    }
}

impl Scene<'_> {
    /// Lays the profile over a dusk that brightens downwards, each row shifted a little further.
    fn paint_sky(&mut self, profile: &[u8], seconds: f64) {
        let PixelSize { width, height } = self.size;
        for (y, row) in self.rgb.chunks_exact_mut(profile.len()).enumerate() {
            let down = y as f64 / f64::from(height);
            let sway = 0.5 + 0.16 * (down * 4.4 + seconds * 0.8).sin() + 0.3 * down;
            let shift = (sway * f64::from(width)) as usize % width as usize;
            let dusk = [
                14.0 + 66.0 * down * down,
                10.0 + 22.0 * down,
                46.0 + 48.0 * down,
            ];
            let dusk = dusk.map(to_byte);
            let (before, after) = profile.split_at(shift * 3);
            let (start, end) = row.split_at_mut(after.len());
            add(start, after, dusk);
            add(end, before, dusk);
        }
    }

    /// A ball with a light on it, and its shadow on the ground.
    fn paint_ball(&mut self, seconds: f64) {
        let (width, height) = (f64::from(self.size.width), f64::from(self.size.height));
        let radius = (height * 0.115).max(1.0);
        let across = 1.0 - 2.0 * ((seconds / 5.2).fract() - 0.5).abs();
        let x = width * 0.06 + radius + across * (width * 0.50 - 2.0 * radius);
        let phase = (seconds / 1.05).fract();
        let lift = 4.0 * phase * (1.0 - phase);
        let ground = height * 0.95;
        let y = ground - radius - lift * height * 0.34;
        let spread = radius * (1.15 - 0.45 * lift);
        let shadow = (0.55 - 0.3 * lift) as f32;
        self.paint_disc(x, ground - radius * 0.1, spread, radius * 0.22, |_, _| {
            ([6.0, 6.0, 18.0], shadow)
        });
        self.paint_disc(x, y, radius, radius, |dx, dy| {
            let (light_x, light_y) = (dx + 0.36, dy + 0.42);
            let far = (light_x * light_x + light_y * light_y).sqrt();
            let glint = (1.0 - far * 2.6).max(0.0);
            let body = (1.18 - 0.62 * far).clamp(0.0, 1.0);
            let mix = |base: f32| (base * body + 255.0 * glint).min(255.0);
            ([mix(255.0), mix(150.0), mix(52.0)], 1.0)
        });
    }

    /// Paints an ellipse with smooth edges. `shade` is given the place within it, -1 to 1 each way,
    /// and says the colour and how much of it covers.
    fn paint_disc(
        &mut self,
        x: f64,
        y: f64,
        across: f64,
        down: f64,
        shade: impl Fn(f32, f32) -> ([f32; 3], f32),
    ) {
        let row_len = self.size.width as usize * 3;
        let bound = |value: f64, max: u32| value.clamp(0.0, f64::from(max)) as usize;
        let columns =
            bound(x - across - 1.0, self.size.width)..bound(x + across + 2.0, self.size.width);
        let top = bound(y - down - 1.0, self.size.height);
        let bottom = bound(y + down + 2.0, self.size.height);
        let edge = across.min(down).max(0.5) as f32;
        for (row_index, row) in self
            .rgb
            .chunks_exact_mut(row_len)
            .enumerate()
            .take(bottom)
            .skip(top)
        {
            let dy = ((row_index as f64 + 0.5 - y) / down) as f32;
            let pixels = row
                .get_mut(columns.start * 3..columns.end * 3)
                .unwrap_or_default();
            for (column, pixel) in pixels.chunks_exact_mut(3).enumerate() {
                let dx = (((columns.start + column) as f64 + 0.5 - x) / across) as f32;
                let inside = ((1.0 - (dx * dx + dy * dy).sqrt()) * edge + 0.5).clamp(0.0, 1.0);
                if inside > 0.0 {
                    let (color, cover) = shade(dx, dy);
                    blend(pixel, color, inside * cover);
                }
            }
        }
    }
}

/// Colour bars, and under them a ramp from black to white.
fn paint_foot(foot: &mut [u8], row_len: usize) {
    let row_count = foot.len() / row_len;
    let (bars, ramp) = foot.split_at_mut((row_count * 2).div_ceil(3) * row_len);
    let width = row_len / 3;
    let paint = |rows: &mut [u8], color: &dyn Fn(usize) -> [u8; 3]| {
        let mut rows = rows.chunks_exact_mut(row_len);
        let Some(first) = rows.next() else { return };
        for (x, pixel) in first.chunks_exact_mut(3).enumerate() {
            pixel.copy_from_slice(&color(x));
        }
        rows.for_each(|row| row.copy_from_slice(first));
    };
    paint(bars, &|x| {
        BARS.get(x * BARS.len() / width)
            .copied()
            .unwrap_or_default()
    });
    paint(ramp, &|x| {
        [to_byte(x as f64 * 255.0 / (width - 1).max(1) as f64); 3]
    });
}

fn fill(rgb: &mut [u8], color: [u8; 3]) {
    for pixel in rgb.chunks_exact_mut(3) {
        pixel.copy_from_slice(&color);
    }
}

/// `target = source + color`, in blocks that fill vector registers.
fn add(target: &mut [u8], source: &[u8], color: [u8; 3]) {
    const BLOCK: usize = 48;
    let mut pattern = [0; BLOCK];
    fill(&mut pattern, color);
    for (target, source) in target.chunks_mut(BLOCK).zip(source.chunks(BLOCK)) {
        for ((target, &source), &color) in target.iter_mut().zip(source).zip(&pattern) {
            *target = source.saturating_add(color);
        }
    }
}

fn blend(pixel: &mut [u8], color: [f32; 3], cover: f32) {
    for (value, color) in pixel.iter_mut().zip(color) {
        *value = (f32::from(*value) * (1.0 - cover) + color * cover + 0.5) as u8;
    }
}

fn to_byte(value: f64) -> u8 {
    (value + 0.5) as u8
}
