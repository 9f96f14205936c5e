//! A clip that is played at its own speed, again and again.
//!
//! It does not read files. Invariant: slow decoding leaves pictures out; it never slows the clip.

use super::{
    Outbox,
    pace::{Pacer, sane_rate},
    pipeline::{Goal, Pipeline, unix_ms},
};
use crate::{
    app::{CaptureOrder, CaptureReport},
    media::{PixelSize, clip::Clip},
    runtime::{clock, list},
};
use std::time::{Duration, Instant};

/// Time without one good picture after which a clip is said to be broken.
const SILENCE_MAX: Duration = Duration::from_secs(3);

/// A clip that runs.
#[derive(Debug)]
pub(super) struct Playback {
    pacer: Pacer,
    /// Pictures a second that are made; at most the clip's own rate.
    rate: f64,
    started_at: Instant,
    /// The picture that the pipeline holds, by its index, and its size.
    decoded: Option<(usize, PixelSize)>,
    silent_since: Instant,
    /// What was last said of it.
    said: Said,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Failed,
    Nothing,
    Started,
}

impl Playback {
    pub(super) fn new(now: Instant, rate: f64) -> Self {
        Self {
            pacer: Pacer::new(now, rate),
            rate,
            started_at: now,
            decoded: None,
            silent_since: now,
            said: Said::Nothing,
        }
    }

    pub(super) fn set_rate(&mut self, now: Instant, rate: f64) {
        self.pacer = Pacer::new(now, rate);
        self.rate = rate;
    }

    pub(super) fn due_at(&self) -> Instant {
        self.pacer.due_at()
    }

    /// Makes the picture that is due, if it is wanted.
    pub(super) fn turn(
        &mut self,
        clip: &mut Clip,
        pipeline: &mut Pipeline,
        outbox: &Outbox,
        order: &CaptureOrder,
        has_barcode: bool,
    ) {
        let now = clock::instant();
        self.pacer.advance(now);
        let room = outbox.pictures.room();
        // Before the first picture the size is not known.
        let is_wanted = |size| !Goal::of(order, size, room).is_nothing();
        if self.decoded.is_some_and(|(_, size)| !is_wanted(size)) {
            self.silent_since = now;
            return;
        }
        let captured_ms = unix_ms(Duration::ZERO);
        let Some(size) = self.decode(clip, pipeline, now) else {
            self.check_silence(now, outbox);
            return;
        };
        self.silent_since = now;
        if self.said != Said::Started {
            self.said = Said::Started;
            let PixelSize { width, height } = size;
            let description = format!("clip {width}x{height} at {}", list::rounded(self.rate));
            outbox.report(CaptureReport::Started {
                number: None,
                description,
                size,
            });
        }
        let goal = Goal::of(order, size, room);
        if !goal.is_nothing() {
            let barcode_ms = has_barcode.then_some(captured_ms);
            let picture = pipeline.finish(goal, now, barcode_ms);
            if outbox.pictures.put(picture) {
                pipeline.forget_sent();
            }
        }
    }

    /// Decodes the picture of this time, unless the pipeline holds it already.
    fn decode(
        &mut self,
        clip: &mut Clip,
        pipeline: &mut Pipeline,
        now: Instant,
    ) -> Option<PixelSize> {
        let index = index_at(clip, now.duration_since(self.started_at));
        if let Some((_, size)) = self.decoded.filter(|decoded| decoded.0 == index) {
            return Some(size);
        }
        self.decoded = None;
        let size = pipeline.decode(clip, index).ok()?;
        self.decoded = Some((index, size));
        Some(size)
    }

    fn check_silence(&mut self, now: Instant, outbox: &Outbox) {
        let is_silent = now.duration_since(self.silent_since) > SILENCE_MAX;
        if is_silent && self.said != Said::Failed {
            self.said = Said::Failed;
            let message = "the clip cannot be played: its pictures are broken".into();
            outbox.report(CaptureReport::Failed {
                number: None,
                missing: false,
                message,
            });
        }
    }
}

/// Which picture is shown `elapsed` after the start.
fn index_at(clip: &Clip, elapsed: Duration) -> usize {
    if clip.is_still() {
        return 0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative; would be beyond any clip's count only after ages"
    )]
    let index = (elapsed.as_secs_f64() * sane_rate(clip.rate())) as usize;
    index % clip.count().max(1)
}
