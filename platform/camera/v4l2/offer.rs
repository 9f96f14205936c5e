//! What a device offers: its formats, sizes and rates, each list bounded.
//!
//! Invariant: a driver that never ends a list costs a bounded number of ioctls.

use super::{
    super::{FourCc, Mode},
    answer::{Interval, IntervalOffer, Range, SizeOffer},
    kernel::Node,
};

/// Most formats asked for. The test driver vivid has 83.
const FORMATS_MAX: u32 = 128;
/// Most sizes asked for in a format.
const SIZES_MAX: u32 = 64;
/// Most intervals asked for in a size.
const INTERVALS_MAX: u32 = 64;
/// Most modes kept.
const MODES_MAX: usize = 1024;
/// Fastest believable rate, in pictures a second.
const RATE_MAX: f64 = 1000.0;

/// The sizes that are tried where a driver offers a range: the usual ones of cameras.
const LADDER: [(u32, u32); 9] = [
    (160, 120),
    (320, 180),
    (320, 240),
    (640, 360),
    (640, 480),
    (800, 600),
    (1024, 768),
    (1280, 720),
    (1920, 1080),
];

/// All modes, in the driver's order; what is set now when the driver has no lists.
pub(super) fn modes(node: &Node) -> Vec<Mode> {
    let mut modes = Vec::new();
    for format in formats(node) {
        for (width, height) in sizes(node, format) {
            if modes.len() >= MODES_MAX {
                return modes;
            }
            let rates = intervals(node, format, (width, height));
            let rate_max = rates
                .iter()
                .filter_map(IntervalOffer::rate_max)
                .fold(0.0, f64::max);
            modes.push(Mode {
                format,
                width,
                height,
                rate_max,
            });
        }
    }
    if modes.is_empty() {
        modes.extend(node.format().ok().map(|set| Mode {
            format: set.format,
            width: set.width,
            height: set.height,
            rate_max: 0.0,
        }));
    }
    modes
}

/// The slowest interval of a mode that still gives `rate` pictures a second, else the fastest.
/// A driver that is asked for a rate between two of its own may round it down.
pub(super) fn interval_for(node: &Node, mode: Mode, rate: f64) -> Interval {
    let offers = intervals(node, mode.format, (mode.width, mode.height));
    let mut best: Option<(f64, Interval)> = None;
    for (offered, interval) in offers.iter().filter_map(|offer| offer.nearest(rate)) {
        // 2 % of slack: 29.97 is meant when 30 is asked.
        let suffices = |rate_offered: f64| rate_offered >= rate * 0.98;
        let is_better = best.is_none_or(|(best, _)| match (suffices(offered), suffices(best)) {
            (true, true) => offered < best,
            (false, false) => offered > best,
            (is_enough, _) => is_enough,
        });
        if is_better {
            best = Some((offered, interval));
        }
    }
    best.map_or_else(|| Interval::of_rate(rate), |(_, interval)| interval)
}

fn formats(node: &Node) -> Vec<FourCc> {
    let offers = (0..FORMATS_MAX).map_while(|index| node.format_offer(index).ok());
    let mut formats: Vec<FourCc> = Vec::new();
    for format in offers {
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    formats
}

fn sizes(node: &Node, format: FourCc) -> Vec<(u32, u32)> {
    let mut sizes: Vec<(u32, u32)> = Vec::new();
    for index in 0..SIZES_MAX {
        match node.size_offer(format, index) {
            Ok(SizeOffer::Discrete { width, height }) => {
                if width > 0 && height > 0 && !sizes.contains(&(width, height)) {
                    sizes.push((width, height));
                }
            }
            Ok(SizeOffer::Stepwise { width, height }) => {
                sizes.extend(ladder(width, height));
                break;
            }
            Err(_) => break,
        }
    }
    if sizes.is_empty() {
        sizes.extend(node.format().ok().map(|set| (set.width, set.height)));
    }
    sizes
}

fn ladder(width: Range, height: Range) -> Vec<(u32, u32)> {
    let usual = LADDER
        .into_iter()
        .filter(|&(w, h)| width.contains(w) && height.contains(h));
    let mut sizes: Vec<(u32, u32)> = usual.collect();
    if sizes.is_empty() && width.max > 0 && height.max > 0 {
        sizes.push((width.max, height.max));
    }
    sizes
}

fn intervals(node: &Node, format: FourCc, size: (u32, u32)) -> Vec<IntervalOffer> {
    let mut offers = Vec::new();
    for index in 0..INTERVALS_MAX {
        let Ok(offer) = node.interval_offer(format, size, index) else {
            break;
        };
        offers.push(offer);
        if let IntervalOffer::Stepwise { .. } = offer {
            break;
        }
    }
    offers
}

impl Range {
    fn contains(self, value: u32) -> bool {
        let steps_fit = value
            .checked_sub(self.min)
            .is_some_and(|over| over % self.step.max(1) == 0);
        steps_fit && value <= self.max
    }
}

impl Interval {
    /// Pictures a second; `None` when the fraction makes no sense.
    pub(super) fn rate(self) -> Option<f64> {
        let rate = f64::from(self.denominator) / f64::from(self.numerator);
        (rate > 0.0 && rate <= RATE_MAX).then_some(rate)
    }

    /// In thousandths, so that 12.5 a second can be said. Rates below one in a thousand seconds
    /// are taken for that.
    fn of_rate(rate: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "1 to a million; NaN becomes 0, which drivers take for the default"
        )]
        let denominator = (rate * 1000.0).clamp(1.0, RATE_MAX * 1000.0) as u32;
        Self {
            numerator: 1000,
            denominator,
        }
    }
}

impl IntervalOffer {
    fn rate_max(&self) -> Option<f64> {
        match self {
            Self::Discrete(interval) => interval.rate(),
            Self::Stepwise { min, .. } => min.rate(),
        }
    }

    /// The rate of this offer that is nearest to `rate`.
    fn nearest(&self, rate: f64) -> Option<(f64, Interval)> {
        match *self {
            Self::Discrete(interval) => Some((interval.rate()?, interval)),
            Self::Stepwise { min, max } => match (min.rate()?, max.rate()) {
                (fastest, _) if rate >= fastest => Some((fastest, min)),
                (_, Some(slowest)) if rate <= slowest => Some((slowest, max)),
                _ => Some((rate, Interval::of_rate(rate))),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_becomes_the_usual_sizes_that_lie_in_it() {
        let all = Range {
            min: 16,
            max: 16384,
            step: 2,
        };
        assert_eq!(ladder(all, all), LADDER);
        let narrow = Range {
            min: 600,
            max: 700,
            step: 40,
        };
        let low = Range {
            min: 1,
            max: 400,
            step: 0,
        };
        assert_eq!(ladder(narrow, low), [(640, 360)]);
        assert_eq!(
            ladder(narrow, narrow),
            [(700, 700)],
            "none fits: the largest"
        );
        let empty = Range {
            min: 0,
            max: 0,
            step: 0,
        };
        assert_eq!(ladder(empty, empty), []);
    }

    #[test]
    fn an_offer_gives_the_nearest_rate_it_has() {
        let second = |denominator| Interval {
            numerator: 1,
            denominator,
        };
        let range = IntervalOffer::Stepwise {
            min: second(60),
            max: second(5),
        };
        assert_eq!(range.nearest(90.0), Some((60.0, second(60))));
        assert_eq!(range.nearest(1.0), Some((5.0, second(5))));
        let between = Interval {
            numerator: 1000,
            denominator: 12500,
        };
        assert_eq!(range.nearest(12.5), Some((12.5, between)));
        assert_eq!(IntervalOffer::Discrete(second(0)).nearest(30.0), None);
        let nonsense = Interval {
            numerator: 0,
            denominator: 1,
        };
        assert_eq!(IntervalOffer::Discrete(nonsense).nearest(30.0), None);
    }
}
