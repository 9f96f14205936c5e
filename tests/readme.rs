//! The README's tables of keys and flags are those of the program.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]
#![allow(clippy::format_push_string, reason = "short beats quick here")]
#![allow(clippy::string_slice, reason = "cut where a sign was found")]

#[path = "support/source.rs"]
mod source;

use source::assert_block;
use ttychat::{
    cli,
    ui::keys::{BINDINGS, When},
};

#[test]
fn the_readme_lists_the_keys() {
    for (name, of_panel) in [("keys", false), ("panel keys", true)] {
        let mut lines = String::from("\n| key | what it does |\n| --- | --- |\n");
        let bindings = BINDINGS.iter();
        for binding in bindings.filter(|binding| (binding.when == When::Controls) == of_panel) {
            let label = binding.label();
            let keys: Vec<_> = label.split(' ').map(|key| format!("`{key}`")).collect();
            lines.push_str(&format!("| {} | {} |\n", keys.join(" "), binding.help));
        }
        assert_block("README.md", name, &(lines + "\n"));
    }
}

#[test]
fn the_readme_lists_the_flags() {
    let mut lines = String::from("\n| flag | what it does |\n| --- | --- |\n");
    let command = cli::command();
    for argument in command.get_arguments() {
        let flag = argument.get_long().expect("every argument has a long flag");
        let value = argument
            .get_action()
            .takes_values()
            .then(|| argument.get_value_names());
        let value = value.flatten().unwrap_or_default().join(" ");
        let flag = format!("--{flag} {value}").trim_end().replace('|', "\\|");
        let help = argument
            .get_help()
            .expect("every flag has a help")
            .to_string();
        lines.push_str(&format!("| `{flag}` | {} |\n", help.replace('|', "\\|")));
    }
    assert_block("README.md", "flags", &(lines + "\n"));
}
