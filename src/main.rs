//! The command `ttychat`: arguments in, exit code out.

#![forbid(unsafe_code)]

use std::{
    io::{self, Write},
    process::ExitCode,
};
use ttychat::{
    cli::{self, Stop},
    runtime,
};

fn main() -> ExitCode {
    let arguments = match cli::parse(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(Stop::Shown(text)) => {
            // A reader that went away (`| head`) has seen what it wanted.
            drop(io::stdout().write_all(text.as_bytes()));
            return ExitCode::SUCCESS;
        }
        Err(Stop::Usage(line)) => {
            say(&line);
            return ExitCode::from(2);
        }
    };
    match runtime::run(arguments) {
        Ok(ending) => {
            if let Some(message) = ending.message {
                say(&message);
            }
            ExitCode::from(ending.exit_code)
        }
        Err(err) => {
            say(&err.with_sources());
            ExitCode::from(err.exit_code())
        }
    }
}

/// One line on stderr.
fn say(line: &str) {
    runtime::say_last(format!("ttychat: {line}"));
}
