//! One capture thread, and what lies between it and the loop.
//!
//! A thread that hangs is left behind, and another takes over. Invariant: it is given all of this
//! anew, so that what the first one still says when it is back goes nowhere; its commands are
//! closed, so that it lets its device go and ends.

use super::{
    Capture, CaptureSource, Command, Outbox, clock,
    finder::Finder,
    thread::CaptureThread,
    watch::{Hang, Pulse, Watch},
};
use crate::{
    app::CaptureReport,
    runtime::{
        mailbox::Mailbox,
        worker::{self, Worker, WorkerError},
    },
};
use std::{io, sync::Arc, time::Duration};
use ttychat_platform::camera::{self, CameraError};

/// Most threads that are left behind in calls that do not return. A camera in which one hangs is
/// not touched by the next, so that each of these is another camera.
pub(super) const ABANDONED_COUNT_MAX: usize = 4;

/// A capture thread as the loop sees it.
#[derive(Debug)]
pub(super) struct Runner {
    name: String,
    pub(super) link: Link,
    pub(super) watch: Watch,
    worker: Worker<()>,
}

/// What a thread and the loop share; clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) commands: Mailbox<Command>,
    pub(super) finder: Finder,
    pub(super) outbox: Outbox,
    pub(super) pulse: Pulse,
}

/// What every thread is started with.
#[derive(Debug)]
pub(super) struct Spawner {
    pub(super) has_barcode: bool,
    pub(super) waker: Option<Arc<mio::Waker>>,
    /// How many there were.
    count: usize,
    /// What a further one gives pictures of; `None` if it is the first one's own, and has no
    /// driver to hang in.
    source: Option<CaptureSource>,
}

/// The threads that hang.
#[derive(Debug, Default)]
pub(super) struct Abandoned {
    workers: Vec<Worker<()>>,
    /// Whether it was said that there are too many.
    is_full_told: bool,
}

impl Spawner {
    pub(super) const fn new(has_barcode: bool, waker: Option<Arc<mio::Waker>>) -> Self {
        Self {
            has_barcode,
            waker,
            count: 0,
            source: None,
        }
    }

    /// Starts the first thread.
    pub(super) fn first(&mut self, source: CaptureSource) -> io::Result<Runner> {
        let selector = match &source {
            CaptureSource::Camera(selector) => selector.clone(),
            _ => None,
        };
        self.source = source.successor();
        self.spawn(source, Finder::new(selector))
    }

    /// Whether another thread could take over.
    pub(super) const fn has_successor(&self) -> bool {
        self.source.is_some()
    }

    /// Starts a thread that takes over from another; `None` if none can.
    fn next(&mut self, finder: &Finder) -> Option<io::Result<Runner>> {
        let source = self.source.as_ref()?.successor()?;
        Some(self.spawn(source, finder.fork()))
    }

    fn spawn(&mut self, source: CaptureSource, finder: Finder) -> io::Result<Runner> {
        let link = Link {
            commands: Mailbox::new(None),
            finder,
            outbox: Outbox::new(self.waker.as_ref()),
            pulse: Pulse::default(),
        };
        let name = match self.count {
            0 => "capture".to_owned(),
            count => format!("capture-{}", count + 1),
        };
        let (theirs, has_barcode) = (link.clone(), self.has_barcode);
        let worker = worker::spawn_named(&name, move || {
            CaptureThread::new(theirs, source, has_barcode).run();
        })?;
        self.count += 1;
        Ok(Runner {
            name,
            link,
            watch: Watch::new(clock::instant()),
            worker,
        })
    }
}

impl Runner {
    /// Ends the thread when it is done with what it does. An order not yet seen must not open a
    /// camera on the way out.
    pub(super) fn hang_up(&self) {
        self.link.commands.update(|command| *command = None);
        self.link.commands.close();
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// When the thread hangs or has panicked, in words.
    pub(super) fn join(&self, timeout: Duration) -> Result<(), String> {
        self.worker.join(timeout).map_err(|err| match err {
            WorkerError::Abandoned => format!("{} and is left behind", self.plight()),
            WorkerError::Panicked(_) => err.to_string(),
        })
    }

    /// Where it hangs, in words for the log.
    fn plight(&self) -> String {
        let place = match camera::used_by(self.worker.thread()) {
            Some(info) => format!("the driver of {}", info.label()),
            None => "a call".to_owned(),
        };
        format!("the thread {} hangs in {place}", self.name)
    }
}

impl Capture {
    /// Looks after the thread, in every turn of the loop, before its reports are taken. If it
    /// hangs it is left behind, and another one takes over with the last order. What there is to
    /// say of that is given for the log.
    pub(crate) fn check(&mut self) -> Option<String> {
        let now = clock::instant();
        self.abandoned.workers.retain(|worker| !worker.has_ended());
        let beat = self.runner.link.pulse.beat();
        let hang = self.runner.watch.judge(now, beat)?;
        if !self.spawner.has_successor() {
            self.runner.watch.forgive(now);
            return None;
        }
        if self.abandoned.workers.len() >= ABANDONED_COUNT_MAX {
            return self.give_up();
        }
        self.abandoned.is_full_told = false;
        match self.spawner.next(&self.runner.link.finder)? {
            Ok(next) => Some(self.take_over(next, hang)),
            Err(err) => {
                self.runner.watch.forgive(now);
                let plight = self.runner.plight();
                Some(format!("{plight}; another cannot be started: {err}"))
            }
        }
    }

    #[cfg(test)]
    pub(super) const fn abandoned_count(&self) -> usize {
        self.abandoned.workers.len()
    }

    /// Says when [`Self::check`] is due.
    pub(super) fn arm(&mut self) {
        let is_wanted = self.order.as_ref().is_some_and(|order| order.enabled);
        let beat = self.runner.link.pulse.beat();
        let due_at = self.runner.watch.arm(clock::instant(), beat, is_wanted);
        self.due_at = due_at.filter(|_| self.spawner.has_successor());
    }

    fn take_over(&mut self, next: Runner, hang: Hang) -> String {
        self.runner.hang_up();
        let line = format!(
            "{} and is left behind; {} takes over",
            self.runner.plight(),
            next.name
        );
        let said = self.runner.link.outbox.reports.take();
        self.reports.extend(said.unwrap_or_default());
        if hang == Hang::NoEnd {
            // Otherwise the person has asked for something else, and sees what comes of it.
            self.report_hang();
        }
        if self.order.as_ref().is_some_and(|order| !order.enabled) {
            // It was on its way to say so, and the next one has nothing to stop.
            self.reports.push_back(CaptureReport::Stopped);
        }
        let last = std::mem::replace(&mut self.runner, next);
        self.abandoned.workers.push(last.worker);
        self.send();
        line
    }

    fn report_hang(&mut self) {
        let used = camera::used_by(self.runner.worker.thread());
        let number = used.as_ref().map(|info| info.number);
        let label = used.map_or_else(|| "that is used".to_owned(), |info| info.label());
        self.reports.push_back(CaptureReport::Failed {
            number,
            missing: false,
            message: CameraError::Hanging(label).to_string(),
        });
    }

    /// Waits for one of the threads to come back, and says so once.
    fn give_up(&mut self) -> Option<String> {
        self.runner.watch.forgive(clock::instant());
        if std::mem::replace(&mut self.abandoned.is_full_told, true) {
            return None;
        }
        let count = self.abandoned.workers.len() + 1;
        self.reports.push_back(CaptureReport::Failed {
            number: None,
            missing: false,
            message: format!(
                "{count} calls of camera drivers hang, so no more are made; unplug those cameras, \
                 or end ttychat and start it again"
            ),
        });
        Some(format!("{}; no other takes over", self.runner.plight()))
    }

    /// Gives the last order to a thread that has none.
    fn send(&mut self) {
        let number = self.runner.watch.ask(clock::instant());
        let (order, wants_list) = (self.order.clone(), self.wants_list);
        self.runner.link.commands.update(|command| {
            *command = Some(Command {
                number,
                order,
                wants_list,
            });
        });
    }
}
