//! Alone in its process, so that threads can be counted.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "test code")]

use ttychat::media::jpeg::{Compressor, Decompressor, Limits};
use ttychat::media::{Picture, PixelSize};

fn thread_count() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
fn no_thread_is_started_for_a_picture() {
    let size = PixelSize::new(640, 480);
    let limits = Limits {
        len_max: 1 << 20,
        size_max: size,
    };
    let mut jpeg = Vec::new();
    Compressor::default()
        .compress(&Picture::new(size), 75, &mut jpeg)
        .unwrap();
    let mut decompressor = Decompressor::default();
    let mut out = Picture::default();
    let before = thread_count();
    for _ in 0..5 {
        decompressor
            .decompress(&jpeg, limits, None, &mut out)
            .unwrap();
        // A pool of the decoder's own would stay.
        assert_eq!(thread_count(), before);
    }
}
