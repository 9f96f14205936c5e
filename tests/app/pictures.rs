//! The peer's pictures: to the screen, acknowledged, frozen, replaced by cards.

use crate::stage::{World, window};
use std::time::Duration;
use ttychat::{
    app::{Effect, Input, Part},
    media::{Picture, PixelSize, jpeg::JpegError},
};

#[test]
fn pictures_flow_at_the_camera_s_rate_in_both_directions() {
    let mut world = World::in_call();
    let before = [0, 1].map(|party| (party, world.party(party).shown.len()));
    world.run(Duration::from_secs(2));
    for (party, before) in before {
        let shown = world.party(party).shown.len() - before;
        assert!(
            (45..=62).contains(&shown),
            "{shown} pictures in two seconds"
        );
        let frames = world.party(party).frame_count;
        assert!(
            frames < 150,
            "{frames} frames: two cameras must not make twice the frames"
        );
    }
}

#[test]
fn a_picture_that_is_not_decoded_gives_way_to_newer_ones() {
    let mut world = World::in_call();
    world.parties[1].decodes = false;
    world.run(Duration::from_secs(1));
    let waiting = world.party(1).shown.len();
    world.run(Duration::from_secs(1));
    let more = world.party(1).shown.len() - waiting;
    assert!(
        more > 20,
        "{more} newer pictures: the link has room for all"
    );
    let (number, _) = *world.party(1).shown.back().unwrap();
    let result = Ok(Picture::new(PixelSize::new(78, 44)));
    world.input(
        1,
        Input::PictureReady {
            sequence: number,
            result,
            composed: None,
        },
    );
    world.run(Duration::from_millis(100));
    assert!(world.party(1).shown.len() > waiting, "pictures still come");
}

#[test]
fn a_dropped_or_broken_picture_is_answered_too() {
    for broken in [false, true] {
        let mut world = World::in_call();
        world.parties[1].decodes = false;
        world.run(Duration::from_millis(300));
        for _ in 0..20 {
            let (sequence, _) = *world.party(1).shown.back().unwrap();
            let input = if broken {
                Input::PictureReady {
                    sequence,
                    result: Err(JpegError::Broken),
                    composed: None,
                }
            } else {
                Input::PictureDropped { sequence }
            };
            world.input(1, input);
            world.run(Duration::from_millis(50));
        }
        assert!(
            world.party(1).shown.len() > 10,
            "{}",
            world.party(1).shown.len()
        );
        let report = world.party(1).app.report(world.now);
        let count = if broken {
            report.pictures_broken
        } else {
            report.pictures_dropped
        };
        assert!(count >= 10, "{report:?}");
    }
}

#[test]
fn reports_of_unknown_pictures_mean_nothing() {
    let mut world = World::in_call();
    let before = world.party(0).app.report(world.now).pictures_shown;
    world.parties[0].decodes = false;
    for sequence in [0, 7777, u32::MAX] {
        world.input(0, Input::PictureDropped { sequence });
        let result = Ok(Picture::new(PixelSize::new(4, 4)));
        world.input(
            0,
            Input::PictureReady {
                sequence,
                result,
                composed: None,
            },
        );
    }
    assert_eq!(world.party(0).app.report(world.now).pictures_shown, before);
}

#[test]
fn a_resize_asks_for_the_picture_again_and_tells_the_sender() {
    let mut world = World::in_call();
    world.parties[0].films = false;
    world.run(Duration::from_millis(200));
    let (last, old_area) = *world.party(1).shown.back().unwrap();
    let sent = world.party(0).app.capture_order().size_max;
    world.parties[1].resize(40, 12);
    world.input(1, Input::WindowChanged(window(40, 12)));
    let (again, area) = *world.party(1).shown.back().unwrap();
    assert_eq!(again, last, "the same picture");
    assert!(area.width < old_area.width, "{area:?} of {old_area:?}");
    let smaller = world.party(0).app.capture_order().size_max;
    assert!(
        smaller.width < sent.width && smaller.width >= area.width,
        "{smaller:?} of {sent:?}"
    );
}

#[test]
fn filling_the_window_asks_for_enough_to_cover_it() {
    let mut world = World::in_call();
    world.run(Duration::from_millis(200));
    world.key(1, "f");
    world.run(Duration::from_millis(100));
    let wanted = world.party(0).app.capture_order().size_max;
    let (_, area) = *world.party(1).shown.back().unwrap();
    assert!(
        wanted.width >= area.width && wanted.height >= area.height,
        "{wanted:?} {area:?}"
    );
    world.run(Duration::from_secs(1));
    assert_eq!(
        world.party(0).app.capture_order().size_max,
        wanted,
        "it comes to rest"
    );
}

#[test]
fn oblong_pixels_ask_for_the_finer_side() {
    let mut world = World::in_call();
    let plain = world.party(0).app.capture_order().size_max;
    let mut oblong = window(80, 24);
    oblong.pixel_aspect = 1.25;
    world.input(1, Input::WindowChanged(oblong));
    let wanted = world.party(0).app.capture_order().size_max;
    assert_eq!(wanted.width, plain.width);
    assert_eq!(wanted.height, (plain.height * 5).div_ceil(4));
    oblong.pixel_aspect = f64::NAN;
    world.input(1, Input::WindowChanged(oblong));
    assert_eq!(world.party(0).app.capture_order().size_max, plain);
}

#[test]
fn the_resolution_is_a_cap() {
    let mut world = World::in_call_with(
        |options| options.resolution = Some(PixelSize::new(32, 24)),
        |_| {},
    );
    world.run(Duration::from_millis(100));
    assert_eq!(
        world.party(0).app.capture_order().size_max,
        PixelSize::new(32, 24)
    );
}

#[test]
fn a_picture_that_stands_is_called_frozen() {
    let mut world = World::in_call();
    world.run(Duration::from_secs(1));
    assert!(!world.screen(1).contains("frozen"));
    world.parties[0].films = false;
    world.run(Duration::from_millis(3500));
    world.assert_screen(1, "frozen 3 s");
    world.parties[0].films = true;
    world.run(Duration::from_millis(1200));
    assert!(!world.screen(1).contains("frozen"));
}

#[test]
fn a_camera_that_is_off_is_a_card_and_not_frozen() {
    let mut world = World::in_call();
    world.key(0, "v");
    assert!(
        !world.party(0).app.capture_order().enabled,
        "the device is let go"
    );
    world.run(Duration::from_secs(3));
    world.assert_screen(1, "camera off");
    assert!(!world.screen(1).contains("frozen"));
    world.key(0, "v");
    let before = world.party(1).shown.len();
    world.run(Duration::from_millis(300));
    assert!(world.party(1).shown.len() > before);
    assert!(!world.screen(1).contains("camera off"));
}

#[test]
fn a_picture_on_its_way_stays_here_when_the_camera_is_turned_off() {
    let mut world = World::in_call();
    world.key(0, "v");
    let before = world.party(1).shown.len();
    let picture = ttychat::app::OwnPicture {
        captured_at: world.now.instant,
        jpeg: Some((PixelSize::new(8, 8), vec![1; 10])),
        plan: ttychat::session::PicturePlan::default(),
        unchanged: false,
        view: None,
        number: 0,
        patch: None,
    };
    world.input(0, Input::OwnPicture(picture));
    world.run(Duration::from_millis(200));
    assert_eq!(world.party(1).shown.len(), before);
}

#[test]
fn a_window_without_room_asks_for_nothing() {
    let mut world = World::in_call();
    for (columns, rows) in [
        (1, 1),
        (2, 1),
        (1, 50),
        (500, 1),
        (500, 200),
        (0, 0),
        (80, 24),
    ] {
        world.parties[1].resize(columns.max(1), rows.max(1));
        world.input(1, Input::WindowChanged(window(columns, rows)));
        world.run(Duration::from_millis(100));
    }
    assert!(world.party(1).ending.is_none());
}

#[test]
fn the_newest_picture_replaces_one_that_was_not_taken() {
    let mut world = World::in_call();
    world.run(Duration::from_millis(200));
    let now = world.now;
    let effects = {
        // Two inputs in one turn: only the last is to be decoded.
        let app = &mut world.parties[1].app;
        let mut area = window(80, 24);
        for columns in [70, 60, 50] {
            area.cells.columns = columns;
            app.handle(now, Input::WindowChanged(area));
        }
        std::iter::from_fn(|| app.poll_effect()).collect::<Vec<_>>()
    };
    let shows: Vec<&Vec<Part>> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::ShowPicture { parts, .. } => Some(parts),
            _ => None,
        })
        .collect();
    assert_eq!(shows.len(), 1);
}

#[test]
fn our_own_picture_takes_no_turn_of_a_slow_terminal() {
    let mut world = World::in_call();
    world.input(0, Input::FrameRate(Some(4.0)));
    world.run(Duration::from_secs(2));
    let (shown, frames) = (world.party(0).shown.len(), world.party(0).frame_count);
    world.run(Duration::from_secs(3));
    let party = world.party(0);
    let (shown, frames) = (party.shown.len() - shown, party.frame_count - frames);
    assert!(shown > 9, "{shown} pictures");
    // A frame for each picture, and one a second for the figures.
    assert!(frames < shown + 6, "{frames} frames for {shown} pictures");
}

#[test]
fn a_picture_that_rests_is_drawn_again_until_it_is_fine() {
    let mut world = World::in_call();
    let frames_of = |world: &mut World, is_coarse| {
        world.input(0, Input::Coarse(is_coarse));
        let before = world.party(0).frame_count;
        world.run(Duration::from_secs(2));
        world.party(0).frame_count - before
    };
    let usual = frames_of(&mut world, false);
    let coarse = frames_of(&mut world, true);
    assert!(
        coarse <= usual + 4,
        "{coarse} frames where pictures come, {usual} else"
    );
    world.stop_filming();
    world.run(Duration::from_secs(1));
    let coarse = frames_of(&mut world, true);
    assert!(coarse > 40, "{coarse} frames");
    let fine = frames_of(&mut world, false);
    assert!(fine < 10, "{fine} frames for nothing");
}
