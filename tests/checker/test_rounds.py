"""Rounds prove a claim about maximal runs; wrong ones are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.walks import at, graph, named
from verifier.checker.certified import EvidenceRefused, Verdict
from verifier.checker.certify import DEPTH, certify
from verifier.engines.engine import Budget
from verifier.engines.liveness import Liveness
from verifier.evidence.evidence import Holds, Invariant, KLive, Rounds, Violated
from verifier.model.claims import Always, Claim, Ctl, Ltl
from verifier.model.formulas import Now, Operator
from verifier.model.model import Model
from verifier.model.terms import FALSE, TRUE

# go and turn lead round between 0 and 1; halt leads from 1 to 2, where the walk ends.
ROUNDABOUT = graph({"go": [(0, 1)], "turn": [(1, 0)], "halt": [(1, 2)]}, [0])
ARRIVES = Ltl(Operator("F", (Now(at(2)),)), (), ("halt",))
BOTH = replace(ARRIVES, formula=Operator("and", (ARRIVES.formula, Operator("F", (Now(at(1)),)))))


def found(claim: Claim, model: Model = ROUNDABOUT) -> KLive:
    """The rounds that the engine finds."""
    answer = Liveness().solve(model, claim, Budget.of(30))
    assert isinstance(answer, Holds)
    assert isinstance(answer.evidence, KLive)
    return answer.evidence


@pytest.mark.parametrize("claim", [ARRIVES, BOTH, Ctl(Operator("AX", (Operator("AX", (Now(TRUE),)),)))])
def test_rounds_that_are_bounded_prove_a_claim(claim: Ltl | Ctl) -> None:
    evidence = found(claim)
    certified = certify(ROUNDABOUT, named(claim), Holds(evidence), 30)
    assert certified.verdict is Verdict.PROVED
    assert certified.solver is not None
    assert certified.solver.startswith("cvc5")


EVIDENCE = found(ARRIVES)
(ROUNDS,) = EVIDENCE.parts


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (KLive((replace(ROUNDS, conjuncts=()),)), "sufficiency"),
        (KLive((replace(ROUNDS, conjuncts=(FALSE,)),)), "initiation"),
        (KLive((replace(ROUNDS, conjuncts=(at(0),)),)), "consecution"),
        (KLive((Rounds(-1, ROUNDS.conjuncts),)), "no such number of rounds"),
        (KLive(()), "each part"),
        (KLive((ROUNDS, ROUNDS)), "each part"),
        (KLive((Rounds(0, tuple(c for c in ROUNDS.conjuncts if "rounds" not in repr(c))),)), "sufficiency"),
        (Invariant(ROUNDS.conjuncts), "claim of this kind"),
    ],
)
def test_wrong_rounds_are_refused(evidence: KLive, reason: str) -> None:
    with pytest.raises(EvidenceRefused, match=reason):
        certify(ROUNDABOUT, named(ARRIVES), Holds(evidence), 30)


@pytest.mark.parametrize(
    "claim",
    [
        replace(ARRIVES, strong=()),
        replace(ARRIVES, strong=(), fair=("halt",)),
        Ltl(Operator("G", (Operator("F", (Now(at(0)),)),)), (), ("halt",)),
        Always(at(0)),
        Ctl(Operator("EF", (Now(at(2)),))),
    ],
)
def test_rounds_of_one_claim_do_not_prove_another(claim: Ltl | Ctl) -> None:
    with pytest.raises(EvidenceRefused):
        certify(ROUNDABOUT, named(claim), Holds(EVIDENCE), 30)


def test_rounds_refute_nothing_and_too_many_are_not_looked_at() -> None:
    with pytest.raises(EvidenceRefused):
        certify(ROUNDABOUT, named(ARRIVES), Violated(EVIDENCE), 30)
    many = KLive((replace(ROUNDS, k=DEPTH + 1),))
    assert certify(ROUNDABOUT, named(ARRIVES), Holds(many), 30).verdict is Verdict.UNKNOWN
