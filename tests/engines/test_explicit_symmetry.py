"""The explicit search over representatives says what the semantics says, of the machine itself."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.engines.test_conformance import verdict
from tests.statespace.families import devices, machine_of
from tests.statespace.symmetric import CLAIMS, machines
from tests.statespace.test_symmetry import REPRESENTATIVES
from verifier.checker.certified import Verdict
from verifier.checker.certify import certify
from verifier.engines import explicit_invariant
from verifier.engines.engine import Budget
from verifier.engines.explicit import Explicit
from verifier.evidence.evidence import Census, Closure, Fork, Holds, Invariant, Trace, Unknown, Violated
from verifier.model.claims import LeadsTo, NoDeadlock, Reachable
from verifier.model.terms import FALSE, TRUE, not_
from verifier.semantics.run import is_run
from verifier.statespace.space import Limits, Watch, explored


def decided(model, claim, most=None):
    return Explicit(most).solve(model, claim, Budget.of(60))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_verdicts_and_lengths_are_those_of_the_semantics(data):
    model = data.draw(machines(most=3))
    claim = data.draw(st.sampled_from(model.properties)).claim
    whole = explored(model, {}, limits=Limits(states=300))
    assume(whole.is_complete)
    expected, length = verdict(model, claim)
    answer = decided(model, claim)
    assert isinstance(answer, Holds if expected else Violated)
    if isinstance(answer.evidence, (Trace, Fork)) and not isinstance(claim, Reachable):
        trace = answer.evidence.trace if isinstance(answer.evidence, Fork) else answer.evidence
        assert is_run(model, trace)
        assert len(trace.steps) + isinstance(answer.evidence, Fork) == length
    if isinstance(answer.evidence, Closure):
        assert len(answer.evidence.members) == whole.states


@pytest.mark.parametrize("number", range(len(CLAIMS)))
def test_the_checker_accepts_what_is_shown(number):
    model = machine_of(
        "enum Mode { A, B, C }\nindex T[3]\nindex U[2]\nvar mode: T -> Mode = each x in T: A\nvar owner: T\n"
        "var next: T -> T = each x in T: x\nvar s: set of T = those x in T: false\n"
        "var link: T -> T -> bool = each x in T: each y in T: false\nvar seat: U -> T\nvar n: int 0..2 = 0\n"
        "rule first(d: T, e: T, w: U) when mode[d] == A and n < 2 { mode' = mode with [d] = B  n' = n + 1 }\n"
        "rule second(d: T, e: T, w: U) when next[d] == e and d not in s { next' = next with [d] = owner }\n"
        f"property c {CLAIMS[number]}\n"
    )
    (prop,) = model.properties
    answer = decided(model, prop.claim)
    assert not isinstance(answer, Unknown)
    verdict = certify(model, prop, answer, 60.0).verdict
    assert verdict is (Verdict.PROVED if isinstance(answer, Holds) else Verdict.REFUTED)


def test_a_proof_of_few_states_lists_all_of_them():
    model = machine_of(
        "index T[3]\nvar m: T -> bool = each t in T: false\nrule up(t: T) { m' = m with [t] = (not m[t]) }\n"
        "property goes_on no deadlock\n"
    )
    answer = decided(model, model.properties[0].claim)
    assert isinstance(answer, Holds)
    assert len(answer.evidence.members) == 8


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(model=machines(most=3))
@pytest.mark.parametrize("pairs", [600, 40])
def test_what_representatives_suggest_is_what_all_states_do(pairs, model):
    whole = explored(model, {}, limits=Limits(states=1000))
    assume(whole.is_complete)
    some = explored(model, {}, symmetry=Watch().symmetry(model, {}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explicit_invariant, "PAIRS", pairs)
        suggested, known = (set(explicit_invariant._candidates(model, [s])) for s in (some, whole))
    assert suggested <= known
    assert pairs < 600 or suggested == known


@pytest.mark.parametrize("count", [3, 4])
def test_an_invariant_of_representatives_is_one_of_the_machine(count):
    model = devices(count)
    (prop,) = (p for p in model.properties if p.name == "counted")
    answer = decided(model, prop.claim, most=REPRESENTATIVES[count])
    assert isinstance(answer, Holds)
    assert isinstance(answer.evidence, Invariant)
    assert certify(model, prop, answer, 60.0).verdict is Verdict.PROVED


PARITY = """index T[15]
var m: T -> bool = each t in T: false
var odd: bool = false
rule flip(t: T) { m' = m with [t] = (not m[t])  odd' = (not odd) }
property parity always odd iff (some i in {1, 3, 5, 7, 9, 11, 13, 15}: (count t in T: m[t]) == i)
"""


def test_of_many_states_the_exact_number_is_told():
    model = machine_of(PARITY)
    answer = decided(model, model.properties[0].claim, most=16)
    assert answer == Holds(Census((({}, 32768),)))


def test_the_reason_tells_representatives_and_states():
    model = machine_of(
        "index T[30]\nvar m: T -> bool = each t in T: false\nvar odd: bool = false\n"
        "rule flip(t: T) { m' = m with [t] = (not m[t])  odd' = (not odd) }\n"
        "property parity always (all t in T: not m[t]) implies not odd\n"
    )
    answer = decided(model, model.properties[0].claim)
    assert answer == Unknown(
        "explicit: all 31 representatives of 1,073,741,824 states and 32,212,254,720 transitions explored, and no "
        "violation found; they are too many to be certified, and no short invariant was seen; "
        "symmetry: 30 individuals of T are interchangeable"
    )


def test_a_limit_of_states_is_one_of_representatives():
    model = machine_of(PARITY)
    answer = decided(model, model.properties[0].claim, most=15)
    assert answer == Unknown(
        "explicit: there are more than 15 states; explored: 16 states and 225 transitions in 15 levels; "
        "symmetry: 15 individuals of T are interchangeable"
    )


def test_the_reason_tells_why_nothing_is_reduced():
    model = devices(3)
    goal = next(p.claim for p in model.properties if p.name == "together").condition
    answer = decided(model, LeadsTo(goal, TRUE, ()), most=100)
    assert isinstance(answer, Unknown)
    assert answer.reason.endswith("symmetry: none of Device: the claim is about whole runs")


def test_two_claims_share_the_representatives_and_a_third_needs_all_states():
    model = machine_of(PARITY)
    assert isinstance(decided(model, NoDeadlock(FALSE), most=16), Holds)
    assert isinstance(decided(model, Reachable(not_(TRUE)), most=16), Violated)
    assert isinstance(decided(model, LeadsTo(FALSE, TRUE, ()), most=16), Unknown)
