"""Instances of rules between control values, and what a path of instances does. Part of the trusted base."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from verifier.evidence.evidence import Instance
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import cardinality, is_finite, values
from verifier.model.terms import FALSE, Const, Local, Term, Var, and_, conjuncts, eq, substitute, subterms, transform
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.fold import fold
from verifier.semantics.relation import Update, update

LIMIT = 100_000
"""The most combinations of arguments and control values that are enumerated for one rule."""


class TooMany(ValueError):
    """The instances cannot be enumerated: there is no control variable, or a sort is opaque or too large."""


def instances(model: Model, rules: Iterable[str], where: Term) -> Iterator[Instance]:
    """Yield the instances of `rules` that satisfy `where` (over `start` and `goal`) and that are not ruled out
    by the control values and arguments alone; in the order of the rules, then of the values.

    Raises TooMany.
    """
    if model.control is None:
        raise TooMany("the machine has no control variable")
    for name in rules:
        yield from (i for i in _instances(model, model.rule[name]) if selected(model, i, where))


@functools.lru_cache(maxsize=512)
def _instances(model: Model, rule: Rule) -> tuple[Instance, ...]:
    return tuple(_listed(model, rule))


def _listed(model: Model, rule: Rule) -> Iterator[Instance]:
    assert model.control is not None
    sorts = (*(p.sort for p in rule.parameters), model.control.sort, model.control.sort)
    if not all(is_finite(s) for s in sorts):
        raise TooMany(f"rule {rule.name} has a parameter of an opaque sort")
    if math.prod(cardinality(s) or 0 for s in sorts) > LIMIT:
        raise TooMany(f"rule {rule.name} has more than {LIMIT} instances")
    about = _about_control(model, rule)
    for *args, start in itertools.product(*(tuple(values(s)) for s in sorts[:-1])):
        pairs = tuple(zip((p.name for p in rule.parameters), args, strict=True))
        for goal in values(model.control.sort):
            instance = Instance(rule.name, pairs, start, goal)
            if all(fold(t, model, known(model, instance)) is not FALSE for t in about):
                yield instance


def _about_control(model: Model, rule: Rule) -> tuple[Term, ...]:
    """Return what the rule says of the control variable and the parameters alone: the parts of the guard, the
    constraints, and the frame condition."""
    assert model.control is not None
    control = model.control
    unchanged = eq(Var(control.sort, control.name, 1), Var(control.sort, control.name, 0))
    whole = and_(rule.guard, *rule.constraints, *(() if control.name in rule.changes else (unchanged,)))
    return tuple(t for t in conjuncts(whole) if _is_about_control(t, control.name))


def _is_about_control(term: Term, control: str) -> bool:
    return all(t.name == control for t in subterms(term) if isinstance(t, Var))


def selected(model: Model, instance: Instance, where: Term) -> bool:
    """Return True iff the instance's `start` and `goal` satisfy `where`."""
    return holds(where, Setting(model), (), {"start": instance.start, "goal": instance.goal})


def known(model: Model, instance: Instance) -> Mapping[Term, Term]:
    """Return the leaves that an instance fixes: the rule's parameters, and the control variable before and after."""
    assert model.control is not None
    sort, name = model.control.sort, model.control.name
    arguments = dict(instance.arguments)
    fixed: dict[Term, Term] = {p: Const(p.sort, arguments[p.name]) for p in model.rule[instance.rule].parameters}
    return fixed | {Var(sort, name, 0): Const(sort, instance.start), Var(sort, name, 1): Const(sort, instance.goal)}


def ends(model: Model, instance: Instance) -> Mapping[Term, Term]:
    """Return the locals `start` and `goal` with the instance's values."""
    assert model.control is not None
    sort = model.control.sort
    return {Local(sort, "start"): Const(sort, instance.start), Local(sort, "goal"): Const(sort, instance.goal)}


@dataclass(frozen=True)
class Execution:
    """What a path of instances does, from a state x (level 0), for some values of the locals `choices`:
    it can be taken iff `condition`; then the states after its steps are `states` (variable -> term over x)."""

    condition: Term
    states: tuple[Mapping[str, Term], ...]
    choices: tuple[Local, ...]


def execute(model: Model, path: Iterable[Instance], mark: str = "") -> Execution:
    """Return the path's execution, rule by rule; `mark` keeps the choices of two executions apart."""
    assert model.control is not None
    control = Var(model.control.sort, model.control.name, 0)
    state: Mapping[str, Term] = {v.name: Var(v.sort, v.name, 0) for v in model.variables}
    conditions: list[Term] = []
    states: list[Mapping[str, Term]] = []
    choices: list[Local] = []
    for place, instance in enumerate(path):
        solved = _solved(model, instance).marked(f"{mark}{place}")
        conditions.append(eq(state[control.name], Const(control.sort, instance.start)))
        conditions.append(_after(state, solved.condition))
        before = state
        state = {n: before[n] if solved.keeps(n) else _stepped(model, before, t) for n, t in solved.after.items()}
        conditions.append(eq(state[control.name], Const(control.sort, instance.goal)))
        states.append(state)
        choices += solved.choices
    return Execution(fold(and_(*conditions), model), tuple(states), tuple(choices))


@functools.lru_cache(maxsize=4096)
def _solved(model: Model, instance: Instance) -> Update:
    """Return the instance's rule solved for the state after, with what the instance fixes put in."""
    solved = update(model, model.rule[instance.rule])
    fixed = {t: v for t, v in known(model, instance).items() if not (isinstance(t, Var) and t.level)}
    after = {n: t if solved.keeps(n) else fold(t, model, fixed) for n, t in solved.after.items()}
    return Update(fold(solved.condition, model, fixed), after, solved.choices)


def _stepped(model: Model, state: Mapping[str, Term], term: Term) -> Term:
    return term if isinstance(term, Const) else fold(_after(state, term), model)


def _after(state: Mapping[str, Term], term: Term) -> Term:
    return transform(term, lambda t: state[t.name] if isinstance(t, Var) else None)


def interior(model: Model, execution: Execution, through: Term, target: Instance) -> Term:
    """Return the term that says that every state inside the executed path satisfies `through`."""
    condition = substitute(through, ends(model, target))
    return and_(*(fold(_after(state, condition), model) for state in execution.states[:-1]))


def same_end(left: Execution, right: Execution, observed: Iterable[str]) -> Term:
    """Return the term that says that both executions end alike in the observed variables."""
    return and_(*(eq(left.states[-1][n], right.states[-1][n]) for n in observed))
