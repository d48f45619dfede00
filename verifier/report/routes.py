"""Control graphs and the routes in them, one for each value of the parameters."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from verifier.evidence.evidence import ArcSet, RouteTable
from verifier.model.claims import Claim, Routes
from verifier.model.model import Model
from verifier.model.printer import control_text
from verifier.model.sorts import values
from verifier.report.trace import counted
from verifier.report.values import arc_text, bindings, wrapped
from verifier.semantics.evaluate import Setting
from verifier.semantics.routes import Kind, Route, RouteDifference, route_differences, shortest_routes


def route_lines(model: Model, claim: Claim, table: RouteTable) -> list[str]:
    """Return, for each value of the parameters, the arcs and a summary of the routes; then each pair that is not
    as the claim says."""
    assert isinstance(claim, Routes)
    lines = [line for graph in table.graphs for line in _graph_lines(model, claim, graph)]
    differences = route_differences(model, claim, table)
    if differences:
        lines.append("not as claimed:")
    return [*lines, *(line for d in differences for line in wrapped(_difference(model, d), "      ", "  "))]


def first_difference(model: Model, claim: Routes, table: RouteTable) -> str:
    """Return on one line the first pair that is not as the claim says, and how many more there are; "" of none."""
    differences = route_differences(model, claim, table)
    more = f"; and {counted(len(differences) - 1, 'more pair')}" if len(differences) > 1 else ""
    return f"{_difference(model, differences[0])}{more}" if differences else ""


def _graph_lines(model: Model, claim: Routes, graph: ArcSet) -> Iterator[str]:
    parameters = bindings(model, dict(graph.parameters))
    routes = list(_routes(model, claim, graph))
    longest = max((len(r) - 1 for r in routes), default=0)
    arcs, found = counted(len(graph.arcs), "arc"), counted(len(routes), "shortest route")
    yield f"{parameters or 'the control graph'}: {arcs}, {found}, the longest of {counted(longest, 'arc')}"
    yield from wrapped(", ".join(arc_text(model, s, g) for s, g in graph.arcs), "  ")


def _routes(model: Model, claim: Routes, graph: ArcSet) -> Iterator[Route]:
    assert model.control is not None
    setting = Setting(model, dict(graph.parameters))
    for start, goal in itertools.permutations(values(model.control.sort), 2):
        yield from shortest_routes(setting, claim, graph, {"start": start, "goal": goal})


def _difference(model: Model, difference: RouteDifference) -> str:
    parameters = bindings(model, difference.parameters)
    pair = f"{parameters + ': ' if parameters else ''}{arc_text(model, difference.start, difference.goal)}"
    if difference.kind is Kind.HOP:
        return f"{pair}: the table says {_hop(model, difference.expected)}, the routes {_hop(model, difference.found)}"
    shown = "; ".join(" -> ".join(control_text(model, v) for v in r) for r in difference.routes)
    return f"{pair}: {difference.kind.value}{f' ({shown})' if shown else ''}"


def _hop(model: Model, value: object) -> str:
    return "nothing" if value is None else control_text(model, value)
