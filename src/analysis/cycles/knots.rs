//! The objects on cycles, and the references within each, as a graph of its own.

use super::links::{Edge, FOLDED, Links, MIRRORED};
use crate::cpython::builtin::is_part_of_a_class;
use crate::cpython::label::is_module_type;
use crate::graph::{Components, Csr, Marks};
use crate::snapshot::{Flags, ReferenceColumns, ReferenceKind, ReferenceTag, Snapshot};
use std::ops::Range;

/// In place of a node where there is none.
pub(super) const NONE: u32 = u32::MAX;

/// Which references count.
pub(super) struct Rules<'s> {
    columns: &'s ReferenceColumns,
    living: &'s Marks,
    // By tag: whether it counts anywhere, and whether it counts among the living.
    in_garbage: [bool; 256],
    alive: [bool; 256],
}

impl<'s> Rules<'s> {
    fn new(snapshot: &'s Snapshot, living: &'s Marks, all_references: bool) -> Self {
        use ReferenceKind::{Base, Global, Type};
        let counts = |tag: ReferenceTag| all_references || !matches!(tag.kind(), Type | Base | Global);
        Rules {
            columns: snapshot.references().columns(),
            living,
            in_garbage: ReferenceTag::table(ReferenceTag::holds),
            alive: ReferenceTag::table(|tag| tag.holds() && counts(tag)),
        }
    }

    /// Whether a reference counts. Its target decides: what is alive never holds garbage, and a reference from garbage to
    /// what is alive is on no cycle.
    pub(super) fn keep(&self, edge: u32) -> bool {
        let tag = self.columns.tags[edge as usize] as usize;
        self.alive[tag] || self.in_garbage[tag] && !self.living.contains(self.columns.targets[edge as usize])
    }
}

/// All cycles of the heap.
pub(super) struct Found<'s> {
    pub(super) rules: Rules<'s>,
    pub(super) components: Components,
    /// Of each, whether it is a class's or a module's own.
    pub(super) own: Vec<bool>,
}

impl<'s> Found<'s> {
    pub(super) fn new(snapshot: &'s Snapshot, living: &'s Marks, all_references: bool) -> Self {
        let rules = Rules::new(snapshot, living, all_references);
        let columns = snapshot.references().columns();
        let real = snapshot.objects().synthetic() as u32..snapshot.objects().len() as u32;
        let components = Components::find(Csr::new(&columns.offsets, &columns.targets), real, |edge| rules.keep(edge));
        let own = owned_by_classes(snapshot, living, &components);
        Found { rules, components, own }
    }
}

fn owned_by_classes(snapshot: &Snapshot, living: &Marks, components: &Components) -> Vec<bool> {
    let columns = snapshot.objects().columns();
    let part: Vec<bool> = columns.type_names.iter().map(is_part_of_a_class).collect();
    let module: Vec<bool> = columns.type_names.iter().map(is_module_type).collect();
    let owner = |row: &u32| {
        let row = *row as usize;
        columns.flags[row] & Flags::CLASS.bits() != 0 || module[columns.types[row] as usize]
    };
    let fits = |row: &u32| part[columns.types[*row as usize] as usize] || owner(row);
    let own = |rows: &[u32]| living.contains(rows[0]) && rows.iter().all(fits) && rows.iter().any(owner);
    components.iter().map(own).collect()
}

/// Cycles side by side: the nodes of one are a range, in order of their rows.
pub(super) struct Knots {
    rows: Vec<u32>,
    starts: Vec<u32>,
    cycle_of: Vec<u32>,
    // Which rows are nodes: these bits stay in the cache where `places` do not.
    inside: Marks,
    // The node of each row, or [`NONE`].
    places: Vec<u32>,
    offsets: Vec<u32>,
    targets: Vec<u32>,
    // What each edge reads as: see [`Links`].
    edges: Vec<Edge>,
    folded: Marks,
}

impl Knots {
    pub(super) fn new(
        snapshot: &Snapshot,
        components: Components,
        own: &[bool],
        rules: &Rules<'_>,
        links: &mut Links<'_>,
    ) -> Self {
        let (mut rows, mut starts, mut cycle_of) = (Vec::new(), vec![0], Vec::new());
        for (members, _) in components.iter().zip(own).filter(|(_, own)| !**own) {
            rows.extend_from_slice(members);
            cycle_of.resize(rows.len(), starts.len() as u32 - 1);
            starts.push(rows.len() as u32);
        }
        drop(components);
        let mut places = vec![NONE; snapshot.objects().len()];
        rows.iter().enumerate().for_each(|(node, row)| places[*row as usize] = node as u32);
        let mut inside = Marks::none(places.len());
        inside.extend(rows.iter().copied());
        let folded = Marks::none(rows.len());
        let mut knots =
            Knots { rows, starts, cycle_of, inside, places, offsets: vec![0], targets: vec![], edges: vec![], folded };
        knots.link(snapshot, rules, links);
        knots
    }

    /// Takes the references between nodes of one cycle, and says what each reads as.
    fn link(&mut self, snapshot: &Snapshot, rules: &Rules<'_>, links: &mut Links<'_>) {
        let columns = snapshot.references().columns();
        let mut ids: Vec<u32> = Vec::new();
        for (node, row) in self.rows.iter().enumerate() {
            for edge in columns.offsets[*row as usize]..columns.offsets[*row as usize + 1] {
                let target = self.places[columns.targets[edge as usize] as usize];
                if target != NONE && self.cycle_of[target as usize] == self.cycle_of[node] && rules.keep(edge) {
                    self.targets.push(target);
                    ids.push(edge);
                }
            }
            self.offsets.push(self.targets.len() as u32);
        }
        let owners = self.fold(&ids, links);
        self.edges.reserve_exact(self.targets.len());
        for node in 0..self.rows.len() as u32 {
            let owner = Some(owners[node as usize]).filter(|_| self.folded.contains(node));
            for edge in self.edges_of(node) {
                let target = self.targets[edge as usize];
                let link = if self.folded.contains(target) {
                    FOLDED
                } else {
                    let holder = self.row(owner.unwrap_or(node));
                    let mirrored = owner.is_some_and(|owner| self.is_mirrored(edge, owner, &ids, links));
                    let link = links.of(holder, ids[edge as usize], owner.is_some());
                    if mirrored { link | MIRRORED } else { link }
                };
                self.edges.push(link);
            }
        }
    }

    /// Marks own dicts to which nothing else on their cycle refers, and gives the owner of each.
    fn fold(&mut self, ids: &[u32], links: &Links<'_>) -> Vec<u32> {
        let mut owners = vec![NONE; self.rows.len()];
        let mut shared = Marks::none(self.rows.len());
        for node in 0..self.rows.len() as u32 {
            for edge in self.edges_of(node) {
                let target = self.targets[edge as usize];
                let owner = &mut owners[target as usize];
                if *owner == NONE && links.is_own_dict(self.rows[node as usize], ids[edge as usize]) {
                    *owner = node;
                } else {
                    shared.insert(target);
                }
            }
        }
        for (node, owner) in owners.iter().enumerate() {
            if *owner != NONE && !shared.contains(node as u32) {
                self.folded.insert(node as u32);
            }
        }
        owners
    }

    /// Whether an entry of an own dict only repeats what the owner holds inline (3.13 and later).
    fn is_mirrored(&self, edge: u32, owner: u32, ids: &[u32], links: &Links<'_>) -> bool {
        // Inline values are few: more than these are no inline values.
        const INLINE: usize = 100;
        let inline = self.edges_of(owner);
        let same = |other: u32| {
            self.targets[other as usize] == self.targets[edge as usize]
                && links.reads_alike(ids[other as usize], ids[edge as usize])
        };
        links.is_borrowed(ids[edge as usize]) && inline.len() <= INLINE && inline.into_iter().any(same)
    }

    /// How many cycles there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The nodes of a cycle.
    pub(super) fn nodes(&self, cycle: u32) -> Range<u32> {
        self.starts[cycle as usize]..self.starts[cycle as usize + 1]
    }

    /// The rows of a cycle's nodes, ascending.
    pub(super) fn rows_of(&self, cycle: u32) -> &[u32] {
        &self.rows[self.starts[cycle as usize] as usize..self.starts[cycle as usize + 1] as usize]
    }

    /// The edges that leave a node; all end on its cycle.
    pub(super) fn edges_of(&self, node: u32) -> Range<u32> {
        self.offsets[node as usize]..self.offsets[node as usize + 1]
    }

    /// The edges of a whole cycle.
    pub(super) fn edges_within(&self, cycle: u32) -> Range<u32> {
        let nodes = self.nodes(cycle);
        self.offsets[nodes.start as usize]..self.offsets[nodes.end as usize]
    }

    /// Where an edge leads.
    pub(super) fn target(&self, edge: u32) -> u32 {
        self.targets[edge as usize]
    }

    /// What an edge reads as.
    pub(super) fn edge(&self, edge: u32) -> Edge {
        self.edges[edge as usize]
    }

    /// The row of a node.
    pub(super) fn row(&self, node: u32) -> u32 {
        self.rows[node as usize]
    }

    /// Whether a row has a node.
    pub(super) fn has(&self, row: u32) -> bool {
        self.inside.contains(row)
    }

    /// The node of a row, or [`NONE`].
    pub(super) fn place(&self, row: u32) -> u32 {
        self.places[row as usize]
    }

    /// The cycle of a node.
    pub(super) fn cycle_of(&self, node: u32) -> u32 {
        self.cycle_of[node as usize]
    }

    /// Whether a node is an own dict that belongs to its owner.
    pub(super) fn is_folded(&self, node: u32) -> bool {
        self.folded.contains(node)
    }
}
