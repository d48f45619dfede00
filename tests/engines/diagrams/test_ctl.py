"""The operators of computation tree logic against their definitions on the listed states."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.test_conformance import reachable
from tests.machines import models, terms
from verifier.engines.diagrams.ctl import Ctl
from verifier.engines.diagrams.formulas import Reader
from verifier.engines.diagrams.machine import Machine
from verifier.engines.diagrams.reach import Search
from verifier.engines.engine import Budget
from verifier.model.sorts import BOOL
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.run import is_run, successors, valuations


class Listed:
    """All reachable states of a model, listed, with their steps; and the same as diagrams."""

    def __init__(self, drawn, fair):
        self.model, self.fair = drawn, fair
        self.machine = Machine(drawn, 1 << 18)
        self.search = Search(self.machine, Budget.of(60))
        self.ctl = Ctl(self.search, self.search.closure(self.machine.init), fair)
        self.steps, self.states = {}, {}
        for parameters in valuations(drawn):
            setting = Setting(drawn, parameters)
            for key in reachable(setting):
                here = (parameters["p"], key)
                self.states[here] = (setting, dict(key))
                self.steps[here] = [
                    (s.rule, (parameters["p"], tuple(s.state.items()))) for s in successors(setting, dict(key))
                ]

    def where(self, term):
        return {k for k, (setting, state) in self.states.items() if holds(term, setting, (state,))}

    def same(self, states, expected):
        points = {k: self.machine.point({"p": k[0]}, s) for k, (_, s) in self.states.items()}
        return {k for k, point in points.items() if (states & point).satisfiable()} == expected

    def before(self, goal):
        return {k for k, steps in self.steps.items() if any(a in goal for _, a in steps)}

    def until(self, within, goal):
        found = set(goal)
        while more := (self.before(found) & within) - found:
            found |= more
        return found

    def stays(self, within):
        """Where a fair maximal path stays: a greatest fixed point of walks that are just to each rule."""
        live = set(within)
        while True:
            kept = live & self.before(live)
            for rule in self.fair:
                just = {k for k in kept if all(r != rule for r, _ in self.steps[k])}
                just |= {k for k in kept if any(r == rule and a in kept for r, a in self.steps[k])}
                kept &= self.before(self.until(kept, just)) if just else set()
            if kept == live:
                break
            live = kept
        return self.until(within, live | {k for k in within if not self.steps[k]})


@pytest.mark.parametrize("fair", [False, True])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_operators_are_their_definitions(fair, data):
    drawn = data.draw(models())
    listed = Listed(drawn, tuple(r.name for r in drawn.rules) if fair else ())
    one, other = data.draw(terms(BOOL, (0,))), data.draw(terms(BOOL, (0,)))
    first, second = listed.machine.formula(one), listed.machine.formula(other)
    begins = listed.stays(set(listed.states))
    assert listed.same(listed.ctl.ex(first), listed.before(listed.where(one) & begins))
    assert listed.same(listed.ctl.eu(first, second), listed.until(listed.where(one), listed.where(other) & begins))
    assert listed.same(listed.ctl.eg(first), listed.stays(listed.where(one)))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_paths_show_what_the_operators_say(data):
    drawn = data.draw(models())
    listed = Listed(drawn, tuple(r.name for r in drawn.rules))
    one, other = data.draw(terms(BOOL, (0,))), data.draw(terms(BOOL, (0,)))
    machine, ctl = listed.machine, listed.ctl
    within, goal = machine.formula(one) & ctl.inside, machine.formula(other) & ctl.inside
    path = ctl.path(machine.init, within, goal)
    until = listed.search.backwards(goal, within)
    assert (path is not None) == (until & machine.init).satisfiable()
    if path is not None:
        setting = Setting(drawn, path.parameters)
        assert is_run(drawn, path)
        assert all(holds(one, setting, (s,)) for s in path.states[:-1])
        assert holds(other, setting, (path.states[-1],))
    for point, _, _ in [machine.some(s) for s in (ctl.hull(within) & machine.init,) if s.satisfiable()]:
        lasso = ctl.lasso(listed.search.run([point], point), within)
        assert lasso is not None
        assert is_run(drawn, lasso.trace)
        assert lasso.trace.states[lasso.loop] == lasso.trace.states[-1]
        assert lasso.loop < len(lasso.trace.steps)
        assert all(holds(one, Setting(drawn, lasso.trace.parameters), (s,)) for s in lasso.trace.states)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_diagram_read_as_a_term_is_the_same_set(data):
    machine = Machine(data.draw(models()), 1 << 18)
    states = machine.formula(data.draw(terms(BOOL, (0,), (), 3))) & machine.states
    assert machine.formula(Reader(machine).term(states)) & machine.states == states
