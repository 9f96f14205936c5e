//! The project's own sources as text: read, freed of comments and literals, and cut into paths.
#![allow(dead_code, reason = "each test program uses a part")]
#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "ours are lower-case"
)]
#![allow(clippy::string_slice, reason = "cut where an ASCII sign was found")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex, PoisonError},
};

/// A Rust file of the project.
pub(crate) struct SourceFile {
    /// From the project's root, with `/` on every system.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The text with comments and literals blanked out; lines and columns are the same.
    pub(crate) code: String,
}

/// A path as it is written or imported, such as `crate::media::Picture`.
pub(crate) struct NamedPath {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) segments: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Colons,
    Identifier(String),
    Sign(char),
}

/// The document whose tables the tests keep.
pub(crate) const ARCHITECTURE: &str = "docs/ARCHITECTURE.md";

/// Collects what is wrong, so that one run tells all of it.
#[derive(Default)]
pub(crate) struct Complaints(Vec<String>);

impl Complaints {
    pub(crate) fn add(&mut self, path: &str, line: usize, what: impl AsRef<str>) {
        self.0.push(format!("{path}:{line}: {}", what.as_ref()));
    }

    #[track_caller]
    pub(crate) fn none(self) {
        assert!(self.0.is_empty(), "\n{}\n", self.0.join("\n"));
    }
}

/// Where the project lies.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the project.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All Rust files, in the order of their paths.
pub(crate) fn rust_files() -> &'static [SourceFile] {
    static FILES: LazyLock<Vec<SourceFile>> = LazyLock::new(|| {
        let folders = [
            "benches",
            "examples",
            "fuzz/fuzz_targets",
            "fuzz/src",
            "platform",
            "src",
            "tests",
        ];
        let paths = folders.into_iter().flat_map(files_below);
        let sources = paths.filter(|path| path.ends_with(".rs"));
        let read = |path: String| {
            let text = read(&path);
            SourceFile {
                code: blanked(&text),
                text,
                path,
            }
        };
        sources.map(read).collect()
    });
    &FILES
}

/// All files below `folder` of the project.
pub(crate) fn files_below(folder: &str) -> Vec<String> {
    let mut paths = Vec::new();
    walk(&root().join(folder), &mut paths);
    paths.sort();
    paths
}

impl SourceFile {
    /// The module: `ui/keys`, `ui`, `main`, `platform/camera`; `None` for what is no part of the
    /// program (tests, examples, benches).
    pub(crate) fn module(&self) -> Option<Vec<&str>> {
        let path = match self.path.strip_prefix("src/") {
            Some(path) => path,
            None if self.path.starts_with("platform/tests/") => return None,
            None if self.path.starts_with("platform/examples/") => return None,
            None if self.path.starts_with("platform/") => &self.path,
            None => return None,
        };
        let mut module: Vec<_> = path.strip_suffix(".rs")?.split('/').collect();
        if matches!(module.last(), Some(&("mod" | "lib"))) {
            module.pop();
        }
        Some(module)
    }

    /// All paths of at least two segments.
    pub(crate) fn paths(&self) -> Vec<NamedPath> {
        let tokens = tokens(&self.code);
        let mut found = Vec::new();
        let mut index = 0;
        while let Some((line, token)) = tokens.get(index) {
            let before = index.checked_sub(1).and_then(|index| tokens.get(index));
            let continues = matches!(before, Some((_, Token::Colons | Token::Sign('.'))));
            match token {
                // `use<…>` names what an opaque type captures, and no path.
                Token::Identifier(word)
                    if word == "use"
                        && !continues
                        && !matches!(tokens.get(index + 1), Some((_, Token::Sign('<')))) =>
                {
                    index = use_tree(&tokens, index + 1, &[], &mut found);
                }
                Token::Identifier(word) if !continues => {
                    let mut segments = vec![word.clone()];
                    while let [(_, Token::Colons), (_, Token::Identifier(next)), ..] =
                        &tokens[index + 1..]
                    {
                        segments.push(next.clone());
                        index += 2;
                    }
                    if segments.len() > 1 {
                        found.push(NamedPath {
                            line: *line,
                            segments,
                        });
                    }
                    index += 1;
                }
                _ => index += 1,
            }
        }
        found
    }
}

/// Reads one tree of a `use` from `index`, with what stands before it, and says where it ends.
fn use_tree(
    tokens: &[(usize, Token)],
    mut index: usize,
    before: &[String],
    found: &mut Vec<NamedPath>,
) -> usize {
    let mut segments = before.to_vec();
    let line = tokens.get(index).map_or(0, |(line, _)| *line);
    while let Some((_, token)) = tokens.get(index) {
        match token {
            Token::Identifier(word) if word == "as" => index += 1,
            Token::Identifier(word) => segments.push(word.clone()),
            Token::Sign('{') => {
                index += 1;
                while !matches!(tokens.get(index), None | Some((_, Token::Sign('}')))) {
                    index = use_tree(tokens, index, &segments, found);
                    if let Some((_, Token::Sign(','))) = tokens.get(index) {
                        index += 1;
                    }
                }
                return index + 1;
            }
            Token::Colons | Token::Sign('*') => {}
            Token::Sign(_) => break,
        }
        index += 1;
    }
    found.push(NamedPath { line, segments });
    index
}

fn tokens(code: &str) -> Vec<(usize, Token)> {
    let mut tokens = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let (token, len) = if is_word(first) {
                let len = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                (Token::Identifier(rest[..len].to_owned()), len)
            } else if rest.starts_with("::") {
                (Token::Colons, 2)
            } else {
                (Token::Sign(first), first.len_utf8())
            };
            tokens.push((index + 1, token));
            rest = rest[len..].trim_start();
        }
    }
    tokens
}

/// The rows below a heading of the architecture: of each cell, the words in back quotes.
pub(crate) fn table(heading: &str) -> Vec<Vec<Vec<String>>> {
    let text = read(ARCHITECTURE);
    let (_, rest) = text.split_once(&format!("# {heading}\n")).expect(heading);
    let section = rest.split("\n#").next().unwrap_or_default();
    let words = |cell: &str| {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let rows: Vec<Vec<Vec<String>>> = rows
        .map(|row| row.trim_matches('|').split('|').map(words).collect())
        .collect();
    assert!(!rows.is_empty(), "no table below {heading}");
    rows
}

/// Asserts that `document` has just `made` between its marks for `name`; writes it there when
/// blessed.
#[track_caller]
pub(crate) fn assert_block(document: &str, name: &str, made: &str) {
    // Two tests may bless blocks of one document.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let begin = format!("<!-- {name}, made by `make bless` -->\n");
    let end = format!("<!-- end of {name} -->");
    let text = read(document);
    let (before, rest) = text.split_once(&begin).expect("the mark of the begin");
    let (block, after) = rest.split_once(&end).expect("the mark of the end");
    if std::env::var_os("TTYCHAT_BLESS").is_some() {
        let blessed = format!("{before}{begin}{made}{end}{after}");
        fs::write(root().join(document), blessed).expect("a file that can be written");
    } else {
        assert!(
            block == made,
            "{document}: the {name} have changed; run `make bless`, look at the diff"
        );
    }
}

/// Replaces comments, strings and characters by blanks.
fn blanked(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = literal_len(rest, code.chars().next_back()).unwrap_or(0);
        if len == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (literal, after) = rest.split_at(len);
        code.extend(literal.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = after;
    }
    code
}

/// The length of the comment, string or character at the start of `text`, if there is one.
fn literal_len(text: &str, before: Option<char>) -> Option<usize> {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(text.find("*/").map_or(text.len(), |end| end + 2));
    }
    let unprefixed = if in_word {
        text
    } else {
        text.trim_start_matches(['b', 'c'])
    };
    if let Some(raw) = unprefixed.strip_prefix('r').filter(|_| !in_word) {
        let opened = raw.trim_start_matches('#');
        if opened.starts_with('"') {
            let end = format!("\"{}", "#".repeat(raw.len() - opened.len()));
            let start = text.len() - opened.len() + 1;
            return Some(
                text[start..]
                    .find(&end)
                    .map_or(text.len(), |at| start + at + end.len()),
            );
        }
    }
    let start = text.len() - unprefixed.len();
    if unprefixed.starts_with('"') {
        return Some(start + 1 + closing(&text[start + 1..], '"')? + 1);
    }
    // A lifetime is no character: it has no closing quote behind its one sign.
    let character = unprefixed.strip_prefix('\'')?;
    let sign = character.chars().next()?;
    if sign != '\\' && !character[sign.len_utf8()..].starts_with('\'') {
        return None;
    }
    Some(start + 1 + closing(character, '\'')? + 1)
}

/// Where `quote` closes a literal, escapes minded.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(index, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(index)
    })
}

fn walk(folder: &Path, paths: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            walk(&path, paths);
        } else {
            let path = path
                .strip_prefix(root())
                .expect("below the root")
                .to_string_lossy();
            paths.push(path.replace('\\', "/"));
        }
    }
}
