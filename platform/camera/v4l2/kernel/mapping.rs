//! The driver's buffers in our memory.
//!
//! It maps and lends them. Invariant: nothing beyond a mapping is read, and nothing after its end.

use super::{super::answer::BufferPlace, Node};
use rustix::mm::{MapFlags, ProtFlags};
use std::{
    io,
    ptr::{self, NonNull},
    slice,
};

/// A buffer of the driver, mapped to be read. Unmapped on drop.
#[derive(Debug)]
pub(in super::super) struct Mapping {
    start: NonNull<u8>,
    len: usize,
}

impl Node {
    /// Maps a buffer to be read.
    pub(in super::super) fn map(&self, place: BufferPlace) -> io::Result<Mapping> {
        let (prot, flags) = (ProtFlags::READ, MapFlags::SHARED);
        // SAFETY: with a null address the kernel chooses one that overlaps nothing of ours. The
        // memory is only ever read, and only through `Mapping`.
        let start = unsafe {
            rustix::mm::mmap(
                ptr::null_mut(),
                place.len,
                prot,
                flags,
                &self.fd,
                place.offset,
            )
        }?;
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Mapping {
            start,
            len: place.len,
        })
    }
}

impl Mapping {
    pub(in super::super) const fn len(&self) -> usize {
        self.len
    }

    /// The first `len` bytes, or all if there are fewer. To be used only while the buffer is
    /// ours, that is dequeued: else the driver writes into it.
    pub(in super::super) fn bytes(&self, len: usize) -> &[u8] {
        let len = len.min(self.len);
        // SAFETY: `from_raw_parts` needs `len` readable bytes, unchanged while the slice lives:
        // `start` is the start of a mapping of `self.len >= len` bytes that lasts as long as
        // `self`, and the queue asks only for buffers that the driver has given back.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), len) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: `munmap` needs a range that nothing uses any more: `start` and `len` are those
        // of the mapping that this value owns, and slices of it borrow it.
        let unmapped = unsafe { rustix::mm::munmap(self.start.as_ptr().cast(), self.len) };
        debug_assert!(unmapped.is_ok(), "a mapping can be unmapped");
    }
}
