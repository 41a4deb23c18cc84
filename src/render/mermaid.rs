//! Mermaid's flowchart language, which GitHub, GitLab and many wikis draw where text is written.

use std::fmt::Write;

use super::picture::Picture;
use super::scene::{BoxRole, EdgeRole, Look, Scene, SceneBox};
use super::style::{BoxPaint, Theme};
use super::text::grouped;

/// What Mermaid draws unless it is configured, which a page on GitHub cannot: lines, and characters of source.
const MOST_EDGES: usize = 500;
const MOST_TEXT: usize = 50_000;

/// Writes a scene as a flowchart. Boxes are classes by what they stand for; names on lines are stacked. Linear.
///
/// Notices say where Mermaid's usual limits are passed: it draws an error instead of the picture then.
pub fn write(scene: &Scene, theme: &Theme) -> Picture {
    let (scene, mut out) = (scene.drawable(), String::new());
    compose(&scene, theme, &mut out).expect("writing to a string cannot fail");
    let limits = [
        (scene.edges.len() > MOST_EDGES, scene.edges.len(), MOST_EDGES, "lines"),
        (out.chars().count() > MOST_TEXT, out.chars().count(), MOST_TEXT, "characters"),
    ];
    let notice = |(_, found, most, what): (bool, usize, usize, &str)| {
        let [found, most] = [found, most].map(|number| grouped(number as u64));
        format!(
            "{found} {what}: Mermaid, on GitHub for one, draws at most {most}; a smaller --too-many or --max-depth helps"
        )
    };
    let notices = limits.into_iter().filter(|limit| limit.0).map(notice).collect();
    Picture { bytes: out.into_bytes(), size: None, notices }
}

fn compose(scene: &Scene, theme: &Theme, out: &mut String) -> std::fmt::Result {
    if let Some(title) = &scene.title {
        // A JSON string is a YAML string.
        writeln!(out, "---\ntitle: {}\n---", serde_json::Value::from(title.as_str()))?;
    }
    writeln!(out, "flowchart {}", if scene.top_down { "TD" } else { "LR" })?;
    let classes = Classes::of(scene, theme);
    for (at, one) in scene.boxes.iter().enumerate() {
        let (open, close) = if matches!(one.role, BoxRole::Root | BoxRole::Steps) { ("([", "])") } else { ("[", "]") };
        let lines: Vec<String> = one.lines.iter().map(|line| escaped(&line.text)).collect();
        writeln!(out, "  n{at}{open}\"{}\"{close}:::{}", lines.join("<br>"), classes.of_box[at])?;
    }
    for edge in &scene.edges {
        let line = match edge.role {
            EdgeRole::Path => "==>",
            EdgeRole::Weak | EdgeRole::Collapsed | EdgeRole::Pseudo => "-.->",
            EdgeRole::Cycle | EdgeRole::Plain => "-->",
        };
        let names: Vec<String> = edge.label.iter().map(|name| escaped(name)).collect();
        let label = if names.is_empty() { String::new() } else { format!("|\"{}\"|", names.join("<br>")) };
        writeln!(out, "  n{} {line}{label} n{}", edge.from, edge.to)?;
    }
    for (name, paint) in &classes.paints {
        let dash = paint.dash.map(|dash| format!(",stroke-dasharray:{dash}")).unwrap_or_default();
        let BoxPaint { fill, border, width, title, .. } = paint;
        writeln!(out, "  classDef {name} fill:{fill},stroke:{border},stroke-width:{width}px,color:{title}{dash}")?;
    }
    Ok(())
}

/// Boxes that are painted alike are of one class.
struct Classes {
    paints: Vec<(String, BoxPaint)>,
    of_box: Vec<String>,
}

impl Classes {
    fn of(scene: &Scene, theme: &Theme) -> Self {
        let mut classes = Classes { paints: Vec::new(), of_box: Vec::new() };
        for one in &scene.boxes {
            let paint = theme.paint_of(one);
            let known = classes.paints.iter().find(|(_, known)| *known == paint).map(|(name, _)| name.clone());
            let name = known.unwrap_or_else(|| {
                let name = class_name(scene.look, one, classes.paints.len());
                classes.paints.push((name.clone(), paint));
                name
            });
            classes.of_box.push(name);
        }
        classes
    }
}

fn class_name(look: Look, one: &SceneBox, nth: usize) -> String {
    match one.role {
        _ if look == Look::Objgraph => format!("colour{nth}"),
        _ if one.asked => "asked".to_owned(),
        _ if one.highlighted => format!("highlighted{nth}"),
        BoxRole::Instance => "instance".to_owned(),
        BoxRole::Container => "container".to_owned(),
        BoxRole::Code => "code".to_owned(),
        BoxRole::Root => "root".to_owned(),
        BoxRole::Card => "card".to_owned(),
        BoxRole::Steps => "steps".to_owned(),
        BoxRole::Graded { .. } => format!("colour{nth}"),
    }
}

/// Text between quotation marks. Whatever Mermaid, its Markdown or HTML could take for a sign goes as a number, which it
/// puts back where text is drawn. Three signs it still sees then, `\n`, `$$` and `fa:fa-`: a space of no width parts them.
fn escaped(text: &str) -> String {
    let (mut out, mut last) = (String::with_capacity(text.len()), ' ');
    for letter in text.chars() {
        if matches!((last, letter), ('\\', 'n') | ('$', '$') | (':', 'f')) {
            out.push_str("#8203;");
        }
        last = letter;
        match letter {
            letter if letter.is_alphanumeric() || !letter.is_ascii() => out.push(letter),
            ' ' | '.' | ',' | '(' | ')' | '[' | ']' | '\'' | '/' | '=' | '_' | '-' => out.push(letter),
            letter => write!(out, "#{};", u32::from(letter)).expect("writing to a string cannot fail"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sign_of_mermaids_is_left_in_a_text() {
        let text = escaped("a\"b #c; <d> &e; `f` {h} |i| %j% style:k$ 日本 -_");
        let left: String = text.chars().filter(|letter| "\"<>`{}|%:$&".contains(*letter)).collect();
        assert_eq!(left, "", "{text}");
        assert!(text.starts_with("a#34;b #35;c#59; #60;d#62;") && text.ends_with("日本 -_"), "{text}");
    }
}
