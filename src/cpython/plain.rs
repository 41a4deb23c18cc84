//! Plain values: strings, numbers, `None`, dates and members of enumerations, which say what they are in a word.
//!
//! A picture writes them into the box of the object that has them. A box of its own for each would bury the others.

use super::attribute;
use super::label::{builtin_type_of, is_class};
use super::repr::str_repr;
use crate::snapshot::{ObjectId, ReferenceKind, Snapshot};

/// Larger values are worth a box of their own.
const SMALL: u64 = 1000;

/// Builtin types whose values are plain.
const BUILTIN: [&str; 10] =
    ["str", "bytes", "bytearray", "int", "float", "bool", "complex", "NoneType", "ellipsis", "NotImplementedType"];

/// Types of the standard library whose values are plain, though a snapshot does not know the text of them all.
const LIBRARY: [&str; 8] = [
    "datetime.date",
    "datetime.datetime",
    "datetime.time",
    "datetime.timedelta",
    "datetime.timezone",
    "decimal.Decimal",
    "fractions.Fraction",
    "uuid.UUID",
];

/// Which types of a snapshot have plain values, by type.
pub struct PlainTypes {
    plain: Vec<bool>,
    enumeration: Vec<bool>,
}

impl PlainTypes {
    /// Looks at every object once, for the classes that are enumerations.
    pub fn of(snapshot: &Snapshot) -> Self {
        let objects = snapshot.objects();
        let names = objects.type_names();
        let meta: Vec<bool> = names.iter().map(|name| matches!(name, "enum.EnumType" | "enum.EnumMeta")).collect();
        let mut enumeration = vec![false; names.len()];
        if meta.contains(&true) {
            let classes = objects.real_ids().filter(|id| meta[objects.type_id(*id).index()]);
            let members: Vec<&str> = classes.filter_map(|class| snapshot.texts().text(class)).collect();
            names.iter().zip(&mut enumeration).for_each(|(name, is)| *is = members.contains(&name));
        }
        let builtin = |name: &str| super::label::builtin_type(name).is_some_and(|bare| BUILTIN.contains(&bare));
        let plain = names.iter().map(|name| builtin(name) || LIBRARY.contains(&name)).collect();
        PlainTypes { plain, enumeration }
    }

    /// Whether the object is a plain value, and small.
    pub fn has(&self, snapshot: &Snapshot, id: ObjectId) -> bool {
        let of_type = snapshot.objects().type_id(id).index();
        let plain = self.plain[of_type] || self.enumeration[of_type];
        plain && snapshot.objects().size(id) < SMALL && !is_class(snapshot, id)
    }
}

/// A plain value as one would write it: `'user-7'`, `7`, `None`, `Colour.RED`; of what the snapshot does not know the
/// text of, its type.
pub fn plain_text(snapshot: &Snapshot, id: ObjectId) -> String {
    let objects = snapshot.objects();
    let text = snapshot.texts().text(id);
    match (builtin_type_of(snapshot, id), text) {
        (Some("NoneType"), _) => "None".to_owned(),
        (Some("ellipsis"), _) => "...".to_owned(),
        (Some("NotImplementedType"), _) => "NotImplemented".to_owned(),
        (Some("str"), Some(text)) => {
            let cut = snapshot.texts().length(id).is_some_and(|length| length > text.chars().count() as u64);
            str_repr(&if cut { format!("{text}…") } else { text.to_owned() })
        }
        (Some(_), Some(text)) => text.to_owned(),
        (Some(builtin), None) => builtin.to_owned(),
        (None, Some(text)) if LIBRARY.contains(&objects.type_name(id)) => text.to_owned(),
        (None, _) => {
            let of_type = super::label::short_type(objects.type_name(id));
            let member = attribute::own(snapshot, id, "_name_")
                .or_else(|| attribute::key(snapshot, attribute::own_dict(snapshot, id)?, "'_name_'"));
            match member.and_then(|name| snapshot.texts().text(name)) {
                Some(name) => format!("{of_type}.{name}"),
                None => of_type.to_owned(),
            }
        }
    }
}

/// Names that tell one instance from another, the best first.
const TELLING: [&str; 12] =
    ["name", "id", "key", "title", "path", "url", "user", "label", "email", "token", "status", "state"];
/// Of an object with more references than this the rest is not looked at.
const SEARCHED: usize = 256;

/// The plain attributes of an instance.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct PlainAttributes {
    /// `user = 'user-7'`, the most telling first; at most as many as were asked for.
    pub lines: Vec<String>,
    /// How many plain ones there are beyond these.
    pub more: u64,
    /// How many attributes there are in all, plain or not.
    pub all: u64,
}

/// The most telling plain attributes of an instance, its `__dict__` folded in. Looks at 256 attributes at most.
///
/// First those whose names tell instances apart, then strings, then numbers, dates and members of enumerations, then the
/// rest; among equals in the object's own order, and public names first.
pub fn plain_attributes(snapshot: &Snapshot, types: &PlainTypes, id: ObjectId, most: usize) -> PlainAttributes {
    let all: Vec<(&str, ObjectId)> = attribute::names(snapshot, id).take(SEARCHED).collect();
    let hidden = |name: &str| name.starts_with("__") && name.ends_with("__");
    let mut plain: Vec<(&str, ObjectId)> =
        all.iter().copied().filter(|(name, target)| !hidden(name) && types.has(snapshot, *target)).collect();
    // One name may stand in the object and in its `__dict__`.
    let mut seen: Vec<&str> = Vec::new();
    plain.retain(|(name, _)| {
        let new = !seen.contains(name);
        seen.extend(new.then_some(*name));
        new
    });
    plain.sort_by_key(|(name, target)| rank(snapshot, name, *target));
    let line = |(name, target): &(&str, ObjectId)| format!("{name} = {}", plain_text(snapshot, *target));
    let lines: Vec<String> = plain.iter().take(most).map(line).collect();
    PlainAttributes { more: (plain.len() - lines.len()) as u64, all: all.len() as u64, lines }
}

/// The smaller, the more a name and its value tell.
fn rank(snapshot: &Snapshot, name: &str, target: ObjectId) -> (usize, bool) {
    let telling = TELLING.iter().position(|known| *known == name.trim_start_matches('_'));
    let known = snapshot.texts().text(target).is_some();
    let by_type = match builtin_type_of(snapshot, target) {
        Some("str") if known && snapshot.texts().length(target) != Some(0) => 20,
        Some("int" | "float" | "complex") if known => 30,
        None => 40,
        Some("bool") => 50,
        Some("bytes" | "bytearray") if known => 60,
        // `None` says least.
        _ => 70,
    };
    let says = by_type <= 40;
    (telling.filter(|_| says).unwrap_or(by_type), name.starts_with('_'))
}

/// The first plain items of a container as one line, `'a', 'b', 3`, or of a dict as entries, `'a': 1`; none where its
/// items are not plain.
pub fn plain_items(snapshot: &Snapshot, types: &PlainTypes, id: ObjectId, most: usize) -> Vec<String> {
    let of_kind = |kind: ReferenceKind| {
        let entries = snapshot.references().of(id).filter(move |reference| reference.kind() == kind);
        entries.take(most).filter(|reference| types.has(snapshot, reference.target))
    };
    match builtin_type_of(snapshot, id) {
        Some("dict") => {
            let entry =
                |name: Option<&str>, target| format!("{}: {}", name.unwrap_or("?"), plain_text(snapshot, target));
            of_kind(ReferenceKind::Key).map(|reference| entry(reference.name, reference.target)).collect()
        }
        _ => of_kind(ReferenceKind::Item).map(|reference| plain_text(snapshot, reference.target)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{id, sketch};

    fn attributes(heap: &str, most: usize) -> (Vec<String>, u64, u64) {
        let heap = sketch(heap);
        let types = PlainTypes::of(&heap);
        let found = plain_attributes(&heap, &types, id(&heap, "it"), most);
        (found.lines, found.more, found.all)
    }

    #[test]
    fn the_most_telling_attributes_come_first() {
        let heap = "it:app.A > d.__dict__; d:dict > n['flag'], i['count'], s['text'], k['user'], o['other']; \
                    n:NoneType=None; i:int=3; s:str=hello; k:str=\"user-7\"; o:app.B";
        let lines = ["user = 'user-7'", "text = 'hello'", "count = 3"].map(str::to_owned).to_vec();
        assert_eq!(attributes(heap, 3), (lines, 1, 5));
        assert_eq!(attributes("it:app.A > o.other; o:app.B", 3), (Vec::new(), 0, 1));
    }

    #[test]
    fn members_of_enumerations_and_dates_are_plain_and_classes_and_large_texts_are_not() {
        let heap = sketch(
            "it:app.A > c.colour, t.at, k.kind, b.big; c:app.Colour > n._name_; n:str=RED; t:datetime.datetime#48; \
             k:enum.EnumType!class=app.Colour; b:str#5000=xxx",
        );
        let types = PlainTypes::of(&heap);
        let plain = ["c", "t", "k", "b"].map(|name| types.has(&heap, id(&heap, name)));
        assert_eq!(plain, [true, true, false, false]);
        assert_eq!(plain_text(&heap, id(&heap, "c")), "Colour.RED");
        assert_eq!(plain_text(&heap, id(&heap, "t")), "datetime");
    }

    #[test]
    fn a_value_that_was_left_out_at_capture_is_named_by_its_type() {
        let (lines, ..) = attributes("it:app.A > s.token, n.gone; s:str[12]; n:NoneType", 3);
        assert_eq!(lines, ["token = str", "gone = None"]);
    }

    #[test]
    fn plain_items_read_as_python_writes_them() {
        let heap = sketch("l:list > a, b, o; d:dict > a['k']; a:str=x; b:int=2; o:app.B");
        let types = PlainTypes::of(&heap);
        assert_eq!(plain_items(&heap, &types, id(&heap, "l"), 5), ["'x'", "2"]);
        assert_eq!(plain_items(&heap, &types, id(&heap, "d"), 5), ["'k': 'x'"]);
    }
}
