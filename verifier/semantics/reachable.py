"""Each claim about states or runs decided on all reachable states, by the book. Part of the trusted base."""

from __future__ import annotations

import functools
from collections.abc import Callable

from verifier.evidence.evidence import Closure, Step
from verifier.model.claims import Claim, Ctl, Deterministic, LeadsTo, Ltl, NoDeadlock, Reachable, Recoverable
from verifier.model.model import Model
from verifier.model.sorts import OpaqueSort, Value
from verifier.semantics.claims import Case, cases, plain
from verifier.semantics.components import components
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.graph import Graph, Key, explored, key
from verifier.semantics.listing import valuation_list
from verifier.semantics.positive import conjoined
from verifier.semantics.refusal import Refused, require
from verifier.semantics.temporal import is_violated, satisfying


@functools.lru_cache(maxsize=8)
def _known(_model: Model) -> dict[tuple[tuple[str, Value], ...], Graph]:
    """Return the graphs of a model that were explored before, by the values of the parameters: they are the same
    for each of its claims."""
    return {}


def holds_on(model: Model, claim: Claim, closure: Closure, visit: Callable[[], object]) -> bool:
    """Return True iff the claim holds on the reachable states, for every value of the parameters.

    `visit` is called for each state, and may raise to give up. Raises Refused unless the reachable states are
    the members of the closure, each once, and TooMany where the transitions of a state cannot be listed.
    """
    is_finite_data = not model.functions and not any(isinstance(s, OpaqueSort) for s in model.sorts.values())
    require(is_finite_data, "a set of states says nothing where sorts or functions are opaque")
    holding, met, known = True, 0, _known(model)
    for parameters in valuation_list(model):
        setting = Setting(model, parameters)
        members = {key(setting, s) for p, s in closure.members if p == parameters}
        graph = known.get(tuple(parameters.items())) or explored(setting, members, visit)
        require(graph.states.keys() == members, "the closure is not the set of the reachable states")
        known[tuple(parameters.items())] = graph
        holding, met = holding and _holds(claim, graph, visit), met + len(members)
    require(met == len(closure.members), "the closure has a member twice, or with parameters that are not allowed")
    return holding


def _holds(claim: Claim, graph: Graph, visit: Callable[[], object]) -> bool:
    """Return True iff the claim, which must be one about states or runs, holds for this value of the parameters."""
    claim = plain(claim)
    match claim:
        case Reachable():
            return bool(graph.satisfying(claim.condition))
        case NoDeadlock():
            stuck = {k for k, steps in graph.steps.items() if not steps}
            return stuck <= graph.satisfying(claim.excluded)
        case Deterministic():
            return not any(_forks(claim, steps) for steps in graph.steps.values())
        case Recoverable():
            return graph.satisfying(claim.origin) <= graph.backwards(graph.satisfying(claim.goal))
        case LeadsTo():
            return _is_answered(claim, graph)
        case Ltl():
            return not any(is_violated(graph, part, visit) for part in conjoined(claim))
        case Ctl():
            return graph.initial <= satisfying(graph, claim.formula)
    found = cases(graph.setting.model, claim)
    if found is None:
        raise Refused("not a claim about states or runs")
    return not any(_occurs(graph, c) for c in found)


def _forks(claim: Deterministic, steps: list[tuple[Step, Key]]) -> bool:
    first: dict[object, Key] = {}
    of_claim = ((s, k) for s, k in steps if s.rule in claim.rules)
    return any(first.setdefault((s.rule, *s.arguments.values()), k) != k for s, k in of_claim)


def _occurs(graph: Graph, case: Case) -> bool:
    if case.rule is None:
        return bool(graph.satisfying(case.condition) & (graph.initial if case.initially else graph.states.keys()))
    return any(
        holds(case.condition, graph.setting, (graph.states[here], step.state), step.arguments)
        for here, steps in graph.steps.items()
        for step, _ in steps
        if step.rule == case.rule.name
    )


def _is_answered(claim: LeadsTo, graph: Graph) -> bool:
    """No state after a trigger and before its response is a deadlock, or lies on a fair loop of such states.

    If a loop is fair then so is the walk through its whole component, which has more steps and more states.
    """
    answered = graph.satisfying(claim.response)
    pending = graph.onwards(graph.satisfying(claim.trigger) - answered, lambda k: k not in answered)
    loops = any(
        _is_fair(claim, graph, c) for c in components(pending, lambda k: (after for _, after in graph.steps[k]))
    )
    return all(graph.steps[k] for k in pending) and not loops


def _is_fair(claim: LeadsTo, graph: Graph, component: set[Key]) -> bool:
    fired = {s.rule for k in component for s, after in graph.steps[k] if after in component}
    able = set.intersection(*({s.rule for s, _ in graph.steps[k]} for k in component))
    return bool(fired) and all(rule in fired or rule not in able for rule in claim.fair)
