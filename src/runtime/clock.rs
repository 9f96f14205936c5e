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

/// A piece of work of one thread, and what it costs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    /// What the thread had used of a processor, where the system says it.
    used_before: Option<Duration>,
    began_at: Instant,
}

impl Work {
    pub(super) fn begin() -> Self {
        Self {
            used_before: host::thread_time(),
            began_at: instant(),
        }
    }

    /// How long it has kept a processor busy until now, so that neither a busy machine nor a stop
    /// is taken for work; where that is not known, how long it has lasted. It is the same thread
    /// that began it.
    pub(super) fn cost(&self) -> Duration {
        match (self.used_before, host::thread_time()) {
            (Some(before), Some(after)) => after.saturating_sub(before),
            _ => instant().saturating_duration_since(self.began_at),
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
