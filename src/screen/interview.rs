//! Asks the terminal what it can do, once, and listens as long as the program runs.
//!
//! It does not know the tty: what is to be written goes into a buffer, replies are handed in.
//!
//! Invariant: nothing is asked that the terminal might print, the first frame waits at most
//! [`FIRST_FRAME_TIMEOUT`], and an answer is used whenever it comes.

use super::capability::{Answer, Askable, Capabilities, Client, Environment, Multiplexer, Profile};
use super::color::ColorDepth;
use std::time::{Duration, Instant};

/// How long the first frame waits for the answers. Most terminals take a millisecond; through a
/// long link they come later, and the screen is painted anew then.
pub const FIRST_FRAME_TIMEOUT: Duration = Duration::from_millis(100);

/// Time after which an answer is not awaited any more; it is used all the same when it comes. Ten
/// times a long round trip; nothing is ahead of it on the way, as it is asked before all frames.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// Name and version (XTVERSION), and what gives them away (secondary attributes).
const IDENTITY: &[u8] = b"\x1b[>0q\x1b[>c";

/// Synchronized updates (DECRQM).
const SYNCHRONIZED: &[u8] = b"\x1b[?2026$p";

const CELL_SIZE: &[u8] = b"\x1b[16t";

/// Foreground and background.
const COLORS: &[u8] = b"\x1b]10;?\x1b\\\x1b]11;?\x1b\\";

/// Whether 24 bits are kept: the capability «RGB» (XTGETTCAP), then a pen is set and asked for
/// (DECRQSS). With colons, because those who do not know 24 bits leave the whole sequence out then,
/// and would read «2» and «3» as attributes else.
const RGB: &[u8] = b"\x1bP+q524742\x1b\\\x1b[48:2:1:2:3m\x1bP$qm\x1b\\";

/// What is printed in spite of all, by terminals that do not know strings, is not seen, and the
/// first frame clears it.
const CONCEALED: &[u8] = b"\x1b[8m";
const PLAIN: &[u8] = b"\x1b[m";

/// Primary attributes: every terminal answers these, so that what has not come by then does not
/// come.
const FENCE: &[u8] = b"\x1b[c";

/// What is asked of one terminal, and what it answered.
#[derive(Debug)]
pub struct Interview {
    capabilities: Capabilities,
    askable: Askable,
    asked_at: Option<Instant>,
    is_fenced: bool,
    /// tmux is being asked about the terminal outside.
    awaits_client: bool,
    cell_size: CellSizeQuery,
    /// What [`Self::take_changed`] has told.
    told: (Profile, Option<(u16, u16)>),
}

/// The question that is asked again.
#[derive(Debug, Default)]
struct CellSizeQuery {
    is_wanted: bool,
    asked_at: Option<Instant>,
}

impl Interview {
    /// Nothing is asked yet. `wanted`: the colours that the person wants.
    pub fn new(environment: Environment, wanted: Option<ColorDepth>) -> Self {
        let askable = environment.askable();
        let awaits_client = environment.reaches_tmux();
        let capabilities = Capabilities::new(environment, wanted);
        let told = (capabilities.profile(), None);
        Self {
            capabilities,
            askable,
            asked_at: None,
            is_fenced: false,
            awaits_client,
            cell_size: CellSizeQuery::default(),
            told,
        }
    }

    /// Appends what is to be asked now, if anything, to be written between two frames.
    pub fn append_queries(&mut self, now: Instant, out: &mut Vec<u8>) -> bool {
        let len = out.len();
        if self.askable == Askable::Nothing {
            return false;
        }
        if self.asked_at.is_none() {
            self.asked_at = Some(now);
            self.append_all(out);
        } else if self.cell_size.is_wanted && !self.awaits_cell_size(now) {
            self.cell_size = CellSizeQuery {
                is_wanted: false,
                asked_at: Some(now),
            };
            out.extend_from_slice(CELL_SIZE);
            out.extend_from_slice(FENCE);
        }
        out.len() > len
    }

    /// The window has changed, and the size of a cell is not known otherwise. It is asked of those
    /// only who have answered before.
    pub const fn want_cell_size(&mut self) {
        self.cell_size.is_wanted = self.capabilities.cell_size().is_some();
    }

    /// Takes a reply, whole.
    pub fn handle_reply(&mut self, reply: &[u8]) {
        let Some(answer) = Answer::parse(reply) else {
            return;
        };
        if matches!(answer, Answer::Primary { .. }) && std::mem::replace(&mut self.is_fenced, true)
        {
            self.cell_size.asked_at = None;
        }
        self.capabilities.handle(answer);
    }

    /// Whether tmux is to be asked about the terminal outside; [`Self::handle_client`] follows.
    pub const fn awaits_client(&self) -> bool {
        self.awaits_client
    }

    /// Takes what tmux said about the terminal outside, if anything.
    pub fn handle_client(&mut self, client: Option<Client>) {
        self.awaits_client = false;
        if let Some(client) = client {
            self.capabilities.handle_client(client);
        }
    }

    /// Whether anything has changed that [`Self::profile`] or [`Self::cell_size`] tell.
    pub fn take_changed(&mut self) -> bool {
        let known = (self.profile(), self.cell_size());
        let is_changed = known != self.told;
        self.told = known;
        is_changed
    }

    /// What is known of the terminal.
    pub fn profile(&self) -> Profile {
        self.capabilities.profile()
    }

    /// All that is known of the terminal.
    pub const fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// What stands between, and answers for the terminal.
    pub fn multiplexer(&self) -> Multiplexer {
        self.capabilities.multiplexer()
    }

    /// Width and height of a cell, in pixels, both at least 1.
    pub const fn cell_size(&self) -> Option<(u16, u16)> {
        self.capabilities.cell_size()
    }

    /// Whether a frame shall wait for the answers.
    pub fn holds_frame(&self, now: Instant) -> bool {
        self.frame_deadline().is_some_and(|deadline| now < deadline)
    }

    /// When a frame need not wait any more; `None` when it need not wait at all.
    pub fn frame_deadline(&self) -> Option<Instant> {
        let waits = !self.is_fenced || self.awaits_client;
        Some(self.asked_at.filter(|_| waits)? + FIRST_FRAME_TIMEOUT)
    }

    /// Whether all that was asked at the start has been answered, or nothing was asked.
    pub const fn is_fenced(&self) -> bool {
        self.is_fenced || self.asked_at.is_none()
    }

    /// How many fences are still worth waiting for: the program must not end before them, or the
    /// shell would read what they end as typed.
    pub fn outstanding(&self, now: Instant) -> usize {
        let is_due =
            |asked_at: Option<Instant>| asked_at.is_some_and(|at| now < at + ANSWER_TIMEOUT);
        let at_start = !self.is_fenced && is_due(self.asked_at);
        usize::from(at_start) + usize::from(self.awaits_cell_size(now))
    }

    fn awaits_cell_size(&self, now: Instant) -> bool {
        let asked_at = self.cell_size.asked_at;
        asked_at.is_some_and(|at| now < at + ANSWER_TIMEOUT)
    }

    fn append_all(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(CONCEALED);
        out.extend_from_slice(IDENTITY);
        out.extend_from_slice(CELL_SIZE);
        if self.askable != Askable::Plain {
            out.extend_from_slice(SYNCHRONIZED);
        }
        if self.askable != Askable::Controls {
            out.extend_from_slice(COLORS);
        }
        if self.askable == Askable::All {
            out.extend_from_slice(RGB);
        }
        out.extend_from_slice(PLAIN);
        out.extend_from_slice(FENCE);
    }
}
