//! Named threads that compute or block, and whose panics end nothing but their work.
//!
//! It does not know what they do. Invariant: neither a panic nor a hang in such a thread holds up
//! the thread that started it.

use super::{
    clock::instant,
    mailbox::{Mailbox, Waited},
};
use std::{
    any::Any,
    cell::Cell,
    io,
    panic::{self, AssertUnwindSafe},
    thread::{self, ThreadId},
    time::Duration,
};

thread_local! {
    #[allow(
        clippy::missing_const_for_thread_local,
        reason = "it is const; clippy does not see that for Windows"
    )]
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// A thread and the place where its result will lie.
#[derive(Debug)]
pub(crate) struct Worker<T> {
    result: Mailbox<Result<T, WorkerError>>,
    thread: ThreadId,
}

/// Why a thread gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WorkerError {
    /// It hangs, most likely in a driver, and is left alone; it ends with the program.
    #[error("a part of the program hangs")]
    Abandoned,
    /// It panicked: a bug, ours or a library's.
    #[error("internal error: {0}")]
    Panicked(String),
}

/// Starts a thread. Panics of `work` become [`WorkerError::Panicked`].
///
/// # Errors
/// When the system has no room for another thread.
pub(crate) fn spawn_named<T, F>(name: &str, work: F) -> io::Result<Worker<T>>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    let result = Mailbox::new(None);
    let theirs = result.clone();
    // The handle is let go of: `std` can only wait for a thread without a limit.
    let handle = thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            theirs.put(contain(work));
            theirs.close();
        })?;
    let thread = handle.thread().id();
    Ok(Worker { result, thread })
}

/// Runs `work` with its panics contained.
///
/// # Errors
/// [`WorkerError::Panicked`].
pub(crate) fn contain<T>(work: impl FnOnce() -> T) -> Result<T, WorkerError> {
    let was_contained = CONTAINED.replace(true);
    // What `work` was changing is dropped or made anew by those who call this.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    CONTAINED.set(was_contained);
    result.map_err(|panicked| WorkerError::Panicked(message_of(panicked.as_ref())))
}

/// Whether a panic in this thread will be contained, so that the panic hook must leave the terminal
/// alone.
pub(crate) fn is_contained() -> bool {
    CONTAINED.get()
}

impl<T> Worker<T> {
    /// Whether its work is done, well or not.
    pub(crate) fn has_ended(&self) -> bool {
        self.result.is_closed()
    }

    /// The thread.
    pub(crate) const fn thread(&self) -> ThreadId {
        self.thread
    }

    /// Waits for the thread's end, but not longer than `timeout`. It gives the result once.
    ///
    /// # Errors
    /// [`WorkerError`].
    pub(crate) fn join(&self, timeout: Duration) -> Result<T, WorkerError> {
        match self.result.wait(Some(instant() + timeout)) {
            Waited::Item(result) => result,
            Waited::Closed | Waited::TimedOut => Err(WorkerError::Abandoned),
        }
    }
}

/// Panics once, a second after its first call, in the part of the program that the tests chose by
/// `TTYCHAT_TEST_PANIC`; they look at how the terminal is given back. Not in release builds.
#[cfg(debug_assertions)]
#[expect(clippy::panic, reason = "its purpose")]
pub(crate) fn panic_if_tested(part: &str) {
    use std::sync::{OnceLock, atomic};
    static CHOSEN: OnceLock<Option<(String, std::time::Instant)>> = OnceLock::new();
    static DONE: atomic::AtomicBool = atomic::AtomicBool::new(false);
    let chosen = CHOSEN.get_or_init(|| {
        let part = std::env::var("TTYCHAT_TEST_PANIC").ok()?;
        Some((part, instant() + Duration::from_secs(1)))
    });
    // The far end of a call with oneself has a loop too, in a thread of its own.
    let is_meant = part != "loop" || !is_contained();
    if let Some((chosen, at)) = chosen
        && chosen == part
        && is_meant
        && *at <= instant()
        && !DONE.swap(true, atomic::Ordering::Relaxed)
    {
        panic!("asked for by TTYCHAT_TEST_PANIC={part}");
    }
}

/// Does nothing in release builds.
#[cfg(not(debug_assertions))]
pub(crate) fn panic_if_tested(_part: &str) {}

fn message_of(panicked: &(dyn Any + Send)) -> String {
    let message = panicked.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| panicked.downcast_ref::<&str>().copied());
    message.unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    #[test]
    fn a_result_is_handed_over_and_the_thread_has_its_name() {
        let name = || thread::current().name().map(str::to_owned);
        let worker = spawn_named("camera", name).unwrap();
        assert_eq!(worker.join(SOON), Ok(Some("camera".to_owned())));
    }

    #[test]
    fn a_panic_is_contained() {
        assert!(!is_contained());
        let worker = spawn_named("panics", || {
            assert!(!is_contained(), "the hook must leave this one alone");
        });
        let error = worker.unwrap().join(SOON).unwrap_err();
        assert!(
            error.to_string().contains("leave this one alone"),
            "{error}"
        );
        assert_eq!(contain(is_contained), Ok(true));
        assert!(!is_contained());
    }

    #[test]
    fn a_thread_that_hangs_is_abandoned() {
        let never = Mailbox::<()>::new(None);
        let theirs = never.clone();
        let worker = spawn_named("hangs", move || theirs.wait(None)).unwrap();
        let started_at = instant();
        assert!(!worker.has_ended());
        assert_eq!(
            worker.join(Duration::from_millis(30)),
            Err(WorkerError::Abandoned)
        );
        assert!(started_at.elapsed() < Duration::from_secs(1));
        never.close();
    }
}
