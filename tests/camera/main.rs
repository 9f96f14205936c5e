//! Cameras as a person has them: real V4L2 drivers in a virtual machine, and a call from there to
//! here, with a terminal at both ends.
//!
//! `make camera-test` runs it. `TTYCHAT_CAMERA_RIG` is the folder of the rig (its `vmrig` boots the
//! machine); without it all of this is left out, and that is said. `TTYCHAT_PROGRAM` is the program
//! to be tried: emulated processors want a release build. `TTYCHAT_CAMERA_OPERATIONS` says how many
//! random operations are done, `TTYCHAT_SEED` which. Arguments choose checks by a part of their
//! name. One line is printed for each check.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code"
)]
#![allow(
    clippy::print_stdout,
    reason = "a test without the usual harness says itself how it went"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "what a person waits for is real time"
)]

#[cfg(unix)]
mod bars;
#[cfg(unix)]
mod call;
#[cfg(unix)]
mod checks;
#[cfg(unix)]
mod controls;
#[cfg(unix)]
#[path = "../support/link.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod link;
#[cfg(unix)]
#[path = "../support/pty.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod pty;
#[cfg(unix)]
mod rig;

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    let Some(folder) = std::env::var_os("TTYCHAT_CAMERA_RIG") else {
        println!("camera-test: left out: TTYCHAT_CAMERA_RIG names no rig");
        return ExitCode::SUCCESS;
    };
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part));
    let chosen: Vec<_> = checks::all().filter(|(name, _)| is_wanted(name)).collect();
    let rig = rig::Rig::up(folder.as_ref());
    let mut failed_count = 0;
    for (name, check) in &chosen {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            rig.tidy_up();
            check(&rig)
        }));
        if let Ok(figures) = outcome {
            let colon = if figures.is_empty() { "" } else { ": " };
            println!("camera-test: ok      {name}{colon}{figures}");
        } else {
            // What went wrong was printed where it did.
            println!("camera-test: FAILED  {name}\n{}", rig.log());
            failed_count += 1;
        }
    }
    println!(
        "camera-test: {} of {} checks failed",
        failed_count,
        chosen.len()
    );
    ExitCode::from(u8::from(failed_count > 0 || chosen.is_empty()))
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    println!("camera-test: left out: the rig needs Linux");
    ExitCode::SUCCESS
}
