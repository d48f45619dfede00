"""The Python interface, and how search and certification come together."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import verifier
from verifier.checker.certified import Verdict
from verifier.checker.certify import certify
from verifier.diagnostics import SpecError
from verifier.engines.engine import Attempt
from verifier.evidence.evidence import Answer, Bound, Holds, Invariant, Trace, Unknown, Violated
from verifier.model.model import Model
from verifier.model.terms import FALSE
from verifier.pipeline import check_all
from verifier.report.result import MachineReport, Outcome
from verifier.request import Request, RequestError

Write = Callable[[str], Model]
SWITCH = "machine switch\nvar x: bool = true\nrule turn {{ x' = not x }}\nproperty p {}\n"


@pytest.fixture
def machine(tmp_path: Path) -> Write:
    """Load a spec from its text."""
    numbers = itertools.count()

    def write(text: str) -> Model:
        path = tmp_path / f"m{next(numbers)}.arc"
        path.write_text(text, encoding="utf-8")
        return verifier.load(path)

    return write


def verdicts(report: MachineReport) -> dict[str, str]:
    """The verdict of each property."""
    return {p.name: p.certified.verdict.value for p in report.properties}


def answering(monkeypatch: pytest.MonkeyPatch, *answers: Answer) -> None:
    """Let these answers be what the engines say, of every claim."""

    def attempts(*_: object, **__: object) -> Iterator[Attempt]:
        return (Attempt(f"engine{i}", answer, 0.0) for i, answer in enumerate(answers, 1))

    monkeypatch.setattr("verifier.deciding.attempts", attempts)


def test_a_spec_that_cannot_be_read_raises_its_diagnostics(machine: Write) -> None:
    with pytest.raises(SpecError) as caught:
        machine("machine m\nvar x: bool = y\n")
    assert [d.span.line for d in caught.value.diagnostics if d.span] == [2]


def test_check_reports_every_property_in_the_specs_order(machine: Write) -> None:
    model = machine(SWITCH.format("always x") + "property q reachable not x\n")
    assert verdicts(verifier.check(model)) == {"p": "REFUTED", "q": "PROVED"}


def test_check_can_select_properties_fix_parameters_and_choose_the_engine(machine: Write) -> None:
    model = machine("machine m\nparam on: bool\nvar x: bool\nproperty p always on\nproperty q never x\n")
    report = verifier.check(model, properties=["p"], parameters={"on": True}, engine="kinduction")
    assert verdicts(report) == {"p": "PROVED"}
    assert report.properties[0].engine == "kinduction"


@pytest.mark.parametrize(
    "options", [{"properties": ["r"]}, {"parameters": {"of": True}}, {"parameters": {"on": 3}}, {"engine": "magic"}]
)
def test_check_raises_what_cannot_be_asked(machine: Write, options: dict) -> None:
    model = machine("machine m\nparam on: bool\nvar x: bool\nproperty p always on\n")
    with pytest.raises(RequestError):
        verifier.check(model, **options)


def test_refused_evidence_is_a_contradiction(machine: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    model = machine(SWITCH.format("always x"))
    answering(monkeypatch, Holds(Invariant((FALSE,))))
    report = verifier.check(model)
    assert verdicts(report) == {"p": "UNKNOWN"}
    assert report.properties[0].outcome is Outcome.CONTRADICTION
    assert report.exit_code == 4


def test_a_run_shorter_than_a_certified_bound_is_a_contradiction(
    machine: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = machine("machine m\nvar x: bool = true\nproperty p always x\n")
    answering(monkeypatch, Holds(Bound(3)), Violated(Trace({}, {"x": False})))

    def believing(model: Model, prop, answer: Answer, *rest: object, **limits: object):
        certified = certify(model, prop, answer, *rest, **limits) if not isinstance(answer, Violated) else None
        return certified or _forged(prop, answer)

    monkeypatch.setattr("verifier.deciding.certify", believing)
    assert verifier.check(model).exit_code == 4


def _forged(prop, answer: Violated):
    from verifier.checker.certified import Certified

    return Certified(prop, Verdict.REFUTED, answer.evidence, "nobody")


def test_the_reasons_of_all_engines_are_kept(machine: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    model = machine(SWITCH.format("always x"))
    answering(monkeypatch, Unknown("one: too large"), Unknown("two: no time"), Unknown("one: too large"))
    report = verifier.check(model)
    assert report.properties[0].certified.reason == "one: too large; two: no time"
    assert report.exit_code == 3


def test_a_proof_whose_premise_is_undecided_is_unknown(machine: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    model = machine("machine m\nvar x: bool = true\nproperty p always (not x implies x)\n")
    proved = verifier.check(model, properties=["p"])
    assert verdicts(proved) == {"p": "VACUOUS"}
    real = proved.properties[0].certified.evidence
    assert isinstance(real, Invariant)
    rounds = iter([[Holds(real)], [Unknown("no time")]])
    monkeypatch.setattr("verifier.deciding.attempts", lambda *a: (Attempt("e", x, 0.0) for x in next(rounds)))
    assert verdicts(verifier.check(model)) == {"p": "UNKNOWN"}


def test_assuming_restricts_the_runs(machine: Write) -> None:
    model = machine(SWITCH.format("always x assuming x") + "property q always x\n")
    assert verdicts(verifier.check(model)) == {"p": "PROVED", "q": "REFUTED"}


def test_ints_that_leave_their_range_block_every_property_but_not_other_machines(machine: Write) -> None:
    bad = machine("machine m\nvar n: int 0..2 = 0\nrule up { n' = n + 1 }\nproperty p always (n >= 0)\n")
    good = machine(SWITCH.format("reachable x"))
    reports = check_all([(bad, Request()), (good, Request())])
    assert [verdicts(r) for r in reports] == [{"int_ranges": "REFUTED", "p": "UNKNOWN"}, {"p": "PROVED"}]


def test_the_engine_that_is_asked_for_does_not_prove_the_ranges(machine: Write) -> None:
    model = machine("machine m\nvar n: int 0..2 = 0\nrule up when n < 2 { n' = n + 1 }\nproperty p always (n >= 0)\n")
    report = verifier.check(model, engine="bmc")
    assert verdicts(report) == {"int_ranges": "PROVED", "p": "BOUNDED"}


BOUND = """machine m
enum T { A, B }
var x: T = A
table f: T -> T from c "t.c" table rows
  | A | B |
  | B | A |
"""


def test_a_bound_table_without_a_source_tree_is_unknown_and_said_aloud(machine: Write) -> None:
    report = verifier.check(machine(BOUND))
    assert verdicts(report) == {"f_matches_c": "UNKNOWN"}
    assert (report.properties[0].certified.reason or "").startswith("not checked")
    assert report.exit_code == 3


def test_a_waived_comparison_does_not_change_the_exit_code(machine: Write) -> None:
    report = check_all([(machine(BOUND), Request(sources_waived=True))])[0]
    assert report.properties[0].outcome is Outcome.UNCHECKED
    assert report.exit_code == 0


def test_a_named_comparison_takes_the_place_of_the_implied_one(machine: Write) -> None:
    model = machine(BOUND + 'property same f matches c "t.c" table rows\n')
    assert verdicts(verifier.check(model)) == {"same": "UNKNOWN"}


def test_a_bound_table_is_compared_with_the_source(machine: Write, tmp_path: Path) -> None:
    (tmp_path / "t.c").write_text("enum T { A, B };\nstatic const enum T rows[2] = { [A] = B, [B] = A };\n")
    report = verifier.check(machine(BOUND), source_tree=tmp_path)
    assert verdicts(report) == {"f_matches_c": "PROVED"}
    (tmp_path / "t.c").write_text("enum T { A, B };\nstatic const enum T rows[2] = { [A] = B, [B] = B };\n")
    assert verdicts(verifier.check(machine(BOUND), source_tree=tmp_path)) == {"f_matches_c": "REFUTED"}


def test_a_source_that_cannot_be_read_is_2(machine: Write, tmp_path: Path) -> None:
    report = verifier.check(machine(BOUND), source_tree=tmp_path)
    assert report.properties[0].outcome is Outcome.UNREADABLE
    assert report.exit_code == 2
