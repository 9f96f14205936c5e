//! Programs that know nothing of ttychat at the other end: scripts with `OpenCV`, and ffmpeg.
//!
//! What is not installed is left out, and said so. `TTYCHAT_PYTHON` names a Python that has cv2.

use crate::support::end::End;
use std::{
    io::{Read, Write},
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

const SOON: Duration = Duration::from_secs(20);
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire");

/// A program at the other end; ended with the test.
struct Program(Child);

impl Program {
    fn start(program: &str, arguments: &[&str]) -> Self {
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Self(child.unwrap())
    }

    /// Waits for its end and gives all that it has said.
    fn finish(&mut self) -> (bool, String) {
        let mut said = String::new();
        let (stdout, stderr) = (self.0.stdout.take(), self.0.stderr.take());
        stdout.unwrap().read_to_string(&mut said).unwrap();
        stderr.unwrap().read_to_string(&mut said).unwrap();
        (self.0.wait().unwrap().success(), said)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn answers(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Past the harness, which keeps what successful tests print.
fn say(why: &str) {
    let line = format!("wire: left out: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

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

fn has_ffmpeg() -> bool {
    let has = answers("ffmpeg", &["-version"]);
    if !has {
        say("there is no ffmpeg");
    }
    has
}

fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

const PLAIN: [&str; 4] = ["--wire", "mjpeg", "--source", "test"];

/// Calls until somebody answers: the other program says nothing when it begins to listen.
fn connect(port: u16, call: impl Fn(&End) -> bool) -> End {
    for _ in 0..40 {
        let end = End::connect(port, &PLAIN);
        if call(&end) {
            return end;
        }
        // Connecting failed: it ends at once and takes some tenths of a second for it.
    }
    panic!("nobody listens on {port}");
}

#[test]
fn a_script_that_takes_turns_calls() {
    let Some(python) = python() else { return };
    let listener = End::listen(&PLAIN);
    let port = listener.port().to_string();
    let client = format!("{SCRIPTS}/client.py");
    let (done, said) = Program::start(&python, &[&client, &port, "60"]).finish();
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
    let mut server = Program::start(&python, &[&server, &port.to_string(), "60"]);
    let mut said = [0; 10];
    server
        .0
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut said)
        .unwrap();
    let caller = End::connect(port, &PLAIN);
    let line = caller.wait_for_line(SOON, |line| line.number("shown") >= 55.0);
    assert_eq!(line.text("wire"), "mjpeg");
    let (done, said) = server.finish();
    assert!(done && said.contains("turns 60"), "{said}");
}

#[test]
fn ffmpeg_sends_to_a_listener() {
    if !has_ffmpeg() {
        return;
    }
    let listener = End::listen(&PLAIN);
    let target = format!("tcp://127.0.0.1:{}", listener.port());
    let source = "testsrc=size=320x240:rate=25";
    let arguments = ["-v", "error", "-re", "-f", "lavfi", "-i", source, "-t", "4"];
    let arguments = [&arguments[..], &["-c:v", "mjpeg", "-f", "mjpeg", &target]].concat();
    let (done, said) = Program::start("ffmpeg", &arguments).finish();
    assert!(done, "{said}");
    listener.wait_for_line(SOON, |line| {
        line.text("state") == "waiting"
            && line.number("shown") >= 50.0
            && line.number("broken") == 0.0
    });
}

#[test]
fn ffmpeg_plays_from_a_listener() {
    if !has_ffmpeg() {
        return;
    }
    let listener = End::listen(&PLAIN);
    let source = format!("tcp://127.0.0.1:{}", listener.port());
    let arguments = ["-v", "error", "-f", "mjpeg", "-i", &source];
    let arguments = [&arguments[..], &["-frames:v", "40", "-f", "null", "-"]].concat();
    let (done, said) = Program::start("ffmpeg", &arguments).finish();
    assert!(done && said.is_empty(), "{said}");
}

#[test]
fn ffmpeg_is_called_and_sends() {
    if !has_ffmpeg() {
        return;
    }
    let port = free_port();
    let target = format!("tcp://127.0.0.1:{port}?listen=1");
    let source = "testsrc=size=320x240:rate=25";
    let arguments = ["-v", "error", "-re", "-f", "lavfi", "-i", source];
    let arguments = [&arguments[..], &["-c:v", "mjpeg", "-f", "mjpeg", &target]].concat();
    let _ffmpeg = Program::start("ffmpeg", &arguments);
    let caller = connect(port, End::lives);
    caller.wait_for_line(SOON, |line| line.number("shown") >= 50.0);
}

#[test]
fn ffmpeg_is_called_and_plays() {
    if !has_ffmpeg() {
        return;
    }
    let port = free_port();
    let source = format!("tcp://127.0.0.1:{port}?listen=1");
    let arguments = ["-v", "error", "-f", "mjpeg", "-i", &source];
    let arguments = [&arguments[..], &["-frames:v", "40", "-f", "null", "-"]].concat();
    let mut ffmpeg = Program::start("ffmpeg", &arguments);
    let _caller = connect(port, End::lives);
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
