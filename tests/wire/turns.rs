//! A call in plain pictures, in virtual time.

use crate::splitter::jpeg;
use std::time::{Duration, Instant};
use ttychat::session::{
    CameraState, CloseReason, Event, Goodbye, MjpegConfig, MjpegSession, OutgoingPicture, Refusal,
    Role, Size, timers,
};

const STAND_IN: &[u8] = b"grey";
const MS: Duration = Duration::from_millis(1);

/// A session whose peer is this test.
struct Stage {
    session: MjpegSession,
    now: Instant,
}

impl Stage {
    #[expect(clippy::disallowed_methods, reason = "virtual time begins somewhere")]
    fn new(role: Role) -> Self {
        let now = Instant::now();
        let stand_in = STAND_IN.to_vec();
        let session = MjpegSession::new(MjpegConfig { role, stand_in }, now);
        Self { session, now }
    }

    /// A caller with its camera on, or a listener that has taken a call of one who takes turns.
    fn up(role: Role) -> Self {
        let mut stage = Self::new(role);
        if role == Role::Called {
            stage.comes(&jpeg(16, 12, 0));
            stage.session.accept(stage.now);
        }
        stage.session.set_camera_state(stage.now, CameraState::On);
        stage.events();
        stage
    }

    fn comes(&mut self, bytes: &[u8]) {
        self.session.handle_bytes(self.now, bytes);
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.session.poll_event()).collect()
    }

    /// Offers a picture of so many bytes, if one is wanted.
    fn films(&mut self, len: usize) -> bool {
        let wanted = self.session.wants_picture();
        if wanted {
            let size = Size {
                width: 32,
                height: 24,
            };
            let picture = OutgoingPicture {
                captured_at: self.now,
                size,
                jpeg: vec![7; len],
                plan: None,
                number: 0,
                patch: None,
            };
            self.session.send_picture(self.now, picture);
        }
        wanted
    }

    /// What leaves now.
    fn leaves(&mut self) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        loop {
            let mut out = Vec::new();
            if !self.session.poll_transmit(self.now, &mut out) {
                return all;
            }
            all.push(out);
        }
    }

    /// Films and writes all that may leave; gives how many pictures that were.
    fn sends(&mut self) -> usize {
        self.films(1000);
        self.leaves().len()
    }

    /// Lets time pass, deadline by deadline.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.session.deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.session.handle_timeout(self.now);
            let next = self.session.deadline();
            assert!(next.is_none_or(|next| next > self.now), "it stands still");
            self.leaves();
        }
        self.now = end;
    }

    #[track_caller]
    fn closed(&mut self, wanted: &CloseReason) {
        let events = self.events();
        let closed = Event::Closed(wanted.clone());
        assert_eq!(events.last(), Some(&closed), "{events:?}");
    }

    fn area(&mut self) -> Option<Size> {
        let mut areas = self.events().into_iter().filter_map(|event| match event {
            Event::PeerArea(size) => Some(size),
            _ => None,
        });
        areas.next_back()
    }
}

fn is_asked(events: &[Event]) -> bool {
    events
        .iter()
        .any(|event| matches!(event, Event::Asked { .. }))
}

fn pictures(events: &[Event]) -> usize {
    let is_picture = |event: &&Event| matches!(event, Event::Picture(_));
    events.iter().filter(is_picture).count()
}

#[test]
fn the_caller_begins_and_each_picture_is_answered_by_one() {
    for role in [Role::Caller, Role::Called] {
        let mut stage = Stage::up(role);
        assert_eq!(stage.sends(), 1);
        for seed in 0..20 {
            assert!(!stage.session.wants_picture());
            assert_eq!(stage.sends(), 0, "out of turn");
            stage.comes(&jpeg(16, 12, seed));
            assert_eq!(pictures(&stage.events()), 1);
            assert_eq!(stage.sends(), 1);
        }
    }
}

#[test]
fn who_streams_unasked_is_streamed_to() {
    let mut stage = Stage::up(Role::Called);
    assert_eq!(stage.sends(), 1);
    stage.comes(&jpeg(16, 12, 1));
    stage.comes(&jpeg(16, 12, 2));
    for _ in 0..5 {
        assert_eq!(stage.sends(), 1);
    }
    let size = Size {
        width: 640,
        height: 480,
    };
    assert_eq!(stage.area(), Some(size), "of any length");
}

#[test]
fn who_only_looks_on_is_streamed_to() {
    let mut stage = Stage::new(Role::Called);
    stage.session.set_camera_state(stage.now, CameraState::On);
    stage.pass(timers::MJPEG_QUIET_TIMEOUT.checked_sub(MS).unwrap());
    assert!(!is_asked(&stage.events()));
    stage.pass(MS);
    assert!(is_asked(&stage.events()));
    assert_eq!(stage.sends(), 0, "before anybody has agreed");
    stage.session.accept(stage.now);
    for _ in 0..5 {
        assert_eq!(stage.sends(), 1);
    }
    // It turns out to be slow, and to take turns.
    stage.comes(&jpeg(16, 12, 1));
    assert_eq!(stage.sends(), 1);
    assert_eq!(stage.sends(), 0);

    let mut stage = Stage::up(Role::Caller);
    assert_eq!(stage.sends(), 1);
    stage.pass(timers::MJPEG_QUIET_TIMEOUT.checked_sub(MS).unwrap());
    assert_eq!(stage.sends(), 0);
    stage.pass(MS);
    assert_eq!(stage.sends() + stage.sends(), 2);
}

#[test]
fn a_listener_asks_first_and_shows_the_newest_after() {
    let mut stage = Stage::new(Role::Called);
    stage.session.set_camera_state(stage.now, CameraState::Off);
    stage.comes(&jpeg(16, 12, 1));
    let last = jpeg(16, 12, 2);
    stage.comes(&last);
    let events = stage.events();
    assert!(is_asked(&events) && pictures(&events) == 0, "{events:?}");
    stage.pass(Duration::from_secs(5));
    assert_eq!(stage.leaves(), [[0; 0]; 0], "not even grey");
    stage.session.accept(stage.now);
    let events = stage.events();
    let shown = events.into_iter().find_map(|event| match event {
        Event::Picture(picture) => Some(picture.jpeg),
        _ => None,
    });
    assert_eq!(shown, Some(last));

    let mut stage = Stage::new(Role::Called);
    stage.comes(&jpeg(16, 12, 1));
    stage.pass(timers::ASKING_TIMEOUT);
    stage.closed(&CloseReason::Refused(Refusal::Unanswered));
    let mut stage = Stage::new(Role::Called);
    stage.comes(&jpeg(16, 12, 1));
    stage.session.refuse(stage.now, Refusal::Declined);
    stage.closed(&CloseReason::Refused(Refusal::Declined));
    assert!(stage.leaves().is_empty());
}

#[test]
fn of_many_pictures_the_newest_counts() {
    let mut stage = Stage::up(Role::Caller);
    let newest = jpeg(16, 12, 9);
    let many = [jpeg(16, 12, 1), jpeg(16, 12, 2), newest.clone()].concat();
    stage.comes(&many);
    stage.comes(&many);
    let events = stage.events();
    assert_eq!(pictures(&events), 1);
    let is_newest =
        |event: &Event| matches!(event, Event::Picture(picture) if picture.jpeg == newest);
    assert!(events.iter().any(is_newest));
    assert_eq!(stage.session.statistics().pictures_received, 6);
}

#[test]
fn a_picture_for_one_recv_is_short() {
    let mut stage = Stage::up(Role::Caller);
    assert!(stage.films(14_001));
    assert!(stage.leaves().is_empty(), "too long");
    let smaller = stage.area().unwrap();
    assert_eq!((smaller.width, smaller.height), (240, 180));
    assert!(stage.films(14_000));
    assert_eq!(stage.leaves().len(), 1);
    // Where there is room for more, pictures become larger again.
    for seed in 0..50 {
        stage.comes(&jpeg(16, 12, seed));
        assert!(stage.films(2_000));
        assert_eq!(stage.leaves().len(), 1);
    }
    let larger = stage.area().unwrap();
    assert_eq!((larger.width, larger.height), (320, 240));
}

#[test]
fn a_slow_reader_gets_smaller_and_newer_pictures() {
    let mut stage = Stage::up(Role::Caller);
    stage.comes(&[jpeg(16, 12, 1), jpeg(16, 12, 2)].concat());
    assert_eq!(stage.area().map(|size| size.width), Some(640));
    stage.films(30_000);
    // One leaves; the connection takes nothing more for a while.
    let mut out = Vec::new();
    assert!(stage.session.poll_transmit(stage.now, &mut out));
    for _ in 0..100 {
        stage.now += 30 * MS;
        stage.films(30_000);
        assert!(stage.session.statistics().bytes_waiting <= 30_000);
    }
    out.clear();
    assert!(stage.session.poll_transmit(stage.now, &mut out));
    assert_eq!(stage.area().map(|size| size.width), Some(480));
}

#[test]
fn while_the_camera_is_off_grey_pictures_keep_the_turns_going() {
    let mut stage = Stage::up(Role::Called);
    stage.session.set_camera_state(stage.now, CameraState::Off);
    for seed in 0..5 {
        stage.now += timers::STAND_IN_INTERVAL;
        stage.session.handle_timeout(stage.now);
        assert_eq!(stage.leaves(), [STAND_IN]);
        stage.comes(&jpeg(16, 12, seed));
        assert!(stage.leaves().is_empty(), "it does not spin");
    }
    stage.session.set_camera_state(stage.now, CameraState::On);
    assert_eq!(stage.sends(), 1);
    stage
        .session
        .set_camera_state(stage.now, CameraState::Paused);
    stage.comes(&jpeg(16, 12, 1));
    stage.pass(Duration::from_secs(1));
    assert!(stage.leaves().is_empty(), "a stopped program says nothing");
}

#[test]
fn what_is_no_plain_stream_is_told_apart() {
    let mut stage = Stage::up(Role::Caller);
    for byte in b"ttychat" {
        stage.comes(&[*byte]);
    }
    stage.closed(&CloseReason::NotPlain);
    let mut stage = Stage::up(Role::Caller);
    stage.comes(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    stage.session.handle_disconnect(stage.now);
    stage.closed(&CloseReason::NotMjpeg);
    for role in [Role::Caller, Role::Called] {
        let mut stage = Stage::new(role);
        for _ in 0..100 {
            stage.comes(&[0x55; 1000]);
            stage.pass(Duration::from_millis(400));
        }
        stage.closed(&CloseReason::NotMjpeg);
    }
    let mut stage = Stage::up(Role::Caller);
    stage.session.handle_disconnect(stage.now);
    stage.closed(&CloseReason::ConnectionLost);
}

#[test]
fn silence_ends_a_call_unless_it_is_ours() {
    // It is the peer's turn.
    let mut stage = Stage::up(Role::Called);
    assert_eq!(stage.sends(), 1);
    stage.pass(timers::MJPEG_SILENCE_TIMEOUT);
    stage.closed(&CloseReason::PeerSilent);
    // It is ours, and our camera takes its time.
    let mut stage = Stage::up(Role::Called);
    stage.pass(4 * timers::MJPEG_SILENCE_TIMEOUT);
    assert_eq!(stage.sends(), 1);
    // A program that only looks on and takes nothing any more.
    let mut stage = Stage::up(Role::Caller);
    assert_eq!(stage.sends(), 1);
    stage.pass(timers::MJPEG_QUIET_TIMEOUT);
    stage.films(1000);
    let mut out = Vec::new();
    assert!(stage.session.poll_transmit(stage.now, &mut out));
    stage.films(1000);
    stage.now += timers::MJPEG_SILENCE_TIMEOUT;
    stage.session.handle_timeout(stage.now);
    stage.closed(&CloseReason::PeerSilent);
    // Stopped and continued.
    let mut stage = Stage::up(Role::Called);
    assert_eq!(stage.sends(), 1);
    stage.now += 4 * timers::MJPEG_SILENCE_TIMEOUT;
    stage.session.handle_resume(stage.now);
    stage.session.handle_timeout(stage.now);
    assert!(stage.events().is_empty());
}

#[test]
fn hanging_up_says_nothing_more() {
    let mut stage = Stage::up(Role::Caller);
    stage.films(1000);
    stage.session.hang_up(stage.now, Goodbye::Quit);
    stage.closed(&CloseReason::HungUp);
    assert!(stage.leaves().is_empty());
    assert_eq!(stage.session.deadline(), None);
    stage.comes(&jpeg(16, 12, 1));
    assert!(stage.events().is_empty());
}

#[test]
fn a_long_first_picture_rings_and_has_its_turn() {
    let mut stage = Stage::new(Role::Called);
    let mut long = jpeg(16, 12, 1);
    // Two segments of text make it longer than what is held of a stranger.
    let segment = [&[0xff, 0xfe, 0xff, 0xff][..], &vec![7; 0xffff - 2]].concat();
    long.splice(2..2, [&segment[..], &segment].concat());
    stage.comes(&long);
    assert!(matches!(stage.events()[..], [Event::Asked { .. }]));
    stage.session.accept(stage.now);
    stage.session.set_camera_state(stage.now, CameraState::On);
    stage.events();
    assert!(stage.films(100), "it is our turn");
    assert_eq!(stage.leaves().len(), 1);
    stage.comes(&long);
    let events = stage.events();
    assert!(
        events
            .iter()
            .any(|event| matches!(event, Event::Picture(_)))
    );
}
