//! Scaling, and the sums of fitting one rectangle into another.

use super::{Picture, PixelSize};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer, SrcCropping};

/// Scales pictures, keeping its scratch space from one to the next.
#[derive(Debug, Default)]
pub struct Scaler {
    resizer: Resizer,
}

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
    /// Copies when the size is already right. An empty `from` becomes black.
    pub fn scale(&mut self, from: &Picture, size: PixelSize, out: &mut Picture) {
        self.resize(from, size, &ResizeOptions::new(), out);
    }

    /// Scales the middle of `from` that has the shape of `size`, so that nothing is stretched,
    /// where one pixel of `out` is `pixel_aspect` times as high as wide (1.0: square).
    pub fn scale_filling(
        &mut self,
        from: &Picture,
        size: PixelSize,
        pixel_aspect: f64,
        out: &mut Picture,
    ) {
        let (width, height) = (f64::from(from.size().width), f64::from(from.size().height));
        let shape = f64::from(size.width) / (f64::from(size.height) * pixel_aspect);
        if from.size().is_empty() || !shape.is_normal() {
            return self.resize(from, size, &ResizeOptions::new(), out);
        }
        let (cut_width, cut_height) = (width.min(height * shape), height.min(width / shape));
        let (left, top) = ((width - cut_width) / 2.0, (height - cut_height) / 2.0);
        let options = ResizeOptions::new().crop(left, top, cut_width, cut_height);
        self.resize(from, size, &options, out);
    }

    fn resize(
        &mut self,
        from: &Picture,
        size: PixelSize,
        options: &ResizeOptions,
        out: &mut Picture,
    ) {
        out.reset(size);
        let whole = matches!(options.cropping, SrcCropping::None);
        if size == from.size() && whole {
            return out.rgb_mut().copy_from_slice(from.rgb());
        }
        let shrinks = size.width <= from.size().width && size.height <= from.size().height;
        // The triangle of the linear filter widens where it shrinks, so one filter serves both
        // directions when they differ.
        let filter = if shrinks {
            FilterType::Box
        } else {
            FilterType::Bilinear
        };
        let options = options
            .resize_alg(ResizeAlg::Convolution(filter))
            .use_alpha(false);
        let done = !from.size().is_empty() && self.try_resize(from, size, &options, out).is_some();
        if !done {
            out.rgb_mut().fill(0);
        }
    }

    fn try_resize(
        &mut self,
        from: &Picture,
        size: PixelSize,
        options: &ResizeOptions,
        out: &mut Picture,
    ) -> Option<()> {
        let PixelSize { width, height } = from.size();
        let source = ImageRef::new(width, height, from.rgb(), PixelType::U8x3).ok()?;
        let mut target =
            Image::from_slice_u8(size.width, size.height, out.rgb_mut(), PixelType::U8x3).ok()?;
        self.resizer.resize(&source, &mut target, options).ok()
    }
}

/// The largest size of `picture`'s shape that fits into `area`, where one pixel of `area` is
/// `pixel_aspect` times as high as wide (1.0: square; also meant by what is no aspect, such as 0).
/// At least 1x1 unless one of them is empty.
///
/// Example: 16:9 into 160x50 pixels that are twice as high as wide is 160x45.
pub fn fit(picture: PixelSize, area: PixelSize, pixel_aspect: f64) -> PixelSize {
    if picture.is_empty() || area.is_empty() {
        return PixelSize::default();
    }
    let is_aspect = pixel_aspect.is_finite() && pixel_aspect > 0.0;
    let aspect = if is_aspect { pixel_aspect } else { 1.0 };
    let shape = f64::from(picture.width) / f64::from(picture.height);
    let height = f64::from(area.width) / shape / aspect;
    if height.round() <= f64::from(area.height) {
        PixelSize::new(area.width, to_len(height, area.height))
    } else {
        PixelSize::new(
            to_len(f64::from(area.height) * aspect * shape, area.width),
            area.height,
        )
    }
}

/// `picture` itself when it fits into `limit`, else scaled down in its own shape. Empty when one
/// of them is.
pub fn shrink(picture: PixelSize, limit: PixelSize) -> PixelSize {
    let fits = picture.width <= limit.width && picture.height <= limit.height;
    if fits && !picture.is_empty() {
        picture
    } else {
        fit(picture, limit, 1.0)
    }
}

/// The nearest whole number from 1 to `max`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped; a float cast saturates"
)]
fn to_len(len: f64, max: u32) -> u32 {
    (len.round() as u32).clamp(1, max)
}
