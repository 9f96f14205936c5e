//! How long a text takes from one person's Enter to the other's screen while both ends show video.

use crate::{
    ends::{Seen, connecting, free_port, in_terminal, listening, wait_for},
    relay,
    screen::{Keys, Screen},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// Between two texts, which are typed at both ends in turn. It has nothing in common with the
/// time between two pictures.
const INTERVAL: Duration = Duration::from_millis(437);

/// What was typed, and when `Enter` was pressed.
type Typed = Arc<Mutex<VecDeque<(String, Instant)>>>;

/// Runs a call for `time` over `shape`, both ends in terminals.
pub(crate) fn call(program: &str, shape: &Arc<relay::Shape>, time: Duration) -> Vec<Seen> {
    let home = tempfile::tempdir().unwrap();
    let port = free_port();
    let (mut listener, called) = in_terminal(program, &home, &listening(port));
    let began_at = Instant::now();
    let called = Person::at(called, began_at);
    wait_for(port);
    let near_port = relay::spawn(port, shape);
    let (mut dialler, calling) = in_terminal(program, &home, &connecting(near_port));
    let calling = Person::at(calling, began_at);
    let called_at = Instant::now();
    for index in 0.. {
        let at = called_at + crate::WARM_UP + INTERVAL * index;
        if at + INTERVAL > called_at + time {
            break;
        }
        thread::sleep(at.saturating_duration_since(Instant::now()));
        if index % 2 == 0 {
            calling.write_to(&called, index);
        } else {
            called.write_to(&calling, index);
        }
    }
    // What never comes in this time is not counted as seen.
    thread::sleep(Duration::from_secs(2));
    for end in [&mut dialler, &mut listener] {
        drop(end.kill());
        drop(end.wait());
    }
    [calling, called]
        .into_iter()
        .flat_map(Person::seen)
        .collect()
}

/// One end: who types at it and reads from it.
struct Person {
    keys: Keys,
    /// What the other end's person has typed and is not seen here.
    awaited: Typed,
    watcher: thread::JoinHandle<Vec<Seen>>,
}

impl Person {
    fn at(screen: Screen, began_at: Instant) -> Self {
        let awaited = Typed::default();
        let keys = screen.keys();
        let theirs = Arc::clone(&awaited);
        let watcher = thread::spawn(move || watch(screen, &theirs, began_at));
        Self {
            keys,
            awaited,
            watcher,
        }
    }

    fn write_to(&self, other: &Self, index: u32) {
        // As long as what people write. Looked for is what has no space, through which the picture
        // can be seen.
        let text = format!("number-{index:03}");
        self.keys
            .press(format!("t{text} of what we have to say").as_bytes());
        let mut awaited = other.awaited.lock().unwrap();
        awaited.push_back((text, Instant::now()));
        self.keys.press(b"\r");
    }

    /// What never came has the age that it has now, but counts as endless.
    fn seen(self) -> Vec<Seen> {
        let mut seen = self.watcher.join().unwrap();
        let awaited = self.awaited.lock().unwrap();
        seen.extend(awaited.iter().map(|_never| Seen {
            at: Duration::MAX,
            age_ms: f64::INFINITY,
        }));
        seen
    }
}

fn watch(mut screen: Screen, awaited: &Typed, began_at: Instant) -> Vec<Seen> {
    let mut seen = Vec::new();
    while screen.draw() {
        let mut awaited = awaited.lock().unwrap();
        while let Some((text, typed_at)) = awaited.front()
            && screen.cells().contents().contains(text)
        {
            seen.push(Seen {
                at: began_at.elapsed(),
                age_ms: typed_at.elapsed().as_secs_f64() * 1000.0,
            });
            awaited.pop_front();
        }
    }
    seen
}
