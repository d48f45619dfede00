"""Generalized Büchi automata over runs, with labels on their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from verifier.model.formulas import Formula

Label = frozenset[Formula]
"""Conditions on a position of a run: `Now`, or `not` of a condition on a step."""


@dataclass(frozen=True)
class Place:
    """A place: what holds at a position where the automaton is here, where it may be at the next one, to which of
    the acceptance sets it belongs, and whether the run may end here."""

    label: Label
    after: tuple[int, ...]
    accepts: frozenset[int]
    final: bool


@dataclass(frozen=True)
class Automaton:
    """Accepts a run iff there is a walk from an initial place, one place for each position, each of whose labels
    holds, that ends in a final place with the run, or meets each of the `sets` acceptance sets again and again."""

    places: tuple[Place, ...]
    initial: tuple[int, ...]
    sets: int


def pruned(automaton: Automaton) -> Automaton:
    """Return an automaton for the same runs without places that lead nowhere, places that do the same made one, and
    without acceptance sets that every loop meets."""
    small = _merged(_kept(automaton, _useful(automaton)))
    return _merged(_without_sets(small))


def _reached(automaton: Automaton) -> list[int]:
    order = list(dict.fromkeys(automaton.initial))
    seen = set(order)
    for place in order:
        for there in automaton.places[place].after:
            if there not in seen:
                seen.add(there)
                order.append(there)
    return order


def _useful(automaton: Automaton) -> list[int]:
    """Return the places that are on a walk to an end or to an accepting loop."""
    reached = _reached(automaton)
    places = automaton.places
    after = {n: list(places[n].after) for n in reached}
    good = {n for n in reached if places[n].final}
    for component in components(after):
        loops = len(component) > 1 or component[0] in after[component[0]]
        if loops and len(frozenset[int]().union(*(places[n].accepts for n in component))) == automaton.sets:
            good.update(component)
    before: dict[int, list[int]] = {n: [] for n in reached}
    for n in reached:
        for there in after[n]:
            before[there].append(n)
    queue = list(good)
    for n in queue:
        found = [b for b in before[n] if b not in good]
        good.update(found)
        queue += found
    return [n for n in reached if n in good]


def _kept(automaton: Automaton, kept: list[int]) -> Automaton:
    number = {n: i for i, n in enumerate(kept)}

    def renumbered(places: Iterable[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(number[n] for n in places if n in number))

    places = tuple(replace(p, after=renumbered(p.after)) for p in (automaton.places[n] for n in kept))
    return Automaton(places, renumbered(automaton.initial), automaton.sets)


def _merged(automaton: Automaton) -> Automaton:
    """Join places with the same label, acceptance and successors (classes of them): the coarsest such partition."""
    places = automaton.places
    block: list[int] = [0] * len(places)
    while True:
        keys = [(p.label, p.accepts, p.final, frozenset(block[n] for n in p.after)) for p in places]
        number = {k: i for i, k in enumerate(dict.fromkeys(keys))}
        new = [number[k] for k in keys]
        if len(number) == len(set(block)) and places:
            break
        if not places:
            return automaton
        block = new
    first = {b: n for n, b in reversed(list(enumerate(new)))}
    merged = tuple(
        replace(places[first[b]], after=tuple(dict.fromkeys(new[n] for n in places[first[b]].after)))
        for b in range(len(first))
    )
    return Automaton(merged, tuple(dict.fromkeys(new[n] for n in automaton.initial)), automaton.sets)


def _without_sets(automaton: Automaton) -> Automaton:
    """Leave out acceptance sets that contain another one, or every place of each loop."""
    places = automaton.places
    after = {n: list(p.after) for n, p in enumerate(places)}
    looping = {n for c in components(after) if len(c) > 1 or c[0] in after[c[0]] for n in c}
    members = [frozenset(n for n in looping if s in places[n].accepts) for s in range(automaton.sets)]
    kept: list[int] = []
    for s, mine in enumerate(members):
        others = [t for t, theirs in enumerate(members) if theirs < mine or (theirs == mine and t < s)]
        if mine != looping and not others:
            kept.append(s)
    number = {s: i for i, s in enumerate(kept)}
    changed = (
        replace(p, accepts=frozenset(number[s] for s in p.accepts if s in number and n in looping))
        for n, p in enumerate(places)
    )
    return Automaton(tuple(changed), automaton.initial, len(kept))


def components(after: dict[int, list[int]]) -> Iterator[list[int]]:
    """Yield the strongly connected components, each after those that it leads to (Tarjan, 1972)."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    open_: set[int] = set()
    for root in after:
        if root in number:
            continue
        stack = [(root, iter(after[root]))]
        number[root] = low[root] = len(number)
        path.append(root)
        open_.add(root)
        while stack:
            here, rest = stack[-1]
            for there in rest:
                if there not in number:
                    number[there] = low[there] = len(number)
                    path.append(there)
                    open_.add(there)
                    stack.append((there, iter(after[there])))
                    break
                if there in open_:
                    low[here] = min(low[here], number[there])
            else:
                stack.pop()
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[here])
                if low[here] == number[here]:
                    component = [path.pop()]
                    while component[-1] != here:
                        component.append(path.pop())
                    open_.difference_update(component)
                    yield component
