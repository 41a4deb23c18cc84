//! Tables of a report.

use crate::analysis::census::TypeCount;
use crate::render::table::Sizes;
use crate::render::text::{bytes, cut, grouped, xml};

/// Most characters of a type's name.
const NAME: usize = 120;

/// A table: heads with whether their columns hold numbers, and rows of texts.
pub(super) fn table(heads: &[(&str, bool)], rows: &[Vec<String>]) -> String {
    let class = |number: bool| if number { r#" class="number""# } else { "" };
    let head: String = heads.iter().map(|(head, number)| format!("<th{}>{}</th>", class(*number), xml(head))).collect();
    let row = |row: &Vec<String>| {
        let cells = row.iter().zip(heads);
        let cells: String =
            cells.map(|(cell, (_, number))| format!("<td{}>{}</td>", class(*number), xml(cell))).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let rows: String = rows.iter().map(row).collect();
    format!("<table><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table>\n")
}

/// Types with their numbers, at most `most`; what they retain where that is known.
pub(super) fn types(types: &[TypeCount], most: usize, sizes: Sizes) -> String {
    let size = |number: u64| match sizes {
        Sizes::Human => bytes(number),
        Sizes::Exact => grouped(number),
    };
    let retained = types.iter().any(|one| one.retained.is_some());
    let mut heads = vec![("count", true), ("bytes", true)];
    heads.extend(retained.then_some(("retained", true)));
    heads.push(("type", false));
    let row = |one: &TypeCount| {
        let mut row = vec![grouped(one.count), size(one.bytes)];
        row.extend(one.retained.map(size));
        row.push(cut(&one.type_name, NAME));
        row
    };
    table(&heads, &types.iter().take(most).map(row).collect::<Vec<_>>())
}
