//! PNG stills.

use super::super::{Picture, PixelSize};
use super::{ClipError, SIZE_MAX};
use png::{ColorType, DecodingError, Transformations};
use std::io::Cursor;

/// What the decoder may allocate beside the picture.
const SCRATCH_LEN_MAX: usize = 64 << 20;

/// Decodes a PNG of any kind; what is transparent is laid over black.
pub(super) fn decode_png(bytes: &[u8]) -> Result<Picture, ClipError> {
    let limits = png::Limits {
        bytes: SCRATCH_LEN_MAX,
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.ignore_checksums(false);
    decoder.set_ignore_text_chunk(true);
    // Palettes become RGB, fewer bits eight, a transparent colour alpha, sixteen bits eight.
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let header = decoder.read_header_info().map_err(|error| broken(&error))?;
    let size = PixelSize::new(header.width, header.height);
    if size.width > SIZE_MAX.width || size.height > SIZE_MAX.height {
        return Err(ClipError::Broken(
            "a PNG larger than 4096x4096 pixels".to_owned(),
        ));
    }
    let mut reader = decoder.read_info().map_err(|error| broken(&error))?;
    let len = reader.output_buffer_size().unwrap_or_default();
    let mut pixels = vec![0; len];
    reader
        .next_frame(&mut pixels)
        .map_err(|error| broken(&error))?;
    let mut picture = Picture::new(size);
    let targets = picture.rgb_mut().chunks_exact_mut(3);
    match reader.output_color_type().0 {
        ColorType::Grayscale => {
            targets
                .zip(&pixels)
                .for_each(|(target, &grey)| target.fill(grey));
        }
        ColorType::GrayscaleAlpha => {
            for (target, source) in targets.zip(pixels.chunks_exact(2)) {
                let &[grey, alpha] = source else { continue };
                target.fill(over_black(grey, alpha));
            }
        }
        ColorType::Rgb | ColorType::Indexed => {
            targets
                .zip(pixels.chunks_exact(3))
                .for_each(|(to, from)| to.copy_from_slice(from));
        }
        ColorType::Rgba => {
            for (target, source) in targets.zip(pixels.chunks_exact(4)) {
                let &[red, green, blue, alpha] = source else {
                    continue;
                };
                target.copy_from_slice(&[red, green, blue].map(|value| over_black(value, alpha)));
            }
        }
    }
    Ok(picture)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a product of bytes over 255 is a byte"
)]
fn over_black(value: u8, alpha: u8) -> u8 {
    ((u32::from(value) * u32::from(alpha) + 127) / 255) as u8
}

fn broken(error: &DecodingError) -> ClipError {
    ClipError::Broken(error.to_string())
}
