//! Pictures of more than two pixels a cell.

use super::*;

const RED: [u8; 3] = [200, 0, 0];
const GREEN: [u8; 3] = [0, 200, 0];
const BLUE: [u8; 3] = [0, 0, 200];

fn painted_fine(view: &View<'_>) -> (Buffer, Canvas) {
    let CellSize { columns, rows } = view.window.cells;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let mut canvas = Canvas::default();
    terminal
        .draw(|frame| draw(view, frame, &mut canvas))
        .unwrap();
    (terminal.backend().buffer().clone(), canvas)
}

#[test]
fn a_picture_is_painted_pixel_for_pixel_in_each_set() {
    let chat = Chat::default();
    for glyphs in GlyphSet::ALL.into_iter().skip(1) {
        let (across, down) = (u32::from(glyphs.columns()), u32::from(glyphs.rows()));
        let picture = quarters(8 * across, 4 * down);
        let call = Scene::Call(Panel::Picture(&picture));
        let mut view = view(window(8, 5), call, &chat);
        view.glyphs = glyphs;
        let (buffer, canvas) = painted_fine(&view);
        assert!(buffer[(0, 0)].modifier.contains(ttychat::screen::VIDEO));
        for (column, row, color) in [(0, 0, RED), (7, 0, GREEN), (3, 2, BLUE)] {
            let pixels = canvas.pixels(column, row).unwrap();
            assert_eq!(pixels, vec![color; glyphs.pixel_count()], "{glyphs}");
        }
    }
}

#[test]
fn the_edge_of_a_picture_lies_inside_a_cell() {
    let chat = Chat::default();
    // Three of eight pixel rows, in the middle of four rows of cells.
    let picture = quarters(8, 3);
    let mut view = view(window(4, 5), Scene::Call(Panel::Picture(&picture)), &chat);
    view.glyphs = GlyphSet::Octant;
    let (buffer, canvas) = painted_fine(&view);
    let pixels = canvas.pixels(0, 1).unwrap();
    assert_eq!((pixels[4], pixels[6]), (RED, BLUE), "{pixels:?}");
    assert_ne!(pixels[0], RED, "{pixels:?}");
    assert!(!buffer[(0, 0)].modifier.contains(ttychat::screen::VIDEO));
}

#[test]
fn our_own_picture_lies_in_whole_cells_on_a_line() {
    let chat = Chat::default();
    let (large, small) = (quarters(160, 92), quarters(31, 17));
    let call = Scene::Call(Panel::Picture(&large));
    let mut view = view(window(80, 24), call, &chat);
    view.own = Some(Panel::Picture(&small));
    for glyphs in [GlyphSet::Quadrant, GlyphSet::Sextant, GlyphSet::Octant] {
        view.glyphs = glyphs;
        let (buffer, canvas) = painted_fine(&view);
        cells::check(&format!("own-{glyphs}"), &buffer);
        // The line is the last pixel of the cell to the left.
        let layout = view.layout();
        let (x, y) = (layout.own.right() - 1, layout.own.bottom() - 1);
        let inside = canvas.pixels(x, y).unwrap();
        assert!(inside.iter().all(|pixel| *pixel == inside[0]), "{inside:?}");
        let below = canvas.pixels(x, y + 1).unwrap();
        assert_eq!(below[0], [66, 74, 88], "{glyphs}");
        assert_ne!(below[glyphs.pixel_count() - 1], [66, 74, 88], "{glyphs}");
    }
}

#[test]
fn what_is_dimmed_is_dimmed_in_its_pixels() {
    let chat = Chat::default();
    let picture = quarters(160, 92);
    let mut view = view(window(80, 24), Scene::Call(Panel::Picture(&picture)), &chat);
    view.glyphs = GlyphSet::Octant;
    let bright = painted_fine(&view).1;
    view.overlay = Overlay::Help;
    let dim = painted_fine(&view).1;
    let red = |canvas: &Canvas| u32::from(canvas.pixels(0, 0).unwrap()[3][0]);
    assert!(
        red(&dim) < red(&bright) * 2 / 3,
        "{} {}",
        red(&dim),
        red(&bright)
    );
}

#[test]
fn without_colours_there_are_dots_and_shapes() {
    let chat = Chat::default();
    for (glyphs, name) in [
        (GlyphSet::Quadrant, "mono-quadrant"),
        (GlyphSet::Braille, "mono-braille"),
        (GlyphSet::Ascii, "mono-ascii"),
    ] {
        let mut picture = Picture::new(PixelSize::new(48, 11 * u32::from(glyphs.rows())));
        for (index, pixel) in (0..).zip(picture.rgb_mut().chunks_exact_mut(3)) {
            pixel.fill(u8::try_from(index % 48 * 5).unwrap());
        }
        let mut view = view(window(24, 12), Scene::Call(Panel::Picture(&picture)), &chat);
        (view.depth, view.glyphs) = (ColorDepth::Mono, glyphs);
        let (buffer, _) = painted_fine(&view);
        cells::check(name, &buffer);
        let ink = |column: u16| {
            (0..11)
                .filter(|row| buffer[(column, *row)].symbol() != " ")
                .count()
        };
        assert!(ink(1) == 0 && ink(22) == 11, "{name}: dark to light");
    }
}
