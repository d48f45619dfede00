"""What IC3 learns of one individual it tries of all others, and believes only what is so."""

import contextlib

import pytest

from benchmarks.families import spec
from tests.engines.test_conformance import reachable
from verifier import pipeline
from verifier.diagnostics import Source
from verifier.encode.bits import places
from verifier.encode.bits_machine import BitMachine
from verifier.engines import ic3_bits
from verifier.engines.engine import Budget
from verifier.engines.ic3_bits import Search
from verifier.engines.ic3_orbits import CREDIT, Orbit, Permutation, permutations
from verifier.engines.ic3_places import places_of
from verifier.engines.ic3_reduce import inductive, simplified
from verifier.semantics.claims import cases
from verifier.semantics.evaluate import Setting

LAME = """machine lame

var up: int 0..3 -> bool = each _ in int 0..3: false
var lifts: bits[2] = 0
rule lift(l: int 0..3) when l != 2 and lifts < 2 { up' = up with [l] = true lifts' = lifts + 1 }
property lame never up[2]
property steps never lifts == 3
"""


def search_of(text, name):
    model = pipeline.model_of(Source("orbits.arc", text))
    claim = next(p.claim for p in model.properties if p.name == name)
    return model, Search(BitMachine(model, cases(model, claim)), Budget.of(60))


@pytest.mark.parametrize(
    ("family", "size", "name", "most"),
    [("devices", 16, "failed_is_counted", 100), ("philosophers", 20, "neighbours_exclude", 1000)],
)
def test_the_effort_on_what_is_symmetric_is_small(family, size, name, most):
    _, search = search_of(spec(family, size), name)
    found = search.run()
    assert isinstance(found, list)
    assert search.questions <= most
    guesses = permutations(search.machine, places_of(search.machine))
    assert all(tuple(sorted(g(c), key=abs)) in set(found) for g in guesses for c in found), "whole orbits"


def test_less_is_asked_with_orbits_than_without():
    _, search = search_of(spec("philosophers", 7), "neighbours_exclude")
    _, plain = search_of(spec("philosophers", 7), "neighbours_exclude")
    plain.symmetries = []
    assert isinstance(search.run(), list)
    assert isinstance(plain.run(), list)
    assert 2 * search.questions < plain.questions


@pytest.mark.parametrize("name", ["lame", "steps"])
def test_what_is_not_alike_is_not_believed(name):
    model, search = search_of(LAME, name)
    assert search.symmetries, "there are guesses"
    found = search.run()
    for key in reachable(Setting(model, {})):
        state = bits_of(search.machine, dict(key))
        assert not any(set(cube) <= state for cube in found)


def bits_of(machine, state):
    """The literals of a state."""
    found = set()
    for root in machine.roots:
        values = places(machine.encoder.constant(root.sort, state[root.name]))
        found |= {b if v > 0 else -b for b, v in zip(places(machine.encoder(root)), values, strict=True)}
    return found


def test_philosophers_turn_and_devices_are_rearranged():
    _, search = search_of(spec("philosophers", 5), "neighbours_exclude")
    (turn,) = search.symmetries
    cube = (next(iter(turn.to)),)
    assert len(list(judged(Orbit(cube, [turn]), True))) == 4
    _, search = search_of(spec("devices", 5), "failed_is_counted")
    assert len(search.symmetries) == 2


def judged(orbit, right):
    for image in orbit:
        yield image
        orbit.judge(right)


def test_images_of_wrong_guesses_are_not_gone_on_with():
    turn = Permutation({i: i % 9 + 1 for i in range(1, 10)})
    assert list(judged(Orbit((1,), [turn]), False)) == [(2,)]
    assert list(judged(Orbit((1, -3), [turn]), True))[:2] == [(2, -4), (3, -5)]


def test_who_guesses_wrong_too_often_is_not_asked_again():
    turn = Permutation({1: 2, 2: 1})
    for _ in range(CREDIT):
        assert list(judged(Orbit((1,), [turn]), False)) == [(2,)]
    assert not list(Orbit((1,), [turn]))


def test_ctgs_are_excluded_where_that_helps(monkeypatch):
    """Without counterexamples to generalisation the same is proved, with more clauses to be learned."""
    _, search = search_of(spec("philosophers", 7), "neighbours_exclude")
    monkeypatch.setattr(ic3_bits, "CTGS", 0)
    _, plain = search_of(spec("philosophers", 7), "neighbours_exclude")
    search.symmetries = plain.symmetries = []
    without = plain.run()
    monkeypatch.undo()
    assert isinstance(without, list)
    assert isinstance(search.run(), list)
    assert len(search.learned) < len(plain.learned)


def test_what_is_inductive_by_itself_is_learned_first():
    """The property of the devices is: one clause, and those of the other devices."""
    _, search = search_of(spec("devices", 6), "failed_is_counted")
    found = search.run()
    assert isinstance(found, list)
    assert len(search.forever) == len(found) == 6


@pytest.mark.parametrize(
    ("family", "size", "name"), [("philosophers", 5, "neighbours_exclude"), ("devices", 2, "failed_is_counted")]
)
def test_clauses_that_stay_forever_are_invariants(family, size, name):
    model, search = search_of(spec(family, size), name)
    search.most = 1200
    with contextlib.suppress(ic3_bits.OutOfEffort):
        search.run()
    states = [bits_of(search.machine, dict(key)) for key in reachable(Setting(model, {}))]
    assert not any(cube <= state for cube in search.forever for state in states)


@pytest.mark.parametrize(
    ("family", "size", "name"), [("peterson", 3, "exclusion"), ("philosophers", 6, "neighbours_exclude")]
)
def test_what_is_left_of_an_invariant_is_one(family, size, name):
    """What rests on clauses that are not needed goes with them."""
    _, search = search_of(spec(family, size), name)
    left = simplified(search.machine, search.run(), places_of(search.machine))
    assert inductive(search.machine, left) == left
