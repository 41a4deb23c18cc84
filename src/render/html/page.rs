//! A page that stands alone: one file, no network, and nothing runs in it but our own script.
//!
//! The page's policy (CSP) names every style and script by its hash and forbids all else, so that even a text that slipped
//! through the escaping could neither run nor load anything. Data goes in as JSON that no HTML parser can end early.

use std::fmt::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::render::picture::ThemeChoice;
use crate::render::text::{cut, xml};

/// What every page of ours looks like: colours in both themes, type, buttons, tables.
const BASE_CSS: &str = include_str!("page.css");
/// Most characters of a page's title.
const TITLE_LIMIT: usize = 200;

/// What stands in a page.
#[derive(Clone, Copy, Default, Debug)]
pub struct Page<'a> {
    /// For the window; any text.
    pub title: &'a str,
    /// Light, dark, or what the reader's system prefers.
    pub theme: ThemeChoice,
    /// Markup between `<body>` and `</body>`, made by us: texts in it are escaped already.
    pub body: &'a str,
    /// Further style sheets, behind the one of every page.
    pub styles: &'a [&'a str],
    /// Scripts, run in this order when the body is there.
    pub scripts: &'a [&'a str],
    /// For the scripts: `JSON.parse(document.getElementById(ID).textContent)`. The id is ours, the value any data.
    pub data: &'a [(&'a str, &'a Value)],
}

/// Writes the page. Linear.
///
/// `style` attributes and `on…` handlers in the body have no effect: the policy forbids them. Presentation attributes of
/// SVG, classes and `element.style` from a script work.
pub fn page(page: &Page<'_>) -> String {
    let title = xml(&cut(page.title, TITLE_LIMIT));
    let theme = match page.theme {
        ThemeChoice::Auto => "auto",
        ThemeChoice::Light => "light",
        ThemeChoice::Dark => "dark",
    };
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    line("<!DOCTYPE html>");
    line(&format!(r#"<html lang="en" data-theme="{theme}">"#));
    line("<head>");
    line(r#"<meta charset="utf-8">"#);
    line(&format!(r#"<meta http-equiv="Content-Security-Policy" content="{}">"#, policy(page)));
    line(r#"<meta name="viewport" content="width=device-width, initial-scale=1">"#);
    line(r#"<meta name="color-scheme" content="light dark">"#);
    line(&format!("<title>{title}</title>"));
    for style in [BASE_CSS].iter().chain(page.styles) {
        line(&format!("<style>{style}</style>"));
    }
    line("</head>");
    line("<body>");
    line(page.body);
    for (id, value) in page.data {
        line(&format!(r#"<script type="application/json" id="{id}">{}</script>"#, json(value)));
    }
    for script in page.scripts {
        line(&format!("<script>{script}</script>"));
    }
    line("</body>");
    line("</html>");
    out
}

/// Nothing but these styles and scripts; `data:` pictures, for what a report may carry.
fn policy(page: &Page<'_>) -> String {
    let mut out = String::from("default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:");
    let mut allow = |what: &str, texts: &mut dyn Iterator<Item = &&str>| {
        let hashes: String = texts.map(|text| format!(" '{}'", hash(text))).collect();
        let hashes = if hashes.is_empty() { " 'none'".to_owned() } else { hashes };
        write!(out, "; {what}{hashes}").expect("writing to a string cannot fail");
    };
    allow("style-src", &mut [BASE_CSS].iter().chain(page.styles));
    allow("script-src", &mut page.scripts.iter());
    out
}

/// As the policy names a text: the text's bytes as they stand between the tags.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(Sha256::digest(text)))
}

/// JSON that is safe between `<script>` and `</script>`: no `<` that could end it or open a comment, and no line
/// separator that older JavaScript takes for the end of a line. Parsed, it is the same value.
pub fn json(value: &Value) -> String {
    let text = value.to_string();
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            // These stand only within JSON's strings.
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                write!(out, "\\u{:04x}", u32::from(letter)).expect("writing to a string cannot fail");
            }
            letter => out.push(letter),
        }
    }
    out
}

/// Puts texts into the places `{{name}}` of a template of ours, each once, in one pass: a text that reads like a place
/// stays as it is.
///
/// # Panics
/// If the template has a place for which there is no text: a mistake in the template.
pub fn fill(template: &str, texts: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").expect("a place ends in }}");
        let text = texts.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        out.push_str(before);
        out.push_str(text.expect("every place of the template has a text"));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_between_script_tags_ends_nowhere_and_is_the_same_value() {
        let value = json!({"a": "</script><!--<script>", "b": "\u{2028}\u{2029}&lt;", "\"": [1.5, null, "é"]});
        let text = json(&value);
        assert!(!text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn the_policy_names_every_style_and_script_and_nothing_else() {
        let given = Page { styles: &["b{}"], scripts: &["1", "2"], ..Page::default() };
        let text = policy(&given);
        assert!(text.starts_with("default-src 'none';") && !text.contains("unsafe"), "{text}");
        assert_eq!(text.matches("'sha256-").count(), 4, "{text}");
        // Known from: printf 1 | openssl dgst -sha256 -binary | base64
        assert!(text.contains("'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"), "{text}");
        assert!(policy(&Page::default()).contains("script-src 'none'"));
    }

    #[test]
    fn a_place_is_filled_once_and_never_twice() {
        assert_eq!(fill("a{{x}}b{{y}}c", &[("x", "{{y}}"), ("y", "2")]), "a{{y}}b2c");
    }

    #[test]
    fn a_title_of_any_text_stays_text() {
        let text = page(&Page { title: "</title><script>alert(1)</script>\u{0}", ..Page::default() });
        assert!(!text.contains("<script>") && text.contains("&lt;/title&gt;"), "{text}");
    }
}
