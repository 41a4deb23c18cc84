//! Labels as objgraph 3.7 writes them, as far as a snapshot knows what the running process would answer.

use super::attribute::{key, own};
use super::fold::leads_to_own_dict;
use super::label::{builtin_type_of, identifier_key, is_class, is_lambda, short_type};
use super::lineage::is_instance;
use super::repr::repr;
use crate::snapshot::{ObjectId, Reference, ReferenceId, ReferenceKind, Snapshot};
use foldhash::HashMap;

/// objgraph cuts every `repr` here, without a mark.
const LONGEST: usize = 40;
/// Whose instances are told by their number of items.
const CONTAINERS: [&str; 4] = ["tuple", "list", "dict", "set"];

/// The second line of an object's box: a name, `N items`, or the `repr` cut to 40 characters.
pub fn object_text(snapshot: &Snapshot, id: ObjectId) -> String {
    let text = snapshot.texts().text(id);
    // The snapshot has qualified names, objgraph takes `__name__`.
    if is_class(snapshot, id) {
        return text.map_or_else(|| repr(snapshot, id, LONGEST), |name| short_type(name).to_owned());
    }
    match (builtin_type_of(snapshot, id), text) {
        (Some("builtin_function_or_method"), Some(name)) => return short_type(name).to_owned(),
        (Some("method"), _) => return method(snapshot, id),
        (Some("function"), _) if is_lambda(snapshot, id) => return lambda(snapshot, id),
        (Some("frame"), Some(text)) => return frame(snapshot, id, text),
        (Some("module"), _) => return own_name(snapshot, id).unwrap_or_else(|| repr(snapshot, id, LONGEST)),
        _ => {}
    }
    if is_instance(snapshot, id, &CONTAINERS) {
        return format!("{} items", snapshot.texts().length(id).unwrap_or_else(|| item_count(snapshot, id)));
    }
    repr(snapshot, id, LONGEST)
}

/// `close (bound)`; a falsy instance loses the suffix, as objgraph asks for its truth.
fn method(snapshot: &Snapshot, id: ObjectId) -> String {
    let name = own(snapshot, id, "__func__").and_then(|function| snapshot.texts().text(function));
    let Some(name) = name.map(short_type) else { return repr(snapshot, id, LONGEST) };
    let is_empty = |of: ObjectId| is_instance(snapshot, of, &CONTAINERS) && snapshot.texts().length(of) == Some(0);
    let bound = own(snapshot, id, "__self__").is_none_or(|of| !is_empty(of));
    format!("{name}{}", if bound { " (bound)" } else { "" })
}

/// `/srv/app.py:42`: the whole path, and the line it stands at.
fn frame(snapshot: &Snapshot, id: ObjectId, text: &str) -> String {
    let code = ["code", "f_code"].iter().find_map(|name| own(snapshot, id, name));
    let file = code.and_then(|code| own(snapshot, code, "co_filename")).and_then(|file| snapshot.texts().text(file));
    let (place, _) = text.rsplit_once(' ').unwrap_or((text, ""));
    let (short, line) = place.rsplit_once(':').unwrap_or((place, ""));
    format!("{}:{line}", file.unwrap_or(short))
}

/// `lambda: app.py:12`.
fn lambda(snapshot: &Snapshot, id: ObjectId) -> String {
    let code = own(snapshot, id, "__code__").and_then(|code| snapshot.texts().text(code)).unwrap_or_default();
    let (place, _) = code.rsplit_once(' ').unwrap_or((code, ""));
    format!("lambda: {}", place.rsplit('/').next().unwrap_or(place))
}

fn item_count(snapshot: &Snapshot, id: ObjectId) -> u64 {
    let counts = |reference: &Reference<'_>| matches!(reference.kind(), ReferenceKind::Item | ReferenceKind::Key);
    snapshot.references().of(id).filter(counts).count() as u64
}

/// The labels of lines. Those of one holder are best asked for in a row: what it holds is gone through once for all.
pub struct LineLabels<'s> {
    snapshot: &'s Snapshot,
    holder: Option<ObjectId>,
    /// Of the holder: the first entry of a dict for each target, and its own dicts.
    entries: HashMap<ObjectId, ReferenceId>,
    own_dicts: Vec<ObjectId>,
    /// Whether it is a dict or of a class that extends one. To tell takes a look at all that a list of a million holds.
    is_dict: bool,
}

impl<'s> LineLabels<'s> {
    /// Of the lines of this heap.
    pub fn new(snapshot: &'s Snapshot) -> Self {
        LineLabels { snapshot, holder: None, entries: HashMap::default(), own_dicts: Vec::new(), is_dict: false }
    }

    /// The label of the line from `holder` to `target`, where objgraph writes one.
    ///
    /// It looks for the first name under which the holder has the target, so parallel references read alike.
    pub fn of(&mut self, holder: ObjectId, target: ObjectId) -> Option<String> {
        self.look_at(holder);
        let snapshot = self.snapshot;
        // What a class answers for `__dict__` is a proxy of its dict.
        let is_dict = builtin_type_of(snapshot, target) == Some("dict");
        if is_dict && !is_class(snapshot, holder) && self.own_dicts.contains(&target) {
            return Some("__dict__".into());
        }
        let named = |name: &str| own(snapshot, holder, name) == Some(target);
        let kind = builtin_type_of(snapshot, holder);
        match kind.or(self.is_dict.then_some("dict"))? {
            "frame" => ["f_locals", "f_globals"].into_iter().find(|name| named(name)).map(str::to_owned),
            "method" => ["__self__", "__func__"].into_iter().find(|name| named(name)).map(str::to_owned),
            "function" => function_name(snapshot, holder, target),
            _ if self.is_dict => key_label(snapshot, snapshot.references().get(*self.entries.get(&target)?)),
            _ => None,
        }
    }

    fn look_at(&mut self, holder: ObjectId) {
        if self.holder.replace(holder) == Some(holder) {
            return;
        }
        self.is_dict = is_instance(self.snapshot, holder, &["dict"]);
        self.entries.clear();
        self.own_dicts.clear();
        for reference in self.snapshot.references().of(holder) {
            if reference.kind() == ReferenceKind::Key {
                self.entries.entry(reference.target).or_insert(reference.id);
            }
            if leads_to_own_dict(&reference) {
                self.own_dicts.push(reference.target);
            }
        }
    }
}

/// objgraph goes through the sorted `dir()` of a function; what is not there answers None.
fn function_name(snapshot: &Snapshot, holder: ObjectId, target: ObjectId) -> Option<String> {
    if builtin_type_of(snapshot, target) == Some("NoneType") {
        let missing = ["__closure__", "__defaults__"].into_iter().find(|name| own(snapshot, holder, name).is_none());
        if let Some(name) = missing {
            return Some(name.into());
        }
    }
    let between = snapshot.references().of(holder).filter(|reference| reference.target == target);
    between.filter_map(|reference| reference.name).min().map(str::to_owned)
}

/// An identifier as it is; of any other key its type and its own text below.
fn key_label(snapshot: &Snapshot, entry: Reference<'_>) -> Option<String> {
    let name = entry.name?;
    // ASCII only, as objgraph's pattern has it; and its `$` lets a line break at the end pass.
    let (plain, end) = name.strip_suffix("\\n'").map_or((name.to_owned(), ""), |start| (format!("{start}'"), "\n"));
    if let Some(identifier) = identifier_key(&plain).filter(|identifier| identifier.is_ascii()) {
        return Some(format!("{identifier}{end}"));
    }
    let key = key_object(snapshot, entry);
    let type_name = key.map_or("str", |key| short_type(snapshot.objects().type_name(key)));
    let text = key.map_or_else(|| name.chars().take(LONGEST).collect(), |key| object_text(snapshot, key));
    Some(format!("{type_name}\n{text}"))
}

/// The key of a dict's entry: the dict has value and key in turns, in the same order throughout.
fn key_object(snapshot: &Snapshot, entry: Reference<'_>) -> Option<ObjectId> {
    let mut held = snapshot.references().of(entry.holder);
    let keys_first = held.clone().find(in_dict)?.kind() == ReferenceKind::DictKey;
    let at = (entry.id.get() - held.clone().next()?.id.get()) as usize;
    let beside = if keys_first { at.checked_sub(1)? } else { at + 1 };
    held.nth(beside).filter(|found| found.kind() == ReferenceKind::DictKey).map(|found| found.target)
}

fn in_dict(reference: &Reference<'_>) -> bool {
    matches!(reference.kind(), ReferenceKind::Key | ReferenceKind::DictKey)
}

/// Whether objgraph takes the object for a module that it does not walk through: one that is in `sys.modules` under
/// its own name.
pub fn is_proper_module(snapshot: &Snapshot, modules: &[(&str, ObjectId)], id: ObjectId) -> bool {
    let name = own_name(snapshot, id);
    modules.iter().any(|(known, module)| *module == id && name.as_deref().is_none_or(|name| name == *known))
        && builtin_type_of(snapshot, id).is_none_or(|builtin| builtin == "module")
}

fn own_name(snapshot: &Snapshot, module: ObjectId) -> Option<String> {
    let stored = super::attribute::own_dict(snapshot, module).and_then(|dict| key(snapshot, dict, "'__name__'"));
    let text = stored.and_then(|name| snapshot.texts().text(name)).or_else(|| snapshot.texts().text(module));
    text.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{id, sketch};

    #[track_caller]
    fn reads(heap: &str, text: &str) {
        let heap = sketch(heap);
        assert_eq!(object_text(&heap, id(&heap, "it")), text);
    }

    #[test]
    fn texts_are_those_of_objgraph() {
        reads("it:builtins.list[1]", "1 items");
        reads("it:builtins.dict > a['x'], b{}, c['y']", "2 items");
        reads("it:builtins.str=user", "'user'");
        reads("it:app.Session", "<app.Session object at 0x1000>");
        reads("it:function=on_close", "<function on_close at 0x1000>");
        reads("it:module=app", "app");
        reads("it:type!class=app.Session", "Session");
        reads("it:method > f~internal.__func__; f:function=File.close", "close (bound)");
        let lambda = "it:function=\"f.<locals>.<lambda>\" > c~internal.__code__; c:code=\"src/app.py:9 <lambda>\"";
        reads(lambda, "lambda: app.py:9");
        let session = "it:builtins.cell > s~closure.s; s:app.Session > C~type; \
                       C:type!class=app.Session > d.__dict__; d:dict > m['__module__']; m:str=app";
        reads(session, "<cell at 0x1000: Session object at 0x101");
    }

    #[test]
    fn lines_are_labelled_by_the_first_name_that_fits() {
        let heap = sketch(
            "o:app.A > d.__dict__; d:builtins.dict > x['x'], x['y'], k{}, z[3], t['a b'], u{}; k:int=3; u:str=\"a b\"; \
             f:function > n~internal.__doc__, g~global.__globals__, c~internal.__code__, c~internal.__annotations__; \
             n:NoneType; m:method > o~internal.__self__; l:list > x",
        );
        let label = |from: &str, to: &str| LineLabels::new(&heap).of(id(&heap, from), id(&heap, to));
        assert_eq!(label("o", "d").as_deref(), Some("__dict__"));
        assert_eq!(label("d", "x").as_deref(), Some("x"));
        assert_eq!(label("f", "n").as_deref(), Some("__closure__"), "None is first found as the missing closure");
        assert_eq!(label("f", "g").as_deref(), Some("__globals__"));
        assert_eq!(label("f", "c").as_deref(), Some("__annotations__"));
        assert_eq!(label("m", "o").as_deref(), Some("__self__"));
        assert_eq!(label("l", "x"), None);
        let heap = sketch("C:type!class > d.__dict__; d:dict");
        assert_eq!(LineLabels::new(&heap).of(id(&heap, "C"), id(&heap, "d")), None);
        let heap = sketch("d:dict > z[3], k{}, t['a b'], u{}; k:int=3; u:str=\"a b\"");
        let label = |to: &str| LineLabels::new(&heap).of(id(&heap, "d"), id(&heap, to));
        assert_eq!(label("z").as_deref(), Some("int\n3"));
        assert_eq!(label("t").as_deref(), Some("str\n'a b'"));
    }
}
