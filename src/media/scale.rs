//! Scaling, and the sums of fitting one rectangle into another.

use super::{Picture, PixelSize};

/// Scales pictures, keeping its scratch space from one to the next.
#[derive(Debug, Default)]
pub struct Scaler {}

/// What to do when the shapes differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// Cut off what sticks out, so that the whole area is covered.
    Fill,
    /// Show all of it, with bars.
    #[default]
    Letterbox,
}

impl Scaler {
    /// Scales `from` to `size` by averaging areas when it shrinks, linearly when it grows.
    /// Copies when the size is already right.
    pub fn scale(&mut self, _from: &Picture, _size: PixelSize, _out: &mut Picture) {}

    /// Scales the middle of `from` that has the shape of `size`, so that nothing is stretched.
    pub fn scale_filling(&mut self, _from: &Picture, _size: PixelSize, _out: &mut Picture) {}
}

/// The largest size of `picture`'s shape that fits into `area`, where one pixel of `area` is
/// `pixel_aspect` times as high as wide (1.0: square). At least 1x1 unless one of them is empty.
pub fn fit(picture: PixelSize, area: PixelSize, pixel_aspect: f64) -> PixelSize {
    let _ = (picture, area, pixel_aspect);
    PixelSize::default()
}

/// `picture` itself when it fits into `limit`, else scaled down in its own shape.
pub fn shrink(picture: PixelSize, limit: PixelSize) -> PixelSize {
    let _ = (picture, limit);
    PixelSize::default()
}
