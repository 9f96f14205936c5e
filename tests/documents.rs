//! The documents tell the truth: about modules, crates, limits, keys and flags.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]
#![allow(clippy::string_slice, reason = "cut where an ASCII sign was found")]
#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    clippy::format_push_string,
    reason = "short beats quick here"
)]

#[path = "support/source.rs"]
mod source;

use source::{ARCHITECTURE, Complaints, SourceFile, assert_block, read, rust_files, table};
use std::{collections::BTreeSet, fs};

#[test]
fn every_dependency_is_in_the_table_of_crates() {
    let table = table("Which crate may be named where");
    let listed: BTreeSet<String> = table.into_iter().flat_map(|row| row[0].clone()).collect();
    let mut needed = BTreeSet::new();
    for manifest in ["Cargo.toml", "platform/Cargo.toml"] {
        let mut wanted = false;
        for line in read(manifest).lines() {
            if let Some(section) = line.strip_prefix('[') {
                wanted = section.ends_with("dependencies]")
                    && !section.contains("dev-")
                    && !section.contains("build-");
            } else if wanted && let Some((name, _)) = line.split_once(" = ") {
                needed.insert(name.to_owned());
            }
        }
    }
    needed.remove("ttychat-platform");
    assert_eq!(
        listed, needed,
        "docs/ARCHITECTURE.md (left) and Cargo.toml (right)"
    );
}

#[test]
fn the_architecture_describes_the_modules_that_are_there() {
    let text = read(ARCHITECTURE);
    let mut there = BTreeSet::new();
    for folder in ["src", "platform"] {
        for entry in fs::read_dir(source::root().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let is_beside = name == "tests" || name == "examples";
            if path.is_dir() && !is_beside || name.ends_with(".rs") {
                there.insert(format!("{folder}/{}", name.trim_end_matches(".rs")));
            }
        }
    }
    let sections: Vec<_> = text.split("\n### ").skip(1).collect();
    let mut told = BTreeSet::new();
    for section in sections.iter().filter(|section| section.starts_with('`')) {
        let heading = section.lines().next().expect("a heading");
        told.extend(heading.split('`').skip(1).step_by(2).map(str::to_owned));
        assert!(
            section.contains("\n**Invariant:** "),
            "no invariant below: {heading}"
        );
    }
    assert_eq!(
        told, there,
        "docs/ARCHITECTURE.md (left) and the folders (right)"
    );
}

#[test]
fn the_architecture_lists_every_limit() {
    let mut lines = String::from("\n| limit | value | where | why |\n| --- | --- | --- | --- |\n");
    for file in rust_files().iter().filter(|file| file.module().is_some()) {
        for (name, value, why) in limits(file) {
            assert!(!why.is_empty(), "{}: {name} has no reason", file.path);
            let module = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
            lines.push_str(&format!("| `{name}` | `{value}` | `{module}` | {why} |\n"));
        }
    }
    lines += "\n";
    assert_block(ARCHITECTURE, "limits", &lines);
}

#[test]
fn documents_have_one_sentence_a_line() {
    let mut complaints = Complaints::default();
    for path in documents() {
        let mut fenced = false;
        for (index, line) in read(&path).lines().enumerate() {
            fenced ^= line.trim_start().starts_with("```");
            let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || "#-. ".contains(c));
            let prose = !fenced && !line.starts_with(['|', '<']);
            let cut = |end| {
                line.split(end)
                    .skip(1)
                    .any(|rest| rest.starts_with(char::is_uppercase))
            };
            if prose && (cut(". ") || cut("? ") || cut("! ")) {
                complaints.add(&path, index + 1, "two sentences on a line");
            }
        }
    }
    complaints.none();
}

#[test]
fn links_lead_to_files_that_are_there() {
    let mut complaints = Complaints::default();
    for path in documents() {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (index, line) in read(&path).lines().enumerate() {
            for link in line.split("](").skip(1) {
                let link = link.split([')', '#']).next().unwrap_or_default();
                let is_ours = !link.is_empty() && !link.contains("://");
                if is_ours && !source::root().join(folder).join(link).exists() {
                    complaints.add(&path, index + 1, format!("{link} is not there"));
                }
            }
        }
    }
    complaints.none();
}

#[test]
fn the_changelog_begins_with_what_is_unreleased() {
    let text = read("CHANGELOG.md");
    let mut headings = text.lines().filter(|line| line.starts_with("##"));
    assert_eq!(headings.next(), Some("## [Unreleased]"));
    let kinds = ["### Added", "### Changed", "### Fixed", "### Removed"];
    let unreleased = headings.take_while(|line| line.starts_with("###"));
    let places: Vec<_> = unreleased
        .map(|kind| {
            kinds
                .iter()
                .position(|known| *known == kind)
                .unwrap_or_else(|| panic!("{kind}"))
        })
        .collect();
    assert!(
        places.is_sorted_by(|one, other| one < other),
        "the order is {kinds:?}"
    );
}

#[test]
fn the_ci_runs_what_people_run() {
    assert!(read(".ci/run").contains("\nmake check\n"));
    assert!(read(".github/workflows/ci.yml").contains("run: .ci/run\n"));
}

/// The paths of all pages for people.
fn documents() -> impl Iterator<Item = String> {
    let top = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"].map(str::to_owned);
    let all = source::files_below("docs").into_iter().chain(top);
    all.filter(|path| path.ends_with(".md"))
}

/// Name, value and reason of every documented constant that limits something.
fn limits(file: &SourceFile) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut why = String::new();
    let mut in_attribute = false;
    let mut lines = file.text.lines();
    while let Some(line) = lines.next() {
        // An attribute stands between a constant and its comment.
        in_attribute |= line.starts_with("#[");
        if in_attribute {
            in_attribute = !line.ends_with(']');
            continue;
        }
        if let Some(said) = line.strip_prefix("/// ") {
            why += if why.is_empty() { "" } else { " " };
            why += said;
            continue;
        }
        // One comment may tell of the least and of the most.
        if line.contains("_MIN: ") && line.ends_with(';') {
            continue;
        }
        let declared = line.find("const ").map(|at| &line[at + "const ".len()..]);
        if let Some((name, _)) = declared.and_then(|declared| declared.split_once(':'))
            && ["_MAX", "_TIMEOUT", "_INTERVAL"]
                .iter()
                .any(|end| name.ends_with(end))
            && !line.starts_with(' ')
        {
            let mut value = line
                .split_once(" = ")
                .map_or("", |(_, value)| value)
                .trim()
                .to_owned();
            while !value.ends_with(';') {
                let Some(next) = lines.next() else { break };
                value += next.trim();
            }
            let value = value.trim_end_matches(';').replace('|', "\\|");
            found.push((
                name.to_owned(),
                value,
                std::mem::take(&mut why).replace('|', "\\|"),
            ));
        }
        why.clear();
    }
    found
}
