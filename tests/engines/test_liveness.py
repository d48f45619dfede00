"""Claims about maximal runs over data of which nothing is known but that it has values."""

import pytest

from tests.elaborate.corpus import model
from verifier.checker.certified import Verdict
from verifier.evidence.evidence import KLive, Lasso, Plan, Trap
from verifier.pipeline import check
from verifier.request import Request

SERVER = """
machine server
opaque Data
enum S { IDLE, ASKED, SERVED }
var s: S = IDLE
var wanted: Data
var given: Data
rule ask(x: Data) when s == IDLE { s' = ASKED wanted' = x }
rule serve when s == ASKED { s' = SERVED given' = wanted }
rule wait when s == ASKED and wanted == given { }
rule rest when s == SERVED { s' = IDLE }
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("s == ASKED leads to s == SERVED assuming fair serve", Verdict.PROVED),
        ("s == ASKED leads to s == SERVED", Verdict.REFUTED),
        ("ltl G F s == IDLE assuming strongly fair serve", Verdict.PROVED),
        (
            "ltl G (s == ASKED implies s == ASKED U (s == SERVED and wanted == given)) assuming fair serve",
            Verdict.PROVED,
        ),
        ("ltl G (s == ASKED and wanted != given implies X s == SERVED)", Verdict.PROVED),
        ("ltl G (s == ASKED implies X s == SERVED)", Verdict.REFUTED),
        ("ltl F wanted == given assuming fair serve", Verdict.PROVED),
        ("ltl F wanted != given", Verdict.REFUTED),
        ("ctl A[s != SERVED W s == ASKED]", Verdict.PROVED),
    ],
)
def test_verdict(claim: str, verdict: Verdict) -> None:
    report = check(model(SERVER + "property p vacuous ok " + claim), Request(engine="liveness", timeout=30))
    certified = report.properties[0].certified
    assert certified.verdict is verdict, certified.reason
    assert isinstance(certified.evidence, KLive if verdict is Verdict.PROVED else Lasso)


def test_a_lasso_is_closed_where_the_machine_comes_back() -> None:
    text = SERVER + "property p ltl G (s == ASKED implies X s == SERVED)"
    evidence = check(model(text), Request(engine="liveness", timeout=30)).properties[0].certified.evidence
    assert isinstance(evidence, Lasso)
    assert [s.rule for s in evidence.trace.steps] == ["ask", "wait"]
    assert evidence.loop == 1


@pytest.mark.parametrize(
    ("claim", "verdict", "kind"),
    [
        ("ctl EF s == SERVED", Verdict.PROVED, Plan),
        ("ctl EF (s == IDLE and given != given)", Verdict.REFUTED, Trap),
    ],
)
def test_what_can_be_reached_over_opaque_data(claim: str, verdict: Verdict, kind: type) -> None:
    certified = check(model(SERVER + "property p vacuous ok " + claim), Request(timeout=30)).properties[0].certified
    assert certified.verdict is verdict, certified.reason
    assert isinstance(certified.evidence, kind)
