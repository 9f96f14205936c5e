use super::support::{painted, scene, size};
use proptest::prelude::*;
use ttychat::media::scale::{Scaler, fit, shrink};
use ttychat::media::{Picture, PixelSize};

fn scaled(from: &Picture, to: PixelSize) -> Picture {
    let mut out = Picture::default();
    Scaler::default().scale(from, to, &mut out);
    out
}

fn scaled_filling(from: &Picture, to: PixelSize) -> Picture {
    let mut out = Picture::default();
    Scaler::default().scale_filling(from, to, 1.0, &mut out);
    out
}

#[test]
fn shrinking_averages_areas() {
    let checks = painted(64, 64, |x, y| {
        if (x + y) % 2 == 0 {
            [255, 100, 0]
        } else {
            [0, 0, 200]
        }
    });
    for pixel in scaled(&checks, size(16, 16)).rgb().chunks_exact(3) {
        let [red, green, blue] = pixel.try_into().unwrap();
        assert!(
            (127..=128).contains(&red) && green == 50 && blue == 100,
            "{pixel:?}"
        );
    }
}

#[test]
fn growing_is_smooth() {
    let step = painted(2, 1, |x, _| [x as u8 * 200; 3]);
    let wide = scaled(&step, size(16, 4));
    let row: Vec<u8> = (0..16).map(|x| wide.pixel(x, 2).unwrap()[0]).collect();
    assert!(row.is_sorted() && row[0] == 0 && row[15] == 200);
    assert!(
        row.iter()
            .filter(|&&value| value > 0 && value < 200)
            .count()
            >= 6,
        "{row:?}"
    );
}

#[test]
fn the_same_size_is_a_copy() {
    let picture = scene(37, 21);
    assert_eq!(scaled(&picture, size(37, 21)), picture);
    assert_eq!(scaled_filling(&picture, size(37, 21)), picture);
}

#[test]
fn filling_shows_the_middle_unstretched() {
    // Red at both sides, which a square has no room for.
    let wide = painted(40, 20, |x, _| {
        if (10..30).contains(&x) {
            [0, 0, 255]
        } else {
            [255, 0, 0]
        }
    });
    let square = scaled_filling(&wide, size(10, 10));
    assert_eq!(square, painted(10, 10, |_, _| [0, 0, 255]));
    let tall = painted(20, 40, |_, y| {
        if (10..30).contains(&y) {
            [0, 0, 255]
        } else {
            [255, 0, 0]
        }
    });
    assert_eq!(scaled_filling(&tall, size(10, 10)), square);
}

#[test]
fn nothing_becomes_black_and_may_be_asked_for() {
    let mut out = scene(4, 4);
    Scaler::default().scale(&Picture::default(), size(4, 4), &mut out);
    assert_eq!(out, Picture::new(size(4, 4)));
    Scaler::default().scale_filling(&scene(4, 4), size(0, 4), 1.0, &mut out);
    assert_eq!(out.size(), size(0, 4));
}

#[test]
fn a_picture_fits_as_a_person_would_say() {
    assert_eq!(fit(size(16, 9), size(160, 90), 1.0), size(160, 90));
    assert_eq!(fit(size(640, 480), size(160, 90), 1.0), size(120, 90));
    assert_eq!(fit(size(480, 640), size(160, 90), 1.0), size(68, 90));
    // Cells twice as high as wide: 16:9 over 160x50 of them.
    assert_eq!(fit(size(1280, 720), size(160, 50), 2.0), size(160, 45));
    assert_eq!(fit(size(1000, 1), size(10, 10), 1.0), size(10, 1));
    assert_eq!(fit(size(0, 9), size(160, 90), 1.0), size(0, 0));
    assert_eq!(fit(size(16, 9), size(160, 0), 1.0), size(0, 0));
    for aspect in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(fit(size(16, 9), size(160, 90), aspect), size(160, 90));
    }
    assert_eq!(shrink(size(160, 90), size(160, 90)), size(160, 90));
    assert_eq!(shrink(size(1280, 720), size(160, 100)), size(160, 90));
    assert_eq!(shrink(size(1280, 720), size(2000, 90)), size(160, 90));
    assert_eq!(shrink(size(5, 5), size(0, 9)), size(0, 0));
    assert_eq!(shrink(size(0, 5), size(9, 9)), size(0, 0));
}

fn any_size() -> impl Strategy<Value = PixelSize> {
    let side = || prop_oneof![1..64_u32, 1..8192_u32, 1..=u32::MAX];
    (side(), side()).prop_map(|(width, height)| PixelSize::new(width, height))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_fits_is_inside_and_touches_two_sides(
        picture in any_size(), area in any_size(), aspect in 0.01..100.0_f64,
    ) {
        let fitted = fit(picture, area, aspect);
        prop_assert!(!fitted.is_empty());
        prop_assert!(fitted.width <= area.width && fitted.height <= area.height);
        prop_assert!(fitted.width == area.width || fitted.height == area.height);
    }

    #[test]
    fn what_fits_keeps_its_shape(
        picture in any_size(), area in any_size(), aspect in 0.01..100.0_f64,
    ) {
        let fitted = fit(picture, area, aspect);
        let shape = f64::from(picture.width) / f64::from(picture.height);
        let (width, height) = (f64::from(fitted.width), f64::from(fitted.height));
        // Half a pixel in the direction that was computed, or as small as can be.
        let off_height = (width / shape / aspect - height).abs();
        let off_width = (height * shape * aspect - width).abs();
        let tiny = fitted.width == 1 || fitted.height == 1;
        prop_assert!(off_height <= 0.51 || off_width <= 0.51 || tiny, "{fitted:?}");
    }

    #[test]
    fn the_same_shape_fills_the_area(
        width in 1..2000_u32, height in 1..2000_u32, times in 1..900_u32, of in 1..900_u32,
    ) {
        let area = size(width * times, height * times);
        prop_assert_eq!(fit(size(width * of, height * of), area, 1.0), area);
    }

    #[test]
    fn shrinking_never_grows(picture in any_size(), limit in any_size()) {
        let small = shrink(picture, limit);
        prop_assert!(!small.is_empty());
        prop_assert!(small.width <= limit.width.min(picture.width));
        prop_assert!(small.height <= limit.height.min(picture.height));
        prop_assert_eq!(shrink(small, limit), small);
    }

    #[test]
    fn every_size_is_scaled_to_every_size(
        from in (1..70_u32, 1..70_u32), to in (1..70_u32, 1..70_u32),
    ) {
        let from = painted(from.0, from.1, |_, _| [200, 100, 50]);
        for picture in [scaled(&from, size(to.0, to.1)), scaled_filling(&from, size(to.0, to.1))] {
            prop_assert_eq!(picture, painted(to.0, to.1, |_, _| [200, 100, 50]));
        }
    }
}
