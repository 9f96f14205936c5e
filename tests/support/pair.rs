//! Two sessions joined by two links, in virtual time.

use super::link::Link;
use std::time::{Duration, Instant};
use ttychat::{
    protocol::{CameraState, Outcome, Size},
    session::{
        CloseReason, Config, Event, OutgoingPicture, ReceivedPicture, Role, Session, StaticKey,
    },
};

/// The picture area that both ends begin with.
pub(crate) const AREA: Size = Size {
    width: 160,
    height: 90,
};

/// One session and its way out.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) session: Session,
    /// All that happened and was not taken by [`End::take_events`].
    pub(crate) events: Vec<Event>,
    pub(crate) out: Link,
    /// What pictures are answered with at once; `None` leaves it to the test.
    pub(crate) answer: Option<Outcome>,
    /// The program is stopped (Ctrl-Z): it neither reads, writes nor hears the clock.
    pub(crate) stopped: bool,
}

#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) now: Instant,
    pub(crate) caller: End,
    pub(crate) called: End,
}

pub(crate) fn config(role: Role, name: &str, key: u8) -> Config {
    let key = StaticKey::from_bytes([key; 32]);
    Config {
        role,
        name: name.to_owned(),
        picture_area: AREA,
        key,
    }
}

/// A picture of `len` bytes that differ from those of another `fill`.
pub(crate) fn picture(captured_at: Instant, len: usize, fill: u8) -> OutgoingPicture {
    OutgoingPicture {
        captured_at,
        size: AREA,
        jpeg: vec![fill; len],
        plan: None,
        number: 0,
        patch: None,
    }
}

impl End {
    fn new(config: Config, now: Instant, seed: u64) -> Self {
        Self {
            session: Session::new(config, now),
            events: Vec::new(),
            out: Link::new(seed),
            answer: Some(Outcome::Shown),
            stopped: false,
        }
    }

    /// Offers a [`picture`] captured now.
    pub(crate) fn offer(&mut self, now: Instant, len: usize, fill: u8) {
        self.session.send_picture(now, picture(now, len, fill));
    }

    pub(crate) fn set_camera(&mut self, now: Instant, state: CameraState) {
        self.session.set_camera_state(now, state);
    }

    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    pub(crate) fn texts(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|event| match event {
                Event::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn pictures(&self) -> Vec<&ReceivedPicture> {
        self.events
            .iter()
            .filter_map(|event| match event {
                Event::Picture(picture) => Some(picture),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn closed(&self) -> Option<&CloseReason> {
        self.events.iter().find_map(|event| match event {
            Event::Closed(reason) => Some(reason),
            _ => None,
        })
    }

    /// Does what a loop would do at `now`; says whether anything moved.
    fn turn(&mut self, now: Instant, incoming: &mut Link) -> bool {
        if self.stopped {
            return false;
        }
        let mut moved = false;
        while let Some(chunk) = incoming.receive(now) {
            self.session.handle_bytes(now, &chunk);
            self.collect(now);
            moved = true;
        }
        if self
            .session
            .deadline()
            .is_some_and(|deadline| deadline <= now)
        {
            self.session.handle_timeout(now);
            let next = self.session.deadline();
            assert!(
                next.is_none_or(|next| next > now),
                "a deadline that does not go away"
            );
            moved = true;
        }
        let mut bytes = Vec::new();
        while self.out.has_room() && self.session.poll_transmit(now, &mut bytes) {
            self.out.send(now, &bytes);
            bytes.clear();
            moved = true;
        }
        self.collect(now);
        moved
    }

    fn collect(&mut self, now: Instant) {
        while let Some(event) = self.session.poll_event() {
            if let (Event::Picture(picture), Some(outcome)) = (&event, self.answer) {
                self.session.acknowledge(now, picture.sequence, outcome);
            }
            self.events.push(event);
        }
    }
}

impl Pair {
    pub(crate) fn new() -> Self {
        Self::seeded(1)
    }

    pub(crate) fn seeded(seed: u64) -> Self {
        // Far from the clock's beginning, so that a time before the call can be told.
        let now = an_instant() + Duration::from_secs(100_000);
        Self {
            now,
            caller: End::new(config(Role::Caller, "alice@laptop", 1), now, seed),
            called: End::new(config(Role::Called, "bob@desk", 2), now, seed ^ 0xffff),
        }
    }

    /// A call that is up, both cameras on, no event left.
    pub(crate) fn up() -> Self {
        let mut pair = Self::new();
        pair.bring_up();
        pair
    }

    pub(crate) fn bring_up(&mut self) {
        self.run_for(Duration::from_secs(2));
        let now = self.now;
        self.called.session.accept(now);
        self.called.session.set_camera_state(now, CameraState::On);
        self.caller.session.set_camera_state(now, CameraState::On);
        self.run_for(Duration::from_millis(500));
        assert!(self.caller.session.is_up() && self.called.session.is_up());
        self.caller.take_events();
        self.called.take_events();
    }

    pub(crate) fn run_for(&mut self, duration: Duration) {
        self.run_watched(duration, |_| {});
    }

    /// Runs on, calling `watch` after each step.
    pub(crate) fn run_watched(&mut self, duration: Duration, mut watch: impl FnMut(&mut Self)) {
        let end = self.now + duration;
        loop {
            self.settle();
            watch(self);
            let deadlines = [
                self.caller.deadline(&self.called.out),
                self.called.deadline(&self.caller.out),
            ];
            match deadlines.into_iter().flatten().min() {
                Some(next) if next <= end => self.now = self.now.max(next),
                _ => break,
            }
        }
        self.now = end;
        self.settle();
    }

    /// Lets both ends do all that can be done now.
    pub(crate) fn settle(&mut self) {
        for _ in 0..100_000 {
            let caller_moved = self.caller.turn(self.now, &mut self.called.out);
            let called_moved = self.called.turn(self.now, &mut self.caller.out);
            if !caller_moved && !called_moved {
                return;
            }
        }
        panic!("the sessions never come to rest");
    }
}

impl End {
    fn deadline(&self, incoming: &Link) -> Option<Instant> {
        if self.stopped {
            return None;
        }
        [self.session.deadline(), incoming.deadline()]
            .into_iter()
            .flatten()
            .min()
    }
}

#[expect(clippy::disallowed_methods, reason = "virtual time begins somewhere")]
pub(crate) fn an_instant() -> Instant {
    Instant::now()
}
