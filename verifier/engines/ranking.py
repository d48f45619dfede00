"""`leads to` over opaque data: regions of pending states, each of which is left in the end.

The regions are guessed: all states are visited in the smallest meaning of what is opaque (one element a sort),
and described by their finite data. Z3 then has to confirm, for every meaning, that the regions prove the claim
(Manna, Pnueli: Completing the Temporal Picture, 1991: the rule for response under justice). A lasso found in
the smallest meaning is a counterexample as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from verifier.encode.query import Query
from verifier.engines.engine import Budget
from verifier.engines.explicit_graph import Key, OutOfTime, Space, leads_to, pending_states
from verifier.engines.strengthen import Undecided
from verifier.evidence.evidence import Answer, Holds, Ranking, RankRow, Unknown, Violated
from verifier.evidence.interpretation import Interpretation
from verifier.graph.components import components
from verifier.model.claims import Claim, LeadsTo
from verifier.model.model import Model
from verifier.model.sorts import Atom, OpaqueSort, Sort, Value, is_finite, values
from verifier.model.terms import FALSE, Const, Param, Term, Var, and_, at_level, eq, not_, or_
from verifier.semantics.claims import enabled
from verifier.semantics.evaluate import RangeError, Setting
from verifier.semantics.instances import TooMany
from verifier.semantics.listing import check_lists, valuation_list
from verifier.semantics.relation import can_fire, relation


@dataclass(frozen=True)
class RankingSearch:
    """Proves or refutes `leads to` on machines with opaque data."""

    name: str = "ranking"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """`leads to`, where opaque data stands in variables of its own."""
        if not isinstance(claim, LeadsTo):
            return "not a claim `leads to`"
        sorts = [*(v.sort for v in model.variables), *(p.sort for r in model.rules for p in r.parameters)]
        simple = all(is_finite(s) or isinstance(s, OpaqueSort) for s in sorts)
        rigid = all(is_finite(p.sort) for p in model.parameters)
        return None if simple and rigid else "opaque data inside maps or parameters"

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Holds(Ranking), Violated(Lasso or Trace) or Unknown."""
        assert isinstance(claim, LeadsTo)
        spaces: list[Space] = []
        try:
            for parameters in valuation_list(model):
                setting = Setting(model, parameters, smallest(model))
                check_lists(setting)
                spaces.append(Space(setting))
                if (found := leads_to(spaces[-1], claim, budget)) is not None:
                    return Violated(found)
            ranking = _guess(spaces, claim)
            confirm(model, claim, ranking, budget)
        except (OutOfTime, RangeError, TooMany, Undecided) as error:
            return Unknown(f"ranking: {error}")
        return Holds(ranking)


def smallest(model: Model) -> Interpretation:
    """Return the meaning in which every opaque sort has one element and every function is constant."""
    opaque = [s for s in model.sorts.values() if isinstance(s, OpaqueSort)]
    return Interpretation({s.name: 1 for s in opaque}, {f.name: ({}, _first(f.result)) for f in model.functions})


def _first(sort: Sort) -> Value:
    return Atom(sort.name, 0) if isinstance(sort, OpaqueSort) else next(values(sort))


def _guess(spaces: Iterable[Space], claim: LeadsTo) -> Ranking:
    rows: list[RankRow] = []
    reached: list[Term] = []
    for space in spaces:
        reached.append(_described(space, space.states))
        pending = pending_states(space, claim)
        edges = {
            k: [a for s in space.steps[k] if (a := space.key(s.state)) in pending] for k in space.states if k in pending
        }
        rows += [_row(space, claim, component) for component in components(edges)]
    return Ranking(tuple(rows), (or_(*reached),))


def _row(space: Space, claim: LeadsTo, component: list[Key]) -> RankRow:
    region = _described(space, component)
    inside = set(component)
    taken = {s.rule for k in component for s in space.steps[k] if space.key(s.state) in inside}
    if not taken:
        return RankRow(region, None)
    return RankRow(region, next(r for r in claim.fair if r not in taken and _fires_everywhere(space, component, r)))


def _fires_everywhere(space: Space, component: list[Key], rule: str) -> bool:
    return all(any(s.rule == rule for s in space.steps[k]) for k in component)


def _described(space: Space, keys: Iterable[Key]) -> Term:
    """Return the states as a term over their finite data and the parameters."""
    model = space.setting.model
    fixed = [eq(Param(p.sort, p.name), Const(p.sort, space.setting.parameters[p.name])) for p in model.parameters]
    finite = [(i, v) for i, v in enumerate(model.variables) if is_finite(v.sort)]
    cubes = (and_(*(eq(Var(v.sort, v.name), Const(v.sort, key[i])) for i, v in finite)) for key in keys)
    return and_(*fixed, or_(*cubes))


def confirm(model: Model, claim: LeadsTo, ranking: Ranking, budget: Budget) -> None:
    """Ask Z3 whether the ranking proves the claim. Raises Undecided where it does not."""
    query = Query(model)
    for obligation in _obligations(model, claim, ranking):
        result = query.check(budget.left, obligation)
        if result is not False:
            raise Undecided("the data that is opaque decides whether the response comes" if result else query.reason)


def _obligations(model: Model, claim: LeadsTo, ranking: Ranking) -> Iterator[Term]:
    """Yield the terms that must have no solution."""
    invariant = and_(*ranking.conjuncts)
    yield and_(model.initial, not_(invariant))
    yield from (and_(invariant, relation(model, r), not_(at_level(invariant, 1))) for r in model.rules)
    yield and_(invariant, claim.trigger, not_(claim.response), *(not_(row.region) for row in ranking.rows))
    below: Term = at_level(claim.response, 1)
    for row in ranking.rows:
        here = and_(invariant, row.region)
        for rule in model.rules:
            stays = at_level(row.region, 1) if row.helpful not in (None, rule.name) else FALSE
            yield and_(here, relation(model, rule), not_(below), not_(stays))
        yield and_(here, not_(enabled(model) if row.helpful is None else can_fire(model, model.rule[row.helpful])))
        below = or_(below, at_level(row.region, 1))
