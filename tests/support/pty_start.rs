//! How a program is started in a pseudo-terminal.

use super::{Display, Drawn, Pty, cells, pty_size, settings};
use portable_pty::{CommandBuilder, PtyPair, native_pty_system};
use std::{
    path::PathBuf,
    sync::{Arc, Condvar, Mutex},
};

/// Runs its arguments as a job, continues it when it was stopped and a line is typed, and says how
/// it ended. 147 and 148 are SIGSTOP and SIGTSTP.
const SHELL_SCRIPT: &str = r#"
    set -m
    "$@"
    status=$?
    while [ "$status" = 147 ] || [ "$status" = 148 ]; do
        printf '[stopped]\n'
        read -r line
        fg > /dev/null
        status=$?
    done
    printf '[ended %s]\n' "$status"
    read -r line
"#;

/// How a program is started.
pub(crate) struct Start<'a> {
    program: &'a str,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    folder: PathBuf,
    columns: u16,
    rows: u16,
}

impl<'a> Start<'a> {
    /// `program` in a true-colour terminal of 80x24 cells, with nothing else in its environment.
    pub(crate) fn new(program: &'a str, arguments: &[&str]) -> Self {
        let inherited = [
            "PATH",
            "HOME",
            "USER",
            "LD_LIBRARY_PATH",
            "LLVM_PROFILE_FILE",
        ];
        let mut environment: Vec<_> = inherited
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?)))
            .collect();
        for (name, value) in [
            ("TERM", "xterm-256color"),
            ("COLORTERM", "truecolor"),
            ("LANG", "C.UTF-8"),
        ] {
            environment.push((name.to_owned(), value.to_owned()));
        }
        let arguments = arguments
            .iter()
            .map(|&argument| argument.to_owned())
            .collect();
        Self {
            program,
            arguments,
            environment,
            folder: std::env::temp_dir(),
            columns: 80,
            rows: 24,
        }
    }

    /// Sets a variable; an empty value removes it.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(present, _)| present != name);
        if !value.is_empty() {
            self.environment.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Sets the folder in which it starts.
    pub(crate) fn folder(mut self, folder: &str) -> Self {
        self.folder = folder.into();
        self
    }

    /// Sets the terminal's size, in cells.
    pub(crate) fn size(mut self, columns: u16, rows: u16) -> Self {
        (self.columns, self.rows) = (columns, rows);
        self
    }

    /// Starts it.
    pub(crate) fn spawn(self) -> Pty {
        let size = pty_size(self.columns, self.rows);
        let PtyPair { slave, master } = native_pty_system().openpty(size).expect("openpty");
        let mut command = CommandBuilder::new("sh");
        command.env_clear();
        command.args(["-c", SHELL_SCRIPT, "sh", self.program]);
        command.args(&self.arguments);
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command.cwd(&self.folder);
        let settings_at_start = settings(&*master);
        let shell = slave.spawn_command(command).expect("the shell starts");
        // Only the shell and its job hold it now, so that the reader sees when both are gone.
        drop(slave);

        let parser = vt100::Parser::new(cells(self.rows), cells(self.columns), 0);
        let display = Arc::new(Display {
            drawn: Mutex::new(Drawn {
                parser,
                bytes: Vec::new(),
            }),
            changed: Condvar::new(),
        });
        let output = master.try_clone_reader().expect("a reader");
        let follower = Arc::clone(&display);
        std::thread::Builder::new()
            .name("pty reader".to_owned())
            .spawn(move || follower.follow(output))
            .expect("a thread");
        let keys = master.take_writer().expect("a writer");
        let mut pty = Pty {
            shell,
            keys,
            master,
            display,
            settings_at_start,
            process_id: 0,
        };
        let shell_id = pty.shell.process_id();
        pty.wait_until("the program runs", |pty| {
            pty.foreground_group() != shell_id || pty.exit_code().is_some()
        });
        pty.process_id = pty.foreground_group().expect("a foreground job");
        pty
    }
}
