//! Pictures in other glyphs: what the key does, and how many pixels are asked for then.

use crate::stage::{World, window};
use std::time::Duration;
use ttychat::{
    app::Input,
    media::PixelSize,
    screen::capability::{DrawnGlyphs, Profile},
};

/// What the first is asked for.
fn asked(world: &World) -> PixelSize {
    world.party(0).app.capture_order().size_max
}

fn press(world: &mut World) {
    world.key(1, "g");
    world.run(Duration::from_millis(200));
}

#[test]
fn the_key_goes_through_all_sets_and_says_which() {
    let mut world = World::in_call();
    let before = asked(&world);
    for notice in [
        "quadrants, 2x2 pixels a cell",
        "sextants, 2x3 pixels a cell; g again if you see boxes",
        "octants, 2x4 pixels a cell; g again if you see boxes",
        "braille, 2x4 pixels a cell",
        "ASCII, each character by its shape",
        "half blocks, 1x2 pixels a cell",
    ] {
        press(&mut world);
        world.assert_screen(1, notice);
    }
    assert_eq!(asked(&world), before);
}

#[test]
fn as_many_pixels_are_asked_for_as_the_glyphs_show() {
    let mut world = World::in_call();
    let half = asked(&world);
    // Square ones: a quadrant is twice as high as wide, so the picture needs rows for both.
    for (across, down) in [(2, 2), (2, 2), (2, 2), (2, 2), (2, 2), (1, 1)] {
        press(&mut world);
        let wanted = PixelSize::new(half.width * across, half.height * down);
        assert_eq!(asked(&world), wanted);
        let (_, area) = *world.party(1).shown.back().unwrap();
        assert!(area.width <= wanted.width && area.height <= wanted.height);
    }
}

#[test]
fn pictures_are_decoded_for_the_pixels_of_the_glyphs() {
    let mut world = World::in_call();
    let area = |world: &World| world.party(1).shown.back().unwrap().1;
    world.run(Duration::from_millis(200));
    let half = area(&world);
    for (across, halves) in [(2, 2), (2, 3), (2, 4), (2, 4), (2, 4), (1, 2)] {
        press(&mut world);
        let wanted = PixelSize::new(half.width * across, half.height / 2 * halves);
        assert_eq!(area(&world), wanted);
    }
}

#[test]
fn a_resize_keeps_the_glyphs() {
    let mut world = World::in_call();
    press(&mut world);
    world.input(1, Input::WindowChanged(window(40, 12)));
    world.run(Duration::from_millis(200));
    let (_, area) = *world.party(1).shown.back().unwrap();
    assert_eq!(area, PixelSize::new(80, 22));
}

#[test]
fn auto_takes_the_best_that_the_terminal_draws_itself() {
    let mut world = World::in_call_with(
        |_| {},
        |options| options.screen.as_mut().unwrap().glyphs = None,
    );
    world.run(Duration::from_millis(200));
    let half = asked(&world);
    let blocks = DrawnGlyphs::HALVES.with(DrawnGlyphs::QUADRANTS);
    let all = blocks
        .with(DrawnGlyphs::SEXTANTS)
        .with(DrawnGlyphs::OCTANTS);
    for (drawn, times) in [
        (DrawnGlyphs::BRAILLE, 1),
        (blocks, 2),
        (all, 2),
        (DrawnGlyphs::NONE, 1),
    ] {
        let profile = Profile {
            glyphs: drawn,
            ..Profile::default()
        };
        world.input(1, Input::TerminalKnown(profile));
        world.run(Duration::from_millis(200));
        assert_eq!(asked(&world).width, half.width * times, "{drawn:?}");
    }
    // What is chosen goes before what is known.
    world.key(1, "g");
    world.run(Duration::from_millis(200));
    world.assert_screen(1, "quadrants");
    let profile = Profile {
        glyphs: all,
        ..Profile::default()
    };
    world.input(1, Input::TerminalKnown(profile));
    world.run(Duration::from_millis(200));
    let (_, area) = *world.party(1).shown.back().unwrap();
    assert_eq!(area.height, half.height);
}
