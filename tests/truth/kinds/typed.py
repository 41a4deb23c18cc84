"""What annotations are made of: aliases, unions, type variables, and the lazily evaluated kinds of 3.12 and later."""
import collections.abc
import typing

from . import kind, run

T = typing.TypeVar("T")


class Box(typing.Generic[T]):
    content: T


@kind()
def aliases(i):
    return typing.List[int], typing.Dict[str, typing.List[T]], typing.Optional[Box[int]], typing.Callable[[int], T], Box[str], Box[int]()


@kind()
def variables(i):
    return (
        typing.TypeVar("V%d" % i, int, "Later%d" % i),
        typing.TypeVar("B%d" % i, bound=typing.List[int], covariant=True),
        typing.NewType("New%d" % i, int),
        typing.ForwardRef("F%d" % i),
        typing.Any,
        typing.Union[int, str, "Forward"],
    )


@kind(since=(3, 9))
def builtin_aliases(i):
    return list[int], dict[str, list[T]][int], collections.abc.Callable[[int, T], str], typing.Annotated[int, [i]], tuple[int, ...], iter(list[int].__parameters__)


@kind(since=(3, 10))
def unions(i):
    spec = typing.ParamSpec("P%d" % i)
    return int | str | None, list[int] | T, spec, spec.args, spec.kwargs, typing.Concatenate[int, spec]


@kind(since=(3, 11))
def unpacked(i):
    many = typing.TypeVarTuple("Ts%d" % i)
    return many, typing.Unpack[many], iter(tuple[int, str]), *tuple[int, str], typing.LiteralString, next(iter(many))


@kind(since=(3, 12), every=5)
def lazy(i):
    names = run(
        "type Alias{0}[A, *B, **C] = dict[A, tuple[*B]]\n"
        "type Plain{0} = list[int]\n"
        "def generic{0}[D: (int, str), E: list](d: D, e: E) -> D: return d\n"
        "class Generic{0}[F]:\n    item: F\n".format(i),
        __name__="typed%d" % i,
    )
    names["Plain%d" % i].__value__
    alias = names["Alias%d" % i]
    return names, alias[int, str, [int]], alias.__type_params__


@kind(since=(3, 13))
def defaults(i):
    return typing.TypeVar("D%d" % i, default=[i]), typing.TypeVar("N%d" % i), run("type X[Y = list[%d]] = Y" % i)["X"]


@kind()
def protocols(i):
    class Sized(typing.Protocol):
        def size(self) -> int: ...

    class Shaped(typing.TypedDict, total=False):
        name: str

    return Sized, Shaped, Shaped(name=[i]), typing.get_type_hints(Shaped)
