//! Who is at the other end of a call, as far as it is known.

use super::{KnownPeers, words};
use crate::{
    session::{AnySession, Fingerprint},
    ui::{Acquaintance, Stranger},
};

/// Who is at the other end, as far as it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Identity {
    pub(super) fingerprint: Option<Fingerprint>,
    pub(super) standing: Standing,
    /// The person has said yes.
    pub(super) has_consent: bool,
    /// For the person: the words of the call, the key, and what is odd about it.
    pub(super) words: String,
    pub(super) key: String,
    pub(super) note: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has proved a secret that we gave away.
    Invited,
    /// By this name, since then.
    Known { name: String, since: String },
    /// It proves nothing: the call is not encrypted.
    Plain,
    #[default]
    Stranger,
}

impl Identity {
    /// For the screen.
    pub(super) fn acquaintance(&self) -> Acquaintance<'_> {
        match &self.standing {
            Standing::Invited => Acquaintance::Invited,
            Standing::Known { since, .. } => Acquaintance::Known { since },
            Standing::Plain => Acquaintance::Plain,
            Standing::Stranger => Acquaintance::Stranger(self.stranger()),
        }
    }

    pub(super) fn stranger(&self) -> Stranger<'_> {
        Stranger {
            words: &self.words,
            key: &self.key,
            note: self.note.as_deref(),
        }
    }

    /// Who has proved to be at the other end, calling itself `claimed` if it calls us.
    pub(super) fn of(session: &AnySession, claimed: Option<&str>, peers: &KnownPeers) -> Self {
        let Some(key) = session.peer_key() else {
            return Self {
                standing: Standing::Plain,
                ..Self::default()
            };
        };
        let fingerprint = Fingerprint::of(&key);
        let known = peers.find(fingerprint);
        let standing = match known {
            Some(peer) => Standing::Known {
                name: peer.name.clone(),
                since: peer.first.to_string(),
            },
            None if session.shares_secret() => Standing::Invited,
            None => Standing::Stranger,
        };
        let note = match (known, claimed) {
            (None, Some(claimed)) => peers
                .namesake(&words::name(claimed))
                .map(|peer| format!("another key than the {} you know", peer.name)),
            _ => None,
        };
        let words = session.words().map(|words| words.to_string());
        Self {
            fingerprint: Some(fingerprint),
            standing,
            has_consent: false,
            words: words.unwrap_or_default(),
            key: fingerprint.to_string(),
            note,
        }
    }

    pub(super) fn is_welcome(&self) -> bool {
        matches!(self.standing, Standing::Invited | Standing::Known { .. })
    }

    /// Whether somebody here wanted this one in the call: the person said yes, or knows them, or
    /// gave them the secret.
    pub(super) fn is_wanted(&self) -> bool {
        self.has_consent || self.is_welcome()
    }

    /// For the log.
    pub(super) fn described(&self) -> String {
        match &self.standing {
            Standing::Invited => format!("with the secret, key {}", self.key),
            Standing::Known { name, since } => {
                format!("known as {name} since {since}, key {}", self.key)
            }
            Standing::Plain => "unencrypted".to_owned(),
            Standing::Stranger => {
                format!("not known, key {}, words: {}", self.key, self.words)
            }
        }
    }

    /// By what name somebody is shown who calls, or is called for the first time: in quotation
    /// marks what is only their own word.
    pub(super) fn name(&self, claimed: &str) -> String {
        match (&self.standing, &self.note) {
            (Standing::Known { name, .. }, _) => name.clone(),
            (Standing::Plain, _) => words::UNKNOWN_CALLER.to_owned(),
            (_, Some(_)) => format!("{} (another key)", words::claimed(claimed)),
            (_, None) => words::claimed(claimed),
        }
    }
}
