//! The file of what was set on the cameras: read at the start, written by a thread of its own.
//!
//! Invariant: the file is whole at all times.

use super::{files, own_file};
use crate::app::CameraSettings;
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};
use ttychat_platform::camera::ControlKind;

/// Longest file that is read, in bytes: all cameras with all that can be set on them, twice.
const SETTINGS_LEN_MAX: u64 = 256 << 10;

/// The settings that were kept, and what is to be said of the file. None is no reason to stop.
pub(super) fn load() -> (CameraSettings, Vec<String>) {
    match path() {
        Some(path) => load_from(&path),
        None => (CameraSettings::default(), Vec::new()),
    }
}

fn path() -> Option<PathBuf> {
    Some(files::config_folder().ok()?.join("cameras"))
}

fn load_from(path: &Path) -> (CameraSettings, Vec<String>) {
    match read(path) {
        Ok(text) => {
            let is_known = |name: &str| ControlKind::of_name(name).is_some();
            let (settings, complaints) = CameraSettings::parse(&text, is_known);
            let of_file = |complaint| format!("{}: {complaint}", path.display());
            (settings, complaints.into_iter().map(of_file).collect())
        }
        Err(err) if err.kind() == io::ErrorKind::NotFound => Default::default(),
        Err(err) => {
            let complaint = format!("cannot read {}: {err}", path.display());
            (CameraSettings::default(), vec![complaint])
        }
    }
}

fn read(path: &Path) -> io::Result<String> {
    // Opening a pipe would wait for somebody to write to it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(SETTINGS_LEN_MAX + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > SETTINGS_LEN_MAX {
        return Err(io::Error::other("it is too long"));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes what was changed in this run, over what is in the file by now.
///
/// # Errors
/// Words for the person.
pub(super) fn keep(settings: &CameraSettings, _written: &CameraSettings) -> Result<(), String> {
    let kept = match path() {
        Some(path) => keep_at(&path, settings),
        None => Err(io::Error::other("there is no home folder")),
    };
    kept.map_err(|err| format!("what you set on the camera is not kept for the next time: {err}"))
}

fn keep_at(path: &Path, settings: &CameraSettings) -> io::Result<()> {
    // A link, to where somebody keeps such files, stays one.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (kept, _complaints) = load_from(&path);
    let text = kept.updated(settings).to_string();
    own_file::replace(&path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{CameraId, Setting};

    fn camera(name: &str) -> CameraId {
        CameraId {
            name: name.to_owned(),
            plug: "usb-1".to_owned(),
        }
    }

    fn changed(name: &str, value: i32) -> CameraSettings {
        let (value, stamp) = (Some(value), 1);
        let mut settings = CameraSettings::default();
        settings.set(&camera(name), "brightness", Some(Setting { value, stamp }));
        settings
    }

    fn value(settings: &CameraSettings, name: &str) -> Option<i32> {
        settings.get(&camera(name), "brightness")?.value
    }

    #[test]
    fn what_two_programs_keep_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/cameras");
        assert_eq!(load_from(&path), (CameraSettings::default(), Vec::new()));
        keep_at(&path, &changed("Desk", 3)).unwrap();
        keep_at(&path, &changed("Window", 4)).unwrap();
        keep_at(&path, &changed("Desk", 5)).unwrap();
        let (settings, complaints) = load_from(&path);
        assert_eq!(complaints, [""; 0]);
        assert_eq!(value(&settings, "Desk"), Some(5));
        assert_eq!(value(&settings, "Window"), Some(4));
        let files = fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(files, 1, "nothing is left beside it");
    }

    #[test]
    fn what_is_no_file_of_ours_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cameras");
        fs::write(
            &path,
            b"\xff\xfe\0camera = Desk\nbrightness\ncamera = Desk\nbrightness = 1\n",
        )
        .unwrap();
        let (settings, complaints) = load_from(&path);
        assert_eq!(complaints.len(), 2, "{complaints:?}");
        assert!(
            complaints[0].contains("cameras: line 1 is left out"),
            "{complaints:?}"
        );
        assert!(value(&settings, "Desk").is_some());
        let len = usize::try_from(SETTINGS_LEN_MAX).unwrap();
        for (len, is_read) in [(len, true), (len + 1, false)] {
            fs::write(&path, vec![b'#'; len]).unwrap();
            assert_eq!(load_from(&path).1.is_empty(), is_read, "{len} bytes");
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(load_from(&path).1.len(), 1);
        assert!(keep_at(&path, &changed("Desk", 1)).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (path, kept) = (folder.path().join("cameras"), folder.path().join("dotfile"));
        fs::write(&kept, "").unwrap();
        std::os::unix::fs::symlink(&kept, &path).unwrap();
        keep_at(&path, &changed("Desk", 9)).unwrap();
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        assert!(
            fs::read_to_string(&kept)
                .unwrap()
                .contains("brightness = 9")
        );
    }
}
