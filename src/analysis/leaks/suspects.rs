//! Who holds most of the heap, as Eclipse MAT's leak hunter finds them: large dominators, followed down to where what
//! they hold falls apart into small pieces.

use super::pile;
use crate::analysis::place;
use crate::analysis::retained::Retained;
use crate::analysis::select::select;
use crate::cpython::fold::leads_to_own_dict;
use crate::cpython::label::{builtin_type_of, is_module};
use crate::graph::ShortestPaths;
use crate::snapshot::{Flags, ObjectId, Reference, ReferenceId, RootKind, Snapshot, TypeId};
use foldhash::{HashMap, HashSet};
use std::cmp::Reverse;

/// A dominator is followed to its largest child while that retains this share of it, in percent.
const FOLLOWED: u64 = 70;
/// At most so many times.
const DEEPEST: usize = 1000;
/// A type that recurs so often on the way down, at most [`GAP`] steps apart, is a linked list or the like.
const LINKS: usize = 10;
const GAP: usize = 3;
/// Fewer objects of a type in different hands are no pile.
const FEWEST: u64 = 50;
/// So many levels below a suspect are searched for many objects of one type.
const LEVELS: usize = 3;
/// Without a suspect this share of a suspect's share is enough to be named, and so many are.
const LESSER: u64 = 10;
const NAMED: usize = 3;

/// An object that holds much of the heap.
#[derive(Clone, PartialEq, Debug)]
pub struct Suspect {
    /// The object: where what it holds falls apart into small pieces. An instance rather than its own `__dict__`, the
    /// first link of a linked list.
    pub holder: ObjectId,
    /// How a root leads to it, as an expression.
    pub expression: Option<String>,
    /// The same as an OBJECT for the command line, where it is one.
    pub selector: Option<String>,
    /// Bytes that would be freed with it. Of a pile that others refer to as well: with the pile.
    pub bytes: u64,
    /// Whether this is as much as makes a suspect.
    pub over: bool,
    /// Of which type most of it is. `None` where the object alone is large.
    pub contents: Option<Contents>,
}

/// What a suspect holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contents {
    /// The type of most of it, long.
    pub type_name: String,
    /// How many of these there are: those it refers to, or those below it, whichever are more; itself is one of the
    /// links of a linked list.
    pub count: u64,
    /// Bytes that would be freed with them.
    pub bytes: u64,
}

/// The suspects: whoever retains `enough` bytes, beyond what other suspects below it do; at most `most`. The largest few
/// below that, where there is none.
pub(super) fn find(
    snapshot: &Snapshot,
    tree: &ShortestPaths,
    retained: &Retained,
    enough: u64,
    most: usize,
) -> Vec<Suspect> {
    let search = Search { snapshot, tree, retained };
    let enough = enough.max(1);
    let mut found = search.from(enough, most);
    if found.is_empty() {
        found = search.lesser((enough / LESSER).max(1), most.saturating_mul(LESSER as usize));
    }
    found.sort_by_key(|one| (Reverse(one.bytes), one.holder));
    let mut seen = HashSet::default();
    found.retain(|one| seen.insert(one.holder));
    let over = found.iter().filter(|one| one.bytes >= enough).count();
    found.truncate(if over == 0 { NAMED } else { over.min(most) });
    found.into_iter().map(|one| search.suspect(one, enough)).collect()
}

struct Search<'s> {
    snapshot: &'s Snapshot,
    tree: &'s ShortestPaths,
    retained: &'s Retained,
}

/// Who may be a suspect, before it is described: that takes a look at all it holds.
struct Found {
    holder: ObjectId,
    bytes: u64,
    what: What,
}

enum What {
    /// What hangs below this row.
    Below(u32),
    /// A linked list, which begins with the holder.
    List,
    /// Objects of a type that hang side by side.
    Pile(Sum),
}

impl Search<'_> {
    /// The same below the threshold: without what the interpreter alone holds, which every process has.
    fn lesser(&self, enough: u64, most: usize) -> Vec<Found> {
        let mut found = self.from(enough, most);
        found.retain(|one| {
            let way = std::iter::successors(Some(one.holder.get()), |row| Some(self.tree.arrival(*row)?.from));
            let kind = way.last().and_then(|row| self.snapshot.objects().root_kind(ObjectId::new(row)));
            kind != Some(RootKind::Interpreter)
        });
        found
    }

    /// Whoever retains `enough`. As these share nothing there are few, unless sums saturate: then the largest `most`, and
    /// as many piles.
    fn from(&self, enough: u64, most: usize) -> Vec<Found> {
        let mut open: Vec<u32> = self.retained.tree().tops().filter(|row| self.bytes(*row) >= enough).collect();
        let (mut single, mut piles) = (Vec::new(), Vec::new());
        while let Some(row) = open.pop() {
            let large: Vec<u32> =
                self.retained.tree().children(row).filter(|child| self.bytes(*child) >= enough).collect();
            let large = if self.are_parts(row, &large) { Vec::new() } else { large };
            let rest = large.iter().fold(self.bytes(row), |rest, child| rest.saturating_sub(self.bytes(*child)));
            open.extend(&large);
            if rest < enough {
                continue;
            }
            if self.holds_for_all(row) {
                let sums = self.below(&[row]).into_iter().filter(|sum| sum.bytes >= enough && sum.count >= FEWEST);
                piles.extend(sums.map(|sum| (row, sum)));
            } else {
                single.push((row, large.is_empty()));
            }
        }
        single.sort_by_key(|(row, _)| (Reverse(self.bytes(*row)), *row));
        piles.sort_by_key(|(row, sum)| (Reverse(sum.bytes), *row, sum.of_type));
        let piles = piles.into_iter().take(most).filter_map(|(row, sum)| self.pile(row, sum));
        single.into_iter().take(most).map(|(row, follows)| self.found(row, follows)).chain(piles).collect()
    }

    fn found(&self, row: u32, follows: bool) -> Found {
        let row = if follows { self.follow(row) } else { row };
        if let Some(first) = self.first_link(row) {
            return Found { holder: ObjectId::new(first), bytes: self.bytes(first), what: What::List };
        }
        let holder = self.owner_of_dict(row).unwrap_or(ObjectId::new(row));
        Found { holder, bytes: self.bytes(row).max(self.bytes(holder.get())), what: What::Below(row) }
    }

    fn bytes(&self, row: u32) -> u64 {
        self.retained.bytes(ObjectId::new(row)).unwrap_or_default()
    }

    /// Whether these are parts of one whole: the shards of a cache. A container has them, and they are of one type.
    fn are_parts(&self, row: u32, large: &[u32]) -> bool {
        let types = &self.snapshot.objects().columns().types;
        let of_one_type = large.windows(2).all(|pair| types[pair[0] as usize] == types[pair[1] as usize]);
        let container = matches!(builtin_type_of(self.snapshot, ObjectId::new(row)), Some("dict" | "list" | "tuple"));
        large.len() > 1 && of_one_type && container && self.owner_of_dict(row).is_none()
    }

    /// Rows of roots, modules and their namespaces, what the interpreter keeps for all (`sys.__dict__`): what hangs directly
    /// under one has nothing else in common.
    fn holds_for_all(&self, row: u32) -> bool {
        let id = ObjectId::new(row);
        let of_module = || self.owner_of_dict(row).is_some_and(|owner| is_module(self.snapshot, owner));
        let of_interpreter = || {
            let holder = self.tree.arrival(row).map(|step| ObjectId::new(step.from));
            holder.and_then(|holder| self.snapshot.objects().root_kind(holder)) == Some(RootKind::Interpreter)
        };
        self.snapshot.objects().is_synthetic(id) || is_module(self.snapshot, id) || of_module() || of_interpreter()
    }

    fn arrival(&self, row: u32) -> Option<Reference<'_>> {
        self.tree.arrival(row).map(|step| self.snapshot.references().get(ReferenceId::new(step.edge)))
    }

    fn owner_of_dict(&self, row: u32) -> Option<ObjectId> {
        self.arrival(row).filter(leads_to_own_dict).map(|reference| reference.holder)
    }

    /// The accumulation point: down to the largest child as long as that is most of it.
    fn follow(&self, mut row: u32) -> u32 {
        for _ in 0..DEEPEST {
            let Some(largest) = self.retained.tree().children(row).max_by_key(|child| self.bytes(*child)) else {
                break;
            };
            if u128::from(self.bytes(largest)) * 100 < u128::from(self.bytes(row)) * u128::from(FOLLOWED) {
                break;
            }
            row = largest;
        }
        row
    }

    /// Where the way down to `row` goes along links of one type, the first of them.
    fn first_link(&self, row: u32) -> Option<u32> {
        let types = &self.snapshot.objects().columns().types;
        let above = || std::iter::successors(Some(row), |row| self.retained.tree().parent(*row));
        let is_dict_of_other = |row: &u32| self.owner_of_dict(*row).is_some();
        for candidate in above().take(GAP).filter(|row| !is_dict_of_other(row)) {
            let (mut links, mut first, mut second, mut gap) = (0, row, row, 0);
            for at in above() {
                if types[at as usize] == types[candidate as usize] {
                    (links, first, second, gap) = (links + 1, at, first, 0);
                } else {
                    gap += 1;
                }
                if gap >= GAP {
                    break;
                }
            }
            if links >= LINKS {
                // Of a list of dicts the namespace that it hangs in is no link.
                return Some(if is_dict_of_other(&first) { second } else { first });
            }
        }
        None
    }

    fn suspect(&self, found: Found, enough: u64) -> Suspect {
        let holder = found.holder;
        let contents = match found.what {
            What::Below(row) => self.most(row).map(|sum| {
                let count = self.referred(row, sum.of_type).max(self.dominated(row, sum.of_type));
                self.contents(sum.of_type, count, sum.bytes)
            }),
            What::List => {
                let of_type = self.snapshot.objects().type_id(holder);
                Some(self.contents(of_type, self.dominated(holder.get(), of_type) + 1, found.bytes))
            }
            What::Pile(sum) => {
                let count = self.referred(holder.get(), sum.of_type).max(sum.count);
                Some(self.contents(sum.of_type, count, sum.bytes))
            }
        };
        let expression = place::expression(self.snapshot, self.tree, holder);
        let selects = |text: &String| select(self.snapshot, text).is_ok_and(|found| found.ids == [holder]);
        let forced = expression.as_ref().map(|text| format!("path:{text}"));
        // A command line would take a dash at the start for an option.
        let fits = |text: &&String| !text.starts_with('-') && selects(text);
        let selector = expression.iter().chain(&forced).find(fits).cloned();
        Suspect { holder, expression, selector, bytes: found.bytes, over: found.bytes >= enough, contents }
    }

    /// The type of most of what hangs under `row`: directly, or where these are few, under them in turn.
    fn most(&self, row: u32) -> Option<Sum> {
        let types = &self.snapshot.objects().columns().types;
        let (mut rows, mut found) = (vec![row], None);
        for _ in 0..LEVELS {
            let Some(most) = self.below(&rows).into_iter().max_by_key(|sum| (sum.weight, Reverse(sum.of_type))) else {
                break;
            };
            if found.is_some() && most.bytes < self.bytes(row) / 2 {
                break;
            }
            let of_type = |row: &u32| types[*row as usize] == most.of_type.get();
            rows = rows.iter().flat_map(|row| self.retained.tree().children(*row)).filter(of_type).collect();
            let many = most.count >= FEWEST;
            found = Some(most);
            if many {
                break;
            }
        }
        found
    }

    /// Of a type so much hangs directly under `row` that together it would be a suspect: where it piles up, under one
    /// holder that does not hold it alone.
    fn pile(&self, row: u32, sum: Sum) -> Option<Found> {
        let types = &self.snapshot.objects().columns().types;
        let of_type = |row: &u32| types[*row as usize] == sum.of_type.get();
        let instances: Vec<u32> = self.retained.tree().children(row).filter(of_type).collect();
        let holder = pile::holder(self.snapshot, self.tree, &instances)?;
        let bytes = self.bytes(holder.get()).saturating_add(sum.bytes);
        Some(Found { holder, bytes, what: What::Pile(sum) })
    }

    fn contents(&self, of_type: TypeId, count: u64, bytes: u64) -> Contents {
        Contents { type_name: self.snapshot.objects().name_of_type(of_type).to_owned(), count, bytes }
    }

    /// What hangs directly under these rows, by type.
    fn below(&self, rows: &[u32]) -> Vec<Sum> {
        let (objects, tree) = (self.snapshot.objects(), self.retained.tree());
        let mut sums: HashMap<TypeId, Sum> = HashMap::default();
        let children = rows.iter().flat_map(|row| tree.children(*row)).map(ObjectId::new);
        for child in children.filter(|child| !objects.is_synthetic(*child)) {
            let of_type = objects.type_id(child);
            let sum = sums.entry(of_type).or_insert(Sum { of_type, count: 0, bytes: 0, weight: 0 });
            sum.count += 1;
            sum.bytes = sum.bytes.saturating_add(self.bytes(child.get()));
            // Of a list of tuples with a session in each the sessions are what the program knows.
            let of_program = objects.flags(child).contains(Flags::CLASS) || self.snapshot.class_of(child).is_some();
            let weight = self.bytes(child.get()).saturating_mul(if of_program { 2 } else { 1 });
            sum.weight = sum.weight.saturating_add(weight);
        }
        sums.into_values().collect()
    }

    /// How many objects of a type `row` refers to, each reference once.
    fn referred(&self, row: u32, of_type: TypeId) -> u64 {
        let targets = self.snapshot.references().of(ObjectId::new(row));
        let of_type = |reference: &Reference<'_>| self.snapshot.objects().type_id(reference.target) == of_type;
        targets.filter(|reference| reference.tag.holds()).filter(of_type).count() as u64
    }

    /// How many objects of a type `row` retains.
    fn dominated(&self, row: u32, of_type: TypeId) -> u64 {
        let types = &self.snapshot.objects().columns().types;
        let below = self.retained.tree().below(row).iter();
        below.filter(|below| **below != row && types[**below as usize] == of_type.get()).count() as u64
    }
}

/// Objects of one type directly below another object.
struct Sum {
    of_type: TypeId,
    count: u64,
    bytes: u64,
    weight: u64,
}
