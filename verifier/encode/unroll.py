"""Runs as terms: the transitions of step i lead from level i to level i + 1."""

from __future__ import annotations

import functools

from verifier.encode.query import Assignment
from verifier.evidence.evidence import Fork, Step, Trace
from verifier.model.claims import Claim, Deterministic
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import BOOL
from verifier.model.terms import Local, Term, Var, and_, implies, or_, substitute, transform
from verifier.semantics.claims import Case
from verifier.semantics.relation import relation


def moved(term: Term, by: int) -> Term:
    """Return `term` with every level raised by `by`."""
    return transform(term, lambda t: Var(t.sort, t.name, t.level + by) if isinstance(t, Var) else None) if by else term


def at_step(rule: Rule, term: Term, step: int) -> Term:
    """Return a term about an instance of `rule` (levels 0, 1, the rule's parameters), said of step `step`."""
    return moved(substitute(term, {p: argument(rule, p, step) for p in rule.parameters}), step)


def argument(rule: Rule, parameter: Local, step: int) -> Local:
    """Return the local that stands for a rule's argument in step `step`."""
    return Local(parameter.sort, f"{rule.name}.{parameter.name}@{step}")


def fired(rule: Rule, step: int) -> Local:
    """Return the boolean that says that step `step` is by `rule`."""
    return Local(BOOL, f"{rule.name}@{step}")


@functools.lru_cache(maxsize=256)
def transition(model: Model, step: int) -> Term:
    """Return the term that says that step `step` is a transition."""
    each = (implies(fired(r, step), at_step(r, relation(model, r), step)) for r in model.rules)
    return and_(or_(*(fired(r, step) for r in model.rules)), *each)


def case_at(model: Model, case: Case, steps: int) -> Term | None:
    """Return the term that says that a run of `steps` steps ends in this case; None where it cannot."""
    if case.rule is not None:
        if steps == 0:
            return None
        step = at_step(case.rule, and_(relation(model, case.rule), case.condition), steps - 1)
        return and_(fired(case.rule, steps - 1), step)
    return None if case.initially and steps else moved(case.condition, steps)


def read_run(model: Model, assignment: Assignment, steps: int) -> Trace:
    """Return the run of `steps` steps that an assignment describes."""
    taken = tuple(_read_step(model, assignment, i) for i in range(steps))
    parameters, initial = assignment.parameters(), assignment.state(0)
    return Trace(parameters, initial, taken, assignment.interpretation())


def read_violation(model: Model, claim: Claim, assignment: Assignment, steps: int) -> Trace | Fork:
    """Return what shows the violation: a run; for `deterministic`, a run and two ways to go on."""
    if not isinstance(claim, Deterministic):
        return read_run(model, assignment, steps)
    left = _read_step(model, assignment, steps - 1)
    right = Step(left.rule, left.arguments, assignment.state(steps + 1))
    return Fork(read_run(model, assignment, steps - 1), left, right)


def _read_step(model: Model, assignment: Assignment, step: int) -> Step:
    rule = next(r for r in model.rules if assignment.value(fired(r, step)))
    arguments = {p.name: assignment.value(argument(rule, p, step)) for p in rule.parameters}
    return Step(rule.name, arguments, assignment.state(step + 1))
