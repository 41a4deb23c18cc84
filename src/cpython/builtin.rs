//! What CPython's builtin types can and cannot do, where a snapshot does not say.

use super::label::builtin_type;

/// Whether objects of this type hang in a class's or a module's own knot without making it anything else: what a class
/// statement or a `def` leaves behind, such as the tuple of a class's `__mro__` or the cell behind `super()`.
pub fn is_part_of_a_class(type_name: &str) -> bool {
    const PARTS: [&str; 14] = [
        "tuple",
        "dict",
        "mappingproxy",
        "function",
        "builtin_function_or_method",
        "cell",
        "property",
        "classmethod",
        "staticmethod",
        "getset_descriptor",
        "member_descriptor",
        "method_descriptor",
        "wrapper_descriptor",
        "classmethod_descriptor",
    ];
    builtin_type(type_name).is_some_and(|name| PARTS.contains(&name))
}

/// Whether `weakref.ref` takes objects of this type: a type without `tp_weaklistoffset` refuses (measured on 3.8 and
/// 3.13). A class made by a class statement takes them unless its `__slots__` say otherwise, which a snapshot does not.
pub fn takes_weak_references(type_name: &str) -> bool {
    const REFUSE: [&str; 33] = [
        "NoneType",
        "SimpleNamespace",
        "bool",
        "bytearray",
        "bytes",
        "cell",
        "classmethod",
        "classmethod_descriptor",
        "complex",
        "dict",
        "enumerate",
        "filter",
        "float",
        "frame",
        "getset_descriptor",
        "int",
        "list",
        "map",
        "mappingproxy",
        "member_descriptor",
        "method-wrapper",
        "method_descriptor",
        "property",
        "range",
        "reversed",
        "slice",
        "staticmethod",
        "str",
        "super",
        "traceback",
        "tuple",
        "wrapper_descriptor",
        "zip",
    ];
    let bare = type_name.strip_prefix("types.").unwrap_or(type_name);
    let Some(name) = builtin_type(bare) else { return true };
    let raised = type_name.starts_with("builtins.") && ["Error", "Exception"].iter().any(|end| name.ends_with(end));
    !REFUSE.contains(&name) && !raised
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_and_builtin_exceptions_take_no_weak_reference_and_classes_of_ones_own_do() {
        for name in ["builtins.list", "list", "types.SimpleNamespace", "builtins.ValueError", "builtins.Exception"] {
            assert!(!takes_weak_references(name), "{name}");
        }
        for name in ["app.Session", "builtins.set", "builtins.function", "app.AppError", "app.list"] {
            assert!(takes_weak_references(name), "{name}");
        }
    }
}
