//! A picture of the bench: RGB, and the few things done with it.

use std::{fs::File, io::BufWriter, path::Path};

/// Width of a cell in the pixels of the source.
pub(crate) const CELL_WIDTH: usize = 4;
/// Height of a cell in the pixels of the source.
pub(crate) const CELL_HEIGHT: usize = 8;

/// RGB, 8 bits each, row by row.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) rgb: Vec<u8>,
}

impl Image {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            rgb: vec![0; width * height * 3],
        }
    }

    pub(crate) fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    pub(crate) fn set(&mut self, x: usize, y: usize, color: [u8; 3]) {
        let at = (y * self.width + x) * 3;
        self.rgb[at..at + 3].copy_from_slice(&color);
    }

    /// The mean of each rectangle, pixels that it shares with others by their part.
    pub(crate) fn averaged(&self, width: usize, height: usize) -> Self {
        let mut small = Self::new(width, height);
        for y in 0..height {
            for x in 0..width {
                let mut sums = [0_usize; 3];
                for (row, down) in shares(y, height, self.height) {
                    for (column, across) in shares(x, width, self.width) {
                        let pixel = self.pixel(column, row);
                        for (sum, value) in sums.iter_mut().zip(pixel) {
                            *sum += usize::from(value) * down * across;
                        }
                    }
                }
                let whole = self.width * self.height;
                small.set(x, y, sums.map(|sum| ((sum + whole / 2) / whole) as u8));
            }
        }
        small
    }

    /// BT.601 luma.
    pub(crate) fn luma(&self) -> Vec<f32> {
        let weights = [0.299, 0.587, 0.114];
        let luma = |pixel: &[u8]| {
            let parts = pixel.iter().zip(weights);
            parts
                .map(|(value, weight)| f32::from(*value) * weight)
                .sum()
        };
        self.rgb.chunks_exact(3).map(luma).collect()
    }

    /// Writes a PNG.
    pub(crate) fn write(&self, path: &Path) {
        let file = BufWriter::new(File::create(path).expect("a file"));
        let mut encoder = png::Encoder::new(file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(&self.rgb).expect("pixels");
    }
}

/// The pixels, `from` to a side, that pixel `index` of `to` to the side covers, and how much of
/// each: a whole one is `to`.
fn shares(index: usize, to: usize, from: usize) -> impl Iterator<Item = (usize, usize)> {
    let (start, end) = (index * from, (index + 1) * from);
    (start / to..end.div_ceil(to)).map(move |pixel| {
        let share = ((pixel + 1) * to).min(end) - (pixel * to).max(start);
        (pixel, share)
    })
}
