"""Explicit search decides wherever the reference semantics meets no error, whatever constraints have no value."""

from hypothesis import HealthCheck, given, settings

from tests.machines import terms
from tests.statespace.partial import partial_models
from verifier.engines.engine import Budget
from verifier.engines.explicit import Explicit
from verifier.evidence.evidence import Holds, Unknown, Violated
from verifier.model.claims import Always
from verifier.model.sorts import BOOL
from verifier.semantics.evaluate import RangeError, Setting, holds
from verifier.semantics.run import initial_states, successors, valuations


def outcomes(model, condition):
    """Yield whether the condition holds in each state reachable; raises RangeError."""
    for parameters in valuations(model):
        setting = Setting(model, parameters)
        queue = list(initial_states(setting))
        for state in queue:
            yield holds(condition, setting, (state,))
            queue += [s.state for s in successors(setting, state) if s.state not in queue]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(partial_models(), terms(BOOL, (0,), (), 1))
def test_only_an_error_of_the_semantics_leaves_explicit_search_undecided(model, condition):
    answer = Explicit().solve(model, Always(condition), Budget.of(60))
    try:
        expected = Holds if all([*outcomes(model, condition)]) else Violated
    except RangeError:
        assert isinstance(answer, (Unknown, Violated))
    else:
        assert isinstance(answer, expected)
