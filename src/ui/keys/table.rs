//! The table itself.

use super::{Action, Binding, Group, Key, When};
use crossterm::event::KeyCode;

/// Every key of the program.
pub const BINDINGS: &[Binding] = &[
    command(
        Action::NextCamera,
        &[letter('c')],
        Group::Picture,
        "next camera",
    ),
    command(
        Action::PreviousCamera,
        &[letter('C')],
        Group::Picture,
        "previous camera",
    ),
    command(
        Action::NextResolution,
        &[letter('r')],
        Group::Picture,
        "next resolution",
    ),
    command(
        Action::PreviousResolution,
        &[letter('R')],
        Group::Picture,
        "previous resolution",
    ),
    command(
        Action::ToggleCamera,
        &[letter('v')],
        Group::Picture,
        "my camera off / on",
    ),
    command(
        Action::ToggleControls,
        &[letter('b')],
        Group::Picture,
        "camera controls",
    ),
    command(
        Action::ToggleOwnPicture,
        &[letter('p')],
        Group::Picture,
        "my picture hidden / shown",
    ),
    command(
        Action::ToggleMirror,
        &[letter('m')],
        Group::Picture,
        "my picture mirrored",
    ),
    command(
        Action::ToggleFill,
        &[letter('f')],
        Group::Picture,
        "fill the window",
    ),
    command(
        Action::NextGlyphs,
        &[letter('g')],
        Group::Picture,
        "other glyphs, more pixels",
    ),
    command(
        Action::Snapshot,
        &[letter('s')],
        Group::Picture,
        "keep a snapshot",
    ),
    command(
        Action::Type,
        &[letter('t'), plain(KeyCode::Enter)],
        Group::Chat,
        "write a message",
    ),
    always(
        Action::ScrollBack,
        &[plain(KeyCode::PageUp), plain(KeyCode::Up)],
        Group::Chat,
        "older messages",
    ),
    always(
        Action::ScrollForward,
        &[plain(KeyCode::PageDown), plain(KeyCode::Down)],
        Group::Chat,
        "newer messages",
    ),
    asked(
        Action::Accept,
        &[letter('y'), letter('Y')],
        "accept; yes, it is them",
    ),
    asked(
        Action::Decline,
        &[letter('n'), letter('N')],
        "decline; hang up",
    ),
    command(
        Action::ToggleDetail,
        &[letter('i')],
        Group::Program,
        "all figures",
    ),
    command(
        Action::ToggleHelp,
        &[letter('?')],
        Group::Program,
        "this help",
    ),
    always(
        Action::Cancel,
        &[plain(KeyCode::Esc)],
        Group::Program,
        "leave",
    ),
    always(
        Action::Redraw,
        &[control('l')],
        Group::Program,
        "draw again",
    ),
    always(
        Action::Suspend,
        &[control('z')],
        Group::Program,
        "suspend, back with fg",
    ),
    Binding {
        action: Action::Quit,
        keys: &[letter('q'), control('c')],
        when: When::Always,
        group: Group::Program,
        help: "quit",
    },
    in_controls(
        Action::PreviousControl,
        &[plain(KeyCode::Up), letter('k')],
        "the one above",
    ),
    in_controls(
        Action::NextControl,
        &[plain(KeyCode::Down), letter('j')],
        "the one below",
    ),
    in_controls(
        Action::LowerControl,
        &[plain(KeyCode::Left), letter('h')],
        "less",
    ),
    in_controls(
        Action::RaiseControl,
        &[plain(KeyCode::Right), letter('l')],
        "more",
    ),
    in_controls(
        Action::ResetControl,
        &[
            letter('0'),
            plain(KeyCode::Backspace),
            plain(KeyCode::Delete),
        ],
        "its default",
    ),
    in_controls(Action::ResetAllControls, &[letter('A')], "all defaults"),
];

const fn plain(code: KeyCode) -> Key {
    Key {
        code,
        control: false,
    }
}

const fn letter(letter: char) -> Key {
    plain(KeyCode::Char(letter))
}

const fn control(letter: char) -> Key {
    Key {
        code: KeyCode::Char(letter),
        control: true,
    }
}

const fn command(
    action: Action,
    keys: &'static [Key],
    group: Group,
    help: &'static str,
) -> Binding {
    Binding {
        action,
        keys,
        when: When::Commanding,
        group,
        help,
    }
}

const fn always(action: Action, keys: &'static [Key], group: Group, help: &'static str) -> Binding {
    Binding {
        action,
        keys,
        when: When::Always,
        group,
        help,
    }
}

const fn asked(action: Action, keys: &'static [Key], help: &'static str) -> Binding {
    Binding {
        action,
        keys,
        when: When::Asked,
        group: Group::Call,
        help,
    }
}

const fn in_controls(action: Action, keys: &'static [Key], help: &'static str) -> Binding {
    Binding {
        action,
        keys,
        when: When::Controls,
        group: Group::Controls,
        help,
    }
}
