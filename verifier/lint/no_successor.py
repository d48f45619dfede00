"""ARC061: constraints of a rule that contradict each other where its guard holds."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.diagnostics import Diagnostic
from verifier.lint.subject import Finding, Open, Subject
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.terms import Term, and_, not_
from verifier.semantics.relation import exists, for_some, update


def no_successor(subject: Subject) -> Iterator[Finding | Open]:
    """Yield each rule with an instance whose guard holds in a reachable state from which it leads nowhere."""
    rules = subject.model.rule
    stuck = {r.name: _stuck(subject.model, r) for r in rules.values() if _may_be_stuck(subject.model, r)}
    for name, settled in subject.settle(stuck):
        if settled.reason:
            yield Open(
                f"whether the constraints of rule {name} always have a solution", rules[name].span, settled.reason
            )
        elif settled.run is not None:
            message = f"rule {name} leads nowhere although its guard holds: its constraints contradict each other"
            hint = "say in its guard when it may fire"
            yield Finding(Diagnostic("ARC061", message, rules[name].span, help=hint), subject.run_lines(settled.run))


def _may_be_stuck(model: Model, rule: Rule) -> bool:
    """Return False iff every constraint only gives a variable its value."""
    return update(model, rule).condition is not rule.guard


def _stuck(model: Model, rule: Rule) -> Term:
    solved = update(model, rule)
    return for_some(rule, (), and_(rule.guard, not_(exists(solved.choices, solved.condition))))
