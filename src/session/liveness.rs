//! Whether the peer is still there: it is heard, and it answers.

use super::timers::{PAUSE_TIMEOUT, PAUSED_PING_INTERVAL, PING_INTERVAL, SILENCE_TIMEOUT};
use std::time::{Duration, Instant};

/// Pings and silence. One ping is out at a time.
#[derive(Debug)]
pub(super) struct Liveness {
    /// The last byte from the peer.
    heard_at: Instant,
    /// The last sign that the peer takes what we send, while a ping is wanted or out. It runs from
    /// when the ping is wanted: a connection that takes no ping is as bad as one that answers none.
    unanswered_since: Option<Instant>,
    ping: Ping,
    peer_paused: bool,
}

#[derive(Clone, Copy, Debug)]
enum Ping {
    /// To be sent then.
    At(Instant),
    /// To be sent as soon as can be.
    Wanted,
    /// Sent; `measures` unless one end was stopped meanwhile.
    Out {
        sent_at: Instant,
        wire_time: u64,
        measures: bool,
    },
}

/// A ping that was answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered {
    pub(super) sent_at: Instant,
    /// Whether its round trip means anything.
    pub(super) measures: bool,
}

impl Liveness {
    /// Begins with a ping at once.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            heard_at: now,
            unanswered_since: Some(now),
            ping: Ping::Wanted,
            peer_paused: false,
        }
    }

    pub(super) fn handle_heard(&mut self, now: Instant) {
        self.heard_at = now;
    }

    /// The peer acknowledged something, so it takes what we send.
    pub(super) fn handle_progress(&mut self, now: Instant) {
        if let Some(since) = &mut self.unanswered_since {
            *since = now;
        }
    }

    /// Checks a pong against the ping that is out; `None` when it answers no such ping.
    pub(super) fn handle_pong(&mut self, now: Instant, ping_sent_at: u64) -> Option<Answered> {
        match self.ping {
            Ping::Out {
                sent_at,
                wire_time,
                measures,
            } if wire_time == ping_sent_at => {
                self.unanswered_since = None;
                self.ping = Ping::At((sent_at + self.ping_interval()).max(now));
                Some(Answered { sent_at, measures })
            }
            _ => None,
        }
    }

    /// Silence before `now` says nothing: one of the ends was stopped.
    pub(super) fn forgive(&mut self, now: Instant) {
        self.heard_at = now;
        self.handle_progress(now);
        if let Ping::Out { measures, .. } = &mut self.ping {
            *measures = false;
        }
    }

    pub(super) fn set_peer_paused(&mut self, now: Instant, paused: bool) {
        if self.peer_paused != paused {
            self.peer_paused = paused;
            self.forgive(now);
            if let Ping::At(at) = &mut self.ping {
                *at = now
                    + if paused {
                        PAUSED_PING_INTERVAL
                    } else {
                        Duration::ZERO
                    };
            }
        }
    }

    /// Whether the peer is lost.
    pub(super) fn handle_timeout(&mut self, now: Instant) -> bool {
        if let Ping::At(at) = self.ping
            && at <= now
        {
            self.ping = Ping::Wanted;
            self.unanswered_since = Some(now);
        }
        self.silent_at() <= now
    }

    /// Whether a ping is to be sent now; it then counts as sent at `now`, `wire_time` inside.
    pub(super) fn poll_ping(&mut self, now: Instant, wire_time: u64) -> bool {
        let wanted = matches!(self.ping, Ping::Wanted);
        if wanted {
            self.ping = Ping::Out {
                sent_at: now,
                wire_time,
                measures: !self.peer_paused,
            };
        }
        wanted
    }

    pub(super) fn deadline(&self) -> Instant {
        match self.ping {
            Ping::At(at) => at.min(self.silent_at()),
            Ping::Out { .. } | Ping::Wanted => self.silent_at(),
        }
    }

    fn silent_at(&self) -> Instant {
        let timeout = if self.peer_paused {
            PAUSE_TIMEOUT
        } else {
            SILENCE_TIMEOUT
        };
        let oldest = self
            .unanswered_since
            .map_or(self.heard_at, |since| since.min(self.heard_at));
        oldest + timeout
    }

    const fn ping_interval(&self) -> Duration {
        if self.peer_paused {
            PAUSED_PING_INTERVAL
        } else {
            PING_INTERVAL
        }
    }
}
