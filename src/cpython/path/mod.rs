//! A way through the heap as one would write it: `app.cache['k'].owner`, `module app → cache → 'k' → .owner`.
//!
//! A way is a list of references, each of which starts where the one before ended. Arrows fold what reads as one
//! ([`fold`](super::fold)); an expression folds an own `__dict__`, and is Python wherever Python can say it.

mod resolve;

pub use resolve::{Unresolved, modules, resolve};

use super::fold::{Folded, fold, leads_to_closure, opens_fold};
use super::label::{builtin_type_of, grouped, identifier_key, is_identifier, object_title, position, root_words};
use crate::snapshot::{ObjectId, Reference, ReferenceId, ReferenceKind, RootKind, Snapshot};
use ReferenceKind::{Attribute, Base, Closure, Global, Internal, Item, Key, Local, Root, Type};

/// The way as an arrow text: `module app → cache → 'k' → [3] → .owner`, `held outside Python → Session → .user`.
pub fn arrows(snapshot: &Snapshot, way: &[ReferenceId]) -> String {
    short_arrows(snapshot, way, usize::MAX)
}

/// The same with at most `most` references written at either end, give or take what is folded:
/// `module app → HEAD → .next → … 9,999,950 steps … → .next → .next`.
///
/// Takes as long as what it writes, however long the way is.
pub fn short_arrows(snapshot: &Snapshot, way: &[ReferenceId], most: usize) -> String {
    let way = below_root(snapshot, way);
    let Some(start) = way.first().map(|id| snapshot.references().get(*id)) else {
        return String::new();
    };
    let mut words = Vec::new();
    if module_name(snapshot, &start).is_none() {
        words.push(object_title(snapshot, start.holder));
    }
    if way.len() / 2 <= most {
        words.extend(fold(snapshot, way).map(|step| arrow(snapshot, &step)));
    } else {
        let (head, tail) = (between_folds(snapshot, way, most), between_folds(snapshot, way, way.len() - most));
        words.extend(fold(snapshot, &way[..head]).map(|step| arrow(snapshot, &step)));
        words.push(format!("… {} steps …", grouped(tail.saturating_sub(head) as u64)));
        words.extend(fold(snapshot, &way[tail..]).map(|step| arrow(snapshot, &step)));
    }
    words.join(" → ")
}

/// The nearest place at or before `place` where no fold is torn apart.
fn between_folds(snapshot: &Snapshot, way: &[ReferenceId], place: usize) -> usize {
    let at = |place: usize| way.get(place).map(|id| snapshot.references().get(*id));
    let before = |steps: usize| place.checked_sub(steps).and_then(at);
    let torn = |steps: usize, opens: fn(&Reference<'_>) -> bool| before(steps).is_some_and(|first| opens(&first));
    if torn(1, opens_fold) {
        place - 1
    } else if torn(2, leads_to_closure) {
        place - 2
    } else {
        place
    }
}

/// One step as it reads among arrows: `module app`, `cache`, `'k'`, `[3]`, `.owner`; where nothing names it, what it
/// leads to.
pub fn arrow(snapshot: &Snapshot, step: &Folded<'_>) -> String {
    if let Some(name) = module_name(snapshot, &step.first) {
        return format!("module {name}{}", whose(snapshot, step.first.holder));
    }
    step.arrow(snapshot).unwrap_or_else(|| object_title(snapshot, step.last.target))
}

/// Leaves out `<root>`, which every way from a root would start with.
fn below_root<'w>(snapshot: &Snapshot, way: &'w [ReferenceId]) -> &'w [ReferenceId] {
    let starts_there = way.first().is_some_and(|id| Some(snapshot.references().get(*id).holder) == snapshot.root());
    if starts_there { &way[1..] } else { way }
}

/// The name of the module that a root entry leads to.
fn module_name<'s>(snapshot: &Snapshot, reference: &Reference<'s>) -> Option<&'s str> {
    let of_modules = snapshot.objects().root_kind(reference.holder) == Some(RootKind::Module);
    reference.name.filter(|_| of_modules && reference.kind() == Root)
}

/// ` of interpreter 1`, under the row `<modules of interpreter 1>`; nothing under that of the main interpreter.
fn whose(snapshot: &Snapshot, modules: ObjectId) -> &str {
    root_words(snapshot, modules).strip_prefix("modules").unwrap_or_default()
}

/// The way as one expression: `app.cache['k'].owner`. Where Python has no expression for it the words say how:
/// `handle() local req.cache`, `<Session held outside Python>.user`.
pub fn expression(snapshot: &Snapshot, way: &[ReferenceId]) -> String {
    write(snapshot, way, Entries::AsAttributes).text
}

/// The same without keys and positions: `app.cache[…].owner`, for many that differ in nothing else.
pub fn pattern(snapshot: &Snapshot, way: &[ReferenceId]) -> String {
    write(snapshot, way, Entries::Untold).text
}

/// The way as text that [`resolve`], and so an OBJECT on the command line, takes back to the same object, where there
/// is one: it starts at a module, and every step is an attribute, a key or a position.
pub fn selector(snapshot: &Snapshot, way: &[ReferenceId]) -> Option<String> {
    let target = snapshot.references().get(*way.last()?).target;
    // The short form may mean something else: `app.models` is the module of that name before it is an attribute.
    [Entries::AsAttributes, Entries::AsKeys].into_iter().find_map(|entries| {
        let written = write(snapshot, way, entries);
        let leads_back = written.python && resolve(snapshot, &written.text).is_ok_and(|found| found == target);
        leads_back.then_some(written.text)
    })
}

/// How the entries of an own `__dict__` are written: `app.cache`, or `app.__dict__['cache']`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entries {
    AsAttributes,
    AsKeys,
    /// As attributes, and what is no attribute as `[…]`.
    Untold,
}

/// An expression in the making.
struct Written {
    entries: Entries,
    text: String,
    /// Whether it is an expression that starts at a module.
    python: bool,
}

impl Written {
    fn words(&mut self, words: &str) {
        self.text.push(' ');
        self.text.push_str(words);
        self.python = false;
    }
}

fn write(snapshot: &Snapshot, way: &[ReferenceId], entries: Entries) -> Written {
    let mut way = below_root(snapshot, way);
    let mut written = Written { entries, text: String::new(), python: false };
    // Threads above a frame say nothing that the frame does not.
    while let [first, _, ..] = way
        && snapshot.objects().is_synthetic(snapshot.references().get(*first).target)
    {
        way = &way[1..];
    }
    let mut steps = fold(snapshot, way);
    let Some(start) = steps.next() else {
        return written;
    };
    begin(snapshot, &start, &mut written);
    steps.for_each(|step| append(snapshot, &step, &mut written));
    written
}

/// The first step together with where it starts.
fn begin(snapshot: &Snapshot, start: &Folded<'_>, written: &mut Written) {
    let (holder, target) = (start.first.holder, start.last.target);
    let words = root_words(snapshot, holder);
    if let Some(name) = module_name(snapshot, &start.first) {
        let whose = whose(snapshot, holder);
        written.python = whose.is_empty();
        written.text = if written.python { name.to_owned() } else { format!("<module {name}{whose}>") };
    } else if !snapshot.objects().is_synthetic(holder) {
        written.text = unnamed(snapshot, holder);
        append(snapshot, start, written);
    } else if snapshot.objects().root_kind(holder) == Some(RootKind::Frame) {
        written.text = format!("{}()", words.rsplit(' ').next().unwrap_or(words));
        append(snapshot, start, written);
    } else {
        let name = start.label(snapshot);
        written.text = match name {
            Some(name) => format!("<{words} {name}>"),
            None => format!("<{} {words}>", object_title(snapshot, target)),
        };
    }
}

/// An object that no name leads to.
fn unnamed(snapshot: &Snapshot, id: ObjectId) -> String {
    let title = object_title(snapshot, id);
    snapshot.objects().address(id).map_or(title.clone(), |address| format!("<{title} at {address}>"))
}

/// One more step of an expression, in Python where Python can say it.
fn append(snapshot: &Snapshot, step: &Folded<'_>, written: &mut Written) {
    let reference = step.last;
    let name = reference.name.unwrap_or_default();
    let text = match (step.first.kind(), reference.kind()) {
        (Attribute, Key) if step.is_folded() => {
            match identifier_key(name).filter(|_| written.entries != Entries::AsKeys) {
                Some(name) => format!(".{name}"),
                None => format!(".__dict__[{name}]"),
            }
        }
        (Closure, Closure) if step.is_folded() => {
            let cell = closure_position(snapshot, step);
            format!(".__closure__[{cell}].cell_contents")
        }
        (Attribute, _) if !is_identifier(name) => format!(".__dict__[{}]", super::repr::str_repr(name)),
        (_, Attribute | Internal | Global) if is_identifier(name) => format!(".{name}"),
        (_, Key | Item) if written.entries == Entries::Untold => "[…]".into(),
        (_, Key) => format!("[{name}]"),
        (_, Item) => format!("[{}]", position(snapshot, reference).unwrap_or_default()),
        (Closure, _) if name == "__closure__" => ".__closure__".into(),
        (Closure, _) if builtin_type_of(snapshot, reference.holder) == Some("cell") => ".cell_contents".into(),
        (Local, _) if frame_of(snapshot, step.first.holder).is_some() => {
            let frame = frame_of(snapshot, step.first.holder).unwrap_or_default();
            format!(".{frame}.f_locals[{}]", super::repr::str_repr(step.first.name.unwrap_or_default()))
        }
        (_, Type) => ".__class__".into(),
        (_, Base) => ".__base__".into(),
        _ => return written.words(&step.label(snapshot).unwrap_or_else(|| object_title(snapshot, reference.target))),
    };
    written.text.push_str(&text);
}

fn closure_position(snapshot: &Snapshot, step: &Folded<'_>) -> usize {
    let mut cells = super::attribute::items(snapshot, step.first.target);
    cells.position(|cell| cell == step.last.holder).unwrap_or_default()
}

/// How a suspended call names its frame.
fn frame_of(snapshot: &Snapshot, id: ObjectId) -> Option<&'static str> {
    match builtin_type_of(snapshot, id)? {
        "generator" => Some("gi_frame"),
        "coroutine" => Some("cr_frame"),
        "async_generator" => Some("ag_frame"),
        _ => None,
    }
}
