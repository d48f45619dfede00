"""Terms written out: from a term of a model to nodes over the numbers of a packed state.

The meaning is that of `semantics.evaluate`, errors included: beside the tree of a term's value stands the node of
the condition under which an int leaves its range while the term is evaluated, where `and`, `or`, `implies`, `if`
and the binders `all` and `some` look at a part only if the parts before it have not decided yet.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce

from verifier.model.model import Model
from verifier.model.sorts import BitsSort, FlagsSort, IntSort, MapSort, SetSort, Sort, Value, cardinality, values
from verifier.model.terms import (
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
    variables,
)
from verifier.statespace.packing import PARTS, Layout, TooLarge, Tree, bounds, leaves, numbers
from verifier.statespace.scalars import Kind, Scalars

Meaning = tuple[Tree, int]
"""The tree of nodes of a value, and the node that is 1 iff its evaluation is an error."""

Locals = Mapping[Local, Tree]


@dataclass
class Expansion:
    """Writes terms out for one value of the parameters. `before` has the tree of each variable in the state before."""

    model: Model
    parameters: Mapping[str, Value]
    layout: Layout
    nodes: Scalars = field(init=False)
    before: dict[str, Tree] = field(init=False)

    def __post_init__(self) -> None:
        self.nodes = Scalars(self.layout.fields)
        self.before = {n: _mapped(self.nodes.field, shape) for n, shape in self.layout.shapes.items()}
        self._now: dict[object, Meaning] = {}
        self._free: dict[Term, tuple[Local, ...]] = {}

    def meaning(self, term: Term, locals_: Locals, after: After | None = None) -> Meaning:
        """Return what a term means: level 0 is the state before, level 1 is `after`."""
        then = after is not None and bool(variables(term, 1))
        memory = after.memory if after is not None and then else self._now
        key = (term, *(locals_[x] for x in free_locals(term, self._free)))
        if key not in memory:
            memory[key] = self._written(term, locals_, after)
        return memory[key]

    def constant(self, sort: Sort, value: Value) -> Tree:
        """Return the tree of a value."""
        return _mapped(self.nodes.const, numbers(sort, value))

    def _written(self, term: Term, locals_: Locals, after: After | None) -> Meaning:
        none = self.nodes.zero
        match term:
            case Const():
                return self.constant(term.sort, term.value), none
            case Param():
                return self.constant(term.sort, self.parameters[term.name]), none
            case Local():
                return locals_[term], none
            case Var(level=0):
                return self.before[term.name], none
            case Var(level=1) if after is not None:
                return after.trees[term.name], none
            case Bind():
                return self._bind(term, locals_, after)
            case Call():
                return self._call(term, [self.meaning(a, locals_, after) for a in term.args])
            case App(op=Op.AND | Op.OR | Op.IMPLIES | Op.ITE):
                return self._lazy(term, [self.meaning(a, locals_, after) for a in term.args])
            case App():
                return self._strict(term, [self.meaning(a, locals_, after) for a in term.args])
            case _:
                raise TooLarge("a comparison of two successors is not about one step")

    def _lazy(self, term: App, args: list[Meaning]) -> Meaning:
        n = self.nodes
        trees = [a[0] for a in args]
        if term.op is Op.ITE:
            (c, c_wrong), (a, a_wrong), (b, b_wrong) = args
            wrong = n.or_(c_wrong, n.ite(_one(c), a_wrong, b_wrong))
            return self.choose(_one(c), a, b), wrong
        if term.op is Op.IMPLIES:
            (a, a_wrong), (b, b_wrong) = args
            return n.or_(n.not_(_one(a)), _one(b)), n.or_(a_wrong, n.and_(_one(a), b_wrong))
        return self._in_turn(term.op is Op.AND, [(_one(t), w) for t, (_, w) in zip(trees, args, strict=True)])

    def _in_turn(self, conjunction: bool, parts: list[tuple[int, int]]) -> tuple[int, int]:
        """Return the conjunction (or disjunction) of truth values that are looked at until one decides."""
        n = self.nodes
        whole = n.and_ if conjunction else n.or_
        wrong = n.zero
        for value, error in reversed(parts):
            goes_on = value if conjunction else n.not_(value)
            wrong = n.or_(error, n.and_(goes_on, wrong))
        return whole(*(v for v, _ in parts)), wrong

    def _bind(self, term: Bind, locals_: Locals, after: After | None) -> Meaning:
        n, local = self.nodes, term.local
        if (cardinality(local.sort) or PARTS + 1) > PARTS:
            raise TooLarge(f"a binder over {local.sort} cannot be written out")
        of = [
            self.meaning(term.body, {**locals_, local: self.constant(local.sort, v)}, after) for v in values(local.sort)
        ]
        if term.binder in (Binder.ALL, Binder.SOME):
            return self._in_turn(term.binder is Binder.ALL, [(_one(t), w) for t, w in of])
        wrong = n.or_(*(w for _, w in of))
        if term.binder in (Binder.EACH, Binder.THOSE):
            return tuple(t for t, _ in of), wrong
        count = reduce(n.add, (_one(t) for t, _ in of), n.zero)
        return (n.eq(count, n.one) if term.binder is Binder.ONE else count), wrong

    def _call(self, term: Call, args: list[Meaning]) -> Meaning:
        """A table is looked up by the place of its arguments, the last one counting fastest."""
        n = self.nodes
        table = self.model.table[term.name]
        place, wrong = n.zero, n.or_(*(w for _, w in args))
        for sort, (tree, _) in zip(table.arguments, args, strict=True):
            here, outside = self.place(sort, tree)
            wrong = n.or_(wrong, outside)
            place = n.add(n.mul(place, n.const(cardinality(sort) or 0)), here)
        cells = self.model.cells[term.name]
        rows = itertools.product(*(tuple(values(s)) for s in table.arguments))
        return self._entry(place, [numbers(table.result, cells[row]) for row in rows]), wrong

    def _entry(self, place: int, entries: list[Tree]) -> Tree:
        first = entries[0]
        if isinstance(first, tuple):
            return tuple(self._entry(place, [e[i] for e in entries]) for i in range(len(first)))  # type: ignore[index]
        return self.nodes.lookup(place, tuple(entries))  # type: ignore[arg-type]

    def place(self, sort: Sort, tree: Tree) -> tuple[int, int]:
        """Return the place of a value among the values of a sort, and the condition that it is none of them."""
        n = self.nodes
        if not isinstance(sort, (MapSort, SetSort)):
            low, high = (n.const(b) for b in bounds(sort))
            return n.sub(_one(tree), low), n.or_(n.lt(_one(tree), low), n.lt(high, _one(tree)))
        size = cardinality(sort) or 0
        if size > PARTS:
            raise TooLarge(f"the values of {sort} are too many to be keys")
        place = n.zero
        for i, value in enumerate(values(sort)):
            place = n.ite(self.same(tree, self.constant(sort, value)), n.const(i), place)
        return place, n.zero

    def same(self, a: Tree, b: Tree) -> int:
        """Return the truth value of a == b."""
        if isinstance(a, tuple) and isinstance(b, tuple):
            return self.nodes.and_(*(self.same(x, y) for x, y in zip(a, b, strict=True)))
        return self.nodes.eq(_one(a), _one(b))

    def choose(self, condition: int, a: Tree, b: Tree) -> Tree:
        """Return a where the condition is 1, else b."""
        if isinstance(a, tuple) and isinstance(b, tuple):
            return tuple(self.choose(condition, x, y) for x, y in zip(a, b, strict=True))
        return self.nodes.ite(condition, _one(a), _one(b))

    def outside(self, sort: Sort, tree: Tree) -> int:
        """Return the condition that a value, of a sort like this one but perhaps with wider ints, is not of it."""
        n = self.nodes
        if isinstance(sort, MapSort) and isinstance(tree, tuple):
            return n.or_(*(self.outside(sort.value, part) for part in tree))
        return self.place(sort, tree)[1] if isinstance(sort, IntSort) else n.zero

    def _strict(self, term: App, args: list[Meaning]) -> Meaning:
        n = self.nodes
        wrong = n.or_(*(w for _, w in args))
        trees = [t for t, _ in args]
        if term.op is Op.FIT:
            return trees[0], n.or_(wrong, self.place(term.sort, trees[0])[1])
        if term.op in _ON_TREES:
            tree, outside = _ON_TREES[term.op](self, term, *trees)
            return tree, n.or_(wrong, outside)
        if term.op is Op.SET:
            return self._set(term, trees), wrong
        return self._scalar(term, [_one(t) for t in trees]), wrong

    def _set(self, term: App, trees: list[Tree]) -> Tree:
        assert isinstance(term.sort, SetSort)
        element = term.sort.element
        _few_parts(element)
        constants = [self.constant(element, v) for v in values(element)]
        return tuple(self.nodes.or_(*(self.same(t, c) for t in trees)) for c in constants)

    def _scalar(self, term: App, args: list[int]) -> int:
        n, op = self.nodes, term.op
        if op in _PLAIN:
            return _PLAIN[op](n, *args)
        mask = _mask(term.sort)
        if op in _ARITHMETIC:
            result = _ARITHMETIC[op](n, *args)
            return result if isinstance(term.sort, IntSort) else n.masked(result, mask)
        return n.bits(Kind.BITXOR, args[0], n.const(mask)) if op is Op.BITNOT else n.shl(args[0], args[1], mask)

    def get(self, term: App, mapping: Tree, key: Tree) -> Meaning:
        """m[k], and the condition that k is no key of m."""
        n, sort = self.nodes, term.args[0].sort
        assert isinstance(sort, MapSort)
        assert isinstance(mapping, tuple)
        place, outside = self.place(sort.key, key)
        if n.is_const(place) and outside == n.zero:
            return mapping[n.low[place]], outside
        if all(n.is_const(x) for x in leaves(mapping)):
            return self._entry(place, [_mapped(n.low.__getitem__, part) for part in mapping]), outside
        result = mapping[-1]
        for i in range(len(mapping) - 2, -1, -1):
            result = self.choose(n.eq(place, n.const(i)), mapping[i], result)
        return result, outside

    def put(self, term: App, mapping: Tree, key: Tree, value: Tree) -> Meaning:
        """m with [k] = v, and the condition that k is no key of m."""
        n, sort = self.nodes, term.sort
        assert isinstance(sort, MapSort)
        assert isinstance(mapping, tuple)
        place, outside = self.place(sort.key, key)
        changed = (self.choose(n.eq(place, n.const(i)), value, old) for i, old in enumerate(mapping))
        return tuple(changed), outside

    def contains(self, term: App, element: Tree, members: Tree) -> Meaning:
        """e in s."""
        sort = term.args[1].sort
        assert isinstance(sort, SetSort)
        assert isinstance(members, tuple)
        here = (
            self.nodes.and_(_one(m), self.same(element, self.constant(sort.element, v)))
            for m, v in zip(members, values(sort.element), strict=True)
        )
        return self.nodes.or_(*here), self.nodes.zero

    def equal(self, term: App, a: Tree, b: Tree) -> Meaning:
        """a == b."""
        return self.same(a, b), self.nodes.zero


@dataclass
class After:
    """The trees of the state after, as far as they are known; and what has been written out over them."""

    trees: dict[str, Tree]
    memory: dict[object, Meaning] = field(default_factory=dict)


_ON_TREES: Mapping[Op, Callable[..., Meaning]] = {
    Op.EQ: Expansion.equal,
    Op.IN: Expansion.contains,
    Op.GET: Expansion.get,
    Op.PUT: Expansion.put,
}

_PLAIN: Mapping[Op, Callable[..., int]] = {
    Op.NOT: Scalars.not_,
    Op.LT: Scalars.lt,
    Op.LE: Scalars.le,
    Op.BITAND: lambda n, a, b: n.bits(Kind.BITAND, a, b),
    Op.BITOR: lambda n, a, b: n.bits(Kind.BITOR, a, b),
    Op.BITXOR: lambda n, a, b: n.bits(Kind.BITXOR, a, b),
    Op.SHR: Scalars.shr,
}

_ARITHMETIC: Mapping[Op, Callable[..., int]] = {Op.ADD: Scalars.add, Op.SUB: Scalars.sub, Op.MUL: Scalars.mul}


def _mask(sort: Sort) -> int:
    width = len(sort.bits) if isinstance(sort, FlagsSort) else sort.width if isinstance(sort, BitsSort) else 0
    return (1 << width) - 1


def _few_parts(sort: Sort) -> None:
    if (cardinality(sort) or PARTS + 1) > PARTS:
        raise TooLarge(f"a set over {sort} has too many parts")


def _one(tree: Tree) -> int:
    """Return the node of a scalar."""
    assert isinstance(tree, int)
    return tree


def _mapped(function: Callable[[int], int], tree: Tree) -> Tree:
    return tuple(_mapped(function, part) for part in tree) if isinstance(tree, tuple) else function(tree)
