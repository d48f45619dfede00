"""Terms as SMT-LIB 2.6 text. The meaning is that of `semantics.evaluate`; the tests compare the two.

bool is Bool; int is Int; flags, words, enums and indices are bit vectors (a value is its mask or its place);
an opaque sort is a declared sort. A map or a set is a tuple of texts, one for each key. Of a spec's own words
only letters, digits, `_` and `.` reach the text, always with a number of ours: no name can clash or inject.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from verifier.model.model import Model
from verifier.model.sorts import (
    BOOL,
    Atom,
    BitsSort,
    BoolSort,
    EnumSort,
    FlagsSort,
    IndexSort,
    IntSort,
    MapSort,
    OpaqueSort,
    SetSort,
    Sort,
    Value,
    cardinality,
    contains,
    values,
)  # fmt: skip
from verifier.model.terms import App, Bind, Binder, Call, Const, Local, Op, Param, Term, Var, free_locals

Text = str | tuple["Text", ...]
"""A written value: one SMT-LIB term, or one `Text` for each key of a map or element of a set."""

INSTANCES = 4096
"""The most values over which a binder is written out, and the most keys of a map."""

CHARACTERS = 20_000_000
"""The longest text that is written."""

SHORT = 40
"""A text up to this length is repeated; a longer one is defined once and named."""


class Inexpressible(Exception):
    """The query cannot be written, or would be too long."""


def script(model: Model, assertions: Iterable[Term]) -> str:
    """Return the script that asks whether `assertions` hold together, for some values of all that is free in them.

    A variable of one level is one symbol, as is a parameter or a free local. An int outside the range of
    `Op.FIT` is kept as it is. Raises Inexpressible, and ValueError for what is no term of the model.
    """
    writer = _Writer(model)
    for assertion in assertions:
        writer.emit(f"(assert {_one(writer.write(assertion, {}))})")
    logic = "ALL" if writer.bound else "QF_UFBVNIA"  # without quantifiers the solver leaves most of itself aside
    return "\n".join([f"(set-logic {logic})", *writer.lines, "(check-sat)", ""])


class _Writer:
    """`lines` are the declarations and assertions so far. `known` holds what has been declared or written, by what
    it stands for: a sort, a leaf, a function, or a term with the texts of its free locals."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.lines: list[str] = []
        self.known: dict[object, Text] = {}
        self.literals: set[Text] = {"true", "false"}  # different literals of one sort have different values
        self.cells: dict[str, Mapping[tuple[Text, ...], Text]] = {}
        self.tests: dict[tuple[Sort, Text], tuple[str, ...]] = {}
        self.bound: set[str] = set()
        self.locals: dict[Term, tuple[Local, ...]] = {}
        self.size = self.count = 0

    def emit(self, line: str) -> None:
        self.lines.append(self._measured(line))

    def _measured(self, text: str) -> str:
        self.size += len(text)
        if self.size > CHARACTERS:
            raise Inexpressible(f"the query is longer than {CHARACTERS} characters")
        return text

    def _fresh(self, hint: str) -> str:
        self.count += 1
        return f"|{re.sub('[^A-Za-z0-9_.]', '_', hint)[:60]} {self.count}|"

    def _define(self, hint: str, arguments: list[str], sorts: list[str], result: str, body: str) -> str:
        name = self._fresh(hint)
        signature = " ".join(f"({a} {s})" for a, s in zip(arguments, sorts, strict=True))
        self.emit(f"(define-fun {name} ({signature}) {result} {body})")
        return name

    # Sorts, literals and symbols

    def sort(self, sort: Sort) -> str:
        if isinstance(sort, BoolSort):
            return "Bool"
        if isinstance(sort, IntSort):
            return "Int"
        if not isinstance(sort, OpaqueSort):
            return f"(_ BitVec {_width(sort)})"
        if sort not in self.known:
            self.known[sort] = name = self._fresh(sort.name)
            self.emit(f"(declare-sort {name} 0)")
        return str(self.known[sort])

    def literal(self, sort: Sort, value: Value) -> Text:
        if isinstance(value, Atom):
            raise Inexpressible(f"{value} has no name outside its interpretation")
        if not contains(sort, value):
            raise ValueError(f"{value!r} is no value of {sort}")
        if isinstance(sort, MapSort) and isinstance(value, tuple):
            return tuple(self.literal(sort.value, v) for v in value)
        if isinstance(sort, SetSort) and isinstance(value, frozenset):
            return tuple("true" if e in value else "false" for e in _domain(sort.element))
        if isinstance(sort, BoolSort):
            return "true" if value else "false"
        if isinstance(sort, IntSort):
            text = f"(- {-value})" if isinstance(value, int) and value < 0 else f"{value}"
        else:
            number = sort.names.index(str(value)) if isinstance(sort, EnumSort) else value
            text = f"#b{number:0{_width(sort)}b}"
        self.literals.add(text)
        return text

    def _guard(self, sort: Sort, text: str) -> str:
        """Return what makes the value of `text` one of `sort`: its SMT-LIB sort may have more values."""
        if isinstance(sort, IntSort):
            return f"(<= {self.literal(sort, sort.low)} {text} {self.literal(sort, sort.high)})"
        if isinstance(sort, (EnumSort, IndexSort)) and cardinality(sort) != 1 << _width(sort):
            return f"(bvule {text} {self.literal(sort, list(values(sort))[-1])})"
        return "true"

    def _symbol(self, key: object, hint: str, arguments: tuple[Sort, ...], sort: Sort) -> Text:
        """Return the symbol, one for each leaf of `sort`, that stands for `key`; declare it at its first use.

        What a function gives outside its result's sort is mapped into it: exactly the functions into it are meant.
        """
        places = [s for a in arguments for s in _leaves(_shape(a, self.sort))]
        names = [f"|a {i}|" for i in range(len(places))]

        def declare(leaf: Sort) -> str:
            name = self._fresh(hint)
            self.emit(f"(declare-fun {name} ({' '.join(places)}) {self.sort(leaf)})")
            guard = self._guard(leaf, _apply(name, names))
            if guard == "true":
                return name
            if not names:
                self.emit(f"(assert {guard})")
                return name
            inside = f"(ite {guard} {_apply(name, names)} {self.literal(leaf, next(values(leaf)))})"
            return self._define(hint, names, places, self.sort(leaf), inside)

        if key not in self.known:
            self.known[key] = _shape(sort, declare)
        return self.known[key]

    # Terms

    def write(self, term: Term, env: Mapping[Local, Text]) -> Text:
        """Return the text of `term`, where the locals in `env` have the given texts."""
        inner = [env.get(local) for local in free_locals(term, self.locals)]
        key = (term, *inner)
        if key not in self.known:
            text = _zip(self._measured, self._compose(term, env))
            if not any(leaf in self.bound for i in inner if i is not None for leaf in _leaves(i)):
                text = _zip(self._share, text, _shape(term.sort, self.sort))
            self.known[key] = text
        return self.known[key]

    def _share(self, text: str, sort: str) -> str:
        if len(text) <= SHORT:
            return text
        if (sort, text) not in self.known:
            self.known[sort, text] = self._define("t", [], [], sort, text)
        return _one(self.known[sort, text])

    def _compose(self, term: Term, env: Mapping[Local, Text]) -> Text:
        match term:
            case Const():
                return self.literal(term.sort, term.value)
            case Local() if term in env:
                return env[term]
            case Var() | Param() | Local():
                return self._symbol((Var, term), term.name, (), term.sort)
            case Bind():
                return self._bind(term, env)
            case Call():
                return self._call(term, [self.write(a, env) for a in term.args])
            case App():
                return _APPLY[term.op](self, term, *(self.write(a, env) for a in term.args))
        raise ValueError(f"no term: {term!r}")

    def _call(self, term: Call, args: list[Text]) -> Text:
        if term.name in self.model.table:
            if (cells := self.cells.get(term.name)) is None:
                t = self.model.table[term.name]
                cells = {tuple(map(self.literal, t.arguments, k)): self.literal(t.result, v) for k, v in t.entries}
                self.cells[term.name] = cells
            # A value has one literal, so literal arguments are found at once.
            return cells.get(tuple(args)) or self.choose((_and(map(self.eq, args, k)) for k in cells), cells.values())
        function = self.model.function[term.name]
        symbol = self._symbol((Call, term.name), term.name, function.arguments, function.result)
        flat = [leaf for a in args for leaf in _leaves(a)]
        return _zip(lambda name: _apply(name, flat), symbol)

    def is_each(self, sort: Sort, text: Text) -> tuple[str, ...]:
        """Return, for each value of the sort, the text that says that `text` is that value."""
        if (sort, text) not in self.tests:
            self.tests[sort, text] = tuple(self.eq(text, self.literal(sort, v)) for v in _domain(sort))
        return self.tests[sort, text]

    def eq(self, left: Text, right: Text) -> str:
        def leaf(a: str, b: str) -> str:
            if a == b:
                return "true"
            return "false" if {a, b} <= self.literals else f"(= {a} {b})"

        return _and(_leaves(_zip(leaf, left, right)))

    def _ite(self, test: Text, then: Text, other: Text) -> Text:
        if test in ("true", "false"):
            return then if test == "true" else other
        return _zip(lambda a, b: a if a == b else f"(ite {_one(test)} {a} {b})", then, other)

    def choose(self, tests: Iterable[str], results: Iterable[Text]) -> Text:
        """Return the result whose test is true; one of them is."""
        *cases, (_, chosen) = zip(tests, results, strict=True)
        for test, result in reversed(cases):
            chosen = self._ite(test, result, chosen)
        return chosen

    # Binders

    def _bind(self, term: Bind, env: Mapping[Local, Text]) -> Text:
        sort, size = term.local.sort, cardinality(term.local.sort)
        if term.binder in (Binder.ALL, Binder.SOME, Binder.ONE) and (size is None or size > INSTANCES):
            return self._quantified(term, env)
        parts = tuple(self.write(term.body, {**env, term.local: self.literal(sort, v)}) for v in _domain(sort))
        if term.binder in (Binder.EACH, Binder.THOSE):
            return parts
        if term.binder in (Binder.ALL, Binder.SOME):
            return _and(parts) if term.binder is Binder.ALL else _or(parts)
        counted = _apply("+", ["0", "0", *(_one(self._ite(p, "1", "0")) for p in parts)])
        return counted if term.binder is Binder.COUNT else f"(= 1 {counted})"

    def _quantified(self, term: Bind, env: Mapping[Local, Text]) -> str:
        names, guard, value = self._variable(term.local)
        holds = _and((guard, self.write(term.body, {**env, term.local: value})))
        if term.binder is Binder.ALL:
            return f"(forall ({names}) {_or((_not(guard), holds))})"
        if term.binder is Binder.ONE:
            others, limit, other = self._variable(term.local)
            again = _and((limit, self.write(term.body, {**env, term.local: other})))
            holds = _and((holds, f"(forall ({others}) {_or((_not(again), self.eq(other, value)))})"))
        return f"(exists ({names}) {holds})"

    def _variable(self, local: Local) -> tuple[str, str, Text]:
        """Return fresh bound symbols for a local: their declarations, their guard, and the value they make up."""
        sorts: dict[str, Sort] = {}

        def declare(leaf: Sort) -> str:
            name = self._fresh(local.name)
            sorts[name] = leaf
            return name

        value = _shape(local.sort, declare)
        self.bound |= sorts.keys()
        guard = _and(self._guard(s, n) for n, s in sorts.items())
        return " ".join(f"({n} {self.sort(s)})" for n, s in sorts.items()), guard, value


def _plain(on_ints: str, on_words: str) -> Callable[..., Text]:
    def apply(_writer: _Writer, term: App, *args: Text) -> Text:
        is_word = isinstance(term.args[0].sort, (BitsSort, FlagsSort))
        return _apply(on_words if is_word else on_ints, list(map(_one, args)))

    return apply


def _collection(sort: Sort) -> Sort:
    """Return the sort of the keys of a map, or of the elements of a set."""
    if not isinstance(sort, (MapSort, SetSort)):
        raise ValueError(f"{sort} is no map and no set")
    return sort.key if isinstance(sort, MapSort) else sort.element


def _get(w: _Writer, term: App, mapping: Text, key: Text) -> Text:
    return w.choose(w.is_each(_collection(term.args[0].sort), key), mapping)


def _put(w: _Writer, term: App, mapping: Text, key: Text, value: Text) -> Text:
    tests = w.is_each(_collection(term.sort), key)
    return tuple(w.choose((test, "true"), (value, old)) for test, old in zip(tests, mapping, strict=True))


def _in(w: _Writer, term: App, element: Text, members: Text) -> Text:
    tests = w.is_each(_collection(term.args[1].sort), element)
    return _or(_and(pair) for pair in zip(tests, members, strict=True))


def _set(w: _Writer, term: App, *elements: Text) -> Text:
    sort = _collection(term.sort)
    columns = [w.is_each(sort, e) for e in elements]
    return tuple(_or(c[i] for c in columns) for i in range(len(_domain(sort))))


_PLAIN = {
    Op.LT: ("<", "bvult"), Op.LE: ("<=", "bvule"), Op.ADD: ("+", "bvadd"), Op.SUB: ("-", "bvsub"),
    Op.MUL: ("*", "bvmul"), Op.BITAND: ("", "bvand"), Op.BITOR: ("", "bvor"), Op.BITXOR: ("", "bvxor"),
    Op.BITNOT: ("", "bvnot"), Op.SHL: ("", "bvshl"), Op.SHR: ("", "bvlshr"),
}  # fmt: skip
"""The operators of ints, and of words and flags."""

_APPLY: Mapping[Op, Callable[..., Text]] = {
    Op.NOT: lambda w, t, a: _not(a),
    Op.AND: lambda w, t, *args: _and(args),
    Op.OR: lambda w, t, *args: _or(args),
    Op.IMPLIES: lambda w, t, a, b: _or((_not(a), b)),
    Op.EQ: lambda w, t, a, b: w.eq(a, b),
    Op.ITE: lambda w, t, test, a, b: w.choose((test, "true"), (a, b)),
    Op.FIT: lambda w, t, a: a,
    Op.GET: _get,
    Op.PUT: _put,
    Op.IN: _in,
    Op.SET: _set,
    **{op: _plain(on_ints, on_words) for op, (on_ints, on_words) in _PLAIN.items()},
}


def _width(sort: Sort) -> int:
    """Return the width of the bit vector that holds the values of a flags, word, enum or index sort."""
    if isinstance(sort, (FlagsSort, BitsSort)):
        return len(sort.bits) if isinstance(sort, FlagsSort) else sort.width
    return max(1, ((cardinality(sort) or 1) - 1).bit_length())


def _domain(sort: Sort) -> list[Value]:
    """Return the values of a sort, in the order of `values`."""
    size = cardinality(sort)
    if size is None or size > INSTANCES:
        raise Inexpressible(f"the values of {sort} are too many to be written out")
    return list(values(sort))


def _shape(sort: Sort, leaf: Callable[[Sort], str]) -> Text:
    """Return a value of the sort, made of `leaf(s)` for each scalar s in it."""
    if isinstance(sort, (MapSort, SetSort)):
        inner = sort.value if isinstance(sort, MapSort) else BOOL
        return tuple(_shape(inner, leaf) for _ in _domain(_collection(sort)))
    return leaf(sort)


def _zip(combine: Callable[..., str], *texts: Text) -> Text:
    """Return the value made of `combine(...)` of the texts' leaves, place by place."""
    if all(isinstance(t, str) for t in texts):
        return combine(*texts)
    if any(isinstance(t, str) for t in texts):
        raise ValueError("a scalar stands where a map or a set is needed")
    return tuple(_zip(combine, *parts) for parts in zip(*texts, strict=True))


def _leaves(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else [leaf for part in text for leaf in _leaves(part)]


def _one(text: Text) -> str:
    if not isinstance(text, str):
        raise ValueError("a map or a set stands where a scalar is needed")
    return text


def _apply(symbol: str, arguments: list[str]) -> str:
    return f"({symbol} {' '.join(arguments)})" if arguments else symbol


def _not(text: Text) -> str:
    return {"true": "false", "false": "true"}.get(_one(text), f"(not {text})")


def _and(texts: Iterable[Text]) -> str:
    return _lattice("and", "true", "false", texts)


def _or(texts: Iterable[Text]) -> str:
    return _lattice("or", "false", "true", texts)


def _lattice(name: str, unit: str, zero: str, texts: Iterable[Text]) -> str:
    kept = [t for t in dict.fromkeys(map(_one, texts)) if t != unit]
    if not kept or zero in kept:
        return zero if kept else unit
    return kept[0] if len(kept) == 1 else _apply(name, kept)
