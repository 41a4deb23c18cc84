//! The DOT text of objgraph 3.7.0, statement by statement, so that the two can be laid side by side.

use std::fmt::Write;

use foldhash::HashMap;

use crate::analysis::neighbourhood::{Content, Direction, Edge, Neighbourhood};
use crate::render::scene::ObjgraphNode;
use crate::snapshot::ReferenceKind;

/// Graphviz reads no longer token.
const LONGEST: usize = 8_000;

/// Writes the nodes in their order, each followed by the edges that were found at it.
pub(crate) fn write(nodes: &[ObjgraphNode], neighbourhood: &Neighbourhood) -> String {
    let mut out = String::from("digraph ObjectGraph {\n  node[shape=box, style=filled, fillcolor=white];\n");
    compose(&mut out, nodes, neighbourhood).expect("writing to a string cannot fail");
    out.push_str("}\n");
    out
}

fn compose(out: &mut String, nodes: &[ObjgraphNode], neighbourhood: &Neighbourhood) -> std::fmt::Result {
    for node in nodes.iter().filter(|node| node.asked) {
        writeln!(out, "  {}[fontcolor=red];", node.id)?;
    }
    let (found_at, rest_of) = (found_at(neighbourhood), rest_of(neighbourhood));
    let mut fills = HashMap::default();
    for (at, node) in nodes.iter().enumerate().filter(|(_, node)| !node.is_rest) {
        // There are no more fills than levels, of three kinds; to print one takes longer than the rest of a node.
        let fill = fills.entry(node.fill.map(f64::to_bits)).or_insert_with(|| fill_text(node.fill));
        write_node(out, node, fill)?;
        for &edge in &found_at[at] {
            write_edge(out, nodes, &neighbourhood.edges[edge])?;
        }
        if let Some(rest) = rest_of[at] {
            write_rest(out, node, &nodes[rest], neighbourhood.direction)?;
        }
    }
    Ok(())
}

/// For every node the card that counts what was too many at it.
fn rest_of(neighbourhood: &Neighbourhood) -> Vec<Option<usize>> {
    let mut rest = vec![None; neighbourhood.nodes.len()];
    for (at, node) in neighbourhood.nodes.iter().enumerate() {
        if let Content::More(more) = &node.content {
            rest[more.of] = Some(at);
        }
    }
    rest
}

/// For every node the edges that were found while it was expanded, in order. Those of the counted rest are written
/// apart.
fn found_at(neighbourhood: &Neighbourhood) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new(); neighbourhood.nodes.len()];
    let is_rest = |node: usize| matches!(neighbourhood.nodes[node].content, Content::More(_));
    for (at, edge) in neighbourhood.edges.iter().enumerate() {
        if is_rest(edge.from) || is_rest(edge.to) {
            continue;
        }
        let node = match neighbourhood.direction {
            Direction::Refs => edge.from,
            Direction::Backrefs => edge.to,
        };
        found[node].push(at);
    }
    found
}

/// Hue, saturation and value, as objgraph prints them.
fn fill_text(fill: [f64; 3]) -> String {
    fill.map(general).join(",")
}

fn write_node(out: &mut String, node: &ObjgraphNode, fill: &str) -> std::fmt::Result {
    let id = &node.id;
    writeln!(out, "  {id}[label=\"{}\"];", quote(&node.label.join("\n")))?;
    writeln!(out, "  {id}[fillcolor=\"{fill}\"];")?;
    if node.white_text() {
        writeln!(out, "  {id}[fontcolor=white];")?;
    }
    if node.has_del {
        writeln!(out, "  {id}->{id}_has_a_del[color=red,style=dotted,len=0.25,weight=10];")?;
        writeln!(
            out,
            "  {id}_has_a_del[label=\"__del__\",shape=doublecircle,height=0.25,color=red,fillcolor=\"0,.5,1\",fontsize=6];"
        )?;
    }
    Ok(())
}

fn write_edge(out: &mut String, nodes: &[ObjgraphNode], edge: &Edge) -> std::fmt::Result {
    let (from, to) = (&nodes[edge.from].id, &nodes[edge.to].id);
    let link = edge.references.first();
    let attributes = match link.and_then(|link| link.label.as_deref().map(|label| (label, link.kind))) {
        // Keys of a dict: names weigh 2, others nothing; names of fields weigh 10.
        Some((label, ReferenceKind::Key | ReferenceKind::DictKey)) if is_typed(label) => {
            format!(" [label=\"{}\"]", quote(label))
        }
        Some((label, ReferenceKind::Key | ReferenceKind::DictKey)) => format!(" [label=\"{}\",weight=2]", quote(label)),
        Some((label, _)) => format!(" [label=\"{}\",weight=10]", quote(label)),
        None => String::new(),
    };
    writeln!(out, "  {from} -> {to}{attributes};")
}

/// Whether a key is told by its type and its text. The name of a key may end in a line break, by objgraph's pattern.
fn is_typed(label: &str) -> bool {
    label.strip_suffix('\n').unwrap_or(label).contains('\n')
}

fn write_rest(out: &mut String, node: &ObjgraphNode, rest: &ObjgraphNode, direction: Direction) -> std::fmt::Result {
    let (id, rest_id) = (&node.id, &rest.id);
    match direction {
        Direction::Refs => write!(out, "  {id}->{rest_id}")?,
        Direction::Backrefs => write!(out, "  {rest_id}->{id}")?,
    }
    writeln!(out, "[color=red,style=dotted,len=0.25,weight=10];")?;
    let fill = fill_text(rest.fill);
    writeln!(
        out,
        "  {rest_id}[label=\"{}\",shape=box,height=0.25,color=red,fillcolor=\"{fill}\",fontsize=6];",
        quote(&rest.label.join("\n"))
    )?;
    writeln!(out, "  {rest_id}[fontcolor=white];")
}

/// objgraph's own quoting: other control characters and all of Unicode stay as they are.
fn quote(text: &str) -> String {
    let end = if text.len() <= LONGEST / 4 { None } else { text.char_indices().nth(LONGEST / 4) };
    let cut = end.map_or(text, |(at, _)| &text[..at]);
    let mut out = String::with_capacity(cut.len() + 2);
    for letter in cut.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\0' => out.push_str("\\\\0"),
            letter => out.push(letter),
        }
    }
    out
}

/// A number as C's `%g` prints it.
fn general(value: f64) -> String {
    let scientific = format!("{value:.5e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trim = |text: &str| {
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
        text.to_owned()
    };
    if (-4..6).contains(&exponent) {
        let decimals = usize::try_from(5 - exponent).unwrap_or(0);
        return trim(&format!("{value:.decimals$}"));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trim(digits), exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_percent_g() {
        // Expected values as Python's '%g' prints them.
        let cases = [
            (1.0, "1"),
            (0.0, "0"),
            (1.0 * (1.0 - 1.0 / 3.0) + 0.3 * (1.0 / 3.0), "0.766667"),
            (1.0 * (1.0 - 2.0 / 3.0) + 0.3 * (2.0 / 3.0), "0.533333"),
            (0.3, "0.3"),
            (0.883_333_333, "0.883333"),
            (0.000_012_34, "1.234e-05"),
            (123_456_789.0, "1.23457e+08"),
            (100_000.0, "100000"),
        ];
        for (value, expected) in cases {
            assert_eq!(general(value), expected);
        }
    }

    #[test]
    fn quoting_is_objgraphs() {
        assert_eq!(quote("a\\b\"c\nd\0e\u{1}"), "a\\\\b\\\"c\\nd\\\\0e\u{1}");
    }
}
