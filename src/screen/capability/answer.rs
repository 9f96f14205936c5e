//! What terminals reply when they are asked, read.
//!
//! It does not know what follows from an answer. Invariant: whatever the bytes, it neither panics
//! nor keeps more of them than a [`Name`].
//!
//! Source: xterm's ctlseqs, and for synchronized updates
//! <https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036>.

use super::name::Name;

/// What a terminal answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Its background (OSC 11).
    Background([u8; 3]),
    /// How large a cell is, in pixels (`CSI 16 t`).
    CellSize {
        /// In pixels, not 0.
        width: u16,
        /// In pixels, not 0.
        height: u16,
    },
    /// The colours that it knows: whether it has kept a pen of 24 bits (DECRQSS), or says so
    /// itself (XTGETTCAP).
    Colors(RgbKept),
    /// Its foreground (OSC 10).
    Foreground([u8; 3]),
    /// Name and version (XTVERSION).
    Name(Name),
    /// Primary device attributes (`CSI c`), which every terminal answers, and last of all.
    Primary {
        /// The class of terminal that it claims to be; 62 is a VT220.
        class: u16,
        /// Whether nothing follows, not even an empty parameter.
        is_bare: bool,
    },
    /// Secondary device attributes (`CSI > c`): kind, version and a third number.
    Secondary([u32; 3]),
    /// Whether it has synchronized updates (DECRQM 2026).
    Synchronized(bool),
}

/// What became of 24 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RgbKept {
    /// One of 256 colours.
    Indexed,
    /// Themselves.
    Rgb,
}

impl Answer {
    /// Reads one whole reply, from its ESC to its end. `None` for what was not asked or says
    /// nothing.
    pub fn parse(reply: &[u8]) -> Option<Self> {
        // All of them are ASCII.
        let reply = std::str::from_utf8(reply).ok()?;
        let (kind, rest) = reply.strip_prefix('\x1b')?.split_at_checked(1)?;
        match kind {
            "[" => control_sequence(rest),
            "P" => device_control(without_end(rest)?),
            "]" => system_command(without_end(rest)?),
            _ => None,
        }
    }
}

/// A string without its `ST` or BEL.
fn without_end(string: &str) -> Option<&str> {
    string
        .strip_suffix("\x1b\\")
        .or_else(|| string.strip_suffix('\x07'))
}

fn control_sequence(sequence: &str) -> Option<Answer> {
    if let Some(attributes) = sequence.strip_suffix('c') {
        if let Some(primary) = attributes.strip_prefix('?') {
            let (class, rest) = primary
                .split_once(';')
                .map_or((primary, None), |(class, rest)| (class, Some(rest)));
            return Some(Answer::Primary {
                class: class.parse().ok()?,
                is_bare: rest.is_none(),
            });
        }
        return Some(Answer::Secondary(numbers(attributes.strip_prefix('>')?)?));
    }
    if let Some(report) = sequence.strip_prefix("?2026;") {
        // 1: set, 2: reset, 3: always set. 4 is «never set»: VTE knows the mode and ignores it.
        return match report.strip_suffix("$y")? {
            "1" | "2" | "3" => Some(Answer::Synchronized(true)),
            "0" | "4" => Some(Answer::Synchronized(false)),
            _ => None,
        };
    }
    let [what, height, width] = numbers(sequence.strip_suffix('t')?)?;
    let side = |length: u32| u16::try_from(length).ok().filter(|length| *length > 0);
    (what == 6).then_some(Answer::CellSize {
        width: side(width)?,
        height: side(height)?,
    })
}

fn device_control(string: &str) -> Option<Answer> {
    if let Some(text) = string.strip_prefix(">|") {
        return Name::new(text).map(Answer::Name);
    }
    if let Some(pen) = string.strip_prefix("1$r") {
        return pen_colors(pen.strip_suffix('m')?).map(Answer::Colors);
    }
    // «RGB» in hexadecimal, and maybe how many bits.
    let value = string.strip_prefix("1+r524742")?;
    (value.is_empty() || value.starts_with('=')).then_some(Answer::Colors(RgbKept::Rgb))
}

/// What the background became that was set as `48:2:1:2:3`; nothing when it is not there, because
/// some do not know colons.
fn pen_colors(pen: &str) -> Option<RgbKept> {
    let mut parts = pen.split(';');
    while let Some(part) = parts.next() {
        let rest = match part.strip_prefix("48") {
            Some("") => parts.next()?,
            Some(rest) => rest.strip_prefix(':')?,
            None => continue,
        };
        return match rest.split(':').next()? {
            "2" => Some(RgbKept::Rgb),
            "5" => Some(RgbKept::Indexed),
            _ => None,
        };
    }
    None
}

fn system_command(string: &str) -> Option<Answer> {
    let (number, color) = string.split_once(';')?;
    let color = rgb(color)?;
    match number {
        "10" => Some(Answer::Foreground(color)),
        "11" => Some(Answer::Background(color)),
        _ => None,
    }
}

/// A colour as X names it: `rgb:` and three numbers of one to four hexadecimal digits.
/// Source: X(7), colour names.
fn rgb(color: &str) -> Option<[u8; 3]> {
    let levels = color
        .strip_prefix("rgb:")
        .or_else(|| color.strip_prefix("rgba:"))?;
    let mut levels = levels.split('/').map(|digits| {
        let scale = match digits.len() {
            1 => 0xf,
            2 => 0xff,
            3 => 0xfff,
            4 => 0xffff,
            _ => return None,
        };
        let level = u32::from_str_radix(digits, 16).ok()?;
        u8::try_from((level * 255 + scale / 2) / scale).ok()
    });
    Some([levels.next()??, levels.next()??, levels.next()??])
}

/// Exactly three numbers.
fn numbers(parameters: &str) -> Option<[u32; 3]> {
    let mut numbers = parameters.split(';').map(str::parse);
    let mut next = || numbers.next()?.ok();
    let all = [next()?, next()?, next()?];
    numbers.next().is_none().then_some(all)
}
