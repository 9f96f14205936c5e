//! Whose turn it is to send a picture.

use crate::protocol::Role;
use std::time::Instant;

/// How the peer sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// A picture for each of ours: it sends, waits for one, sends the next.
    Alternating,
    /// By its own clock, or not at all: it takes ours whenever they come.
    Streaming,
    /// It has sent nothing yet.
    Unknown,
}

/// Who sends next. The caller begins, as the scripts do; then each picture is answered by one,
/// until the peer sends a second one unasked.
#[derive(Debug)]
pub(super) struct Turns {
    role: Role,
    manner: Manner,
    has_heard: bool,
    /// Pictures that came since ours last left.
    unanswered_count: u32,
    /// When ours last left.
    sent_at: Option<Instant>,
}

impl Turns {
    pub(super) const fn new(role: Role) -> Self {
        Self {
            role,
            manner: Manner::Unknown,
            has_heard: false,
            unanswered_count: 0,
            sent_at: None,
        }
    }

    /// A picture came. Says whether the manner is another one now.
    pub(super) fn handle_theirs(&mut self) -> bool {
        let before = self.manner;
        self.unanswered_count = self.unanswered_count.saturating_add(1);
        self.manner = match before {
            // It was taken for one that only looks on.
            _ if !self.has_heard => Manner::Alternating,
            Manner::Alternating if self.unanswered_count > 1 => Manner::Streaming,
            _ => before,
        };
        self.has_heard = true;
        // What is not known is treated as who sends in turns.
        before != self.manner && before != Manner::Unknown
    }

    /// The peer says nothing at all, so it only looks on.
    pub(super) const fn handle_quiet(&mut self) {
        self.manner = Manner::Streaming;
    }

    /// One of ours leaves.
    pub(super) const fn handle_ours(&mut self, now: Instant) {
        self.unanswered_count = 0;
        self.sent_at = Some(now);
    }

    pub(super) const fn manner(&self) -> Manner {
        self.manner
    }

    /// When ours last left.
    pub(super) const fn sent_at(&self) -> Option<Instant> {
        self.sent_at
    }

    /// Whether one of ours may leave now.
    pub(super) fn may_send(&self) -> bool {
        let begins = self.role == Role::Caller && self.sent_at.is_none();
        begins || self.manner == Manner::Streaming || self.unanswered_count > 0
    }
}
