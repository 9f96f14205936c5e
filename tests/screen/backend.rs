//! Frames: the fewest bytes that make a terminal show the cells.

use crate::terminal::{BUDGET, Terminal, assert_shows, cells, draw, screen};
use ratatui::{
    buffer::Buffer,
    style::{Color, Style},
};
use ttychat::screen::{
    CELLS_MAX,
    backend::ScreenBackend,
    color::ColorDepth,
    setup::{ENTER, LEAVE, WIPE},
};

/// What is around each frame.
const FRAME_LEN: usize = 16;

/// A picture of cheap noise, the same for the same seed.
fn paint_noise(buffer: &mut Buffer, seed: u32) {
    let mut state = seed | 1;
    for cell in &mut buffer.content {
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let [red, green, blue, _] = state.to_le_bytes();
            Color::Rgb(red, green, blue)
        };
        let (fore, back) = (next(), next());
        cell.set_symbol("▀").set_fg(fore).set_bg(back);
    }
}

#[test]
fn an_equal_frame_has_no_bytes() {
    let mut screen = screen(80, 24);
    let (first, _) = draw(&mut screen, |frame| paint_noise(frame.buffer_mut(), 7));
    assert!(!first.is_empty());
    let (second, _) = draw(&mut screen, |frame| paint_noise(frame.buffer_mut(), 7));
    assert_eq!(second, b"");
    // Nor has one that only looks the same.
    let flipped = draw(&mut screen, |frame| {
        paint_noise(frame.buffer_mut(), 7);
        for cell in &mut frame.buffer_mut().content {
            let (fore, back) = (cell.fg, cell.bg);
            cell.set_symbol("▄").set_fg(back).set_bg(fore);
        }
    });
    assert_eq!(flipped.0, b"");
}

#[track_caller]
fn check_change(before: &str, after: &str, bytes: &[u8]) {
    let mut screen = screen(20, 12);
    draw(&mut screen, |frame| {
        frame.buffer_mut().set_string(0, 0, before, Style::new());
    });
    let (frame, _) = draw(&mut screen, |frame| {
        frame.buffer_mut().set_string(0, 0, after, Style::new());
    });
    let inner = frame
        .strip_prefix(b"\x1b[?2026h")
        .unwrap()
        .strip_suffix(b"\x1b[?2026l")
        .unwrap();
    assert_eq!(
        inner.escape_ascii().to_string(),
        bytes.escape_ascii().to_string()
    );
}

#[test]
fn a_changed_cell_costs_its_own_bytes() {
    check_change("hello", "hellO", b"\x08O");
    check_change("hello", "Hello", b"\rH");
    check_change("hello", "HeLlo", b"\rHeL");
    check_change("hello world", "Hello World", b"\rH\x1b[5CW");
    check_change("hello", "h", b"\x1b[2G\x1b[K");
    check_change("", "▀", "▀".as_bytes());
    check_change("one two", "One Two", b"\rOne T");
    check_change("日本", "日木", "\x1b[3G木".as_bytes());
}

#[test]
fn one_changed_colour_is_the_only_one_sent() {
    let mut screen = screen(4, 2);
    let mut paint = |top: [u8; 3], bottom: [u8; 3]| {
        let [fore, back] = [top, bottom].map(|[red, green, blue]| Color::Rgb(red, green, blue));
        let (bytes, _) = draw(&mut screen, |frame| {
            frame.buffer_mut()[(1, 1)]
                .set_symbol("▀")
                .set_fg(fore)
                .set_bg(back);
        });
        String::from_utf8(bytes.get(8..bytes.len() - 8).unwrap().to_vec()).unwrap()
    };
    assert!(paint([1, 2, 3], [4, 5, 6]).ends_with("\x1b[38;2;1;2;3;48;2;4;5;6m▀"));
    assert_eq!(paint([1, 2, 3], [7, 5, 6]), "\x08\x1b[48;2;7;5;6m▀");
    // The other half is what the pen has already.
    assert_eq!(paint([7, 5, 6], [1, 2, 3]), "\x08▄");
    assert_eq!(paint([7, 5, 6], [7, 5, 6]), "\x08 ");
    assert_eq!(paint([1, 2, 3], [1, 2, 3]), "\x08█");
}

#[test]
fn a_full_frame_of_noise_is_as_short_as_it_can_be() {
    let mut screen = screen(160, 45);
    let (bytes, buffer) = draw(&mut screen, |frame| paint_noise(frame.buffer_mut(), 1));
    let mut terminal = Terminal::new(cells(160, 45));
    terminal.write(&bytes);
    assert_shows(&terminal, &buffer);
    // Two colours and a glyph a cell in one sequence, two bytes from row to row.
    let ink_len = |color| match color {
        Color::Rgb(red, green, blue) => format!("38;2;{red};{green};{blue}").len(),
        _ => unreachable!(),
    };
    let cell_len = |cell: &ratatui::buffer::Cell| 7 + ink_len(cell.fg) + ink_len(cell.bg);
    let least: usize = buffer.content.iter().map(cell_len).sum::<usize>() + 44 * 2;
    let first_frame_len = FRAME_LEN + "\x1b[?25l\x1b[m\x1b[H\x1b[2J".len();
    assert!(
        bytes.len() <= least + first_frame_len,
        "{} for {least}",
        bytes.len()
    );
}

#[test]
fn the_column_is_not_trusted_after_the_last_one() {
    let mut screen = screen(3, 1);
    let mut change = |text: &str| {
        let (bytes, _) = draw(&mut screen, |frame| {
            frame.buffer_mut().set_string(0, 0, text, Style::new());
        });
        String::from_utf8(bytes).unwrap()
    };
    change("abc");
    // Terminals that wrap hold the cursor elsewhere than those that do not.
    assert_eq!(change("abd"), "\x1b[?2026h\x1b[3Gd\x1b[?2026l");
}

#[test]
fn the_cursor_is_shown_where_it_is_wanted() {
    let mut screen = screen(10, 4);
    let mut terminal = Terminal::new(cells(10, 4));
    let mut turn = |wanted: Option<(u16, u16)>, text: &str| {
        let (bytes, _) = draw(&mut screen, |frame| {
            frame.buffer_mut().set_string(0, 0, text, Style::new());
            if let Some(position) = wanted {
                frame.set_cursor_position(position);
            }
        });
        terminal.write(&bytes);
        assert_eq!(terminal.screen().hide_cursor(), wanted.is_none());
        if let Some((column, row)) = wanted {
            assert_eq!(terminal.screen().cursor_position(), (row, column));
        }
        bytes.len()
    };
    turn(None, "a");
    turn(Some((3, 2)), "a");
    assert_eq!(turn(Some((3, 2)), "a"), 0);
    assert_eq!(turn(Some((4, 2)), "a"), FRAME_LEN + 3);
    turn(Some((4, 2)), "b");
    turn(Some((9, 3)), "c");
    assert_eq!(turn(None, "c"), FRAME_LEN + 6);
    // Outside the screen it goes to its edge.
    draw(&mut screen, |frame| frame.set_cursor_position((500, 500)));
}

#[test]
fn a_title_goes_out_once_and_clean() {
    let mut screen = screen(10, 2);
    let mut terminal = Terminal::new(cells(10, 2));
    let mut bytes = draw(&mut screen, |_| {}).0;
    for title in ["alice", "alice", "bob\x1b]2evil\x07\x1b[31m\u{9b}\u{202e}x"] {
        screen.backend_mut().set_title(title);
        screen.backend_mut().take_frame(BUDGET, None, &mut bytes);
    }
    screen.backend_mut().bell();
    assert!(screen.backend_mut().take_frame(BUDGET, None, &mut bytes));
    assert!(!screen.backend_mut().take_frame(BUDGET, None, &mut bytes));
    terminal.write(&bytes);
    assert_eq!(terminal.heard().titles, ["alice", "bob]2evil[31mx"]);
    assert_eq!(terminal.heard().bells, 1);
    assert_eq!(terminal.heard().unknown, Vec::<String>::new());
}

#[test]
fn no_control_character_of_a_cell_reaches_the_terminal() {
    let mut backend = ScreenBackend::new(cells(8, 2), ColorDepth::Truecolor);
    let mut bytes = Vec::new();
    for symbol in [
        "\x1b",
        "\x07",
        "\x1b[2J",
        "a\x1b]2;x\x07",
        "\u{9b}31m",
        "\n",
        "\x7f",
    ] {
        let mut cell = ratatui::buffer::Cell::EMPTY;
        cell.set_symbol(symbol);
        ratatui::backend::Backend::draw(&mut backend, [(0, 0, &cell)].into_iter()).unwrap();
        ratatui::backend::Backend::flush(&mut backend).unwrap();
        backend.invalidate();
        bytes.clear();
        backend.take_frame(BUDGET, None, &mut bytes);
        let text = std::str::from_utf8(&bytes).unwrap();
        let rest = text
            .strip_prefix("\x1b[?2026h\x1b[?25l\x1b[m\x1b[H\x1b[2J")
            .unwrap();
        assert_eq!(rest, "\u{fffd}\x1b[?2026l");
    }
}

#[test]
fn all_is_painted_again_after_the_screen_was_lost() {
    let mut screen = screen(30, 8);
    let (_, wanted) = draw(&mut screen, |frame| paint_noise(frame.buffer_mut(), 3));
    let mut terminal = Terminal::new(cells(30, 8));
    terminal.write(b"rubbish \x1b[31;7m everywhere");
    screen.backend_mut().invalidate();
    let (bytes, _) = draw(&mut screen, |frame| paint_noise(frame.buffer_mut(), 3));
    terminal.write(&bytes);
    assert_shows(&terminal, &wanted);
}

#[test]
fn a_huge_window_is_drawn_up_to_the_limit() {
    let mut backend = ScreenBackend::new(cells(u16::MAX, u16::MAX), ColorDepth::Truecolor);
    assert_eq!(backend.cells(), CELLS_MAX);
    backend.resize(cells(0, 0));
    let mut screen = ratatui::Terminal::new(backend).unwrap();
    draw(&mut screen, |_| {});
    screen.backend_mut().resize(cells(1, 1));
    draw(&mut screen, |frame| {
        frame.buffer_mut()[(0, 0)].set_symbol("日");
    });
}

#[test]
fn more_clusters_than_the_table_holds_do_no_harm() {
    let mut screen = screen(40, 30);
    let mut terminal = Terminal::new(cells(40, 30));
    for round in 0..6_u32 {
        let (bytes, _) = draw(&mut screen, |frame| {
            for (index, cell) in (0..).zip(&mut frame.buffer_mut().content) {
                let base = char::from_u32(0x4e00 + (index + round * 977) % 3000).unwrap();
                let letter = char::from(b'a' + u8::try_from(index % 26).unwrap());
                let mark = char::from_u32(0x300 + (u32::from(base) % 100)).unwrap();
                cell.set_symbol(&format!("{letter}{mark}{}", '\u{301}'));
            }
        });
        terminal.write(&bytes);
    }
    // After it, all is as it should be.
    let (bytes, wanted) = draw(&mut screen, |frame| paint_noise(frame.buffer_mut(), 5));
    terminal.write(&bytes);
    assert_shows(&terminal, &wanted);
}

#[test]
fn fewer_colours_are_sent_as_their_own_codes() {
    let frame = |depth| {
        let mut screen = ratatui::Terminal::new(ScreenBackend::new(cells(4, 1), depth)).unwrap();
        screen.backend_mut().set_title("x");
        let (bytes, _) = draw(&mut screen, |frame| {
            let buffer = frame.buffer_mut();
            let (red, gray) = (Color::Rgb(255, 0, 0), Color::Rgb(128, 128, 128));
            buffer[(0, 0)].set_symbol("▀").set_fg(red).set_bg(gray);
            buffer[(1, 0)]
                .set_symbol("x")
                .set_fg(Color::Rgb(0, 0, 3))
                .set_bg(Color::Rgb(0, 0, 1));
        });
        String::from_utf8(bytes).unwrap()
    };
    let of_256 = frame(ColorDepth::Indexed256);
    assert!(
        of_256.contains("\x1b[38;5;196;48;5;244m▀\x1b[38;5;231;48;5;16mx"),
        "{of_256:?}"
    );
    assert!(of_256.contains("\x1b]2;x\x1b\\"));
    let of_16 = frame(ColorDepth::Ansi16);
    // 22, because the Linux console takes a bright colour for bold.
    assert!(of_16.contains("\x1b[91;100m▀\x1b[97;40mx"), "{of_16:?}");
    assert!(
        !of_16.contains("\x1b]"),
        "the Linux console writes titles on the screen"
    );
    let mono = frame(ColorDepth::Mono);
    assert!(
        mono.contains("▀x") && !mono.contains("38;") && !mono.contains("\x1b[9"),
        "{mono:?}"
    );
}

#[test]
fn a_dark_colour_after_a_bright_one_ends_the_brightness_of_the_linux_console() {
    let mut screen =
        ratatui::Terminal::new(ScreenBackend::new(cells(4, 1), ColorDepth::Ansi16)).unwrap();
    let (bytes, _) = draw(&mut screen, |frame| {
        frame.buffer_mut()[(0, 0)]
            .set_symbol("a")
            .set_fg(Color::LightRed)
            .set_bg(Color::Blue);
        frame.buffer_mut()[(1, 0)]
            .set_symbol("b")
            .set_fg(Color::Red)
            .set_bg(Color::Blue);
    });
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("\x1b[91;44ma\x1b[22;31mb"), "{text:?}");
}

#[test]
fn setup_takes_and_gives_back_the_terminal() {
    let mut terminal = Terminal::new(cells(20, 5));
    terminal.write(b"shell$ ");
    terminal.write(ENTER);
    assert!(terminal.screen().alternate_screen());
    assert!(terminal.screen().hide_cursor());
    assert!(terminal.screen().bracketed_paste());
    // A frame cut in the middle of a title, then the way out, twice.
    terminal.write(b"\x1b[?2026h\x1b[31;1mhello\x1b]2;ti");
    terminal.write(WIPE);
    terminal.write(LEAVE);
    terminal.write(LEAVE);
    assert!(!terminal.screen().alternate_screen());
    assert!(!terminal.screen().hide_cursor());
    assert!(!terminal.screen().bracketed_paste());
    assert_eq!(terminal.screen().contents().trim_end(), "shell$");
    assert!(!terminal.screen().bold());
    assert_eq!(terminal.screen().fgcolor(), vt100::Color::Default);
}
