//! A person who is never content and a camera with a loose plug: random operations in one call.

use super::Check;
use crate::{
    bars::{VIVID, WEBCAM},
    call::{Call, Use},
    link::Random,
    rig::Rig,
};
use std::time::{Duration, Instant};

pub(super) const CHECKS: &[Check] = &[("random operations harm nothing", random)];

/// How many operations, unless `TTYCHAT_CAMERA_OPERATIONS` says it.
const OPERATION_COUNT: usize = 320;

/// After so many all is put right, and then all must be right.
const CHUNK_LEN: usize = 40;

/// What the memory in use may grow between the first chunk and the last.
const GROWTH_KIB_MAX: u64 = 4096;

/// Longest pause between two operations.
const PAUSE_MS_MAX: u64 = 400;

/// How long it may take until all is as it was.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Corrupt,
    Freeze,
    Key(&'static str),
    Occupy,
    Plug,
    Release,
    Resume,
    Unplug,
}

/// What the operations have left.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they do not depend on each other"
)]
struct World {
    is_off: bool,
    is_frozen: bool,
    is_unplugged: bool,
    is_occupied: bool,
}

impl Operation {
    fn choose(random: &mut Random, world: &World) -> Self {
        let plug = [Self::Unplug, Self::Plug];
        let freeze = [Self::Freeze, Self::Resume];
        let occupy = [Self::Occupy, Self::Release];
        let either = |pair: [Self; 2], is_second: bool| {
            let [first, second] = pair;
            if is_second { second } else { first }
        };
        // Keys are what is pressed most often.
        match random.below(16) {
            0..4 => Self::Key(random.one_of(&["c", "C"])),
            4..7 => Self::Key(random.one_of(&["r", "R"])),
            7..9 => Self::Key("v"),
            9..12 => either(plug, world.is_unplugged),
            12..13 if !world.is_unplugged => Self::Corrupt,
            12..14 if !world.is_unplugged => either(freeze, world.is_frozen),
            _ => either(occupy, world.is_occupied),
        }
    }

    /// For the record of what was done.
    fn sign(self) -> &'static str {
        match self {
            Self::Corrupt => "x",
            Self::Freeze => "*",
            Self::Key(key) => key,
            Self::Occupy => "[",
            Self::Plug => "+",
            Self::Release => "]",
            Self::Resume => "~",
            Self::Unplug => "-",
        }
    }

    /// Does it, in whatever state the call is.
    fn apply(self, random: &mut Random, world: &mut World, call: &mut Call<'_>) {
        let rig = call.rig;
        match self {
            Self::Corrupt => {
                let fault = random.one_of(&["corrupt", "truncate", "empty", "error"]);
                let count = 1 + random.below(30);
                rig.run(&format!("rig uvc {fault} {count}"));
            }
            Self::Freeze => rig.run_only("rig uvc freeze"),
            Self::Key(key) => {
                call.guest.type_keys(key);
                world.is_off ^= key == "v";
            }
            // Only if it is free at this moment.
            Self::Occupy => rig.run_only("rig busy /dev/video0"),
            Self::Plug => rig.plug(""),
            Self::Release => rig.run_only("rig free 2> /dev/null; true"),
            Self::Resume => rig.run_only("rig uvc resume"),
            Self::Unplug => rig.run_only("rig uvc unplug"),
        }
        match self {
            Self::Freeze | Self::Resume => world.is_frozen = self == Self::Freeze,
            Self::Occupy | Self::Release => world.is_occupied = self == Self::Occupy,
            Self::Plug | Self::Unplug => {
                world.is_unplugged = self == Self::Unplug;
                // What comes out of the box works.
                world.is_frozen = false;
            }
            Self::Corrupt | Self::Key(_) => {}
        }
    }
}

fn random(rig: &Rig) -> String {
    let given = std::env::var("TTYCHAT_CAMERA_OPERATIONS").ok();
    let count = given.map_or(OPERATION_COUNT, |count| count.parse().expect("a number"));
    let mut random = Random::new(Random::seed(1));
    let mut call = Call::start(rig, "--camera webcam");
    call.wait_for(&WEBCAM);
    let id = rig.run("pidof ttychat");
    let at_first = call.uses();
    let mut uses = Vec::new();
    let mut world = World::default();
    for index in 1..=count {
        let operation = Operation::choose(&mut random, &world);
        print!("{}", operation.sign());
        operation.apply(&mut random, &mut world, &mut call);
        std::thread::sleep(Duration::from_millis(random.below(PAUSE_MS_MAX)));
        if index % CHUNK_LEN == 0 || index == count {
            println!(" {index}");
            settle(&mut world, &mut call, index);
            uses.push(call.uses());
        }
    }
    assert_eq!(rig.run("pidof ttychat"), id, "still the same process");
    let words = call.words();
    for bad in ["internal error", "panicked"] {
        assert!(!words.contains(bad), "{bad} in:\n{words}");
    }
    call.end();
    verdict(count, at_first, &uses)
}

/// Puts all right again; then the call and both cameras must be as at the start.
#[track_caller]
fn settle(world: &mut World, call: &mut Call<'_>, index: usize) {
    let rig = call.rig;
    rig.run("rig free 2> /dev/null; true");
    if world.is_unplugged {
        rig.plug("");
    }
    for words in ["resume", "corrupt 0", "truncate 0", "empty 0", "error 0"] {
        rig.run_only(&format!("rig uvc {words}"));
    }
    if world.is_off {
        call.guest.type_keys("v");
    }
    *world = World::default();
    call.assert_alive(&format!("text {index}"));
    let began_at = Instant::now();
    if call.wait_for_any(&[&VIVID, &WEBCAM]) == WEBCAM {
        call.switch("c", &VIVID);
    }
    call.switch("c", &WEBCAM);
    let taken = began_at.elapsed();
    assert!(taken <= SETTLE_TIMEOUT, "settled after {taken:?}");
}

/// Nothing may be left open, and what is in memory may not grow from chunk to chunk.
fn verdict(count: usize, at_first: Use, uses: &[Use]) -> String {
    let (Some(early), Some(late)) = (uses.first(), uses.last()) else {
        return "none".to_owned();
    };
    for seen in uses {
        assert_eq!(seen.descriptors, at_first.descriptors, "in {uses:?}");
        assert_eq!(seen.threads, at_first.threads, "in {uses:?}");
    }
    let growth_max = early.memory_kib + GROWTH_KIB_MAX;
    assert!(late.memory_kib <= growth_max, "in {uses:?}");
    format!(
        "{count} done; {} descriptors and {} threads before and after, memory {}, {}, {} KiB",
        late.descriptors, late.threads, at_first.memory_kib, early.memory_kib, late.memory_kib
    )
}
