//! Patches that do not fit the picture before, whose sheets nobody made in good faith, or that are
//! too many.

use super::{
    attacker::Peer,
    insider::is_refused,
    outcome::Outcome,
    picture::{claiming, many_scans, show, small, video},
    victim::{Check, Victim},
};
use std::time::{Duration, Instant};
use ttychat::{
    media::{Picture, PixelSize, jpeg::Compressor, patch::BlockSet, test_picture},
    protocol::{self, CameraState, Message, Patch, Size, Video},
};

pub(crate) const CHECKS: &[Check] = &[
    ("a patch with bits beyond the blocks", || {
        refused(|peer| {
            peer.show_whole();
            let mut bits = all_blocks(SIZE).bits().to_vec();
            *bits.last_mut().unwrap() |= 1;
            peer.lay(SIZE, bits, &sheet(&all_blocks(SIZE)));
        })
    }),
    ("a patch of no block", || {
        refused(|peer| {
            peer.show_whole();
            peer.lay(SIZE, vec![0; 8], &small());
        })
    }),
    ("a patch in another size than the picture", || {
        refused(|peer| {
            peer.show_whole();
            let other = Size {
                width: 320,
                height: 180,
            };
            let blocks = all_blocks(other);
            peer.lay(other, blocks.bits().to_vec(), &sheet(&blocks));
        })
    }),
    ("a patch before any picture", || refused(Mallory::lay_all)),
    ("a patch after the camera was off", || {
        refused(|peer| {
            peer.show_whole();
            for state in [CameraState::Off, CameraState::On] {
                peer.peer.say(&Message::CameraState(state));
            }
            peer.lay_all();
        })
    }),
    ("a patch while the camera is off", || {
        refused(|peer| {
            peer.show_whole();
            peer.peer.say(&Message::CameraState(CameraState::Off));
            peer.lay_all();
        })
    }),
    ("a patch whose sheet claims 65,500 x 65,500", || {
        broken(&claiming(&sheet(&all_blocks(SIZE)), 65_500, 65_500))
    }),
    ("a patch whose sheet has 4,000 scans", || {
        broken(&many_scans(&sheet(&all_blocks(SIZE))))
    }),
    ("a patch whose sheet has another size", || broken(&small())),
    ("a patch whose sheet is no JPEG", || broken(&[7; 4000])),
    ("a patch whose sheet ends early", || {
        let sheet = sheet(&all_blocks(SIZE));
        // Within its headers, where no grey can stand for what is missing.
        broken(&sheet[..sheet.len() / 4])
    }),
    ("10,000 patches of 1920x1080, as fast as they go", || {
        full_size(u32::MAX)
    }),
    ("10,000 patches of 1920x1080, 400 a second", || {
        full_size(400)
    }),
];

/// Of the pictures, unless it is said.
const SIZE: Size = Size {
    width: 160,
    height: 90,
};

/// How many patches a flood has.
const FLOOD_COUNT: u32 = 10_000;

/// How long a flood may take that is not ended.
const FLOOD_TIMEOUT: Duration = Duration::from_secs(30);

fn pixels(size: Size) -> PixelSize {
    PixelSize::new(size.width.into(), size.height.into())
}

fn all_blocks(size: Size) -> BlockSet {
    let mut blocks = BlockSet::new(pixels(size));
    for index in 0..blocks.block_count() {
        blocks.insert(index);
    }
    blocks
}

/// The test picture's blocks, as an honest sender sends them.
fn sheet(blocks: &BlockSet) -> Vec<u8> {
    let mut picture = Picture::new(blocks.size());
    test_picture::paint(&mut picture, Duration::from_secs(2));
    let (mut sheet, mut jpeg) = (Picture::default(), Vec::new());
    blocks.pack(&picture, &mut sheet);
    Compressor::default()
        .compress(&sheet, 20, &mut jpeg)
        .unwrap();
    jpeg
}

/// In a call, counting its pictures.
struct Mallory {
    peer: Peer,
    sequence: u32,
}

impl Mallory {
    fn call(victim: &Victim) -> Self {
        Self {
            peer: Peer::in_call(victim.port, "mallory"),
            sequence: 0,
        }
    }

    fn show_whole(&mut self) {
        show(&mut self.peer, &video(self.sequence, SIZE, &small()));
        self.sequence += 1;
    }

    fn lay(&mut self, size: Size, blocks: Vec<u8>, jpeg: &[u8]) {
        let video = Video {
            sequence: self.sequence,
            captured_at: 0,
            size,
            shared_len: 0,
            jpeg: jpeg.to_vec(),
        };
        self.sequence += 1;
        let patch = Message::Patch(Patch { video, blocks });
        if jpeg.len() < 8 << 10 {
            // Right or wrong.
            self.peer.say(&patch);
        } else {
            show(&mut self.peer, &patch);
        }
    }

    fn lay_all(&mut self) {
        let blocks = all_blocks(SIZE);
        self.lay(SIZE, blocks.bits().to_vec(), &sheet(&blocks));
    }

    /// Waits for what became of the last picture.
    #[track_caller]
    fn await_answer(&mut self, expected: protocol::Outcome) {
        self.peer.await_answer(self.sequence - 1, expected);
    }
}

/// What breaks the protocol ends the call, and its person is told whose fault it was.
fn refused(attack: impl Fn(&mut Mallory)) -> Outcome {
    let mut victim = Victim::open();
    let mut mallory = Mallory::call(&victim);
    attack(&mut mallory);
    let seen = is_refused(&mut victim, &mut mallory.peer);
    victim.press_a_key(None);
    victim.outcome(seen, "ended")
}

/// Twenty of them, each over a picture that is whole: each is answered as broken, the call goes on,
/// and so do pictures.
fn broken(sheet: &[u8]) -> Outcome {
    let mut victim = Victim::open();
    let mut mallory = Mallory::call(&victim);
    victim.begin();
    let bits = all_blocks(SIZE).bits().to_vec();
    for _ in 0..20 {
        mallory.show_whole();
        mallory.lay(SIZE, bits.clone(), sheet);
        mallory.await_answer(protocol::Outcome::Broken);
    }
    // Nothing can be laid over what is broken.
    mallory.lay_all();
    mallory.await_answer(protocol::Outcome::Broken);
    victim.press_a_key(Some(&mut mallory.peer));
    mallory.show_whole();
    mallory.lay_all();
    mallory.await_answer(protocol::Outcome::Shown);
    let seen = victim.shown("mallory");
    mallory.peer.hang_up();
    victim.outcome(seen, "goes on")
}

/// Patches of all blocks, as many as may be unanswered at a time and at most so many a second.
fn full_size(per_second: u32) -> Outcome {
    let size = Size {
        width: 1920,
        height: 1080,
    };
    let blocks = all_blocks(size);
    let jpeg = sheet(&blocks);
    let whole = {
        let mut picture = Picture::new(pixels(size));
        test_picture::paint(&mut picture, Duration::from_secs(1));
        let mut jpeg = Vec::new();
        Compressor::default()
            .compress(&picture, 20, &mut jpeg)
            .unwrap();
        jpeg
    };
    let mut victim = Victim::open();
    victim.pty.type_keys("f");
    let mut mallory = Mallory::call(&victim);
    victim.begin();
    let started_at = Instant::now();
    show(&mut mallory.peer, &video(0, size, &whole));
    mallory.sequence = 1;
    while mallory.sequence <= FLOOD_COUNT
        && started_at.elapsed() < FLOOD_TIMEOUT
        && !mallory.peer.has_ended()
    {
        let due = started_at.elapsed().as_secs_f64() * f64::from(per_second);
        let is_due = f64::from(mallory.sequence) < due;
        if is_due && mallory.peer.unanswered(mallory.sequence) < 48 {
            mallory.lay(size, blocks.bits().to_vec(), &jpeg);
        } else {
            mallory.peer.pump();
        }
    }
    let count = mallory.sequence - 1;
    println!("hostile: {count} patches of {} bytes were sent", jpeg.len());
    if mallory.peer.has_ended() {
        victim.press_a_key(None);
        let seen = victim.logged("mallory\" ended");
        return victim.outcome(seen, "ended");
    }
    victim.press_a_key(Some(&mut mallory.peer));
    let seen = victim.shown("mallory");
    mallory.peer.hang_up();
    victim.outcome(seen, "goes on")
}
