"""Who is ahead, by how much, and whether a target is reached: what the tables of `benchmarks` say."""

from __future__ import annotations

import shutil

import pytest

from benchmarks import peers, targets
from benchmarks.peers import Outcome, Table
from benchmarks.targets import DIAGRAMS, ahead, at_least, at_most, beyond

HOLDS = "holds"


def outcomes(*taken: float, verdict: str = HOLDS) -> list[Outcome]:
    return [Outcome(s, s, 1 << 20, verdict) for s in taken]


def table(size: int, **rounds: list[Outcome]) -> Table:
    return Table("devices", size, {name.replace("_", " "): found for name, found in rounds.items()})


TABLE = table(
    16, spin=outcomes(60.0, 60.0, verdict="over 60 s"), nusmv=outcomes(2.0, 9.0), nusmv_assignments=outcomes(4.0, 3.0),
    arcproof_diagrams=outcomes(1.0, 2.0), arcproof_ic3=outcomes(0.5, 4.0),
)  # fmt: skip


def test_ratios_are_taken_within_a_round_and_of_the_fastest() -> None:
    assert TABLE.ratios(["nusmv"], TABLE.engines, peers.seconds) == [4.0, 4.5]
    assert TABLE.ratios(peers.NUSMV, [DIAGRAMS], peers.seconds) == [2.0, 1.5]
    assert TABLE.ratios(["spin"], TABLE.engines, peers.seconds) == []
    assert peers.spread([4.0, 4.5, 1.0]) == "4.00 (1.00 to 4.50)"


def test_the_growth_table_tells_no_answer_from_not_asked() -> None:
    small = table(6, spin=outcomes(50.0), rumur=outcomes(8.0), arcproof_diagrams=outcomes(0.5))
    large = table(16, arcproof_diagrams=outcomes(0.7), nusmv=outcomes(3.0, verdict="over 3 s"))
    lines = list(peers.growth([small, large]))
    assert lines[2] == "| | devices 6 | devices 16 |"
    assert lines[5:] == [
        "| spin | 50.00 |  |",
        "| rumur | 8.00 |  |",
        "| arcproof diagrams | 0.50 | 0.70 |",
        "| nusmv | - | - |",
    ]


def test_a_target_is_reached_by_the_median() -> None:
    assert at_least("x", [1.0, 2.0, 9.0], 2).reached
    assert not at_least("x", [1.0, 1.9, 9.0], 2).reached
    assert at_least("x", [], 2).reached is None
    assert at_most("x", [4.0, 5.0, 9.0], 5, "s").reached
    assert not at_most("x", [], 5, "s").reached


@pytest.mark.parametrize(
    ("used", "engine", "target", "reached"),
    [
        (["nusmv"], DIAGRAMS, 3, True),
        (["nusmv"], DIAGRAMS, 4, False),
        (["absent"], DIAGRAMS, 1, None),
        (["spin"], DIAGRAMS, 1, True),
        (["nusmv"], "arcproof explicit", 1, False),
        (["spin"], "arcproof explicit", 1, False),
    ],
)
def test_no_answer_is_a_miss_of_arcproof_and_not_of_a_peer(
    used: list[str], engine: str, target: float, reached: bool | None
) -> None:
    assert ahead("x", TABLE, used, engine, target).reached is reached


def test_what_the_start_takes_is_not_what_a_size_costs() -> None:
    start = table(3, nusmv=outcomes(0.5, 3.0), arcproof_diagrams=outcomes(0.75, 1.0))
    assert beyond(TABLE, start) == [1.5 / 0.25, 0.01 / 1.0]
    assert beyond(start, start) == []


def test_what_nusmv_prints_is_read() -> None:
    read = peers._nusmv
    assert read("-- invariant (a | b)  is true\n")[0] == HOLDS
    assert read("-- invariant (a | b)  is false\n")[0] == "failed"
    assert read("aborting 'source file'\n")[0] == "failed"


def test_what_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "NuSMV" else name)
    assert next(peers.absent()).startswith("not installed, and left out: NuSMV;")
    assert not any(t.name in peers.NUSMV for t in peers.tools((), 1.0))


def test_one_missed_target_is_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [at_least("quick", [2.0], 1), at_least("unknown", [], 1)]
    monkeypatch.setattr(targets, "rows", lambda scale: found)
    assert targets.main(["--quick"]) == 0
    found.append(at_least("slow", [0.5], 1))
    assert targets.main([]) == 1
    assert "| slow | 0.50 (0.50 to 0.50) | at least 1 times | MISSED |" in capsys.readouterr().out
