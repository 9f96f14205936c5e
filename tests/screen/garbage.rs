//! Whatever comes, the next key works.

use crate::input::{CONTROL, NONE, key, start, take, typed, wait};
use crossterm::event::KeyCode;
use proptest::{collection::vec, prelude::*};
use std::time::Duration;
use ttychat::screen::input::Tokenizer;

/// Bytes as a broken line or a bad program sends them: mostly those that begin and end sequences.
fn any_garbage() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => prop::sample::select(b"\x1b[]PO_^X\\~uRcM;:?<>$ 0123456789\x07\x18".to_vec()),
        1 => any::<u8>(),
    ];
    vec(byte, 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn after_any_garbage_the_next_key_works(garbage in any_garbage()) {
        let mut tokenizer = Tokenizer::default();
        let now = start();
        tokenizer.handle_bytes(now, &garbage);
        prop_assert!(wait(&mut tokenizer, now) <= Duration::from_secs(2));
        take(&mut tokenizer);
        for bytes in [b"q".as_slice(), b"\x1b[A", b"\x03"] {
            tokenizer.handle_bytes(now + Duration::from_secs(3), bytes);
        }
        let expected = [typed('q'), key(KeyCode::Up, NONE), key(KeyCode::Char('c'), CONTROL)];
        prop_assert_eq!(take(&mut tokenizer), expected);
    }

    #[test]
    fn cuts_change_nothing(garbage in any_garbage(), cuts in vec(0..200_usize, 0..5)) {
        let mut whole = Tokenizer::default();
        let mut cut = Tokenizer::default();
        let now = start();
        whole.handle_bytes(now, &garbage);
        let mut from = 0;
        let mut cuts = cuts;
        cuts.sort_unstable();
        for at in cuts.into_iter().chain([garbage.len()]) {
            let end = at.min(garbage.len()).max(from);
            cut.handle_bytes(now, &garbage[from..end]);
            from = end;
        }
        wait(&mut whole, now);
        wait(&mut cut, now);
        prop_assert_eq!(take(&mut whole), take(&mut cut));
    }
}
