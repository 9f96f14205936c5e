//! A camera that obeys the session, over links of any rate and delay: what is promised of the
//! picture's age, of the number of pictures and of texts.

use super::*;
use ttychat::session::PicturePlan;

const CAMERA_INTERVAL: Duration = Duration::from_micros(33_333);
const TEXT_INTERVAL: Duration = Duration::from_millis(317);
/// The call is made and the link is measured.
const WARM_UP: Duration = Duration::from_secs(4);

/// What was seen at the far end of a link.
#[derive(Debug, Default)]
struct Viewed {
    /// Beyond the link's delay, in milliseconds.
    ages: Vec<f64>,
    texts: Vec<f64>,
    lens: Vec<usize>,
}

/// A picture as a talking head would have it by this plan, with the time of its capture.
fn filmed(
    now: Instant,
    since: Duration,
    plan: PicturePlan,
    moves: f64,
    random: &mut Random,
) -> OutgoingPicture {
    let part = f64::from(plan.eighths) / 8.0;
    let (width, height) = (160.0 * part, 90.0 * part);
    let pixels = (width * height / 14_400.0).powf(0.8);
    let restlessness =
        1.0 + 0.3 * (since.as_secs_f64() * 0.7).sin() + random.below(30) as f64 / 100.0;
    let len = (400.0 + 42.0 * f64::from(plan.quality)) * pixels * restlessness * moves;
    let mut jpeg = random.bytes(len as usize);
    let stamp = (since.as_micros() as u64).to_be_bytes();
    jpeg.splice(..stamp.len(), stamp);
    OutgoingPicture {
        captured_at: now,
        size: Size {
            width: width as u16,
            height: height as u16,
        },
        jpeg,
        plan: Some(plan),
        number: 0,
        patch: None,
    }
}

/// Films from `pair.caller` for `time`; `change` may change the link as time passes.
fn film(
    pair: &mut Pair,
    time: Duration,
    random: &mut Random,
    change: impl Fn(&mut Pair, Duration),
) -> Viewed {
    film_moving(pair, time, random, |_| 1.0, change)
}

/// The same where pictures are `moves` times as long as usual.
fn film_moving(
    pair: &mut Pair,
    time: Duration,
    random: &mut Random,
    moves: impl Fn(Duration) -> f64,
    change: impl Fn(&mut Pair, Duration),
) -> Viewed {
    let began_at = pair.now;
    let mut viewed = Viewed::default();
    let mut text_at = began_at;
    let mut texts = std::collections::VecDeque::new();
    while pair.now < began_at + time {
        let since = pair.now - began_at;
        change(pair, since);
        if pair.caller.session.wants_picture() {
            let plan = pair.caller.session.picture_plan();
            let picture = filmed(pair.now, since, plan, moves(since), random);
            pair.caller.session.send_picture(pair.now, picture);
        }
        if pair.now >= text_at && pair.caller.session.send_text(pair.now, "a text") {
            text_at = pair.now + TEXT_INTERVAL;
            texts.push_back(pair.now);
        }
        let latency = pair.caller.out.latency;
        let mut seen = Vec::new();
        pair.run_watched(CAMERA_INTERVAL, |pair| {
            let events = pair.called.take_events();
            seen.extend(events.into_iter().map(|event| (pair.now, event)));
        });
        for (at, event) in seen {
            let (list, from) = match event {
                Event::Picture(picture) => {
                    let stamp = u64::from_be_bytes(picture.jpeg[..8].try_into().unwrap());
                    viewed.lens.push(picture.jpeg.len());
                    (&mut viewed.ages, began_at + Duration::from_micros(stamp))
                }
                Event::Text(_) => (&mut viewed.texts, texts.pop_front().unwrap()),
                _ => continue,
            };
            if at >= began_at + WARM_UP {
                list.push((at - from).saturating_sub(latency).as_secs_f64() * 1000.0);
            }
        }
        assert!(pair.caller.session.statistics().bytes_waiting < 100_000);
    }
    viewed.ages.sort_by(f64::total_cmp);
    viewed.texts.sort_by(f64::total_cmp);
    viewed
}

fn p95(sorted: &[f64]) -> f64 {
    sorted
        .get(sorted.len() * 95 / 100)
        .copied()
        .unwrap_or(f64::INFINITY)
}

/// A call over a link of `rate` bytes a second and this delay, each way.
fn over(seed: u64, rate: u32, latency: Duration) -> Pair {
    let mut pair = Pair::seeded(seed);
    for end in [&mut pair.caller.out, &mut pair.called.out] {
        end.rate = Some(rate);
        end.latency = latency;
        // What the kernel takes unsent, and what is on a link of this length.
        end.room = (16 << 10) + (f64::from(rate) * latency.as_secs_f64()) as usize;
        end.chunk_len_max = 1_400;
    }
    pair.bring_up();
    pair
}

#[test]
fn the_newest_picture_comes_over_any_link() {
    let mut random = Random::new(Random::seed(5));
    for _ in 0..calls(24) {
        let kbit = random.one_of(&[64, 128, 256, 512, 1_000, 2_000, 10_000]);
        let latency = Duration::from_millis(random.below(160));
        println!("{kbit} kbit/s, {latency:?} each way");
        let mut pair = over(random.next(), kbit * 125, latency);
        let time = WARM_UP + Duration::from_secs(10);
        let viewed = film(&mut pair, time, &mut random, |_, _| {});
        let (age_max, rate_min) = match kbit {
            64 => (400.0, 4.0),
            128 => (250.0, 8.0),
            256 => (150.0, 10.0),
            512 => (120.0, 18.0),
            _ => (80.0, 28.0),
        };
        let rate = viewed.ages.len() as f64 / 10.0;
        assert!(rate >= rate_min, "{rate} pictures a second");
        assert!(p95(&viewed.ages) <= age_max, "age {}", p95(&viewed.ages));
        let text = p95(&viewed.texts);
        assert!(
            text <= if kbit < 128 { 400.0 } else { 300.0 },
            "texts {text}"
        );
    }
}

#[test]
fn a_link_that_loses_most_of_its_rate_gets_other_pictures_and_the_old_ones_back() {
    let mut random = Random::new(9);
    let mut pair = over(9, 625_000, Duration::from_millis(20));
    let low = |since: Duration| (8..16).contains(&since.as_secs());
    let viewed = film(
        &mut pair,
        Duration::from_secs(24),
        &mut random,
        |pair, since| {
            let rate = if low(since) { 32_000 } else { 625_000 };
            (pair.caller.out.rate, pair.called.out.rate) = (Some(rate), Some(rate));
        },
    );
    assert!(p95(&viewed.ages) < 150.0, "age {}", p95(&viewed.ages));
    assert!(
        *viewed.ages.last().unwrap() < 600.0,
        "{:?}",
        viewed.ages.last()
    );
    let link = pair.caller.session.statistics().link;
    assert_eq!(
        (link.limit, link.picture_rate),
        (ttychat::session::Limit::None, None)
    );
    let least = viewed.lens.iter().min().unwrap();
    assert!(viewed.lens.last().unwrap() > &(least * 2));
}

#[test]
fn a_peer_that_shows_eight_pictures_a_second_is_sent_eight() {
    let mut random = Random::new(3);
    let mut pair = over(3, 1_000_000, Duration::from_millis(10));
    pair.called.session.set_picture_rate(pair.now, Some(8.0));
    let viewed = film(&mut pair, Duration::from_secs(14), &mut random, |_, _| {});
    assert!(
        (75..=85).contains(&viewed.ages.len()),
        "{}",
        viewed.ages.len()
    );
    let link = pair.caller.session.statistics().link;
    assert_eq!(link.limit, ttychat::session::Limit::Peer);
    pair.called.session.set_picture_rate(pair.now, None);
    let viewed = film(&mut pair, Duration::from_secs(14), &mut random, |_, _| {});
    assert!(viewed.ages.len() > 290, "{}", viewed.ages.len());
}

#[test]
fn a_machine_that_is_busy_now_and_then_does_not_look_like_a_slow_link() {
    let mut random = Random::new(8);
    let mut pair = over(8, 1_250_000, Duration::from_millis(10));
    let time = Duration::from_secs(20);
    let viewed = film(&mut pair, time, &mut random, |pair, since| {
        pair.called.stopped = since.as_millis() / 150 % 4 == 0;
    });
    assert!(viewed.ages.len() > 16 * 18, "{}", viewed.ages.len());
    let plan = pair.caller.session.picture_plan();
    assert_eq!(plan, PicturePlan::default(), "the best");
}

#[test]
fn a_long_fat_link_carries_all_pictures_of_somebody_who_moves_now_and_then() {
    let mut random = Random::new(7);
    for latency in [10, 50, 150].map(Duration::from_millis) {
        let mut pair = over(7, 1_250_000, latency);
        let moves = |since: Duration| {
            if since.as_millis() % 1500 < 300 {
                2.0
            } else {
                0.7
            }
        };
        let time = WARM_UP + Duration::from_secs(20);
        let viewed = film_moving(&mut pair, time, &mut random, moves, |_, _| {});
        let rate = viewed.ages.len() as f64 / 20.0;
        assert!(
            rate >= 29.5,
            "{rate} pictures a second, {latency:?} each way"
        );
        assert!(p95(&viewed.ages) < 80.0, "age {}", p95(&viewed.ages));
    }
}
