//! What a terminal sends: keys, pastes, replies, garbage.

use super::script::Script;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::time::{Duration, Instant};
use ttychat::screen::input::{HELD_LEN_MAX, INPUT_COUNT_MAX, Reply, TerminalInput, Tokenizer};

pub fn check(data: &[u8]) {
    let mut script = Script::new(data);
    let head = script.u8();
    let chunk_len = 1 + usize::from(script.u8());
    let start = Instant::now();
    let reports = head & 1 == 1;
    if head & 2 == 0 {
        let stream = script.rest();
        let whole = run(start, reports, &[stream]);
        let cut: Vec<_> = stream.chunks(chunk_len).collect();
        assert_eq!(whole, run(start, reports, &cut), "a cut changed the inputs");
    } else {
        with_pauses(start, reports, script);
    }
}

/// All at one time, then silence.
fn run(now: Instant, reports: bool, chunks: &[&[u8]]) -> Vec<TerminalInput> {
    let mut tokenizer = Tokenizer::default();
    tokenizer.expect_cursor_reports(reports);
    let mut inputs = Vec::new();
    for chunk in chunks {
        // What waits to be taken is limited, so it is taken as the program does.
        for byte in chunk.chunks(64) {
            tokenizer.handle_bytes(now, byte);
            take(&mut tokenizer, &mut inputs);
        }
    }
    settle(&mut tokenizer, now, &mut inputs);
    inputs
}

/// Pieces with pauses between them, in which deadlines come.
fn with_pauses(start: Instant, reports: bool, mut script: Script<'_>) {
    let mut tokenizer = Tokenizer::default();
    tokenizer.expect_cursor_reports(reports);
    let mut now = start;
    let mut inputs = Vec::new();
    while !script.is_over() {
        let len = usize::from(script.u8());
        tokenizer.handle_bytes(now, script.bytes(len));
        now += Duration::from_millis(u64::from(script.u8()) * 5);
        tokenizer.handle_timeout(now);
        assert!(tokenizer.deadline().is_none_or(|deadline| deadline > now));
        take(&mut tokenizer, &mut inputs);
    }
    settle(&mut tokenizer, now, &mut inputs);
}

fn take(tokenizer: &mut Tokenizer, inputs: &mut Vec<TerminalInput>) {
    let mut count = 0;
    while let Some(input) = tokenizer.poll_input() {
        match &input {
            // A byte that is no UTF-8 becomes a replacement of three.
            TerminalInput::Paste(text) => assert!(text.len() <= 3 * HELD_LEN_MAX),
            TerminalInput::Reply(Reply::Other(reply)) => {
                assert!(reply.len() <= HELD_LEN_MAX && reply.starts_with(b"\x1b"));
            }
            _ => {}
        }
        inputs.push(input);
        count += 1;
    }
    assert!(count <= INPUT_COUNT_MAX);
}

/// After silence nothing is incomplete, and a key is that key.
fn settle(tokenizer: &mut Tokenizer, mut now: Instant, inputs: &mut Vec<TerminalInput>) {
    let end = now + Duration::from_secs(5);
    while let Some(deadline) = tokenizer.deadline() {
        assert!(deadline <= end, "it awaits more for ever");
        now = now.max(deadline);
        tokenizer.handle_timeout(now);
        assert!(tokenizer.deadline().is_none_or(|next| next > now));
    }
    take(tokenizer, inputs);
    tokenizer.handle_bytes(now, b"a");
    let key = KeyEvent::new(KeyCode::Char('a'), KeyModifiers::NONE);
    assert_eq!(tokenizer.poll_input(), Some(TerminalInput::Key(key)));
    assert_eq!((tokenizer.poll_input(), tokenizer.deadline()), (None, None));
}
