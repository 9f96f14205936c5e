//! One whole key sequence to the key that it stands for.
//!
//! The keyboards are known by `termina`; a fresh parser of it gets one whole sequence of a shape
//! that it takes in one piece, because it makes typed letters of what follows a sequence that it
//! does not know, and waits for more without an end after Alt+] or Alt+Shift+P.
//!
//! Invariant: one sequence is at most one key.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::borrow::Cow;
use termina::{
    Event, Parser,
    event::{KeyCode as TerminaCode, KeyEventKind, Modifiers},
};

/// Longest key sequence, in bytes. kitty's longest, with text, has some 40.
const SEQUENCE_LEN_MAX: usize = 64;

/// The key of a plain character or of `ESC` and one (Alt). `sequence` is UTF-8 or one control byte.
pub(super) fn character(sequence: &[u8]) -> Option<KeyEvent> {
    // Half of all terminals send BS for the backspace key, and nobody has a key Ctrl+H here.
    match sequence {
        [0x08] => Some(KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE)),
        [0x1b, 0x08] => Some(KeyEvent::new(KeyCode::Backspace, KeyModifiers::ALT)),
        _ => parse(sequence),
    }
}

/// `ESC` and a byte that could have begun a longer sequence, but did not: Alt and a character.
pub(super) fn alt(byte: u8) -> KeyEvent {
    let character = char::from(byte);
    let shift = if character.is_ascii_uppercase() {
        KeyModifiers::SHIFT
    } else {
        KeyModifiers::NONE
    };
    KeyEvent::new(KeyCode::Char(character), KeyModifiers::ALT | shift)
}

/// The key Esc.
pub(super) fn escape() -> KeyEvent {
    KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE)
}

/// The key of a whole sequence `ESC [ …` or `ESC O …`; `None` if it stands for none, or for a
/// release.
pub(super) fn sequence(bytes: &[u8]) -> Option<KeyEvent> {
    let (introducer, rest) = bytes.split_at_checked(2)?;
    let (&end, parameters) = rest.split_last()?;
    let is_plain = parameters
        .iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b';' | b':'))
        && parameters.first().is_none_or(u8::is_ascii_digit);
    let is_linux_function = parameters == b"[" && matches!(end, b'A'..=b'E');
    let is_key = match introducer {
        b"\x1bO" => parameters.is_empty(),
        b"\x1b[" => {
            is_linux_function
                || is_plain && matches!(end, b'A'..=b'H' | b'P'..=b'S' | b'Z' | b'~' | b'u')
        }
        _ => false,
    };
    if !is_key || bytes.len() > SEQUENCE_LEN_MAX {
        return None;
    }
    match (introducer, end) {
        (b"\x1bO", b'M') => Some(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE)),
        (b"\x1b[", b'R') if parameters == b"1" || parameters.is_empty() => {
            Some(KeyEvent::new(KeyCode::F(3), KeyModifiers::NONE))
        }
        _ => parse(&rewrite(bytes)),
    }
}

/// Sequences that termina takes for something else, as those that it takes for the same key:
/// xterm's modifyOtherKeys `CSI 27 ; modifiers ; code ~` as `CSI code ; modifiers u`, and F3 with
/// modifiers `CSI 1 ; modifiers R` as `CSI 13 ; modifiers ~`.
/// Source: xterm control sequences, "PC-Style Function Keys" and "modifyOtherKeys".
fn rewrite(bytes: &[u8]) -> Cow<'_, [u8]> {
    let between = |start: &[u8], end: &[u8]| bytes.strip_prefix(start)?.strip_suffix(end);
    if let Some(rest) = between(b"\x1b[27;", b"~") {
        let mut parts = rest.splitn(2, |byte| *byte == b';');
        if let (Some(modifiers), Some(code)) = (parts.next(), parts.next()) {
            return Cow::Owned([b"\x1b[", code, b";", modifiers, b"u"].concat());
        }
    } else if let Some(modifiers) = between(b"\x1b[1;", b"R") {
        return Cow::Owned([b"\x1b[13;", modifiers, b"~"].concat());
    }
    Cow::Borrowed(bytes)
}

fn parse(bytes: &[u8]) -> Option<KeyEvent> {
    let mut parser = Parser::default();
    parser.parse(bytes, false);
    match parser.pop()? {
        Event::Key(key) if key.kind != KeyEventKind::Release => {
            Some(KeyEvent::new(code(key.code)?, modifiers(key.modifiers)))
        }
        _ => None,
    }
}

/// Media keys and modifiers alone are no keys here.
fn code(code: TerminaCode) -> Option<KeyCode> {
    Some(match code {
        TerminaCode::Char(character) => KeyCode::Char(character),
        TerminaCode::Enter => KeyCode::Enter,
        TerminaCode::Backspace => KeyCode::Backspace,
        TerminaCode::Tab => KeyCode::Tab,
        TerminaCode::Escape => KeyCode::Esc,
        TerminaCode::Left => KeyCode::Left,
        TerminaCode::Right => KeyCode::Right,
        TerminaCode::Up => KeyCode::Up,
        TerminaCode::Down => KeyCode::Down,
        TerminaCode::Home => KeyCode::Home,
        TerminaCode::End => KeyCode::End,
        TerminaCode::BackTab => KeyCode::BackTab,
        TerminaCode::PageUp => KeyCode::PageUp,
        TerminaCode::PageDown => KeyCode::PageDown,
        TerminaCode::Insert => KeyCode::Insert,
        TerminaCode::Delete => KeyCode::Delete,
        TerminaCode::KeypadBegin => KeyCode::KeypadBegin,
        TerminaCode::CapsLock => KeyCode::CapsLock,
        TerminaCode::ScrollLock => KeyCode::ScrollLock,
        TerminaCode::NumLock => KeyCode::NumLock,
        TerminaCode::PrintScreen => KeyCode::PrintScreen,
        TerminaCode::Pause => KeyCode::Pause,
        TerminaCode::Menu => KeyCode::Menu,
        TerminaCode::Null => KeyCode::Null,
        TerminaCode::Function(number) => KeyCode::F(number),
        TerminaCode::Modifier(_) | TerminaCode::Media(_) => return None,
    })
}

fn modifiers(modifiers: Modifiers) -> KeyModifiers {
    const PAIRS: [(Modifiers, KeyModifiers); 6] = [
        (Modifiers::SHIFT, KeyModifiers::SHIFT),
        (Modifiers::ALT, KeyModifiers::ALT),
        (Modifiers::CONTROL, KeyModifiers::CONTROL),
        (Modifiers::SUPER, KeyModifiers::SUPER),
        (Modifiers::HYPER, KeyModifiers::HYPER),
        (Modifiers::META, KeyModifiers::META),
    ];
    PAIRS
        .into_iter()
        .filter(|(from, _)| modifiers.contains(*from))
        .fold(KeyModifiers::NONE, |all, (_, to)| all | to)
}
