//! Who is at the other end: known, invited, or to be judged by the person.
//!
//! Invariant: a key is known from the person's answer on, or because it proved a secret, and from
//! nothing else; who answers at a place with another key than the known one gets nothing of ours.

use super::{
    App, Date, Effect, Goodbye, Now, Refusal, Role,
    call::RING_INTERVAL,
    identity::{Identity, Standing},
    line::Stage,
    listening::ASK_TIMEOUT,
    strangers::About,
    words,
};
use crate::{
    session::{self, Fingerprint, Trust},
    ui::text,
};
use std::{sync::Arc, time::Instant};

/// Most texts that wait for the person to say who writes; more are left out.
const HELD_TEXT_COUNT_MAX: usize = 16;

/// What a caller is asked before anything of ours leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Check {
    /// Whether those are the same words; the other end is not there yet.
    Asked,
    /// The same, and it has taken the call.
    Held {
        /// The name that it gives itself.
        peer_name: String,
        /// Since when.
        since: Instant,
        /// What it has written meanwhile.
        texts: Vec<String>,
    },
    /// Nothing, or nothing more.
    #[default]
    None,
}

impl Check {
    /// Whether all that is missing is the answer of the person here.
    pub(super) const fn is_held(&self) -> bool {
        matches!(self, Self::Held { .. })
    }
}

impl App {
    /// What a new session asks of its peer.
    pub(super) fn trust_in(&self, role: session::Role) -> Trust {
        let keys = match (role, self.place()) {
            (session::Role::Caller, Some(place)) => {
                self.peers.at(place).map(|peer| peer.fingerprint).collect()
            }
            _ => Vec::new(),
        };
        let secret = self.secret.as_ref().map(|shared| shared.secret.clone());
        Trust { keys, secret }
    }

    /// Says where others may call.
    pub(super) fn name_addresses(&mut self) {
        let Role::Listen { addresses } = &self.options.role else {
            return;
        };
        let invitation = self.secret.as_ref().filter(|one| one.is_invitation);
        let named = |address: &String| match invitation {
            Some(shared) => shared.invite_to(address),
            None => address.clone(),
        };
        self.addresses = addresses.iter().map(named).collect();
    }

    /// Where we call, when that is anywhere else.
    fn place(&self) -> Option<&str> {
        match &self.options.role {
            Role::Connect { target } => Some(target),
            Role::Echo | Role::Listen { .. } | Role::Loopback => None,
        }
    }

    /// Somebody calls; nobody else does.
    pub(super) fn asked(&mut self, now: Now, peer_name: &str) {
        let Some(call) = self.line.call_mut() else {
            return;
        };
        let identity = Identity::of(&call.session, Some(peer_name), &self.peers);
        let is_welcome = match self.options.accept {
            _ if self.options.role == Role::Echo => true,
            super::Accept::All => true,
            super::Accept::Ask => false,
            super::Accept::Known => identity.is_welcome(),
        };
        call.peer = identity.name(peer_name);
        call.identity = identity;
        call.stage = Stage::Asked {
            since: now.instant,
            bell_at: now.instant + RING_INTERVAL,
        };
        let known = call.identity.described();
        let line = format!("{} calls from {}, {known}", call.peer, call.address);
        self.log_seldom(now, About::Call, line);
        if is_welcome {
            self.accept(now);
        } else if self.screen.is_none() {
            self.refuse(now, Refusal::Declined);
        } else {
            self.ring_first(now);
            self.redraw();
        }
    }

    /// The person takes the call that somebody makes.
    pub(super) fn consent(&mut self, now: Now) {
        if self.line.is_asked()
            && let Some(call) = self.line.call_mut()
        {
            call.identity.has_consent = true;
        }
        self.accept(now);
    }

    /// The one whom we call has proved who it is, and a person there is asked.
    pub(super) fn ringing(&mut self) {
        let (is_seen, place) = (self.screen.is_some(), self.place().map(str::to_owned));
        let Some(call) = self.line.call_mut() else {
            return;
        };
        call.stage = Stage::Ringing;
        if let Some(place) = place {
            let mut identity = Identity::of(&call.session, None, &self.peers);
            let is_bound = self.peers.at(&place).next().is_some();
            if let Standing::Known { name, .. } = &identity.standing
                && !is_bound
            {
                // At another place; whether it may be there is for the person to say.
                identity.note = Some(format!("you know this key as {name}"));
            }
            let is_plain = identity.standing == Standing::Plain;
            let is_sure = is_bound || is_plain || call.session.shares_secret();
            if !is_sure && is_seen {
                call.check = Check::Asked;
            }
            // Without a person the first key is taken, as it comes, and no other later.
            identity.has_consent = !is_sure && !is_seen;
            let described = if is_bound {
                "known there".to_owned()
            } else {
                identity.described()
            };
            let line = format!("{place} rings, {described}");
            call.identity = identity;
            self.log(line);
        }
        self.redraw();
    }

    /// The call is taken at both ends, but for what the person here is still asked.
    pub(super) fn taken(&mut self, now: Now, peer_name: String) {
        if let Some(call) = self.line.call_mut()
            && call.check == Check::Asked
        {
            let since = now.instant;
            call.check = Check::Held {
                peer_name,
                since,
                texts: Vec::new(),
            };
            self.effects.push(Effect::Bell);
            self.redraw();
        } else {
            self.up(now, &peer_name);
        }
    }

    /// The person says that it is who was called.
    pub(super) fn confirm(&mut self, now: Now) {
        let Some(call) = self.line.call_mut() else {
            return;
        };
        call.identity.has_consent = true;
        if let Check::Held {
            peer_name, texts, ..
        } = std::mem::take(&mut call.check)
        {
            self.up(now, &peer_name);
            for text in texts {
                self.take_text(now, &text);
            }
        }
        self.redraw();
    }

    /// Keeps what is written by whom the person has not confirmed; gives it back in a call.
    pub(super) fn hold_text(&mut self, text: String) -> Option<String> {
        match self.line.call_mut().map(|call| &mut call.check) {
            Some(Check::Held { texts, .. }) => {
                if texts.len() < HELD_TEXT_COUNT_MAX {
                    texts.push(text);
                }
                None
            }
            _ => Some(text),
        }
    }

    /// The person says that it is not.
    pub(super) fn reject(&mut self, now: Now) {
        let reason = "you did not confirm who answered; no picture of yours was sent";
        self.give_up(now, Goodbye::Quit, reason);
    }

    /// When the person has looked at the question for too long.
    pub(super) fn check_deadline(&self) -> Option<Instant> {
        match self.line.call().map(|call| &call.check) {
            Some(Check::Held { since, .. }) => Some(*since + ASK_TIMEOUT),
            _ => None,
        }
    }

    pub(super) fn advance_check(&mut self, now: Now) {
        if self.check_deadline().is_some_and(|at| at <= now.instant) {
            let reason = "nobody here said whether it is the right one who answered";
            self.give_up(now, Goodbye::Ended, reason);
        }
    }

    fn give_up(&mut self, now: Now, goodbye: Goodbye, reason: &str) {
        if let Some(call) = self.line.call_mut() {
            call.session.hang_up(now.instant, goodbye);
        }
        drop(self.part(now));
        let text = format!("the call to {} was given up: {reason}", self.target());
        self.quit(1, Some(text));
    }

    /// The call begins: whoever is sure to be who they are is kept. Gives the name that the person
    /// knows them by.
    pub(super) fn introduce(&mut self, now: Now, peer_name: &str) -> String {
        let place = self.place().map(str::to_owned);
        let today = Date::from(now.wall);
        let Some(call) = self.line.call() else {
            return words::name(peer_name);
        };
        if !call.session.is_encrypted() {
            return words::UNKNOWN.to_owned();
        }
        let identity = call.identity.clone();
        let shares_secret = call.session.shares_secret();
        if shares_secret && self.secret.as_ref().is_some_and(|one| one.is_invitation) {
            self.use_up_invitation(now);
        }
        if self.options.role == Role::Loopback {
            return "yourself".to_owned();
        }
        let Some(fingerprint) = identity.fingerprint.filter(|_| self.place_or_listener()) else {
            return words::name(peer_name);
        };
        let (name, is_changed) = match &identity.standing {
            Standing::Known { name, .. } => {
                let is_changed = self.peers.see(fingerprint, place.as_deref(), today);
                (name.clone(), is_changed)
            }
            Standing::Plain => return words::UNKNOWN.to_owned(),
            Standing::Stranger if !identity.has_consent => {
                return identity.name(peer_name);
            }
            Standing::Invited | Standing::Stranger => {
                let name = words::name(peer_name);
                let place = place.as_deref();
                (self.peers.trust(fingerprint, &name, place, today), true)
            }
        };
        if is_changed || self.are_peers_unkept {
            self.are_peers_unkept = false;
            let peers = Arc::new(self.peers.clone());
            self.effects.push(Effect::KeepPeers(peers));
        }
        name
    }

    /// The invitation was good for the call that begins. Connections that wait were made with it,
    /// and would make the key of each of them known.
    fn use_up_invitation(&mut self, now: Now) {
        self.secret = None;
        self.name_addresses();
        self.send_callers_away(now, Goodbye::Ended);
    }

    pub(super) fn peers_not_kept(&mut self, now: Now, reason: &str) {
        self.are_peers_unkept = true;
        self.announce(now, &text::printable(reason));
    }

    const fn place_or_listener(&self) -> bool {
        matches!(
            self.options.role,
            Role::Connect { .. } | Role::Listen { .. }
        )
    }

    /// Why the one who answered was refused, and what to do.
    pub(super) fn why_wrong_key(&self, answered: Option<[u8; 32]>) -> String {
        let target = self.target();
        let known = self.peers.at(target).next();
        let (name, expected, last) = known.map_or_else(Default::default, |peer| {
            let (name, key) = (peer.name.clone(), peer.fingerprint.to_string());
            (name, key, peer.last.to_string())
        });
        let answered = answered.map(|key| Fingerprint::of(&key));
        let whose = answered
            .and_then(|answered| self.peers.find(answered))
            .map(|peer| format!(", the key of {}", peer.name))
            .unwrap_or_default();
        let answered = answered.map(|key| key.to_string()).unwrap_or_default();
        format!(
            "ANOTHER KEY ANSWERED AT {target}; the call was refused and nothing of yours was sent\n\
             \x20 expected  {expected}, {name}, last called {last}\n\
             \x20 answered  {answered}{whose}\n\
             Somebody may stand between you and {target} to watch the call.\n\
             Or {name} has a new key (a new computer, another user, a lost file), or the address \
             is somebody else's by now.\n\
             Ask {name} in another way than this network. Only if they have a new key, run\n\
             \x20 ttychat --forget {expected}\n\
             call again, and compare the words."
        )
    }
}
