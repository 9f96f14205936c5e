//! Pacing against a path with a rate, a delay and a buffer, in virtual time.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    reason = "figures of a test, and where its time begins"
)]

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};
use ttychat::screen::{
    CellSize,
    pacing::{Mark, Occasion, Pacing, Reach},
};

const WINDOW: CellSize = CellSize {
    columns: 160,
    rows: 45,
};

/// A path that carries `rate` bytes a second and takes `delay` each way.
struct Path {
    rate: f64,
    delay: Duration,
    free_at: Instant,
    /// When each answer arrives, and its column.
    answers: VecDeque<(Instant, u16)>,
    answers_at_all: bool,
}

/// What came of a run.
#[derive(Debug)]
struct Outcome {
    per_second: f64,
    /// From the begin of a frame to its last byte at the terminal, 95 % of them.
    age: Duration,
    mean_len: f64,
}

impl Path {
    fn new(now: Instant, rate: f64, delay_ms: u64) -> Self {
        Self {
            rate,
            delay: Duration::from_millis(delay_ms),
            free_at: now,
            answers: VecDeque::new(),
            answers_at_all: true,
        }
    }

    /// Sends a frame; gives when its last byte is at the terminal.
    fn send(&mut self, now: Instant, len: usize, mark: Option<Mark>) -> Instant {
        let begin = self.free_at.max(now);
        self.free_at = begin + Duration::from_secs_f64(len as f64 / self.rate);
        let shown = self.free_at + self.delay;
        if let Some(mark) = mark.filter(|_| self.answers_at_all) {
            self.answers.push_back((shown + self.delay, mark.column));
        }
        shown
    }
}

/// Thirty pictures a second for `seconds`; frames are as long as they should be, give or take.
fn run(pacing: &mut Pacing, path: &mut Path, start: Instant, seconds: u64) -> Outcome {
    let step = Duration::from_micros(500);
    let mut now = start;
    let mut next_picture = start;
    // The newest picture, if no frame shows it.
    let mut waiting: Option<Instant> = None;
    let (mut ages, mut lens) = (Vec::new(), Vec::new());
    let mut seed = 12_345_u64;
    while now < start + Duration::from_secs(seconds) {
        while path.answers.front().is_some_and(|(at, _)| *at <= now) {
            let (_, column) = path.answers.pop_front().unwrap();
            pacing.handle_reply(now, column);
        }
        pacing.handle_timeout(now);
        if next_picture <= now {
            waiting = Some(next_picture);
            next_picture += Duration::from_nanos(33_333_333);
        }
        if let Some(captured_at) = waiting
            && pacing.begin_at(now, Occasion::Picture) <= now
        {
            waiting = None;
            if pacing.wants_probe(now) {
                let mark = pacing.next_mark(now);
                path.send(now, 12, mark);
                pacing.handle_frame(now, 12, mark);
            }
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let spread = 0.75 + (seed >> 40) as f64 / (1_u64 << 24) as f64 * 0.5;
            let len = (pacing.budget(Occasion::Picture).wanted as f64 * spread) as usize;
            let mark = pacing.next_mark(now);
            let shown = path.send(now, len, mark);
            pacing.handle_frame(now, len, mark);
            pacing.handle_written(now);
            // The first seconds are for finding out.
            if now > start + Duration::from_secs(2) {
                ages.push(shown - captured_at);
                lens.push(len as f64);
            }
        }
        now += step;
    }
    ages.sort();
    Outcome {
        per_second: ages.len() as f64 / (seconds - 2) as f64,
        age: ages[ages.len() * 95 / 100],
        mean_len: lens.iter().sum::<f64>() / lens.len() as f64,
    }
}

#[track_caller]
fn check(rate: f64, delay_ms: u64, at_least: f64, age_ms_max: u64) {
    let start = Instant::now();
    let mut pacing = Pacing::new(start, WINDOW, None, Reach::Anywhere);
    let mut path = Path::new(start, rate, delay_ms);
    let outcome = run(&mut pacing, &mut path, start, 12);
    assert!(
        outcome.per_second >= at_least && outcome.age <= Duration::from_millis(age_ms_max),
        "{rate} B/s and {delay_ms} ms: {outcome:?}"
    );
}

#[test]
fn frames_are_as_many_as_a_path_carries_and_none_is_old() {
    check(40e3, 40, 3.5, 700);
    check(125e3, 40, 8.0, 350);
    check(300e3, 40, 15.0, 220);
    check(2.5e6, 150, 28.0, 260);
    check(20e6, 1, 29.0, 50);
    check(1e6, 300, 20.0, 450);
}

#[test]
fn a_path_that_gets_slower_and_quicker_is_followed() {
    let start = Instant::now();
    let mut pacing = Pacing::new(start, WINDOW, None, Reach::Anywhere);
    let mut path = Path::new(start, 2e6, 30);
    let quick = run(&mut pacing, &mut path, start, 6);
    path.rate = 100e3;
    let slow = run(&mut pacing, &mut path, start + Duration::from_secs(6), 10);
    path.rate = 2e6;
    let again = run(&mut pacing, &mut path, start + Duration::from_secs(16), 8);
    assert!(
        quick.per_second > 28.0 && quick.age.as_millis() < 120,
        "{quick:?}"
    );
    assert!(
        slow.per_second > 6.0 && slow.age.as_millis() < 450,
        "{slow:?}"
    );
    assert!(
        again.per_second > 26.0 && again.age.as_millis() < 150,
        "{again:?}"
    );
}

#[test]
fn a_stalled_path_is_not_filled() {
    let start = Instant::now();
    let mut pacing = Pacing::new(start, WINDOW, None, Reach::Anywhere);
    let mut path = Path::new(start, 500e3, 20);
    run(&mut pacing, &mut path, start, 4);
    // Nothing moves for three seconds.
    let stalled = start + Duration::from_secs(4);
    path.free_at = stalled + Duration::from_secs(3);
    let during = run(&mut pacing, &mut path, stalled, 3);
    let held = path
        .free_at
        .saturating_duration_since(stalled + Duration::from_secs(3));
    assert!(
        held.as_millis() < 1_200,
        "{held:?} of frames wait: {during:?}"
    );
    let after = run(&mut pacing, &mut path, stalled + Duration::from_secs(3), 8);
    assert!(
        after.per_second > 15.0 && after.age.as_millis() < 250,
        "{after:?}"
    );
}

#[test]
fn a_terminal_without_answers_gets_a_fixed_rate_and_is_asked_again() {
    let start = Instant::now();
    let mut pacing = Pacing::new(start, WINDOW, None, Reach::Anywhere);
    let mut path = Path::new(start, 1e6, 10);
    path.answers_at_all = false;
    let silent = run(&mut pacing, &mut path, start, 10);
    assert!(!pacing.is_acknowledged());
    assert!((24.0..31.0).contains(&silent.per_second), "{silent:?}");
    path.answers_at_all = true;
    let then = start + Duration::from_secs(10);
    let answering = run(&mut pacing, &mut path, then, 14);
    assert!(pacing.is_acknowledged());
    assert!(answering.per_second > 20.0, "{answering:?}");
}

#[test]
fn a_limit_holds_and_a_multiplexer_is_not_asked() {
    let start = Instant::now();
    let mut pacing = Pacing::new(start, WINDOW, Some(100_000), Reach::Behind);
    let mut path = Path::new(start, 10e6, 1);
    let outcome = run(&mut pacing, &mut path, start, 10);
    let bytes_per_s = outcome.per_second * outcome.mean_len;
    assert!((60e3..100e3).contains(&bytes_per_s), "{outcome:?}");
    assert_eq!(pacing.next_mark(start), None);
    assert_eq!(pacing.outstanding(), 0);
    let mut pacing = Pacing::new(start, WINDOW, Some(100_000), Reach::Anywhere);
    let mut path = Path::new(start, 10e6, 1);
    let outcome = run(&mut pacing, &mut path, start, 10);
    assert!(outcome.per_second * outcome.mean_len < 100e3, "{outcome:?}");
}

#[test]
fn what_a_person_waits_for_does_not_wait_for_its_turn() {
    let start = Instant::now();
    let mut pacing = Pacing::new(start, WINDOW, None, Reach::Anywhere);
    let mut path = Path::new(start, 40e3, 40);
    run(&mut pacing, &mut path, start, 10);
    let now = start + Duration::from_secs(10);
    let wait = |occasion| {
        pacing
            .begin_at(now, occasion)
            .saturating_duration_since(now)
    };
    assert!(wait(Occasion::Person) <= wait(Occasion::Picture));
    assert!(wait(Occasion::Person) < Duration::from_millis(300));
}

#[test]
fn answers_that_nobody_asked_for_change_nothing() {
    let start = Instant::now();
    let mut pacing = Pacing::new(start, WINDOW, None, Reach::Anywhere);
    for column in 0..200 {
        pacing.handle_reply(start + Duration::from_millis(column.into()), column);
    }
    assert_eq!(pacing.outstanding(), 0);
    assert_eq!(pacing.round_trip(), None);
    let mark = pacing.next_mark(start);
    pacing.handle_frame(start, 5_000, mark);
    pacing.handle_written(start);
    assert_eq!(pacing.outstanding(), 1);
    pacing.handle_reply(start + Duration::from_millis(5), 77);
    assert_eq!(
        pacing.outstanding(),
        1,
        "another column is of another request"
    );
}

#[test]
fn a_lost_answer_is_made_up_for_by_the_next() {
    let start = Instant::now();
    let mut pacing = Pacing::new(start, WINDOW, None, Reach::Anywhere);
    let mut columns = Vec::new();
    for _ in 0..3 {
        let mark = pacing.next_mark(start).unwrap();
        columns.push(mark.column);
        pacing.handle_frame(start, 1_000, Some(mark));
        pacing.handle_written(start);
    }
    pacing.handle_reply(start + Duration::from_millis(9), columns[2]);
    assert_eq!(pacing.outstanding(), 0);
}

#[test]
fn a_window_of_one_row_or_column_is_asked_nothing_wrong() {
    let start = Instant::now();
    for (columns, rows) in [(0, 0), (1, 1), (1, 9), (9, 1), (3, 2)] {
        let cells = CellSize { columns, rows };
        let pacing = Pacing::new(start, cells, None, Reach::Anywhere);
        if let Some(mark) = pacing.next_mark(start) {
            assert!(mark.row > 0 && mark.row < rows && mark.column < columns);
        }
        assert!(pacing.budget(Occasion::Picture).max > 0);
    }
}

#[test]
fn pictures_that_come_as_asked_for_do_not_keep_waiting() {
    let start = Instant::now();
    let mut pacing = Pacing::new(start, WINDOW, Some(100_000), Reach::Behind);
    let between = Duration::from_secs_f64(1.0 / pacing.frame_rate().unwrap());
    let len = pacing.budget(Occasion::Picture).wanted;
    // The first one comes in the middle of a turn.
    pacing.handle_frame(start, len, None);
    let mut picture_at = start + between / 2;
    let mut waits = Vec::new();
    for _ in 0..12 {
        let begun_at = pacing
            .begin_at(picture_at, Occasion::Picture)
            .max(picture_at);
        pacing.handle_frame(begun_at, len, None);
        pacing.handle_written(begun_at);
        waits.push(begun_at - picture_at);
        picture_at += between;
    }
    assert!(waits[0] > between / 4, "{waits:?}");
    assert!(waits[11] < between / 50, "{waits:?}");
}

#[test]
fn a_stop_says_nothing_of_the_path() {
    // Stopped with an answer outstanding, and in the middle of a frame that nobody will answer.
    for answers_at_all in [true, false] {
        let start = Instant::now();
        let mut pacing = Pacing::new(start, WINDOW, None, Reach::Anywhere);
        let mut path = Path::new(start, 1e6, 10);
        path.answers_at_all = answers_at_all;
        let before = run(&mut pacing, &mut path, start, 10);
        let stopped_at = start + Duration::from_secs(10);
        let mark = pacing.next_mark(stopped_at);
        pacing.handle_frame(stopped_at, 4000, mark);
        path.answers.clear();
        let then = stopped_at + Duration::from_secs(20);
        pacing.handle_restart();
        pacing.handle_timeout(then);
        // The rest of the frame, and what sets the terminal up.
        pacing.handle_written(then);
        pacing.handle_written(then);
        let next = pacing.begin_at(then, Occasion::Picture);
        assert!(
            next <= then + Duration::from_millis(50),
            "{:?}",
            next - then
        );
        assert_eq!(pacing.is_acknowledged(), answers_at_all);
        let after = run(&mut pacing, &mut path, then, 4);
        assert!(
            after.per_second > before.per_second * 0.8,
            "{after:?} after {before:?}"
        );
    }
}
