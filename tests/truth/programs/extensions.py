"""Objects of extension modules that others wrote: numpy, pandas, lxml, pydantic-core and SQLAlchemy, held in lists,
dicts and attributes, in cycles too. Each in its own function, so that one kind can be tried alone.

    extensions.py N [numpy pandas lxml pydantic sqlalchemy]
"""
import datetime
import gc
import os
import signal
import sys


class Holder:
    """Something of Python's own that an object from C refers back to."""

    def __init__(self, what):
        self.what = what


def make_numpy(i):
    import numpy

    items = numpy.empty(5 + i % 900, dtype=object)
    items[:] = [[i, k] for k in range(len(items))]
    table = numpy.empty((3, 4, 2), dtype=object)
    for at in numpy.ndindex(table.shape):
        table[at] = (i, at)
    views = [items[::-2], table[1:, ::2, 0], table.T, table.reshape(6, 4), numpy.asfortranarray(table)]
    record = numpy.zeros(4, dtype=[("number", "i4"), ("thing", object), ("pair", object, (2,))])
    record["thing"] = [{"at": k} for k in range(4)]
    record["pair"][:, 1] = [[k] for k in range(4)]
    scalar = numpy.empty((), dtype=object)
    scalar[()] = Holder(i)
    plain = numpy.arange(i % 100 + 1, dtype=float)
    iterators = [plain.flat, numpy.nditer(plain), numpy.broadcast(plain, plain[:, None])]
    numbers = [numpy.float64(i), numpy.int8(i % 100), numpy.str_("text"), numpy.datetime64("2020-01-01"), record[0]]
    generator = numpy.random.default_rng(i)
    made = Holder([items, table, views, record, scalar, plain, plain[2:], plain.reshape(1, -1), iterators, numbers])
    made.more = [generator, numpy.ma.array([1, 2], mask=[True, False]), numpy.vectorize(abs), numpy.poly1d([1, i])]
    items[0] = made
    return made


def make_pandas(i):
    import pandas

    frame = pandas.DataFrame({"number": range(i % 50 + 2), "thing": [Holder(k) for k in range(i % 50 + 2)]})
    series = pandas.Series([{"at": k} for k in range(5)], index=list("abcde"), name=("series", i))
    stamps = pandas.date_range("2020-01-01", periods=4, tz="UTC")
    kept = [stamps, stamps[0], pandas.Timedelta(i, "s"), pandas.Period("2020-01"), pandas.NaT, pandas.Interval(0, i + 1)]
    kept += [pandas.Categorical(["a", "b", "a"]), pandas.MultiIndex.from_product([[1, 2], ["x", "y"]])]
    kept += [frame.groupby("number"), series.rolling(2), frame.loc, frame.index, pandas.array([1, None], dtype="Int64")]
    return Holder([frame, series, series["a":"c"], kept])


def make_lxml(i):
    from lxml import etree, html, objectify

    root = etree.fromstring("<a n='{}'><b>text<c/></b><b/><!-- said --><?do it?></a>".format(i))
    kept = [root, list(root), root.find("b").attrib, root.getroottree(), root.iter(), etree.ElementTree(root)]
    kept += [etree.XPath("//b"), root.xpath("//b/text()"), etree.XMLParser(), etree.QName("space", "name")]
    kept += [html.fromstring("<p>one<p>two"), objectify.fromstring("<a><b>{}</b></a>".format(i))]
    kept += [etree.XSLT(etree.XML('<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"/>'))]
    try:
        etree.fromstring("<a>")
    except etree.XMLSyntaxError as error:
        kept.append(error)
    return Holder(kept)


def make_pydantic(i):
    import pydantic
    import pydantic_core

    class Item(pydantic.BaseModel):
        number: int
        names: list[str] = []
        when: datetime.date | None = None
        other: "Item | None" = None

        @pydantic.field_validator("number")
        @classmethod
        def check(cls, number):
            return number

    first = Item(number=i, names=["a", str(i)], when="2020-01-02")
    kept = [first, Item(number=1, other=first), Item.__pydantic_validator__, Item.__pydantic_serializer__]
    kept += [pydantic.TypeAdapter(dict[str, Item]), pydantic_core.Url("https://example.org/{}".format(i))]
    try:
        Item(number="no number", names=i)
    except pydantic.ValidationError as error:
        kept.append(error)
    made = Holder(kept)
    made.validator = pydantic_core.SchemaValidator(
        pydantic_core.core_schema.no_info_plain_validator_function(lambda value, made=made: value)
    )
    return made


def make_sqlalchemy(i):
    import sqlalchemy
    from sqlalchemy import orm

    base = orm.declarative_base()
    columns = {"id": sqlalchemy.Column(sqlalchemy.Integer, primary_key=True), "name": sqlalchemy.Column(sqlalchemy.String)}
    thing = type("Thing", (base,), {"__tablename__": "thing", **columns})
    engine = sqlalchemy.create_engine("sqlite://")
    base.metadata.create_all(engine)
    session = orm.Session(engine)
    session.add_all(thing(name=str(k)) for k in range(5))
    session.commit()
    rows = session.execute(sqlalchemy.select(thing.id, thing.name)).all()
    things = session.query(thing).filter(thing.id > 1).all()
    return Holder([session, rows, things, rows[0]._mapping, sqlalchemy.util.immutabledict({"a": [i]})])


#: Maker, and how rarely it is called: what makes classes is dear.
MAKERS = {
    "numpy": (make_numpy, 1),
    "pandas": (make_pandas, 1),
    "lxml": (make_lxml, 1),
    "pydantic": (make_pydantic, 20),
    "sqlalchemy": (make_sqlalchemy, 20),
}


def main():
    n = int(sys.argv[1])
    gc.disable()
    kept = {}
    for name in sys.argv[2:] or MAKERS:
        make, every = MAKERS[name]
        kept[name] = [make(i) for i in range(0, n, every)]
        gc.collect(0)
    os.kill(os.getpid(), signal.SIGUSR1)
    return kept


if __name__ == "__main__":
    main()
