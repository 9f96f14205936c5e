//! The clock. Only the event loop and the threads that stamp pictures read it.

use crate::app::{Now, WallTime};
use std::time::{Duration, Instant};
use ttychat_platform::host;

/// Reads both clocks: the monotonic one and the person's.
pub(super) fn now() -> Now {
    let wall = jiff::Zoned::now();
    Now {
        instant: instant(),
        wall: WallTime {
            year: wall.year(),
            month: unsigned(wall.month()),
            day: unsigned(wall.day()),
            hour: unsigned(wall.hour()),
            minute: unsigned(wall.minute()),
            second: unsigned(wall.second()),
            millisecond: u16::try_from(wall.millisecond()).unwrap_or(0),
        },
    }
}

/// Reads the monotonic clock: once a turn for the loop; for threads, to wait and to stamp pictures.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the clock is read"
)]
pub(super) fn instant() -> Instant {
    Instant::now()
}

/// A piece of work of one thread, and what it costs: since when it lasts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// By the clock, where the system does not say what a thread has used.
    Clock(Instant),
    /// By what the thread had used of a processor, so that neither a busy machine nor a stop is
    /// taken for work.
    Processor(Duration),
}

impl Work {
    pub(super) fn begin() -> Self {
        host::thread_time().map_or_else(|| Self::Clock(instant()), Self::Processor)
    }

    /// What it has cost until now. It is the same thread that began it.
    pub(super) fn cost(self) -> Duration {
        match self {
            Self::Clock(at) => instant().saturating_duration_since(at),
            Self::Processor(before) => {
                let used = host::thread_time().unwrap_or(before);
                used.saturating_sub(before)
            }
        }
    }
}

/// jiff counts in signed numbers that are never negative.
fn unsigned(field: i8) -> u8 {
    field.unsigned_abs()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_what_keeps_a_processor_busy_is_work() {
        let work = Work::begin();
        let until = instant() + Duration::from_millis(300);
        while instant() < until {
            std::thread::park_timeout(until.saturating_duration_since(instant()));
        }
        assert!(work.cost() < Duration::from_millis(100), "it waited");
        while work.cost() < Duration::from_millis(100) {
            std::hint::spin_loop();
        }
        assert!(until + Duration::from_millis(100) <= instant());
    }
}
