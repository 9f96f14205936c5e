//! Files that are the user's own: read, written and locked so that nobody else has a part in it.
//!
//! It does not know what stands in them. Invariant: what is replaced is whole at all times.

use std::{
    fs::{self, File, OpenOptions},
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};
#[cfg(unix)]
use ttychat_platform::host;
use ttychat_platform::lock::Lock;

/// How long a program may wait for another one that changes a file.
const LOCK_TIMEOUT: Duration = Duration::from_secs(4);

/// How often it looks whether that one is done.
const LOCK_LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// Puts a file of the user's in its place, whole, over the one that is there.
///
/// # Errors
/// What the system said; the old file is as it was.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    make_private_folder(folder_of(path))?;
    let own = write_beside(path, bytes)?;
    let replaced = fs::rename(&own, path);
    if replaced.is_err() {
        drop(fs::remove_file(&own));
    }
    replaced
}

/// Writes a file of the user's by a passing name beside `path`, and gives that.
///
/// # Errors
/// What the system said; there is no such file then.
pub(super) fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    // A name that nobody can have prepared; whatever is there by some chance is not opened.
    let random = RandomState::new().build_hasher().finish();
    let own = path.with_extension(format!("{random:016x}"));
    write_new_private(&own, bytes)?;
    Ok(own)
}

/// Where a file lies.
pub(super) fn folder_of(path: &Path) -> &Path {
    // The folder of a bare name is empty.
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    folder.unwrap_or_else(|| Path::new("."))
}

#[cfg(unix)]
pub(super) fn make_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
pub(super) fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
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
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = fs::metadata(path)?;
    let (bits, what) = match deed {
        Deed::Read => (0o077, "read"),
        Deed::Write => {
            refuse_owner(&metadata, path)?;
            (0o022, "write")
        }
    };
    if metadata.permissions().mode() & bits != 0 {
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

/// Says who can take a file away or put another in its place, whether or not it is there, and what
/// to do. One that is a link is looked at in both places.
///
/// # Errors
/// When others can.
#[cfg(unix)]
pub(super) fn refuse_if_others_can_replace(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    for folder in [folder_of(path), folder_of(&target)] {
        let metadata = match fs::metadata(folder) {
            Ok(metadata) => metadata,
            Err(err) if err.kind() == io::ErrorKind::NotFound => continue,
            Err(err) => return Err(err),
        };
        refuse_owner(&metadata, folder)?;
        // Where each may remove only what is their own (`/tmp`), others can still be first.
        if metadata.permissions().mode() & 0o022 != 0 {
            return Err(io::Error::other(format!(
                "others can write in its folder, and so replace it; run `chmod go-w {}`, and look \
                 at the file before you trust it",
                folder.display()
            )));
        }
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same face as on Unix")]
pub(super) fn refuse_if_others_can_replace(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Refuses what belongs to somebody else than us or root, who can do anything in any case.
#[cfg(unix)]
fn refuse_owner(metadata: &fs::Metadata, path: &Path) -> io::Result<()> {
    let (owner, us) = (
        std::os::unix::fs::MetadataExt::uid(metadata),
        host::user_id(),
    );
    if owner == 0 || Some(owner) == us {
        return Ok(());
    }
    let (shown, us) = (path.display(), us.unwrap_or_default());
    Err(io::Error::other(format!(
        "{shown} belongs to user {owner}, and this runs as user {us}; run ttychat as user {owner}, \
         or with a home of your own (as `sudo -H` gives), or make it yours: `chown {us} {shown}`"
    )))
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
/// What the system said; nothing is left of it then.
pub(super) fn write_new_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        drop(fs::remove_file(path));
    }
    written
}

/// Does something to a file while no other program of ours does.
///
/// # Errors
/// What `act` said; or that another program does not come to an end with it.
pub(super) fn alone<T>(path: &Path, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    make_private_folder(folder_of(path))?;
    let path = path.with_extension("lock");
    let tries = LOCK_TIMEOUT.as_millis() / LOCK_LOOK_INTERVAL.as_millis();
    for _ in 0..tries {
        let lock = Lock::try_take(&path);
        let lock = lock.map_err(|err| {
            io::Error::new(err.kind(), format!("cannot lock {}: {err}", path.display()))
        })?;
        if lock.is_some() {
            return act();
        }
        thread::park_timeout(LOCK_LOOK_INTERVAL);
    }
    Err(io::Error::other(format!(
        "another ttychat has been writing it for {} s; end the one that hangs or is stopped",
        LOCK_TIMEOUT.as_secs()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    };

    #[cfg(unix)]
    #[test]
    fn a_link_at_a_name_that_can_be_guessed_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("known-peers");
        let other = folder.path().join("precious");
        fs::write(&other, "precious").unwrap();
        let guessed = path.with_extension(std::process::id().to_string());
        std::os::unix::fs::symlink(&other, guessed).unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert!(!fs::symlink_metadata(&path).unwrap().is_symlink());
        assert_eq!(fs::read(&other).unwrap(), b"precious");
    }

    #[test]
    fn a_lock_that_is_held_keeps_others_out_however_old_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("known-peers");
        let is_inside = AtomicBool::new(false);
        thread::scope(|scope| {
            let act = || {
                let lock = OpenOptions::new()
                    .write(true)
                    .open(path.with_extension("lock"))?;
                lock.set_modified(std::time::SystemTime::UNIX_EPOCH)?;
                scope.spawn(|| {
                    let enter = || {
                        is_inside.store(true, Ordering::SeqCst);
                        Ok(())
                    };
                    alone(&path, enter).unwrap();
                });
                thread::park_timeout(LOCK_LOOK_INTERVAL * 20);
                assert!(!is_inside.load(Ordering::SeqCst), "two are inside");
                Ok(())
            };
            alone(&path, act).unwrap();
        });
        assert!(is_inside.into_inner(), "it had its turn");
    }

    #[test]
    fn those_who_wait_for_the_lock_of_a_program_that_was_killed_go_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("known-peers");
        for round in 0..10 {
            let lock = File::create(path.with_extension("lock")).unwrap();
            lock.set_modified(std::time::SystemTime::UNIX_EPOCH)
                .unwrap();
            drop(lock);
            let (start, is_inside) = (Barrier::new(8), AtomicBool::new(false));
            let enter = || {
                assert!(!is_inside.swap(true, Ordering::SeqCst), "round {round}");
                thread::park_timeout(Duration::from_millis(1));
                is_inside.store(false, Ordering::SeqCst);
                Ok(())
            };
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        start.wait();
                        alone(&path, enter).unwrap();
                    });
                }
            });
        }
    }
}
