"""Every engine agrees with a search by the reference semantics on every claim that it can decide."""

from collections import deque

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.machines import claims, models
from verifier.engines.engine import Budget
from verifier.engines.registry import ENGINES
from verifier.evidence.evidence import Bound, Closure, Fork, Holds, Lasso, Trace, Trap, Unknown, Violated
from verifier.model.claims import Ctl, Deterministic, LeadsTo, Ltl, NoDeadlock, Reachable, Recoverable
from verifier.semantics.claims import cases, plain
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.reachable import holds_on
from verifier.semantics.run import initial_states, is_run, successors, valuations


def reachable(setting):
    """All reachable states, with the length of a shortest run to each."""
    found, queue = {}, deque()
    for state in initial_states(setting):
        if (key := tuple(state.items())) not in found:
            found[key] = 0
            queue.append(state)
    while queue:
        state = queue.popleft()
        for step in successors(setting, state):
            if (key := tuple(step.state.items())) not in found:
                found[key] = found[tuple(state.items())] + 1
                queue.append(step.state)
    return found


def verdict(model, claim):
    """What the definition of the claim says, and the length of a shortest counterexample of a safety claim."""
    if isinstance(claim, Ltl | Ctl):
        members = tuple((p, dict(k)) for p in valuations(model) for k in reachable(Setting(model, p)))
        return holds_on(model, claim, Closure(members), lambda: None), None
    lengths = [shortest(Setting(model, p), claim) for p in valuations(model)]
    if isinstance(claim, Reachable):
        return all(x is not None for x in lengths), None
    bad = [x for x in lengths if x is not None]
    return not bad, min(bad, default=None)


def shortest(setting, claim):
    """The length of a shortest run that violates the claim (that witnesses it, for `reachable`), or None."""
    space = reachable(setting)
    found = []
    for key, distance in space.items():
        state = dict(key)
        steps = list(successors(setting, state))
        if isinstance(claim, NoDeadlock):
            bad = [distance] if not steps and not holds(claim.excluded, setting, (state,)) else []
        elif isinstance(claim, Deterministic):
            instances = {(s.rule, *s.arguments.values()): s.state for s in steps if s.rule in claim.rules}
            bad = [
                distance + 1
                for s in steps
                if s.rule in claim.rules and instances[(s.rule, *s.arguments.values())] != s.state
            ]
        elif isinstance(claim, Recoverable):
            bad = [distance] if holds(claim.origin, setting, (state,)) and not recovers(setting, state, claim) else []
        elif isinstance(claim, LeadsTo):
            pending = holds(claim.trigger, setting, (state,)) and not holds(claim.response, setting, (state,))
            bad = [distance] if pending and evades(setting, state, claim) else []
        else:
            bad = safety(setting, claim, state, distance, steps)
        found += bad
    return min(found, default=None)


def evades(setting, state, claim):
    """Whether some fair, maximal run from `state` never meets the response: a greatest fixed point."""
    space = {tuple(s.items()): s for s in reach_from(setting, state) if not holds(claim.response, setting, (s,))}
    steps = {k: [(s.rule, tuple(s.state.items())) for s in successors(setting, v)] for k, v in space.items()}
    live = {k for k in space if steps[k]}

    def follows(key, rule, inside):
        """A walk of at least one step inside, which fires `rule` or comes to a state where it cannot fire."""
        seen, queue = set(), [key]
        while queue:
            for fired, after in steps[queue.pop()]:
                if after in inside:
                    if fired == rule or all(r != rule for r, _ in steps[after]):
                        return True
                    if after not in seen:
                        seen.add(after)
                        queue.append(after)
        return False

    while True:
        kept = {k for k in live if any(a in live for _, a in steps[k]) and all(follows(k, r, live) for r in claim.fair)}
        if kept == live:
            break
        live = kept
    goal = live | {k for k in space if not steps[k]}
    seen, queue = {tuple(state.items())}, [tuple(state.items())]
    while queue:
        key = queue.pop()
        if key in goal:
            return True
        for _, after in steps.get(key, []):
            if after in space and after not in seen:
                seen.add(after)
                queue.append(after)
    return False


def reach_from(setting, state):
    found, queue = {tuple(state.items()): state}, [state]
    while queue:
        for step in successors(setting, queue.pop()):
            if (key := tuple(step.state.items())) not in found:
                found[key] = step.state
                queue.append(step.state)
    return list(found.values())


def safety(setting, claim, state, distance, steps):
    found = []
    for case in cases(setting.model, claim):
        if case.rule is None:
            if (distance == 0 or not case.initially) and holds(case.condition, setting, (state,)):
                found.append(distance)
        else:
            mine = [s for s in steps if s.rule == case.rule.name]
            found += [distance + 1 for s in mine if holds(case.condition, setting, (state, s.state), s.arguments)]
    return found


def recovers(setting, state, claim):
    seen, queue = {tuple(state.items())}, deque([state])
    while queue:
        here = queue.popleft()
        if holds(claim.goal, setting, (here,)):
            return True
        for s in successors(setting, here):
            if (key := tuple(s.state.items())) not in seen:
                seen.add(key)
                queue.append(s.state)
    return False


@pytest.mark.parametrize(
    "name",
    ["bmc", "kinduction", "ic3", "explicit", "witness", "recover", "ranking", "temporal", "liveness", "diagrams"],
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_engine_agrees_with_the_semantics(name, data):
    model = data.draw(models())
    claim = plain(data.draw(claims(model).filter(lambda c: ENGINES[name].handles(model, plain(c)) is None)))
    expected, length = verdict(model, claim)
    answer = ENGINES[name].solve(model, claim, Budget.of(20))
    if isinstance(answer, Unknown):
        assert name not in ("explicit", "ic3", "witness", "temporal", "diagrams"), answer.reason
    elif isinstance(answer, Holds) and isinstance(answer.evidence, Bound):
        assert length is None or length > answer.evidence.depth
    else:
        assert isinstance(answer, Holds) == expected
        if (
            isinstance(answer, Violated)
            and isinstance(answer.evidence, (Trace, Fork))
            and not isinstance(claim, LeadsTo | Ltl | Ctl)
        ):
            trace = answer.evidence.trace if isinstance(answer.evidence, Fork) else answer.evidence
            assert is_run(model, trace)
            assert len(trace.steps) + isinstance(answer.evidence, Fork) == length
        if isinstance(answer, Violated) and isinstance(answer.evidence, (Trap, Lasso)):
            assert is_run(model, answer.evidence.trace)
        if isinstance(answer, Holds) and isinstance(answer.evidence, Closure):
            count = sum(len(reachable(Setting(model, p))) for p in valuations(model))
            assert len(answer.evidence.members) == count
