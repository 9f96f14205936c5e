//! Calls with an end that was written from docs/PROTOCOL.md alone, in another language and with
//! another implementation of Noise: Python's `noiseprotocol`. Where that is not installed, these
//! tests say that they are left out.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "test code"
)]

mod support;

use std::{
    fs,
    io::{BufRead, BufReader, Lines},
    process::{Child, ChildStdout, Command, Stdio},
};
use support::end::End;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/peer.py");
const SECRET: &str = "0123456789abcdefghjkmnpqrs";

/// The other end.
struct Python {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

fn is_installed() -> bool {
    let import = Command::new("python3")
        .args(["-c", "import noise.connection"])
        .stderr(Stdio::null())
        .status();
    let is_there = import.is_ok_and(|status| status.success());
    if !is_there {
        eprintln!("LEFT OUT: python3 with noiseprotocol (pip install noiseprotocol) is not there");
    }
    is_there
}

impl Python {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new("python3")
            .arg(SCRIPT)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The rest of the next line that begins with `word`.
    #[track_caller]
    fn told(&mut self, word: &str) -> String {
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            if let Some(rest) = line.strip_prefix(word) {
                return rest.trim().to_owned();
            }
        }
        panic!("it never told its {word}");
    }

    /// Its words, as people see them.
    fn words(&mut self) -> String {
        let list = bip39::Language::English.word_list();
        let numbers = self.told("words");
        let words = numbers
            .split(' ')
            .map(|number| list[number.parse::<usize>().unwrap()]);
        words.collect::<Vec<_>>().join(" ")
    }

    fn end(mut self) {
        assert_eq!(self.told("pictures"), "3");
        assert!(self.child.wait().unwrap().success());
    }
}

/// What an end has logged, and secrets, each in a file of its own.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::write(folder.path("secret"), SECRET).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let private = fs::Permissions::from_mode(0o600);
            fs::set_permissions(folder.path("secret"), private).unwrap();
        }
        folder
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap()
    }
}

/// The flags of our end.
fn flags<'a>(log: &'a str, secret: &'a str, with_secret: bool) -> Vec<&'a str> {
    let mut flags = vec!["--source", "test", "--name", "rust", "--log", log];
    if with_secret {
        flags.extend(["--secret", secret]);
    }
    flags
}

#[test]
fn an_independent_program_calls_this_one() {
    if !is_installed() {
        return;
    }
    for with_secret in [false, true] {
        let folder = Folder::new();
        let (log, secret) = (folder.path("log"), folder.path("secret"));
        let end = End::listen(&flags(&log, &secret, with_secret));
        let port = end.port().to_string();
        let arguments = ["call", &port, SECRET];
        let mut python = Python::start(&arguments[..if with_secret { 3 } else { 2 }]);
        let words = python.words();
        assert_eq!(python.told("key").len(), 29);
        assert_eq!(python.told("name"), "rust");
        python.end();
        assert!(
            with_secret || folder.log().contains(&words),
            "{}",
            folder.log()
        );
    }
}

#[test]
fn this_program_calls_an_independent_one() {
    if !is_installed() {
        return;
    }
    for with_secret in [false, true] {
        let folder = Folder::new();
        let (log, secret) = (folder.path("log"), folder.path("secret"));
        let arguments = ["listen", "0", SECRET];
        let mut python = Python::start(&arguments[..if with_secret { 3 } else { 2 }]);
        let port = python.told("port").parse().unwrap();
        let mut end = End::connect(port, &flags(&log, &secret, with_secret));
        let words = python.words();
        assert_eq!(python.told("name"), "rust");
        python.end();
        assert!(end.wait().success(), "{}", end.stderr());
        assert!(
            with_secret || folder.log().contains(&words),
            "{}",
            folder.log()
        );
    }
}
