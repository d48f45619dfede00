"""Terms as code: what `semantics.evaluate` says, in the same order, with all that is known beforehand worked out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from verifier.model.model import Model
from verifier.model.sorts import BitsSort, FlagsSort, IntSort, MapSort, SetSort, Sort, Value
from verifier.model.terms import (
    TRUE,
    App,
    Bind,
    Binder,
    Call,
    Const,
    Local,
    Op,
    Param,
    Term,
    Var,
    free_locals,
    not_,
    subterms,
)  # fmt: skip
from verifier.recount.code import Code, When
from verifier.recount.values import Tree, bounds, leaves, listed, numbers, parts, shaped
from verifier.semantics.claims import defined
from verifier.semantics.evaluate import MissingMeaning
from verifier.semantics.instances import TooMany

Locals = Mapping[str, Tree]

Way = tuple[Term, Locals, bool]
"""A term with the values of its locals, and whether it is true or false."""


class Terms:
    """Writes terms as code. `states[level]` has the trees of registers of the variables of that level; `sure`: whether
    an int that leaves its range is surely an error of the machine."""

    def __init__(self, model: Model, parameters: Mapping[str, Value], code: Code) -> None:
        self.model, self.parameters, self.code = model, parameters, code
        self.states: dict[int, dict[str, Tree]] = {}
        self.sure = True
        self._free: dict[Term, tuple[Local, ...]] = {}

    def constant(self, sort: Sort, value: Value) -> Tree:
        """Return the registers of a value."""
        return shaped(sort, iter([self.code.constant(n) for n in leaves(numbers(sort, value))]))

    def tree(self, term: Term, locals_: Locals) -> Tree:
        """Write what gives a term's value; return the registers in which it stands."""
        local = tuple(locals_[x.name] for x in free_locals(term, self._free))
        key = (term, local)
        if key not in self.code.known:
            self.code.remember(key, self._written(term, locals_))
        return self.code.known[key]  # type: ignore[return-value]

    def number(self, term: Term, locals_: Locals) -> int:
        """Write what gives the value of a term of a scalar sort; return its register."""
        found = self.tree(term, locals_)
        assert isinstance(found, int)
        return found

    def _written(self, term: Term, locals_: Locals) -> Tree:
        match term:
            case Const():
                return self.constant(term.sort, term.value)
            case Var():
                return self.states[term.level][term.name]
            case Param():
                return self.constant(term.sort, self.parameters[term.name])
            case Local():
                return locals_[term.name]
            case Call():
                return self._call(term, locals_)
            case Bind():
                return self._bind(term, locals_)
            case App(op=Op.AND | Op.OR):
                return self._lattice([(a, locals_) for a in term.args], term.op is Op.OR)
            case App(op=Op.IMPLIES):
                return self._lattice([(not_(term.args[0]), locals_), (term.args[1], locals_)], True)
            case App(op=Op.ITE):
                return self._choice(term, locals_)
            case App():
                return _APPLY[term.op](self, term, *(self.tree(a, locals_) for a in term.args))
        raise TypeError(f"no term: {term!r}")

    # What is true or false

    def test(self, term: Term, locals_: Locals, wanted: bool = True) -> None:
        """Go on only where a term is true (or false). Raises Never where it cannot be."""
        match term:
            case App(op=Op.NOT):
                self.test(term.args[0], locals_, not wanted)
            case App(op=Op.AND) if wanted:
                self._tests(((a, True) for a in _cheap_first(term.args)), locals_)
            case App(op=Op.OR) if not wanted:
                self._tests(((a, False) for a in term.args), locals_)
            case App(op=Op.IMPLIES) if not wanted:
                self._tests(((term.args[0], True), (term.args[1], False)), locals_)
            case App(op=Op.LT | Op.LE):
                left, right = (self.number(a, locals_) for a in term.args)
                operator = "<" if (term.op is Op.LT) is wanted else "<="
                self.code.test(operator, *((left, right) if wanted else (right, left)))
            case App(op=Op.EQ) if wanted or parts(term.args[0].sort) is None:
                sides = [leaves(self.tree(a, locals_)) for a in term.args]
                for left, right in zip(*sides, strict=True):
                    self.code.test("==" if wanted else "!=", left, right)
            case Bind(binder=Binder.ALL | Binder.SOME) if (term.binder is Binder.ALL) is wanted:
                for value in listed(term.local.sort):
                    self.test(term.body, self._with(locals_, term.local, value), wanted)
            case _:
                self.code.test("!=" if wanted else "==", self.number(term, locals_), self.code.constant(0))

    def ways(self, term: Term, locals_: Locals | None = None, wanted: bool = True) -> Iterator[Way]:
        """Yield the ways in which a term, which always has a value, can be true (or false): at least one of them is
        there when it is."""
        given = locals_ or {}
        match term:
            case App(op=Op.NOT):
                yield from self.ways(term.args[0], given, not wanted)
            case App(op=Op.AND | Op.OR) if (term.op is Op.OR) is wanted:
                for part in term.args:
                    yield from self.ways(part, given, wanted)
            case App(op=Op.IMPLIES) if wanted:
                yield from self.ways(term.args[0], given, False)
                yield from self.ways(term.args[1], given)
            case Bind(binder=Binder.ALL | Binder.SOME) if (term.binder is Binder.SOME) is wanted:
                for value in listed(term.local.sort):
                    yield from self.ways(term.body, self._with(given, term.local, value), wanted)
            case _:
                yield term, given, wanted

    def _tests(self, wanted: Iterable[tuple[Term, bool]], locals_: Locals) -> None:
        for term, how in wanted:
            self.test(term, locals_, how)

    def _lattice(self, given: Sequence[tuple[Term, Locals]], absorbing: bool) -> int:
        """Return the conjunction of parts (or the disjunction, with the absorbing truth value true), each of which is
        evaluated only if those before it have not decided."""
        code, found = self.code, self.code.constant(int(not absorbing))
        for term, locals_ in given:
            if code.value.get(found) == int(absorbing):
                return found
            if found in code.value:
                found = self.number(term, locals_)
                continue
            other, lines = code.apart(functools.partial(self.number, term, locals_))
            if lines:
                found = code.copied(found)
                code.write(When(found, absorbing, [*lines, code.moved(found, other)]))
            else:
                found = code.apply("|" if absorbing else "&", found, other)
        return found

    def _choice(self, term: App, locals_: Locals) -> Tree:
        test, then, other = term.args
        code, known = self.code, self.number(test, locals_)
        if known in code.value:
            return self.tree(then if code.value[known] else other, locals_)
        left, first = code.apart(functools.partial(self.tree, then, locals_))
        right, second = code.apart(functools.partial(self.tree, other, locals_))
        pairs = list(zip(leaves(left), leaves(right), strict=True))
        if not first and not second:
            return shaped(then.sort, iter([code.select(known, a, b) for a, b in pairs]))
        found = [code.fresh(code.ranges[a]) for a, _ in pairs]
        code.write(When(known, False, [*first, *(code.moved(f, a) for f, (a, _) in zip(found, pairs, strict=True))]))
        code.write(When(known, True, [*second, *(code.moved(f, b) for f, (_, b) in zip(found, pairs, strict=True))]))
        return shaped(then.sort, iter(found))

    # Binders and tables

    def _with(self, locals_: Locals, local: Local, value: Value) -> Locals:
        return {**locals_, local.name: self.constant(local.sort, value)}

    def _bind(self, term: Bind, locals_: Locals) -> Tree:
        each = [self._with(locals_, term.local, v) for v in listed(term.local.sort)]
        if term.binder in (Binder.ALL, Binder.SOME):
            return self._lattice([(term.body, x) for x in each], term.binder is Binder.SOME)
        found = tuple(self.tree(term.body, x) for x in each)
        if term.binder in (Binder.EACH, Binder.THOSE):
            return found
        count = self.code.constant(0)
        for part in leaves(found):
            count = self.code.apply("+", count, part)
        return count if term.binder is Binder.COUNT else self.code.apply("==", count, self.code.constant(1))

    def _call(self, term: Call, locals_: Locals) -> Tree:
        table = self.model.table.get(term.name)
        if table is None:
            raise MissingMeaning(term.name)
        entries = sorted(table.entries, key=lambda e: self._place(table.arguments, e[0]))
        cells = [numbers(table.result, value) for _, value in entries]
        place = self.code.constant(0)
        for argument, sort in zip(term.args, table.arguments, strict=True):
            place = self.code.apply("*", place, self.code.constant(len(listed(sort))))
            place = self.code.apply("+", place, self.place(self.tree(argument, locals_), sort))
        columns = zip(*(leaves(c) for c in cells), strict=True)
        return shaped(table.result, iter([self.code.look(column, place) for column in columns]))

    def _place(self, sorts: Sequence[Sort], key: Sequence[Value]) -> int:
        place = 0
        for sort, value in zip(sorts, key, strict=True):
            place = place * len(listed(sort)) + listed(sort).index(value)
        return place

    def place(self, key: Tree, sort: Sort) -> int:
        """Return a register with the place of a key among the values of its sort. Raises TooMany where the key may be
        none of them."""
        code = self.code
        if isinstance(key, int):
            (low, high), (least, most) = bounds(sort), code.ranges[key]
            if least < low or most > high:
                raise TooMany(f"a key may be outside {sort}")
            return key if low == 0 else code.apply("-", key, code.constant(low))
        found = code.constant(0)
        for place, value in enumerate(listed(sort)):
            found = code.select(self.equal(key, self.constant(sort, value)), code.constant(place), found)
        return found

    def equal(self, left: Tree, right: Tree) -> int:
        """Return a register that says whether two values are equal."""
        equal = [self.code.apply("==", a, b) for a, b in zip(leaves(left), leaves(right), strict=True)]
        return functools.reduce(lambda a, b: self.code.apply("&", a, b), equal) if equal else self.code.constant(1)


def _cheap_first(conditions: Sequence[Term]) -> Sequence[Term]:
    """Return conditions in the order in which they are looked at. It has a meaning where one may have no value."""
    if any(defined(c) is not TRUE for c in conditions):
        return conditions
    return sorted(conditions, key=lambda c: sum(1 for _ in subterms(c)))


def _compared(operator: str) -> Callable[..., Tree]:
    return lambda w, term, a, b: w.code.apply(operator, a, b)


def _mask(sort: Sort) -> int | None:
    match sort:
        case BitsSort():
            return (1 << sort.width) - 1
        case FlagsSort():
            return (1 << len(sort.bits)) - 1
        case _:
            return None


def _arithmetic(operator: str) -> Callable[..., Tree]:
    def apply(w: Terms, term: App, a: int, b: int) -> Tree:
        mask = _mask(term.sort)
        return w.code.apply(operator, a, b) if mask is None else w.code.wrapped(operator, a, b, mask)

    return apply


def _fit(w: Terms, term: App, a: int) -> Tree:
    assert isinstance(term.sort, IntSort)
    return w.code.fitted(a, term.sort.low, term.sort.high, w.sure)


def _get(w: Terms, term: App, mapping: tuple[Tree, ...], key: Tree) -> Tree:
    sort = term.args[0].sort
    assert isinstance(sort, MapSort)
    place = w.place(key, sort.key)
    columns = zip(*(leaves(value) for value in mapping), strict=True)
    return shaped(sort.value, iter([w.code.nth(column, place) for column in columns]))


def _put(w: Terms, term: App, mapping: tuple[Tree, ...], key: Tree, value: Tree) -> Tree:
    sort, code = term.sort, w.code
    assert isinstance(sort, MapSort)
    place, new = w.place(key, sort.key), list(leaves(value))
    found = []
    for number, old in enumerate(mapping):
        here = code.apply("==", place, code.constant(number))
        chosen = [code.select(here, a, b) for a, b in zip(new, leaves(old), strict=True)]
        found.append(shaped(sort.value, iter(chosen)))
    return tuple(found)


def _in(w: Terms, term: App, element: Tree, members: tuple[int, ...]) -> Tree:
    sort = term.args[1].sort
    assert isinstance(sort, SetSort)
    return w.code.nth(members, w.place(element, sort.element))


def _set(w: Terms, term: App, *elements: Tree) -> Tree:
    assert isinstance(term.sort, SetSort)
    code, found = w.code, []
    for value in listed(term.sort.element):
        known, member = w.constant(term.sort.element, value), code.constant(0)
        for element in elements:
            member = code.select(w.equal(element, known), code.constant(1), member)
        found.append(member)
    return tuple(found)


_APPLY: Mapping[Op, Callable[..., Tree]] = {
    Op.NOT: lambda w, term, a: w.code.apply("==", a, w.code.constant(0)),
    Op.EQ: lambda w, term, a, b: w.equal(a, b),
    Op.LT: _compared("<"),
    Op.LE: _compared("<="),
    Op.ADD: _arithmetic("+"),
    Op.SUB: _arithmetic("-"),
    Op.MUL: _arithmetic("*"),
    Op.BITAND: _compared("&"),
    Op.BITOR: _compared("|"),
    Op.BITXOR: _compared("^"),
    Op.BITNOT: lambda w, term, a: w.code.apply("^", a, w.code.constant(_mask(term.sort) or 0)),
    Op.SHL: _arithmetic("<<"),
    Op.SHR: _compared(">>"),
    Op.IN: _in,
    Op.SET: _set,
    Op.GET: _get,
    Op.PUT: _put,
    Op.FIT: _fit,
}
