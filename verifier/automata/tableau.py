"""From formulas to automata: a tableau of what is owed at the next position.

Gerth, Peled, Vardi, Wolper: Simple On-the-fly Automatic Verification of Linear Temporal Logic, PSTV 1995. A place
is a way to settle what is owed; as in Gastin, Oddoux: Fast LTL to Büchi Automata Translation, CAV 2001, ways that
another one makes superfluous are left out at once.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from verifier.automata.automaton import Automaton, Label, Place, pruned
from verifier.automata.simplify import simplified
from verifier.model.formulas import Formula, Now, Operator
from verifier.model.terms import FALSE, TRUE, not_
from verifier.semantics.positive import is_step, subformulas

PLACES = 2000
"""The most places of an automaton."""


class TooLarge(Exception):
    """The automaton of a formula has too many places."""


@dataclass(frozen=True)
class _Way:
    """Conditions that hold now, what is owed next, the `U`s that are put off, and whether there must be a next
    position."""

    label: Label
    owed: frozenset[Formula]
    off: frozenset[Formula]
    goes_on: bool

    def covers(self, other: _Way) -> bool:
        """Return True iff every run that the other way allows is one that this way allows."""
        fewer = self.label <= other.label and self.owed <= other.owed and self.off <= other.off
        return fewer and self.goes_on <= other.goes_on


_DONE = _Way(frozenset(), frozenset(), frozenset(), False)


@functools.lru_cache(maxsize=64)
def automaton_of(formula: Formula) -> Automaton:
    """Return an automaton that accepts the runs that satisfy a positive formula. Raises TooLarge."""
    wanted = simplified(formula)
    order = {f: i for i, f in enumerate(subformulas(wanted))}  # sets have none that is the same in every run
    untils = [f for f in order if isinstance(f, Operator) and f.name == "U"]
    numbers: dict[_Way, int] = {}
    ways: list[_Way] = []
    known: dict[frozenset[Formula], tuple[int, ...]] = {}

    def settled(owed: frozenset[Formula]) -> tuple[int, ...]:
        if owed not in known:
            for way in (found := _all_of(_ways(f) for f in sorted(owed, key=order.__getitem__))):
                if numbers.setdefault(way, len(ways)) == len(ways):
                    ways.append(way)
            known[owed] = tuple(numbers[w] for w in found)
        if len(ways) > PLACES:
            raise TooLarge(f"the formula's automaton has more than {PLACES} places")
        return known[owed]

    initial = settled(frozenset([wanted]))
    places: list[Place] = []
    for way in ways:  # it grows meanwhile
        accepts = frozenset(i for i, u in enumerate(untils) if u not in way.off)
        places.append(Place(way.label, settled(way.owed), accepts, not way.goes_on))
    return pruned(Automaton(tuple(places), initial, len(untils)))


def _ways(formula: Formula) -> list[_Way]:
    """Return the ways to settle a formula now."""
    if isinstance(formula, Now) or formula.name == "not":
        return _literal(formula)
    parts = formula.parts
    match formula.name:
        case "and":
            return _all_of(_ways(p) for p in parts)
        case "or":
            return _least(w for p in parts for w in _ways(p))
        case "X" | "N":
            return [_Way(frozenset(), frozenset(parts), frozenset(), formula.name == "X")]
        case "U":
            off = _Way(frozenset(), frozenset([formula]), frozenset([formula]), True)
            return _least([*_ways(parts[1]), *_all_of([_ways(parts[0]), [off]])])
        case _:  # R
            stays = _Way(frozenset(), frozenset([formula]), frozenset(), False)
            return _all_of([_ways(parts[1]), [*_ways(parts[0]), stays]])


def _literal(formula: Formula) -> list[_Way]:
    if isinstance(formula, Now) and formula.condition in (TRUE, FALSE):
        return [_DONE] if formula.condition is TRUE else []
    return [_Way(frozenset([formula]), frozenset(), frozenset(), is_step(formula))]


def _all_of(alternatives: Iterable[list[_Way]]) -> list[_Way]:
    found = [_DONE]
    for ones in alternatives:
        found = _least(_both(a, b) for a in found for b in ones if not _contradict(a.label, b.label))
        if len(found) > PLACES:
            raise TooLarge(f"the formula's automaton has more than {PLACES} places")
    return found


def _both(a: _Way, b: _Way) -> _Way:
    return _Way(a.label | b.label, a.owed | b.owed, a.off | b.off, a.goes_on or b.goes_on)


def _contradict(left: Label, right: Label) -> bool:
    return any(_opposite(f) in right for f in left)


def _opposite(formula: Formula) -> Formula:
    if isinstance(formula, Operator):
        return formula.parts[0]
    return Operator("not", (formula,)) if is_step(formula) else Now(not_(formula.condition))


def _least(ways: Iterable[_Way]) -> list[_Way]:
    """Leave out each way that another one covers."""
    found: list[_Way] = []
    for way in dict.fromkeys(ways):
        if not any(w.covers(way) for w in found):
            found = [w for w in found if not way.covers(w)]
            found.append(way)
    return found
