//! The screen: frames decoded by a terminal core that is not ours, keys and replies by tables.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code"
)]

#[cfg(unix)]
#[path = "screen/backend.rs"]
mod backend;
#[cfg(unix)]
#[path = "screen/capability.rs"]
mod capability;
#[path = "screen/color.rs"]
mod color;
#[cfg(unix)]
#[path = "screen/console.rs"]
mod console;
#[cfg(unix)]
#[path = "screen/drawing.rs"]
mod drawing;
#[path = "screen/garbage.rs"]
mod garbage;
#[cfg(unix)]
#[path = "screen/glyphs.rs"]
mod glyphs;
#[cfg(unix)]
#[path = "screen/hostile.rs"]
mod hostile;
#[path = "screen/input.rs"]
mod input;
#[cfg(unix)]
#[path = "screen/interview.rs"]
mod interview;
#[cfg(unix)]
#[path = "screen/mix.rs"]
mod mix;
#[path = "screen/pacing.rs"]
mod pacing;
#[cfg(unix)]
#[path = "screen/rest.rs"]
mod rest;
#[cfg(unix)]
#[path = "screen/terminal.rs"]
mod terminal;
#[cfg(unix)]
#[path = "screen/terminals.rs"]
mod terminals;
#[cfg(unix)]
#[path = "screen/video.rs"]
mod video;
