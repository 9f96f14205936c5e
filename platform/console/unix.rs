//! The console on Unix: our own open of `/dev/tty`, and signals through a pipe.
//!
//! Raw mode is set on our descriptor with the settings that we saved, and not by crossterm: it
//! keeps the settings in a global of its own, for another descriptor, where a panic hook cannot
//! bound what it does.

use super::{ConsoleInput, Signal, WindowSize, reports::Reports};
use mio::{Interest, Registry, Token, Waker, event::Source, unix::SourceFd};
use rustix::{
    event::{PollFd, PollFlags, Timespec},
    fs::{Mode, OFlags},
    io::Errno,
    termios::{OptionalActions, QueueSelector, Termios},
};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use std::{
    fmt, io,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// Most that one [`Console::read`] gives, in bytes. The line discipline holds no more.
const READ_LEN_MAX: usize = 4096;

/// How long [`rescue`] may wait for the terminal.
const RESCUE_TIMEOUT: Duration = Duration::from_millis(300);

/// What a terminal is taken for that does not know its size, such as a serial line.
const SIZE_UNKNOWN: (u16, u16) = (80, 24);

/// The terminal in raw mode, for [`rescue`].
static RAW: Mutex<Option<Raw>> = Mutex::new(None);

/// How many cursor position reports [`rescue`] waits for.
static AWAITED: AtomicUsize = AtomicUsize::new(0);

/// How long [`rescue`] may wait for them.
const REPORTS_TIMEOUT: Duration = Duration::from_secs(1);

struct Raw {
    tty: OwnedFd,
    found: Termios,
}

/// The controlling terminal, opened for us alone.
#[derive(Debug)]
pub struct Console {
    tty: OwnedFd,
    /// How the line discipline was found when raw mode was entered, or before.
    found: Termios,
    is_raw: bool,
    registry: Option<Registry>,
}

/// The process's signals, readable through the poll.
pub struct Signals {
    source: signal_hook_mio::v1_0::Signals,
}

impl Console {
    /// Opens the terminal and remembers how it was set.
    ///
    /// # Errors
    /// When the process has no terminal (`ssh` without `-t`, cron).
    pub fn open() -> io::Result<Self> {
        Self::open_at(Path::new("/dev/tty"))
    }

    /// Opens the terminal device at `path`, which need not be the controlling one. See
    /// [`Console::open`].
    ///
    /// # Errors
    /// When it cannot be opened, or is no terminal.
    pub fn open_at(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let tty = rustix::fs::open(path, flags, Mode::empty())?;
        let found = rustix::termios::tcgetattr(&tty)?;
        Ok(Self {
            tty,
            found,
            is_raw: false,
            registry: None,
        })
    }

    /// Registers for reading and writing under `token`. Events are edges. `waker` is used where the
    /// poll does not know consoles (Windows); then its token says that it may be worth a try.
    ///
    /// # Errors
    /// From the poll.
    pub fn register(
        &mut self,
        registry: &Registry,
        token: Token,
        _waker: &Arc<Waker>,
    ) -> io::Result<()> {
        let interest = Interest::READABLE | Interest::WRITABLE;
        SourceFd(&self.tty.as_raw_fd()).register(registry, token, interest)?;
        self.registry = Some(registry.try_clone()?);
        Ok(())
    }

    /// Enters raw mode: every key comes at once and as it is, Ctrl-C and Ctrl-Z too. From now on
    /// [`rescue`] can give the terminal back.
    ///
    /// # Errors
    /// From the terminal.
    pub fn enter_raw(&mut self) -> io::Result<()> {
        if !self.is_raw {
            // The shell, or the person, may have set it otherwise while this process was stopped.
            self.found = rustix::termios::tcgetattr(&self.tty)?;
        }
        *lock_raw() = Some(Raw {
            tty: self.tty.try_clone()?,
            found: self.found.clone(),
        });
        self.is_raw = true;
        let mut raw = self.found.clone();
        raw.make_raw();
        set_termios(&self.tty, &raw)
    }

    /// Puts the line discipline back as [`Console::enter_raw`] found it. May be called twice.
    ///
    /// # Errors
    /// From the terminal.
    pub fn leave_raw(&mut self) -> io::Result<()> {
        if !self.is_raw {
            // Touching it from the background would stop this process.
            return Ok(());
        }
        *lock_raw() = None;
        set_termios(&self.tty, &self.found)?;
        self.is_raw = false;
        Ok(())
    }

    /// Reads what is there. `WouldBlock` when nothing is; `Ok(None)` at the end (hang-up).
    ///
    /// # Errors
    /// `WouldBlock`, or what the terminal says.
    pub fn read(&mut self) -> io::Result<Option<ConsoleInput>> {
        let mut bytes = vec![0; READ_LEN_MAX];
        match retry(|| rustix::io::read(&self.tty, &mut bytes)) {
            // A terminal that was hung up gives the end, or EIO.
            Ok(0) | Err(Errno::IO) => Ok(None),
            Ok(len) => {
                bytes.truncate(len);
                Ok(Some(ConsoleInput::Bytes(bytes)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Writes some of `bytes` without blocking and says how many it took.
    ///
    /// # Errors
    /// `WouldBlock`, or what the terminal says.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(retry(|| rustix::io::write(&self.tty, bytes))?)
    }

    /// Writes all of `bytes`, waiting at most `timeout` in all; what does not go in time is given
    /// up.
    ///
    /// # Errors
    /// From the terminal; `TimedOut`.
    pub fn write_all_within(&mut self, bytes: &[u8], timeout: Duration) -> io::Result<()> {
        write_all_within(self.tty.as_fd(), bytes, timeout)
    }

    /// Whether bytes that were taken are still on their way within this program: never, here.
    pub const fn is_writing(&self) -> bool {
        false
    }

    /// Throws away what was written and the terminal has not taken yet, so that leaving does not
    /// wait behind it. It may cut a sequence, and ends in the middle of a frame.
    ///
    /// # Errors
    /// From the terminal.
    pub fn discard_pending(&mut self) -> io::Result<()> {
        Ok(rustix::termios::tcflush(&self.tty, QueueSelector::OFlush)?)
    }

    /// Reads and throws away what comes, keys too, until `count` reports were among
    /// it, at most for `timeout`: what came later would be typed into the shell.
    ///
    /// # Errors
    /// From the terminal. That they did not come is none.
    pub fn await_reports(&mut self, count: usize, timeout: Duration) -> io::Result<()> {
        AWAITED.store(0, Ordering::Relaxed);
        await_reports(self.tty.as_fd(), count, timeout)
    }

    /// The window's size now; 80x24 where the terminal does not know.
    ///
    /// # Errors
    /// From the terminal.
    pub fn size(&self) -> io::Result<WindowSize> {
        let size = rustix::termios::tcgetwinsize(&self.tty)?;
        let (columns, rows) = match (size.ws_col, size.ws_row) {
            (0, _) | (_, 0) => SIZE_UNKNOWN,
            known => known,
        };
        Ok(WindowSize {
            columns,
            rows,
            width: size.ws_xpixel,
            height: size.ws_ypixel,
        })
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // The terminal may be gone; there is nobody left to tell.
        self.leave_raw().ok();
        if let Some(registry) = &self.registry {
            SourceFd(&self.tty.as_raw_fd()).deregister(registry).ok();
        }
    }
}

/// Gives the terminal back from wherever the program is, a panic hook say: throws away what it has
/// not taken, writes `bytes`, and puts its line discipline back. Waits a bounded time. Does nothing
/// when no [`Console`] is in raw mode, so also the second time.
pub fn rescue(bytes: &[u8]) {
    let Some(Raw { tty, found }) = lock_raw().take() else {
        return;
    };
    // Each step is tried whatever became of the others; there is nobody to tell.
    rustix::termios::tcflush(&tty, QueueSelector::OFlush).ok();
    write_all_within(tty.as_fd(), bytes, RESCUE_TIMEOUT).ok();
    let awaited = AWAITED.swap(0, Ordering::Relaxed);
    await_reports(tty.as_fd(), awaited, REPORTS_TIMEOUT).ok();
    set_termios(&tty, &found).ok();
}

/// How many reports have been asked for and not come, of the cursor's position or of the primary
/// attributes: [`rescue`] waits for them.
pub fn expect_reports(count: usize) {
    AWAITED.store(count, Ordering::Relaxed);
}

impl Signals {
    /// Takes the signals over and registers for them under `token`. `waker`: see
    /// [`Console::register`].
    ///
    /// # Errors
    /// From the system.
    pub fn open(registry: &Registry, token: Token, _waker: &Arc<Waker>) -> io::Result<Self> {
        let caught = [SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH];
        let mut source = signal_hook_mio::v1_0::Signals::new(caught)?;
        source.register(registry, token, Interest::READABLE)?;
        Ok(Self { source })
    }

    /// The signals that came since the last call, each once, in no order.
    pub fn pending(&mut self) -> Vec<Signal> {
        self.source
            .pending()
            .filter_map(|signal| match signal {
                SIGCONT => Some(Signal::Continue),
                SIGHUP => Some(Signal::HangUp),
                SIGINT | SIGQUIT | SIGTERM => Some(Signal::Terminate),
                SIGTSTP => Some(Signal::Stop),
                SIGWINCH => Some(Signal::WindowChanged),
                _ => None,
            })
            .collect()
    }

    /// Whether there is a shell that could continue this process after a stop: its process group is
    /// not the session's first. `ssh -t host ttychat` and a terminal's only program have none, and
    /// the kernel ignores SIGTSTP there; a program that stopped itself would never come back.
    pub fn can_stop(&self) -> bool {
        rustix::process::getsid(None).is_ok_and(|session| session != rustix::process::getpgrp())
    }

    /// Stops this process and its group, as the shell's job control would, and returns when it was
    /// continued. The group, because a `make` or a script around this process must stop for the
    /// shell to take over. Give the terminal back before.
    ///
    /// # Errors
    /// From the system; `Unsupported` where there is no job control ([`Self::can_stop`]).
    pub fn stop_process(&mut self) -> io::Result<()> {
        if !self.can_stop() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        // SIGTSTP is taken by our own handler; this cannot be.
        Ok(rustix::process::kill_current_process_group(
            rustix::process::Signal::STOP,
        )?)
    }
}

impl fmt::Debug for Signals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Signals").finish_non_exhaustive()
    }
}

fn lock_raw() -> MutexGuard<'static, Option<Raw>> {
    RAW.lock().unwrap_or_else(PoisonError::into_inner)
}

/// At once: waiting for the output to drain could wait for ever.
fn set_termios(tty: &OwnedFd, termios: &Termios) -> io::Result<()> {
    Ok(retry(|| {
        rustix::termios::tcsetattr(tty, OptionalActions::Now, termios)
    })?)
}

fn write_all_within(tty: BorrowedFd<'_>, bytes: &[u8], timeout: Duration) -> io::Result<()> {
    let deadline = now() + timeout;
    let mut rest = bytes;
    while !rest.is_empty() {
        match retry(|| rustix::io::write(tty, rest)) {
            Ok(len) => rest = rest.get(len..).unwrap_or_default(),
            Err(Errno::AGAIN) => {
                let remaining = deadline.saturating_duration_since(now());
                if remaining.is_zero() {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                wait_until(tty, PollFlags::OUT, remaining)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn await_reports(tty: BorrowedFd<'_>, count: usize, timeout: Duration) -> io::Result<()> {
    let deadline = now() + timeout;
    let mut reports = Reports::default();
    let mut bytes = [0; 256];
    while reports.count(&[]) < count {
        match retry(|| rustix::io::read(tty, &mut bytes)) {
            // The terminal is gone.
            Ok(0) => break,
            Ok(len) => {
                reports.count(bytes.get(..len).unwrap_or_default());
            }
            Err(Errno::AGAIN) => {
                let remaining = deadline.saturating_duration_since(now());
                if remaining.is_zero() {
                    break;
                }
                wait_until(tty, PollFlags::IN, remaining)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn wait_until(tty: BorrowedFd<'_>, event: PollFlags, timeout: Duration) -> io::Result<()> {
    let timeout = Timespec::try_from(timeout).map_err(io::Error::other)?;
    let mut watched = [PollFd::from_borrowed_fd(tty, event)];
    match rustix::event::poll(&mut watched, Some(&timeout)) {
        // The caller looks at the clock again.
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn retry<T>(mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            result => return result,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "bounds a wait on the way out, when no turn is run"
)]
fn now() -> Instant {
    Instant::now()
}
