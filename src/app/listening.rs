//! Those who call while nobody is asked yet, or while the line is taken.

use super::{
    App, ConnectionId, Effect, Goodbye, Line, Now, Refusal, Role,
    call::Parted,
    identity::Identity,
    line::Stage,
    strangers::About,
    streak::{Kind, Told},
    words,
};
use crate::session::{self, AnySession, CloseReason, Event};
use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

/// Most connections beside the call. One more takes the place of one that says nothing: one of the
/// network that has the most. So it takes as many networks to push a person out, each with a
/// connection within the time of that person's handshake.
pub(super) const CALLER_COUNT_MAX: usize = 64;

/// Most of them from one host. One more takes the place of the host's own first.
const CALLER_OF_HOST_COUNT_MAX: usize = 16;

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
    pub(super) session: AnySession,
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

    fn take_all(&mut self) -> Vec<Caller> {
        std::mem::take(&mut self.waiting)
    }

    /// The next event of any of them.
    fn poll_event(&mut self) -> Option<(ConnectionId, Event)> {
        self.waiting
            .iter_mut()
            .find_map(|caller| Some((caller.connection, caller.session.poll_event()?)))
    }

    /// Takes out one that keeps a newcomer from `address` out, if one does. When its host has as
    /// many as a host may have, that is the host's oldest. When there is no room at all, it is, of
    /// the networks with the most, and there of the hosts with the most, the newcomer counted, the
    /// one that waits longest. Whoever has said who calls is not among them any longer.
    fn make_room(&mut self, address: SocketAddr) -> Option<Caller> {
        let newcomer = address.ip();
        let of_host = |caller: &&Caller| host(caller.address.ip()) == host(newcomer);
        if self.waiting.iter().filter(of_host).count() >= CALLER_OF_HOST_COUNT_MAX {
            let index = self.waiting.iter().position(|caller| of_host(&caller));
            return index.map(|index| self.waiting.remove(index));
        }
        if self.waiting.len() < CALLER_COUNT_MAX {
            return None;
        }
        let all: Vec<IpAddr> = self
            .waiting
            .iter()
            .map(|caller| caller.address.ip())
            .chain([newcomer])
            .collect();
        let count = |part: fn(IpAddr) -> u128, of: IpAddr| {
            all.iter().filter(|other| part(**other) == part(of)).count()
        };
        let mut chosen = None;
        let mut most = (0, 0);
        for (index, caller) in self.waiting.iter().enumerate() {
            let address = caller.address.ip();
            let counts = (count(network, address), count(host, address));
            if counts > most {
                (chosen, most) = (Some(index), counts);
            }
        }
        chosen.map(|index| self.waiting.remove(index))
    }

    fn remove(&mut self, connection: ConnectionId) -> Option<Caller> {
        let index = self
            .waiting
            .iter()
            .position(|caller| caller.connection == connection)?;
        Some(self.waiting.remove(index))
    }
}

/// What belongs to one customer: an IPv4 address, or the 64 bits of an IPv6 network, of whose
/// addresses everybody has as many as they like.
pub(super) fn host(address: IpAddr) -> u128 {
    prefix(address, 32, 64)
}

/// What is easily had together.
fn network(address: IpAddr) -> u128 {
    prefix(address, 24, 48)
}

fn prefix(address: IpAddr, v4_bits: u32, v6_bits: u32) -> u128 {
    let (address, bits) = match address.to_canonical() {
        IpAddr::V4(v4) => (v4.to_ipv6_mapped(), 96 + v4_bits),
        IpAddr::V6(v6) => (v6, v6_bits),
    };
    address.to_bits() >> (128 - bits)
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
        if !listens || known {
            self.turn_away(now, connection, address);
            return;
        }
        if let Some(Caller {
            connection,
            address,
            session: _,
        }) = self.callers.make_room(address)
        {
            self.turn_away(now, connection, address);
        }
        let session = self.new_session(session::Role::Called, now.instant);
        self.callers.waiting.push(Caller {
            connection,
            address,
            session,
        });
    }

    fn turn_away(&mut self, now: Now, connection: ConnectionId, address: SocketAddr) {
        let line = format!("turned {address} away: too many callers");
        self.log_seldom(now, About::NoCall, line);
        self.effects.push(Effect::Close(connection));
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
                        // Whoever was told that the line is taken did call.
                        if !matches!(reason, CloseReason::Refused(_)) {
                            let why = words::why_no_call(&reason);
                            let line = format!("{} was no call: {why}", caller.address);
                            self.log_seldom(now, About::NoCall, line);
                        }
                        self.close(connection, caller.session);
                    }
                }
                // Nothing else is meant for one who is no call.
                _ => {}
            }
        }
    }

    /// All who are no call yet are told that there will be none.
    pub(super) fn send_callers_away(&mut self, now: Now, goodbye: Goodbye) {
        for Caller {
            connection,
            address: _,
            mut session,
        } in self.callers.take_all()
        {
            session.hang_up(now.instant, goodbye);
            self.close(connection, session);
        }
    }

    fn tell_busy(&mut self, now: Now, connection: ConnectionId, peer_name: &str) {
        let Some(caller) = self.callers.find_mut(connection) else {
            return;
        };
        caller.session.refuse(now.instant, Refusal::Busy);
        let (address, session) = (caller.address, &caller.session);
        let identity = Identity::of(session, Some(peer_name), &self.peers);
        let name = identity.name(peer_name);
        self.tell_missed(now, &Told::new(Kind::Busy, &identity, &name, address));
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
                let line = format!("declined the call of {}", parted.peer);
                self.log_seldom(now, About::Declined, line);
                self.redraw();
            }
            Refusal::Busy | Refusal::Unanswered => {
                self.tell_missed(now, &parted.told(Kind::Unanswered));
            }
        }
    }

    /// A call of a listener has ended by itself.
    pub(super) fn caller_left(&mut self, now: Now, parted: &Parted, reason: &CloseReason) {
        match parted.stage {
            Stage::Asked { .. } => self.tell_missed(now, &parted.told(Kind::Unanswered)),
            Stage::Up { .. } if !parted.identity.is_wanted() => {
                self.tell_left(now, parted, reason);
            }
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
}
