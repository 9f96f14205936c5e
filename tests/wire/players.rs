//! Players that know nothing of ttychat at the other end: `GStreamer`, which also sends, and
//! ffplay, with the commands that the README gives.
//!
//! What is not installed is left out, and said so.

use crate::{
    other::{Other, PLAIN, answers, connect, free_port, has, say},
    support::end::End,
};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

/// Pictures that a player must have decoded.
const PLAYED_COUNT: usize = 40;

/// What ffplay says of each picture that it has decoded, with the filter that tells.
const FFPLAY_PLAYED: &str = "] n:";

/// Whether `GStreamer` is there, with all that is wanted of it.
fn has_gstreamer() -> bool {
    let elements = ["jpegdec", "jpegenc", "jpegparse", "tcpclientsrc"];
    let lacks = |element: &&str| !answers("gst-inspect-1.0", &["--exists", element]);
    let lacking = elements.into_iter().find(lacks);
    if let Some(element) = lacking {
        say(&format!("there is no GStreamer, or it has no {element}"));
    }
    lacking.is_none()
}

/// A source of so many JPEGs, into `sink`.
fn gstreamer_sends(picture_count: u32, sink: &str, port: u16) -> Other {
    let pipeline = format!(
        "-q videotestsrc is-live=true num-buffers={picture_count} \
         ! video/x-raw,width=320,height=240,framerate=25/1 ! jpegenc \
         ! {sink} host=127.0.0.1 port={port}"
    );
    start_gstreamer(&pipeline)
}

/// A player of what comes from `source`, which ends by itself and tells of each picture that it has
/// decoded.
fn gstreamer_plays(source: &str, port: u16) -> Other {
    let pipeline = format!(
        "-v {source} host=127.0.0.1 port={port} \
         ! jpegparse ! jpegdec ! fakesink silent=false num-buffers={PLAYED_COUNT}"
    );
    start_gstreamer(&pipeline)
}

fn start_gstreamer(pipeline: &str) -> Other {
    let arguments: Vec<&str> = pipeline.split_whitespace().collect();
    Other::start("gst-launch-1.0", &arguments)
}

#[track_caller]
fn assert_gstreamer_played(mut player: Other) {
    player.wait_for("fakesink0: last-message = chain", PLAYED_COUNT);
    let (done, said) = player.finish();
    assert!(done, "{said}");
}

/// ffplay without a window, which tells of each picture that it has decoded.
fn start_ffplay(source: &str) -> Other {
    let arguments = ["-nostats", "-autoexit", "-vf", "showinfo"];
    let arguments = [&arguments[..], &["-framerate", "120", "-f", "mjpeg"]].concat();
    Other::start("ffplay", &[&arguments[..], &[source]].concat())
}

/// It plays, and ends when the call does.
#[track_caller]
fn assert_ffplay_plays(mut player: Other, end: End) {
    player.wait_for(FFPLAY_PLAYED, PLAYED_COUNT);
    drop(end);
    let (done, said) = player.finish();
    assert!(done, "{said}");
}

#[test]
fn gstreamer_sends_to_a_listener() {
    if !has_gstreamer() {
        return;
    }
    let listener = End::listen(&PLAIN);
    let mut sender = gstreamer_sends(100, "tcpclientsink", listener.port());
    let (done, said) = sender.finish();
    assert!(done && said.is_empty(), "{said}");
    listener.wait_for_line(SOON, |line| {
        line.text("state") == "waiting"
            && line.number("shown") >= 50.0
            && line.number("broken") == 0.0
    });
}

#[test]
fn gstreamer_plays_from_a_listener() {
    if !has_gstreamer() {
        return;
    }
    let listener = End::listen(&PLAIN);
    assert_gstreamer_played(gstreamer_plays("tcpclientsrc", listener.port()));
}

#[test]
fn gstreamer_is_called_and_sends() {
    if !has_gstreamer() {
        return;
    }
    let port = free_port();
    // What nobody has called for yet is lost.
    let _sender = gstreamer_sends(100_000, "tcpserversink", port);
    let caller = connect(port);
    caller.wait_for_line(SOON, |line| {
        line.number("shown") >= 50.0 && line.number("broken") == 0.0
    });
}

#[test]
fn gstreamer_is_called_and_plays() {
    if !has_gstreamer() {
        return;
    }
    let port = free_port();
    let player = gstreamer_plays("tcpserversrc", port);
    let _caller = connect(port);
    assert_gstreamer_played(player);
}

#[test]
fn ffplay_plays_from_a_listener() {
    if !has("ffplay") {
        return;
    }
    let listener = End::listen(&PLAIN);
    let player = start_ffplay(&format!("tcp://127.0.0.1:{}", listener.port()));
    assert_ffplay_plays(player, listener);
}

#[test]
fn ffplay_is_called_and_plays() {
    if !has("ffplay") {
        return;
    }
    let port = free_port();
    let player = start_ffplay(&format!("tcp://127.0.0.1:{port}?listen=1"));
    assert_ffplay_plays(player, connect(port));
}
