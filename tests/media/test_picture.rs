use super::support::{psnr, scene, size};
use std::collections::HashSet;
use std::time::Duration;
use ttychat::media::{Picture, test_picture};

fn at(width: u32, height: u32, milliseconds: u64) -> Picture {
    let mut picture = Picture::new(size(width, height));
    test_picture::paint(&mut picture, Duration::from_millis(milliseconds));
    picture
}

#[test]
fn the_same_time_gives_the_same_picture() {
    let mut reused = scene(160, 90);
    test_picture::paint(&mut reused, Duration::from_millis(1234));
    assert_eq!(reused, at(160, 90, 1234));
}

#[test]
fn it_moves_from_one_picture_to_the_next() {
    for milliseconds in (0..8000).step_by(33) {
        let noise = psnr(&at(160, 90, milliseconds), &at(160, 90, milliseconds + 33));
        assert!(noise < 45.0, "still at {milliseconds} ms: {noise} dB");
    }
}

#[test]
fn it_is_colourful_and_leaves_room_for_the_barcode() {
    let picture = at(160, 90, 700);
    let band = &picture.rgb()[..160 * 11 * 3];
    assert!(band.chunks_exact(3).all(|pixel| pixel == &band[..3]));
    let colors: HashSet<_> = picture.rgb().chunks_exact(3).map(<[u8]>::to_vec).collect();
    assert!(colors.len() > 2000, "{} colours", colors.len());
    // Bars, and the ends of the ramp.
    assert_eq!(picture.pixel(70, 80), Some([0, 191, 0]));
    assert_eq!(picture.pixel(110, 80), Some([191, 0, 0]));
    assert_eq!(picture.pixel(0, 89), Some([0; 3]));
    assert_eq!(picture.pixel(159, 89), Some([255; 3]));
}

#[test]
fn every_size_and_time_is_painted() {
    for width in [0, 1, 2, 3, 16, 39, 40, 41, 500] {
        for height in [0, 1, 2, 3, 7, 8, 9, 23, 200] {
            for time in [Duration::ZERO, Duration::from_secs(5), Duration::MAX] {
                test_picture::paint(&mut Picture::new(size(width, height)), time);
            }
        }
    }
}
