//! A lock between programs: a file that one of them holds.
//!
//! It does not wait. Invariant: the system gives a lock back when its program ends, however that
//! ends; the file says nothing and stays, for who removes it could remove that of another.

use std::{
    fs::{File, OpenOptions},
    io,
    path::Path,
};

/// What only one program has, until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, unless another has it: then `None`. `path`: a file of its own in a folder in
    /// which nobody else can write; it is made when it is not there.
    ///
    /// # Errors
    /// What the system said.
    pub fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = try_open(&mut options, path)?;
        Ok(file.map(|file| Self { _file: file }))
    }
}

#[cfg(unix)]
fn try_open(options: &mut OpenOptions, path: &Path) -> io::Result<Option<File>> {
    use rustix::{
        fs::{FlockOperation, OFlags, flock},
        io::Errno,
    };
    use std::os::unix::fs::OpenOptionsExt as _;
    let no_link = OFlags::NOFOLLOW.bits().cast_signed();
    let file = options.mode(0o600).custom_flags(no_link).open(path)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        // Some file systems know no locks. There a change may be lost to one of another program at
        // the same time; to write nothing at all would lose each.
        Ok(()) | Err(Errno::NOTSUP | Errno::NOSYS | Errno::NOLCK) => Ok(Some(file)),
        Err(Errno::WOULDBLOCK) => Ok(None),
        Err(err) => Err(err.into()),
    }
}

#[cfg(windows)]
fn try_open(options: &mut OpenOptions, path: &Path) -> io::Result<Option<File>> {
    use std::os::windows::fs::OpenOptionsExt as _;
    use windows_sys::Win32::Foundation::ERROR_SHARING_VIOLATION;
    match options.share_mode(0).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(err) => {
            let code = err.raw_os_error().map(i32::cast_unsigned);
            if code == Some(ERROR_SHARING_VIOLATION) {
                Ok(None)
            } else {
                Err(err)
            }
        }
    }
}

#[cfg(not(any(unix, windows)))]
fn try_open(options: &mut OpenOptions, path: &Path) -> io::Result<Option<File>> {
    options.open(path).map(Some)
}
