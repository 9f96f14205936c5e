//! Pixels: pictures, raw camera formats, scaling, sharpening, noise, JPEG, patches, the test
//! picture, the barcode, clips.
//!
//! It does not know cameras, files, messages or the screen; all is bytes in, pictures out.
//!
//! Invariant: no bytes can make it panic, or allocate more than the limits named here allow.

pub mod barcode;
pub mod clip;
pub mod denoise;
pub mod jpeg;
pub mod patch;
pub mod raw;
pub mod scale;
pub mod sharpen;
pub mod test_picture;

/// A size in pixels. Width and height may be 0 (nothing to show).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PixelSize {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// One image of video: row-major RGB8, `width * height * 3` bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    size: PixelSize,
    rgb: Vec<u8>,
}

impl PixelSize {
    /// A size of `width` by `height` pixels.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Whether it holds no pixel.
    pub const fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }
}

impl Picture {
    /// A black picture.
    pub fn new(size: PixelSize) -> Self {
        let mut picture = Self::default();
        picture.reset(size);
        picture
    }

    /// A picture of these pixels; `None` unless `rgb` is `width * height * 3` bytes long.
    pub fn from_rgb(size: PixelSize, rgb: Vec<u8>) -> Option<Self> {
        (rgb.len() == Self::byte_len(size)).then_some(Self { size, rgb })
    }

    /// Makes it `size` large, keeping its allocation. What it shows then is unspecified.
    pub fn reset(&mut self, size: PixelSize) {
        self.rgb.resize(Self::byte_len(size), 0);
        self.size = size;
    }

    /// All pixels, to be painted.
    pub fn rgb_mut(&mut self) -> &mut [u8] {
        &mut self.rgb
    }

    /// In pixels.
    pub const fn size(&self) -> PixelSize {
        self.size
    }

    /// All pixels, row-major RGB8.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The pixel at column `x` of row `y`; `None` outside.
    pub fn pixel(&self, x: u32, y: u32) -> Option<[u8; 3]> {
        if x >= self.size.width {
            return None;
        }
        let index = (y as usize * self.size.width as usize + x as usize) * 3;
        self.rgb.get(index..index + 3)?.try_into().ok()
    }

    const fn byte_len(size: PixelSize) -> usize {
        size.width as usize * size.height as usize * 3
    }
}
