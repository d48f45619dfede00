"""The arcs of a machine: which rules may lead from which control value to which, and for which parameters."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.graph.conditions import condition
from verifier.model.declarations import Control, Rule
from verifier.model.model import Model
from verifier.model.printer import show
from verifier.model.sorts import Sort, Value, cardinality, values
from verifier.model.terms import FALSE, Call, Const, Local, Param, Term, Var, and_, conjuncts, or_, subterms
from verifier.semantics.fold import fold
from verifier.semantics.relation import relation
from verifier.semantics.run import valuations

MOST_VALUES = 64
"""The most control values that a control graph may have."""

MOST_ARGUMENTS = 4096
"""The most combinations of a rule's arguments that are told apart; of more, none is looked at on its own."""

MOST_VALUATIONS = 256
"""The most values of the parameters for which it is computed when an arc is there."""


class GraphError(ValueError):
    """The machine has no control graph, or one too large to be drawn."""


@dataclass(frozen=True)
class Arc:
    """A rule between two control values, which they, the arguments and the parameters alone do not rule out.

    `condition` says for which parameters it is there, in the spec's syntax; it is empty where for all of them.
    """

    rule: str
    start: Value
    goal: Value
    condition: str = ""


def control_of(model: Model) -> Control:
    """Return the control variable. Raises GraphError where there is none, or where it has too many values."""
    if model.control is None:
        raise GraphError(f"{model.name} has no control variable, so it has no control graph")
    if (size := cardinality(model.control.sort) or 0) > MOST_VALUES:
        raise GraphError(f"{model.control.name} has {size} values, and a control graph has at most {MOST_VALUES}")
    return model.control


def arcs(model: Model) -> tuple[Arc, ...]:
    """Return the arcs in the order of the rules, then of the control values. Raises GraphError."""
    control_of(model)
    domain = _valuations(model)
    return tuple(arc for rule in model.rules for arc in _of_rule(model, rule, domain))


def initial_values(model: Model) -> tuple[Value, ...]:
    """Return the control values that the constraints on the initial state do not rule out at once, whatever the
    parameters. Raises GraphError."""
    control = control_of(model)
    variable: Term = Var(control.sort, control.name, 0)
    init, domain = and_(*model.init), _valuations(model)
    settings = [{}] if domain is None else [_fixed(model, v) for v in domain]

    def possible(value: Value) -> bool:
        at = fold(init, model, {variable: Const(control.sort, value)})
        return any(fold(at, model, known) is not FALSE for known in settings)

    return tuple(v for v in values(control.sort) if possible(v))


Valuations = Sequence[Mapping[str, Value]]


def _valuations(model: Model) -> Valuations | None:
    """Return the values of the parameters that are allowed; None iff there are too many to look at each."""
    return list(valuations(model)) if _combinations([p.sort for p in model.parameters]) <= MOST_VALUATIONS else None


def _combinations(sorts: Sequence[Sort]) -> float:
    return math.prod(math.inf if (size := cardinality(s)) is None else size for s in sorts)


def _of_rule(model: Model, rule: Rule, domain: Valuations | None) -> Iterator[Arc]:
    left: dict[tuple[Value, Value], list[Term]] = {}
    for start, goal, rest in _residuals(model, rule):
        left.setdefault((start, goal), []).append(rest)
    for (start, goal), rests in left.items():
        there = _condition(model, rule, or_(*rests), domain)
        if there is not None:
            yield Arc(rule.name, start, goal, there)


def _residuals(model: Model, rule: Rule) -> Iterator[tuple[Value, Value, Term]]:
    """Yield, for each pair of control values and each choice of arguments, what is left of the rule's relation."""
    control = control_of(model)
    before: Term = Var(control.sort, control.name, 0)
    after: Term = Var(control.sort, control.name, 1)
    listed = [Const(control.sort, v) for v in values(control.sort)]
    for start in listed:
        from_start = fold(relation(model, rule), model, {before: start})
        for known in _arguments(rule):
            chosen = fold(from_start, model, known)
            for goal in listed if chosen is not FALSE else ():
                rest = fold(chosen, model, {after: goal})
                if rest is not FALSE:
                    yield start.value, goal.value, rest


def _arguments(rule: Rule) -> Iterator[Mapping[Term, Term]]:
    if _combinations([p.sort for p in rule.parameters]) > MOST_ARGUMENTS:
        yield {}
        return
    for choice in itertools.product(*(tuple(values(p.sort)) for p in rule.parameters)):
        yield {p: Const(p.sort, v) for p, v in zip(rule.parameters, choice, strict=True)}


def _condition(model: Model, rule: Rule, rest: Term, domain: Valuations | None) -> str | None:
    """Return for which parameters `rest` is not ruled out by them; None iff for none."""
    if domain is None:
        return " and ".join(show(c) for c in conjuncts(rule.guard) if _is_rigid(c))
    allowed = [v for v in domain if fold(rest, model, _fixed(model, v)) is not FALSE]
    return condition(model.parameters, allowed, domain) if allowed else None


def _is_rigid(term: Term) -> bool:
    """Return True iff the term speaks of parameters, and of nothing that may differ from state to state."""
    leaves = set(subterms(term))
    return any(isinstance(t, Param) for t in leaves) and not any(isinstance(t, Var | Local | Call) for t in leaves)


def _fixed(model: Model, valuation: Mapping[str, Value]) -> Mapping[Term, Term]:
    return {Param(p.sort, p.name): Const(p.sort, valuation[p.name]) for p in model.parameters}
