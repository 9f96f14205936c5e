//! The world: event loop, connections, threads, files, clock. Decides nothing.

mod capture;
mod mailbox;
mod worker;
