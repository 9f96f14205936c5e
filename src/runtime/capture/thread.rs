//! The capture thread's work: obey orders, keep the source going, hand pictures over.
//!
//! It waits in one place only (`Mailbox::wait`), apart from a short wait for a camera's picture.
//! Invariant: what is not wanted is not computed; a source that is not wanted is closed.

use super::{
    CaptureSource, Command,
    device::{Device, Verdict},
    driver::System,
    finder,
    pace::{Pacer, Thinner},
    pipeline::{Goal, Pipeline, unix_ms},
    plan::Plan,
    playback::Playback,
    runner::Link,
    watch::{OPEN_TIMEOUT, TURN_TIMEOUT},
};
use crate::{
    app::{CaptureOrder, CaptureReport},
    media::PixelSize,
    runtime::{clock, mailbox::Waited, worker},
};
use std::time::{Duration, Instant};
use ttychat_platform::camera::RawPicture;

/// Wait after a panic before the work begins anew; doubled each time.
const RESTART_MIN: Duration = Duration::from_millis(500);
const RESTART_MAX: Duration = Duration::from_secs(8);

/// The source that runs.
#[derive(Debug)]
enum Feed {
    Camera(Box<Device>, Thinner),
    Clip(Playback),
    #[cfg(test)]
    Hang(super::tests::HangingDevice),
    Off,
    Test {
        pacer: Pacer,
        size: PixelSize,
    },
}

/// All that the thread owns.
#[derive(Debug)]
pub(super) struct CaptureThread {
    link: Link,
    source: CaptureSource,
    has_barcode: bool,
    /// Of the last command that was seen.
    command_number: u64,
    order: Option<CaptureOrder>,
    plan: Plan,
    feed: Feed,
    pipeline: Pipeline,
    started_at: Instant,
}

impl CaptureThread {
    pub(super) fn new(link: Link, source: CaptureSource, has_barcode: bool) -> Self {
        Self {
            link,
            source,
            has_barcode,
            command_number: 0,
            order: None,
            plan: Plan::Off,
            feed: Feed::Off,
            pipeline: Pipeline::default(),
            started_at: clock::instant(),
        }
    }

    /// Works until the commands are closed. A panic (drivers' libraries have real ones) costs the
    /// source, which is made anew.
    pub(super) fn run(mut self) {
        let mut restart_interval = RESTART_MIN;
        loop {
            let began_at = clock::instant();
            let Err(err) = worker::contain(|| self.work()) else {
                break;
            };
            let panicked_at = clock::instant();
            if panicked_at.duration_since(began_at) > RESTART_MAX {
                restart_interval = RESTART_MIN;
            }
            let (number, message) = (None, format!("the source failed: {err}"));
            self.link.outbox.report(CaptureReport::Failed {
                number,
                missing: false,
                message,
            });
            self.begin(OPEN_TIMEOUT);
            self.discard_source();
            self.link.pulse.rest();
            if self.pause(panicked_at + restart_interval) {
                break;
            }
            restart_interval = (restart_interval * 2).min(RESTART_MAX);
        }
        self.discard_source();
    }

    fn work(&mut self) {
        // After a panic: what was wanted is still wanted.
        self.begin(OPEN_TIMEOUT);
        self.replan();
        self.say_if_released();
        loop {
            self.link.pulse.answer(self.command_number);
            self.link.pulse.rest();
            let waited = self.link.commands.wait(self.due_at());
            self.begin(match &self.feed {
                Feed::Camera(device, _) if device.is_open() => TURN_TIMEOUT,
                #[cfg(test)]
                Feed::Hang(_) => TURN_TIMEOUT,
                _ => OPEN_TIMEOUT,
            });
            match waited {
                Waited::Closed => return,
                Waited::Item(command) => self.obey(command),
                Waited::TimedOut => self.turn(),
            }
        }
    }

    /// Begins with what may hang in a driver.
    fn begin(&self, timeout: Duration) {
        self.link.pulse.begin(clock::instant(), timeout);
    }

    /// Waits, but hears commands. Whether the end was commanded.
    fn pause(&mut self, until: Instant) -> bool {
        loop {
            match self.link.commands.wait(Some(until)) {
                Waited::Closed => return true,
                Waited::Item(command) => {
                    self.command_number = command.number;
                    self.begin(OPEN_TIMEOUT);
                    if command.order.is_some() {
                        self.order = command.order;
                        self.say_if_released();
                    }
                    if command.wants_list {
                        let entries = worker::contain(finder::entries).unwrap_or_default();
                        self.link.outbox.cameras.put(entries);
                    }
                    self.link.pulse.answer(self.command_number);
                    self.link.pulse.rest();
                }
                Waited::TimedOut => return false,
            }
        }
    }

    fn obey(&mut self, command: Command) {
        self.command_number = command.number;
        if command.wants_list {
            self.link.outbox.cameras.put(finder::entries());
        }
        if command.order.is_some() {
            self.order = command.order;
            self.replan();
            self.say_if_released();
        }
    }

    /// The source is closed by now, if the last order does not want it.
    fn say_if_released(&self) {
        if self.order.as_ref().is_some_and(|order| !order.enabled) {
            self.link.outbox.released.put(());
        }
    }

    /// Brings what runs in line with what is ordered. The old source is closed before the new one
    /// is opened.
    fn replan(&mut self) {
        let plan = self
            .order
            .as_ref()
            .map_or(Plan::Off, |order| Plan::of(&self.source, order));
        if plan == self.plan {
            return;
        }
        self.plan = plan;
        let now = clock::instant();
        match (&mut self.feed, plan) {
            // A camera at another rate would have to be closed and opened; thinned, it runs on.
            (
                Feed::Camera(device, thinner),
                Plan::Camera {
                    number,
                    resolution,
                    rate,
                },
            ) if device.serves(number, resolution, rate) => {
                *thinner = Thinner::new(rate);
                return;
            }
            (Feed::Clip(playback), Plan::Clip { rate }) => return playback.set_rate(now, rate),
            (Feed::Test { pacer, size }, Plan::Test { size: wanted, rate }) if *size == wanted => {
                *pacer = Pacer::new(now, rate);
                return;
            }
            _ => {}
        }
        self.feed = Feed::Off;
        self.link.outbox.pictures.clear();
        self.pipeline.forget_sent();
        self.feed = match plan {
            Plan::Camera {
                number,
                resolution,
                rate,
            } => Feed::Camera(
                Box::new(Device::new(System, number, resolution, rate)),
                Thinner::new(rate),
            ),
            Plan::Clip { rate } => Feed::Clip(Playback::new(now, rate)),
            Plan::Off => {
                self.link.outbox.report(CaptureReport::Stopped);
                Feed::Off
            }
            #[cfg(test)]
            Plan::Hang => match &self.source {
                CaptureSource::Hang(hang) => Feed::Hang(hang.device()),
                _ => Feed::Off,
            },
            #[cfg(test)]
            Plan::Panic => panic!("as a driver would"),
            Plan::Test { size, rate } => {
                let description = format!("test picture {}x{} at {rate}", size.width, size.height);
                self.link.outbox.report(CaptureReport::Started {
                    number: None,
                    description,
                    size,
                });
                Feed::Test {
                    pacer: Pacer::new(now, rate),
                    size,
                }
            }
        };
    }

    fn due_at(&self) -> Option<Instant> {
        match &self.feed {
            Feed::Camera(device, _) => Some(device.due_at(clock::instant())),
            Feed::Clip(playback) => Some(playback.due_at()),
            #[cfg(test)]
            Feed::Hang(device) => Some(device.due_at()),
            Feed::Off => None,
            Feed::Test { pacer, .. } => Some(pacer.due_at()),
        }
    }

    fn turn(&mut self) {
        let Some(order) = &self.order else { return };
        let (pipeline, outbox) = (&mut self.pipeline, &self.link.outbox);
        let now = clock::instant();
        match &mut self.feed {
            Feed::Camera(device, thinner) => {
                for report in device.settle_controls(&order.controls) {
                    outbox.report(report);
                }
                let has_barcode = self.has_barcode;
                let judge = |raw: &RawPicture<'_>| {
                    if !thinner.admits(raw.captured_at) {
                        return Verdict::Good;
                    }
                    let size = PixelSize::new(raw.width, raw.height);
                    let goal = Goal::of(order, size, outbox.pictures.room());
                    if goal.is_nothing() {
                        return Verdict::Good;
                    }
                    let unix_ms = has_barcode.then(|| unix_ms(raw.captured_at.elapsed()));
                    if pipeline.convert(raw, goal).is_err() {
                        return Verdict::Broken;
                    }
                    let picture = pipeline.finish(goal, raw.captured_at, unix_ms);
                    if outbox.pictures.put(picture) {
                        pipeline.forget_sent();
                    }
                    Verdict::Good
                };
                if let Some(report) = device.turn(&self.link.finder, judge) {
                    outbox.report(report);
                }
                let broken_count = device.take_broken_count();
                if broken_count > 0 {
                    outbox
                        .broken
                        .update(|count| *count.get_or_insert_default() += broken_count);
                }
            }
            Feed::Clip(playback) => {
                let CaptureSource::Clip(clip) = &mut self.source else {
                    return;
                };
                playback.turn(clip, pipeline, outbox, order, self.has_barcode);
            }
            #[cfg(test)]
            Feed::Hang(device) => device.turn(outbox),
            Feed::Off => {}
            Feed::Test { pacer, size } => {
                pacer.advance(now);
                let goal = Goal::of(order, *size, outbox.pictures.room());
                if goal.is_nothing() {
                    return;
                }
                let unix_ms = unix_ms(Duration::ZERO);
                pipeline.paint(*size, now.duration_since(self.started_at), goal);
                if outbox
                    .pictures
                    .put(pipeline.finish(goal, now, Some(unix_ms)))
                {
                    pipeline.forget_sent();
                }
            }
        }
    }

    /// Closes the source, even if closing it panics as well.
    fn discard_source(&mut self) {
        self.plan = Plan::Off;
        self.pipeline = Pipeline::default();
        let feed = std::mem::replace(&mut self.feed, Feed::Off);
        drop(worker::contain(move || drop(feed)));
    }
}
