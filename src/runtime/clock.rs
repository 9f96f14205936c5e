//! The clock. Only the event loop and the threads that stamp pictures read it.

use crate::app::{Now, WallTime};
use std::time::Instant;

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

/// jiff counts in signed numbers that are never negative.
fn unsigned(field: i8) -> u8 {
    field.unsigned_abs()
}
