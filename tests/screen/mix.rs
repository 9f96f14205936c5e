//! Colours that a terminal does not have, mixed of those that it has.

use crate::terminal::{Terminal, cells};
use ratatui::{buffer::Buffer, style::Color};
use std::collections::BTreeSet;
use ttychat::screen::{
    VIDEO,
    backend::ScreenBackend,
    color::{ColorDepth, nearest_16, nearest_256},
    quality::Budget,
};

const SIZE: (u16, u16) = (80, 24);

fn paint(buffer: &mut Buffer, rgb: [u8; 3]) {
    let color = Color::Rgb(rgb[0], rgb[1], rgb[2]);
    for cell in &mut buffer.content {
        cell.set_symbol("▀").set_fg(color).set_bg(color);
        cell.modifier = VIDEO;
    }
}

/// What a picture of one colour becomes, and how long its frames were, once it rests.
fn rested(depth: ColorDepth, rgb: [u8; 3]) -> (Terminal, Vec<usize>) {
    let size = cells(SIZE.0, SIZE.1);
    let mut ours = ratatui::Terminal::new(ScreenBackend::new(size, depth)).unwrap();
    let mut terminal = Terminal::new(size);
    let mut lens = Vec::new();
    for _ in 0..64 {
        ours.draw(|frame| paint(frame.buffer_mut(), rgb)).unwrap();
        let mut bytes = Vec::new();
        let budget = Budget::for_cells(usize::from(SIZE.0) * usize::from(SIZE.1));
        ours.backend_mut().take_frame(budget, None, &mut bytes);
        terminal.write(&bytes);
        lens.push(bytes.len());
    }
    (terminal, lens)
}

/// A picture of skin in uneven light, each channel of each pixel off by up to three levels.
fn paint_noisy(buffer: &mut Buffer, seed: &mut u32) {
    let mut noisy = |level: u16| {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u8::try_from(level + u16::try_from((*seed >> 16) % 7).unwrap()).unwrap()
    };
    let width = usize::from(SIZE.0);
    for (at, cell) in buffer.content.iter_mut().enumerate() {
        let light = u16::try_from(at % width).unwrap() / 2;
        let mut color = || {
            let [red, green, blue] = [170, 120, 90].map(|level| noisy(level + light));
            Color::Rgb(red, green, blue)
        };
        let (upper, lower) = (color(), color());
        cell.set_symbol("▀").set_fg(upper).set_bg(lower);
        cell.modifier = VIDEO;
    }
}

/// Between two mixes the noise of a camera would choose anew each time: 10 kB a frame.
#[test]
fn noise_of_a_resting_scene_costs_next_to_nothing_and_does_not_flicker() {
    for depth in [ColorDepth::Indexed256, ColorDepth::Ansi16] {
        let size = cells(SIZE.0, SIZE.1);
        let mut ours = ratatui::Terminal::new(ScreenBackend::new(size, depth)).unwrap();
        let mut terminal = Terminal::new(size);
        let (mut seed, mut lens, mut changes, mut before) = (1, Vec::new(), 0, Vec::new());
        for frame in 0..64 {
            ours.draw(|frame| paint_noisy(frame.buffer_mut(), &mut seed))
                .unwrap();
            let mut bytes = Vec::new();
            let budget = Budget::for_cells(usize::from(SIZE.0) * usize::from(SIZE.1));
            ours.backend_mut().take_frame(budget, None, &mut bytes);
            terminal.write(&bytes);
            let now = indexes(&terminal);
            if frame >= 32 {
                lens.push(bytes.len());
                changes += now.iter().zip(&before).filter(|(a, b)| a != b).count();
            }
            before = now;
        }
        let mean_len = lens.iter().sum::<usize>() / lens.len();
        let pixels = usize::from(SIZE.0) * usize::from(SIZE.1) * 2;
        assert!(
            mean_len < 200,
            "{depth:?}: {mean_len} bytes a frame, {changes} changes"
        );
        assert!(
            changes < pixels / 100 * lens.len(),
            "{depth:?}: {changes} changes"
        );
    }
}

/// What it shows is not kept for long when the picture is another.
#[test]
fn another_colour_is_shown_as_it_is_everywhere() {
    let (first, second) = ([196, 150, 120], [176, 130, 130]);
    let (fresh, _) = rested(ColorDepth::Indexed256, second);
    let size = cells(SIZE.0, SIZE.1);
    let mut ours =
        ratatui::Terminal::new(ScreenBackend::new(size, ColorDepth::Indexed256)).unwrap();
    let mut terminal = Terminal::new(size);
    for rgb in [first, second] {
        for _ in 0..64 {
            ours.draw(|frame| paint(frame.buffer_mut(), rgb)).unwrap();
            let mut bytes = Vec::new();
            let budget = Budget::for_cells(usize::from(SIZE.0) * usize::from(SIZE.1));
            ours.backend_mut().take_frame(budget, None, &mut bytes);
            terminal.write(&bytes);
        }
    }
    assert_eq!(indexes(&terminal), indexes(&fresh));
}

fn indexes(terminal: &Terminal) -> Vec<u8> {
    let index = |color| match color {
        vt100::Color::Idx(index) => index,
        other => panic!("{other:?} is none of the palette"),
    };
    let places = (0..SIZE.1).flat_map(|row| (0..SIZE.0).map(move |column| (column, row)));
    let halves = places.map(|(column, row)| terminal.halves(column, row));
    halves
        .flat_map(|(top, bottom)| [index(top), index(bottom)])
        .collect()
}

/// How xterm shows an entry of its palette.
fn look(index: u8) -> [u8; 3] {
    const NAMED: [[u8; 3]; 16] = [
        [0, 0, 0],
        [205, 0, 0],
        [0, 205, 0],
        [205, 205, 0],
        [0, 0, 238],
        [205, 0, 205],
        [0, 205, 205],
        [229, 229, 229],
        [127, 127, 127],
        [255, 0, 0],
        [0, 255, 0],
        [255, 255, 0],
        [92, 92, 255],
        [255, 0, 255],
        [0, 255, 255],
        [255, 255, 255],
    ];
    match index {
        ..16 => NAMED[usize::from(index)],
        16..232 => {
            let cube = index - 16;
            [cube / 36, cube / 6 % 6, cube % 6].map(|level| level * 40 + 55 * level.min(1))
        }
        232.. => [8 + 10 * (index - 232); 3],
    }
}

/// In linear light, in which the eye mixes.
fn light(rgb: [u8; 3]) -> [f64; 3] {
    rgb.map(|level| (f64::from(level) / 255.0).powf(2.2))
}

fn error(wanted: [u8; 3], seen: [f64; 3]) -> f64 {
    let pairs = light(wanted).into_iter().zip(seen);
    pairs
        .map(|(wanted, seen)| (wanted - seen).powi(2))
        .sum::<f64>()
        .sqrt()
}

#[test]
fn a_mix_is_nearer_than_the_nearest_colour() {
    type Nearest = fn([u8; 3]) -> u8;
    let cases: [(ColorDepth, Nearest, [u8; 3]); 7] = [
        // Skin, hair, a dark suit, a blue wall.
        (ColorDepth::Indexed256, nearest_256, [196, 150, 120]),
        (ColorDepth::Indexed256, nearest_256, [88, 60, 40]),
        (ColorDepth::Indexed256, nearest_256, [30, 42, 58]),
        (ColorDepth::Indexed256, nearest_256, [30, 75, 120]),
        (ColorDepth::Ansi16, nearest_16, [196, 150, 120]),
        (ColorDepth::Ansi16, nearest_16, [60, 60, 60]),
        (ColorDepth::Ansi16, nearest_16, [30, 75, 120]),
    ];
    let (mut mixed_sum, mut single_sum) = (0.0, 0.0);
    for (depth, nearest, rgb) in cases {
        let seen = indexes(&rested(depth, rgb).0);
        let mut mean = [0.0; 3];
        for &index in &seen {
            for (mean, light) in mean.iter_mut().zip(light(look(index))) {
                *mean += light / f64::from(u32::try_from(seen.len()).unwrap());
            }
        }
        let (mixed, single) = (error(rgb, mean), error(rgb, light(look(nearest(rgb)))));
        // Some stay as they are, because a mix would be grainy.
        assert!(
            mixed < single * 1.01,
            "{depth:?} {rgb:?}: {mixed:.3}, nearest {single:.3}"
        );
        mixed_sum += mixed;
        single_sum += single;
    }
    assert!(
        mixed_sum < single_sum * 0.6,
        "{mixed_sum:.3}, nearest {single_sum:.3}"
    );
}

#[test]
fn a_colour_that_the_terminal_has_is_not_mixed() {
    for index in [17, 67, 130, 196, 240] {
        let (terminal, _) = rested(ColorDepth::Indexed256, look(index));
        let seen: BTreeSet<_> = indexes(&terminal).into_iter().collect();
        assert_eq!(seen, BTreeSet::from([index]));
    }
    let (terminal, _) = rested(ColorDepth::Ansi16, look(9));
    assert!(indexes(&terminal).into_iter().all(|index| index == 9));
}

/// Two colours are a draughtboard: half blocks in turn need no new pen.
#[test]
fn a_mix_of_two_costs_three_bytes_a_cell_and_rests() {
    let (terminal, lens) = rested(ColorDepth::Indexed256, [196, 150, 120]);
    let seen: BTreeSet<_> = indexes(&terminal).into_iter().collect();
    assert_eq!(seen.len(), 2, "{seen:?}");
    let all = usize::from(SIZE.0) * usize::from(SIZE.1) * 3;
    assert!(
        lens.iter().sum::<usize>() < all + usize::from(SIZE.1) * 40,
        "{lens:?}"
    );
    assert_eq!(lens.last(), Some(&0));
}
