//! The panel of our camera's controls: its keys, what is wanted of the camera, what is kept.

use crate::{
    stage::World,
    webcam::{camera, number, report, switch, webcam},
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::time::Duration;
use ttychat::{
    app::{CameraSettings, CaptureReport, Effect, Input, Setting, Source},
    media::PixelSize,
};

/// A call, and at its first end a camera whose panel is open.
fn panel() -> World {
    panel_with(CameraSettings::default())
}

fn panel_with(settings: CameraSettings) -> World {
    let mut world = World::in_call_with(
        |options| {
            options.source = Source::Camera(None);
            options.settings = settings;
        },
        |_| {},
    );
    world.key(0, "b");
    world.input(0, report("Desk", 0, webcam(100, 1)));
    world
}

fn press(world: &mut World, code: KeyCode) {
    world.input(0, Input::Key(KeyEvent::new(code, KeyModifiers::NONE)));
}

/// What is wanted of a control of the camera: a number, `default` or `nothing`.
fn wanted(world: &World, name: &str) -> String {
    let order = world.party(0).app.capture_order().controls;
    match order.settings.get(&camera("Desk"), name) {
        None => "nothing".to_owned(),
        Some(Setting { value: None, .. }) => "default".to_owned(),
        Some(Setting {
            value: Some(value), ..
        }) => value.to_string(),
    }
}

fn kept(world: &World) -> Vec<String> {
    let kept = |effect: &Effect| match effect {
        Effect::KeepSettings(settings) => Some(settings.to_string()),
        _ => None,
    };
    world.party(0).others.iter().filter_map(kept).collect()
}

#[test]
fn b_opens_and_closes_the_panel_and_the_camera_is_asked_only_then() {
    let mut world = World::in_call_with(|options| options.source = Source::Camera(None), |_| {});
    let asks = |world: &World| world.party(0).app.capture_order().controls.is_shown;
    assert!(!asks(&world));
    world.key(0, "b");
    assert!(asks(&world));
    world.assert_screen(0, "Asking the camera");
    world.input(0, report("Desk", 0, webcam(100, 1)));
    world.assert_screen(0, "Desk");
    world.assert_screen(0, "▌brightness");
    world.assert_screen(0, "focus auto");
    world.key(0, "b");
    assert!(!asks(&world) && !world.screen(0).contains("brightness"));
    world.key(0, "b\x1b");
    assert!(!asks(&world));
    // The figures and the help take its place.
    world.key(0, "bi");
    assert!(!asks(&world));
}

#[test]
fn arrows_and_letters_choose_and_change() {
    let mut world = panel();
    press(&mut world, KeyCode::Right);
    assert_eq!(wanted(&world, "brightness"), "110");
    world.assert_screen(0, "110");
    world.key(0, "ll");
    assert_eq!(wanted(&world, "brightness"), "130");
    world.key(0, "h");
    press(&mut world, KeyCode::Left);
    assert_eq!(wanted(&world, "brightness"), "110");
    press(&mut world, KeyCode::Down);
    world.assert_screen(0, "▌auto focus on");
    world.key(0, "l");
    assert_eq!(wanted(&world, "auto focus"), "0");
    world.key(0, "jjj");
    world.assert_screen(0, "▌focus");
    world.key(0, "kkk");
    press(&mut world, KeyCode::Up);
    world.assert_screen(0, "▌brightness");
}

#[test]
fn an_answer_to_an_earlier_key_does_not_undo_the_later_ones() {
    let mut world = panel();
    world.key(0, "l");
    let first = world.party(0).app.capture_order().controls.revision;
    world.key(0, "l");
    let second = world.party(0).app.capture_order().controls.revision;
    assert_ne!(first, second);
    world.input(0, report("Desk", first, webcam(110, 1)));
    world.assert_screen(0, "120");
    world.key(0, "l");
    assert_eq!(wanted(&world, "brightness"), "130");
    // What the camera made of the last one is shown.
    let third = world.party(0).app.capture_order().controls.revision;
    world.input(0, report("Desk", third, webcam(128, 1)));
    world.assert_screen(0, "128");
}

#[test]
fn at_the_end_of_the_range_nothing_is_asked() {
    let mut world = panel();
    world.input(0, report("Desk", 0, webcam(200, 1)));
    let before = world.party(0).app.capture_order();
    world.key(0, "l");
    assert_eq!(world.party(0).app.capture_order(), before);
}

#[test]
fn what_the_camera_sets_by_itself_is_said_to_be() {
    let mut world = panel();
    world.key(0, "jjl");
    assert_eq!(wanted(&world, "focus"), "nothing");
    world.assert_screen(0, "focus is set by auto focus; turn that off");
    world.input(0, report("Desk", 0, webcam(100, 0)));
    world.key(0, "l");
    assert_eq!(wanted(&world, "focus"), "30");
}

#[test]
fn defaults_come_back_one_by_one_or_all() {
    let mut world = panel();
    for key in [KeyCode::Char('0'), KeyCode::Backspace, KeyCode::Delete] {
        world.key(0, "l");
        press(&mut world, key);
        assert_eq!(wanted(&world, "brightness"), "default", "{key:?}");
        world.assert_screen(0, "100");
    }
    world.key(0, "ljl");
    world.key(0, "A");
    assert_eq!(wanted(&world, "brightness"), "default");
    assert_eq!(wanted(&world, "auto focus"), "default");
    assert_eq!(wanted(&world, "focus"), "nothing", "the camera sets it");
    world.assert_screen(0, "back at the camera's defaults");
    world.run(Duration::from_secs(2));
    let last = kept(&world).pop().unwrap();
    assert!(!last.contains("camera ="), "defaults are not kept:\n{last}");
    world.key(0, "A");
    world.assert_screen(0, "defaults already");
}

#[test]
fn what_was_set_is_kept_after_a_second_and_at_the_end() {
    let mut world = panel();
    world.key(0, "lll");
    assert!(
        kept(&world).is_empty(),
        "a held key is not written each time"
    );
    world.run(Duration::from_millis(1_100));
    let texts = kept(&world);
    assert_eq!(texts.len(), 1);
    assert!(texts[0].ends_with("\ncamera = Desk\nplug = usb-1\nbrightness = 130\n"));
    world.run(Duration::from_secs(5));
    assert_eq!(kept(&world).len(), 1);
    world.key(0, "lq");
    assert!(kept(&world)[1].contains("brightness = 140"));
}

#[test]
fn what_was_set_is_kept_before_a_stop() {
    let mut world = panel();
    world.key(0, "l\x1a");
    assert!(kept(&world)[0].contains("brightness = 110"));
    assert_eq!(world.party(0).app.deadline(), None);
}

#[test]
fn what_an_earlier_run_kept_is_wanted_from_the_start() {
    let text = "camera = Desk\nplug = usb-9\nbrightness = 7\nauto focus = 0\n";
    let (settings, complaints) = CameraSettings::parse(text, |_| true);
    assert!(complaints.is_empty());
    let mut world = panel_with(settings);
    // It is in another plug now, and goes on from there.
    assert_eq!(wanted(&world, "brightness"), "7");
    world.key(0, "l");
    assert_eq!(wanted(&world, "brightness"), "110");
    assert_eq!(wanted(&world, "auto focus"), "0");
    world.run(Duration::from_secs(2));
    let text = kept(&world).pop().unwrap();
    assert!(text.contains("plug = usb-9\nbrightness = 7\n"), "{text}");
    assert!(
        text.contains("plug = usb-1\nbrightness = 110\nauto focus = 0\n"),
        "{text}"
    );
}

#[test]
fn what_the_camera_refuses_is_said_and_not_wanted_again() {
    let mut world = panel();
    world.key(0, "l");
    let order = world.party(0).app.capture_order().controls;
    let stamp = order
        .settings
        .get(&camera("Desk"), "brightness")
        .unwrap()
        .stamp;
    let refused = |stamp| {
        Input::Capture(CaptureReport::ControlsRefused {
            camera: camera("Desk"),
            refused: vec![("brightness", stamp)],
            message: "cannot set brightness of Desk: it is in use".to_owned(),
        })
    };
    world.key(0, "l");
    world.input(0, refused(stamp));
    assert_eq!(wanted(&world, "brightness"), "120", "a newer one counts");
    world.input(0, refused(stamp + 1));
    assert_eq!(wanted(&world, "brightness"), "nothing");
    world.assert_screen(0, "cannot set brightness of Desk: it is in use");
    assert_ne!(
        world.party(0).app.capture_order().controls.revision,
        order.revision
    );
    // The same once more is another try.
    world.input(0, report("Desk", order.revision + 2, webcam(100, 1)));
    world.key(0, "l");
    assert_eq!(wanted(&world, "brightness"), "110");
}

#[test]
fn what_was_kept_stays_when_the_camera_refuses_it_now() {
    let mut settings = CameraSettings::default();
    let (value, stamp) = (Some(5), 0);
    settings.set(
        &camera("Desk"),
        "brightness",
        Some(Setting { value, stamp }),
    );
    let mut world = panel_with(settings);
    world.input(
        0,
        Input::Capture(CaptureReport::ControlsRefused {
            camera: camera("Desk"),
            refused: vec![("brightness", 0)],
            message: "cannot set brightness of Desk".to_owned(),
        }),
    );
    assert_eq!(wanted(&world, "brightness"), "5");
    let said = "cannot set brightness of Desk";
    assert!(!world.screen(0).contains(said), "nobody asked for it now");
    assert!(world.party(0).logs.contains(&said.to_owned()));
}

#[test]
fn what_the_camera_took_before_it_was_unplugged_stays_wanted() {
    let mut world = panel();
    world.key(0, "l");
    let order = world.party(0).app.capture_order().controls;
    world.input(0, report("Desk", order.revision, webcam(110, 1)));
    let refused = CaptureReport::ControlsRefused {
        camera: camera("Desk"),
        refused: vec![("brightness", order.revision)],
        message: "cannot set brightness of Desk".to_owned(),
    };
    world.input(0, Input::Capture(refused));
    assert_eq!(wanted(&world, "brightness"), "110");
}

#[test]
fn the_panel_says_why_there_is_nothing_to_set() {
    let mut world = World::in_call();
    world.key(0, "b");
    world.assert_screen(0, "The test picture has nothing");
    world.key(0, "lhjk0A");
    let clip = Source::Clip("clip.y4m".to_owned());
    let mut world = World::in_call_with(|options| options.source = clip, |_| {});
    world.key(0, "b");
    world.assert_screen(0, "A clip has nothing to set.");
    let mut world = panel();
    world.input(0, report("Desk", 0, Vec::new()));
    world.assert_screen(0, "This camera has nothing that");
    world.key(0, "v");
    world.assert_screen(0, "My camera is off; v turns it");
    world.input(0, report("Desk", 0, webcam(100, 1)));
    assert!(
        !world.screen(0).contains("brightness"),
        "late, and of no use"
    );
    world.key(0, "v");
    world.assert_screen(0, "Asking the camera.");
    let message = "camera 0 is gone".to_owned();
    world.input(
        0,
        Input::Capture(CaptureReport::Failed {
            number: Some(0),
            missing: false,
            message,
        }),
    );
    world.assert_screen(0, "There is no camera");
}

#[test]
fn another_camera_shows_its_own_controls() {
    let mut world = panel();
    world.key(0, "jl");
    let started = CaptureReport::Started {
        number: Some(4),
        description: "Window 640x480".to_owned(),
        size: PixelSize::new(640, 480),
    };
    world.input(0, Input::Capture(started));
    let other = vec![switch("auto white", 1), number("zoom", 100)];
    world.input(0, report("Window", 1, other));
    world.assert_screen(0, "▌auto white");
    assert!(!world.screen(0).contains("brightness"));
    world.key(0, "jl");
    let order = world.party(0).app.capture_order().controls;
    let zoom = order.settings.get(&camera("Window"), "zoom");
    assert_eq!(zoom.and_then(|setting| setting.value), Some(110));
    assert_eq!(wanted(&world, "auto focus"), "0", "the first one's stay");
}

#[test]
fn other_keys_do_what_they_do_and_letters_are_letters_in_a_text() {
    let mut world = panel();
    world.key(0, "m");
    world.key(0, "thello\n");
    world.assert_screen(1, "hello");
    assert_eq!(
        wanted(&world, "brightness"),
        "nothing",
        "h and l were letters"
    );
    world.assert_screen(0, "▌brightness");
    // Without the panel, the keys of the panel are none.
    world.key(0, "\x1blhjk0A");
    assert_eq!(wanted(&world, "brightness"), "nothing");
}

#[test]
fn what_cannot_be_kept_is_said() {
    let mut world = panel();
    let reason = "what you set on the camera is not kept for the next time: the disk is full";
    world.input(0, Input::SettingsNotKept(reason.to_owned()));
    world.assert_screen(0, "not kept for the next time: the disk is full");
}
