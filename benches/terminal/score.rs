//! Bytes, closeness and time, and their table.

use crate::image::Image;
use flate2::{Compress, Compression, FlushCompress};
use std::time::Duration;
use ttychat::screen::CellSize;

/// How close one frame is; PSNR in decibels over R, G and B, SSIM of luma with windows of 7x7.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Score {
    /// Both at two pixels a cell, where the source is averaged.
    psnr: f64,
    ssim: f64,
    /// Both at 4x8 pixels a cell.
    fine_psnr: f64,
    fine_ssim: f64,
    /// As `psnr`, against the source before noise was added.
    clean_psnr: f64,
}

impl Score {
    /// `shown`, `source` and `clean` have 4x8 pixels a cell.
    pub(crate) fn of(shown: &Image, source: &Image, clean: &Image, cells: CellSize) -> Self {
        let (width, height) = (usize::from(cells.columns), usize::from(cells.rows) * 2);
        let halves = shown.averaged(width, height);
        let wanted = source.averaged(width, height);
        Self {
            psnr: psnr(&halves, &wanted),
            ssim: ssim(&halves, &wanted),
            fine_psnr: psnr(shown, source),
            fine_ssim: ssim(shown, source),
            clean_psnr: psnr(&halves, &clean.averaged(width, height)),
        }
    }
}

/// Of a whole run.
#[derive(Debug)]
pub(crate) struct Scores {
    lens: Vec<usize>,
    deflated_len: usize,
    deflate: Compress,
    times: Vec<Duration>,
    closeness: Vec<Score>,
    has_clean: bool,
}

impl Scores {
    /// With closeness to the source without noise as well where `has_clean`.
    pub(crate) fn new(has_clean: bool) -> Self {
        Self {
            lens: Vec::new(),
            deflated_len: 0,
            deflate: Compress::new(Compression::new(6), true),
            times: Vec::new(),
            closeness: Vec::new(),
            has_clean,
        }
    }

    /// A frame's bytes, deflated as `ssh -C` does it, and the time to make it where that is known.
    pub(crate) fn add_frame(&mut self, bytes: &[u8], time: Option<Duration>) {
        let mut out = Vec::with_capacity(bytes.len() + 1024);
        self.deflate
            .compress_vec(bytes, &mut out, FlushCompress::Partial)
            .expect("deflate takes all");
        if !self.lens.is_empty() {
            self.deflated_len += out.len();
        }
        self.lens.push(bytes.len());
        self.times.extend(time);
    }

    /// How close a frame was.
    pub(crate) fn add(&mut self, score: Score) {
        self.closeness.push(score);
    }

    /// The time of each frame, for programs of which only the sum is known.
    pub(crate) fn set_time(&mut self, time: Duration) {
        self.times = vec![time];
    }

    pub(crate) fn head(has_clean: bool) -> String {
        let (name, rule) = if has_clean {
            (" to clean |", " ---: |")
        } else {
            ("", "")
        };
        format!(
            "| {:<26} | first kB | kB a frame | deflated | PSNR dB | SSIM | fine PSNR \
             | fine SSIM | CPU ms |{name}\n| ---{} |{rule}",
            "what",
            " | ---:".repeat(8),
        )
    }

    /// A row: lengths are means of all frames but the first, the time is the median.
    pub(crate) fn line(&self, name: &str) -> String {
        let kilo = |len: usize| len as f64 / 1000.0;
        let rest = self.lens.get(1..).unwrap_or_default();
        let count = rest.len().max(1);
        let mean = |part: fn(&Score) -> f64| {
            self.closeness.iter().map(part).sum::<f64>() / self.closeness.len().max(1) as f64
        };
        let mut times = self.times.clone();
        times.sort_unstable();
        let time = times.get(times.len() / 2).map_or_else(
            || "-".to_owned(),
            |time| format!("{:.2}", time.as_secs_f64() * 1000.0),
        );
        let clean = if self.has_clean {
            format!(" {:.1} |", mean(|score| score.clean_psnr))
        } else {
            String::new()
        };
        let lens = [
            self.lens.first().map_or(0.0, |len| kilo(*len)),
            kilo(rest.iter().sum::<usize>()) / count as f64,
            kilo(self.deflated_len) / count as f64,
        ]
        .map(|len| format!("{len:.1}"));
        format!(
            "| {name:<26} | {} | {:.1} | {:.3} | {:.1} | {:.3} | {time} |{clean}",
            lens.join(" | "),
            mean(|score| score.psnr),
            mean(|score| score.ssim),
            mean(|score| score.fine_psnr),
            mean(|score| score.fine_ssim),
        )
    }
}

/// Two equal pictures have 99 dB here, so that means stay finite.
fn psnr(one: &Image, other: &Image) -> f64 {
    let pairs = one.rgb.iter().zip(&other.rgb);
    let sum: u64 = pairs
        .map(|(one, other)| u64::from(one.abs_diff(*other)).pow(2))
        .sum();
    if sum == 0 {
        return 99.0;
    }
    10.0 * (65025.0 * one.rgb.len() as f64 / sum as f64).log10()
}

/// Wang et al. 2004 with uniform windows of 7x7, over luma.
fn ssim(one: &Image, other: &Image) -> f64 {
    const SIDE: usize = 7;
    const C1: f64 = 6.5025;
    const C2: f64 = 58.5225;
    let (width, height) = (one.width, one.height);
    let (first, second) = (one.luma(), other.luma());
    let sums = |value: &dyn Fn(usize) -> f64| {
        let mut table = vec![0.0; (width + 1) * (height + 1)];
        for y in 0..height {
            let mut row = 0.0;
            for x in 0..width {
                row += value(y * width + x);
                table[(y + 1) * (width + 1) + x + 1] = table[y * (width + 1) + x + 1] + row;
            }
        }
        table
    };
    let of = |values: &[f32], index: usize| f64::from(values[index]);
    let tables = [
        sums(&|index| of(&first, index)),
        sums(&|index| of(&second, index)),
        sums(&|index| of(&first, index).powi(2)),
        sums(&|index| of(&second, index).powi(2)),
        sums(&|index| of(&first, index) * of(&second, index)),
    ];
    let (mut sum, mut count) = (0.0, 0.0);
    let area = (SIDE * SIDE) as f64;
    for y in 0..=height - SIDE {
        for x in 0..=width - SIDE {
            let window = |table: &Vec<f64>| {
                let at = |x: usize, y: usize| table[y * (width + 1) + x];
                (at(x + SIDE, y + SIDE) + at(x, y) - at(x + SIDE, y) - at(x, y + SIDE)) / area
            };
            let [mean, other_mean, square, other_square, product] =
                [0, 1, 2, 3, 4].map(|index| window(&tables[index]));
            let sample = area / (area - 1.0);
            let variance = (square - mean * mean) * sample;
            let other_variance = (other_square - other_mean * other_mean) * sample;
            let covariance = (product - mean * other_mean) * sample;
            sum += (2.0 * mean * other_mean + C1) * (2.0 * covariance + C2)
                / ((mean.powi(2) + other_mean.powi(2) + C1) * (variance + other_variance + C2));
            count += 1.0;
        }
    }
    sum / count
}
