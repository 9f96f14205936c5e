//! The world: event loop, connections, threads, files, clock. Decides nothing.
