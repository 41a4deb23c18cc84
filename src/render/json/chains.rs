//! `heapgraph.chain/1`.

use super::address;
use crate::analysis::paths::{Chain, Chains, Count, Merged, MergedStep, Step};
use crate::snapshot::{ObjectId, Snapshot};
use serde::{Serialize, Serializer};

/// `heapgraph.chain/1`: root first, nothing folded. With more than one chain an object also how many each has, and with
/// `merged` the tree of them all. Written step by step: the chains of a long linked list have very many.
pub fn chains<'a>(snapshot: &'a Snapshot, chains: &'a Chains, merged: Option<&'a Merged>) -> impl Serialize + 'a {
    let counts = || chains.counts.iter().map(|one| count(snapshot, one)).collect();
    Fields {
        schema: "heapgraph.chain/1",
        chains: All { snapshot, chains: &chains.chains },
        without: chains.without.iter().map(|id| address_of(snapshot, *id)).collect(),
        counts: (!chains.counts.is_empty()).then(counts),
        merged: merged.map(|merged| merged.steps.iter().map(|step| branch(snapshot, step)).collect()),
    }
}

#[derive(Serialize)]
struct Fields<'a> {
    schema: &'static str,
    chains: All<'a>,
    without: Vec<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Vec<Counted>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merged: Option<Vec<Branch<'a>>>,
}

struct All<'a> {
    snapshot: &'a Snapshot,
    chains: &'a [Chain],
}

impl Serialize for All<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.chains.iter().map(|chain| Steps { snapshot: self.snapshot, chain }))
    }
}

struct Steps<'a> {
    snapshot: &'a Snapshot,
    chain: &'a Chain,
}

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.chain.steps(self.snapshot).map(Row::from))
    }
}

#[derive(Serialize)]
struct Row<'a> {
    address: Option<String>,
    #[serde(rename = "type")]
    type_name: &'a str,
    name: Option<&'a str>,
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    /// Of a row that stands for a root, which has no address.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Option<&'a str>>,
}

impl<'a> From<Step<'a>> for Row<'a> {
    fn from(step: Step<'a>) -> Self {
        Row {
            address: address(step.address),
            type_name: step.type_name,
            name: step.name,
            kind: step.kind.map(|kind| kind.word()),
            index: step.index,
            text: step.address.is_none().then_some(step.text),
        }
    }
}

#[derive(Serialize)]
struct Counted {
    address: Option<String>,
    chains: usize,
    through: Option<Vec<Option<String>>>,
}

fn count(snapshot: &Snapshot, count: &Count) -> Counted {
    let through = count.through.as_ref();
    Counted {
        address: address_of(snapshot, count.object),
        chains: count.chains,
        through: through.map(|chains| chains.iter().map(|chain| address_of(snapshot, chain.object())).collect()),
    }
}

#[derive(Serialize)]
struct Branch<'a> {
    parent: Option<usize>,
    #[serde(rename = "type")]
    type_name: &'a str,
    kind: Option<&'static str>,
    name: Option<&'a str>,
    text: Option<&'a str>,
    objects: u64,
    ends: u64,
    merged: u64,
    example: Option<String>,
}

fn branch<'a>(snapshot: &'a Snapshot, step: &'a MergedStep) -> Branch<'a> {
    Branch {
        parent: step.parent,
        type_name: snapshot.objects().name_of_type(step.type_id),
        kind: step.kind.map(|kind| kind.word()),
        name: step.name.as_deref(),
        text: step.text.as_deref(),
        objects: step.objects,
        ends: step.ends,
        merged: step.merged,
        example: address_of(snapshot, step.example),
    }
}

fn address_of(snapshot: &Snapshot, id: ObjectId) -> Option<String> {
    address(snapshot.objects().address(id))
}
