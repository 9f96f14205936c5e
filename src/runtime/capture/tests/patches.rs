//! When only what changed is compressed, and when all of a picture.

use super::{super::handover::Room, super::pipeline::*, order};
use crate::{
    app::{CaptureOrder, OwnPicture},
    media::{Picture, PixelSize, clip::Clip, jpeg::Compressor},
    runtime::clock::instant,
};
use std::time::{Duration, Instant};

const SIZE: PixelSize = PixelSize::new(160, 90);

/// A square that goes to the right, before something that stands.
fn clip() -> Clip {
    let mut bytes = Vec::new();
    for step in 0..16 {
        let mut picture = Picture::new(SIZE);
        for (index, pixel) in (0_u32..).zip(picture.rgb_mut().chunks_exact_mut(3)) {
            let (x, y) = (index % 160, index / 160);
            let is_square = (x / 8 == 2 + step) && (30..40).contains(&y);
            let [behind, ..] = (40 + x / 2).to_le_bytes();
            pixel.fill(if is_square { 220 } else { behind });
        }
        Compressor::default()
            .compress(&picture, 95, &mut bytes)
            .unwrap();
    }
    Clip::parse(bytes).unwrap()
}

struct Stage {
    clip: Clip,
    index: usize,
    pipeline: Pipeline,
    order: CaptureOrder,
    now: Instant,
}

impl Stage {
    fn new() -> Self {
        Self {
            clip: clip(),
            index: 0,
            pipeline: Pipeline::default(),
            order: CaptureOrder {
                patches: true,
                ..order()
            },
            now: instant(),
        }
    }

    /// The next picture of the clip.
    fn next(&mut self, room: Room) -> OwnPicture {
        self.index += 1;
        self.again(room)
    }

    /// The same once more, a thirtieth of a second later.
    fn again(&mut self, room: Room) -> OwnPicture {
        self.now += Duration::from_secs(1) / 30;
        let size = self.pipeline.decode(&mut self.clip, self.index).unwrap();
        let goal = Goal::of(&self.order, size, room);
        self.pipeline.finish(goal, self.now, None)
    }

    #[track_caller]
    fn whole(&mut self, room: Room) -> u64 {
        let own = self.next(room);
        assert!(own.jpeg.is_some() && own.patch.is_none());
        own.number
    }

    #[track_caller]
    fn patch(&mut self) -> u64 {
        let own = self.next(Room::Next);
        assert_eq!(own.jpeg.unwrap().0, SIZE, "of the picture, not the sheet");
        assert_eq!(own.patch.unwrap().base + 1, own.number);
        own.number
    }
}

#[test]
fn a_patch_is_of_the_picture_that_was_made_before() {
    let mut stage = Stage::new();
    let first = stage.whole(Room::Next);
    assert_eq!(stage.patch(), first + 1);
    assert_eq!(stage.patch(), first + 2);
    // The one before was not taken, so this one takes its place.
    stage.whole(Room::Replaces);
    stage.patch();
    // It did not leave.
    stage.pipeline.forget_sent();
    stage.whole(Room::Next);
    stage.patch();
    // The other end does not have the last one.
    stage.order.patches = false;
    stage.whole(Room::Next);
    stage.order.patches = true;
    stage.whole(Room::Next);
    stage.patch();
    stage.order.plan.eighths = 6;
    stage.whole(Room::Next);
}

#[test]
fn a_scene_that_rests_is_told_and_sent_finer_once() {
    let mut stage = Stage::new();
    stage.whole(Room::Next);
    stage.patch();
    stage.order.resting.quality = 85;
    let (mut told_count, mut sent) = (0, Vec::new());
    for _ in 0..90 {
        let own = stage.again(Room::Next);
        told_count += usize::from(own.unchanged);
        sent.extend(own.jpeg.map(|_| own.plan.quality));
    }
    assert_eq!(sent, [85]);
    assert!((10..20).contains(&told_count), "{told_count}");
    stage.patch();
}
