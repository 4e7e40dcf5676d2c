//! Holds the source tree to its table of rooms: who may import whom, and how long a file may grow.
//!
//! It reads the tokens, so comments and strings cannot mislead it and macros' arguments are seen.

#![allow(clippy::unwrap_used, reason = "a test may fail where it cannot go on")]

use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// Each room with the rooms that it may import. What is `#[cfg(test)]` is free.
const ROOMS: &[(&str, &str)] = &[
    ("kernel", ""),
    ("storage", "kernel"),
    ("events", "kernel storage"),
    ("engine", "kernel storage events"),
    ("files", "kernel storage"),
    ("account", "kernel storage"),
    ("pipeline", "kernel storage files"),
    ("directory", "kernel storage"),
    ("workflow", "kernel storage events engine files directory"),
    ("batch", "kernel storage events engine files account pipeline directory workflow"),
    ("sync", "kernel storage events engine files directory workflow batch"),
    // And the rooms whose ports they implement.
    ("adapters", "kernel files workflow"),
    ("graphql", "kernel events engine files account pipeline directory workflow batch sync"),
    ("http", "kernel events engine files account pipeline directory workflow batch sync graphql"),
    (
        "app",
        "kernel storage events engine files account pipeline directory workflow batch sync adapters graphql http",
    ),
    ("main", "app"),
];

/// The most lines of a file, leaving out what is `#[cfg(test)]`.
const MAX_LINES: usize = 400;

/// The module that holds a room's own SQL, which no other room may reach into.
const PRIVATE_MODULE: &str = "store";

#[test]
fn the_rooms_keep_to_their_table() {
    let found = complaints(&sources(Path::new(env!("CARGO_MANIFEST_DIR"))));
    assert!(found.is_empty(), "{} complaints:\n{}", found.len(), found.join("\n"));
}

/// One file of the tree.
struct Source {
    /// From `src/` on, with `/` between.
    path: String,
    text: String,
}

fn sources(root: &Path) -> Vec<Source> {
    fn walk(root: &Path, folder: &Path, into: &mut Vec<Source>) {
        let mut entries: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(root, &path, into);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                into.push(Source { path: name, text: std::fs::read_to_string(&path).unwrap() });
            }
        }
    }
    let mut found = Vec::new();
    walk(root, &root.join("src"), &mut found);
    assert!(found.len() > 5, "the sources were not found under {}", root.display());
    found
}

/// Everything that is wrong with a tree, one line each, with file and line.
fn complaints(tree: &[Source]) -> Vec<String> {
    let scans: Vec<_> = tree.iter().map(|source| (source, Scan::of(source))).collect();
    let test_files: BTreeSet<_> =
        scans.iter().flat_map(|(_, scan)| scan.test_files.iter().cloned()).collect();
    let is_test = |path: &str| {
        test_files.iter().any(|test| {
            path == format!("{test}.rs")
                || path.strip_prefix(test.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let mut found = Vec::new();
    for (source, scan) in scans.iter().filter(|(source, _)| !is_test(&source.path)) {
        let lines = source.text.lines().count() - scan.test_lines;
        if lines > MAX_LINES {
            found.push(format!(
                "{}: {lines} lines without tests; more than {MAX_LINES} is two files",
                source.path
            ));
        }
        let Some(room) = room_of(&source.path) else { continue };
        let Some((_, may_import)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            found.push(format!("{}: the table of rooms does not know {room}", source.path));
            continue;
        };
        for import in &scan.imports {
            let target = import.path[0].as_str();
            let place = format!("{}:{}", source.path, import.line);
            if target == room {
                continue;
            } else if !may_import.split(' ').any(|allowed| allowed == target) {
                found.push(format!("{place}: {room} may not import crate::{}", import.path.join("::")));
            } else if import.path.get(1).is_some_and(|module| module == PRIVATE_MODULE) {
                found.push(format!("{place}: crate::{target}::{PRIVATE_MODULE} is {target}'s own"));
            }
        }
    }
    found
}

/// The room that a file belongs to; none for the crate's root, which only names the rooms.
fn room_of(path: &str) -> Option<String> {
    match module_path(path).first() {
        Some(room) => Some(room.clone()),
        None if path == "src/main.rs" => Some("main".to_owned()),
        None => None,
    }
}

/// The module that a file is: `src/engine/claim.rs` is `engine::claim`.
fn module_path(path: &str) -> Vec<String> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut parts: Vec<_> = inner.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") || matches!(inner, "lib" | "main") {
        parts.pop();
    }
    parts
}

/// A path from the crate's root that a file names.
struct Import {
    path: Vec<String>,
    line: usize,
}

/// What one file holds that matters here.
#[derive(Default)]
struct Scan {
    /// The file's own.
    folder: String,
    imports: Vec<Import>,
    /// How many lines `#[cfg(test)]` items take.
    test_lines: usize,
    /// The files (without ending) or folders of `#[cfg(test)] mod name;`.
    test_files: Vec<String>,
}

impl Scan {
    fn of(source: &Source) -> Self {
        let tokens: TokenStream =
            source.text.parse().unwrap_or_else(|error| panic!("{}: {error}", source.path));
        let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut scan = Self { folder: folder.to_owned(), ..Self::default() };
        let own_crate = if source.path == "src/main.rs" { "docket" } else { "crate" };
        scan.tokens(tokens, &module_path(&source.path), own_crate);
        scan
    }

    fn tokens(&mut self, tokens: TokenStream, module: &[String], own_crate: &str) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            if let Some(end) = test_item(&tokens, at) {
                self.skip_test(&tokens[at..end], module);
                at = end;
                continue;
            }
            let follows_path = at >= 2 && is_path_separator(&tokens, at - 2);
            let of_macro = at >= 1 && is_punct(&tokens[at - 1], '$');
            match &tokens[at] {
                TokenTree::Ident(word) if !follows_path && !of_macro => {
                    let word = word.to_string();
                    if word == "crate" || word == own_crate {
                        self.paths(&tokens, at + 1, Vec::new());
                    } else if word == "super" {
                        at = self.climb(&tokens, at, module);
                    } else if word == "mod"
                        && let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) =
                            (tokens.get(at + 1), tokens.get(at + 2))
                    {
                        let inner: Vec<_> = module.iter().cloned().chain([name.to_string()]).collect();
                        self.tokens(body.stream(), &inner, own_crate);
                        at += 2;
                    }
                }
                TokenTree::Group(group) => self.tokens(group.stream(), module, own_crate),
                _ => {}
            }
            at += 1;
        }
    }

    /// Follows `super::super::…` and answers the last `super`'s place.
    fn climb(&mut self, tokens: &[TokenTree], mut at: usize, module: &[String]) -> usize {
        let mut levels = 1;
        while is_path_separator(tokens, at + 1) && is_word(tokens.get(at + 3), "super") {
            levels += 1;
            at += 3;
        }
        let base = module[..module.len().saturating_sub(levels)].to_vec();
        self.paths(tokens, at + 1, base);
        at
    }

    /// Collects the paths that go on at `at` with `::`, each branch of a group of its own.
    fn paths(&mut self, tokens: &[TokenTree], at: usize, prefix: Vec<String>) {
        if !is_path_separator(tokens, at) {
            return;
        }
        match tokens.get(at + 2) {
            Some(TokenTree::Ident(word)) => {
                let mut path = prefix;
                path.push(word.to_string());
                if is_path_separator(tokens, at + 3) {
                    self.paths(tokens, at + 3, path);
                } else {
                    self.imports.push(Import { path, line: word.span().start().line });
                }
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                self.branches(group, &prefix);
            }
            // A glob or a turbofish: the path so far is what is named.
            Some(other) if !prefix.is_empty() => {
                self.imports.push(Import { path: prefix, line: other.span().start().line });
            }
            _ => {}
        }
    }

    fn branches(&mut self, group: &Group, prefix: &[String]) {
        let tokens: Vec<_> = group.stream().into_iter().collect();
        for branch in tokens.split(|token| is_punct(token, ',')) {
            let Some(TokenTree::Ident(word)) = branch.first() else { continue };
            let mut path = prefix.to_vec();
            path.push(word.to_string());
            if is_path_separator(branch, 1) {
                self.paths(branch, 1, path);
            } else {
                self.imports.push(Import { path, line: word.span().start().line });
            }
        }
    }

    fn skip_test(&mut self, item: &[TokenTree], module: &[String]) {
        let (Some(first), Some(last)) = (item.first(), item.last()) else { return };
        self.test_lines += last.span().end().line - first.span().start().line + 1;
        let name = item.windows(2).find_map(|pair| match pair {
            [keyword, TokenTree::Ident(name)] if is_word(Some(keyword), "mod") => Some(name.to_string()),
            _ => None,
        });
        if let Some(file) = item.iter().find_map(path_attribute) {
            self.test_files.push(format!("{}/{}", self.folder, file.trim_end_matches(".rs")));
        } else if let (Some(name), true) = (name, is_punct(last, ';')) {
            let inner: Vec<_> = module.iter().cloned().chain([name]).collect();
            self.test_files.push(format!("src/{}", inner.join("/")));
        }
    }
}

/// Where a `#[cfg(test)]` item that begins at `at` ends.
fn test_item(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let TokenTree::Group(attribute) = tokens.get(at + 1)? else { return None };
    let text: String = attribute.to_string().split_whitespace().collect();
    if !is_punct(&tokens[at], '#') || !text.starts_with("[cfg(") {
        return None;
    }
    let names_test = text.split(|c: char| !c.is_alphanumeric()).any(|word| word == "test");
    if !names_test || text.contains("not(") {
        return None;
    }
    let rest = &tokens[at + 2..];
    let is_use =
        rest.iter().take_while(|token| !is_punct(token, ';')).any(|token| is_word(Some(token), "use"));
    let length = rest.iter().position(|token| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !is_use,
        other => is_punct(other, ';'),
    })?;
    Some(at + 2 + length + 1)
}

/// The file in `[path = "file.rs"]`.
fn path_attribute(token: &TokenTree) -> Option<String> {
    let TokenTree::Group(attribute) = token else { return None };
    let text = attribute.to_string();
    let file = text.trim_matches(['[', ']', ' ']).strip_prefix("path")?.trim_start().strip_prefix('=')?;
    Some(file.trim_matches(['"', ' ']).to_owned())
}

fn is_punct(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    matches!(
        (tokens.get(at), tokens.get(at + 1)),
        (Some(TokenTree::Punct(first)), Some(TokenTree::Punct(second)))
            if first.as_char() == ':' && first.spacing() == Spacing::Joint && second.as_char() == ':'
    )
}

/// The check itself, on made-up trees: each mistake is found where it is, and nothing else is.
mod of_the_check {
    use super::{MAX_LINES, Source, complaints};

    fn check(files: &[(&str, &str)]) -> Vec<String> {
        let tree: Vec<_> = files
            .iter()
            .map(|(path, text)| Source { path: (*path).to_owned(), text: (*text).to_owned() })
            .collect();
        complaints(&tree)
    }

    #[test]
    fn what_the_table_allows_passes() {
        let tree = [
            ("src/lib.rs", "pub mod engine; pub mod kernel;"),
            ("src/main.rs", "fn main() { docket::app::run(); }"),
            (
                "src/engine/mod.rs",
                "mod claim; use crate::kernel::{Clock, id::{GlobalId}}; use super::storage::Db;",
            ),
            (
                "src/engine/claim.rs",
                "/// See [`crate::batch::Batch`].\nuse super::Run; // crate::batch\nfn f(_: &crate::engine::Run) {}",
            ),
            ("src/graphql/query.rs", "use crate::batch::Batches;"),
        ];
        assert_eq!(check(&tree), Vec::<String>::new());
    }

    #[test]
    fn an_edge_that_is_not_in_the_table_is_named_with_file_and_line() {
        for (path, text, expected) in [
            (
                "src/engine/mod.rs",
                "use std::fmt;\nuse crate::batch::Batch;",
                "src/engine/mod.rs:2: engine may not import crate::batch::Batch",
            ),
            (
                "src/engine/mod.rs",
                "use crate::{\n  kernel::Clock,\n  app::{self, Config},\n};",
                "src/engine/mod.rs:3: engine may not import crate::app::self",
            ),
            (
                "src/kernel/id.rs",
                "fn f() {\n  println!(\"{}\", crate::storage::URL);\n}",
                "src/kernel/id.rs:2: kernel may not import crate::storage::URL",
            ),
            (
                "src/kernel/id.rs",
                "use super::super::storage::Db;",
                "src/kernel/id.rs:1: kernel may not import crate::storage::Db",
            ),
            (
                "src/kernel/mod.rs",
                "mod inner { use super::super::storage::*; }",
                "src/kernel/mod.rs:1: kernel may not import crate::storage",
            ),
            (
                "src/main.rs",
                "use docket::engine::Engine;",
                "src/main.rs:1: main may not import crate::engine::Engine",
            ),
            (
                "src/sync/mod.rs",
                "use crate::batch::store::insert;",
                "src/sync/mod.rs:1: crate::batch::store is batch's own",
            ),
            ("src/tools/mod.rs", "", "src/tools/mod.rs: the table of rooms does not know tools"),
        ] {
            let found = check(&[(path, text)]);
            assert_eq!(found.first().map(String::as_str), Some(expected), "in {text}");
        }
    }

    #[test]
    fn tests_may_import_what_they_like() {
        let tree = [
            (
                "src/kernel/id.rs",
                "#[cfg(test)]\nmod tests { use crate::app::Config; }\n#[cfg(test)] use crate::{app};",
            ),
            ("src/kernel/mod.rs", "pub mod id;\n#[cfg(test)]\nmod tests;"),
            ("src/kernel/page.rs", "#[cfg(test)]\n#[path = \"page_tests.rs\"]\nmod tests;"),
            ("src/kernel/page_tests.rs", "use crate::engine::Engine;"),
            ("src/kernel/tests.rs", "use crate::engine::Engine;"),
        ];
        assert_eq!(check(&tree), Vec::<String>::new());
    }

    #[test]
    fn what_is_left_out_of_tests_is_no_test() {
        let found = check(&[("src/kernel/id.rs", "#[cfg(not(test))]\nuse crate::app::Config;")]);
        assert_eq!(found, ["src/kernel/id.rs:2: kernel may not import crate::app::Config"]);
    }

    #[test]
    fn a_file_grows_by_what_is_not_tested() {
        let long = "fn f() {}\n".repeat(MAX_LINES + 1);
        let tested = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        let found = check(&[("src/kernel/id.rs", long.as_str()), ("src/kernel/page.rs", tested.as_str())]);
        assert_eq!(found, ["src/kernel/id.rs: 401 lines without tests; more than 400 is two files"]);
    }
}
