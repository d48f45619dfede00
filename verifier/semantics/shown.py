"""What a run shows: whether it is a counterexample to a claim, by the book. Part of the trusted base."""

from __future__ import annotations

from verifier.evidence.evidence import Fork, Lasso, Trace
from verifier.evidence.interpretation import State
from verifier.model.claims import Claim, Deterministic, LeadsTo, NoDeadlock
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.semantics.claims import Case, cases
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.listing import check_rule
from verifier.semantics.run import arguments, fire, is_run, is_step


def objection(model: Model, claim: Claim, evidence: Trace | Fork | Lasso) -> str | None:
    """Return why the evidence is no counterexample to the claim; None iff it is one. Raises TooMany."""
    trace = evidence if isinstance(evidence, Trace) else evidence.trace
    if not is_run(model, trace):
        return "the trace is not a run"
    setting, last = Setting(model, trace.parameters, trace.interpretation), trace.states[-1]
    match claim, evidence:
        case Deterministic(), Fork():
            return _about_fork(setting, claim, evidence)
        case LeadsTo(), Trace() | Lasso():
            return _about_response(setting, claim, trace, evidence.loop if isinstance(evidence, Lasso) else None)
        case NoDeadlock(), Trace():
            stuck = not holds(claim.excluded, setting, (last,)) and not _can_go_on(setting, last)
            return None if stuck else "the trace ends in no deadlock"
        case _, Trace():
            violates = any(_ends_in(setting, trace, c) for c in cases(model, claim) or ())
            return None if violates else "the trace does not violate the claim"
    return f"a {evidence.kind} says nothing about a claim of this kind"


def _ends_in(setting: Setting, trace: Trace, case: Case) -> bool:
    if case.rule is None:
        return not (case.initially and trace.steps) and holds(case.condition, setting, (trace.states[-1],))
    if not trace.steps or trace.steps[-1].rule != case.rule.name:
        return False
    return holds(case.condition, setting, trace.states[-2:], trace.steps[-1].arguments)


def _about_fork(setting: Setting, claim: Deterministic, fork: Fork) -> str | None:
    left, right = fork.left, fork.right
    if left.rule not in claim.rules or left.rule != right.rule or left.arguments != right.arguments:
        return "the branches are not of one instance of the claim's rules"
    if not all(is_step(setting, fork.trace.states[-1], s) for s in (left, right)):
        return "a branch is not a transition"
    return "both branches are the same" if left.state == right.state else None


def _about_response(setting: Setting, claim: LeadsTo, trace: Trace, loop: int | None) -> str | None:
    """A trigger without a response, in a run that ends in a deadlock, or goes round a fair loop for ever."""
    states = trace.states
    answered = [i for i, s in enumerate(states) if holds(claim.response, setting, (s,))]
    silent = answered[-1] + 1 if answered else 0  # from here on there is no response
    if not any(holds(claim.trigger, setting, (s,)) for s in states[silent:]):
        return "no trigger stays without a response"
    if loop is None:
        return "the trace could go on" if _can_go_on(setting, states[-1]) else None
    if not (0 <= loop < len(trace.steps) and states[loop] == states[-1]):
        return "the loop is not closed"
    if loop < silent:
        return "there is a response in the loop"
    fired = {s.rule for s in trace.steps[loop:]}
    tired = (r for r in claim.fair if r not in fired and all(_can_fire(setting, r, s) for s in states[loop:]))
    unfair = next(tired, None)
    return None if unfair is None else f"the loop is not fair to {unfair}"


def _can_fire(setting: Setting, name: str, state: State) -> bool:
    rule: Rule = setting.model.rule[name]
    check_rule(setting, rule)
    return any(True for args in arguments(setting, rule) for _ in fire(setting, rule, args, state))


def _can_go_on(setting: Setting, state: State) -> bool:
    return any(_can_fire(setting, r.name, state) for r in setting.model.rules)
