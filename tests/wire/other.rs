//! A program that knows nothing of ttychat, and an end of ours that calls it.

use crate::support::end::End;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    time::{Duration, Instant},
};

/// How long another program may take for anything, on a machine that does other work.
const LONG: Duration = Duration::from_secs(60);

/// How an end of ours speaks with other programs.
pub(crate) const PLAIN: [&str; 4] = ["--wire", "mjpeg", "--source", "test"];

/// A program at the other end; ended with the test.
#[derive(Debug)]
pub(crate) struct Other {
    child: Child,
    lines: Receiver<String>,
    said: String,
}

impl Other {
    /// Starts a program, which opens no window.
    pub(crate) fn start(program: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(arguments)
            .env("SDL_VIDEODRIVER", "dummy")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = sync_channel(1000);
        listen_to(child.stdout.take().unwrap(), sender.clone());
        listen_to(child.stderr.take().unwrap(), sender);
        Self {
            child,
            lines,
            said: String::new(),
        }
    }

    /// Waits until it has said `words` in so many lines.
    #[track_caller]
    #[expect(clippy::disallowed_methods, reason = "a real program needs real time")]
    pub(crate) fn wait_for(&mut self, words: &str, count: usize) {
        let deadline = Instant::now() + LONG;
        let mut left = count;
        while left > 0 {
            let line = self.next_line(deadline);
            let line = line.unwrap_or_else(|| panic!("it ended: {}", self.said));
            left -= usize::from(line.contains(words));
        }
    }

    /// Waits for its end and gives whether it went well, and all that it has said.
    #[track_caller]
    #[expect(clippy::disallowed_methods, reason = "a real program needs real time")]
    pub(crate) fn finish(&mut self) -> (bool, &str) {
        let deadline = Instant::now() + LONG;
        while self.next_line(deadline).is_some() {}
        (self.child.wait().unwrap().success(), &self.said)
    }

    /// `None` when it says nothing more.
    #[track_caller]
    #[expect(clippy::disallowed_methods, reason = "a real program needs real time")]
    fn next_line(&mut self, deadline: Instant) -> Option<String> {
        let rest = deadline.saturating_duration_since(Instant::now());
        match self.lines.recv_timeout(rest) {
            Ok(line) => {
                self.said += &line;
                self.said.push('\n');
                Some(line)
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("not within {LONG:?}: {}", self.said),
        }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn listen_to(pipe: impl Read + Send + 'static, lines: SyncSender<String>) {
    let listen = move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                break;
            }
        }
    };
    std::thread::Builder::new().spawn(listen).unwrap();
}

/// Whether a program can be run and is content.
pub(crate) fn answers(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Whether a program of the ffmpeg family is there; says so if not.
pub(crate) fn has(program: &str) -> bool {
    let has = answers(program, &["-version"]);
    if !has {
        say(&format!("there is no {program}"));
    }
    has
}

/// Past the harness, which keeps what successful tests print.
pub(crate) fn say(why: &str) {
    let line = format!("wire: left out: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// A port of this host that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

/// Calls until somebody answers: the other program says nothing when it begins to listen.
pub(crate) fn connect(port: u16) -> End {
    for _ in 0..40 {
        let end = End::connect(port, &PLAIN);
        if end.lives() {
            return end;
        }
        // Connecting failed: it ends at once and takes some tenths of a second for it.
    }
    panic!("nobody listens on {port}");
}
