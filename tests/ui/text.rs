//! Texts of others made harmless, widths, and the typing line.

use super::config;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use ttychat::{
    protocol::limits::TEXT_LEN_MAX,
    ui::{
        text::{printable, truncated, width},
        text_line::{self, TextLine},
    },
};

#[track_caller]
fn check(text: &str, shown: &str) {
    assert_eq!(printable(text), shown, "{text:?}");
    assert_eq!(printable(shown), shown, "{shown:?} again");
}

#[test]
fn controls_become_visible() {
    check("", "");
    check("plain, ünï, 日本", "plain, ünï, 日本");
    check("\x1b[31mred\x1b[0m", "␛[31mred␛[0m");
    check("\x07\0\x7f\r", "␇␀␡␍");
    check("a\tb\nc\r\nd", "a b c d");
    check("\u{9b}31m\u{85}", "‹U+009B›31m‹U+0085›");
    check("\u{202e}gpj.exe\u{2066}", "‹U+202E›gpj.exe‹U+2066›");
    check(
        "al\u{200b}ice\u{feff}\u{ad}",
        "al‹U+200B›ice‹U+FEFF›‹U+00AD›",
    );
    check("\u{2028}\u{e0041}\u{3164}", "‹U+2028›‹U+E0041›‹U+3164›");
}

#[test]
fn joined_and_varied_emoji_are_shown_in_parts() {
    check("👩\u{200d}👩\u{200d}👧", "👩👩👧");
    check("❤\u{fe0f} 1\u{fe0f}\u{20e3} 👍🏽", "❤ 1\u{20e3} 👍");
    check("a\u{200d}b\u{fe0f}", "a‹U+200D›b‹U+FE0F›");
    // Persian words are spelt with non-joiners.
    check("می\u{200c}خواهم", "می\u{200c}خواهم");
}

#[test]
fn towers_of_marks_are_cut() {
    check("e\u{301}", "e\u{301}");
    check("\u{301}x", "\u{25cc}\u{301}x");
    let tower: String = std::iter::once('e')
        .chain(std::iter::repeat_n('\u{301}', 5_000))
        .collect();
    assert_eq!(printable(&tower).chars().count(), 5);
    let jamo = "\u{1100}".repeat(1_000);
    assert!(printable(&jamo).chars().count() < 10);
}

#[test]
fn texts_are_cut_by_width() {
    assert_eq!(width("日本 a"), 6);
    assert_eq!(truncated("日本語", 6), "日本語");
    assert_eq!(truncated("日本語", 5), "日本…");
    assert_eq!(truncated("日本語", 4), "日…");
    assert_eq!(truncated("abc", 1), "…");
    assert_eq!(truncated("abc", 0), "");
}

/// Characters that have broken terminals and width tables, beside any others.
fn hostile() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        any::<char>(),
        "[\\x00-\\x20\\x7f-\\xa0]".prop_map(|text| text.chars().next().unwrap()),
        proptest::sample::select(
            "\u{200d}\u{fe0f}\u{1f3fd}\u{1f1e9}👩🏳\u{301}\u{94d}क\u{1100}\u{1160}\u{11a8}\u{ff9e}\
             \u{e33}\u{600}\u{17d2}\u{17d8}\u{644}\u{627}\u{25cc}‹"
                .chars()
                .collect::<Vec<_>>()
        ),
    ];
    proptest::collection::vec(character, 0..24).prop_map(String::from_iter)
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn printable_is_safe_stable_and_as_wide_as_what_is_painted(text in hostile()) {
        let shown = printable(&text);
        prop_assert!(!shown.chars().any(char::is_control), "{shown:?}");
        prop_assert_eq!(printable(&shown), shown.as_str());
        let mut buffer = Buffer::empty(Rect::new(0, 0, 400, 1));
        let (end, _) = buffer.set_stringn(0, 0, &shown, 400, Style::new());
        prop_assert_eq!(usize::from(end), width(&shown));
        let painted: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        // Nothing is left out, so nothing can hide.
        let kept = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
        prop_assert_eq!(kept(&painted), kept(&shown));
        prop_assert!(width(&truncated(&shown, 7)) <= 7);
    }

    #[test]
    fn no_keys_break_the_line(keys in proptest::collection::vec((0..17_usize, hostile()), 0..40)) {
        let mut line = TextLine::default();
        for (key, text) in keys {
            match NAMED.get(key) {
                Some((code, modifiers)) => { line.handle_key(&KeyEvent::new(*code, *modifiers)); }
                None => for letter in text.chars() {
                    line.handle_key(&KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE));
                }
            }
            let (before, after) = line.split();
            prop_assert_eq!([before, after].concat(), line.text());
            prop_assert!(line.text().len() <= TEXT_LEN_MAX);
            prop_assert_eq!(printable(line.text()), line.text());
        }
    }
}

const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const NONE: KeyModifiers = KeyModifiers::NONE;
const NAMED: [(KeyCode, KeyModifiers); 15] = [
    (KeyCode::Left, NONE),
    (KeyCode::Right, NONE),
    (KeyCode::Left, CTRL),
    (KeyCode::Right, KeyModifiers::ALT),
    (KeyCode::Home, NONE),
    (KeyCode::End, NONE),
    (KeyCode::Backspace, NONE),
    (KeyCode::Delete, NONE),
    (KeyCode::Backspace, KeyModifiers::ALT),
    (KeyCode::Delete, CTRL),
    (KeyCode::Char('u'), CTRL),
    (KeyCode::Char('k'), CTRL),
    (KeyCode::Char('w'), CTRL),
    (KeyCode::Char('a'), CTRL),
    (KeyCode::Char('e'), CTRL),
];

/// Types `text` into a line, presses the keys, and compares; `|` marks the cursor.
#[track_caller]
fn edit(text: &str, keys: &[(KeyCode, KeyModifiers)], expected: &str) {
    let mut line = TextLine::default();
    line.insert(text);
    for (code, modifiers) in keys {
        assert!(
            line.handle_key(&KeyEvent::new(*code, *modifiers)),
            "{code:?} means something"
        );
    }
    let (before, after) = line.split();
    assert_eq!(format!("{before}|{after}"), expected);
    assert_eq!(line.take(), expected.replace('|', ""));
    assert_eq!(line.text(), "");
}

#[test]
fn the_line_is_edited_by_graphemes() {
    use KeyCode::{Backspace, Char, Delete, End, Home, Left, Right};
    edit("ae\u{301}", &[(Backspace, NONE)], "a|");
    edit("日本", &[(Left, NONE), (Char('x'), NONE)], "日x|本");
    edit("abc", &[(Home, NONE), (Delete, NONE), (Right, NONE)], "b|c");
    edit(
        "abc",
        &[(Char('a'), CTRL), (End, NONE), (Left, NONE)],
        "ab|c",
    );
    edit("one two  three", &[(Char('w'), CTRL)], "one two  |");
    edit(
        "one two  three",
        &[(Left, CTRL), (Left, CTRL)],
        "one |two  three",
    );
    edit(
        "one two",
        &[(Home, NONE), (Right, CTRL), (Char('k'), CTRL)],
        "one|",
    );
    edit(
        "one two",
        &[(Left, KeyModifiers::ALT), (Char('u'), CTRL)],
        "|two",
    );
    edit("a", &[(Home, NONE), (Backspace, NONE), (Left, NONE)], "|a");
    edit("a\nb\tc\x1b", &[], "a b c␛|");
}

#[test]
fn characters_that_come_one_by_one_join_what_stands_before() {
    for (typed, shown) in [
        ("e\u{301}", "e\u{301}"),
        ("👍🏽", "👍"),
        ("👩\u{200d}👧", "👩👧"),
    ] {
        let mut line = TextLine::default();
        for letter in typed.chars() {
            line.insert(letter.encode_utf8(&mut [0; 4]));
        }
        assert_eq!(line.text(), shown);
    }
}

#[test]
fn keys_that_are_not_the_lines_are_left_to_others() {
    let mut line = TextLine::default();
    for (code, modifiers) in [
        (KeyCode::Enter, NONE),
        (KeyCode::Esc, NONE),
        (KeyCode::Up, NONE),
        (KeyCode::Char('c'), CTRL),
        (KeyCode::F(5), NONE),
    ] {
        assert!(
            !line.handle_key(&KeyEvent::new(code, modifiers)),
            "{code:?}"
        );
    }
    // AltGr on Windows.
    line.handle_key(&KeyEvent::new(KeyCode::Char('@'), CTRL | KeyModifiers::ALT));
    assert_eq!(line.text(), "@");
}

#[test]
fn a_line_holds_as_much_as_a_message() {
    assert_eq!(text_line::TEXT_LEN_MAX, TEXT_LEN_MAX);
    let mut line = TextLine::default();
    line.insert(&"x".repeat(TEXT_LEN_MAX - 1));
    line.insert("日");
    assert_eq!(
        line.text().len(),
        TEXT_LEN_MAX - 1,
        "three bytes do not fit"
    );
    line.insert("yz");
    assert_eq!(line.text().len(), TEXT_LEN_MAX);
    line.handle_key(&KeyEvent::new(KeyCode::Home, NONE));
    line.insert(&"w".repeat(10_000_000));
    assert_eq!(line.text().len(), TEXT_LEN_MAX);
}
