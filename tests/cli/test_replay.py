"""`arcproof replay`: reports as they were written, as they were changed, and things that are no reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from verifier.report.digest import sealed

Specs = Callable[..., Path]
REPORT = Path("report.json")

BOUND = """machine m
enum T { A, B }
var x: T = A
table f: T -> T from c "t.c" table rows
  | A | B |
  | B | A |
"""
ROWS = "enum T { A, B };\nstatic const enum T rows[2] = { [A] = B, [B] = A };\n"


@pytest.fixture
def written(arcproof, specs: Specs) -> dict[str, Any]:
    """The report on the lamp, which is also in a file."""
    specs("lamp")
    arcproof("check", "--report", f"json={REPORT}")
    return json.loads(REPORT.read_text())


def rewrite(data: dict[str, Any]) -> None:
    """Write a report with the digest of the whole computed anew."""
    REPORT.write_text(json.dumps(sealed(data)))


def test_a_report_is_confirmed(arcproof, written) -> None:
    result = arcproof("replay", str(REPORT))
    assert (result.code, result.err) == (0, "")
    assert [line.split() for line in result.out.splitlines()[:3]] == [
        ["lamp", "spec/lamp.arc"],
        ["confirmed", "PROVED", "int_ranges"],
        ["confirmed", "PROVED", "starts_dark"],
    ]
    assert result.out.splitlines()[-1] == "ALL CONFIRMED  6 properties, 6 confirmed"


def test_one_property_can_be_replayed(arcproof, written) -> None:
    result = arcproof("replay", str(REPORT), "--property", "never_lit")
    assert result.out.splitlines()[-1] == "ALL CONFIRMED  1 property, 1 confirmed"


def test_nothing_is_searched(arcproof, written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.engines.portfolio._attempt", lambda *a, **k: 1 / 0)
    assert arcproof("replay", str(REPORT)).code == 0


def test_a_changed_entry_is_1(arcproof, written) -> None:
    written["machines"][0]["properties"][2]["evidence"]["steps"][0]["state"]["light"] = "OFF"
    rewrite(written)
    result = arcproof("replay", str(REPORT))
    assert result.code == 1
    assert "refused            REFUTED   never_lit" in result.out
    assert "the entry was changed after it was written" in result.out
    assert result.out.splitlines()[-1].startswith("REFUSED: do not rely on this report  6 properties")


def test_a_changed_report_is_1(arcproof, written) -> None:
    REPORT.write_text(json.dumps({**written, "arcproof": "0.0.1"}))
    result = arcproof("replay", str(REPORT))
    assert result.code == 1
    assert "refused: the report was changed" in result.out


def test_a_report_of_another_version_is_confirmed_whatever_words_it_used(arcproof, written) -> None:
    entry = written["machines"][0]["properties"][2]
    written["machines"][0]["properties"][2] = sealed({**entry, "words": "In other words."})
    rewrite(written)
    assert arcproof("replay", str(REPORT)).code == 1
    rewrite({**written, "arcproof": "0.0.1"})
    assert arcproof("replay", str(REPORT)).code == 0


def test_a_changed_spec_is_2_and_says_what_to_do(arcproof, written) -> None:
    spec = Path("spec/lamp.arc")
    then = spec.read_text()
    spec.write_text(then + "\n# a remark\n")
    result = arcproof("replay", str(REPORT))
    assert result.code == 2
    assert "the spec has changed since it was checked: check it again (arcproof check spec/lamp.arc)" in result.out
    Path("then.arc").write_text(then)
    assert arcproof("replay", str(REPORT), "--spec", "then.arc").code == 0


def test_a_missing_spec_is_2_unless_it_is_named(arcproof, written) -> None:
    Path("spec/lamp.arc").rename("moved.arc")
    result = arcproof("replay", str(REPORT))
    assert result.code == 2
    assert "name the file that was checked with --spec" in result.out
    assert arcproof("replay", str(REPORT), "--spec", "moved.arc").code == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "violates the schema"),
        (b'{"schema": "arcproof.report/1"}', "violates the schema"),
        (b'{"schema": 1, "schema": 1}', "a name twice"),
        (b'{"exit_code": NaN}', "NaN is no whole number"),
        (b'{"exit_code": 0.0}', "0.0 is no whole number"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"exit_code": ' + b"9" * 10_000 + b"}", "not JSON"),
    ],
)
def test_what_is_no_report_is_2(arcproof, content: bytes, reason: str) -> None:
    REPORT.write_bytes(content)
    result = arcproof("replay", str(REPORT))
    assert (result.code, result.out) == (2, "")
    assert reason in result.err
    assert len(result.err) < 1000


def test_a_report_that_violates_the_schema_is_2(arcproof, written) -> None:
    written["machines"][0]["properties"][2]["evidence"]["steps"][0]["comment"] = "more"
    rewrite(written)
    result = arcproof("replay", str(REPORT))
    assert (result.code, result.out) == (2, "")
    assert "violates the schema arcproof.report/1 at machines/0/properties/2/evidence" in result.err


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--property", "never_lot"], "did you mean `never_lit`?"),
        (["--spec", "missing.arc"], "cannot read missing.arc"),
        (["--source-tree", ".", "--no-source-tree"], "exclude each other"),
        (["--timeout", "0"], "--timeout"),
    ],
)
def test_what_cannot_be_asked_is_2(arcproof, written, options: list[str], hint: str) -> None:
    result = arcproof("replay", str(REPORT), *options)
    assert (result.code, result.out) == (2, "")
    assert hint in result.err


def test_a_file_that_does_not_exist_is_2(arcproof) -> None:
    result = arcproof("replay", "missing.json")
    assert (result.code, "No such file" in result.err) == (2, True)


def test_open_verdicts_are_3_and_there_is_nothing_to_replay(arcproof, specs: Specs) -> None:
    specs("overflow", "broken")
    arcproof("check", "--report", f"json={REPORT}")
    result = arcproof("replay", str(REPORT))
    assert result.code == 3
    assert "confirmed          REFUTED   int_ranges" in result.out
    assert "nothing to replay  UNKNOWN   never_negative  the machine is ill-defined: see int_ranges" in result.out
    assert "nothing to replay: the spec could not be read when the report was written" in result.out


def test_what_is_not_confirmed_in_time_is_3(arcproof, written) -> None:
    result = arcproof("replay", str(REPORT), "--timeout", "0.000001")
    assert result.code == 3
    assert "undecided          PROVED    int_ranges      the evidence (invariant) is not confirmed" in result.out


def test_a_crash_is_4(arcproof, written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.replay.certify", lambda *a, **k: 1 // 0)
    assert arcproof("replay", str(REPORT)).code == 4


@pytest.fixture
def compared(arcproof, folder: Path) -> None:
    """The report on a table that was compared with a C source."""
    (folder / "m.arc").write_text(BOUND)
    (folder / "t.c").write_text(ROWS)
    assert arcproof("check", "m.arc", "--source-tree", ".", "--report", f"json={REPORT}").code == 0


@pytest.mark.usefixtures("compared")
def test_a_source_is_compared_again_if_it_is_given(arcproof) -> None:
    again = arcproof("replay", str(REPORT), "--source-tree", ".")
    assert (again.code, "confirmed          PROVED    f_matches_c" in again.out) == (0, True)
    without = arcproof("replay", str(REPORT))
    assert (without.code, "not re-checked     PROVED    f_matches_c" in without.out) == (3, True)
    waived = arcproof("replay", str(REPORT), "--no-source-tree")
    assert (waived.code, "not re-checked     PROVED    f_matches_c" in waived.out) == (0, True)


@pytest.mark.usefixtures("compared")
def test_another_source_is_2(arcproof) -> None:
    Path("t.c").write_text(ROWS.replace("[A] = B", "[A] = A"))
    result = arcproof("replay", str(REPORT), "--source-tree", ".")
    assert (result.code, "t.c in the source tree is not the file that was compared" in result.out) == (2, True)
    Path("t.c").unlink()
    assert arcproof("replay", str(REPORT), "--source-tree", ".").code == 2
