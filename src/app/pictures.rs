//! The peer's pictures on their way to the screen, and what the peer hears of each.
//!
//! Invariant: every picture that came in a call is acknowledged at most once, and at most
//! [`ASKED_COUNT_MAX`] + 2 pictures are held.

use super::{Effect, Kept, Outcome, Part, Patch, chain::Chain, statistics::Meter};
use crate::{
    media::{Picture, PixelSize, jpeg::JpegError, scale::Fit},
    session::{AnySession, ReceivedPicture},
};
use std::{collections::VecDeque, sync::Arc, time::Duration, time::Instant};

/// Most pictures that are with the picture thread: one in work, one that waits, and one of each
/// whose report is on its way.
const ASKED_COUNT_MAX: usize = 4;

/// A picture that stands for longer is called frozen.
const FROZEN_AFTER: Duration = Duration::from_secs(1);

/// A picture that stands for longer is not waited for when something else is to be painted.
const STANDS_AFTER: Duration = Duration::from_millis(200);

/// The peer's pictures of one call.
#[derive(Debug)]
pub(super) struct Pictures {
    /// With the picture thread, oldest first.
    asked: VecDeque<Asked>,
    chain: Chain,
    /// Number of the newest.
    newest: Option<u32>,
    /// The newest that was decoded.
    current: Option<Current>,
    /// The one in the frame that is being written.
    in_frame: Option<Meta>,
    /// When the picture on the screen changed, or when one could be expected.
    changed_at: Instant,
    viewing: Viewing,
    received_size: Option<PixelSize>,
    /// The shape of the pictures; follows their size only when it really changes, because what is
    /// wanted of the peer in [`Fit::Fill`] depends on it, and the size on what is wanted.
    shape: Option<PixelSize>,
}

/// How pictures are wanted from the picture thread.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Viewing {
    /// In pixels of the screen's glyphs; empty when nothing is shown.
    pub(super) area: PixelSize,
    pub(super) fit: Fit,
    pub(super) pixel_aspect: f64,
}

#[derive(Clone, Copy, Debug)]
struct Meta {
    /// Ours, over all calls, so that a late report of an earlier call means nothing in this one.
    number: u32,
    /// The peer's.
    sequence: u32,
    captured_at: Instant,
}

#[derive(Debug)]
struct Asked {
    meta: Meta,
    /// Unless it is a patch.
    whole: Option<Arc<Vec<u8>>>,
    /// How often it was asked for: again after a resize.
    report_count: u32,
}

#[derive(Debug)]
struct Current {
    meta: Meta,
    kept: Option<Kept>,
    picture: Picture,
    painted: bool,
}

/// A picture from the picture thread.
#[derive(Debug)]
pub(super) struct Decoded {
    /// For the screen.
    pub(super) picture: Picture,
    /// In its own size, if it was put together from patches.
    pub(super) composed: Option<Arc<Picture>>,
}

/// Where the peer and the meter hear what became of a picture.
pub(super) struct Answers<'a> {
    pub(super) session: &'a mut AnySession,
    pub(super) meter: &'a mut Meter,
    pub(super) now: Instant,
}

impl Answers<'_> {
    fn give(&mut self, meta: Meta, outcome: Outcome) {
        self.session.acknowledge(self.now, meta.sequence, outcome);
        let age = self.now.saturating_duration_since(meta.captured_at);
        // A plain stream does not say when a picture was captured.
        let age = self.session.is_encrypted().then_some(age);
        self.meter.picture(outcome, age);
    }
}

impl Pictures {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            asked: VecDeque::new(),
            chain: Chain::default(),
            newest: None,
            current: None,
            in_frame: None,
            changed_at: now,
            viewing: Viewing::default(),
            received_size: None,
            shape: None,
        }
    }

    /// The picture to be painted.
    pub(super) fn picture(&self) -> Option<&Picture> {
        self.current.as_ref().map(|current| &current.picture)
    }

    /// The picture on the screen in its own size.
    pub(super) fn kept(&self) -> Option<&Kept> {
        self.current.as_ref()?.kept.as_ref()
    }

    pub(super) const fn received_size(&self) -> Option<PixelSize> {
        self.received_size
    }

    pub(super) const fn shape(&self) -> Option<PixelSize> {
        self.shape
    }

    /// For how long the picture stands, once that is worth saying.
    pub(super) fn frozen(&self, now: Instant) -> Option<Duration> {
        let stands = now.saturating_duration_since(self.changed_at);
        (stands > FROZEN_AFTER).then_some(stands)
    }

    /// Whether no picture will bring a frame soon, when pictures may be so far apart.
    pub(super) fn stands(&self, now: Instant, between: Duration) -> bool {
        now.saturating_duration_since(self.changed_at) > STANDS_AFTER.max(between)
    }

    /// The peer says that its picture is what it was. Says whether that is the one on the screen.
    pub(super) fn confirm(&mut self, now: Instant) -> bool {
        let is_on_screen = self.asked.is_empty() && self.in_frame.is_none();
        if is_on_screen {
            self.changed_at = now;
        }
        is_on_screen
    }

    /// Pictures can be expected from now on.
    pub(super) const fn expect_from(&mut self, now: Instant) {
        self.changed_at = now;
    }

    /// The peer's camera is off: what was seen last is not to be seen any longer.
    pub(super) fn forget(&mut self, answers: &mut Answers<'_>) {
        if let Some(current) = self.current.take().filter(|current| !current.painted) {
            answers.give(current.meta, Outcome::Dropped);
        }
    }

    /// Says how pictures are wanted from now on; the newest one is asked for again.
    pub(super) fn look(&mut self, viewing: Viewing, waiting: Option<u32>) -> Option<Effect> {
        if self.viewing == viewing {
            return None;
        }
        self.viewing = viewing;
        if let Some(asked) = self.asked.back_mut() {
            // One that was not yet taken is replaced by this one and brings no report.
            if waiting != Some(asked.meta.number) {
                asked.report_count = asked.report_count.saturating_add(1);
            }
            return Some(viewing.show(asked.meta, &self.chain));
        }
        let current = self.current.as_ref().filter(|_| !viewing.area.is_empty())?;
        Some(viewing.show(current.meta, &self.chain))
    }

    /// A picture came. `waiting` is one that the runtime has not taken, which this one replaces.
    pub(super) fn take(
        &mut self,
        answers: &mut Answers<'_>,
        number: u32,
        waiting: Option<u32>,
        received: ReceivedPicture,
    ) -> Effect {
        let size = PixelSize::new(received.size.width.into(), received.size.height.into());
        self.received_size = Some(size);
        if !self.shape.is_some_and(|shape| same_shape(shape, size)) {
            self.shape = Some(size);
        }
        if let Some(waiting) = waiting {
            self.dropped(answers, waiting);
        }
        if self.asked.len() >= ASKED_COUNT_MAX
            && let Some(oldest) = self.asked.pop_front()
        {
            answers.give(oldest.meta, Outcome::Dropped);
        }
        let ReceivedPicture {
            sequence,
            captured_at,
            size: _,
            jpeg,
            blocks,
        } = received;
        let meta = Meta {
            number,
            sequence,
            captured_at,
        };
        let jpeg = Arc::new(jpeg);
        let blocks = blocks.map(Arc::new);
        let base = self.newest.replace(number).unwrap_or_default();
        let patch = blocks.map(|blocks| Patch { base, blocks });
        let whole = patch.is_none().then(|| Arc::clone(&jpeg));
        self.chain.push(Part {
            number,
            size,
            jpeg,
            patch,
        });
        self.asked.push_back(Asked {
            meta,
            whole,
            report_count: 1,
        });
        self.viewing.show(meta, &self.chain)
    }

    /// The picture thread has decoded one, or could not. `wanted`: whether it can be seen at all.
    /// Says whether there is something new to paint.
    pub(super) fn ready(
        &mut self,
        answers: &mut Answers<'_>,
        number: u32,
        result: Result<Decoded, JpegError>,
        wanted: Wanted,
    ) -> bool {
        match result {
            Ok(_) if self.newest >= Some(number) => self.chain.shown(number),
            Err(_) if self.newest == Some(number) => self.chain.broken(),
            _ => {}
        }
        if let Some(current) = self
            .current
            .as_mut()
            .filter(|current| current.meta.number == number)
        {
            // The same one for another size of the window.
            let picture = result.ok().map(|decoded| decoded.picture);
            let picture = picture.filter(|picture| !picture.size().is_empty());
            let changed = picture.is_some();
            current.picture = picture.unwrap_or_else(|| std::mem::take(&mut current.picture));
            return changed;
        }
        if !self.asked.iter().any(|asked| asked.meta.number == number) {
            return false;
        }
        while let Some(asked) = self.asked.pop_front() {
            if asked.meta.number != number {
                // Its report is overtaken.
                answers.give(asked.meta, Outcome::Dropped);
                continue;
            }
            let Asked {
                meta,
                whole,
                report_count: _,
            } = asked;
            match (result, wanted) {
                (Err(_), _) => answers.give(meta, Outcome::Broken),
                (Ok(_), Wanted::Check) => {
                    self.changed_at = answers.now;
                    answers.give(meta, Outcome::Shown);
                }
                (Ok(_), Wanted::No) => answers.give(meta, Outcome::Dropped),
                (Ok(Decoded { picture, composed }), Wanted::Screen) => {
                    let current = Current {
                        meta,
                        kept: whole.map(Kept::Jpeg).or_else(|| composed.map(Kept::Pixels)),
                        picture,
                        painted: false,
                    };
                    let last = self.current.replace(current);
                    if let Some(last) = last.filter(|last| !last.painted) {
                        answers.give(last.meta, Outcome::Dropped);
                    }
                    return true;
                }
            }
            break;
        }
        false
    }

    /// The picture thread has overtaken one.
    pub(super) fn dropped(&mut self, answers: &mut Answers<'_>, number: u32) {
        let Some(index) = self
            .asked
            .iter()
            .position(|asked| asked.meta.number == number)
        else {
            return;
        };
        let Some(asked) = self.asked.get_mut(index) else {
            return;
        };
        asked.report_count = asked.report_count.saturating_sub(1);
        if asked.report_count == 0 {
            answers.give(asked.meta, Outcome::Dropped);
            self.asked.remove(index);
        }
    }

    /// A frame was painted.
    pub(super) fn drawn(&mut self, answers: &mut Answers<'_>) {
        if let Some(current) = self.current.as_mut().filter(|current| !current.painted) {
            current.painted = true;
            let overtaken = self.in_frame.replace(current.meta);
            if let Some(overtaken) = overtaken {
                answers.give(overtaken, Outcome::Shown);
            }
        }
    }

    /// The frame has left.
    pub(super) fn written(&mut self, answers: &mut Answers<'_>) {
        if let Some(meta) = self.in_frame.take() {
            self.changed_at = answers.now;
            answers.give(meta, Outcome::Shown);
        }
    }
}

/// Whether a decoded picture can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// There is no screen: that it decodes is all that is asked.
    Check,
    /// Not now: a card is shown, or the window has no room.
    No,
    /// On the screen.
    Screen,
}

impl Viewing {
    fn show(self, meta: Meta, chain: &Chain) -> Effect {
        Effect::ShowPicture {
            sequence: meta.number,
            parts: chain.parts(),
            area: self.area,
            fit: self.fit,
            pixel_aspect: self.pixel_aspect,
        }
    }
}

/// Whether two sizes have the same shape, within the rounding of small pictures.
fn same_shape(a: PixelSize, b: PixelSize) -> bool {
    let left = f64::from(a.width) * f64::from(b.height);
    let right = f64::from(b.width) * f64::from(a.height);
    (left - right).abs() <= 0.03 * left.max(right)
}
