//! Cells ⇄ text that a person can review: what is written first, then in which colours.
//!
//! A row of colours is runs of `count foreground/background modifiers`; colours are `rrggbb`,
//! `#index` or a name, modifiers `b`old, `d`im, `r`eversed,
//! `v`ideo, and `-` stands for none.

#![allow(dead_code, reason = "not every test needs all of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
};
use std::path::PathBuf;
use ttychat::{screen::VIDEO, ui::text};

const MODIFIERS: [(char, Modifier); 4] = [
    ('b', Modifier::BOLD),
    ('d', Modifier::DIM),
    ('r', Modifier::REVERSED),
    ('v', VIDEO),
];

/// The text of a buffer that starts at 0, 0.
pub(crate) fn to_text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut out = format!("{}x{}\n", area.width, area.height);
    for y in 0..area.height {
        let mut covered = 0;
        out.push('|');
        for x in 0..area.width {
            // The right half of a wide character has no text of its own.
            let symbol = buffer[(x, y)].symbol();
            if covered == 0 {
                out.push_str(symbol);
                covered = text::width(symbol).max(1);
            }
            covered -= 1;
        }
        out.push_str("|\n");
    }
    for y in 0..area.height {
        let mut runs: Vec<(usize, String)> = Vec::new();
        for x in 0..area.width {
            let style = style_text(&buffer[(x, y)].style());
            match runs.last_mut() {
                Some((count, last)) if *last == style => *count += 1,
                _ => runs.push((1, style)),
            }
        }
        let runs: Vec<_> = runs
            .iter()
            .map(|(count, style)| format!("{count} {style}"))
            .collect();
        out.push_str(&runs.join(", "));
        out.push('\n');
    }
    out
}

/// The buffer that gave this text.
pub(crate) fn from_text(golden: &str) -> Buffer {
    let mut lines = golden.lines();
    let (width, height) = lines.next().unwrap().split_once('x').unwrap();
    let area = Rect::new(0, 0, width.parse().unwrap(), height.parse().unwrap());
    let mut buffer = Buffer::empty(area);
    for y in 0..area.height {
        let line = lines
            .next()
            .unwrap()
            .strip_prefix('|')
            .unwrap()
            .strip_suffix('|')
            .unwrap();
        buffer.set_string(0, y, line, Style::default());
    }
    for y in 0..area.height {
        let mut x = 0;
        for run in lines.next().unwrap().split(", ") {
            let (count, style) = run.split_once(' ').unwrap();
            let count: u16 = count.parse().unwrap();
            buffer.set_style(Rect::new(x, y, count, 1), text_style(style));
            x += count;
        }
        assert_eq!(x, area.width, "row {y} has not as many colours as cells");
    }
    buffer
}

/// Compares `buffer` with the golden `name`, or makes it the golden when `TTYCHAT_BLESS` is set.
#[track_caller]
pub(crate) fn check(name: &str, buffer: &Buffer) {
    let path: PathBuf = [
        env!("CARGO_MANIFEST_DIR"),
        "tests",
        "data",
        "cells",
        &format!("{name}.txt"),
    ]
    .iter()
    .collect();
    let shown = to_text(buffer);
    if std::env::var_os("TTYCHAT_BLESS").is_some() {
        std::fs::write(&path, shown).unwrap();
        return;
    }
    let golden = std::fs::read_to_string(&path)
        .unwrap_or_else(|err| panic!("{}: {err}; make it with `make bless`", path.display()));
    let differing: Vec<_> = golden
        .lines()
        .zip(shown.lines())
        .enumerate()
        .filter(|(_, (golden, shown))| golden != shown)
        .map(|(line, (golden, shown))| format!("{}: {golden}\n   now: {shown}", line + 1))
        .collect();
    assert!(
        golden == shown,
        "{name} looks different; if that is right, `make bless`:\n{}",
        differing.join("\n")
    );
}

fn style_text(style: &Style) -> String {
    let color = |color: Option<Color>| match color {
        Some(Color::Rgb(r, g, b)) => format!("{r:02x}{g:02x}{b:02x}"),
        Some(Color::Indexed(index)) => format!("#{index}"),
        Some(Color::Reset) | None => "-".to_owned(),
        Some(named) => format!("{named:?}"),
    };
    let mut text = format!("{}/{}", color(style.fg), color(style.bg));
    for (letter, modifier) in MODIFIERS {
        if style.add_modifier.contains(modifier) {
            text.push_str(if text.contains(' ') { "" } else { " " });
            text.push(letter);
        }
    }
    text
}

fn text_style(text: &str) -> Style {
    let (colors, modifiers) = text.split_once(' ').unwrap_or((text, ""));
    let (fg, bg) = colors.split_once('/').unwrap();
    let color = |text: &str| match text {
        "-" => Color::Reset,
        _ => match text.strip_prefix('#') {
            Some(index) => Color::Indexed(index.parse().unwrap()),
            None => u32::from_str_radix(text, 16)
                .map_or_else(|_| text.parse().unwrap(), Color::from_u32),
        },
    };
    let mut style = Style::new().fg(color(fg)).bg(color(bg));
    for (letter, modifier) in MODIFIERS {
        if modifiers.contains(letter) {
            style = style.add_modifier(modifier);
        }
    }
    style
}
