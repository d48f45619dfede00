"""A diagram as a term, node for node: shared nodes are shared terms, so the term is no larger than the diagram.

A leaf whose values can be told one by one is one decision (a multi-valued diagram); a word is decided bit by bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.engines.diagrams.compile import TooLarge
from verifier.engines.diagrams.layout import Leaf
from verifier.engines.diagrams.literals import FEW, Unit, bit_test
from verifier.engines.diagrams.machine import Machine
from verifier.model.sorts import BOOL, IntSort, cardinality
from verifier.model.terms import FALSE, TRUE, App, Op, Term, ite, not_

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction

MOST = 20_000
"""The most decisions of a term, each counted wherever it is written when the term is written out as a text."""


class Reader:
    """Reads terms off the diagrams of one machine. Raises TooLarge."""

    def __init__(self, machine: Machine) -> None:
        self.space, layout = machine.space, machine.space.layout
        self.leaf = {i: leaf for leaf, levels in layout.before.items() for i in levels}
        self.first = {leaf: min(levels, default=0) for leaf, levels in layout.before.items()}
        self.layout = layout
        self.known: dict[BDDFunction, Term] = {machine.words.true: TRUE, machine.words.false: FALSE}
        self.written: dict[Term, int] = {TRUE: 0, FALSE: 0}  # how many decisions the term is when written out

    def term(self, function: BDDFunction) -> Term:
        """Return the term over level 0 that holds iff the function, which is over the bits before, is true."""
        if function not in self.known:
            level = function.node_level()
            assert level is not None
            self.known[function] = self._decision(function, self.leaf[level])
        return self.known[function]

    def _either(self, test: Term, then: Term, other: Term) -> Term:
        term = _either(test, then, other)
        self.written[term] = size = 1 + self.written[then] + self.written[other]
        if size > MOST:
            raise TooLarge(f"the diagram has more than {MOST} decisions when it is written out")
        return term

    def _decision(self, function: BDDFunction, leaf: Leaf) -> Term:
        size = cardinality(leaf.sort) or 1
        if size > FEW and not isinstance(leaf.sort, IntSort):
            high, low = function.cofactors() or (function, function)
            place = self.layout.before[leaf].index(function.node_level() or 0)
            return self._either(bit_test(leaf, place), self.term(high), self.term(low))
        if size > 1 << 12:
            raise TooLarge(f"the values of {leaf.sort} are too many to be told apart")
        found: dict[BDDFunction, set[int]] = {}
        for code in range(size):
            found.setdefault(self.space.at(function, leaf, code), set()).add(code)
        ordered = sorted(found.items(), key=lambda pair: (len(pair[1]), min(pair[1])))
        term = self.term(ordered[-1][0])
        for child, codes in reversed(ordered[:-1]):
            term = self._either(Unit(leaf, None, size).term(frozenset(codes)), self.term(child), term)
        return term


def _either(test: Term, then: Term, other: Term) -> Term:
    """Return `if test then then else other`, where a side is constant without `if`; parts stay shared."""
    if then is TRUE:
        return test if other is FALSE else App(BOOL, Op.OR, (test, other))
    if then is FALSE:
        return not_(test) if other is TRUE else App(BOOL, Op.AND, (not_(test), other))
    if other is TRUE:
        return App(BOOL, Op.OR, (not_(test), then))
    return App(BOOL, Op.AND, (test, then)) if other is FALSE else ite(test, then, other)
