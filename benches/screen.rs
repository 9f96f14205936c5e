//! What a frame costs: bytes and time, ours beside what ratatui's stock backend writes.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark")]

use crossterm::{
    cursor::MoveTo,
    queue,
    style::{Color as CrosstermColor, Colors, Print, SetColors},
};
use divan::{Bencher, counter::BytesCount};
use ratatui::{
    Terminal,
    backend::{Backend, TestBackend},
    buffer::{Buffer, Cell},
    layout::Rect,
    style::Color,
};
use ttychat::screen::{CellSize, backend::ScreenBackend, color::ColorDepth, quality::Budget};

const SIZES: [(u16, u16); 4] = [(80, 24), (160, 45), (240, 67), (320, 90)];
const DEPTHS: [ColorDepth; 3] = [
    ColorDepth::Ansi16,
    ColorDepth::Indexed256,
    ColorDepth::Truecolor,
];

/// Of no effect on cells that are not marked as a picture.
const BUDGET: Budget = Budget::for_cells(160 * 45);

type Paint = fn(&mut Buffer, u32);

/// Every colour another, every frame.
fn noise(buffer: &mut Buffer, frame: u32) {
    let mut state = frame.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let [red, green, blue, _] = state.to_le_bytes();
        Color::Rgb(red, green, blue)
    };
    for cell in &mut buffer.content {
        let (fore, back) = (next(), next());
        cell.set_symbol("▀").set_fg(fore).set_bg(back);
    }
}

/// A soft picture that moves: gradients with flat parts, as faces and walls have.
fn smooth(buffer: &mut Buffer, frame: u32) {
    let (width, height) = (
        u32::from(buffer.area.width),
        u32::from(buffer.area.height) * 2,
    );
    let color = |x: u32, y: u32| {
        let level = |value: u32| u8::try_from((value % 512).min(511 - value % 512) / 4 * 3 + 20);
        let red = level((x * 256 / width) + frame).unwrap_or(0);
        let green = level((y * 256 / height) + frame * 2).unwrap_or(0);
        let blue = level(((x + y) / 4) * 8).unwrap_or(0);
        Color::Rgb(red & !3, green & !3, blue)
    };
    let columns = buffer.area.width;
    for (index, cell) in (0..).zip(&mut buffer.content) {
        let (x, y) = (index % u32::from(columns), index / u32::from(columns) * 2);
        cell.set_symbol("▀")
            .set_fg(color(x, y))
            .set_bg(color(x, y + 1));
    }
}

fn backend((columns, rows): (u16, u16), depth: ColorDepth) -> ScreenBackend {
    ScreenBackend::new(CellSize { columns, rows }, depth)
}

/// Two frames that follow each other, painted.
fn frames((columns, rows): (u16, u16), paint: Paint) -> [Buffer; 2] {
    [1, 2].map(|frame| {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        paint(&mut buffer, frame);
        buffer
    })
}

fn updates(buffer: &Buffer) -> impl Iterator<Item = (u16, u16, &Cell)> {
    let columns = usize::from(buffer.area.width);
    buffer.content.iter().enumerate().map(move |(index, cell)| {
        let at = |place: usize| u16::try_from(place).unwrap();
        (at(index % columns), at(index / columns), cell)
    })
}

/// As ratatui's `CrosstermBackend` does it: move where it must, both colours when one changed.
fn write_stock<'a>(updates: impl Iterator<Item = (u16, u16, &'a Cell)>, out: &mut Vec<u8>) {
    let stock = |color| match color {
        Color::Rgb(r, g, b) => CrosstermColor::Rgb { r, g, b },
        _ => CrosstermColor::Reset,
    };
    let (mut fore, mut back, mut last) = (Color::Reset, Color::Reset, None);
    for (x, y, cell) in updates {
        if last != Some((x.wrapping_sub(1), y)) {
            queue!(out, MoveTo(x, y)).unwrap();
        }
        last = Some((x, y));
        if (cell.fg, cell.bg) != (fore, back) {
            queue!(out, SetColors(Colors::new(stock(cell.fg), stock(cell.bg)))).unwrap();
            (fore, back) = (cell.fg, cell.bg);
        }
        queue!(out, Print(cell.symbol())).unwrap();
    }
}

fn write_ours(backend: &mut ScreenBackend, buffer: &Buffer, out: &mut Vec<u8>) {
    backend.draw(updates(buffer)).unwrap();
    backend.flush().unwrap();
    backend.take_frame(BUDGET, None, out);
}

fn bench_ours(bencher: Bencher<'_, '_>, size: (u16, u16), depth: ColorDepth, paint: Paint) {
    let frames = frames(size, paint);
    let mut backend = backend(size, depth);
    let mut out = Vec::new();
    write_ours(&mut backend, &frames[1], &mut out);
    out.clear();
    write_ours(&mut backend, &frames[0], &mut out);
    let mut next = frames.iter().cycle().skip(1);
    bencher.counter(BytesCount::new(out.len())).bench_local(|| {
        out.clear();
        write_ours(&mut backend, next.next().unwrap(), &mut out);
        out.len()
    });
}

/// Our backend alone: cells in, bytes out.
#[divan::bench(args = SIZES)]
fn ours_noise(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    bench_ours(bencher, size, ColorDepth::Truecolor, noise);
}

#[divan::bench(args = SIZES)]
fn ours_smooth(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    bench_ours(bencher, size, ColorDepth::Truecolor, smooth);
}

#[divan::bench(args = DEPTHS)]
fn ours_noise_160x45(bencher: Bencher<'_, '_>, depth: ColorDepth) {
    bench_ours(bencher, (160, 45), depth, noise);
}

/// Nothing changed, but ratatui sends it all.
#[divan::bench]
fn ours_equal_160x45(bencher: Bencher<'_, '_>) {
    let [frame, _] = frames((160, 45), noise);
    let mut backend = backend((160, 45), ColorDepth::Truecolor);
    let mut out = Vec::new();
    write_ours(&mut backend, &frame, &mut out);
    bencher.bench_local(|| write_ours(&mut backend, &frame, &mut out));
}

#[divan::bench(args = SIZES)]
fn stock_noise(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    let frames = frames(size, noise);
    let mut out = Vec::new();
    let mut next = frames.iter().cycle();
    bencher.bench_local(|| {
        out.clear();
        write_stock(updates(next.next().unwrap()), &mut out);
        out.len()
    });
}

/// All of a turn's drawing: paint, ratatui's comparison, bytes.
#[divan::bench(args = SIZES)]
fn whole_draw_noise(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    let frames = frames(size, noise);
    let mut terminal = Terminal::new(backend(size, ColorDepth::Truecolor)).unwrap();
    let mut out = Vec::new();
    let mut next = frames.iter().cycle();
    bencher.bench_local(|| {
        out.clear();
        let from = next.next().unwrap();
        terminal
            .draw(|frame| frame.buffer_mut().content.clone_from(&from.content))
            .unwrap();
        terminal.backend_mut().take_frame(BUDGET, None, &mut out)
    });
}

/// How many bytes a whole frame has, and how many the next one.
fn print_bytes() {
    println!("bytes a frame           ours: first     next    stock: first     next");
    for (name, paint) in [("noise", noise as Paint), ("smooth", smooth)] {
        for size in SIZES {
            let frames = frames(size, paint);
            let mut backend = backend(size, ColorDepth::Truecolor);
            let mut stock = TestBackend::new(size.0, size.1);
            let mut lens = Vec::new();
            for buffer in &frames {
                let (mut ours, mut theirs) = (Vec::new(), Vec::new());
                write_ours(&mut backend, buffer, &mut ours);
                let old = stock.buffer().clone();
                write_stock(old.diff_iter(buffer), &mut theirs);
                stock.draw(updates(buffer)).unwrap();
                lens.push((ours.len(), theirs.len()));
            }
            let [first, next] = lens[..] else { continue };
            println!(
                "{name:>8} {:>4}x{:<3}       {:>9} {:>8}       {:>9} {:>8}",
                size.0, size.1, first.0, next.0, first.1, next.1
            );
        }
    }
}

fn main() {
    print_bytes();
    divan::main();
}
