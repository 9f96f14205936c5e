//! What the person has set on each camera, and how that is written in a file.
//!
//! It does not read or write files. Invariant: whatever the text, it holds a bounded number of
//! settings, each with a name and a number.

use std::fmt;

/// Most cameras that are remembered; then the one that was changed longest ago is forgotten.
const CAMERA_COUNT_MAX: usize = 32;

/// Most settings of a camera.
const SETTING_COUNT_MAX: usize = 32;

/// Longest name of a camera, a plug or a setting, in characters; those of the system are shorter.
const NAME_COUNT_MAX: usize = 100;

/// Most complaints about a file; the rest is only counted.
const COMPLAINT_COUNT_MAX: usize = 5;

/// What the file begins with.
const HEADER: &str = "\
# What was set on each camera with the keys in ttychat's panel (b), applied whenever it is opened.
# Numbers are those of `v4l2-ctl --list-ctrls-menus`; off is 0 and on is 1.
# It may be edited while ttychat does not run. Lines of your own are lost when something is set.
";

/// Names a camera, also in another run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CameraId {
    /// What it calls itself, printable.
    pub name: String,
    /// Where it is plugged in; may be empty.
    pub plug: String,
}

/// What is wanted of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The value; `None` for the camera's default, which is not kept.
    pub value: Option<i32>,
    /// Numbers the person's changes of this run; 0 for what was kept from an earlier one.
    pub stamp: u32,
}

/// What is wanted of every camera that the person has set something on, the one that was changed
/// last at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CameraSettings {
    cameras: Vec<Section>,
}

/// What is wanted of one camera.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Section {
    id: CameraId,
    /// By the names of the controls, none twice.
    settings: Vec<(String, Setting)>,
    /// Whether it was changed in this run.
    is_changed: bool,
}

impl CameraSettings {
    /// Reads what `Display` gave, or what a person made of it, and says which lines were left out
    /// and why. `is_known`: whether there is a control of this name.
    pub fn parse(text: &str, is_known: impl Fn(&str) -> bool) -> (Self, Vec<String>) {
        let mut settings = Self::default();
        let mut open = None;
        let mut complaints = Vec::new();
        // Some editors begin a file with a mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (line, number) in text.lines().zip(1..) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Err(reason) = settings.take_line(&mut open, line, &is_known) {
                complaints.push(format!("line {number} is left out: {reason}"));
            }
        }
        settings.absorb(open);
        let more = complaints.len().saturating_sub(COMPLAINT_COUNT_MAX);
        if more > 0 {
            complaints.truncate(COMPLAINT_COUNT_MAX);
            complaints.push(format!("and {more} more"));
        }
        (settings, complaints)
    }

    /// `open` is the camera whose lines are read.
    fn take_line(
        &mut self,
        open: &mut Option<Section>,
        line: &str,
        is_known: impl Fn(&str) -> bool,
    ) -> Result<(), String> {
        let (name, value) = line.split_once('=').ok_or("it is not `name = value`")?;
        let (name, value) = (name.trim(), value.trim());
        if name == "camera" {
            // The lines below a camera that is left out belong to none.
            self.absorb(open.take());
            if self.cameras.len() >= CAMERA_COUNT_MAX {
                return Err(format!("there are more than {CAMERA_COUNT_MAX} cameras"));
            }
            let name = name_of(value)?;
            open.get_or_insert_default().id.name = name;
            return Ok(());
        }
        let section = open.as_mut().ok_or("it belongs to no camera")?;
        if name == "plug" {
            section.id.plug = name_of(value)?;
        } else if is_known(name) {
            let value = Some(
                value
                    .parse()
                    .map_err(|_no_number| "its value is no whole number")?,
            );
            section.set(name, Setting { value, stamp: 0 })?;
        } else {
            return Err("there is no such control".to_owned());
        }
        Ok(())
    }

    /// Adds a camera that was read; one that is there twice becomes one.
    fn absorb(&mut self, read: Option<Section>) {
        let Some(read) = read.filter(|read| !read.settings.is_empty()) else {
            return;
        };
        let known = self.cameras.iter_mut().find(|known| known.id == read.id);
        let Some(known) = known else {
            self.cameras.push(read);
            return;
        };
        for (name, setting) in read.settings {
            drop(known.set(&name, setting));
        }
    }

    /// Changes what is wanted of a control; `None` forgets it.
    pub fn set(&mut self, id: &CameraId, name: &str, setting: Option<Setting>) {
        let mut section = match self.cameras.iter().position(|section| section.id == *id) {
            Some(index) => self.cameras.remove(index),
            // In another plug it went on with what was wanted there.
            None => self.find(id).cloned().unwrap_or_default(),
        };
        section.id = id.clone();
        section.is_changed = true;
        match setting {
            // One more than the controls that there are does not come.
            Some(setting) => drop(section.set(name, setting)),
            None => section.settings.retain(|(known, _)| known != name),
        }
        self.push(section);
    }

    /// What is wanted of a camera: what was set on it in this plug, else in another.
    pub fn of(&self, id: &CameraId) -> impl Iterator<Item = (&str, Setting)> {
        let settings = self.find(id).map(|section| section.settings.as_slice());
        let settings = settings.unwrap_or_default().iter();
        settings.map(|(name, setting)| (name.as_str(), *setting))
    }

    /// What is wanted of a control of a camera.
    pub fn get(&self, id: &CameraId, name: &str) -> Option<Setting> {
        self.of(id)
            .find(|(known, _)| *known == name)
            .map(|(_, setting)| setting)
    }

    /// These, with what `newer` has changed: another program may have written the file meanwhile.
    #[must_use]
    pub fn updated(mut self, newer: &Self) -> Self {
        for section in newer.cameras.iter().filter(|section| section.is_changed) {
            self.cameras.retain(|known| known.id != section.id);
            self.push(section.clone());
        }
        self
    }

    fn find(&self, id: &CameraId) -> Option<&Section> {
        let here = self.cameras.iter().find(|section| section.id == *id);
        // The newest, where the camera was in several plugs.
        let mut elsewhere = self.cameras.iter().rev();
        here.or_else(|| elsewhere.find(|section| section.id.name == id.name))
    }

    fn push(&mut self, section: Section) {
        if self.cameras.len() >= CAMERA_COUNT_MAX {
            self.cameras.remove(0);
        }
        self.cameras.push(section);
    }
}

fn name_of(value: &str) -> Result<String, String> {
    if value.is_empty() || value.chars().count() > NAME_COUNT_MAX {
        return Err(format!(
            "its name must have 1 to {NAME_COUNT_MAX} characters"
        ));
    }
    if value.contains(char::is_control) {
        return Err("its name holds a control character".to_owned());
    }
    Ok(value.to_owned())
}

impl Section {
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        if let Some((_, known)) = self.settings.iter_mut().find(|(known, _)| known == name) {
            *known = setting;
        } else if self.settings.len() < SETTING_COUNT_MAX {
            self.settings.push((name.to_owned(), setting));
        } else {
            return Err(format!(
                "the camera has more than {SETTING_COUNT_MAX} settings"
            ));
        }
        Ok(())
    }
}

impl fmt::Display for CameraSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        for Section { id, settings, .. } in &self.cameras {
            let kept = settings.iter();
            let mut kept = kept
                .filter_map(|(name, setting)| Some((name, setting.value?)))
                .peekable();
            if kept.peek().is_none() || id.name.is_empty() {
                continue;
            }
            write!(f, "\ncamera = {}\n", id.name)?;
            if !id.plug.is_empty() {
                writeln!(f, "plug = {}", id.plug)?;
            }
            for (name, value) in kept {
                writeln!(f, "{name} = {value}")?;
            }
        }
        Ok(())
    }
}
