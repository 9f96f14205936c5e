//! Calls through a command: what is told when it ends.

use crate::stage::World;
use std::time::Duration;
use ttychat::app::{ConnectionId, Input};

#[test]
fn the_command_s_last_words_are_the_reason() {
    let mut world = World::in_call_with(|_| {}, |caller| caller.via = true);
    let connection = ConnectionId(1);
    let said = "ended with exit status 255: \u{1b}[2Jthe jump host went down for maintenance; it \
                is expected back in the afternoon, if all goes as it is planned by those above";
    let words = said.to_owned();
    // Of another connection it says nothing.
    let other = ConnectionId(99);
    let connection_of_other = Input::CommandEnded {
        connection: other,
        words: "no".to_owned(),
    };
    world.input(1, connection_of_other);
    world.input(1, Input::CommandEnded { connection, words });
    world.listener = None;
    world.cut();
    world.assert_screen(1, "the command of --via ended with exit status");
    world.assert_screen(1, "255: ␛[2Jthe jump host");
    world.assert_screen(1, "passwords cannot be typed");
    assert!(!world.screen(1).contains('\u{1b}'));
    world.run(Duration::from_secs(1));
    world.party(1).assert_logged("the jump host went down");
}
