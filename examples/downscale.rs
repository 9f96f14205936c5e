//! Shows side by side how ways to make a picture small look, for docs/PERFORMANCE.md.
//!
//!     cargo run --example downscale -- OUT.png SIZE FILE...
//!
//! SIZE is such as 80x48. Each FILE (PNG, JPEG, MJPEG or Y4M; of a clip the 41st picture) becomes a
//! row: area average, area average in linear light, Lanczos, and what the program does. It prints
//! how much each differs from one pixel to the next, and how far it goes beyond what the file has
//! around that place: halos.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    reason = "an example, not the program"
)]

use anyhow::{Context as _, Result};
use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use std::{fs, io::BufWriter};
use ttychat::media::{Picture, PixelSize, clip::Clip, scale::Scaler, sharpen::Sharpener};

/// Of what is shown, for each pixel.
const ZOOM: usize = 3;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().context("OUT.png SIZE FILE...");
    let (path, size) = (next()?, next()?);
    let (width, height) = size.split_once('x').context("a size such as 80x48")?;
    let size = PixelSize::new(width.parse()?, height.parse()?);
    let mut rgb = Vec::new();
    let mut columns = 0;
    for file in arguments {
        let mut clip = Clip::parse(fs::read(&file).context(file.clone())?)?;
        let mut full = Picture::default();
        clip.decode(40 % clip.count(), &mut full)?;
        let ways = [
            ("area average", area(&full, size)),
            ("linear light", linear(&full, size)),
            ("Lanczos", lanczos(&full, size)?),
            ("sharpened", sharpened(&full, size)),
        ];
        for (name, small) in &ways {
            let (contrast, beyond) = (contrast(small), beyond(small, &full));
            println!("{file} {name}: contrast {contrast:.2}, beyond {beyond:.2}");
        }
        columns = ways.len();
        for y in 0..size.height as usize * ZOOM {
            for (_, small) in &ways {
                let row = small.rgb().chunks_exact(size.width as usize * 3);
                let pixels = row
                    .skip(y / ZOOM)
                    .take(1)
                    .flat_map(|row| row.chunks_exact(3));
                rgb.extend(pixels.flat_map(|pixel| [pixel; ZOOM]).flatten());
            }
        }
    }
    let width = size.width as usize * ZOOM * columns;
    let height = rgb.len() / 3 / width.max(1);
    let file = BufWriter::new(fs::File::create(path)?);
    let mut encoder = png::Encoder::new(file, u32::try_from(width)?, u32::try_from(height)?);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    encoder.write_header()?.write_image_data(&rgb)?;
    Ok(())
}

fn area(full: &Picture, size: PixelSize) -> Picture {
    let mut out = Picture::default();
    Scaler::default().scale(full, size, &mut out);
    out
}

fn sharpened(full: &Picture, size: PixelSize) -> Picture {
    let mut out = area(full, size);
    Sharpener::default().sharpen(&mut out, 0.0);
    out
}

/// Averages what the pixels shine, not their values: with a gamma of 2.2.
fn linear(full: &Picture, size: PixelSize) -> Picture {
    let mut out = Picture::new(size);
    for (index, pixel) in (0_u32..).zip(out.rgb_mut().chunks_exact_mut(3)) {
        let (x, y) = (index % size.width, index / size.width);
        let mut sums = [0.0; 3];
        let mut count = 0.0;
        for rgb in around(full, size, (x, y), 0) {
            for (sum, level) in sums.iter_mut().zip(rgb) {
                *sum += (f64::from(level) / 255.0).powf(2.2);
            }
            count += 1.0;
        }
        for (level, sum) in pixel.iter_mut().zip(sums) {
            *level = ((sum / count).powf(1.0 / 2.2) * 255.0).round() as u8;
        }
    }
    out
}

fn lanczos(full: &Picture, size: PixelSize) -> Result<Picture> {
    let mut out = Picture::new(size);
    let from = full.size();
    let source = ImageRef::new(from.width, from.height, full.rgb(), PixelType::U8x3)?;
    let mut target = Image::from_slice_u8(size.width, size.height, out.rgb_mut(), PixelType::U8x3)?;
    let way = ResizeAlg::Convolution(FilterType::Lanczos3);
    Resizer::new().resize(&source, &mut target, &ResizeOptions::new().resize_alg(way))?;
    Ok(out)
}

/// The pixels of `full` that a pixel of the small picture stands for, and its `reach` neighbours.
fn around(
    full: &Picture,
    size: PixelSize,
    (x, y): (u32, u32),
    reach: u32,
) -> impl Iterator<Item = [u8; 3]> {
    let range = move |at: u32, count: u32, len: u32| {
        let start = at.saturating_sub(reach) * len / count;
        start..((at + 1 + reach) * len / count).min(len)
    };
    let columns = range(x, size.width, full.size().width);
    let rows = range(y, size.height, full.size().height);
    rows.flat_map(move |y| columns.clone().filter_map(move |x| full.pixel(x, y)))
}

/// Mean difference between a value and the one to its right.
fn contrast(small: &Picture) -> f64 {
    let rgb = small.rgb();
    let pairs = rgb.iter().zip(rgb.iter().skip(3));
    let sum: u32 = pairs.map(|(&a, &b)| u32::from(a.abs_diff(b))).sum();
    f64::from(sum) / f64::from(u32::try_from(rgb.len()).unwrap_or(u32::MAX))
}

/// Mean of how far values lie beyond all that `full` has there and one pixel around.
fn beyond(small: &Picture, full: &Picture) -> f64 {
    let (size, mut sum, mut count) = (small.size(), 0.0, 0.0);
    for (index, pixel) in (0_u32..).zip(small.rgb().chunks_exact(3)) {
        let (mut least, mut most) = ([u8::MAX; 3], [0; 3]);
        for rgb in around(full, size, (index % size.width, index / size.width), 1) {
            for ((least, most), level) in least.iter_mut().zip(&mut most).zip(rgb) {
                (*least, *most) = ((*least).min(level), (*most).max(level));
            }
        }
        for ((level, least), most) in pixel.iter().zip(least).zip(most) {
            sum += f64::from(least.saturating_sub(*level).max(level.saturating_sub(most)));
            count += 1.0;
        }
    }
    sum / count
}
