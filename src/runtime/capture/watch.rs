//! Whether the capture thread hangs: what it shows of itself, and what the loop makes of that.
//!
//! A driver's call that does not return cannot be ended. All that can be done is to notice, and to
//! go on without the thread.
//!
//! Invariant: a thread that waits for something to do, or whose loop was held up itself, is never
//! taken for one that hangs.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long a thread at work may leave an order or a question unanswered. Cameras close within
/// some tenths of a second; with what follows, a person is not kept waiting for a second.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(600);
/// How long finding and opening a camera may take when nobody asks for anything else. USB gives a
/// camera five seconds for each question.
pub(super) const OPEN_TIMEOUT: Duration = Duration::from_secs(8);
/// How long a turn with an open camera may take: it waits for a picture a tenth of a second only.
/// As long as a camera may be silent.
pub(super) const TURN_TIMEOUT: Duration = Duration::from_secs(3);
/// How often a thread that idles is looked at: it may begin to work, and hang, unseen.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);
/// How late the loop itself may be before it blames nobody: the process may have been stopped.
const LATENESS_MAX: Duration = Duration::from_millis(300);

/// What the thread shows; clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Pulse {
    beat: Arc<Mutex<Beat>>,
}

/// What the thread showed last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beat {
    /// Since when it is at work, and how long that may take.
    work: Option<(Instant, Duration)>,
    /// The number of the last command that it is done with.
    answered: u64,
}

/// The loop's judgement of one thread. Pure: it is told what time it is.
#[derive(Debug)]
pub(super) struct Watch {
    /// The number of the last command.
    asked: u64,
    /// When the oldest command that is not answered was given.
    asked_at: Instant,
    /// What was before this does not count.
    counts_from: Instant,
    /// When to look next.
    due_at: Option<Instant>,
    answered: u64,
}

/// Why a thread is taken for one that hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hang {
    /// Something is wanted of it, and it does not answer.
    NoAnswer,
    /// Nothing is wanted, but what it does takes too long.
    NoEnd,
}

impl Pulse {
    /// The thread: begins with something that may take as long as `timeout`.
    pub(super) fn begin(&self, now: Instant, timeout: Duration) {
        self.lock().work = Some((now, timeout));
    }

    /// The thread: has nothing to do.
    pub(super) fn rest(&self) {
        self.lock().work = None;
    }

    /// The thread: is done with this command and those before it.
    pub(super) fn answer(&self, number: u64) {
        self.lock().answered = number;
    }

    pub(super) fn beat(&self) -> Beat {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Beat> {
        self.beat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    pub(super) const fn new(now: Instant) -> Self {
        Self {
            asked: 0,
            asked_at: now,
            counts_from: now,
            due_at: None,
            answered: 0,
        }
    }

    /// Counts a command and says its number.
    pub(super) const fn ask(&mut self, now: Instant) -> u64 {
        if self.asked == self.answered {
            self.asked_at = now;
        }
        self.asked += 1;
        self.asked
    }

    /// Whether the thread hangs. To be called in every turn of the loop.
    pub(super) fn judge(&mut self, now: Instant, beat: Beat) -> Option<Hang> {
        let is_late = |due_at: Instant| now > due_at + LATENESS_MAX;
        if self.due_at.take().is_some_and(is_late) {
            self.forgive(now);
        }
        if beat.answered != self.answered {
            // It moves; what was asked meanwhile is given its own time.
            self.answered = beat.answered;
            self.asked_at = now;
        }
        let (work_until, answer_until) = self.limits(beat)?;
        if answer_until.is_some_and(|until| until <= now) {
            return Some(Hang::NoAnswer);
        }
        (work_until <= now).then_some(Hang::NoEnd)
    }

    /// Says when to look again, at the end of every turn of the loop. `is_wanted`: whether the
    /// thread has anything to do from now on.
    pub(super) fn arm(&mut self, now: Instant, beat: Beat, is_wanted: bool) -> Option<Instant> {
        let is_asked = self.asked != beat.answered;
        self.due_at = match self.limits(beat) {
            Some((work_until, answer_until)) => {
                Some(answer_until.map_or(work_until, |until| until.min(work_until)))
            }
            None if is_asked => Some(now + ANSWER_TIMEOUT),
            None => is_wanted.then(|| now + LOOK_INTERVAL),
        };
        self.due_at
    }

    /// Counts nothing of what was before.
    pub(super) const fn forgive(&mut self, now: Instant) {
        self.counts_from = now;
        self.due_at = None;
    }

    /// Until when a thread at work must be done, and have answered.
    fn limits(&self, beat: Beat) -> Option<(Instant, Option<Instant>)> {
        let (since, timeout) = beat.work?;
        let answer_until = self.asked_at.max(self.counts_from) + ANSWER_TIMEOUT;
        let is_asked = self.asked != beat.answered;
        let work_until = since.max(self.counts_from) + timeout;
        Some((work_until, is_asked.then_some(answer_until)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::clock::instant;

    /// A loop and a thread in virtual time.
    struct Pair {
        now: Instant,
        pulse: Pulse,
        watch: Watch,
    }

    impl Pair {
        fn new() -> Self {
            let now = instant();
            Self {
                now,
                pulse: Pulse::default(),
                watch: Watch::new(now),
            }
        }

        /// Turns of the loop, whenever one is due, for this long.
        fn run(&mut self, milliseconds: u64) -> Option<Hang> {
            let end = self.now + Duration::from_millis(milliseconds);
            loop {
                let beat = self.pulse.beat();
                if let Some(hang) = self.watch.judge(self.now, beat) {
                    return Some(hang);
                }
                let due_at = self.watch.arm(self.now, beat, true).unwrap();
                assert!(due_at > self.now, "no busy loop");
                self.now = due_at.min(end);
                if self.now == end {
                    return None;
                }
            }
        }

        /// Nobody looks for this long.
        fn skip(&mut self, seconds: u64) {
            self.now += Duration::from_secs(seconds);
        }
    }

    #[test]
    fn a_thread_that_does_not_answer_hangs_within_a_second() {
        let mut pair = Pair::new();
        pair.pulse.begin(pair.now, OPEN_TIMEOUT);
        assert_eq!(pair.run(5000), None, "opening may take its time");
        pair.watch.ask(pair.now);
        assert_eq!(pair.run(500), None);
        assert_eq!(pair.run(500), Some(Hang::NoAnswer));
    }

    #[test]
    fn a_thread_that_never_comes_back_hangs_unasked() {
        let mut pair = Pair::new();
        assert_eq!(pair.run(60_000), None, "it waits for something to do");
        pair.pulse.begin(pair.now, TURN_TIMEOUT);
        assert_eq!(pair.run(2900), None);
        assert_eq!(pair.run(2200), Some(Hang::NoEnd));
        pair.pulse.rest();
        assert_eq!(pair.run(60_000), None);
    }

    #[test]
    fn one_answer_gives_time_for_the_next() {
        let mut pair = Pair::new();
        pair.pulse.begin(pair.now, OPEN_TIMEOUT);
        assert_eq!(pair.watch.ask(pair.now), 1);
        assert_eq!(pair.run(400), None);
        assert_eq!(pair.watch.ask(pair.now), 2);
        assert_eq!(pair.run(100), None);
        pair.pulse.answer(1);
        assert_eq!(pair.run(500), None);
        pair.pulse.answer(2);
        assert_eq!(pair.run(2000), None);
        assert_eq!(pair.watch.ask(pair.now), 3);
        assert_eq!(pair.run(700), Some(Hang::NoAnswer));
    }

    /// Ctrl-Z, a laptop that slept, a debugger.
    #[test]
    fn a_loop_that_was_held_up_blames_nobody() {
        let mut pair = Pair::new();
        pair.pulse.begin(pair.now, TURN_TIMEOUT);
        pair.watch.ask(pair.now);
        assert_eq!(pair.run(100), None);
        pair.skip(60);
        assert_eq!(pair.run(100), None);
        pair.pulse.answer(1);
        assert_eq!(pair.run(2800), None);
        assert_eq!(pair.run(200), Some(Hang::NoEnd));
    }

    #[test]
    fn a_thread_without_work_is_not_looked_at() {
        let (now, pulse) = (instant(), Pulse::default());
        let mut watch = Watch::new(now);
        assert_eq!(watch.arm(now, pulse.beat(), false), None);
        let number = watch.ask(now);
        assert!(watch.arm(now, pulse.beat(), false).is_some());
        pulse.answer(number);
        assert_eq!(watch.arm(now, pulse.beat(), false), None);
    }
}
