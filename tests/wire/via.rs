//! Calls through the input and output of a command.

use crate::support::end::End;
use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

const SOON: Duration = Duration::from_secs(20);

/// A command that carries a connection, in several processes; `mark` names them.
fn carrier(mark: &str) -> String {
    let script = "exec 3<>/dev/tcp/%h/%p; cat <&3 & exec cat >&3 # ";
    format!("bash -c '{script}{mark}'")
}

fn call(port: u16, command: &str) -> End {
    let target = format!("127.0.0.1:{port}");
    let arguments = ["--connect", &target, "--via", command];
    let others = ["--headless", "--source", "test", "--resolution", "320x180"];
    End::start(&[&arguments[..], &others].concat())
}

fn listener() -> End {
    End::listen(&["--source", "test", "--resolution", "320x180"])
}

/// Processes of this test's commands: those whose standard input or output is the other end of
/// something that `program` holds are hard to tell, so each command writes its numbers down.
fn written_down(path: &PathBuf) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().map(str::to_owned).collect()
}

fn lives(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty()
}

/// The same, which also writes down the numbers of both of its processes.
fn noted(folder: &tempfile::TempDir) -> (String, PathBuf) {
    let path = folder.path().join("pids");
    let note = format!("echo $! $$ >> {}", path.display());
    let script = format!("exec 3<>/dev/tcp/%h/%p; cat <&3 & {note}; exec cat >&3");
    (format!("bash -c '{script}'"), path)
}

#[track_caller]
#[expect(clippy::disallowed_methods, reason = "a real program needs real time")]
fn all_end(pids: &[String]) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while pids.iter().any(|pid| lives(pid)) {
        assert!(Instant::now() < deadline, "{pids:?} are left");
        std::thread::yield_now();
    }
}

#[test]
fn a_command_carries_a_call_and_ends_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (command, path) = noted(&folder);
    let listener = listener();
    let mut caller = call(listener.port(), &command);
    let line = caller.wait_for_line(SOON, |line| line.number("shown_per_s") >= 20.0);
    assert_eq!(line.text("state"), "in call");
    assert!(line.number("round_trip_ms") < 500.0, "{line:?}");
    let pids = written_down(&path);
    assert_eq!(pids.len(), 2);
    caller.terminate();
    assert_eq!(caller.wait().code(), Some(0));
    listener.wait_for_line(SOON, |line| line.text("state") == "waiting");
    if cfg!(target_os = "linux") {
        all_end(&pids);
    }
}

#[test]
fn a_command_that_dies_is_run_again_and_its_words_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let (command, path) = noted(&folder);
    let listener = listener();
    let mut caller = call(listener.port(), &command);
    caller.wait_for_line(SOON, |line| line.number("shown") >= 10.0);
    let first = written_down(&path);
    for pid in first.iter().rev() {
        let pid = rustix::process::Pid::from_raw(pid.parse().unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    }
    // There is a line a second, and the loss may be over before the next one.
    caller.wait_for_line(SOON, |line| {
        let is_up = line.text("state") == "in call" && line.number("shown_per_s") > 0.0;
        is_up && written_down(&path).len() == 4
    });
    caller.terminate();
    assert_eq!(caller.wait().code(), Some(0));
    let said = caller.stderr();
    assert!(said.contains("was ended by signal 9"), "{said}");
    if cfg!(target_os = "linux") {
        all_end(&written_down(&path));
    }
}

#[test]
fn a_command_that_brings_no_answer_is_told_with_its_words() {
    for (command, wanted) in [
        ("no-such-command %h", "ended with exit status 127"),
        ("true", "ended with exit status 0"),
        (
            "sh -c \"echo the jump host is asleep >&2; exit 3\"",
            "status 3",
        ),
        ("sh -c \"kill -9 \\$\\$\"", "was ended by signal 9"),
        ("sh -c \"exec >&-; sleep 1\"", "closed its output"),
        // All of it runs, not only the first of its commands.
        ("echo nobody there >&2; exit 4", "exit status 4"),
        ("STATUS=5 sh -c 'exit $STATUS'", "exit status 5"),
        ("exec sh -c 'exit 6'", "exit status 6"),
        ("if true; then exit 7; fi", "exit status 7"),
        ("eval exit 8", "exit status 8"),
    ] {
        let mut caller = call(2222, command);
        assert_eq!(caller.wait().code(), Some(1), "{command}");
        let said = caller.stderr();
        assert!(said.contains(wanted), "{command}: {said}");
        assert!(said.contains("before anybody had answered"), "{said}");
        assert!(said.contains("try it by itself: "), "{said}");
        assert!(
            !command.contains("asleep") || said.contains("asleep"),
            "{said}"
        );
    }
}

#[test]
fn a_command_that_brings_something_else_says_so() {
    let mut caller = call(2222, "echo SSH-2.0-OpenSSH_9.2");
    assert_eq!(caller.wait().code(), Some(1));
    let said = caller.stderr();
    assert!(said.contains("of --via brings"), "{said}");
    assert!(said.contains("is not ttychat"), "{said}");
}

#[test]
fn plain_pictures_go_through_a_command_too() {
    let plain = ["--wire", "mjpeg", "--source", "test"];
    let listener = End::listen(&plain);
    let target = format!("127.0.0.1:{}", listener.port());
    let command = carrier("plain");
    let arguments = ["--connect", &target, "--via", &command, "--headless"];
    let caller = End::start(&[&arguments[..], &plain].concat());
    caller.wait_for_line(SOON, |line| line.number("shown") >= 20.0);
}
