"""Engines and checker agree on every valid spec of the corpus."""

from pathlib import Path

import pytest

import verifier

SPECS = sorted((Path(__file__).parent / "corpus" / "valid").glob("*.arc"))


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_no_evidence_is_refused(path: Path) -> None:
    report = verifier.check(verifier.load(path), timeout=20)
    assert report.properties
    assert [p.contradiction for p in report.properties if p.contradiction] == []
