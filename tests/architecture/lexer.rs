//! Just enough of Rust's lexical grammar to tell code from comments and text, and to read paths out of it.

/// A word or a mark of the source, with the line it stands on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// Every token of code: comments and doc comments are left out, strings and characters become `""`.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let bytes = source.as_bytes();
    let (mut at, mut line, mut found) = (0, 1, Vec::new());
    while at < bytes.len() {
        let (end, text) = next(source, at);
        if let Some(text) = text {
            found.push(Token { text, line });
        }
        line += bytes[at..end].iter().filter(|byte| **byte == b'\n').count();
        at = end;
    }
    found
}

/// Where the token, comment or space at `at` ends, and the token's text if it is one.
fn next(source: &str, at: usize) -> (usize, Option<String>) {
    let rest = &source[at..];
    if rest.starts_with("//") {
        return (at + rest.find('\n').unwrap_or(rest.len()), None);
    }
    if rest.starts_with("/*") {
        return (at + comment_length(rest), None);
    }
    if let Some(length) = text_length(rest) {
        return (at + length, Some("\"\"".into()));
    }
    if rest.starts_with("::") {
        return (at + 2, Some("::".into()));
    }
    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    if word > 0 {
        return (at + word, Some(rest[..word].into()));
    }
    let first = rest.chars().next().expect("there is a rest");
    let text = (!first.is_whitespace()).then(|| first.to_string());
    (at + first.len_utf8(), text)
}

/// Block comments nest.
fn comment_length(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let step = match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => 1,
            [b'*', b'/', ..] => -1,
            _ => 0,
        };
        depth += step;
        at += if step == 0 { 1 } else { 2 };
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of the string, byte string, raw string or character at the start of `rest`, if there is one.
fn text_length(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        let after = rest.strip_prefix(prefix).unwrap_or("x");
        after.starts_with('"') || prefix.ends_with('r') && after.trim_start_matches('#').starts_with('"')
    });
    if let Some(prefix) = prefix {
        let body = &rest[prefix.len()..];
        let hashes = body.len() - body.trim_start_matches('#').len();
        let content = &body[hashes + 1..];
        let length = if prefix.ends_with('r') {
            content.find(&format!("\"{}", "#".repeat(hashes)))? + 1 + hashes
        } else {
            escaped_length(content, b'"')
        };
        return Some(prefix.len() + hashes + 1 + length);
    }
    let quoted = rest.strip_prefix('b').unwrap_or(rest).strip_prefix('\'')?;
    let start = rest.len() - quoted.len();
    // `'a'` is a character and `'a` a lifetime.
    let second = quoted.chars().next()?;
    let is_character = second == '\\' || quoted[second.len_utf8()..].starts_with('\'');
    is_character.then(|| start + escaped_length(quoted, b'\''))
}

/// The length up to and with the closing quote, where a backslash takes the next byte with it.
fn escaped_length(content: &str, quote: u8) -> usize {
    let bytes = content.as_bytes();
    let mut at = 0;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// The number of leading tokens that make one item: up to its closing brace, or its semicolon if that comes first.
pub(crate) fn item_length(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" if depth == 1 => return index + 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Splits code from what `#[cfg(test)]` keeps out of the library: first without, then only those items.
pub(crate) fn split_tests(tokens: &[Token]) -> (Vec<Token>, Vec<Token>) {
    const ATTRIBUTE: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut code, mut tests, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        let rest = &tokens[at..];
        if rest.len() > 7 && rest[..7].iter().map(|token| token.text.as_str()).eq(ATTRIBUTE) {
            let length = 7 + item_length(&rest[7..]);
            tests.extend_from_slice(&rest[7..length]);
            at += length;
        } else {
            code.push(rest[0].clone());
            at += 1;
        }
    }
    (code, tests)
}

/// A path as written, groups expanded: `a::{b, c::*}` is two.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Path {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
    /// How many inline modules it stands in.
    pub(crate) depth: usize,
    /// The name it is bound to by `as`.
    pub(crate) alias: Option<String>,
}

/// Every path of two or more segments, and every bare `crate` or `super`.
pub(crate) fn paths(tokens: &[Token]) -> Vec<Path> {
    let (mut found, mut modules, mut depth) = (Vec::new(), Vec::new(), 0_usize);
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |before| tokens[before].text.as_str());
        let two_before = index.checked_sub(2).map_or("", |before| tokens[before].text.as_str());
        let after = tokens.get(index + 1).map_or("", |after| after.text.as_str());
        match token.text.as_str() {
            "{" => {
                depth += 1;
                if two_before == "mod" {
                    modules.push(depth);
                }
            }
            "}" => {
                if modules.last() == Some(&depth) {
                    modules.pop();
                }
                depth = depth.saturating_sub(1);
            }
            // `pub(crate)` says who may see, not who is used.
            word if is_word(word) && before != "::" && before != "." && (two_before, before) != ("pub", "(") => {
                let bare = matches!(word, "crate" | "super") || before == "use";
                if after == "::" || bare {
                    read_tree(tokens, index, &mut Vec::new(), modules.len(), &mut found);
                }
            }
            _ => {}
        }
    }
    found
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads the path or group at `at` behind `prefix`, and says where it ended.
fn read_tree(tokens: &[Token], mut at: usize, prefix: &mut Vec<String>, depth: usize, found: &mut Vec<Path>) -> usize {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let (length, line) = (prefix.len(), tokens[at].line);
    loop {
        if text(at) == "{" {
            at += 1;
            while !matches!(text(at), "}" | "") {
                at = read_tree(tokens, at, prefix, depth, found);
                at += usize::from(text(at) == ",");
            }
            prefix.truncate(length);
            return at + 1;
        }
        if !is_word(text(at)) && text(at) != "*" {
            break;
        }
        prefix.push(text(at).into());
        at += 1;
        if text(at) != "::" {
            break;
        }
        at += 1;
    }
    let alias = (text(at) == "as").then(|| text(at + 1).to_owned());
    at += if alias.is_some() { 2 } else { 0 };
    found.push(Path { segments: prefix.clone(), line, depth, alias });
    prefix.truncate(length);
    // Whatever could not be read ends the group rather than the test.
    if matches!(text(at), "," | "}") { at } else { at + 1 }
}
