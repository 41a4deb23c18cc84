//! From the text of a reference to references: an OBJECT and, last, the name by which it refers: `Child.parent`.

use super::{by_type, nearest, select};
use crate::cpython::fold::leads_to_own_dict;
use crate::cpython::label::builtin_type_of;
use crate::cpython::repr::str_repr;
use crate::error::{Error, Result};
use crate::graph::Marks;
use crate::snapshot::{ObjectId, Reference, ReferenceId, ReferenceKind, Snapshot};
use ReferenceKind::{Attribute, Closure, DictKey, Global, Internal, Item, Key, Local};

/// Finds the references that `text` means: any OBJECT that [`select`] knows, a type name for all its instances, and
/// behind it one or more steps `.name`, `['k']` or `[]`, of which the last is the reference. In row order, each once;
/// at least one.
///
/// `.name` is an attribute, wherever the object keeps it: inline, in a slot, as an entry of its own `__dict__`. `[]` is
/// every position of a list and every entry of a dict. Of an object with several references of that name it is all of
/// them. Linear in the heap for each step.
///
/// ```
/// use heapgraph::analysis::select::references;
/// use heapgraph::testkit::sketch;
/// let heap = sketch("a:app.Child > p.parent; b:app.Child > d.__dict__; d:dict > p['parent']; p > l.all; l:list > a, b");
/// assert_eq!(references(&heap, "Child.parent")?.len(), 2);
/// assert_eq!(references(&heap, "Child.parent.all[]")?.len(), 2);
/// # Ok::<(), heapgraph::Error>(())
/// ```
///
/// # Errors
/// No such object, or none of them has such a reference: with the nearest names that there are.
pub fn references(snapshot: &Snapshot, text: &str) -> Result<Vec<ReferenceId>> {
    let steps = steps(text);
    let Some((&last, _)) = steps.split_last() else {
        return Err(Error::invalid(format!("expected an OBJECT and the name of a reference, found {text}"))
            .with_hint("Child.parent, app.cache['k'] or Session.items[]"));
    };
    let (mut holders, first) = match start(snapshot, text, &steps) {
        Some(found) => found,
        None => (select(snapshot, &text[..last])?.ids, steps.len() - 1),
    };
    holders.retain(|id| !snapshot.objects().is_synthetic(*id));
    for (number, &at) in steps.iter().enumerate().skip(first) {
        let end = steps.get(number + 1).copied().unwrap_or(text.len());
        let step = Step::new(&text[at..end]);
        let mut seen = Marks::none(snapshot.objects().len());
        let all = holders.iter().flat_map(|id| step.references(snapshot, *id, &mut seen));
        let mut found: Vec<Reference<'_>> = all.collect();
        if found.is_empty() {
            return Err(nearest::at_step(snapshot, &holders, text, at, None));
        }
        if end == text.len() {
            found.sort_by_key(|reference| reference.id);
            found.dedup_by_key(|reference| reference.id);
            return Ok(found.iter().map(|reference| reference.id).collect());
        }
        holders = found.iter().map(|reference| reference.target).collect();
        holders.sort_unstable();
        holders.dedup();
    }
    Ok(Vec::new())
}

/// The objects that a text begins with, and the number of the first step behind them: the longest type name, else the
/// longest path.
fn start(snapshot: &Snapshot, text: &str, steps: &[usize]) -> Option<(Vec<ObjectId>, usize)> {
    let prefixes = || steps.iter().enumerate().rev().map(|(number, at)| (&text[..*at], number));
    let types = prefixes().find_map(|(prefix, number)| Some((by_type(snapshot, prefix)?.ok()?.ids, number)));
    types.or_else(|| prefixes().find_map(|(prefix, number)| Some((select(snapshot, prefix).ok()?.ids, number))))
}

/// Where each step begins: a dot, or a bracket with all up to the one that closes it. What stands in front of the
/// first is the name of a type or module.
pub(super) fn steps(text: &str) -> Vec<usize> {
    let (mut starts, mut depth) = (Vec::new(), 0u32);
    let mut quote = None;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (Some(_), '\\') => drop(characters.next()),
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') if depth > 0 => quote = Some(character),
            (None, '.') if depth == 0 => starts.push(at),
            (None, '[') => {
                if depth == 0 {
                    starts.push(at);
                }
                depth += 1;
            }
            (None, ']') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
    }
    starts
}

/// How an object refers to another one.
enum Step<'t> {
    /// `.parent`
    Name(&'t str),
    /// `['k']`, `[3]`
    Entry(&'t str),
    /// `[]`
    Entries,
}

impl<'t> Step<'t> {
    fn new(text: &'t str) -> Self {
        match text.strip_prefix('.') {
            Some(name) => Step::Name(name),
            None => match text.trim_start_matches('[').trim_end_matches(']') {
                "" => Step::Entries,
                // One bracket at each end, however many the key's repr has.
                _ => Step::Entry(text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text)),
            },
        }
    }

    /// The references that an object has by this step, but for those of own `__dict__`s that are `seen`: many instances
    /// may share one.
    fn references<'s>(&self, snapshot: &'s Snapshot, holder: ObjectId, seen: &mut Marks) -> Vec<Reference<'s>> {
        let of = |kinds: &[ReferenceKind], wanted: &dyn Fn(&Reference<'_>) -> bool| -> Vec<Reference<'s>> {
            let all = snapshot.references().of(holder);
            all.filter(|found| kinds.contains(&found.kind()) && wanted(found)).collect()
        };
        match self {
            Step::Entries => of(&[Item, Key, DictKey], &|_| true),
            Step::Name("cell_contents") if builtin_type_of(snapshot, holder) == Some("cell") => {
                of(&[Closure], &|_| true)
            }
            Step::Name(name) => {
                let mut found = of(&[Attribute, Internal, Global, Closure, Local], &|found| found.name == Some(*name));
                let repr = str_repr(name);
                let dicts = of(&[Attribute], &leads_to_own_dict);
                let new = dicts.iter().filter(|dict| seen.insert(dict.target.get()));
                let entries = new.flat_map(|dict| snapshot.references().of(dict.target));
                found.extend(entries.filter(|entry| entry.kind() == Key && entry.name == Some(repr.as_str())));
                found
            }
            Step::Entry(key) => {
                // A key is written as Python does, whichever quotes the user took.
                let unquoted = key.strip_prefix(['\'', '"']).and_then(|rest| rest.strip_suffix(['\'', '"']));
                let repr = unquoted.map(str_repr);
                let found =
                    of(&[Key], &|found| found.name == Some(*key) || repr.is_some() && found.name == repr.as_deref());
                if found.is_empty() { self.item(snapshot, holder).into_iter().collect() } else { found }
            }
        }
    }

    /// The item at a position, where that is what stands in the brackets.
    fn item<'s>(&self, snapshot: &'s Snapshot, holder: ObjectId) -> Option<Reference<'s>> {
        let Step::Entry(position) = self else { return None };
        let mut items = snapshot.references().of(holder).filter(|found| found.kind() == Item);
        items.nth(position.parse().ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_begin_at_dots_and_brackets_outside_of_keys() {
        let parts = |text: &'static str| -> Vec<&str> {
            let starts = steps(text);
            let ends = starts.iter().skip(1).copied().chain([text.len()]);
            starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect()
        };
        assert_eq!(parts("app.cache['a.b[0]'].x"), [".cache", "['a.b[0]']", ".x"]);
        assert_eq!(parts(r#"d["it's"][(1, [2])][]"#), [r#"["it's"]"#, "[(1, [2])]", "[]"]);
        assert_eq!(parts("app.f.<locals>.Node.next"), [".f", ".<locals>", ".Node", ".next"]);
        assert_eq!(parts("0x7f00"), [""; 0]);
        assert_eq!(parts("d['open"), ["['open"]);
    }
}
