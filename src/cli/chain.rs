//! `chain`: the shortest way from a root to each object.

use super::input::{Limit, Target};
use super::output::Answer;
use super::picture::Drawing;
use super::stop::Stop;
use clap::Args;
use heapgraph::analysis::neighbourhood::{self, Direction, Neighbourhood, RootPath, View};
use heapgraph::analysis::paths::{self, Chains};
use heapgraph::analysis::pattern::ObjectFilter;
use heapgraph::analysis::retained::Retained;
use heapgraph::analysis::select;
use heapgraph::cpython::path;
use heapgraph::render::text::grouped;
use heapgraph::render::{json, table};
use heapgraph::snapshot::{ObjectId, Snapshot};
use heapgraph::{Error, Result};

/// Chains have at most so many steps together.
const STEPS: u64 = 20_000_000;

/// Why is this object alive? The shortest chain of references from a root
#[derive(Args, Debug)]
pub(crate) struct Chain {
    #[command(flatten)]
    target: Target,
    /// So many chains for each object, if there are as many that share nothing but their root
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    paths: u32,
    /// Merge the chains of all objects into one tree. Those of more than 20 are anyway, without --limit
    #[arg(long, conflicts_with_all = ["paths", "output", "show"])]
    merge: bool,
    /// Start at this object rather than at the roots. Repeatable
    #[arg(long, value_name = "OBJECT")]
    from: Vec<String>,
    /// End at this object: the same as OBJECT behind FILE. Repeatable
    #[arg(long, value_name = "OBJECT")]
    to: Vec<String>,
    /// Leave out references of this name (cache, .parent, Child.parent, ['k'], []), or whatever objects of this type
    /// refer to (Session, app.*). Repeatable
    #[arg(long, value_name = "NAME", alias = "without")]
    exclude: Vec<String>,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    drawing: Drawing,
}

impl Chain {
    pub(crate) fn answer(&self, stop: &Stop) -> Result<Answer> {
        let sheet = self.drawing.start(stop)?;
        let question = self.target.read_and(&self.to)?;
        let snapshot = &question.snapshot;
        let options = self.options(snapshot)?;
        let all = question.select(usize::MAX)?;
        if self.merges(all.ids.len()) {
            let merged = paths::merged(snapshot, &all.ids, &options);
            let missing = self.missing(merged.without.len());
            let text = table::merged(snapshot, &merged, self.limit.rows(false));
            let note = (!self.merge).then(|| {
                format!("the chains of {} objects merged; --limit 0 lists them all", grouped(all.ids.len() as u64))
            });
            return Ok(Answer::text(text).with_notes(all.notes).with_notes(note).with_notes(missing));
        }
        let asked = question.select(self.limit.rows(self.drawing.is_json()))?;
        not_too_many(snapshot, &asked.ids, &options)?;
        let found = paths::chains(snapshot, &asked.ids, &options);
        let missing = self.missing(found.without.len());
        let answer = if self.drawing.is_json() {
            let merged = self.merge.then(|| paths::merged(snapshot, &all.ids, &options));
            let snapshot = question.snapshot;
            Answer::written(move |out| json::write(&json::chains(&snapshot, &found, merged.as_ref()), out))
        } else if self.drawing.is_picture() {
            let retained = self.drawing.retained(snapshot);
            let part = drawn(snapshot, &found, self.drawing.view(), retained.as_ref())?;
            self.drawing.draw(snapshot, question.source.as_deref(), &part, sheet)?
        } else {
            Answer::text(table::chains(snapshot, &found))
        };
        Ok(answer.with_notes(asked.notes).with_notes(missing))
    }

    /// Whether so many chains are told as one tree.
    fn merges(&self, objects: usize) -> bool {
        let many = objects > self.limit.rows(false) && self.limit.given().is_none() && self.paths == 1;
        !self.drawing.is_picture() && (self.merge || many)
    }

    /// What to say of objects that have no chain.
    fn missing(&self, objects: usize) -> Option<String> {
        let why = if !self.from.is_empty() {
            "not reached from there"
        } else if !self.exclude.is_empty() {
            "not reached without what is left out, or garbage"
        } else {
            "garbage, which no root reaches"
        };
        (objects > 0).then(|| format!("{why}: {} of the objects", grouped(objects as u64)))
    }

    fn options(&self, snapshot: &Snapshot) -> Result<paths::Options> {
        let names = (!self.exclude.is_empty()).then_some(&self.exclude);
        let mut from = select::objects(&select::select_all(snapshot, &self.from)?);
        if from.is_empty() && self.drawing.view() == View::Objgraph {
            // objgraph's chains begin at a module: it sees no running frames.
            from = path::modules(snapshot).into_iter().map(|(_, module)| module).collect();
        }
        Ok(paths::Options {
            left_out: names.map(|names| select::left_out(snapshot, names)).transpose()?,
            from,
            most: self.paths as usize,
        })
    }
}

/// Refuses what would fill the memory: of a linked list the chains of all links are as many steps as its length squared.
fn not_too_many(snapshot: &Snapshot, ids: &[ObjectId], options: &paths::Options) -> Result<()> {
    let longest = snapshot.objects().len() as u64;
    if longest.saturating_mul(ids.len() as u64) <= STEPS {
        return Ok(());
    }
    let steps = paths::steps(snapshot, ids, options);
    if steps <= STEPS {
        return Ok(());
    }
    let (most, found) = (grouped(STEPS), grouped(steps));
    Err(Error::unsupported(format!("expected chains of at most {most} steps together, found {found} steps"))
        .with_hint("--merge without --json tells them as one tree; --limit N takes the first N objects"))
}

/// The chains as a part of the heap, by objgraph's rule: what leads to their ends, as far as it lies on one of them.
fn drawn(snapshot: &Snapshot, found: &Chains, view: View, retained: Option<&Retained>) -> Result<Neighbourhood> {
    let ends: Vec<ObjectId> = found.chains.iter().map(paths::Chain::object).collect();
    let hops = found.chains.iter().flat_map(|chain| &chain.hops);
    let on_chains: Vec<String> =
        hops.filter_map(|hop| snapshot.objects().address(hop.object)).map(|address| address.to_string()).collect();
    // objgraph's chains begin at an object: it knows no roots.
    let counts = |hop: &&paths::Hop| view == View::Ours || snapshot.objects().address(hop.object).is_some();
    let length = |chain: &paths::Chain| chain.hops.iter().filter(counts).count();
    let longest = found.chains.iter().map(length).max().unwrap_or(1).max(1);
    let options = neighbourhood::Options {
        max_depth: u32::try_from(longest).unwrap_or(u32::MAX) - 1,
        filter: ObjectFilter::new(snapshot, &on_chains)?,
        view,
        root_path: RootPath::Given(&found.chains),
        retained,
        ..neighbourhood::Options::default()
    };
    Ok(neighbourhood::walk(snapshot, &snapshot.referrers(), &ends, Direction::Backrefs, &options))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::parse;
    use heapgraph::testkit::{id, sketch};

    #[test]
    fn arguments_become_options() {
        let heap = sketch("<modules> > app; app:module > a.cache; a:app.A > b['k']; b:app.B > a.up");
        let options = |words: &str| parse::<Chain>(&format!("app.parquet B {words}")).unwrap().options(&heap);
        let none = options("").unwrap();
        assert!(none.left_out.is_none() && none.from.is_empty() && none.most == 1);
        let some = options("--exclude .up --without 'k' --from A --paths 3").unwrap();
        assert_eq!((some.left_out.unwrap().count(), some.from, some.most), (2, vec![id(&heap, "a")], 3));
        assert!(options("--exclude nothing").unwrap_err().is_unknown_object());
        assert!(options("--from nothing").unwrap_err().is_unknown_object());
    }

    #[test]
    fn chains_of_too_many_steps_are_refused() {
        let links = |count: usize| {
            let list: String = (1..count).map(|n| format!("; n{}:app.Node > n{n}.next", n - 1)).collect();
            let heap = sketch(&format!("<modules> > app; app:module > n0.head{list}; n{}:app.Node", count - 1));
            let ids: Vec<ObjectId> = heap.objects().real_ids().collect();
            not_too_many(&heap, &ids, &paths::Options::default())
        };
        assert!(links(100).is_ok());
        let error = links(6400).unwrap_err();
        assert!(error.is_unsupported() && error.to_string().contains("found 20,"), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("--merge")));
    }

    #[test]
    fn many_chains_are_merged_unless_their_number_is_given() {
        let merges = |words: &str, objects| parse::<Chain>(&format!("app.parquet B {words}")).unwrap().merges(objects);
        assert!(merges("", 21) && merges("--merge", 1) && merges("--merge -n 5", 1));
        for words in ["-n 5", "-n 0", "--json", "-o x.svg", "--paths 2", "--merge --json"] {
            assert!(!merges(words, 21), "{words}");
        }
        assert!(!merges("", 20));
    }
}
