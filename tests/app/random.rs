//! No order of inputs may panic, hold much, or send pictures to somebody who was not accepted.

use crate::stage::{WALL, World, address_of, connect, listen, options, window};
use crate::webcam;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;
use ratatui::{Terminal, backend::TestBackend};
use std::time::{Duration, Instant};
use ttychat::{
    app::{
        Accept, App, CameraEntry, CaptureReport, ConnectionId, Effect, Input, Now, OwnPicture,
        Role, Source,
    },
    media::{Picture, PixelSize, jpeg::JpegError},
    screen::canvas::Canvas,
};

/// Something that happens, in a form that can be shrunk.
#[derive(Clone, Debug)]
enum Happening {
    Accepted(u64),
    Bytes(u64, Vec<u8>),
    Cameras(u8),
    Capture(u8),
    Connected(u64),
    Controls(u32, u8, i32),
    Coarse(bool),
    ConnectFailed,
    Disconnected(u64),
    Drawn,
    FrameWritten,
    Key(u8, bool),
    NamedKey(u8),
    OwnPicture,
    Paste(String),
    Passed(u32),
    PictureReady(u32, bool),
    PictureDropped(u32),
    Resumed,
    Snapshot(bool),
    Stop,
    Window(u16, u16, f64),
    Transmit(u64),
}

fn happening() -> impl Strategy<Value = Happening> {
    let connection = 0..4_u64;
    prop_oneof![
        connection.clone().prop_map(Happening::Accepted),
        (
            connection.clone(),
            prop::collection::vec(any::<u8>(), 0..200)
        )
            .prop_map(|(connection, bytes)| Happening::Bytes(connection, bytes)),
        (0..4_u8).prop_map(Happening::Cameras),
        (0..5_u8).prop_map(Happening::Capture),
        (0..6_u32, 0..40_u8, any::<i32>())
            .prop_map(|(revision, count, value)| { Happening::Controls(revision, count, value) }),
        connection.clone().prop_map(Happening::Connected),
        any::<bool>().prop_map(Happening::Coarse),
        Just(Happening::ConnectFailed),
        connection.clone().prop_map(Happening::Disconnected),
        Just(Happening::Drawn),
        Just(Happening::FrameWritten),
        (b' '..127, any::<bool>()).prop_map(|(key, control)| Happening::Key(key, control)),
        (0..11_u8).prop_map(Happening::NamedKey),
        Just(Happening::OwnPicture),
        any::<String>().prop_map(Happening::Paste),
        (0..100_000_u32).prop_map(Happening::Passed),
        (0..6_u32, any::<bool>()).prop_map(|(number, good)| Happening::PictureReady(number, good)),
        (0..6_u32).prop_map(Happening::PictureDropped),
        Just(Happening::Resumed),
        any::<bool>().prop_map(Happening::Snapshot),
        Just(Happening::Stop),
        (0..600_u16, 0..250_u16, any::<f64>())
            .prop_map(|(columns, rows, aspect)| Happening::Window(columns, rows, aspect)),
        connection.prop_map(Happening::Transmit),
    ]
}

#[expect(clippy::too_many_lines, reason = "one arm for each kind of input")]
fn apply(app: &mut App, now: Now, happening: Happening) {
    let address = address_of(1);
    let size = PixelSize::new(32, 18);
    match happening {
        Happening::Accepted(number) => {
            app.handle(
                now,
                Input::Accepted {
                    connection: ConnectionId(number),
                    address,
                },
            );
        }
        Happening::Bytes(number, bytes) => {
            let connection = ConnectionId(number);
            app.handle(
                now,
                Input::Bytes {
                    connection,
                    bytes: &bytes,
                },
            );
        }
        Happening::Cameras(count) => {
            let entry = |number| CameraEntry {
                number,
                name: "x".repeat(number as usize * 100),
                resolutions: vec![PixelSize::new(number, u32::MAX); number as usize],
            };
            app.handle(
                now,
                Input::Cameras((0..u32::from(count)).map(entry).collect()),
            );
        }
        Happening::Capture(kind) => {
            let report = match kind {
                0 => CaptureReport::Stopped,
                1 | 2 => CaptureReport::Failed {
                    number: None,
                    missing: kind == 1,
                    message: "gone".to_owned(),
                },
                _ => CaptureReport::Started {
                    number: Some(u32::from(kind)),
                    description: "\u{1b}[2J".to_owned(),
                    size: PixelSize::new(u32::MAX, u32::MAX),
                },
            };
            app.handle(now, Input::Capture(report));
        }
        Happening::Connected(number) => {
            app.handle(
                now,
                Input::Connected {
                    connection: ConnectionId(number),
                    address,
                },
            );
        }
        Happening::Controls(revision, count, value) => {
            for report in webcam::any_reports(revision, count, value) {
                app.handle(now, Input::Capture(report));
            }
            app.handle(now, Input::SettingsNotKept("\u{1b}no".to_owned()));
        }
        Happening::ConnectFailed => app.handle(now, Input::ConnectFailed("\u{7}no".to_owned())),
        Happening::Disconnected(number) => {
            app.handle(
                now,
                Input::Disconnected {
                    connection: ConnectionId(number),
                },
            );
        }
        Happening::Coarse(is_coarse) => app.handle(now, Input::Coarse(is_coarse)),
        Happening::Drawn => app.handle(now, Input::Drawn),
        Happening::FrameWritten => app.handle(now, Input::FrameWritten { len: usize::MAX }),
        Happening::Key(key, control) => {
            let modifiers = if control {
                KeyModifiers::CONTROL
            } else {
                KeyModifiers::NONE
            };
            // The program's end would end the test.
            let quits = key == b'q' || (control && key.eq_ignore_ascii_case(&b'c'));
            if !quits {
                let code = KeyCode::Char(char::from(key));
                app.handle(now, Input::Key(KeyEvent::new(code, modifiers)));
            }
        }
        Happening::NamedKey(index) => {
            let code = [
                KeyCode::Enter,
                KeyCode::Esc,
                KeyCode::PageUp,
                KeyCode::PageDown,
                KeyCode::Backspace,
                KeyCode::Null,
                KeyCode::Up,
                KeyCode::Down,
                KeyCode::Left,
                KeyCode::Right,
                KeyCode::Delete,
            ][usize::from(index)];
            app.handle(now, Input::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        }
        Happening::OwnPicture => {
            let picture = OwnPicture {
                captured_at: now.instant,
                jpeg: Some((size, vec![0; 10])),
                plan: app.capture_order().plan,
                unchanged: false,
                view: Some(Picture::new(size)),
                number: 0,
                patch: None,
            };
            app.handle(now, Input::OwnPicture(picture));
        }
        Happening::Paste(text) => app.handle(now, Input::Paste(text)),
        Happening::Passed(_) => app.handle(now, Input::Timeout),
        Happening::PictureReady(sequence, good) => {
            let result = if good {
                Ok(Picture::new(size))
            } else {
                Err(JpegError::Broken)
            };
            app.handle(
                now,
                Input::PictureReady {
                    sequence,
                    result,
                    composed: None,
                },
            );
        }
        Happening::PictureDropped(sequence) => {
            app.handle(now, Input::PictureDropped { sequence });
        }
        Happening::Resumed => app.handle(now, Input::Resumed),
        Happening::Snapshot(good) => {
            let result = if good {
                Ok("a".to_owned())
            } else {
                Err("b".to_owned())
            };
            app.handle(now, Input::SnapshotSaved(result));
        }
        Happening::Stop => app.handle(now, Input::StopRequested),
        Happening::Window(columns, rows, aspect) => {
            let mut window = window(columns, rows);
            window.pixel_aspect = aspect;
            app.handle(now, Input::WindowChanged(window));
        }
        Happening::Transmit(number) => {
            let mut out = Vec::new();
            while app.poll_transmit(now, ConnectionId(number), &mut out) {}
        }
    }
}

fn check(mut app: App, start: Instant, happenings: Vec<Happening>, polls: bool) {
    let mut now = Now {
        instant: start,
        wall: WALL,
    };
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let mut canvas = Canvas::default();
    for happening in happenings {
        if let Happening::Passed(ms) = happening {
            now.instant += Duration::from_millis(ms.into());
        }
        apply(&mut app, now, happening);
        // Nobody was accepted by a person here who speaks no protocol.
        assert!(!app.capture_order().compress);
        assert!(
            app.deadline().is_none_or(|at| at > now.instant),
            "a deadline in the past"
        );
        if app.wants_draw().is_some() {
            terminal
                .draw(|frame| app.draw(now, frame, &mut canvas))
                .unwrap();
            app.handle(now, Input::Drawn);
        }
        let mut count = 0;
        while polls && let Some(effect) = app.poll_effect() {
            count += 1;
            if let Effect::SetTitle(text) | Effect::Log(text) | Effect::Statistics(text) = effect {
                assert!(!text.chars().any(char::is_control), "{text:?}");
            }
        }
        assert!(count < 200, "{count} effects for one input");
    }
    let count = std::iter::from_fn(|| app.poll_effect()).count();
    assert!(count < 1000, "{count} effects were kept");
    let report = app.report(now);
    assert_eq!(report.pictures_sent, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_inputs_panics(
        happenings in prop::collection::vec(happening(), 0..120),
        kind in 0..5_u8,
        polls in any::<bool>(),
        screen in any::<bool>(),
    ) {
        let role = match kind {
            0 => connect(),
            1 => Role::Loopback,
            2 => Role::Echo,
            _ => listen(),
        };
        let mut options = options("\u{1b}me", role);
        options.statistics = polls;
        options.accept = if kind == 3 { Accept::All } else { Accept::Ask };
        options.source = if kind % 2 == 0 { Source::Camera(None) } else { Source::Test };
        if !screen {
            options.screen = None;
        }
        #[expect(clippy::disallowed_methods, reason = "an origin for virtual time")]
        let start = Instant::now();
        let app = App::new(options, Now { instant: start, wall: WALL });
        check(app, start, happenings, polls);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_call_survives_whatever_happens_at_its_ends(
        happenings in prop::collection::vec((0..2_usize, happening()), 0..60),
    ) {
        let mut world = World::in_call();
        for (party, happening) in happenings {
            let passed = if let Happening::Passed(ms) = &happening { *ms } else { 0 };
            apply(&mut world.parties[party].app, world.now, happening);
            world.settle();
            world.run(Duration::from_millis((passed % 1500).into()));
        }
        for party in &world.parties {
            let report = party.app.report(world.now);
            prop_assert!(report.pictures_shown <= party.shown.len() as u64);
        }
    }
}
