//! The dial with the sweeping hand.
//!
//! Most of the test picture's time is spent here, so a row is computed in blocks without a branch,
//! which the compiler turns into vector code.

use super::Scene;
use std::f64::consts::TAU;

/// Seconds for a turn of the hand.
const TURN: f64 = 4.0;

/// Pixels computed together.
const BLOCK: usize = 16;

const DIAL: [u16; 3] = [9, 12, 30];
const TRAIL: [u16; 3] = [40, 226, 214];
const LIGHT: [u16; 3] = [244, 250, 255];

/// Where the dial is and how its hand stands.
struct Dial {
    x: f32,
    y: f32,
    radius: f32,
    /// The direction of the hand, y downwards.
    cos: f32,
    sin: f32,
}

/// How much of each layer covers each pixel of a block, in 256ths.
#[derive(Default)]
struct Covers {
    dial: [u16; BLOCK],
    trail: [u16; BLOCK],
    light: [u16; BLOCK],
}

pub(super) fn paint(scene: &mut Scene<'_>, seconds: f64) {
    let (width, height) = (f64::from(scene.size.width), f64::from(scene.size.height));
    let radius = (height * 0.41).min(width * 0.19);
    if radius < 3.0 {
        return;
    }
    let (sin, cos) = ((seconds / TURN).fract() * TAU - TAU / 4.0).sin_cos();
    let (x, y) = (width * 0.79, height * 0.5);
    let dial = Dial {
        x: x as f32,
        y: y as f32,
        radius: radius as f32,
        cos: cos as f32,
        sin: sin as f32,
    };
    paint_dial(scene, &dial);
    for hour in 0..12 {
        paint_mark(scene, hour, x, y, radius);
    }
}

/// The twelve marks go through the colours of the rainbow.
fn paint_mark(scene: &mut Scene<'_>, hour: u32, x: f64, y: f64, radius: f64) {
    let (sin, cos) = (f64::from(hour) * TAU / 12.0 - TAU / 4.0).sin_cos();
    let size = radius * if hour.is_multiple_of(3) { 0.07 } else { 0.045 };
    let hue = |turn: f64| {
        let wave = 0.5 + 0.5 * (f64::from(hour) * TAU / 12.0 + turn * TAU / 3.0).cos();
        (80.0 + 175.0 * wave) as f32
    };
    let color = [hue(0.0), hue(1.0), hue(2.0)];
    let at = radius * 0.83;
    scene.paint_disc(x + cos * at, y + sin * at, size, size, |_, _| (color, 1.0));
}

fn paint_dial(scene: &mut Scene<'_>, dial: &Dial) {
    let row_len = scene.size.width as usize * 3;
    let bound = |value: f32, max: u32| value.clamp(0.0, max as f32) as usize;
    let reach = dial.radius + 1.0;
    let left = bound(dial.x - reach, scene.size.width);
    let right = bound(dial.x + reach + 1.0, scene.size.width);
    let top = bound(dial.y - reach, scene.size.height);
    let bottom = bound(dial.y + reach + 1.0, scene.size.height);
    for (y, row) in scene
        .rgb
        .chunks_exact_mut(row_len)
        .enumerate()
        .take(bottom)
        .skip(top)
    {
        let dy = y as f32 + 0.5 - dial.y;
        let pixels = row.get_mut(left * 3..right * 3).unwrap_or_default();
        let mut dx = left as f32 + 0.5 - dial.x;
        for block in pixels.chunks_mut(BLOCK * 3) {
            lay(block, &dial.covers(dx, dy));
            dx += BLOCK as f32;
        }
    }
}

impl Dial {
    /// The layers over `BLOCK` pixels to the right from `dx` of the middle.
    fn covers(&self, dx: f32, dy: f32) -> Covers {
        let mut covers = Covers::default();
        let ring_width = (self.radius * 0.022).max(0.6);
        let hand_width = (self.radius * 0.028).max(0.6);
        let ring_radius = self.radius - ring_width;
        let outputs = covers
            .dial
            .iter_mut()
            .zip(&mut covers.trail)
            .zip(&mut covers.light);
        for (offset, ((dial, trail), light)) in OFFSETS.iter().zip(outputs) {
            let dx = dx + offset;
            let far = (dx * dx + dy * dy).sqrt();
            // Along the hand and across it.
            let along = dx * self.cos + dy * self.sin;
            let across = dy * self.cos - dx * self.sin;
            // A quarter turn grows by 1, backwards from the hand: cheaper than an angle, and as
            // even as a fading light needs.
            let slope = along / (along.abs() + across.abs() + 1e-6);
            let behind = if across <= 0.0 {
                1.0 - slope
            } else {
                3.0 + slope
            };
            let fade = (1.0 - behind * 0.25) * (1.0 - behind * 0.25);
            let inside = clamp(ring_radius - far + 0.5);
            let ring = clamp(ring_width - (far - ring_radius).abs() + 0.5);
            let within = clamp(self.radius * 0.74 - far + 0.5);
            let on_hand = clamp(hand_width - across.abs() + 0.5) * clamp(along + 0.5) * within;
            let hub = clamp(self.radius * 0.075 - far + 0.5);
            *dial = to_cover(inside * 190.0);
            *trail = to_cover(inside * within * fade * 215.0);
            *light = to_cover(ring.max(on_hand).max(hub) * 256.0);
        }
        covers
    }
}

/// Columns within a block.
const OFFSETS: [f32; BLOCK] = [
    0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0,
];

/// Between 0 and 1. Unlike `f32::clamp` it has no case for what is not a number.
#[expect(clippy::manual_clamp, reason = "measured to be faster here")]
fn clamp(value: f32) -> f32 {
    value.max(0.0).min(1.0)
}

/// Rounds a number below 2^16: added to 2^23 it stands in the lowest bits. Unlike a cast it needs
/// no comparison.
fn to_cover(value: f32) -> u16 {
    (value + 8_388_608.0).to_bits() as u16
}

/// Lays the covers over up to `BLOCK` pixels. A weighted sum of bytes with weights of 256 in all
/// stays within 16 bits.
fn lay(pixels: &mut [u8], covers: &Covers) {
    let (pixels, _) = pixels.as_chunks_mut::<3>();
    let mut planes = [[0; BLOCK]; 3];
    let [reds, greens, blues] = &mut planes;
    for (pixel, ((red, green), blue)) in pixels.iter().zip(reds.iter_mut().zip(greens).zip(blues)) {
        [*red, *green, *blue] = pixel.map(u16::from);
    }
    for (plane, ((dial, trail), light)) in planes.iter_mut().zip(DIAL.iter().zip(TRAIL).zip(LIGHT))
    {
        let each = covers.dial.iter().zip(&covers.trail).zip(&covers.light);
        for (value, ((dial_cover, trail_cover), light_cover)) in plane.iter_mut().zip(each) {
            let mixed = (*value * (256 - dial_cover) + dial * dial_cover) >> 8;
            let mixed = (mixed * (256 - trail_cover) + trail * trail_cover) >> 8;
            *value = (mixed * (256 - light_cover) + light * light_cover) >> 8;
        }
    }
    let [reds, greens, blues] = &planes;
    for (pixel, ((red, green), blue)) in pixels.iter_mut().zip(reds.iter().zip(greens).zip(blues)) {
        *pixel = [*red as u8, *green as u8, *blue as u8];
    }
}
