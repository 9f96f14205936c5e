//! The one table of keys, from which the help is made.
//!
//! Invariant: no key leads to two actions at the same time; every action has a key and a line of
//! help.

mod table;

pub use table::BINDINGS;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::fmt;

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
    /// The panel of the camera's controls.
    ToggleControls,
    /// Own picture shown or hidden.
    ToggleOwnPicture,
    /// Own picture mirrored or not.
    ToggleMirror,
    /// Fill the window or letterbox.
    ToggleFill,
    /// Pictures in other glyphs.
    NextGlyphs,
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
    /// In the panel of controls: choose one.
    PreviousControl,
    /// See [`Action::PreviousControl`].
    NextControl,
    /// In the panel of controls: change the chosen one.
    LowerControl,
    /// See [`Action::LowerControl`].
    RaiseControl,
    /// In the panel of controls: put the camera's default back.
    ResetControl,
    /// In the panel of controls: put all defaults back.
    ResetAllControls,
}

/// Under which heading of the help a binding stands, in the order of the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Cameras and pictures.
    Picture,
    /// Texts.
    Chat,
    /// Calls that come in.
    Call,
    /// The program itself.
    Program,
    /// The panel of the camera's controls.
    Controls,
}

/// When a binding is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// While a call waits for `y` or `n`.
    Asked,
    /// At all times but while a text is typed.
    Commanding,
    /// At all times.
    Always,
    /// While the panel of controls is open and no text is typed; then before all others.
    Controls,
}

/// One key: a code, with Ctrl or without. Upper-case letters stand for themselves with Shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Which key; letters with Ctrl are lower-case.
    pub code: KeyCode,
    /// Whether Ctrl is held.
    pub control: bool,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// What happens.
    pub action: Action,
    /// What is pressed; any of them.
    pub keys: &'static [Key],
    /// When.
    pub when: When,
    /// Where in the help.
    pub group: Group,
    /// In a few words, for the help, the README and the manual page.
    pub help: &'static str,
}

/// What `key` does outside the text line; `asked` while a call waits for `y` or `n`.
pub fn action(key: &KeyEvent, asked: bool) -> Option<Action> {
    find(key, |binding, _| match binding.when {
        When::Always | When::Commanding => true,
        When::Asked => asked,
        When::Controls => false,
    })
}

/// What `key` does in the panel of controls alone. Ask this first while the panel is open and no
/// text is typed; every other key does there what it does elsewhere.
pub fn action_in_controls(key: &KeyEvent) -> Option<Action> {
    find(key, |binding, _| binding.when == When::Controls)
}

/// What `key` does while a text is typed: only what can be no part of a text. Ask this first, and
/// give every other key to `TextLine::handle_key`; Enter is the caller's.
pub fn action_while_typing(key: &KeyEvent) -> Option<Action> {
    find(key, |binding, key| {
        binding.when == When::Always && !key.is_text()
    })
}

impl Key {
    /// The key of an event; `None` for releases and for keys with Alt, Super and the like, which
    /// mean nothing here.
    pub fn of(event: &KeyEvent) -> Option<Self> {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let foreign = !(KeyModifiers::SHIFT | KeyModifiers::CONTROL);
        if event.kind == KeyEventKind::Release || event.modifiers.intersects(foreign) {
            return None;
        }
        // Some terminals report Shift and the small letter, some Shift and the capital, some the
        // capital alone; Caps Lock must not take Ctrl-C away.
        let code = match event.code {
            KeyCode::Char(letter) if control => KeyCode::Char(letter.to_ascii_lowercase()),
            KeyCode::Char(letter) if event.modifiers.contains(KeyModifiers::SHIFT) => {
                KeyCode::Char(letter.to_ascii_uppercase())
            }
            other => other,
        };
        Some(Self { code, control })
    }

    /// Whether it types a character.
    const fn is_text(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && !self.control
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            KeyCode::Char(letter) if self.control => {
                write!(f, "Ctrl-{}", letter.to_ascii_uppercase())
            }
            KeyCode::Char(letter) => write!(f, "{letter}"),
            KeyCode::Down => f.write_str("Down"),
            KeyCode::Enter => f.write_str("Enter"),
            KeyCode::Esc => f.write_str("Esc"),
            KeyCode::PageDown => f.write_str("PgDn"),
            KeyCode::PageUp => f.write_str("PgUp"),
            KeyCode::Up => f.write_str("Up"),
            other => write!(f, "{other:?}"),
        }
    }
}

impl Binding {
    /// Its keys as a person reads them: `t Enter`.
    pub fn label(&self) -> String {
        let mut label = String::new();
        // A capital beside its small letter is for Caps Lock, not news to anybody.
        let named =
            self.keys.iter().enumerate().filter(|(index, key)| {
                *index == 0 || !matches!(key.code, KeyCode::Char('Y' | 'N'))
            });
        for (_, key) in named {
            if !label.is_empty() {
                label.push(' ');
            }
            label.push_str(&key.to_string());
        }
        label
    }
}

impl Group {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 5] = [
        Self::Picture,
        Self::Chat,
        Self::Call,
        Self::Program,
        Self::Controls,
    ];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Picture => "Picture",
            Self::Chat => "Chat",
            Self::Call => "Call",
            Self::Program => "Program",
            Self::Controls => "Camera controls",
        }
    }
}

fn find(event: &KeyEvent, in_force: impl Fn(&Binding, Key) -> bool) -> Option<Action> {
    let key = Key::of(event)?;
    BINDINGS
        .iter()
        .find(|binding| binding.keys.contains(&key) && in_force(binding, key))
        .map(|binding| binding.action)
}
