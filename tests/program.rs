//! The built program: help, version, wrong usage, exit codes.

#![allow(clippy::unwrap_used, reason = "test code")]

use assert_cmd::Command;

fn ttychat(arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("ttychat").unwrap();
    command
        .args(arguments)
        .timeout(std::time::Duration::from_secs(20))
        .assert()
}

#[track_caller]
fn refuses(arguments: &[&str], wanted: &str) {
    let result = ttychat(arguments).code(2);
    let output = result.get_output();
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(
        text.starts_with("ttychat: ") && text.contains(wanted),
        "{arguments:?}: {text:?}"
    );
    assert_eq!(text.lines().count(), 1, "{text:?}");
    assert!(output.stdout.is_empty());
}

#[test]
fn the_help_and_the_version_go_to_stdout() {
    for (flag, wanted) in [
        ("--help", "--listen"),
        ("-h", "--listen"),
        ("--version", "ttychat "),
    ] {
        let result = ttychat(&[flag]).success();
        let output = result.get_output();
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        assert!(text.contains(wanted), "{flag}: {text:?}");
        assert!(output.stderr.is_empty());
    }
}

#[test]
fn wrong_usage_exits_with_2_and_one_line() {
    refuses(&[], "nothing to do");
    refuses(&["--connect", "alice"], "the port is missing");
    refuses(&["--listen", "2222", "--headless"], "--accept all");
    refuses(&["--lisen", "2222"], "did you mean --listen?");
    refuses(&["--loopback", "--resolution", "5x5"], "640x480");
}
