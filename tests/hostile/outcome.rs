//! What came of an attack, as a row of a table.

use std::{fmt, time::Duration};

/// What the table says of an attack.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) seen: String,
    pub(crate) call: String,
    pub(crate) key: Option<Duration>,
    /// In cores, and for how long.
    pub(crate) processor: Option<(f64, Duration)>,
    /// In KiB.
    pub(crate) peak: u64,
}

impl Outcome {
    /// It was something else that the person saw.
    pub(crate) fn see(&mut self, seen: String) {
        self.seen = seen;
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self
            .key
            .map_or(String::new(), |key| format!("{} ms", key.as_millis()));
        let processor = self.processor.map_or(String::new(), |(cores, time)| {
            format!("{:.0} % in {:.1} s", cores * 100.0, time.as_secs_f64())
        });
        let peak = self.peak / 1024;
        write!(
            f,
            "{} | {} | {key} | {processor} | {peak} MiB",
            self.seen, self.call
        )
    }
}
