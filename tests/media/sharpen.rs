use super::support::{Random, painted, scene, size};
use ttychat::media::{Picture, scale::Scaler, sharpen::Sharpener};

fn sharpened(picture: &Picture, spread: f32) -> Picture {
    let mut picture = picture.clone();
    Sharpener::default().sharpen(&mut picture, spread);
    picture
}

fn level(picture: &Picture, x: u32, y: u32) -> u8 {
    picture.pixel(x, y).unwrap()[1]
}

#[test]
fn what_shrank_has_its_contrast_again() {
    // Waves of two pixels once they are small: the finest that show.
    let large = painted(640, 360, |x, _| {
        let phase = (f64::from(x) + 0.5) / 8.0 * std::f64::consts::TAU;
        [(128.0 + 15.0 * phase.sin()).round() as u8; 3]
    });
    let mut small = Picture::default();
    Scaler::default().scale(&large, size(160, 90), &mut small);
    let height = |picture: &Picture| {
        (f64::from(level(picture, 80, 45)) - f64::from(level(picture, 81, 45))).abs() / 2.0
    };
    assert!((9.0..=10.5).contains(&height(&small)), "{}", height(&small));
    let seen = sharpened(&small, 0.0);
    assert!((13.5..=17.5).contains(&height(&seen)), "{}", height(&seen));
}

#[test]
fn an_eye_becomes_darker() {
    let is_eye = |x: u32, y: u32| (20..22).contains(&x) && y == 10;
    let face = painted(
        40,
        20,
        |x, y| if is_eye(x, y) { [120; 3] } else { [170; 3] },
    );
    let seen = sharpened(&face, 0.0);
    assert!((110..115).contains(&level(&seen, 20, 10)));
    assert_eq!(level(&seen, 30, 10), 170);
}

#[test]
fn edges_have_no_halo() {
    let edge = painted(40, 20, |x, _| if x < 20 { [60; 3] } else { [200; 3] });
    let seen = sharpened(&edge, 0.0);
    for (x, y) in (0..20).flat_map(|y| (0..40).map(move |x| (x, y))) {
        let (was, is) = (level(&edge, x, y), level(&seen, x, y));
        assert!(was.abs_diff(is) <= 10, "{was} became {is}");
    }
}

#[test]
fn noise_is_not_sharpened() {
    let mut random = Random::new();
    let levels = (0..64 * 64 * 3).map(|_| 125 + random.below(8) as u8);
    let noise = Picture::from_rgb(size(64, 64), levels.collect()).unwrap();
    // Uniform over eight levels: a standard deviation of 2.3.
    let changed = |spread| {
        let seen = sharpened(&noise, spread);
        let pairs = seen.rgb().iter().zip(noise.rgb());
        pairs
            .map(|(&a, &b)| f64::from(a.abs_diff(b)).powi(2))
            .sum::<f64>()
            / 12288.0
    };
    assert!(changed(2.3) < 0.3, "{:.2}", changed(2.3));
    assert!(changed(0.0) > 2.0, "{:.2}", changed(0.0));
}

#[test]
fn any_size_is_sharpened() {
    for (width, height) in [
        (0, 0),
        (0, 5),
        (5, 0),
        (1, 1),
        (1, 9),
        (9, 1),
        (2, 2),
        (33, 7),
    ] {
        let picture = scene(width, height);
        assert_eq!(sharpened(&picture, 0.0).size(), picture.size());
        let flat = painted(width, height, |_, _| [77, 0, 255]);
        assert_eq!(sharpened(&flat, 0.0), flat);
    }
}
