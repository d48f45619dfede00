"""From a search through hundreds of thousands of states to a verdict."""

import pytest

from benchmarks.families import spec
from tests.checker.machines import machine, prop
from verifier.checker.certified import EvidenceRefused, Verdict
from verifier.checker.certify import certify
from verifier.engines.engine import Budget
from verifier.engines.explicit import Explicit
from verifier.evidence.evidence import Census, Holds, Violated
from verifier.recount.count import evaluator

pytestmark = pytest.mark.skipif(evaluator() is None, reason="there is no C compiler")

LOCK = machine(spec("peterson", 5) + "property all_wait reachable all i in int 0..4: place[i] == CRITICAL\n")
STATES = 344_805


def test_what_no_short_invariant_proves_is_proved_by_a_census():
    found = prop(LOCK, "exclusion")
    answer = Explicit().solve(LOCK, found.claim, Budget.of(60))
    assert answer == Holds(Census((({}, STATES),)))
    certified = certify(LOCK, found, answer, 60)
    assert (certified.verdict, certified.solver) == (Verdict.PROVED, "replay")


def test_what_is_not_reachable_is_refuted_by_a_census():
    found = prop(LOCK, "all_wait")
    assert certify(LOCK, found, Violated(Census((({}, STATES),))), 60).verdict is Verdict.REFUTED
    for forged in (Holds(Census((({}, STATES),))), Violated(Census((({}, STATES - 1),)))):
        with pytest.raises(EvidenceRefused):
            certify(LOCK, found, forged, 60)
