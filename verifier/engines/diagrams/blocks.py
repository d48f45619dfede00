"""Wide words that are compared, added or copied: their bits lie between each other, the highest first.

Apart, the diagram of x == y or of z == x + y has a node for each value of a word; bit beside bit, a few for each bit
(Bryant 1986).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from verifier.engines.diagrams.compile import width
from verifier.engines.diagrams.layout import Leaf
from verifier.model.sorts import BitsSort, IntSort
from verifier.model.terms import App, Op, Term, subterms

WIDE = 5
"""The bits from which on a leaf counts as wide: with fewer it does not matter, and stays a decision of its own."""

MANY = 8
"""The most leaves that lie between each other."""

_TOGETHER = {Op.EQ, Op.LT, Op.LE, Op.ADD, Op.SUB, Op.BITAND, Op.BITOR, Op.BITXOR}


def related(terms: Iterable[Term], leaves_of: Callable[[Sequence[Term]], Iterable[Leaf]]) -> Iterator[frozenset[Leaf]]:
    """Yield the wide leaves that an operator on words brings together; `leaves_of` says what terms depend on."""
    for term in (t for whole in terms for t in subterms(whole)):
        if isinstance(term, App) and term.op in _TOGETHER and isinstance(term.args[0].sort, BitsSort | IntSort):
            yield wide(leaves_of(term.args))


def wide(leaves: Iterable[Leaf]) -> frozenset[Leaf]:
    """Return those leaves that are wide words or ints."""
    return frozenset(f for f in leaves if isinstance(f.sort, BitsSort | IntSort) and width(f.sort) >= WIDE)


def blocks(order: Sequence[Leaf], together: Iterable[frozenset[Leaf]]) -> list[tuple[Leaf, ...]]:
    """Return the leaves in their order, those that are related as one block where the first of them was; a relation
    that would make a block too large is left out."""
    block: dict[Leaf, tuple[Leaf, ...]] = {leaf: (leaf,) for leaf in order}
    for group in dict.fromkeys(together):
        joined = tuple(dict.fromkeys(f for leaf in order if leaf in group for f in block[leaf]))
        if len(joined) <= MANY:
            block |= dict.fromkeys(joined, joined)
    return list(dict.fromkeys(block[leaf] for leaf in order))
