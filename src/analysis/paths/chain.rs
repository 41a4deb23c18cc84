//! A chain: a way from a root down to an object, step by step.

use crate::analysis::select::select;
use crate::cpython::{label, path};
use crate::graph::Arrival;
use crate::snapshot::{Address, ObjectId, ReferenceId, ReferenceKind, Snapshot};

/// One step of a chain: an object and the reference that leads to it. Eight bytes; [`Chain::steps`] tells the rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hop {
    /// The object.
    pub object: ObjectId,
    /// The reference from the step before; the first step has none.
    pub reference: Option<ReferenceId>,
}

/// A chain from a root down to an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chain {
    /// The root first: a row such as `<modules>` or `<thread …>`, never `<root>` itself; or the object that chains are to
    /// start from. The object asked for last.
    pub hops: Vec<Hop>,
}

/// All there is to say of one step.
#[derive(Clone, PartialEq, Debug)]
pub struct Step<'s> {
    /// The object.
    pub object: ObjectId,
    /// `None` for a row that stands for a root.
    pub address: Option<Address>,
    /// The long name of its type.
    pub type_name: &'s str,
    /// The kind of the reference that leads to it.
    pub kind: Option<ReferenceKind>,
    /// The name of that reference.
    pub name: Option<&'s str>,
    /// The position, where that reference is an item.
    pub index: Option<u64>,
    /// The text of a row that stands for a root: `<frame app.py:42 handle>`.
    pub text: Option<&'s str>,
}

impl Chain {
    /// The chain to `end` along these steps; of `end` alone, where there are none.
    pub(super) fn along(snapshot: &Snapshot, steps: &[Arrival], end: ObjectId) -> Chain {
        let start = steps.first().map_or(end, |step| ObjectId::new(step.from));
        let mut hops = vec![Hop { object: start, reference: None }];
        hops.extend(steps.iter().map(|step| {
            let object = ObjectId::new(snapshot.references().columns().targets[step.edge as usize]);
            Hop { object, reference: Some(ReferenceId::new(step.edge)) }
        }));
        Chain { hops }
    }

    /// The object at its end.
    pub fn object(&self) -> ObjectId {
        self.hops.last().expect("a chain has at least its root").object
    }

    /// The references it goes along.
    pub fn references(&self) -> Vec<ReferenceId> {
        self.hops.iter().filter_map(|hop| hop.reference).collect()
    }

    /// Each step with all there is to say of it, nothing folded.
    pub fn steps<'s>(&'s self, snapshot: &'s Snapshot) -> impl Iterator<Item = Step<'s>> + 's {
        self.hops.iter().map(move |hop| {
            let objects = snapshot.objects();
            let reference = hop.reference.map(|id| snapshot.references().get(id));
            Step {
                object: hop.object,
                address: objects.address(hop.object),
                type_name: objects.type_name(hop.object),
                kind: reference.map(|reference| reference.kind()),
                name: reference.and_then(|reference| reference.name),
                index: reference.and_then(|reference| label::position(snapshot, reference)),
                text: snapshot.texts().text(hop.object).filter(|_| objects.is_synthetic(hop.object)),
            }
        })
    }

    /// The chain folded: `module app → cache → 'k' → [3] → .owner`.
    pub fn arrows(&self, snapshot: &Snapshot) -> String {
        path::arrows(snapshot, &self.references())
    }

    /// The same, of a long chain only about `most` steps at either end: `… 9,999,950 steps …` stands for the others.
    pub fn short_arrows(&self, snapshot: &Snapshot, most: usize) -> String {
        path::short_arrows(snapshot, &self.references(), most)
    }

    /// The chain as an expression: `app.cache['k'][3].owner`.
    pub fn expression(&self, snapshot: &Snapshot) -> String {
        path::expression(snapshot, &self.references())
    }
}

impl Chain {
    /// The chain as an OBJECT for the command line, where there is one that leads to its object and to no other.
    ///
    /// It says `path:` in front where a type has that very name.
    pub fn selector(&self, snapshot: &Snapshot) -> Option<String> {
        let text = path::selector(snapshot, &self.references())?;
        let leads_back = |text: &String| select(snapshot, text).is_ok_and(|selection| selection.ids == [self.object()]);
        let forced = format!("path:{text}");
        [text, forced].into_iter().find(leads_back)
    }
}
