//! Listening: which addresses, and taking callers in.

use crate::error::Error;
use mio::{Interest, Registry, Token, net::TcpListener, net::TcpStream};
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::{Duration, Instant},
};

/// Callers that the kernel keeps for us until we take them in.
const BACKLOG: i32 = 64;

/// Most callers taken in by one turn of the loop.
const ACCEPT_COUNT_MAX: usize = 16;

/// How long accepting rests after an error such as "too many open files", which comes back at once.
const ACCEPT_REST: Duration = Duration::from_millis(500);

/// Listening sockets, of one port.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    listeners: Vec<Listening>,
    resting_until: Option<Instant>,
}

#[derive(Debug)]
struct Listening {
    listener: TcpListener,
    token: Token,
    acceptable: bool,
}

impl Listeners {
    /// Listens on `address`, or on all addresses of this host when there is none.
    ///
    /// # Errors
    /// [`Error::Listen`].
    pub(super) fn open(address: Option<IpAddr>, port: u16) -> Result<Self, Error> {
        let all = [
            IpAddr::from(Ipv6Addr::UNSPECIFIED),
            IpAddr::from(Ipv4Addr::UNSPECIFIED),
        ];
        let wanted = address.map_or_else(|| all.to_vec(), |address| vec![address]);
        let mut open = Self::default();
        let mut failure = None;
        for ip in wanted {
            match listen(SocketAddr::new(ip, port)) {
                Ok(listener) => {
                    open.listeners.push(Listening {
                        listener,
                        token: Token(0),
                        acceptable: true,
                    });
                }
                // A host without IPv6 is still a host.
                Err(source) => failure = Some((ip, source)),
            }
        }
        match failure {
            Some((ip, source)) if open.listeners.is_empty() => Err(Error::Listen {
                address: SocketAddr::new(ip, port).to_string(),
                source,
            }),
            // One family taken by another program: half of the callers would reach that one.
            Some((ip, source)) if source.kind() == io::ErrorKind::AddrInUse => Err(Error::Listen {
                address: SocketAddr::new(ip, port).to_string(),
                source,
            }),
            _ => Ok(open),
        }
    }

    /// Registers under `first` and the tokens after it.
    pub(super) fn register(&mut self, registry: &Registry, first: Token) -> io::Result<()> {
        for (index, listening) in self.listeners.iter_mut().enumerate() {
            listening.token = Token(first.0 + index);
            registry.register(&mut listening.listener, listening.token, Interest::READABLE)?;
        }
        Ok(())
    }

    /// Where the first one listens.
    pub(super) fn local_address(&self) -> Option<SocketAddr> {
        self.listeners.first()?.listener.local_addr().ok()
    }

    /// Remembers an edge of the poll.
    pub(super) fn handle_event(&mut self, token: Token) {
        for listening in self
            .listeners
            .iter_mut()
            .filter(|listening| listening.token == token)
        {
            listening.acceptable = true;
        }
    }

    /// Takes callers in, a bounded number.
    pub(super) fn accept(&mut self, now: Instant) -> Vec<(TcpStream, SocketAddr)> {
        let mut callers = Vec::new();
        if self.resting_until.is_some_and(|until| now < until) {
            return callers;
        }
        self.resting_until = None;
        for listening in &mut self.listeners {
            while listening.acceptable && callers.len() < ACCEPT_COUNT_MAX {
                match listening.listener.accept() {
                    Ok((stream, address)) => callers.push((stream, plain(address))),
                    Err(err) if err.kind() == io::ErrorKind::WouldBlock => {
                        listening.acceptable = false;
                    }
                    Err(err) if is_of_one_caller(&err) => {}
                    Err(_) => {
                        self.resting_until = Some(now + ACCEPT_REST);
                        break;
                    }
                }
            }
        }
        callers
    }

    /// Takes nobody in until then at the earliest: others have cost too much.
    pub(super) fn rest(&mut self, until: Instant) {
        self.resting_until = self.resting_until.max(Some(until));
    }

    /// When [`Self::accept`] wants to be called though no edge came.
    pub(super) fn deadline(&self, now: Instant) -> Option<Instant> {
        let acceptable = self.listeners.iter().any(|listening| listening.acceptable);
        acceptable.then(|| self.resting_until.unwrap_or(now))
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    if address.is_ipv6() {
        // Each family has its own socket, so that an address is shown as what it is.
        socket.set_only_v6(true)?;
    }
    // On Windows this would let two programs share the port.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(TcpListener::from_std(socket.into()))
}

/// Errors that concern the caller alone: it hung up before it was taken in.
fn is_of_one_caller(err: &io::Error) -> bool {
    matches!(
        err.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

/// An IPv4 address mapped into IPv6 is shown as IPv4.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
