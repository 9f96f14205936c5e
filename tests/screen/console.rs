//! The console in front of a real pseudo-terminal.

use mio::{Events, Poll, Token, Waker};
use portable_pty::{MasterPty, PtyPair, PtySize, native_pty_system};
use rustix::termios::{LocalModes, Termios, tcgetattr};
use std::{
    fs::File,
    io::{ErrorKind, Read, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use ttychat_platform::console::{Console, ConsoleInput, Signal, Signals, WindowSize, rescue};

const CONSOLE: Token = Token(1);
const SIGNALS: Token = Token(2);
const WAKER: Token = Token(3);
const PATIENCE: Duration = Duration::from_secs(10);

/// A pty with a console in front of it. One at a time: raw mode is the process's.
struct Rig {
    pty: PtyPair,
    console: Option<Console>,
    poll: Poll,
    waker: Arc<Waker>,
    _alone: MutexGuard<'static, ()>,
}

impl Rig {
    fn new() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let size = PtySize {
            rows: 45,
            cols: 160,
            pixel_width: 1280,
            pixel_height: 720,
        };
        let pty = native_pty_system().openpty(size).unwrap();
        let poll = Poll::new().unwrap();
        let waker = Arc::new(Waker::new(poll.registry(), WAKER).unwrap());
        let mut console = Console::open_at(&pty.master.tty_name().unwrap()).unwrap();
        console.register(poll.registry(), CONSOLE, &waker).unwrap();
        Self {
            pty,
            console: Some(console),
            poll,
            waker,
            _alone: alone,
        }
    }

    fn console(&mut self) -> &mut Console {
        self.console.as_mut().unwrap()
    }

    fn termios(&self) -> Termios {
        tcgetattr(File::open(self.pty.master.tty_name().unwrap()).unwrap()).unwrap()
    }

    fn is_raw(&self) -> bool {
        let cooked = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        !self.termios().local_modes.intersects(cooked)
    }

    /// Polls until `is_done` gives something.
    fn wait_for<T>(&mut self, mut is_done: impl FnMut(&mut Self) -> Option<T>) -> T {
        let deadline = now() + PATIENCE;
        let mut events = Events::with_capacity(8);
        loop {
            if let Some(done) = is_done(self) {
                return done;
            }
            assert!(now() < deadline, "waited in vain");
            match self.poll.poll(&mut events, Some(Duration::from_millis(50))) {
                Err(error) if error.kind() != ErrorKind::Interrupted => panic!("{error}"),
                _ => {}
            }
        }
    }

    /// Fills the pty until it takes nothing for a while: the kernel moves what it has in the
    /// background, which makes room again.
    fn fill(&mut self) -> usize {
        let mut taken = 0;
        loop {
            match self.console().write(&[b'x'; 1000]) {
                Ok(len) => taken += len,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::WouldBlock);
                    let pause = Duration::from_millis(200);
                    if self.console().write_all_within(b"x", pause).is_err() {
                        return taken;
                    }
                    taken += 1;
                }
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a real terminal needs real time")]
fn now() -> Instant {
    Instant::now()
}

/// Reads all that the console writes, from now on, as a terminal does.
fn show(master: &dyn MasterPty) -> Arc<Mutex<Vec<u8>>> {
    let mut reader = master.try_clone_reader().unwrap();
    let shown = Arc::new(Mutex::new(Vec::new()));
    let held = Arc::clone(&shown);
    let read = move || {
        let mut piece = [0; 4096];
        while let Ok(len @ 1..) = reader.read(&mut piece) {
            held.lock().unwrap().extend_from_slice(&piece[..len]);
        }
    };
    std::thread::Builder::new()
        .name("terminal".to_owned())
        .spawn(read)
        .unwrap();
    shown
}

#[test]
fn raw_mode_is_entered_and_left() {
    let mut rig = Rig::new();
    assert!(!rig.is_raw());
    rig.console().enter_raw().unwrap();
    assert!(rig.is_raw());
    rig.console().leave_raw().unwrap();
    rig.console().leave_raw().unwrap();
    assert!(!rig.is_raw());
    rig.console().enter_raw().unwrap();
    rig.console = None;
    assert!(!rig.is_raw(), "dropping gives it back");
}

#[test]
fn keys_come_as_they_are_and_wake_the_poll() {
    let mut rig = Rig::new();
    rig.console().enter_raw().unwrap();
    assert_eq!(
        rig.console().read().unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    let mut keyboard = rig.pty.master.take_writer().unwrap();
    keyboard.write_all(b"a\x03\x1a\r\x1b[A").unwrap();
    let mut typed = Vec::new();
    rig.wait_for(|rig| {
        while let Ok(Some(ConsoleInput::Bytes(bytes))) = rig.console().read() {
            typed.extend(bytes);
        }
        (typed.len() == 7).then_some(())
    });
    assert_eq!(typed, b"a\x03\x1a\r\x1b[A");
}

#[test]
fn a_terminal_that_does_not_read_blocks_nothing() {
    let mut rig = Rig::new();
    rig.console().enter_raw().unwrap();
    let taken = rig.fill();
    assert!(taken > 0);
    let began_at = now();
    let timeout = Duration::from_millis(50);
    let error = rig
        .console()
        .write_all_within(b"more", timeout)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(began_at.elapsed() >= timeout && began_at.elapsed() < PATIENCE);
    // When it reads again, the poll says so.
    let shown = show(&*rig.pty.master);
    let mut events = Events::with_capacity(8);
    let deadline = now() + PATIENCE;
    let mut is_writable = false;
    while !is_writable {
        assert!(now() < deadline);
        rig.poll
            .poll(&mut events, Some(Duration::from_millis(50)))
            .unwrap();
        is_writable = events
            .iter()
            .any(|event| event.token() == CONSOLE && event.is_writable());
    }
    rig.console().write_all_within(b"more", PATIENCE).unwrap();
    rig.wait_for(|_| shown.lock().unwrap().ends_with(b"xmore").then_some(()));
}

#[test]
fn what_was_not_taken_is_thrown_away_on_leaving() {
    let mut rig = Rig::new();
    rig.console().enter_raw().unwrap();
    rig.fill();
    rig.console().discard_pending().unwrap();
    rig.console()
        .write_all_within(b"bye", Duration::from_millis(500))
        .unwrap();
    let shown = show(&*rig.pty.master);
    rig.wait_for(|_| shown.lock().unwrap().ends_with(b"bye").then_some(()));
}

#[test]
fn a_rescue_gives_the_terminal_back_once_from_any_thread() {
    let mut rig = Rig::new();
    rescue(b"nothing is open");
    rig.console().enter_raw().unwrap();
    rig.fill();
    let rescuer = std::thread::Builder::new().name("panicking".to_owned());
    rescuer
        .spawn(|| rescue(b"rescued"))
        .unwrap()
        .join()
        .unwrap();
    assert!(!rig.is_raw());
    rescue(b" again");
    rig.console = None;
    assert!(!rig.is_raw());
    let shown = show(&*rig.pty.master);
    rig.wait_for(|_| shown.lock().unwrap().ends_with(b"rescued").then_some(()));
}

#[test]
fn a_rescue_of_a_terminal_that_does_not_read_is_bounded() {
    let mut rig = Rig::new();
    rig.console().enter_raw().unwrap();
    let began_at = now();
    rescue(&vec![b'x'; 1_000_000]);
    assert!(began_at.elapsed() < PATIENCE);
    assert!(!rig.is_raw());
}

#[test]
fn a_terminal_that_goes_away_is_the_end() {
    let mut rig = Rig::new();
    rig.console().enter_raw().unwrap();
    let size = PtySize::default();
    let other = native_pty_system().openpty(size).unwrap();
    drop(std::mem::replace(&mut rig.pty, other));
    rig.wait_for(|rig| match rig.console().read() {
        Ok(None) => Some(()),
        Ok(Some(_)) => None,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::WouldBlock);
            None
        }
    });
}

#[test]
fn the_size_is_the_windows() {
    let rig = Rig::new();
    let console = rig.console.as_ref().unwrap();
    let size = WindowSize {
        columns: 160,
        rows: 45,
        width: 1280,
        height: 720,
    };
    assert_eq!(console.size().unwrap(), size);
    rig.pty
        .master
        .resize(PtySize {
            rows: 1,
            cols: 2,
            ..PtySize::default()
        })
        .unwrap();
    let size = WindowSize {
        columns: 2,
        rows: 1,
        width: 0,
        height: 0,
    };
    assert_eq!(console.size().unwrap(), size);
    rig.pty
        .master
        .resize(PtySize {
            rows: 0,
            cols: 0,
            ..PtySize::default()
        })
        .unwrap();
    assert_eq!(
        console.size().unwrap(),
        WindowSize {
            columns: 80,
            rows: 24,
            ..size
        }
    );
}

#[test]
fn a_path_that_is_no_terminal_is_refused() {
    assert!(Console::open_at(std::path::Path::new("/dev/null")).is_err());
}

#[test]
fn signals_come_through_the_poll() {
    let mut rig = Rig::new();
    let mut signals = Signals::open(rig.poll.registry(), SIGNALS, &rig.waker).unwrap();
    let myself = rustix::process::getpid();
    rustix::process::kill_process(myself, rustix::process::Signal::WINCH).unwrap();
    rustix::process::kill_process(myself, rustix::process::Signal::TERM).unwrap();
    let mut came = Vec::new();
    rig.wait_for(|_| {
        came.extend(signals.pending());
        (came.len() >= 2).then_some(())
    });
    assert!(came.contains(&Signal::WindowChanged) && came.contains(&Signal::Terminate));
}
