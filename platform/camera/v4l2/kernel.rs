//! The kernel's side of V4L2: each ioctl as a safe function over plain numbers.
//!
//! All `unsafe` of this backend is here and in the modules below. It decides nothing and remembers
//! nothing but the descriptor.
//!
//! Invariant: the descriptor never blocks; each ioctl number meets the structure it is for.

mod control;
mod mapping;
mod selection;

pub(super) use mapping::Mapping;
pub(super) use selection::{COMPOSE, CROP, CROP_DEFAULT};

use super::{
    super::FourCc,
    answer::{
        BufferPlace, Capabilities, Colorimetry, Filled, Granted, Interval, IntervalOffer, Range,
        Readiness, SizeOffer, until_nul,
    },
};
use rustix::{
    event::{PollFd, PollFlags, Timespec},
    fs::{Mode as FileMode, OFlags},
};
use std::{
    ffi::c_void,
    io, mem,
    os::fd::{AsFd, AsRawFd, OwnedFd},
    path::Path,
    ptr,
    time::{Duration, Instant},
};
use v4l::{v4l_sys as sys, v4l2, v4l2::vidioc};

const CAPTURE: u32 = sys::v4l2_buf_type_V4L2_BUF_TYPE_VIDEO_CAPTURE;
const MMAP: u32 = sys::v4l2_memory_V4L2_MEMORY_MMAP;
/// How often an interrupted ioctl is tried again; a signal storm must not hold the thread.
const INTERRUPTIONS_MAX: usize = 100;

/// An open device node. Opened non-blocking, closed on drop.
#[derive(Debug)]
pub(super) struct Node {
    fd: OwnedFd,
}

/// C structures of the kernel's interface.
///
/// # Safety
/// All bytes zero must be a valid value.
unsafe trait Plain: Sized {
    fn zeroed() -> Self {
        // SAFETY: `zeroed` needs a type for which zero bytes are valid, which is what
        // implementing this trait promises.
        unsafe { mem::zeroed() }
    }
}

macro_rules! plain {
    ($($name:ident),* $(,)?) => {$(
        // SAFETY: a C structure of integers, arrays and unions of them, as bindgen made it from
        // linux/videodev2.h; zero is a value of each.
        unsafe impl Plain for sys::$name {}
    )*};
}
plain!(
    v4l2_buffer,
    v4l2_capability,
    v4l2_fmtdesc,
    v4l2_format,
    v4l2_frmivalenum,
    v4l2_frmsizeenum,
    v4l2_queryctrl,
    v4l2_querymenu,
    v4l2_requestbuffers,
    v4l2_selection,
    v4l2_streamparm,
);

impl Node {
    /// Opens a device without blocking and without becoming its user: others may stream.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let fd = rustix::fs::open(path, flags, FileMode::empty())?;
        Ok(Self { fd })
    }

    pub(super) fn capabilities(&self) -> io::Result<Capabilities> {
        let mut caps = sys::v4l2_capability::zeroed();
        // SAFETY: VIDIOC_QUERYCAP writes one v4l2_capability.
        unsafe { self.ioctl(vidioc::VIDIOC_QUERYCAP, &mut caps) }?;
        let has_own = caps.capabilities & sys::V4L2_CAP_DEVICE_CAPS != 0;
        Ok(Capabilities {
            card: until_nul(&caps.card),
            bus: until_nul(&caps.bus_info),
            flags: if has_own {
                caps.device_caps
            } else {
                caps.capabilities
            },
        })
    }

    /// The format with this index; an error at the end of the list.
    pub(super) fn format_offer(&self, index: u32) -> io::Result<FourCc> {
        let mut offer = sys::v4l2_fmtdesc {
            index,
            type_: CAPTURE,
            ..Plain::zeroed()
        };
        // SAFETY: VIDIOC_ENUM_FMT reads and writes one v4l2_fmtdesc.
        unsafe { self.ioctl(vidioc::VIDIOC_ENUM_FMT, &mut offer) }?;
        Ok(FourCc(offer.pixelformat.to_le_bytes()))
    }

    /// The size with this index; an error at the end of the list.
    pub(super) fn size_offer(&self, format: FourCc, index: u32) -> io::Result<SizeOffer> {
        let mut offer = sys::v4l2_frmsizeenum {
            index,
            pixel_format: u32::from_le_bytes(format.0),
            ..Plain::zeroed()
        };
        // SAFETY: VIDIOC_ENUM_FRAMESIZES reads and writes one v4l2_frmsizeenum.
        unsafe { self.ioctl(vidioc::VIDIOC_ENUM_FRAMESIZES, &mut offer) }?;
        if offer.type_ == sys::v4l2_frmsizetypes_V4L2_FRMSIZE_TYPE_DISCRETE {
            // SAFETY: both members are integers in memory that was zeroed, valid in any case.
            let size = unsafe { offer.__bindgen_anon_1.discrete };
            return Ok(SizeOffer::Discrete {
                width: size.width,
                height: size.height,
            });
        }
        // SAFETY: as above.
        let sizes = unsafe { offer.__bindgen_anon_1.stepwise };
        Ok(SizeOffer::Stepwise {
            width: Range {
                min: sizes.min_width,
                max: sizes.max_width,
                step: sizes.step_width,
            },
            height: Range {
                min: sizes.min_height,
                max: sizes.max_height,
                step: sizes.step_height,
            },
        })
    }

    /// The interval with this index; an error at the end of the list.
    pub(super) fn interval_offer(
        &self,
        format: FourCc,
        (width, height): (u32, u32),
        index: u32,
    ) -> io::Result<IntervalOffer> {
        let mut offer = sys::v4l2_frmivalenum {
            index,
            pixel_format: u32::from_le_bytes(format.0),
            width,
            height,
            ..Plain::zeroed()
        };
        // SAFETY: VIDIOC_ENUM_FRAMEINTERVALS reads and writes one v4l2_frmivalenum.
        unsafe { self.ioctl(vidioc::VIDIOC_ENUM_FRAMEINTERVALS, &mut offer) }?;
        if offer.type_ == sys::v4l2_frmivaltypes_V4L2_FRMIVAL_TYPE_DISCRETE {
            // SAFETY: both members are integers in memory that was zeroed, valid in any case.
            let interval = unsafe { offer.__bindgen_anon_1.discrete };
            return Ok(IntervalOffer::Discrete(interval.into()));
        }
        // SAFETY: as above.
        let intervals = unsafe { offer.__bindgen_anon_1.stepwise };
        Ok(IntervalOffer::Stepwise {
            min: intervals.min.into(),
            max: intervals.max.into(),
        })
    }

    pub(super) fn format(&self) -> io::Result<Granted> {
        let mut format = sys::v4l2_format {
            type_: CAPTURE,
            ..Plain::zeroed()
        };
        // SAFETY: VIDIOC_G_FMT reads and writes one v4l2_format.
        unsafe { self.ioctl(vidioc::VIDIOC_G_FMT, &mut format) }?;
        Ok(granted(&format))
    }

    /// Asks for a format and says what the driver made of it, which may be something else.
    pub(super) fn set_format(
        &self,
        format: FourCc,
        (width, height): (u32, u32),
    ) -> io::Result<Granted> {
        let mut wish = sys::v4l2_format {
            type_: CAPTURE,
            ..Plain::zeroed()
        };
        wish.fmt.pix = sys::v4l2_pix_format {
            width,
            height,
            pixelformat: u32::from_le_bytes(format.0),
            field: sys::v4l2_field_V4L2_FIELD_ANY,
            // SAFETY: the union is integers in zeroed memory.
            ..unsafe { wish.fmt.pix }
        };
        // SAFETY: VIDIOC_S_FMT reads and writes one v4l2_format.
        unsafe { self.ioctl(vidioc::VIDIOC_S_FMT, &mut wish) }?;
        Ok(granted(&wish))
    }

    /// Asks for an interval and says which one the driver took.
    pub(super) fn set_interval(&self, interval: Interval) -> io::Result<Interval> {
        let mut wish = sys::v4l2_streamparm {
            type_: CAPTURE,
            ..Plain::zeroed()
        };
        wish.parm.capture.timeperframe = sys::v4l2_fract {
            numerator: interval.numerator,
            denominator: interval.denominator,
        };
        // SAFETY: VIDIOC_S_PARM reads and writes one v4l2_streamparm.
        unsafe { self.ioctl(vidioc::VIDIOC_S_PARM, &mut wish) }?;
        // SAFETY: the member is integers in memory that was zeroed, valid in any case.
        Ok(unsafe { wish.parm.capture.timeperframe }.into())
    }

    /// Asks for `count` buffers (0 gives all back) and says how many there are.
    pub(super) fn request_buffers(&self, count: u32) -> io::Result<u32> {
        let mut request = sys::v4l2_requestbuffers {
            count,
            type_: CAPTURE,
            memory: MMAP,
            ..Plain::zeroed()
        };
        // SAFETY: VIDIOC_REQBUFS reads and writes one v4l2_requestbuffers.
        unsafe { self.ioctl(vidioc::VIDIOC_REQBUFS, &mut request) }?;
        Ok(request.count)
    }

    pub(super) fn buffer_place(&self, index: u32) -> io::Result<BufferPlace> {
        let mut buffer = capture_buffer(index);
        // SAFETY: VIDIOC_QUERYBUF reads and writes one v4l2_buffer.
        unsafe { self.ioctl(vidioc::VIDIOC_QUERYBUF, &mut buffer) }?;
        // SAFETY: the member is an integer in memory that was zeroed, valid in any case.
        let offset = unsafe { buffer.m.offset };
        let len = usize::try_from(buffer.length).map_err(io::Error::other)?;
        Ok(BufferPlace {
            len,
            offset: offset.into(),
        })
    }

    /// Gives a buffer to the driver to be filled.
    pub(super) fn queue_buffer(&self, index: u32) -> io::Result<()> {
        let mut buffer = capture_buffer(index);
        // SAFETY: VIDIOC_QBUF reads and writes one v4l2_buffer. The driver writes into its own
        // memory only, at an index that it checks.
        unsafe { self.ioctl(vidioc::VIDIOC_QBUF, &mut buffer) }
    }

    /// Takes the oldest filled buffer; `WouldBlock` when there is none.
    pub(super) fn dequeue_buffer(&self) -> io::Result<Filled> {
        let mut buffer = capture_buffer(0);
        // SAFETY: VIDIOC_DQBUF reads and writes one v4l2_buffer.
        unsafe { self.ioctl(vidioc::VIDIOC_DQBUF, &mut buffer) }?;
        Ok(Filled {
            index: buffer.index,
            bytes_used: buffer.bytesused,
            is_broken: buffer.flags & sys::V4L2_BUF_FLAG_ERROR != 0,
        })
    }

    pub(super) fn start(&self) -> io::Result<()> {
        let mut kind = CAPTURE.cast_signed();
        // SAFETY: VIDIOC_STREAMON reads one int.
        unsafe { self.ioctl(vidioc::VIDIOC_STREAMON, &mut kind) }
    }

    /// Stops the stream; all buffers are ours again.
    pub(super) fn stop(&self) -> io::Result<()> {
        let mut kind = CAPTURE.cast_signed();
        // SAFETY: VIDIOC_STREAMOFF reads one int.
        unsafe { self.ioctl(vidioc::VIDIOC_STREAMOFF, &mut kind) }
    }

    /// Waits until `deadline` for a picture, or for an error that the next ioctl will name.
    pub(super) fn wait(&self, deadline: Instant) -> io::Result<Readiness> {
        loop {
            let left = deadline.saturating_duration_since(now());
            let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
            let mut polled = [PollFd::from_borrowed_fd(self.fd.as_fd(), PollFlags::IN)];
            match rustix::event::poll(&mut polled, Some(&timeout)) {
                Ok(0) => return Ok(Readiness::TimedOut),
                Ok(_) => return Ok(Readiness::Ready),
                Err(rustix::io::Errno::INTR) if left > Duration::ZERO => {}
                Err(rustix::io::Errno::INTR) => return Ok(Readiness::TimedOut),
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// # Safety
    /// `request` must be one that reads and writes at most one `T`.
    unsafe fn ioctl<T>(&self, request: vidioc::_IOC_TYPE, argument: &mut T) -> io::Result<()> {
        let argument = ptr::from_mut(argument).cast::<c_void>();
        let mut result = Ok(());
        for _ in 0..INTERRUPTIONS_MAX {
            // SAFETY: the descriptor is open as long as `self` lives, `argument` points to a `T`
            // that nobody else uses, and the caller says that the request fits it.
            result = unsafe { v4l2::ioctl(self.fd.as_raw_fd(), request, argument) };
            match &result {
                Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                _ => break,
            }
        }
        result
    }
}

fn granted(format: &sys::v4l2_format) -> Granted {
    // SAFETY: the member is integers in memory that was zeroed, valid in any case.
    let pix = unsafe { format.fmt.pix };
    // SAFETY: both members are the same integer.
    let encoding = unsafe { pix.__bindgen_anon_1.ycbcr_enc };
    let format = FourCc(pix.pixelformat.to_le_bytes());
    Granted {
        format,
        width: pix.width,
        height: pix.height,
        stride: pix.bytesperline,
        coding: Colorimetry::of(&pix, encoding).coding(format),
    }
}

fn capture_buffer(index: u32) -> sys::v4l2_buffer {
    sys::v4l2_buffer {
        index,
        type_: CAPTURE,
        memory: MMAP,
        ..Plain::zeroed()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this module waits for the world and stamps pictures"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}
