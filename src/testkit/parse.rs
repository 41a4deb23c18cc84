//! The grammar of a sketch: one function per rule, over a cursor that knows its column.

use super::cursor::{Cursor, is_plain_key, is_plain_name, is_plain_step, is_plain_type};
use super::plan::{Plan, PlannedObject, PlannedReference, PlannedRoot};
use crate::error::{Error, Result};
use crate::snapshot::{Flags, Generation, ReferenceKind, ReferenceTag, RootKind};

pub(super) fn parse(text: &str) -> Result<Plan> {
    let mut cursor = Cursor::new(text);
    let mut plan = Plan::default();
    loop {
        cursor.skip_space();
        match cursor.peek() {
            None => return Ok(plan),
            Some(';') => drop(cursor.next()),
            Some('<') => plan.roots.extend(root(&mut cursor).map_err(|error| cursor.locate(error))?),
            Some(_) => plan.objects.push(object(&mut cursor).map_err(|error| cursor.locate(error))?),
        }
    }
}

fn object(cursor: &mut Cursor<'_>) -> Result<PlannedObject> {
    let mut object = PlannedObject::new(cursor.word("a label")?.to_owned());
    loop {
        cursor.skip_space();
        match cursor.peek() {
            Some(':') => {
                cursor.next();
                object.type_name = cursor.quoted_or("a type", is_plain_type)?;
            }
            Some('*') => {
                cursor.next();
                object.refcount = Some(cursor.number("a refcount")?);
            }
            Some('@') => {
                cursor.next();
                object.generation = generation(cursor)?;
            }
            Some('#') => {
                cursor.next();
                object.size = cursor.number("a size")?;
            }
            Some('[') => {
                cursor.next();
                object.length = Some(cursor.number("a length")?);
                cursor.expect(']')?;
            }
            Some('=') => {
                cursor.next();
                object.text = Some(cursor.quoted_or("a text", is_plain_name)?);
            }
            Some('!') => {
                cursor.next();
                let word = cursor.word("a flag")?;
                object.flags |=
                    Flags::from_word(word).ok_or_else(|| Error::invalid(format!("no flag is called {word}")))?;
            }
            Some('>') => {
                cursor.next();
                object.references = list(cursor, reference)?;
            }
            None | Some(';') => return Ok(object),
            Some(_) => return Err(cursor.expected("`;` or one of `:*@#[=!>`")),
        }
    }
}

fn generation(cursor: &mut Cursor<'_>) -> Result<Generation> {
    match cursor.word("a generation")? {
        "0" => Ok(Generation(0)),
        "1" => Ok(Generation(1)),
        "2" => Ok(Generation(2)),
        "frozen" => Ok(Generation::FROZEN),
        "untracked" => Ok(Generation::UNTRACKED),
        other => Err(Error::invalid(format!("expected a generation 0, 1, 2, frozen or untracked, found {other}"))),
    }
}

fn list<'t, T>(cursor: &mut Cursor<'t>, one: impl Fn(&mut Cursor<'t>) -> Result<T>) -> Result<Vec<T>> {
    let mut all = vec![one(cursor)?];
    while cursor.take(',') {
        all.push(one(cursor)?);
    }
    Ok(all)
}

/// A target with what may follow it, before an object or a root gives meaning to what is left out.
struct Pointer {
    target: String,
    kind: Option<ReferenceKind>,
    // `.cache` names without saying the kind: an attribute of an object, a variable of a frame.
    name: Option<String>,
    marks: Vec<String>,
}

fn pointer(cursor: &mut Cursor<'_>) -> Result<Pointer> {
    let target = cursor.word("a target")?.to_owned();
    let mut pointer = Pointer { target, kind: None, name: None, marks: Vec::new() };
    if cursor.take('[') {
        pointer.kind = Some(ReferenceKind::Item);
        if !cursor.take(']') {
            pointer.kind = Some(ReferenceKind::Key);
            pointer.name = Some(cursor.quoted_or("a key", is_plain_key)?);
            cursor.expect(']')?;
        }
    } else if cursor.take('{') {
        cursor.expect('}')?;
        pointer.kind = Some(ReferenceKind::DictKey);
    } else if cursor.take('~') {
        let word = cursor.word("a kind of reference")?;
        let kind = ReferenceKind::from_word(word);
        pointer.kind = Some(kind.ok_or_else(|| Error::invalid(format!("no kind of reference is called {word}")))?);
    }
    if pointer.name.is_none() && cursor.take('.') {
        pointer.name = Some(cursor.quoted_or("a name", is_plain_name)?);
    }
    while cursor.take('+') {
        pointer.marks.push(cursor.word("a mark")?.to_owned());
    }
    Ok(pointer)
}

fn reference(cursor: &mut Cursor<'_>) -> Result<PlannedReference> {
    let Pointer { target, kind, name, marks } = pointer(cursor)?;
    let unsaid = if name.is_some() { ReferenceKind::Attribute } else { ReferenceKind::Item };
    let mut tag = ReferenceTag::plain(kind.unwrap_or(unsaid));
    for mark in marks {
        tag = tag.with_mark(&mark).ok_or_else(|| Error::invalid(format!("no mark is called {mark}")))?;
    }
    Ok(PlannedReference { target, tag, name })
}

fn root(cursor: &mut Cursor<'_>) -> Result<Vec<PlannedRoot>> {
    cursor.expect('<')?;
    let (kind, path) = root_path(cursor)?;
    cursor.expect('>')?;
    cursor.expect('>')?;
    let entries = list(cursor, |cursor| root_entry(cursor, kind, &path))?;
    match cursor.peek() {
        None | Some(';') => Ok(entries),
        Some(_) => Err(cursor.expected("`;` or `,`")),
    }
}

fn root_path(cursor: &mut Cursor<'_>) -> Result<(RootKind, Vec<String>)> {
    let mut path = vec![step(cursor)?];
    if cursor.take(':') {
        let kind = RootKind::from_word(&path[0]);
        let kind = kind.ok_or_else(|| Error::invalid(format!("no kind of root is called {}", path[0])))?;
        path[0] = step(cursor)?;
        return Ok((kind, further_steps(cursor, path)?));
    }
    // `app.py:42` has a colon too; only a kind of root may stand before one on its own.
    let path = further_steps(cursor, path)?;
    if path.len() == 1
        && let Some(kind) = kind_of_row(&path[0])
    {
        return Ok((kind, Vec::new()));
    }
    let first_word = path[path.len() - 1].split(' ').next().unwrap_or_default();
    let kind = RootKind::from_word(first_word).unwrap_or(RootKind::Other);
    Ok((kind, path))
}

fn further_steps(cursor: &mut Cursor<'_>, mut path: Vec<String>) -> Result<Vec<String>> {
    while cursor.take('|') {
        path.push(step(cursor)?);
    }
    Ok(path)
}

/// One step of a root's path. Its colons, as in `app.py:42`, are part of it unless a kind of root stands before.
fn step(cursor: &mut Cursor<'_>) -> Result<String> {
    let mut text = cursor.quoted_or("a step of a root's path", is_plain_step)?;
    while cursor.peek() == Some(':') && RootKind::from_word(text.trim()).is_none() {
        cursor.next();
        text.push(':');
        if cursor.peek().is_some_and(is_plain_step) {
            text.push_str(cursor.run("a step", is_plain_step)?);
        }
    }
    Ok(text.trim_end().to_owned())
}

/// The kind whose one row is written `<word>`.
pub(super) fn kind_of_row(word: &str) -> Option<RootKind> {
    match word {
        "modules" => Some(RootKind::Module),
        "held outside Python" => Some(RootKind::Held),
        _ => RootKind::from_word(word),
    }
}

fn root_entry(cursor: &mut Cursor<'_>, kind: RootKind, path: &[String]) -> Result<PlannedRoot> {
    let Pointer { target, kind: said, name, marks } = pointer(cursor)?;
    let by_variable = matches!(kind, RootKind::Frame);
    let unsaid = if by_variable { ReferenceKind::Local } else { ReferenceKind::Root };
    let reference = said.unwrap_or(unsaid);
    let named_by_label = said.is_none() && name.is_none() && (by_variable || kind == RootKind::Module);
    let mut counted = reference != ReferenceKind::Root;
    for mark in marks {
        counted = match mark.as_str() {
            "counted" => true,
            "uncounted" => false,
            other => return Err(Error::invalid(format!("a root is counted or uncounted, not {other}"))),
        };
    }
    let name = if named_by_label { Some(target.clone()) } else { name };
    Ok(PlannedRoot { kind, path: path.to_vec(), reference, name, target, counted })
}

#[cfg(test)]
mod tests {
    use super::super::try_sketch;

    #[test]
    fn bad_grammar_is_named_with_its_column() {
        for (text, complaint) in [
            ("a > b.; c", "column 7: expected a name, found `;`"),
            ("a > ", "column 5: expected a target, found the end"),
            ("a*x", "column 3: expected a refcount, found `x`"),
            ("a*4294967296", "4294967296 is too large for a refcount"),
            ("a@7", "expected a generation 0, 1, 2, frozen or untracked, found 7"),
            ("a!nice", "no flag is called nice"),
            ("a > b~strong", "no kind of reference is called strong"),
            ("a > b+heavy", "no mark is called heavy"),
            ("a b", "column 3: expected `;` or one of `:*@#[=!>`, found `b`"),
            ("<modules> app", "column 11: expected `>`, found `a`"),
            ("a; a", "the label a is declared twice"),
            ("a=\"x", "expected a string in double quotes"),
            ("0x10; 0x10", "declared twice"),
            ("0x10; 0x010", "two objects at 0x10"),
        ] {
            let error = try_sketch(text).expect_err(text).to_string();
            assert!(error.contains(complaint), "{text}: {error}");
        }
    }
}
