//! Tiny heaps from one line of text, random heaps, and any heap back as a line: for tests, benches and fuzzing.
//!
//! # The grammar
//! A sketch is a list of objects and roots with `;` between them. White space means nothing outside quotes.
//!
//! ```text
//! a:Session*2@1 > b.cache, c[], d~weak; …
//! │ │      │ │    │        │    └ refers to d weakly
//! │ │      │ │    │        └ refers to c as an item
//! │ │      │ │    └ refers to b as its attribute `cache`
//! │ │      │ └ generation 1
//! │ │      └ refcount 2
//! │ └ type
//! └ label
//! ```
//!
//! | an object | means | when it is left out |
//! | --- | --- | --- |
//! | `a` | label: letters, digits, `_`; or the address itself, `0x7f00` | |
//! | `:app.Session` | type, quoted if it has other characters than letters, digits, `_` and `.` | `object` |
//! | `*2` | refcount | as many as the heap explains |
//! | `@1` | generation 0, 1, 2; `@frozen`, `@untracked` | 2 |
//! | `#64` | size in bytes | 0 |
//! | `[3]` | length | none |
//! | `="text"` | text, with the escapes of JSON; quotes may be left out around one word | none |
//! | `!finalizer` | a flag by its word; repeatable | none |
//!
//! | a reference to `b` | kind | name |
//! | --- | --- | --- |
//! | `b` or `b[]` | item | |
//! | `b.cache` | attribute | `cache` |
//! | `b['k']` | key | `'k'` |
//! | `b{}` | dict_key | |
//! | `b~weak`, `b~global.__globals__` | any, by its word | after the dot, or none |
//!
//! A name is quoted (`b."a b"`, `b["'a]'"]`) if it has other characters than letters, digits, `_`, `.` and `-` after a
//! dot, or, in brackets, `]` or a leading `"`. Marks follow: `b.x+guessed`, `b[]+untraversed`, `b~local.t+borrowed`.
//!
//! | a root | holds |
//! | --- | --- |
//! | `<modules> > app` | the module object `app`, by the name `app`; another name: `m.app.models` |
//! | `<thread 1 Main \| frame app.py:42 handle> > req` | a frame's local `req`, counted; another name: `r.req` |
//! | `<held> > a` | an object with one reference more than the heap explains (or give it a refcount: `a*2`) |
//! | `<interpreter> > a`, `<other> > a`, `<thread 1> > a.x` | by a root reference without a name, or named `x` |
//! | `<other: any \| path> > a` | under a path whose last step does not begin with its kind |
//!
//! A root reference may name its kind too (`a~internal.x`). By default those of kind root explain no count and all
//! others do, as in a capture; `+counted` and `+uncounted` say otherwise.
//!
//! Objects get the addresses 0x1000, 0x1010, … in order of their declaration; targets that are nowhere declared come
//! after them, in order of mention, as plain objects of type `object`.
//!
//! ```
//! use heapgraph::testkit::{id, sketch};
//!
//! // x = []; y = [x, [x], dict(x=x)]
//! let heap = sketch("x:list; y:list > x, z, d; z:list > x; d:dict > x['x']");
//! assert_eq!((heap.objects().len(), heap.references().len()), (4, 5));
//! assert_eq!(heap.objects().refcount(id(&heap, "x")), 3);
//! assert_eq!(heap.objects().address(id(&heap, "y")).unwrap().to_string(), "0x1010");
//!
//! // A module with a cache that holds a session; the session's thread local is only a guess.
//! let heap = sketch("<modules> > app; app:module > ns.__dict__; ns:dict > c['CACHE']; c:list#72[1] > s; s:app.Session > t.x+guessed");
//! assert_eq!(heap.objects().type_name(id(&heap, "s")), "app.Session");
//! assert!(heap.verify().is_ok());
//!
//! // Two references too many: something outside Python holds it.
//! let heap = sketch("a*2");
//! assert_eq!(heap.objects().len(), 3);
//! assert_eq!(heap.references().of(id(&heap, "<held outside Python>")).count(), 1);
//! ```

mod build;
pub mod changes;
pub mod collector;
mod cursor;
pub mod cycles;
mod mutate;
mod parse;
mod plan;
mod print;
mod process;
pub mod random;
mod retained;
mod same;
pub mod waste;

pub use mutate::mutate;
pub use print::{label, print};
pub use process::process;
pub use retained::{bytes_freed_without, freed_without};
pub use same::difference;

use crate::error::Result;
use crate::snapshot::{Address, ObjectId, Snapshot};

/// The heap that `text` draws; see the [module](self) for the grammar.
///
/// # Panics
/// On bad grammar, with the column and what was expected there.
pub fn sketch(text: &str) -> Snapshot {
    match try_sketch(text) {
        Ok(snapshot) => snapshot,
        Err(error) => panic!("bad sketch: {error}\n{text}"),
    }
}

/// The heap that `text` draws.
///
/// # Errors
/// Bad grammar, with the column (counted in characters from 1) and what was expected there; a label declared twice;
/// what the builder refuses.
pub fn try_sketch(text: &str) -> Result<Snapshot> {
    build::build(parse::parse(text)?)
}

/// The row of the object that a sketch calls `label`; a synthetic row by its text (`<modules>`), any object by its
/// address (`0x1000`).
///
/// The labels of a sketch travel in its metadata, so this works as well on a sketch that was written and read again.
///
/// # Panics
/// If there is none: a test that asks for it is wrong.
pub fn id(snapshot: &Snapshot, label: &str) -> ObjectId {
    let objects = snapshot.objects();
    let found = if label.starts_with('<') {
        objects.ids().find(|row| objects.is_synthetic(*row) && snapshot.texts().text(*row) == Some(label))
    } else {
        plan::address_of(snapshot.metadata(), label).and_then(|address| objects.find(Address(address)))
    };
    match found {
        Some(row) => row,
        None => panic!("no object {label:?} in {}", print(snapshot)),
    }
}
