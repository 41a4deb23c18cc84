//! Objects that show some of their fields.

use super::{Writer, str_repr};
use crate::cpython::attribute::{items, key, own, own_dict};
use crate::cpython::label::{builtin_type, builtin_type_of, is_class};
use crate::cpython::lineage::{c_name, c_name_of_type, is_instance, minor};
use crate::snapshot::{ObjectId, ReferenceKind};

pub(super) const RULED: [&str; 38] = [
    "_thread.lock",
    "_thread.RLock",
    "range",
    "slice",
    "memoryview",
    "function",
    "code",
    "cell",
    "generator",
    "coroutine",
    "async_generator",
    "getset_descriptor",
    "member_descriptor",
    "method_descriptor",
    "classmethod_descriptor",
    "wrapper_descriptor",
    "method-wrapper",
    "staticmethod",
    "classmethod",
    "super",
    "weakref.ReferenceType",
    "weakref",
    "functools.partial",
    "operator.itemgetter",
    "operator.attrgetter",
    "types.GenericAlias",
    "types.UnionType",
    "_io.TextIOWrapper",
    "_io.BufferedReader",
    "_io.BufferedWriter",
    "_io.BufferedRandom",
    "_io.FileIO",
    "builtin_function_or_method",
    "method",
    "module",
    "frame",
    "BaseException",
    "Exception",
];

impl Writer<'_> {
    pub(super) fn fields(&mut self, id: ObjectId, rule: &str) -> bool {
        self.code(id, rule) || self.descriptor(id, rule) || self.few_fields(id, rule) || self.exception(id)
    }

    /// Code and what runs it.
    fn code(&mut self, id: ObjectId, rule: &str) -> bool {
        let at = self.address(id);
        let text = match rule {
            "function" => format!("<function {} at {at}>", self.text(id).unwrap_or_default()),
            "generator" | "coroutine" | "async_generator" => {
                format!("<{rule} object {} at {at}>", self.word(id, "__qualname__"))
            }
            "code" => {
                let line = self.text(id).and_then(|place| place.split([':', ' ']).nth(1)).unwrap_or_default();
                let (name, file) = (self.word(id, "co_name"), self.word(id, "co_filename"));
                format!("<code object {name} at {at}, file \"{file}\", line {line}>")
            }
            "cell" => {
                let mut held = self.snapshot.references().of(id);
                let held = held.find(|reference| reference.kind() == ReferenceKind::Closure);
                let inner = held.map(|held| {
                    format!("{} object at {}", c_name_of_type(self.snapshot, held.target), self.address(held.target))
                });
                format!("<cell at {at}: {}>", inner.unwrap_or_else(|| "empty".into()))
            }
            "memoryview" => format!("<memory at {at}>"),
            "_thread.lock" | "_thread.RLock" => self.lock(id, rule),
            "weakref" | "weakref.ReferenceType" => self.weak(id),
            _ => return false,
        };
        self.push(&text);
        true
    }

    /// `locked`, or `unlocked owner=0 count=0`, as the snapshot has it; older ones do not say.
    fn lock(&self, id: ObjectId, rule: &str) -> String {
        let (at, state) = (self.address(id), self.text(id).unwrap_or("?"));
        let (state, owner) =
            state.split_once(' ').map_or((state, String::new()), |(state, owner)| (state, format!(" {owner}")));
        format!("<{state} {rule} object{owner} at {at}>")
    }

    fn weak(&self, id: ObjectId) -> String {
        let at = self.address(id);
        let target = self.snapshot.references().of(id).find(|reference| reference.kind() == ReferenceKind::Weak);
        let alive = |target: &ObjectId| builtin_type_of(self.snapshot, *target) != Some("NoneType");
        let Some(target) = target.map(|reference| reference.target).filter(alive) else {
            return format!("<weakref at {at}; dead>");
        };
        // From 3.13 on the format has %T.
        let long = self.snapshot.objects().type_name(target);
        let full = minor(self.snapshot) >= 13;
        let name = if full { builtin_type(long).unwrap_or(long) } else { c_name_of_type(self.snapshot, target) };
        format!("<weakref at {at}; to '{name}' at {}>", self.address(target))
    }

    /// Attributes that a type lends its instances.
    fn descriptor(&mut self, id: ObjectId, rule: &str) -> bool {
        let what = match rule {
            "getset_descriptor" => "attribute",
            "member_descriptor" => "member",
            "method_descriptor" | "classmethod_descriptor" => "method",
            "wrapper_descriptor" => "slot wrapper",
            "method-wrapper" => return self.method_wrapper(id),
            _ => return false,
        };
        let class = own(self.snapshot, id, "__objclass__");
        let long = class.and_then(|class| self.text(class)).unwrap_or("?");
        let (name, of) = (self.word(id, "__name__"), c_name(self.snapshot, class, long));
        self.push(&format!("<{what} '{name}' of '{of}' objects>"));
        true
    }

    fn method_wrapper(&mut self, id: ObjectId) -> bool {
        let descriptor = own(self.snapshot, id, "descr");
        let name = descriptor.map(|descriptor| self.word(descriptor, "__name__")).unwrap_or_default();
        let Some(of) = own(self.snapshot, id, "self") else { return false };
        let kind = c_name_of_type(self.snapshot, of);
        self.push(&format!("<method-wrapper '{name}' of {kind} object at {}>", self.address(of)));
        true
    }

    fn few_fields(&mut self, id: ObjectId, rule: &str) -> bool {
        let of = |field: &str| own(self.snapshot, id, field);
        let [start, stop, step] = ["start", "stop", "step"].map(of);
        match rule {
            "range" => {
                self.wrapped("range(", start, ", ");
                self.wrapped("", stop, "");
                let one = step.and_then(|step| self.text(step)) == Some("1");
                if one { self.push(")") } else { self.wrapped(", ", step, ")") }
            }
            "slice" => {
                self.wrapped("slice(", start, ", ");
                self.wrapped("", stop, ", ");
                self.wrapped("", step, ")");
            }
            "staticmethod" | "classmethod" => self.wrapped(&format!("<{rule}("), of("__func__"), ")>"),
            "super" => self.bound_super(id),
            "functools.partial" => self.partial(id),
            "operator.itemgetter" => self.item_getter(of("item")),
            "operator.attrgetter" => self.attribute_getter(of("attr")),
            "types.GenericAlias" => {
                self.alias(of("__origin__").or_else(|| of("origin")), of("__args__").or_else(|| of("args")))
            }
            "types.UnionType" => self.arguments(of("__args__").or_else(|| of("args")), " | "),
            "_io.TextIOWrapper" | "_io.BufferedReader" | "_io.BufferedWriter" | "_io.BufferedRandom" | "_io.FileIO" => {
                return self.file(id, rule);
            }
            _ => return false,
        }
        true
    }

    fn bound_super(&mut self, id: ObjectId) {
        let class = own(self.snapshot, id, "type");
        let of = own(self.snapshot, id, "obj_type");
        let name = |class: Option<ObjectId>| {
            let long = class.and_then(|class| self.text(class)).unwrap_or("NULL");
            c_name(self.snapshot, class, long).to_owned()
        };
        let text = match of {
            Some(_) => format!("<super: <class '{}'>, <{} object>>", name(class), name(of)),
            None => format!("<super: <class '{}'>, NULL>", name(class)),
        };
        self.push(&text);
    }

    fn partial(&mut self, id: ObjectId) {
        let of = |field: &str| own(self.snapshot, id, field);
        self.wrapped("functools.partial(", of("func"), "");
        let (arguments, named) = (of("args"), of("keywords"));
        for argument in arguments.into_iter().flat_map(|arguments| items(self.snapshot, arguments)) {
            self.push(", ");
            self.object(argument);
        }
        let entries = named.into_iter().flat_map(|dict| self.snapshot.references().of(dict));
        for entry in entries.filter(|found| found.kind() == ReferenceKind::Key) {
            let name = entry.name.unwrap_or_default();
            self.push(&format!(", {}=", name.trim_matches('\'')));
            self.object(entry.target);
        }
        self.push(")");
    }

    /// Of several items the tuple without its brackets.
    fn item_getter(&mut self, item: Option<ObjectId>) {
        match item.filter(|item| builtin_type_of(self.snapshot, *item) == Some("tuple")) {
            Some(several) => self.listed("operator.itemgetter(", several, ")"),
            None => self.wrapped("operator.itemgetter(", item, ")"),
        }
    }

    /// Names, each a str or the tuple of its parts.
    fn attribute_getter(&mut self, names: Option<ObjectId>) {
        self.push("operator.attrgetter(");
        for (nth, name) in names.into_iter().flat_map(|names| items(self.snapshot, names)).enumerate() {
            let parts: Vec<&str> = items(self.snapshot, name).filter_map(|part| self.text(part)).collect();
            let whole = self.text(name).map_or_else(|| parts.join("."), str::to_owned);
            self.push(if nth > 0 { ", " } else { "" });
            self.push(&str_repr(&whole));
        }
        self.push(")");
    }

    fn alias(&mut self, origin: Option<ObjectId>, arguments: Option<ObjectId>) {
        self.arguments_of(origin.into_iter().collect(), "");
        self.push("[");
        self.arguments(arguments, ", ");
        self.push("]");
    }

    /// Types by their name alone, as `list[int]` and `int | str` show them.
    fn arguments(&mut self, tuple: Option<ObjectId>, between: &str) {
        let all = tuple.into_iter().flat_map(|tuple| items(self.snapshot, tuple)).take(self.left).collect();
        self.arguments_of(all, between);
    }

    fn arguments_of(&mut self, all: Vec<ObjectId>, between: &str) {
        for (nth, one) in all.into_iter().enumerate() {
            self.push(if nth > 0 { between } else { "" });
            match self.text(one).filter(|_| is_class(self.snapshot, one)) {
                _ if builtin_type_of(self.snapshot, one) == Some("ellipsis") => self.push("..."),
                Some("builtins.NoneType") => self.push("None"),
                Some(long) => self.push(builtin_type(long).unwrap_or(long)),
                None => self.object(one),
            }
        }
    }

    /// A file by its name, which the innermost one has.
    fn file(&mut self, id: ObjectId, rule: &str) -> bool {
        let mut innermost = id;
        for field in ["buffer", "raw"] {
            innermost = own(self.snapshot, innermost, field).unwrap_or(innermost);
        }
        let dict = |of: ObjectId| own_dict(self.snapshot, of);
        let Some(name) = dict(innermost).and_then(|dict| key(self.snapshot, dict, "'name'")) else { return false };
        self.wrapped(&format!("<{rule} name="), Some(name), "");
        let mode = dict(id).and_then(|dict| key(self.snapshot, dict, "'mode'"));
        if mode.is_some() {
            self.wrapped(" mode=", mode, "");
            self.push(&format!(" encoding='{}'", self.word(id, "encoding")));
        }
        self.push(">");
        true
    }

    /// `ValueError('no', 1)`: the class's name and its arguments.
    fn exception(&mut self, id: ObjectId) -> bool {
        let arguments = own(self.snapshot, id, "args");
        let Some(arguments) = arguments.filter(|args| builtin_type_of(self.snapshot, *args) == Some("tuple")) else {
            return false;
        };
        let by_name = |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase());
        let builtin = builtin_type_of(self.snapshot, id).is_some_and(by_name);
        if !builtin && !is_instance(self.snapshot, id, &["BaseException"]) {
            return false;
        }
        let name = super::short_name(self.snapshot, id).to_owned();
        self.listed(&format!("{name}("), arguments, ")");
        true
    }
}
