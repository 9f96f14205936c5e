//! The built program without a screen, as one end of a call; its JSON lines as they come.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, sync_channel},
    time::{Duration, Instant},
};

/// One line of statistics.
#[derive(Debug)]
pub(crate) struct Line(String);

impl Line {
    /// A number; not a number when it is `null`, so that every comparison fails.
    pub(crate) fn number(&self, key: &str) -> f64 {
        self.raw(key).parse().unwrap_or(f64::NAN)
    }

    /// A text without escapes.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.raw(key).trim_matches('"')
    }

    fn raw(&self, key: &str) -> &str {
        let start = self.0.find(&format!("\"{key}\":")).unwrap_or_else(|| {
            panic!("no {key} in {}", self.0);
        });
        let value = self.0.get(start + key.len() + 3..).unwrap();
        let end = if let Some(text) = value.strip_prefix('"') {
            text.find('"').unwrap() + 2
        } else {
            value.find([',', '}']).unwrap()
        };
        value.get(..end).unwrap()
    }
}

/// A running end.
#[derive(Debug)]
pub(crate) struct End {
    child: Child,
    lines: Receiver<String>,
    port: u16,
    home: tempfile::TempDir,
}

impl End {
    /// A listener on a free port of this host that takes every call.
    pub(crate) fn listen(arguments: &[&str]) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let address = format!("127.0.0.1:{port}");
        let all = [
            &["--listen", &address, "--headless", "--accept", "all"],
            arguments,
        ]
        .concat();
        let mut end = Self::start(&all);
        end.port = port;
        end.next_line(Duration::from_secs(20));
        end
    }

    /// A caller of a port of this host.
    pub(crate) fn connect(port: u16, arguments: &[&str]) -> Self {
        let address = format!("127.0.0.1:{port}");
        Self::start(&[&["--connect", &address, "--headless"], arguments].concat())
    }

    /// Any end.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_ttychat"))
            .args(arguments)
            .env("HOME", home.path())
            .env_remove("XDG_CONFIG_HOME")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = sync_channel(1000);
        std::thread::Builder::new()
            .spawn(move || {
                for line in stdout.lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            })
            .unwrap();
        Self {
            child,
            lines,
            port: 0,
            home,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The next line.
    #[track_caller]
    pub(crate) fn next_line(&self, timeout: Duration) -> Line {
        self.wait_for_line(timeout, |_| true)
    }

    /// The next line for which `condition` holds.
    #[track_caller]
    #[expect(clippy::disallowed_methods, reason = "a real program needs real time")]
    pub(crate) fn wait_for_line(
        &self,
        timeout: Duration,
        condition: impl Fn(&Line) -> bool,
    ) -> Line {
        let deadline = Instant::now() + timeout;
        let mut last = None;
        loop {
            let rest = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(rest) {
                Ok(line) => {
                    let line = Line(line);
                    if condition(&line) {
                        return line;
                    }
                    last = Some(line);
                }
                Err(RecvTimeoutError::Timeout) => panic!("not within {timeout:?}; last: {last:?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended; last: {last:?}"),
            }
        }
    }

    /// Whether it goes on for long enough to say something.
    pub(crate) fn lives(&self) -> bool {
        self.lines.recv_timeout(Duration::from_secs(20)).is_ok()
    }

    /// Asks it to end.
    #[allow(
        clippy::needless_pass_by_ref_mut,
        reason = "other systems than Unix want it"
    )]
    pub(crate) fn terminate(&mut self) {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::TERM);
        #[cfg(not(unix))]
        self.child.kill().unwrap();
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Ends it without a word.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    #[track_caller]
    #[expect(clippy::disallowed_methods, reason = "a real program needs real time")]
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end");
            // Lines arrive or the end comes; either way it is worth another look soon.
            drop(self.lines.recv_timeout(Duration::from_millis(10)));
        }
    }

    /// What it said at its end; to be called once, after [`Self::wait`].
    pub(crate) fn stderr(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut text).unwrap();
            self.child.stderr = None;
            std::fs::write(self.home.path().join("stderr"), &text).unwrap();
            return text;
        }
        std::fs::read_to_string(self.home.path().join("stderr")).unwrap()
    }
}

impl Drop for End {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
