//! Files that are written while the program runs: by a thread each, because a disk may hang.
//!
//! Invariant: the loop never waits for it; what is newest is what is written.

use super::{
    mailbox::{Mailbox, Waited},
    worker::{self, Worker},
};
use std::{sync::Arc, time::Duration};

/// How long the last things may take to be written at the end.
const KEEPER_CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// Writes the newest, knowing what was written before it in this run, at first nothing; what it
/// says otherwise is for the person.
type Write<T> = fn(newest: &T, written: &T) -> Result<(), String>;

/// The loop's side of a thread that writes a file.
#[derive(Debug)]
pub(super) struct Keeper<T> {
    name: &'static str,
    write: Write<T>,
    waiting: Mailbox<Arc<T>>,
    failures: Mailbox<String>,
    worker: Option<Worker<()>>,
}

impl<T: Default + Send + Sync + 'static> Keeper<T> {
    /// Nothing is started before something is to be kept. `name`: of the thread. `waker`: of the
    /// loop.
    pub(super) fn new(name: &'static str, write: Write<T>, waker: Arc<mio::Waker>) -> Self {
        Self {
            name,
            write,
            waiting: Mailbox::new(None),
            failures: Mailbox::new(Some(waker)),
            worker: None,
        }
    }

    /// Has it written soon; a newer one replaces one that waits.
    pub(super) fn keep(&mut self, newest: Arc<T>) {
        self.waiting.put(newest);
        if self.worker.is_none() {
            let (waiting, failures) = (self.waiting.clone(), self.failures.clone());
            let write = self.write;
            let spawned =
                worker::spawn_named(self.name, move || write_all(write, &waiting, &failures));
            match spawned {
                Ok(worker) => self.worker = Some(worker),
                Err(err) => {
                    let failure = format!("nothing is kept: cannot start a thread: {err}");
                    drop(self.failures.put(failure));
                }
            }
        }
    }

    /// Why the last was not kept, when that was not asked yet.
    pub(super) fn take_failure(&self) -> Option<String> {
        self.failures.take()
    }

    /// Gives the last a bounded time to be written.
    pub(super) fn close(&mut self) {
        self.waiting.close();
        if let Some(worker) = self.worker.take() {
            drop(worker.join(KEEPER_CLOSE_TIMEOUT));
        }
    }
}

fn write_all<T: Default>(write: Write<T>, waiting: &Mailbox<Arc<T>>, failures: &Mailbox<String>) {
    let mut written = Arc::new(T::default());
    while let Waited::Item(newest) = waiting.wait(None) {
        match write(&newest, &written) {
            Ok(()) => written = newest,
            Err(failure) => drop(failures.put(failure)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_written_before_the_end_and_failures_are_said() {
        let (waiting, failures) = (Mailbox::new(None), Mailbox::new(None));
        waiting.put(Arc::new(1));
        waiting.put(Arc::new(2));
        waiting.close();
        write_all(
            |number, written| Err(format!("{number} was to be written after {written}")),
            &waiting,
            &failures,
        );
        assert_eq!(
            failures.take().as_deref(),
            Some("2 was to be written after 0")
        );
    }
}
