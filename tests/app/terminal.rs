//! What becomes known of the terminal while the program runs.

use crate::stage::{World, listen, options};
use std::time::Duration;
use ttychat::{
    app::Input,
    screen::{
        capability::{Answer, Capabilities, Client, Environment, Name, Profile},
        color::ColorDepth,
    },
};

/// What tmux without 24 bits is known by; `reached`: it could be asked.
fn in_tmux(reached: bool) -> Profile {
    let environment = Environment::new(|name| match name {
        "TERM" => Some("tmux-256color".to_owned()),
        "TMUX" if reached => Some("/tmp/tmux-0/default,1,0".to_owned()),
        _ => None,
    });
    let mut known = Capabilities::new(environment, None);
    known.handle(Answer::Name(Name::new("tmux 3.3a").unwrap()));
    let told = "3.3a\txterm-256color\t\tbpaste,title\n";
    if let Some(client) = Client::parse(told).filter(|_| reached) {
        known.handle_client(client);
    }
    known.profile()
}

fn waiting() -> World {
    let mut world = World::new();
    world.add(options("alice@laptop", listen()));
    world.run(Duration::from_millis(100));
    world
}

const NOTICE: &str = "tmux shows 256 colours; i tells how it shows all";
const LINE: &str = "set -as terminal-features \",xterm-256color:RGB\"";

#[test]
fn what_is_known_of_the_terminal_is_among_the_figures() {
    let mut world = waiting();
    world.key(0, "i");
    world.assert_screen(0, "24-bit colour");
    let profile = Profile {
        depth: ColorDepth::Indexed256,
        name: Some("foot 1.13.1".to_owned()),
        synchronized: Some(true),
        ..Profile::default()
    };
    world.input(0, Input::TerminalKnown(profile));
    world.assert_screen(0, "foot 1.13.1, 256 colours, synchronized");
    world.input(
        0,
        Input::TerminalKnown(Profile {
            synchronized: Some(false),
            ..Profile::default()
        }),
    );
    world.assert_screen(0, "24-bit colour, not synchronized");
}

#[test]
fn more_that_is_known_is_painted_at_once() {
    let mut world = waiting();
    world.stop_filming();
    world.run(Duration::from_secs(1));
    let frame_count = world.party(0).frame_count;
    world.input(0, Input::TerminalKnown(Profile::default()));
    world.settle();
    assert!(world.party(0).frame_count > frame_count);
}

#[test]
fn tmux_without_24_bits_is_told_once_and_can_be_dismissed() {
    let mut world = waiting();
    let profile = in_tmux(true);
    assert_eq!(profile.depth, ColorDepth::Indexed256);
    world.input(0, Input::TerminalKnown(profile.clone()));
    world.party(0).assert_logged(LINE);
    // Long enough for who starts the program and looks elsewhere.
    world.run(Duration::from_secs(15));
    world.assert_screen(0, NOTICE);
    world.key(0, "\x1b");
    assert!(!world.screen(0).contains(NOTICE), "{}", world.screen(0));
    // More becomes known; it is not said again, but it can be looked up.
    let profile = Profile {
        synchronized: Some(false),
        ..profile
    };
    world.input(0, Input::TerminalKnown(profile));
    assert!(!world.screen(0).contains(NOTICE), "{}", world.screen(0));
    world.key(0, "i");
    world.assert_screen(0, LINE);
    world.assert_screen(0, "tmux source ~/.tmux.conf");
    let said = world
        .party(0)
        .logs
        .iter()
        .filter(|line| line.contains(LINE));
    assert_eq!(said.count(), 1);
}

#[test]
fn what_is_only_possible_is_said_in_the_conversation() {
    let mut world = World::in_call();
    world.input(0, Input::TerminalKnown(in_tmux(false)));
    world.assert_screen(0, "may show only 256 colours");
    world.run(Duration::from_secs(1));
    let profile = in_tmux(false);
    assert!(profile.advice.is_some_and(|advice| !advice.is_certain()));
}
