"""Every engine agrees with a search by the reference semantics on every claim that it can decide."""

from collections import deque
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.families import spec
from tests.exchange.machines import drawn, machines
from tests.machines import claims, models, terms
from verifier.diagnostics import Source
from verifier.engines.diagrams.session import session_of
from verifier.engines.engine import Budget
from verifier.engines.registry import ENGINES
from verifier.evidence.evidence import Bound, Census, Closure, Fork, Holds, Lasso, Trace, Trap, Unknown, Violated
from verifier.model.claims import (
    Always,
    Basis,
    Claim,
    Ctl,
    Deterministic,
    EqualsPath,
    EveryStep,
    InRange,
    LeadsTo,
    Ltl,
    Matches,
    Never,
    NoDeadlock,
    OnlyVia,
    Reachable,
    Recoverable,
    Routes,
    Within,
)  # fmt: skip
from verifier.model.formulas import Now, Operator
from verifier.model.sorts import BOOL
from verifier.model.terms import FALSE, TRUE
from verifier.pipeline import model_of
from verifier.semantics.claims import cases, plain
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.reachable import holds_on
from verifier.semantics.run import initial_states, is_run, successors, valuations
from verifier.statespace.space import explored


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


def ill_ranged(setting):
    """The length of a shortest run to a state in which an int leaves its range, or None. The search goes on from states
    without such an error only, so it must meet none itself."""
    bad = [c.condition for c in cases(setting.model, InRange())]
    found, queue = {}, deque()
    for state in initial_states(setting):
        if found.setdefault(tuple(state.items()), 0) == 0:
            queue.append(state)
    while queue:
        state = queue.popleft()
        distance = found[tuple(state.items())]
        if any(holds(c, setting, (state,)) for c in bad):
            return distance
        for step in successors(setting, state):
            if (key := tuple(step.state.items())) not in found:
                found[key] = distance + 1
                queue.append(step.state)
    return None


def claims_of(kind, model):
    """A claim of a class."""
    names = tuple(r.name for r in model.rules)
    if kind is InRange:
        return st.just(InRange())
    if kind is Never:
        return terms(BOOL, (0,)).map(Never)
    if kind is Within:
        steps = st.tuples(*(st.tuples(st.just(n), terms(BOOL, (0, 1))) for n in names))
        return st.builds(Within, terms(BOOL, (0,)), steps)
    return claims(model).filter(lambda c: isinstance(c, kind) and plain(c) is c)


SAFETY = {Always, Never, EveryStep, OnlyVia, Deterministic, NoDeadlock, InRange, Within}
RUNS = {Recoverable, LeadsTo, Ltl, Ctl}

DECIDED = {
    "bmc": SAFETY, "kinduction": SAFETY, "ic3": SAFETY, "explicit": SAFETY | {Reachable, Recoverable, LeadsTo},
    "witness": {Reachable}, "recover": {Recoverable}, "ranking": {LeadsTo}, "temporal": {Ltl, Ctl},
    "liveness": {LeadsTo, Ltl}, "diagrams": SAFETY | RUNS | {Reachable}, "paths": {EqualsPath, Basis},
    "routes": {Routes},
}  # fmt: skip
"""The classes of claims that each engine decides on machines with finite data."""

ELSEWHERE = {EqualsPath, Basis, Routes}
"""Claims about paths of the control graph, which are compared in test_composition.py."""

PAIRS = [(e, k) for e, kinds in DECIDED.items() for k in sorted(kinds - ELSEWHERE, key=lambda k: k.__name__)]

COMPLETE = {"explicit", "ic3", "witness", "temporal", "diagrams"}
"""Engines that decide every claim of theirs on machines as small as these."""


def samples():
    """A claim of each class."""
    yes = TRUE
    always = Operator("F", (Operator("G", (Now(yes),)),)), Operator("EF", (Operator("AG", (Now(yes),)),))
    return [
        Always(yes), Never(yes), EveryStep(yes), Reachable(yes), OnlyVia(yes, ()), Deterministic(()), NoDeadlock(yes),
        Recoverable(yes, yes), LeadsTo(yes, yes, ()), Ltl(always[0], (), ()), Ctl(always[1]), InRange(),
        Within(yes, ()), EqualsPath(("go",), yes, ("go",), yes, 1, 2, yes, ("c",)), Basis(("go",), yes, 1, 2, ("c",)),
        Routes(("go",), yes, FALSE, FALSE, None, None),
    ]  # fmt: skip


def test_every_claim_is_decided_and_every_engine_is_compared_on_all_that_it_decides():
    model = drawn(1, 1)[0]
    wanted = {name: {type(c) for c in samples() if e.handles(model, c) is None} for name, e in ENGINES.items()}
    assert wanted == DECIDED
    assert {type(c) for c in samples()} == set(get_args(Claim)) - {Matches}
    assert set().union(*wanted.values()) == {type(c) for c in samples()}


@pytest.mark.parametrize(("name", "kind"), PAIRS, ids=lambda x: x if isinstance(x, str) else x.__name__)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_engine_agrees_with_the_semantics(name, kind, data):
    model = data.draw(machines() if kind is InRange else models())
    claim = data.draw(claims_of(kind, model))
    if kind is InRange:
        model = replace(model, properties=())
        lengths = [x for p in valuations(model) if (x := ill_ranged(Setting(model, p))) is not None]
        expected, length = not lengths, min(lengths, default=None)
    else:
        expected, length = verdict(model, claim)
    check_agreement(name, model, claim, expected, length)


def check_agreement(name, model, claim, expected, length):
    """Compare an engine's answer with what the semantics says, and its evidence with the states that there are."""
    answer = ENGINES[name].solve(model, claim, Budget.of(60))
    if isinstance(answer, Unknown):
        assert name not in COMPLETE, answer.reason
        return
    evidence = answer.evidence
    if isinstance(answer, Holds) and isinstance(evidence, Bound):
        assert length is None or length > evidence.depth
        return
    assert isinstance(answer, Holds) == expected
    if isinstance(answer, Violated):
        if isinstance(evidence, Trace | Fork) and type(claim) in SAFETY | {Recoverable}:
            trace = evidence.trace if isinstance(evidence, Fork) else evidence
            assert is_run(model, trace)
            assert len(trace.steps) + isinstance(evidence, Fork) == length
        if isinstance(evidence, Trap | Lasso):
            assert is_run(model, evidence.trace)
    elif isinstance(evidence, Closure):
        assert len(evidence.members) == sum(len(reachable(Setting(model, p))) for p in valuations(model))
    elif isinstance(evidence, Census):
        assert [n for _, n in evidence.counts] == [len(reachable(Setting(model, p))) for p in valuations(model)]


STATES = {
    ("devices", 2): 1008, ("devices", 3): 8000, ("devices", 5): 503_808, ("devices", 6): 3_997_696,
    ("devices", 8): 251_658_240, ("philosophers", 4): 80, ("philosophers", 10): 59_048, ("peterson", 2): 34,
    ("peterson", 3): 705, ("counters", 3): 512, ("counters", 6): 262_144, ("irregular", 2): 60_832,
}  # fmt: skip
"""The reachable states of machines of `benchmarks.families`, which SPIN and Rumur confirm (`benchmarks.agree`)."""


@pytest.mark.parametrize(("family", "size"), STATES)
def test_states_of_the_families_are_pinned(family, size):
    """Counted one by one where they are few, and by diagrams."""
    model = model_of(Source("family.arc", spec(family, size)))
    if STATES[family, size] < 600_000:
        assert explored(model, {}).states == STATES[family, size]
    if family != "irregular":
        session = session_of(model, 1 << 20, 1 << 20)
        search = session.search(Budget.of(60), None)
        assert session.machine.count(session.reached(search)) == STATES[family, size]
