"""Expressions over numbers: what terms become when maps, sets and binders have been written out.

A node is an index into a `Scalars`, which shares equal nodes and folds constants. Every operation is total and
exact over the integers, so the order of evaluation does not matter; what may go wrong is a condition of its own.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from verifier.statespace.packing import Field


class Kind(Enum):
    """Kinds of nodes. The comment gives their arguments: nodes, or numbers in parentheses."""

    CONST = auto()  # (number)
    FIELD = auto()  # (index of the field)
    CHOICE = auto()  # (index of the choice)
    NOT = auto()  # truth
    AND = auto()  # truth, truth, ...
    OR = auto()
    EQ = auto()  # a, b -> truth
    LT = auto()
    ADD = auto()  # a, b
    SUB = auto()
    MUL = auto()
    BITAND = auto()
    BITOR = auto()
    BITXOR = auto()
    SHL = auto()  # a, b, (mask): a << b, cut off by the mask; 0 where b is at least the mask's length
    SHR = auto()  # a, b
    ITE = auto()  # truth, a, b
    LOOKUP = auto()  # i, (numbers): number i of them; 0 where there is none


Key = tuple[Kind, tuple[object, ...]]

_VALUE: dict[Kind, Callable[..., int]] = {
    Kind.EQ: lambda a, b: int(a == b),
    Kind.LT: lambda a, b: int(a < b),
    Kind.ADD: operator.add,
    Kind.SUB: operator.sub,
    Kind.MUL: operator.mul,
    Kind.BITAND: operator.and_,
    Kind.BITOR: operator.or_,
    Kind.BITXOR: operator.xor,
    Kind.SHR: lambda a, b: a >> b if b < a.bit_length() else 0,
}


@dataclass
class Scalars:
    """The nodes made so far. `low` and `high` bound a node's number; `reads` has the bits of the packed state that
    it depends on; `choices` the choices that it depends on, as a set of bits."""

    fields: tuple[Field, ...]
    key: list[Key] = field(default_factory=list)
    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)
    reads: list[int] = field(default_factory=list)
    choices: list[int] = field(default_factory=list)
    known: dict[Key, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.zero, self.one = self.const(0), self.const(1)

    def _make(self, kind: Kind, args: tuple[object, ...], nodes: tuple[int, ...], low: int, high: int) -> int:
        key = (kind, args)
        if (found := self.known.get(key)) is not None:
            return found
        self.key.append(key)
        self.low.append(low)
        self.high.append(high)
        self.reads.append(_union(self.reads[n] for n in nodes))
        self.choices.append(_union(self.choices[n] for n in nodes))
        self.known[key] = len(self.key) - 1
        return len(self.key) - 1

    def nodes(self, node: int) -> tuple[int, ...]:
        """Return the nodes that are the arguments of a node."""
        kind, args = self.key[node]
        if kind in (Kind.CONST, Kind.FIELD, Kind.CHOICE):
            return ()
        count = {Kind.LOOKUP: 1, Kind.SHL: 2}.get(kind, len(args))
        return args[:count]  # type: ignore[return-value]

    def const(self, number: int) -> int:
        """Return the node of a number."""
        return self._make(Kind.CONST, (number,), (), number, number)

    def is_const(self, node: int) -> bool:
        """Return True iff only one number is possible."""
        return self.low[node] == self.high[node]

    def field(self, index: int) -> int:
        """Return the number that a field of the state has."""
        place = self.fields[index]
        if place.low == place.high:
            return self.const(place.low)
        node = self._make(Kind.FIELD, (index,), (), place.low, place.high)
        self.reads[node] = place.mask
        return node

    def choice(self, index: int, low: int, high: int) -> int:
        """Return the number that is chosen at place `index`."""
        node = self._make(Kind.CHOICE, (index, low, high), (), low, high)
        self.choices[node] = 1 << index
        return node

    def not_(self, a: int) -> int:
        """Return 1 - a, of a truth value."""
        kind, args = self.key[a]
        if self.is_const(a):
            return self.const(1 - self.low[a])
        return args[0] if kind is Kind.NOT else self._make(Kind.NOT, (a,), (a,), 0, 1)  # type: ignore[return-value]

    def and_(self, *parts: int) -> int:
        """Return 1 iff all truth values are 1."""
        return self._lattice(Kind.AND, self.one, self.zero, parts)

    def or_(self, *parts: int) -> int:
        """Return 1 iff some truth value is 1."""
        return self._lattice(Kind.OR, self.zero, self.one, parts)

    def _lattice(self, kind: Kind, unit: int, absorbing: int, parts: Iterable[int]) -> int:
        kept: dict[int, None] = {}
        for part in parts:
            inner = self.nodes(part) if self.key[part][0] is kind else (part,)
            kept |= dict.fromkeys(p for p in inner if p != unit)
        if absorbing in kept or any(self.not_(p) in kept for p in kept):
            return absorbing
        if len(kept) < 2:
            return next(iter(kept), unit)
        return self._make(kind, tuple(kept), tuple(kept), 0, 1)

    def eq(self, a: int, b: int) -> int:
        """Return 1 iff both numbers are the same."""
        if a == b:
            return self.one
        if self.high[a] < self.low[b] or self.high[b] < self.low[a]:
            return self.zero
        if self.is_const(a) or (a > b and not self.is_const(b)):
            a, b = b, a
        if self.is_const(b) and (self.low[a], self.high[a]) == (0, 1):
            return a if self.low[b] else self.not_(a)
        return self._apply(Kind.EQ, a, b, 0, 1)

    def lt(self, a: int, b: int) -> int:
        """Return 1 iff a < b."""
        if self.high[a] < self.low[b]:
            return self.one
        return self.zero if self.low[a] >= self.high[b] else self._apply(Kind.LT, a, b, 0, 1)

    def le(self, a: int, b: int) -> int:
        """Return 1 iff a <= b."""
        return self.not_(self.lt(b, a))

    def add(self, a: int, b: int) -> int:
        """Return a + b."""
        if self.zero in (a, b):
            return a + b - self.zero
        return self._apply(Kind.ADD, a, b, self.low[a] + self.low[b], self.high[a] + self.high[b])

    def sub(self, a: int, b: int) -> int:
        """Return a - b."""
        if b == self.zero:
            return a
        return self._apply(Kind.SUB, a, b, self.low[a] - self.high[b], self.high[a] - self.low[b])

    def mul(self, a: int, b: int) -> int:
        """Return a * b."""
        corners = [x * y for x in (self.low[a], self.high[a]) for y in (self.low[b], self.high[b])]
        return self._apply(Kind.MUL, a, b, min(corners), max(corners))

    def bits(self, kind: Kind, a: int, b: int) -> int:
        """Return a & b, a | b or a ^ b, of numbers that are not negative."""
        top = (1 << max(self.high[a], self.high[b]).bit_length()) - 1
        return self._apply(kind, a, b, 0, min(self.high[a], self.high[b]) if kind is Kind.BITAND else top)

    def masked(self, a: int, mask: int) -> int:
        """Return a modulo mask + 1, which is a power of two."""
        if self.low[a] >= 0 and self.high[a] <= mask:
            return a
        return self._apply(Kind.BITAND, a, self.const(mask), 0, mask)

    def shl(self, a: int, b: int, mask: int) -> int:
        """Return (a << b) & mask, of numbers that are not negative."""
        if self.is_const(a) and self.is_const(b):
            by = self.low[b]
            return self.const(self.low[a] << by & mask if by < mask.bit_length() else 0)
        return self._make(Kind.SHL, (a, b, mask), (a, b), 0, mask)

    def shr(self, a: int, b: int) -> int:
        """Return a >> b, of numbers that are not negative."""
        return self._apply(Kind.SHR, a, b, 0, self.high[a])

    def _apply(self, kind: Kind, a: int, b: int, low: int, high: int) -> int:
        if self.is_const(a) and self.is_const(b):
            return self.const(_VALUE[kind](self.low[a], self.low[b]))
        return self._make(kind, (a, b), (a, b), low, high)

    def ite(self, c: int, a: int, b: int) -> int:
        """Return a where c is 1, else b."""
        if a == b or c == self.one:
            return a
        if c == self.zero:
            return b
        if {a, b} <= {self.zero, self.one}:
            return c if a == self.one else self.not_(c)
        low, high = min(self.low[a], self.low[b]), max(self.high[a], self.high[b])
        return self._make(Kind.ITE, (c, a, b), (c, a, b), low, high)

    def lookup(self, i: int, entries: tuple[int, ...]) -> int:
        """Return entry number i; 0 where there is none."""
        if self.is_const(i):
            return self.const(entries[self.low[i]] if 0 <= self.low[i] < len(entries) else 0)
        inside = self.low[i] >= 0 and self.high[i] < len(entries)
        reached = entries[self.low[i] : self.high[i] + 1] if inside else (*entries, 0)
        if len(set(reached)) == 1:
            return self.const(reached[0])
        return self._make(Kind.LOOKUP, (i, entries), (i,), min(reached), max(reached))

    def given(self, node: int, known: dict[int, int]) -> int:
        """Return what a node comes to where some nodes are known to be the same as others; `known` remembers it all."""
        stack = [node]
        while stack:
            here = stack[-1]
            missing = [] if here in known else [a for a in self.nodes(here) if a not in known]
            if missing:
                stack += missing
                continue
            stack.pop()
            if here not in known:
                known[here] = self._rebuilt(here, [known[a] for a in self.nodes(here)])
        return known[node]

    def _rebuilt(self, node: int, args: list[int]) -> int:
        kind, old = self.key[node]
        if not args or list(self.nodes(node)) == args:
            return node
        match kind:
            case Kind.BITAND | Kind.BITOR | Kind.BITXOR:
                if kind is Kind.BITAND and self.is_const(args[1]):
                    return self.masked(args[0], self.low[args[1]])
                return self.bits(kind, *args)
            case Kind.SHL:
                return self.shl(args[0], args[1], old[2])  # type: ignore[arg-type]
            case Kind.LOOKUP:
                return self.lookup(args[0], old[1])  # type: ignore[arg-type]
        return _BUILD[kind](self, *args)

    def conjuncts(self, node: int) -> Iterator[int]:
        """Yield truth values that are all 1 iff the node is: as many and as small as its form shows."""
        kind = self.key[node][0]
        if kind is Kind.AND:
            for part in self.nodes(node):
                yield from self.conjuncts(part)
        elif kind is Kind.NOT and self.key[self.nodes(node)[0]][0] is Kind.OR:
            for part in self.nodes(self.nodes(node)[0]):
                yield from self.conjuncts(self.not_(part))
        else:
            yield node

    def disjuncts(self, node: int) -> Iterator[int]:
        """Yield truth values some of which is 1 iff the node is."""
        for part in self.conjuncts(self.not_(node)):
            yield self.not_(part)


_BUILD: dict[Kind, Callable[..., int]] = {
    Kind.NOT: Scalars.not_, Kind.AND: Scalars.and_, Kind.OR: Scalars.or_, Kind.EQ: Scalars.eq, Kind.LT: Scalars.lt,
    Kind.ADD: Scalars.add, Kind.SUB: Scalars.sub, Kind.MUL: Scalars.mul, Kind.SHR: Scalars.shr, Kind.ITE: Scalars.ite,
}  # fmt: skip


def _union(sets: Iterable[int]) -> int:
    result = 0
    for bits in sets:
        result |= bits
    return result
