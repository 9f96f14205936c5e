//! What stops the program, with advice for the person.
//!
//! It does not know how errors come about, nor how they are shown.
//!
//! Invariant: every variant names what was tried and says what the person can do; what the system
//! said is in the text or in `source()`, never in both.

use std::{fmt, io, net::SocketAddr, path::PathBuf};

/// What stops the program. Shown once, on stderr, after the screen was given back.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file of `--source` is none that can be played.
    #[error(
        "cannot play {path}: {reason}; give an MJPEG stream, a Y4M file, or a JPEG or PNG picture"
    )]
    Clip {
        /// What was opened.
        path: PathBuf,
        /// What is wrong with it, in words.
        reason: String,
    },
    /// No address of the target took the connection.
    #[error(
        "cannot call {target}: tried {tried}; check that `ttychat --listen` runs there, that the \
         port is right and that no firewall is between"
    )]
    Connect {
        /// As the person typed it.
        target: String,
        /// Every address and what the system said to it.
        tried: Attempts,
    },
    /// `--forget` for nobody.
    #[error("{0}")]
    Forget(String),
    /// There is no folder for our own files.
    #[error("cannot tell where to keep this user's key; set HOME to a folder that can be written")]
    NoHome,
    /// There is no terminal.
    #[error(
        "there is no terminal to show the picture on; use `ssh -t` when calling through ssh, \
         or --headless for an end without a screen"
    )]
    NoTerminal(#[source] io::Error),
    /// The key file is there but holds no key.
    #[error(
        "the key in {path} is broken; move the file away and start again, which makes a new key \
         that others will have to get to know"
    )]
    KeyBroken {
        /// The key file.
        path: PathBuf,
    },
    /// The key file could not be read or made.
    #[error("cannot keep this user's key in {path}; check who owns it and that the disk has room")]
    KeyFile {
        /// The key file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Could not listen.
    #[error("cannot listen on {address}; {}", listen_advice(source))]
    Listen {
        /// What was tried.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// The event loop, a thread or the like could not be had.
    #[error("the system refuses {what}; close other programs and try again")]
    Machinery {
        /// Such as `a thread for the camera`.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Options that do not fit together, or to this system.
    #[error("{0}")]
    Options(String),
    /// The file of known peers could not be read or written.
    #[error(
        "cannot use {path}, where the keys of those you know are kept; nobody could be told from \
         another without it, so put it right, or move it away to know nobody"
    )]
    PeersFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file of `--source` could not be read.
    #[error("cannot read {path}; check its name and that you may read it")]
    Read {
        /// What was opened.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The target's name has no address.
    #[error("cannot find {target}; check the name, or call its address (such as 192.0.2.7:2222)")]
    Resolve {
        /// As the person typed it.
        target: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file of `--secret` could not be read or made, or holds none.
    #[error("cannot use the secret in {path}; both ends need the same file, made by --listen")]
    SecretFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: io::Error,
    },
    /// The terminal was there and then failed.
    #[error("the terminal failed; `reset` repairs one that looks odd")]
    Terminal(#[source] io::Error),
    /// The command of `--via` brought no connection.
    #[error("the command of --via {reason}; try it by itself: {command}")]
    Via {
        /// As it was run.
        command: String,
        /// What became of it, in words.
        reason: String,
    },
    /// The file of `--stats` or `--log` could not be written.
    #[error("cannot write {path}; check the folder and that the disk has room")]
    Write {
        /// What was opened.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Every address of a name and what the system said when it was dialled.
#[derive(Debug, Default)]
pub struct Attempts(pub Vec<(SocketAddr, io::Error)>);

impl Error {
    /// What happened and what lies under it: `{self}: {source}: {source of the source}`.
    pub fn with_sources(&self) -> String {
        let mut text = self.to_string();
        let mut next = std::error::Error::source(self);
        while let Some(source) = next {
            text.push_str(": ");
            text.push_str(&source.to_string());
            next = source.source();
        }
        text
    }

    /// What the program exits with: 2 for wrong usage, else 1.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Options(_) => 2,
            _ => 1,
        }
    }
}

fn listen_advice(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::AddrInUse => "choose another port, or end the program that uses it",
        io::ErrorKind::AddrNotAvailable => {
            "that is no address of this computer; give the port alone to listen on all it has"
        }
        io::ErrorKind::PermissionDenied => "choose a port above 1023",
        _ => "choose another port or address",
    }
}

impl fmt::Display for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no address");
        }
        for (index, (address, error)) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{address} ({error})")?;
        }
        Ok(())
    }
}
