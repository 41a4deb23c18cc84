//! What is in the heap of a Python process, and why is it still alive?
//!
//! heapgraph copies the heap of a running CPython from outside, keeps it as a file, and answers from that file. This
//! page is a tour of the library; the program `heapgraph` is a thin shell around it.
//!
//! # Words
//! A **snapshot** is one heap at one moment, frozen. It consists of **objects** and **references**: a reference has a
//! *holder*, a *target*, a kind (attribute, key, item, …) and mostly a name. What an object refers to are its
//! *referents*, what refers to it are its *referrers*. A **root** is why something is alive without a Python holder: an
//! entry of the module table, a variable of a running frame, the interpreter, or something outside Python. Roots are
//! rows of the snapshot too, with names, so that a path from a root needs no special case.
//!
//! # One way through
//! ```text
//! pid or file ─► capture / format ─► Snapshot ─► a question in analysis ─► a report ─► render ─► bytes
//! ```
//!
//! * [`capture`] copies a process; [`format`](mod@format) reads and writes files, told apart by content.
//! * [`snapshot`] is the model. A [`Snapshot`] never changes, caches nothing behind your back, and can be shared between
//!   threads; what is derived from it ([`Referrers`](snapshot::Referrers), reports) are values that you keep.
//!   `&Snapshot` has petgraph's visit traits, so petgraph's algorithms run on it.
//! * [`analysis`] has one question a module: [`census`](analysis::census) counts types, [`select`](analysis::select) finds
//!   objects by address, path or type, [`object`](analysis::object) explains a reference count,
//!   [`paths`](analysis::paths) says why something is alive, [`retained`](analysis::retained) what would be freed without
//!   it, [`collect`](analysis::collect) what the collector would free, [`cycles`](analysis::cycles) what holds itself,
//!   [`waste`](analysis::waste) what is there for nothing, [`diff`](analysis::diff) what grew; [`leaks`](analysis::leaks)
//!   asks what looks like a leak. [`neighbourhood`](analysis::neighbourhood) cuts out what a picture shows.
//! * [`render`] turns reports into tables, trees, JSON and pictures, and computes no answers.
//! * [`cpython`] knows what CPython does; [`graph`] knows graphs and nothing of Python.
//!
//! # One run
//! A snapshot usually comes from [`format::read`] or `capture::capture_pid`. This one comes from a line of text:
//! a module with a cache, a session in it, and a session that nothing holds.
//!
//! ```
//! use heapgraph::analysis::{census, neighbourhood, object, paths, select};
//! use heapgraph::render::{DrawOptions, PictureFormat, draw, scene};
//! use heapgraph::testkit::sketch;
//!
//! # fn main() -> heapgraph::Result<()> {
//! let heap = sketch(
//!     "<modules> > app; app:builtins.module=app > ns.__dict__; ns:builtins.dict > cache['CACHE'];
//!      cache:builtins.dict[1] > ada['ada']; ada:app.Session > user.user; user:app.User > ada.session;
//!      lost:app.Session > lost.me",
//! );
//!
//! // What is in there?
//! let types = census::count(heap.objects(), &census::Options::default());
//! assert_eq!((types.types[0].type_name.as_str(), types.types[0].count), ("app.Session", 2));
//!
//! // Why is a session alive? The other one is not: no root reaches it.
//! let sessions = select::select(&heap, "Session")?.ids;
//! let found = paths::chains(&heap, &sessions, &paths::Options::default());
//! assert_eq!(found.chains[0].arrows(&heap), "module app → CACHE → 'ada'");
//! assert_eq!(found.chains[0].expression(&heap), "app.CACHE['ada']");
//! assert_eq!(found.without.len(), 1);
//!
//! // Who holds each of its references?
//! let referrers = heap.referrers();
//! let ada = select::select(&heap, "app.CACHE['ada']")?.ids[0];
//! let report = object::explain(&heap, &referrers, ada, &object::Options::default());
//! assert_eq!((report.refcount, report.counted, report.held_outside), (2, 2, 0));
//!
//! // And as a picture.
//! let options = neighbourhood::Options::default();
//! let part = neighbourhood::walk(&heap, &referrers, &[ada], neighbourhood::Direction::Backrefs, &options);
//! let scene = scene::ours(&heap, &part, &scene::PictureOptions::default());
//! let picture = draw(&scene, PictureFormat::Svg, &DrawOptions::default())?;
//! assert!(picture.bytes.starts_with(b"<?xml"));
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//! All are on by default; the library is useful without any, with JSON as its only file format.
//!
//! | feature | gives |
//! | --- | --- |
//! | `capture` | the module `capture` (Linux): the only place with `unsafe` |
//! | `parquet` | Parquet files |
//! | `png` | PNG pictures |
//! | `cli` | what the program needs, and all of the above |
//! | `testkit` | heaps from one line of text, for tests; off by default |
//!
//! # Errors
//! There is one [`Error`], opaque. Its text says what was expected, what was found and where; [`Error::hint`] says what
//! to try next; predicates such as [`Error::is_unknown_object`] are for programs. On hostile bytes every reader returns an
//! error, and never panics.

pub mod analysis;
#[cfg(feature = "capture")]
pub mod capture;
pub mod cpython;
pub mod error;
pub mod format;
pub mod graph;
pub mod render;
pub mod snapshot;
#[cfg(feature = "testkit")]
pub mod testkit;

pub use error::{Error, Result};
pub use snapshot::{Address, ObjectId, Snapshot};
