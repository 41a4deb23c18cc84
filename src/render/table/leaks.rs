//! `leaks`: a report as prose, each part with the command that shows more.

use super::{CELL, Sizes};
use crate::analysis::census::TypeCount;
use crate::analysis::cycles::Shape;
use crate::analysis::diff::Diff;
use crate::analysis::leaks::{Leaks, Suspect};
use crate::cpython::label::{counted, object_detail, object_title, short_type};
use crate::render::advice::advice;
use crate::render::text::{clean, cut, grouped};
use crate::snapshot::Snapshot;

/// So many types are named in a sentence.
const TYPES: usize = 3;
/// So many of a kind are worth a sentence.
const MANY: u64 = 50;
/// Most characters of the path of a suspect.
const PATH: usize = 200;

/// The report in paragraphs. `file` is how a command line names the snapshot: a file name, or `--pid 4711`; `since` the
/// earlier one.
pub fn leaks(snapshot: &Snapshot, report: &Leaks, file: &str, since: &str, sizes: Sizes) -> String {
    let Prose { suspects, garbage, uncollectable, cycles, unheld, growth } =
        prose(snapshot, report, file, since, sizes);
    let parts = [suspects, garbage, uncollectable, cycles, unheld, growth];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The paragraphs of the report, each empty where there is nothing to tell. A line that begins with four spaces and
/// `heapgraph` is a command.
pub(in crate::render) struct Prose {
    pub(in crate::render) suspects: String,
    pub(in crate::render) garbage: String,
    pub(in crate::render) uncollectable: String,
    pub(in crate::render) cycles: String,
    pub(in crate::render) unheld: String,
    pub(in crate::render) growth: String,
}

/// The report in paragraphs by name.
pub(in crate::render) fn prose(snapshot: &Snapshot, report: &Leaks, file: &str, since: &str, sizes: Sizes) -> Prose {
    let words = Words { snapshot, report, file, since, sizes };
    Prose {
        suspects: words.suspects(),
        garbage: words.garbage(),
        uncollectable: words.uncollectable(),
        cycles: words.cycles(),
        unheld: words.unheld(),
        growth: words.growth(),
    }
}

struct Words<'r> {
    snapshot: &'r Snapshot,
    report: &'r Leaks,
    file: &'r str,
    since: &'r str,
    sizes: Sizes,
}

impl Words<'_> {
    fn command(&self, words: &str) -> String {
        format!("    heapgraph {}\n", words.replacen("FILE", &self.input(), 1))
    }

    fn input(&self) -> String {
        file_words(self.file)
    }

    fn percent(&self, bytes: u64) -> String {
        format!("{:.0} %", bytes as f64 * 100.0 / self.report.bytes.max(1) as f64)
    }

    fn suspects(&self) -> String {
        let heap = format!("{} in {}", self.sizes.write(self.report.bytes), counted(self.report.objects, "object"));
        let all = &self.report.suspects;
        let share = format!("{:.0} %", self.report.share * 100.0);
        let mut out = match (self.report.has_suspects(), all.len()) {
            (true, 1) => format!("One object holds much of the heap ({heap}).\n"),
            (true, several) => format!("{} objects hold much of the heap ({heap}).\n", grouped(several as u64)),
            (false, 0) => return format!("Nothing holds much of the heap ({heap}): no object has {share} of it.\n"),
            (false, _) => {
                format!(
                    "Nothing holds much of the heap ({heap}): no object has {share} of it. The largest below that:\n"
                )
            }
        };
        for suspect in all {
            out += &self.suspect(suspect);
        }
        out
    }

    fn suspect(&self, suspect: &Suspect) -> String {
        let title = cut(&object_title(self.snapshot, suspect.holder), CELL);
        let detail = object_detail(self.snapshot, suspect.holder).map(|detail| format!(" with {}", cut(&detail, CELL)));
        let path = suspect.expression.as_ref().map_or_else(|| title.clone(), |path| cut(path, PATH));
        let what = format!("{} {title}{}", article(&title), detail.unwrap_or_default());
        let size = format!("{}, {} of the heap", self.sizes.write(suspect.bytes), self.percent(suspect.bytes));
        let mut out = match &suspect.contents {
            Some(held) => {
                let type_name = cut(short_type(&held.type_name), CELL);
                format!(
                    "  {path} holds {} {type_name} object{}: {size}\n    it is {what}\n",
                    grouped(held.count),
                    if held.count == 1 { "" } else { "s" },
                )
            }
            None => format!("  {path}: {size}\n    it is {what}\n"),
        };
        let address = || self.snapshot.objects().address(suspect.holder).map(|address| address.to_string());
        if let Some(object) = suspect.selector.clone().or_else(address) {
            out += &self.command(&format!("retained FILE {}", quoted(&object)));
        }
        out
    }

    fn garbage(&self) -> String {
        let found = &self.report.collection;
        if found.collected.is_empty() {
            return "No garbage waits for the collector.\n".to_owned();
        }
        let off = self.snapshot.metadata().collector.as_ref().is_some_and(|collector| !collector.enabled);
        let off = if off { " The collector is switched off." } else { "" };
        let (freed, bytes) = (found.freed(), self.sizes.write(found.freed_bytes));
        format!(
            "gc.collect() would free {} ({bytes}): {}.{off}\n{}",
            counted(freed, "object"),
            named(&found.types),
            self.command("collect FILE")
        )
    }

    fn uncollectable(&self) -> String {
        let found = &self.report.collection;
        match found.uncollectable.len() as u64 {
            0 => String::new(),
            dead => format!(
                "{} can never be freed: {} with tp_del, and what these reach.\n{}",
                counted(dead, "object"),
                grouped(found.garbage.len() as u64),
                self.command("collect FILE")
            ),
        }
    }

    /// What holds itself: in words where some is garbage or many are alike. A few that are in use say nothing: every
    /// program has them.
    fn cycles(&self) -> String {
        let found = &self.report.cycles;
        let (all, garbage) = (found.all.cycles, found.garbage.cycles);
        let telling = |shape: &&Shape| if garbage > 0 { shape.garbage > 0 } else { shape.sum.cycles >= MANY };
        let state = match garbage {
            0 if all == 1 => "in use".to_owned(),
            0 => "all of them in use".to_owned(),
            garbage => format!("{} of them garbage", grouped(garbage)),
        };
        let Some(first) = found.shapes.iter().find(telling) else {
            return if all == 0 { "No cycles.\n".to_owned() } else { format!("{}, {state}.\n", counted(all, "cycle")) };
        };
        let of = if first.garbage > 0 { " of garbage" } else { "" };
        let mut out = format!(
            "{} ({}), {state}; the largest kind{of} is {}\n",
            counted(all, "cycle"),
            self.sizes.write(found.all.bytes),
            cut(&first.text, 2 * CELL)
        );
        if let Some(name) = first.cut.names.first() {
            let them = if first.sum.cycles == 1 { "it" } else { "them" };
            out += &format!("    to break {them}, {}\n", cut(&advice(name), 2 * CELL));
        }
        out + &self.command("cycles FILE")
    }

    /// What C code holds: a few such objects every process has.
    fn unheld(&self) -> String {
        let found = &self.report.unheld;
        let count = found.objects.len() as u64;
        let address = found.objects.first().and_then(|first| self.snapshot.objects().address(*first));
        let Some(address) = address.filter(|_| count >= MANY) else {
            return match count {
                0 => String::new(),
                _ => format!("{} without a Python holder; every process has a few.\n", counted(count, "object")),
            };
        };
        format!(
            "{} ({}) have no Python holder: C code took them and holds them still: {}.\n{}",
            counted(count, "object"),
            self.sizes.write(found.bytes()),
            named(&found.types),
            self.command(&format!("object FILE {address}"))
        )
    }

    fn growth(&self) -> String {
        let Some(diff) = &self.report.growth else { return String::new() };
        let percent = self.report.growth().unwrap_or_default() * 100.0;
        let change = match (diff.old.bytes, diff.new.bytes) {
            (old, new) if new > old => format!("grew by {} ({percent:.1} %)", self.sizes.write(new - old)),
            (old, new) if new < old => format!("shrank by {} ({:.1} %)", self.sizes.write(old - new), -percent),
            _ => "is as large as it was".to_owned(),
        };
        let other = if diff.same_process { "" } else { " (a snapshot of another process)" };
        let mut out = format!("Since {}{other} the heap {change}{}.\n", clean(self.since), grown(diff));
        for holder in &diff.holders {
            let place = holder.expression.as_deref().unwrap_or(&holder.title);
            let by = holder.new.saturating_sub(holder.old);
            out += &format!("  {} grew by {}\n", cut(place, PATH), counted(by, "reference"));
        }
        out + &format!("    heapgraph diff {} {}\n", quoted(self.since), self.input())
    }
}

/// `: 20,000 Session, 20,000 User more`.
fn grown(diff: &Diff) -> String {
    let types = diff.types.iter().filter(|one| one.new > one.old).take(TYPES);
    let words: Vec<String> =
        types.map(|one| format!("{} {}", grouped(one.new - one.old), cut(short_type(&one.type_name), CELL))).collect();
    if words.is_empty() { String::new() } else { format!(": {} more", words.join(", ")) }
}

/// `10 Parent, 10 list and 2 more types`.
fn named(types: &[TypeCount]) -> String {
    let name = |one: &TypeCount| format!("{} {}", grouped(one.count), cut(short_type(&one.type_name), CELL));
    let mut words = types.iter().take(TYPES).map(name).collect::<Vec<_>>().join(", ");
    if types.len() > TYPES {
        words += &format!(" and {}", counted((types.len() - TYPES) as u64, "other type"));
    }
    words
}

/// What a title is read with: a letter, or capitals, by the names of letters (an N, an HTTPServer, a UI), else as a word.
fn article(title: &str) -> &'static str {
    let mut letters = title.chars().skip_while(|letter| !letter.is_alphanumeric());
    let (first, second) = (letters.next().unwrap_or_default(), letters.next());
    let spelled = first.is_uppercase() && !second.is_some_and(char::is_lowercase);
    let an = if spelled { "AEFHILMNORSX".contains(first) } else { "aeiouAEIOU".contains(first) };
    let as_in_user = matches!(first, 'u' | 'U') && second == Some('s');
    if an && !as_in_user { "an" } else { "a" }
}

/// The snapshot as a word of a command line; `--pid 4711` is two.
pub(in crate::render) fn file_words(file: &str) -> String {
    let pid = file.strip_prefix("--pid ").is_some_and(|pid| pid.parse::<u32>().is_ok());
    if pid { file.to_owned() } else { quoted(file) }
}

/// A word of a command line as a shell takes it.
pub(in crate::render) fn quoted(word: &str) -> String {
    let word = clean(word);
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_' | ':' | '/' | '-');
    if word.chars().all(plain) {
        word
    } else if word.contains(['"', '$', '`', '\\', '!']) {
        format!("'{}'", word.replace('\'', r"'\''"))
    } else {
        format!("\"{word}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_goes_by_how_a_title_is_read() {
        let titles = ["N", "Node", "HTTPServer", "UI", "User", "Item", "_Entry", "dict", "SQLStore", "Unset"];
        let articles = titles.map(article);
        assert_eq!(articles, ["an", "a", "an", "a", "a", "an", "an", "a", "an", "an"]);
    }

    #[test]
    fn a_file_is_one_word_of_a_command() {
        let words = ["a.parquet", "a b.parquet", "it's $1", "a\nb"].map(quoted);
        assert_eq!(words[..3], ["a.parquet", "\"a b.parquet\"", r"'it'\''s $1'"]);
        assert!(!words[3].contains('\n'));
    }
}
