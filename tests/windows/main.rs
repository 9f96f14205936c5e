//! The program for Windows in a terminal, run by Wine: keys, sizes, the end; and cameras, which
//! `cameras.cpp` makes.
//!
//! `make windows-check` runs it, through `tests/windows.sh`. `TTYCHAT_WINDOWS_RIG` is the folder of
//! the rig; without it all of this is left out, and that is said. `TTYCHAT_WINDOWS` is a folder
//! with `ttychat.exe` and the libraries that make cameras. Arguments choose checks by a part of
//! their name. One line is printed for each check.
#![allow(clippy::expect_used, clippy::panic, reason = "test code")]
#![allow(
    clippy::print_stdout,
    reason = "a test without the usual harness says itself how it went"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "what a person waits for is real time"
)]

#[cfg(unix)]
mod cameras;
#[cfg(unix)]
#[path = "../support/pty.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod pty;
#[cfg(unix)]
mod screen;
#[cfg(unix)]
mod wine;

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    let Some(rig) = std::env::var_os("TTYCHAT_WINDOWS_RIG") else {
        println!("windows-check: left out: TTYCHAT_WINDOWS_RIG names no rig");
        return ExitCode::SUCCESS;
    };
    let folder = std::env::var_os("TTYCHAT_WINDOWS").expect("TTYCHAT_WINDOWS names a folder");
    let wine = wine::Wine::new(rig.as_ref(), folder.as_ref());
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part));
    let all = screen::ALL.iter().chain(cameras::ALL);
    let mut failed_count = 0;
    for (name, check) in all.filter(|(name, _)| is_wanted(name)) {
        wine.plug_in(&[]);
        if catch_unwind(AssertUnwindSafe(|| check(&wine))).is_ok() {
            println!("windows-check: ok      {name}");
        } else {
            // What went wrong was printed where it did.
            println!("windows-check: FAILED  {name}");
            failed_count += 1;
        }
    }
    ExitCode::from(u8::from(failed_count > 0))
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    println!("windows-check: left out: the rig needs Linux");
    ExitCode::SUCCESS
}
