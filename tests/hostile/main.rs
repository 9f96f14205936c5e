//! Hostile peers: the built program in a terminal, and over real sockets everything that a stranger
//! can do to it.
//!
//! After each attack the victim must have held its memory, taken an honest call and given the
//! terminal back; one line of a table says what its person saw and what it cost. Arguments choose
//! checks by a part of their name. `TTYCHAT_HOSTILE=all` cuts calls at every length;
//! `TTYCHAT_PROGRAM` is another build of the program; `TTYCHAT_SEED` is that of the garbage.
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

#[cfg(target_os = "linux")]
mod attacker;
#[cfg(target_os = "linux")]
mod dialled;
#[cfg(target_os = "linux")]
mod insider;
#[cfg(target_os = "linux")]
#[path = "../support/link.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod link;
#[cfg(target_os = "linux")]
mod outcome;
#[cfg(target_os = "linux")]
mod patch;
#[cfg(target_os = "linux")]
#[path = "../support/peer.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod peer;
#[cfg(target_os = "linux")]
mod picture;
#[cfg(target_os = "linux")]
#[path = "../support/pty.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod pty;
#[cfg(target_os = "linux")]
mod record;
#[cfg(target_os = "linux")]
mod stranger;
#[cfg(target_os = "linux")]
mod turnover;
#[cfg(target_os = "linux")]
mod victim;

use std::process::ExitCode;

/// How many checks go on at once: most of their time they wait.
#[cfg(target_os = "linux")]
const AT_ONCE: usize = 4;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::Mutex,
    };

    attacker::allow_many_sockets();
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part));
    let checks = [
        stranger::CHECKS,
        turnover::CHECKS,
        dialled::CHECKS,
        insider::CHECKS,
        picture::CHECKS,
        patch::CHECKS,
        record::CHECKS,
    ];
    let chosen: Vec<victim::Check> = checks
        .concat()
        .into_iter()
        .filter(|(name, _)| is_wanted(name))
        .collect();
    let waiting = Mutex::new(chosen.iter());
    let outcomes = Mutex::new(Vec::new());
    let work = || {
        while let Some((name, check)) = next(&waiting) {
            // What went wrong is printed where it does.
            let outcome = catch_unwind(AssertUnwindSafe(check));
            outcomes.lock().unwrap().push((*name, outcome.ok()));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let outcomes = outcomes.into_inner().unwrap();
    println!("| attack | what the person sees | the call | key | processor | memory |");
    println!("| --- | --- | --- | --- | --- | --- |");
    let mut failed_count = 0;
    for (name, _) in &chosen {
        if let Some((_, Some(outcome))) = outcomes.iter().find(|(done, _)| done == name) {
            println!("| {name} | {outcome} |");
        } else {
            println!("| {name} | FAILED | | | | |");
            failed_count += 1;
        }
    }
    println!("hostile: {failed_count} of {} checks failed", chosen.len());
    ExitCode::from(u8::from(failed_count > 0))
}

#[cfg(target_os = "linux")]
fn next<'a>(
    waiting: &std::sync::Mutex<std::slice::Iter<'a, victim::Check>>,
) -> Option<&'a victim::Check> {
    waiting.lock().unwrap().next()
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    println!("hostile: left out: it reads the victim's memory and time from /proc");
    ExitCode::SUCCESS
}
