//! The tables of docs/PROTOCOL.md say what the code does.

use super::page;
use std::time::Duration;
use ttychat::protocol::limits;

#[test]
fn the_page_s_table_of_limits_is_the_code_s() {
    let page = page();
    for (name, value) in [
        ("NAME_LEN_MAX", limits::NAME_LEN_MAX),
        ("TEXT_LEN_MAX", limits::TEXT_LEN_MAX),
        ("JPEG_LEN_MAX", limits::JPEG_LEN_MAX),
        ("PICTURE_SIDE_MAX", usize::from(limits::PICTURE_SIDE_MAX)),
        ("PIECE_LEN_MAX", limits::PIECE_LEN_MAX),
        ("UNCOUNTED_PIECE_LEN_MIN", limits::UNCOUNTED_PIECE_LEN_MIN),
        ("MESSAGE_LEN_MAX", limits::MESSAGE_LEN_MAX),
        ("BLOCK_SIDE", usize::from(limits::BLOCK_SIDE)),
        ("SHARED_LEN_MAX", limits::SHARED_LEN_MAX),
        (
            "PICTURES_UNACKNOWLEDGED_MAX",
            limits::PICTURES_UNACKNOWLEDGED_MAX,
        ),
        ("PICTURES_IN_FLIGHT_MAX", limits::PICTURES_IN_FLIGHT_MAX),
        ("PICTURES_UNTOLD_MAX", limits::PICTURES_UNTOLD_MAX),
        ("TEXTS_WAITING_MAX", limits::TEXTS_WAITING_MAX),
        ("MESSAGES_BURST_MAX", limits::MESSAGES_BURST_MAX as usize),
        (
            "MESSAGES_PER_SECOND_MAX",
            limits::MESSAGES_PER_SECOND_MAX as usize,
        ),
    ] {
        let row = format!("| `{name}` | {value} ");
        assert!(page.contains(&row), "docs/PROTOCOL.md 7 lacks {row:?}");
    }
    assert!(page.contains("after 67,108,864 bytes"));
    assert_eq!(ttychat::session::RENEWAL_LEN_MAX, 67_108_864);
}

#[test]
fn the_page_s_timers_are_the_code_s() {
    use ttychat::session::timers;
    let page = page();
    for (name, value) in [
        ("handshake", timers::HANDSHAKE_TIMEOUT),
        ("asking", timers::ASKING_TIMEOUT),
        ("ringing", timers::RINGING_TIMEOUT),
        ("name", timers::HANDSHAKE_TIMEOUT),
        ("ping", timers::PING_INTERVAL),
        ("ping, peer paused", timers::PAUSED_PING_INTERVAL),
        ("silence", timers::SILENCE_TIMEOUT),
        ("silence, peer paused", timers::PAUSE_TIMEOUT),
        ("new key", timers::RENEWAL_INTERVAL),
    ] {
        let row = format!("| {name} | {} s ", value.as_secs());
        assert!(page.contains(&row), "docs/PROTOCOL.md 6 lacks {row:?}");
        assert_eq!(value.subsec_nanos(), 0);
        assert!(value >= Duration::from_secs(1));
    }
}
