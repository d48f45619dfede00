"""Runs as copies of one circuit."""

import pytest

from benchmarks.families import spec
from verifier import pipeline
from verifier.diagnostics import Source
from verifier.encode.bits_machine import BitMachine
from verifier.encode.bits_unrolled import Unrolled
from verifier.evidence.evidence import Trace
from verifier.semantics.claims import Case, cases
from verifier.semantics.evaluate import Setting
from verifier.semantics.shown import replay

COUNT = """machine counting
var n: bits[3] = 0
rule up when n < 6 { n' = n + 1 }
property small always n < 5
"""


def unrolled(text):
    model = pipeline.model_of(Source("count.arc", text))
    claim = model.properties[0].claim
    return model, claim, Unrolled(BitMachine(model, cases(model, claim)))


def test_a_run_is_one_of_the_machine_and_there_is_none_shorter():
    model, claim, runs = unrolled(COUNT)
    start = runs.at(runs.machine.initial, 0)
    lengths = [k for k in range(7) if runs.ask(start, *runs.steps(k), runs.at(runs.machine.bad, k))]
    assert lengths == [5, 6]
    assert runs.ask(start, *runs.steps(5), runs.at(runs.machine.bad, 5))
    run = runs.run(5)
    assert isinstance(run, Trace)
    assert [s.state["n"] for s in run.steps] == [1, 2, 3, 4, 5]
    replay(model, claim, run)


def test_what_is_excluded_is_so_at_levels_that_come_later_and_only_where_it_is_assumed():
    _, _, runs = unrolled(COUNT)
    start = runs.at(runs.machine.initial, 0)
    (switch,) = runs.exclude([[-runs.machine.bits[0], runs.machine.bits[1], -runs.machine.bits[2]]])  # n == 2
    assert runs.ask(start, *runs.steps(1), switch, runs.at(-runs.machine.bad, 1))
    assert not runs.ask(start, *runs.steps(2), switch, runs.at(-runs.machine.bad, 2))
    assert runs.ask(start, *runs.steps(2), runs.at(-runs.machine.bad, 2))


def test_states_that_are_the_same_are_told_and_can_be_kept_apart():
    _, _, runs = unrolled(COUNT.replace("n' = n + 1", "n' = n"))
    assert runs.ask(*runs.steps(1), runs.at(runs.machine.valid, 1))
    assert runs.twins(2) == [(0, 1)]
    assert not runs.ask(*runs.steps(1), runs.at(runs.machine.valid, 1), runs.differ(0, 1))


@pytest.mark.parametrize(("family", "size"), [("devices", 3), ("philosophers", 3), ("peterson", 3), ("counters", 3)])
def test_machines_encoded_before_are_not_changed_by_what_is_bad_later(family, size):
    model = pipeline.model_of(Source("family.arc", spec(family, size)))
    first = BitMachine(model, ())
    clauses = list(first.circuit.clauses)
    BitMachine(model, cases(model, model.properties[0].claim) or (Case(model.initial),))
    assert BitMachine(model, ()).circuit.clauses == clauses
    assert Setting(model, {}).model is first.model
