//! How a console of Windows is set: its modes, its title, and whether it is the standard output.
//!
//! Invariant: [`Found::put_back`] undoes all that a [`super::Console`] sets.

use std::{
    fs::{File, OpenOptions},
    io::{self, IsTerminal},
    os::windows::io::{AsRawHandle, IntoRawHandle},
};
use windows_sys::Win32::{
    Storage::FileSystem::{FILE_TYPE_PIPE, GetFileType},
    System::Console::{
        CONSOLE_MODE, GetConsoleMode, GetConsoleTitleW, STD_OUTPUT_HANDLE, SetConsoleMode,
        SetConsoleTitleW, SetStdHandle,
    },
};

/// Longest title kept, in UTF-16 units with the NUL.
const TITLE_LEN_MAX: u32 = 1024;

/// How the console was before it was ours.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) input: CONSOLE_MODE,
    pub(super) output: CONSOLE_MODE,
    /// Ends with a NUL. Consoles know no sequence that keeps it.
    title: Vec<u16>,
}

impl Found {
    pub(super) fn of(input: &File, output: &File) -> io::Result<Self> {
        let (input, output) = (mode(input)?, mode(output)?);
        let mut title = vec![0; TITLE_LEN_MAX as usize];
        // SAFETY: `title` has room for as many units as are said.
        let len = unsafe { GetConsoleTitleW(title.as_mut_ptr(), TITLE_LEN_MAX) };
        // None is as good as an error here. A longer title than fits is said to be long.
        title.truncate(len.min(TITLE_LEN_MAX - 1) as usize);
        title.push(0);
        Ok(Self {
            input,
            output,
            title,
        })
    }

    pub(super) fn put_back(&self, input: &File, output: &File) -> io::Result<()> {
        if self.title.len() > 1 {
            // SAFETY: `title` ends with a NUL. That it fails is of no interest.
            unsafe { SetConsoleTitleW(self.title.as_ptr()) };
        }
        let input = set_mode(input, self.input);
        set_mode(output, self.output)?;
        input
    }
}

/// Sends the standard output to the console, unless it is one, or a pipe to a terminal of another
/// kind. A file or `NUL` would get the frames, and the person an empty window.
pub(super) fn draw_on_console() -> io::Result<()> {
    let output = io::stdout();
    // SAFETY: it takes any handle.
    if output.is_terminal() || unsafe { GetFileType(output.as_raw_handle()) } == FILE_TYPE_PIPE {
        return Ok(());
    }
    let console = OpenOptions::new()
        .read(true)
        .write(true)
        .open("CONOUT$")?
        .into_raw_handle();
    // SAFETY: the handle was given away just now and stays open as long as the process.
    let is_set = unsafe { SetStdHandle(STD_OUTPUT_HANDLE, console) };
    if is_set == 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

fn mode(console: &File) -> io::Result<CONSOLE_MODE> {
    let mut mode = 0;
    // SAFETY: the handle is open while `console` is borrowed, and `mode` may be written.
    let is_known = unsafe { GetConsoleMode(console.as_raw_handle(), &raw mut mode) };
    if is_known == 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(mode)
    }
}

pub(super) fn set_mode(console: &File, mode: CONSOLE_MODE) -> io::Result<()> {
    // SAFETY: the handle is open while `console` is borrowed.
    let is_set = unsafe { SetConsoleMode(console.as_raw_handle(), mode) };
    if is_set == 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
