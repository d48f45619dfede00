"""`arcproof rules`, `arcproof explain CODE` and `arcproof explain FINGERPRINT`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verifier.change.checks import CHECKS
from verifier.change.level import Level
from verifier.diagnostics import CODES
from verifier.report.formats.json import render_json
from verifier.report.review import Finding, MachineReview, Relation, Review

PRINT = "7c1e" + "0" * 60


def test_every_code_is_listed_with_its_levels(arcproof) -> None:
    result = arcproof("rules")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert all(any(line.startswith(f"{code} ") for line in lines) for code in (*CHECKS, *CODES))
    (widened,) = (line for line in lines if line.startswith("ARC301"))
    assert widened.split() == ["ARC301", "widened", "note/breaking", "breaking/note", "breaking", "guard", "widened"]


def test_the_list_is_json_too(arcproof) -> None:
    data = json.loads(arcproof("rules", "-f", "json").out)
    assert data["schema"] == "arcproof.rules/1"
    assert [c["code"] for c in data["changes"]] == list(CHECKS)
    assert [e["code"] for e in data["errors"]] == list(CODES)
    widened = next(c for c in data["changes"] if c["code"] == "ARC301")
    (kind,) = widened["kinds"]
    assert kind["severities"]["uapi@1"] == {"user": "note", "device": "breaking"}
    assert kind["mirrors"] == [["ARC302", "narrowed"]]
    assert widened["examples"][0]["old"].startswith("machine lamp")


@pytest.mark.parametrize("code", [*CHECKS, *CODES])
def test_every_code_is_explained_within_the_width(arcproof, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    result = arcproof("explain", code)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"{code}  ")
    prose = [line for line in result.out.splitlines() if not line.startswith("  ")]
    assert all(len(line) <= 60 for line in prose)


def test_a_code_is_explained_with_its_levels_its_mirror_an_example_and_how_to_accept_it(arcproof) -> None:
    text = arcproof("explain", "ARC301").out
    assert "  uapi@1:   note by user, breaking by device; the worse where it is not known who acts\n" in text
    assert "With OLD and NEW swapped: ARC302 narrowed." in text
    assert "  - rule press by user when not locked { on' = not on }\n  + rule press by user { on' = not on }\n" in text
    assert "arcproof waivers draft FINGERPRINT" in " ".join(text.split())
    assert "strict: risky" in arcproof("explain", "ARC304").out
    assert "No waiver accepts it." in arcproof("explain", "ARC601").out
    assert "which must expire" in " ".join(arcproof("explain", "ARC530").out.split())
    assert "No mirror: series" not in arcproof("explain", "ARC414").out
    assert "exit code is 2" in " ".join(arcproof("explain", "ARC001").out.split())


def test_an_unknown_code_is_refused_with_the_nearest(arcproof) -> None:
    result = arcproof("explain", "ARC5066")
    assert (result.code, result.out) == (2, "")
    assert "did you mean `ARC506`?" in result.err
    assert "which property of spec/door.arc?" in arcproof("explain", "spec/door.arc").err
    assert "`arcproof rules` lists the codes" in arcproof("explain", "nothing-like-it").err


def test_a_finding_of_a_stored_review_is_explained(arcproof, folder: Path) -> None:
    stored(folder)
    result = arcproof("explain", "7c1e", "--from", "review.json")
    assert result.code == 0
    assert result.out.startswith(f"{PRINT}\nARC302 rule stop of vfio: guard narrowed, breaking\nbefore: true\n")
    assert "why:    it takes away" in result.out
    assert "\nARC302  guard narrowed\n" in result.out


@pytest.mark.parametrize("prefix", ["ffff", "", "7c1e" * 3])
def test_a_fingerprint_that_no_finding_has_is_refused_with_those_that_there_are(
    arcproof, folder: Path, prefix: str
) -> None:
    stored(folder)
    result = arcproof("explain", prefix, "--from", "review.json")
    assert (result.code, result.out) == (2, "")
    assert "7c1e00000000  ARC302 rule stop" in result.err
    assert "aaaaaaaaaaaa  ARC506 property safe" in result.err


def test_a_file_that_is_no_review_is_refused(arcproof, folder: Path) -> None:
    (folder / "review.json").write_text("{}")
    result = arcproof("explain", "7c1e", "--from", "review.json")
    assert result.code == 2
    assert "cannot read the review review.json" in result.err


def stored(folder: Path) -> None:
    broken = Finding("ARC506", "refuted", "t", "property safe", Level.BREAKING, Level.BREAKING, "a" * 64)
    root = Finding(
        "ARC302",
        "narrowed",
        "guard narrowed",
        "rule stop",
        Level.BREAKING,
        Level.BREAKING,
        PRINT,
        before="true",
        after="p2p",
        why="it takes away",
        consequences=(broken,),
    )
    machine = MachineReview("vfio", "vfio.arc", Relation.RESTRICTS, findings=(root,))
    review = Review("diff", "main", "HEAD", "uapi@1", "breaking", "fail", machines=(machine,))
    (folder / "review.json").write_text(render_json(review))
