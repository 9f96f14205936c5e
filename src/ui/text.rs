//! Texts of others made harmless, and how wide texts are.
//!
//! Terminals disagree about invisible characters and joined emoji: some draw a family of three as
//! one sign two cells wide, most as three signs. A text in which every grapheme has the same width
//! on every terminal is the only one that cannot shift the cells beside it, so what joins and
//! varies emoji is left out, and the parts are shown one by one.
//!
//! Invariant: what [`printable`] gives holds no control and no invisible character, and giving it
//! to [`printable`] again changes nothing.

use ratatui::buffer::CellWidth;
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// Most combining marks on one letter. Vietnamese needs 2, pointed and sung Hebrew 3 or 4; more is
/// a tower of marks that covers the lines above.
const MARK_COUNT_MAX: usize = 4;

/// Widest grapheme, in cells. The widest real ones are conjuncts of Indic scripts.
const GRAPHEME_WIDTH_MAX: usize = 6;

/// Makes a text safe and visible on one line: C0 and C1 controls, escapes, bidi controls and
/// zero-width tricks become visible signs; over-long runs of combining marks are cut. Tabs and line
/// ends become spaces.
pub fn printable(text: &str) -> String {
    safe(text).into_owned()
}

/// [`printable`] without a copy where there is nothing to change.
pub(super) fn safe(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.replace("\r\n", " ").chars() {
        push_visible(&mut shown, character);
    }
    Cow::Owned(cut_graphemes(&shown))
}

/// How many cells a text takes.
pub fn width(text: &str) -> usize {
    graphemes(text).map(|(_, width)| width).sum()
}

/// The graphemes of a text and how many cells each takes, as ratatui measures them.
pub(super) fn graphemes(text: &str) -> impl DoubleEndedIterator<Item = (&str, usize)> {
    text.graphemes(true).map(|grapheme| {
        // ratatui asserts in debug builds that it is asked about no control character.
        let width = if grapheme.contains(char::is_control) {
            0
        } else {
            grapheme.cell_width()
        };
        (grapheme, usize::from(width))
    })
}

/// The text itself when it takes at most `width_max` cells, else its start and an ellipsis.
pub fn truncated(text: &str, width_max: usize) -> Cow<'_, str> {
    if width(text) <= width_max {
        return Cow::Borrowed(text);
    }
    let Some(room) = width_max.checked_sub(1) else {
        return Cow::Borrowed("");
    };
    let mut kept = prefix(text, room).trim_end().to_owned();
    kept.push('…');
    Cow::Owned(kept)
}

/// As much of the start of `text` as fits into `width_max` cells.
pub(super) fn prefix(text: &str, width_max: usize) -> &str {
    let mut len = 0;
    let mut taken = 0;
    for (grapheme, width) in graphemes(text) {
        taken += width;
        if taken > width_max {
            break;
        }
        len += grapheme.len();
    }
    text.get(..len).unwrap_or_default()
}

/// Cuts `text` into lines of at most `width_max` cells, at spaces where there are any; the first
/// may take only `first_max`, and is empty when a first word fits only on the second. Each line is
/// a byte range of `text`; a grapheme wider than a line has a line for itself. There is at least
/// one line.
pub fn wrap(text: &str, first_max: usize, width_max: usize) -> Vec<std::ops::Range<usize>> {
    let mut lines = Vec::new();
    let (mut start, mut end, mut taken) = (0, 0, 0);
    let line_max = |index| if index == 0 { first_max } else { width_max };
    // Where the last word began that could be moved to the next line, and what it took till then.
    let mut word: Option<(usize, usize)> = None;
    for (grapheme, width) in graphemes(text) {
        let blank = grapheme == " ";
        // Once more where the word that moved is too long for a line with this.
        while !blank && end > start && taken + width > line_max(lines.len()) {
            let whole = lines.is_empty() && word.is_none() && first_word(text) <= width_max;
            let unbroken = if whole && first_max < width_max {
                (start, 0)
            } else {
                (end, taken)
            };
            let (next, kept) = word.take().unwrap_or(unbroken);
            lines.push(start..next);
            start = next;
            taken -= kept;
        }
        end += grapheme.len();
        taken += width;
        if blank {
            word = Some((end, taken));
        }
    }
    lines.push(start..end);
    lines
}

/// How many cells the first word takes.
fn first_word(text: &str) -> usize {
    text.split(' ').next().map_or(0, width)
}

/// Appends `character` in a form that can be seen.
fn push_visible(shown: &mut String, character: char) {
    let previous = shown.chars().next_back();
    match character {
        '\t' | '\n' => shown.push(' '),
        '\0'..='\u{1f}' => shown.push(control_picture(character)),
        '\u{7f}' => shown.push('\u{2421}'),
        // Joiners shape Arabic and Indic words; between emoji they only hide how many there are.
        '\u{200c}' | '\u{200d}' if previous.is_some_and(is_joining_script) => shown.push(character),
        '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}' if previous.is_some_and(is_sign) => {}
        '\u{fe0e}' | '\u{fe0f}'
            if previous.is_some_and(|before| is_sign(before) || is_key(before)) => {}
        _ if is_invisible(character) => push_number(shown, character),
        _ => shown.push(character),
    }
}

/// Appends what Unicode calls a character that cannot be shown.
fn push_number(shown: &mut String, character: char) {
    let number = format!("‹U+{:04X}›", u32::from(character));
    shown.push_str(&number);
}

/// The picture of a C0 control: U+2400 and on.
fn control_picture(control: char) -> char {
    char::from_u32(0x2400 + u32::from(control)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Scripts in which zero-width joiners belong to the spelling: Arabic and Syriac to Khmer.
const fn is_joining_script(character: char) -> bool {
    matches!(character, '\u{600}'..='\u{1cff}' | '\u{a840}'..='\u{abff}' | '\u{fb50}'..='\u{fdff}')
}

/// Where emoji and other signs are, which may be joined and varied.
const fn is_sign(character: char) -> bool {
    matches!(character, '\u{203c}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Other characters that a selector may make an emoji.
const fn is_key(character: char) -> bool {
    matches!(character, '#' | '*' | '0'..='9' | '\u{a9}' | '\u{ae}')
}

/// C1 controls, bidi controls, fillers, tags, separators and all else that Unicode calls ignorable
/// by default, with what is no character at all. Source: `DerivedCoreProperties.txt`,
/// `Default_Ignorable_Code_Point`.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Gives graphemes without a width a carrier, cuts towers of marks and over-wide clusters.
fn cut_graphemes(text: &str) -> String {
    let mut cut = String::with_capacity(text.len());
    for (grapheme, width) in graphemes(text) {
        let start = cut.len();
        if width == 0 {
            // A mark without a letter: Unicode shows it on a dotted circle. What does not join that
            // either, such as half a Korean syllable, is named.
            if ["\u{25cc}", grapheme]
                .concat()
                .graphemes(true)
                .nth(1)
                .is_some()
            {
                grapheme
                    .chars()
                    .for_each(|character| push_number(&mut cut, character));
                continue;
            }
            cut.push('\u{25cc}');
        }
        let mut marks = 0;
        for character in grapheme.chars() {
            let narrow = character.encode_utf8(&mut [0; 4]).cell_width() == 0;
            marks += usize::from(narrow);
            if narrow && marks > MARK_COUNT_MAX {
                continue;
            }
            let len = cut.len();
            cut.push(character);
            let taken = cut.get(start..).map_or(0, self::width);
            if taken > GRAPHEME_WIDTH_MAX {
                cut.truncate(len);
                break;
            }
        }
    }
    cut
}
