//! Whether the source still shows what was sent last.
//!
//! A scene that rests is not sent again and again: it is said to be unchanged, and after a while
//! it is sent once more, finer than pictures that move. What is compared is what was compressed,
//! before the barcode, so that slow changes add up until they are seen.
//!
//! It does not know JPEG or the link. Invariant: what is called unchanged differs from what was
//! sent by less than compression does.

use crate::{
    media::{Picture, PixelSize},
    session::PicturePlan,
};
use std::time::{Duration, Instant};

/// Mean difference of a channel up to which a picture is the same: what is left of a camera's noise
/// is below.
const MEAN_MAX: f64 = 1.6;
/// The same of each part of it: a blink of an eye is above.
const PART_MEAN_MAX: f64 = 3.2;
/// Side of such a part, in pixels.
const PART_SIDE: usize = 8;

/// How often it is said that nothing has changed: often enough that nobody calls it frozen.
const TELL_INTERVAL: Duration = Duration::from_millis(200);

/// How long a scene must rest before it is sent finer: a person who stops between two movements
/// does not rest.
const REST: Duration = Duration::from_millis(400);

/// What a picture is, beside the one that was sent last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Another one.
    Moves,
    /// The same, and it is worth sending it finer, by this plan.
    Settles(PicturePlan),
    /// The same.
    Stands {
        /// Whether it is time to say so.
        is_told: bool,
    },
}

/// What was sent last.
#[derive(Debug)]
struct Sent {
    picture: Picture,
    /// Of a picture that is not reduced for the link.
    full: PixelSize,
    plan: PicturePlan,
    /// See [`crate::app::CaptureOrder::renewal`].
    renewal: u32,
    since: Instant,
    told_at: Instant,
    /// When it was last seen to move.
    moved_at: Instant,
}

/// Remembers what was sent last.
#[derive(Debug, Default)]
pub(super) struct Stillness {
    sent: Option<Sent>,
}

impl Stillness {
    /// In which size a picture is to be had for [`Self::judge`]; `None` if it moves in any case.
    pub(super) fn size(&self, full: PixelSize, renewal: u32) -> Option<PixelSize> {
        let sent = self.sent.as_ref()?;
        (sent.full == full && sent.renewal == renewal).then(|| sent.picture.size())
    }

    /// Compares a picture of that size. `resting`: how one is to be made that stays.
    pub(super) fn judge(
        &mut self,
        now: Instant,
        picture: &Picture,
        resting: PicturePlan,
    ) -> Change {
        let Some(sent) = self.sent.as_mut() else {
            return Change::Moves;
        };
        if sent.picture.size() != picture.size() || !is_same(&sent.picture, picture) {
            return Change::Moves;
        }
        let rests = now.saturating_duration_since(sent.moved_at) >= REST
            && now.saturating_duration_since(sent.since) >= REST;
        if rests && is_finer(resting, sent.plan) {
            return Change::Settles(resting);
        }
        Change::Stands {
            is_told: self.tell(now),
        }
    }

    /// Nothing of a picture is worth sending: the other end shows it already. Says whether it is
    /// time to say so.
    pub(super) fn tell(&mut self, now: Instant) -> bool {
        let Some(sent) = self.sent.as_mut() else {
            return false;
        };
        let is_due = now.saturating_duration_since(sent.told_at) >= TELL_INTERVAL;
        if is_due {
            sent.told_at = now;
        }
        is_due
    }

    /// The other end shows it as fine as by this plan.
    pub(super) const fn settle(&mut self, plan: PicturePlan) {
        if let Some(sent) = self.sent.as_mut() {
            sent.plan = plan;
        }
    }

    /// Remembers what is sent now.
    pub(super) fn remember(
        &mut self,
        now: Instant,
        picture: &Picture,
        (full, plan, renewal): (PixelSize, PicturePlan, u32),
        change: Change,
    ) {
        let moved_at = match (&self.sent, change) {
            (Some(sent), Change::Settles(_)) => sent.moved_at,
            _ => now,
        };
        // The space of the last one is used again.
        let mut kept = self
            .sent
            .take()
            .map(|sent| sent.picture)
            .unwrap_or_default();
        kept.clone_from(picture);
        self.sent = Some(Sent {
            picture: kept,
            full,
            plan,
            renewal,
            since: now,
            told_at: now,
            moved_at,
        });
    }

    /// What was to be sent did not leave.
    pub(super) fn forget(&mut self) {
        self.sent = None;
    }
}

/// Whether another picture by `wished` would be worth its bytes.
fn is_finer(wished: PicturePlan, sent: PicturePlan) -> bool {
    wished.eighths > sent.eighths
        || wished.eighths == sent.eighths
            && u32::from(wished.quality) * 10 >= u32::from(sent.quality) * 12
}

/// Whether two pictures of one size differ by so little that nobody sees it.
fn is_same(a: &Picture, b: &Picture) -> bool {
    let width = a.size().width as usize;
    let row_len = width * 3;
    if row_len == 0 {
        return false;
    }
    let part_len = PART_SIDE * 3;
    let mut total = 0;
    for (rows_a, rows_b) in a
        .rgb()
        .chunks(row_len * PART_SIDE)
        .zip(b.rgb().chunks(row_len * PART_SIDE))
    {
        let mut parts = vec![(0_u32, 0_u32); width.div_ceil(PART_SIDE)];
        for (row_a, row_b) in rows_a.chunks(row_len).zip(rows_b.chunks(row_len)) {
            let pieces = row_a.chunks(part_len).zip(row_b.chunks(part_len));
            for ((sum, count), (piece_a, piece_b)) in parts.iter_mut().zip(pieces) {
                let differences = piece_a.iter().zip(piece_b);
                *sum += differences
                    .map(|(a, b)| u32::from(a.abs_diff(*b)))
                    .sum::<u32>();
                *count += u32::try_from(piece_a.len()).unwrap_or(u32::MAX);
            }
        }
        let differs =
            |(sum, count): &(u32, u32)| f64::from(*sum) > PART_MEAN_MAX * f64::from(*count);
        if parts.iter().any(differs) {
            return false;
        }
        total += parts.iter().map(|(sum, _)| u64::from(*sum)).sum::<u64>();
    }
    #[expect(clippy::cast_precision_loss, reason = "a mean")]
    let mean = total as f64 / a.rgb().len() as f64;
    mean <= MEAN_MAX
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::clock::instant;

    const SIZE: PixelSize = PixelSize::new(40, 24);
    const COARSE: PicturePlan = PicturePlan {
        quality: 30,
        eighths: 8,
    };
    const FINE: PicturePlan = PicturePlan {
        quality: 85,
        eighths: 8,
    };

    fn grey(level: u8) -> Picture {
        let mut picture = Picture::new(SIZE);
        picture.rgb_mut().fill(level);
        picture
    }

    #[test]
    fn a_scene_that_rests_is_told_then_sent_finer_once() {
        let mut still = Stillness::default();
        let start = instant();
        assert_eq!(still.judge(start, &grey(9), FINE), Change::Moves);
        still.remember(start, &grey(9), (SIZE, COARSE, 0), Change::Moves);
        let after = |ms| start + Duration::from_millis(ms);
        assert_eq!(
            still.judge(after(100), &grey(10), FINE),
            Change::Stands { is_told: false }
        );
        assert_eq!(
            still.judge(after(250), &grey(8), FINE),
            Change::Stands { is_told: true }
        );
        assert_eq!(
            still.judge(after(420), &grey(9), FINE),
            Change::Settles(FINE)
        );
        still.remember(after(420), &grey(9), (SIZE, FINE, 0), Change::Settles(FINE));
        assert_eq!(
            still.judge(after(5_000), &grey(9), FINE),
            Change::Stands { is_told: true }
        );
        let mut blink = grey(9);
        for pixel in blink.rgb_mut().chunks_mut(3).skip(5).take(3) {
            pixel.fill(200);
        }
        assert_eq!(still.judge(after(5_100), &blink, FINE), Change::Moves);
    }

    #[test]
    fn what_the_other_side_does_not_have_is_sent_anew() {
        let mut still = Stillness::default();
        still.remember(instant(), &grey(9), (SIZE, COARSE, 7), Change::Moves);
        assert_eq!(still.size(SIZE, 7), Some(SIZE));
        assert_eq!(still.size(SIZE, 8), None);
        assert_eq!(still.size(PixelSize::new(80, 48), 7), None);
        still.forget();
        assert_eq!(still.size(SIZE, 7), None);
    }
}
