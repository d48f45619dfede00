"""SPIN and Rumur count the states that the semantics counts, and give the same verdicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import agree
from benchmarks.families import spec
from tests.exchange.machines import KINDS, drawn
from verifier import pipeline
from verifier.diagnostics import Source
from verifier.exchange import expressions as e
from verifier.exchange.export import flatten
from verifier.exchange.machine import Check, Response

pytestmark = pytest.mark.skipif(
    bool(agree.missing()),
    reason=f"NOT INSTALLED: {', '.join(agree.missing())}: nothing is compared with other model checkers",
)

COUNTED = {("devices", 2): 1008, ("philosophers", 4): 80, ("peterson", 2): 34, ("counters", 3): 512}
"""The states of the families, as the semantics counts them; of counters 8 ** K, for the parity follows."""


@pytest.mark.slow
@pytest.mark.parametrize("start", range(15))
def test_random_machines_agree_one_by_one(start: int, tmp_path: Path) -> None:
    (model,) = drawn(1, start)
    wanted = agree.expected(model)
    for peer, found in agree.alone(model, tmp_path, (KINDS[start % 7], KINDS[(start + 3) % 7])):
        if wanted.states is not None:
            assert (peer, found.states) == (peer, wanted.states)
        common = wanted.holds.keys() & found.holds.keys()
        assert {n: found.holds[n] for n in common} == {n: wanted.holds[n] for n in common}


@pytest.mark.slow
def test_random_machines_agree_in_one_program() -> None:
    tally = agree.compared(900, 8)
    assert tally.machines == 8
    assert tally.verdicts > 60
    assert tally.violated > 10
    assert tally.differences == []


@pytest.mark.parametrize(("family", "size"), COUNTED)
def test_families_have_as_many_states_for_every_tool(family: str, size: int, tmp_path: Path) -> None:
    model = pipeline.model_of(Source("family.arc", spec(family, size)))
    wanted = agree.expected(model)
    assert wanted.states == COUNTED[family, size]
    for peer, found in agree.alone(model, tmp_path, wanted.holds):
        assert (peer, found.states) == (peer, wanted.states)
        assert {n: found.holds[n] for n in wanted.holds} == wanted.holds


@pytest.mark.slow
def test_a_transition_left_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison must be able to fail."""

    def lacking(*args: object) -> object:
        machine = flatten(*args)  # type: ignore[arg-type]
        actions = tuple(a for i, a in enumerate(machine.actions) if i)
        return agree.replace(machine, actions=actions)

    monkeypatch.setattr(agree, "flatten", lacking)
    assert agree.compared(900, 4).differences


@pytest.mark.slow
def test_a_verdict_turned_round_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def turned(*args: object) -> object:
        machine = flatten(*args)  # type: ignore[arg-type]
        return agree.replace(machine, questions=tuple(_turned(q) for q in machine.questions))

    monkeypatch.setattr(agree, "flatten", turned)
    found = " ".join(agree.compared(900, 3).differences)
    assert all(word in found for word in ("spin, always", "rumur, always", "spin, leads"))


def _turned(question: object) -> object:
    if isinstance(question, Check):
        return agree.replace(question, good=e.not_(question.good))
    if isinstance(question, Response):
        return agree.replace(question, trigger=e.TRUE, response=e.FALSE)
    return question
