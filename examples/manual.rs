//! Writes the manual page and the shell completions, from the same tables that parse the arguments
//! and name the keys.
//!
//! `cargo run --example manual -- FOLDER`; `make manual` and `make install` do so.

use clap_complete::Shell;
use clap_mangen::{
    Man,
    roff::{Roff, bold, italic, roman},
};
use std::{env, fs, io, path::PathBuf};
use ttychat::ui::keys::{BINDINGS, Group};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(
        env::args_os()
            .nth(1)
            .unwrap_or_else(|| "target/manual".into()),
    );
    fs::create_dir_all(&folder)?;

    let mut command = ttychat::cli::command();
    fs::write(folder.join("ttychat.1"), page(&command)?)?;
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        clap_complete::generate_to(shell, &mut command, "ttychat", &folder)?;
    }
    Ok(())
}

fn page(command: &clap::Command) -> io::Result<Vec<u8>> {
    // The examples have a section of their own, as they must keep their lines.
    let examples = command.get_after_help().map(ToString::to_string);
    let man = Man::new(command.clone().after_help(""));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    about().to_writer(&mut page)?;
    man.render_options_section(&mut page)?;
    keys().to_writer(&mut page)?;
    exit_codes().to_writer(&mut page)?;
    surroundings().to_writer(&mut page)?;
    if let Some(examples) = examples {
        example_lines(&examples).to_writer(&mut page)?;
    }
    man.render_version_section(&mut page)?;
    Ok(page)
}

fn about() -> Roff {
    let mut roff = Roff::new();
    for text in [
        "Each of the two sees the other as coloured half-block cells, in any terminal, also \
         through SSH, and types to the other; there is no voice.",
        "Whoever listens needs a port that the other can reach. A call that comes in is taken \
         with y. It is encrypted, but who calls is what they say they are.",
    ] {
        roff.control("PP", []).text([roman(text)]);
    }
    roff
}

fn keys() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["KEYS"]);
    for group in Group::ALL {
        roff.control("SS", [group.title()]);
        for binding in BINDINGS.iter().filter(|binding| binding.group == group) {
            entry(&mut roff, &binding.label(), binding.help);
        }
    }
    let in_panel = "In the panel of camera controls its own keys come before all others.";
    roff.control("PP", []).text([roman(in_panel)]);
    let while_typing = "In the text line, Enter sends and Esc leaves.";
    roff.control("PP", []).text([roman(while_typing)]);
    roff
}

fn exit_codes() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    entry(&mut roff, "0", "Either side ended the call.");
    entry(
        &mut roff,
        "1",
        "The call failed, or the program could not go on.",
    );
    entry(&mut roff, "2", "Wrong usage.");
    roff
}

/// What the program reads beside its arguments.
fn surroundings() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["ENVIRONMENT"]);
    let colors = "If it is truecolor or 24bit the terminal has 24 bits a colour, whatever it \
                  answers; not believed inside GNU screen and a tmux that says that it shows \
                  256 colours, which only hand it on. --color goes before it.";
    entry(&mut roff, "COLORTERM", colors);
    let term = "Tells how many colours a terminal has that does not answer, and whether it is \
                asked at all: one that might print the questions is not.";
    entry(&mut roff, "TERM", term);
    let tmux = "Inside tmux, tmux display-message is run once to learn whether tmux shows 24 \
                bits a colour.";
    entry(&mut roff, "TMUX", tmux);
    entry(&mut roff, "NO_COLOR", "Not empty: no colours.");
    roff.control("SH", ["FILES"]);
    let key = "This user's key, made at the first run. Only its owner may read it. Under \
               XDG_CONFIG_HOME where that is set, and under %APPDATA% on Windows.";
    roff.control("TP", [])
        .text([italic("~/.config/ttychat/key")])
        .text([roman(key)]);
    let cameras = "What was set on each camera in the panel of its controls. It is applied \
                   whenever the camera is opened, and may be edited while ttychat does not run.";
    roff.control("TP", [])
        .text([italic("~/.config/ttychat/cameras")])
        .text([roman(cameras)]);
    roff
}

fn example_lines(text: &str) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    roff.control("nf", []);
    // The heading goes, and what follows the examples has sections of its own.
    let lines = text.lines().skip(1).take_while(|line| !line.is_empty());
    for line in lines {
        roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
    }
    roff.control("fi", []);
    roff
}

fn entry(roff: &mut Roff, term: &str, meaning: &str) {
    roff.control("TP", [])
        .text([bold(term)])
        .text([roman(meaning)]);
}
