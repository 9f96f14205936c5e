//! The world: event loop, connections, threads, files, clock. It decides nothing.
//!
//! Invariant: what may block (the resolver, cameras, decoding, slow disks) runs in a named thread;
//! the loop waits in its poll only.

mod allowance;
mod capture;
mod clock;
mod connection;
mod dial;
mod effect;
mod event_loop;
mod files;
mod keeper;
mod list;
mod loopback;
mod mailbox;
mod network;
mod output;
mod own_file;
mod peers;
mod picture;
mod secret;
mod settings;
mod sockets;
mod start;
mod stream;
mod terminal;
mod via;
mod worker;

pub use output::say_last;
pub use start::run;
