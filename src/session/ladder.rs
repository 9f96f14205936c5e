//! What pictures to make for so many bytes a second: how many, how finely compressed, how large.
//!
//! On the way down a person loses first what they notice least. Quality and the number of pictures
//! fall together, each with the root of the rate; where quality would show blocks, the picture is
//! made smaller instead, because a coarse picture is easier to look at than a broken one.
//!
//! It does not know the link or the time. Invariant: what it plans costs the rate at most, unless
//! the fewest and coarsest pictures cost more.

use crate::protocol::Size;

/// What pictures the session wants of the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PicturePlan {
    /// Of the JPEG, 1–100.
    pub quality: u8,
    /// How large, in eighths of what the peer can show, in each direction: 1–8.
    pub eighths: u8,
}

impl Default for PicturePlan {
    fn default() -> Self {
        Ladder::new().best()
    }
}

/// Qualities that are used. Each change sends the tables anew, so that there are few.
const QUALITIES: [u8; 13] = [
    12,
    15,
    18,
    22,
    26,
    30,
    34,
    37,
    40,
    QUALITY_BEST,
    51,
    58,
    PATCHED_QUALITY_BEST,
];
/// The finest of whole pictures that move, and the finest of patches: what they save is partly
/// made better use of, and blocks that are sent less often shall not look worse (equal luma PSNR on
/// the talking head).
const QUALITY_BEST: u8 = 44;
const PATCHED_QUALITY_BEST: u8 = 66;
/// Part of the bytes of whole pictures that patches must stay below for that.
const PATCHED_PART: f64 = 0.8;
/// Lowest quality of pictures that move.
const QUALITY_MIN: f64 = 12.0;

/// Qualities of pictures that rest.
const RESTING_QUALITIES: [u8; 5] = [30, 44, 60, 75, 85];

/// Below this quality blocks are seen, and a smaller picture is better; above the other one the
/// next larger one is. They are apart so that it does not go to and fro.
const QUALITY_TO_SHRINK: f64 = 20.0;
const QUALITY_TO_GROW: f64 = 30.0;

/// Sizes that are used, in eighths, the largest first.
const SIZES: [u8; 5] = [8, 6, 4, 3, 2];
/// A picture is not made narrower than this, in pixels: nobody would be known on it.
const WIDTH_MIN: f64 = 72.0;

/// Pictures a second that cameras give, and the fewest that still are a talk.
const RATE_FULL: f64 = 30.0;
const RATE_MIN: f64 = 2.0;
/// How the number of pictures falls with the rate; their length falls with the rest.
const RATE_SLOPE: f64 = 0.5;

/// How a picture's bytes grow with its pixels (measured on a talking head, 80x45 to 160x90).
const PIXEL_SLOPE: f64 = 0.8;
/// Bytes of a talking head of 160x90 at the qualities of [`LENGTHS`].
const PIXELS_MEASURED: f64 = 160.0 * 90.0;
/// Quality and bytes of the scan, 4:2:0: a talking head, mean of 120 pictures.
const LENGTHS: [(f64, f64); 10] = [
    (5.0, 560.0),
    (10.0, 830.0),
    (15.0, 1085.0),
    (20.0, 1319.0),
    (30.0, 1712.0),
    (40.0, 2038.0),
    (50.0, 2345.0),
    (60.0, 2680.0),
    (75.0, 3467.0),
    (85.0, 4581.0),
];
/// Bytes of a picture besides its scan: record, head, now and then tables.
const HEAD_LEN: f64 = 70.0;

/// How quickly the lengths of real pictures are learnt, as a part of the difference.
const LEARNT: f64 = 0.3;

/// Chooses pictures.
#[derive(Debug)]
pub(super) struct Ladder {
    plan: PicturePlan,
    /// Pictures a second; `None` for all that the camera gives.
    rate: Option<f64>,
    /// How many times the bytes of the measured talking head this scene has, whole.
    scene: f64,
    /// The same of what is sent, of which most are patches with a peer that knows them.
    sent: f64,
    /// Whether the last picture was none.
    was_whole: bool,
    /// Whether the peer lays patches over pictures.
    knows_patches: bool,
    /// Of a picture at eight eighths.
    full: Size,
}

impl Ladder {
    /// Begins in the middle: what is seen first shall be neither late nor poor.
    pub(super) const fn new() -> Self {
        Self {
            plan: PicturePlan {
                quality: 34,
                eighths: 4,
            },
            rate: Some(10.0),
            scene: 1.3,
            sent: 1.3,
            was_whole: true,
            knows_patches: false,
            full: Size {
                width: 160,
                height: 90,
            },
        }
    }

    /// The best pictures that are sent while they move.
    pub(super) fn best(&self) -> PicturePlan {
        let saves = self.knows_patches && self.sent <= PATCHED_PART * self.scene;
        PicturePlan {
            quality: if saves {
                PATCHED_QUALITY_BEST
            } else {
                QUALITY_BEST
            },
            eighths: 8,
        }
    }

    /// The peer lays patches over pictures.
    pub(super) const fn set_knows_patches(&mut self) {
        self.knows_patches = true;
    }

    pub(super) const fn plan(&self) -> PicturePlan {
        self.plan
    }

    /// Pictures a second that are wanted; `None` for all.
    pub(super) const fn rate(&self) -> Option<f64> {
        self.rate
    }

    /// A picture was made by a plan: its size, its bytes that cross, and whether these are only of
    /// what changed.
    pub(super) fn learn(&mut self, size: Size, plan: PicturePlan, len: usize, is_patch: bool) {
        let PicturePlan { quality, eighths } = plan;
        let grown = |side: u16| {
            let whole = u32::from(side) * 8 / u32::from(eighths.clamp(1, 8));
            u16::try_from(whole).unwrap_or(u16::MAX)
        };
        self.full = Size {
            width: grown(size.width),
            height: grown(size.height),
        };
        let pixels = f64::from(size.width) * f64::from(size.height);
        let expected = length(f64::from(quality), pixels);
        #[expect(clippy::cast_precision_loss, reason = "a picture's bytes")]
        let ratio = (len as f64 - HEAD_LEN).max(1.0) / expected;
        let learn = |scene: f64| (scene * (ratio / scene).powf(LEARNT)).clamp(0.02, 50.0);
        if !is_patch {
            self.scene = learn(self.scene);
        }
        // A whole picture among patches says nothing of those that follow.
        if is_patch || self.was_whole {
            self.sent = learn(self.sent);
        }
        self.was_whole = !is_patch;
    }

    /// Chooses anew for `budget` bytes a second, and at most `rate_max` pictures.
    pub(super) fn choose(&mut self, budget: f64, rate_max: Option<f64>) {
        let most = rate_max.unwrap_or(RATE_FULL).clamp(0.5, 60.0);
        let best = self.len(self.best().quality.into(), 8);
        let ratio = budget / (most * best);
        if ratio >= 1.0 {
            self.rate = rate_max;
            self.plan = self.best();
            return;
        }
        let rate = (most * ratio.powf(RATE_SLOPE)).clamp(RATE_MIN.min(most), most);
        let (eighths, quality) = self.finest(budget / rate);
        self.plan = PicturePlan {
            quality: self.settled(quality),
            eighths,
        };
        let len = self.len(f64::from(self.plan.quality), eighths);
        let rate = rate.min(budget / len).max(0.5);
        self.rate = (rate < 0.97 * most || rate_max.is_some()).then_some(rate);
    }

    /// The finest picture of at most `len` bytes, for a scene that rests.
    pub(super) fn resting(&self, len: f64) -> PicturePlan {
        let len_of = |quality: u8| self.scene * length(quality.into(), self.pixels(8)) + HEAD_LEN;
        let fits = |quality: &&u8| len_of(**quality) <= len;
        let quality = RESTING_QUALITIES.iter().rev().find(fits);
        quality.map_or(self.plan, |quality| PicturePlan {
            quality: *quality,
            eighths: 8,
        })
    }

    /// Bytes that a picture as planned is expected to have.
    pub(super) fn len_planned(&self) -> f64 {
        self.len(f64::from(self.plan.quality), self.plan.eighths)
    }

    /// Size and quality for pictures of `len` bytes.
    fn finest(&self, len: f64) -> (u8, f64) {
        let mut coarsest = (8, QUALITY_MIN);
        for eighths in SIZES {
            let width = f64::from(self.full.width) * f64::from(eighths) / 8.0;
            if eighths < 8 && width < WIDTH_MIN {
                break;
            }
            let quality = self.quality_for(len, eighths);
            let least = if eighths <= self.plan.eighths {
                QUALITY_TO_SHRINK
            } else {
                QUALITY_TO_GROW
            };
            if quality >= least {
                return (eighths, quality);
            }
            coarsest = (eighths, quality);
        }
        coarsest
    }

    /// The quality next to the wished one that is used; the one before as long as it is near.
    fn settled(&self, wished: f64) -> u8 {
        let current = f64::from(self.plan.quality);
        if QUALITIES.contains(&self.plan.quality) && (0.92..1.14).contains(&(wished / current)) {
            return self.plan.quality;
        }
        let below = QUALITIES
            .iter()
            .rev()
            .find(|one| f64::from(**one) <= wished);
        below.copied().unwrap_or(QUALITIES[0])
    }

    /// Bytes of a picture of this scene.
    fn len(&self, quality: f64, eighths: u8) -> f64 {
        self.sent * length(quality, self.pixels(eighths)) + HEAD_LEN
    }

    fn pixels(&self, eighths: u8) -> f64 {
        let part = f64::from(eighths) / 8.0;
        (f64::from(self.full.width) * f64::from(self.full.height) * part * part).max(1.0)
    }

    fn quality_for(&self, len: f64, eighths: u8) -> f64 {
        let (mut low, mut high) = (QUALITY_MIN, f64::from(self.best().quality));
        for _ in 0..12 {
            let middle = f64::midpoint(low, high);
            if self.len(middle, eighths) <= len {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// Bytes of the scan of the measured talking head at this quality and of so many pixels.
fn length(quality: f64, pixels: f64) -> f64 {
    let [mut below, .., mut above] = LENGTHS;
    for one in LENGTHS {
        if one.0 <= quality {
            below = one;
        }
    }
    for one in LENGTHS.into_iter().rev() {
        if one.0 >= quality {
            above = one;
        }
    }
    let part = if above.0 > below.0 {
        (quality - below.0) / (above.0 - below.0)
    } else {
        0.0
    };
    let len = below.1 + (above.1 - below.1) * part.clamp(0.0, 1.0);
    len * (pixels / PIXELS_MEASURED).powf(PIXEL_SLOPE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends so many pictures of this length, on a link that carries all.
    fn send(ladder: &mut Ladder, count: u32, len: usize, is_patch: bool) {
        let size = Size {
            width: 160,
            height: 90,
        };
        for _ in 0..count {
            ladder.learn(size, ladder.best(), len, is_patch);
            ladder.choose(1e6, None);
        }
    }

    #[test]
    fn patches_are_finer_where_they_save() {
        let mut ladder = Ladder::new();
        ladder.set_knows_patches();
        send(&mut ladder, 20, 2200, false);
        assert_eq!(ladder.plan().quality, QUALITY_BEST);
        send(&mut ladder, 20, 1300, true);
        assert_eq!(ladder.plan().quality, PATCHED_QUALITY_BEST);
        // One whole picture among them changes nothing.
        send(&mut ladder, 1, 2600, false);
        send(&mut ladder, 3, 1300, true);
        assert_eq!(ladder.plan().quality, PATCHED_QUALITY_BEST);
        send(&mut ladder, 20, 2600, false);
        assert_eq!(ladder.plan().quality, QUALITY_BEST);
    }

    #[test]
    fn a_picture_that_rests_is_reckoned_whole() {
        let mut ladder = Ladder::new();
        ladder.set_knows_patches();
        send(&mut ladder, 20, 2200, false);
        let before = ladder.resting(3500.0);
        send(&mut ladder, 20, 600, true);
        assert_eq!(ladder.resting(3500.0), before);
    }
}
