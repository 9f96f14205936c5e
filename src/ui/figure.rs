//! Figures in few characters: `38 ms`, `118 kB/s`, `30/s`.

use crate::media::PixelSize;
use std::time::Duration;

/// A time between two events: `38 ms`, `1.4 s`, `12 s`, `3 min`.
pub(super) fn interval(time: Duration) -> String {
    let milliseconds = time.as_millis();
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..9_950 => format!("{:.1} s", time.as_secs_f64()),
        9_950..99_500 => format!("{:.0} s", time.as_secs_f64()),
        _ => format!("{} min", time.as_secs().div_ceil(30) / 2),
    }
}

/// A time that a person waits for: whole seconds, `1 min 20 s`.
pub(super) fn countdown(time: Duration) -> String {
    // A countdown ends at 1, not at 0.
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    if seconds < 60 {
        format!("{seconds} s")
    } else {
        elapsed(Duration::from_secs(seconds))
    }
}

/// A time that has passed: `3 s`, `1 min 20 s`, `2 h 5 min`.
pub(super) fn elapsed(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
    }
}

/// Pictures a second: `30/s`, `7.5/s`.
pub(super) fn rate(rate: f64) -> String {
    let rate = counted(rate);
    if rate > 0.0 && rate < 9.95 {
        format!("{rate:.1}/s")
    } else {
        format!("{rate:.0}/s")
    }
}

/// Bytes a second in thousands: `950 B/s`, `118 kB/s`, `1.2 MB/s`.
pub(super) fn byte_rate(rate: f64) -> String {
    let mut value = counted(rate);
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 999.5 {
            let digits = usize::from(value < 9.95 && unit != "B" && unit != "kB");
            return format!("{value:.digits$} {unit}/s");
        }
        value /= 1_000.0;
    }
    "999 GB/s".to_owned()
}

/// `640x480`.
pub(super) fn size(size: PixelSize) -> String {
    format!("{}x{}", size.width, size.height)
}

/// A rate as it can be shown: what is no number or negative is none.
fn counted(rate: f64) -> f64 {
    if rate.is_nan() { 0.0 } else { rate.max(0.0) }
}
