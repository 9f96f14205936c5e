//! Where the samples of each format lie.
//!
//! *Source:* "Image Formats" of the Linux Media Infrastructure userspace API (V4L2 `pixfmt-*`).

use super::super::PixelSize;
use super::coding::Coding;

/// What the three samples of a colour are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Model {
    /// Red, green and blue.
    Rgb,
    /// Y, Cb and Cr, or Y alone.
    Yuv,
}

/// Rows that lie at equal distances in the bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    /// Where the first row begins.
    pub(super) offset: usize,
    /// From one row to the next.
    pub(super) stride: usize,
    /// How much of a row is samples.
    pub(super) len: usize,
    /// Whether one row serves two of the picture.
    pub(super) half_height: bool,
}

/// One of Y, Cb, Cr or red, green, blue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Channel {
    pub(super) plane: usize,
    /// Where in a row the first sample lies.
    pub(super) first: usize,
    /// From one sample to the next, 1–4.
    pub(super) step: usize,
    /// Whether one sample serves two columns of the picture.
    pub(super) half_width: bool,
}

/// Where the samples of a picture lie. Invariant: every [`Channel`] names a plane that is there.
#[derive(Clone, Copy, Debug)]
pub(in crate::media) struct Layout {
    pub(super) model: Model,
    pub(super) coding: Coding,
    pub(super) planes: [Option<Plane>; 3],
    /// A missing second and third channel is neutral: grey.
    pub(super) channels: [Option<Channel>; 3],
}

/// How the chroma planes of a planar YUV picture are subsampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::media) enum Planar {
    Yuv420,
    Yuv422,
    Yuv444,
    Mono,
}

impl Layout {
    /// The layout of a V4L2 format; `None` for one that is not read. `stride` is in bytes, 0 for
    /// the natural one.
    pub(super) fn of_camera(
        format: [u8; 4],
        size: PixelSize,
        stride: u32,
        coding: Coding,
    ) -> Option<Self> {
        let (width, pairs) = (size.width as usize, size.width.div_ceil(2) as usize);
        let stride = stride as usize;
        let yuyv = |firsts| Self::packed(Model::Yuv, coding, pairs * 4, stride, yuyv(firsts));
        let rgb = |firsts, step| {
            let channels = rgb(firsts, step);
            Self::packed(Model::Rgb, coding, width * step, stride, channels)
        };
        // Of 16 bits, little-endian, the upper byte is the picture, the lower is noise.
        let grey = |step| {
            let channels = [channel(step - 1, step), None, None];
            Self::packed(Model::Yuv, coding, width * step, stride, channels)
        };
        Some(match &format {
            b"YUYV" => yuyv([0, 1, 3]),
            b"UYVY" => yuyv([1, 0, 2]),
            b"YVYU" => yuyv([0, 3, 1]),
            b"NV12" => Self::semi_planar(size, stride, coding, [0, 1]),
            b"NV21" => Self::semi_planar(size, stride, coding, [1, 0]),
            b"YU12" => Self::planar(Planar::Yuv420, size, stride, coding),
            b"YV12" => {
                let mut layout = Self::planar(Planar::Yuv420, size, stride, coding);
                layout.channels.swap(1, 2);
                layout
            }
            b"GREY" => grey(1),
            b"Y16 " => grey(2),
            b"RGB3" => rgb([0, 1, 2], 3),
            b"BGR3" => rgb([2, 1, 0], 3),
            b"BGR4" | b"XR24" | b"AR24" => rgb([2, 1, 0], 4),
            b"RGB4" | b"BX24" | b"BA24" => rgb([1, 2, 3], 4),
            b"RX24" | b"RA24" => rgb([3, 2, 1], 4),
            b"XB24" | b"AB24" => rgb([0, 1, 2], 4),
            _ => return None,
        })
    }

    /// Three planes, Y, Cb and Cr, one after the other; the chroma rows have half the stride where
    /// they have half the samples.
    pub(in crate::media) fn planar(
        planar: Planar,
        size: PixelSize,
        stride: usize,
        coding: Coding,
    ) -> Self {
        let (width, height) = (size.width as usize, size.height as usize);
        let stride = if stride == 0 { width } else { stride };
        let luma = Plane {
            offset: 0,
            stride,
            len: width,
            half_height: false,
        };
        let half_width = matches!(planar, Planar::Yuv420 | Planar::Yuv422);
        let half_height = planar == Planar::Yuv420;
        let halve = |len: usize, half: bool| if half { len.div_ceil(2) } else { len };
        let cb = Plane {
            offset: stride.saturating_mul(height),
            stride: halve(stride, half_width),
            len: halve(width, half_width),
            half_height,
        };
        let chroma_len = cb.stride.saturating_mul(halve(height, half_height));
        let cr = Plane {
            offset: cb.offset.saturating_add(chroma_len),
            ..cb
        };
        let sample = |plane| {
            Some(Channel {
                plane,
                first: 0,
                step: 1,
                half_width,
            })
        };
        if planar == Planar::Mono {
            let channels = [channel(0, 1), None, None];
            return Self::packed(Model::Yuv, coding, width, stride, channels);
        }
        Self {
            model: Model::Yuv,
            coding,
            planes: [Some(luma), Some(cb), Some(cr)],
            channels: [channel(0, 1), sample(1), sample(2)],
        }
    }

    /// How many bytes a picture of `height` rows needs. The last row needs no padding.
    pub(in crate::media) fn byte_len(&self, height: u32) -> usize {
        let plane_end = |plane: &Plane| {
            let rows = if plane.half_height {
                height.div_ceil(2)
            } else {
                height
            } as usize;
            let above = plane.stride.saturating_mul(rows.saturating_sub(1));
            plane.offset.saturating_add(above).saturating_add(plane.len)
        };
        self.planes
            .iter()
            .flatten()
            .map(plane_end)
            .max()
            .unwrap_or(0)
    }

    fn packed(
        model: Model,
        coding: Coding,
        len: usize,
        stride: usize,
        channels: [Option<Channel>; 3],
    ) -> Self {
        let stride = if stride == 0 { len } else { stride };
        let plane = Plane {
            offset: 0,
            stride,
            len,
            half_height: false,
        };
        Self {
            model,
            coding,
            planes: [Some(plane), None, None],
            channels,
        }
    }

    /// Y, then a half-height plane of Cb and Cr in turns with the same stride, made even because
    /// an odd picture has a pair for its last column too. `firsts`: of Cb and of Cr.
    fn semi_planar(size: PixelSize, stride: usize, coding: Coding, firsts: [usize; 2]) -> Self {
        let (width, height) = (size.width as usize, size.height as usize);
        let stride = if stride == 0 { width } else { stride };
        let luma = Plane {
            offset: 0,
            stride,
            len: width,
            half_height: false,
        };
        let chroma = Plane {
            offset: stride.saturating_mul(height),
            stride: stride.next_multiple_of(2),
            len: width.next_multiple_of(2),
            half_height: true,
        };
        let sample = |first| {
            Some(Channel {
                plane: 1,
                first,
                step: 2,
                half_width: true,
            })
        };
        let [cb, cr] = firsts.map(sample);
        Self {
            model: Model::Yuv,
            coding,
            planes: [Some(luma), Some(chroma), None],
            channels: [channel(0, 1), cb, cr],
        }
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "stands among channels that may be missing"
)]
fn channel(first: usize, step: usize) -> Option<Channel> {
    Some(Channel {
        plane: 0,
        first,
        step,
        half_width: false,
    })
}

fn rgb(firsts: [usize; 3], step: usize) -> [Option<Channel>; 3] {
    firsts.map(|first| channel(first, step))
}

/// Four bytes for two pixels: Y at `y` and `y + 2`, Cb at `cb`, Cr at `cr`.
fn yuyv([y, cb, cr]: [usize; 3]) -> [Option<Channel>; 3] {
    let chroma = |first| {
        Some(Channel {
            plane: 0,
            first,
            step: 4,
            half_width: true,
        })
    };
    [channel(y, 2), chroma(cb), chroma(cr)]
}
