//! Which programs have a device open, as `/proc` shows it.
//!
//! It opens no device and asks no program. Invariant: it takes a bounded time, and what it is not
//! shown it does not know.

use super::{
    super::{Holder, Holders},
    kernel, read_attribute,
};
use std::{
    fs,
    path::Path,
    process,
    time::{Duration, Instant},
};

/// Most processes looked at.
const PROCESSES_MAX: usize = 8192;
/// Most open files looked at, of all processes.
const FILES_MAX: usize = 65_536;
/// How long the look may take. A thousand processes with fifty files each take half of it.
const LOOK_TIMEOUT: Duration = Duration::from_millis(100);

/// The other programs that have `device` open.
pub(super) fn holders(device: &Path) -> Holders {
    holders_in(Path::new("/proc"), device, kernel::now() + LOOK_TIMEOUT)
}

fn holders_in(proc: &Path, device: &Path, deadline: Instant) -> Holders {
    let mut holders = Vec::new();
    let mut files_left = FILES_MAX;
    let processes = fs::read_dir(proc).into_iter().flatten().flatten();
    for entry in processes.take(PROCESSES_MAX) {
        if kernel::now() >= deadline || files_left == 0 {
            break;
        }
        let pid = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        let Some(pid) = pid.filter(|pid| *pid != process::id()) else {
            continue;
        };
        // Only our own processes show their files, unless we are root.
        let Ok(files) = fs::read_dir(entry.path().join("fd")) else {
            continue;
        };
        let mut links = files
            .flatten()
            .take(files_left)
            .inspect(|_| files_left -= 1);
        if links.any(|file| fs::read_link(file.path()).is_ok_and(|target| target == device)) {
            let name = read_attribute(&entry.path().join("comm"));
            let name = name.filter(|name| !name.is_empty());
            let name = name.unwrap_or_else(|| "a program without a name".to_owned());
            holders.push(Holder { name, pid });
        }
    }
    holders.sort_by_key(|holder| holder.pid);
    Holders(holders)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io, os::unix::fs::symlink};

    /// A `/proc` of these processes: number, name, and what their files lead to.
    fn proc(name: &str, processes: &[(&str, &[u8], &[&str])]) -> io::Result<std::path::PathBuf> {
        let folder = std::env::temp_dir().join(format!("ttychat-{name}-{}", process::id()));
        drop(fs::remove_dir_all(&folder));
        for (number, comm, files) in processes {
            let fd = folder.join(number).join("fd");
            fs::create_dir_all(&fd)?;
            fs::write(folder.join(number).join("comm"), comm)?;
            for (index, target) in files.iter().enumerate() {
                symlink(target, fd.join(index.to_string()))?;
            }
        }
        Ok(folder)
    }

    #[test]
    fn those_who_have_the_device_open_are_found() {
        let us = process::id().to_string();
        let folder = proc(
            "holders",
            &[
                (
                    "900",
                    b"che\x1bese\xff\n",
                    &["/dev/null", "socket:[7]", "/dev/video2"],
                ),
                ("31", b"firefox\n", &["/dev/video2", "/dev/video2"]),
                ("32", b"other\n", &["/dev/video22", "/dev/video2 (deleted)"]),
                (&us, b"ttychat\n", &["/dev/video2"]),
                ("self", b"ttychat\n", &["/dev/video2"]),
                ("77", b"\n", &["/dev/video2"]),
            ],
        )
        .unwrap();
        let soon = kernel::now() + Duration::from_secs(60);
        let device = Path::new("/dev/video2");
        let found = holders_in(&folder, device, soon).to_string();
        let expected = "the programs that use it (firefox, PID 31; a program without a name, \
                        PID 77; che ese\u{fffd}, PID 900)";
        assert_eq!(found, expected);
        assert_eq!(
            holders_in(&folder, device, kernel::now()),
            Holders::default()
        );
        assert_eq!(
            holders_in(&folder, Path::new("/dev/video3"), soon),
            Holders::default()
        );
        assert_eq!(
            holders_in(&folder.join("no"), device, soon),
            Holders::default()
        );
        fs::remove_dir_all(folder).unwrap();
    }
}
