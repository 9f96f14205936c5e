//! Every interval and time-out of a call, each with its reason. docs/PROTOCOL.md shows the same.

use std::time::Duration;

/// Connection made to first message inside, in all: a peer that sends a byte a second gains
/// nothing. A handshake takes two round trips; ten seconds carry it over three lost packets.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a called person is asked before the call counts as unanswered.
pub const ASKING_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a caller waits for the answer: the called end's own limit and time to hear of it.
pub const RINGING_TIMEOUT: Duration = Duration::from_secs(70);

/// From one ping to the next, and no sooner than its answer.
pub const PING_INTERVAL: Duration = Duration::from_secs(1);

/// The same while the peer is stopped: its kernel must hold them all, ten minutes long.
pub const PAUSED_PING_INTERVAL: Duration = Duration::from_secs(60);

/// Time without a byte, or with a ping unanswered, after which the peer is lost. With the ping
/// interval it stays under the ten seconds in which a person should be told.
pub const SILENCE_TIMEOUT: Duration = Duration::from_secs(8);

/// The same while the peer is stopped.
pub const PAUSE_TIMEOUT: Duration = Duration::from_secs(600);

/// Plain pictures: how long a peer may say nothing at all before it is taken for a program that
/// only looks on. Opening a camera takes a script up to two seconds.
pub const MJPEG_QUIET_TIMEOUT: Duration = Duration::from_secs(3);

/// Plain pictures: time without a picture from a peer that sends some, or without one taken by a
/// peer that sends none, after which it is lost. There is no ping, and scripts stop to load things.
pub const MJPEG_SILENCE_TIMEOUT: Duration = Duration::from_secs(30);

/// Plain pictures: from one picture that stands in for a camera that is off to the next. As often
/// as the peer's pictures are wanted from one that sends in turns.
pub const STAND_IN_INTERVAL: Duration = Duration::from_millis(50);

/// Time after which the key of the records is replaced by a new one, so that who steals a running
/// program's keys opens no more than this of what was said before. As in `WireGuard`.
pub const RENEWAL_INTERVAL: Duration = Duration::from_secs(120);
