//! The file of the people that are known.
//!
//! Invariant: the file is whole at all times, and what two programs write at once is all in it. A
//! file that cannot be read, or that others can write or replace, stops the program: without it a
//! changed key would look like a new one.

use super::{files, own_file};
use crate::{app::KnownPeers, error::Error};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Longest file of known people that is read, in bytes: a thousand of them, each called at eight
/// places with the longest names, and as much of comments.
const PEERS_LEN_MAX: u64 = 6 << 20;

fn path() -> Result<PathBuf, Error> {
    Ok(files::config_folder()?.join("known-peers"))
}

/// Who is known, and what is to be said of the file.
///
/// # Errors
/// [`Error::PeersFile`], [`Error::NoHome`].
pub(super) fn load() -> Result<(KnownPeers, Vec<String>), Error> {
    let path = path()?;
    let (known, complaints) = load_from(&path).map_err(|source| Error::PeersFile {
        path: path.clone(),
        source,
    })?;
    let of_file = |complaint| format!("{}: {complaint}", path.display());
    Ok((known, complaints.into_iter().map(of_file).collect()))
}

fn load_from(path: &Path) -> io::Result<(KnownPeers, Vec<String>)> {
    own_file::refuse_if_others_can_replace(path)?;
    match own_file::read_text(path, PEERS_LEN_MAX) {
        Ok(text) => {
            own_file::refuse_if_others_can(own_file::Deed::Write, path)?;
            Ok(KnownPeers::parse(&text))
        }
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(Default::default()),
        Err(err) => Err(err),
    }
}

/// Writes what was changed in this run since `written` was, over what is in the file by now.
///
/// # Errors
/// Words for the person.
pub(super) fn keep(peers: &KnownPeers, written: &KnownPeers) -> Result<(), String> {
    let path = path().map_err(io::Error::other);
    let kept = path.and_then(|path| keep_at(&path, peers, written));
    kept.map_err(|err| format!("who called is not kept as known: {err}"))
}

fn keep_at(path: &Path, peers: &KnownPeers, written: &KnownPeers) -> io::Result<()> {
    let newer = peers.since(written);
    change(path, |kept| {
        *kept = std::mem::take(kept).updated(&newer);
        Ok(())
    })
}

/// Changes the file, alone.
fn change<T>(path: &Path, act: impl FnOnce(&mut KnownPeers) -> io::Result<T>) -> io::Result<T> {
    // A link, to where somebody keeps such files, stays one.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    own_file::alone(&path, || {
        let (mut known, _complaints) = load_from(&path)?;
        let done = act(&mut known)?;
        own_file::replace(&path, known.to_string().as_bytes())?;
        Ok(done)
    })
}

/// What `--peers` prints.
///
/// # Errors
/// As [`load`], and of the key.
pub(super) fn listing() -> Result<String, Error> {
    let (known, complaints) = load()?;
    let key = files::load_or_make_key()?;
    let mut text = String::new();
    if let Some(key) = key.fingerprint() {
        text = format!("you\n  key {key}\n");
    }
    text.push_str(&known.listing());
    for complaint in complaints {
        text.push_str(&complaint);
        text.push('\n');
    }
    Ok(text)
}

/// Does `--forget`; gives the line to print.
///
/// # Errors
/// [`Error::PeersFile`], [`Error::Forget`], [`Error::NoHome`].
pub(super) fn forget(name: &str) -> Result<String, Error> {
    let path = path()?;
    let mut unknown = None;
    let forgotten = change(&path, |known| {
        known.forget(name).map_err(|reason| {
            unknown = Some(reason);
            io::Error::other("nobody")
        })
    });
    match (forgotten, unknown) {
        (Ok(peer), _) => Ok(format!(
            "forgot {}; whoever calls with that key, or answers where they were called, is asked \
             about as at the first time\n",
            peer.name
        )),
        (Err(_), Some(reason)) => Err(Error::Forget(reason)),
        (Err(source), None) => Err(Error::PeersFile { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Fingerprint;
    use std::thread;

    fn trusted(number: u8) -> KnownPeers {
        let mut known = KnownPeers::default();
        let name = format!("peer-{number}");
        known.trust(
            Fingerprint::of(&[number; 32]),
            &name,
            Some("desk:2222"),
            "2026-11-22".parse().unwrap(),
        );
        known
    }

    fn keep_first(path: &Path, peers: &KnownPeers) {
        keep_at(path, peers, &KnownPeers::default()).unwrap();
    }

    #[test]
    fn what_many_programs_keep_at_once_is_all_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/known-peers");
        thread::scope(|scope| {
            for number in 0..16 {
                let path = &path;
                scope.spawn(move || keep_first(path, &trusted(number)));
            }
        });
        let (known, complaints) = load_from(&path).unwrap();
        assert_eq!(complaints, [""; 0]);
        assert_eq!(known.iter().count(), 16);
        let files = fs::read_dir(path.parent().unwrap()).unwrap();
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["known-peers", "known-peers.lock"]);
    }

    #[test]
    fn somebody_who_was_forgotten_elsewhere_does_not_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("known-peers");
        let today = "2026-11-22".parse().unwrap();
        let mut running = trusted(1);
        keep_first(&path, &running);
        let written = running.clone();
        let gone = Fingerprint::of(&[1; 32]);
        change(&path, |known| {
            known.forget("peer-1").map_err(io::Error::other)
        })
        .unwrap();
        running.trust(Fingerprint::of(&[2; 32]), "peer-2", None, today);
        running.see(gone, Some("lap:2222"), today);
        keep_at(&path, &running, &written).unwrap();
        let known = load_from(&path).unwrap().0;
        assert!(known.find(gone).is_none() && known.iter().count() == 1);
    }

    #[test]
    fn a_lock_that_nobody_holds_keeps_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("known-peers");
        let lock = fs::File::create(path.with_extension("lock")).unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH;
        lock.set_modified(old).unwrap();
        keep_first(&path, &trusted(1));
        assert_eq!(load_from(&path).unwrap().0.iter().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_private_and_none_that_others_can_write_is_believed() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("known-peers");
        keep_first(&path, &trusted(1));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o620)).unwrap();
        let err = load_from(&path).unwrap_err().to_string();
        assert!(err.contains("chmod 600"), "{err}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, [0xff; 10]).unwrap();
        assert!(load_from(&path).is_err(), "no text");
    }

    #[cfg(unix)]
    #[test]
    fn what_others_can_put_in_its_place_is_not_believed() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("known-peers");
        keep_first(&path, &trusted(1));
        for mode in [0o770, 0o702, 0o1777] {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
            let err = load_from(&path).unwrap_err().to_string();
            assert!(err.contains("chmod go-w"), "{mode:o}: {err}");
        }
        // Whoever can take it away can bring all first calls back.
        fs::remove_file(&path).unwrap();
        assert!(load_from(&path).is_err());
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(load_from(&path).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_somebody_else_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("known-peers");
        keep_first(&path, &trusted(1));
        // Only root can give a file away.
        if std::os::unix::fs::chown(&path, Some(12345), None).is_ok() {
            let err = load_from(&path).unwrap_err().to_string();
            assert!(err.contains("user 12345") && err.contains("chown"), "{err}");
            std::os::unix::fs::chown(&path, Some(0), None).unwrap();
            std::os::unix::fs::chown(folder.path(), Some(12345), None).unwrap();
            let err = load_from(&path).unwrap_err().to_string();
            assert!(err.contains("user 12345"), "{err}");
        }
    }
}
