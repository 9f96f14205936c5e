//! A cable that can be pulled: a TCP relay that goes silent without closing anything.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Relays connections to a port of this host.
#[derive(Debug)]
pub(crate) struct Relay {
    port: u16,
    held: Arc<AtomicBool>,
}

impl Relay {
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let relay = Self {
            port: listener.local_addr().unwrap().port(),
            held: Arc::new(AtomicBool::new(false)),
        };
        let held = Arc::clone(&relay.held);
        spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(("127.0.0.1", port)) else {
                    continue;
                };
                pump(near.try_clone().unwrap(), far.try_clone().unwrap(), &held);
                pump(far, near, &held);
            }
        });
        relay
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Pulls the cable: what comes from now on is lost, on the connections that are there.
    pub(crate) fn hold(&self) {
        self.held.store(true, Ordering::SeqCst);
    }

    /// Plugs it in again; connections that lost bytes stay silent, new ones work.
    pub(crate) fn release(&self) {
        self.held.store(false, Ordering::SeqCst);
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, held: &Arc<AtomicBool>) {
    let held = Arc::clone(held);
    spawn(move || {
        let mut scratch = [0; 16 << 10];
        let mut cut = false;
        from.set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        while let Ok(len) = from.read(&mut scratch) {
            cut |= held.load(Ordering::SeqCst);
            if cut {
                // A pulled cable carries no end of the connection either.
                if len == 0 {
                    std::thread::park();
                }
                continue;
            }
            if len == 0 || to.write_all(&scratch[..len]).is_err() {
                break;
            }
        }
        drop(to.shutdown(std::net::Shutdown::Both));
    });
}

fn spawn(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().spawn(work).unwrap();
}
