//! Calls of people who are not known, told together: however often they call and from how many
//! addresses, they make few lines, so that what was said before them stays.
//!
//! Invariant: strangers begin at most [`STREAK_COUNT_MAX`] lines of the conversation, and one for
//! each [`Kind`], within [`STREAK_INTERVAL`].

use super::{
    App, Now,
    call::Parted,
    identity::{Identity, Standing},
    listening::host,
    strangers::About,
    words,
};
use crate::{
    session::{CloseReason, Fingerprint},
    ui::chat::Speaker,
};
use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

/// How soon a call must follow another one of the same host to be told with it.
const STREAK_TIMEOUT: Duration = Duration::from_secs(60);

/// Most lines about calls of strangers that begin within an hour; the calls of further hosts are
/// told in one line more. Enough for people, and 500 such lines, which is all that the conversation
/// keeps, take more than a day.
const STREAK_COUNT_MAX: usize = 16;

/// For how long a line about strangers is counted.
const STREAK_INTERVAL: Duration = Duration::from_secs(3_600);

/// Shortest time between two notices of strangers' calls, and of those of one who is known.
const STREAK_NOTICE_INTERVAL: Duration = Duration::from_secs(20);

/// What is told of calls, the one told last at the end.
#[derive(Debug, Default)]
pub(super) struct Streaks {
    streaks: Vec<Streak>,
    /// Of a stranger.
    noticed_at: Option<Instant>,
}

/// Calls that are told in one line of the conversation.
#[derive(Clone, Debug)]
struct Streak {
    whose: Whose,
    kind: Kind,
    count: u64,
    /// Who called last.
    peer: String,
    /// Whether all had that name; else nobody's calls shall pass for another's.
    is_of_one: bool,
    /// The line, as [`crate::ui::chat::Chat::push`] numbered it.
    message: u64,
    began_at: Instant,
    last_at: Instant,
    noticed_at: Option<Instant>,
    /// The number of the newest message when the last of them was told.
    newest: u64,
}

/// Whose calls are told together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// Those of all strangers at one host.
    Host(u128),
    /// Those of somebody who is known: no stranger takes away their line.
    Known(Fingerprint),
    /// Those of all other strangers.
    Others,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The line was taken.
    Busy,
    /// It was let in, and nobody here wanted that one: see [`Identity::is_wanted`].
    LetIn,
    /// Nobody answered, or the caller did not wait.
    Unanswered,
}

/// A call to be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    kind: Kind,
    whose: Whose,
    peer: &'a str,
    address: IpAddr,
    /// How far it has come, such as `began`, if it was let in.
    state: &'a str,
}

impl Whose {
    fn of(identity: &Identity, address: SocketAddr) -> Self {
        match (&identity.standing, identity.fingerprint) {
            (Standing::Known { .. }, Some(fingerprint)) => Self::Known(fingerprint),
            _ => Self::Host(host(address.ip())),
        }
    }
}

impl Streak {
    fn begun(told: &Told<'_>, now: Instant) -> Self {
        let Told { kind, whose, .. } = *told;
        Self {
            whose,
            kind,
            count: 0,
            peer: String::new(),
            is_of_one: true,
            message: 0,
            began_at: now,
            last_at: now,
            noticed_at: None,
            newest: 0,
        }
    }

    /// Whether a call now would be told with these.
    fn goes_on(&self, now: Instant) -> bool {
        self.whose == Whose::Others || now < self.last_at + STREAK_TIMEOUT
    }

    /// Whether its line still counts.
    fn counts(&self, now: Instant) -> bool {
        let is_known = matches!(self.whose, Whose::Known(_));
        now < self.last_at + STREAK_TIMEOUT || !is_known && now < self.began_at + STREAK_INTERVAL
    }
}

impl Streaks {
    /// Takes out the calls that another one is told with; begins some where there are none.
    fn take(&mut self, now: Instant, told: &Told<'_>) -> Streak {
        self.streaks.retain(|streak| streak.counts(now));
        if let Some(streak) = self.take_of(now, told) {
            return streak;
        }
        let is_host = |streak: &&Streak| matches!(streak.whose, Whose::Host(_));
        let is_full = self.streaks.iter().filter(is_host).count() >= STREAK_COUNT_MAX;
        if is_full && matches!(told.whose, Whose::Host(_)) {
            let whose = Whose::Others;
            let told = Told { whose, ..*told };
            let others = self.take_of(now, &told);
            return others.unwrap_or_else(|| Streak::begun(&told, now));
        }
        Streak::begun(told, now)
    }

    fn take_of(&mut self, now: Instant, told: &Told<'_>) -> Option<Streak> {
        let index = self.streaks.iter().position(|streak| {
            streak.whose == told.whose && streak.kind == told.kind && streak.goes_on(now)
        });
        index.map(|index| self.streaks.remove(index))
    }

    /// Whether it may be shown for a while that somebody called.
    fn may_notice(&mut self, now: Instant, streak: &mut Streak) -> bool {
        let noticed_at = match streak.whose {
            Whose::Known(_) => &mut streak.noticed_at,
            Whose::Host(_) | Whose::Others => &mut self.noticed_at,
        };
        let may = noticed_at.is_none_or(|at| now >= at + STREAK_NOTICE_INTERVAL);
        if may {
            *noticed_at = Some(now);
        }
        may
    }
}

impl<'a> Told<'a> {
    pub(super) fn new(kind: Kind, identity: &Identity, peer: &'a str, address: SocketAddr) -> Self {
        Self {
            kind,
            whose: Whose::of(identity, address),
            peer,
            address: address.ip().to_canonical(),
            state: "",
        }
    }

    /// The line about it and the calls before it.
    fn line_of(&self, streak: &Streak) -> String {
        self.line(streak.whose, streak.count, streak.is_of_one)
    }

    /// The line about `count` calls of which it is the last.
    fn line(&self, whose: Whose, count: u64, is_of_one: bool) -> String {
        let Told {
            peer,
            address,
            state,
            ..
        } = self;
        let from = match whose {
            _ if count < 2 => String::new(),
            Whose::Others => format!("{count} calls from other addresses"),
            Whose::Host(_) | Whose::Known(_) => format!("{count} calls from {address}"),
        };
        let last = match whose {
            Whose::Others => format!("the last: {peer} ({address})"),
            Whose::Host(_) | Whose::Known(_) => format!("the last: {peer}"),
        };
        match (self.kind, count, is_of_one) {
            (Kind::Busy, 0 | 1, _) => format!("{peer} called from {address} (busy)"),
            (Kind::Busy, _, true) => format!("{peer} called {count} times from {address} (busy)"),
            (Kind::Busy, _, false) => format!("{from} (busy), {last}"),
            (Kind::LetIn, 0 | 1, _) => format!("call with {peer} {state}"),
            (Kind::LetIn, _, _) => format!("call with {peer} {state} ({from})"),
            (Kind::Unanswered, 0 | 1, _) => format!("missed call from {peer} ({address})"),
            (Kind::Unanswered, _, true) => {
                format!("missed {count} calls from {peer} ({address})")
            }
            (Kind::Unanswered, _, false) => format!("missed {from}, {last}"),
        }
    }
}

impl App {
    /// Tells of a call that nobody took.
    pub(super) fn tell_missed(&mut self, now: Now, told: &Told<'_>) {
        let mut streak = self.strangers.streaks.take(now.instant, told);
        let text = self.tell(now, told, &mut streak);
        self.notice_streak(now, &mut streak, &text);
        self.strangers.streaks.streaks.push(streak);
        let about = match told.whose {
            Whose::Known(_) => About::MissedKnown,
            Whose::Host(_) | Whose::Others => About::Missed,
        };
        self.log_seldom(now, about, text);
    }

    /// Tells that a call has begun which nobody here wanted.
    pub(super) fn tell_let_in(&mut self, now: Now, manner: &str) {
        let Some(call) = self.line.call() else { return };
        let (peer, state) = (call.peer.clone(), format!("began{manner}"));
        let told = Told {
            state: &state,
            ..Told::new(Kind::LetIn, &call.identity, &peer, call.address)
        };
        let mut streak = self.strangers.streaks.take(now.instant, &told);
        self.tell(now, &told, &mut streak);
        self.strangers.streaks.streaks.push(streak);
        self.log_seldom(now, About::Began, told.line(told.whose, 1, true));
    }

    /// Tells that it has ended: in the same line, if it was short and nothing was said in it.
    pub(super) fn tell_left(&mut self, now: Now, parted: &Parted, reason: &CloseReason) {
        let lasted = parted.lasted(now.instant);
        let (length, why) = (words::length(lasted), words::why_ended(reason));
        let state = format!("ended after {length}: {why}");
        let told = Told {
            state: &state,
            ..parted.told(Kind::LetIn)
        };
        let text = told.line(told.whose, 1, true);
        if lasted >= STREAK_TIMEOUT {
            self.announce(now, &text);
            return;
        }
        let streaks = &mut self.strangers.streaks.streaks;
        let last = streaks.iter().rposition(|one| one.kind == Kind::LetIn);
        if let Some(mut streak) = last.map(|index| streaks.remove(index)) {
            let line = told.line_of(&streak);
            let is_newest = self.chat.newest() == streak.newest;
            if !(is_newest && self.chat.amend(streak.message, &line)) {
                self.push_message(now, Speaker::Program, String::new(), text.clone());
            }
            self.notice_streak(now, &mut streak, &text);
            self.strangers.streaks.streaks.push(streak);
        }
        self.log_seldom(now, About::Ended, text);
    }

    fn notice_streak(&mut self, now: Now, streak: &mut Streak, text: &str) {
        if let Some(screen) = &mut self.screen
            && self.strangers.streaks.may_notice(now.instant, streak)
        {
            screen.notice(now.instant, text.to_owned());
        }
    }

    /// Puts a call into the line of its streak, or begins that line.
    fn tell(&mut self, now: Now, told: &Told<'_>, streak: &mut Streak) -> String {
        streak.last_at = now.instant;
        let is_same = streak.count == 0 || streak.peer == told.peer;
        streak.is_of_one &= is_same && streak.whose != Whose::Others;
        told.peer.clone_into(&mut streak.peer);
        if streak.count > 0 {
            streak.count = streak.count.saturating_add(1);
            let text = told.line_of(streak);
            if self.chat.amend(streak.message, &text) {
                streak.newest = self.chat.newest();
                self.redraw();
                return text;
            }
            // The line has left the conversation: another one begins.
            streak.began_at = now.instant;
        }
        streak.count = 1;
        let text = told.line_of(streak);
        streak.message = self.push_message(now, Speaker::Program, String::new(), text.clone());
        streak.newest = streak.message;
        text
    }
}
