//! Which colours a terminal gets.

use ttychat::screen::{
    capability::{Capabilities, Environment},
    color::{ColorDepth, nearest_16, nearest_256},
};

#[track_caller]
fn check(colorterm: &str, no_color: bool, term: &str, depth: ColorDepth) {
    let environment = Environment::new(|name| {
        let value = match name {
            "COLORTERM" => colorterm,
            "NO_COLOR" if no_color => "1",
            "TERM" => term,
            _ => return None,
        };
        Some(value.to_owned())
    });
    let depth_told = Capabilities::new(environment, None).depth();
    assert_eq!(depth_told, depth, "{colorterm:?} {no_color} {term:?}");
}

#[test]
fn the_environment_tells_the_depth() {
    check("truecolor", false, "xterm-256color", ColorDepth::Truecolor);
    check("24bit", false, "tmux", ColorDepth::Truecolor);
    // It takes all and shows what it can.
    check("", false, "tmux-256color", ColorDepth::Truecolor);
    // GNU screen only hands it on.
    check("24bit", false, "screen", ColorDepth::Ansi16);
    check(
        "24bit",
        false,
        "screen.xterm-256color",
        ColorDepth::Indexed256,
    );
    let (usual, nameless) = if cfg!(windows) {
        (ColorDepth::Truecolor, ColorDepth::Truecolor)
    } else {
        (ColorDepth::Indexed256, ColorDepth::Ansi16)
    };
    check("yes", false, "xterm-256color", usual);
    check("", false, "xterm-256color", usual);
    check("", false, "", nameless);
    check("", false, "xterm-direct", ColorDepth::Truecolor);
    check("", false, "xterm-kitty", ColorDepth::Truecolor);
    check("", false, "foot", ColorDepth::Truecolor);
    check("", false, "foot-extra", ColorDepth::Truecolor);
    check("", false, "wezterm", ColorDepth::Truecolor);
    check("", false, "alacritty", ColorDepth::Truecolor);
    check("", false, "xterm-ghostty", ColorDepth::Truecolor);
    check("", false, "linux", ColorDepth::Ansi16);
    check("", false, "xterm", ColorDepth::Ansi16);
    check("", false, "footless", ColorDepth::Ansi16);
    check("", false, "vt220", ColorDepth::Mono);
    check("", false, "dumb", ColorDepth::Mono);
    check("truecolor", false, "dumb", ColorDepth::Mono);
    check("truecolor", true, "xterm-kitty", ColorDepth::Mono);
}

#[test]
fn a_colour_of_the_palette_is_shown_as_itself() {
    for index in 16..=255_u8 {
        let rgb = if index >= 232 {
            [8 + 10 * (index - 232); 3]
        } else {
            let cube = index - 16;
            [cube / 36, cube / 6 % 6, cube % 6].map(|level| level * 40 + 55 * level.min(1))
        };
        assert_eq!(nearest_256(rgb), index, "{rgb:?}");
    }
}

#[test]
fn near_colours_stay_near() {
    assert_eq!(nearest_256([0, 0, 1]), 16);
    assert_eq!(nearest_256([254, 254, 254]), 231);
    assert_eq!(nearest_256([250, 10, 5]), 196);
    assert_eq!(nearest_256([128, 129, 127]), 244);
    assert_eq!(nearest_16([10, 10, 10]), 0);
    assert_eq!(nearest_16([200, 10, 10]), 1);
    assert_eq!(nearest_16([250, 250, 250]), 15);
    assert_eq!(nearest_16([120, 125, 130]), 8);
}
