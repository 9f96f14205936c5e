//! The line that is being typed: editing by graphemes.
//!
//! Invariant: the cursor stands between two graphemes; the text is printable as `ui::text` means
//! it and at most `TEXT_LEN_MAX` bytes long.

use super::text;
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;

/// Longest text in bytes: `protocol::limits::TEXT_LEN_MAX`, which is not named here because `ui`
/// does not know the wire; a test keeps them equal.
pub const TEXT_LEN_MAX: usize = 4096;

/// The line that is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextLine {
    text: String,
    /// Where the next character goes, in bytes.
    cursor: usize,
}

impl TextLine {
    /// Edits: characters, Backspace, Delete, Left, Right, Home, End, with Ctrl or Alt by words,
    /// Ctrl-A/E/B/F/D/H/U/K/W. Says whether the key meant something here. Enter and Esc are the
    /// caller's.
    pub fn handle_key(&mut self, key: &KeyEvent) -> bool {
        if key.kind == KeyEventKind::Release {
            return false;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let cursor = self.cursor;
        match key.code {
            KeyCode::Left if control || alt => self.cursor = self.word_before(),
            KeyCode::Right if control || alt => self.cursor = self.word_after(),
            KeyCode::Left => self.cursor = self.before(),
            KeyCode::Right => self.cursor = self.after(),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            KeyCode::Backspace if control || alt => self.remove(self.word_before(), cursor),
            KeyCode::Delete if control || alt => self.remove(cursor, self.word_after()),
            KeyCode::Backspace => self.remove(self.before(), cursor),
            KeyCode::Delete => self.remove(cursor, self.after()),
            // AltGr comes as Ctrl and Alt together on Windows, and types.
            KeyCode::Char(letter) if control != alt => return self.handle_command(letter, control),
            KeyCode::Char(letter) => self.insert(letter.encode_utf8(&mut [0; 4])),
            _ => return false,
        }
        true
    }

    /// Inserts a paste; line ends become spaces. Holds at most [`TEXT_LEN_MAX`] bytes; what is
    /// beyond is cut.
    pub fn insert(&mut self, text: &str) {
        // A paste may be megabytes: no more of it is looked at than could be kept.
        let end = text
            .char_indices()
            .nth(TEXT_LEN_MAX)
            .map_or(text.len(), |(at, _)| at);
        let (before, after) = self.split();
        // Terminals report an emoji or an accented letter as several characters, one at a time:
        // what comes is judged together with what stands before it.
        let text = text.get(..end).unwrap_or_default();
        let text = text.replace("\r\n", " ").replace(['\r', '\n'], " ");
        let joined = [before, &text].concat();
        let shown = text::printable(&joined);
        let room = TEXT_LEN_MAX.saturating_sub(after.len());
        let mut len = 0;
        for grapheme in shown.graphemes(true) {
            if len + grapheme.len() > room {
                break;
            }
            len += grapheme.len();
        }
        let kept = shown.get(..len).unwrap_or_default().to_owned();
        let after = after.to_owned();
        self.settle(&kept, &after);
    }

    /// Takes what was typed and empties the line.
    pub fn take(&mut self) -> String {
        self.cursor = 0;
        std::mem::take(&mut self.text)
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What was typed before the cursor, and behind it.
    pub fn split(&self) -> (&str, &str) {
        self.text
            .split_at_checked(self.cursor)
            .unwrap_or((&self.text, ""))
    }

    fn handle_command(&mut self, letter: char, control: bool) -> bool {
        let cursor = self.cursor;
        match (control, letter.to_ascii_lowercase()) {
            (true, 'a') => self.cursor = 0,
            (true, 'e') => self.cursor = self.text.len(),
            (true, 'b') => self.cursor = self.before(),
            (true, 'f') => self.cursor = self.after(),
            (true, 'd') => self.remove(cursor, self.after()),
            (true, 'h') => self.remove(self.before(), cursor),
            (true, 'u') => self.remove(0, cursor),
            (true, 'k') => self.remove(cursor, self.text.len()),
            (true, 'w') => self.remove(self.word_before(), cursor),
            // What readline has for terminals whose arrows know no Ctrl.
            (false, 'b') => self.cursor = self.word_before(),
            (false, 'f') => self.cursor = self.word_after(),
            (false, 'd') => self.remove(cursor, self.word_after()),
            _ => return false,
        }
        true
    }

    fn remove(&mut self, from: usize, to: usize) {
        let before = self.text.get(..from).unwrap_or_default().to_owned();
        let after = self.text.get(to..).unwrap_or_default().to_owned();
        self.settle(&before, &after);
    }

    /// Puts the two parts together with the cursor between them. What has come together may join
    /// to one grapheme, or want another form: a mark that has lost its letter, two halves of an
    /// emoji.
    fn settle(&mut self, before: &str, after: &str) {
        self.text = text::printable(&[before, after].concat());
        while self.text.len() > TEXT_LEN_MAX {
            let last = self.text.graphemes(true).next_back().map_or(0, str::len);
            self.text.truncate(self.text.len() - last);
        }
        self.cursor = self.boundary_from(before.len().min(self.text.len()));
    }

    /// Where the grapheme before the cursor starts.
    fn before(&self) -> usize {
        let len = self
            .split()
            .0
            .graphemes(true)
            .next_back()
            .map_or(0, str::len);
        self.cursor - len
    }

    /// Where the grapheme behind the cursor ends.
    fn after(&self) -> usize {
        self.cursor + self.split().1.graphemes(true).next().map_or(0, str::len)
    }

    fn word_before(&self) -> usize {
        let words = self.split().0.trim_end();
        let blank = words
            .char_indices()
            .rfind(|(_, letter)| letter.is_whitespace());
        // A mark may stand on a space; the key still moves on then.
        let start = blank.map_or(0, |(at, letter)| at + letter.len_utf8());
        self.boundary_from(start).min(self.before())
    }

    fn word_after(&self) -> usize {
        let rest = self.split().1;
        let blank = rest.len() - rest.trim_start().len();
        let word = rest.get(blank..).unwrap_or_default();
        let len = word.find(char::is_whitespace).unwrap_or(word.len());
        self.boundary_from(self.cursor + blank + len)
    }

    /// The first end of a grapheme at or behind `at`.
    fn boundary_from(&self, at: usize) -> usize {
        let mut end = 0;
        for grapheme in self.text.graphemes(true) {
            if end >= at {
                break;
            }
            end += grapheme.len();
        }
        end
    }
}
