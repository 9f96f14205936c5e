//! Programs that know nothing of ttychat at the other end: scripts with `OpenCV`, and ffmpeg.
//!
//! What is not installed is left out, and said so. `TTYCHAT_PYTHON` names a Python that has cv2.

use crate::{
    other::{Other, PLAIN, answers, connect, free_port, has, say},
    support::end::End,
};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire");

/// A Python that has cv2, if there is one.
fn python() -> Option<String> {
    let named = std::env::var("TTYCHAT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if answers(&named, &["-c", "import cv2"]) {
        return Some(named);
    }
    say(&format!(
        "{named} has no cv2 (pip install opencv-python-headless)"
    ));
    None
}

#[test]
fn a_script_that_takes_turns_calls() {
    let Some(python) = python() else { return };
    let listener = End::listen(&PLAIN);
    let port = listener.port().to_string();
    let client = format!("{SCRIPTS}/client.py");
    let mut client = Other::start(&python, &[&client, &port, "60"]);
    let (done, said) = client.finish();
    assert!(done && said.contains("turns 60"), "{said}");
    listener.wait_for_line(SOON, |line| {
        line.text("state") == "waiting" && line.number("shown") >= 55.0
    });
}

#[test]
fn a_script_that_takes_turns_is_called() {
    let Some(python) = python() else { return };
    let port = free_port();
    let server = format!("{SCRIPTS}/server.py");
    let mut server = Other::start(&python, &[&server, &port.to_string(), "60"]);
    server.wait_for("listening", 1);
    let caller = End::connect(port, &PLAIN);
    let line = caller.wait_for_line(SOON, |line| line.number("shown") >= 55.0);
    assert_eq!(line.text("wire"), "mjpeg");
    let (done, said) = server.finish();
    assert!(done && said.contains("turns 60"), "{said}");
}

#[test]
fn ffmpeg_sends_to_a_listener() {
    if !has("ffmpeg") {
        return;
    }
    let listener = End::listen(&PLAIN);
    let target = format!("tcp://127.0.0.1:{}", listener.port());
    let source = "testsrc=size=320x240:rate=25";
    let arguments = ["-v", "error", "-re", "-f", "lavfi", "-i", source, "-t", "4"];
    let arguments = [&arguments[..], &["-c:v", "mjpeg", "-f", "mjpeg", &target]].concat();
    let mut ffmpeg = Other::start("ffmpeg", &arguments);
    let (done, said) = ffmpeg.finish();
    assert!(done, "{said}");
    listener.wait_for_line(SOON, |line| {
        line.text("state") == "waiting"
            && line.number("shown") >= 50.0
            && line.number("broken") == 0.0
    });
}

#[test]
fn ffmpeg_plays_from_a_listener() {
    if !has("ffmpeg") {
        return;
    }
    let listener = End::listen(&PLAIN);
    let source = format!("tcp://127.0.0.1:{}", listener.port());
    let arguments = ["-v", "error", "-f", "mjpeg", "-i", &source];
    let arguments = [&arguments[..], &["-frames:v", "40", "-f", "null", "-"]].concat();
    let mut ffmpeg = Other::start("ffmpeg", &arguments);
    let (done, said) = ffmpeg.finish();
    assert!(done && said.is_empty(), "{said}");
}

#[test]
fn ffmpeg_is_called_and_sends() {
    if !has("ffmpeg") {
        return;
    }
    let port = free_port();
    let target = format!("tcp://127.0.0.1:{port}?listen=1");
    let source = "testsrc=size=320x240:rate=25";
    let arguments = ["-v", "error", "-re", "-f", "lavfi", "-i", source];
    let arguments = [&arguments[..], &["-c:v", "mjpeg", "-f", "mjpeg", &target]].concat();
    let _ffmpeg = Other::start("ffmpeg", &arguments);
    let caller = connect(port);
    caller.wait_for_line(SOON, |line| line.number("shown") >= 50.0);
}

#[test]
fn ffmpeg_is_called_and_plays() {
    if !has("ffmpeg") {
        return;
    }
    let port = free_port();
    let source = format!("tcp://127.0.0.1:{port}?listen=1");
    let arguments = ["-v", "error", "-f", "mjpeg", "-i", &source];
    let arguments = [&arguments[..], &["-frames:v", "40", "-f", "null", "-"]].concat();
    let mut ffmpeg = Other::start("ffmpeg", &arguments);
    let _caller = connect(port);
    let (done, said) = ffmpeg.finish();
    assert!(done && said.is_empty(), "{said}");
}

#[test]
fn two_of_ours_take_turns() {
    let listener = End::listen(&PLAIN);
    let caller = End::connect(listener.port(), &PLAIN);
    for end in [&listener, &caller] {
        end.wait_for_line(SOON, |line| line.number("shown") >= 30.0);
    }
}

#[test]
fn the_two_wires_are_told_apart() {
    let listener = End::listen(&["--source", "test"]);
    let mut caller = End::connect(listener.port(), &PLAIN);
    assert_eq!(caller.wait().code(), Some(1));
    let said = caller.stderr();
    assert!(said.contains("leave out --wire mjpeg"), "{said}");
    let listener = End::listen(&PLAIN);
    let mut caller = End::connect(listener.port(), &["--source", "test"]);
    assert_eq!(caller.wait().code(), Some(1));
    listener.wait_for_line(SOON, |line| line.text("state") == "waiting");
}
