"""An inductive invariant that is weak enough to be read, made from the exact set of the reachable states.

States from which the invariant so far can be left, or that are bad, are excluded one by one, each with as many others
as there are around it that cannot be reached either: a prime implicant of the unreachable states over literals
with many values (as IC3 does, Bradley, "SAT-based model checking without unrolling", 2011, but the answer is known
here: no clause ever excludes a reachable state). What turns out not to be needed is left out in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.engines.diagrams.layout import Leaf, number_of
from verifier.engines.diagrams.literals import Codes, Unit, units
from verifier.engines.diagrams.machine import Machine
from verifier.engines.diagrams.quantified import Cube, gathered
from verifier.engines.diagrams.reach import Search
from verifier.engines.diagrams.relation import levels_of
from verifier.model.terms import Term

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction

FEW, MANY = 100, 1000
"""The most clauses of an invariant that is meant to be read; and of one that is not."""


@dataclass(frozen=True, eq=False)
class Conjunct:
    """A part of an invariant: a clause (the states outside `cube`), or a term that was given. `lost`: the states from
    which a step leads out of it."""

    function: BDDFunction
    lost: BDDFunction
    cube: Cube | None
    term: Term | None


class Weakening:
    """Looks for an invariant between `reached` and the states that are not `bad`."""

    def __init__(self, search: Search, reached: BDDFunction, bad: BDDFunction, most: int) -> None:
        self.search = search
        self.most = most
        self.machine: Machine = search.machine
        self.reached = reached
        self.bad = bad
        layout = self.machine.space.layout
        roots = (*self.machine.parameters, *self.machine.variables)
        found = [u for root in roots for leaf in layout.parts[root] for u in units(leaf)]
        levels = levels_of(bad)
        self.units = sorted(found, key=lambda u: not levels.isdisjoint(layout.before[u.leaf]))  # the claim's come last

    def found(self, hints: Iterable[Term]) -> tuple[Term, ...] | None:
        """Return the conjuncts; None iff they are too many. `hints` are tried first: what the claim itself says."""
        false = self.machine.words.false
        if self.machine.states & self.bad == false:
            return ()
        kept = [self._conjunct(f, None, h) for h in hints if (self.reached & ~(f := self.machine.formula(h))) == false]
        whole = self.machine.states & self.machine.words.all(c.function for c in kept)
        excluded = [self.bad, *(c.lost for c in kept)]
        for states in excluded:  # it grows meanwhile
            wrong = whole & states
            while wrong != false:
                if len(kept) >= self.most:
                    return None
                cube = self.prime(wrong)
                kept.append(self._conjunct(~self.function(cube), cube, None))
                excluded.append(kept[-1].lost)
                whole, wrong = whole & kept[-1].function, wrong & kept[-1].function
        return gathered(self.machine.model, ((c.cube, c.term) for c in self._needed(kept)))

    def _conjunct(self, function: BDDFunction, cube: Cube | None, term: Term | None) -> Conjunct:
        self.search.visit()
        states = self.machine.states
        return Conjunct(function, states & self.machine.before(states & ~function), cube, term)

    def function(self, cube: Cube) -> BDDFunction:
        """Return the states of a cube."""
        return self.machine.words.all(unit.function(self.machine.space, codes) for unit, codes in cube.items())

    def prime(self, states: BDDFunction) -> Cube:
        """Return a cube around one of the states, none of which can be reached, that cannot be made larger."""
        space, words = self.machine.space, self.machine.words
        bits = states.pick_cube() or []
        point = [(unit, _code(unit, bits, space.layout.before)) for unit in self.units]
        after = [words.true]  # what the literals that come later say
        for unit, codes in reversed(point):
            after.append(unit.function(space, codes) & after[-1])
        cube: dict[Unit, Codes] = {}
        reached = self.reached  # the reachable states that satisfy the literals so far
        for place, (unit, codes) in enumerate(point):
            open_ = reached & after[len(point) - 1 - place]
            if not open_.satisfiable():
                continue
            cube[unit] = self._wider(unit, codes, open_)
            reached = reached & unit.function(space, cube[unit])
        return cube

    def _wider(self, unit: Unit, codes: Codes, open_: BDDFunction) -> Codes:
        """Return as many codes as there can be, these among them, with none of which a state of `open_` remains."""

        def fits(more: Codes) -> bool:
            return not (open_ & unit.function(self.machine.space, more)).satisfiable()

        if not unit.is_wide:
            return frozenset(codes) | {c for c in unit.others(codes) if fits(frozenset({c}))}
        low = _first(range(codes[0] + 1), lambda c: fits(range(c, codes[0] + 1)))  # type: ignore[index]
        high = _first(range(unit.size - codes[0]), lambda d: fits(range(low, unit.size - d)))  # type: ignore[index]
        return range(low, unit.size - high)

    def _needed(self, kept: Sequence[Conjunct]) -> list[Conjunct]:
        """Leave out, one after the other, what is not needed: long clauses first, what the claim says last."""
        order = sorted(kept, key=lambda c: -len(c.cube) if c.cube is not None else 0)
        after = [self.machine.states]  # the conjunction of those that come later
        for conjunct in reversed(order):
            after.append(after[-1] & conjunct.function)
        left: list[Conjunct] = []
        before = self.machine.words.true
        for place, conjunct in enumerate(order):
            self.search.visit()
            # What it alone excludes is not bad, and no step leads from there out of any other conjunct.
            alone = before & after[len(order) - 1 - place] & ~conjunct.function
            lost = (self.bad, *(c.lost for c in left), *(c.lost for c in order[place + 1 :]))
            if any((alone & states).satisfiable() for states in lost):
                left.append(conjunct)
                before = before & conjunct.function
        return [c for c in kept if c in left]


def _code(unit: Unit, bits: Sequence[bool | None], levels: Mapping[Leaf, tuple[int, ...]]) -> Codes:
    number = number_of([bits[i] for i in levels[unit.leaf]])
    code = number if unit.bit is None else number >> unit.bit & 1
    return range(code, code + 1) if unit.is_wide else frozenset({code})


def _first(candidates: range, fits: Callable[[int], bool]) -> int:
    """Return the first candidate that fits, by bisection: all after it do, the last one does."""
    low, high = 0, len(candidates) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(candidates[middle]) else (middle + 1, high)
    return candidates[low]
