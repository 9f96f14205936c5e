//! Y4M: uncompressed YUV pictures behind a line of text.
//!
//! *Source:* `yuv4mpeg(5)` of mjpegtools; `XCOLORRANGE` is ffmpeg's addition.

use super::super::raw::{CODING_DEFAULT, ColorRange, Layout, Lines, Planar};
use super::super::{Picture, PixelSize};
use super::{ClipError, SIZE_MAX};

/// Longest line of text, of the file or of a picture. Usual are 60 and 6 bytes.
const LINE_LEN_MAX: usize = 1024;

/// A Y4M file.
#[derive(Debug)]
pub(super) struct Y4m {
    bytes: Vec<u8>,
    size: PixelSize,
    rate: Option<f64>,
    layout: Layout,
    /// Where the samples of each picture begin.
    pictures: Vec<usize>,
    lines: Lines,
}

impl Y4m {
    pub(super) fn parse(bytes: Vec<u8>) -> Result<Self, ClipError> {
        let (header, mut at) = line(&bytes, 0).ok_or_else(|| broken("a Y4M header"))?;
        let mut size = PixelSize::default();
        let mut rate = None;
        let mut planar = Planar::Yuv420;
        let mut coding = CODING_DEFAULT;
        for parameter in header.split(|&byte| byte == b' ').skip(1) {
            let Some((&name, value)) = parameter.split_first() else {
                continue;
            };
            let value = std::str::from_utf8(value).map_err(|_not_text| broken("a Y4M header"))?;
            match name {
                b'W' => size.width = length(value)?,
                b'H' => size.height = length(value)?,
                b'F' => rate = fraction(value),
                b'C' => planar = subsampling(value)?,
                b'X' if value == "COLORRANGE=FULL" => coding.range = ColorRange::Full,
                // Interlacing, the shape of a pixel, comments.
                _ => {}
            }
        }
        if size.is_empty() {
            return Err(broken("a Y4M header without a size"));
        }
        let layout = Layout::planar(planar, size, 0, coding);
        let len = layout.byte_len(size.height);
        let mut pictures = Vec::new();
        while let Some((b"FRAME", start)) = line(&bytes, at).map(|(line, end)| (tag(line), end)) {
            at = start.saturating_add(len);
            if at > bytes.len() {
                break;
            }
            pictures.push(start);
        }
        if pictures.is_empty() {
            return Err(broken("a Y4M file without a whole picture"));
        }
        Ok(Self {
            bytes,
            size,
            rate,
            layout,
            pictures,
            lines: Lines::default(),
        })
    }

    pub(super) fn count(&self) -> usize {
        self.pictures.len()
    }

    pub(super) fn rate(&self) -> Option<f64> {
        self.rate
    }

    pub(super) fn decode(&mut self, index: usize, out: &mut Picture) -> Result<(), ClipError> {
        let start = self.pictures.get(index).copied().unwrap_or_default();
        let samples = self.bytes.get(start..).unwrap_or_default();
        self.lines
            .convert(&self.layout, self.size, samples, None, out)
            .map_err(|error| ClipError::Broken(error.to_string()))
    }
}

/// The line at `at` and where the next begins.
fn line(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(at..)?;
    let len = rest
        .iter()
        .take(LINE_LEN_MAX)
        .position(|&byte| byte == b'\n')?;
    Some((rest.get(..len)?, at + len + 1))
}

/// The first word of a line.
fn tag(line: &[u8]) -> &[u8] {
    line.split(|&byte| byte == b' ').next().unwrap_or_default()
}

fn length(value: &str) -> Result<u32, ClipError> {
    let length = value
        .parse::<u32>()
        .map_err(|_not_a_number| broken("a size in a Y4M header"))?;
    if length > SIZE_MAX.width.min(SIZE_MAX.height) {
        return Err(broken("a Y4M file larger than 4096x4096 pixels"));
    }
    Ok(length)
}

/// Pictures a second from `30000:1001`; `None` for `0:0`, which means unknown.
fn fraction(value: &str) -> Option<f64> {
    let (above, below) = value.split_once(':')?;
    let (above, below) = (above.parse::<u32>().ok()?, below.parse::<u32>().ok()?);
    (above > 0 && below > 0).then(|| f64::from(above) / f64::from(below))
}

fn subsampling(value: &str) -> Result<Planar, ClipError> {
    Ok(match value {
        // These differ in where the chroma samples lie, by less than a pixel.
        "420" | "420jpeg" | "420mpeg2" | "420paldv" => Planar::Yuv420,
        "422" => Planar::Yuv422,
        "444" => Planar::Yuv444,
        "mono" => Planar::Mono,
        _ => {
            return Err(ClipError::Broken(format!(
                "the Y4M format C{value:.16} is not read"
            )));
        }
    })
}

fn broken(what: &str) -> ClipError {
    ClipError::Broken(what.to_owned())
}
