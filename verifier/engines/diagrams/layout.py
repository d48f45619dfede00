"""How a state lies in bits: its scalar leaves, their order, their levels in the diagram.

A leaf of a variable has two bits side by side for each of its own: before and after a step. A parameter of the
machine, and an argument that is not written out, has one. The highest bit of a leaf comes first.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.engines.diagrams.compile import LISTED, TooLarge, listed, width
from verifier.engines.diagrams.words import Shape, Word, Words
from verifier.model.sorts import BOOL, EnumSort, IntSort, MapSort, SetSort, Sort, Value, cardinality
from verifier.model.terms import App, Const, Op, Term, Var

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction, BDDManager


@dataclass(frozen=True)
class Leaf:
    """A scalar part of a variable (of a parameter, of an argument): `root` at the keys, or the element, of `path`."""

    root: Term
    path: tuple[Value, ...]
    sort: Sort

    @property
    def term(self) -> Term:
        """The leaf as a term."""
        return self.at(None)

    def at(self, first: Term | None) -> Term:
        """Return the leaf as a term, with another first key, if one is given."""
        term = self.root
        for place, value in enumerate(self.path):
            sort = term.sort
            assert isinstance(sort, SetSort | MapSort)
            known = Const(sort.element if isinstance(sort, SetSort) else sort.key, value)
            key = known if place or first is None else first
            term = App(BOOL, Op.IN, (key, term)) if isinstance(sort, SetSort) else App(sort.value, Op.GET, (term, key))
        return term

    @property
    def keys(self) -> Sort | None:
        """The sort of the first key; None where the leaf is all of its root."""
        sort = self.root.sort
        if isinstance(sort, SetSort):
            return sort.element
        return sort.key if isinstance(sort, MapSort) else None


def leaves(root: Term) -> Iterator[Leaf]:
    """Yield the leaves of a variable, a parameter or an argument. Raises TooLarge."""

    def walk(sort: Sort, path: tuple[Value, ...]) -> Iterator[Leaf]:
        if isinstance(sort, SetSort):
            yield from (Leaf(root, (*path, e), BOOL) for e in listed(sort.element))
        elif isinstance(sort, MapSort):
            for key in listed(sort.key):
                yield from walk(sort.value, (*path, key))
        else:
            yield Leaf(root, path, sort)

    found = list(walk(root.sort, ()))
    if len(found) > LISTED:
        raise TooLarge(f"{root.sort} has more than {LISTED} parts")
    return iter(found)


class Layout:
    """The bits of every leaf, block by block: `before[leaf]` and `after[leaf]` are levels, lowest bit first. In a block
    of several leaves their bits lie between each other."""

    def __init__(self, roots: Sequence[Term], blocks: Sequence[tuple[Leaf, ...]]) -> None:
        self.order = tuple(leaf for block in blocks for leaf in block)
        self.alone = frozenset(block[0] for block in blocks if len(block) == 1)
        self.before: dict[Leaf, tuple[int, ...]] = dict.fromkeys(self.order, ())
        self.after: dict[Leaf, tuple[int, ...]] = dict.fromkeys(self.order, ())
        self.count = 0
        for block in blocks:
            for bit in reversed(range(max(width(leaf.sort) for leaf in block))):
                for leaf in (leaf for leaf in block if bit < width(leaf.sort)):
                    own = isinstance(leaf.root, Var)
                    self.before[leaf] = (self.count, *self.before[leaf])
                    self.after[leaf] = (self.count + own, *self.after[leaf])
                    self.count += 1 + own
        self.parts: dict[Term, tuple[Leaf, ...]] = {root: tuple(leaves(root)) for root in roots}


class Space:
    """The functions of one manager that stand for leaves: their words, which codes are values, and back to values."""

    def __init__(self, manager: BDDManager, layout: Layout) -> None:
        manager.add_vars(layout.count)
        self.manager = manager
        self.layout = layout
        self.words = Words(manager)
        self.bits = [manager.var(i) for i in range(layout.count)]
        self.known: dict[tuple[Term, bool], Shape] = {}

    def code(self, leaf: Leaf, after: bool = False) -> Word:
        """Return the bits of a leaf before, or after, a step."""
        levels = self.layout.after if after else self.layout.before
        return Word(self.bits[i] for i in levels[leaf])

    def word(self, leaf: Leaf, after: bool = False) -> Word:
        """Return the value of a leaf."""
        code = self.code(leaf, after)
        if not isinstance(leaf.sort, IntSort):
            return code
        number = Word((*code, self.words.false))
        return self.words.add(number, self.words.number(leaf.sort.low)) if leaf.sort.low else self.words.trimmed(number)

    def shape(self, root: Term, after: bool = False) -> Shape:
        """Return the value of a variable, a parameter or an argument."""
        if (root, after) not in self.known:
            words = iter([self.word(leaf, after) for leaf in self.layout.parts[root]])
            self.known[root, after] = _built(root.sort, words)
        return self.known[root, after]

    def is_value(self, leaf: Leaf, after: bool = False) -> BDDFunction:
        """Return whether the code of a leaf is one of a value."""
        code, size = self.code(leaf, after), cardinality(leaf.sort) or 1
        if size == 1 << len(code):
            return self.words.true
        return ~self.words.less(self.words.unsigned(size - 1, len(code)), code)

    def is_state(self, roots: Sequence[Term], after: bool = False) -> BDDFunction:
        """Return whether the codes of all leaves of the roots are those of values."""
        places = {leaf: i for i, leaf in enumerate(self.layout.order)}
        found = sorted((leaf for r in roots for leaf in self.layout.parts[r]), key=places.__getitem__)
        return self.words.all(self.is_value(leaf, after) for leaf in found)

    def cube(self, levels: Sequence[int]) -> BDDFunction:
        """Return the conjunction of bits: what is quantified over."""
        return self.words.all(self.bits[i] for i in sorted(levels))

    def decoded(self, root: Term, cube: Sequence[bool | None], changed: Container[Leaf] = ()) -> Value:
        """Return the value of a root in an assignment of the bits, where the leaves `changed` have their value after;
        a bit that does not matter is false."""
        layout = self.layout
        levels = [(layout.after if leaf in changed else layout.before)[leaf] for leaf in layout.parts[root]]
        numbers = [_number(leaf, [cube[i] for i in at]) for leaf, at in zip(layout.parts[root], levels, strict=True)]
        return _value(root.sort, iter(numbers))

    def at(self, function: BDDFunction, leaf: Leaf, code: int) -> BDDFunction:
        """Return what is left of a function where a leaf has a code. None of its bits may depend on a bit above those
        of the leaf, if that is alone in its block."""
        levels = self.layout.before[leaf]
        if leaf not in self.layout.alone:
            point = self.words.all(self.bits[i] if code >> n & 1 else ~self.bits[i] for n, i in enumerate(levels))
            return (function & point).exists(self.cube(levels))
        for place, level in reversed(list(enumerate(levels))):
            if function.node_level() == level:
                high, low = function.cofactors() or (function, function)
                function = high if code >> place & 1 else low
        return function

    def listed(self, states: BDDFunction, roots: Sequence[Term]) -> Iterator[dict[Term, Value]]:
        """Yield the values of the roots, over whose leaves alone `states` is, in each state."""
        leaves_ = [leaf for leaf in self.layout.order if leaf.root in roots]
        stack: list[tuple[BDDFunction, tuple[int, ...]]] = [(states, ())]
        while stack:
            function, codes = stack.pop()
            if len(codes) == len(leaves_):
                found = dict(zip(leaves_, codes, strict=True))
                numbers = {r: iter([value_of(p.sort, found[p]) for p in self.layout.parts[r]]) for r in roots}
                yield {r: _value(r.sort, values_) for r, values_ in numbers.items()}
                continue
            leaf = leaves_[len(codes)]
            below = ((self.at(function, leaf, c), c) for c in reversed(range(cardinality(leaf.sort) or 1)))
            stack += ((there, (*codes, c)) for there, c in below if there.satisfiable())

    def point(self, root: Term, value: Value, parts: Container[Leaf] | None = None) -> BDDFunction:
        """Return whether a root has a value; with `parts`, whether those leaves of it have it after the step."""
        pairs = zip(self.layout.parts[root], _codes(root.sort, value), strict=True)
        levels = self.layout.before if parts is None else self.layout.after
        bits = (
            (i, number >> n & 1)
            for leaf, number in pairs
            if parts is None or leaf in parts
            for n, i in enumerate(levels[leaf])
        )
        return self.words.all(self.bits[i] if bit else ~self.bits[i] for i, bit in sorted(bits))


def _built(sort: Sort, words: Iterator[Word]) -> Shape:
    if isinstance(sort, SetSort):
        return tuple(next(words) for _ in listed(sort.element))
    if isinstance(sort, MapSort):
        return tuple(_built(sort.value, words) for _ in listed(sort.key))
    return next(words)


def _number(leaf: Leaf, bits: Sequence[bool | None]) -> Value:
    return value_of(leaf.sort, number_of(bits))


def number_of(bits: Sequence[bool | None]) -> int:
    """Return the number with these bits, the lowest first."""
    return sum(1 << i for i, bit in enumerate(bits) if bit)


def value_of(sort: Sort, code: int) -> Value:
    """Return the value of a scalar sort that has a code."""
    match sort:
        case EnumSort():
            return sort.names[code]
        case IntSort():
            return sort.low + code
        case _:
            return bool(code) if sort == BOOL else code


def code_of(sort: Sort, value: Value) -> int:
    """Return the code of a value of a scalar sort."""
    match sort:
        case EnumSort():
            return sort.names.index(str(value))
        case IntSort():
            assert isinstance(value, int)
            return value - sort.low
        case _:
            assert isinstance(value, int)
            return int(value)


def _value(sort: Sort, values: Iterator[Value]) -> Value:
    if isinstance(sort, SetSort):
        return frozenset(e for e in listed(sort.element) if next(values))
    if isinstance(sort, MapSort):
        return tuple(_value(sort.value, values) for _ in listed(sort.key))
    return next(values)


def _codes(sort: Sort, value: Value) -> Iterator[int]:
    if isinstance(sort, SetSort) and isinstance(value, frozenset):
        yield from (int(e in value) for e in listed(sort.element))
    elif isinstance(sort, MapSort) and isinstance(value, tuple):
        for part in value:
            yield from _codes(sort.value, part)
    else:
        yield code_of(sort, value)
