//! Commands on Unix: a socket pair, a process group, and the terminal lent and taken back.

use super::{Asking, Change};
use mio::{Interest, Registry, Token, event::Source, net::UnixStream};
use rustix::{
    event::{PollFd, PollFlags, Timespec},
    fs::{Mode, OFlags},
    io::Errno,
    process::{Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus},
};
use std::{
    io::{self, Read, Write},
    mem::MaybeUninit,
    net::Shutdown,
    os::{
        fd::{AsFd, OwnedFd},
        unix::process::CommandExt,
    },
    process::{ChildStderr, Command, Stdio},
    ptr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A command and its process group.
#[derive(Debug)]
pub struct Process {
    pid: Pid,
    is_reaped: Mutex<bool>,
    /// While it is lent: the terminal, and the group that had it.
    lent: Mutex<Option<(OwnedFd, Pid)>>,
}

/// The standard input and output of a command, without blocking.
#[derive(Debug)]
pub struct Stream {
    /// What we write. Two, because a command may close one and keep the other.
    input: UnixStream,
    /// What we read.
    output: UnixStream,
}

/// Runs `command` in the user's shell, `$SHELL` or else `/bin/sh`, with a stream for its input and
/// output; its standard error can be read from what comes with it.
///
/// # Errors
/// From the system. A command that is not there is no error here: the shell says so and ends.
pub fn spawn(command: &str, asking: Asking) -> io::Result<(Process, Stream, ChildStderr)> {
    let (input, their_input) = pair()?;
    let (output, their_output) = pair()?;
    let shell = std::env::var_os("SHELL").filter(|shell| !shell.is_empty());
    let mut shell = Command::new(shell.unwrap_or_else(|| "/bin/sh".into()));
    if is_single(command) {
        // The shell itself has no more to do, and is not left between us and the command.
        shell.arg("-c").arg(format!("exec {command}"));
    } else {
        // Of `a; b` and `X=1 a`, `exec` would run less than was asked.
        shell.arg("-c").arg(command);
    }
    shell.stdin(Stdio::from(their_input));
    shell.stdout(Stdio::from(their_output));
    shell.stderr(Stdio::piped());
    match asking {
        Asking::OnTerminal => {
            shell.process_group(0);
        }
        Asking::Nowhere => leave_terminal(&mut shell),
    }
    let mut child = shell.spawn()?;
    // `Command` holds the other ends of the stream as long as it lives.
    drop(shell);
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let (Some(pid), Some(stderr)) = (pid, child.stderr.take()) else {
        return Err(io::ErrorKind::Other.into());
    };
    let process = Process {
        pid,
        is_reaped: Mutex::new(false),
        lent: Mutex::new(None),
    };
    Ok((process, Stream { input, output }, stderr))
}

/// First words that are the shell's own and no programs: `exec` finds none of that name (POSIX.1,
/// XCU 2.4 and 2.14, and what bash and zsh add).
const OF_SHELL: [&str; 33] = [
    "!", ".", ":", "alias", "builtin", "case", "cd", "command", "coproc", "declare", "eval",
    "exec", "exit", "export", "for", "function", "if", "local", "noglob", "read", "readonly",
    "select", "set", "shift", "source", "time", "trap", "typeset", "ulimit", "umask", "unset",
    "until", "while",
];

/// Whether `command` is one command, with nothing before it. In doubt it is not.
fn is_single(command: &str) -> bool {
    let mut quote = None;
    let mut signs = command.chars();
    while let Some(sign) = signs.next() {
        match (quote, sign) {
            (None | Some('"'), '\\') => drop(signs.next()),
            (None, '\'' | '"') => quote = Some(sign),
            (Some(open), _) if open == sign => quote = None,
            (None, ';' | '&' | '|' | '(' | '{' | '\n') => return false,
            _ => {}
        }
    }
    let first = command.split_whitespace().next().unwrap_or_default();
    !first.contains('=') && !OF_SHELL.contains(&first)
}

/// Our end, which does not block, and theirs.
fn pair() -> io::Result<(UnixStream, OwnedFd)> {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    Ok((UnixStream::from_std(ours), theirs.into()))
}

/// Stops this process's group until it is continued, as Ctrl-Z does.
pub fn stop_self() {
    rustix::process::kill_current_process_group(Signal::STOP).unwrap_or_default();
}

/// Has `command` begin a session of its own, which has no terminal, and so a group of its own.
fn leave_terminal(command: &mut Command) {
    let begin_session = || Ok(rustix::process::setsid().map(drop)?);
    // SAFETY: the closure runs between fork and exec and makes one system call, which is safe
    // there: it takes no lock and allocates nothing, also when it fails.
    unsafe { command.pre_exec(begin_session) };
}

impl Process {
    /// Waits until it ends, is stopped or goes on. Once it has ended, [`Self::reap`] is due.
    ///
    /// # Errors
    /// When it was reaped before.
    pub fn wait(&self) -> io::Result<Change> {
        let passing = WaitIdOptions::STOPPED | WaitIdOptions::CONTINUED;
        let all = WaitIdOptions::EXITED | passing;
        let Some(status) = self.wait_for(all | WaitIdOptions::NOWAIT)? else {
            return Ok(Change::Continued);
        };
        if status.stopped() || status.continued() {
            // It was only looked at.
            self.wait_for(passing | WaitIdOptions::NOHANG)?;
            return Ok(if status.stopped() {
                Change::Stopped
            } else {
                Change::Continued
            });
        }
        Ok(Change::Ended(match status.exit_status() {
            Some(code) => format!("ended with exit status {code}"),
            None => match status.terminating_signal() {
                Some(signal) if signal == Signal::INT.as_raw() => "was interrupted".to_owned(),
                signal => format!("was ended by signal {}", signal.unwrap_or_default()),
            },
        }))
    }

    /// Asks all of it to end.
    pub fn terminate(&self) {
        // A stopped one would hear of the others only when it is continued.
        for signal in [Signal::HUP, Signal::TERM, Signal::CONT] {
            self.signal(signal);
        }
    }

    /// Ends all of it.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Forgets it after its end, and ends what is left of its group.
    pub fn reap(&self) {
        self.signal(Signal::KILL);
        let mut is_reaped = lock(&self.is_reaped);
        if !*is_reaped {
            *is_reaped = true;
            drop(self.wait_for(WaitIdOptions::EXITED));
        }
    }

    /// Gives it the terminal, if that is ours to give: what is typed goes to it, Ctrl-C and Ctrl-Z
    /// too. Says whether it has it.
    pub fn lend_terminal(&self) -> bool {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let Ok(tty) = rustix::fs::open("/dev/tty", flags, Mode::empty()) else {
            return false;
        };
        let own = rustix::process::getpgrp();
        let is_ours = rustix::termios::tcgetpgrp(&tty).is_ok_and(|group| group == own);
        if !is_ours || rustix::termios::tcsetpgrp(&tty, self.pid).is_err() {
            return false;
        }
        *lock(&self.lent) = Some((tty, own));
        // It may have asked for it already, which stops it.
        self.signal(Signal::CONT);
        true
    }

    /// Takes the terminal back.
    pub fn take_terminal(&self) {
        let Some((tty, own)) = lock(&self.lent).take() else {
            return;
        };
        // Whoever is not in front and asks for the terminal is stopped, unless the signal for that
        // is blocked.
        let before = block(libc::SIGTTOU);
        rustix::termios::tcsetpgrp(&tty, own).unwrap_or_default();
        if let Some(before) = before {
            restore(&before);
        }
    }

    fn signal(&self, signal: Signal) {
        let is_reaped = lock(&self.is_reaped);
        if !*is_reaped {
            // It fails when all have ended.
            rustix::process::kill_process_group(self.pid, signal).unwrap_or_default();
        }
    }

    fn wait_for(&self, options: WaitIdOptions) -> io::Result<Option<WaitIdStatus>> {
        loop {
            match rustix::process::waitid(WaitId::Pid(self.pid), options) {
                Err(Errno::INTR) => {}
                other => return Ok(other?),
            }
        }
    }
}

impl Stream {
    /// Limits what the system holds of our bytes, roughly.
    ///
    /// # Errors
    /// From the system.
    pub fn limit_unsent(&self, len: usize) -> io::Result<()> {
        Ok(rustix::net::sockopt::set_socket_send_buffer_size(
            &self.input,
            len,
        )?)
    }

    /// Waits until there is something to read, or its end. Says whether there is.
    ///
    /// # Errors
    /// From the system.
    pub fn wait_readable(&self, timeout: Duration) -> io::Result<bool> {
        let mut fds = [PollFd::from_borrowed_fd(self.output.as_fd(), PollFlags::IN)];
        let timeout = Timespec::try_from(timeout).map_err(io::Error::other)?;
        match rustix::event::poll(&mut fds, Some(&timeout)) {
            Ok(count) => Ok(count > 0),
            Err(Errno::INTR) => Ok(false),
            Err(err) => Err(err.into()),
        }
    }

    /// Tells the command that nothing more comes.
    ///
    /// # Errors
    /// From the system.
    pub fn shut_down_write(&self) -> io::Result<()> {
        self.input.shutdown(Shutdown::Write)
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.output.read(into)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.input.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.input.flush()
    }
}

impl Source for Stream {
    /// `_what` is both: each direction is registered for what it can do.
    fn register(&mut self, registry: &Registry, token: Token, _what: Interest) -> io::Result<()> {
        self.input.register(registry, token, Interest::WRITABLE)?;
        self.output.register(registry, token, Interest::READABLE)
    }

    fn reregister(&mut self, registry: &Registry, token: Token, _what: Interest) -> io::Result<()> {
        self.input.reregister(registry, token, Interest::WRITABLE)?;
        self.output.reregister(registry, token, Interest::READABLE)
    }

    fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        self.input.deregister(registry)?;
        self.output.deregister(registry)
    }
}

/// Keeps a signal from this thread; gives what was blocked before.
fn block(signal: i32) -> Option<libc::sigset_t> {
    let mut wanted = MaybeUninit::uninit();
    // SAFETY: the set may be written; this makes it an empty one.
    let emptied = unsafe { libc::sigemptyset(wanted.as_mut_ptr()) };
    // SAFETY: the set is valid by now.
    let added = unsafe { libc::sigaddset(wanted.as_mut_ptr(), signal) };
    if emptied != 0 || added != 0 {
        return None;
    }
    let mut before = MaybeUninit::uninit();
    // SAFETY: the first set is valid and the second may be written.
    let done =
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, wanted.as_ptr(), before.as_mut_ptr()) };
    // SAFETY: on success it has been written.
    (done == 0).then(|| unsafe { before.assume_init() })
}

fn restore(before: &libc::sigset_t) {
    // SAFETY: the set is valid, and the old one is not asked for. It cannot fail then.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before, ptr::null_mut()) };
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
