//! The name, in letters of coarse pixels that sway.

use super::{Scene, blend};
use std::ops::Range;

/// Five columns wide and seven rows high, the leftmost column in the highest of five bits.
const LETTERS: [[u8; 7]; 8] = [
    [
        0b01000, 0b01000, 0b11110, 0b01000, 0b01000, 0b01001, 0b00110,
    ],
    [
        0b01000, 0b01000, 0b11110, 0b01000, 0b01000, 0b01001, 0b00110,
    ],
    [
        0b00000, 0b00000, 0b10001, 0b10001, 0b01111, 0b00001, 0b01110,
    ],
    [
        0b00000, 0b00000, 0b01110, 0b10000, 0b10000, 0b10001, 0b01110,
    ],
    [
        0b10000, 0b10000, 0b10110, 0b11001, 0b10001, 0b10001, 0b10001,
    ],
    [
        0b00000, 0b00000, 0b01110, 0b00001, 0b01111, 0b10001, 0b01111,
    ],
    [
        0b01000, 0b01000, 0b11110, 0b01000, 0b01000, 0b01001, 0b00110,
    ],
    // A terminal's cursor.
    [
        0b11111, 0b11111, 0b11111, 0b11111, 0b11111, 0b11111, 0b11111,
    ],
];

const COLORS: [[f32; 3]; 8] = [
    [255.0, 250.0, 244.0],
    [255.0, 244.0, 214.0],
    [255.0, 232.0, 176.0],
    [255.0, 216.0, 160.0],
    [255.0, 200.0, 168.0],
    [255.0, 190.0, 190.0],
    [250.0, 186.0, 216.0],
    [140.0, 255.0, 214.0],
];

/// Paints "ttychat" and a blinking cursor where there is room.
pub(super) fn paint(scene: &mut Scene<'_>, seconds: f64) {
    let (width, height) = (scene.size.width, scene.size.height);
    let dot = (width / 80).min(height / 26);
    if dot == 0 {
        return;
    }
    let left = width * 6 / 100;
    let top = height * 11 / 100;
    let blinks = (seconds * 1.25).fract() > 0.5;
    let last = LETTERS.len() - 1;
    for (index, (letter, color)) in LETTERS.into_iter().zip(COLORS).enumerate() {
        let is_cursor = index == last;
        if is_cursor && blinks {
            continue;
        }
        let sway = if is_cursor {
            0.0
        } else {
            (seconds * 2.6 - index as f64 * 0.75).sin()
        };
        let y = (f64::from(top) + sway * f64::from(dot) * 0.7)
            .round()
            .max(0.0) as u32;
        let x = left + index as u32 * 6 * dot;
        let shadow = (dot / 2).max(1);
        paint_letter(
            scene,
            letter,
            x + shadow,
            y + shadow,
            dot,
            [4.0, 4.0, 16.0],
            0.55,
        );
        paint_letter(scene, letter, x, y, dot, color, 1.0);
    }
}

fn paint_letter(
    scene: &mut Scene<'_>,
    letter: [u8; 7],
    x: u32,
    y: u32,
    dot: u32,
    color: [f32; 3],
    cover: f32,
) {
    for (row, bits) in (0..).zip(letter) {
        for column in (0..5).filter(|column| bits >> (4 - column) & 1 == 1) {
            let left = x + column * dot;
            let top = y + row * dot;
            scene.paint_rect(left..left + dot, top..top + dot, color, cover);
        }
    }
}

impl Scene<'_> {
    fn paint_rect(&mut self, columns: Range<u32>, rows: Range<u32>, color: [f32; 3], cover: f32) {
        let row_len = self.size.width as usize * 3;
        let left = columns.start.min(self.size.width) as usize * 3;
        let right = columns.end.min(self.size.width) as usize * 3;
        let rows_skipped = self.rgb.chunks_exact_mut(row_len).skip(rows.start as usize);
        for row in rows_skipped.take(rows.len()) {
            for pixel in row
                .get_mut(left..right)
                .unwrap_or_default()
                .chunks_exact_mut(3)
            {
                blend(pixel, color, cover);
            }
        }
    }
}
