"""A claim holds of its slice iff it holds of the machine, and evidence carries over."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.test_conformance import verdict
from tests.machines import claims, models
from verifier import pipeline
from verifier.diagnostics import Source
from verifier.engines.engine import Budget
from verifier.engines.ic3 import Ic3
from verifier.evidence.evidence import Holds, KInduction, Trace, Violated
from verifier.model.claims import Always, EveryStep, Never, OnlyVia
from verifier.semantics.cone import cone_of, slice_for
from verifier.semantics.evaluate import Setting
from verifier.semantics.run import initial_states, is_run

TEXT = """machine two

var a: bits[3] = 0
var b: bits[3] = 0
var log: bits[3] = 0
rule up when a < 4 { a' = a + 1 log' = a }
rule side when b < 4 { b' = b + 1 }
rule note when log == 3 { log' = b }
property low always a <= 4
property step every step a' >= a
property three never a == 3 expect violated
property noted never log == 7
"""


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_claim_about_a_slice_is_one_about_the_machine(data):
    model = data.draw(models())
    claim = data.draw(claims(model).filter(lambda c: isinstance(c, (Always, Never, EveryStep, OnlyVia))))
    part = slice_for(model, claim)
    if part is None:
        return
    holds, length = verdict(model, claim)
    answer = Ic3().solve(part.model, claim, Budget.of(20))
    lifted = part.lifted(answer)
    if isinstance(lifted, Violated) and isinstance(lifted.evidence, Trace):
        assert not holds
        assert is_run(model, lifted.evidence)
        assert len(lifted.evidence.steps) == length
    elif isinstance(lifted, Holds):
        assert holds
    else:  # the slice has a run where the machine, with these parameters, has no initial state
        assert isinstance(answer, Violated), answer
        assert isinstance(answer.evidence, Trace)
        assert not any(initial_states(Setting(model, answer.evidence.parameters)))


def test_what_only_writes_elsewhere_is_left_out():
    model = pipeline.model_of(Source("two.arc", TEXT))
    low, _, three, noted = (p.claim for p in model.properties)
    assert cone_of(model, {"a"}) == {"a"}
    assert cone_of(model, {"log"}) == {"log", "a", "b"}
    part = slice_for(model, low)
    assert [r.name for r in part.model.rules] == ["up"]
    assert part is slice_for(model, three), "claims with one cone share it"
    assert slice_for(model, noted) is None


def test_a_claim_about_steps_keeps_every_rule_and_what_its_guard_reads():
    model = pipeline.model_of(Source("two.arc", TEXT))
    claim = model.properties[1].claim
    assert slice_for(model, claim) is None


def test_a_k_induction_about_a_slice_is_not_given_for_the_machine():
    model = pipeline.model_of(Source("two.arc", TEXT))
    part = slice_for(model, model.properties[0].claim)
    assert part.lifted(Holds(KInduction(2, ()))) is None
