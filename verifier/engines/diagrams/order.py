"""The order of the leaves: what rules read and write together stands near each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

ROUNDS = 60
"""After so many rounds the heuristic has settled, or it will not."""


def arranged(count: int, groups: Iterable[frozenset[int]]) -> list[int]:
    """Return an order of 0 .. count - 1 in which the groups span little.

    FORCE (Aloul, Markov, Sakallah, "FORCE: a fast and easy-to-implement variable-ordering heuristic", 2003): each
    group has a centre of gravity, each leaf moves to the mean of the centres of its groups, again and again. The
    best arrangement on the way is kept, the given one among them.
    """
    edges = [sorted(g) for g in dict.fromkeys(groups) if len(g) > 1]
    order = list(range(count))
    best, best_span = order, _span(order, edges)
    for _ in range(ROUNDS if edges else 0):
        order = _moved(order, edges)
        span = _span(order, edges)
        if span >= best_span:
            break
        best, best_span = order, span
    return best


def _places(order: Sequence[int]) -> list[int]:
    places = [0] * len(order)
    for place, leaf in enumerate(order):
        places[leaf] = place
    return places


def _span(order: Sequence[int], edges: Sequence[Sequence[int]]) -> int:
    places = _places(order)
    return sum(max(places[i] for i in e) - min(places[i] for i in e) for e in edges)


def _moved(order: Sequence[int], edges: Sequence[Sequence[int]]) -> list[int]:
    places = _places(order)
    pulls: list[list[float]] = [[] for _ in order]
    for edge in edges:
        centre = sum(places[i] for i in edge) / len(edge)
        for i in edge:
            pulls[i].append(centre)
    target = [sum(p) / len(p) if p else float(places[i]) for i, p in enumerate(pulls)]
    return sorted(order, key=lambda i: (target[i], places[i]))
