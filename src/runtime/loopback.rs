//! A call with oneself.

use super::{
    clock,
    event_loop::{self, EventLoop, Parts},
    network::Listeners,
    output::Output,
    start::{Start, new_poll, no_poll, no_thread},
    via::Commands,
    worker,
};
use crate::{
    app::{self, App, Ending},
    cli::{Arguments, Target},
    error::Error,
    session::StaticKey,
};
use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

/// How long the far end may take to end after the near one.
const ECHO_CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// A call with oneself: the far end runs in a thread, on a port that only this host can reach, and
/// gives everything back.
pub(super) fn call(arguments: Arguments) -> Result<Ending, Error> {
    let listeners = Listeners::open(Some(IpAddr::V4(Ipv4Addr::LOCALHOST)), 0)?;
    let port = listeners
        .local_address()
        .map_or(0, |address| address.port());
    let far = worker::spawn_named("echo", move || echo(listeners)).map_err(no_thread)?;
    let target = Target {
        host: Ipv4Addr::LOCALHOST.to_string(),
        port,
    };
    let role = app::Role::Loopback;
    let (key, listeners) = (StaticKey::generate(), Listeners::default());
    let ending = Start {
        arguments,
        role,
        key,
        known: Default::default(),
        secret: None,
        listeners,
        target: Some(target),
    }
    .run();
    // It has nothing to add: the near end has said how the call ended.
    drop(far.join(ECHO_CLOSE_TIMEOUT));
    ending
}

fn echo(mut listeners: Listeners) -> Result<Ending, Error> {
    let (poll, waker) = new_poll()?;
    listeners
        .register(poll.registry(), event_loop::LISTENERS)
        .map_err(no_poll)?;
    let options = app::Options {
        role: app::Role::Echo,
        wire: app::Wire::Ttychat,
        via: false,
        accept: app::Accept::All,
        name: "yourself".to_owned(),
        key: StaticKey::generate(),
        peers: app::KnownPeers::default(),
        secret: None,
        complaints: Vec::new(),
        source: app::Source::None,
        settings: app::CameraSettings::default(),
        resolution: None,
        rate: None,
        barcode: false,
        screen: None,
        duration: None,
        statistics: false,
    };
    let app = App::new(options, clock::now());
    let (terminal, signals, capture) = (None, None, None);
    let output = Output::default();
    let parts = Parts {
        poll,
        waker,
        app,
        terminal,
        signals,
        listeners,
        way: None,
        first_dialled: None,
        commands: Commands::default(),
        capture,
        output,
    };
    EventLoop::new(parts)?.run()
}
