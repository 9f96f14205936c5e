//! Terminal bytes to inputs, one whole sequence at a time.
//!
//! It does not know the terminal, and asks it nothing.
//!
//! Invariant: it holds at most [`HELD_LEN_MAX`] bytes and [`INPUT_COUNT_MAX`] inputs, and whatever
//! came, the first key after its deadline is that key.

mod patience;

use super::{
    input::{Reply, TerminalInput},
    key,
};
use crossterm::event::KeyEvent;
use std::{collections::VecDeque, time::Instant};

/// Most that is kept of one sequence or paste, in bytes. What is longer is cut (a paste) or
/// dropped (anything else).
pub const HELD_LEN_MAX: usize = 4096;

/// Most inputs that wait to be taken; more are dropped.
pub const INPUT_COUNT_MAX: usize = 4096;

const PASTE_START: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

const BEL: u8 = 0x07;
const ESC: u8 = 0x1b;

/// Where in a sequence the stream is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Between sequences.
    #[default]
    Ground,
    /// In a character of several bytes, maybe after ESC.
    Character,
    /// After ESC.
    Escape,
    /// After ESC [, or ESC [ [ of the Linux console's function keys.
    Control,
    /// After ESC O.
    SingleShift,
    /// In a string: DCS, OSC, APC, PM or SOS.
    String,
    /// After ESC in a string.
    StringEscape,
    /// In a bracketed paste, of whose end so many bytes have come.
    Paste { end_len: usize },
}

/// Cuts the stream of bytes into whole sequences.
#[derive(Debug, Default)]
pub struct Tokenizer {
    state: State,
    /// The incomplete sequence from its ESC on, or the text of a paste.
    held: Vec<u8>,
    /// Bytes of the sequence were dropped because `held` was full.
    is_cut: bool,
    inputs: VecDeque<TerminalInput>,
    /// When the first and the last byte of the incomplete sequence came.
    times: Option<(Instant, Instant)>,
    expects_cursor_reports: bool,
    expects_replies: bool,
}

impl Tokenizer {
    /// Takes bytes that came, cut anywhere.
    ///
    /// Call it before [`Self::handle_timeout`] in a turn: bytes that are there came in time.
    pub fn handle_bytes(&mut self, now: Instant, bytes: &[u8]) {
        for &byte in bytes {
            self.handle_byte(now, byte);
            if let Some((_, last_at)) = &mut self.times {
                *last_at = now;
            }
        }
    }

    /// The deadline has come: what is incomplete is taken as it is (a lone Esc), or dropped.
    /// Harmless when it has not.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        match self.state {
            State::Escape => self.push_key(key::escape()),
            State::Paste { .. } => self.finish_paste(),
            State::Control | State::SingleShift | State::String => self.push_alt_if_bare(),
            State::StringEscape if self.held.len() == 2 => {
                self.push_alt_if_bare();
                self.push_key(key::escape());
            }
            State::Ground | State::Character | State::StringEscape => {}
        }
        self.leave();
    }

    /// Whether cursor positions have been asked for, so that `CSI 1 ; 2 R` is one and not Shift+F3.
    /// Others than those that could be F3 are always replies.
    pub const fn expect_cursor_reports(&mut self, expected: bool) {
        self.expects_cursor_reports = expected;
    }

    /// The oldest input not yet taken.
    pub fn poll_input(&mut self) -> Option<TerminalInput> {
        self.inputs.pop_front()
    }

    fn handle_byte(&mut self, now: Instant, byte: u8) {
        match self.state {
            State::Ground => self.handle_ground(now, byte),
            State::Character => self.handle_character(now, byte),
            State::Escape => self.handle_escape(now, byte),
            State::Control => self.handle_control(now, byte),
            State::SingleShift => match byte {
                b'0'..=b'9' | b';' => self.hold(byte),
                0x40..=0x7e => {
                    self.hold(byte);
                    self.finish_keys();
                }
                _ => self.break_off(now, byte),
            },
            State::String => match byte {
                BEL => {
                    self.hold(byte);
                    self.finish_reply();
                }
                ESC => self.state = State::StringEscape,
                0x20.. => self.hold(byte),
                _ => self.break_off(now, byte),
            },
            State::StringEscape if byte == b'\\' && self.held.len() > 2 => {
                self.hold(ESC);
                self.hold(byte);
                self.finish_reply();
            }
            State::StringEscape => {
                // The string was cut off, and another sequence has begun.
                self.break_off(now, ESC);
                self.handle_byte(now, byte);
            }
            State::Paste { end_len } => self.handle_paste(end_len, byte),
        }
    }

    fn handle_ground(&mut self, now: Instant, byte: u8) {
        match byte {
            ESC => self.begin(now, State::Escape, byte),
            0xc2..=0xf4 => self.begin(now, State::Character, byte),
            ..=0x7f => self.push_character(&[byte]),
            _ => {}
        }
    }

    fn handle_character(&mut self, now: Instant, byte: u8) {
        if !matches!(byte, 0x80..=0xbf) {
            return self.break_off(now, byte);
        }
        self.hold(byte);
        let character = self.held.strip_prefix(&[ESC]).unwrap_or(&self.held);
        let len = match character.first() {
            Some(0xf0..) => 4,
            Some(0xe0..) => 3,
            _ => 2,
        };
        if character.len() >= len {
            let held = std::mem::take(&mut self.held);
            if std::str::from_utf8(&held).is_ok() {
                self.push_character(&held);
            }
            self.held = held;
            self.leave();
        }
    }

    fn handle_escape(&mut self, now: Instant, byte: u8) {
        if self.was_key(now, byte) {
            self.push_key(key::escape());
            self.leave();
            return self.handle_byte(now, byte);
        }
        self.hold(byte);
        self.state = match byte {
            b'[' => State::Control,
            b'O' => State::SingleShift,
            b']' | b'P' | b'_' | b'^' | b'X' => State::String,
            0xc2..=0xf4 => State::Character,
            ESC | 0x80.. => {
                // Esc was pressed, and something else follows: a terminal's reply, say.
                self.push_key(key::escape());
                self.leave();
                return self.handle_byte(now, byte);
            }
            _ => {
                self.push_character(&[ESC, byte]);
                self.leave();
                State::Ground
            }
        };
    }

    fn handle_control(&mut self, now: Instant, byte: u8) {
        match byte {
            b'[' if self.held.len() == 2 => self.hold(byte),
            0x20..=0x3f => self.hold(byte),
            0x40..=0x7e => {
                self.hold(byte);
                if self.held == PASTE_START {
                    self.held.clear();
                    self.state = State::Paste { end_len: 0 };
                } else {
                    self.finish_control();
                }
            }
            _ => self.break_off(now, byte),
        }
    }

    fn handle_paste(&mut self, end_len: usize, byte: u8) {
        if PASTE_END.get(end_len) == Some(&byte) {
            if end_len + 1 == PASTE_END.len() {
                self.finish_paste();
                self.leave();
            } else {
                self.state = State::Paste {
                    end_len: end_len + 1,
                };
            }
            return;
        }
        // It only looked like the end.
        for &text in PASTE_END.iter().take(end_len) {
            self.hold(text);
        }
        self.state = State::Paste {
            end_len: usize::from(byte == ESC),
        };
        if byte != ESC {
            self.hold(byte);
        }
    }

    /// A whole `CSI` sequence is held: sorts it.
    fn finish_control(&mut self) {
        let (&end, head) = self.held.split_last().unwrap_or((&0, &[]));
        let parameters = head.get(2..).unwrap_or_default();
        let is_private = matches!(parameters.first(), Some(b'<'..=b'?'));
        let has_intermediate = parameters.iter().any(|byte| matches!(byte, 0x20..=0x2f));
        let report = cursor_report(parameters).filter(|_| end == b'R');
        if let Some((row, column)) = report
            && (self.expects_cursor_reports || row != 1 || !matches!(column, 2..=16))
        {
            let (column, row) = (column.saturating_sub(1), row.saturating_sub(1));
            self.push(TerminalInput::Reply(Reply::CursorPosition { column, row }));
            return self.leave();
        }
        match (end, is_private) {
            // The mouse and the focus, which another program may have left on.
            (b'M' | b'm', _) | (b'I' | b'O', false) => self.leave(),
            (b'c' | b'n' | b't' | b'x' | b'y', _) | (_, true) => self.finish_reply(),
            _ if has_intermediate => self.finish_reply(),
            _ => self.finish_keys(),
        }
    }

    fn finish_keys(&mut self) {
        if !self.is_cut
            && let Some(key) = key::sequence(&self.held)
        {
            self.push_key(key);
        }
        self.leave();
    }

    fn finish_reply(&mut self) {
        if !self.is_cut {
            let reply = self.held.clone();
            self.push(TerminalInput::Reply(Reply::Other(reply)));
        }
        self.leave();
    }

    fn finish_paste(&mut self) {
        // A character that was cut at the limit is left out whole.
        let cut = self
            .held
            .utf8_chunks()
            .last()
            .map_or(0, |chunk| chunk.invalid().len());
        let len = if self.is_cut {
            self.held.len() - cut
        } else {
            self.held.len()
        };
        let text = String::from_utf8_lossy(self.held.get(..len).unwrap_or_default()).into_owned();
        self.push(TerminalInput::Paste(text));
    }

    /// `byte` does not belong to the sequence: that is dropped, and `byte` begins anew.
    fn break_off(&mut self, now: Instant, byte: u8) {
        if matches!(
            self.state,
            State::Control | State::SingleShift | State::String
        ) || self.state == State::StringEscape
        {
            self.push_alt_if_bare();
        }
        self.leave();
        self.handle_byte(now, byte);
    }

    /// When no more than `ESC` and one character is held, that was Alt and that character.
    fn push_alt_if_bare(&mut self) {
        if let [ESC, byte] = *self.held.as_slice() {
            self.push_key(key::alt(byte));
        }
    }

    fn push_character(&mut self, sequence: &[u8]) {
        if let Some(key) = key::character(sequence) {
            self.push_key(key);
        }
    }

    fn push_key(&mut self, key: KeyEvent) {
        self.push(TerminalInput::Key(key));
    }

    fn push(&mut self, input: TerminalInput) {
        if self.inputs.len() < INPUT_COUNT_MAX {
            self.inputs.push_back(input);
        }
    }

    fn begin(&mut self, now: Instant, state: State, byte: u8) {
        self.state = state;
        self.held.push(byte);
        self.times = Some((now, now));
    }

    fn hold(&mut self, byte: u8) {
        if self.held.len() < HELD_LEN_MAX {
            self.held.push(byte);
        } else {
            self.is_cut = true;
        }
    }

    fn leave(&mut self) {
        self.state = State::Ground;
        self.held.clear();
        self.is_cut = false;
        self.times = None;
    }
}

/// Row and column of `row ; column`, if it is that and nothing more.
fn cursor_report(parameters: &[u8]) -> Option<(u16, u16)> {
    let (row, column) = std::str::from_utf8(parameters).ok()?.split_once(';')?;
    Some((row.parse().ok()?, column.parse().ok()?))
}
