//! What the kernel answers, in plain numbers.

use super::super::{ColorCoding, ColorMatrix, ColorRange, FourCc};
use v4l::v4l_sys as sys;

/// What a driver says of itself.
#[derive(Debug)]
pub(super) struct Capabilities {
    /// The camera's name, up to its NUL; any bytes.
    pub(super) card: Vec<u8>,
    /// Where it is plugged in, up to its NUL; any bytes.
    pub(super) bus: Vec<u8>,
    /// `V4L2_CAP_*` of this node alone.
    pub(super) flags: u32,
}

/// The format that a driver is set to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Granted {
    pub(super) format: FourCc,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Bytes from row to row; 0 when the driver does not say.
    pub(super) stride: u32,
    pub(super) coding: ColorCoding,
}

/// A part of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// What a driver says of colours, `V4L2_*` numbers; 0 is its way to say nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Colorimetry {
    pub(super) colorspace: u32,
    pub(super) encoding: u32,
    pub(super) quantization: u32,
}

/// A size, or a range of sizes, of a format.
#[derive(Clone, Copy, Debug)]
pub(super) enum SizeOffer {
    Discrete { width: u32, height: u32 },
    Stepwise { width: Range, height: Range },
}

/// `min`, `min + step`, … `max`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) min: u32,
    pub(super) max: u32,
    pub(super) step: u32,
}

/// Seconds from picture to picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) numerator: u32,
    pub(super) denominator: u32,
}

/// An interval, or a range of them, of a size.
#[derive(Clone, Copy, Debug)]
pub(super) enum IntervalOffer {
    Discrete(Interval),
    Stepwise { min: Interval, max: Interval },
}

/// Where a buffer of the driver lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct BufferPlace {
    pub(super) len: usize,
    pub(super) offset: u64,
}

/// A buffer that came back from the driver.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filled {
    pub(super) index: u32,
    /// As the driver says; may be longer than the buffer, if the driver is broken.
    pub(super) bytes_used: u32,
    /// Whether the driver marked the picture as damaged.
    pub(super) is_broken: bool,
}

/// What came of waiting for a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    /// A picture is there, or the next ioctl says what is wrong.
    Ready,
    TimedOut,
}

/// What a driver says of a control.
#[derive(Clone, Copy, Debug)]
pub(super) struct ControlOffer {
    /// `V4L2_CTRL_TYPE_*`.
    pub(super) kind: u32,
    pub(super) min: i32,
    pub(super) max: i32,
    pub(super) step: i32,
    pub(super) default: i32,
    /// `V4L2_CTRL_FLAG_*`.
    pub(super) flags: u32,
}

/// An entry of a menu: a name up to its NUL, any bytes, or in menus of numbers an `i64`.
#[derive(Clone, Copy, Debug)]
pub(super) struct MenuEntry(pub(super) [u8; 32]);

impl Colorimetry {
    /// What is in a format. Of the fields behind `priv` a kernel before 3.17 knows nothing.
    pub(super) fn of(pix: &sys::v4l2_pix_format, encoding: u32) -> Self {
        let is_extended = pix.priv_ == sys::V4L2_PIX_FMT_PRIV_MAGIC;
        Self {
            colorspace: pix.colorspace,
            encoding: if is_extended { encoding } else { 0 },
            quantization: if is_extended { pix.quantization } else { 0 },
        }
    }

    /// What the samples of a picture mean: what is said counts, else the default of the format and
    /// the colour space. Alone in this, grey pictures are full: they are a Y without Cb and Cr, of
    /// which limited is the default, but sensors and the kernel's own test driver use all values.
    ///
    /// *Source:* `V4L2_MAP_QUANTIZATION_DEFAULT`, `V4L2_MAP_YCBCR_ENC_DEFAULT` of
    /// linux/videodev2.h; `tpg_recalc` of v4l2-tpg-core.c for grey.
    pub(super) fn coding(self, format: FourCc) -> ColorCoding {
        let range = match self.quantization {
            sys::v4l2_quantization_V4L2_QUANTIZATION_FULL_RANGE => ColorRange::Full,
            sys::v4l2_quantization_V4L2_QUANTIZATION_LIM_RANGE => ColorRange::Limited,
            _ if self.colorspace == sys::v4l2_colorspace_V4L2_COLORSPACE_JPEG => ColorRange::Full,
            _ if has_chroma(format) => ColorRange::Limited,
            _ => ColorRange::Full,
        };
        ColorCoding {
            range,
            matrix: self.matrix(),
        }
    }

    /// The two standards for more colours than television has are nearer to BT.709 than to BT.601.
    fn matrix(self) -> ColorMatrix {
        match self.encoding {
            sys::v4l2_ycbcr_encoding_V4L2_YCBCR_ENC_DEFAULT => match self.colorspace {
                sys::v4l2_colorspace_V4L2_COLORSPACE_REC709
                | sys::v4l2_colorspace_V4L2_COLORSPACE_DCI_P3
                | sys::v4l2_colorspace_V4L2_COLORSPACE_BT2020
                | sys::v4l2_colorspace_V4L2_COLORSPACE_SMPTE240M => ColorMatrix::Bt709,
                _ => ColorMatrix::Bt601,
            },
            sys::v4l2_ycbcr_encoding_V4L2_YCBCR_ENC_709
            | sys::v4l2_ycbcr_encoding_V4L2_YCBCR_ENC_XV709
            | sys::v4l2_ycbcr_encoding_V4L2_YCBCR_ENC_BT2020
            | sys::v4l2_ycbcr_encoding_V4L2_YCBCR_ENC_BT2020_CONST_LUM
            | sys::v4l2_ycbcr_encoding_V4L2_YCBCR_ENC_SMPTE240M => ColorMatrix::Bt709,
            _ => ColorMatrix::Bt601,
        }
    }
}

/// Whether pictures of this format are Y, Cb and Cr, as far as they are read here.
fn has_chroma(format: FourCc) -> bool {
    matches!(
        &format.0,
        b"YUYV" | b"UYVY" | b"YVYU" | b"NV12" | b"NV21" | b"YU12" | b"YV12"
    )
}

/// A string in an array of C.
pub(super) fn until_nul(bytes: &[u8]) -> Vec<u8> {
    let until_nul = bytes.iter().take_while(|byte| **byte != 0);
    until_nul.copied().collect()
}

impl From<sys::v4l2_fract> for Interval {
    fn from(fraction: sys::v4l2_fract) -> Self {
        Self {
            numerator: fraction.numerator,
            denominator: fraction.denominator,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YUYV: FourCc = FourCc(*b"YUYV");
    const RGB: FourCc = FourCc(*b"BGR3");
    const GREY: FourCc = FourCc(*b"GREY");

    #[track_caller]
    fn check(format: FourCc, numbers: [u32; 3], range: ColorRange, matrix: ColorMatrix) {
        let [colorspace, encoding, quantization] = numbers;
        let said = Colorimetry {
            colorspace,
            encoding,
            quantization,
        };
        assert_eq!(said.coding(format), ColorCoding { range, matrix });
    }

    #[test]
    fn a_driver_that_says_nothing_means_the_defaults() {
        check(YUYV, [0, 0, 0], ColorRange::Limited, ColorMatrix::Bt601);
        check(RGB, [0, 0, 0], ColorRange::Full, ColorMatrix::Bt601);
        check(GREY, [0, 0, 0], ColorRange::Full, ColorMatrix::Bt601);
        // V4L2_COLORSPACE_SRGB, SMPTE170M, REC709, JPEG.
        check(YUYV, [8, 0, 0], ColorRange::Limited, ColorMatrix::Bt601);
        check(YUYV, [1, 0, 0], ColorRange::Limited, ColorMatrix::Bt601);
        check(YUYV, [3, 0, 0], ColorRange::Limited, ColorMatrix::Bt709);
        check(YUYV, [7, 0, 0], ColorRange::Full, ColorMatrix::Bt601);
        // What no version of the interface knows.
        check(YUYV, [99, 99, 99], ColorRange::Limited, ColorMatrix::Bt601);
    }

    #[test]
    fn what_a_driver_says_counts_more_than_the_defaults() {
        // V4L2_QUANTIZATION_FULL_RANGE, LIM_RANGE.
        check(YUYV, [8, 0, 1], ColorRange::Full, ColorMatrix::Bt601);
        check(YUYV, [7, 0, 2], ColorRange::Limited, ColorMatrix::Bt601);
        check(RGB, [8, 0, 2], ColorRange::Limited, ColorMatrix::Bt601);
        check(GREY, [8, 0, 2], ColorRange::Limited, ColorMatrix::Bt601);
        // V4L2_YCBCR_ENC_709, XV601, 601, XV709.
        check(YUYV, [8, 2, 0], ColorRange::Limited, ColorMatrix::Bt709);
        check(YUYV, [3, 3, 0], ColorRange::Limited, ColorMatrix::Bt601);
        check(YUYV, [3, 1, 1], ColorRange::Full, ColorMatrix::Bt601);
        check(YUYV, [8, 4, 1], ColorRange::Full, ColorMatrix::Bt709);
    }

    #[test]
    fn fields_that_a_kernel_does_not_know_are_not_read() {
        let mut pix = sys::v4l2_pix_format {
            width: 2,
            height: 2,
            pixelformat: u32::from_le_bytes(YUYV.0),
            field: 1,
            bytesperline: 4,
            sizeimage: 8,
            colorspace: 8,
            priv_: sys::V4L2_PIX_FMT_PRIV_MAGIC,
            flags: 0,
            __bindgen_anon_1: sys::v4l2_pix_format__bindgen_ty_1 { ycbcr_enc: 2 },
            quantization: 1,
            xfer_func: 0,
        };
        let coding = Colorimetry::of(&pix, 2).coding(YUYV);
        assert_eq!(
            (coding.range, coding.matrix),
            (ColorRange::Full, ColorMatrix::Bt709)
        );
        pix.priv_ = 0;
        let coding = Colorimetry::of(&pix, 2).coding(YUYV);
        assert_eq!(
            (coding.range, coding.matrix),
            (ColorRange::Limited, ColorMatrix::Bt601)
        );
    }
}
