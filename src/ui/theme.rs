//! The colours of everything but pictures, one set for each depth.
//!
//! One accent, one warning, greys. Nothing depends on colour alone: in mono, weight and inversion
//! stand for it.

use crate::screen::{capability::Ground, color::ColorDepth};
use ratatui::style::{Color, Modifier, Style};

/// The styles of one depth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Theme {
    /// Of the terminal.
    pub depth: ColorDepth,
    /// Of the terminal's own colours.
    pub own: Ground,
    /// Behind everything: the bars beside a picture.
    pub ground: Style,
    /// Panels and what lies on them.
    pub panel: Style,
    /// Status and typing line.
    pub bar: Style,
    /// What is to be seen first.
    pub strong: Style,
    /// What is read second.
    pub muted: Style,
    /// Lines that part things.
    pub border: Style,
    /// Round our own picture; `None` where characters must do.
    pub frame: Option<Color>,
    /// Keys, the peer, what moves.
    pub accent: Style,
    /// What is wrong.
    pub warning: Style,
    /// A key to press now, as a key cap.
    pub cap: Style,
}

struct Palette {
    ground: Color,
    panel: Color,
    bar: Color,
    text: Color,
    strong: Color,
    muted: Color,
    border: Color,
    frame: Color,
    accent: Color,
    warning: Color,
}

const TRUECOLOR: Palette = Palette {
    ground: Color::Rgb(13, 15, 19),
    panel: Color::Rgb(21, 24, 30),
    bar: Color::Rgb(24, 28, 35),
    text: Color::Rgb(203, 208, 216),
    strong: Color::Rgb(242, 244, 247),
    muted: Color::Rgb(133, 142, 156),
    border: Color::Rgb(66, 74, 88),
    frame: Color::Rgb(66, 74, 88),
    accent: Color::Rgb(104, 211, 192),
    warning: Color::Rgb(245, 184, 92),
};

const INDEXED: Palette = Palette {
    ground: Color::Indexed(233),
    panel: Color::Indexed(234),
    bar: Color::Indexed(235),
    text: Color::Indexed(252),
    strong: Color::Indexed(255),
    muted: Color::Indexed(246),
    border: Color::Indexed(240),
    frame: Color::Indexed(240),
    accent: Color::Indexed(79),
    warning: Color::Indexed(215),
};

/// Bright black is left out of it: some colour schemes make it the background.
const ANSI: Palette = Palette {
    ground: Color::Black,
    panel: Color::Black,
    bar: Color::Black,
    text: Color::Gray,
    strong: Color::White,
    muted: Color::Gray,
    border: Color::Gray,
    frame: Color::Black,
    accent: Color::Cyan,
    warning: Color::Yellow,
};

impl Theme {
    pub(super) const fn of(depth: ColorDepth, own: Ground) -> Self {
        let theme = match depth {
            ColorDepth::Mono => Self::mono(),
            ColorDepth::Ansi16 => Self::colored(depth, &ANSI),
            ColorDepth::Indexed256 => Self::colored(depth, &INDEXED),
            ColorDepth::Truecolor => Self::colored(depth, &TRUECOLOR),
        };
        Self { own, ..theme }
    }

    const fn colored(depth: ColorDepth, palette: &Palette) -> Self {
        let text = Style::new().fg(palette.text);
        Self {
            depth,
            own: Ground::Dark,
            ground: text.bg(palette.ground),
            panel: text.bg(palette.panel),
            bar: text.bg(palette.bar),
            strong: Style::new().fg(palette.strong).add_modifier(Modifier::BOLD),
            muted: Style::new().fg(palette.muted),
            border: Style::new().fg(palette.border),
            frame: Some(palette.frame),
            accent: Style::new().fg(palette.accent).add_modifier(Modifier::BOLD),
            warning: Style::new()
                .fg(palette.warning)
                .add_modifier(Modifier::BOLD),
            cap: Style::new()
                .fg(palette.ground)
                .bg(palette.accent)
                .add_modifier(Modifier::BOLD),
        }
    }

    const fn mono() -> Self {
        let plain = Style::new().fg(Color::Reset).bg(Color::Reset);
        let bold = Style::new().add_modifier(Modifier::BOLD);
        Self {
            depth: ColorDepth::Mono,
            own: Ground::Dark,
            ground: plain,
            panel: plain,
            bar: plain.add_modifier(Modifier::REVERSED),
            strong: bold,
            muted: Style::new(),
            border: Style::new(),
            frame: None,
            accent: bold,
            warning: bold,
            cap: Style::new()
                .add_modifier(Modifier::REVERSED)
                .add_modifier(Modifier::BOLD),
        }
    }

    /// Whether a colour can be laid half over another.
    pub(super) fn veils(&self) -> bool {
        self.depth == ColorDepth::Truecolor
    }

    /// A style that is `amount` (0–1) of `to` and else `from`, for what moves and fades. Where
    /// there are no colours between, the nearer one.
    pub(super) fn between(from: Style, to: Style, amount: f32) -> Style {
        let near = if amount < 0.5 { from } else { to };
        let fg = match (from.fg, to.fg) {
            (Some(from), Some(to)) => Some(mix(from, to, amount)),
            _ => near.fg,
        };
        Style { fg, ..near }
    }
}

/// A colour that is `amount` (0–1) of `to` and else `from`; the nearer one unless both are RGB.
pub(super) fn mix(from: Color, to: Color, amount: f32) -> Color {
    let (Color::Rgb(r, g, b), Color::Rgb(to_r, to_g, to_b)) = (from, to) else {
        return if amount < 0.5 { from } else { to };
    };
    Color::Rgb(
        blend(r, to_r, amount),
        blend(g, to_g, amount),
        blend(b, to_b, amount),
    )
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between two u8"
)]
fn blend(from: u8, to: u8, amount: f32) -> u8 {
    let amount = amount.clamp(0.0, 1.0);
    (f32::from(from) + (f32::from(to) - f32::from(from)) * amount).round() as u8
}
