//! Which thread of this program uses which device.
//!
//! A call of a driver can hang. The thread that made it is left behind then, with the device, and
//! the others must leave that device alone: they would hang too, since most drivers take their
//! calls one at a time.
//!
//! Invariant: a device that one thread has claimed is not touched by another.

use super::super::CameraInfo;
use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
};

static HELD: Mutex<Vec<Held>> = Mutex::new(Vec::new());

/// The right of a thread to use a device, until it is dropped. A thread may have several on one.
#[derive(Debug)]
pub(super) struct Claim {
    thread: ThreadId,
    path: PathBuf,
}

#[derive(Debug)]
struct Held {
    thread: ThreadId,
    info: CameraInfo,
}

impl Claim {
    /// `None` when another thread has the device. `info`: what is known of it.
    pub(super) fn new(info: &CameraInfo) -> Option<Self> {
        let thread = thread::current().id();
        let mut held = lock();
        let is_theirs = |held: &Held| held.thread != thread && held.info.path == info.path;
        if held.iter().any(is_theirs) {
            return None;
        }
        held.push(Held {
            thread,
            info: info.clone(),
        });
        Some(Self {
            thread,
            path: info.path.clone(),
        })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut held = lock();
        let is_ours = |held: &Held| held.thread == self.thread && held.info.path == self.path;
        if let Some(index) = held.iter().rposition(is_ours) {
            held.remove(index);
        }
    }
}

/// What is known of a device that another thread has claimed.
pub(super) fn held_elsewhere(path: &Path) -> Option<CameraInfo> {
    let caller = thread::current().id();
    let held = lock();
    let mut others = held.iter().filter(|held| held.thread != caller);
    let found = others.find(|held| held.info.path == path);
    found.map(|held| held.info.clone())
}

/// The device that this thread has claimed last.
pub(super) fn used_by(thread: ThreadId) -> Option<CameraInfo> {
    let held = lock();
    let mut theirs = held.iter().rev().filter(|held| held.thread == thread);
    theirs.next().map(|held| held.info.clone())
}

/// Nothing that panics is done under the lock.
fn lock() -> MutexGuard<'static, Vec<Held>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(number: u32) -> CameraInfo {
        CameraInfo {
            number,
            path: PathBuf::from(format!("/claimed/video{number}")),
            name: String::new(),
            bus: String::new(),
            modes: Vec::new(),
        }
    }

    #[test]
    fn a_device_is_left_alone_while_another_thread_has_it() {
        let (first, second) = (info(1), info(2));
        let outer = Claim::new(&first).unwrap();
        let inner = Claim::new(&first).unwrap();
        let us = thread::current().id();
        assert_eq!(used_by(us), Some(first.clone()));
        assert_eq!(held_elsewhere(&first.path), None, "it is ours");
        thread::scope(|scope| {
            scope.spawn(|| {
                assert!(Claim::new(&first).is_none());
                assert_eq!(held_elsewhere(&first.path), Some(first.clone()));
                assert!(Claim::new(&second).is_some(), "another device is free");
                assert_eq!(used_by(thread::current().id()), None, "let go at once");
            });
        });
        drop(inner);
        assert_eq!(used_by(us), Some(first.clone()), "one of two is left");
        drop(outer);
        assert_eq!(used_by(us), None);
        thread::scope(|scope| {
            scope.spawn(|| assert!(Claim::new(&first).is_some()));
        });
    }
}
