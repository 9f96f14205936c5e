//! Wrapping and scrolling of the conversation.

use super::*;
use ttychat::ui::chat::{FADE_TIME, MESSAGE_COUNT_MAX, SHOWN_FOR};

/// A conversation over a picture, kept in view by the open typing line.
fn shown(chat: &Chat, columns: u16, rows: u16) -> String {
    let line = TextLine::default();
    let panel = Panel::Card {
        title: "",
        detail: "",
    };
    let mut view = view(window(columns, rows), Scene::Call(panel), chat);
    view.typing = Some(&line);
    words(&painted(&view).0)
}

fn numbered(count: usize) -> Chat {
    let mut chat = Chat::default();
    for number in 0..count {
        say(
            &mut chat,
            Speaker::Peer,
            "al",
            &format!("text {number:03}."),
        );
    }
    chat
}

#[test]
fn the_newest_messages_are_shown() {
    let text = shown(&numbered(40), 60, 22);
    assert!(
        text.contains("text 039.") && !text.contains("text 020."),
        "{text}"
    );
}

#[test]
fn long_texts_wrap_at_words_and_lose_nothing() {
    let said = "the quick brown fox jumps over the lazy dog and wonders why nobody ever asks it";
    let mut chat = Chat::default();
    say(&mut chat, Speaker::Peer, "al", said);
    for columns in [12, 18, 30, 44, 60] {
        let text = shown(&chat, columns, 60);
        let lines = text.lines().map(|line| line.trim_matches('|').trim());
        let all = lines.collect::<Vec<_>>().join(" ");
        let all = all.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(all.contains(said), "{columns}: {text}");
    }
}

#[test]
fn wide_characters_wrap_by_cells() {
    let mut chat = Chat::default();
    say(&mut chat, Speaker::Peer, "al", &"漢".repeat(60));
    let text = shown(&chat, 40, 40);
    assert_eq!(text.matches('漢').count(), 60, "{text}");
}

#[test]
fn scrolling_stops_at_both_ends() {
    let mut chat = numbered(40);
    shown(&chat, 60, 22);
    chat.scroll(5);
    assert!(!chat.is_scrolled());
    chat.scroll(-10_000);
    assert!(chat.is_scrolled());
    let text = shown(&chat, 60, 22);
    assert!(
        text.contains("text 000.") && text.contains("newer messages"),
        "{text}"
    );
    let first = text.lines().position(|line| line.contains("text 000."));
    chat.scroll(-1);
    let again = shown(&chat, 60, 22);
    assert_eq!(
        again.lines().position(|line| line.contains("text 000.")),
        first
    );
    chat.scroll(1);
    assert!(!shown(&chat, 60, 22).contains("text 000."), "one line on");
    chat.scroll(10_000);
    assert!(!chat.is_scrolled());
    chat.scroll(-chat.page());
    assert!(chat.is_scrolled());
    chat.scroll_to_end();
    assert!(shown(&chat, 60, 22).contains("text 039."));
}

#[test]
fn scrolling_back_shows_what_has_faded_even_when_all_fits() {
    let mut chat = numbered(3);
    let later = |chat: &Chat| {
        let panel = Panel::Card {
            title: "",
            detail: "",
        };
        let mut view = view(window(60, 22), Scene::Call(panel), chat);
        view.now = *START + SHOWN_FOR + FADE_TIME;
        words(&painted(&view).0)
    };
    assert!(!later(&chat).contains("text"), "all has faded");
    for back in [Chat::scroll_to_end, |chat: &mut Chat| chat.scroll(1)] {
        chat.scroll(-1);
        assert!(chat.is_scrolled());
        let text = later(&chat);
        assert!(
            text.contains("text 000.") && text.contains("text 002."),
            "{text}"
        );
        assert!(!text.contains("newer") && !text.contains("below"), "{text}");
        back(&mut chat);
        assert!(!chat.is_scrolled());
        assert!(!later(&chat).contains("text"), "it is gone again");
    }
    chat.scroll(-1);
    say(&mut chat, Speaker::Peer, "al", "something new");
    let text = later(&chat);
    assert!(
        text.contains("something new") && text.contains("text 000."),
        "what comes is shown too: {text}"
    );
    let mut nothing = Chat::default();
    nothing.scroll(-5);
    nothing.scroll(5);
    assert!(nothing.is_empty() && !nothing.is_scrolled());
}

#[test]
fn the_indicator_is_there_only_while_there_is_more_below() {
    let said = "some words that take two lines in a narrow window and one in a wide one";
    let mut chat = Chat::default();
    for _ in 0..4 {
        say(&mut chat, Speaker::Peer, "al", said);
    }
    shown(&chat, 24, 12);
    chat.scroll(-1);
    let narrow = shown(&chat, 24, 12);
    assert!(narrow.contains("more below"), "{narrow}");
    let wide = shown(&chat, 200, 50);
    assert!(!wide.contains("more below"), "{wide}");
}

#[test]
fn new_messages_do_not_move_who_has_scrolled_back() {
    let mut chat = numbered(40);
    shown(&chat, 60, 22);
    chat.scroll(-12);
    let before = shown(&chat, 60, 22);
    say(&mut chat, Speaker::Peer, "al", "something new");
    let after = shown(&chat, 60, 22);
    assert!(after.contains("13 newer messages"), "{after}");
    assert_eq!(before.replace("12 newer", "13 newer"), after);
}

#[test]
fn every_line_of_a_very_long_text_can_be_reached() {
    let mut chat = Chat::default();
    let said = (0..400)
        .map(|number| format!("w{number:03} "))
        .collect::<Vec<_>>()
        .concat();
    say(&mut chat, Speaker::Peer, "a-name-of-some-length", &said);
    say(&mut chat, Speaker::Peer, "al", "end");
    let mut seen = String::new();
    for _ in 0..200 {
        seen.push_str(&shown(&chat, 26, 12));
        chat.scroll(-1);
    }
    for number in 0..400 {
        assert!(
            seen.contains(&format!("w{number:03}")),
            "word {number} is never in view"
        );
    }
}

#[test]
fn a_resize_keeps_the_place() {
    let mut chat = Chat::default();
    for number in 0..30 {
        say(
            &mut chat,
            Speaker::Peer,
            "al",
            &format!("begin{number} some words more end{number}."),
        );
    }
    shown(&chat, 60, 22);
    chat.scroll(-10);
    let wide = shown(&chat, 60, 22);
    let lowest = (0..30)
        .rev()
        .find(|number| wide.contains(&format!("begin{number} ")));
    for columns in [24, 90, 16] {
        let text = shown(&chat, columns, 22);
        let now = (0..30)
            .rev()
            .find(|number| text.contains(&format!("begin{number} ")));
        assert_eq!(now, lowest, "{columns}: {text}");
    }
}

#[test]
fn only_the_last_messages_are_kept() {
    let mut chat = numbered(MESSAGE_COUNT_MAX);
    shown(&chat, 60, 22);
    chat.scroll(-10_000);
    for number in 0..20 {
        say(&mut chat, Speaker::Me, "bob", &format!("more {number}"));
    }
    assert_eq!(chat.len(), MESSAGE_COUNT_MAX);
    let text = shown(&chat, 60, 22);
    assert!(
        text.contains("text 020.") && !text.contains("text 019."),
        "{text}"
    );
    chat.scroll(-1);
    chat.scroll(1);
}

#[test]
fn a_message_is_amended_where_it_stands_and_only_while_it_is_kept() {
    let mut chat = Chat::default();
    let message = |text: &str| ChatMessage {
        speaker: Speaker::Program,
        name: String::new(),
        time: "14:03".to_owned(),
        text: text.to_owned(),
        at: *START,
    };
    chat.push(message("first"));
    let number = chat.push(message("second"));
    chat.push(message("third"));
    assert!(chat.amend(number, "another\u{1b} one"));
    assert!(!chat.amend(number + 2, "x"), "there is none yet");
    let text = shown(&chat, 60, 22);
    assert!(
        text.contains("another") && !text.contains("second"),
        "{text}"
    );
    assert!(text.find("another") < text.find("third"), "{text}");
    for _ in 0..MESSAGE_COUNT_MAX {
        chat.push(message("more"));
    }
    assert!(!chat.amend(number, "x"), "it is gone");
}
