//! Those who call while nobody is asked yet, or while the line is taken.

use super::{
    App, ConnectionId, Effect, Line, Now, Refusal, Role, call::Parted, line::Stage, words,
};
use crate::session::{self, CloseReason, Event, Session};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Most connections beside the call. More are closed at once.
const CALLER_COUNT_MAX: usize = 8;

/// How long a call waits for the person.
pub(super) const ASK_TIMEOUT: Duration = Duration::from_secs(60);

/// Connections that are no call yet: a program that says nothing must not keep people out.
#[derive(Debug, Default)]
pub(super) struct Callers {
    waiting: Vec<Caller>,
}

/// A connection that is no call yet.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) connection: ConnectionId,
    pub(super) address: SocketAddr,
    pub(super) session: Session,
}

impl Callers {
    pub(super) fn find_mut(&mut self, connection: ConnectionId) -> Option<&mut Caller> {
        self.waiting
            .iter_mut()
            .find(|caller| caller.connection == connection)
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        for caller in &mut self.waiting {
            if caller
                .session
                .deadline()
                .is_some_and(|deadline| deadline <= now)
            {
                caller.session.handle_timeout(now);
            }
        }
    }

    pub(super) fn handle_resume(&mut self, now: Instant) {
        for caller in &mut self.waiting {
            caller.session.handle_resume(now);
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.waiting
            .iter()
            .filter_map(|caller| caller.session.deadline())
            .min()
    }

    pub(super) fn take_all(&mut self) -> Vec<Caller> {
        std::mem::take(&mut self.waiting)
    }

    /// The next event of any of them.
    fn poll_event(&mut self) -> Option<(ConnectionId, Event)> {
        self.waiting
            .iter_mut()
            .find_map(|caller| Some((caller.connection, caller.session.poll_event()?)))
    }

    fn remove(&mut self, connection: ConnectionId) -> Option<Caller> {
        let index = self
            .waiting
            .iter()
            .position(|caller| caller.connection == connection)?;
        Some(self.waiting.remove(index))
    }
}

impl App {
    pub(super) fn take_caller(&mut self, now: Now, connection: ConnectionId, address: SocketAddr) {
        let listens = match &self.options.role {
            Role::Listen { .. } => true,
            // The far end of a call with oneself has one caller, ever.
            Role::Echo => matches!(self.line, Line::Waiting) && self.callers.waiting.is_empty(),
            Role::Connect { .. } | Role::Loopback => false,
        };
        let known = self.callers.find_mut(connection).is_some();
        if !listens || known || self.callers.waiting.len() == CALLER_COUNT_MAX {
            self.log(format!("turned {address} away: too many callers"));
            self.effects.push(Effect::Close(connection));
            return;
        }
        let session = self.new_session(session::Role::Called, now.instant);
        self.callers.waiting.push(Caller {
            connection,
            address,
            session,
        });
    }

    pub(super) fn take_caller_events(&mut self, now: Now) {
        while let Some((connection, event)) = self.callers.poll_event() {
            match event {
                Event::Asked { peer_name } if matches!(self.line, Line::Waiting) => {
                    if let Some(Caller {
                        connection,
                        address,
                        session,
                    }) = self.callers.remove(connection)
                    {
                        let call = self.new_call(connection, address, session, now.instant);
                        self.line = Line::Call(Box::new(call));
                        self.asked(now, &peer_name);
                    }
                }
                Event::Asked { peer_name } => self.tell_busy(now, connection, &peer_name),
                Event::Closed(reason) => {
                    if let Some(caller) = self.callers.remove(connection) {
                        self.log(format!("{} was no call: {reason}", caller.address));
                        self.close(connection, caller.session);
                    }
                }
                // Nothing else is meant for one who is no call.
                _ => {}
            }
        }
    }

    fn tell_busy(&mut self, now: Now, connection: ConnectionId, peer_name: &str) {
        let Some(caller) = self.callers.find_mut(connection) else {
            return;
        };
        caller.session.refuse(now.instant, Refusal::Busy);
        let text = format!(
            "{} called from {} (busy)",
            words::name(peer_name),
            caller.address.ip().to_canonical()
        );
        self.announce(now, &text);
    }

    /// The person does not take the call, or does not answer.
    pub(super) fn refuse(&mut self, now: Now, refusal: Refusal) {
        if !self.line.is_asked() {
            return;
        }
        if let Some(call) = self.line.call_mut() {
            call.session.refuse(now.instant, refusal);
        }
        let Some(parted) = self.part(now) else {
            return;
        };
        match refusal {
            Refusal::Declined => {
                self.log(format!("declined the call of {}", parted.peer));
                self.redraw();
            }
            Refusal::Busy | Refusal::Unanswered => self.missed(now, &parted),
        }
    }

    /// A call of a listener has ended by itself.
    pub(super) fn caller_left(&mut self, now: Now, parted: &Parted, reason: &CloseReason) {
        match parted.stage {
            Stage::Asked { .. } => self.missed(now, parted),
            Stage::Up { .. } => {
                let summary = parted.summary(now.instant).unwrap_or_default();
                let text = format!("{summary}: {}", words::why_ended(reason));
                self.announce(now, &text);
            }
            Stage::Greeting | Stage::Ringing => {
                self.say(
                    now,
                    &format!("the call of {} failed: {reason}", parted.peer),
                );
            }
        }
    }

    fn missed(&mut self, now: Now, parted: &Parted) {
        let address = parted.address.ip().to_canonical();
        let text = format!("missed call from {} ({address})", parted.peer);
        self.announce(now, &text);
    }
}
