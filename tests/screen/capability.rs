//! Answers one by one, and what goes before them.

use crate::{input::typed, interview::Asked};
use proptest::prelude::*;
use ttychat::screen::{
    capability::{Answer, Client, NAME_COUNT_MAX, Name, RgbKept, Version},
    color::ColorDepth,
};

#[test]
fn the_persons_wish_goes_before_all_answers() {
    let truecolor = b"\x1bP1$r0;48:2::1:2:3m\x1b\\\x1b[?62;c";
    for wanted in [ColorDepth::Mono, ColorDepth::Ansi16, ColorDepth::Indexed256] {
        let mut asked = Asked::wanting(&[("TERM", "xterm-256color")], Some(wanted));
        asked.hear(&[truecolor]);
        assert_eq!(asked.interview.profile().depth, wanted);
    }
    let indexed = b"\x1bP1$r0;48;5;16m\x1b\\\x1b[?62;c";
    let mut asked = Asked::new(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]);
    asked.hear(&[indexed]);
    assert_eq!(asked.interview.profile().depth, ColorDepth::Truecolor);
    let mut asked = Asked::new(&[("TERM", "xterm-kitty"), ("NO_COLOR", "1")]);
    asked.hear(&[truecolor]);
    assert_eq!(asked.interview.profile().depth, ColorDepth::Mono);
    let mut asked = Asked::wanting(&[("TERM", "screen")], Some(ColorDepth::Truecolor));
    asked.hear(&[b"\x1b[>83;40900;0c\x1b[?1;2c"]);
    assert_eq!(asked.interview.profile().depth, ColorDepth::Truecolor);
}

#[test]
fn nothing_is_made_of_replies_that_say_nothing() {
    let replies: [&[u8]; 30] = [
        b"",
        b"\x1b",
        b"\x1b[",
        b"\x1b[c",
        b"\x1b[?c",
        b"\x1b[?x;4c",
        b"\x1b[?99999;4c",
        b"\x1b[>c",
        b"\x1b[>1;2c",
        b"\x1b[>1;2;3;4c",
        b"\x1b[>1;2;99999999999c",
        b"\x1b[?2026;9$y",
        b"\x1b[?2026$y",
        b"\x1b[?25;1$y",
        b"\x1b[6;0;8t",
        b"\x1b[6;16;0t",
        b"\x1b[6;16;99999t",
        b"\x1b[4;600;800t",
        b"\x1b[6;16;8;1t",
        b"\x1bP>|\x1b\\",
        b"\x1bP>|\xff\xfe\x1b\\",
        b"\x1bP>|foot(1.13.1)",
        b"\x1bP0$r\x1b\\",
        b"\x1bP1$r0m\x1b\\",
        b"\x1bP1$r48m\x1b\\",
        b"\x1bP1$r0 q\x1b\\",
        b"\x1bP1+r524742ff=1\x1b\\",
        b"\x1b]11;#112233\x1b\\",
        b"\x1b]11;rgb:1/2\x1b\\",
        b"\x1b]12;rgb:1/2/3\x1b\\",
    ];
    for reply in replies {
        assert_eq!(Answer::parse(reply), None, "{}", reply.escape_ascii());
    }
}

#[test]
fn colours_have_one_to_four_digits() {
    for (text, color) in [
        ("rgb:f/8/0", [255, 136, 0]),
        ("rgb:ff/80/00", [255, 128, 0]),
        ("rgb:fff/800/000", [255, 128, 0]),
        ("rgb:ffff/8080/0000", [255, 128, 0]),
        ("rgba:ffff/8080/0000/ffff", [255, 128, 0]),
    ] {
        let reply = format!("\x1b]10;{text}\x07");
        assert_eq!(
            Answer::parse(reply.as_bytes()),
            Some(Answer::Foreground(color))
        );
    }
}

#[test]
fn pens_are_written_in_several_ways() {
    for (pen, kept) in [
        ("0;48:2::1:2:3", RgbKept::Rgb),
        ("48:2:1:2:3", RgbKept::Rgb),
        ("0;8;48;2;1;2;3", RgbKept::Rgb),
        ("0;48:5:16", RgbKept::Indexed),
        ("0;38;5;7;48;5;16", RgbKept::Indexed),
    ] {
        let reply = format!("\x1bP1$r{pen}m\x1b\\");
        assert_eq!(
            Answer::parse(reply.as_bytes()),
            Some(Answer::Colors(kept)),
            "{pen}"
        );
    }
}

#[test]
fn names_are_printable_and_bounded() {
    let long = Name::new(&"n".repeat(NAME_COUNT_MAX + 1)).unwrap();
    assert_eq!(long.to_string().len(), NAME_COUNT_MAX);
    assert_eq!(
        Name::new(&"n".repeat(NAME_COUNT_MAX))
            .unwrap()
            .to_string()
            .len(),
        NAME_COUNT_MAX
    );
    let hostile = Name::new("evil\x1b]0;x\x07\u{202e}(1.2\u{85})").unwrap();
    assert_eq!(hostile.to_string(), "evil]0;x 1.2");
    assert_eq!(Name::new(" \u{7f}\u{1b} "), None);
    // Longer than the tokenizer keeps.
    let mut asked = Asked::new(&[("TERM", "xterm-256color")]);
    let over_long = format!("\x1bP>|{}\x1b\\\x1b[?62;c", "q".repeat(10_000));
    asked.hear(&[over_long.as_bytes()]);
    assert_eq!(
        (asked.interview.profile().name, asked.keys.len()),
        (None, 0)
    );
    for (text, version) in [
        ("foot(1.13.1)", Version(1, 13, 1)),
        ("tmux 3.3a", Version(3, 3, 0)),
        ("tmux next-3.6", Version(3, 6, 0)),
        ("XTerm(379)", Version(379, 0, 0)),
        (
            "WezTerm 20240203-110809-5046fc22",
            Version(20_240_203, 0, 0),
        ),
        ("odd 99999999999.1", Version(0, 1, 0)),
        ("odd", Version(0, 0, 0)),
    ] {
        assert_eq!(Name::new(text).unwrap().version(), version, "{text}");
    }
}

#[test]
fn tmux_says_what_the_terminal_outside_is() {
    // Recorded with tmux 3.3a.
    let without = "3.3a\txterm-256color\t\tbpaste,ccolour,clipboard,cstyle,focus,title\n";
    let with = "3.3a\txterm-256color\tfoot(1.13.1)\tbpaste,ccolour,clipboard,focus,RGB,title\n";
    let environment = [
        ("TERM", "tmux-256color"),
        ("TMUX", "/tmp/tmux-0/default,1,0"),
    ];
    let advised = |text: &str| {
        let mut asked = Asked::new(&environment);
        asked.hear(&[b"\x1bP>|tmux 3.3a\x1b\\\x1b[>84;0;0c\x1b[?1;2c"]);
        asked.interview.handle_client(Client::parse(text));
        let profile = asked.interview.profile();
        (
            profile.depth,
            profile.name,
            profile.advice.map(|advice| advice.to_string()),
        )
    };
    let line = |term: &str| Some(format!("set -as terminal-features \",{term}:RGB\""));
    let tmux = Some("tmux 3.3a".to_owned());
    let indexed = ColorDepth::Indexed256;
    assert_eq!(
        advised(without),
        (indexed, tmux.clone(), line("xterm-256color"))
    );
    let in_foot = Some("tmux 3.3a in foot 1.13.1".to_owned());
    assert_eq!(advised(with), (ColorDepth::Truecolor, in_foot, None));
    // Its features are known to be few.
    let console = without.replace("xterm-256color", "linux");
    assert_eq!(advised(&console), (indexed, tmux.clone(), None));
    let odd = without.replace("xterm-256color", "x\"; run-shell \"rm");
    assert_eq!(
        advised(&odd),
        (indexed, tmux.clone(), line("xterm-256color"))
    );
    // Nobody is attached, an old tmux, rubbish.
    for text in [
        "3.3a\t\t\t\n",
        "3.1c\txterm\t\t\n",
        "",
        "no server running",
        "\t\t\t\t",
    ] {
        assert_eq!(
            advised(text),
            (ColorDepth::Truecolor, tmux.clone(), None),
            "{text:?}"
        );
    }
}

/// Both hand on the variable of the terminal that they were started in.
#[test]
fn colorterm_is_not_believed_where_it_is_inherited() {
    let colorterm = ("COLORTERM", "truecolor");
    let tmux = [
        ("TERM", "tmux-256color"),
        ("TMUX", "/tmp/tmux-0/default,1,0"),
        colorterm,
    ];
    let depth = |environment: &[(&'static str, &'static str)], reply: &[u8], client: &str| {
        let mut asked = Asked::new(environment);
        asked.hear(&[reply]);
        asked.interview.handle_client(Client::parse(client));
        asked.interview.profile().depth
    };
    let reply = b"\x1bP>|tmux 3.3a\x1b\\\x1b[>84;0;0c\x1b[?1;2c";
    let told = "3.3a\txterm-256color\t\tbpaste,title\n";
    assert_eq!(depth(&tmux, reply, told), ColorDepth::Indexed256);
    let told = "3.3a\txterm-256color\t\tbpaste,RGB,title\n";
    assert_eq!(depth(&tmux, reply, told), ColorDepth::Truecolor);
    assert_eq!(depth(&tmux, reply, ""), ColorDepth::Truecolor);
    // By TERM alone, by its variable, and by its answer; before it has answered, too.
    let inside = [("TERM", "screen-256color"), ("STY", "1.x"), colorterm];
    for reply in [&b""[..], b"\x1b[>83;40900;0c\x1b[?1;2c", b"\x1b[?1;2c"] {
        assert_eq!(depth(&inside, reply, ""), ColorDepth::Indexed256);
        assert_eq!(
            depth(&[inside[0], colorterm], reply, ""),
            ColorDepth::Indexed256
        );
    }
    let screen = b"\x1b[>83;50000;0c\x1b[?1;2c";
    let term = ("TERM", "xterm-256color");
    assert_eq!(
        depth(&[term, colorterm], screen, ""),
        ColorDepth::Indexed256
    );
}

#[test]
fn behind_ssh_the_advice_is_only_possible() {
    let advice = |environment: &[(&'static str, &'static str)], wanted| {
        let mut asked = Asked::wanting(environment, wanted);
        asked.hear(&[b"\x1bP>|tmux 3.1c\x1b\\\x1b[?1;2c"]);
        asked.interview.profile().advice
    };
    let possible = advice(&[("TERM", "screen-256color")], None).unwrap();
    assert!(!possible.is_certain());
    assert_eq!(
        possible.to_string(),
        "set -as terminal-overrides \",xterm-256color:Tc\""
    );
    // Where it cannot matter, or somebody knows.
    let term = ("TERM", "screen-256color");
    assert_eq!(advice(&[term], Some(ColorDepth::Indexed256)), None);
    assert_eq!(advice(&[term, ("NO_COLOR", "1")], None), None);
    assert_eq!(advice(&[term, ("COLORTERM", "truecolor")], None), None);
}

proptest! {
    /// Whatever comes, cut anywhere: afterwards keys are keys again, and nothing that could not be
    /// printed has been kept.
    #[test]
    fn no_answer_leaves_anything_behind(
        pieces in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..40),
                "\u{1b}[\\[P\\]][>?]?[0-9;:|rgb:/$+]{0,30}[cqmtyR\\\\\u{7}\u{1b}]?"
                    .prop_map(String::into_bytes),
            ],
            0..12,
        )
    ) {
        let mut asked = Asked::new(&[("TERM", "xterm-256color")]);
        let pieces: Vec<_> = pieces.iter().map(Vec::as_slice).collect();
        asked.hear(&pieces);
        asked.hear_nothing();
        asked.hear(&[b"x"]);
        prop_assert_eq!(asked.keys.last(), Some(&typed('x')));
        let name = asked.interview.profile().name.unwrap_or_default();
        prop_assert!(name.len() <= NAME_COUNT_MAX);
        prop_assert!(name.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    }

    #[test]
    fn no_reply_is_too_odd(reply in "\u{1b}[\\[P\\]][ -~\u{1b}\u{7}é]{0,40}") {
        // It must not panic; what it says is checked above.
        drop(Answer::parse(reply.as_bytes()));
        drop(Client::parse(&reply));
    }
}
