//! Gives back the contrast of fine detail, which averaging areas takes away.
//!
//! The mean over an area leaves of the finest detail 64 % (the sinc at half the rate of pixels),
//! and in a face of thirty pixels the eyes and the mouth are such detail. Each value moves away
//! from the mean of its four neighbours, by a little more than that loss; nothing is done to what
//! may be noise, and no edge gets a halo that the eye could see.

use super::Picture;

/// Sixteenths of what a value differs from its four neighbours, summed up, that are added. Two
/// would undo the loss at the finest detail; with three, eyes and mouths look plainest, and with
/// four all looks harsh (seen at 160x90 and 80x48, see docs/PERFORMANCE.md).
const GAIN: i16 = 3;
/// Levels by which a value may go beyond the lightest and the darkest of its neighbours and
/// itself. More is seen as a halo along strong edges.
const OVERSHOOT: i16 = 10;
/// Differences up to so many times the noise are left: of noise alone their standard deviation
/// is 4.5 times its own, so that one in six goes beyond.
const CORE: f32 = 6.0;
/// Most noise that counts, in levels.
const SPREAD_LIMIT: f32 = 16.0;

/// Sharpens pictures, keeping its scratch space: two rows.
#[derive(Debug, Default)]
pub struct Sharpener {
    above: Vec<u8>,
    /// With a pixel more at each end.
    here: Vec<u8>,
}

impl Sharpener {
    /// Sharpens `picture`, of which each value has a noise of this standard deviation.
    pub fn sharpen(&mut self, picture: &mut Picture, spread: f32) {
        /// Bytes of a pixel.
        const PIXEL: usize = 3;
        let row_len = picture.size().width as usize * PIXEL;
        if picture.size().is_empty() {
            return;
        }
        #[expect(clippy::cast_possible_truncation, reason = "clamped")]
        let core = (spread.clamp(0.0, SPREAD_LIMIT) * CORE) as i16;
        let Self { above, here } = self;
        here.resize(row_len + 2 * PIXEL, 0);
        above.clear();
        let mut rest = picture.rgb_mut();
        while let Some((row, below)) = rest.split_at_mut_checked(row_len) {
            if row.is_empty() {
                return;
            }
            if let Some(middle) = here.get_mut(PIXEL..PIXEL + row_len) {
                middle.copy_from_slice(row);
            }
            here.copy_within(PIXEL..2 * PIXEL, 0);
            here.copy_within(row_len..row_len + PIXEL, row_len + PIXEL);
            if above.is_empty() {
                above.extend_from_slice(row);
            }
            let last = here.get(PIXEL..).unwrap_or_default();
            let next = below.get(..row_len).unwrap_or(last);
            sharpen_row(row, above, here, next, core);
            above.copy_from_slice(here.get(PIXEL..PIXEL + row_len).unwrap_or_default());
            rest = below;
        }
    }
}

/// In whole numbers of 16 bits and without branches, so that the compiler makes vectors of it: for
/// `clamp`, which checks its bounds, it does not.
fn sharpen_row(row: &mut [u8], above: &[u8], here: &[u8], below: &[u8], core: i16) {
    let from = |start: usize| here.get(start..).unwrap_or_default().iter();
    let across = from(0).zip(from(3)).zip(from(6));
    let values = row.iter_mut().zip(above).zip(below).zip(across);
    for (((out, &up), &down), ((&left, &value), &right)) in values {
        let least = up.min(down).min(left).min(right).min(value);
        let most = up.max(down).max(left).max(right).max(value);
        let [up, down, left, right] = [up, down, left, right].map(i16::from);
        let value = i16::from(value);
        let detail = 4 * value - up - down - left - right;
        let beyond = detail - detail.max(-core).min(core);
        let low = (i16::from(least) - OVERSHOOT).max(0);
        let high = (i16::from(most) + OVERSHOOT).min(255);
        let sharp = (value + ((beyond * GAIN + 8) >> 4)).max(low).min(high);
        *out = (sharp & 255).cast_unsigned().to_le_bytes()[0];
    }
}
