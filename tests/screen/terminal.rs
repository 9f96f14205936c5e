//! A terminal that is not ours (`vt100`), and pictures of cells to compare it with.

use ratatui::{
    buffer::{Buffer, CellWidth},
    style::{Color, Modifier},
};
use std::num::NonZeroU16;
use ttychat::screen::{CellSize, backend::ScreenBackend, color::ColorDepth, quality::Budget};

/// Of no effect where nothing is a picture.
pub(crate) const BUDGET: Budget = Budget::for_cells(80 * 24);

/// What a place shows: the colours of its halves, or a text with its attributes.
#[derive(Debug, PartialEq)]
pub(crate) enum Seen {
    Halves(vt100::Color, vt100::Color),
    Text(String, vt100::Color, vt100::Color, [bool; 5]),
    Covered,
}

/// Told apart from the default background, which is `Default`: nothing paints index 255.
const FOREGROUND: vt100::Color = vt100::Color::Idx(255);

#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) titles: Vec<String>,
    pub(crate) bells: usize,
    /// Sequences that the core does not know, other than synchronized updates.
    pub(crate) unknown: Vec<String>,
}

impl vt100::Callbacks for Heard {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.bells += 1;
    }
    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.titles.push(String::from_utf8(title.to_vec()).unwrap());
    }
    fn unhandled_char(&mut self, _: &mut vt100::Screen, character: char) {
        if character != '\u{fffd}' {
            self.unknown.push(format!("character {character:?}"));
        }
    }
    fn unhandled_control(&mut self, _: &mut vt100::Screen, byte: u8) {
        self.unknown.push(format!("control {byte}"));
    }
    fn unhandled_csi(
        &mut self,
        _: &mut vt100::Screen,
        first: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        end: char,
    ) {
        let is_synchronized = first == Some(b'?') && parameters == [&[2026]];
        // Blinking, hidden, crossed out and their ends.
        let is_attribute = end == 'm'
            && parameters
                .iter()
                .flat_map(|part| part.iter())
                .any(|code| matches!(code, 5 | 8 | 9 | 25 | 28 | 29));
        if !is_synchronized && !is_attribute {
            self.unknown.push(format!("{first:?} {parameters:?} {end}"));
        }
    }
}

pub(crate) struct Terminal {
    parser: vt100::Parser<Heard>,
}

fn at_least_one(size: u16) -> NonZeroU16 {
    NonZeroU16::new(size.max(1)).unwrap()
}

impl Terminal {
    pub(crate) fn new(cells: CellSize) -> Self {
        let (rows, columns) = (at_least_one(cells.rows), at_least_one(cells.columns));
        Self {
            parser: vt100::Parser::new_with_callbacks(rows, columns, 0, Heard::default()),
        }
    }

    pub(crate) fn resize(&mut self, cells: CellSize) {
        self.parser
            .set_size(at_least_one(cells.rows), at_least_one(cells.columns));
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
    }

    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    pub(crate) fn heard(&self) -> &Heard {
        self.parser.callbacks()
    }

    pub(crate) fn cell(&self, column: u16, row: u16) -> &vt100::Cell {
        self.screen().cell(row, column).unwrap()
    }

    /// What the two halves of a place show, whatever glyph shows them.
    pub(crate) fn halves(&self, column: u16, row: u16) -> (vt100::Color, vt100::Color) {
        match self.seen(column, row) {
            Seen::Halves(top, bottom) => (top, bottom),
            other => panic!("{other:?} at {column},{row}"),
        }
    }

    pub(crate) fn seen(&self, column: u16, row: u16) -> Seen {
        let cell = self.screen().cell(row, column).unwrap();
        if cell.is_wide_continuation() {
            return Seen::Covered;
        }
        let set_off = [
            cell.bold(),
            cell.dim(),
            cell.italic(),
            cell.underline(),
            cell.inverse(),
        ];
        seen(cell.contents(), cell.fgcolor(), cell.bgcolor(), set_off)
    }
}

fn seen(text: &str, fore: vt100::Color, back: vt100::Color, set_off: [bool; 5]) -> Seen {
    let fore = if fore == vt100::Color::Default {
        FOREGROUND
    } else {
        fore
    };
    let [.., underlined, reversed] = set_off;
    match text {
        "" | " " if !underlined && !reversed => Seen::Halves(back, back),
        "▀" if set_off == [false; 5] => Seen::Halves(fore, back),
        "▄" if set_off == [false; 5] => Seen::Halves(back, fore),
        "█" if set_off == [false; 5] => Seen::Halves(fore, fore),
        "" | " " => Seen::Text(
            " ".to_owned(),
            fore,
            back,
            [false, false, false, underlined, reversed],
        ),
        _ => Seen::Text(text.to_owned(), fore, back, set_off),
    }
}

fn color(color: Color) -> vt100::Color {
    match color {
        Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
        Color::Reset => vt100::Color::Default,
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Red => vt100::Color::Idx(1),
        Color::DarkGray => vt100::Color::Idx(8),
        Color::White => vt100::Color::Idx(15),
        other => panic!("{other} is not used here"),
    }
}

/// Compares the whole screen with what ratatui was told to draw.
#[track_caller]
pub(crate) fn assert_shows(terminal: &Terminal, wanted: &Buffer) {
    for row in 0..wanted.area.height {
        let mut covered = 0;
        for column in 0..wanted.area.width {
            let cell = &wanted[(column, row)];
            let expected = if covered > 0 {
                covered -= 1;
                Seen::Covered
            } else {
                let modifier = cell.modifier;
                let set_off = [
                    Modifier::BOLD,
                    Modifier::DIM,
                    Modifier::ITALIC,
                    Modifier::UNDERLINED,
                    Modifier::REVERSED,
                ];
                covered = cell.cell_width().max(1) - 1;
                seen(
                    cell.symbol(),
                    color(cell.fg),
                    color(cell.bg),
                    set_off.map(|one| modifier.contains(one)),
                )
            };
            assert_eq!(terminal.seen(column, row), expected, "at {column},{row}");
        }
    }
    assert_eq!(terminal.heard().unknown, Vec::<String>::new());
}

/// Draws through ratatui; gives the frame's bytes.
pub(crate) fn draw(
    terminal: &mut ratatui::Terminal<ScreenBackend>,
    paint: impl FnOnce(&mut ratatui::Frame<'_>),
) -> (Vec<u8>, Buffer) {
    let buffer = terminal.draw(paint).unwrap().buffer.clone();
    let mut bytes = Vec::new();
    let was_given = terminal.backend_mut().take_frame(BUDGET, None, &mut bytes);
    assert_eq!(was_given, !bytes.is_empty());
    if was_given {
        assert!(bytes.starts_with(b"\x1b[?2026h") && bytes.ends_with(b"\x1b[?2026l"));
    }
    (bytes, buffer)
}

pub(crate) fn cells(columns: u16, rows: u16) -> CellSize {
    CellSize { columns, rows }
}

pub(crate) fn screen(columns: u16, rows: u16) -> ratatui::Terminal<ScreenBackend> {
    let backend = ScreenBackend::new(cells(columns, rows), ColorDepth::Truecolor);
    ratatui::Terminal::new(backend).unwrap()
}
