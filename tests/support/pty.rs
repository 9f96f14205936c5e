//! A real program in a pseudo-terminal, with a terminal emulator that draws what it writes.
//!
//! The program is a job of a shell, as in life: the kernel resets a terminal's settings when the
//! leader of its session ends, which would hide that a program has not given it back, and only a
//! shell's job can be stopped with Ctrl-Z.
//!
//! Nothing sleeps: every wait is for a condition, with a deadline, and looks again whenever the
//! program writes (and every few milliseconds, for conditions that are not on the screen). The
//! emulator answers no queries.

#[path = "pty_start.rs"]
mod start;

pub(crate) use start::Start;

use portable_pty::{Child, MasterPty, PtySize};
use std::{
    fmt::Write as _,
    io::{self, Read, Write},
    num::NonZeroU16,
    process::{Command, ExitStatus},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    time::{Duration, Instant},
};
use vt100::{Color, Screen};

/// How long a wait may take. Generous: the tests run beside each other on slow machines.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often conditions are looked at that no output announces.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);

/// A program in its own terminal.
pub(crate) struct Pty {
    shell: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    display: Arc<Display>,
    settings_at_start: String,
    /// The program's process, which leads its group.
    process_id: u32,
}

/// What the program wrote, drawn.
struct Display {
    drawn: Mutex<Drawn>,
    changed: Condvar,
}

struct Drawn {
    parser: vt100::Parser,
    /// All bytes, for tests that look at sequences; the tests write little.
    bytes: Vec<u8>,
}

impl Pty {
    /// Types `text`; `\r` is Enter, `\x1b` Esc, `\x1a` Ctrl-Z.
    pub(crate) fn type_keys(&mut self, text: &str) {
        self.keys
            .write_all(text.as_bytes())
            .and_then(|()| self.keys.flush())
            .expect("typed");
    }

    /// Waits until `condition` holds for the screen.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, what: &str, mut condition: impl FnMut(&Screen) -> bool) {
        if !self.holds_within(PATIENCE, |pty| condition(pty.drawn().parser.screen())) {
            self.fail(&format!("waited in vain for: {what}"));
        }
    }

    /// Waits until the screen shows `text` on one line.
    #[track_caller]
    pub(crate) fn wait_for_text(&mut self, text: &str) {
        if !self.holds_within(PATIENCE, |pty| pty.text().contains(text)) {
            self.fail(&format!("waited in vain for the text: {text}"));
        }
    }

    /// Waits until the program has ended, and says its exit code (128 and more: by a signal).
    #[track_caller]
    pub(crate) fn wait_for_exit(&mut self) -> u32 {
        self.wait_until("the program has ended", |pty| pty.exit_code().is_some());
        self.exit_code().unwrap_or_default()
    }

    /// Waits until the shell says that the program was stopped.
    #[track_caller]
    pub(crate) fn wait_for_stop(&mut self) {
        self.wait_for_text("[stopped]");
    }

    /// Has the shell continue the stopped program in the foreground.
    pub(crate) fn continue_in_foreground(&mut self) {
        self.type_keys("\r");
    }

    /// Waits until `condition` holds for something that is not on the screen.
    #[track_caller]
    pub(crate) fn wait_until(&mut self, what: &str, mut condition: impl FnMut(&Self) -> bool) {
        if !self.holds_within(PATIENCE, |pty| condition(pty)) {
            self.fail(&format!("waited in vain until: {what}"));
        }
    }

    /// Says whether nothing ends and `condition` stays true for `time`.
    #[track_caller]
    pub(crate) fn stays(
        &mut self,
        what: &str,
        time: Duration,
        condition: impl Fn(&Screen) -> bool,
    ) {
        if self.holds_within(time, |pty| !condition(pty.drawn().parser.screen())) {
            self.fail(&format!("this did not stay so: {what}"));
        }
    }

    /// Makes the window another size, as a person does with the mouse.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        self.drawn().parser.set_size(cells(rows), cells(columns));
        self.master
            .resize(pty_size(columns, rows))
            .expect("resized");
    }

    /// The program's process.
    pub(crate) fn process_id(&self) -> u32 {
        self.process_id
    }

    /// All bytes that the program wrote.
    pub(crate) fn written(&self) -> Vec<u8> {
        self.drawn().bytes.clone()
    }

    /// Sends the program a signal by its name, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let status = kill(self.process_id, name).expect("a shell");
        assert!(status.success(), "kill -s {name} {}", self.process_id);
    }

    /// The program's state as `ps` shows it; `T` is stopped.
    #[cfg(target_os = "linux")]
    pub(crate) fn process_state(&self) -> char {
        let path = format!("/proc/{}/stat", self.process_id);
        let stat = std::fs::read_to_string(path).expect("a process");
        // The name is in parentheses and may hold anything.
        let (_, rest) = stat.rsplit_once(") ").expect("a name");
        rest.chars().next().expect("a state")
    }

    /// What `look` sees on the screen now.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Screen) -> T) -> T {
        look(self.drawn().parser.screen())
    }

    /// What the screen shows, without colours.
    pub(crate) fn text(&self) -> String {
        self.look(Screen::contents)
    }

    /// How many bytes the program wrote so far.
    pub(crate) fn written_len(&self) -> usize {
        self.drawn().bytes.len()
    }

    /// Whether the program wrote `bytes` so far.
    pub(crate) fn has_written(&self, bytes: &str) -> bool {
        last(&self.drawn().bytes, bytes) > 0
    }

    /// Asserts that the terminal is as it was before the program started: its line discipline, the
    /// normal screen, a visible cursor, no mouse, no paste mode, no colours left on.
    #[track_caller]
    pub(crate) fn assert_restored(&self) {
        assert_eq!(
            settings(&*self.master),
            self.settings_at_start,
            "the line discipline"
        );
        let drawn = self.drawn();
        let screen = drawn.parser.screen();
        assert!(!screen.alternate_screen(), "still on the alternate screen");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is still on");
        assert!(
            !screen.application_cursor(),
            "application cursor keys are still on"
        );
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert_eq!(
            (screen.fgcolor(), screen.bgcolor()),
            (Color::Default, Color::Default)
        );
        for (on, off) in [("\x1b[?2026h", "\x1b[?2026l"), ("\x1b[?7l", "\x1b[?7h")] {
            let (last_on, last_off) = (last(&drawn.bytes, on), last(&drawn.bytes, off));
            assert!(last_on <= last_off, "{on:?} was not taken back by {off:?}");
        }
    }

    /// Asserts that the terminal is still the program's.
    #[track_caller]
    pub(crate) fn assert_taken(&self) {
        assert_ne!(
            settings(&*self.master),
            self.settings_at_start,
            "the line discipline"
        );
        assert!(
            self.drawn().parser.screen().alternate_screen(),
            "on the normal screen"
        );
    }

    /// Looks at `condition` until it holds, at most for `time`.
    fn holds_within(
        &mut self,
        time: Duration,
        mut condition: impl FnMut(&mut Self) -> bool,
    ) -> bool {
        let deadline = Instant::now() + time;
        loop {
            if condition(self) {
                return true;
            }
            let remaining = deadline.saturating_duration_since(Instant::now());
            if remaining.is_zero() {
                return false;
            }
            let drawn = self.drawn();
            let wait = remaining.min(LOOK_INTERVAL);
            drop(
                self.display
                    .changed
                    .wait_timeout(drawn, wait)
                    .expect("no reader panicked"),
            );
        }
    }

    /// The shell's last word, once the program has ended.
    fn exit_code(&self) -> Option<u32> {
        let drawn = self.drawn();
        let tail = drawn.bytes.rsplit(|&byte| byte == b'[').next()?;
        let code = std::str::from_utf8(tail).ok()?.strip_prefix("ended ")?;
        code.strip_suffix('\n')?
            .trim_end()
            .strip_suffix(']')?
            .parse()
            .ok()
    }

    fn foreground_group(&self) -> Option<u32> {
        self.master
            .process_group_leader()
            .and_then(|id| u32::try_from(id).ok())
    }

    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        self.display.drawn.lock().expect("no reader panicked")
    }

    #[track_caller]
    fn fail(&self, why: &str) -> ! {
        let mut message = format!("{why}\nexit code: {:?}\nthe screen:\n", self.exit_code());
        for line in self.text().lines() {
            writeln!(message, "  |{line}").expect("a String takes all");
        }
        panic!("{message}");
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if self.process_id != 0 && self.exit_code().is_none() {
            // Unless it has just ended.
            drop(kill(self.process_id, "KILL"));
        }
        drop(self.shell.kill().and_then(|()| self.shell.wait()));
    }
}

impl Display {
    fn follow(&self, mut output: impl Read) {
        let mut chunk = [0; 16 << 10];
        while let Ok(len) = output.read(&mut chunk)
            && len > 0
        {
            let mut drawn = self.drawn.lock().expect("no test panicked while drawing");
            let written = chunk.get(..len).expect("no more than there is room for");
            drawn.parser.process(written);
            drawn.bytes.extend_from_slice(written);
            self.changed.notify_all();
        }
    }
}

/// The colours of all half-block cells of a screen, upper and lower.
pub(crate) fn half_block_colors(screen: &Screen) -> Vec<(Color, Color)> {
    let (rows, _) = screen.size();
    (0..rows.get())
        .flat_map(|row| half_block_colors_of_row(screen, row))
        .collect()
}

/// The same of one row, from the left.
pub(crate) fn half_block_colors_of_row(screen: &Screen, row: u16) -> Vec<(Color, Color)> {
    let (_, columns) = screen.size();
    (0..columns.get())
        .filter_map(|column| screen.cell(row, column))
        .filter_map(|cell| match cell.contents() {
            "▀" => Some((cell.fgcolor(), cell.bgcolor())),
            "▄" => Some((cell.bgcolor(), cell.fgcolor())),
            "█" => Some((cell.fgcolor(), cell.fgcolor())),
            "" | " " if cell.bgcolor() != Color::Default => Some((cell.bgcolor(), cell.bgcolor())),
            _ => None,
        })
        .collect()
}

fn kill(process_id: u32, signal: &str) -> io::Result<ExitStatus> {
    let id = process_id.to_string();
    Command::new("sh")
        .args(["-c", r#"kill -s "$1" "$2""#, "sh", signal, &id])
        .status()
}

/// The terminal's line discipline, in words that can be compared.
fn settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("a terminal's settings"))
}

fn pty_size(columns: u16, rows: u16) -> PtySize {
    // Cells of 8x16 pixels, as many terminals say.
    let pixels = |cells: u16, size: u16| cells.saturating_mul(size);
    PtySize {
        rows,
        cols: columns,
        pixel_width: pixels(columns, 8),
        pixel_height: pixels(rows, 16),
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("at least one cell")
}

/// Where `sequence` stands last, counted from 1; 0 where it never does.
fn last(bytes: &[u8], sequence: &str) -> usize {
    let mut windows = bytes.windows(sequence.len());
    windows
        .rposition(|window| window == sequence.as_bytes())
        .map_or(0, |index| index + 1)
}
