"""`routes`: the control graph of a set of rules, for every value of the parameters."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from verifier.encode.listing import listed
from verifier.engines.engine import Budget
from verifier.engines.strengthen import Background, Undecided
from verifier.evidence.evidence import Answer, ArcSet, Holds, RouteTable, Unknown, Violated
from verifier.model.claims import Claim, Routes
from verifier.model.model import Model
from verifier.model.sorts import Value, cardinality
from verifier.model.terms import FALSE, TRUE, Const, Param, Term, Var, and_, eq, not_, or_
from verifier.semantics.fold import fold
from verifier.semantics.instances import TooMany
from verifier.semantics.listing import valuation_list
from verifier.semantics.relation import can_fire
from verifier.semantics.routes import route_differences

MOST = 256
"""The most valuations of the parameters for which the control graph is computed."""


@dataclass(frozen=True)
class RouteSearch:
    """Asks Z3 for every pair of control values whether the rules can go from one to the other."""

    name: str = "routes"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """`routes`, on machines with a control variable and few values of the parameters."""
        if not isinstance(claim, Routes):
            return "not a claim `routes`"
        if model.control is None:
            return "the machine has no control variable"
        few = all((size := cardinality(p.sort)) is not None and size <= MOST for p in model.parameters)
        return None if few else f"a parameter has more than {MOST} values"

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Holds or Violated with the RouteTable, or Unknown."""
        assert isinstance(claim, Routes)
        try:
            table = _known(model).get(claim.rules) or _table(Background(model, budget), claim.rules)
        except (Undecided, TooMany) as error:
            return Unknown(f"routes: {error}")
        _known(model)[claim.rules] = table
        return Violated(table) if route_differences(model, claim, table) else Holds(table)


@functools.lru_cache(maxsize=8)
def _known(_model: Model) -> dict[tuple[str, ...], RouteTable]:
    """Return the control graphs of a model that were computed before, by their rules: they serve all its claims."""
    return {}


def _table(background: Background, rules: tuple[str, ...]) -> RouteTable:
    graphs = tuple(_arcs(background, rules, parameters) for parameters in valuation_list(background.model))
    return RouteTable(graphs, tuple(background.conjuncts))


def _arcs(background: Background, rules: tuple[str, ...], parameters: Mapping[str, Value]) -> ArcSet:
    model = background.model
    assert model.control is not None
    fixed: Mapping[Term, Term] = {Param(p.sort, p.name): Const(p.sort, parameters[p.name]) for p in model.parameters}
    here = and_(*(eq(p, c) for p, c in fixed.items()))
    control = model.control
    arcs: list[tuple[Value, Value]] = []
    for start in listed(control.sort):
        value = Const(control.sort, start)
        at_start = and_(here, eq(Var(control.sort, control.name, 0), value))
        if background.reach(at_start) is None:
            continue
        for goal in (g for g in listed(control.sort) if g != start):
            to_goal = eq(Var(control.sort, control.name, 1), Const(control.sort, goal))
            can = or_(*(can_fire(model, model.rule[r], to_goal) for r in rules))
            can = fold(can, model, {**fixed, Var(control.sort, control.name, 0): value})
            if _is_taken(background, at_start, can, f"{start} -> {goal}"):
                arcs.append((start, goal))
    return ArcSet(tuple(parameters.items()), tuple(arcs))


def _is_taken(background: Background, at_start: Term, can: Term, name: str) -> bool:
    """Return True iff the arc can be taken wherever a run comes to its start, False iff it can be taken nowhere."""
    if can is FALSE:
        return False
    if can is TRUE or background.excludes(and_(at_start, not_(can))):
        return True
    if background.reach(and_(at_start, can)) is None:
        return False
    if (trace := background.reach(and_(at_start, not_(can)))) is not None:
        data = ", ".join(f"{n} = {v}" for n, v in trace.states[-1].items())
        raise Undecided(f"whether {name} can be taken depends on data: it cannot where {data}")
    return True
