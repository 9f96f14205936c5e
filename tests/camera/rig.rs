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

/// Puts both cameras back as they were when the machine was booted.
const TIDY_UP: &str = "
    killall -q -CONT uvcd
    killall -q -KILL ttychat v4l2-ctl
    rm -rf /tmp/log /tmp/stats /run/offer
    while ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q /dev/video; do sleep 0.1; done
    [ -s /run/uvcd.1.pid ] && RIG_UVC_ID=1 rig uvc unplug
    if [ -s /run/uvcd.0.pid ]; then
        for fault in corrupt truncate empty error drop urberror nodht; do
            echo $fault 0
        done > /run/uvcd.0.ctl
        echo resume > /run/uvcd.0.ctl
    fi
    rig vivid unload
    rig list | grep -q '^/dev/video1.*uvcvideo.0' && [ ! -e /run/replugged ] || {
        rig uvc unplug
        while ls /dev/video* > /dev/null; do sleep 0.1; done
        rm -f /run/replugged
        rig vivid load 1
        rig uvc plug
    }
    rig vivid load 1
    v4l2-ctl -d /dev/video0 -c osd_text_mode=2
    true
";

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
        let files = tempfile::tempdir().expect("a folder");
        WEBCAM.write_jpegs(files.path());
        let offer = files.path().join("offer.so");
        compile_offer(&offer);
        let rig = Self {
            vmrig,
            program,
            port,
        };
        rig.down();
        let output = Command::new(&rig.vmrig)
            .args(["up", "--vivid", "1", "--uvc"])
            .arg(files.path())
            // Uncompressed pictures would be preferred.
            .args(["--uvc-opts", "--yuyv none", "--hostfwd"])
            .arg(format!("{port}:{GUEST_PORT}"))
            .arg("--bin")
            .arg(format!("{}:ttychat", rig.program.display()))
            .arg("--file")
            .arg(offer)
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

    /// Runs commands in the machine whose output is of no interest.
    #[track_caller]
    pub(crate) fn run_only(&self, commands: &str) {
        self.run(commands);
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

    /// Which devices processes have open, in order.
    #[track_caller]
    pub(crate) fn open_devices(&self) -> Vec<String> {
        let found = self.run("ls -l /proc/[0-9]*/fd 2>/dev/null | sed -n 's/.*-> .dev.video//p'");
        found.lines().map(str::to_owned).collect()
    }

    /// Unplugs the webcam and waits until its devices are gone from the list.
    #[track_caller]
    pub(crate) fn unplug(&self) {
        self.run("rig uvc unplug");
        self.wait_for("the webcam to be gone", "! rig list | grep -q uvcvideo");
    }

    /// Plugs the webcam in; one that is not the usual one has options.
    #[track_caller]
    pub(crate) fn plug(&self, options: &str) {
        if !options.is_empty() {
            self.run("touch /run/replugged");
        }
        // Its exit code says nothing.
        self.run(&format!("rig uvc plug {options}; true"));
        let found = self.holds("rig list | grep -q uvcvideo");
        assert!(found, "no webcam: {}", self.run("rig uvc log"));
    }

    /// Loads vivid in another way than the usual. Its text would cover small pictures.
    #[track_caller]
    pub(crate) fn load_vivid(&self, options: &str) {
        self.run(&format!(
            "rig vivid unload; rig vivid load {options}; \
             v4l2-ctl -d /dev/video0 -c osd_text_mode=2"
        ));
    }

    /// From now on a driver offers this only, to a program that runs with `offer.c`: `format` is
    /// four letters, `size` and `padding` may be empty. It counts when the camera is opened.
    #[track_caller]
    pub(crate) fn offer(&self, format: &str, size: &str, padding: &str) {
        let mut commands = "rm -rf /run/offer; mkdir /run/offer".to_owned();
        for (name, value) in [("format", format), ("size", size), ("padding", padding)] {
            if !value.is_empty() {
                let write = format!("; printf '%s' '{value}' > /run/offer/{name}");
                commands.push_str(&write);
            }
        }
        self.run(&commands);
    }

    /// What the end with the camera has said, as far as it can be had.
    pub(crate) fn log(&self) -> String {
        let exec = ["exec", "-n", "--timeout", "10", "cat /tmp/log"];
        let output = Command::new(&self.vmrig).args(exec).output();
        let said = output.map(|output| output.stdout).unwrap_or_default();
        String::from_utf8_lossy(&said).into_owned()
    }

    /// Makes all as at the start, whatever a check that failed has left.
    pub(crate) fn tidy_up(&self) {
        self.run(TIDY_UP);
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

/// Makes the library that limits what a driver offers. The rig needs a C compiler as well.
fn compile_offer(library: &Path) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/camera/offer.c");
    let output = Command::new("cc")
        .args(["-O1", "-shared", "-fPIC", "-o"])
        .args([library, &source])
        .arg("-ldl")
        .output()
        .expect("a C compiler");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "offer.c: {words}");
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
