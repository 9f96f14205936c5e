//! A plain stream of JPEGs from another program: the splitter, and the call that is made of it.

use super::script::Script;
use std::time::{Duration, Instant};
use ttychat::{
    protocol::{Splitter, StreamPicture, limits::JPEG_LEN_MAX},
    session::{
        CameraState, Event, Goodbye, MjpegConfig, MjpegSession, OutgoingPicture, Refusal, Role,
        Size,
    },
};

pub fn check(data: &[u8]) {
    let mut script = Script::new(data);
    let head = script.u8();
    let chunk_len = 1 + usize::from(script.u8());
    if head & 1 == 0 {
        let stream = script.rest();
        let whole = pictures(stream, stream.len().max(1));
        assert_eq!(
            whole,
            pictures(stream, chunk_len),
            "a cut changed the pictures"
        );
    } else {
        call(head & 2 == 0, chunk_len, &mut script);
    }
}

fn pictures(stream: &[u8], chunk_len: usize) -> Vec<StreamPicture> {
    let mut splitter = Splitter::default();
    let mut pictures = Vec::new();
    let mut len = 0;
    for mut chunk in stream.chunks(chunk_len) {
        while let Some(picture) = splitter.take(&mut chunk) {
            assert!(picture.jpeg.starts_with(&[0xff, 0xd8]));
            assert!(picture.jpeg.len() <= JPEG_LEN_MAX);
            len += picture.jpeg.len();
            pictures.push(picture);
        }
        assert!(chunk.is_empty(), "bytes were left");
    }
    assert!(len <= stream.len(), "bytes were made up");
    pictures
}

/// Bytes, time and what the person does, in any order.
fn call(is_called: bool, chunk_len: usize, script: &mut Script<'_>) {
    let role = if is_called {
        Role::Called
    } else {
        Role::Caller
    };
    let mut now = Instant::now() + Duration::from_secs(1000);
    let stand_in = vec![0xff, 0xd8, 0xff, 0xd9];
    let mut session = MjpegSession::new(MjpegConfig { role, stand_in }, now);
    let mut accepted = !is_called;
    let mut closed = false;
    while !script.is_over() {
        match script.u8() % 12 {
            0..=3 => {
                let len = usize::from(script.u16());
                for chunk in script.bytes(len).chunks(chunk_len) {
                    session.handle_bytes(now, chunk);
                    take_events(&mut session, &mut closed);
                }
            }
            4 => {
                accepted = true;
                session.accept(now);
            }
            5 => session.set_camera_state(now, CameraState::On),
            6 => session.set_camera_state(now, CameraState::Off),
            7 => session.send_picture(
                now,
                OutgoingPicture {
                    captured_at: now,
                    size: Size {
                        width: 160,
                        height: 90,
                    },
                    jpeg: vec![7; usize::from(script.u16())],
                    plan: None,
                    number: 0,
                    patch: None,
                },
            ),
            8 | 9 => {
                now += Duration::from_millis(script.u16().into());
                if session.deadline().is_some_and(|deadline| deadline <= now) {
                    session.handle_timeout(now);
                }
            }
            10 => session.handle_resume(now),
            _ => match script.u8() % 8 {
                0 => session.refuse(now, Refusal::Declined),
                1 => session.hang_up(now, Goodbye::Quit),
                2 => session.handle_disconnect(now),
                _ => {}
            },
        }
        take_events(&mut session, &mut closed);
        let mut said = Vec::new();
        let mut count = 0;
        while session.poll_transmit(now, &mut said) {
            count += 1;
            assert!(count < 100, "it never comes to rest");
        }
        assert!(accepted || said.is_empty(), "said before it was taken");
        assert!(session.statistics().bytes_waiting <= 2 * JPEG_LEN_MAX);
    }
    session.handle_disconnect(now);
    take_events(&mut session, &mut closed);
    assert!(closed && session.deadline().is_none());
}

fn take_events(session: &mut MjpegSession, closed: &mut bool) {
    while let Some(event) = session.poll_event() {
        assert!(!*closed, "{event:?} after the end");
        match event {
            Event::Closed(_) => *closed = true,
            Event::Picture(picture) => assert!(picture.jpeg.len() <= JPEG_LEN_MAX),
            Event::Text(text) => panic!("{text:?} in plain pictures"),
            _ => {}
        }
    }
}
