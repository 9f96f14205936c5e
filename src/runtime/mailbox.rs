//! One place between two threads: the newest wins.
//!
//! It does not queue. Invariant: whatever the pace of both sides, it holds at most one item, and
//! the lock is held only to exchange it.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// A handle on the place; clones share it.
#[derive(Debug)]
pub(crate) struct Mailbox<T> {
    shared: Arc<Shared<T>>,
}

/// What [`Mailbox::wait`] came back with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited<T> {
    /// Closed, and empty.
    Closed,
    /// An item.
    Item(T),
    /// Nothing until the deadline.
    TimedOut,
}

#[derive(Debug)]
struct Shared<T> {
    place: Mutex<Place<T>>,
    changed: Condvar,
    /// Of the event loop, if that is the one who takes.
    waker: Option<Arc<mio::Waker>>,
}

#[derive(Debug)]
struct Place<T> {
    item: Option<T>,
    is_closed: bool,
}

impl<T> Mailbox<T> {
    /// An empty place. `waker` wakes the event loop whenever something is put there.
    pub(crate) fn new(waker: Option<Arc<mio::Waker>>) -> Self {
        let place = Mutex::new(Place {
            item: None,
            is_closed: false,
        });
        Self {
            shared: Arc::new(Shared {
                place,
                changed: Condvar::new(),
                waker,
            }),
        }
    }

    /// Puts an item there and gives back the one that it replaces; that is `item` itself when the
    /// mailbox is closed.
    pub(crate) fn put(&self, item: T) -> Option<T> {
        let mut place = self.lock();
        if place.is_closed {
            return Some(item);
        }
        let replaced = place.item.replace(item);
        drop(place);
        self.notify();
        replaced
    }

    /// Changes what is there, for items that add up. A closed mailbox stays as it is.
    pub(crate) fn update(&self, change: impl FnOnce(&mut Option<T>)) {
        let mut place = self.lock();
        if place.is_closed {
            return;
        }
        change(&mut place.item);
        drop(place);
        self.notify();
    }

    /// Takes the item, if there is one.
    pub(crate) fn take(&self) -> Option<T> {
        self.lock().item.take()
    }

    /// Waits for an item until `deadline`; `None` waits for ever.
    pub(crate) fn wait(&self, deadline: Option<Instant>) -> Waited<T> {
        let mut place = self.lock();
        loop {
            if let Some(item) = place.item.take() {
                return Waited::Item(item);
            }
            if place.is_closed {
                return Waited::Closed;
            }
            place = match deadline {
                None => self
                    .shared
                    .changed
                    .wait(place)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(super::clock::instant());
                    if left.is_zero() {
                        return Waited::TimedOut;
                    }
                    let waited = self.shared.changed.wait_timeout(place, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Takes nothing until `until`, or until it is closed. What is put there meanwhile stays, the
    /// newest of it.
    pub(crate) fn rest(&self, until: Instant) {
        let mut place = self.lock();
        while !place.is_closed {
            let left = until.saturating_duration_since(super::clock::instant());
            if left.is_zero() {
                return;
            }
            let waited = self.shared.changed.wait_timeout(place, left);
            place = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes nothing more; what is there can still be taken. Everyone who waits hears of it.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.notify();
    }

    /// Whether nothing more is taken.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    fn notify(&self) {
        self.shared.changed.notify_all();
        if let Some(waker) = &self.shared.waker {
            // It fails only when the loop is gone, and then nobody is there to be woken.
            drop(waker.wake());
        }
    }

    /// A panic while the lock was held cannot have left the place half changed: it is exchanged
    /// whole.
    fn lock(&self) -> MutexGuard<'_, Place<T>> {
        self.shared
            .place
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Mailbox<T> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::{clock::instant, worker::spawn_named};
    use std::time::Duration;

    #[test]
    fn the_newest_wins() {
        let mailbox = Mailbox::new(None);
        assert_eq!(mailbox.take(), None);
        assert_eq!(mailbox.put(1), None);
        assert_eq!(mailbox.clone().put(2), Some(1));
        mailbox.update(|item| *item = item.map(|n| n + 10));
        assert_eq!(mailbox.take(), Some(12));
        assert_eq!(mailbox.take(), None);
    }

    #[test]
    fn a_closed_mailbox_gives_what_it_has_and_takes_nothing() {
        let mailbox = Mailbox::new(None);
        mailbox.put(1);
        mailbox.close();
        assert_eq!(mailbox.put(2), Some(2));
        mailbox.update(|item| *item = Some(3));
        assert_eq!(mailbox.wait(None), Waited::Item(1));
        assert_eq!(mailbox.wait(None), Waited::Closed);
    }

    #[test]
    fn waiting_ends_with_an_item_the_deadline_or_the_close() {
        let (to, from) = (Mailbox::new(None), Mailbox::new(None));
        let deadline = instant() + Duration::from_millis(20);
        assert_eq!(to.wait(Some(deadline)), Waited::<u8>::TimedOut);
        assert!(instant() >= deadline);
        let (theirs, ours) = (to.clone(), from.clone());
        let echo = spawn_named("echo", move || {
            while let Waited::Item(item) = theirs.wait(None) {
                ours.put(item + 1);
            }
        });
        to.put(41);
        assert_eq!(
            from.wait(Some(instant() + Duration::from_secs(5))),
            Waited::Item(42)
        );
        to.close();
        echo.unwrap().join(Duration::from_secs(5)).unwrap();
    }

    #[test]
    fn the_loop_is_woken() {
        let mut poll = mio::Poll::new().unwrap();
        let waker = mio::Waker::new(poll.registry(), mio::Token(7)).unwrap();
        let mailbox = Mailbox::new(Some(Arc::new(waker)));
        mailbox.put(1);
        let mut events = mio::Events::with_capacity(4);
        poll.poll(&mut events, Some(Duration::from_secs(5)))
            .unwrap();
        assert_eq!(
            events.iter().map(mio::event::Event::token).next(),
            Some(mio::Token(7))
        );
    }
}
