//! What is written to take the terminal over, and to give it back.
//!
//! Constants, so that a panic hook can write them without any state.
//!
//! Invariant: [`LEAVE`] may come at any point of any frame, and twice.

/// Keeps the title, then [`ENTER_AGAIN`].
pub const ENTER: &[u8] = b"\x1b[22;0t\x1b[?1049h\x1b[r\x1b[?6;7;1000;1002;1003;1006l\
    \x1b[m\x1b[?25l\x1b[?2004h";

/// Takes the terminal over, also when it may be ours already: other screen, scrolling over all
/// rows, no wrapping at the last column, no mouse (a program before us may have left it on), no
/// cursor, pastes marked.
pub const ENTER_AGAIN: &[u8] = ENTER.split_at(TITLE_PUSH_LEN).1;

/// Of `CSI 22;0t`.
const TITLE_PUSH_LEN: usize = 7;

/// Gives it back.
///
/// CAN ends a sequence that was cut in the middle. Attributes and cursor come after the change of
/// the screen too, because some terminals keep them for each.
pub const LEAVE: &[u8] = b"\x18\x1b[?2026l\x1b[m\x1b[?2004l\x1b[?7h\x1b[23;0t\x1b[?1049l\
    \x1b[m\x1b[?25h";

/// Empties the screen. To be written before [`LEAVE`] where `TERM` is `linux`: that console has
/// one screen only, and the shell's next line would come in the middle of the picture.
pub const WIPE: &[u8] = b"\x18\x1b[?2026l\x1b[m\x1b[H\x1b[J";
