//! `--cameras`: each camera with what it offers.

use crate::{error::Error, media::raw};
use std::{collections::BTreeMap, fmt::Write as _};
use ttychat_platform::camera::{self, CameraInfo, Mode};

/// The cameras that are there, in words.
///
/// # Errors
/// When the system cannot say.
pub(super) fn cameras() -> Result<String, Error> {
    let cameras = camera::list().map_err(|err| Error::Options(err.to_string()))?;
    if cameras.is_empty() {
        return Ok("no camera found; --source test and --source FILE need none\n".to_owned());
    }
    let mut out = String::new();
    for info in &cameras {
        describe(&mut out, info);
    }
    Ok(out)
}

/// Writing to a String cannot fail, so the results are left alone.
fn describe(out: &mut String, info: &CameraInfo) {
    let CameraInfo {
        number,
        path,
        name,
        bus,
        modes,
    } = info;
    let _written = writeln!(out, "{number}  {name}  ({}, {bus})", path.display());
    if modes.is_empty() {
        let _written = writeln!(
            out,
            "     its formats cannot be read; another program may use it"
        );
    }
    let mut formats: BTreeMap<_, Vec<&Mode>> = BTreeMap::new();
    for mode in modes {
        formats.entry(mode.format).or_default().push(mode);
    }
    for (format, modes) in formats {
        let note = if raw::is_supported(format.0) {
            ""
        } else {
            "  (not read by ttychat)"
        };
        let _written = writeln!(out, "     {format}{note}");
        for mode in modes {
            let size = format!("{}x{}", mode.width, mode.height);
            let rate = if mode.rate_max > 0.0 {
                format!("up to {}/s", rounded(mode.rate_max))
            } else {
                "rate not told".to_owned()
            };
            let _written = writeln!(out, "       {size:<11} {rate}");
        }
    }
}

/// A rate with at most two decimals and no empty ones.
fn rounded(rate: f64) -> String {
    let text = format!("{rate:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
