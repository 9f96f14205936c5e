//! Capture: a thread that turns the source (camera, clip, test picture) into pictures of ours.
//!
//! It decides nothing about the call: it obeys `app::CaptureOrder`. What it gives lies in places of
//! bounded size, the newest wins, and the loop is woken for it. A thread that hangs in a driver is
//! left behind, and another takes over: see `runner`.
//!
//! How 30 pictures a second flow with two in flight, without wasted work and without a stall: see
//! `handover`.
//!
//! Invariant: the loop never waits for a camera, whatever its driver does; a camera that is not
//! wanted is closed.

mod controls;
mod device;
mod driver;
mod finder;
mod handover;
mod pace;
mod pipeline;
mod plan;
mod playback;
mod runner;
mod still;
#[cfg(test)]
mod tests;
mod thread;
mod watch;

use super::{
    clock,
    mailbox::{Mailbox, Waited},
};
use crate::{
    app::{CameraEntry, CaptureOrder, CaptureReport, OwnPicture},
    media::clip::Clip,
};
use handover::Handover;
use runner::{Abandoned, Runner, Spawner};
use std::{
    collections::VecDeque,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

/// Most reports that wait for the loop. The newest say what is; older ones are left out.
const REPORTS_MAX: usize = 16;

/// Where pictures come from.
#[derive(Debug)]
pub(crate) enum CaptureSource {
    /// A camera: a number, a path, or a part of a name; `None` for the first.
    Camera(Option<String>),
    /// A clip, played again and again.
    Clip(Clip),
    /// Hangs, as a driver may, where no camera is chosen; else it is the test picture.
    #[cfg(test)]
    Hang(tests::Hang),
    /// Panics, as a driver's library may.
    #[cfg(test)]
    Panic,
    /// The test picture.
    Test,
}

/// The loop's side of the capture thread.
#[derive(Debug)]
pub(crate) struct Capture {
    runner: Runner,
    spawner: Spawner,
    abandoned: Abandoned,
    /// Reports taken out of the outbox at once, given to the loop one at a time.
    reports: VecDeque<CaptureReport>,
    /// Whether the thread has said, after the last order that wanted the source, that it let it go.
    is_released: bool,
    /// As given last, without what the handover holds.
    order: Option<CaptureOrder>,
    /// Whether the list of cameras was asked for and has not come.
    wants_list: bool,
    /// When the thread is to be looked after.
    due_at: Option<Instant>,
}

/// What the loop wants of the thread; what is wanted twice before it is seen adds up.
#[derive(Debug, Default)]
struct Command {
    /// Of this command, or the last one that it holds.
    number: u64,
    order: Option<CaptureOrder>,
    wants_list: bool,
}

/// What the thread has for the loop.
#[derive(Clone, Debug)]
struct Outbox {
    /// How many pictures of the camera were skipped.
    broken: Mailbox<u64>,
    cameras: Mailbox<Vec<CameraEntry>>,
    pictures: Handover,
    /// Said after each order to let the source go, once that is done.
    released: Mailbox<()>,
    reports: Mailbox<VecDeque<CaptureReport>>,
}

impl Capture {
    /// Starts the thread. Nothing is opened before the first [`Self::order`]. `has_barcode`:
    /// whether it is drawn into what is sent; in the test picture it always is. `waker`: of the
    /// loop.
    ///
    /// # Errors
    /// When the system has no room for another thread.
    pub(crate) fn spawn(
        source: CaptureSource,
        has_barcode: bool,
        waker: Option<Arc<mio::Waker>>,
    ) -> io::Result<Self> {
        let mut spawner = Spawner::new(has_barcode, waker);
        Ok(Self {
            runner: spawner.first(source)?,
            spawner,
            abandoned: Abandoned::default(),
            reports: VecDeque::new(),
            is_released: true,
            order: None,
            wants_list: false,
            due_at: None,
        })
    }

    /// Says what the source shall do from now on. To be called at the end of every turn of the
    /// loop, after the turn's pictures were handled: that is what permits the next compressed
    /// picture. An order equal to the last costs two locks.
    pub(crate) fn order(&mut self, order: &CaptureOrder) {
        let link = &self.runner.link;
        let has_room = order.compress && order.enabled;
        link.outbox.pictures.set_room(has_room);
        let order = CaptureOrder {
            compress: false,
            ..order.clone()
        };
        if self.order.as_ref() != Some(&order) {
            self.order = Some(order.clone());
            self.is_released = self.is_released && !order.enabled;
            // What was said of an earlier order.
            link.outbox.released.take();
            let number = self.runner.watch.ask(clock::instant());
            link.commands.update(|command| {
                let command = command.get_or_insert_default();
                command.number = number;
                command.order = Some(order);
            });
        }
        self.arm();
    }

    /// When [`Self::check`] is to be called at the latest.
    pub(crate) const fn deadline(&self) -> Option<Instant> {
        self.due_at
    }

    /// Asks which cameras there are; [`Self::take_cameras`] gives the answer.
    pub(crate) fn list_cameras(&mut self) {
        self.wants_list = true;
        let number = self.runner.watch.ask(clock::instant());
        self.runner.link.commands.update(|command| {
            let command = command.get_or_insert_default();
            command.number = number;
            command.wants_list = true;
        });
    }

    /// The answer to [`Self::list_cameras`], when it is there.
    pub(crate) fn take_cameras(&mut self) -> Option<Vec<CameraEntry>> {
        let cameras = self.runner.link.outbox.cameras.take();
        self.wants_list = self.wants_list && cameras.is_none();
        cameras
    }

    /// The newest picture, when there is a new one. None comes after an order that wants none,
    /// though the thread may still be at work on it.
    pub(crate) fn take_picture(&self) -> Option<OwnPicture> {
        let picture = self.runner.link.outbox.pictures.take();
        picture.filter(|_| self.order.as_ref().is_some_and(|order| order.enabled))
    }

    /// How many pictures came broken from the camera since this was asked last. It wakes nobody.
    pub(crate) fn take_broken_count(&self) -> u64 {
        let broken = self.runner.link.outbox.broken.take();
        broken.unwrap_or_default()
    }

    /// The oldest report that was not taken yet.
    pub(crate) fn take_report(&mut self) -> Option<CaptureReport> {
        if self.reports.is_empty() {
            let reports = self.runner.link.outbox.reports.take();
            self.reports = reports.unwrap_or_default();
        }
        self.reports.pop_front()
    }

    /// Waits, after an order to let the source go, until that is done, but not longer than
    /// `timeout`: a driver may hang. Whether it is done.
    pub(crate) fn wait_until_released(&mut self, timeout: Duration) -> bool {
        if !self.is_released {
            let deadline = clock::instant() + timeout;
            let waited = self.runner.link.outbox.released.wait(Some(deadline));
            self.is_released = waited == Waited::Item(());
        }
        self.is_released
    }

    /// Lets the source go and ends the thread, waiting no longer than `timeout`.
    ///
    /// # Errors
    /// When the thread hangs, in a driver, and is left behind: what to say of that in the log.
    pub(crate) fn close(&self, timeout: Duration) -> Result<(), String> {
        self.runner.hang_up();
        self.runner.join(timeout)
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.runner.hang_up();
    }
}

impl CaptureSource {
    /// The source of a thread that takes over; `None` if this one stays with the first.
    fn successor(&self) -> Option<Self> {
        match self {
            Self::Camera(selector) => Some(Self::Camera(selector.clone())),
            Self::Clip(_) => None,
            #[cfg(test)]
            Self::Hang(hang) => Some(Self::Hang(hang.clone())),
            #[cfg(test)]
            Self::Panic => Some(Self::Panic),
            Self::Test => Some(Self::Test),
        }
    }
}

impl Outbox {
    fn new(waker: Option<&Arc<mio::Waker>>) -> Self {
        Self {
            broken: Mailbox::new(None),
            cameras: Mailbox::new(waker.cloned()),
            pictures: Handover::new(waker.cloned()),
            released: Mailbox::new(None),
            reports: Mailbox::new(waker.cloned()),
        }
    }

    fn report(&self, report: CaptureReport) {
        self.reports.update(|reports| {
            let reports = reports.get_or_insert_default();
            if reports.len() >= REPORTS_MAX {
                reports.pop_front();
            }
            reports.push_back(report);
        });
    }
}
