//! The console's two threads on Windows: one reads events, one writes frames.
//!
//! Invariant: the loop never waits for a thread, but in [`Shared::wait_until_idle`], and a thread
//! holds the lock only to look.

use crossterm::event::{Event, KeyEventKind};
use mio::Waker;
use std::{
    collections::VecDeque,
    io::{self, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// Most events that wait to be read; the reader waits then.
const EVENT_COUNT_MAX: usize = 1024;

/// What the loop and the two threads share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    state: Mutex<Exchange>,
    /// Something changed that a thread waits for.
    pub(super) changed: Condvar,
}

#[derive(Debug, Default)]
pub(super) struct Exchange {
    pub(super) waker: Option<Arc<Waker>>,
    pub(super) events: VecDeque<Event>,
    /// No event will come any more.
    pub(super) has_ended: bool,
    /// What the writer shall write next.
    pub(super) frame: Option<Vec<u8>>,
    /// The writer is writing.
    is_writing: bool,
    /// The last frame's allocation, to be used again.
    spare: Vec<u8>,
    pub(super) write_error: Option<io::ErrorKind>,
    /// The console was dropped; the threads end when they next look.
    pub(super) is_closed: bool,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Exchange> {
        lock(&self.state)
    }

    /// The reader's thread. It stays in the system's call when the console is dropped, which is
    /// when the program ends.
    pub(super) fn read_events(&self) {
        let _end = ReaderEnd(self);
        while let Ok(event) = crossterm::event::read() {
            match event {
                Event::Key(key) if key.kind == KeyEventKind::Release => continue,
                Event::Key(_) | Event::Resize(..) => {}
                // The mouse and the focus. Pastes come as keys here.
                _ => continue,
            }
            let is_full =
                |state: &mut Exchange| state.events.len() >= EVENT_COUNT_MAX && !state.is_closed;
            let mut state = self
                .changed
                .wait_while(self.lock(), is_full)
                .unwrap_or_else(PoisonError::into_inner);
            if state.is_closed {
                return;
            }
            state.events.push_back(event);
            state.wake();
        }
    }

    /// The writer's thread.
    pub(super) fn write_frames(&self) {
        let mut state = self.lock();
        loop {
            if let Some(mut frame) = state.frame.take() {
                state.is_writing = true;
                drop(state);
                let result = write_out(&frame);
                state = self.lock();
                state.is_writing = false;
                frame.clear();
                state.spare = frame;
                state.write_error = result.err().map(|error| error.kind());
                self.changed.notify_all();
                state.wake();
            } else if state.is_closed {
                return;
            } else {
                state = self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    pub(super) fn wait_until_idle(
        &self,
        timeout: Duration,
    ) -> io::Result<MutexGuard<'_, Exchange>> {
        let (state, waited) = self
            .changed
            .wait_timeout_while(self.lock(), timeout, |state| !state.is_idle())
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            Err(io::ErrorKind::TimedOut.into())
        } else {
            Ok(state)
        }
    }
}

/// Says that no event will come any more, however the reader ends: a program that hears no keys
/// could not be left.
struct ReaderEnd<'a>(&'a Shared);

impl Drop for ReaderEnd<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.has_ended = true;
        state.wake();
    }
}

impl Exchange {
    pub(super) fn is_idle(&self) -> bool {
        self.frame.is_none() && !self.is_writing
    }

    pub(super) fn put(&mut self, bytes: &[u8], changed: &Condvar) -> io::Result<usize> {
        if let Some(kind) = self.write_error.take() {
            return Err(kind.into());
        }
        if !self.is_idle() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let mut frame = std::mem::take(&mut self.spare);
        frame.extend_from_slice(bytes);
        self.frame = Some(frame);
        changed.notify_all();
        Ok(bytes.len())
    }

    fn wake(&self) {
        if let Some(waker) = &self.waker {
            waker.wake().ok();
        }
    }
}

pub(super) fn write_out(bytes: &[u8]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(bytes)?;
    output.flush()
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn spawn_named(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map(drop)
}
