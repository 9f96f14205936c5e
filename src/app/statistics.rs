//! True figures: of the last second for the status line and the JSON lines, of the whole run for
//! the report.
//!
//! A JSON line is one object; unknown figures are `null`:
//!
//! | key | meaning |
//! | --- | --- |
//! | `t` | seconds since the start |
//! | `state` | `waiting`, `connecting`, `ringing`, `asked`, `in call` or `redialling` |
//! | `peer` | the peer's name, in a call; in quotation marks when it is only their own word |
//! | `wire` | `ttychat`, or `mjpeg`: plain pictures, unencrypted |
//! | `sent` | pictures since the start that were handed to the connection |
//! | `shown` | pictures since the start that reached our screen; decoded ones without a screen |
//! | `sent_per_s`, `shown_per_s` | the same, in the last second |
//! | `age_ms_p50`, `age_ms_p95` | capture to screen, of the pictures shown in the last second |
//! | `round_trip_ms` | of the link |
//! | `bytes_sent_per_s`, `bytes_received_per_s` | on the wire, in the last second |
//! | `terminal_bytes_per_s` | to our terminal, in the last second |
//! | `dropped` | pictures since the start that a newer one replaced, ours and the peer's |
//! | `broken` | pictures of the peer since the start that could not be decoded |
//! | `camera_broken` | pictures of our camera since the start that came damaged |
//! | `frozen_ms` | for how long the peer's picture stands; 0 when it moves |
//! | `camera` | ours: `on`, `off`, `missing`, `lost` or `paused` |
//! | `link_bytes_per_s` | what the link carries, as far as our pictures have measured it |
//! | `queued_ms` | how long our last picture waited for others on its way |
//! | `quality`, `eighths` | how our pictures are made: JPEG quality, eighths of the asked size |
//! | `pictures_per_s_max` | how many of them at most; `null` for all that the camera gives |
//! | `limit` | why not more: `none`, `link`, `peer` (their screen), `start` (not measured yet) |

use super::{App, Line, Outcome, Report, line::Stage, words};
use crate::session::{self, LinkFigures, PicturePlan};
use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

/// How long a figure is measured.
const INTERVAL: Duration = Duration::from_secs(1);

/// Most ages that are kept of one second; no screen shows more pictures.
const AGE_COUNT_MAX: usize = 256;

/// Ages of the whole run are counted in milliseconds up to this; what is older counts as this old.
const AGE_MS_MAX: usize = 10_000;

/// Counts, and makes figures of them.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    started_at: Instant,
    window_began_at: Instant,
    tick_at: Instant,
    total: Counts,
    /// The total when the window began.
    base: Counts,
    ages: Vec<Duration>,
    /// How many pictures were so many milliseconds old when they were shown.
    age_counts: Vec<u32>,
    last: Figures,
    call_began_at: Option<Instant>,
    call_time: Duration,
}

/// What is counted, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) sent: u64,
    pub(super) shown: u64,
    pub(super) dropped: u64,
    pub(super) broken: u64,
    pub(super) own_broken: u64,
    pub(super) bytes_sent: u64,
    pub(super) bytes_received: u64,
    pub(super) terminal_bytes: u64,
}

/// Figures of the last whole second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) sent_per_s: f64,
    pub(super) shown_per_s: f64,
    pub(super) bytes_sent_per_s: f64,
    pub(super) bytes_received_per_s: f64,
    pub(super) terminal_bytes_per_s: f64,
    pub(super) age_p50: Option<Duration>,
    pub(super) age_p95: Option<Duration>,
}

impl Meter {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            started_at: now,
            window_began_at: now,
            tick_at: now + INTERVAL,
            total: Counts::default(),
            base: Counts::default(),
            ages: Vec::new(),
            age_counts: Vec::new(),
            last: Figures::default(),
            call_began_at: None,
            call_time: Duration::ZERO,
        }
    }

    /// A picture of the peer came to its end, `age` after its capture if that is known.
    pub(super) fn picture(&mut self, outcome: Outcome, age: Option<Duration>) {
        match outcome {
            Outcome::Broken => self.total.broken += 1,
            Outcome::Dropped => self.total.dropped += 1,
            Outcome::Shown => {
                self.total.shown += 1;
                let Some(age) = age else { return };
                if self.ages.len() < AGE_COUNT_MAX {
                    self.ages.push(age);
                }
                let ms = usize::try_from(age.as_millis())
                    .unwrap_or(AGE_MS_MAX)
                    .min(AGE_MS_MAX);
                if self.age_counts.len() <= ms {
                    self.age_counts.resize(ms + 1, 0);
                }
                if let Some(count) = self.age_counts.get_mut(ms) {
                    *count = count.saturating_add(1);
                }
            }
        }
    }

    /// The peer's picture was `age` ago what is on the screen.
    pub(super) fn confirmed(&mut self, age: Duration) {
        if self.ages.len() < AGE_COUNT_MAX {
            self.ages.push(age);
        }
    }

    pub(super) const fn own_broken(&mut self, count: u64) {
        self.total.own_broken = self.total.own_broken.saturating_add(count);
    }

    pub(super) const fn terminal_bytes(&mut self, len: usize) {
        self.total.terminal_bytes = self.total.terminal_bytes.saturating_add(len as u64);
    }

    /// Adds what a session counted between two looks at it.
    pub(super) const fn add_session(
        &mut self,
        before: session::Statistics,
        after: session::Statistics,
    ) {
        let total = &mut self.total;
        total.sent += after.pictures_sent.saturating_sub(before.pictures_sent);
        total.dropped += after
            .pictures_replaced
            .saturating_sub(before.pictures_replaced);
        total.dropped += after
            .pictures_dropped_by_peer
            .saturating_sub(before.pictures_dropped_by_peer);
        total.bytes_sent += after.bytes_sent.saturating_sub(before.bytes_sent);
        total.bytes_received += after.bytes_received.saturating_sub(before.bytes_received);
    }

    /// Figures are of the call alone, even where nobody has looked at the meter before it.
    pub(super) fn call_began(&mut self, now: Instant) {
        self.call_began_at = Some(now);
        self.last = Figures::default();
        self.begin_window(now);
    }

    pub(super) fn call_ended(&mut self, now: Instant) {
        if let Some(at) = self.call_began_at.take() {
            self.call_time += now.saturating_duration_since(at);
        }
    }

    pub(super) const fn deadline(&self) -> Instant {
        self.tick_at
    }

    /// Makes the figures of the time since the last tick. Ticks keep to whole seconds since the
    /// start; those that were missed are left out.
    pub(super) fn tick(&mut self, now: Instant) {
        let seconds = now
            .saturating_duration_since(self.window_began_at)
            .as_secs_f64();
        if seconds <= 0.0 {
            return;
        }
        let (total, base) = (self.total, self.base);
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let rate = |now: u64, then: u64| now.saturating_sub(then) as f64 / seconds;
        self.ages.sort_unstable();
        self.last = Figures {
            sent_per_s: rate(total.sent, base.sent),
            shown_per_s: rate(total.shown, base.shown),
            bytes_sent_per_s: rate(total.bytes_sent, base.bytes_sent),
            bytes_received_per_s: rate(total.bytes_received, base.bytes_received),
            terminal_bytes_per_s: rate(total.terminal_bytes, base.terminal_bytes),
            age_p50: percentile(&self.ages, 50),
            age_p95: percentile(&self.ages, 95),
        };
        self.begin_window(now);
    }

    fn begin_window(&mut self, now: Instant) {
        self.ages.clear();
        self.base = self.total;
        self.window_began_at = now;
        let whole = now.saturating_duration_since(self.started_at).as_secs();
        self.tick_at = self.started_at + Duration::from_secs(whole) + INTERVAL;
    }

    pub(super) const fn total(&self) -> Counts {
        self.total
    }

    pub(super) const fn last(&self) -> Figures {
        self.last
    }

    pub(super) fn report(&self, now: Instant) -> Report {
        let current = self
            .call_began_at
            .map(|at| now.saturating_duration_since(at));
        let total = self.total;
        Report {
            duration: now.saturating_duration_since(self.started_at),
            call_time: self.call_time + current.unwrap_or_default(),
            pictures_sent: total.sent,
            pictures_shown: total.shown,
            pictures_dropped: total.dropped,
            pictures_broken: total.broken,
            camera_pictures_broken: total.own_broken,
            age_p50: self.age_percentile(50),
            age_p95: self.age_percentile(95),
            bytes_sent: total.bytes_sent,
            bytes_received: total.bytes_received,
            terminal_bytes: total.terminal_bytes,
        }
    }

    fn age_percentile(&self, percent: u64) -> Option<Duration> {
        let count: u64 = self.age_counts.iter().copied().map(u64::from).sum();
        let rank = (count * percent).div_ceil(100).max(1);
        let mut below = 0;
        let ms = self.age_counts.iter().position(|count| {
            below += u64::from(*count);
            below >= rank
        })?;
        Some(Duration::from_millis(ms as u64))
    }
}

/// The smallest of the `sorted` that is not below `percent` of them (nearest rank).
fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

impl App {
    /// One word for what goes on.
    pub(super) const fn state_word(&self) -> &'static str {
        match &self.line {
            Line::Call(call) => match call.stage {
                Stage::Asked { .. } => "asked",
                Stage::Ringing if call.check.is_held() => "asked",
                Stage::Greeting => "connecting",
                Stage::Ringing => "ringing",
                Stage::Up { .. } => "in call",
            },
            Line::Dialling { .. } => "connecting",
            Line::Over => "over",
            Line::Redialling { .. } => "redialling",
            Line::Waiting => "waiting",
        }
    }

    pub(super) fn statistics_line(&self, now: Instant) -> String {
        let (total, last) = (self.meter.total(), self.meter.last());
        let up = self.line.up();
        let mut object = Object::new();
        let t = now.saturating_duration_since(self.started_at).as_secs_f64();
        object.number("t", Some(t), 3);
        object.text("state", Some(self.state_word()));
        object.text("peer", up.map(|call| call.peer.as_str()));
        object.text("wire", Some(self.wire_word()));
        object.count("sent", total.sent);
        let patches = up.map(|call| call.session.statistics().patches_sent);
        object.count("patches", patches.unwrap_or_default());
        object.count("shown", total.shown);
        object.number("sent_per_s", Some(last.sent_per_s), 1);
        object.number("shown_per_s", Some(last.shown_per_s), 1);
        object.number("age_ms_p50", last.age_p50.map(milliseconds), 1);
        object.number("age_ms_p95", last.age_p95.map(milliseconds), 1);
        let round_trip = up.and_then(|call| call.session.statistics().round_trip);
        object.number("round_trip_ms", round_trip.map(milliseconds), 2);
        object.number("bytes_sent_per_s", Some(last.bytes_sent_per_s), 0);
        object.number("bytes_received_per_s", Some(last.bytes_received_per_s), 0);
        object.number("terminal_bytes_per_s", Some(last.terminal_bytes_per_s), 0);
        object.count("dropped", total.dropped);
        object.count("broken", total.broken);
        object.count("camera_broken", total.own_broken);
        let frozen = self.frozen(now).unwrap_or_default();
        object.number("frozen_ms", Some(milliseconds(frozen)), 0);
        object.text("camera", Some(words::camera_word(self.own_camera_state())));
        let link = up.map(|call| call.session.statistics().link);
        let of_link = |figure: fn(LinkFigures) -> Option<f64>| link.and_then(figure);
        object.number("link_bytes_per_s", of_link(|link| link.rate), 0);
        object.number(
            "queued_ms",
            of_link(|link| link.queued.map(milliseconds)),
            1,
        );
        let plan = |of: fn(PicturePlan) -> u8| link?.plan.map(of).map(f64::from);
        object.number("quality", plan(|plan| plan.quality), 0);
        object.number("eighths", plan(|plan| plan.eighths), 0);
        object.number("pictures_per_s_max", of_link(|link| link.picture_rate), 1);
        object.text("limit", link.map(|link| words::limit_word(link.limit)));
        object.finish()
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// A JSON object (RFC 8259) that is being written.
struct Object {
    text: String,
}

impl Object {
    fn new() -> Self {
        Self {
            text: String::from("{"),
        }
    }

    fn number(&mut self, key: &str, value: Option<f64>, digits: usize) {
        self.key(key);
        match value.filter(|value| value.is_finite()) {
            Some(value) => self.add(format_args!("{value:.digits$}")),
            None => self.add(format_args!("null")),
        }
    }

    fn count(&mut self, key: &str, value: u64) {
        self.key(key);
        self.add(format_args!("{value}"));
    }

    fn text(&mut self, key: &str, value: Option<&str>) {
        self.key(key);
        let Some(value) = value else {
            self.add(format_args!("null"));
            return;
        };
        self.text.push('"');
        for c in value.chars() {
            match c {
                '"' | '\\' => self.text.extend(['\\', c]),
                // Beyond what must be: separators that some readers of lines take for line ends.
                c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                    self.add(format_args!("\\u{:04x}", u32::from(c)));
                }
                c => self.text.push(c),
            }
        }
        self.text.push('"');
    }

    fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }

    fn key(&mut self, key: &str) {
        let separator = if self.text.len() == 1 { "" } else { "," };
        self.add(format_args!("{separator}\"{key}\":"));
    }

    fn add(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        self.text.write_fmt(arguments).unwrap_or_default();
    }
}
