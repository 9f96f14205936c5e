//! Commands that carry a call: run, watched, heard, and ended.
//!
//! What a command says on its standard error goes to the person as long as the screen is theirs;
//! afterwards its last lines are kept, to be told when it ends.
//!
//! Invariant: whatever was started here has ended and is forgotten when [`Commands::close`] comes
//! back, or has been killed.

use super::{
    clock::instant,
    mailbox::{Mailbox, Waited},
    worker,
};
use std::{
    collections::VecDeque,
    io::{self, Read, Write},
    process::ChildStderr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use ttychat_platform::process::{self, Asking, Change, Process, Stream};

/// How long a command that was asked to end may take before it is killed.
const END_TIMEOUT: Duration = Duration::from_millis(400);

/// How long the end of the program waits for the commands' ends, killing included.
const COMMANDS_CLOSE_TIMEOUT: Duration = Duration::from_millis(700);

/// How long the exit status and the last lines may take after the end of the output.
pub(super) const LAST_WORDS_TIMEOUT: Duration = Duration::from_millis(300);

/// How long a command may take to go on after it was continued.
const CONTINUE_TIMEOUT: Duration = Duration::from_secs(1);

/// Most lines of a command that are kept: the last ones say why it ended.
const LINE_COUNT_MAX: usize = 3;

/// Longest line of them, in bytes.
const LINE_LEN_MAX: usize = 300;

/// Bytes of the connection that the system may hold: as many as of a socket, about.
const UNSENT_LEN: usize = 16 << 10;

/// All commands that run.
#[derive(Clone, Debug, Default)]
pub(super) struct Commands {
    all: Arc<Mutex<All>>,
}

#[derive(Debug, Default)]
struct All {
    running: Vec<Arc<Running>>,
    is_closed: bool,
}

/// A command that runs, or has ended and is not yet forgotten.
#[derive(Debug)]
pub(super) struct Running {
    process: Process,
    /// Something about it has changed.
    news: Mailbox<()>,
    is_stopped: AtomicBool,
    /// How it ended.
    ending: Mutex<Option<String>>,
    /// Closed when it is to be forgotten, and when it is.
    over: Mailbox<()>,
    forgotten: Mailbox<()>,
    words: Mutex<Words>,
    is_heard_out: AtomicBool,
    /// Of the loop, which wants to know how it ended.
    waker: Option<Arc<mio::Waker>>,
}

/// What a command says on its standard error.
#[derive(Debug)]
struct Words {
    are_shown: bool,
    lines: VecDeque<String>,
    line: Vec<u8>,
}

impl Commands {
    /// Runs `command`. `asking`: also whether what it says is shown at once.
    ///
    /// # Errors
    /// From the system.
    pub(super) fn run(
        &self,
        command: &str,
        asking: Asking,
        waker: Option<Arc<mio::Waker>>,
    ) -> io::Result<(Arc<Running>, Stream)> {
        // Held all the while, so that none begins unseen while the others are ended.
        let mut all = lock(&self.all);
        if all.is_closed {
            return Err(io::Error::other("the program ends"));
        }
        all.running.retain(|one| !one.forgotten.is_closed());
        let (process, stream, stderr) = process::spawn(command, asking)?;
        let running = Arc::new(Running {
            process,
            news: Mailbox::new(None),
            is_stopped: AtomicBool::new(false),
            ending: Mutex::new(None),
            over: Mailbox::new(None),
            forgotten: Mailbox::new(None),
            words: Mutex::new(Words {
                are_shown: asking == Asking::OnTerminal,
                lines: VecDeque::new(),
                line: Vec::new(),
            }),
            is_heard_out: AtomicBool::new(false),
            waker,
        });
        let its_end = Arc::clone(&running);
        let its_words = Arc::clone(&running);
        let threads = worker::spawn_named("via", move || its_end.watch())
            .and_then(|_thread| worker::spawn_named("via-words", move || its_words.hear(stderr)));
        if let Err(err) = threads {
            running.process.kill();
            running.over.close();
            return Err(err);
        }
        all.running.push(Arc::clone(&running));
        // Without it pictures may be older on a slow path, and that is all.
        stream.limit_unsent(UNSENT_LEN).unwrap_or_default();
        Ok((running, stream))
    }

    /// Ends all of them.
    pub(super) fn close(&self) {
        let running = {
            let mut all = lock(&self.all);
            all.is_closed = true;
            std::mem::take(&mut all.running)
        };
        for one in &running {
            one.end();
        }
        let deadline = instant() + COMMANDS_CLOSE_TIMEOUT;
        for one in &running {
            one.forgotten.wait(Some(deadline));
        }
    }
}

impl Running {
    /// The terminal is lent to it until [`Self::take_terminal`].
    pub(super) fn lend_terminal(&self) -> bool {
        self.process.lend_terminal()
    }

    /// The terminal is ours for a while.
    pub(super) fn borrow_terminal(&self) {
        self.process.take_terminal();
    }

    /// From now on the terminal is ours, and what it says is kept.
    pub(super) fn take_terminal(&self) {
        self.process.take_terminal();
        lock(&self.words).are_shown = false;
    }

    /// Whether it is stopped, as by Ctrl-Z.
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Acquire)
    }

    /// Waits a bounded time until it goes on.
    pub(super) fn wait_until_continued(&self) {
        let deadline = instant() + CONTINUE_TIMEOUT;
        while self.is_stopped() && instant() < deadline {
            self.news.wait(Some(deadline));
        }
    }

    /// Waits a bounded time for how it ended and its last words.
    pub(super) fn wait_for_last_words(&self) {
        let deadline = instant() + LAST_WORDS_TIMEOUT;
        while !self.has_ended() && instant() < deadline {
            self.news.wait(Some(deadline));
        }
    }

    /// Whether it is known how it ended, and all that it said.
    pub(super) fn has_ended(&self) -> bool {
        lock(&self.ending).is_some() && self.is_heard_out.load(Ordering::Acquire)
    }

    /// How it ended and what it said last: `ended with exit status 255: Connection refused`.
    pub(super) fn last_words(&self) -> String {
        let ending = lock(&self.ending).clone();
        let mut said = ending.unwrap_or_else(|| "closed its output".to_owned());
        let words = lock(&self.words);
        // What was shown when it came need not be said twice.
        for (index, line) in words.lines.iter().enumerate() {
            said.push_str(if index == 0 { ": " } else { "; " });
            said.push_str(line);
        }
        said
    }

    /// Has it end; it is killed when it does not.
    pub(super) fn end(self: &Arc<Self>) {
        if self.over.is_closed() {
            return;
        }
        self.process.terminate();
        self.over.close();
        let stubborn = Arc::clone(self);
        let killer = worker::spawn_named("via-end", move || {
            let deadline = Some(instant() + END_TIMEOUT);
            if stubborn.forgotten.wait(deadline) == Waited::TimedOut {
                stubborn.process.kill();
            }
        });
        if killer.is_err() {
            self.process.kill();
        }
    }

    fn watch(&self) {
        loop {
            match self.process.wait() {
                Ok(Change::Continued) => self.is_stopped.store(false, Ordering::Release),
                Ok(Change::Stopped) => self.is_stopped.store(true, Ordering::Release),
                Ok(Change::Ended(how)) => {
                    *lock(&self.ending) = Some(how);
                    break;
                }
                Err(err) => {
                    *lock(&self.ending) = Some(format!("cannot be waited for: {err}"));
                    break;
                }
            }
            self.tell();
        }
        self.tell();
        // Until then its number stays taken, so that what is left of it can be ended.
        self.over.wait(None);
        self.process.reap();
        self.forgotten.close();
    }

    fn hear(&self, mut stderr: ChildStderr) {
        let mut scratch = [0; 1024];
        loop {
            match stderr.read(&mut scratch) {
                Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => break,
                Ok(len) => lock(&self.words).take(scratch.get(..len).unwrap_or_default()),
            }
        }
        lock(&self.words).end_line();
        self.is_heard_out.store(true, Ordering::Release);
        self.tell();
    }

    fn tell(&self) {
        self.news.put(());
        if let Some(waker) = &self.waker {
            // It fails only when the loop is gone, and then nobody is there to be woken.
            drop(waker.wake());
        }
    }
}

impl Words {
    fn take(&mut self, bytes: &[u8]) {
        if self.are_shown {
            // It is the person's own command, on their own terminal.
            drop(io::stderr().write_all(bytes));
            return;
        }
        for &byte in bytes {
            if matches!(byte, b'\n' | b'\r') {
                self.end_line();
            } else if self.line.len() < LINE_LEN_MAX {
                self.line.push(byte);
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let line = line.trim().trim_end_matches('.');
        // The same again, such as one refused password after the other, tells nothing new.
        if line.is_empty() || self.lines.back().is_some_and(|last| last == line) {
            return;
        }
        if self.lines.len() == LINE_COUNT_MAX {
            self.lines.pop_front();
        }
        self.lines.push_back(line.to_owned());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
