//! Texts of others made harmless.

use ttychat::ui::text::{printable, truncated, width};
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
    }
    // What is only measured or cut may be anything.
    assert!(width(&truncated(&text, 20)) <= 20);
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
