//! A call from a terminal in the machine, which has the camera, to one here.

use crate::{
    bars::{self, Bars},
    pty::{Pty, Start},
    rig::{GUEST_PORT, Rig},
};
use std::time::{Duration, Instant};
use vt100::Screen;

/// The window here, in cells.
pub(crate) const WINDOW: (u16, u16) = (80, 24);

/// One whose picture of 4:3 is 256 pixels wide: each bar then is two blocks of JPEG wide, and no
/// block has two colours.
const WINDOW_LARGE: (u16, u16) = (256, 97);

/// Fewest rows that must show the bars.
const ROW_COUNT_MIN: usize = 5;

/// Longest time until the first picture of another camera or mode, in this machine.
const SWITCH_TIMEOUT: Duration = Duration::from_secs(3);

/// Processor time in which a camera is looked for or tried again, in hundredths of seconds of a
/// slow machine.
const IDLE_TICKS_MAX: u64 = 30;

/// How long what is shown is looked at that is to stay.
const STAY_TIME: Duration = Duration::from_secs(2);

/// What stands where there is no picture.
const CARDS: [&str; 5] = [
    "camera lost",
    "camera off",
    "camera starting",
    "no camera",
    "paused",
];

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
    pub(crate) rig: &'a Rig,
    /// In the machine, with the camera.
    pub(crate) guest: Pty,
    /// Here, with a test picture.
    pub(crate) host: Pty,
    /// For keys and snapshots of this end.
    _home: tempfile::TempDir,
}

/// What the end with the camera uses of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) descriptors: u64,
    pub(crate) threads: u64,
    pub(crate) memory_kib: u64,
}

impl<'a> Call<'a> {
    /// Calls the machine, whose end has these arguments as well.
    #[track_caller]
    pub(crate) fn start(rig: &'a Rig, arguments: &str) -> Self {
        let command = format!("{} {arguments}", Self::command());
        Self::start_with(rig, &command, WINDOW)
    }

    /// Calls the machine, where the driver of vivid offers only what [`Rig::offer`] says, from a
    /// window in which bars come out well.
    #[track_caller]
    pub(crate) fn start_limited(rig: &'a Rig) -> Self {
        let command = Self::command();
        let command = format!("LD_PRELOAD=/work/offer.so {command} --camera vivid");
        Self::start_with(rig, &command, WINDOW_LARGE)
    }

    /// Calls the machine, where this command starts the program.
    #[track_caller]
    pub(crate) fn start_with(rig: &'a Rig, command: &str, window: (u16, u16)) -> Self {
        let commands = format!("set -m; {command}\n{SHELL_SCRIPT}");
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
            .size(window.0, window.1)
            .spawn();
        host.wait_for_text("it is them");
        host.type_keys("y");
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

    /// What starts the end with the camera.
    pub(crate) fn command() -> String {
        format!("ttychat --listen {GUEST_PORT} --accept all --log /tmp/log")
    }

    /// Waits until this end shows these bars, and says how long that took.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, bars: &Bars) -> Duration {
        let began_at = Instant::now();
        self.host
            .wait_for(bars.name, |screen| is_shown(bars, screen));
        began_at.elapsed()
    }

    /// Waits until this end shows one of these bars, and says which.
    #[track_caller]
    pub(crate) fn wait_for_any(&mut self, any: &[&Bars]) -> Bars {
        let mut seen = None;
        self.host.wait_for("any bars", |screen| {
            seen = any.iter().find(|bars| is_shown(bars, screen)).copied();
            seen.is_some()
        });
        *seen.expect("what was waited for")
    }

    /// Types keys at the end with the camera, and waits until this end shows these bars. Until
    /// then the old picture stays, with no card between, for three seconds at most.
    #[track_caller]
    pub(crate) fn switch(&mut self, keys: &str, bars: &Bars) -> Duration {
        self.change(keys, bars.name, |screen, _| is_shown(bars, screen))
    }

    /// The same for another mode of the same camera, which is done when the end with the camera
    /// says these words.
    #[track_caller]
    pub(crate) fn switch_mode(&mut self, keys: &str, words: &str) -> Duration {
        self.change(keys, words, |_, guest| guest.text().contains(words))
    }

    #[track_caller]
    fn change(
        &mut self,
        keys: &str,
        what: &str,
        mut is_done: impl FnMut(&Screen, &Pty) -> bool,
    ) -> Duration {
        self.guest.wait_for("our own picture there", |screen| {
            !has_card(&screen.contents())
        });
        let typed_at = Instant::now();
        self.guest.type_keys(keys);
        let guest = &self.guest;
        let mut card = None;
        self.host.wait_for(what, |screen| {
            let texts = [("here", screen.contents()), ("there", guest.text())];
            card = texts.into_iter().find(|(_, text)| has_card(text));
            card.is_some() || is_done(screen, guest)
        });
        if let Some((end, text)) = card {
            panic!("a card {end}, before {what}:\n{text}");
        }
        let taken = typed_at.elapsed();
        assert!(taken <= SWITCH_TIMEOUT, "{what} took {taken:?}");
        taken
    }

    /// Asserts that these bars are shown for a while.
    #[track_caller]
    pub(crate) fn assert_stays(&mut self, bars: &Bars) {
        let is_shown = |screen: &Screen| is_shown(bars, screen);
        self.host.stays(bars.name, STAY_TIME, is_shown);
    }

    /// Waits until the bars on the screen here are no more than so many levels from what was
    /// painted (the first frame may be a coarse one), and says how many they are.
    #[track_caller]
    pub(crate) fn deviation(&mut self, bars: &Bars, max: u8) -> u8 {
        let mut deviation = u8::MAX;
        let what = format!("{}, at most {max} levels off", bars.name);
        self.host.wait_for(&what, |screen| {
            deviation = bars.deviation(screen);
            is_shown(bars, screen) && deviation <= max
        });
        deviation
    }

    /// Closes the camera and opens it again.
    #[track_caller]
    pub(crate) fn reopen(&mut self) {
        self.guest.type_keys("v");
        self.host.wait_for_text("camera off");
        self.rig.wait_until_released();
        self.forget_words();
        self.guest.type_keys("v");
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

    /// What the end with the camera uses of the system.
    #[track_caller]
    pub(crate) fn uses(&self) -> Use {
        let seen = self.rig.run(
            "cd /proc/$(pidof ttychat) && ls fd | wc -l && ls task | wc -l && \
             awk '/^VmRSS/ { print $2 }' status",
        );
        let mut numbers = seen.lines().map(|line| line.trim().parse());
        let mut number = || numbers.next().expect("a line").expect("a number");
        Use {
            descriptors: number(),
            threads: number(),
            memory_kib: number(),
        }
    }

    /// Asserts that the camera that is waited for costs next to nothing.
    #[track_caller]
    pub(crate) fn assert_idle(&self) {
        // The processor time of the threads that have to do with cameras, in hundredths of seconds.
        let ticks = || -> u64 {
            let seen = self.rig.run(
                "for task in /proc/$(pidof ttychat)/task/*; do \
                     grep -q capture $task/comm && awk '{ print $14 + $15 }' $task/stat; \
                 done | awk '{ sum += $1 } END { print sum }'",
            );
            seen.trim().parse().expect("a number")
        };
        let before = ticks();
        std::thread::sleep(STAY_TIME);
        let used = ticks().saturating_sub(before);
        assert!(used <= IDLE_TICKS_MAX, "{used} ticks in {STAY_TIME:?}");
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

fn has_card(text: &str) -> bool {
    CARDS.iter().any(|card| text.contains(card))
}

/// Whether a screen shows these bars and no others: while a frame is drawn, the one before still
/// shows below it.
fn is_shown(bars: &Bars, screen: &Screen) -> bool {
    let mut others = bars::ALL.into_iter().filter(|others| *others != bars);
    bars.row_count(screen) >= ROW_COUNT_MIN && others.all(|others| others.row_count(screen) == 0)
}
