//! Measures what patches save on a clip, for docs/PERFORMANCE.md.
//!
//!     cargo run --example patches -- CLIP SIZE [OUT.png]
//!
//! SIZE is such as 160x90. The clip is made small, freed of noise and sharpened as on its way from
//! a camera, compressed whole and in patches at several qualities, and seen as the other end shows
//! it. Bytes are all that crosses for pictures: records, heads and tables with them, the first
//! whole picture left out. OUT.png shows some pictures: as they are, whole at quality 44, and in
//! patches of 66.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "an example, not the program"
)]

use anyhow::{Context as _, Result};
use std::{
    fs,
    io::BufWriter,
    time::{Duration, Instant},
};
use ttychat::media::{
    Picture, PixelSize,
    clip::Clip,
    denoise::Denoiser,
    jpeg::{Compressor, Decompressor, Limits},
    patch::{Made, Patcher, Wish},
    scale::Scaler,
    sharpen::Sharpener,
};

const LIMITS: Limits = Limits {
    len_max: 1 << 24,
    size_max: PixelSize::new(4096, 4096),
};

/// Qualities of pictures that move, and that of blocks that rest.
const QUALITIES: [u8; 10] = [15, 20, 26, 34, 40, 44, 51, 58, 66, 75];
const RESTING_QUALITY: u8 = 85;
/// As sent at best, whole and in patches.
const BEST_WHOLE: u8 = 44;
const BEST_PATCHED: u8 = 66;

/// Of a message with a picture (docs/PROTOCOL.md 4.11), and of its record.
const HEAD_LEN: usize = 19 + 18;
/// Most bytes at the start of a JPEG that both ends remember of the one before.
const SHARED_LEN_MAX: usize = 2048;

/// What one way of sending the clip came to.
#[derive(Clone, Copy, Default)]
struct Sum {
    /// Bytes a picture.
    len: f64,
    /// Of luma and of chroma, in decibels.
    luma: f64,
    chroma: f64,
    /// Part of the blocks that were sent, and of the time that compressing took, in milliseconds.
    share: f64,
    time: f64,
}

/// Both ends of a call, as far as its pictures go.
#[derive(Default)]
struct Ends {
    patcher: Patcher,
    compressor: Compressor,
    decompressor: Decompressor,
    head: Vec<u8>,
    shown: Picture,
    sheet: Picture,
}

fn main() -> Result<()> {
    let usage = "CLIP SIZE [OUT.png]";
    let mut arguments = std::env::args().skip(1);
    let clip = fs::read(arguments.next().context(usage)?)?;
    let size = arguments.next().context(usage)?;
    let (width, height) = size.split_once('x').context("a size such as 160x90")?;
    let pictures = pictures(clip, PixelSize::new(width.parse()?, height.parse()?))?;
    let columns = "whole, bytes | luma | chroma | patches, bytes | luma | chroma | blocks";
    println!("| quality | {columns} | whole of that luma | saved |");
    println!("{}|", "| --- ".repeat(10));
    let mut whole = Vec::new();
    for quality in QUALITIES {
        whole.push(measure(&pictures, quality, false)?.0);
    }
    for (quality, alone) in QUALITIES.into_iter().zip(&whole) {
        let (patched, _) = measure(&pictures, quality, true)?;
        let equal = len_for(&whole, patched.luma);
        let (alone_columns, columns) = (columns_of(alone), columns_of(&patched));
        let (share, saved) = (100.0 * patched.share, 100.0 * (1.0 - patched.len / equal));
        println!(
            "| {quality} | {alone_columns} | {columns} | {share:.0} % | {equal:.0} | {saved:.1} % |"
        );
        eprintln!(
            "{quality}: {:.3} ms whole, {:.3} ms patched",
            alone.time, patched.time
        );
    }
    if let Some(path) = arguments.next() {
        let (_, whole) = measure(&pictures, BEST_WHOLE, false)?;
        let (_, patched) = measure(&pictures, BEST_PATCHED, true)?;
        draw(&path, [&pictures, &whole, &patched])?;
    }
    Ok(())
}

fn columns_of(sum: &Sum) -> String {
    format!("{:.0} | {:.2} dB | {:.2} dB", sum.len, sum.luma, sum.chroma)
}

/// The pictures of the clip as they are sent.
fn pictures(clip: Vec<u8>, size: PixelSize) -> Result<Vec<Picture>> {
    let mut clip = Clip::parse(clip)?;
    let (mut scaler, mut denoiser) = (Scaler::default(), Denoiser::default());
    let mut sharpener = Sharpener::default();
    let mut full = Picture::default();
    let mut pictures = Vec::new();
    for index in 0..clip.count() {
        clip.decode(index, &mut full)?;
        let mut picture = Picture::default();
        scaler.scale(&full, size, &mut picture);
        denoiser.denoise(&mut picture);
        sharpener.sharpen(&mut picture, denoiser.noise().spread);
        pictures.push(picture);
    }
    Ok(pictures)
}

/// Sends the pictures; gives what it came to and what was seen.
#[expect(clippy::disallowed_methods, reason = "it is time that is measured")]
fn measure(pictures: &[Picture], quality: u8, patches: bool) -> Result<(Sum, Vec<Picture>)> {
    let mut ends = Ends::default();
    let start = Instant::now();
    let (mut sum, mut seen) = (Sum::default(), Vec::new());
    let (mut luma, mut chroma) = (0.0, 0.0);
    for (index, picture) in pictures.iter().enumerate() {
        let now = start + Duration::from_secs(index as u64) / 30;
        let began = Instant::now();
        let (len, share) = ends.send(now, picture, quality, patches)?;
        sum.time += began.elapsed().as_secs_f64() * 1e3;
        if index > 0 {
            sum.len += len as f64;
        }
        sum.share += share;
        let errors = errors(picture, &ends.shown);
        luma += errors.0;
        chroma += errors.1;
        seen.push(ends.shown.clone());
    }
    let count = pictures.len() as f64;
    let decibels = |error: f64| 10.0 * (255.0 * 255.0 * count / error).log10();
    (sum.luma, sum.chroma) = (decibels(luma), decibels(chroma));
    sum.len /= count - 1.0;
    sum.share /= count;
    sum.time /= count;
    Ok((sum, seen))
}

impl Ends {
    /// Sends and shows a picture; gives the bytes that crossed and the part of the blocks.
    fn send(
        &mut self,
        now: Instant,
        picture: &Picture,
        quality: u8,
        patches: bool,
    ) -> Result<(usize, f64)> {
        let wish = Wish {
            quality,
            resting_quality: RESTING_QUALITY,
            follows: true,
            settles: false,
        };
        let mut jpeg = Vec::new();
        let made = if patches {
            self.patcher.compress(now, picture, wish, &mut jpeg)?
        } else {
            self.compressor.compress(picture, quality, &mut jpeg)?;
            Made::Whole
        };
        let blocks = match made {
            // It is said five times a second.
            Made::Nothing => return Ok((0, 0.0)),
            Made::Whole => {
                self.decompressor
                    .decompress(&jpeg, LIMITS, None, &mut self.shown)?;
                None
            }
            Made::Patch(blocks) => {
                self.decompressor
                    .decompress(&jpeg, LIMITS, None, &mut self.sheet)?;
                anyhow::ensure!(blocks.lay(&self.sheet, &mut self.shown), "another size");
                Some(blocks)
            }
        };
        let shared = self.head.iter().zip(&jpeg).take_while(|(a, b)| a == b);
        let bits_len = blocks.as_ref().map_or(0, |blocks| blocks.bits().len());
        let len = jpeg.len() - shared.count() + HEAD_LEN + bits_len;
        jpeg.truncate(SHARED_LEN_MAX);
        self.head = jpeg;
        let share = blocks.map_or(1.0, |blocks| {
            f64::from(blocks.count()) / f64::from(blocks.block_count())
        });
        Ok((len, share))
    }
}

/// Bytes of whole pictures with so much luma: between those measured, along the line of their
/// logarithms.
fn len_for(whole: &[Sum], luma: f64) -> f64 {
    let pairs = whole.windows(2).filter_map(|pair| match pair {
        [below, above] => Some((*below, *above)),
        _ => None,
    });
    let mut best = f64::NAN;
    for (below, above) in pairs {
        if best.is_nan() || below.luma <= luma {
            let part = (luma - below.luma) / (above.luma - below.luma);
            best = (below.len.ln() + part * (above.len / below.len).ln()).exp();
        }
    }
    best
}

/// Mean squares of the differences in luma and in both kinds of chroma (BT.601).
fn errors(a: &Picture, b: &Picture) -> (f64, f64) {
    let (mut luma, mut chroma) = (0.0, 0.0);
    for (a, b) in a.rgb().chunks_exact(3).zip(b.rgb().chunks_exact(3)) {
        let (here, there) = (yuv(a), yuv(b));
        luma += (here.0 - there.0).powi(2);
        chroma += f64::midpoint((here.1 - there.1).powi(2), (here.2 - there.2).powi(2));
    }
    let count = a.rgb().len() as f64 / 3.0;
    (luma / count, chroma / count)
}

fn yuv(rgb: &[u8]) -> (f64, f64, f64) {
    let [red, green, blue] = [0, 1, 2].map(|index| rgb.get(index).copied().map_or(0.0, f64::from));
    let y = 0.299 * red + 0.587 * green + 0.114 * blue;
    (y, (blue - y) * 0.564, (red - y) * 0.713)
}

/// Every tenth picture of each column, the columns side by side, magnified by three.
fn draw(path: &str, columns: [&Vec<Picture>; 3]) -> Result<()> {
    const ZOOM: usize = 3;
    let mut rgb = Vec::new();
    let mut width = 0;
    for index in (9..columns[0].len()).step_by(10) {
        let row = columns.iter().filter_map(|column| column.get(index));
        let row: Vec<&Picture> = row.collect();
        let size = columns[0]
            .first()
            .map_or_else(PixelSize::default, Picture::size);
        width = size.width as usize * ZOOM * row.len();
        for y in 0..size.height as usize * ZOOM {
            for picture in &row {
                let pixels = picture.rgb().chunks_exact(size.width as usize * 3);
                let line = pixels.skip(y / ZOOM).take(1);
                let line = line.flat_map(|line| line.chunks_exact(3));
                rgb.extend(line.flat_map(|pixel| [pixel; ZOOM]).flatten());
            }
        }
    }
    let height = rgb.len() / 3 / width.max(1);
    let file = BufWriter::new(fs::File::create(path)?);
    let mut encoder = png::Encoder::new(file, u32::try_from(width)?, u32::try_from(height)?);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(&rgb)?;
    Ok(())
}
