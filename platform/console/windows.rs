//! The console on Windows: crossterm's reader in a thread, a writer in another.
//!
//! mio cannot poll a console, so both threads wake the loop through its `Waker`. The writer holds
//! one frame at most, and its blocking is the back-pressure. Modes are set on `CONIN$` and
//! `CONOUT$`, which are the console even when the standard streams are not; frames go to the
//! standard output, so that a terminal behind a pipe (mintty, a test) gets them.

#[path = "windows_modes.rs"]
mod modes;
#[path = "windows_threads.rs"]
mod threads;

use self::{
    modes::{Found, draw_on_console, set_mode},
    threads::{Shared, lock, spawn_named, write_out},
};
use super::{ConsoleInput, Signal, WindowSize};
use mio::{Registry, Token, Waker};
use std::{
    fs::{File, OpenOptions},
    io::{self, IsTerminal},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};
use windows_sys::{
    Win32::System::Console::{
        CTRL_BREAK_EVENT, CTRL_C_EVENT, DISABLE_NEWLINE_AUTO_RETURN, ENABLE_ECHO_INPUT,
        ENABLE_LINE_INPUT, ENABLE_PROCESSED_INPUT, ENABLE_PROCESSED_OUTPUT,
        ENABLE_VIRTUAL_TERMINAL_INPUT, ENABLE_VIRTUAL_TERMINAL_PROCESSING, ENABLE_WINDOW_INPUT,
        SetConsoleCtrlHandler,
    },
    core::BOOL,
};

/// How long [`rescue`] may wait for the console, which a person can pause by marking text.
const RESCUE_TIMEOUT: Duration = Duration::from_millis(300);

/// How long the system is kept from ending the process after its window was closed, so that the
/// peer can be told. Windows itself waits five seconds.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// What to put back, for [`rescue`].
static RAW: Mutex<Option<Found>> = Mutex::new(None);

/// What the control handler, a function of the system's, has to know.
static CONTROL: Control = Control {
    hang_up: AtomicBool::new(false),
    terminate: AtomicBool::new(false),
    waker: Mutex::new(None),
};

/// The console of this process.
#[derive(Debug)]
pub struct Console {
    input: File,
    output: File,
    found: Found,
    is_raw: bool,
    shared: Arc<Shared>,
}

/// The process's signals, readable through the poll.
#[derive(Debug)]
pub struct Signals {}

struct Control {
    hang_up: AtomicBool,
    terminate: AtomicBool,
    waker: Mutex<Option<Arc<Waker>>>,
}

impl Console {
    /// Opens the console and remembers how it was set.
    ///
    /// # Errors
    /// When the process has no console (a service, `ssh` without `-t`).
    pub fn open() -> io::Result<Self> {
        let open = |name| OpenOptions::new().read(true).write(true).open(name);
        let (input, output) = (open("CONIN$")?, open("CONOUT$")?);
        let found = Found::of(&input, &output)?;
        draw_on_console()?;
        let shared = Arc::new(Shared::default());
        let console = Self {
            input,
            output,
            found,
            is_raw: false,
            shared,
        };
        let shared = Arc::clone(&console.shared);
        spawn_named("console-writer", move || shared.write_frames())?;
        Ok(console)
    }

    /// Begins to read, and wakes the poll through `waker` whenever [`Console::read`] or
    /// [`Console::write`] may be worth a try; consoles have no events of their own here.
    ///
    /// # Errors
    /// From the system.
    pub fn register(
        &mut self,
        _registry: &Registry,
        _token: Token,
        waker: &Arc<Waker>,
    ) -> io::Result<()> {
        let is_first = self
            .shared
            .lock()
            .waker
            .replace(Arc::clone(waker))
            .is_none();
        if is_first {
            let shared = Arc::clone(&self.shared);
            spawn_named("console-reader", move || shared.read_events())?;
        }
        Ok(())
    }

    /// Enters raw mode: every key comes at once and as it is, Ctrl-C too; escape sequences are
    /// understood. From now on [`rescue`] can give the console back.
    ///
    /// # Errors
    /// From the console; one that does not know escape sequences (before Windows 10), unless the
    /// standard output goes elsewhere.
    pub fn enter_raw(&mut self) -> io::Result<()> {
        if !self.is_raw {
            self.found = Found::of(&self.input, &self.output)?;
        }
        *lock(&RAW) = Some(self.found.clone());
        self.is_raw = true;
        let cooked = ENABLE_LINE_INPUT
            | ENABLE_ECHO_INPUT
            | ENABLE_PROCESSED_INPUT
            | ENABLE_VIRTUAL_TERMINAL_INPUT;
        // Without ENABLE_WINDOW_INPUT changes of the size are not told.
        set_mode(
            &self.input,
            self.found.input & !cooked | ENABLE_WINDOW_INPUT,
        )?;
        let plain =
            self.found.output | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING;
        set_mode(&self.output, plain | DISABLE_NEWLINE_AUTO_RETURN)
            .or_else(|_| set_mode(&self.output, plain))
            .or_else(|error| {
                if io::stdout().is_terminal() {
                    Err(error)
                } else {
                    Ok(())
                }
            })
    }

    /// Puts the modes back as [`Console::enter_raw`] found them. May be called twice.
    ///
    /// # Errors
    /// From the console.
    pub fn leave_raw(&mut self) -> io::Result<()> {
        if !self.is_raw {
            return Ok(());
        }
        *lock(&RAW) = None;
        self.found.put_back(&self.input, &self.output)?;
        self.is_raw = false;
        Ok(())
    }

    /// Reads what is there. `WouldBlock` when nothing is; `Ok(None)` at the end.
    ///
    /// # Errors
    /// `WouldBlock`.
    pub fn read(&mut self) -> io::Result<Option<ConsoleInput>> {
        let mut state = self.shared.lock();
        match state.events.pop_front() {
            Some(event) => {
                self.shared.changed.notify_all();
                Ok(Some(ConsoleInput::Event(event)))
            }
            None if state.has_ended => Ok(None),
            None => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Takes all of `bytes` when the writer is idle, else nothing, and says how many it took.
    ///
    /// # Errors
    /// `WouldBlock`, or what the console said to earlier bytes.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.shared.lock().put(bytes, &self.shared.changed)
    }

    /// Whether bytes that were taken are still being written; the poll is woken at the end. A frame
    /// made meanwhile would grow old here.
    pub fn is_writing(&self) -> bool {
        !self.shared.lock().is_idle()
    }

    /// Writes all of `bytes`, waiting at most twice `timeout`; what does not go in time is given
    /// up.
    ///
    /// # Errors
    /// From the console; `TimedOut`.
    pub fn write_all_within(&mut self, bytes: &[u8], timeout: Duration) -> io::Result<()> {
        self.shared
            .wait_until_idle(timeout)?
            .put(bytes, &self.shared.changed)?;
        let state = self.shared.wait_until_idle(timeout)?;
        state.write_error.map_or(Ok(()), |kind| Err(kind.into()))
    }

    /// Throws away what was given to [`Console::write`] and is not being written yet.
    ///
    /// # Errors
    /// None here.
    pub fn discard_pending(&mut self) -> io::Result<()> {
        self.shared.lock().frame = None;
        Ok(())
    }

    /// The console answers events, and no requests: there is nothing to wait for.
    ///
    /// # Errors
    /// None.
    pub const fn await_reports(&mut self, _count: usize, _timeout: Duration) -> io::Result<()> {
        Ok(())
    }

    /// The window's size now, without pixels: consoles do not tell.
    ///
    /// # Errors
    /// From the console.
    pub fn size(&self) -> io::Result<WindowSize> {
        let (columns, rows) = crossterm::terminal::size()?;
        Ok(WindowSize {
            columns,
            rows,
            width: 0,
            height: 0,
        })
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // There is nobody left to tell.
        self.leave_raw().ok();
        self.shared.lock().is_closed = true;
        self.shared.changed.notify_all();
    }
}

/// Gives the console back from wherever the program is, a panic hook say: writes `bytes`, and puts
/// its modes back. Waits a bounded time. Does nothing when no [`Console`] is in raw mode, so also
/// the second time.
pub fn rescue(bytes: &[u8]) {
    let Some(found) = lock(&RAW).take() else {
        return;
    };
    let bytes = bytes.to_vec();
    let (done, is_done) = mpsc::sync_channel(1);
    // The writer may hold the standard output while the console is paused.
    let writer = spawn_named("console-rescue", move || {
        write_out(&bytes).ok();
        done.send(()).ok();
    });
    if writer.is_ok() {
        is_done.recv_timeout(RESCUE_TIMEOUT).ok();
    }
    let open = |name| OpenOptions::new().read(true).write(true).open(name);
    if let (Ok(input), Ok(output)) = (open("CONIN$"), open("CONOUT$")) {
        found.put_back(&input, &output).ok();
    }
}

/// Nothing is asked for here.
pub const fn expect_reports(_count: usize) {}

impl Signals {
    /// Takes the console's control events over; they wake the poll through `waker`.
    ///
    /// # Errors
    /// From the system.
    pub fn open(_registry: &Registry, _token: Token, waker: &Arc<Waker>) -> io::Result<Self> {
        *lock(&CONTROL.waker) = Some(Arc::clone(waker));
        // SAFETY: the handler has the required signature and lives as long as the process.
        let is_set = unsafe { SetConsoleCtrlHandler(Some(handle_control), 1) };
        if is_set == 0 {
            Err(io::Error::last_os_error())
        } else {
            Ok(Self {})
        }
    }

    /// The signals that came since the last call, each once, in no order.
    pub fn pending(&mut self) -> Vec<Signal> {
        let hang_up = CONTROL
            .hang_up
            .swap(false, Ordering::AcqRel)
            .then_some(Signal::HangUp);
        let terminate = CONTROL
            .terminate
            .swap(false, Ordering::AcqRel)
            .then_some(Signal::Terminate);
        hang_up.into_iter().chain(terminate).collect()
    }

    /// There is no job control here.
    pub fn can_stop(&self) -> bool {
        false
    }

    /// See [`Self::can_stop`].
    ///
    /// # Errors
    /// Always `Unsupported`.
    pub fn stop_process(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Called by the system in a thread of its own.
unsafe extern "system" fn handle_control(event: u32) -> BOOL {
    let is_close = !matches!(event, CTRL_C_EVENT | CTRL_BREAK_EVENT);
    let flag = if is_close {
        &CONTROL.hang_up
    } else {
        &CONTROL.terminate
    };
    flag.store(true, Ordering::Release);
    if let Some(waker) = &*lock(&CONTROL.waker) {
        waker.wake().ok();
    }
    if is_close {
        // The process is ended as soon as this returns; the loop ends it before, if it is well.
        let (_never, ended) = mpsc::sync_channel::<()>(0);
        ended.recv_timeout(CLOSE_TIMEOUT).ok();
    }
    1
}
