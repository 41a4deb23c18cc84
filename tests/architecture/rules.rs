//! Who may use whom, and what may stand where.

use crate::lexer::{self, Path, Token};
use std::collections::BTreeMap;

/// Which rooms each room may use. The order is the direction of the data: from the bottom up.
const ROOMS: [(&str, &[&str]); 11] = [
    ("error", &[]),
    ("graph", &[]),
    ("snapshot", &["error"]),
    ("cpython", &["snapshot", "error"]),
    ("format", &["snapshot", "error"]),
    ("capture", &["cpython", "snapshot", "error"]),
    ("analysis", &["graph", "cpython", "snapshot", "error"]),
    ("render", &["analysis", "graph", "cpython", "snapshot", "error"]),
    ("testkit", &["snapshot", "error"]),
    ("cli", &["error", "graph", "snapshot", "cpython", "format", "capture", "analysis", "render"]),
    ("main", &["cli", "error", "format", "capture", "analysis", "render"]),
];

/// Longest file and longest function, in lines.
const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;

/// One source file: its path below `src` with `/`, and its text.
pub(crate) struct File<'a> {
    pub(crate) path: &'a str,
    pub(crate) source: &'a str,
}

/// Everything in `file` that the house does not allow, one sentence each. `exports` are the crate root's re-exports.
pub(crate) fn violations(file: &File, exports: &BTreeMap<String, String>) -> Vec<String> {
    let tokens = lexer::tokens(file.source);
    let (mut code, mut tests) = lexer::split_tests(&tokens);
    if is_test_file(file.path) {
        tests = std::mem::take(&mut code);
    }
    let module = module_path(file.path);
    let room = module.first().map_or("lib", String::as_str);
    let mut found = too_long(file, &tokens);
    if room != "lib" {
        for path in lexer::paths(&code) {
            let broken = wrong_import(room, &module, &path, exports, false).or_else(|| wrong_place(room, &path));
            found.extend(broken.map(|why| format!("src/{}:{}: {why}", file.path, path.line)));
        }
        for path in lexer::paths(&tests) {
            let broken = wrong_import(room, &module, &path, exports, true);
            found.extend(broken.map(|why| format!("src/{}:{}: {why}", file.path, path.line)));
        }
    }
    found.extend(wrong_words(room, &code).map(|(line, why)| format!("src/{}:{line}: {why}", file.path)));
    found
}

/// The names that `lib.rs` re-exports, each with the room it comes from.
pub(crate) fn exports(lib: &str) -> BTreeMap<String, String> {
    let paths = lexer::paths(&lexer::tokens(lib));
    let known = paths.into_iter().filter(|path| ROOMS.iter().any(|(room, _)| path.segments[0] == *room));
    known
        .filter_map(|path| {
            let name = path.alias.or_else(|| path.segments.last().cloned())?;
            Some((name, path.segments[0].clone()))
        })
        .collect()
}

fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// `analysis/paths/mod.rs` is `analysis::paths`, `lib.rs` is the root. `main.rs` counts as a room of its own.
fn module_path(path: &str) -> Vec<String> {
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    if stem == "lib" { Vec::new() } else { stem.split('/').map(str::to_owned).collect() }
}

/// Why this path may not stand in this room, if so.
fn wrong_import(
    room: &str,
    module: &[String],
    path: &Path,
    exports: &BTreeMap<String, String>,
    in_tests: bool,
) -> Option<String> {
    let written = path.segments.join("::");
    let binary = matches!(room, "cli" | "main");
    let from_root = match path.segments[0].as_str() {
        "heapgraph" if binary || in_tests => &path.segments[1..],
        "heapgraph" => return Some(format!("{written}: the library calls itself `crate`")),
        "crate" => &path.segments[1..],
        "super" => {
            let ups = path.segments.iter().take_while(|segment| *segment == "super").count();
            let above = module.len() + path.depth;
            // The module of `main.rs` is the root itself.
            let above = if room == "main" { path.depth } else { above };
            if ups < above {
                return None;
            }
            &path.segments[ups..]
        }
        _ => return None,
    };
    let Some(first) = from_root.first().filter(|first| *first != "*" && *first != "self") else {
        return Some(format!("{written}: takes the whole crate, name what is used"));
    };
    let target = exports.get(first).map_or(first.as_str(), String::as_str);
    let allowed = ROOMS.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed);
    let Some(allowed) = allowed else {
        return Some(format!("{room} is not a room of the house"));
    };
    let known = ROOMS.iter().any(|(name, _)| *name == target);
    if !known {
        return Some(format!("{written}: {target} is not a room of the house"));
    }
    if target == room || allowed.contains(&target) || in_tests && target == "testkit" {
        return None;
    }
    Some(format!("{written}: {room} may not use {target}"))
}

/// Paths that belong to the binary alone, and answers computed where they are only drawn.
fn wrong_place(room: &str, path: &Path) -> Option<String> {
    let binary = matches!(room, "cli" | "main");
    let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
    let (first, rest) = segments.split_first()?;
    if matches!((*first, rest), ("std", ["net", ..] | ["os", "unix", "net", ..])) {
        return Some(format!("{}: heapgraph opens no sockets", segments.join("::")));
    }
    let banned = match (*first, rest) {
        ("std", ["env", ..]) | ("env", _) => Some("the environment"),
        ("std", ["process", "exit" | "abort", ..]) | ("process", ["exit" | "abort"]) => Some("the exit code"),
        ("std", ["io", "stdout" | "stderr", ..]) | ("io", ["stdout" | "stderr"]) => Some("standard output"),
        ("clap" | "anyhow" | "anstream" | "signal_hook", _) => Some("the command line's crates"),
        _ => None,
    };
    if let Some(what) = banned.filter(|_| !binary) {
        return Some(format!("{}: {what} belong to cli", segments.join("::")));
    }
    if room == "render" && segments.starts_with(&["crate", "analysis"]) && !names_a_type(&segments) {
        return Some(format!("{}: render draws reports, and asks no questions itself", segments.join("::")));
    }
    None
}

fn names_a_type(segments: &[&str]) -> bool {
    segments.iter().any(|segment| segment.starts_with(|c: char| c.is_uppercase()))
}

fn wrong_words<'t>(room: &'t str, code: &'t [Token]) -> impl Iterator<Item = (usize, String)> + 't {
    let binary = matches!(room, "cli" | "main");
    code.iter().enumerate().filter_map(move |(index, token)| {
        let is_macro = code.get(index + 1).is_some_and(|next| next.text == "!");
        match token.text.as_str() {
            "unsafe" | "unsafe_code" if room != "capture" => {
                Some((token.line, "`unsafe` stands only in capture".into()))
            }
            "print" | "println" | "eprint" | "eprintln" | "dbg" if is_macro && !binary => {
                Some((token.line, format!("{}! stands only in cli", token.text)))
            }
            _ => None,
        }
    })
}

/// Files and functions that do not fit.
pub(crate) fn too_long(file: &File, tokens: &[Token]) -> Vec<String> {
    let lines = file.source.lines().count();
    let mut found = Vec::new();
    if lines > FILE_LINES {
        found.push(format!("{}: {lines} lines, at most {FILE_LINES}", file.path));
    }
    for (index, token) in tokens.iter().enumerate() {
        let name = tokens.get(index + 1).map_or("(", |name| name.text.as_str());
        if token.text != "fn" || name == "(" {
            continue;
        }
        let length = lexer::item_length(&tokens[index..]);
        let last = tokens[index + length - 1].line;
        let lines = last + 1 - token.line;
        if lines > FUNCTION_LINES {
            found.push(format!("{}:{}: {name} has {lines} lines, at most {FUNCTION_LINES}", file.path, token.line));
        }
    }
    found
}
