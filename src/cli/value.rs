//! The values of single flags.

use super::address::shown;
use std::time::Duration;

/// Smallest and largest side of a picture, in pixels. The largest is what the protocol carries;
/// below the smallest nothing can be recognised.
const SIDE_MIN: u32 = 16;
const SIDE_MAX: u32 = 4096;

/// Fewest and most pictures a second.
const RATE_MIN: f64 = 1.0;
const RATE_MAX: f64 = 60.0;
/// Fewest and most bytes a second for a terminal: a modem's, and more than any terminal reads.
const TERMINAL_RATE_MIN: u32 = 1_000;
const TERMINAL_RATE_MAX: u32 = 1_000_000_000;

/// Longest `--duration`: ten years, so that sums with it cannot overflow.
const DURATION_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// Longest name, in bytes. What the protocol carries.
const NAME_LEN_MAX: usize = 128;

pub(super) fn camera(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("it is empty; give a number, a path or a part of its name \
                    (`ttychat --cameras` lists them)"
            .to_owned());
    }
    Ok(text.trim().to_owned())
}

pub(super) fn resolution(text: &str) -> Result<(u32, u32), String> {
    let side = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse()
            .ok()
            .filter(|side| digits && (SIDE_MIN..=SIDE_MAX).contains(side))
    };
    text.split_once(['x', 'X'])
        .and_then(|(width, height)| Some((side(width)?, side(height)?)))
        .ok_or_else(|| {
            format!(
                "`{}` is not width and height from {SIDE_MIN} to {SIDE_MAX} with an x between, \
                 such as 640x480",
                shown(text)
            )
        })
}

pub(super) fn rate(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|rate| (RATE_MIN..=RATE_MAX).contains(rate))
        .ok_or_else(|| {
            format!(
                "`{}` is not a number from {RATE_MIN} to {RATE_MAX}, such as 30",
                shown(text)
            )
        })
}

pub(super) fn terminal_rate(text: &str) -> Result<u32, String> {
    text.parse()
        .ok()
        .filter(|rate| (TERMINAL_RATE_MIN..=TERMINAL_RATE_MAX).contains(rate))
        .ok_or_else(|| {
            format!(
                "`{}` is not a number of bytes from {TERMINAL_RATE_MIN} to {TERMINAL_RATE_MAX}, \
                 such as 100000",
                shown(text)
            )
        })
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| !duration.is_zero() && *duration <= DURATION_MAX)
        .ok_or_else(|| {
            format!(
                "`{}` is not a number of seconds above 0, such as 10 or 2.5",
                shown(text)
            )
        })
}

pub(super) fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() {
        return Err(
            "it is empty; give the name that others shall see, or leave the flag out".into(),
        );
    }
    if name.len() > NAME_LEN_MAX {
        return Err(format!(
            "it is longer than {NAME_LEN_MAX} bytes; give a shorter one"
        ));
    }
    if name.chars().any(char::is_control) {
        return Err("it holds control characters; give one of letters and signs".to_owned());
    }
    Ok(name.to_owned())
}
