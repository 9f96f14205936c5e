//! `--cameras`: each camera with what it offers.

use crate::error::Error;
use std::fmt::Write as _;
use ttychat_platform::camera::{self, CameraInfo, FourCc, Mode, mode::is_readable};

/// Widest line of format codes or words, in characters.
const LINE_LEN_MAX: usize = 80;

/// What stands before lines about a camera.
const INDENT: &str = "     ";

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
    let place = [path.to_string_lossy().as_ref(), bus]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    let _written = if place.is_empty() {
        writeln!(out, "{number}  {name}")
    } else {
        writeln!(out, "{number}  {name}  ({place})")
    };
    if modes.is_empty() {
        let reason = match camera::probe(info) {
            Err(err) => err.to_string(),
            Ok(()) => "it does not say what it offers".to_owned(),
        };
        let words: Vec<String> = reason.split(' ').map(str::to_owned).collect();
        write_wrapped(out, &words);
    }
    let mut unread = vec!["not read by ttychat:".to_owned()];
    for (formats, offers) in groups(modes) {
        let (read, others): (Vec<FourCc>, _) =
            formats.into_iter().partition(|format| is_readable(*format));
        unread.extend(others.iter().map(ToString::to_string));
        if read.is_empty() {
            continue;
        }
        let codes: Vec<String> = read.iter().map(ToString::to_string).collect();
        write_wrapped(out, &codes);
        for (size, rate) in offers {
            let _written = writeln!(out, "{INDENT}  {size:<11} {rate}");
        }
    }
    if unread.len() > 1 {
        write_wrapped(out, &unread);
    }
}

/// A size and a rate, in words.
type Offer = (String, String);

/// Formats that are offered in the same sizes and rates, together, in the driver's order. Test
/// drivers have 80 formats that are all the same in that.
fn groups(modes: &[Mode]) -> Vec<(Vec<FourCc>, Vec<Offer>)> {
    let mut formats: Vec<(FourCc, Vec<Offer>)> = Vec::new();
    for mode in modes {
        match formats
            .iter_mut()
            .find(|(format, _)| *format == mode.format)
        {
            Some((_, offers)) => offers.push(offer(mode)),
            None => formats.push((mode.format, vec![offer(mode)])),
        }
    }
    let mut groups: Vec<(Vec<FourCc>, Vec<Offer>)> = Vec::new();
    for (format, offers) in formats {
        match groups.iter_mut().find(|(_, known)| *known == offers) {
            Some((formats, _)) => formats.push(format),
            None => groups.push((vec![format], offers)),
        }
    }
    groups
}

fn offer(mode: &Mode) -> Offer {
    let rate = if mode.rate_max > 0.0 {
        format!("up to {}/s", rounded(mode.rate_max))
    } else {
        "rate not told".to_owned()
    };
    (format!("{}x{}", mode.width, mode.height), rate)
}

/// Words in lines of bounded width.
fn write_wrapped(out: &mut String, words: &[String]) {
    let mut line_len = 0;
    for word in words {
        let len = word.chars().count();
        if line_len == 0 || line_len + 1 + len > LINE_LEN_MAX {
            let end = if line_len == 0 { "" } else { "\n" };
            let _written = write!(out, "{end}{INDENT}{word}");
            line_len = INDENT.len() + len;
        } else {
            let _written = write!(out, " {word}");
            line_len += 1 + len;
        }
    }
    out.push('\n');
}

/// A rate with at most two decimals and no empty ones.
pub(super) fn rounded(rate: f64) -> String {
    let text = format!("{rate:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(format: [u8; 4], height: u32, rate_max: f64) -> Mode {
        Mode {
            format: FourCc(format),
            width: height * 4 / 3,
            height,
            rate_max,
        }
    }

    #[test]
    fn formats_with_the_same_sizes_and_rates_are_listed_together() {
        let mut modes = Vec::new();
        for format in [*b"YUYV", *b"422P", *b"NV12", *b"Y10 "] {
            modes.extend([mode(format, 480, 25.0), mode(format, 720, 12.5)]);
        }
        modes.push(mode(*b"MJPG", 480, 29.97));
        modes.push(mode(*b"GREY", 480, 0.0));
        let mut info = CameraInfo {
            number: 2,
            path: "/dev/video2".into(),
            name: "Cam".into(),
            bus: "usb-1".into(),
            modes,
        };
        let mut out = String::new();
        describe(&mut out, &info);
        let expected = "\
2  Cam  (/dev/video2, usb-1)
     YUYV NV12
       640x480     up to 25/s
       960x720     up to 12.5/s
     MJPG
       640x480     up to 29.97/s
     GREY
       640x480     rate not told
     not read by ttychat: 422P Y10.
";
        assert_eq!(out, expected);
        out.clear();
        (info.path, info.modes) = ("/no such/video2".into(), Vec::new());
        describe(&mut out, &info);
        assert!(
            out.contains("there is no camera /no such/video2 (Cam)"),
            "{out}"
        );
        info.modes = (0..99_u8)
            .map(|n| mode([b'X', b'0' + n / 10, b'0' + n % 10, b'X'], 1, 1.0))
            .collect();
        (info.path, info.bus) = ("".into(), String::new());
        out.clear();
        describe(&mut out, &info);
        assert!(out.starts_with("2  Cam\n     not read by ttychat: X00X X01X"));
        assert!(out.lines().count() > 4 && out.lines().all(|line| line.len() <= LINE_LEN_MAX));
    }
}
