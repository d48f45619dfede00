"""SPIN and Rumur count the states that the semantics counts, and give the same verdicts."""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks import agree
from benchmarks.families import spec
from tests.exchange.machines import KINDS, drawn
from verifier import pipeline
from verifier.diagnostics import Source
from verifier.exchange import expressions as e
from verifier.exchange.export import flatten
from verifier.exchange.machine import Check, Linear, Response

pytestmark = pytest.mark.skipif(
    bool(agree.missing()),
    reason=f"NOT INSTALLED: {', '.join(agree.missing())}: nothing is compared with other model checkers",
)

COUNTED = {
    ("devices", 2): 1008, ("devices", 3): 8000, ("philosophers", 4): 80, ("philosophers", 6): 728, ("peterson", 2): 34,
    ("peterson", 3): 705, ("counters", 3): 512, ("irregular", 2): 60832,
}  # fmt: skip
"""The states of the families; of counters 8 ** K, for the parity follows; of philosophers 3 ** N - 1. Larger ones:
`python -m benchmarks.agree --families`."""

SWITCH = """
machine switch
enum Mode { OFF, ON, BROKEN }
var mode: Mode = OFF
rule press when mode == OFF { mode' = ON }
rule fall when mode == ON { mode' = OFF }
rule smash when mode == ON { mode' = BROKEN }
property whole always mode != BROKEN
property hurt mode == ON leads to mode == BROKEN or mode == OFF
property ends ltl F mode == BROKEN
property back recoverable mode == OFF from true
"""


@pytest.mark.slow
@pytest.mark.parametrize("start", range(7))
def test_random_machines_agree_one_by_one(start: int, tmp_path: Path) -> None:
    (model,) = drawn(1, start)
    wanted = agree.expected(model)
    for peer, found in agree.alone(model, tmp_path, (KINDS[start], KINDS[(start + 3) % 7])):
        if wanted.states is not None:
            assert (peer, found.states) == (peer, wanted.states)
        common = wanted.holds.keys() & found.holds.keys()
        assert {n: found.holds[n] for n in common} == {n: wanted.holds[n] for n in common}


@pytest.mark.slow
@pytest.mark.parametrize("start", [900, 901])
def test_random_machines_agree_in_one_program(start: int) -> None:
    tally = agree.compared(start, 20)
    assert tally.machines == 20
    assert tally.verdicts > 150
    assert tally.violated > 50
    assert tally.differences == []


RUNS = """
machine runs
enum Mode { OFF, ON, BROKEN }
param quick: bool
var mode: Mode = OFF
var n: int 0..2 = 0
rule press when mode != BROKEN { mode' = if mode == OFF then ON else OFF }
rule up when n < 2 and mode == ON { n' = n + 1 }
rule smash when quick and n == 2 and mode != BROKEN { mode' = BROKEN }
property next ltl G (mode == ON implies X mode != ON)
property first ltl mode == OFF and X mode == ON and X X (mode == OFF or n == 1)
property weakly ltl F n == 2 assuming fair press, up
property strongly ltl F n == 2 assuming strongly fair up
property both ltl F n == 2 assuming fair press assuming strongly fair up
property ended mode == ON leads to mode == BROKEN assuming fair press, up
property last ltl F (mode == BROKEN and not X true)
property ever ltl G (mode == BROKEN implies X true)
property grows ltl G (n' >= n)
property stays ltl (G n' >= n) or F mode == BROKEN
property forced ctl AF mode == ON
"""
HOLDS = {"first", "strongly", "both", "stays", "forced"}


def test_spin_sees_the_runs_that_the_semantics_sees(tmp_path: Path) -> None:
    """What comes next, steps, where a run ends, and which rules it is fair to."""
    model = pipeline.model_of(Source("runs.arc", RUNS))
    wanted = agree.expected(model)
    (_, found), *_ = agree.alone(model, tmp_path, ())
    assert found == wanted
    assert {n for n, holds in found.holds.items() if holds} == {*HOLDS, "int_ranges"}


def test_a_run_that_was_broken_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept"
    options = argparse.Namespace(machines=3, batch=2, seed=7, jobs=1, keep=str(kept))
    kept.write_text('{"seed": 7, "size": 2, "tally": {"machines": 2, "differences": ["one"]}}\n', encoding="utf-8")
    monkeypatch.setattr(agree, "ProcessPoolExecutor", ThreadPoolExecutor)
    monkeypatch.setattr(agree, "compared", lambda seed, size: agree.Tally(machines=size, states=seed))
    found = list(agree.batches(options))
    assert [(t.machines, t.states, t.differences) for t in found] == [(2, 0, ["one"]), (1, 8, [])]
    assert list(agree.batches(options)) == found


@pytest.mark.slow
@pytest.mark.parametrize(("name", "size"), COUNTED)
def test_families_have_as_many_states_and_the_same_verdicts_for_every_tool(name: str, size: int) -> None:
    tally = agree.family(name, size)
    assert tally.states == COUNTED[name, size]
    assert tally.verdicts >= 2
    assert tally.differences == []


def test_the_semantics_counts_the_smallest_of_each_family() -> None:
    for name, size in (("devices", 2), ("philosophers", 4), ("peterson", 2), ("counters", 3)):
        model = pipeline.model_of(Source("family.arc", spec(name, size)))
        wanted = agree.expected(model)
        assert wanted.states == COUNTED[name, size]
        assert wanted == agree.found_by_arcproof(model)


def test_a_transition_left_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison must be able to fail."""

    def lacking(*args: object) -> object:
        machine = flatten(*args)  # type: ignore[arg-type]
        return agree.replace(machine, actions=machine.actions[:-1])

    model = pipeline.model_of(Source("switch.arc", SWITCH))
    assert agree.compared_all([model], "machine").differences == []
    monkeypatch.setattr(agree, "flatten", lacking)
    found = " ".join(agree.compared_all([model], "machine").differences)
    assert all(f"machine 0, {peer}: 2 states, expected 3" in found for peer in agree.PEERS)
    assert all(f"machine 0, {peer}, whole: True, expected False" in found for peer in agree.PEERS)


def test_a_verdict_turned_round_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def turned(*args: object) -> object:
        machine = flatten(*args)  # type: ignore[arg-type]
        return agree.replace(machine, questions=tuple(_turned(q) for q in machine.questions))

    monkeypatch.setattr(agree, "flatten", turned)
    model = pipeline.model_of(Source("switch.arc", SWITCH.replace("!= BROKEN", "!= BROKEN or mode == BROKEN")))
    found = " ".join(agree.compared_all([model], "machine").differences)
    assert all(word in found for word in ("spin, whole", "rumur, whole", "spin, hurt", "spin, ends"))


def _turned(question: object) -> object:
    if isinstance(question, Check):
        return agree.replace(question, good=e.not_(question.good))
    if isinstance(question, Response):
        return agree.replace(question, trigger=e.TRUE, response=e.FALSE)
    if isinstance(question, Linear):
        return agree.replace(question, labels=(e.FALSE,) * len(question.labels))
    return question
