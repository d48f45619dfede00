"""Engines or checker contradict each other, on either side: nothing of the review counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.review.scratch import BASE, Tree, edited
from verifier.pipeline import check_all
from verifier.report.result import MachineReport

NEW = edited(("reset by kernel when state != RESUMING", "reset by kernel"))


@pytest.mark.parametrize("text", [BASE, NEW], ids=["old", "new"])
def test_a_contradiction_on_either_side_is_4_and_no_finding(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    def contradicted(asked: Sequence[Any], *args: Any, **more: Any) -> list[MachineReport]:
        reports = check_all(asked, *args, **more)
        return [_with_contradiction(r) if r.model.source.text == text else r for r in reports]

    monkeypatch.setattr("verifier.review.machines.check_all", contradicted)
    told = tree.compared(NEW)
    assert told.code == 4
    assert told.out.startswith("CONTRADICTION")
    assert "no_way_back: two engines disagree" in told.out
    assert told.roots == []


def _with_contradiction(report: MachineReport) -> MachineReport:
    broken = [replace(p, contradiction="two engines disagree") for p in report.properties if p.name == "no_way_back"]
    return replace(report, properties=tuple(broken))
