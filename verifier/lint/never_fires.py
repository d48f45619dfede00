"""ARC060: a rule whose guard no run makes true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from verifier.diagnostics import Diagnostic
from verifier.lint.subject import Finding, Open, Subject, Undecided
from verifier.model.claims import Never
from verifier.model.declarations import Rule
from verifier.model.terms import Term
from verifier.semantics.relation import for_some


def never_fires(subject: Subject) -> Iterator[Finding | Open]:
    """Yield each rule that can never fire because its guard is true of no reachable state.

    The failure of an arc has the arc's guard, and is not mentioned again.
    """
    rules = subject.model.rule
    asked = (r for r in rules.values() if r.fails is None or rules[r.fails].guard is not r.guard)
    for name, settled in subject.settle({r.name: _guard(r) for r in asked}):
        if settled.reason:
            yield Open(f"whether rule {name} can fire", rules[name].span, settled.reason)
        elif settled.run is None:
            yield _finding(subject, rules[name], subject.proof_lines(settled.evidence))


def _guard(rule: Rule) -> Term:
    return for_some(rule, (), rule.guard)


def _finding(subject: Subject, rule: Rule, proof: tuple[str, ...]) -> Finding:
    if _is_contradictory(subject, rule):
        message = f"rule {rule.name} can never fire: its guard is true of no state, reachable or not"
        return Finding(Diagnostic("ARC060", message, rule.span, help="remove it, or correct its guard"))
    message = f"rule {rule.name} can never fire: no run reaches a state of which its guard is true"
    return Finding(Diagnostic("ARC060", message, rule.span, help="remove it, or let a run get there"), proof)


def _is_contradictory(subject: Subject, rule: Rule) -> bool:
    """Return True iff no state at all satisfies the guard; if that is not decided, no more is said than is known."""
    anywhere = replace(subject.model, init=(), rules=())
    try:
        return subject.certified(Never(_guard(rule)), anywhere).expected
    except Undecided:
        return False
