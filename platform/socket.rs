//! What the system knows of a connection besides its bytes.
//!
//! All `unsafe` that this takes is here.

use mio::net::TcpStream;

/// How many more bytes the peer's system has said that it would take: less by what has come there
/// and was not read. `None` where this system does not tell.
#[cfg(not(target_os = "linux"))]
pub fn peer_window(_stream: &TcpStream) -> Option<u32> {
    None
}

/// How many more bytes the peer's system has said that it would take: less by what has come there
/// and was not read. `None` before Linux 5.4, which does not tell.
#[cfg(target_os = "linux")]
pub fn peer_window(stream: &TcpStream) -> Option<u32> {
    use std::os::fd::AsRawFd;

    let mut info = [0_u8; INFO_LEN];
    let mut len = libc::socklen_t::try_from(INFO_LEN).ok()?;
    // SAFETY: the stream is open, and the kernel writes at most `len` bytes to `info`, which has as
    // many, and says in `len` how many it wrote.
    let status = unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            info.as_mut_ptr().cast(),
            &raw mut len,
        )
    };
    let written = info.get(..usize::try_from(len).ok()?)?;
    let window = written.get(WINDOW_OFFSET..)?.first_chunk()?;
    (status == 0).then(|| u32::from_ne_bytes(*window))
}

/// Where `tcpi_snd_wnd` is in Linux's `tcp_info`, which only ever grows at its end.
#[cfg(target_os = "linux")]
const WINDOW_OFFSET: usize = 228;

/// As much of `tcp_info` as is wanted.
#[cfg(target_os = "linux")]
const INFO_LEN: usize = WINDOW_OFFSET + size_of::<u32>();
