//! Calling, calling again, and what the end of a call means.

use super::{App, ConnectionId, Effect, Goodbye, Line, Now, Refusal, Role, call::Parted, words};
use crate::session::{self, CloseReason};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// First and longest wait before a call is tried again.
const WAIT_MIN: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(30);

/// A call that was up for so long is a good one, and the next loss begins with the first wait.
const GOOD_CALL_LENGTH: Duration = Duration::from_secs(30);

/// How long to wait before the next try: twice as long each time.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failure_count: u32,
}

impl Backoff {
    fn next(&mut self) -> Duration {
        let wait = WAIT_MIN
            .saturating_mul(1 << self.failure_count.min(8))
            .min(WAIT_MAX);
        self.failure_count = self.failure_count.saturating_add(1);
        wait
    }

    fn reset(&mut self) {
        self.failure_count = 0;
    }
}

impl App {
    /// Whom we call, as the person typed it.
    pub(super) fn target(&self) -> &str {
        match &self.options.role {
            Role::Connect { target } => target,
            Role::Loopback => "yourself",
            Role::Echo | Role::Listen { .. } => "",
        }
    }

    pub(super) fn dial(&mut self, now: Now) {
        self.line = Line::Dialling { since: now.instant };
        self.effects.push(Effect::Connect);
        self.log(format!("calling {}", self.target()));
        self.redraw();
    }

    pub(super) fn connected(&mut self, now: Now, connection: ConnectionId, address: SocketAddr) {
        let Line::Dialling { since } = self.line else {
            self.effects.push(Effect::Close(connection));
            return;
        };
        let session = self.new_session(session::Role::Caller, now.instant);
        let call = self.new_call(connection, address, session, since);
        self.line = Line::Call(Box::new(call));
        self.log(format!("connected to {address}"));
        self.redraw();
    }

    pub(super) fn connect_failed(&mut self, now: Now, reason: &str) {
        if !matches!(self.line, Line::Dialling { .. }) {
            return;
        }
        let reason = crate::ui::text::printable(reason);
        if self.ever_up && self.redials() {
            self.log(reason.clone());
            self.redial(now, reason);
        } else {
            self.quit(1, Some(reason));
        }
    }

    /// The call on the line has ended by itself.
    pub(super) fn closed(&mut self, now: Now, reason: &CloseReason) {
        let Some(parted) = self.part(now) else {
            return;
        };
        self.redraw();
        match &self.options.role {
            Role::Listen { .. } => self.caller_left(now, &parted, reason),
            Role::Connect { .. } => self.call_ended(now, &parted, reason),
            Role::Loopback => match (parted.summary(now.instant), reason) {
                (Some(_), CloseReason::PeerLeft(Goodbye::Quit | Goodbye::Ended)) => {
                    self.quit(0, None);
                }
                _ => self.quit(1, Some(format!("the call with yourself failed: {reason}"))),
            },
            Role::Echo => {
                let left = matches!(reason, CloseReason::PeerLeft(_));
                self.quit(u8::from(!left), None);
            }
        }
    }

    fn call_ended(&mut self, now: Now, parted: &Parted, reason: &CloseReason) {
        let Some(summary) = parted.summary(now.instant) else {
            self.call_failed(now, reason);
            return;
        };
        let text = format!("{summary}: {}", words::why_ended(reason));
        match reason {
            CloseReason::PeerLeft(Goodbye::Misbehaved) => self.quit(1, Some(text)),
            // Of plain pictures a call is up before it is known what answers.
            CloseReason::NotMjpeg | CloseReason::NotPlain => {
                self.quit(1, Some(words::why_failed(self.target(), reason)));
            }
            CloseReason::PeerLeft(Goodbye::Quit | Goodbye::Ended) => self.quit(0, Some(text)),
            _ => {
                self.say(now, &text);
                if parted.lasted(now.instant) >= GOOD_CALL_LENGTH {
                    self.backoff.reset();
                }
                self.redial(now, words::why_ended(reason));
            }
        }
    }

    /// A call that we made was never up.
    fn call_failed(&mut self, now: Now, reason: &CloseReason) {
        let text = words::why_failed(self.target(), reason);
        // The other end may need a while to notice that the last call is over.
        let may_pass = match reason {
            CloseReason::ConnectionLost
            | CloseReason::PeerMisbehaved(_)
            | CloseReason::PeerSilent
            | CloseReason::Refused(Refusal::Busy | Refusal::Unanswered) => true,
            CloseReason::HungUp
            | CloseReason::NotMjpeg
            | CloseReason::NotPlain
            | CloseReason::NotTtychat
            | CloseReason::PeerIncompatible { .. }
            | CloseReason::PeerLeft(_)
            | CloseReason::Refused(Refusal::Declined) => false,
        };
        if self.ever_up && may_pass {
            self.log(text.clone());
            self.redial(now, text);
        } else {
            self.quit(1, Some(text));
        }
    }

    const fn redials(&self) -> bool {
        matches!(self.options.role, Role::Connect { .. })
    }

    fn redial(&mut self, now: Now, reason: String) {
        let at = now.instant + self.backoff.next();
        self.line = Line::Redialling { at, reason };
        self.redraw();
    }

    /// When the next try is due.
    pub(super) const fn redial_at(&self) -> Option<Instant> {
        match self.line {
            Line::Redialling { at, .. } => Some(at),
            _ => None,
        }
    }
}
