//! What an order means for the source at hand. Pure.

use super::{CaptureSource, pace::sane_rate};
use crate::{app::CaptureOrder, media::PixelSize};

/// The test picture's size when nobody asks for one, in pixels.
const TEST_SIZE_DEFAULT: PixelSize = PixelSize::new(1280, 720);
/// Smallest and largest side of the test picture, in pixels.
const TEST_SIDE_MIN: u32 = 16;
const TEST_SIDE_MAX: u32 = 4096;
/// How often a still is sent, in pictures a second: often enough that a lost one is soon made up
/// for and that the other side does not call it frozen.
const STILL_RATE: f64 = 5.0;

/// What the orders come down to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Plan {
    Camera {
        number: Option<u32>,
        resolution: Option<PixelSize>,
        rate: f64,
    },
    Clip {
        rate: f64,
    },
    #[cfg(test)]
    Hang,
    Off,
    #[cfg(test)]
    Panic,
    Test {
        size: PixelSize,
        rate: f64,
    },
}

impl Plan {
    pub(super) fn of(source: &CaptureSource, order: &CaptureOrder) -> Self {
        let rate = sane_rate(order.rate);
        if !order.enabled {
            return Self::Off;
        }
        match source {
            #[cfg(test)]
            CaptureSource::Hang(_) if order.camera.is_none() => Self::Hang,
            #[cfg(test)]
            CaptureSource::Panic => Self::Panic,
            CaptureSource::Camera(_) if !order.test_picture => Self::Camera {
                number: order.camera,
                resolution: order.resolution,
                rate,
            },
            CaptureSource::Clip(clip) if !order.test_picture => {
                let own = if clip.is_still() {
                    STILL_RATE
                } else {
                    sane_rate(clip.rate())
                };
                let rate = if order.rate.is_some() {
                    rate.min(own)
                } else {
                    own
                };
                Self::Clip { rate }
            }
            _ => {
                let PixelSize { width, height } = order.resolution.unwrap_or(TEST_SIZE_DEFAULT);
                let side = |side: u32| side.clamp(TEST_SIDE_MIN, TEST_SIDE_MAX);
                Self::Test {
                    size: PixelSize::new(side(width), side(height)),
                    rate,
                }
            }
        }
    }
}
