//! Files: the user's key, snapshots, the log, the statistics, clips, and how they are written.

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
    time::Duration,
};

/// Longest clip that is read, held whole in memory. Hours of MJPEG at the sizes of a terminal.
const CLIP_LEN_MAX: u64 = 1 << 30;

/// How many names are tried for a snapshot before giving up: `name`, `name-2`, `name-3`, ….
const SNAPSHOT_NAME_COUNT_MAX: u32 = 1000;

/// How long a program may wait for another one that changes a file.
const LOCK_TIMEOUT: Duration = Duration::from_secs(4);

/// How often it looks whether that one is done.
const LOCK_LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// Age after which a lock is one of a program that was killed; changing a file takes milliseconds.
const LOCK_AGE_MAX: Duration = Duration::from_secs(3);
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

/// Puts a file of the user's in its place, whole, over the one that is there.
///
/// # Errors
/// What the system said; the old file is as it was.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    make_private_folder(path.parent().unwrap_or_else(|| Path::new(".")))?;
    let own = path.with_extension(std::process::id().to_string());
    let replaced =
        write_private(&own, bytes, &mut overwriting()).and_then(|()| fs::rename(&own, path));
    if replaced.is_err() {
        // It may not even have been made.
        drop(fs::remove_file(&own));
    }
    replaced
}

fn make_key(path: &Path) -> io::Result<StaticKey> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    make_private_folder(folder)?;
    let key = StaticKey::generate();
    let mut text = String::from(KEY_PREFIX);
    for byte in key.to_bytes() {
        // Writing to a String cannot fail.
        let _written = write!(text, "{byte:02x}");
    }
    text.push('\n');
    // Two programs started at once must end up with one key: each writes a file of its own, whole,
    // and linking it to the final name fails for the second one.
    let own = folder.join(format!("key.{}", std::process::id()));
    let written = write_private(&own, text.as_bytes(), &mut overwriting()).and_then(|()| {
        match fs::hard_link(&own, path) {
            // Some file systems know no links; there the rare race is accepted.
            Err(err) if err.kind() != io::ErrorKind::AlreadyExists => fs::rename(&own, path),
            other => other,
        }
    });
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

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn overwriting() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true);
    options
}

fn write_private(path: &Path, bytes: &[u8], options: &mut OpenOptions) -> io::Result<()> {
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// What others must not be able to do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Read it; writing is worse.
    Read,
    /// Write to it.
    Write,
}

/// Says who can, and what to do.
///
/// # Errors
/// When others can.
#[cfg(unix)]
pub(super) fn refuse_if_others_can(deed: Deed, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode();
    let (bits, what) = match deed {
        Deed::Read => (0o077, "read"),
        Deed::Write => (0o022, "write"),
    };
    if mode & bits != 0 {
        return Err(io::Error::other(format!(
            "others can {what} it; run `chmod 600 {}` if it is yours, or delete it",
            path.display()
        )));
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same face as on Unix")]
pub(super) fn refuse_if_others_can(_deed: Deed, _path: &Path) -> io::Result<()> {
    Ok(())
}

/// A text of at most `len_max` bytes.
///
/// # Errors
/// What the system said; or that it is no file, too long, or no text.
pub(super) fn read_text(path: &Path, len_max: u64) -> io::Result<String> {
    // Opening a pipe would wait for somebody to write to it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut text = String::new();
    let len = File::open(path)?
        .take(len_max + 1)
        .read_to_string(&mut text)?;
    if len as u64 > len_max {
        return Err(io::Error::other("it is too long"));
    }
    Ok(text)
}

/// Writes a file that only the user can read, unless there is one already.
///
/// # Errors
/// What the system said.
pub(super) fn write_new_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_private(path, bytes, OpenOptions::new().create_new(true))
}

/// Does something to a file while no other program of ours does.
///
/// # Errors
/// What `act` said; or that another program does not come to an end with it.
pub(super) fn alone<T>(path: &Path, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    make_private_folder(path.parent().unwrap_or_else(|| Path::new(".")))?;
    let lock = path.with_extension("lock");
    let tries = LOCK_TIMEOUT.as_millis() / LOCK_LOOK_INTERVAL.as_millis();
    for _ in 0..tries {
        match OpenOptions::new().write(true).create_new(true).open(&lock) {
            Ok(_) => {
                let done = act();
                drop(fs::remove_file(&lock));
                return done;
            }
            Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {
                let age = fs::metadata(&lock).and_then(|lock| lock.modified());
                let age = age.map(|at| at.elapsed().unwrap_or_default());
                if age.is_ok_and(|age| age > LOCK_AGE_MAX) {
                    // Its program was killed.
                    drop(fs::remove_file(&lock));
                } else {
                    std::thread::park_timeout(LOCK_LOOK_INTERVAL);
                }
            }
            Err(err) => return Err(err),
        }
    }
    Err(io::Error::other(format!(
        "another ttychat has been writing it for {} s; delete {} if none runs",
        LOCK_TIMEOUT.as_secs(),
        lock.display()
    )))
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
