//! The conversation: what was said, and which part of it is in view.
//!
//! Where the person has scrolled to is kept as a place in a text, not as a number of lines, so
//! that another width of the window shows the same words.
//!
//! Invariant: at most [`MESSAGE_COUNT_MAX`] messages; all of their text is printable.

use super::{shape::Shape, text};
use std::{
    cell::Cell,
    collections::VecDeque,
    ops::Range,
    time::{Duration, Instant},
};

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// We did.
    Me,
    /// The peer did.
    Peer,
    /// The program: calls that began, ended, were missed.
    Program,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMessage {
    /// Who said it.
    pub speaker: Speaker,
    /// The speaker's name, printable; empty for the program.
    pub name: String,
    /// When, as `14:03`.
    pub time: String,
    /// What, printable.
    pub text: String,
    /// When it came, to fade messages that lie over the picture.
    pub at: Instant,
}

/// The conversation, bounded to the last [`MESSAGE_COUNT_MAX`] messages.
#[derive(Debug, Default)]
pub struct Chat {
    messages: VecDeque<ChatMessage>,
    /// How many messages were dropped: the number of the first that is kept.
    dropped_count: u64,
    /// Whether the person looks back: nothing fades then.
    looks_back: bool,
    /// The lowest line in view; `None`: the newest, whatever comes.
    anchor: Option<Anchor>,
    /// What the last painting saw, in cells, so that scrolling by lines knows what a line is.
    painted: Cell<Painted>,
}

/// A place in the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Anchor {
    /// Which message, counted from the very first.
    number: u64,
    /// A byte of its text; the line in which it stands is meant.
    at: usize,
}

/// The size of the conversation on the screen, in cells.
#[derive(Clone, Copy, Debug)]
struct Painted {
    width: usize,
    height: usize,
}

/// A line of a message, for painting.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    pub message: &'a ChatMessage,
    pub text: &'a str,
    pub first: bool,
}

/// How many messages are kept. Hours of talk; about two megabytes at the longest texts.
pub const MESSAGE_COUNT_MAX: usize = 500;

/// How long a message lies over the picture: long enough to look up and read two lines.
pub const SHOWN_FOR: Duration = Duration::from_secs(10);

/// How long it then takes to fade.
pub const FADE_TIME: Duration = Duration::from_millis(1_500);

/// How often a fading message is painted anew.
const FADE_INTERVAL: Duration = Duration::from_millis(100);

impl Default for Painted {
    fn default() -> Self {
        Self {
            width: 40,
            height: 8,
        }
    }
}

impl Chat {
    /// Adds a message at the end and scrolls to it, unless the person has scrolled back. Gives its
    /// number, for [`Self::amend`].
    pub fn push(&mut self, message: ChatMessage) -> u64 {
        let ChatMessage {
            speaker,
            name,
            time,
            text,
            at,
        } = message;
        self.messages.push_back(ChatMessage {
            speaker,
            name: text::printable(&name),
            time: text::printable(&time),
            text: text::printable(&text),
            at,
        });
        while self.messages.len() > MESSAGE_COUNT_MAX {
            self.messages.pop_front();
            self.dropped_count += 1;
        }
        if let Some(anchor) = &mut self.anchor
            && anchor.number < self.dropped_count
        {
            *anchor = Anchor {
                number: self.dropped_count,
                at: 0,
            };
        }
        self.newest()
    }

    /// Says something else in the place of a message. It stays where and when it was; `false` when
    /// it is not kept any longer.
    pub fn amend(&mut self, number: u64, text: &str) -> bool {
        let index = number
            .checked_sub(self.dropped_count)
            .and_then(|index| usize::try_from(index).ok());
        let message = index.and_then(|index| self.messages.get_mut(index));
        if let Some(message) = message {
            message.text = text::printable(text);
            return true;
        }
        false
    }

    /// Scrolls by so many lines, negative towards the past; stops at both ends. A line is what it
    /// was when [`super::draw`] last painted the conversation.
    ///
    /// Towards the past it also brings back what has faded, even where all of it fits.
    pub fn scroll(&mut self, by: i32) {
        if self.messages.is_empty() {
            return;
        }
        let shape = Shape::of(self.painted.get().width);
        let count = by.unsigned_abs();
        for _ in 0..count {
            let current = self.bottom(shape);
            let next = if by < 0 {
                self.line_before(current, shape)
            } else {
                self.line_after(current, shape)
            };
            let Some(next) = next else { break };
            self.anchor = Some(next);
        }
        if by < 0 {
            self.keep_full(shape);
            self.looks_back = true;
        } else if self.line_after(self.bottom(shape), shape).is_none() {
            self.scroll_to_end();
        }
    }

    /// What the program said, newest first.
    pub(super) fn events(&self) -> impl Iterator<Item = &ChatMessage> {
        let messages = self.messages.iter().rev();
        messages.filter(|message| message.speaker == Speaker::Program)
    }

    /// Scrolls to the newest message; what has faded is gone again.
    pub fn scroll_to_end(&mut self) {
        self.looks_back = false;
        self.anchor = None;
    }

    /// How many lines a page has that keeps one line of the last in view, for [`Self::scroll`].
    pub fn page(&self) -> i32 {
        i32::try_from(self.painted.get().height.saturating_sub(1))
            .unwrap_or(i32::MAX)
            .max(1)
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether the person has scrolled back.
    pub fn is_scrolled(&self) -> bool {
        self.looks_back
    }

    /// When a message that lies over the picture next changes its look; `None` when all that were
    /// new have faded. Frames are wanted then even where no pictures come.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        let mut deadline: Option<Instant> = None;
        for message in self.messages.iter().rev() {
            let age = now.saturating_duration_since(message.at);
            let next = if age < SHOWN_FOR {
                message.at + SHOWN_FOR
            } else if age < SHOWN_FOR + FADE_TIME {
                now + FADE_INTERVAL
            } else {
                break;
            };
            deadline = Some(deadline.map_or(next, |earliest| earliest.min(next)));
        }
        deadline
    }

    /// How many messages are newer than the lowest in view.
    pub(super) fn newer_count(&self) -> usize {
        self.anchor.map_or(0, |anchor| {
            self.messages.len().saturating_sub(self.index(anchor) + 1)
        })
    }

    /// Whether the last of so many rows tells how much is newer, at the width of the last
    /// [`Self::lines`].
    pub(super) fn has_indicator(&self, height: usize) -> bool {
        let shape = Shape::of(self.painted.get().width);
        let below = |anchor| self.line_after(anchor, shape).is_some();
        height >= 2 && self.anchor.is_some_and(below)
    }

    /// The lines to show in so many rows of `width` cells, without the indicator's, the lowest
    /// first. `fading`: only what has not faded.
    pub(super) fn lines(
        &self,
        width: usize,
        height: usize,
        fading: Option<Instant>,
    ) -> Vec<Line<'_>> {
        self.painted.set(Painted { width, height });
        let height = height - usize::from(self.has_indicator(height));
        let shape = Shape::of(width);
        let bottom = self.bottom(shape);
        let mut lines = Vec::new();
        let kept = self.messages.len().min(self.index(bottom) + 1);
        for (index, message) in self.messages.iter().enumerate().take(kept).rev() {
            if lines.len() >= height || fading.is_some_and(|now| opacity(message, now) <= 0.0) {
                break;
            }
            let lowest = if index + 1 == kept {
                bottom.at
            } else {
                usize::MAX
            };
            let ranges = shape.wrap(message);
            let shown = ranges
                .iter()
                .enumerate()
                .rev()
                .filter(|(_, range)| range.start <= lowest);
            lines.extend(shown.map(|(line, range)| {
                Line {
                    message,
                    text: message
                        .text
                        .get(range.clone())
                        .unwrap_or_default()
                        .trim_end(),
                    first: line == 0,
                }
            }));
        }
        lines.truncate(height);
        lines
    }

    /// The lowest line in view.
    fn bottom(&self, shape: Shape) -> Anchor {
        let newest = || {
            let number = self.newest();
            let at = self
                .messages
                .back()
                .map_or(0, |message| last_start(&shape.wrap(message)));
            Anchor { number, at }
        };
        self.anchor.unwrap_or_else(newest)
    }

    /// The number of the newest message.
    pub fn newest(&self) -> u64 {
        self.dropped_count + (self.messages.len() as u64).saturating_sub(1)
    }

    fn index(&self, anchor: Anchor) -> usize {
        usize::try_from(anchor.number.saturating_sub(self.dropped_count)).unwrap_or(usize::MAX)
    }

    fn line_before(&self, anchor: Anchor, shape: Shape) -> Option<Anchor> {
        let index = self.index(anchor);
        let ranges = shape.wrap(self.messages.get(index)?);
        let line = ranges.iter().rposition(|range| range.start <= anchor.at)?;
        let start = ranges.get(line)?.start;
        // A first line without words starts where the second does, and goes with it.
        if let Some(range) = ranges.iter().rfind(|range| range.start < start) {
            return Some(Anchor {
                at: range.start,
                ..anchor
            });
        }
        let before = self.messages.get(index.checked_sub(1)?)?;
        Some(Anchor {
            number: anchor.number - 1,
            at: last_start(&shape.wrap(before)),
        })
    }

    fn line_after(&self, anchor: Anchor, shape: Shape) -> Option<Anchor> {
        let index = self.index(anchor);
        let ranges = shape.wrap(self.messages.get(index)?);
        if let Some(range) = ranges.iter().find(|range| range.start > anchor.at) {
            return Some(Anchor {
                at: range.start,
                ..anchor
            });
        }
        self.messages.get(index + 1)?;
        Some(Anchor {
            number: anchor.number + 1,
            at: 0,
        })
    }

    /// Moves on towards the present until the lines above the anchor fill the height.
    fn keep_full(&mut self, shape: Shape) {
        let height = self.painted.get().height;
        // The indicator takes a row.
        let wanted = if height >= 2 { height - 1 } else { 1 };
        let mut top = None;
        let mut count = 0;
        for (number, message) in (self.dropped_count..).zip(&self.messages) {
            let ranges = shape.wrap(message);
            if top.is_none() {
                let range = ranges.get(wanted.saturating_sub(count + 1));
                top = range.map(|range| Anchor {
                    number,
                    at: range.start,
                });
            }
            count += ranges.len();
            if let Some(top) = top
                && count > height
            {
                self.anchor = self.anchor.map(|anchor| anchor.max(top));
                return;
            }
        }
        // All of it fits.
        self.anchor = None;
    }
}

/// How much is to be seen of a message over the picture: 1 while it is new, 0 when it has faded.
pub(super) fn opacity(message: &ChatMessage, now: Instant) -> f32 {
    let age = now.saturating_duration_since(message.at);
    let faded = age.saturating_sub(SHOWN_FOR).as_secs_f32() / FADE_TIME.as_secs_f32();
    1.0 - faded.min(1.0)
}

fn last_start(ranges: &[Range<usize>]) -> usize {
    ranges.last().map_or(0, |range| range.start)
}
