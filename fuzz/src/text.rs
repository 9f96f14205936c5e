//! Texts of others made harmless.

use ttychat::ui::text::{printable, truncated, width, wrap};
use unicode_segmentation::UnicodeSegmentation;

pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let shown = printable(&text);
    harmless(&shown);
    assert_eq!(printable(&shown), shown, "not the same when done again");
    assert!(shown.len() <= 16 * text.len(), "it grew without a bound");
    let mut sum = 0;
    for grapheme in shown.graphemes(true) {
        let cells = width(grapheme);
        assert!((1..=6).contains(&cells), "{grapheme:?} takes {cells} cells");
        sum += cells;
    }
    assert_eq!(sum, width(&shown));
    for width_max in [
        0,
        1,
        7,
        usize::from(data.first().copied().unwrap_or_default()),
    ] {
        let cut = truncated(&shown, width_max);
        assert!(
            width(&cut) <= width_max,
            "{cut:?} is wider than {width_max}"
        );
        harmless(&cut);
        for first_max in [0, width_max / 2, width_max] {
            lines(&shown, first_max, width_max);
        }
    }
    // What is only measured or cut may be anything.
    assert!(width(&truncated(&text, 20)) <= 20);
}

/// Lines hold all of the text, and none is wider than it may be.
fn lines(shown: &str, first_max: usize, width_max: usize) {
    let mut end = 0;
    for (index, line) in wrap(shown, first_max, width_max).into_iter().enumerate() {
        assert_eq!(line.start, end, "a gap in the text");
        end = line.end;
        let line = shown.get(line).expect("whole characters");
        let line = line.trim_end_matches(' ');
        let most = if index == 0 { first_max } else { width_max };
        assert!(
            width(line) <= most || line.graphemes(true).count() == 1,
            "{line:?} is wider than {most}"
        );
    }
    assert_eq!(end, shown.len(), "text was lost");
}

/// Nothing that a terminal obeys and nothing that cannot be seen, but the joiners that are part of
/// a spelling.
fn harmless(shown: &str) {
    let mut before = '\0';
    for character in shown.chars() {
        let harmful = character.is_control()
            || matches!(
                character,
                '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            )
            || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
            || matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
            || matches!(character, '\u{e0000}'..='\u{e0fff}');
        assert!(!harmful, "{character:?} in {shown:?}");
        if matches!(character, '\u{200c}' | '\u{200d}') {
            assert!(!before.is_ascii(), "a joiner after {before:?}");
        }
        before = character;
    }
}
