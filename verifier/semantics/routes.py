"""Shortest routes over a control graph, and where they differ from what a claim says. Part of the trusted base."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from verifier.evidence.evidence import ArcSet, RouteTable
from verifier.model.claims import Routes
from verifier.model.model import Model
from verifier.model.sorts import Value, values
from verifier.model.terms import Term
from verifier.semantics.evaluate import Setting, evaluate, holds

Route = tuple[Value, ...]

LISTED = 16
"""The most shortest routes of one pair that are listed."""


class Kind(Enum):
    """How a pair of control values can differ from the claim."""

    MISSING = "no route"
    TIE = "more than one shortest route"
    HOP = "the next hop differs"
    BLOCKED = "a route where none may be"


@dataclass(frozen=True)
class RouteDifference:
    """One ordered pair, for one value of the parameters, that is not as the claim says.

    `routes` are the shortest routes from start to goal, both included (at most LISTED). `expected` is the next
    hop that the claim's table gives, `found` the one of the only shortest route; each None where there is none.
    """

    parameters: Mapping[str, Value]
    start: Value
    goal: Value
    kind: Kind
    routes: tuple[Route, ...]
    expected: Value | None = None
    found: Value | None = None


def route_differences(model: Model, claim: Routes, table: RouteTable) -> tuple[RouteDifference, ...]:
    """Return every ordered pair of different control values that is not as the claim says, graph by graph, in the
    order of the control sort's values.

    Outside `excluded`, a pair in `blocked` must have no route, and `next_hop` must be `blocked_as` there; any
    other pair must have exactly one shortest route, whose second value is `next_hop`.
    """
    return tuple(d for graph in table.graphs for d in _differences(model, claim, graph))


def _differences(model: Model, claim: Routes, graph: ArcSet) -> Iterator[RouteDifference]:
    assert model.control is not None
    setting = Setting(model, dict(graph.parameters))
    for start, goal in itertools.permutations(values(model.control.sort), 2):
        ends = {"start": start, "goal": goal}
        if not holds(claim.excluded, setting, (), ends):
            yield from _of_pair(setting, claim, graph, ends)


def _of_pair(setting: Setting, claim: Routes, graph: ArcSet, ends: Mapping[str, Value]) -> Iterator[RouteDifference]:
    def at(term: Term | None) -> Value | None:
        return None if term is None else evaluate(term, setting, (), ends)

    routes = tuple(itertools.islice(shortest_routes(setting, claim, graph, ends), LISTED))
    pair = (setting.parameters, ends["start"], ends["goal"])
    expected = at(claim.next_hop)
    if holds(claim.blocked, setting, (), ends):
        if routes:
            yield RouteDifference(*pair, Kind.BLOCKED, routes)
        if claim.next_hop and claim.blocked_as and expected != (wanted := at(claim.blocked_as)):
            yield RouteDifference(*pair, Kind.HOP, (), expected, wanted)
    elif len(routes) != 1:
        yield RouteDifference(*pair, Kind.TIE if routes else Kind.MISSING, routes, expected)
    elif claim.next_hop and expected != routes[0][1]:
        yield RouteDifference(*pair, Kind.HOP, routes, expected, routes[0][1])


def shortest_routes(setting: Setting, claim: Routes, graph: ArcSet, ends: Mapping[str, Value]) -> Iterator[Route]:
    """Yield the shortest routes from start to goal over interior values that satisfy the claim's `through`."""
    model = setting.model
    assert model.control is not None
    start, goal = ends["start"], ends["goal"]
    inside = {v for v in values(model.control.sort) if holds(claim.through, setting, ({model.control.name: v},), ends)}
    onwards: dict[Value, list[Value]] = {}
    for a, b in graph.arcs:
        if a != b:
            onwards.setdefault(a, []).append(b)
    distance = {start: 0}
    queue = [start]
    for here in queue:
        if here == start or (here in inside and here != goal):
            for after in onwards.get(here, ()):
                if after not in distance:
                    distance[after] = distance[here] + 1
                    queue.append(after)

    def back(route: Route) -> Iterator[Route]:
        if route[0] == start:
            yield route
            return
        for a in distance:
            if distance[a] == distance[route[0]] - 1 and route[0] in onwards.get(a, ()) and (a == start or a in inside):
                yield from back((a, *route))

    if goal in distance:
        yield from back((goal,))
