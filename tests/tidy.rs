//! The rules of the house that no compiler keeps: who may name whom, lengths, left-overs.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]
#![allow(clippy::string_slice, reason = "cut where an ASCII sign was found")]

#[path = "support/source.rs"]
mod source;

use source::{Complaints, read, rust_files, table};
use std::collections::BTreeSet;

/// Longest line of a source, in characters.
const COLUMN_COUNT_MAX: usize = 100;

/// Longest Rust file, in lines.
const LINE_COUNT_MAX: usize = 400;

#[test]
fn modules_name_only_what_the_table_allows() {
    let table = table("Which module may name which");
    let modules: BTreeSet<String> = table.iter().flat_map(|row| row[0].clone()).collect();
    let mut complaints = Complaints::default();
    for file in rust_files() {
        let Some(module) = file.module() else {
            continue;
        };
        let Some(&top) = module.first() else { continue };
        if top == "platform" {
            continue;
        }
        let row = table
            .iter()
            .find(|row| row[0].iter().any(|name| name == top));
        let Some(row) = row else {
            complaints.add(
                &file.path,
                1,
                format!("`{top}` is not in the table of modules"),
            );
            continue;
        };
        for path in file.paths() {
            let Some(named) = top_module(&module, &path.segments) else {
                continue;
            };
            if modules.contains(named) && named != top && !row[1].iter().any(|name| name == named) {
                complaints.add(
                    &file.path,
                    path.line,
                    format!("`{top}` must not name `{named}`"),
                );
            }
        }
    }
    complaints.none();
}

#[test]
fn crates_are_named_only_where_the_table_allows() {
    let table = table("Which crate may be named where");
    let mut complaints = Complaints::default();
    for file in rust_files() {
        let Some(module) = file.module() else {
            continue;
        };
        let module = module.join("/");
        for path in file.paths() {
            let mut named = path.segments[0].replace('_', "-");
            if path
                .segments
                .starts_with(&["ratatui".to_owned(), "crossterm".to_owned()])
            {
                named = "crossterm".to_owned();
            }
            let Some(row) = table.iter().find(|row| row[0].contains(&named)) else {
                continue;
            };
            let inside = |place: &String| {
                place == "everywhere"
                    || module
                        .strip_prefix(place.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            if !row[1].iter().any(inside) {
                complaints.add(
                    &file.path,
                    path.line,
                    format!("`{named}` must not be named here"),
                );
            }
        }
    }
    complaints.none();
}

#[test]
fn the_pure_modules_do_not_touch_the_world() {
    let pure = [
        "app", "cli", "error", "media", "protocol", "screen", "session", "ui",
    ];
    let world: &[&[&str]] = &[
        &["std", "env"],
        &["std", "fs"],
        &["std", "io", "stderr"],
        &["std", "io", "stdin"],
        &["std", "io", "stdout"],
        &["std", "net", "TcpListener"],
        &["std", "net", "TcpStream"],
        &["std", "net", "UdpSocket"],
        &["std", "os"],
        &["std", "process"],
        &["std", "thread"],
    ];
    let mut complaints = Complaints::default();
    for file in rust_files() {
        let Some(module) = file.module() else {
            continue;
        };
        if !module.first().is_some_and(|top| pure.contains(top)) {
            continue;
        }
        for path in file.paths() {
            if world
                .iter()
                .any(|world| path.segments.iter().take(world.len()).eq(*world))
            {
                let named = path.segments.join("::");
                complaints.add(
                    &file.path,
                    path.line,
                    format!("`{named}` belongs to runtime"),
                );
            }
        }
    }
    complaints.none();
}

#[test]
fn lines_and_files_are_short() {
    let mut complaints = Complaints::default();
    for file in rust_files() {
        let count = file.text.lines().count();
        if count > LINE_COUNT_MAX {
            complaints.add(
                &file.path,
                count,
                format!("more than {LINE_COUNT_MAX} lines"),
            );
        }
    }
    let others = source::files_below(".ci").into_iter();
    let others = others.chain(["Makefile".to_owned()]);
    let files = rust_files()
        .iter()
        .map(|file| file.path.clone())
        .chain(others);
    for path in files {
        for (index, line) in read(&path).lines().enumerate() {
            if line.chars().count() > COLUMN_COUNT_MAX {
                complaints.add(
                    &path,
                    index + 1,
                    format!("more than {COLUMN_COUNT_MAX} columns"),
                );
            }
            if line.ends_with([' ', '\t']) {
                complaints.add(&path, index + 1, "blanks at the end");
            }
        }
    }
    complaints.none();
}

#[test]
fn nothing_is_left_over() {
    // Put together here, so that this file does not complain of itself.
    let notes = [["TO", "DO"], ["FIX", "ME"], ["XX", "X"]].map(|parts| parts.concat());
    let calls =
        [["dbg", "!("], ["todo", "!("], ["unimplemented", "!("]].map(|parts| parts.concat());
    let attributes = [["#[", "ignore"], ["#[", "should_panic"]].map(|parts| parts.concat());
    let mut complaints = Complaints::default();
    for file in rust_files() {
        for (index, (line, code)) in file.text.lines().zip(file.code.lines()).enumerate() {
            let words = || line.split(|c: char| !c.is_alphanumeric());
            if let Some(note) = notes.iter().find(|&note| words().any(|word| word == note)) {
                complaints.add(
                    &file.path,
                    index + 1,
                    format!("a {note}: do it, or open an issue"),
                );
            }
            if let Some(left) = calls
                .iter()
                .chain(&attributes)
                .find(|&left| code.contains(left))
            {
                complaints.add(&file.path, index + 1, format!("`{left}` is left over"));
            }
            let comment = line.trim_start().strip_prefix("// ").unwrap_or_default();
            if is_code(comment) {
                complaints.add(&file.path, index + 1, "this comment is code");
            }
        }
    }
    complaints.none();
}

#[test]
fn every_exception_to_a_lint_has_its_reason() {
    let mut complaints = Complaints::default();
    for file in rust_files() {
        for opening in ["[allow(", "[expect("] {
            for (start, _) in file.code.match_indices(opening) {
                let end = file.code[start..]
                    .find(")]")
                    .map_or(file.code.len(), |len| start + len);
                if !file.code[start..end].contains("reason =") {
                    let line = file.code[..start].lines().count();
                    complaints.add(&file.path, line, "an exception without a reason");
                }
            }
        }
    }
    complaints.none();
}

#[test]
fn the_program_is_safe_code() {
    for path in ["src/lib.rs", "src/main.rs"] {
        assert!(read(path).contains("\n#![forbid(unsafe_code)]\n"), "{path}");
    }
}

#[test]
fn every_module_says_what_it_is() {
    let mut complaints = Complaints::default();
    for file in rust_files().iter().filter(|file| file.module().is_some()) {
        if !file.text.starts_with("//! ") {
            complaints.add(&file.path, 1, "does not begin with what it is");
        }
    }
    complaints.none();
}

#[test]
fn every_file_of_test_data_is_used() {
    let tests: String = rust_files()
        .iter()
        .filter(|file| !file.path.starts_with("src/"))
        .map(|file| file.text.as_str())
        .collect();
    let mut complaints = Complaints::default();
    for path in source::files_below("tests/data") {
        let name = path.rsplit('/').next().expect("a name");
        let stem = name.split('.').next().expect("a stem");
        // A scene's goldens differ in what stands behind the last hyphen, a size or a depth.
        let scene = stem.rsplit_once('-').map_or(stem, |(scene, _)| scene);
        if !tests.contains(stem) && !tests.contains(&format!("\"{scene}")) {
            complaints.add(&path, 1, "no test names it");
        }
    }
    complaints.none();
}

/// The top module that a path in `module` leads to, if it is one of ours.
fn top_module<'a>(module: &[&str], path: &'a [String]) -> Option<&'a str> {
    let up = path
        .iter()
        .take_while(|segment| *segment == "super")
        .count();
    match path[0].as_str() {
        "crate" | "ttychat" => path.get(1).map(String::as_str),
        "super" if up >= module.len() => path.get(up).map(String::as_str),
        "ttychat_platform" => Some("platform"),
        _ => None,
    }
}

/// Whether a comment looks like a statement rather than a sentence.
fn is_code(comment: &str) -> bool {
    let starts = ["let ", "use ", "fn ", "pub ", "#[", "impl ", "return "];
    let ends_statement = comment.ends_with(';');
    comment == "}"
        || comment.ends_with(" {")
        || comment.starts_with("#[")
        || ends_statement && starts.iter().any(|start| comment.starts_with(start))
        || comment.ends_with(");") && !comment.contains(". ")
}
