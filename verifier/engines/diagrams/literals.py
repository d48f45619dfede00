"""What a reader sees of a leaf: which of its values are meant, as a term and as a function of its bits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.engines.diagrams.layout import Leaf, Space, value_of
from verifier.engines.diagrams.words import Word
from verifier.model.sorts import BOOL, BitsSort, FlagsSort, IntSort, cardinality
from verifier.model.terms import FALSE, TRUE, App, Const, Op, Term, and_, eq, not_, or_

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction

FEW = 64
"""The most values of a leaf that are told one by one."""

Codes = frozenset[int] | range
"""Codes of a leaf; of an int with many values a range."""


@dataclass(frozen=True)
class Unit:
    """A leaf, or one bit of it where it is a word or a flags value with too many values to be told one by one."""

    leaf: Leaf
    bit: int | None
    size: int

    @property
    def is_wide(self) -> bool:
        """Whether its codes are told as ranges."""
        return self.size > FEW

    def all(self) -> Codes:
        """Return every code."""
        return range(self.size) if self.is_wide else frozenset(range(self.size))

    def others(self, codes: Codes) -> Codes:
        """Return the codes that are not among these, which are not a range."""
        return frozenset(range(self.size)) - frozenset(codes)

    def function(self, space: Space, codes: Codes) -> BDDFunction:
        """Return whether the code is one of these."""
        words, bits = space.words, space.code(self.leaf)
        if isinstance(codes, range):
            low, high = (words.unsigned(c, len(bits)) for c in (codes[0], codes[-1]))
            return ~words.less(bits, low) & ~words.less(high, bits)
        if self.bit is not None:
            bits = Word((bits[self.bit],))
        return words.any(words.all(b if c >> i & 1 else ~b for i, b in list(enumerate(bits))[::-1]) for c in codes)

    def term(self, codes: Codes, leaf: Term | None = None) -> Term:
        """Return the term that says that the code is one of these; `leaf` stands for the leaf, if given."""
        term = leaf or self.leaf.term
        if isinstance(codes, range):
            assert isinstance(term.sort, IntSort)
            return _between(term, term.sort.low + codes[0], term.sort.low + codes[-1])
        if len(codes) == self.size:
            return TRUE
        if self.bit is not None or term.sort == BOOL:
            test = term if self.bit is None else _bit(term, self.bit)
            return FALSE if not codes else test if 1 in codes else not_(test)
        if isinstance(term.sort, IntSort):
            low = term.sort.low
            return or_(*(_between(term, low + a, low + b) for a, b in _intervals(sorted(codes))))
        few = codes if 2 * len(codes) <= self.size else self.others(codes)
        named = or_(*(eq(term, Const(term.sort, value_of(term.sort, c))) for c in sorted(few)))
        return named if few is codes else not_(named)

    def refuted(self, codes: Codes, leaf: Term | None = None) -> Term:
        """Return the term that says that the code is none of these."""
        return not_(self.term(codes, leaf)) if isinstance(codes, range) else self.term(self.others(codes), leaf)


def units(leaf: Leaf) -> Iterator[Unit]:
    """Yield the units of a leaf; an int of a wide range is one all the same."""
    size = cardinality(leaf.sort) or 1
    if size > FEW and isinstance(leaf.sort, BitsSort | FlagsSort):
        yield from (Unit(leaf, bit, 2) for bit in range(size.bit_length() - 1))
    else:
        yield Unit(leaf, None, size)


def bit_test(leaf: Leaf, bit: int) -> Term:
    """Return the term that says that a bit of a word or flags leaf is set."""
    return Unit(leaf, bit, 2).term(frozenset({1}))


def _bit(term: Term, bit: int) -> Term:
    masked = App(term.sort, Op.BITAND, (term, Const(term.sort, 1 << bit)))
    return not_(eq(masked, Const(term.sort, 0)))


def _intervals(codes: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for code in codes:
        if first is None or last is None or code != last + 1:
            if first is not None and last is not None:
                yield first, last
            first = code
        last = code
    if first is not None and last is not None:
        yield first, last


def _between(term: Term, low: int, high: int) -> Term:
    """Return `low <= term <= high`, without what the sort says already."""
    sort = term.sort
    assert isinstance(sort, IntSort)
    if low == high:
        return eq(term, Const(sort, low))
    above = TRUE if low == sort.low else App(BOOL, Op.LE, (Const(sort, low), term))
    below = TRUE if high == sort.high else App(BOOL, Op.LE, (term, Const(sort, high)))
    return and_(above, below)
