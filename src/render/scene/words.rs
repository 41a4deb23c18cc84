//! The sentences around a picture: the question, the answer, how complete it is.

use super::PictureOptions;
use crate::analysis::neighbourhood::{Content, Direction, Neighbourhood, Node};
use crate::cpython::label::{object_detail, object_title, short_type};
use crate::cpython::plain::{PlainTypes, plain_attributes};
use crate::render::text::{clean, cut, grouped};
use crate::snapshot::{ObjectId, Snapshot};

/// Most characters of an object's name in the question.
const NAME_LIMIT: usize = 60;
/// A value longer than this says too much for a question.
const VALUE_LIMIT: usize = 36;
/// Attributes looked through for one.
const ATTRIBUTES: usize = 4;

/// `Why is Session 'user-7' alive?`, `What does Cache hold?`.
pub(super) fn question(snapshot: &Snapshot, types: &PlainTypes, neighbourhood: &Neighbourhood) -> String {
    let (one, what) = match neighbourhood.asked.as_slice() {
        [only] => (true, name(snapshot, types, *only)),
        asked => (false, names(snapshot, asked)),
    };
    match (neighbourhood.direction, one) {
        (Direction::Backrefs, true) => format!("Why is {what} alive?"),
        (Direction::Backrefs, false) => format!("Why are {what} alive?"),
        (Direction::Refs, true) => format!("What does {what} hold?"),
        (Direction::Refs, false) => format!("What do {what} hold?"),
    }
}

/// The type, and the value where the object has one that can stand in a sentence.
fn name(snapshot: &Snapshot, types: &PlainTypes, id: ObjectId) -> String {
    let title = object_title(snapshot, id);
    let detail = object_detail(snapshot, id);
    let is_value = |text: &&str| text.parse::<f64>().is_ok() || text.starts_with(['\'', '"']);
    let own = detail.as_deref().filter(is_value).map(str::to_owned);
    // A string tells an object from its like whichever attribute it is; a number only with the attribute's name.
    let value = own.or_else(|| {
        let lines = plain_attributes(snapshot, types, id, ATTRIBUTES).lines;
        let pairs: Vec<(&str, &str)> = lines.iter().filter_map(|line| line.split_once(" = ")).collect();
        let short = |(_, value): &&(&str, &str)| value.chars().count() <= VALUE_LIMIT;
        let string = |pair: &&(&str, &str)| pair.1.starts_with(['\'', '"']) && pair.1.len() > 2;
        let number = |pair: &&(&str, &str)| pair.0.trim_start_matches('_') == "id";
        let found = pairs.iter().filter(short).find(string).map(|(_, value)| (*value).to_owned());
        found.or_else(|| pairs.iter().find(number).map(|(name, value)| format!("with {name} {value}")))
    });
    match value {
        Some(value) => cut(&format!("{title} {value}"), NAME_LIMIT),
        None => cut(&title, NAME_LIMIT),
    }
}

fn names(snapshot: &Snapshot, asked: &[ObjectId]) -> String {
    let types = asked.iter().map(|id| short_type(snapshot.objects().type_name(*id)));
    let mut distinct: Vec<&str> = types.collect();
    distinct.sort_unstable();
    distinct.dedup();
    let count = grouped(asked.len() as u64);
    match distinct.as_slice() {
        [only] => cut(&format!("{count} {only} objects"), NAME_LIMIT),
        _ => format!("{count} objects"),
    }
}

/// `8 objects within 3 references, and 30 more on cards.`
pub(super) fn within(neighbourhood: &Neighbourhood) -> String {
    let shown = |node: &Node| match &node.content {
        Content::Object(_) => usize::from(!node.asked),
        Content::Steps(steps) => steps.count as usize,
        Content::More(_) => 0,
    };
    let count = neighbourhood.nodes.iter().map(shown).sum();
    let object = if count == 1 { "object" } else { "objects" };
    let reference = if neighbourhood.max_depth == 1 { "reference" } else { "references" };
    let depth = number_word(neighbourhood.max_depth as usize).to_lowercase();
    // Others that were asked for are on a card as well, at no distance.
    let on_card = |node: &Node| match &node.content {
        Content::More(more) if !more.fellows => more.count,
        _ => 0,
    };
    let cards = match neighbourhood.nodes.iter().map(on_card).sum() {
        0 => String::new(),
        collapsed => format!(", and {} more on cards", grouped(collapsed)),
    };
    format!("{} {object} within {depth} {reference}{cards}.", number_word(count))
}

/// At the beginning of a sentence: a word up to twelve.
pub(super) fn number_word(number: usize) -> String {
    const WORDS: [&str; 13] =
        ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"];
    WORDS.get(number).map_or_else(|| grouped(number as u64), |word| (*word).to_owned())
}

/// `depth 3 complete · app.parquet · pid 4711 · Python 3.12.1`. Never the time of drawing: same picture, same bytes.
pub(super) fn foot(snapshot: &Snapshot, neighbourhood: &Neighbourhood, options: &PictureOptions<'_>) -> String {
    let depth = neighbourhood.max_depth;
    let mut parts = Vec::new();
    match neighbourhood.left_out.not_followed {
        0 => parts.push(format!("depth {depth} complete")),
        1 => parts.push(format!("cut at depth {depth}: 1 object not followed")),
        count => parts.push(format!("cut at depth {depth}: {} objects not followed", grouped(count))),
    }
    let filtered = neighbourhood.left_out.filtered;
    parts.extend((filtered > 0).then(|| format!("{} filtered out", grouped(filtered))));
    parts.extend(origin(snapshot, options.source));
    parts.join(" · ")
}

/// Where a picture comes from: `app.parquet`, `pid 4711`, `Python 3.12.1`.
pub(crate) fn origin(snapshot: &Snapshot, source: Option<&str>) -> Vec<String> {
    let metadata = snapshot.metadata();
    let pid = metadata.pid.map(|pid| format!("pid {pid}"));
    let python = metadata.python.as_ref().map(|version| clean(&format!("Python {version}")));
    [source.map(|source| cut(source, NAME_LIMIT)), pid, python].into_iter().flatten().collect()
}
