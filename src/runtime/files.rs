//! Files: the user's key, snapshots, the log, the statistics and clips.

use super::own_file::{
    Deed, folder_of, make_private_folder, refuse_if_others_can, refuse_if_others_can_replace,
    write_beside,
};
use crate::{
    app::{Kept, WallTime},
    error::Error,
    media::{clip::Clip, jpeg::Compressor},
    session::StaticKey,
};
use etcetera::BaseStrategy;
use std::{
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// Longest clip that is read, held whole in memory. Hours of MJPEG at the sizes of a terminal.
const CLIP_LEN_MAX: u64 = 1 << 30;

/// How many names are tried for a snapshot before giving up: `name`, `name-2`, `name-3`, ….
const SNAPSHOT_NAME_COUNT_MAX: u32 = 1000;

/// Quality of a snapshot of a picture that did not come as one JPEG: nothing is seen of it.
const SNAPSHOT_QUALITY: u8 = 95;

/// What the key file begins with, so that no other file is taken for one.
const KEY_PREFIX: &str = "ttychat-key-1 ";

/// Loads the user's key, or makes one at the first run.
///
/// # Errors
/// [`Error::KeyFile`] when it can be neither read nor written, or when others can read it;
/// [`Error::KeyBroken`]; [`Error::NoHome`].
pub(super) fn load_or_make_key() -> Result<StaticKey, Error> {
    let path = key_path()?;
    let failed = |source| Error::KeyFile {
        path: path.clone(),
        source,
    };
    match fs::read_to_string(&path) {
        Ok(text) => {
            refuse_if_others_can(Deed::Read, &path).map_err(failed)?;
            parse_key(&text).ok_or(Error::KeyBroken { path })
        }
        Err(err) if err.kind() == io::ErrorKind::NotFound => make_key(&path).map_err(failed),
        Err(err) => Err(failed(err)),
    }
}

/// Where the user's files are.
///
/// # Errors
/// [`Error::NoHome`].
pub(super) fn config_folder() -> Result<PathBuf, Error> {
    let folders = etcetera::choose_base_strategy().map_err(|_no_home| Error::NoHome)?;
    Ok(folders.config_dir().join("ttychat"))
}

fn key_path() -> Result<PathBuf, Error> {
    Ok(config_folder()?.join("key"))
}

fn make_key(path: &Path) -> io::Result<StaticKey> {
    make_private_folder(folder_of(path))?;
    refuse_if_others_can_replace(path)?;
    let key = StaticKey::generate();
    let mut text = String::from(KEY_PREFIX);
    for byte in key.to_bytes() {
        // Writing to a String cannot fail.
        let _written = write!(text, "{byte:02x}");
    }
    text.push('\n');
    // Two programs started at once must end up with one key: each writes a file of its own, whole,
    // and linking it to the final name fails for the second one.
    let own = write_beside(path, text.as_bytes())?;
    let written = match fs::hard_link(&own, path) {
        // Some file systems know no links; there the rare race is accepted.
        Err(err) if err.kind() != io::ErrorKind::AlreadyExists => fs::rename(&own, path),
        other => other,
    };
    // It is gone already after a rename.
    drop(fs::remove_file(&own));
    match written {
        Ok(()) => Ok(key),
        Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {
            parse_key(&fs::read_to_string(path)?).ok_or_else(|| io::Error::other("it holds no key"))
        }
        Err(err) => Err(err),
    }
}

fn parse_key(text: &str) -> Option<StaticKey> {
    let digits = text.strip_prefix(KEY_PREFIX)?.trim_end();
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(StaticKey::from_bytes(bytes))
}

/// Keeps `picture` as `name.jpg` in the current folder, else in the home folder, never overwriting.
/// Gives the path to show.
///
/// # Errors
/// Words that say what was tried.
pub(super) fn save_snapshot(picture: &Kept, name: &str) -> Result<String, String> {
    let mut compressed = Vec::new();
    let jpeg = match picture {
        Kept::Jpeg(jpeg) => jpeg.as_slice(),
        Kept::Pixels(pixels) => {
            Compressor::default()
                .compress(pixels, SNAPSHOT_QUALITY, &mut compressed)
                .map_err(|err| format!("cannot keep the picture ({err})"))?;
            &compressed
        }
    };
    let mut folders = vec![std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."))];
    if let Ok(home) = etcetera::home_dir() {
        folders.push(home);
    }
    let mut tried = Vec::new();
    for folder in folders {
        match save_new(&folder, name, jpeg) {
            Ok(path) => return Ok(path.display().to_string()),
            Err(err) => tried.push(format!("{}: {err}", folder.display())),
        }
    }
    Err(format!("cannot keep the picture ({})", tried.join("; ")))
}

fn save_new(folder: &Path, name: &str, jpeg: &[u8]) -> io::Result<PathBuf> {
    for number in 1..=SNAPSHOT_NAME_COUNT_MAX {
        let suffix = if number == 1 {
            String::new()
        } else {
            format!("-{number}")
        };
        let path = folder.join(format!("{name}{suffix}.jpg"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                if let Err(err) = file.write_all(jpeg) {
                    drop(fs::remove_file(&path));
                    return Err(err);
                }
                return Ok(path);
            }
            Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {}
            Err(err) => return Err(err),
        }
    }
    Err(io::Error::other("too many snapshots of that name"))
}

/// Reads a clip.
///
/// # Errors
/// [`Error::Read`], [`Error::Clip`].
pub(super) fn load_clip(path: &Path) -> Result<Clip, Error> {
    let failed = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let no_clip = |reason| Error::Clip {
        path: path.to_owned(),
        reason,
    };
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    let len = file
        .take(CLIP_LEN_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if len as u64 > CLIP_LEN_MAX {
        return Err(no_clip("it is larger than 1 GiB".to_owned()));
    }
    Clip::parse(bytes).map_err(|err| no_clip(err.to_string()))
}

/// A file that lines are added to.
#[derive(Debug)]
pub(super) struct LineFile {
    file: File,
}

impl LineFile {
    /// Opens it for appending.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.map_err(|source| Error::Write {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self { file })
    }

    /// Adds a line, in one write. A full disk must not end a call, so errors are left alone.
    pub(super) fn add(&mut self, line: &str) {
        drop(self.file.write_all(format!("{line}\n").as_bytes()));
    }

    /// Adds a line that begins with the time.
    pub(super) fn add_dated(&mut self, wall: WallTime, line: &str) {
        let WallTime {
            year,
            month,
            day,
            hour,
            minute,
            second,
            millisecond,
        } = wall;
        let date = format!("{year:04}-{month:02}-{day:02}");
        let time = format!("{hour:02}:{minute:02}:{second:02}.{millisecond:03}");
        self.add(&format!("{date} {time} {line}"));
    }
}
