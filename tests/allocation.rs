//! A frame takes no memory once the screen was full.

use ratatui::{Terminal, TerminalOptions, Viewport, layout::Rect};
use ttychat::screen::{
    CellSize, backend::ScreenBackend, color::ColorDepth, glyph::GlyphSet, quality::Budget,
};

const CELLS: CellSize = CellSize {
    columns: 120,
    rows: 30,
};

/// Frames before it counts, and frames that count.
const FRAMES: (u32, u32) = (60, 60);

#[test]
fn a_frame_of_half_blocks_takes_no_memory_in_any_depth() {
    let depths = [
        ColorDepth::Truecolor,
        ColorDepth::Indexed256,
        ColorDepth::Ansi16,
        ColorDepth::Mono,
    ];
    for depth in depths {
        for is_slow in [false, true] {
            let count = allocations(depth, GlyphSet::Half, is_slow);
            assert_eq!(count, 0, "{depth:?}, slow: {is_slow}");
        }
    }
}

#[test]
fn a_frame_of_any_glyphs_takes_no_memory() {
    let sets = [
        GlyphSet::Quadrant,
        GlyphSet::Sextant,
        GlyphSet::Octant,
        GlyphSet::Braille,
        GlyphSet::Ascii,
    ];
    for glyphs in sets {
        for depth in [ColorDepth::Truecolor, ColorDepth::Indexed256] {
            let count = allocations(depth, glyphs, false);
            assert_eq!(count, 0, "{glyphs:?} in {depth:?}");
        }
    }
}

/// How often memory is asked for while frames are painted and made to bytes.
fn allocations(depth: ColorDepth, glyphs: GlyphSet, is_slow: bool) -> u64 {
    let area = Rect::new(0, 0, CELLS.columns, CELLS.rows);
    let options = TerminalOptions {
        viewport: Viewport::Fixed(area),
    };
    let mut terminal = Terminal::with_options(ScreenBackend::new(CELLS, depth), options)
        .expect("our backend cannot fail");
    let cells = usize::from(CELLS.columns) * usize::from(CELLS.rows);
    let budget = Budget {
        is_slow,
        ..Budget::for_cells(cells)
    };
    let mut bytes = Vec::new();
    let mut frame = |number: u32| {
        bytes.clear();
        let mut canvas = terminal.backend_mut().take_canvas();
        canvas.reset(glyphs, CELLS);
        let paint = |frame: &mut ratatui::Frame<'_>| {
            for row in 0..CELLS.rows {
                for column in 0..CELLS.columns {
                    let cell = &mut frame.buffer_mut()[(column, row)];
                    canvas.paint(column, row, cell, |pixels| {
                        for (pixel, index) in pixels.iter_mut().zip(0..) {
                            *pixel = moving_color(u32::from(column), u32::from(row), index, number);
                        }
                    });
                }
            }
        };
        terminal.draw(paint).expect("our backend cannot fail");
        terminal.backend_mut().put_canvas(canvas);
        assert!(
            terminal.backend_mut().take_frame(budget, None, &mut bytes),
            "something has moved"
        );
    };
    let (before, counted) = FRAMES;
    (0..before).for_each(&mut frame);
    let info = allocation_counter::measure(|| (before..before + counted).for_each(&mut frame));
    info.count_total
}

/// A pattern with edges and slopes that moves from frame to frame.
fn moving_color(column: u32, row: u32, index: u32, frame: u32) -> [u8; 3] {
    let slope = column * 3 + row * 11 + index * 17 + frame * 7;
    let edges = column * row / 9 + frame * 3;
    let [level, ..] = (slope ^ edges).to_le_bytes();
    let [shift, ..] = frame.to_le_bytes();
    [level, (level / 2).wrapping_add(shift), u8::MAX - level]
}
