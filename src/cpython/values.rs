//! Which texts of a snapshot are the program's data, and a snapshot without them.

use crate::error::Result;
use crate::snapshot::{Flags, ObjectId, Snapshot, Texts};

/// Types whose text is a name or a place in the code. A class says so by its flag; the text of anything else, a
/// subclass of `str` or a type not thought of here, may be data.
const NAMED: [&str; 9] = [
    "builtins.module",
    "builtins.function",
    "builtins.builtin_function_or_method",
    "builtins.method_descriptor",
    "builtins.code",
    "builtins.frame",
    "builtins.generator",
    "builtins.coroutine",
    "builtins.async_generator",
];

/// The same heap without the text of strings, bytes and numbers. Lengths stay, and so do names: of attributes and
/// variables, and of dict keys, which are how one finds the way. Linear; copies the snapshot.
///
/// # Errors
/// None but for more than 4 GiB of names.
pub fn without(snapshot: &Snapshot) -> Result<Snapshot> {
    let mut texts = Texts::default();
    for id in snapshot.objects().ids() {
        let text = snapshot.texts().text(id).filter(|_| is_name(snapshot, id));
        texts.push(snapshot.texts().length(id), text)?;
    }
    let (objects, references) = (snapshot.objects().clone(), snapshot.references().clone());
    Snapshot::new(objects, texts, references, snapshot.metadata().clone())
}

fn is_name(snapshot: &Snapshot, id: ObjectId) -> bool {
    let objects = snapshot.objects();
    let known = || NAMED.contains(&objects.type_name(id));
    objects.is_synthetic(id) || objects.flags(id).contains(Flags::CLASS) || known()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{id, sketch};

    #[test]
    fn data_goes_names_and_lengths_stay() {
        let heap = sketch(
            "<modules> > m; m:builtins.module=app; f:builtins.function=login; c:builtins.type=Session!class;
             s:builtins.str[6]=secret; p:app.Password[6]=secret; n:builtins.int=42; d:builtins.dict[1] > s['key']",
        );
        let bare = without(&heap).unwrap();
        let text = |label| bare.texts().text(id(&bare, label));
        assert_eq!(["m", "f", "c"].map(text), [Some("app"), Some("login"), Some("Session")]);
        assert_eq!(["s", "p", "n"].map(text), [None; 3]);
        assert_eq!(text("<modules>"), Some("<modules>"));
        assert_eq!(bare.texts().length(id(&bare, "s")), Some(6));
        assert_eq!(bare.references().len(), heap.references().len());
        assert_eq!(bare.verify().map(|_| ()), heap.verify().map(|_| ()));
    }
}
