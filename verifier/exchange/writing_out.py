"""Terms written out: from a term of a model to expressions over the items of the exported machine's blocks.

Binders, tables, sets and maps are written out; locals have values, one set of them for each instance of a rule. The
meaning is that of `semantics.evaluate`, wherever no int leaves its range: that is a check of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce

from verifier.exchange import expressions as e
from verifier.exchange.expressions import Block, Kind, Node
from verifier.exchange.refusal import Unsayable
from verifier.exchange.shapes import Tree, bounds, constant, few, flat
from verifier.model.model import Model
from verifier.model.sorts import BitsSort, FlagsSort, MapSort, SetSort, Sort, Value, values
from verifier.model.terms import App, Bind, Binder, Call, Const, Local, Op, Param, Term, Var, free_locals

Locals = Mapping[Local, Value]


class Writing:
    """Writes out the terms of a model over level 0. `variables` and `parameters` have their trees."""

    def __init__(self, model: Model, variables: Mapping[str, Tree], parameters: Mapping[str, Tree]) -> None:
        self.model = model
        self.variables = variables
        self.parameters = parameters
        self._known: dict[tuple[object, ...], Tree] = {}
        self._free: dict[Term, tuple[Local, ...]] = {}

    def truth(self, term: Term, locals_: Locals) -> Node:
        """Return a boolean term's expression."""
        return _one(self.tree(term, locals_))

    def tree(self, term: Term, locals_: Locals) -> Tree:
        """Return a term's tree. Raises Unsayable."""
        key = (term, *(locals_[x] for x in free_locals(term, self._free)))
        if key not in self._known:
            self._known[key] = self._written(term, locals_)
        return self._known[key]

    def _written(self, term: Term, locals_: Locals) -> Tree:
        match term:
            case Const():
                return constant(term.sort, term.value)
            case Local():
                return constant(term.sort, locals_[term])
            case Param():
                return self.parameters[term.name]
            case Var(level=0):
                return self.variables[term.name]
            case Bind():
                return self._bound(term, locals_)
            case Call():
                return self._called(term, [self.tree(a, locals_) for a in term.args])
            case App():
                return self._applied(term, [self.tree(a, locals_) for a in term.args])
            case _:
                raise Unsayable("a term about more than one state cannot be a condition of a state")

    def _bound(self, term: Bind, locals_: Locals) -> Tree:
        few(term.local.sort)
        parts = [self.tree(term.body, {**locals_, term.local: v}) for v in values(term.local.sort)]
        if term.binder in (Binder.EACH, Binder.THOSE):
            return tuple(parts)
        truths = [_one(p) for p in parts]
        if term.binder is Binder.ALL:
            return e.and_(*truths)
        if term.binder is Binder.SOME:
            return e.or_(*truths)
        count = reduce(e.add, (e.if_(t, e.number(1), e.number(0)) for t in truths), e.number(0))
        return e.eq(count, e.number(1)) if term.binder is Binder.ONE else count

    def _called(self, term: Call, args: list[Tree]) -> Tree:
        table = self.model.table.get(term.name)
        if table is None:
            raise Unsayable(f"function {term.name} is uninterpreted: it has no values that could be listed")
        place = e.number(0)
        for sort, arg in zip(table.arguments, args, strict=True):
            place = e.add(e.mul(place, e.number(few(sort))), place_of(sort, arg))
        cells = self.model.cells[term.name]
        rows = itertools.product(*(tuple(values(s)) for s in table.arguments))
        return _entry(place, [constant(table.result, cells[row]) for row in rows])

    def _applied(self, term: App, args: list[Tree]) -> Tree:
        if term.op is Op.ITE:
            return choice(_one(args[0]), args[1], args[2])
        if term.op in _OF_TREES:
            return _OF_TREES[term.op](term, *args)
        nodes = [_one(a) for a in args]
        if term.op in _PLAIN:
            return _PLAIN[term.op](*nodes)
        return _ARITHMETIC[term.op](term.sort, *nodes)


def place_of(sort: Sort, tree: Tree) -> Node:
    """Return the place of a value among the values of its sort."""
    if not isinstance(sort, (MapSort, SetSort)):
        return e.sub(_number(tree), e.number(bounds(sort)[0]))
    few(sort)
    place = e.number(0)
    for i, value in enumerate(values(sort)):
        place = e.if_(same(tree, constant(sort, value)), e.number(i), place)
    return place


def _number(tree: Tree) -> Node:
    """Return a scalar as a number, where it is a truth value."""
    node = _one(tree)
    return e.if_(node, e.number(1), e.number(0)) if node.truth else node


def same(a: Tree, b: Tree) -> Node:
    """Return whether two values are the same."""
    if isinstance(a, Node) and isinstance(b, Node):
        return e.eq(a, b)
    assert isinstance(a, tuple)
    assert isinstance(b, tuple)
    return e.and_(*(same(x, y) for x, y in zip(a, b, strict=True)))


def choice(condition: Node, a: Tree, b: Tree) -> Tree:
    """Return a where the condition holds, else b."""
    if isinstance(a, Node) and isinstance(b, Node):
        return e.if_(condition, a, b)
    assert isinstance(a, tuple)
    assert isinstance(b, tuple)
    return tuple(choice(condition, x, y) for x, y in zip(a, b, strict=True))


def _entry(place: Node, entries: Sequence[Tree]) -> Tree:
    if not isinstance(entries[0], tuple):
        return e.lookup(place, [_one(x) for x in entries])
    return tuple(_entry(place, column) for column in zip(*(x for x in entries if isinstance(x, tuple)), strict=True))


def _get(term: App, mapping: Tree, key: Tree) -> Tree:
    sort = term.args[0].sort
    assert isinstance(sort, MapSort)
    assert isinstance(mapping, tuple)
    place = place_of(sort.key, key)
    if place.constant is not None:  # outside the keys only where the range check fails or nobody looks
        return mapping[max(0, min(place.constant, len(mapping) - 1))]
    nodes = list(flat(mapping))
    if all(n.constant is not None for n in nodes):
        return _entry(place, mapping)
    stride = len(nodes) // len(mapping)
    if (first := _start(nodes)) is not None:
        block, offset = first
        start = e.add(e.mul(place, e.number(stride)), e.number(offset))
        parts = iter([e.item(block, e.add(start, e.number(i))) for i in range(stride)])
        return _like(mapping[0], parts)
    result = mapping[-1]
    for i in range(len(mapping) - 2, -1, -1):
        result = choice(e.eq(place, e.number(i)), mapping[i], result)
    return result


def _start(nodes: Sequence[Node]) -> tuple[Block, int] | None:
    """Return the block and the place of the first, iff the nodes are items of one block that stand in a row."""
    block = nodes[0].block
    places = [n.args[0].constant if n.kind is Kind.ITEM and n.block is block else None for n in nodes]
    if block is None or places[0] is None or places != list(range(places[0], places[0] + len(places))):
        return None
    return block, places[0]


def _like(shape: Tree, parts: Iterator[Node]) -> Tree:
    return tuple(_like(s, parts) for s in shape) if isinstance(shape, tuple) else next(parts)


def _put(term: App, mapping: Tree, key: Tree, value: Tree) -> Tree:
    assert isinstance(term.sort, MapSort)
    assert isinstance(mapping, tuple)
    place = place_of(term.sort.key, key)
    return tuple(choice(e.eq(place, e.number(i)), value, old) for i, old in enumerate(mapping))


def _in(term: App, element: Tree, members: Tree) -> Tree:
    sort = term.args[1].sort
    assert isinstance(sort, SetSort)
    assert isinstance(members, tuple)
    pairs = zip(values(sort.element), members, strict=True)
    return e.or_(*(e.and_(same(element, constant(sort.element, v)), _one(m)) for v, m in pairs))


def _set(term: App, *elements: Tree) -> Tree:
    assert isinstance(term.sort, SetSort)
    few(term.sort.element)
    constants = [constant(term.sort.element, v) for v in values(term.sort.element)]
    return tuple(e.or_(*(same(x, c) for x in elements)) for c in constants)


def _fit(term: App, value: Tree) -> Tree:
    return value


def _wrapped(sort: Sort, node: Node) -> Node:
    return e.mod(node, 1 << sort.width) if isinstance(sort, BitsSort) else node


def _sub(sort: Sort, a: Node, b: Node) -> Node:
    if not isinstance(sort, BitsSort):
        return e.sub(a, b)
    return _wrapped(sort, e.sub(e.add(a, e.number(1 << sort.width)), b))


def _complement(sort: Sort, a: Node) -> Node:
    width = len(sort.bits) if isinstance(sort, FlagsSort) else sort.width if isinstance(sort, BitsSort) else 0
    return e.sub(e.number((1 << width) - 1), a)


def _shifted(step: Callable[[Node, int], Node], sort: Sort, by: Node) -> Callable[[Node], Node]:
    """Return the shift by a number of bits: a choice among all that leave something of the word."""
    assert isinstance(sort, BitsSort)
    width = sort.width

    def shift(a: Node) -> Node:
        result = e.number(0)
        for i in range(min(width - 1, by.high), by.low - 1, -1):
            result = e.if_(e.eq(by, e.number(i)), step(a, i), result)
        return result

    return shift


def _left(sort: Sort, a: Node, by: Node) -> Node:
    assert isinstance(sort, BitsSort)
    width = sort.width
    return _shifted(lambda x, i: e.mul(e.mod(x, 1 << (width - i)), e.number(1 << i)), sort, by)(a)


def _right(sort: Sort, a: Node, by: Node) -> Node:
    return _shifted(lambda x, i: e.div(x, 1 << i), sort, by)(a)


_OF_TREES: Mapping[Op, Callable[..., Tree]] = {
    Op.EQ: lambda term, a, b: same(a, b),
    Op.IN: _in,
    Op.SET: _set,
    Op.GET: _get,
    Op.PUT: _put,
    Op.FIT: _fit,
}

_PLAIN: Mapping[Op, Callable[..., Node]] = {
    Op.NOT: e.not_,
    Op.AND: e.and_,
    Op.OR: e.or_,
    Op.IMPLIES: lambda a, b: e.or_(e.not_(a), b),
    Op.LT: e.lt,
    Op.LE: e.le,
    Op.BITAND: lambda a, b: e.bits(Kind.BITAND, a, b),
    Op.BITOR: lambda a, b: e.bits(Kind.BITOR, a, b),
    Op.BITXOR: lambda a, b: e.bits(Kind.BITXOR, a, b),
}

_ARITHMETIC: Mapping[Op, Callable[..., Node]] = {
    Op.ADD: lambda sort, a, b: _wrapped(sort, e.add(a, b)),
    Op.SUB: _sub,
    Op.MUL: lambda sort, a, b: _wrapped(sort, e.mul(a, b)),
    Op.BITNOT: _complement,
    Op.SHL: _left,
    Op.SHR: _right,
}


def _one(tree: Tree) -> Node:
    assert isinstance(tree, Node)
    return tree
