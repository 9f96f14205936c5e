//! Lines for others: the log, the statistics, and what an end without a screen says.
//!
//! A thread writes them, because a pipe that nobody reads, a stopped terminal or a disk that hangs
//! would stop the loop.
//!
//! Invariant: the loop never waits for a line to be written; lines that nobody takes are left out.

use super::{
    files::LineFile,
    worker::{self, Worker},
};
use crate::app::WallTime;
use std::{
    io::{self, Write},
    sync::mpsc::{self, Receiver, SyncSender},
    time::Duration,
};

/// Most lines that wait to be written; more are left out. Some minutes of statistics.
const LINES_WAITING_MAX: usize = 256;

/// How long the last lines may take to leave.
const LINES_CLOSE_TIMEOUT: Duration = Duration::from_millis(300);

/// Where lines go.
#[derive(Debug, Default)]
pub(super) struct Sinks {
    pub(super) log: Option<LineFile>,
    pub(super) statistics: Option<LineFile>,
    /// Whether there is no screen: then statistics go to stdout too, and the log to stderr.
    pub(super) headless: bool,
}

/// The loop's side of the thread that writes lines.
#[derive(Debug, Default)]
pub(super) struct Output {
    lines: Option<SyncSender<Line>>,
    worker: Option<Worker<()>>,
}

#[derive(Debug)]
enum Line {
    /// For the log's file and, where there is no screen, for stderr.
    Log(WallTime, String),
    /// For the log's file alone: the person is told otherwise.
    LogOnly(WallTime, String),
    Statistics(String),
}

impl Output {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no room for another thread.
    pub(super) fn spawn(sinks: Sinks) -> io::Result<Self> {
        let (lines, waiting) = mpsc::sync_channel(LINES_WAITING_MAX);
        let worker = worker::spawn_named("output", move || write_lines(sinks, &waiting))?;
        Ok(Self {
            lines: Some(lines),
            worker: Some(worker),
        })
    }

    /// Adds a line to the log.
    pub(super) fn log(&self, wall: WallTime, line: String) {
        self.send(Line::Log(wall, line));
    }

    /// Adds a line to the log that is not said on stderr.
    pub(super) fn log_only(&self, wall: WallTime, line: String) {
        self.send(Line::LogOnly(wall, line));
    }

    /// Adds a line of statistics.
    pub(super) fn add_statistics(&self, line: String) {
        self.send(Line::Statistics(line));
    }

    /// Gives the last lines a bounded time to leave.
    pub(super) fn close(&mut self) {
        self.lines = None;
        if let Some(worker) = self.worker.take() {
            // A reader that does not read is left behind.
            drop(worker.join(LINES_CLOSE_TIMEOUT));
        }
    }

    fn send(&self, line: Line) {
        if let Some(lines) = &self.lines {
            // When too many wait, the newest is left out: those before it say what began it.
            drop(lines.try_send(line));
        }
    }
}

/// Says a last text on stderr, but does not wait long for somebody to read it.
pub fn say_last(text: String) {
    let say = move || {
        // There is nobody left to tell when stderr is closed.
        drop(writeln!(io::stderr(), "{text}"));
    };
    if let Ok(worker) = worker::spawn_named("say", say) {
        drop(worker.join(LINES_CLOSE_TIMEOUT));
    }
}

fn write_lines(mut sinks: Sinks, lines: &Receiver<Line>) {
    for line in lines {
        match line {
            Line::Log(wall, line) => {
                sinks.log(wall, &line);
                if sinks.headless {
                    drop(writeln!(io::stderr(), "ttychat: {line}"));
                }
            }
            Line::LogOnly(wall, line) => sinks.log(wall, &line),
            Line::Statistics(line) => {
                if let Some(file) = &mut sinks.statistics {
                    file.add(&line);
                }
                if sinks.headless {
                    // A reader that went away must not end the call.
                    drop(writeln!(io::stdout(), "{line}"));
                }
            }
        }
    }
}

impl Sinks {
    fn log(&mut self, wall: WallTime, line: &str) {
        if let Some(log) = &mut self.log {
            log.add_dated(wall, line);
        }
    }
}
