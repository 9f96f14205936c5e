//! A call from a terminal in the machine, which has the camera, to one here.

use crate::{
    bars::{Bars, VIVID, WEBCAM},
    pty::{Pty, Start},
    rig::{GUEST_PORT, Rig},
};
use std::time::{Duration, Instant};
use vt100::Screen;

/// Fewest rows that must show the bars.
const ROW_COUNT_MIN: usize = 5;

/// Runs the program as a job of the machine's shell, and continues it when it was stopped and a
/// line is typed. 147 and 148 are SIGSTOP and SIGTSTP.
const SHELL_SCRIPT: &str = "
    status=$?
    while [ $status = 147 ] || [ $status = 148 ]; do
        echo stopped
        read -r _
        fg > /dev/null
        status=$?
    done
    exit $status
";

/// Both ends. Quit on drop.
pub(crate) struct Call<'a> {
    rig: &'a Rig,
    /// In the machine, with the camera.
    pub(crate) guest: Pty,
    /// Here, with a test picture.
    pub(crate) host: Pty,
    /// For keys and snapshots of this end.
    _home: tempfile::TempDir,
}

impl<'a> Call<'a> {
    /// Calls the machine, whose end has these arguments as well.
    #[track_caller]
    pub(crate) fn start(rig: &'a Rig, arguments: &str) -> Self {
        let commands = format!(
            "set -m; ttychat --listen {GUEST_PORT} --accept all --log /tmp/log {arguments}\n\
             {SHELL_SCRIPT}"
        );
        let vmrig = rig.vmrig.to_str().expect("a plain path");
        let mut guest = Start::new(vmrig, &["exec", "-t", &commands])
            .size(80, 24)
            .spawn();
        guest.wait_for_text(&GUEST_PORT.to_string());
        let home = tempfile::tempdir().expect("a folder");
        let place = home.path().to_str().expect("a plain path");
        let (program, target) = (
            rig.program.to_str().expect("a plain path"),
            format!("127.0.0.1:{}", rig.port),
        );
        // Few pictures from here: taking them costs the emulated end dear.
        let arguments = ["--connect", &target, "--source", "test", "--fps", "2"];
        let mut host = Start::new(program, &arguments)
            .env("HOME", place)
            .folder(place)
            .size(80, 24)
            .spawn();
        // Our own picture would lie over the bars.
        host.wait_for_text("in call");
        host.type_keys("p");
        Self {
            rig,
            guest,
            host,
            _home: home,
        }
    }

    /// Waits until this end shows these bars, and says how long that took.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, bars: &Bars) -> Duration {
        let began_at = Instant::now();
        // While a frame is drawn, the one before still shows below it.
        let alone = |screen: &Screen| {
            let mut seen = [&VIVID, &WEBCAM]
                .into_iter()
                .filter(|any| any.row_count(screen) > 0);
            seen.next() == Some(bars) && seen.next().is_none()
        };
        let is_shown = |screen: &Screen| bars.row_count(screen) >= ROW_COUNT_MIN && alone(screen);
        self.host.wait_for(&format!("{bars:?}"), is_shown);
        began_at.elapsed()
    }

    /// Waits until the end with the camera has said `words`, and says how long that took.
    #[track_caller]
    pub(crate) fn wait_for_words(&self, words: &str) -> Duration {
        let commands = format!("grep -q '{words}' /tmp/log");
        self.rig.wait_for(words, &commands)
    }

    /// Forgets what the end with the camera has said.
    #[track_caller]
    pub(crate) fn forget_words(&self) {
        self.rig.run(": > /tmp/log");
    }

    /// What the end with the camera has said.
    #[track_caller]
    pub(crate) fn words(&self) -> String {
        self.rig.run("cat /tmp/log")
    }

    /// Text goes through, so the call lives.
    #[track_caller]
    pub(crate) fn assert_alive(&mut self, text: &str) {
        self.host.type_keys(&format!("t{text}\r"));
        self.guest.wait_for_text(text);
    }

    /// Ends the call here and the program there, and sees that the camera is given back.
    #[track_caller]
    pub(crate) fn end(mut self) {
        self.host.type_keys("q");
        assert_eq!(self.host.wait_for_exit(), 0, "the exit code here");
        self.guest.type_keys("q");
        assert_eq!(self.guest.wait_for_exit(), 0, "the exit code there");
        self.rig.wait_until_released();
    }
}
