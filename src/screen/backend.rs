//! Our ratatui `Backend`: changed cells become the fewest bytes of one frame.
//!
//! It holds the whole screen twice, as it shall be and as it is, so that what ratatui repaints
//! without need costs nothing. It writes nowhere: [`ScreenBackend::take_frame`] gives the bytes.
//! There is no allocation a frame once the screen was full.
//!
//! Invariant: a frame is given whole, and the next is made from what the last one left on the
//! screen. Who throws a frame away must call [`ScreenBackend::invalidate`].

mod look;

use super::{
    CellSize,
    canvas::Canvas,
    color::{ColorDepth, ColorMap},
    encoder::Encoder,
    glyph::GlyphSet,
    grid::{Clusters, Grid, Look},
    pacing::Mark,
    quality::{Budget, Quality},
};
use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};
use std::convert::Infallible;

/// Longest title, in characters; window managers show fewer.
const TITLE_COUNT_MAX: usize = 120;

/// The screen as ratatui sees it.
#[derive(Debug)]
pub struct ScreenBackend {
    target: Grid,
    shown: Grid,
    /// The pixels of pictures, where a cell has more than two.
    canvas: Canvas,
    /// Those of the last canvas.
    glyphs: GlyphSet,
    clusters: Clusters,
    colors: ColorMap,
    encoder: Encoder,
    quality: Quality,
    /// What was shown before the frame in the making.
    before: Grid,
    /// What is on the screen is not known.
    is_invalid: bool,
    /// Something was flushed that no frame has shown yet.
    is_flushed: bool,
    /// Where ratatui wants the cursor; hidden else.
    cursor: Option<Position>,
    /// Where ratatui last put it, shown or not.
    cursor_position: Position,
    /// Where the terminal shows it; hidden else.
    cursor_shown: Option<Position>,
    title: Title,
    bell: bool,
}

/// The window's title.
#[derive(Debug, Default)]
struct Title {
    wanted: String,
    is_pending: bool,
}

impl ScreenBackend {
    /// A backend for a terminal of this size and depth, of which nothing else is known. What is
    /// beyond [`CELLS_MAX`](super::CELLS_MAX) is not drawn.
    pub fn new(cells: CellSize, depth: ColorDepth) -> Self {
        let cells = cells.limited();
        Self {
            target: Grid::new(cells, Look::BLANK),
            shown: Grid::new(cells, Look::Unknown),
            canvas: Canvas::default(),
            glyphs: GlyphSet::default(),
            clusters: Clusters::default(),
            colors: ColorMap::new(depth),
            encoder: Encoder::new(depth == ColorDepth::Ansi16),
            quality: Quality::new(),
            before: Grid::new(CellSize::default(), Look::Unknown),
            is_invalid: true,
            is_flushed: false,
            cursor: None,
            cursor_position: Position::ORIGIN,
            cursor_shown: None,
            title: Title::default(),
            bell: false,
        }
    }

    /// The window has another size. Everything is painted again, as terminals move text about when
    /// they are resized. ratatui learns the size at its next draw.
    pub fn resize(&mut self, cells: CellSize) {
        let cells = cells.limited();
        if cells != self.target.size() {
            self.target.reset(cells, Look::BLANK);
            self.shown.reset(cells, Look::Unknown);
        }
        self.invalidate();
    }

    /// What is on the screen is not known (resumed, resized, a frame thrown away): the next frame
    /// clears it and paints everything.
    pub fn invalidate(&mut self) {
        self.is_invalid = true;
        self.quality.restart();
        self.title.is_pending = self.is_titled() && !self.title.wanted.is_empty();
    }

    /// Names the window, with the next frame, if that is another name than before. Control and
    /// direction characters are left out. Terminals of 16 colours and fewer are not told, as the
    /// Linux console before 5.x writes the title on the screen.
    pub fn set_title(&mut self, title: &str) {
        let is_shown = |character: &char| {
            !character.is_control()
                && !matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
                && !matches!(character, '\u{2066}'..='\u{2069}')
        };
        let clean = || title.chars().filter(is_shown).take(TITLE_COUNT_MAX);
        if !clean().eq(self.title.wanted.chars()) {
            self.title.wanted.clear();
            self.title.wanted.extend(clean());
            self.title.is_pending = self.is_titled();
        }
    }

    /// Whether pictures on the screen are coarser than they could be: more frames, with nothing
    /// drawn anew in between, bring them nearer. They are about a hundred at most.
    pub const fn is_coarse(&self) -> bool {
        self.quality.is_coarse()
    }

    /// Draws pictures as coarse as `lambda` says from now on, whatever the budget: the squared
    /// error (of one channel of one pixel) that a byte is worth. For measuring.
    pub fn fix_lambda(&mut self, lambda: u32) {
        self.quality.fix(lambda);
    }

    /// Rings with the next frame.
    pub fn bell(&mut self) {
        self.bell = true;
    }

    /// Appends the bytes of one frame to `out`: all that was drawn and flushed, named and rung
    /// since the last one, pictures as coarse as `budget` asks for. `false`, and nothing appended,
    /// when the screen shows it all already, or nearly.
    /// With a `mark`, the frame ends with a request for the cursor's position, asked for there.
    pub fn take_frame(&mut self, budget: Budget, mark: Option<Mark>, out: &mut Vec<u8>) -> bool {
        let is_flushed = std::mem::take(&mut self.is_flushed);
        if !is_flushed && !self.bell && !self.title.is_pending {
            return false;
        }
        let start = out.len();
        out.extend_from_slice(b"\x1b[?2026h");
        let empty_len = out.len();
        if is_flushed {
            self.append_cells(budget, out);
        }
        if std::mem::take(&mut self.title.is_pending) {
            out.extend_from_slice(b"\x1b]2;");
            out.extend_from_slice(self.title.wanted.as_bytes());
            out.extend_from_slice(b"\x1b\\");
        }
        if std::mem::take(&mut self.bell) {
            out.push(b'\x07');
        }
        if out.len() == empty_len {
            out.truncate(start);
            return false;
        }
        out.extend_from_slice(b"\x1b[?2026l");
        if let Some(mark) = mark {
            self.append_mark(mark, out);
        }
        true
    }

    /// Appends a request for the cursor's position, which is asked for where `mark` says and then
    /// put back. The answer says that the terminal has taken all that came before.
    pub fn append_mark(&mut self, mark: Mark, out: &mut Vec<u8>) {
        // Where a terminal might paint in between, the cursor shall not be seen to jump.
        if self.cursor_shown.is_some() {
            out.extend_from_slice(b"\x1b[?25l");
        }
        self.encoder.place_cursor(mark.column, mark.row, out);
        out.extend_from_slice(b"\x1b[6n");
        if let Some(position) = self.cursor_shown {
            self.encoder.place_cursor(position.x, position.y, out);
            out.extend_from_slice(b"\x1b[?25h");
        }
    }

    /// The canvas, for a frame to be painted. It is given back with [`Self::put_canvas`].
    pub fn take_canvas(&mut self) -> Canvas {
        std::mem::take(&mut self.canvas)
    }

    /// Takes the pixels of the pictures that were drawn last. Where they are for other glyphs than
    /// before, everything is new, and coarse at first.
    pub fn put_canvas(&mut self, canvas: Canvas) {
        if canvas.glyphs() != self.glyphs {
            self.glyphs = canvas.glyphs();
            self.quality.restart();
        }
        self.canvas = canvas;
    }

    /// The size that is drawn, in cells.
    pub const fn cells(&self) -> CellSize {
        self.target.size()
    }

    /// The terminal has other colours than was thought: everything is painted again. ratatui must
    /// give all cells anew.
    pub fn change_depth(&mut self, depth: ColorDepth) {
        self.colors = ColorMap::new(depth);
        self.encoder = Encoder::new(depth == ColorDepth::Ansi16);
        self.target.fill(Look::BLANK);
        self.shown.fill(Look::Unknown);
        self.invalidate();
    }

    /// The depth that it paints in.
    pub const fn depth(&self) -> ColorDepth {
        self.colors.depth()
    }

    fn is_titled(&self) -> bool {
        self.colors.depth() > ColorDepth::Ansi16
    }

    fn append_cells(&mut self, budget: Budget, out: &mut Vec<u8>) {
        let start = out.len();
        let was_shown = self.cursor_shown;
        if self.is_invalid || was_shown.is_some() {
            // A terminal without synchronized updates would show it running over the picture.
            out.extend_from_slice(b"\x1b[?25l");
        }
        let hidden_len = out.len();
        if std::mem::take(&mut self.is_invalid) {
            self.encoder.clear(&mut self.shown, out);
        }
        self.append_changes(budget, out);
        let is_painted = out.len() > hidden_len;
        if !is_painted && self.cursor == was_shown {
            out.truncate(start);
            return;
        }
        if let Some(position) = self.cursor {
            if !is_painted {
                out.truncate(start);
            }
            self.encoder.place_cursor(position.x, position.y, out);
            if is_painted || was_shown.is_none() {
                out.extend_from_slice(b"\x1b[?25h");
            }
        }
        self.cursor_shown = self.cursor;
    }

    /// What has changed, made anew and coarser when it is too long.
    fn append_changes(&mut self, budget: Budget, out: &mut Vec<u8>) {
        let (start, checkpoint) = (out.len(), self.encoder.checkpoint());
        self.before.copy_from(&self.shown);
        for attempt in 1.. {
            let quality = |row| self.quality.of_row(row, budget);
            let target = (&self.target, &self.canvas);
            let (shown, colors) = (&mut self.shown, &mut self.colors);
            self.encoder
                .encode(target, shown, &self.clusters, quality, colors, out);
            if self.quality.accepts(out.len() - start, attempt, budget) {
                break;
            }
            out.truncate(start);
            self.encoder.go_back(checkpoint);
            self.shown.copy_from(&self.before);
        }
    }

    /// Makes the places from `from` up to but not including `to`, counted through the rows, blank.
    fn blank(&mut self, from: Position, to: Position) {
        for row in from.y..=to.y.min(self.target.size().rows.saturating_sub(1)) {
            let first = if row == from.y {
                usize::from(from.x)
            } else {
                0
            };
            let line = self.target.row_mut(row);
            let end = if row == to.y {
                usize::from(to.x).min(line.len())
            } else {
                line.len()
            };
            for at in first..end {
                super::grid::clear_whole(line, at, Look::BLANK);
            }
        }
    }
}

impl Backend for ScreenBackend {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (column, row, cell) in content {
            let look = self.look(cell, column, row);
            if matches!(look, Look::Video { .. }) {
                self.quality.see_change();
            }
            self.target.put(column, row, look);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.cursor = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.cursor = Some(self.cursor_position);
        Ok(())
    }

    /// Where ratatui put it; the terminal is not asked.
    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.cursor_position)
    }

    /// Outside the screen it goes to the nearest place inside.
    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        let (position, size) = (position.into(), self.target.size());
        self.cursor_position = Position {
            x: position.x.min(size.columns.saturating_sub(1)),
            y: position.y.min(size.rows.saturating_sub(1)),
        };
        if self.cursor.is_some() {
            self.cursor = Some(self.cursor_position);
        }
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.target.fill(Look::BLANK);
        Ok(())
    }

    fn clear_region(&mut self, clear_type: ClearType) -> Result<(), Infallible> {
        let Position { x, y } = self.cursor_position;
        let after = Position {
            x: x.saturating_add(1),
            y,
        };
        let line_end = Position { x: u16::MAX, y };
        let end = Position {
            x: u16::MAX,
            y: u16::MAX,
        };
        match clear_type {
            ClearType::All => self.target.fill(Look::BLANK),
            ClearType::AfterCursor => self.blank(Position { x, y }, end),
            ClearType::BeforeCursor => self.blank(Position::ORIGIN, after),
            ClearType::CurrentLine => self.blank(Position { x: 0, y }, line_end),
            ClearType::UntilNewLine => self.blank(Position { x, y }, line_end),
        }
        Ok(())
    }

    fn size(&self) -> Result<Size, Infallible> {
        let CellSize { columns, rows } = self.target.size();
        Ok(Size {
            width: columns,
            height: rows,
        })
    }

    /// In cells only; the size in pixels is not known here.
    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize {
            columns_rows: self.size()?,
            pixels: Size::ZERO,
        })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        self.is_flushed = true;
        Ok(())
    }
}
