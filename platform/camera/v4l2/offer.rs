//! What a device offers: its formats, sizes and rates, each list bounded, and all of its picture.
//!
//! Invariant: a driver that never ends a list costs a bounded number of ioctls.

use super::{
    super::{FourCc, Mode},
    answer::{Area, Granted, Interval, IntervalOffer, Range, SizeOffer},
    kernel::{COMPOSE, CROP, CROP_DEFAULT, Node},
};
use std::io;

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

/// The largest size of a range that is added to those, if the range ends there: of a screen that is
/// captured. Larger ones are made for nothing, since a terminal shows less.
const LARGEST: (u32, u32) = (1920, 1200);

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

/// Has the driver take all that comes in, whatever another program wants of it. To be called before
/// the format is set, which may leave room for a part only.
pub(super) fn uncrop(node: &Node) {
    // Most drivers know nothing of it, and what is refused stays as it is.
    if let (Ok(area), Ok(all)) = (node.selection(CROP), node.selection(CROP_DEFAULT))
        && area != all
    {
        drop(node.set_selection(CROP, all));
    }
}

/// Has the driver fill the whole picture: one that can scale goes on to fill as much as before, and
/// leaves the rest empty. Gives the format anew, which that may change.
pub(super) fn fill(node: &Node, granted: Granted) -> io::Result<Granted> {
    let all = Area {
        left: 0,
        top: 0,
        width: granted.width,
        height: granted.height,
    };
    let is_filled = node.selection(COMPOSE).is_ok_and(|area| area != all)
        && node.set_selection(COMPOSE, all).is_ok();
    if is_filled {
        node.format()
    } else {
        Ok(granted)
    }
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

/// The usual sizes that lie in a range, or a little below where its steps meet them not quite, and
/// the largest one of a range that ends among them: that of a screen, or of a sensor.
fn ladder(width: Range, height: Range) -> Vec<(u32, u32)> {
    let fit = |(w, h): (u32, u32)| Some((width.at_most(w)?, height.at_most(h)?));
    // Less than a sixteenth is missing in each direction.
    let is_near = |(w, h): (u32, u32), (wanted_w, wanted_h): (u32, u32)| {
        let is_near = |has: u32, wanted: u32| u64::from(has) * 16 > u64::from(wanted) * 15;
        is_near(w, wanted_w) && is_near(h, wanted_h)
    };
    let usual = LADDER.into_iter().filter_map(|usual| {
        let size = fit(usual)?;
        is_near(size, usual).then_some(size)
    });
    let mut sizes: Vec<(u32, u32)> = usual.collect();
    sizes.dedup();
    if let Some(largest) = fit((width.max, height.max)) {
        let is_usual = largest.0 <= LARGEST.0 && largest.1 <= LARGEST.1;
        let is_there = sizes.iter().any(|size| is_near(*size, largest));
        if sizes.is_empty() || is_usual && !is_there {
            sizes.push(largest);
        }
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
    /// The largest value of the range that is not above `value`; never 0.
    fn at_most(self, value: u32) -> Option<u32> {
        let Self { min, max, step } = self;
        let over = value.min(max).checked_sub(min)?;
        let value = min + (over - over % step.max(1));
        (value > 0).then_some(value)
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
            reason = "1 to a million after clamping; NaN becomes 0, for drivers the default"
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

    fn range(min: u32, max: u32, step: u32) -> Range {
        Range { min, max, step }
    }

    #[test]
    fn a_range_becomes_the_usual_sizes_that_lie_in_it() {
        let all = range(16, 16384, 2);
        assert_eq!(ladder(all, all), LADDER);
        let empty = range(0, 0, 0);
        assert_eq!(ladder(empty, empty), []);
        assert_eq!(ladder(range(9, 8, 1), all), [], "upside down");
        assert_eq!(ladder(range(0, u32::MAX, 0), range(0, u32::MAX, 1)), LADDER);
    }

    /// `width` and `height` as `v4l2-ctl --list-framesizes` has them.
    #[test]
    fn ranges_that_miss_the_usual_sizes_give_sensible_ones() {
        let sixteen = |max| range(16, max, 16);
        let expected = [
            (320, 176),
            (320, 240),
            (640, 352),
            (640, 480),
            (800, 592),
            (1024, 768),
            (1280, 720),
            (1920, 1072),
        ];
        assert_eq!(ladder(sixteen(4096), sixteen(4096)), expected);
        // A capture card of analog video.
        let (width, height) = (range(48, 720, 2), range(32, 576, 2));
        let analog = [
            (160, 120),
            (320, 180),
            (320, 240),
            (640, 360),
            (640, 480),
            (720, 576),
        ];
        assert_eq!(ladder(width, height), analog);
        // One that gives the screen's size and no other.
        let (width, height) = (range(1280, 1280, 0), range(1024, 1024, 0));
        assert_eq!(ladder(width, height), [(1280, 1024)]);
        let (width, height) = (range(3840, 3840, 1), range(2160, 2160, 1));
        assert_eq!(ladder(width, height), [(3840, 2160)]);
        // Odd beginnings and steps.
        let (width, height) = (range(600, 700, 40), range(1, 401, 7));
        assert_eq!(ladder(width, height), [(640, 358), (680, 400)]);
        assert_eq!(ladder(range(2, 64, 3), range(2, 48, 5)), [(62, 47)]);
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
