//! JPEGs to test with.

use jpeg_encoder::{ColorType, Encoder};
use ttychat::media::jpeg::{Compressor, Decompressor, JpegError, Limits};
use ttychat::media::{Picture, PixelSize};

pub(crate) const LIMITS: Limits = Limits {
    len_max: 1 << 20,
    size_max: PixelSize::new(1024, 1024),
};

pub(crate) fn compressed(picture: &Picture, quality: u8) -> Vec<u8> {
    let mut jpeg = Vec::new();
    Compressor::default()
        .compress(picture, quality, &mut jpeg)
        .unwrap();
    jpeg
}

pub(crate) fn decompressed(jpeg: &[u8], at_least: Option<PixelSize>) -> Result<Picture, JpegError> {
    let mut out = Picture::default();
    Decompressor::default()
        .decompress(jpeg, LIMITS, at_least, &mut out)
        .map(|()| out)
}

/// A JPEG as another encoder would make it.
pub(crate) fn encoded(picture: &Picture, set: impl Fn(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 90);
    set(&mut encoder);
    let PixelSize { width, height } = picture.size();
    encoder
        .encode(picture.rgb(), width as u16, height as u16, ColorType::Rgb)
        .unwrap();
    jpeg
}

/// Where the first marker of this kind lies.
pub(crate) fn marker(jpeg: &[u8], marker: u8) -> usize {
    jpeg.windows(2)
        .position(|pair| pair == [0xff, marker])
        .unwrap()
}

/// The same with its frame header claiming another size.
pub(crate) fn claiming(jpeg: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut jpeg = jpeg.to_vec();
    let frame = marker(&jpeg, 0xc0);
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}
