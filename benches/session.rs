//! What a call costs beside its pictures: `cargo bench --bench session`.
//!
//! Each row is one second of video, thirty pictures, through a whole session: pieces, records,
//! encryption or decryption, frames. The time is thus the processor time in a second of a call.
#![allow(clippy::disallowed_methods, missing_docs, reason = "a benchmark")]

use divan::{Bencher, counter::BytesCount};
use std::time::{Duration, Instant};
use ttychat::session::{
    CameraState, Config, Event, Outcome, OutgoingPicture, Role, Session, Size, StaticKey,
};

/// Lengths of JPEGs in bytes: 160x90 as most screens ask for, 640x360, and a large one.
const LENS: [usize; 3] = [4_400, 30_000, 150_000];

const PICTURE_COUNT: u32 = 30;

const AREA: Size = Size {
    width: 160,
    height: 90,
};

fn main() {
    divan::main();
}

/// Two ends of a call that is up.
struct Ends {
    caller: Session,
    called: Session,
    now: Instant,
    wire: Vec<u8>,
}

impl Ends {
    fn new() -> Self {
        let now = Instant::now();
        let session = |role| {
            let config = Config {
                role,
                name: "bench".to_owned(),
                picture_area: AREA,
                key: StaticKey::generate(),
            };
            Session::new(config, now)
        };
        let mut ends = Self {
            caller: session(Role::Caller),
            called: session(Role::Called),
            now,
            wire: Vec::new(),
        };
        ends.settle();
        ends.called.accept(now);
        ends.caller.set_camera_state(now, CameraState::On);
        ends.settle();
        assert!(ends.caller.is_up() && ends.called.is_up());
        ends
    }

    fn settle(&mut self) {
        while self.carry(Role::Caller) | self.carry(Role::Called) {}
    }

    /// What one end has to say reaches the other.
    fn carry(&mut self, from: Role) -> bool {
        let (from, to) = match from {
            Role::Called => (&mut self.called, &mut self.caller),
            Role::Caller => (&mut self.caller, &mut self.called),
        };
        self.wire.clear();
        while from.poll_transmit(self.now, &mut self.wire) {}
        to.handle_bytes(self.now, &self.wire);
        while let Some(event) = to.poll_event() {
            if let Event::Picture(picture) = event {
                to.acknowledge(self.now, picture.sequence, Outcome::Shown);
            }
        }
        !self.wire.is_empty()
    }

    /// Time passes as far as `until`; what is paced leaves at its time.
    fn pass(&mut self, until: Instant) {
        self.settle();
        while let Some(at) = [self.caller.deadline(), self.called.deadline()]
            .into_iter()
            .flatten()
            .min()
            .filter(|at| *at < until)
        {
            self.now = self.now.max(at);
            self.caller.handle_timeout(self.now);
            self.called.handle_timeout(self.now);
            self.settle();
        }
        self.now = until;
    }

    /// Says how many pictures came.
    fn second(&mut self, jpeg: &mut [u8]) -> u64 {
        let received_before = self.called.statistics().pictures_received;
        for _ in 0..PICTURE_COUNT {
            // Nothing in common with the picture before, so that all of it is sent.
            if let Some(first) = jpeg.first_mut() {
                *first = first.wrapping_add(1);
            }
            let picture = OutgoingPicture {
                captured_at: self.now,
                size: AREA,
                jpeg: jpeg.to_vec(),
                plan: None,
                number: 0,
                patch: None,
            };
            self.caller.send_picture(self.now, picture);
            self.pass(self.now + Duration::from_micros(33_333));
        }
        self.called.statistics().pictures_received - received_before
    }
}

/// Both ends of a second of video, sending and receiving: what one end does in a call in which
/// both send.
#[divan::bench(args = LENS)]
fn a_second_of_video(bencher: Bencher<'_, '_>, len: usize) {
    let mut ends = Ends::new();
    let mut jpeg = vec![0x5a; len];
    // The control of the link begins slowly.
    let mut seconds = 0..60;
    while ends.second(&mut jpeg) < u64::from(PICTURE_COUNT) {
        assert!(seconds.next().is_some(), "not all pictures come");
    }
    let count = BytesCount::new(len * PICTURE_COUNT as usize);
    bencher.counter(count).bench_local(|| {
        let received = ends.second(&mut jpeg);
        // One may be on its way at either end of the second.
        assert!(received + 1 >= u64::from(PICTURE_COUNT), "{received} came");
    });
}

/// The two ends of a handshake, keys and words included.
#[divan::bench]
fn a_handshake(bencher: Bencher<'_, '_>) {
    bencher.bench_local(Ends::new);
}
