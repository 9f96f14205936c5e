//! The one table of keys, from which the help is made.

use crossterm::event::KeyEvent;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Take the call.
    Accept,
    /// Do not take the call.
    Decline,
    /// Camera, resolution: forward and back.
    NextCamera,
    /// See [`Action::NextCamera`].
    PreviousCamera,
    /// See [`Action::NextCamera`].
    NextResolution,
    /// See [`Action::NextCamera`].
    PreviousResolution,
    /// My picture off or on.
    ToggleCamera,
    /// Own picture shown or hidden.
    ToggleOwnPicture,
    /// Own picture mirrored or not.
    ToggleMirror,
    /// Fill the window or letterbox.
    ToggleFill,
    /// Keep the peer's picture.
    Snapshot,
    /// Status detail.
    ToggleDetail,
    /// Open the text line.
    Type,
    /// Key table.
    ToggleHelp,
    /// Chat back and forth.
    ScrollBack,
    /// See [`Action::ScrollBack`].
    ScrollForward,
    /// Leave an overlay.
    Cancel,
    /// Repaint everything.
    Redraw,
    /// Stop the program until `fg`.
    Suspend,
    /// End.
    Quit,
}

/// What `key` does outside the text line; `asked` while a call waits for `y` or `n`.
pub fn action(_key: &KeyEvent, _asked: bool) -> Option<Action> {
    None
}
