//! The virtual machine: vivid as its first camera, a USB webcam with Motion JPEG as its second.

use crate::bars::WEBCAM;
use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// How long a wait for something in the machine may take; its processors are emulated.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often it is looked at; a look costs a tenth of a second.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// Whether a process has a camera open.
const IN_USE: &str = "ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q /dev/video";

/// The port of the listening end, in the machine.
pub(crate) const GUEST_PORT: u16 = 2222;

/// A machine that runs. Shut down on drop.
pub(crate) struct Rig {
    pub(crate) vmrig: PathBuf,
    pub(crate) program: PathBuf,
    /// Leads to [`GUEST_PORT`].
    pub(crate) port: u16,
}

impl Rig {
    /// Boots it.
    pub(crate) fn up(folder: &Path) -> Self {
        let program = std::env::var_os("TTYCHAT_PROGRAM")
            .map_or_else(|| env!("CARGO_BIN_EXE_ttychat").into(), PathBuf::from);
        let program = program.canonicalize().expect("the program");
        let vmrig = folder.join("vmrig").canonicalize().expect("a vmrig");
        let port = free_port();
        let jpegs = tempfile::tempdir().expect("a folder");
        WEBCAM.write_jpegs(jpegs.path());
        let rig = Self {
            vmrig,
            program,
            port,
        };
        rig.down();
        let output = Command::new(&rig.vmrig)
            .args(["up", "--vivid", "1", "--uvc"])
            .arg(jpegs.path())
            // Uncompressed pictures would be preferred.
            .args(["--uvc-opts", "--yuyv none", "--hostfwd"])
            .arg(format!("{port}:{GUEST_PORT}"))
            .arg("--bin")
            .arg(format!("{}:ttychat", rig.program.display()))
            .output()
            .expect("a rig");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the machine did not boot: {words}");
        rig
    }

    /// Runs commands in the machine; gives what they wrote to their standard output.
    #[track_caller]
    pub(crate) fn run(&self, commands: &str) -> String {
        let output = Command::new(&self.vmrig)
            .args(["exec", "-n", "--timeout", "60", commands])
            .output()
            .expect("a rig");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "`{commands}` failed: {words}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Whether commands succeed in the machine.
    #[track_caller]
    pub(crate) fn holds(&self, commands: &str) -> bool {
        self.run(&format!("{commands}\n[ $? = 0 ] && echo yes; true")) == "yes\n"
    }

    /// Waits until commands succeed in the machine, and says how long that took.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, commands: &str) -> Duration {
        let began_at = Instant::now();
        while !self.holds(commands) {
            assert!(began_at.elapsed() < PATIENCE, "waited in vain for {what}");
            std::thread::sleep(LOOK_INTERVAL);
        }
        began_at.elapsed()
    }

    /// Waits until no process has a camera open.
    #[track_caller]
    pub(crate) fn wait_until_released(&self) {
        self.wait_for("all cameras to be released", &format!("! {IN_USE}"));
    }

    /// Whether a process has a camera open.
    #[track_caller]
    pub(crate) fn is_in_use(&self) -> bool {
        self.holds(IN_USE)
    }

    /// Makes all as at the start, whatever a check that failed has left.
    pub(crate) fn tidy_up(&self) {
        self.run(
            "killall -q ttychat v4l2-ctl; rig uvc resume; rig uvc plug 2>/dev/null; \
             rm -f /tmp/log /tmp/stats; true",
        );
        self.wait_until_released();
    }

    fn down(&self) {
        // One that is not up needs nothing.
        drop(Command::new(&self.vmrig).arg("down").output());
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.down();
    }
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
