"""Terms as words of Boolean functions. The meaning is that of `semantics.evaluate`; the tests compare the two.

An enum value is its place, an individual its number, a flags value or a machine word its mask; an int is exact.
An int outside the range of `Op.FIT` is kept as it is, as the checker does: whether that can happen is a claim of
its own.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from verifier.engines.diagrams.words import Shape, Word, Words
from verifier.model.model import Model
from verifier.model.sorts import (
    BitsSort,
    EnumSort,
    FlagsSort,
    IntSort,
    MapSort,
    SetSort,
    Sort,
    Value,
    cardinality,
    values,
)  # fmt: skip
from verifier.model.terms import App, Bind, Binder, Call, Const, Local, Op, Param, Term, Var, free_locals

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction

LISTED = 4096
"""The most values over which a binder is expanded, and the most keys of a map."""


class TooLarge(Exception):
    """The term cannot be compiled: something in it has too many values."""


@functools.lru_cache(maxsize=1024)
def listed(sort: Sort) -> tuple[Value, ...]:
    """Return the values of a finite sort in their order. Raises TooLarge."""
    size = cardinality(sort)
    if size is None or size > LISTED:
        raise TooLarge(f"the values of {sort} are too many to be listed")
    return tuple(values(sort))


@functools.lru_cache(maxsize=1024)
def place(sort: Sort, value: Value) -> int:
    """Return the place of a value in `listed(sort)`."""
    return listed(sort).index(value)


def width(sort: Sort) -> int:
    """Return how many bits tell the values of a scalar sort apart."""
    if isinstance(sort, BitsSort):
        return sort.width
    return len(sort.bits) if isinstance(sort, FlagsSort) else ((cardinality(sort) or 1) - 1).bit_length()


class Compiler:
    """Compiles the terms of one model; `leaf` gives the shape of a state variable or parameter."""

    def __init__(self, model: Model, words: Words, leaf: Callable[[Term], Shape]) -> None:
        self.model = model
        self.words = words
        self.leaf = leaf
        self.known: dict[object, Shape] = {}
        self.numbers: dict[tuple[Sort, Shape], int] = {}  # the constants met so far: their places
        self.locals: dict[Term, tuple[Local, ...]] = {}

    def formula(self, term: Term, env: Mapping[Local, Shape] | None = None) -> BDDFunction:
        """Return the Boolean function of a boolean term over level 0, where free locals have the shapes in `env`."""
        return _word(self.compile(term, env or {}))[0]

    def constant(self, sort: Sort, value: Value) -> Shape:
        """Return the shape of a value."""
        key = (sort, value)
        if key not in self.known:
            shape = self.known[key] = self._constant(sort, value)
            if isinstance(shape, Word) and (cardinality(sort) or LISTED + 1) <= LISTED:
                self.numbers[sort, shape] = place(sort, value)
        return self.known[key]

    def _constant(self, sort: Sort, value: Value) -> Shape:
        if isinstance(sort, MapSort) and isinstance(value, tuple):
            return tuple(self.constant(sort.value, v) for v in value)
        if isinstance(sort, SetSort) and isinstance(value, frozenset):
            return tuple(self.words.unsigned(e in value, 1) for e in listed(sort.element))
        if isinstance(sort, EnumSort):
            return self.words.unsigned(place(sort, value), width(sort))
        assert isinstance(value, int)
        return self.words.number(value) if isinstance(sort, IntSort) else self.words.unsigned(value, width(sort))

    def compile(self, term: Term, env: Mapping[Local, Shape]) -> Shape:
        """Return the shape of a term over level 0."""
        key = (term, *(env[local] for local in free_locals(term, self.locals)))
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._compose(term, env)
        return found

    def _compose(self, term: Term, env: Mapping[Local, Shape]) -> Shape:
        match term:
            case Const():
                return self.constant(term.sort, term.value)
            case Local():
                return env[term]
            case Var() | Param():
                return self.leaf(term)
            case Bind():
                return self._bind(term, env)
            case Call():
                return self._call(term, [self.compile(a, env) for a in term.args])
            case App(op=Op.AND | Op.OR | Op.IMPLIES | Op.ITE):
                return self._in_turn(term, env)
            case App():
                return _APPLY[term.op](self, term, *(self.compile(a, env) for a in term.args))
        raise ValueError(f"no term: {term!r}")

    def _in_turn(self, term: App, env: Mapping[Local, Shape]) -> Shape:
        """Compile a part only where those before it have not decided everywhere: it may be large, or without sense."""
        first = self.formula(term.args[0], env)
        if term.op is Op.ITE:
            if first in (self.words.true, self.words.false):
                return self.compile(term.args[1 if first == self.words.true else 2], env)
            return self.choose(first, *(self.compile(a, env) for a in term.args[1:]))
        if term.op is Op.IMPLIES:
            return Word((~first if first == self.words.false else first.imp(self.formula(term.args[1], env)),))
        zero = self.words.false if term.op is Op.AND else self.words.true
        for arg in term.args[1:]:
            if first == zero:
                break
            part = self.formula(arg, env)
            first = first & part if term.op is Op.AND else first | part
        return Word((first,))

    def same(self, left: Shape, right: Shape) -> BDDFunction:
        """Return whether two shapes of one sort (ints: of any range) are equal."""
        if left == right:
            return self.words.true
        if isinstance(left, Word) and isinstance(right, Word):
            return self.words.equal(left, right) if len(left) != len(right) else self.words.same(left, right)
        return self.words.all(self.same(a, b) for a, b in zip(left, right, strict=True))  # type: ignore[arg-type]

    def choose(self, test: BDDFunction, then: Shape, other: Shape) -> Shape:
        """Return `then` where the test holds, else `other`."""
        if then == other or test == self.words.true:
            return then
        if test == self.words.false:
            return other
        if isinstance(then, Word) and isinstance(other, Word):
            level = self.words.level(then, other) if len(then) != len(other) else (then, other)
            return self.words.choose(test, *level)
        return tuple(self.choose(test, a, b) for a, b in zip(then, other, strict=True))  # type: ignore[arg-type]

    def select(self, sort: Sort, key: Shape, cases: Sequence[Shape]) -> Shape:
        """Return the case at the place of `key`: `cases` has one for each value of the sort."""
        if (number := self.numbers.get((sort, key))) is not None:
            return cases[number]
        chosen = cases[-1]
        for value, case in zip(listed(sort)[-2::-1], cases[-2::-1], strict=True):
            chosen = self.choose(self.same(key, self.constant(sort, value)), case, chosen)
        return chosen

    def each(self, sort: Sort, key: Shape) -> list[BDDFunction]:
        """Return for each value of the sort whether `key` is that value."""
        if (number := self.numbers.get((sort, key))) is not None:
            return [self.words.true if i == number else self.words.false for i in range(len(listed(sort)))]
        return [self.same(key, self.constant(sort, v)) for v in listed(sort)]

    def _call(self, term: Call, args: list[Shape]) -> Shape:
        """Look a table up, argument by argument: its entries are nested by their keys."""
        table = self.model.table[term.name]
        cells = self.model.cells[term.name]

        def look(sorts: Sequence[Sort], key: tuple[Value, ...]) -> Shape:
            if not sorts:
                return self.constant(table.result, cells[key])
            index = args[len(key)]
            if (number := self.numbers.get((sorts[0], index))) is not None:
                return look(sorts[1:], (*key, listed(sorts[0])[number]))
            return self.select(sorts[0], index, [look(sorts[1:], (*key, v)) for v in listed(sorts[0])])

        return look(table.arguments, ())

    def _bind(self, term: Bind, env: Mapping[Local, Shape]) -> Shape:
        sort = term.local.sort
        parts = [self.compile(term.body, {**env, term.local: self.constant(sort, v)}) for v in listed(sort)]
        if term.binder in (Binder.EACH, Binder.THOSE):
            return tuple(parts)
        return _BIND[term.binder](self.words, [_word(p)[0] for p in parts])


def _word(shape: Shape) -> Word:
    assert isinstance(shape, Word)
    return shape


_BIND: Mapping[Binder, Callable[[Words, list[BDDFunction]], Word]] = {
    Binder.ALL: lambda w, parts: Word((w.all(parts),)),
    Binder.SOME: lambda w, parts: Word((w.any(parts),)),
    Binder.ONE: lambda w, parts: Word((w.one(parts),)),
    Binder.COUNT: lambda w, parts: w.total(parts),
}


def _is_int(term: Term) -> bool:
    return isinstance(term.sort, IntSort)


def _less(c: Compiler, term: App, left: Word, right: Word) -> Word:
    return Word(((c.words.below if _is_int(term.args[0]) else c.words.less)(left, right),))


def _get(c: Compiler, term: App, mapping: tuple[Shape, ...], key: Shape) -> Shape:
    sort = term.args[0].sort
    assert isinstance(sort, MapSort)
    return c.select(sort.key, key, mapping)


def _put(c: Compiler, term: App, mapping: tuple[Shape, ...], key: Shape, value: Shape) -> Shape:
    assert isinstance(term.sort, MapSort)
    tests = c.each(term.sort.key, key)
    return tuple(c.choose(test, value, old) for test, old in zip(tests, mapping, strict=True))


def _in(c: Compiler, term: App, element: Shape, members: tuple[Word, ...]) -> Word:
    sort = term.args[1].sort
    assert isinstance(sort, SetSort)
    pairs = zip(c.each(sort.element, element), members, strict=True)
    return Word((c.words.any(test & member[0] for test, member in pairs),))


def _set(c: Compiler, term: App, *elements: Shape) -> Shape:
    assert isinstance(term.sort, SetSort)
    columns = [c.each(term.sort.element, e) for e in elements]
    return tuple(Word((c.words.any(col[i] for col in columns),)) for i in range(len(listed(term.sort.element))))


def _bitwise(op: Callable[[BDDFunction, BDDFunction], BDDFunction]) -> Callable[..., Shape]:
    return lambda c, t, a, b: c.words.bitwise(op, a, b)


_APPLY: Mapping[Op, Callable[..., Shape]] = {
    Op.NOT: lambda c, t, a: Word((~a[0],)),
    Op.EQ: lambda c, t, a, b: Word((c.same(a, b),)),
    Op.LT: _less,
    Op.LE: lambda c, t, a, b: Word((~_less(c, t, b, a)[0],)),
    Op.ADD: lambda c, t, a, b: c.words.add(a, b) if _is_int(t) else c.words.sum(a, b, c.words.false),
    Op.SUB: lambda c, t, a, b: c.words.subtract(a, b) if _is_int(t) else c.words.difference(a, b),
    Op.MUL: lambda c, t, a, b: c.words.multiply(a, b) if _is_int(t) else c.words.product(a, b),
    Op.BITAND: _bitwise(operator.and_),
    Op.BITOR: _bitwise(operator.or_),
    Op.BITXOR: _bitwise(operator.xor),
    Op.BITNOT: lambda c, t, a: Word(~x for x in a),
    Op.SHL: lambda c, t, a, b: c.words.shifted(a, b, left=True),
    Op.SHR: lambda c, t, a, b: c.words.shifted(a, b, left=False),
    Op.IN: _in,
    Op.SET: _set,
    Op.GET: _get,
    Op.PUT: _put,
    Op.FIT: lambda c, t, a: a,
}


def flattened(shape: Shape) -> Iterable[Word]:
    """Yield the words of a shape, in order."""
    if isinstance(shape, Word):
        yield shape
    else:
        for part in shape:
            yield from flattened(part)
