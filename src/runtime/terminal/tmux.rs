//! Asks tmux what it knows of the terminal outside.

use super::super::{mailbox::Mailbox, worker};
use crate::screen::capability::Client;
use mio::Waker;
use std::{
    io::Read,
    process::{Command, Stdio},
    sync::Arc,
};

/// Longest answer read, in bytes. It is a line of some hundred.
const ANSWER_LEN_MAX: u64 = 4 << 10;

/// Asks, in a thread of its own: a tmux that hangs holds nothing up. The answer comes into the
/// mailbox; `None` when there is none.
pub(super) fn ask(waker: &Arc<Waker>) -> Mailbox<Option<Client>> {
    let place = Mailbox::new(Some(Arc::clone(waker)));
    let theirs = place.clone();
    let asked = worker::spawn_named("tmux", move || {
        drop(theirs.put(worker::contain(answer).ok().flatten()));
    });
    if asked.is_err() {
        drop(place.put(None));
    }
    place
}

fn answer() -> Option<Client> {
    let mut tmux = Command::new("tmux")
        .args(["display-message", "-p", Client::FORMAT])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut text = String::new();
    let output = tmux.stdout.take()?;
    let read = output.take(ANSWER_LEN_MAX).read_to_string(&mut text);
    // It ends by itself; what it was waiting for is not known if it does not.
    let ended = tmux.wait();
    (read.is_ok() && ended.ok()?.success()).then(|| Client::parse(&text))?
}
