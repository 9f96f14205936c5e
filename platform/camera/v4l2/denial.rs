//! What keeps us from opening a device: its mode, its group, or something above both.

use super::super::Denial;
use crate::host;
use rustix::{fs::Gid, io::Errno, process};
use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::Path,
};

/// Most bytes of `/etc/group` that are read. Large sites keep their groups elsewhere.
const GROUP_FILE_LEN_MAX: u64 = 1 << 20;

/// Reading and writing, which a camera needs, for one of owner, group and others.
const READ_AND_WRITE: u32 = 0o6;

/// All that decides.
#[derive(Debug)]
struct Facts<'a> {
    path: &'a Path,
    /// Whether the system said EPERM, which modes never cause.
    is_forbidden: bool,
    /// Mode, owner and group of the device; `None` when we may not see them.
    node: Option<(u32, u32, u32)>,
    user: u32,
    user_name: &'a str,
    /// Those that we are in since we logged in.
    groups: &'a [u32],
    /// As in `/etc/group`.
    group_file: &'a str,
}

/// Why `err` came from opening `path`.
pub(super) fn denial(path: &Path, err: &io::Error) -> Denial {
    let is_forbidden = Errno::from_io_error(err) == Some(Errno::PERM);
    let node = match fs::metadata(path) {
        Ok(node) => Some((node.mode(), node.uid(), node.gid())),
        // It went away meanwhile.
        Err(err) if err.kind() != io::ErrorKind::PermissionDenied && !is_forbidden => {
            return Denial::AccessList(path.to_owned());
        }
        Err(_) => None,
    };
    let mut groups = process::getgroups().unwrap_or_default();
    groups.push(process::getegid());
    let groups: Vec<u32> = groups.into_iter().map(Gid::as_raw).collect();
    denial_of(&Facts {
        path,
        is_forbidden,
        node,
        user: process::geteuid().as_raw(),
        user_name: &host::user_name(),
        groups: &groups,
        group_file: &read_groups(),
    })
}

fn read_groups() -> String {
    let mut bytes = Vec::new();
    let file = File::open("/etc/group").map(|file| file.take(GROUP_FILE_LEN_MAX));
    // What was read until an error is as good as it gets.
    drop(file.and_then(|mut file| file.read_to_end(&mut bytes)));
    String::from_utf8_lossy(&bytes).into_owned()
}

fn denial_of(facts: &Facts<'_>) -> Denial {
    let path = facts.path.to_owned();
    if facts.is_forbidden {
        return Denial::Container(path);
    }
    let Some((mode, owner, group)) = facts.node else {
        let folder = facts.path.parent().unwrap_or(facts.path);
        return Denial::Folder(folder.to_owned());
    };
    let allows = |shift: u32| mode >> shift & READ_AND_WRITE == READ_AND_WRITE;
    let is_member = facts.groups.contains(&group);
    // The first class that we belong to decides.
    let is_allowed = if facts.user == owner {
        allows(6)
    } else if is_member {
        allows(3)
    } else {
        allows(0)
    };
    if is_allowed {
        return Denial::AccessList(path);
    }
    // Nobody should be told to join the group of the system's administrator.
    if facts.user == owner || is_member || !allows(3) || group == 0 {
        return Denial::NoGroup;
    }
    match entry(facts.group_file, group) {
        Some((name, members)) if members.split(',').any(|user| user == facts.user_name) => {
            Denial::GroupIsNew(name.to_owned())
        }
        Some((name, _)) => Denial::Group(name.to_owned()),
        None => Denial::Group(group.to_string()),
    }
}

/// The name and the members of the group with this number: `video:x:44:anna,ben`.
fn entry(group_file: &str, wanted: u32) -> Option<(&str, &str)> {
    group_file.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _password) = (fields.next()?, fields.next()?);
        let number: u32 = fields.next()?.trim().parse().ok()?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || "._-$".contains(c);
        let is_sound = !name.is_empty() && name.chars().all(is_name);
        (number == wanted && is_sound).then(|| (name, fields.next().unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUPS: &str = "root:x:0:\nbroken\n#:\nvideo:x:44:anna,ben\nevil;rm:x:45:\n\
                          plugdev:x:46:ben\nvideo2:x:44:\n";

    #[track_caller]
    fn check(node: Option<(u32, u32, u32)>, groups: &[u32], expected: &str) {
        let denial = denial_of(&Facts {
            path: Path::new("/dev/video0"),
            is_forbidden: false,
            node,
            user: 1000,
            user_name: "carl",
            groups,
            group_file: GROUPS,
        });
        let words = denial.to_string();
        assert!(words.contains(expected), "{words}");
    }

    #[test]
    fn the_group_that_owns_the_camera_is_named() {
        let words = "it belongs to group video: run `sudo usermod -aG video $USER`, then log in";
        check(Some((0o20660, 0, 44)), &[100, 1000], words);
        check(Some((0o20660, 0, 45)), &[], "usermod -aG 45 $USER");
        check(Some((0o20660, 0, 99)), &[], "usermod -aG 99 $USER");
    }

    #[test]
    fn who_joined_the_group_after_the_login_is_told_so() {
        let facts = Facts {
            path: Path::new("/dev/video0"),
            is_forbidden: false,
            node: Some((0o20660, 0, 44)),
            user: 1000,
            user_name: "ben",
            groups: &[1000],
            group_file: GROUPS,
        };
        assert_eq!(denial_of(&facts), Denial::GroupIsNew("video".into()));
    }

    #[test]
    fn a_camera_without_a_group_needs_a_rule() {
        let rule = r#"write SUBSYSTEM=="video4linux", GROUP="video", MODE="0660", TAG+="uaccess""#;
        for node in [
            (0o20600, 0, 0),
            (0o20660, 0, 0),
            (0o20600, 0, 44),
            (0o20640, 0, 44),
            (0o20000, 1000, 44),
            (0o20060, 1000, 44),
        ] {
            check(Some(node), &[1000], rule);
        }
        check(Some((0o20606, 0, 44)), &[44], rule);
    }

    #[test]
    fn what_is_finer_or_coarser_than_a_mode_is_told() {
        check(Some((0o20660, 0, 44)), &[44], "`getfacl /dev/video0`");
        check(Some((0o20666, 0, 0)), &[], "an access list or SELinux");
        check(Some((0o20600, 1000, 44)), &[], "an access list or SELinux");
        check(None, &[44], "`sudo chmod a+x /dev`");
        let facts = Facts {
            path: Path::new("/dev/video3"),
            is_forbidden: true,
            node: Some((0o20666, 0, 44)),
            user: 0,
            user_name: "root",
            groups: &[0],
            group_file: "",
        };
        let words = denial_of(&facts).to_string();
        assert!(words.contains("`--device /dev/video3`"), "{words}");
    }

    #[test]
    fn a_real_file_is_judged() {
        let err = io::Error::from_raw_os_error(Errno::PERM.raw_os_error());
        let path = Path::new("/dev/null");
        assert_eq!(denial(path, &err), Denial::Container(path.into()));
        let err = io::Error::from_raw_os_error(Errno::ACCESS.raw_os_error());
        assert_eq!(denial(path, &err), Denial::AccessList(path.into()));
    }
}
