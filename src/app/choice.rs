//! Which camera and which resolution come next.

use super::CameraEntry;
use crate::media::PixelSize;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Back,
    Forward,
}

/// The next or previous camera by number, round the end.
pub(super) fn next_camera(
    cameras: &[CameraEntry],
    current: Option<u32>,
    step: Step,
) -> Option<&CameraEntry> {
    let number = |entry: &&CameraEntry| entry.number;
    let Some(current) = current else {
        return cameras.iter().min_by_key(number);
    };
    match step {
        Step::Forward => {
            let above = cameras.iter().filter(|entry| entry.number > current);
            above
                .min_by_key(number)
                .or_else(|| cameras.iter().min_by_key(number))
        }
        Step::Back => {
            let below = cameras.iter().filter(|entry| entry.number < current);
            below
                .max_by_key(number)
                .or_else(|| cameras.iter().max_by_key(number))
        }
    }
}

/// The next or previous size of a list, round the end. A size that is not in it stands where its
/// number of pixels would.
pub(super) fn next_resolution(
    sizes: &[PixelSize],
    current: Option<PixelSize>,
    step: Step,
) -> Option<PixelSize> {
    let order = |size: PixelSize| (u64::from(size.width) * u64::from(size.height), size.width);
    let current = current.map(order);
    let by_order = |size: &PixelSize| order(*size);
    let smallest = || sizes.iter().copied().min_by_key(by_order);
    let largest = || sizes.iter().copied().max_by_key(by_order);
    let Some(current) = current else {
        return if step == Step::Forward {
            smallest()
        } else {
            largest()
        };
    };
    match step {
        Step::Forward => {
            let above = sizes.iter().copied().filter(|size| order(*size) > current);
            above.min_by_key(by_order).or_else(smallest)
        }
        Step::Back => {
            let below = sizes.iter().copied().filter(|size| order(*size) < current);
            below.max_by_key(by_order).or_else(largest)
        }
    }
}
