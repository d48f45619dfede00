"""k-induction: simple paths, and invariants learned on the way."""

import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks.families import spec
from verifier import pipeline
from verifier.checker.certified import EvidenceRefused, Verdict
from verifier.checker.certify import certify
from verifier.diagnostics import Source
from verifier.encode.bits_machine import BitMachine
from verifier.engines.engine import Budget
from verifier.engines.ic3_learned import learned
from verifier.engines.ic3_places import places_of
from verifier.engines.ic3_readable import said
from verifier.engines.kinduction import Induction
from verifier.engines.kinduction_terms import Tries
from verifier.evidence.evidence import Holds, Invariant, KInduction, Trace, Unknown, Violated
from verifier.model.terms import Var, subterms
from verifier.semantics.claims import cases

RING = """machine ring
enum S { A, B, C, D, E }
var s: S = A
rule go when s == A { s' = A }
rule b when s == B { s' = C }
rule c when s == C { s' = B }
rule d when s == C { s' = D }
property never_d never s == D
property no_jump every step s == C implies s' == B
"""


def asked(text, name, engine):
    model = pipeline.model_of(Source("induction.arc", text))
    prop = next(p for p in model.properties if p.name == name)
    return model, prop, engine.solve(model, prop.claim, Budget.of(60))


def test_simple_paths_make_induction_complete():
    """Good states go round in a ring that cannot be reached: without more, no k is enough."""
    model, prop, answer = asked(RING, "never_d", Induction(16, learning=0))
    assert isinstance(answer, Holds)
    assert isinstance(answer.evidence, KInduction)
    assert answer.evidence.simple
    assert certify(model, prop, answer, 20.0).verdict is Verdict.PROVED
    forged = Holds(replace(answer.evidence, simple=False))
    with pytest.raises(EvidenceRefused):
        certify(model, prop, forged, 20.0)


@pytest.mark.parametrize("name", ["never_d", "no_jump"])
def test_learned_invariants_make_small_k_enough(name):
    model, prop, answer = asked(RING, name, Induction(16))
    assert isinstance(answer, Holds)
    assert isinstance(answer.evidence, Invariant)
    assert certify(model, prop, answer, 20.0).verdict is Verdict.PROVED


def test_a_claim_about_steps_needs_what_is_learned():
    _, _, answer = asked(RING, "no_jump", Induction(16, learning=0))
    assert isinstance(answer, Unknown)


def test_philosophers_are_proved_by_induction():
    model, prop, answer = asked(spec("philosophers", 6), "neighbours_exclude", Induction(16))
    assert isinstance(answer, Holds)
    assert certify(model, prop, answer, 60.0).verdict is Verdict.PROVED


def test_violations_stay_shortest():
    text = RING.replace("when s == A { s' = A }", "when s == A { s' = B }")
    _, _, answer = asked(text, "never_d", Induction(16))
    assert isinstance(answer, Violated)
    assert isinstance(answer.evidence, Trace)
    assert len(answer.evidence.steps) == 3


@pytest.mark.parametrize(
    ("family", "size", "most", "some"),
    [
        ("peterson", 3, 0, False),
        ("peterson", 3, 500, True),
        ("peterson", 3, 2000, True),
        ("philosophers", 4, 1000, True),
    ],
)
def test_what_is_learned_with_little_effort_is_an_invariant(family, size, most, some):
    model = pipeline.model_of(Source("induction.arc", spec(family, size)))
    prop = model.properties[0]
    machine = BitMachine(model, cases(model, prop.claim))
    cubes, _ = learned(machine, Budget.of(60), most)
    assert bool(cubes) is some
    found = said(machine, cubes, places_of(machine))
    for conjunct in found:
        claimed = replace(prop, claim=replace(prop.claim, condition=conjunct))
        assert certify(model, claimed, Holds(Invariant(found)), 60.0).verdict is Verdict.PROVED


def test_a_proof_contains_only_what_it_rests_on():
    """IC3 finds out more than that the unreachable ring is unreachable; two rules away nothing of it matters."""
    text = RING.replace("var s: S = A", "var s: S = A\nvar idle: bool = false\nvar other: bool = false")
    model, prop, answer = asked(text, "never_d", Induction(16))
    assert isinstance(answer, Holds)
    assert isinstance(answer.evidence, Invariant)
    mentioned = {t.name for c in answer.evidence.conjuncts for t in subterms(c) if isinstance(t, Var)}
    assert mentioned == {"s"}
    assert certify(model, prop, answer, 20.0).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("name", "most", "learning"), [("never_d", 16, 0), ("never_d", 16, 2000), ("no_jump", 16, 2000)]
)
def test_bits_and_terms_agree(name, most, learning):
    model, prop, answer = asked(RING, name, Induction(most, learning=learning))
    terms = Tries(model, prop.claim, Budget.of(60), most).answer()
    assert isinstance(answer, Holds)
    assert isinstance(terms, (Holds, Unknown))
    assert isinstance(terms, Holds) or name == "no_jump"


def test_finite_data_takes_no_z3():
    script = (
        "import sys; from benchmarks.families import spec; from verifier import pipeline; "
        "from verifier.diagnostics import Source; from verifier.engines.engine import Budget; "
        "from verifier.engines.kinduction import Induction; "
        "model = pipeline.model_of(Source('x.arc', spec('philosophers', 4))); "
        "answer = Induction(16).solve(model, model.properties[0].claim, Budget.of(60)); "
        "print(type(answer).__name__, 'z3' in sys.modules)"
    )
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["Holds", "False"]
