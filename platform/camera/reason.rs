//! Why the system keeps a camera from us, in words that say what to do. Pure.

use std::{fmt, path::PathBuf};

/// Most programs that are named.
const NAMED_COUNT_MAX: usize = 3;

/// The rule for udev that lets people use cameras: those at the machine, and a group for those who
/// log in from elsewhere.
const UDEV_RULE: &str = r#"SUBSYSTEM=="video4linux", GROUP="video", MODE="0660", TAG+="uaccess""#;

/// A program that has a camera open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// What the system calls it, made printable.
    pub name: String,
    /// Its process.
    pub pid: u32,
}

/// The programs that have a camera open, as far as we are shown them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holders(pub Vec<Holder>);

/// What keeps us from opening a camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Its mode allows it, so something finer refuses: an access list or a security module.
    AccessList(PathBuf),
    /// The devices of a container or a service are fewer than those of the system.
    Container(PathBuf),
    /// This folder may not be entered.
    Folder(PathBuf),
    /// This group may open it, and we are not in it.
    Group(String),
    /// We are in this group, but were not when we logged in.
    GroupIsNew(String),
    /// It belongs to the system alone.
    NoGroup,
    /// Windows: the person, or who administers the computer, has turned cameras off.
    Privacy,
}

impl fmt::Display for Holders {
    /// To stand after "close".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(holders) = self;
        match holders.len() {
            0 => return write!(f, "the program that uses it"),
            1 => write!(f, "the program that uses it (")?,
            _ => write!(f, "the programs that use it (")?,
        }
        for (index, Holder { name, pid }) in holders.iter().take(NAMED_COUNT_MAX).enumerate() {
            let comma = if index == 0 { "" } else { "; " };
            write!(f, "{comma}{name}, PID {pid}")?;
        }
        if let Some(more) = holders.len().checked_sub(NAMED_COUNT_MAX + 1) {
            write!(f, "; {} more", more + 1)?;
        }
        write!(f, ")")
    }
}

impl fmt::Display for Denial {
    /// To stand after "no permission to open camera X; ".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessList(path) => write!(
                f,
                "its mode would allow it, but an access list or SELinux refuses: see `getfacl {}` \
                 and `sudo ausearch -m avc`",
                path.display()
            ),
            Self::Container(path) => write!(
                f,
                "this container or service may not use it: start it with `--device {0}` \
                 (systemd: `DeviceAllow={0} rw`)",
                path.display()
            ),
            Self::Folder(path) => write!(
                f,
                "its folder may not be entered: `sudo chmod a+x {}` lets you",
                path.display()
            ),
            Self::Group(group) => write!(
                f,
                "it belongs to group {group}: run `sudo usermod -aG {group} $USER`, then log in \
                 again"
            ),
            Self::GroupIsNew(group) => write!(
                f,
                "you are in its group {group}, but were not when you logged in: log out of all \
                 sessions and in again"
            ),
            Self::NoGroup => write!(
                f,
                "no group may use it: write {UDEV_RULE} into /etc/udev/rules.d/70-camera.rules and \
                 plug it in again"
            ),
            Self::Privacy => write!(
                f,
                "turn on `Let desktop apps access your camera` in the Settings, Privacy, Camera"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_few_holders_are_named() {
        let holders = |count: u32| {
            let holder = |pid| Holder {
                name: format!("cam{pid}"),
                pid,
            };
            Holders((1..=count).map(holder).collect()).to_string()
        };
        assert_eq!(holders(0), "the program that uses it");
        assert_eq!(holders(1), "the program that uses it (cam1, PID 1)");
        let three = "the programs that use it (cam1, PID 1; cam2, PID 2; cam3, PID 3";
        assert_eq!(holders(3), format!("{three})"));
        assert_eq!(holders(4), format!("{three}; 1 more)"));
        assert_eq!(holders(9), format!("{three}; 6 more)"));
    }
}
