//! Wine, the program in it, and its cameras.

use crate::pty::{Pty, Start};
use std::{
    cell::Cell,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process::{Command, Output},
};
use vt100::Screen;

/// What is done with Wine.
pub(crate) struct Wine {
    /// The rig's command.
    winrig: PathBuf,
    /// Where the program and the libraries that make cameras lie.
    folder: PathBuf,
    /// How much of the log was waited for.
    heard_len: Cell<usize>,
    /// How much of what the lamps did was looked at.
    seen_len: Cell<usize>,
}

/// A camera that is plugged in, as `cameras.cpp` reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Camera {
    /// What tells it from another of its kind.
    pub(crate) link: &'static str,
    pub(crate) name: &'static str,
    pub(crate) behaviour: &'static str,
    pub(crate) types: &'static str,
}

impl Wine {
    pub(crate) fn new(rig: &Path, folder: &Path) -> Self {
        Self {
            winrig: rig.join("winrig"),
            folder: folder.to_owned(),
            heard_len: Cell::new(0),
            seen_len: Cell::new(0),
        }
    }

    /// Makes these the cameras that are there, from now on.
    pub(crate) fn plug_in(&self, cameras: &[Camera]) {
        let line = |camera: &Camera| {
            let Camera {
                link,
                name,
                behaviour,
                types,
            } = camera;
            format!("{link}\t{name}\t{behaviour}\t{types}\n")
        };
        let lines: String = cameras.iter().map(line).collect();
        // In one step: it is read at any time.
        let (path, new) = (self.path("cameras"), self.path("cameras.new"));
        fs::write(&new, lines).expect("written");
        fs::rename(new, path).expect("renamed");
    }

    /// Which lamps went on and off since this was asked last, in order.
    pub(crate) fn lamps(&self) -> Vec<String> {
        let all = fs::read_to_string(self.path("lamps")).unwrap_or_default();
        let news = all.get(self.seen_len.get()..).unwrap_or_default();
        // The last line may still be on its way.
        let whole = news.rfind('\n').map_or(0, |at| at + 1);
        self.seen_len.set(self.seen_len.get() + whole);
        let lines = news.get(..whole).unwrap_or_default().lines();
        lines.map(str::to_owned).collect()
    }

    /// Waits until the program has said `words` in its log, later than what was waited for before.
    #[track_caller]
    pub(crate) fn wait_for_words(&self, pty: &mut Pty, words: &str) {
        pty.wait_until(&format!("{words:?} is said in the log"), |_| {
            let log = fs::read_to_string(self.path("log")).unwrap_or_default();
            let news = log.get(self.heard_len.get()..).unwrap_or_default();
            let found = news.find(words);
            if let Some(at) = found {
                self.heard_len.set(self.heard_len.get() + at + words.len());
            }
            found.is_some()
        });
    }

    /// Runs the program to its end, without a terminal.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        drop(self.lamps());
        let mut command = Command::new(&self.winrig);
        command.arg("run").arg(self.path("ttychat.exe"));
        command.args(arguments).envs(self.environment());
        command.output().expect("the rig runs")
    }

    /// Starts the program in a terminal of 80x24 cells.
    pub(crate) fn start(&self, arguments: &[&str]) -> Pty {
        self.start_with(arguments, &[])
    }

    /// The same, with more in its environment. Wine itself can take half a minute to start on a
    /// busy machine.
    #[track_caller]
    pub(crate) fn start_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Pty {
        let mut pty = self.spawn(arguments, environment);
        let mut is_up = || pty.wait_for("the screen", Screen::alternate_screen);
        for _ in 0..2 {
            if catch_unwind(AssertUnwindSafe(&mut is_up)).is_ok() {
                return pty;
            }
            println!("windows-check: waiting for Wine to start");
        }
        is_up();
        pty
    }

    fn spawn(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Pty {
        fs::remove_file(self.path("log")).ok();
        self.heard_len.set(0);
        drop(self.lamps());
        let (program, log) = (self.path("ttychat.exe"), self.there("log"));
        let program = program.to_str().expect("a plain path");
        let mut all = vec!["tui", program, "--log", &log];
        all.extend(arguments);
        let winrig = self.winrig.to_str().expect("a plain path");
        let mut start = Start::new(winrig, &all);
        for (name, value) in self.environment() {
            start = start.env(name, &value);
        }
        for (name, value) in environment {
            start = start.env(name, value);
        }
        // With one its colours would be those of the terminal's name.
        start.env("TERM", "").spawn()
    }

    fn environment(&self) -> [(&'static str, String); 3] {
        [
            ("TTYCHAT_FAKE_CAMERAS", self.there("cameras")),
            ("TTYCHAT_FAKE_LOG", self.there("lamps")),
            (
                "WINEDLLOVERRIDES",
                "mscoree,mshtml=;mf,mfplat,mfreadwrite=n".to_owned(),
            ),
        ]
    }

    /// A file's path as programs for Windows know it.
    fn there(&self, name: &str) -> String {
        let path = self.path(name);
        let path = path.to_str().expect("a plain path");
        format!("Z:{}", path.replace('/', "\\"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}
