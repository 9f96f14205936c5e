//! Calling, calling again, and what the end of a call means.

use super::{App, ConnectionId, Effect, Goodbye, Line, Now, Refusal, Role, call::Parted, words};
use crate::session::{self, CloseReason};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

/// First and longest wait before a call is tried again.
const WAIT_MIN: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(30);

/// A call that was up for so long is a good one, and the next loss begins with the first wait.
const GOOD_CALL_LENGTH: Duration = Duration::from_secs(30);

/// Of a connection through a command.
const NO_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// Longest reason on the card of a lost call, in characters, so that there is room for what comes
/// after it.
const REASON_COUNT_MAX: usize = 110;

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

    /// `address`: of a socket; a command has none.
    pub(super) fn connected(
        &mut self,
        now: Now,
        connection: ConnectionId,
        address: Option<SocketAddr>,
    ) {
        let Line::Dialling { since } = self.line else {
            self.effects.push(Effect::Close(connection));
            return;
        };
        let session = self.new_session(session::Role::Caller, now.instant);
        // Of those that we call, only the target is ever told.
        let of_call = address.unwrap_or(NO_ADDRESS);
        let call = self.new_call(connection, of_call, session, since);
        self.line = Line::Call(Box::new(call));
        self.log(match address {
            Some(address) => format!("connected to {address}"),
            None => format!("connected to {} through the command", self.target()),
        });
        self.redraw();
    }

    /// How the command ended that carried a connection.
    pub(super) fn command_ended(&mut self, connection: ConnectionId, words: &str) {
        if let Some(call) = self.line.call_mut()
            && call.connection == connection
        {
            let words = crate::ui::text::printable(words);
            call.command_ended = Some(format!("the command of --via {words}"));
        }
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
        let answered = self.line.call().and_then(|call| call.session.peer_key());
        let Some(parted) = self.part(now) else {
            return;
        };
        self.redraw();
        if *reason == CloseReason::WrongKey {
            self.quit(1, Some(self.why_wrong_key(answered)));
            return;
        }
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
            self.call_failed(now, parted, reason);
            return;
        };
        let why = parted
            .why(reason)
            .unwrap_or_else(|| words::why_ended(reason));
        let text = format!("{summary}: {why}");
        match reason {
            CloseReason::PeerLeft(Goodbye::Misbehaved) => self.quit(1, Some(text)),
            // Of plain pictures a call is up before it is known what answers.
            CloseReason::NotMjpeg | CloseReason::NotPlain => {
                self.quit(1, Some(self.why_failed(reason)));
            }
            CloseReason::PeerLeft(Goodbye::Quit | Goodbye::Ended) => self.quit(0, Some(text)),
            _ => {
                self.say(now, &text);
                if parted.lasted(now.instant) >= GOOD_CALL_LENGTH {
                    self.backoff.reset();
                }
                self.redial(now, why);
            }
        }
    }

    /// A call that we made was never up.
    fn call_failed(&mut self, now: Now, parted: &Parted, reason: &CloseReason) {
        let text = match parted.why(reason) {
            Some(why) => format!("cannot call {}: {why}", self.target()),
            None => self.why_failed(reason),
        };
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
            | CloseReason::Refused(Refusal::Declined)
            | CloseReason::SecretUnknown
            | CloseReason::SecretWanted
            | CloseReason::SecretWrong
            | CloseReason::WrongKey => false,
        };
        if self.ever_up && may_pass {
            self.log(text.clone());
            self.redial(now, text);
        } else {
            self.quit(1, Some(text));
        }
    }

    fn why_failed(&self, reason: &CloseReason) -> String {
        let of_command = if self.options.via {
            words::why_via_failed(self.target(), reason)
        } else {
            None
        };
        of_command
            .unwrap_or_else(|| words::why_failed(self.target(), reason, self.secret.is_some()))
    }

    const fn redials(&self) -> bool {
        matches!(self.options.role, Role::Connect { .. })
    }

    fn redial(&mut self, now: Now, mut reason: String) {
        // The first reason is that of the loss; those of the tries since say less.
        self.lost.get_or_insert_with(|| reason.clone());
        if self.options.via {
            if let Some((index, _)) = reason.char_indices().nth(REASON_COUNT_MAX) {
                reason.truncate(index);
                reason.push('…');
            }
            reason.push_str("; keys and agents work now, passwords cannot be typed");
        }
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
