//! The key table and what keys do.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ttychat::ui::keys::{
    Action, BINDINGS, Group, When, action, action_in_controls, action_while_typing,
};

const ALL: [Action; 28] = [
    Action::Accept,
    Action::Decline,
    Action::NextCamera,
    Action::PreviousCamera,
    Action::NextResolution,
    Action::PreviousResolution,
    Action::ToggleCamera,
    Action::ToggleOwnPicture,
    Action::ToggleMirror,
    Action::ToggleFill,
    Action::Snapshot,
    Action::ToggleDetail,
    Action::NextGlyphs,
    Action::Type,
    Action::ToggleHelp,
    Action::ScrollBack,
    Action::ScrollForward,
    Action::Cancel,
    Action::Redraw,
    Action::Suspend,
    Action::Quit,
    Action::ToggleControls,
    Action::PreviousControl,
    Action::NextControl,
    Action::LowerControl,
    Action::RaiseControl,
    Action::ResetControl,
    Action::ResetAllControls,
];

fn key(code: KeyCode, modifiers: KeyModifiers) -> KeyEvent {
    KeyEvent::new(code, modifiers)
}

fn letter(letter: char) -> KeyEvent {
    key(KeyCode::Char(letter), KeyModifiers::NONE)
}

#[test]
fn every_action_has_one_line_and_every_key_one_action() {
    for action in ALL {
        let count = BINDINGS
            .iter()
            .filter(|binding| binding.action == action)
            .count();
        assert_eq!(count, 1, "{action:?}");
    }
    assert_eq!(BINDINGS.len(), ALL.len());
    // The keys of the panel come before all others, and so may be theirs too.
    for of_panel in [false, true] {
        let bindings = BINDINGS.iter();
        let bindings = bindings.filter(|binding| (binding.when == When::Controls) == of_panel);
        let keys: Vec<_> = bindings.flat_map(|binding| binding.keys).collect();
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{key} is bound twice");
        }
    }
    for binding in BINDINGS {
        assert!(
            !binding.help.is_empty() && !binding.label().is_empty(),
            "{binding:?}"
        );
        assert!(Group::ALL.contains(&binding.group));
    }
}

#[test]
fn every_key_of_the_table_does_what_it_says() {
    for binding in BINDINGS {
        for bound in binding.keys {
            let modifiers = if bound.control {
                KeyModifiers::CONTROL
            } else {
                KeyModifiers::NONE
            };
            let event = key(bound.code, modifiers);
            let in_panel = action_in_controls(&event);
            if binding.when == When::Controls {
                assert_eq!(in_panel, Some(binding.action), "{bound}");
                continue;
            }
            assert_eq!(action(&event, true), Some(binding.action), "{bound}");
            let asked_only = binding.when == When::Asked;
            assert_eq!(action(&event, false).is_none(), asked_only, "{bound}");
        }
    }
}

#[test]
fn capitals_work_however_the_terminal_reports_them() {
    for event in [
        letter('C'),
        key(KeyCode::Char('C'), KeyModifiers::SHIFT),
        key(KeyCode::Char('c'), KeyModifiers::SHIFT),
    ] {
        assert_eq!(
            action(&event, false),
            Some(Action::PreviousCamera),
            "{event:?}"
        );
    }
    assert_eq!(
        action(&key(KeyCode::Char('?'), KeyModifiers::SHIFT), false),
        Some(Action::ToggleHelp)
    );
    assert_eq!(action(&letter('Y'), true), Some(Action::Accept));
    let caps = key(KeyCode::Char('C'), KeyModifiers::CONTROL);
    assert_eq!(
        action(&caps, false),
        Some(Action::Quit),
        "Caps Lock must not take Ctrl-C away"
    );
}

#[test]
fn what_is_no_key_of_ours_does_nothing() {
    for event in [
        letter('x'),
        letter('y'),
        key(KeyCode::Char('q'), KeyModifiers::ALT),
        key(
            KeyCode::Char('c'),
            KeyModifiers::CONTROL | KeyModifiers::ALT,
        ),
        key(KeyCode::Char('q'), KeyModifiers::SUPER),
        key(KeyCode::F(1), KeyModifiers::NONE),
    ] {
        assert_eq!(action(&event, false), None, "{event:?}");
    }
    let mut released = letter('q');
    released.kind = KeyEventKind::Release;
    assert_eq!(action(&released, false), None);
}

#[test]
fn while_typing_letters_are_text() {
    for binding in BINDINGS {
        for bound in binding.keys {
            let modifiers = if bound.control {
                KeyModifiers::CONTROL
            } else {
                KeyModifiers::NONE
            };
            let text = matches!(bound.code, KeyCode::Char(_)) && !bound.control;
            if binding.when == When::Controls {
                // The arrows go on scrolling, and letters are letters.
                assert!(!text || action_while_typing(&key(bound.code, modifiers)).is_none());
                continue;
            }
            let expected = (binding.when == When::Always && !text).then_some(binding.action);
            assert_eq!(
                action_while_typing(&key(bound.code, modifiers)),
                expected,
                "{bound}"
            );
        }
    }
    for (typed, meant) in [
        ('c', Action::Quit),
        ('z', Action::Suspend),
        ('l', Action::Redraw),
    ] {
        let event = key(KeyCode::Char(typed), KeyModifiers::CONTROL);
        assert_eq!(action_while_typing(&event), Some(meant));
    }
    assert_eq!(
        action_while_typing(&key(KeyCode::Enter, KeyModifiers::NONE)),
        None
    );
}
