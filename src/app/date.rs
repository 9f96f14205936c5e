//! A day, as it is written in files.

use super::WallTime;
use std::{fmt, str::FromStr};

/// A day of the person's calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

impl From<WallTime> for Date {
    fn from(at: WallTime) -> Self {
        let WallTime {
            year, month, day, ..
        } = at;
        Self { year, month, day }
    }
}

impl FromStr for Date {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a date is written as 2026-11-22";
        let mut parts = text.split('-');
        let mut number = |len: usize| {
            let part = parts.next().filter(|part| part.len() == len)?;
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse::<i16>().ok().filter(|_| digits)
        };
        let (year, month, day) = (number(4), number(2), number(2));
        let small = |part: Option<i16>, max| {
            let part = part.and_then(|part| u8::try_from(part).ok());
            part.filter(|part| (1..=max).contains(part)).ok_or(wrong)
        };
        let (month, day) = (small(month, 12)?, small(day, 31)?);
        if parts.next().is_some() {
            return Err(wrong);
        }
        let year = year.ok_or(wrong)?;
        Ok(Self { year, month, day })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}
