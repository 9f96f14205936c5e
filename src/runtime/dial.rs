//! Making a connection: the name is looked up and its addresses are tried, one after the other, in
//! a thread, because the system's resolver blocks; or a command is run that makes it.

use super::{
    clock::instant,
    mailbox::Mailbox,
    stream::{Carrier, Stream},
    via::{Commands, Running},
    worker,
};
use crate::{
    cli::Target,
    error::{Attempts, Error},
};
use std::{
    io::{self, IsTerminal, Read, Write},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    sync::Arc,
    time::Duration,
};
use ttychat_platform::process::{self, Asking};

/// How long one address may take. Two lost first packets (1 s and 2 s) and a slow link.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Most addresses of one name that are tried.
const ADDRESS_COUNT_MAX: usize = 8;

/// How long a command that can ask nobody may take until the other end's first byte. Several hops
/// of ssh over slow links.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

/// How often is looked whether a command was stopped that has the terminal.
const STOP_LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// What came of dialling: a stream and, of a socket, where it leads; or what was tried and what
/// the system said.
pub(super) type Dialled = Result<(Stream, Option<SocketAddr>), Error>;

/// How a call is made.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// To the addresses of a name.
    Direct(Target),
    /// Through a command.
    Through(Through),
}

/// A command that makes a connection.
#[derive(Clone, Debug)]
pub(super) struct Through {
    /// With host and port put in.
    pub(super) command: String,
    /// Whether the other end speaks first, so that its first byte can be waited for.
    pub(super) hears_first: bool,
    pub(super) commands: Commands,
    pub(super) waker: Arc<mio::Waker>,
}

/// Makes a connection in a thread of its own; the outcome is put into `outcome`.
///
/// # Errors
/// When there is no thread to be had.
pub(super) fn dial(way: Way, outcome: Mailbox<Dialled>) -> io::Result<()> {
    // Nobody waits for it: it ends by itself when its last address has answered or timed out, and
    // with the command that it waits for.
    let dial = move || {
        let dialled = worker::contain(|| match &way {
            Way::Direct(target) => connect(target),
            Way::Through(through) => through.connect(Asking::Nowhere),
        });
        let dialled = dialled.unwrap_or_else(|panicked| {
            let source = io::Error::other(panicked);
            let what = "to dial";
            Err(Error::Machinery { what, source })
        });
        drop(outcome.put(dialled));
    };
    worker::spawn_named("dial", dial).map(drop)
}

fn connect(target: &Target) -> Dialled {
    let addresses = (target.host.as_str(), target.port)
        .to_socket_addrs()
        .map_err(|source| Error::Resolve {
            target: target.to_string(),
            source,
        })?;
    let mut tried = Vec::new();
    for address in addresses.take(ADDRESS_COUNT_MAX) {
        match connect_to(&address) {
            Ok(stream) => return Ok((Stream::Tcp(stream), Some(address))),
            Err(err) => tried.push((address, err)),
        }
    }
    Err(Error::Connect {
        target: target.to_string(),
        tried: Attempts(tried),
    })
}

fn connect_to(address: &SocketAddr) -> io::Result<mio::net::TcpStream> {
    let stream = TcpStream::connect_timeout(address, CONNECT_TIMEOUT)?;
    stream.set_nonblocking(true)?;
    Ok(mio::net::TcpStream::from_std(stream))
}

impl Through {
    /// Runs the command while the terminal is still the person's, who may be asked for a password
    /// there, and waits for the other end's first byte.
    ///
    /// # Errors
    /// [`Error::Via`].
    pub(super) fn connect_first(&self) -> Dialled {
        // Before it asks for anything: a command that hangs says nothing, and the screen is not
        // there yet.
        if io::stderr().is_terminal() {
            let line = format!("calling through: {} (Ctrl-C gives up)", self.command);
            drop(writeln!(io::stderr(), "ttychat: {line}"));
        }
        self.connect(Asking::OnTerminal)
    }

    fn connect(&self, asking: Asking) -> Dialled {
        let waker = Some(Arc::clone(&self.waker));
        let (running, stream) = self
            .commands
            .run(&self.command, asking, waker)
            .map_err(|err| self.error(format!("cannot be run: {err}")))?;
        let mut carrier = Carrier {
            stream,
            running,
            ahead: Vec::new(),
        };
        if self.hears_first {
            let is_lent = asking == Asking::OnTerminal && carrier.running.lend_terminal();
            let heard = self.wait_for_first(&mut carrier, is_lent);
            carrier.running.take_terminal();
            heard?;
        } else {
            carrier.running.take_terminal();
        }
        Ok((Stream::Command(carrier), None))
    }

    fn wait_for_first(&self, carrier: &mut Carrier, is_lent: bool) -> Result<(), Error> {
        let deadline = instant() + COMMAND_TIMEOUT;
        loop {
            let ready = carrier.stream.wait_readable(STOP_LOOK_INTERVAL);
            if ready.map_err(|err| self.error(format!("failed: {err}")))? {
                break;
            }
            if is_lent && carrier.running.is_stopped() {
                stop_with(&carrier.running);
            }
            if !is_lent && deadline <= instant() {
                let seconds = COMMAND_TIMEOUT.as_secs();
                return Err(self.error(format!("brought no answer within {seconds} s")));
            }
        }
        let mut first = [0; 1024];
        match carrier.stream.read(&mut first) {
            Ok(len) if len > 0 => {
                carrier.ahead.extend(first.iter().take(len));
                Ok(())
            }
            // The end of its output, or a reset.
            _ => {
                carrier.running.wait_for_last_words();
                let said = carrier.running.last_words();
                Err(self.error(format!("{said}, before anybody had answered")))
            }
        }
    }

    fn error(&self, reason: String) -> Error {
        Error::Via {
            command: self.command.clone(),
            reason,
        }
    }
}

/// Ctrl-Z while the command has the terminal: this program stops too, as one job.
fn stop_with(running: &Running) {
    running.borrow_terminal();
    process::stop_self();
    running.lend_terminal();
    running.wait_until_continued();
}
