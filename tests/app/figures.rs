//! Statistics lines and the report.

use crate::stage::World;
use std::{collections::BTreeMap, time::Duration};
use ttychat::app::{Accept, Input, Options};

/// Parses one flat JSON object, strictly, into keys and raw values.
fn parse(line: &str) -> BTreeMap<String, String> {
    let mut rest = line
        .strip_prefix('{')
        .expect("no object")
        .chars()
        .peekable();
    let mut object = BTreeMap::new();
    loop {
        let key = string(&mut rest);
        assert_eq!(rest.next(), Some(':'), "{line}");
        let value = if rest.peek() == Some(&'"') {
            string(&mut rest)
        } else {
            let mut value = String::new();
            while let Some(c) = rest.next_if(|c| !matches!(c, ',' | '}')) {
                value.push(c);
            }
            assert!(
                value == "null" || value.parse::<f64>().is_ok(),
                "{value} in {line}"
            );
            value
        };
        assert!(object.insert(key, value).is_none(), "a key twice in {line}");
        match rest.next() {
            Some(',') => {}
            Some('}') => break,
            other => panic!("{other:?} in {line}"),
        }
    }
    assert_eq!(rest.next(), None, "{line}");
    object
}

fn string(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    assert_eq!(rest.next(), Some('"'));
    let mut text = String::new();
    loop {
        match rest.next().expect("a string without an end") {
            '"' => return text,
            '\\' => match rest.next().unwrap() {
                'u' => {
                    let code: String = rest.by_ref().take(4).collect();
                    text.push(char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap());
                }
                c => text.push(c),
            },
            c => {
                assert!(u32::from(c) >= 0x20, "a control in a string");
                text.push(c);
            }
        }
    }
}

fn headless(options: &mut Options) {
    options.screen = None;
    options.accept = Accept::All;
    options.statistics = true;
}

#[test]
fn a_line_a_second_says_true_figures() {
    let mut world = World::in_call_with(headless, |_| {});
    world.run(Duration::from_secs(5));
    let lines = &world.party(0).lines;
    assert_eq!(lines.len(), 5, "{lines:#?}");
    let last = parse(&lines[4]);
    let keys: Vec<&str> = last.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "age_ms_p50",
            "age_ms_p95",
            "broken",
            "bytes_received_per_s",
            "bytes_sent_per_s",
            "camera",
            "camera_broken",
            "dropped",
            "eighths",
            "frozen_ms",
            "limit",
            "link_bytes_per_s",
            "patches",
            "peer",
            "pictures_per_s_max",
            "quality",
            "queued_ms",
            "round_trip_ms",
            "sent",
            "sent_per_s",
            "shown",
            "shown_per_s",
            "state",
            "t",
            "terminal_bytes_per_s",
            "wire",
        ]
    );
    let number = |key: &str| last[key].parse::<f64>().unwrap();
    assert!((number("t") - 5.0).abs() < 0.01, "{last:?}");
    assert_eq!(last["state"], "in call");
    assert_eq!(last["peer"], "\"bob@pc\"", "who is not known");
    assert_eq!(last["camera"], "on");
    for key in ["sent_per_s", "shown_per_s"] {
        assert!((20.0..=31.0).contains(&number(key)), "{key} {last:?}");
    }
    assert!(number("bytes_sent_per_s") > 60_000.0 && number("bytes_received_per_s") > 60_000.0);
    assert!(number("age_ms_p50") <= number("age_ms_p95"));
    assert!(number("sent") > 90.0 && number("shown") > 90.0, "{last:?}");
}

#[test]
fn a_visible_end_writes_the_same_lines() {
    let mut world = World::in_call_with(|options| options.statistics = true, |_| {});
    world.run(Duration::from_secs(2));
    let last = parse(world.party(0).lines.last().unwrap());
    assert!(last["terminal_bytes_per_s"].parse::<f64>().unwrap() > 1000.0);
}

#[test]
fn names_are_escaped() {
    let mut world = World::in_call_with(headless, |options| {
        options.name = "\"bob\\\u{2028}\n\"".to_owned();
    });
    world.run(Duration::from_secs(2));
    let last = parse(world.party(0).lines.last().unwrap());
    assert!(last["peer"].starts_with("\"'bob\\"), "{last:?}");
}

#[test]
fn frozen_and_waiting_are_in_the_lines() {
    let mut world = World::in_call_with(headless, |_| {});
    world.parties[1].films = false;
    world.run(Duration::from_secs(4));
    let last = parse(world.party(0).lines.last().unwrap());
    assert!(
        last["frozen_ms"].parse::<f64>().unwrap() > 2000.0,
        "{last:?}"
    );
    world.key(1, "q");
    world.run(Duration::from_secs(2));
    let last = parse(world.party(0).lines.last().unwrap());
    assert_eq!(last["state"], "waiting");
    assert_eq!(last["peer"], "null");
    assert_eq!(last["round_trip_ms"], "null");
    assert_eq!(last["frozen_ms"], "0");
}

#[test]
fn broken_pictures_of_the_own_camera_are_counted() {
    let mut world = World::in_call_with(headless, |_| {});
    let now = world.now;
    let app = &mut world.parties[0].app;
    let report = app.report(now).to_string();
    assert!(!report.contains("damaged"), "none yet");
    app.handle(now, Input::OwnPicturesBroken(2));
    app.handle(now, Input::OwnPicturesBroken(3));
    world.run(Duration::from_secs(2));
    let last = parse(world.party(0).lines.last().unwrap());
    assert_eq!((&*last["camera_broken"], &*last["broken"]), ("5", "0"));
    let report = world.party(0).app.report(world.now).to_string();
    assert!(
        report.contains("5 came damaged from the camera"),
        "{report}"
    );
}

#[test]
fn the_report_counts_the_whole_run() {
    let mut world = World::in_call_with(headless, |_| {});
    world.run(Duration::from_secs(5));
    let seconds = world.elapsed();
    let report = world.party(0).app.report(world.now);
    assert_eq!(report.duration, seconds);
    assert!(report.call_time > Duration::from_secs(5) && report.call_time <= seconds);
    assert!((20.0..=31.0).contains(&report.sent_per_s()), "{report}");
    assert!((20.0..=31.0).contains(&report.shown_per_s()), "{report}");
    assert!(report.age_p50.unwrap() <= report.age_p95.unwrap());
    let text = report.to_string();
    for word in ["pictures sent", "pictures shown", "p50", "p95", "bytes"] {
        assert!(text.contains(word), "no {word} in\n{text}");
    }
    // The same after the call, which is then over.
    world.key(1, "q");
    let after = world.party(0).app.report(world.now);
    assert!(after.pictures_sent >= report.pictures_sent && after.call_time >= report.call_time);
    world.run(Duration::from_secs(3));
    assert_eq!(
        world.party(0).app.report(world.now).call_time,
        after.call_time
    );
}

#[test]
fn a_report_of_nothing_is_still_readable() {
    let report = ttychat::app::Report::default();
    assert!(report.to_string().contains("unknown"));
}
