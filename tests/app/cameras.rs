//! Our camera: keys, faults, the stand-in.

use crate::stage::{World, listen, options};
use std::time::Duration;
use ttychat::{
    app::{CameraEntry, CaptureReport, Effect, Input, Role, Source},
    media::PixelSize,
};

fn cameras() -> Vec<CameraEntry> {
    let sizes = [
        PixelSize::new(320, 240),
        PixelSize::new(640, 480),
        PixelSize::new(1280, 720),
    ];
    vec![
        CameraEntry {
            number: 4,
            name: "Desk".to_owned(),
            resolutions: vec![sizes[1]],
        },
        CameraEntry {
            number: 0,
            name: "Built-in".to_owned(),
            resolutions: sizes.to_vec(),
        },
        CameraEntry {
            number: 2,
            name: "Window".to_owned(),
            resolutions: Vec::new(),
        },
    ]
}

fn started(number: u32, width: u32, height: u32) -> Input<'static> {
    Input::Capture(CaptureReport::Started {
        number: Some(number),
        description: format!("Camera {number} {width}x{height}"),
        size: PixelSize::new(width, height),
    })
}

fn with_camera() -> World {
    let mut world = World::in_call_with(|options| options.source = Source::Camera(None), |_| {});
    world.input(0, started(0, 640, 480));
    world
}

fn press(world: &mut World, key: &str) {
    world.parties[0].others.clear();
    world.key(0, key);
    assert!(
        world.party(0).others.contains(&Effect::ListCameras),
        "no list for {key}"
    );
    world.input(0, Input::Cameras(cameras()));
}

#[test]
fn c_walks_through_the_cameras_by_number_and_round() {
    let mut world = with_camera();
    for (key, number, name) in [
        ("c", 2, "Window"),
        ("c", 4, "Desk"),
        ("c", 0, "Built-in"),
        ("C", 4, "Desk"),
    ] {
        press(&mut world, key);
        assert_eq!(world.party(0).app.capture_order().camera, Some(number));
        world.assert_screen(0, &format!("camera: {name}"));
        world.input(0, started(number, 640, 480));
    }
    assert!(world.party(0).app.capture_order().enabled);
    assert!(world.party(1).ending.is_none(), "the call goes on");
}

#[test]
fn our_picture_stays_until_the_next_camera_gives_one() {
    let mut world = with_camera();
    world.run(Duration::from_millis(200));
    assert!(!world.screen(0).contains("camera starting"));
    world.stop_filming();
    press(&mut world, "c");
    world.run(Duration::from_millis(200));
    for party in [0, 1] {
        assert!(!world.screen(party).contains("camera starting"));
    }
}

#[test]
fn one_camera_is_said_to_be_the_only_one() {
    let mut world = with_camera();
    world.key(0, "c");
    world.input(0, Input::Cameras(vec![cameras()[1].clone()]));
    world.assert_screen(0, "Built-in is the only camera");
    world.key(0, "c");
    world.input(0, Input::Cameras(Vec::new()));
    world.assert_screen(0, "no camera found");
}

#[test]
fn r_walks_through_the_resolutions_of_the_camera() {
    let mut world = with_camera();
    for (key, width, height) in [
        ("r", 1280, 720),
        ("r", 320, 240),
        ("R", 1280, 720),
        ("R", 640, 480),
    ] {
        press(&mut world, key);
        let wanted = PixelSize::new(width, height);
        assert_eq!(
            world.party(0).app.capture_order().resolution,
            Some(wanted),
            "{key}"
        );
        world.assert_screen(0, &format!("resolution {width}x{height}"));
        world.input(0, started(0, width, height));
    }
}

#[test]
fn quick_keys_go_on_from_what_was_asked_for() {
    let mut world = with_camera();
    world.key(0, "Rr");
    world.input(0, Input::Cameras(cameras()));
    let order = world.party(0).app.capture_order();
    assert_eq!(order.resolution, Some(PixelSize::new(640, 480)));
}

#[test]
fn a_camera_of_one_resolution_says_so() {
    let mut world = with_camera();
    world.input(0, started(4, 640, 480));
    press(&mut world, "r");
    world.assert_screen(0, "Desk has one resolution, 640x480");
    world.input(0, started(2, 640, 480));
    press(&mut world, "r");
    world.assert_screen(0, "Window does not say its resolutions");
}

#[test]
fn the_test_picture_has_a_ladder_of_resolutions() {
    let mut world = World::in_call();
    world.key(0, "r");
    assert_eq!(
        world.party(0).app.capture_order().resolution,
        Some(PixelSize::new(640, 480)),
        "after 640x360"
    );
    world.key(0, "RR");
    assert_eq!(
        world.party(0).app.capture_order().resolution,
        Some(PixelSize::new(320, 240))
    );
    world.key(0, "c");
    world.assert_screen(0, "--source camera");
}

#[test]
fn a_clip_has_one_resolution() {
    let mut world = World::in_call_with(
        |options| options.source = Source::Clip("carphone.mjpeg".to_owned()),
        |_| {},
    );
    world.key(0, "r");
    world.assert_screen(0, "carphone.mjpeg has one resolution");
}

#[test]
fn a_lost_camera_is_a_card_on_both_sides_and_comes_back() {
    let mut world = with_camera();
    world.parties[0].films = false;
    let failed = || {
        Input::Capture(CaptureReport::Failed {
            number: Some(0),
            missing: false,
            message: "camera /dev/video0 is gone; plug it in again".to_owned(),
        })
    };
    world.input(0, failed());
    world.assert_screen(0, "camera /dev/video0 is gone");
    world.assert_screen(1, "camera lost");
    world.run(Duration::from_secs(10));
    assert!(
        !world.screen(0).contains("plug it in again"),
        "a notice does not stay"
    );
    world.input(0, failed());
    assert!(
        !world.screen(0).contains("plug it in again"),
        "the same again is no news"
    );
    assert!(
        world.party(0).app.capture_order().enabled,
        "it is tried again"
    );
    world.parties[0].films = true;
    world.input(0, started(0, 640, 480));
    world.run(Duration::from_millis(200));
    assert!(!world.screen(1).contains("camera lost"));
    world.assert_screen(0, "camera: Camera 0 640x480");
}

fn missing() -> Input<'static> {
    Input::Capture(CaptureReport::Failed {
        number: None,
        missing: true,
        message: "there is no camera; plug one in".to_owned(),
    })
}

#[test]
fn a_call_works_without_any_camera() {
    let mut world = World::new();
    let mut of_alice = options("alice@laptop", listen());
    of_alice.source = Source::Camera(None);
    world.add(of_alice);
    world.parties[0].films = false;
    world.input(0, missing());
    world.assert_screen(0, "there is no camera");
    assert!(!world.party(0).app.capture_order().test_picture);
    world.listener = Some(0);
    world.add(options("bob@pc", crate::stage::connect()));
    world.run(Duration::from_millis(100));
    world.key(0, "y");
    world.run(Duration::from_millis(200));
    world.assert_screen(1, "no camera");
    assert!(world.party(0).shown.len() > 2);
}

#[test]
fn the_test_picture_stands_in_in_a_call_with_oneself_only() {
    let mut world = World::new();
    let mut near = options("bob@pc", Role::Loopback);
    near.source = Source::Camera(None);
    world.listener = Some(0);
    let mut far = options("bob@pc", Role::Echo);
    far.screen = None;
    far.source = Source::None;
    world.add(far);
    // `add` reports a start, which here has not happened yet.
    let now = world.now;
    let mut app = ttychat::app::App::new(near, now);
    app.handle(now, missing());
    let order = app.capture_order();
    assert!(order.test_picture && order.enabled);
    let logs: Vec<Effect> = std::iter::from_fn(|| app.poll_effect()).collect();
    let said = |effect: &Effect| matches!(effect, Effect::Log(line) if line.contains("stands in"));
    assert!(logs.iter().any(said), "{logs:?}");
    app.handle(now, Input::Key(super::keys::key('c')));
    app.handle(now, Input::Cameras(cameras()));
    let order = app.capture_order();
    assert!(!order.test_picture);
    assert_eq!(order.camera, Some(0));
}

#[test]
fn a_hidden_own_picture_is_not_made() {
    let mut world = World::in_call();
    assert!(!world.party(0).app.capture_order().view_max.is_empty());
    world.key(0, "p");
    assert!(world.party(0).app.capture_order().view_max.is_empty());
    world.key(0, "p");
    assert!(!world.party(0).app.capture_order().view_max.is_empty());
}

#[test]
fn the_camera_s_name_cannot_speak_to_the_terminal() {
    let mut world = with_camera();
    world.key(0, "c");
    let evil = CameraEntry {
        number: 9,
        name: "Cam\u{1b}]0;x\u{7}".to_owned(),
        resolutions: Vec::new(),
    };
    world.input(0, Input::Cameras(vec![evil]));
    assert!(!world.screen(0).contains('\u{1b}'));
    assert!(
        world
            .party(0)
            .logs
            .iter()
            .all(|line| !line.contains('\u{1b}'))
    );
}
