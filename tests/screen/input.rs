//! Keys, pastes and replies: what each terminal sends, whole, cut anywhere, and amid garbage.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::time::{Duration, Instant};
use ttychat::screen::input::{HELD_LEN_MAX, INPUT_COUNT_MAX, Reply, TerminalInput, Tokenizer};

pub(crate) const NONE: KeyModifiers = KeyModifiers::NONE;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const ALT: KeyModifiers = KeyModifiers::ALT;
pub(crate) const CONTROL: KeyModifiers = KeyModifiers::CONTROL;

#[expect(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
pub(crate) fn start() -> Instant {
    Instant::now()
}

pub(crate) fn key(code: KeyCode, modifiers: KeyModifiers) -> TerminalInput {
    TerminalInput::Key(KeyEvent::new(code, modifiers))
}

pub(crate) fn typed(character: char) -> TerminalInput {
    let shift = if character.is_uppercase() {
        SHIFT
    } else {
        NONE
    };
    key(KeyCode::Char(character), shift)
}

pub(crate) fn take(tokenizer: &mut Tokenizer) -> Vec<TerminalInput> {
    std::iter::from_fn(|| tokenizer.poll_input()).collect()
}

/// Waits until nothing is incomplete any more; says for how long.
pub(crate) fn wait(tokenizer: &mut Tokenizer, now: Instant) -> Duration {
    let mut waited_until = now;
    while let Some(deadline) = tokenizer.deadline() {
        assert!(deadline >= waited_until, "a deadline lies in the past");
        waited_until = deadline;
        tokenizer.handle_timeout(deadline);
    }
    waited_until - now
}

fn all_of(chunks: &[&[u8]]) -> Vec<TerminalInput> {
    let mut tokenizer = Tokenizer::default();
    let mut now = start();
    for chunk in chunks {
        tokenizer.handle_bytes(now, chunk);
        now += Duration::from_millis(5);
    }
    wait(&mut tokenizer, now);
    take(&mut tokenizer)
}

/// Whole, in every two pieces, byte by byte, and between two others.
#[track_caller]
fn check(bytes: &[u8], expected: &[TerminalInput]) {
    assert_eq!(all_of(&[bytes]), expected, "{}", bytes.escape_ascii());
    for cut in 0..bytes.len() {
        let (head, tail) = bytes.split_at(cut);
        assert_eq!(
            all_of(&[head, tail]),
            expected,
            "{} at {cut}",
            bytes.escape_ascii()
        );
    }
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(
        all_of(&single),
        expected,
        "{} byte by byte",
        bytes.escape_ascii()
    );
}

#[track_caller]
fn check_key(bytes: &[u8], code: KeyCode, modifiers: KeyModifiers) {
    check(bytes, &[key(code, modifiers)]);
}

#[test]
fn characters_are_keys() {
    for character in [' ', 'a', 'q', '?', 'A', 'Z', 'é', 'Ü', '日', '😀'] {
        let mut utf8 = [0; 4];
        check(
            character.encode_utf8(&mut utf8).as_bytes(),
            &[typed(character)],
        );
    }
    check("añ日".as_bytes(), &[typed('a'), typed('ñ'), typed('日')]);
    check_key(b"\r", KeyCode::Enter, NONE);
    check_key(b"\t", KeyCode::Tab, NONE);
    check_key(b"\x7f", KeyCode::Backspace, NONE);
    check_key(b"\x08", KeyCode::Backspace, NONE);
    check_key(b"\x03", KeyCode::Char('c'), CONTROL);
    check_key(b"\x1a", KeyCode::Char('z'), CONTROL);
    check_key(b"\x0c", KeyCode::Char('l'), CONTROL);
    check_key(b"\0", KeyCode::Char(' '), CONTROL);
}

#[test]
fn keys_of_an_xterm() {
    for (end, code) in [
        (b'A', KeyCode::Up),
        (b'B', KeyCode::Down),
        (b'C', KeyCode::Right),
        (b'D', KeyCode::Left),
        (b'H', KeyCode::Home),
        (b'F', KeyCode::End),
    ] {
        check_key(&[0x1b, b'[', end], code, NONE);
        check_key(&[0x1b, b'O', end], code, NONE);
        check_key(&[0x1b, b'[', b'1', b';', b'2', end], code, SHIFT);
        check_key(&[0x1b, b'[', b'1', b';', b'7', end], code, CONTROL | ALT);
    }
    for (number, code) in [
        (1, KeyCode::Home),
        (2, KeyCode::Insert),
        (3, KeyCode::Delete),
        (4, KeyCode::End),
        (5, KeyCode::PageUp),
        (6, KeyCode::PageDown),
        (7, KeyCode::Home),
        (8, KeyCode::End),
        (15, KeyCode::F(5)),
        (17, KeyCode::F(6)),
        (21, KeyCode::F(10)),
        (23, KeyCode::F(11)),
        (24, KeyCode::F(12)),
    ] {
        check_key(format!("\x1b[{number}~").as_bytes(), code, NONE);
        check_key(format!("\x1b[{number};5~").as_bytes(), code, CONTROL);
    }
    for (end, number) in [(b'P', 1), (b'Q', 2), (b'R', 3), (b'S', 4)] {
        check_key(&[0x1b, b'O', end], KeyCode::F(number), NONE);
        check_key(
            &[0x1b, b'[', b'1', b';', b'2', end],
            KeyCode::F(number),
            SHIFT,
        );
    }
    check_key(b"\x1b[Z", KeyCode::BackTab, SHIFT);
    check_key(b"\x1bOM", KeyCode::Enter, NONE);
    // modifyOtherKeys.
    check_key(b"\x1b[27;5;13~", KeyCode::Enter, CONTROL);
    check_key(b"\x1b[105;5u", KeyCode::Char('i'), CONTROL);
}

#[test]
fn keys_of_kitty() {
    check_key(b"\x1b[97u", KeyCode::Char('a'), NONE);
    check_key(b"\x1b[27u", KeyCode::Esc, NONE);
    check_key(b"\x1b[99;5u", KeyCode::Char('c'), CONTROL);
    check_key(b"\x1b[97:65;2u", KeyCode::Char('A'), NONE);
    check_key(b"\x1b[13;2u", KeyCode::Enter, SHIFT);
    check_key(b"\x1b[97;1:2u", KeyCode::Char('a'), NONE);
    check_key(b"\x1b[13~", KeyCode::F(3), NONE);
    check_key(b"\x1b[1;1:1A", KeyCode::Up, NONE);
    check_key(b"\x1b[57376u", KeyCode::F(13), NONE);
    // Releases, modifiers and media keys alone are none.
    check(b"\x1b[97;1:3u\x1b[1;1:3A\x1b[57441u\x1b[57428u", &[]);
}

#[test]
fn keys_of_the_linux_console() {
    for (end, number) in (b'A'..=b'E').zip(1..) {
        check_key(&[0x1b, b'[', b'[', end], KeyCode::F(number), NONE);
    }
    check_key(b"\x1b[1~", KeyCode::Home, NONE);
    check_key(b"\x1b[4~", KeyCode::End, NONE);
    check_key(b"\x1b[17~", KeyCode::F(6), NONE);
}

#[test]
fn alt_and_escape() {
    check_key(b"\x1ba", KeyCode::Char('a'), ALT);
    check_key("\x1bé".as_bytes(), KeyCode::Char('é'), ALT);
    check_key(b"\x1b\x7f", KeyCode::Backspace, ALT);
    check_key(b"\x1b\r", KeyCode::Enter, ALT);
    check_key(b"\x1b", KeyCode::Esc, NONE);
    check(
        b"\x1b\x1b",
        &[key(KeyCode::Esc, NONE), key(KeyCode::Esc, NONE)],
    );
    for character in ['[', ']', '_', '^'] {
        check_key(
            format!("\x1b{character}").as_bytes(),
            KeyCode::Char(character),
            ALT,
        );
    }
    for character in ['P', 'O', 'X'] {
        check_key(
            format!("\x1b{character}").as_bytes(),
            KeyCode::Char(character),
            ALT | SHIFT,
        );
    }
}

#[test]
fn what_could_begin_a_string_swallows_no_later_key() {
    for begin in [
        "\x1b]", "\x1bP", "\x1b[", "\x1bO", "\x1bX", "\x1b^", "\x1b_",
    ] {
        let mut tokenizer = Tokenizer::default();
        let now = start();
        tokenizer.handle_bytes(now, begin.as_bytes());
        assert!(wait(&mut tokenizer, now) <= Duration::from_millis(50));
        tokenizer.handle_bytes(now + Duration::from_millis(60), b"q");
        let inputs = take(&mut tokenizer);
        assert_eq!(inputs.last(), Some(&typed('q')), "{begin:?}");
        assert_eq!(inputs.len(), 2, "{begin:?}");
        // Held down, it repeats.
        assert_eq!(all_of(&[begin.repeat(5).as_bytes()]).len(), 5, "{begin:?}");
    }
}

#[test]
fn control_c_comes_through_whatever_is_open() {
    for begin in [
        "\x1b]11;rgb",
        "\x1bPabc",
        "\x1b[1;",
        "\x1b[",
        "\x1b]",
        "\x1bO",
    ] {
        let mut tokenizer = Tokenizer::default();
        tokenizer.handle_bytes(start(), begin.as_bytes());
        tokenizer.handle_bytes(start(), b"\x03");
        assert_eq!(
            take(&mut tokenizer).last(),
            Some(&key(KeyCode::Char('c'), CONTROL)),
            "{begin:?}"
        );
    }
}

const REPLIES: [&[u8]; 16] = [
    b"\x1b[?62;1;6c",
    b"\x1b[>41;354;0c",
    b"\x1bP!|00000000\x1b\\",
    b"\x1b[?2026;2$y",
    b"\x1b[4;1$y",
    b"\x1bP>|XTerm(379)\x1b\\",
    b"\x1bP1+r524742=38\x1b\\",
    b"\x1bP0+r\x1b\\",
    b"\x1bP1$r48:2:1:2:3m\x1b\\",
    b"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    b"\x1b]4;1;rgb:cdcd/0000/0000\x07",
    b"\x1b[6;16;8t",
    b"\x1b[0n",
    b"\x1b[?997;1n",
    b"\x1b[?5u",
    b"\x1b_Gi=31;OK\x1b\\",
];

#[test]
fn replies_are_no_keys() {
    for reply in REPLIES {
        check(reply, &[TerminalInput::Reply(Reply::Other(reply.to_vec()))]);
        // After Esc, and before a key.
        let amid = [b"\x1b", reply, b"q"].concat();
        let inputs = all_of(&[&amid]);
        assert_eq!(inputs.len(), 3, "{}", amid.escape_ascii());
        assert_eq!(inputs[0], key(KeyCode::Esc, NONE));
        assert_eq!(inputs[2], typed('q'));
    }
    // The mouse and the focus are nothing at all.
    check(b"\x1b[<0;10;10M\x1b[<0;10;10m\x1b[I\x1b[O\x1b[32;5;5M", &[]);
    // Nor is what no terminal sends.
    check(
        b"\x1b[;;;~\x1b[=5z\x1b[99999999999~\x1b[~\x1b[1;2;3;4;5H",
        &[
            TerminalInput::Reply(Reply::Other(b"\x1b[=5z".to_vec())),
            key(KeyCode::Home, SHIFT),
        ],
    );
}

#[test]
fn a_cursor_position_is_told_from_f3() {
    let position = |column, row| TerminalInput::Reply(Reply::CursorPosition { column, row });
    check(b"\x1b[24;80R", &[position(79, 23)]);
    check(b"\x1b[1;80R", &[position(79, 0)]);
    check(b"\x1b[1;1R", &[position(0, 0)]);
    check_key(b"\x1b[1;2R", KeyCode::F(3), SHIFT);
    let mut tokenizer = Tokenizer::default();
    tokenizer.expect_cursor_reports(true);
    tokenizer.handle_bytes(start(), b"\x1b[1;2R");
    assert_eq!(take(&mut tokenizer), [position(1, 0)]);
    tokenizer.expect_cursor_reports(false);
    tokenizer.handle_bytes(start(), b"\x1b[1;2R");
    assert_eq!(take(&mut tokenizer), [key(KeyCode::F(3), SHIFT)]);
}

#[test]
fn pastes_come_whole_and_bounded() {
    let paste = |text: &str| TerminalInput::Paste(text.to_owned());
    check(
        "\x1b[200~grüße\r\nq\x1b[A\x1b[20x\x1b\x1b[201~".as_bytes(),
        &[paste("grüße\r\nq\x1b[A\x1b[20x\x1b")],
    );
    check(b"\x1b[200~\x1b[201~", &[paste("")]);
    let mut long = b"\x1b[200~".to_vec();
    long.push(b'x');
    long.extend("é".repeat(HELD_LEN_MAX).as_bytes());
    long.extend(b"\x1b[201~q");
    let inputs = all_of(&[&long]);
    assert_eq!(
        inputs,
        [
            paste(&format!("x{}", "é".repeat((HELD_LEN_MAX - 1) / 2))),
            typed('q')
        ]
    );
    // Without an end it is a paste after all, and no key.
    assert_eq!(all_of(&[b"\x1b[200~quit"]), [paste("quit")]);
    // A slow one is not cut in the middle.
    let mut tokenizer = Tokenizer::default();
    let mut now = start();
    for piece in [b"\x1b[200~".as_slice(), b"q", b"u", b"\x1b[201~"] {
        tokenizer.handle_timeout(now);
        tokenizer.handle_bytes(now, piece);
        now += Duration::from_millis(900);
    }
    assert_eq!(take(&mut tokenizer), [paste("qu")]);
}

#[test]
fn a_torn_sequence_is_put_together_on_a_slow_link() {
    let mut tokenizer = Tokenizer::default();
    let now = start();
    tokenizer.handle_bytes(now, b"\x1b[1;");
    tokenizer.handle_timeout(now + Duration::from_millis(200));
    tokenizer.handle_bytes(now + Duration::from_millis(200), b"5A");
    assert_eq!(take(&mut tokenizer), [key(KeyCode::Up, CONTROL)]);
}

#[test]
fn events_of_a_console_become_inputs() {
    use crossterm::event::{Event, KeyEventKind};
    let press = KeyEvent::new(KeyCode::Char('x'), NONE);
    let release = KeyEvent {
        kind: KeyEventKind::Release,
        ..press
    };
    assert_eq!(
        TerminalInput::from_event(Event::Key(press)),
        Some(typed('x'))
    );
    assert_eq!(TerminalInput::from_event(Event::Key(release)), None);
    let resized = TerminalInput::from_event(Event::Resize(1, 1));
    assert_eq!(resized, Some(TerminalInput::Resized));
    assert_eq!(TerminalInput::from_event(Event::FocusLost), None);
}

#[test]
fn nothing_grows_without_bound() {
    let mut tokenizer = Tokenizer::default();
    let now = start();
    for begin in ["\x1b]", "\x1bP", "\x1b[", "\x1b[200~", "x"] {
        tokenizer.handle_bytes(now, begin.as_bytes());
        for _ in 0..100 {
            tokenizer.handle_bytes(now, &[b'1'; 4096]);
        }
        wait(&mut tokenizer, now);
    }
    let inputs = take(&mut tokenizer);
    assert!(inputs.len() <= INPUT_COUNT_MAX);
    let paste_len = |input: &TerminalInput| match input {
        TerminalInput::Paste(text) => text.len(),
        _ => 0,
    };
    assert!(inputs.iter().map(paste_len).sum::<usize>() <= HELD_LEN_MAX);
}
