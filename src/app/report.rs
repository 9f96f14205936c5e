//! What the person is told of a run at its end.

use std::{fmt, time::Duration};

/// Figures of a whole run. `Display` gives lines for people, without a last line end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Since the start of the program.
    pub duration: Duration,
    /// In calls, all together.
    pub call_time: Duration,
    /// Handed to connections.
    pub pictures_sent: u64,
    /// Seen on our screen, or decoded where there is none.
    pub pictures_shown: u64,
    /// Replaced by newer ones, ours and the peers'.
    pub pictures_dropped: u64,
    /// Could not be decoded.
    pub pictures_broken: u64,
    /// Came damaged from our camera.
    pub camera_pictures_broken: u64,
    /// From capture to screen: half of the shown ones were at most so old.
    pub age_p50: Option<Duration>,
    /// 95 of 100 of the shown ones were at most so old.
    pub age_p95: Option<Duration>,
    /// To connections.
    pub bytes_sent: u64,
    /// From connections.
    pub bytes_received: u64,
    /// To the terminal.
    pub terminal_bytes: u64,
}

impl Report {
    /// Pictures a second of the time in calls.
    pub fn sent_per_s(&self) -> f64 {
        self.per_second(self.pictures_sent)
    }

    /// Pictures a second of the time in calls.
    pub fn shown_per_s(&self) -> f64 {
        self.per_second(self.pictures_shown)
    }

    fn per_second(&self, count: u64) -> f64 {
        let seconds = self.call_time.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let count = count as f64;
        if seconds > 0.0 { count / seconds } else { 0.0 }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let age = |age: Option<Duration>| {
            age.map_or_else(
                || "unknown".to_owned(),
                |age| format!("{} ms", age.as_millis()),
            )
        };
        let (call, run) = (self.call_time.as_secs_f64(), self.duration.as_secs_f64());
        writeln!(f, "in call           {call:.1} s of {run:.1} s")?;
        writeln!(
            f,
            "pictures sent     {} ({:.1} a second)",
            self.pictures_sent,
            self.sent_per_s()
        )?;
        writeln!(
            f,
            "pictures shown    {} ({:.1} a second)",
            self.pictures_shown,
            self.shown_per_s()
        )?;
        writeln!(
            f,
            "pictures lost     {} dropped, {} broken",
            self.pictures_dropped, self.pictures_broken
        )?;
        if self.camera_pictures_broken > 0 {
            let count = self.camera_pictures_broken;
            writeln!(f, "                  {count} came damaged from the camera")?;
        }
        writeln!(
            f,
            "picture age       p50 {}, p95 {}",
            age(self.age_p50),
            age(self.age_p95)
        )?;
        write!(
            f,
            "bytes             {} sent, {} received, {} to the terminal",
            self.bytes_sent, self.bytes_received, self.terminal_bytes
        )
    }
}
