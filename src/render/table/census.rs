//! `types`.

use super::{CELL, Columns, Sizes};
use crate::analysis::census::Census;
use crate::render::text::{cut, grouped};

/// Types in the report's order, with a line of totals. `limit` cuts the rows; 0 is all.
pub fn census(census: &Census, limit: usize, sizes: Sizes) -> String {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let with_retained = census.types.iter().any(|one| one.retained.is_some());
    let heads = [("objects", true), ("bytes", true), ("retained", true), ("type", false)];
    let shown = |column: &usize| with_retained || *column != 2;
    let heads: Vec<(&str, bool)> = (0..heads.len()).filter(shown).map(|column| heads[column]).collect();
    let mut columns = Columns::new(&heads);
    let mut row = |count: u64, bytes: u64, retained: String, what: String| {
        let cells = [grouped(count), sizes.write(bytes), retained, what];
        columns.rows.push(cells.into_iter().enumerate().filter(|(at, _)| shown(at)).map(|(_, cell)| cell).collect());
    };
    for one in census.types.iter().take(limit) {
        let retained = one.retained.map(|bytes| sizes.write(bytes)).unwrap_or_default();
        row(one.count, one.bytes, retained, cut(&one.type_name, CELL));
    }
    let hidden = census.types.len().saturating_sub(limit);
    let all = match hidden {
        0 => format!("in all, {} types", grouped(census.types.len() as u64)),
        hidden => format!("in all, with {} more types", grouped(hidden as u64)),
    };
    row(census.objects, census.bytes, String::new(), all);
    columns.write(false)
}
