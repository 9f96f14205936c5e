//! The driver's queue of buffers: filled by the camera, lent out one at a time, given back.
//!
//! `v4l`'s own stream is not used: a time-out poisons it, it hands out stale bytes behind each
//! picture, and its `Drop` panics on what an unplugged camera answers.
//!
//! Invariant: at most one buffer is ours (`held`), and only that one is read.

use super::{
    answer::{Filled, Readiness},
    kernel::{self, Mapping, Node},
};
use rustix::event::Timespec;
use std::{io, mem, time::Duration, time::Instant};

/// Two for the driver to fill, one that waits, one that we read.
const BUFFERS_WANTED: u32 = 4;
/// More than any driver insists on.
const BUFFERS_MAX: u32 = 32;
/// The longest buffer that is mapped: 3840x2160 with four bytes a pixel, twice.
const BUFFER_LEN_MAX: usize = 64 << 20;
/// Pause after a driver said that a picture is there and then had none, so that it costs no core.
const FALSE_ALARM_PAUSE: Duration = Duration::from_millis(5);

/// A running stream. Stopped and given back on drop, whatever the driver answers.
#[derive(Debug)]
pub(super) struct Queue {
    node: Node,
    buffers: Vec<Mapping>,
    held: Option<Filled>,
    /// Pictures that came damaged, since the count was taken.
    broken_count: u64,
}

impl Queue {
    /// Maps the driver's buffers and starts the stream in the format that the node is set to.
    pub(super) fn start(node: Node) -> io::Result<Self> {
        let count = node.request_buffers(BUFFERS_WANTED)?.min(BUFFERS_MAX);
        let mut queue = Self {
            node,
            buffers: Vec::new(),
            held: None,
            broken_count: 0,
        };
        for index in 0..count {
            let place = queue.node.buffer_place(index)?;
            if place.len == 0 || place.len > BUFFER_LEN_MAX {
                return Err(io::ErrorKind::InvalidData.into());
            }
            queue.buffers.push(queue.node.map(place)?);
            queue.node.queue_buffer(index)?;
        }
        if queue.buffers.is_empty() {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        queue.node.start()?;
        Ok(queue)
    }

    /// The newest picture for which `is_whole` holds, and when it left the queue; older ones and
    /// broken ones go back to the driver at once. `None` when there is none by `deadline`.
    pub(super) fn newest(
        &mut self,
        deadline: Instant,
        is_whole: impl Fn(&[u8]) -> bool,
    ) -> io::Result<Option<(&[u8], Instant)>> {
        if let Some(held) = self.held.take() {
            self.node.queue_buffer(held.index)?;
        }
        if self.node.wait(deadline)? == Readiness::TimedOut {
            return Ok(None);
        }
        let mut taken = 0;
        // One more than there are buffers: enough to see all of them, and the end.
        while taken <= self.buffers.len() {
            let filled = match self.node.dequeue_buffer() {
                Ok(filled) => filled,
                Err(err) if err.kind() == io::ErrorKind::WouldBlock => break,
                Err(err) => return Err(err),
            };
            taken += 1;
            let bytes = self.bytes(filled).ok_or(io::ErrorKind::InvalidData)?;
            let is_usable = !filled.is_broken && !bytes.is_empty() && is_whole(bytes);
            let unwanted = if is_usable {
                self.held.replace(filled)
            } else {
                self.broken_count = self.broken_count.saturating_add(1);
                Some(filled)
            };
            if let Some(unwanted) = unwanted {
                self.node.queue_buffer(unwanted.index)?;
            }
        }
        if taken == 0 {
            let pause = Timespec::try_from(FALSE_ALARM_PAUSE).map_err(io::Error::other)?;
            rustix::event::poll(&mut [], Some(&pause))?;
        }
        let at = kernel::now();
        Ok(self
            .held
            .and_then(|held| self.bytes(held))
            .map(|bytes| (bytes, at)))
    }

    /// The device, for what may be asked of it while it streams.
    pub(super) const fn node(&self) -> &Node {
        &self.node
    }

    /// How many pictures came damaged since this was asked last.
    pub(super) const fn take_broken_count(&mut self) -> u64 {
        mem::replace(&mut self.broken_count, 0)
    }

    /// What the driver filled; `None` when it names a buffer that does not exist.
    fn bytes(&self, filled: Filled) -> Option<&[u8]> {
        let buffer = self.buffers.get(usize::try_from(filled.index).ok()?)?;
        let len = usize::try_from(filled.bytes_used).unwrap_or(usize::MAX);
        Some(buffer.bytes(len.min(buffer.len())))
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        // Each of these fails when the camera is gone, and then there is nothing left to give
        // back. Buffers cannot be freed while they are mapped.
        let stopped = self.node.stop();
        self.buffers.clear();
        let freed = self.node.request_buffers(0);
        drop((stopped, freed));
    }
}
