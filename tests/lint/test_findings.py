"""Every file of the corpus gives exactly the findings it states; what is claimed is shown, what is not known is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.elaborate.corpus import CORPUS, expected, shown
from verifier.checker.certified import Certified, Verdict
from verifier.diagnostics import CODES, Source
from verifier.lint import Finding, Findings, lint, subject
from verifier.lint.subject import Contradiction
from verifier.lint.text import render_findings, summary
from verifier.pipeline import Task
from verifier.report.result import PropertyReport
from verifier.syntax import read_source

FILES = sorted((CORPUS / "lint").glob("*.arc"))
SECONDS = 20.0

LAMP = """machine lamp
enum Light { OFF, ON, BROKEN }
var light: Light = OFF
rule press { light' = if light == OFF then ON else OFF }
rule mend when light == BROKEN { light' = OFF }
"""


def found(text: str) -> Findings:
    return lint(Source("t.arc", text), SECONDS)


def only(text: str) -> Finding:
    (finding,) = found(text).findings
    return finding


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_file_gives_exactly_the_stated_findings(path: Path) -> None:
    result = lint(read_source(str(path)), SECONDS)
    assert [shown(f.diagnostic) for f in result.findings] == expected(path)
    assert (result.open, result.exit_code) == ((), 1)


@pytest.mark.parametrize("code", [c for c in CODES if c.startswith("ARC06")])
def test_code_is_shown_by_a_file_named_after_it(code: str) -> None:
    files = [p for p in FILES if p.name.startswith(code)]
    assert files
    assert all(any(f" {code} " in line for line in expected(p)) for p in files)


def test_nothing_found_is_nothing_said() -> None:
    result = found(LAMP.replace("rule mend when light == BROKEN", "rule mend when light == ON").replace(", BROKEN", ""))
    assert (result.findings, result.open, result.exit_code) == ((), (), 0)
    assert (render_findings(result), summary([result])) == ("", "0 findings in 1 spec")


def test_that_a_rule_never_fires_rests_on_an_invariant_that_is_shown() -> None:
    finding = only(LAMP)
    assert finding.diagnostic.code == "ARC060"
    assert finding.shown[0] == "inductive invariant:"
    assert "light" in "".join(finding.shown)


def test_a_guard_that_contradicts_itself_needs_no_invariant() -> None:
    finding = only(LAMP.replace("light == BROKEN", "light == BROKEN and light == ON"))
    assert "true of no state, reachable or not" in finding.diagnostic.message
    assert finding.shown == ()


def test_a_rule_that_leads_nowhere_is_shown_in_the_state_in_which_it_does() -> None:
    spec = "machine m\nenum E { A, B }\nvar e: E = A\nrule flip { e' != e }\nrule dim { e' in {e} e' == B }\n"
    finding = only(spec)
    assert finding.diagnostic.code == "ARC061"
    assert finding.shown == ("  0  start: e = A",)


def test_rules_that_overlap_are_shown_in_the_state_in_which_they_do() -> None:
    rules = "rule a tag t { light' = ON }\nrule b tag t when light == ON { light' = OFF }\nproperty p deterministic t\n"
    finding = only(LAMP.split("rule press")[0].replace(", BROKEN", "") + rules)
    assert [n.message for n in finding.diagnostic.notes] == ["rule a", "rule b"]
    assert finding.shown[:2] == ("  0  start: light = OFF", "  1  a")


def test_parameters_of_the_same_name_are_not_taken_for_one() -> None:
    rules = "rule a(x: bool) tag t when x { on' = true }\nrule b(x: bool) tag t when not x { on' = false }\n"
    finding = only(
        f"machine m\nvar on: bool = true\n{rules}property p deterministic t\nproperty q always on or not on\n"
    )
    assert finding.diagnostic.code == "ARC064"


def test_a_finding_is_text_with_place_reason_and_run() -> None:
    text = render_findings(found(LAMP))
    assert text.startswith(
        "finding[ARC060]: rule mend can never fire: no run reaches a state of which its guard is true\n"
    )
    assert " --> t.arc:5:6\n" in text
    assert "    inductive invariant:\n" in text


def test_what_is_not_decided_is_not_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    def undecided(task: Task) -> PropertyReport:
        return PropertyReport(Certified(task.prop, Verdict.UNKNOWN, None, None, "out of time"))

    real = subject.decide
    monkeypatch.setattr(
        subject, "decide", lambda task: real(task) if "TRUE" in repr(task.prop.claim) else undecided(task)
    )
    result = found(LAMP)
    assert result.findings == ()
    assert {o.reason for o in result.open} == {"out of time"}
    assert result.exit_code == 3


def test_a_contradiction_stops_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    def contradicting(task: Task) -> PropertyReport:
        return PropertyReport(Certified(task.prop, Verdict.UNKNOWN, None, None, ""), contradiction="they disagree")

    monkeypatch.setattr(subject, "decide", contradicting)
    with pytest.raises(Contradiction, match="they disagree"):
        found(LAMP)


def test_where_ints_leave_their_range_nothing_is_said_of_runs() -> None:
    result = found("machine m\nvar n: int 0..2 = 0\nrule r { n' = n + 1 }\nrule s when n == 1 and n == 2 { n' = 0 }\n")
    assert result.findings == ()
    assert "int_ranges" in result.open[0].reason
    assert result.exit_code == 3


def test_a_property_of_steps_says_nothing_of_a_state_without_steps() -> None:
    spec = "machine m\nenum E { A, B }\nvar e: E = A\nrule r when e == A { e' = B }\n"
    assert found(f"{spec}property p every step e == A\nproperty q never e == B expect violated\n").findings == ()


def test_a_property_is_not_implied_by_itself_or_in_a_circle() -> None:
    spec = "machine m\nvar a: bool = true\nrule r { a' = a }\n"
    finding = only(f"{spec}property p always a\nproperty q always a\n")
    assert finding.diagnostic.message == "property q follows from p, whatever the rules do"
    assert found(f"{spec}property p always a\n").findings == ()
