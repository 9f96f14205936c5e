//! Making a connection: the name is looked up and its addresses are tried, one after the other, in
//! a thread, because the system's resolver blocks.

use super::{mailbox::Mailbox, worker};
use crate::{
    cli::Target,
    error::{Attempts, Error},
};
use std::{
    io,
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    time::Duration,
};

/// How long one address may take. Two lost first packets (1 s and 2 s) and a slow link.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Most addresses of one name that are tried.
const ADDRESS_COUNT_MAX: usize = 8;

/// What came of dialling: a stream and where it leads, or what was tried and what the system said.
pub(super) type Dialled = Result<(TcpStream, SocketAddr), Error>;

/// Dials `target` in a thread of its own; the outcome is put into `outcome`.
///
/// # Errors
/// When there is no thread to be had.
pub(super) fn dial(target: Target, outcome: Mailbox<Dialled>) -> io::Result<()> {
    // Nobody waits for it: it ends by itself when its last address has answered or timed out.
    let dial = move || {
        let dialled = worker::contain(|| connect(&target));
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
        match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
            Ok(stream) => return Ok((stream, address)),
            Err(err) => tried.push((address, err)),
        }
    }
    Err(Error::Connect {
        target: target.to_string(),
        tried: Attempts(tried),
    })
}
