//! Alone in its process, so that what other threads do can be told from what this one does.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "test code")]

use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;
use ttychat::media::jpeg::Compressor;
use ttychat::media::raw::{Coding, ColorMatrix, ColorRange, Converter, RawPicture};
use ttychat::media::scale::Scaler;
use ttychat::media::{Picture, PixelSize, test_picture};

fn thread_count() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

/// Processor time of all threads but this one, also of those that have ended.
fn elsewhere() -> Duration {
    let time = |clock| Duration::try_from(clock_gettime(clock)).unwrap();
    time(ClockId::ProcessCPUTime).saturating_sub(time(ClockId::ThreadCPUTime))
}

#[test]
fn no_thread_works_on_a_picture_but_the_one_that_has_it() {
    let size = PixelSize::new(640, 480);
    let mut picture = Picture::new(size);
    test_picture::paint(&mut picture, Duration::from_millis(700));
    let mut jpeg = Vec::new();
    Compressor::default()
        .compress(&picture, 85, &mut jpeg)
        .unwrap();
    let samples = vec![100; 640 * 480 * 4];
    let (mut converter, mut scaler) = (Converter::default(), Scaler::default());
    let (mut full, mut sent) = (Picture::default(), Picture::default());
    let mut pass = |format: &[u8; 4], at_least| {
        let raw = RawPicture {
            format: *format,
            size,
            stride: 0,
            coding: Coding {
                range: ColorRange::Limited,
                matrix: ColorMatrix::Bt601,
            },
            bytes: if format == b"MJPG" { &jpeg } else { &samples },
        };
        converter.convert(&raw, at_least, &mut full).unwrap();
        scaler.scale(&full, PixelSize::new(160, 90), &mut sent);
        let mut out = Vec::new();
        Compressor::default().compress(&sent, 75, &mut out).unwrap();
    };
    let (threads, before) = (thread_count(), elsewhere());
    for format in [
        b"MJPG", b"YUYV", b"NV12", b"YU12", b"GREY", b"RGB3", b"BGR4",
    ] {
        for at_least in [None, Some(PixelSize::new(160, 90))] {
            (0..5).for_each(|_| pass(format, at_least));
            // A pool would stay, and a thread for each picture leaves the time that it took.
            assert_eq!(thread_count(), threads, "{format:?}");
        }
    }
    let elsewhere = elsewhere().saturating_sub(before);
    assert!(elsewhere < Duration::from_millis(2), "{elsewhere:?}");
}
