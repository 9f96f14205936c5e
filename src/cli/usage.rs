//! clap's errors as one clear line each.

use super::{Stop, address::shown};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::error::Error as _;

/// What to show for what clap said.
pub(super) fn stop(error: &clap::Error) -> Stop {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            Stop::Shown(error.render().to_string())
        }
        _ => Stop::Usage(line(error)),
    }
}

fn line(error: &clap::Error) -> String {
    let flag = context(error, ContextKind::InvalidArg).map(|flag| name_of(&flag));
    let flag = flag.as_deref().unwrap_or("an argument");
    let value = context(error, ContextKind::InvalidValue).unwrap_or_default();
    match error.kind() {
        ErrorKind::ArgumentConflict => {
            format!("{flag} is given twice; leave one of them out")
        }
        ErrorKind::InvalidUtf8 => "an argument is not valid UTF-8; type it again".to_owned(),
        ErrorKind::InvalidValue if value.is_empty() => {
            let usage = context(error, ContextKind::InvalidArg).unwrap_or_default();
            format!("{flag} needs a value: {usage}")
        }
        ErrorKind::InvalidValue => {
            let choices = context(error, ContextKind::ValidValue).unwrap_or_default();
            format!(
                "{flag} cannot be `{}`; choose one of {choices}",
                shown(&value)
            )
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            format!("{flag} takes no value `{}`; leave it out", shown(&value))
        }
        ErrorKind::UnknownArgument => {
            let flag = shown(flag);
            match context(error, ContextKind::SuggestedArg) {
                Some(similar) => format!("there is no {flag}; did you mean {similar}?"),
                None => format!("there is no {flag}; --help lists all flags"),
            }
        }
        ErrorKind::ValueValidation => match error.source() {
            Some(reason) => format!("{flag}: {reason}"),
            None => format!("{flag} cannot be `{}`; see --help", shown(&value)),
        },
        _ => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or("wrong usage");
            format!(
                "{}; see --help",
                first.strip_prefix("error: ").unwrap_or(first)
            )
        }
    }
}

/// One of the things that clap says about an error, lists joined with commas.
fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        other => Some(other.to_string()),
    }
}

/// `--listen` of `--listen <PORT|ADDR:PORT>`.
fn name_of(argument: &str) -> String {
    argument
        .split_once(' ')
        .map_or(argument, |(name, _value)| name)
        .to_owned()
}
