//! Capture: a thread that turns the source (camera, clip, test picture) into pictures of ours.
//!
//! It decides nothing about the call: it obeys `app::CaptureOrder`. What it gives lies in places of
//! bounded size, the newest wins, and the loop is woken for it.
//!
//! How 30 pictures a second flow with two in flight, without wasted work and without a stall: see
//! `handover`.
//!
//! Invariant: the loop never waits for a camera, whatever its driver does; a camera that is not
//! wanted is closed.

mod controls;
mod device;
mod finder;
mod handover;
mod pace;
mod pipeline;
mod plan;
mod playback;
#[cfg(test)]
mod tests;
mod thread;

use super::{
    clock,
    mailbox::{Mailbox, Waited},
    worker::{self, Worker, WorkerError},
};
use crate::{
    app::{CameraEntry, CaptureOrder, CaptureReport, OwnPicture},
    media::clip::Clip,
};
use handover::Handover;
use std::{collections::VecDeque, io, sync::Arc, time::Duration};
use thread::CaptureThread;

/// Most reports that wait for the loop. The newest say what is; older ones are left out.
const REPORTS_MAX: usize = 16;

/// Where pictures come from.
#[derive(Debug)]
pub(crate) enum CaptureSource {
    /// A camera: a number, a path, or a part of a name; `None` for the first.
    Camera(Option<String>),
    /// A clip, played again and again.
    Clip(Clip),
    /// Panics, as a driver's library may.
    #[cfg(test)]
    Panic,
    /// The test picture.
    Test,
}

/// The loop's side of the capture thread.
#[derive(Debug)]
pub(crate) struct Capture {
    commands: Mailbox<Command>,
    outbox: Outbox,
    /// Reports taken out of the outbox at once, given to the loop one at a time.
    reports: VecDeque<CaptureReport>,
    /// Whether the thread has said, after the last order that wanted the source, that it let it go.
    is_released: bool,
    /// As given last, without what the handover holds.
    order: Option<CaptureOrder>,
    worker: Option<Worker<()>>,
}

/// What the loop wants of the thread; what is wanted twice before it is seen adds up.
#[derive(Debug, Default)]
struct Command {
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
        let commands = Mailbox::new(None);
        let outbox = Outbox {
            broken: Mailbox::new(None),
            cameras: Mailbox::new(waker.clone()),
            pictures: Handover::new(waker.clone()),
            released: Mailbox::new(None),
            reports: Mailbox::new(waker),
        };
        let (theirs, box_of_theirs) = (commands.clone(), outbox.clone());
        let worker = worker::spawn_named("capture", move || {
            CaptureThread::new(theirs, box_of_theirs, source, has_barcode).run();
        })?;
        Ok(Self {
            commands,
            outbox,
            reports: VecDeque::new(),
            is_released: true,
            order: None,
            worker: Some(worker),
        })
    }

    /// Says what the source shall do from now on. To be called at the end of every turn of the
    /// loop, after the turn's pictures were handled: that is what permits the next compressed
    /// picture. An order equal to the last costs one lock.
    pub(crate) fn order(&mut self, order: &CaptureOrder) {
        self.outbox
            .pictures
            .set_room(order.compress && order.enabled);
        let order = CaptureOrder {
            compress: false,
            ..order.clone()
        };
        if self.order.as_ref() != Some(&order) {
            self.order = Some(order.clone());
            self.is_released = self.is_released && !order.enabled;
            // What was said of an earlier order.
            self.outbox.released.take();
            self.commands.update(|command| {
                command.get_or_insert_default().order = Some(order);
            });
        }
    }

    /// Asks which cameras there are; [`Self::take_cameras`] gives the answer.
    pub(crate) fn list_cameras(&self) {
        self.commands
            .update(|command| command.get_or_insert_default().wants_list = true);
    }

    /// The answer to [`Self::list_cameras`], when it is there.
    pub(crate) fn take_cameras(&self) -> Option<Vec<CameraEntry>> {
        self.outbox.cameras.take()
    }

    /// The newest picture, when there is a new one. None comes after an order that wants none,
    /// though the thread may still be at work on it.
    pub(crate) fn take_picture(&self) -> Option<OwnPicture> {
        let picture = self.outbox.pictures.take();
        picture.filter(|_| self.order.as_ref().is_some_and(|order| order.enabled))
    }

    /// How many pictures came broken from the camera since this was asked last. It wakes nobody.
    pub(crate) fn take_broken_count(&self) -> u64 {
        self.outbox.broken.take().unwrap_or_default()
    }

    /// The oldest report that was not taken yet.
    pub(crate) fn take_report(&mut self) -> Option<CaptureReport> {
        if self.reports.is_empty() {
            self.reports = self.outbox.reports.take().unwrap_or_default();
        }
        self.reports.pop_front()
    }

    /// Waits, after an order to let the source go, until that is done, but not longer than
    /// `timeout`: a driver may hang. Whether it is done.
    pub(crate) fn wait_until_released(&mut self, timeout: Duration) -> bool {
        if !self.is_released {
            let waited = self.outbox.released.wait(Some(clock::instant() + timeout));
            self.is_released = waited == Waited::Item(());
        }
        self.is_released
    }

    /// Lets the source go and ends the thread, waiting no longer than `timeout`.
    ///
    /// # Errors
    /// When the thread hangs, in a driver; it is left alone then.
    pub(crate) fn close(&mut self, timeout: Duration) -> Result<(), WorkerError> {
        self.hang_up();
        self.worker
            .take()
            .map_or(Ok(()), |worker| worker.join(timeout))
    }

    /// An order not yet seen must not open a camera on the way out.
    fn hang_up(&self) {
        self.commands.update(|command| *command = None);
        self.commands.close();
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.hang_up();
    }
}

impl Outbox {
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
