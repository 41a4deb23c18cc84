//! Patterns that `--filter`, `--highlight` and `--ignore` take: selectors, type globs, and their negation.

use super::select::{Matched, select};
use crate::cpython::label::short_type;
use crate::error::Result;
use crate::snapshot::{ObjectId, Snapshot, TypeId};

/// A type glob or type name, maybe negated: `app.*`, `dict`, `!app.Session`.
///
/// `*` stands for any text, `?` for one character. Without a dot it is held against short names too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    negated: bool,
    text: String,
}

impl Pattern {
    /// Reads a pattern. A `!` in front negates.
    ///
    /// ```
    /// use heapgraph::analysis::pattern::Pattern;
    /// assert!(Pattern::new("app.*").fits("app.models.User"));
    /// assert!(Pattern::new("!dict").fits("builtins.dict") && Pattern::new("!dict").is_negated());
    /// ```
    pub fn new(text: &str) -> Self {
        let (negated, text) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
        Pattern { negated, text: text.to_owned() }
    }

    /// Whether a type of this long name fits, before negation.
    pub fn fits(&self, type_name: &str) -> bool {
        let short = !self.text.contains('.') && wildcard(&self.text, short_type(type_name));
        short || wildcard(&self.text, type_name)
    }

    /// Whether a `!` stood in front.
    pub fn is_negated(&self) -> bool {
        self.negated
    }

    fn is_glob(&self) -> bool {
        self.text.contains(['*', '?'])
            // Keys and addresses are a selector's own business, whatever characters stand in them.
            && !self.text.contains(['[', '\'', '"'])
    }
}

/// Whether `text` fits a pattern of literal characters, `*` and `?`. No recursion: a later `*` makes an earlier one
/// final, so it is enough to remember the last.
fn wildcard(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == text[t]) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((at, taken)) = star {
            star = Some((at, taken + 1));
            (p, t) = (at + 1, taken + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|character| *character == '*')
}

/// Several patterns for types: something passes if one that is not negated fits, or there is none of these, and no
/// negated one fits. No pattern at all lets everything pass.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct TypeFilter {
    patterns: Vec<Pattern>,
}

impl TypeFilter {
    /// All of these patterns together.
    pub fn new<T: AsRef<str>>(patterns: &[T]) -> Self {
        TypeFilter { patterns: patterns.iter().map(|text| Pattern::new(text.as_ref())).collect() }
    }

    /// Whether a type of this long name passes.
    pub fn passes(&self, type_name: &str) -> bool {
        let (negated, wanted): (Vec<&Pattern>, Vec<&Pattern>) =
            self.patterns.iter().partition(|pattern| pattern.is_negated());
        let fits = |pattern: &&Pattern| pattern.fits(type_name);
        (wanted.is_empty() || wanted.iter().any(fits)) && !negated.iter().any(fits)
    }
}

/// Patterns resolved in one snapshot: which objects they mean.
#[derive(Clone, Default, Debug)]
pub struct ObjectFilter {
    wanted: Option<Chosen>,
    unwanted: Option<Chosen>,
}

/// A set of objects: whole types, and single ones in row order.
#[derive(Clone, Default, Debug)]
struct Chosen {
    types: Vec<bool>,
    rows: Vec<ObjectId>,
}

impl Chosen {
    fn contains(&self, snapshot: &Snapshot, id: ObjectId) -> bool {
        let of_type = self.types.get(snapshot.objects().type_id(id).index()).is_some_and(|chosen| *chosen);
        of_type || self.rows.binary_search(&id).is_ok()
    }

    fn add(&mut self, snapshot: &Snapshot, pattern: &Pattern) -> Result<()> {
        let names = snapshot.objects().type_names();
        self.types.resize(names.len(), false);
        if pattern.is_glob() {
            names.iter().enumerate().for_each(|(id, name)| self.types[id] |= pattern.fits(name));
            return Ok(());
        }
        let selection = select(snapshot, &pattern.text)?;
        match selection.matched {
            Matched::Type(_) => {
                let type_of = |id: &ObjectId| snapshot.objects().type_id(*id);
                selection.ids.iter().map(type_of).map(TypeId::index).for_each(|id| self.types[id] = true);
            }
            Matched::Address | Matched::Path | Matched::Instance => self.rows.extend(selection.ids),
        }
        self.rows.sort();
        Ok(())
    }
}

impl ObjectFilter {
    /// Resolves selectors and type globs, each maybe negated by a `!` in front, as [`TypeFilter`] combines them.
    ///
    /// # Errors
    /// A selector that selects nothing: an unknown object, with the nearest names. A glob may fit nothing.
    pub fn new<T: AsRef<str>>(snapshot: &Snapshot, patterns: &[T]) -> Result<Self> {
        let mut filter = ObjectFilter::default();
        for text in patterns {
            let pattern = Pattern::new(text.as_ref());
            let side = if pattern.is_negated() { &mut filter.unwanted } else { &mut filter.wanted };
            side.get_or_insert_default().add(snapshot, &pattern)?;
        }
        Ok(filter)
    }

    /// Whether there is no pattern at all.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_none() && self.unwanted.is_none()
    }

    /// Whether the object passes; without any pattern it does.
    pub fn passes(&self, snapshot: &Snapshot, id: ObjectId) -> bool {
        let wanted = self.wanted.as_ref().is_none_or(|chosen| chosen.contains(snapshot, id));
        wanted && self.unwanted.as_ref().is_none_or(|chosen| !chosen.contains(snapshot, id))
    }

    /// Whether there are patterns and the object passes: for marking and for leaving out.
    pub fn picks(&self, snapshot: &Snapshot, id: ObjectId) -> bool {
        !self.is_empty() && self.passes(snapshot, id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_a_question_mark_for_one_character() {
        for (pattern, text, fits) in [
            ("app.*", "app.Session", true),
            ("app.*", "application.Session", false),
            ("*.Session", "app.models.Session", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("Sess?on", "Session", true),
            ("Sess?on", "Sesson", false),
            ("", "", true),
            ("*", "", true),
        ] {
            assert_eq!(wildcard(pattern, text), fits, "{pattern} on {text}");
        }
    }

    #[test]
    fn negated_patterns_take_away_from_what_the_others_let_through() {
        let passes = |patterns: &[&str], name| TypeFilter::new(patterns).passes(name);
        assert!(passes(&[], "app.A") && passes(&["app.*"], "app.A") && !passes(&["app.*"], "web.A"));
        assert!(passes(&["!dict"], "app.A") && !passes(&["!dict"], "builtins.dict"));
        assert!(passes(&["app.*", "!app.B"], "app.A") && !passes(&["app.*", "!app.B"], "app.B"));
    }
}
