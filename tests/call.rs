//! Two real programs and a real link between them: whole calls without a screen, and all the ways
//! in which the other side can disappoint.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "test code"
)]

mod support;

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};
use support::{end::End, relay::Relay};
use ttychat::media::{Picture, PixelSize, jpeg::Compressor};

/// Silence is to be noticed and said within this time.
const NOTICE_MAX: Duration = Duration::from_secs(10);

fn listener() -> End {
    End::listen(&["--source", "test", "--resolution", "320x180"])
}

fn caller(port: u16) -> End {
    End::connect(port, &["--source", "test", "--resolution", "320x180"])
}

#[test]
fn pictures_go_both_ways_at_the_source_s_rate() {
    let listener = listener();
    let mut caller = caller(listener.port());
    for end in [&listener, &caller] {
        let line = end.wait_for_line(Duration::from_secs(20), |line| {
            line.number("shown_per_s") >= 25.0 && line.number("sent_per_s") >= 25.0
        });
        assert_eq!(line.text("state"), "in call");
        assert!(line.number("age_ms_p50") < 500.0, "{line:?}");
    }
    caller.terminate();
    assert_eq!(caller.wait().code(), Some(0));
    // The listener is told, and waits for the next call.
    listener.wait_for_line(Duration::from_secs(5), |line| {
        line.text("state") == "waiting"
    });
}

/// A square that goes to and fro before something that stands: a clip of 64 pictures.
fn square() -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new()
        .suffix(".mjpeg")
        .tempfile()
        .unwrap();
    let (mut picture, mut jpeg) = (Picture::new(PixelSize::new(320, 180)), Vec::new());
    for step in 0..64_u32 {
        let left = 4 * step.min(64 - step);
        for (index, pixel) in (0..).zip(picture.rgb_mut().chunks_exact_mut(3)) {
            let (x, y): (u32, u32) = (index % 320, index / 320);
            let is_square = (left..left + 40).contains(&x) && (60..100).contains(&y);
            let level = u8::try_from(x / 4 + y / 2).unwrap();
            pixel.fill(if is_square { 230 } else { level });
        }
        jpeg.clear();
        Compressor::default()
            .compress(&picture, 90, &mut jpeg)
            .unwrap();
        file.write_all(&jpeg).unwrap();
    }
    file
}

#[test]
fn only_what_changes_is_sent() {
    let clip = square();
    let source = ["--source", clip.path().to_str().unwrap(), "--fps", "30"];
    let listener = End::listen(&source);
    let mut caller = End::connect(listener.port(), &source);
    for end in [&listener, &caller] {
        let line = end.wait_for_line(Duration::from_secs(20), |line| {
            line.number("shown_per_s") >= 20.0 && line.number("patches") > 60.0
        });
        assert!(line.number("broken") < 1.0, "{line:?}");
        let whole_count = line.number("sent") - line.number("patches");
        assert!(whole_count < line.number("patches") / 2.0, "{line:?}");
    }
    caller.terminate();
    assert_eq!(caller.wait().code(), Some(0));
}

/// Plain pictures are whole ones, and so is what an echo gives back.
#[test]
fn where_nobody_lays_patches_there_are_none() {
    let clip = square();
    let source = ["--source", clip.path().to_str().unwrap(), "--fps", "30"];
    let mut ends = vec![End::start(
        &[&["--loopback", "--headless"], &source[..]].concat(),
    )];
    let plain = [&["--wire", "mjpeg"], &source[..]].concat();
    ends.push(End::listen(&plain));
    ends.push(End::connect(ends[1].port(), &plain));
    for end in &ends {
        let line = end.wait_for_line(Duration::from_secs(20), |line| {
            line.number("shown_per_s") >= 10.0 && line.number("sent") > 60.0
        });
        assert!(line.number("patches") < 1.0, "{line:?}");
        assert!(line.number("broken") < 1.0, "{line:?}");
    }
}

#[test]
fn the_listener_takes_one_call_after_the_other() {
    let listener = listener();
    for _ in 0..3 {
        let mut caller = caller(listener.port());
        listener.wait_for_line(Duration::from_secs(20), |line| {
            line.text("state") == "in call" && line.number("shown_per_s") > 0.0
        });
        caller.terminate();
        assert_eq!(caller.wait().code(), Some(0));
        listener.wait_for_line(Duration::from_secs(5), |line| {
            line.text("state") == "waiting"
        });
    }
}

#[test]
fn a_second_caller_is_told_busy() {
    let listener = listener();
    let first = caller(listener.port());
    first.wait_for_line(Duration::from_secs(20), |line| {
        line.text("state") == "in call"
    });
    let mut second = caller(listener.port());
    assert_eq!(second.wait().code(), Some(1));
    assert!(second.stderr().contains("busy"), "{}", second.stderr());
    let line = first.next_line(Duration::from_secs(5));
    assert_eq!(line.text("state"), "in call");
}

#[test]
fn a_killed_peer_is_noticed_and_the_next_call_is_taken() {
    let listener = listener();
    let mut first = caller(listener.port());
    listener.wait_for_line(Duration::from_secs(20), |line| {
        line.text("state") == "in call"
    });
    first.kill();
    listener.wait_for_line(NOTICE_MAX, |line| line.text("state") == "waiting");
    let second = caller(listener.port());
    second.wait_for_line(Duration::from_secs(20), |line| {
        line.number("shown_per_s") > 0.0
    });
}

#[test]
fn a_pulled_cable_is_noticed_by_both_and_the_caller_calls_again() {
    let listener = listener();
    let relay = Relay::to(listener.port());
    let caller = caller(relay.port());
    caller.wait_for_line(Duration::from_secs(20), |line| {
        line.number("shown_per_s") > 0.0
    });
    relay.hold();
    let pulled_at = Instant::now();
    listener.wait_for_line(NOTICE_MAX, |line| line.text("state") == "waiting");
    let rest = NOTICE_MAX.saturating_sub(pulled_at.elapsed());
    caller.wait_for_line(rest, |line| line.text("state") != "in call");
    relay.release();
    caller.wait_for_line(Duration::from_secs(30), |line| {
        line.text("state") == "in call" && line.number("shown_per_s") > 0.0
    });
}

#[cfg(unix)]
#[test]
fn a_peer_that_stops_reading_is_noticed() {
    let listener = listener();
    let first = caller(listener.port());
    listener.wait_for_line(Duration::from_secs(20), |line| {
        line.text("state") == "in call"
    });
    first.signal(rustix::process::Signal::STOP);
    listener.wait_for_line(NOTICE_MAX, |line| line.text("state") == "waiting");
    let second = caller(listener.port());
    second.wait_for_line(Duration::from_secs(20), |line| {
        line.number("shown_per_s") > 0.0
    });
    first.signal(rustix::process::Signal::CONT);
}

#[test]
fn strangers_do_not_disturb_a_call() {
    let listener = listener();
    let first = caller(listener.port());
    first.wait_for_line(Duration::from_secs(20), |line| {
        line.text("state") == "in call"
    });
    for greeting in [
        &b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..],
        b"SSH-2.0-OpenSSH_9.2\r\n",
        &[0; 99],
    ] {
        let mut stream = TcpStream::connect(("127.0.0.1", listener.port())).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(12)))
            .unwrap();
        // It may be hung up upon before it has said all.
        drop(stream.write_all(greeting));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        assert!(answer.len() < 100, "{} bytes for a stranger", answer.len());
    }
    let line = first.next_line(Duration::from_secs(5));
    assert_eq!(line.text("state"), "in call");
}

#[test]
fn dialling_something_else_says_so() {
    let web = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = web.local_addr().unwrap().port();
    let server = std::thread::Builder::new().spawn(move || {
        let (mut stream, _) = web.accept().unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
        let mut rest = Vec::new();
        drop(stream.read_to_end(&mut rest));
    });
    let mut caller = caller(port);
    assert_eq!(caller.wait().code(), Some(1));
    assert!(
        caller.stderr().contains("not ttychat"),
        "{}",
        caller.stderr()
    );
    drop(caller);
    server.unwrap().join().unwrap();
}

#[test]
fn a_closed_port_is_named_with_the_way_out() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mut caller = caller(free);
    assert_eq!(caller.wait().code(), Some(1));
    let said = caller.stderr();
    assert!(
        said.contains(&format!("127.0.0.1:{free}")) && said.contains("refused"),
        "{said}"
    );
}

/// A regression: a pipe that nobody reads stopped the loop, so that not even SIGTERM was heard.
#[cfg(unix)]
#[test]
fn a_reader_that_does_not_read_stops_nothing() {
    let (_unread, mut pipe) = std::io::pipe().unwrap();
    // As much as Linux gives a pipe; the program's first line finds it full.
    pipe.write_all(&vec![b'\n'; 64 << 10]).unwrap();
    let listener = listener();
    let address = format!("127.0.0.1:{}", listener.port());
    let home = tempfile::tempdir().unwrap();
    let mut caller = std::process::Command::new(env!("CARGO_BIN_EXE_ttychat"))
        .args(["--connect", &address, "--headless", "--source", "test"])
        .env("HOME", home.path())
        .env_remove("XDG_CONFIG_HOME")
        .stdout(pipe.try_clone().unwrap())
        .stderr(pipe)
        .spawn()
        .unwrap();
    for _ in 0..3 {
        listener.wait_for_line(Duration::from_secs(20), |line| {
            line.text("state") == "in call" && line.number("shown_per_s") > 20.0
        });
    }
    let pid = rustix::process::Pid::from_child(&caller);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    listener.wait_for_line(Duration::from_secs(3), |line| {
        line.text("state") == "waiting"
    });
    assert_eq!(caller.wait().unwrap().code(), Some(0));
}

#[test]
fn a_call_with_oneself_reports_what_it_did() {
    let mut end = End::start(&[
        "--loopback",
        "--headless",
        "--source",
        "test",
        "--duration",
        "3",
    ]);
    assert_eq!(end.wait().code(), Some(0));
    let said = end.stderr();
    for word in ["sent", "shown", "age", "CPU"] {
        assert!(said.contains(word), "`{word}` is missing in: {said}");
    }
}
