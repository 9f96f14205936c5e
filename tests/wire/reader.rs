//! Readers that are slower than we send, in virtual time and through a real socket: what they get
//! stays new.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};
use ttychat::session::{
    CameraState, MjpegConfig, MjpegSession, OutgoingPicture, Role, Size, timers,
};

const MS: Duration = Duration::from_millis(1);

/// What the kernel of a reader takes.
const BUFFER_LEN: usize = 100_000;

/// A session that has found out that its peer only looks on.
fn streaming(mut now: Instant) -> (MjpegSession, Instant) {
    let (role, stand_in) = (Role::Caller, Vec::new());
    let mut session = MjpegSession::new(MjpegConfig { role, stand_in }, now);
    session.set_camera_state(now, CameraState::On);
    session.send_picture(now, picture(now, 100));
    assert!(session.poll_transmit(now, &mut Vec::new()));
    now += timers::MJPEG_QUIET_TIMEOUT;
    session.handle_timeout(now);
    (session, now)
}

fn picture(captured_at: Instant, len: usize) -> OutgoingPicture {
    let (width, height) = (32, 24);
    OutgoingPicture {
        captured_at,
        size: Size { width, height },
        jpeg: vec![7; len],
        plan: None,
        number: 0,
        patch: None,
    }
}

/// Films 30 pictures of `len` bytes a second for a reader that takes one each `interval`, for half
/// a minute. Gives the ages of those that it reads after ten seconds, sorted.
#[expect(clippy::disallowed_methods, reason = "virtual time begins somewhere")]
fn ages(len: usize, interval: u32) -> Vec<Duration> {
    let (mut session, start) = streaming(Instant::now());
    let mut unread = VecDeque::new();
    let mut ages = Vec::new();
    for passed in 0..30_000 {
        let now = start + MS * passed;
        if session.deadline().is_some_and(|at| at <= now) {
            session.handle_timeout(now);
        }
        let window = |unread: &VecDeque<_>| BUFFER_LEN - len * unread.len();
        let room = u32::try_from(window(&unread)).unwrap();
        session.handle_window(now, room);
        if passed % 33 == 0 && session.wants_picture() {
            session.send_picture(now, picture(now, len));
        }
        if window(&unread) >= len && session.poll_transmit(now, &mut Vec::new()) {
            unread.push_back(now);
        }
        if passed % interval == 0
            && let Some(captured_at) = unread.pop_front()
            && passed > 10_000
        {
            ages.push(now - captured_at);
        }
    }
    ages.sort();
    ages
}

#[test]
fn a_slow_reader_gets_fewer_pictures_that_are_new() {
    for len in [2_000, 6_000, 25_000] {
        for interval in [40, 100, 300] {
            let ages = ages(len, interval);
            let median = ages[ages.len() / 2];
            assert!(median < 6 * MS * interval, "{len} {interval}: {median:?}");
            let count = 20_000 / usize::try_from(interval).unwrap();
            assert!(ages.len() > count * 7 / 10, "{}: {count}", ages.len());
        }
    }
}

#[test]
fn a_quick_reader_gets_all() {
    for len in [2_000, 25_000, 60_000] {
        let ages = ages(len, 10);
        assert!(ages.len() > 595, "{len}: {}", ages.len());
    }
}

/// Only Linux tells what a peer's kernel would take.
#[cfg(target_os = "linux")]
mod real {
    use super::MS;
    use crate::{other::PLAIN, support::end::End};
    use std::{
        io::Read,
        net::TcpStream,
        sync::mpsc::sync_channel,
        time::{Duration, SystemTime, UNIX_EPOCH},
    };
    use ttychat::{
        media::{
            Picture, PixelSize, barcode,
            jpeg::{Decompressor, Limits},
        },
        protocol::Splitter,
    };

    /// The age of a picture whose barcode says when it was taken.
    #[expect(clippy::disallowed_methods, reason = "a real program needs real time")]
    fn age(jpeg: &[u8]) -> Duration {
        let limits = Limits {
            len_max: jpeg.len(),
            size_max: PixelSize::new(640, 480),
        };
        let mut picture = Picture::new(PixelSize::new(1, 1));
        Decompressor::default()
            .decompress(jpeg, limits, None, &mut picture)
            .unwrap();
        let captured_at = barcode::read(&picture).unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = u32::try_from(now.as_millis() % (1 << 32)).unwrap();
        MS * now.wrapping_sub(captured_at)
    }

    #[test]
    fn a_program_that_takes_ten_a_second_sees_them_new() {
        let listener = End::listen(&[&PLAIN[..], &["--resolution", "160x120"]].concat());
        let mut stream = TcpStream::connect(("127.0.0.1", listener.port())).unwrap();
        stream.set_read_timeout(Some(MS * 20_000)).unwrap();
        let mut splitter = Splitter::default();
        let mut ages = Vec::new();
        // Nothing ever comes of it: this reader takes its time.
        let (_never, pace) = sync_channel::<()>(0);
        while ages.len() < 80 {
            let mut bytes = [0; 1024];
            let len = stream.read(&mut bytes).unwrap();
            assert!(len > 0, "it hung up");
            let mut rest = &bytes[..len];
            while let Some(picture) = splitter.take(&mut rest) {
                ages.push(age(&picture.jpeg));
                pace.recv_timeout(MS * 100).unwrap_err();
            }
        }
        let mut last = ages.split_off(40);
        last.sort();
        assert!(last[last.len() / 2] < MS * 1000, "{last:?}");
    }
}
