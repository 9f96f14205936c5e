//! The walk over a JPEG's markers that decides whether it may be decoded.
//!
//! *Source:* ITU-T T.81, B.1 (markers), B.2 (segments).

use super::tables::STANDARD_HUFFMAN;
use super::{JpegError, Limits, PixelSize, tables};
use std::ops::Range;

pub(super) const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const DNL: u8 = 0xdc;
const DRI: u8 = 0xdd;
const DHT: u8 = 0xc4;

/// Segments before the scan. Files hold some dozens at most (pieces of a colour profile).
const SEGMENT_COUNT_MAX: usize = 256;

/// Huffman and quantisation tables together. Twelve can be in use; the rest would be work for
/// nothing, which a small file could ask for by the thousand.
const TABLE_COUNT_MAX: usize = 32;

/// What follows the scan instead of what followed it in the file. A whole scan is over before the
/// decoder, which reads up to eight bytes ahead, has used one bit of the zeros. One that is cut
/// short goes on into `FF FF 00`, which is an error inside a scan and skipped outside, where the
/// end marker is then found. Without this the decoder would fill what is missing with grey.
const AFTER_SCAN: [u8; 13] = [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0xff, EOI];

/// What the guard knows of a JPEG that it lets pass.
#[derive(Clone, Debug)]
pub(in crate::media) struct Anatomy {
    /// In pixels, neither 0.
    pub(in crate::media) size: PixelSize,
    /// 1 (grey) or 3.
    pub(in crate::media) component_count: usize,
    /// Where it ends: after the end marker, or after the scan where there is none.
    pub(in crate::media) end: usize,
    has_huffman_tables: bool,
    /// The scan with its header.
    scan: Range<usize>,
}

/// One marker segment.
struct Segment<'a> {
    marker: u8,
    /// Without marker and length.
    body: &'a [u8],
    /// With them.
    range: Range<usize>,
}

/// The frame header.
struct Frame {
    size: PixelSize,
    component_count: usize,
    /// How many 8x8 blocks the scan codes.
    block_count: u64,
}

/// Walks `jpeg` from its first byte to the end of its picture.
pub(in crate::media) fn walk(jpeg: &[u8], limits: Limits) -> Result<Anatomy, JpegError> {
    if jpeg.len() > limits.len_max {
        return Err(JpegError::TooLarge);
    }
    if jpeg.get(..2) != Some(&[0xff, SOI]) {
        return Err(JpegError::Malformed);
    }
    let mut frame = None;
    let mut table_count = 0;
    let mut has_huffman_tables = false;
    let mut at = 2;
    for _ in 0..SEGMENT_COUNT_MAX {
        let segment = next_segment(jpeg, at)?;
        at = segment.range.end;
        match segment.marker {
            0xc0 | 0xc1 if frame.is_none() => frame = Some(parse_frame(segment.body, limits)?),
            0xc0 | 0xc1 => return Err(JpegError::Malformed),
            DHT => {
                has_huffman_tables = true;
                table_count += tables::count_huffman(segment.body).ok_or(JpegError::Malformed)?;
            }
            DQT => {
                table_count +=
                    tables::count_quantization(segment.body).ok_or(JpegError::Malformed)?;
            }
            DRI if segment.body.len() != 2 => return Err(JpegError::Malformed),
            SOS => {
                let frame = frame.ok_or(JpegError::Malformed)?;
                return walk_scan(jpeg, &segment, &frame, has_huffman_tables);
            }
            // Application data, comments, the restart interval.
            0xe0..=0xef | 0xfe | DRI => {}
            // Other frames, arithmetic coding, hierarchies, a number of lines that comes later.
            _ => return Err(JpegError::Unsupported),
        }
        if table_count > TABLE_COUNT_MAX {
            return Err(JpegError::Unsupported);
        }
    }
    Err(JpegError::Unsupported)
}

impl Anatomy {
    /// Appends just what a decoder needs: the tables, what tells the colours, and the scan.
    pub(super) fn write_plain(&self, jpeg: &[u8], out: &mut Vec<u8>) -> Option<()> {
        /// JFIF and Adobe say in APP0 and APP14 what the components are.
        const KEPT: [u8; 7] = [0xc0, 0xc1, DHT, DQT, DRI, 0xe0, 0xee];
        self.write_header(jpeg, out, |segment| KEPT.contains(&segment.marker))?;
        if !self.has_huffman_tables {
            out.extend_from_slice(&STANDARD_HUFFMAN);
        }
        out.extend_from_slice(jpeg.get(self.scan.clone())?);
        out.extend_from_slice(&AFTER_SCAN);
        Some(())
    }

    /// Appends the file with standard Huffman tables if it has none.
    pub(super) fn write_complete(&self, jpeg: &[u8], out: &mut Vec<u8>) -> Option<()> {
        out.extend_from_slice(jpeg.get(..self.scan.start)?);
        if !self.has_huffman_tables {
            out.extend_from_slice(&STANDARD_HUFFMAN);
        }
        self.write_scan(jpeg, out)
    }

    /// Appends the file without its Huffman tables if these are the standard ones.
    pub(super) fn write_abbreviated(&self, jpeg: &[u8], out: &mut Vec<u8>) -> Option<()> {
        let mut all_standard = true;
        self.each_segment(jpeg, |segment| {
            all_standard &= segment.marker != DHT || tables::are_standard(segment.body);
        })?;
        self.write_header(jpeg, out, |segment| !all_standard || segment.marker != DHT)?;
        self.write_scan(jpeg, out)
    }

    /// Appends the file with the frame header right before the scan.
    pub(super) fn write_tables_first(&self, jpeg: &[u8], out: &mut Vec<u8>) -> Option<()> {
        let is_frame = |segment: &Segment<'_>| matches!(segment.marker, 0xc0 | 0xc1);
        self.write_header(jpeg, out, |segment| !is_frame(segment))?;
        self.each_segment(jpeg, |segment| {
            if is_frame(segment) {
                out.extend_from_slice(jpeg.get(segment.range.clone()).unwrap_or_default());
            }
        })?;
        self.write_scan(jpeg, out)
    }

    fn write_scan(&self, jpeg: &[u8], out: &mut Vec<u8>) -> Option<()> {
        out.extend_from_slice(jpeg.get(self.scan.clone())?);
        out.extend_from_slice(&[0xff, EOI]);
        Some(())
    }

    fn write_header(
        &self,
        jpeg: &[u8],
        out: &mut Vec<u8>,
        keep: impl Fn(&Segment<'_>) -> bool,
    ) -> Option<()> {
        out.extend_from_slice(&[0xff, SOI]);
        self.each_segment(jpeg, |segment| {
            if keep(segment) {
                out.extend_from_slice(jpeg.get(segment.range.clone()).unwrap_or_default());
            }
        })
    }

    /// Calls `visit` for each segment before the scan.
    fn each_segment(&self, jpeg: &[u8], mut visit: impl FnMut(&Segment<'_>)) -> Option<()> {
        let mut at = 2;
        loop {
            let segment = next_segment(jpeg, at).ok()?;
            if segment.range.start >= self.scan.start {
                return Some(());
            }
            at = segment.range.end;
            visit(&segment);
        }
    }
}

/// The segment at `at`, or after it: what is no marker there is skipped, as decoders do.
fn next_segment(jpeg: &[u8], at: usize) -> Result<Segment<'_>, JpegError> {
    let (marker, start) = next_marker(jpeg, at).ok_or(JpegError::Malformed)?;
    // Restart markers, an end without a scan, a second start: none has a length.
    if matches!(marker, 0x01 | 0xd0..=EOI) {
        return Err(JpegError::Malformed);
    }
    let rest = jpeg.get(start + 2..).unwrap_or_default();
    let (len, _) = rest.split_first_chunk::<2>().ok_or(JpegError::Malformed)?;
    let len = usize::from(u16::from_be_bytes(*len));
    let body = rest.get(2..len).ok_or(JpegError::Malformed)?;
    Ok(Segment {
        marker,
        body,
        range: start..start + 2 + len,
    })
}

/// The next marker from `at` on and where it begins, not counting fill bytes.
fn next_marker(jpeg: &[u8], at: usize) -> Option<(u8, usize)> {
    let mut at = at;
    loop {
        at += jpeg.get(at..)?.iter().position(|&byte| byte == 0xff)?;
        match *jpeg.get(at + 1)? {
            0xff => at += 1,
            0 => at += 2,
            marker => return Some((marker, at)),
        }
    }
}

fn parse_frame(body: &[u8], limits: Limits) -> Result<Frame, JpegError> {
    let (header, components) = body.split_first_chunk::<6>().ok_or(JpegError::Malformed)?;
    let [
        precision,
        height_high,
        height_low,
        width_high,
        width_low,
        count,
    ] = *header;
    let size = PixelSize::new(
        u32::from(u16::from_be_bytes([width_high, width_low])),
        u32::from(u16::from_be_bytes([height_high, height_low])),
    );
    if precision != 8 || (count != 1 && count != 3) || size.height == 0 {
        return Err(JpegError::Unsupported);
    }
    let component_count = usize::from(count);
    if size.width == 0 || components.len() != component_count * 3 {
        return Err(JpegError::Malformed);
    }
    if size.width > limits.size_max.width || size.height > limits.size_max.height {
        return Err(JpegError::TooLarge);
    }
    let mut blocks_each = 0;
    let (mut across_max, mut down_max) = (1, 1);
    for component in components.chunks_exact(3) {
        let factors = component.get(1).copied().unwrap_or_default();
        let (across, down) = (u32::from(factors >> 4), u32::from(factors & 15));
        if !(1..=4).contains(&across) || !(1..=4).contains(&down) {
            return Err(JpegError::Malformed);
        }
        blocks_each += u64::from(across * down);
        across_max = across.max(across_max);
        down_max = down.max(down_max);
    }
    if component_count == 1 {
        // A scan of one component is coded block by block, whatever its factors.
        (blocks_each, across_max, down_max) = (1, 1, 1);
    } else if blocks_each > 10 {
        return Err(JpegError::Malformed);
    }
    let across = size.width.div_ceil(8 * across_max);
    let down = size.height.div_ceil(8 * down_max);
    let block_count = u64::from(across) * u64::from(down) * blocks_each;
    Ok(Frame {
        size,
        component_count,
        block_count,
    })
}

fn walk_scan(
    jpeg: &[u8],
    header: &Segment<'_>,
    frame: &Frame,
    has_huffman_tables: bool,
) -> Result<Anatomy, JpegError> {
    if header.body.first().map(|&count| usize::from(count)) != Some(frame.component_count) {
        return Err(JpegError::Unsupported);
    }
    let scan_start = header.range.end;
    let scan_end = scan_end(jpeg, scan_start);
    // A block takes two bits at the very least, so this is no picture but a claim to be one. It
    // keeps a few bytes from costing a large allocation.
    if (scan_end - scan_start) as u64 * 4 < frame.block_count {
        return Err(JpegError::Malformed);
    }
    Ok(Anatomy {
        size: frame.size,
        component_count: frame.component_count,
        end: picture_end(jpeg, scan_end)?,
        has_huffman_tables,
        scan: header.range.start..scan_end,
    })
}

/// Where the first marker after `at` begins that ends a scan.
fn scan_end(jpeg: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some((marker, start)) = next_marker(jpeg, at) {
        if !matches!(marker, 0xd0..=0xd7) {
            return start;
        }
        at = start + 2;
    }
    jpeg.len()
}

/// Where the picture ends whose scan ends at `scan_end`, after making sure that there is not
/// another scan. No end marker is needed: some cameras leave it out.
fn picture_end(jpeg: &[u8], scan_end: usize) -> Result<usize, JpegError> {
    let mut at = scan_end;
    for _ in 0..SEGMENT_COUNT_MAX {
        match next_marker(jpeg, at) {
            Some((EOI, start)) => return Ok(start + 2),
            Some((DNL | SOS, _)) => return Err(JpegError::Unsupported),
            _ => {}
        }
        let Ok(segment) = next_segment(jpeg, at) else {
            break;
        };
        at = segment.range.end;
    }
    Ok(scan_end)
}
