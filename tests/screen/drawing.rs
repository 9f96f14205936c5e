//! Random frames, resizes and lost screens: the terminal shows what was drawn.

use crate::terminal::{Terminal, assert_shows, cells, draw, screen};
use proptest::{collection::vec, prelude::*};
use ratatui::{
    buffer::Buffer,
    style::{Color, Modifier, Style},
};

/// What a random frame paints.
#[derive(Clone, Debug)]
enum Stroke {
    Cell {
        column: u16,
        row: u16,
        symbol: &'static str,
        fore: Color,
        back: Color,
    },
    Row {
        row: u16,
        back: Color,
    },
    Text {
        column: u16,
        row: u16,
        text: &'static str,
        style: Style,
    },
}

#[derive(Clone, Debug)]
enum Step {
    Frame {
        strokes: Vec<Stroke>,
        cursor: Option<(u16, u16)>,
    },
    Lose,
    Resize(u16, u16),
}

fn any_color() -> impl Strategy<Value = Color> {
    // Few colours, so that the pen often has one already.
    prop_oneof![
        Just(Color::Reset),
        Just(Color::Rgb(0, 0, 0)),
        Just(Color::Rgb(255, 10, 100)),
        Just(Color::Rgb(9, 99, 199)),
        Just(Color::Indexed(77)),
        Just(Color::Red),
        Just(Color::DarkGray),
    ]
}

fn any_style() -> impl Strategy<Value = Style> {
    (any_color(), any_color(), 0_u16..0x80).prop_map(|(fore, back, bits)| {
        // Bold, dim, italic, underlined, reversed; the core takes bold and dim for one of both.
        let bits = if bits & 3 == 3 {
            bits & 0x4d
        } else {
            bits & 0x4f
        };
        Style::new()
            .fg(fore)
            .bg(back)
            .add_modifier(Modifier::from_bits_truncate(bits))
    })
}

fn any_stroke() -> impl Strategy<Value = Stroke> {
    let symbols = prop::sample::select(vec![" ", "▀", "▄", "█", "a", "é", "日", "│"]);
    let texts = prop::sample::select(vec![
        "hello, world",
        "日本語 text",
        "  spaces  ",
        "ﾊ mixed 漢字",
        "e\u{301}tude",
        "😀 hi",
        "한국",
    ]);
    prop_oneof![
        6 => (0..24_u16, 0..8_u16, symbols, any_color(), any_color()).prop_map(
            |(column, row, symbol, fore, back)| Stroke::Cell { column, row, symbol, fore, back }
        ),
        1 => (0..8_u16, any_color()).prop_map(|(row, back)| Stroke::Row { row, back }),
        3 => (0..24_u16, 0..8_u16, texts, any_style()).prop_map(
            |(column, row, text, style)| Stroke::Text { column, row, text, style }
        ),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (vec(any_stroke(), 0..30), prop::option::of((0..24_u16, 0..8_u16)))
            .prop_map(|(strokes, cursor)| Step::Frame { strokes, cursor }),
        1 => Just(Step::Lose),
        1 => (1..24_u16, 1..8_u16).prop_map(|(columns, rows)| Step::Resize(columns, rows)),
    ]
}

fn paint(buffer: &mut Buffer, stroke: &Stroke) {
    let area = buffer.area;
    match *stroke {
        Stroke::Cell {
            column,
            row,
            symbol,
            fore,
            back,
        } => {
            let fits = column + u16::from(symbol == "日") < area.width;
            if fits && row < area.height {
                clear_around(buffer, column, row, 1 + u16::from(symbol == "日"));
                buffer[(column, row)]
                    .set_symbol(symbol)
                    .set_fg(fore)
                    .set_bg(back);
            }
        }
        Stroke::Row { row, back } if row < area.height => {
            for column in 0..area.width {
                buffer[(column, row)].reset();
                buffer[(column, row)].set_bg(back);
            }
        }
        Stroke::Text {
            column,
            row,
            text,
            style,
        } if column < area.width && row < area.height => {
            clear_around(buffer, column, row, area.width);
            buffer.set_string(column, row, text, style);
        }
        Stroke::Row { .. } | Stroke::Text { .. } => {}
    }
}

/// What is painted beside a wide text, as the user interface does: a text half covered goes.
fn clear_around(buffer: &mut Buffer, column: u16, row: u16, width: u16) {
    use ratatui::buffer::CellWidth;
    if column > 0 && buffer[(column - 1, row)].cell_width() > 1 {
        buffer[(column - 1, row)].reset();
    }
    for covered in column..(column + width).min(buffer.area.width) {
        buffer[(covered, row)].reset();
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_terminal_shows_what_was_drawn(steps in vec(any_step(), 1..12)) {
        let mut screen = screen(24, 8);
        let mut terminal = Terminal::new(cells(24, 8));
        for step in &steps {
            match step {
                Step::Frame { strokes, cursor } => {
                    let (bytes, wanted) = draw(&mut screen, |frame| {
                        for stroke in strokes {
                            paint(frame.buffer_mut(), stroke);
                        }
                        if let Some(position) = cursor {
                            frame.set_cursor_position(*position);
                        }
                    });
                    terminal.write(&bytes);
                    assert_shows(&terminal, &wanted);
                    prop_assert_eq!(terminal.screen().hide_cursor(), cursor.is_none());
                }
                Step::Lose => {
                    terminal.write(b"\x1b[3;3Hlost\x1b[41;1m\x1b[?25h");
                    screen.backend_mut().invalidate();
                    // Painted by the next frame.
                    let (bytes, wanted) = draw(&mut screen, |_| {});
                    terminal.write(&bytes);
                    assert_shows(&terminal, &wanted);
                }
                Step::Resize(columns, rows) => {
                    terminal.resize(cells(*columns, *rows));
                    screen.backend_mut().resize(cells(*columns, *rows));
                    let (bytes, wanted) = draw(&mut screen, |_| {});
                    terminal.write(&bytes);
                    assert_shows(&terminal, &wanted);
                }
            }
        }
    }
}
