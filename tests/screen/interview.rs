//! Asking a terminal: what, when, how long is waited, and what becomes of the keys meanwhile.

use crate::input::{NONE, key, start, typed};
use crossterm::event::KeyCode;
use std::time::{Duration, Instant};
use ttychat::screen::{
    capability::Environment,
    color::ColorDepth,
    input::{Reply, TerminalInput, Tokenizer},
    interview::{ANSWER_TIMEOUT, FIRST_FRAME_TIMEOUT, Interview},
};

/// A terminal that is asked, as the runtime does it.
pub(crate) struct Asked {
    pub(crate) interview: Interview,
    pub(crate) keys: Vec<TerminalInput>,
    queries: Vec<u8>,
    tokenizer: Tokenizer,
    began_at: Instant,
    now: Instant,
}

impl Asked {
    pub(crate) fn new(environment: &[(&'static str, &'static str)]) -> Self {
        Self::wanting(environment, None)
    }

    pub(crate) fn wanting(
        environment: &[(&'static str, &'static str)],
        wanted: Option<ColorDepth>,
    ) -> Self {
        let environment = Environment::new(|wanted| {
            let found = environment.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).to_owned())
        });
        let mut interview = Interview::new(environment, wanted);
        let (now, mut queries) = (start(), Vec::new());
        interview.append_queries(now, &mut queries);
        Self {
            interview,
            keys: Vec::new(),
            queries,
            tokenizer: Tokenizer::default(),
            began_at: now,
            now,
        }
    }

    /// Lets pieces come, each a fifth of a second after the one before.
    pub(crate) fn hear(&mut self, pieces: &[&[u8]]) {
        for piece in pieces {
            self.wait(Duration::from_millis(200));
            self.tokenizer.handle_bytes(self.now, piece);
            self.take();
        }
    }

    /// Lets the time pass after which nothing is awaited any more.
    pub(crate) fn hear_nothing(&mut self) {
        self.wait(ANSWER_TIMEOUT);
    }

    /// Lets time pass, a turn each 10 ms.
    fn wait(&mut self, time: Duration) {
        for _ in 0..time.as_millis() / 10 {
            self.now += Duration::from_millis(10);
            let expected = self.interview.outstanding(self.now) > 0;
            self.tokenizer.expect_replies(expected);
            self.tokenizer.handle_timeout(self.now);
            self.take();
        }
    }

    fn take(&mut self) {
        while let Some(input) = self.tokenizer.poll_input() {
            match input {
                TerminalInput::Reply(Reply::Other(reply)) => self.interview.handle_reply(&reply),
                input => self.keys.push(input),
            }
        }
    }

    fn asks(&self, query: &str) -> bool {
        let query = query.as_bytes();
        self.queries
            .windows(query.len())
            .any(|window| window == query)
    }
}

const XTERM: &[(&str, &str)] = &[("TERM", "xterm-256color")];
const FENCE: &[u8] = b"\x1b[?62;22c";

#[test]
fn a_terminal_that_might_print_the_questions_is_not_asked() {
    let plain = [
        "",
        "dumb",
        "linux",
        "linux-16color",
        "vt100",
        "vt220-w",
        "ansi",
        "cons25",
        "emacs",
        "eterm-color",
        "sun-color",
        "unknown",
        "wsvt25",
        "wy60",
        "network",
    ];
    for term in plain {
        let asked = Asked::new(&[("TERM", term)]);
        assert_eq!(asked.queries, b"", "{term}");
        let interview = &asked.interview;
        assert!(
            interview.is_fenced() && !interview.holds_frame(asked.now),
            "{term}"
        );
        assert_eq!(interview.outstanding(asked.now), 0, "{term}");
    }
    let vterm = [("TERM", "xterm-256color"), ("INSIDE_EMACS", "29.1,vterm")];
    assert_eq!(Asked::new(&vterm).queries, b"");
}

#[test]
fn a_terminal_is_asked_what_it_may_be_asked() {
    let strings = ["\x1b]11;?", "\x1bP$qm", "\x1bP+q524742"];
    let all = Asked::new(XTERM);
    for query in ["\x1b[>0q", "\x1b[>c", "\x1b[?2026$p", "\x1b[16t"]
        .into_iter()
        .chain(strings)
    {
        assert!(all.asks(query), "{query:?}");
    }
    for term in ["screen", "screen.xterm-256color", "tmux-256color"] {
        let asked = Asked::new(&[("TERM", term)]);
        assert!(
            asked.asks("\x1b[>0q") && asked.asks("\x1b[?2026$p"),
            "{term}"
        );
        assert!(!strings.iter().any(|query| asked.asks(query)), "{term}");
    }
    let apple = Asked::new(&[XTERM[0], ("TERM_PROGRAM", "Apple_Terminal")]);
    assert!(apple.asks("\x1b]11;?") && !apple.asks("\x1b[?2026$p") && !apple.asks("\x1bP"));
}

/// Whatever a terminal makes of the questions: the fence is last, the pen is plain by then, and
/// what is printed cannot be seen.
#[test]
fn asking_leaves_no_trace() {
    let asked = Asked::new(XTERM);
    assert!(asked.queries.starts_with(b"\x1b[8m") && asked.queries.ends_with(b"\x1b[m\x1b[c"));
    let mut terminal = vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0);
    let before = terminal.screen().state_formatted();
    terminal.process(&asked.queries);
    assert_eq!(terminal.screen().state_formatted(), before);
    // No terminal that takes colons for semicolons blinks (5), or stays as it was told.
    let pen = b"\x1b[48:2:1:2:3m";
    let codes: Vec<_> = pen[2..pen.len() - 1]
        .split(|byte| !byte.is_ascii_digit())
        .collect();
    assert!(asked.asks("\x1b[48:2:1:2:3m") && !codes.contains(&b"5".as_slice()));
}

#[test]
fn it_is_asked_once() {
    let mut asked = Asked::new(XTERM);
    asked.hear(&[FENCE]);
    let mut again = Vec::new();
    assert!(!asked.interview.append_queries(asked.now, &mut again));
    assert_eq!(again, b"");
}

#[test]
fn the_first_frame_waits_for_the_fence_but_not_for_long() {
    let mut mute = Asked::new(XTERM);
    let (asked_at, interview) = (mute.began_at, &mut mute.interview);
    let almost = asked_at + Duration::from_millis(99);
    assert!(interview.holds_frame(asked_at) && interview.holds_frame(almost));
    assert_eq!(
        interview.frame_deadline(),
        Some(asked_at + FIRST_FRAME_TIMEOUT)
    );
    assert!(!interview.holds_frame(asked_at + FIRST_FRAME_TIMEOUT));
    assert_eq!(FIRST_FRAME_TIMEOUT, Duration::from_millis(100));
    // Others are not enough; with the fence it goes on at once.
    interview.handle_reply(b"\x1bP>|foot(1.13.1)\x1b\\");
    assert!(interview.holds_frame(almost) && !interview.is_fenced());
    interview.handle_reply(FENCE);
    assert!(!interview.holds_frame(asked_at) && interview.is_fenced());
    assert_eq!(interview.frame_deadline(), None);
}

#[test]
fn in_tmux_the_first_frame_waits_for_what_tmux_says_too() {
    let mut asked = Asked::new(&[
        ("TERM", "tmux-256color"),
        ("TMUX", "/tmp/tmux-0/default,1,0"),
    ]);
    assert!(asked.interview.awaits_client());
    asked.interview.handle_reply(b"\x1b[?1;2c");
    assert!(asked.interview.holds_frame(asked.now));
    asked.interview.handle_client(None);
    assert!(!asked.interview.holds_frame(asked.now) && !asked.interview.awaits_client());
    assert!(!Asked::new(XTERM).interview.awaits_client());
}

#[test]
fn answers_that_come_late_are_used() {
    let mut asked = Asked::new(XTERM);
    asked.wait(ANSWER_TIMEOUT * 2);
    assert_eq!(asked.interview.outstanding(asked.now), 0);
    assert!(!asked.interview.take_changed() && !asked.interview.is_fenced());
    assert_eq!(asked.interview.profile().depth, ColorDepth::Indexed256);
    asked.hear(&[b"\x1bP1$r0;48:2::1:2:3m\x1b\\\x1b[6;16;8t\x1b[?62;22c"]);
    assert!(asked.interview.take_changed() && !asked.interview.take_changed());
    assert_eq!(asked.interview.profile().depth, ColorDepth::Truecolor);
    assert_eq!(asked.interview.cell_size(), Some((8, 16)));
    assert!(asked.interview.is_fenced());
    assert_eq!(asked.keys, []);
}

#[test]
fn keys_amid_answers_are_keys() {
    let mut asked = Asked::new(XTERM);
    asked.hear(&[
        b"a",
        b"\x1b[A",
        b"\x1bP>|kit",
        b"ty(0.40)\x1b",
        b"\\b\x1b[?6",
        b"2;cq",
    ]);
    let expected = [typed('a'), key(KeyCode::Up, NONE), typed('b'), typed('q')];
    assert_eq!(asked.keys, expected);
    assert_eq!(
        asked.interview.profile().name.as_deref(),
        Some("kitty 0.40")
    );
}

/// While answers are awaited a lone ESC may be the begin of one.
#[test]
fn an_escape_key_before_the_answers_is_late_and_not_lost() {
    // The answer's own ESC tells it.
    let mut asked = Asked::new(XTERM);
    asked.hear(&[b"\x1b", FENCE]);
    assert_eq!(asked.keys, [key(KeyCode::Esc, NONE)]);
    assert!(asked.interview.is_fenced());
    // So does another key; it is not taken for one with Alt.
    let mut asked = Asked::new(XTERM);
    asked.hear(&[b"\x1b", b"q"]);
    assert_eq!(asked.keys, [key(KeyCode::Esc, NONE), typed('q')]);
    // Nothing follows.
    let mut asked = Asked::new(XTERM);
    asked.hear(&[b"\x1b"]);
    asked.wait(ANSWER_TIMEOUT);
    assert_eq!(asked.keys, [key(KeyCode::Esc, NONE)]);
    // And later it is as quick as ever.
    asked.hear(&[b"\x1b"]);
    asked.wait(Duration::from_millis(60));
    assert_eq!(asked.keys.len(), 2);
}

#[test]
fn the_size_of_cells_is_asked_again_of_those_who_know_it() {
    let mut asked = Asked::new(XTERM);
    let mut out = Vec::new();
    asked.hear(&[FENCE]);
    asked.interview.want_cell_size();
    assert!(
        !asked.interview.append_queries(asked.now, &mut out),
        "it has not answered"
    );
    asked.hear(&[b"\x1b[6;16;8t"]);
    for _ in 0..3 {
        asked.interview.want_cell_size();
        asked.interview.append_queries(asked.now, &mut out);
    }
    let query = b"\x1b[16t\x1b[c";
    assert_eq!(
        (out.as_slice(), asked.interview.outstanding(asked.now)),
        (query.as_slice(), 1)
    );
    asked.hear(&[b"\x1b[6;32;16t"]);
    assert_eq!(asked.interview.cell_size(), Some((16, 32)));
    assert_eq!(asked.interview.outstanding(asked.now), 1);
    asked.hear(&[FENCE]);
    assert_eq!(asked.interview.outstanding(asked.now), 0);
    // The window changed once more meanwhile.
    asked.interview.append_queries(asked.now, &mut out);
    assert_eq!(out, [query.as_slice(), query.as_slice()].concat());
    // A terminal that has stopped answering is not waited for.
    asked.wait(ANSWER_TIMEOUT);
    assert_eq!(asked.interview.outstanding(asked.now), 0);
}
