//! Two real programs over a link with a rate, a delay, a bounded queue and stalls, beside a naive
//! pair that sends each picture whole; then the age of texts beside video on the slowest of them:
//! `make bench-link`, which runs all cases. Without `full` in the arguments it is two short ones,
//! with `texts` only the texts. `TTYCHAT_CLIP` names what is filmed; `TTYCHAT_LINKS` chooses cases,
//! as in `256x20,drop`.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark"
)]

#[cfg(unix)]
mod chart;
#[cfg(unix)]
mod clip;
#[cfg(unix)]
mod ends;
#[cfg(unix)]
mod relay;
#[cfg(unix)]
mod screen;
#[cfg(unix)]
mod texts;

#[cfg(unix)]
use ends::Seen;
#[cfg(unix)]
use std::time::Duration;

/// Time before the figures begin: the call is made and the link is measured.
#[cfg(unix)]
const WARM_UP: Duration = Duration::from_secs(4);

/// For how long texts are typed.
#[cfg(unix)]
const TEXT_TIME: Duration = Duration::from_secs(22);

/// On faster links a text waits for nothing.
#[cfg(unix)]
const TEXT_KBIT_MAX: u64 = 256;

/// How a link changes while it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg(unix)]
enum Course {
    /// Five megabits a second, of which for some seconds a quarter of one is left.
    Drop,
    /// It stays as it is.
    Steady,
    /// Nothing passes for three seconds, every nine.
    Stall,
}

#[derive(Clone, Copy, Debug)]
#[cfg(unix)]
struct Case {
    kbit: u64,
    round_trip_ms: u64,
    course: Course,
}

/// What was seen on the receiving screen.
#[derive(Debug)]
#[cfg(unix)]
pub(crate) struct Outcome {
    pub(crate) kbit: f64,
    pub(crate) round_trip_ms: u64,
    count: usize,
    /// Pictures a second.
    pub(crate) rate: f64,
    /// In milliseconds, beyond the one-way delay.
    pub(crate) age_p50: f64,
    pub(crate) age_p95: f64,
    pub(crate) age_max: f64,
    steady: bool,
}

#[cfg(unix)]
impl Case {
    fn name(self) -> String {
        match self.course {
            Course::Drop => "drop".to_owned(),
            Course::Steady => format!("{}x{}", self.kbit, self.round_trip_ms),
            Course::Stall => "stall".to_owned(),
        }
    }

    fn time(self) -> Duration {
        let seconds = match self.course {
            Course::Drop | Course::Stall => 26,
            Course::Steady => 10,
        };
        WARM_UP + Duration::from_secs(seconds)
    }

    fn run(
        self,
        run: impl FnOnce(&std::sync::Arc<relay::Shape>, &dyn Fn(Duration)) -> Vec<Seen>,
    ) -> Outcome {
        let delay = Duration::from_millis(self.round_trip_ms) / 2;
        let shape = relay::Shape::new(self.kbit * 1000, delay);
        let stalls = std::cell::Cell::new(1);
        let during = |elapsed: Duration| match self.course {
            Course::Drop => {
                let is_low = (10..20).contains(&elapsed.as_secs());
                shape.set_rate(if is_low { 256_000 } else { 5_000_000 });
            }
            Course::Steady => {}
            Course::Stall => {
                if elapsed.as_secs() >= stalls.get() * 9 {
                    stalls.set(stalls.get() + 1);
                    shape.stall(Duration::from_secs(3));
                }
            }
        };
        let seen = run(&shape, &during);
        self.judge(&seen)
    }

    fn judge(self, seen: &[Seen]) -> Outcome {
        let one_way_ms = self.round_trip_ms as f64 / 2.0;
        let after = seen.iter().filter(|seen| seen.at >= WARM_UP);
        let mut ages: Vec<f64> = after.map(|seen| seen.age_ms - one_way_ms).collect();
        ages.sort_by(f64::total_cmp);
        let at = |part: f64| {
            let index = (ages.len() as f64 * part).ceil() as usize;
            ages.get(index.max(1) - 1).copied().unwrap_or(f64::INFINITY)
        };
        Outcome {
            kbit: self.kbit as f64,
            round_trip_ms: self.round_trip_ms,
            count: ages.len(),
            rate: ages.len() as f64 / self.time().saturating_sub(WARM_UP).as_secs_f64(),
            age_p50: at(0.5),
            age_p95: at(0.95),
            age_max: at(1.0),
            steady: self.course == Course::Steady,
        }
    }
}

#[cfg(unix)]
fn cases(is_full: bool) -> Vec<Case> {
    let mut cases = Vec::new();
    let (rates, round_trips): (&[u64], &[u64]) = if is_full {
        (&[64, 128, 256, 512, 1000, 2000, 10_000], &[0, 20, 100, 300])
    } else {
        (&[256, 2000], &[20])
    };
    for &kbit in rates {
        for &round_trip_ms in round_trips {
            cases.push(Case {
                kbit,
                round_trip_ms,
                course: Course::Steady,
            });
        }
    }
    if is_full {
        for (kbit, course) in [(5000, Course::Drop), (1000, Course::Stall)] {
            cases.push(Case {
                kbit,
                round_trip_ms: 20,
                course,
            });
        }
    }
    if let Ok(chosen) = std::env::var("TTYCHAT_LINKS") {
        cases.retain(|case| chosen.split(',').any(|name| name == case.name()));
    }
    cases
}

#[cfg(unix)]
fn main() {
    let is_asked = |word| std::env::args().any(|argument| argument == word);
    let (is_full, texts_only) = (is_asked("full"), is_asked("texts"));
    let program = std::env::var("TTYCHAT_PROGRAM")
        .unwrap_or_else(|_| env!("CARGO_BIN_EXE_ttychat").to_owned());
    println!(
        "each way: so many kbit/s, round trip in ms, a queue of {} bytes",
        relay::QUEUE_LEN_MAX
    );
    if !texts_only {
        compare(&program, is_full);
        println!();
    }
    print_texts(&program, is_full || texts_only);
}

/// Our pictures and those of the naive pair.
#[cfg(unix)]
fn compare(program: &str, is_full: bool) {
    println!("age: of the picture on the receiving screen, beyond the one-way delay, in ms");
    println!(
        "| link | shown/s | age p50 | age p95 | age max | naive: shown/s | age p50 | age p95 |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let (mut ours, mut naives) = (Vec::new(), Vec::new());
    for case in cases(is_full) {
        let our = case.run(|shape, during| ends::call(program, shape, case.time(), during));
        let naive = case.run(|shape, during| ends::naive(shape, case.time(), during));
        println!(
            "| {} | {:.1} | {:.0} | {:.0} | {:.0} | {:.1} | {:.0} | {:.0} |",
            case.name(),
            our.rate,
            our.age_p50,
            our.age_p95,
            our.age_max,
            naive.rate,
            naive.age_p50,
            naive.age_p95
        );
        ours.push(our);
        naives.push(naive);
    }
    if is_full && !ours.is_empty() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/target/link.svg");
        std::fs::write(path, chart(&ours, &naives)).unwrap();
        println!("chart: {path}");
    }
}

/// The cases in which texts are typed.
#[cfg(unix)]
fn print_texts(program: &str, is_full: bool) {
    println!();
    println!(
        "text, from Enter to the other screen, beyond the one-way delay, in ms; video both ways"
    );
    println!("| link | texts | age p50 | age p95 | age max |");
    println!("| --- | --- | --- | --- | --- |");
    for case in cases(is_full) {
        if case.course != Course::Steady || case.kbit > TEXT_KBIT_MAX {
            continue;
        }
        let time = WARM_UP + TEXT_TIME;
        let texts = case.run(|shape, _during| texts::call(program, shape, time));
        println!(
            "| {} | {} | {:.0} | {:.0} | {:.0} |",
            case.name(),
            texts.count,
            texts.age_p50,
            texts.age_p95,
            texts.age_max
        );
    }
}

#[cfg(unix)]
fn chart(ours: &[Outcome], naives: &[Outcome]) -> String {
    let colours = [
        (0, "#1b9e77"),
        (20, "#d95f02"),
        (100, "#7570b3"),
        (300, "#e7298a"),
    ];
    let mut curves = Vec::new();
    for (dashed, kind, outcomes) in [(false, "ours", ours), (true, "naive", naives)] {
        for (round_trip_ms, colour) in colours {
            let of_curve = outcomes.iter();
            let of_curve = of_curve.filter(|one| one.steady && one.round_trip_ms == round_trip_ms);
            curves.push(chart::Curve {
                name: format!("{kind} {round_trip_ms} ms"),
                colour,
                dashed,
                outcomes: of_curve.collect(),
            });
        }
    }
    chart::draw(&curves)
}

#[cfg(not(unix))]
fn main() {
    println!("left out: its relay and its screens need Unix");
}
