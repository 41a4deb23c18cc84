//! What to call objects and references: type names, titles, and what tells an object from its like.

use super::attribute;
use super::fold::Folded;
use super::repr::str_repr;
use crate::snapshot::{Flags, ObjectId, Reference, ReferenceKind, RootKind, Snapshot};

/// The last part of a long type name: `Session` of `app.Session` and of `app.make.<locals>.Session`.
///
/// This is the class's `__name__`. Names in angle brackets, of rows that stand for roots, stay whole.
pub fn short_type(long: &str) -> &str {
    if long.starts_with('<') { long } else { long.rsplit('.').next().unwrap_or(long) }
}

/// The name of a builtin type: `dict` of `builtins.dict`, and of a bare `dict` in a heap written by hand.
pub fn builtin_type(long: &str) -> Option<&str> {
    let bare = long.strip_prefix("builtins.").unwrap_or(long);
    (!bare.contains('.') && !bare.starts_with('<')).then_some(bare)
}

/// The same of an object's type.
pub fn builtin_type_of(snapshot: &Snapshot, id: ObjectId) -> Option<&str> {
    builtin_type(snapshot.objects().type_name(id))
}

/// Whether a long type name is that of the builtin module type.
pub fn is_module_type(long: &str) -> bool {
    builtin_type(long) == Some("module")
}

/// Whether the object is of the builtin module type.
pub fn is_module(snapshot: &Snapshot, id: ObjectId) -> bool {
    is_module_type(snapshot.objects().type_name(id))
}

/// Whether the object is a class.
pub fn is_class(snapshot: &Snapshot, id: ObjectId) -> bool {
    snapshot.objects().flags(id).contains(Flags::CLASS)
}

/// The text of a row that stands for a root, without its angle brackets: `frame app.py:42 handle`.
pub fn root_words(snapshot: &Snapshot, id: ObjectId) -> &str {
    let text = snapshot.texts().text(id).unwrap_or_else(|| snapshot.objects().type_name(id));
    text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text)
}

/// What an object is, in a few words: `Session`, `dict`, `function on_close`, `class Session`, `module app`,
/// `frame app.py:42 handle`, `held outside Python`. Never empty, no address.
pub fn object_title(snapshot: &Snapshot, id: ObjectId) -> String {
    if snapshot.objects().is_synthetic(id) {
        return root_words(snapshot, id).to_owned();
    }
    let long = snapshot.objects().type_name(id);
    let word = match builtin_type(long) {
        _ if is_class(snapshot, id) => "class",
        Some("module") => "module",
        Some("function" | "builtin_function_or_method") => "function",
        Some("method") => "method",
        Some("code") => "code",
        _ => return short_type(long).to_owned(),
    };
    let named = if word == "method" { attribute::own(snapshot, id, "__func__").unwrap_or(id) } else { id };
    let Some(name) = snapshot.texts().text(named) else {
        return word.to_owned();
    };
    let name = match word {
        "module" => name,
        "class" => short_type(name),
        // Of `shop.<locals>.on_close` the last part: the place says the rest.
        _ => name.rsplit("<locals>.").next().unwrap_or(name),
    };
    format!("{word} {name}")
}

/// Whether a function is a lambda, by its `__name__` or `__qualname__`.
pub fn is_lambda(snapshot: &Snapshot, function: ObjectId) -> bool {
    snapshot.texts().text(function).is_some_and(|name| name.ends_with("<lambda>"))
}

/// What tells an object from others of its type: `40,012 items`, `'user-7'`, `user = 'user-7'`, `app.py:12`,
/// `2 attributes`. `None` where nothing does. Looks at the object's own references only, and at few of them.
pub fn object_detail(snapshot: &Snapshot, id: ObjectId) -> Option<String> {
    let texts = snapshot.texts();
    if snapshot.objects().is_synthetic(id) {
        return thread_of(snapshot, id);
    }
    if is_class(snapshot, id) {
        return None;
    }
    match builtin_type_of(snapshot, id) {
        Some("module" | "method" | "code" | "builtin_function_or_method") => return None,
        Some("function") => return function_place(snapshot, id),
        Some("str" | "bytes" | "bytearray" | "int" | "float" | "bool" | "complex") => return value(snapshot, id),
        _ => {}
    }
    if let Some(length) = texts.length(id) {
        return Some(counted(length, "item"));
    }
    texts.text(id).map(str::to_owned).or_else(|| attributes(snapshot, id))
}

/// The value of a string or number, as Python prints it; `…` where the text was cut at capture.
fn value(snapshot: &Snapshot, id: ObjectId) -> Option<String> {
    let (text, length) = (snapshot.texts().text(id), snapshot.texts().length(id));
    match (builtin_type_of(snapshot, id), text) {
        (Some("str"), Some(text)) => {
            let cut = length.is_some_and(|length| length > text.chars().count() as u64);
            Some(if cut { str_repr(&format!("{text}…")) } else { str_repr(text) })
        }
        (_, Some(text)) => Some(text.to_owned()),
        (_, None) => length.map(|length| format!("length {}", grouped(length))),
    }
}

/// `app.py:12`, or `lambda at app.py:12`: what the code object says beside the name. Where it says no line, `app.py`, or
/// `lambda in app.py`.
fn function_place(snapshot: &Snapshot, id: ObjectId) -> Option<String> {
    let code = attribute::own(snapshot, id, "__code__")?;
    let lambda = is_lambda(snapshot, id);
    let text = snapshot.texts().text(code).unwrap_or_default();
    if let Some(place) = text.split(' ').next().filter(|place| place.contains(':')) {
        return Some(if lambda { format!("lambda at {place}") } else { place.to_owned() });
    }
    let file = attribute::own(snapshot, code, "co_filename")?;
    let path = snapshot.texts().text(file)?;
    // The name of a file is the end of its path, which a cut takes away.
    let whole = snapshot.texts().length(file).is_none_or(|length| length == path.chars().count() as u64);
    let name = path.rsplit('/').next().filter(|name| whole && !name.is_empty())?;
    Some(if lambda { format!("lambda in {name}") } else { name.to_owned() })
}

/// The thread that a frame's row hangs under.
fn thread_of(snapshot: &Snapshot, frame: ObjectId) -> Option<String> {
    let objects = snapshot.objects();
    if objects.root_kind(frame) != Some(RootKind::Frame) {
        return None;
    }
    let holds = |row: &ObjectId| snapshot.references().of(*row).any(|reference| reference.target == frame);
    let mut threads = objects.ids().take(objects.synthetic());
    threads.find(|row| row.index() > 0 && holds(row)).map(|row| root_words(snapshot, row).to_owned())
}

/// Of the names that tell instances apart, those that do so best.
const TELLING: [&str; 8] = ["name", "id", "key", "title", "path", "url", "user", "label"];
/// An instance with more attributes than this is not searched to its end.
const SEARCHED: usize = 64;

/// The attribute that identifies an instance best, else how many there are.
fn attributes(snapshot: &Snapshot, id: ObjectId) -> Option<String> {
    let text_of = |of: &str, (_, target): &(&str, ObjectId)| {
        builtin_type_of(snapshot, *target) == Some(of) && snapshot.texts().text(*target).is_some()
    };
    let own: Vec<(&str, ObjectId)> = attribute::names(snapshot, id).take(SEARCHED).collect();
    let telling =
        |entry: &&(&str, ObjectId)| TELLING.contains(&entry.0) && (text_of("str", entry) || text_of("int", entry));
    let found = own
        .iter()
        .find(telling)
        .or_else(|| own.iter().find(|entry| text_of("str", entry)))
        .or_else(|| own.iter().find(|entry| text_of("int", entry)));
    match found {
        Some((name, target)) => value(snapshot, *target).map(|value| format!("{name} = {value}")),
        None if own.is_empty() => None,
        None => Some(counted(attribute::names(snapshot, id).count() as u64, "attribute")),
    }
}

/// How a reference is written next to its line: `.entries`, `['user-7']`, `[3]`, `closure s`, `local req`, `base`,
/// `key` (the target is a key), `element` (of a set). `None` where there is nothing to say (an unnamed root entry).
///
/// Linear in the holder's references where it has a position.
pub fn reference_label(snapshot: &Snapshot, reference: Reference<'_>) -> Option<String> {
    Folded::single(reference).label(snapshot)
}

/// The position of an item among its holder's items. Linear in the holder's references at worst.
pub fn position(snapshot: &Snapshot, reference: Reference<'_>) -> Option<u64> {
    Positions::default().of(snapshot, reference)
}

/// Positions of items, asked for one after the other: those of one holder, in their order, are linear all together.
#[derive(Default)]
pub struct Positions {
    /// The reference asked for last, and the items before it.
    last: Option<(ObjectId, usize, u64)>,
}

impl Positions {
    /// As [`position`].
    pub fn of(&mut self, snapshot: &Snapshot, reference: Reference<'_>) -> Option<u64> {
        if reference.kind() != ReferenceKind::Item {
            return None;
        }
        let columns = snapshot.references().columns();
        let (holder, at) = (reference.holder, reference.id.index());
        let start = columns.offsets[holder.index()] as usize;
        let end = columns.offsets[holder.index() + 1] as usize;
        // Where the holder has as many references as items, each reference is an item.
        if snapshot.texts().length(holder) == Some((end - start) as u64) {
            return Some((at - start) as u64);
        }
        let known = self.last.filter(|(of, up_to, _)| *of == holder && *up_to <= at);
        let (from, before) = known.map_or((start, 0), |(_, up_to, before)| (up_to, before));
        let kind_of = |byte: &&u8| **byte & 0b1_1111 == ReferenceKind::Item as u8;
        let position = before + columns.tags[from..at].iter().filter(kind_of).count() as u64;
        self.last = Some((holder, at, position));
        Some(position)
    }
}

/// Whether a name can be written behind a dot.
pub fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    let starts = characters.next().is_some_and(|first| first == '_' || first.is_alphabetic());
    starts && characters.all(|character| character == '_' || character.is_alphanumeric())
}

/// The identifier that a dict key stands for: `cache` of the name `'cache'`. `None` for any other key.
pub fn identifier_key(name: &str) -> Option<&str> {
    name.strip_prefix('\'')?.strip_suffix('\'').filter(|inner| is_identifier(inner))
}

/// A count with its digits in groups of three: `40,012`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of things: `1 item`, `40,012 items`.
pub fn counted(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{id, sketch};

    #[track_caller]
    fn reads(heap: &str, title: &str, detail: Option<&str>) {
        let heap = sketch(heap);
        let it = id(&heap, "it");
        assert_eq!((object_title(&heap, it).as_str(), object_detail(&heap, it).as_deref()), (title, detail));
    }

    #[test]
    fn positions_are_the_same_in_whatever_order_they_are_asked_for() {
        let heap = sketch("a:list > x, y.name, x, x, y; b:list > x, x");
        let of = |label: &str| heap.references().of(id(&heap, label)).collect::<Vec<_>>();
        let expected = [Some(0), None, Some(1), Some(2), Some(3), Some(0), Some(1)];
        let all: Vec<_> = [of("a"), of("b")].concat().into_iter().zip(expected).collect();
        let mut positions = Positions::default();
        for (reference, expected) in all.iter().chain(all.iter().rev()).chain(&all) {
            assert_eq!(positions.of(&heap, *reference), *expected);
        }
    }

    #[test]
    fn a_title_says_what_and_a_detail_says_which() {
        reads("it:builtins.dict[40012]", "dict", Some("40,012 items"));
        reads("it:list[1]", "list", Some("1 item"));
        reads("it:builtins.str[6]=user-7", "str", Some("'user-7'"));
        reads("it:builtins.str[100]=\"a 'cut' text\"", "str", Some("\"a 'cut' text…\""));
        reads("it:builtins.str[2]=\"a\u{200b}\"", "str", Some(r"'a\u200b'"));
        reads("it:int=7", "int", Some("7"));
        reads("it:str[12]", "str", Some("length 12"));
        reads("it:module=app", "module app", None);
        reads("it:builtins.type=app.Session!class", "class Session", None);
        reads("it:function=f > c~internal.__code__; c:code=\"app.py:12 f\"", "function f", Some("app.py:12"));
        let lambda = "it:function=\"shop.<locals>.<lambda>\" > c~internal.__code__; c:code=\"app.py:9 <lambda>\"";
        reads(lambda, "function <lambda>", Some("lambda at app.py:9"));
        let file = "it:function=f > c~internal.__code__; c:code=f > p~internal.co_filename; p:str=";
        reads(&format!("{file}\"/srv/app.py\""), "function f", Some("app.py"));
        reads(&file.replace("p:str=", "p:str[99]=\"/srv/ap\""), "function f", None);
        reads("it:method > f~internal.__func__; f:function=close", "method close", None);
        reads("it:generator=\"app.py:42 rows\"", "generator", Some("app.py:42 rows"));
        reads("it:app.Empty", "Empty", None);
    }

    #[test]
    fn an_instance_is_told_by_the_attribute_that_tells_most() {
        reads("it:app.A > x.x, n.name; x:str=first; n:str=second", "A", Some("name = 'second'"));
        reads("it:app.A > d.__dict__; d:dict > x['x'], s['s']; x:int=1; s:str=text", "A", Some("s = 'text'"));
        reads("it:app.A > x.x; x:int=1", "A", Some("x = 1"));
        reads("it:app.A > x.x, y.y", "A", Some("2 attributes"));
    }

    #[test]
    fn rows_of_roots_go_by_their_text() {
        let heap = sketch("<thread 7 Main | frame app.py:42 handle> > a; b*1");
        let frame = id(&heap, "<frame app.py:42 handle>");
        assert_eq!(object_title(&heap, frame), "frame app.py:42 handle");
        assert_eq!(object_detail(&heap, frame).as_deref(), Some("thread 7 Main"));
        assert_eq!(object_title(&heap, id(&heap, "<held outside Python>")), "held outside Python");
    }

    #[test]
    fn references_read_as_one_would_write_them() {
        let heap = sketch(
            "it > a.cache, a['k'], a[], a[], a{}, a~local.req, a~global.__globals__, a~closure.s, a~type, a~base, \
             a~internal.__code__, a~weak; a!class; s:set > a[]",
        );
        let labels = |of: &str| -> Vec<String> {
            let references = heap.references().of(id(&heap, of));
            references.filter_map(|reference| reference_label(&heap, reference)).collect()
        };
        let expected = [
            ".cache",
            "['k']",
            "[0]",
            "[1]",
            "key",
            "local req",
            ".__globals__",
            "closure s",
            "type",
            "base",
            ".__code__",
            "weak",
        ];
        assert_eq!(labels("it"), expected);
        assert_eq!(labels("s"), ["element"]);
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
