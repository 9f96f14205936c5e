//! Writes the manual page and the shell completions, from the same table that parses the arguments.
//!
//! `cargo run --example manual -- FOLDER`; `make manual` and `make install` do so.

use clap_complete::Shell;
use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(
        env::args_os()
            .nth(1)
            .unwrap_or_else(|| "target/manual".into()),
    );
    fs::create_dir_all(&folder)?;

    let mut command = ttychat::cli::command();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    fs::write(folder.join("ttychat.1"), page)?;
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        clap_complete::generate_to(shell, &mut command, "ttychat", &folder)?;
    }
    Ok(())
}
