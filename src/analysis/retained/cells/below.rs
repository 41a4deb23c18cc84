//! What is in a cell: the largest objects one by one, then types, then the rest.

use super::super::outline::{Owners, names};
use super::super::{Retained, least};
use super::CellContent;
use crate::cpython::attribute::own_dict;
use crate::snapshot::{ObjectId, Snapshot, TypeId};
use foldhash::HashMap;
use std::cmp::Reverse;

/// At most so many types in a cell have cells of their own, the largest.
const TYPES: usize = 8;

/// So many of a type are shown one by one, however alike they are.
const FEW: u64 = 8;

/// What stands for a type name where rows of roots are counted.
pub(super) const ROOTS: &str = "<root>";

/// A cell with all that it takes to open it.
pub(super) struct Part {
    pub(super) content: CellContent,
    pub(super) retained: u64,
    pub(super) objects: u64,
    inside: Inside,
}

enum Inside {
    /// Nothing that could be shown.
    Nothing,
    /// Other cells, already made.
    Parts(Vec<Part>),
    /// Subtrees of the dominator tree, and the objects around them with their own bytes.
    Rows { own: (u64, u64), rows: Vec<u32> },
    /// Objects of one type, each a subtree.
    Members(Vec<u32>),
}

impl Part {
    pub(super) fn leaf(content: CellContent, (objects, retained): (u64, u64)) -> Self {
        Part { content, retained, objects, inside: Inside::Nothing }
    }

    pub(super) fn package(name: String, modules: Vec<Part>) -> Self {
        let content = CellContent::Package { name, modules: modules.len() as u64 };
        let sums = sums(&modules);
        Part { inside: Inside::Parts(modules), ..Part::leaf(content, sums) }
    }

    /// Whether there is more to see inside.
    pub(super) fn can_open(&self) -> bool {
        match &self.inside {
            Inside::Nothing => false,
            Inside::Parts(parts) => !parts.is_empty(),
            Inside::Rows { rows, .. } => !rows.is_empty(),
            // Values without anything below them: opened they would show themselves again.
            Inside::Members(rows) => self.objects > rows.len() as u64,
        }
    }
}

fn sums(parts: &[Part]) -> (u64, u64) {
    parts.iter().fold((0, 0), |(objects, bytes), part| (objects + part.objects, bytes.saturating_add(part.retained)))
}

/// Makes cells.
pub(super) struct Below<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) retained: &'a Retained,
    pub(super) siblings: usize,
    /// The least bytes of a cell of its own.
    pub(super) floor: u64,
}

impl Below<'_> {
    /// The cell of an object; its own dict's things are its own where it owns the dict.
    pub(super) fn object(&self, id: ObjectId, name: Option<String>) -> Part {
        let owned = self.retained.owned(id);
        let (retained, objects) = owned.map_or((0, 0), |owned| (owned.retained, owned.objects));
        let (own, rows) = self.body(id);
        let content = match self.snapshot.objects().is_synthetic(id) {
            true => CellContent::Root(id),
            false => CellContent::Object { id, name, path: None },
        };
        Part { content, retained, objects, inside: Inside::Rows { own, rows } }
    }

    /// An object with its own dict, and the rows below them: how many these two are, their own bytes, and those rows.
    fn body(&self, id: ObjectId) -> ((u64, u64), Vec<u32>) {
        let (objects, tree) = (self.snapshot.objects(), self.retained.tree());
        let mut own = (u64::from(!objects.is_synthetic(id)), objects.size(id));
        let mut rows: Vec<u32> = tree.children(id.get()).collect();
        if let Some(dict) = self.dict_below(id) {
            own = (own.0 + 1, own.1.saturating_add(objects.size(dict)));
            rows.retain(|row| *row != dict.get());
            rows.extend(tree.children(dict.get()));
        }
        (own, rows)
    }

    fn dict_below(&self, id: ObjectId) -> Option<ObjectId> {
        own_dict(self.snapshot, id).filter(|dict| self.retained.dominator(*dict) == Some(id))
    }

    /// A cell of some rows, and of objects around them with their own bytes alone.
    pub(super) fn held(&self, content: CellContent, around: Vec<u32>, rows: Vec<u32>) -> Part {
        let objects = self.snapshot.objects();
        let real = around.iter().map(|row| ObjectId::new(*row)).filter(|id| !objects.is_synthetic(*id));
        let own = real.fold((0, 0u64), |own, id| (own.0 + 1, own.1.saturating_add(objects.size(id))));
        let below = self.sums_of(&rows);
        let all = (own.0 + below.0, own.1.saturating_add(below.1));
        Part { inside: Inside::Rows { own, rows }, ..Part::leaf(content, all) }
    }

    /// Objects and bytes below some rows, these included.
    fn sums_of(&self, rows: &[u32]) -> (u64, u64) {
        let owned = rows.iter().filter_map(|row| self.retained.owned(ObjectId::new(*row)));
        owned.fold((0, 0), |(objects, bytes), one| (objects + one.objects, bytes.saturating_add(one.retained)))
    }

    /// The cells in a cell. They add up to it.
    pub(super) fn open(&self, part: Part) -> Vec<Part> {
        let (own, rows) = match part.inside {
            Inside::Nothing => return Vec::new(),
            Inside::Parts(parts) => return self.few(parts),
            Inside::Rows { own, rows } => (own, rows),
            Inside::Members(members) => {
                let mut all = ((0, 0u64), Vec::new());
                for (own, rows) in members.into_iter().map(|member| self.body(ObjectId::new(member))) {
                    all.0 = (all.0.0 + own.0, all.0.1.saturating_add(own.1));
                    all.1.extend(rows);
                }
                all
            }
        };
        let mut parts = match part.content {
            CellContent::Object { id, .. } | CellContent::Root(id) => {
                self.arrange(rows, |largest| names(self.snapshot, id, self.dict_below(id), largest))
            }
            CellContent::Module { id, .. } => {
                self.arrange(rows, |largest| names(self.snapshot, id, own_dict(self.snapshot, id), largest))
            }
            _ => self.arrange(rows, |_| Vec::new()),
        };
        if own.0 > 0 && !parts.is_empty() {
            parts.push(Part::leaf(CellContent::Own, own));
        }
        parts
    }

    /// Subtrees as cells: the largest by themselves, named by `names`; then those of a type; then the rest.
    pub(super) fn arrange(&self, rows: Vec<u32>, names: impl Fn(&[ObjectId]) -> Vec<Option<String>>) -> Vec<Part> {
        let bytes = |row: u32| self.retained.bytes(ObjectId::new(row)).unwrap_or_default();
        let keys = rows.iter().map(|row| (Reverse(bytes(*row)), *row));
        // One more than there is room for: a rest of one takes a cell too, and says less.
        let mut largest: Vec<u32> = least(keys, self.siblings + 1).into_iter().map(|(_, row)| row).collect();
        let wide = rows.len() > self.siblings + 1;
        largest.truncate(if wide { self.siblings } else { largest.len() });
        let large = largest.iter().take_while(|row| bytes(**row) >= self.floor).count();
        if large + 1 < rows.len() {
            largest.truncate(large);
        }
        self.without_alike(&rows, &mut largest);
        let ids: Vec<ObjectId> = largest.iter().map(|row| ObjectId::new(*row)).collect();
        let mut names = names(&ids).into_iter();
        let mut parts: Vec<Part> = ids.iter().map(|id| self.object(*id, names.next().flatten())).collect();
        largest.sort_unstable();
        let others = rows.into_iter().filter(|row| largest.binary_search(row).is_err());
        parts.extend(self.by_type(others, &ids));
        parts
    }

    /// Takes away what is one of many alike: of a type with more than a few here those that are twice as large as such
    /// a one is on average stay.
    fn without_alike(&self, rows: &[u32], largest: &mut Vec<u32>) {
        let of = |row: &u32| self.snapshot.objects().type_id(ObjectId::new(*row));
        let bytes = |row: &u32| self.retained.bytes(ObjectId::new(*row)).unwrap_or_default();
        let mut types: HashMap<TypeId, (u64, u64)> = HashMap::default();
        for row in rows {
            let (count, sum) = types.entry(of(row)).or_default();
            (*count, *sum) = (*count + 1, sum.saturating_add(bytes(row)));
        }
        largest.retain(|row| {
            let (count, sum) = types.get(&of(row)).copied().unwrap_or_default();
            count <= FEW || bytes(row) / 2 >= sum / count
        });
    }

    /// Cells of the types of these rows, and one for the rest.
    fn by_type(&self, rows: impl Iterator<Item = u32>, shown: &[ObjectId]) -> Vec<Part> {
        let objects = self.snapshot.objects();
        let mut types: HashMap<TypeId, Vec<u32>> = HashMap::default();
        rows.for_each(|row| types.entry(objects.type_id(ObjectId::new(row))).or_default().push(row));
        let mut groups: Vec<(TypeId, Vec<u32>, (u64, u64))> = types
            .into_iter()
            .map(|(of, rows)| (of, self.sums_of(&rows), rows))
            .map(|(of, sums, rows)| (of, rows, sums))
            .collect();
        let name = |of: TypeId| objects.name_of_type(of);
        groups.sort_by(|a, b| (Reverse(a.2.1), name(a.0), a.0).cmp(&(Reverse(b.2.1), name(b.0), b.0)));
        let large = groups.iter().take(TYPES).take_while(|group| group.2.1 >= self.floor).count();
        // As above: a rest of one type is that type.
        let large = if large + 1 == groups.len() { groups.len() } else { large };
        let rest = groups.split_off(large);
        let of_type = |(of, rows, sums): (TypeId, Vec<u32>, (u64, u64))| {
            let more = shown.iter().any(|id| objects.type_id(*id) == of);
            self.members(of, rows, sums, more)
        };
        let mut parts: Vec<Part> = groups.into_iter().map(of_type).collect();
        parts.extend(self.rest(rest));
        parts
    }

    fn members(&self, of: TypeId, rows: Vec<u32>, sums: (u64, u64), more: bool) -> Part {
        if let [only] = rows[..] {
            return self.object(ObjectId::new(only), None);
        }
        let type_name = self.snapshot.objects().name_of_type(of).to_owned();
        let content = CellContent::Group { type_name, count: rows.len() as u64, more };
        Part { inside: Inside::Members(rows), ..Part::leaf(content, sums) }
    }

    fn rest(&self, groups: Vec<(TypeId, Vec<u32>, (u64, u64))>) -> Option<Part> {
        let name = |of: TypeId| self.snapshot.objects().name_of_type(of).to_owned();
        let sums = groups.iter().fold((0, 0u64), |sum, group| (sum.0 + group.2.0, sum.1.saturating_add(group.2.1)));
        let owners = groups.iter().map(|(of, rows, (_, retained))| Owners {
            type_name: name(*of),
            count: rows.len() as u64,
            retained: *retained,
        });
        let types: Vec<Owners> = owners.collect();
        let count = types.iter().map(|of| of.count).sum();
        (count > 0).then(|| Part::leaf(CellContent::Rest { count, types }, sums))
    }

    /// Cells that are made already, modules and other roots, as many of each as have room. The others of each are one.
    pub(super) fn few(&self, mut parts: Vec<Part>) -> Vec<Part> {
        parts.sort_by_key(|part| Reverse(part.retained));
        let is_module = |part: &Part| matches!(part.content, CellContent::Module { .. } | CellContent::Package { .. });
        let (modules, roots): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(is_module);
        let mut kept = self.largest(modules, "builtins.module");
        kept.extend(self.largest(roots, ROOTS));
        kept
    }

    fn largest(&self, mut parts: Vec<Part>, others: &str) -> Vec<Part> {
        let large = parts.iter().take(self.siblings).take_while(|part| part.retained >= self.floor).count();
        if large + 1 >= parts.len() {
            return parts;
        }
        let small = parts.split_off(large);
        let modules = |part: &Part| if let CellContent::Package { modules, .. } = part.content { modules } else { 1 };
        let count = small.iter().map(modules).sum();
        let content = CellContent::Group { type_name: others.to_owned(), count, more: large > 0 };
        parts.push(Part::leaf(content, sums(&small)));
        parts
    }
}
